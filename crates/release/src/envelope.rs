//! How a record is packed: JSON, gzip at its best level, base64 (`pkg/storage/driver/util.go`).

use std::io::{Read, Write};

use data_encoding::{BASE64, Encoding, Specification};
use flate2::Compression;
use flate2::write::GzEncoder;
use gostd::GoError;
use gostd::limits::exceeded;

use crate::decode::from_json;
use crate::inflate::{Inflater, is_gzip};
use crate::{Release, to_json};

/// JSON of one record: more than any object of the API holds unpacked, less than what a bomb would take.
const JSON_BYTES: u64 = 256 << 20;

/// Returns the text that is stored.
///
/// # Errors
/// As [`to_json`].
pub fn encode(release: &Release) -> Result<String, GoError> {
    pack(&to_json(release)?)
}

/// Packs the JSON of a record.
///
/// # Errors
/// None in practice: packing into memory does not fail.
pub fn pack(json: &[u8]) -> Result<String, GoError> {
    let failed = |error: std::io::Error| GoError::new(error.to_string());
    let mut packer = GzEncoder::new(Vec::with_capacity(json.len() / 4 + 64), Compression::best());
    packer.write_all(json).map_err(failed)?;
    Ok(BASE64.encode(&packer.finish().map_err(failed)?))
}

/// Reads what is stored; records from before packing are only base64.
///
/// # Errors
/// `illegal base64 data at input byte 4`, `gzip: invalid header`, `unexpected EOF`, what `json.Unmarshal` says, and that
/// a record has more than 256 MiB.
pub fn decode(stored: &[u8]) -> Result<Release, GoError> {
    from_json(&unpack(stored)?)
}

/// Returns the JSON of what is stored.
///
/// # Errors
/// As [`decode`], but for JSON.
pub fn unpack(stored: &[u8]) -> Result<Vec<u8>, GoError> {
    unpack_at_most(stored, JSON_BYTES)
}

fn unpack_at_most(stored: &[u8], limit: u64) -> Result<Vec<u8>, GoError> {
    let bytes = decode_base64(stored)?;
    if !is_gzip(&bytes) {
        return Ok(bytes);
    }
    let mut json = Vec::with_capacity(bytes.len() * 4);
    let mut inflater = Inflater::default();
    let read = inflater.start(&bytes).take(limit + 1).read_to_end(&mut json);
    read.map_err(|error| GoError::new(error.to_string()))?;
    if json.len() as u64 > limit {
        return Err(exceeded("the record is longer than 256 MiB"));
    }
    Ok(json)
}

/// Decodes base64 as Go's standard encoding does: line breaks are skipped, the unused bits at the end are not looked at.
///
/// # Errors
/// `illegal base64 data at input byte 4`.
pub fn decode_base64(text: &[u8]) -> Result<Vec<u8>, GoError> {
    // Well-formed texts, which is all of them, do not pay for what Go forgives.
    if let Ok(bytes) = BASE64.decode(text) {
        return Ok(bytes);
    }
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    lenient()
        .decode(&text)
        .map_err(|error| GoError::new(format!("illegal base64 data at input byte {}", error.position)))
}

fn lenient() -> Encoding {
    let mut rules = Specification::new();
    rules.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    rules.padding = Some('=');
    rules.check_trailing_bits = false;
    rules.encoding().unwrap_or(BASE64)
}

#[cfg(test)]
mod tests {
    use super::{pack, unpack_at_most};

    #[test]
    fn bombs_do_not_take_all_memory() {
        let stored = pack(&[b' '; 1000]).expect("packed");
        assert_eq!(unpack_at_most(stored.as_bytes(), 1000).expect("unpacked").len(), 1000);
        let error = unpack_at_most(stored.as_bytes(), 999).expect_err("an error");
        assert_eq!(error.text, "the record is longer than 256 MiB");
    }
}
