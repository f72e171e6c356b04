//! What stands on one line: keys, quoted values and values in brackets.

use gostd::GoError;

use super::scalar::unescape;
use super::tree::{Entry, Node, Style, unbuilt};

/// A value that begins with a quote or bracket: whole with the text behind it, or open at the end of the line.
pub enum Cut<'t> {
    Whole(Node, &'t str),
    Open,
}

/// A key or scalar with how it is written.
pub type Text = (Style, String);

/// Splits `key: value`; `None` if the line has no key.
pub fn key(text: &str) -> Result<Option<(Text, &str)>, GoError> {
    if text.starts_with(['{', '[', '#', '|', '>', '*', '!', '&', '%', '@', '`']) {
        return if text.starts_with(['*', '!', '&']) && text.contains(": ") {
            Err(unbuilt("an anchor, alias or tag at a key"))
        } else {
            Ok(None)
        };
    }
    if text == "?" || text.starts_with("? ") {
        return Err(unbuilt("a key with a question mark"));
    }
    if text.starts_with(['"', '\'']) {
        let Some((key, rest)) = quoted(text)? else { return Ok(None) };
        return Ok(rest.trim_start_matches(' ').strip_prefix(':').filter(|rest| is_end(rest)).map(|rest| (key, rest)));
    }
    let Some(colon) = colon(split_comment(text).0) else { return Ok(None) };
    let name = text[..colon].trim_end().to_owned();
    Ok(Some(((Style::Plain, name), &text[colon + 1..])))
}

fn colon(text: &str) -> Option<usize> {
    text.match_indices(':').map(|(index, _)| index).find(|index| is_end(&text[index + 1..]))
}

/// Whether a word ends before `rest`.
fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// Takes `&name` off a value.
pub fn anchor(text: &str) -> (Option<String>, &str) {
    let Some(rest) = text.strip_prefix('&') else { return (None, text) };
    let (name, rest) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    (Some(name.to_owned()), rest.trim_start())
}

/// Splits a plain value from the comment behind it.
pub fn split_comment(text: &str) -> (&str, Option<&str>) {
    let start = text.match_indices('#').map(|(index, _)| index).find(|i| text[..*i].ends_with([' ', '\t']));
    match start {
        None => (text.trim_end(), None),
        Some(start) => (text[..start].trim_end(), Some(text[start..].trim_end())),
    }
}

/// Reads a quoted text; `None` if it has no end.
fn quoted(text: &str) -> Result<Option<(Text, &str)>, GoError> {
    let double = text.starts_with('"');
    let body = &text[1..];
    let mut skip = false;
    let mut marks = body.char_indices().peekable();
    while let Some((index, c)) = marks.next() {
        match c {
            _ if skip => skip = false,
            '\\' if double => skip = true,
            '\'' if !double && marks.peek().is_some_and(|(_, next)| *next == '\'') => skip = true,
            '"' if double => {
                let value = unescape(&body[..index]).ok_or_else(|| unbuilt("an escape of this form"))?;
                return Ok(Some(((Style::Double, value), &body[index + 1..])));
            }
            '\'' if !double => {
                return Ok(Some(((Style::Single, body[..index].replace("''", "'")), &body[index + 1..])));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Reads a value in quotes or brackets.
pub fn delimited(text: &str) -> Result<Cut<'_>, GoError> {
    value(text, 0)
}

/// Brackets inside one another.
const DEEPEST: usize = 100;

fn value(text: &str, depth: usize) -> Result<Cut<'_>, GoError> {
    match text.chars().next() {
        Some('"' | '\'') => Ok(match quoted(text)? {
            None => Cut::Open,
            Some(((style, value), rest)) => Cut::Whole(Node::Scalar { style, value }, rest),
        }),
        Some('{' | '[') if depth > DEEPEST => Err(unbuilt("a value in more than 100 brackets")),
        Some('{' | '[') => collection(text, depth),
        Some('&' | '!' | '#' | '?' | '|' | '>' | '%' | '@' | '`') => {
            Err(unbuilt("a value of this form inside brackets"))
        }
        _ => {
            let Some(end) = plain_end(text) else { return Ok(Cut::Open) };
            let style = if text.starts_with('*') { Style::Alias } else { Style::Plain };
            Ok(Cut::Whole(Node::Scalar { style, value: text[..end].trim_end().to_owned() }, &text[end..]))
        }
    }
}

/// Where a plain text inside brackets ends.
fn plain_end(text: &str) -> Option<usize> {
    text.char_indices().map(|(index, _)| index).find(|index| {
        let rest = &text[*index..];
        rest.starts_with([',', ']', '}', '[', '{'])
            || rest.strip_prefix(':').is_some_and(|next| is_end(next) || next.starts_with([',', ']', '}']))
            || rest.starts_with(" #")
    })
}

fn collection(text: &str, depth: usize) -> Result<Cut<'_>, GoError> {
    let map = text.starts_with('{');
    let close = if map { '}' } else { ']' };
    let mut rest = text[1..].trim_start();
    let mut entries = Vec::new();
    loop {
        if rest.is_empty() {
            return Ok(Cut::Open);
        }
        if let Some(after) = rest.strip_prefix(close) {
            let node = if map { Node::Map { flow: true, entries } } else { Node::List { flow: true, entries } };
            return Ok(Cut::Whole(node, after));
        }
        let Some((entry, after)) = member(rest, map, depth)? else { return Ok(Cut::Open) };
        entries.push(entry);
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.is_empty() || after.starts_with(close) => after,
            None => return Err(unbuilt("a value of this form inside brackets")),
        };
    }
}

/// Reads a member of a collection and returns the text after it, without the spaces.
fn member(text: &str, map: bool, depth: usize) -> Result<Option<(Entry, &str)>, GoError> {
    let Cut::Whole(node, rest) = value(text, depth + 1)? else { return Ok(None) };
    let rest = rest.trim_start();
    if !map {
        return Ok(Some((Entry::new(None, node), rest)));
    }
    let Some(after) = rest.strip_prefix(':') else {
        return if rest.is_empty() { Ok(None) } else { Err(unbuilt("a key without a value inside brackets")) };
    };
    let Node::Scalar { style, value: key } = node else { return Err(unbuilt("a collection as a key")) };
    let Cut::Whole(node, rest) = value(after.trim_start(), depth + 1)? else { return Ok(None) };
    Ok(Some((Entry::new(Some((style, key)), node), rest.trim_start())))
}
