//! How much one call may make: where Go would go on until memory ends, a clear error.

use crate::GoError;

/// The longest text that one call makes: far more than any manifest, far less than what stops the machine.
pub const TEXT_BYTES: usize = 32 << 20;

/// About how much memory the values of one document may take.
pub const DOCUMENT_BYTES: usize = 128 << 20;

/// Marks an error as one of ours: functions that keep errors to themselves, as Helm's `toYaml`, do not keep it.
struct Exceeded;

/// Makes the error for a limit that was passed.
pub fn exceeded(text: impl Into<String>) -> GoError {
    GoError { detail: Some(std::rc::Rc::new(Exceeded)), ..GoError::new(text) }
}

/// Reports whether an error is about a limit, or wraps such a one.
pub fn is_exceeded(error: &GoError) -> bool {
    let mut link = Some(error);
    while let Some(error) = link {
        if error.detail.as_ref().is_some_and(|detail| detail.is::<Exceeded>()) {
            return true;
        }
        link = error.source.as_deref();
    }
    false
}

/// Checks the length of a text before it grows.
///
/// # Errors
/// `text is longer than 32 MiB`.
pub fn text(bytes: usize) -> Result<(), GoError> {
    if bytes <= TEXT_BYTES { Ok(()) } else { Err(exceeded("text is longer than 32 MiB")) }
}

/// What the values of a document weigh in memory, roughly: `[{}, {}, …]` takes a hundred times its text.
#[derive(Default)]
pub struct Weight(usize);

impl Weight {
    /// Counts a text; false when the document is too heavy with it.
    pub fn text(&mut self, bytes: usize) -> bool {
        self.add(40 + bytes)
    }

    pub fn list(&mut self, items: usize) -> bool {
        self.add(64 + 24 * items)
    }

    /// A map keeps its entries in nodes of up to eleven.
    pub fn map(&mut self, entries: usize) -> bool {
        self.add(64 + 480 * entries.div_ceil(6))
    }

    fn add(&mut self, bytes: usize) -> bool {
        self.0 += bytes;
        self.0 <= DOCUMENT_BYTES
    }
}

/// What is said of a document that is too heavy.
pub const TOO_HEAVY: &str = "the document is too large: its values take more than 128 MiB";
