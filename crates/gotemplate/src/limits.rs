//! What one execution may use. Go has no such limits: a template can run for ever or until memory ends.

/// The budget of one execution.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of output, all nested templates together.
    pub output_bytes: usize,
    /// Nodes executed, and what functions give; a loop that does nothing uses them too.
    pub steps: u64,
    /// Bytes of stack below the start of the execution. The thread must have more than this.
    pub stack_bytes: usize,
    /// Memory, if somebody can tell how much is used.
    pub memory: Option<Memory>,
}

/// The budget of memory: values that templates make live as long as something holds them, which only the process knows.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// What the process may hold while templates run.
    pub bytes: usize,
    /// Tells what it holds.
    pub held: fn() -> usize,
}

/// Bytes that functions may give before the memory is looked at: looking costs a system call.
pub(crate) const UNSEEN_BYTES: usize = 16 << 20;

/// What any call is taken to leave behind at least: an entry of a map.
pub(crate) const CALL_BYTES: usize = 64;

/// Steps that a call of a template takes: its own frame, variables and output.
pub(crate) const ENTER_STEPS: u64 = 20;

/// What a function gives counts as a step for so many bytes.
pub(crate) const STEP_BYTES: usize = 32;

impl Default for Limits {
    fn default() -> Self {
        Limits { output_bytes: 256 << 20, steps: 100_000_000, stack_bytes: 320 << 20, memory: None }
    }
}
