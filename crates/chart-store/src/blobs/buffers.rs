//! Buffers that go round: pieces are filled on one thread and let go on another, of which an allocator keeps hundreds.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::memory::{Memory, Share};

/// Bytes that are read at once for a stream: few hops between threads.
const PIECE_BYTES: usize = 256 * 1024;
/// The same where bodies under way take much memory: many readers.
const SHORT_PIECE_BYTES: usize = 16 * 1024;

/// Buffers that wait for the next piece; beyond, they are given back to the system.
const KEPT: usize = 16;
/// Pieces up to this size get memory of their own.
const SMALL_BYTES: usize = 64 * 1024;

/// Buffers of the size of a piece.
#[derive(Clone, Default)]
pub struct Buffers {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
    memory: Memory,
}

impl Buffers {
    /// Buffers whose pieces are among the bodies under way.
    pub fn new(memory: &Memory) -> Self {
        Buffers { memory: memory.clone(), ..Buffers::default() }
    }

    /// Returns how many bytes the next piece should have at most.
    pub fn piece_bytes(&self) -> u64 {
        if self.memory.is_short() { SHORT_PIECE_BYTES as u64 } else { PIECE_BYTES as u64 }
    }

    /// Makes a piece of at most `length` bytes; `fill` says how many it wrote.
    ///
    /// # Errors
    /// Those of `fill`.
    pub fn piece<E>(&self, length: usize, fill: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<Bytes, E> {
        if length <= SMALL_BYTES || length > PIECE_BYTES {
            let mut buffer = vec![0; length];
            let filled = fill(&mut buffer)?;
            buffer.truncate(filled);
            return Ok(buffer.into());
        }
        let waiting = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let buffer = waiting.unwrap_or_else(|| vec![0; PIECE_BYTES]);
        let mut share = self.memory.share();
        share.set(buffer.len());
        let mut lent = Lent { buffer, filled: 0, home: self.clone(), _share: share };
        lent.filled = fill(lent.buffer.get_mut(..length).unwrap_or_default())?;
        Ok(Bytes::from_owner(lent))
    }
}

/// A buffer under way; it comes home when nobody has a part of it any more.
struct Lent {
    buffer: Vec<u8>,
    filled: usize,
    home: Buffers,
    _share: Share,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.home.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(buffers: &Buffers, length: usize, byte: u8) -> Bytes {
        let piece = buffers.piece(length, |buffer| {
            buffer.fill(byte);
            Ok::<_, ()>(buffer.len())
        });
        piece.expect("a piece")
    }

    #[test]
    fn a_buffer_comes_home_with_the_last_part() {
        let buffers = Buffers::default();
        let piece = filled(&buffers, 100_000, 1);
        let part = piece.slice(10..20);
        drop(piece);
        assert_eq!(buffers.free.lock().expect("the buffers").len(), 0);
        assert_eq!(&part[..], [1; 10]);
        drop(part);
        assert_eq!(buffers.free.lock().expect("the buffers").len(), 1);
        // What is left of the piece before is not seen.
        assert_eq!(&filled(&buffers, 70_000, 2)[..], vec![2; 70_000]);
        assert_eq!(buffers.free.lock().expect("the buffers").len(), 1);
    }

    #[test]
    fn pieces_are_small_where_many_are_lent() {
        let buffers = Buffers::default();
        assert_eq!(buffers.piece_bytes(), PIECE_BYTES as u64);
        let many: Vec<Bytes> = (0..200).map(|_| filled(&buffers, PIECE_BYTES, 1)).collect();
        assert_eq!(buffers.piece_bytes(), SHORT_PIECE_BYTES as u64);
        drop(many);
        assert_eq!(buffers.piece_bytes(), PIECE_BYTES as u64);
    }

    #[test]
    fn small_pieces_and_more_than_are_kept_go_their_own_way() {
        let buffers = Buffers::default();
        drop(filled(&buffers, SMALL_BYTES, 1));
        assert_eq!(buffers.free.lock().expect("the buffers").len(), 0);
        let many: Vec<Bytes> = (0..2 * KEPT).map(|_| filled(&buffers, 100_000, 1)).collect();
        drop(many);
        assert_eq!(buffers.free.lock().expect("the buffers").len(), KEPT);
    }
}
