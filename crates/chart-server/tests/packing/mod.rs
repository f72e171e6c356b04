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
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for (path, bytes) in files {
        let mut head = [0; 512];
        let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, path);
        put(100, "0000644\0");
        put(124, &format!("{:011o}\0", bytes.len()));
        put(136, "00000000000\0");
        put(148, "        0");
        put(257, "ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        packer.write_all(&head).expect("memory");
        packer.write_all(bytes).expect("memory");
        packer.write_all(&vec![0; (512 - bytes.len() % 512) % 512]).expect("memory");
    }
    packer.write_all(&[0; 1024]).expect("memory");
    packer.finish().expect("memory")
}
