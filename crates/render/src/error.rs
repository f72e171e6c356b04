//! Helm's re-formatting of template errors (`pkg/engine/engine.go`).

use gostd::{GoError, Str};
use gotemplate::Source;

use crate::engine::Message;

/// What `required` and `fail` wrap their message in, to be found again in the text of the whole chain.
pub(crate) const START: &str = "HELM_ERR_START";
pub(crate) const END: &str = "HELM_ERR_END";

/// A template that could not be parsed or executed.
pub struct RenderError {
    /// Helm's text.
    pub text: String,
    /// The error of the template engine, with the places it passed through.
    pub cause: Box<GoError>,
    /// The template that could not be parsed.
    pub source: Option<Box<Source>>,
    /// What lint mode had to say before.
    pub messages: Vec<Message>,
}

/// One place in a chain of template errors.
#[derive(PartialEq, Eq, Default)]
pub struct Location {
    place: String,
    message: String,
    executing: String,
}

/// Returns Helm's text for a template that cannot be parsed: the place and the last part of the chain.
pub(crate) fn parse_error(filename: &str, template: &Str, cause: GoError) -> RenderError {
    let tokens: Vec<_> = cause.text.split(": ").collect();
    let text = match tokens[..] {
        [_] => format!("parse error in ({filename}): {}", cause.text),
        [_, place, ..] => format!("parse error at ({place}): {}", tokens[tokens.len() - 1]),
        [] => String::new(),
    };
    let source = Source { name: filename.to_string(), text: template.clone() };
    RenderError { text, cause: Box::new(cause), source: Some(Box::new(source)), messages: Vec::new() }
}

/// Returns Helm's text for a template that failed: every place of the chain in lines of its own, or Go's text where any
/// link of the chain is not the template engine's.
pub(crate) fn exec_error(filename: &str, cause: GoError) -> RenderError {
    let text = exec_text(filename, &cause);
    RenderError { text, cause: Box::new(cause), source: None, messages: Vec::new() }
}

fn exec_text(filename: &str, cause: &GoError) -> String {
    if !links(cause).any(|link| link.detail.is_some()) {
        return cause.text.clone();
    }
    let mut tokens = cause.text.splitn(3, ": ");
    let (Some(_), Some(place), Some(rest)) = (tokens.next(), tokens.next(), tokens.next()) else {
        return format!("execution error in ({filename}): {}", cause.text);
    };
    if let Some(message) = wrapped(rest) {
        return format!("execution error at ({place}): {message}");
    }
    let mut locations: Vec<Location> = Vec::new();
    for link in links(cause) {
        let Some(location) = location(&link.text) else { return cause.text.clone() };
        if locations.last() != Some(&location) {
            locations.push(location);
        }
    }
    let text: String = locations.iter().map(Location::text).collect();
    text.trim().to_string()
}

fn links(error: &GoError) -> impl Iterator<Item = &GoError> {
    std::iter::successors(Some(error), |link| link.source.as_deref())
}

/// Returns what stands between the first start and the last end: the pattern is greedy.
fn wrapped(text: &str) -> Option<&str> {
    let after = &text[text.find(START)? + START.len()..];
    Some(&after[..after.rfind(END)?])
}

fn location(text: &str) -> Option<Location> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Location { message: text.to_string(), ..Location::default() });
    }
    executing(rest).or_else(|| simple(rest))
}

/// Reads `F:1:2: executing "NAME" at <CONTEXT>: MESSAGE`.
fn executing(rest: &str) -> Option<Location> {
    let (place, after) = rest.split_once(": executing ")?;
    let (function, after) = after.strip_prefix('"')?.split_once('"')?;
    let (context, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
    Some(Location {
        place: place.to_string(),
        message: before_next(message).to_string(),
        executing: format!("executing \"{function}\" at <{context}>:"),
    })
}

/// Reads `F: MESSAGE`; the last colon counts, since the place has colons of its own.
fn simple(rest: &str) -> Option<Location> {
    let (place, message) = rest.rsplit_once(": ")?;
    Some(Location { place: place.to_string(), message: before_next(message).to_string(), ..Location::default() })
}

fn before_next(message: &str) -> &str {
    message.find(" template:").map_or(message, |cut| &message[..cut])
}

impl Location {
    fn text(&self) -> String {
        let mut text = String::new();
        for (part, end) in [(&self.place, "\n  "), (&self.executing, "\n    "), (&self.message, "\n")] {
            if !part.is_empty() {
                text.push_str(part);
                text.push_str(end);
            }
        }
        text
    }
}
