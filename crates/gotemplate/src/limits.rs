//! What one execution may use. Go has no such limits: a template can run for ever or until memory ends.

/// The budget of one execution.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of output, all nested templates together.
    pub output_bytes: usize,
    /// Nodes executed; a loop that does nothing uses them too.
    pub steps: u64,
    /// Bytes of stack below the start of the execution. The thread must have more than this.
    pub stack_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { output_bytes: 256 << 20, steps: 100_000_000, stack_bytes: 320 << 20 }
    }
}
