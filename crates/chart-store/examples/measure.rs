//! Measures a store: `measure FOLDER COUNT CLIENTS`. Uploads so many small packages, reads the index now and then, opens
//! the store again. Figures go to stdout.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use chart_store::{Algorithm, Config, Policy, Store};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok());
    let (count, clients) = (number().unwrap_or(1000), number().unwrap_or(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    // With a count of 0 the store is only opened.
    let uploading = async {
        let store = Store::open(Config::folder(&folder)).await.expect("a store");
        let next = Arc::new(AtomicUsize::new(0));
        for step in 1..=5 {
            let (start, end, before) = (Instant::now(), count * step / 5, ticks());
            let tasks = (0..clients).map(|_| tokio::spawn(client(store.clone(), next.clone(), end)));
            for task in tasks.collect::<Vec<_>>() {
                task.await.expect("a client");
            }
            let uploads = (count / 5) as f64 / start.elapsed().as_secs_f64();
            let cpu = (ticks() - before) as f64 * 10.0 / (count / 5) as f64;
            let start = Instant::now();
            let index = store.index("").await.expect("an index");
            let fresh = start.elapsed();
            upload(&store, 10_000_000 + step).await;
            let start = Instant::now();
            store.index("").await.expect("an index");
            let again = start.elapsed();
            println!("{end} versions: {uploads:.0} uploads/s of {cpu:.2} ms CPU, index of {} bytes brought up to date in {fresh:?}, after one more upload in {again:?}", index.yaml().len());
        }
        store.close().await;
    };
    if count > 0 {
        runtime.block_on(uploading);
    }
    runtime.block_on(async {
        let start = Instant::now();
        let store = Store::open(Config::folder(&folder)).await.expect("a store");
        let opened = start.elapsed();
        let index = store.index("").await.expect("an index");
        let read = start.elapsed();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().filter(|line| line.starts_with("VmRSS")).for_each(|line| println!("{line} with the index"));
        let packed = index.gzip().await.expect("gzip").len();
        println!("opened in {opened:?}, index in {read:?}, {packed} bytes of gzip in {:?}", start.elapsed());
    });
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
}

/// Processor time of this process, in hundredths of a second.
fn ticks() -> u64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

async fn client(store: Store, next: Arc<AtomicUsize>, end: usize) {
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= end {
            next.fetch_sub(1, Ordering::SeqCst);
            return;
        }
        upload(&store, number).await;
    }
}

async fn upload(store: &Store, number: usize) {
    let bytes = package(&format!("chart-{}", number % 200), &format!("1.{}.0", number / 200));
    let mut spool = store.spool(Algorithm::Sha256, 1 << 20);
    spool.write(&bytes).await.expect("room");
    let spooled = spool.finish().await.expect("a body");
    store.put_chart("", spooled, None, Policy::default()).await.expect("saved");
}

fn package(name: &str, version: &str) -> Vec<u8> {
    let text = "x".repeat(60);
    let definition = format!(
        "apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: \"{version}\"\ndescription: {text}\nhome: https://{text}\n\
        sources:\n- https://{text}/a\n- https://{text}/b\nkeywords: [one, two, three]\nmaintainers:\n- name: {text}\n  email: {text}\n\
        icon: https://{text}\nannotations:\n  a: {text}\n  b: {text}\n"
    );
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut header = [0u8; 512];
    let path = format!("{name}/Chart.yaml");
    header[..path.len()].copy_from_slice(path.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", definition.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut content = definition.into_bytes();
    content.resize(content.len().next_multiple_of(512) + 1024, 0);
    packer.write_all(&header).and_then(|()| packer.write_all(&content)).expect("an archive");
    packer.finish().expect("an archive")
}
