//! Reads block scalars, `|` and `>`.

use gostd::GoError;

use super::comment::comment_after;
use super::read::Reader;
use super::tree::{Entry, Node, Style, unbuilt};

/// Reads the lines below `header`, which are deeper than `parent`.
pub(super) fn read(reader: &mut Reader, header: &str, parent: Option<usize>) -> Result<Entry, GoError> {
    let (marks, rest) = header.split_at(header.find([' ', '\t']).unwrap_or(header.len()));
    let least = parent.map_or(0, |parent| parent + 1);
    let digit = marks.chars().find_map(|c| c.to_digit(10)).and_then(|digit| usize::try_from(digit).ok());
    let indent = match digit {
        Some(digit) => least.saturating_sub(1) + digit,
        None => deepest_of_first(reader).max(least),
    };
    let lines = lines(reader, indent);
    let folded = marks.starts_with('>');
    if folded && lines.iter().any(|line| line.starts_with([' ', '\t'])) {
        return Err(unbuilt("a folded text with deeper lines"));
    }
    let mut text = chomped(&lines, marks);
    let visible_end = marks.contains('+') || lines.last().is_some_and(|line| !line.is_empty());
    if reader.unended && reader.at == reader.lines.len() && visible_end && text.ends_with('\n') {
        text.pop();
    }
    let value = if folded { fold(&text) } else { text };
    let style = if folded { Style::Folded } else { Style::Literal };
    let mut entry = Entry::new(None, Node::Scalar { style, value });
    entry.line = comment_after(rest)?;
    Ok(entry)
}

/// The spaces before the first line that is not blank.
fn deepest_of_first(reader: &Reader) -> usize {
    let rest = reader.lines.get(reader.at..).unwrap_or_default();
    rest.iter()
        .find(|line| !line.trim_matches(' ').is_empty())
        .map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}

fn lines(reader: &mut Reader, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(line) = reader.lines.get(reader.at) {
        let blank = line.trim_matches(' ').is_empty();
        if !blank && line.len() - line.trim_start_matches(' ').len() < indent {
            break;
        }
        lines.push(line.get(indent..).unwrap_or_default().to_owned());
        reader.at += 1;
    }
    lines
}

fn chomped(lines: &[String], marks: &str) -> String {
    let text = lines.join("\n") + "\n";
    let visible = text.trim_end_matches('\n');
    match () {
        () if marks.contains('+') => {
            if lines.is_empty() {
                String::new()
            } else {
                text
            }
        }
        () if marks.contains('-') || visible.is_empty() => visible.to_owned(),
        () => format!("{visible}\n"),
    }
}

/// Joins neighbouring lines; of several breaks one goes, but none at the end.
fn fold(text: &str) -> String {
    let body = text.trim_end_matches('\n');
    let mut value = String::with_capacity(text.len());
    let mut breaks = 0;
    for line in body.split('\n') {
        if line.is_empty() {
            breaks += 1;
            continue;
        }
        if breaks > 0 {
            value.push_str(&"\n".repeat(breaks));
        } else if !value.is_empty() {
            value.push(' ');
        }
        breaks = 0;
        value.push_str(line);
    }
    value.push_str(&text[body.len()..]);
    value
}
