//! A reader for the plain block YAML that people write and templates print, several times faster than the exact one.
//!
//! It accepts only what it is sure to read as go-yaml does. Everything else, and every mistake, is a [`Doubt`]: the exact
//! reader then starts again from the beginning. So it knows no error texts, and both never differ.

mod block;
mod build;
mod flow;
mod line;
mod plain;
mod quoted;
mod sink;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use build::read;
pub(crate) use sink::{Collection, Sink, Text};

/// The exact reader has to decide.
#[derive(Debug)]
pub(crate) struct Doubt;

/// Sends the first document of a text to a sink.
///
/// # Errors
/// Doubt, also for a document without content, or of one scalar. The sink may have got a part then.
pub(crate) fn scan(text: &[u8], sink: &mut impl Sink) -> Result<(), Doubt> {
    if !text::is_simple(text) {
        return Err(Doubt);
    }
    line::Lines::new(text, sink).document()
}
