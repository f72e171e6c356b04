//! A document as steps, with its comments: what a reader builds on that keeps them. Follows go-yaml v3.

use gostd::GoError;

use crate::parser::Parser;
pub use crate::parser::{Comments, Event, Properties, Scalar};
use crate::problem::Problem;
use crate::reader::Source;
pub use crate::scanner::Style;

/// The steps of a stream, one by one.
pub struct Events<'t>(Parser<'t>);

/// An event with the comments that belong to it: those of a collection come with its start and with its end.
pub struct Step<'t> {
    pub event: Event<'t>,
    pub comments: Option<Box<Comments>>,
    /// It begins a collection in brackets.
    pub flow: bool,
}

impl<'t> Events<'t> {
    /// Returns the next step.
    ///
    /// # Errors
    /// What go-yaml v3 says about the text, as `yaml: line 3: did not find expected key`.
    // Not an iterator: after an error or the end there is nothing to ask for.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Step<'t>, GoError> {
        let event = self.0.next();
        let event = match self.0.take_failure() {
            Some(problem) => event.and(Err(problem)),
            None => event,
        };
        let (comments, flow) = self.0.take_manner();
        Ok(Step { event: event.map_err(Problem::into_v3)?, comments, flow })
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
