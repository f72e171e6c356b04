//! Archives of charts, made here.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The archive of a chart.
pub fn archive(name: &str, version: &str) -> Vec<u8> {
    let text = format!("apiVersion: v2\nname: {name}\nversion: {version}\nicon: https://x.invalid/{name}.png\n");
    packed(&[(&format!("{name}/Chart.yaml"), text.as_bytes()), (&format!("{name}/values.yaml"), b"a: 1\n")])
}

/// A packed archive with these files (ustar).
pub fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    claiming(files, None)
}

/// A packed archive with these files, of which the last one is said to have another size.
pub fn claiming(files: &[(&str, &[u8])], last_bytes: Option<usize>) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for (at, (path, bytes)) in files.iter().enumerate() {
        let size = last_bytes.filter(|_| at + 1 == files.len()).unwrap_or(bytes.len());
        packer.write_all(&header(path, size)).expect("memory");
        packer.write_all(bytes).expect("memory");
        packer.write_all(&vec![0; (512 - bytes.len() % 512) % 512]).expect("memory");
    }
    packer.write_all(&[0; 1024]).expect("memory");
    packer.finish().expect("memory")
}

fn header(path: &str, bytes: usize) -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, path);
    put(100, "0000644\0");
    put(124, &format!("{bytes:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}
