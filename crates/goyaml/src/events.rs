//! A document as steps, with its comments: what a reader builds on that keeps them. Follows go-yaml v3.

use gostd::GoError;

use crate::parser::Parser;
pub use crate::parser::{Comments, Event, Properties, Scalar};
use crate::problem::Problem;
use crate::reader::Source;
pub use crate::scanner::Style;

/// The steps of a stream, one by one.
pub struct Events<'t>(Parser<'t>);

impl<'t> Events<'t> {
    /// Returns the next step.
    ///
    /// # Errors
    /// What go-yaml v3 says about the text, as `yaml: line 3: did not find expected key`.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Event<'t>, GoError> {
        let step = self.0.next();
        match self.0.take_failure() {
            Some(problem) => step.and(Err(problem)),
            None => step,
        }
        .map_err(Problem::into_v3)
    }
}

/// Hands the steps of a text to `read`.
///
/// # Errors
/// Those of `read`, and a text that does not begin with a character.
pub fn with_events<T>(text: &[u8], read: impl FnOnce(&mut Events<'_>) -> Result<T, GoError>) -> Result<T, GoError> {
    let mut source = Source::new(text);
    let parser = Parser::with_comments(&mut source).map_err(Problem::into_v3)?;
    read(&mut Events(parser))
}
