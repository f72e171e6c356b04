//! How much memory the bodies take that are under way, whoever sends or takes them. Where it gets short they go by the disk:
//! clients who dawdle cost little then, however many they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// Bytes of all bodies under way that may be in memory.
const ENOUGH_BYTES: usize = 32 * 1024 * 1024;

/// What all bodies take together. Copies count the same.
#[derive(Clone, Default)]
pub struct Memory {
    used: Arc<AtomicUsize>,
}

impl Memory {
    /// Tells whether a body should do with little.
    pub fn is_short(&self) -> bool {
        self.used.load(Ordering::Relaxed) > ENOUGH_BYTES
    }

    /// Begins to count what a body takes: nothing yet.
    pub fn share(&self) -> Share {
        Share { memory: self.clone(), bytes: 0 }
    }
}

/// What one body takes, until it is dropped.
pub struct Share {
    memory: Memory,
    bytes: usize,
}

impl Share {
    /// Says how many bytes it takes now.
    pub fn set(&mut self, bytes: usize) {
        if bytes == self.bytes {
            return;
        }
        self.memory.used.fetch_add(bytes, Ordering::Relaxed);
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = bytes;
    }

    /// Tells whether it should take little.
    pub fn is_short(&self) -> bool {
        self.memory.is_short()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// Bytes that are counted for as long as anyone has a part of them.
pub struct Counted<T> {
    bytes: T,
    _share: Share,
}

impl<T: AsRef<[u8]> + Send + 'static> Counted<T> {
    /// Lets a share go with bytes.
    pub fn with(bytes: T, share: Share) -> Bytes {
        Bytes::from_owner(Counted { bytes, _share: share })
    }
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Counted<T> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_until_they_go() {
        let memory = Memory::default();
        let (mut one, mut other) = (memory.share(), memory.share());
        one.set(ENOUGH_BYTES);
        assert!(!other.is_short());
        other.set(1);
        assert!(one.is_short() && memory.is_short());
        one.set(ENOUGH_BYTES - 1);
        assert!(!one.is_short());
        one.set(ENOUGH_BYTES);
        let bytes = Counted::with([0; 2], one);
        let part = bytes.slice(1..);
        drop(bytes);
        assert!(memory.is_short());
        drop(part);
        assert!(!memory.is_short());
        drop(other);
        assert_eq!(memory.used.load(Ordering::Relaxed), 0);
    }
}
