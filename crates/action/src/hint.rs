//! What to do about an error: it travels with the error, and the outermost layer shows it after the error's text.

use std::rc::Rc;

use gostd::GoError;

/// Lines for somebody who reads the error.
pub struct Hint(pub String);

impl Hint {
    /// Returns the hint that came with an error, however much was wrapped around it.
    pub fn of(error: &GoError) -> Option<Rc<Hint>> {
        let links = std::iter::successors(Some(error), |link| link.source.as_deref());
        links.filter_map(|link| link.detail.clone()).find_map(|detail| detail.downcast::<Hint>().ok())
    }
}

/// Makes an error with a hint.
pub(crate) fn hinted(text: String, hint: String) -> GoError {
    GoError { detail: Some(Rc::new(Hint(hint))), ..GoError::new(text) }
}
