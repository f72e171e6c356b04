//! Reads the pack of inputs that earlier runs found (`cargo xtask fuzz keep TARGET` writes it).

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

/// The inputs of `corpus/NAME.found.gz`, each after its length in 4 bytes, low byte first; none if there is no pack.
pub fn found(corpus: &Path, name: &str) -> std::io::Result<Vec<Vec<u8>>> {
    let path = corpus.join(format!("{name}.found.gz"));
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path)?).read_to_end(&mut bytes)?;
    let (mut inputs, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (input, tail) = tail.split_at(tail.len().min(u32::from_le_bytes(*length) as usize));
        inputs.push(input.to_vec());
        rest = tail;
    }
    Ok(inputs)
}
