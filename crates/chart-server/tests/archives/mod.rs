//! Archives made to order: good ones, and such as no packer writes.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The definition of a chart that nothing is wrong with.
pub const GOOD: &str = "apiVersion: v2\nname: a\nversion: 1.0.0\n";

/// One file of a tar archive.
pub fn tar_entry(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..107].copy_from_slice(b"0000644");
    head[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar\x0000");
    head[148..156].copy_from_slice(b"        ");
    let sum: u64 = head.iter().map(|byte| u64::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head
}

pub fn tar_file(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = tar_entry(name, b'0', content.len() as u64);
    file.extend_from_slice(content);
    file.resize(file.len().next_multiple_of(512), 0);
    file
}

/// An archive of a good Chart.yaml and whatever `rest` writes behind it.
pub fn archive(chart_yaml: &str, rest: impl FnOnce(&mut GzEncoder<Vec<u8>>)) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&tar_file("a/Chart.yaml", chart_yaml.as_bytes())).expect("memory");
    rest(&mut out);
    out.write_all(&[0; 1024]).expect("memory");
    out.finish().expect("memory")
}

/// A chart with a file of so many bytes that cannot be packed.
pub fn chart(name: &str, version: &str, ballast: usize) -> Vec<u8> {
    let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&tar_file(&format!("{name}/Chart.yaml"), definition.as_bytes())).expect("memory");
    out.write_all(&tar_file(&format!("{name}/noise"), &noise(ballast))).expect("memory");
    out.write_all(&[0; 1024]).expect("memory");
    out.finish().expect("memory")
}

/// Bytes that cannot be packed, the same each time.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut seed = 1u64;
    let next = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 56) as u8
    });
    next.take(bytes).collect()
}
