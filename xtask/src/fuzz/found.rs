//! The pack of found inputs: gzip over inputs one after the other, each after its length (4 bytes, low byte first).
//! Thousands of tiny files would drown the repository. `fuzz/src/found.rs` reads it too.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// Packs the files of `folder` that are not seeds, shortest first.
pub fn pack(folder: &Path, seeds: &Path, pack: &Path) -> Result<(), String> {
    let seeds: BTreeSet<Vec<u8>> = read(seeds)?.into_iter().collect();
    let mut inputs = read(folder)?;
    inputs.retain(|input| !seeds.contains(input));
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    println!("{} inputs kept in {}", inputs.len(), pack.display());
    write(&inputs, pack).map_err(|e| format!("{}: {e}", pack.display()))
}

/// Writes the packed inputs into `folder`, one file each.
pub fn unpack(pack: &Path, folder: &Path) -> Result<(), String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(pack).map_err(|e| format!("{}: {e}", pack.display()))?;
    GzDecoder::new(file).read_to_end(&mut bytes).map_err(|e| format!("{}: {e}", pack.display()))?;
    for (number, input) in split(&bytes).into_iter().enumerate() {
        let path = folder.join(format!("found-{number:05}"));
        std::fs::write(&path, input).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Vec<Vec<u8>>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    paths.map(|path| std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))).collect()
}

fn write(inputs: &[Vec<u8>], pack: &Path) -> std::io::Result<()> {
    let mut gzip = GzEncoder::new(std::fs::File::create(pack)?, Compression::best());
    for input in inputs {
        gzip.write_all(&(input.len() as u32).to_le_bytes())?;
        gzip.write_all(input)?;
    }
    gzip.finish()?.flush()
}

fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut inputs = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (input, rest) = rest.split_at(rest.len().min(u32::from_le_bytes(*length) as usize));
        inputs.push(input);
        bytes = rest;
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_come_back_in_order() {
        let path = std::env::temp_dir().join(format!("pilothouse-found-{}", std::process::id()));
        write(&[b"".to_vec(), b"a".to_vec(), b"bcd".to_vec()], &path).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_end(&mut bytes).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(split(&bytes), [b"".as_slice(), b"a", b"bcd"]);
    }
}
