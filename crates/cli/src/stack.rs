//! The stack that commands run on.

use std::hint::black_box;

/// Go's limit, since charts that Helm renders may nest as deep. Only what is used is ever committed.
const BYTES: usize = 1 << 30;

/// Does `work` on a stack of [`BYTES`], in the same thread: a second thread costs a start some 100 us, a heap of its own
/// and the way to another processor.
pub fn with(work: impl FnOnce() -> u8) -> u8 {
    if !there_is_room() {
        eprintln!(
            "Error: cannot reserve {BYTES} bytes for the stack: raise the limit of the address space (ulimit -v)"
        );
        return 1;
    }
    stacker::grow(BYTES, work)
}

/// Whether that much may be mapped: asked first, since the stack's own mapping has no error, it panics.
fn there_is_room() -> bool {
    let mut probe: Vec<u8> = Vec::new();
    let answer = probe.try_reserve_exact(BYTES).is_ok();
    // Else the compiler sees that nobody uses it, and leaves it out.
    black_box(&probe);
    answer
}
