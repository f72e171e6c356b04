//! What Helm does not say of a failure: why objects are not ready, which rights are missing, what replaces a removed API.
//!
//! Shown on stderr after Helm's line, unless `--explain=false` or `PILOTHOUSE_EXPLAIN=false`.

mod diagnosis;
mod immutable;
pub mod registry;
mod removed;

use std::rc::Rc;

use action::Hint;
use cluster::Diagnosis;
use gostd::GoError;

use crate::flags::Parsed;

/// What is known of objects that are not ready; travels with an error.
pub struct Diagnoses(pub Vec<Diagnosis>);

/// Returns what there is to say of an error.
pub fn of(error: &GoError, flags: &Parsed) -> Option<String> {
    if !wanted(flags) {
        return None;
    }
    let mut text = String::new();
    if let Some(hint) = Hint::of(error) {
        text.push_str(&hint.0);
    }
    if let Some(diagnoses) = diagnoses(error) {
        text.push_str(&diagnosis::text(&diagnoses.0));
    }
    text.push_str(&removed::text(&error.text));
    if text.is_empty() {
        text.push_str(immutable::text(&error.text));
    }
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_string())
}

/// Reports whether errors of operations are explained.
pub fn wanted(flags: &Parsed) -> bool {
    if flags.last("explain").is_some() {
        return flags.bool("explain");
    }
    let given = std::env::var("PILOTHOUSE_EXPLAIN").unwrap_or_default();
    gostd::strconv::parse_bool(given.as_bytes()).unwrap_or(true)
}

fn diagnoses(error: &GoError) -> Option<Rc<Diagnoses>> {
    let links = std::iter::successors(Some(error), |link| link.source.as_deref());
    links.filter_map(|link| link.detail.clone()).find_map(|detail| detail.downcast::<Diagnoses>().ok())
}
