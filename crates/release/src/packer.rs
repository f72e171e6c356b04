//! Packs the records of one operation: what stayed as it was since it was written last is not packed again.
//!
//! A record is written before each hook and at every end, and only its state and its hooks differ: the chart and the
//! manifest between them are nearly all of it, and packing them is most of what such a write costs.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use data_encoding::BASE64;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use gostd::GoError;

use crate::encode::to_json_parts;
use crate::{Release, pack};

/// What `compress/gzip` of Go writes first: deflate, no time, best level, unknown system (RFC 1952, 2.3).
const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF];

/// Parts that are kept: an upgrade writes two records in turn.
const KEPT: usize = 2;

/// Shorter parts are packed as a whole with the rest, which makes the record shorter.
const LEAST_BYTES: usize = 64 << 10;

/// Longer texts are packed as a whole too, as an object of the API holds 1 MiB and parts take some hundred bytes more.
const MOST_BYTES: usize = 900 << 10;

/// Packs records, and remembers what the last ones had in common.
#[derive(Default)]
pub struct Packer {
    hasher: RandomState,
    kept: Vec<Part>,
}

/// Bytes that were packed for themselves, so that others may stand before and after them.
struct Part {
    /// Of what it was made of.
    hash: u64,
    crc: Crc,
    packed: Vec<u8>,
}

impl Packer {
    /// Returns the text that is stored, as [`crate::encode`] does.
    ///
    /// # Errors
    /// As [`crate::to_json`].
    pub fn encode(&mut self, release: &Release) -> Result<String, GoError> {
        let (json, same) = to_json_parts(release)?;
        if same.len() < LEAST_BYTES {
            return pack(&json);
        }
        let text = BASE64.encode(&self.pack(&json, same)?);
        if text.len() > MOST_BYTES { pack(&json) } else { Ok(text) }
    }

    fn pack(&mut self, json: &[u8], same: Range<usize>) -> Result<Vec<u8>, GoError> {
        let slice = |range: Range<usize>| json.get(range).unwrap_or_default();
        let (before, after) = (slice(0..same.start), slice(same.end..json.len()));
        let middle = self.part(slice(same))?;
        let mut out = HEADER.to_vec();
        deflate(before, FlushCompress::Full, &mut out)?;
        out.extend_from_slice(&middle.packed);
        deflate(after, FlushCompress::Finish, &mut out)?;
        let mut crc = crc_of(before);
        crc.combine(&middle.crc);
        crc.combine(&crc_of(after));
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        Ok(out)
    }

    /// Returns bytes packed for themselves; at best they are known.
    fn part(&mut self, bytes: &[u8]) -> Result<&Part, GoError> {
        let hash = self.hasher.hash_one(bytes);
        let known = self.kept.iter().position(|part| part.hash == hash && part.crc.amount() == bytes.len() as u32);
        let at = match known {
            Some(at) => at,
            None => {
                if self.kept.len() == KEPT {
                    self.kept.remove(0);
                }
                let mut packed = Vec::with_capacity(bytes.len() / 4);
                deflate(bytes, FlushCompress::Full, &mut packed)?;
                self.kept.push(Part { hash, crc: crc_of(bytes), packed });
                self.kept.len() - 1
            }
        };
        self.kept.get(at).ok_or_else(|| GoError::new("the packed part is gone"))
    }
}

fn crc_of(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

/// Appends deflated bytes: after [`FlushCompress::Full`] nothing before is referred to, and more may follow
/// (RFC 1951, 3.2.4: an empty stored block); [`FlushCompress::Finish`] ends the stream.
fn deflate(bytes: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> Result<(), GoError> {
    let mut state = Compress::new(Compression::best(), false);
    loop {
        out.reserve(bytes.len() / 4 + 64);
        let taken = bytes.get(state.total_in() as usize..).unwrap_or_default();
        let status = state.compress_vec(taken, out, flush).map_err(|error| GoError::new(error.to_string()))?;
        let all_taken = state.total_in() == bytes.len() as u64;
        // Room that is left means that nothing waits inside.
        if status == Status::StreamEnd || (all_taken && flush == FlushCompress::Full && out.len() < out.capacity()) {
            return Ok(());
        }
    }
}
