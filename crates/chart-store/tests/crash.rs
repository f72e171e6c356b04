//! Processes that die, and disks that fill: what was acknowledged is there, what was not leaves nothing.

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chart_store::{Config, Error, Grace, Store};
use support::{PLAIN, chart_of, listed, put, sha256};

const FOLDER: &str = "CHART_STORE_TEST_FOLDER";
const UPLOADERS: usize = 50;

/// What a process does that is going to be killed: fifty uploads at a time, without end. Each that was acknowledged is
/// a line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_uploads_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = Store::open(Config::folder(folder)).await.expect("a store");
    let uploaders = (0..UPLOADERS).map(|uploader| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let version = format!("{uploader}.{number}.0");
                // In the rows, and in files.
                let bytes = chart_of("a", &version, if number % 2 == 0 { 100 } else { 30_000 });
                match put(&store, "t", &bytes, PLAIN).await {
                    Ok(saved) => println!("saved {version} {}", saved.digest),
                    Err(Error::Exists(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        })
    });
    for uploader in uploaders.collect::<Vec<_>>() {
        uploader.await.expect("an uploader");
    }
}

fn child(folder: &Path) -> Child {
    let own = std::env::current_exe().expect("this test");
    let mut command = Command::new(own);
    command.args(["--exact", "child_uploads_until_it_is_killed", "--nocapture"]).env(FOLDER, folder);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a process")
}

/// Checks that a store has what was acknowledged, whole and once, and nothing that is torn.
async fn check(folder: &Path, acknowledged: &BTreeSet<(String, String)>) {
    let store = Store::open(Config::folder(folder)).await.expect("a store");
    let listed = listed(&store, "t").await.remove("a").unwrap_or_default();
    let there: BTreeSet<(String, String)> = listed.iter().cloned().collect();
    assert_eq!(there.len(), listed.len(), "no version is there twice");
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{lost:?}");
    for (version, digest) in &listed {
        let file = store.file("t", &format!("a-{version}.tgz")).await.expect("a file");
        assert_eq!(sha256(&file.bytes(u64::MAX).await.expect("bytes")).hex(), digest, "{version}");
        let tag = store.manifest("t/a", version).await.expect("a manifest");
        assert!(String::from_utf8_lossy(&tag.body).contains(digest), "{version}");
    }
    let now = Grace { contents: std::time::Duration::ZERO, uploads: std::time::Duration::ZERO };
    store.collect_garbage(now).await.expect("collected");
    for (version, _) in &listed {
        store.file("t", &format!("a-{version}.tgz")).await.expect("a file");
    }
    store.close().await;
}

#[tokio::test]
async fn kill_nine_in_the_middle_of_fifty_uploads_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged = BTreeSet::new();
    for round in 1..=3 {
        let mut child = child(folder.path());
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut lines = lines.map_while(Result::ok).filter_map(|line| {
            let (version, digest) = line.split_once("saved ")?.1.split_once(' ')?;
            // The last line may be cut off.
            (digest.len() == 64).then(|| (version.to_owned(), digest.to_owned()))
        });
        acknowledged.extend(lines.by_ref().take(40 * round));
        child.kill().expect("killed");
        // Lines that were written before it died count too.
        acknowledged.extend(lines);
        child.wait().expect("dead");
        check(folder.path(), &acknowledged).await;
    }
    assert!(acknowledged.len() >= 240);
}

#[tokio::test]
async fn another_process_is_told_to_stay_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Store::open(Config::folder(folder.path())).await.expect("a store");
    let second = Store::open(Config::folder(folder.path())).await.map(drop);
    assert!(matches!(&second, Err(Error::Config(text)) if text.contains("PostgreSQL")), "{second:?}");
    first.close().await;
    drop(first);
    Store::open(Config::folder(folder.path())).await.expect("free again");
}

/// A small disk, where this machine lets us have one.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(bytes: u64) -> Option<Disk> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"]).arg(folder.path());
        match mount.stderr(Stdio::null()).status() {
            Ok(status) if status.success() => Some(Disk(folder)),
            _ => {
                eprintln!("SKIPPED: only root may mount a small disk");
                None
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_no_more() {
    let Some(disk) = Disk::of(6 * 1024 * 1024) else { return };
    let store = Store::open(Config::folder(disk.0.path())).await.expect("a store");
    let mut acknowledged = BTreeSet::new();
    let mut full = 0;
    for number in 0..200 {
        let version = format!("1.{number}.0");
        let size = if number % 3 == 0 { 400_000 } else { 12_000 };
        match put(&store, "t", &chart_of("a", &version, size), PLAIN).await {
            Ok(saved) => {
                acknowledged.insert((version, saved.digest));
            }
            Err(Error::Full(_)) => full += 1,
            Err(error) => panic!("{error:?}"),
        }
        if full == 10 {
            break;
        }
    }
    assert!(full == 10 && acknowledged.len() > 5, "{full} of {}", acknowledged.len());
    assert!(matches!(store.check().await, Err(Error::Full(_))), "nor does it say that all is well");
    let listed = listed(&store, "t").await.remove("a").unwrap_or_default();
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), acknowledged);
    store.close().await;
    drop(store);
    check(disk.0.path(), &acknowledged).await;
}
