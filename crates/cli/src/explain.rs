//! What Helm does not say of a template error: the lines it is in, the way there, and what was found.

use std::fmt::Write as _;
use std::io::IsTerminal;

use gostd::GoError;
use gotemplate::ExecDetail;
use render::RenderError;

use crate::flags::Parsed;

/// How many lines before and after the one in question are shown.
const AROUND: usize = 2;

/// How many places of a long chain are shown in full; the rest are named.
const SHOWN_PLACES: usize = 4;

/// Reports whether errors are explained: asked for by `--explain`, or someone reads stderr on a terminal.
pub fn wanted(flags: &Parsed) -> bool {
    match flags.last("explain") {
        Some(_) => flags.bool("explain"),
        None => std::io::stderr().is_terminal(),
    }
}

/// Explains an error, innermost place first; `None` when there is no place to show.
pub fn explain(error: &RenderError) -> Option<String> {
    let places = places(&error.cause);
    if places.is_empty() {
        return parse_place(error);
    }
    let mut text = String::new();
    for (at, place) in places.iter().rev().enumerate() {
        if at == SHOWN_PLACES {
            let _ = writeln!(text, "  … and {} more", places.len() - at);
            break;
        }
        text.push_str(if at == 0 { "\n" } else { "\n  called from here:\n" });
        let caret = (place.offset, place.context.len());
        text.push_str(&snippet(&place.source, caret));
        if let (0, Some(found)) = (at, &place.found) {
            let _ = writeln!(text, "  = found: {found}");
        }
    }
    Some(text)
}

fn places(error: &GoError) -> Vec<&ExecDetail> {
    let links = std::iter::successors(Some(error), |link| link.source.as_deref());
    let mut places: Vec<&ExecDetail> = Vec::new();
    for detail in links.filter_map(|link| link.detail.as_ref()?.downcast_ref::<ExecDetail>()) {
        let same = |last: &&ExecDetail| last.offset == detail.offset && last.source.name == detail.source.name;
        if !places.last().is_some_and(same) {
            places.push(detail);
        }
    }
    places
}

/// A template that cannot be parsed is known by file and line only.
fn parse_place(error: &RenderError) -> Option<String> {
    let source = error.source.as_ref()?;
    let place = error.cause.text.strip_prefix("template: ")?.strip_prefix(source.name.as_str())?.strip_prefix(':')?;
    let line: usize = place.split(':').next()?.parse().ok()?;
    let start: usize = source.text.split_inclusive(|b| *b == b'\n').take(line.checked_sub(1)?).map(<[u8]>::len).sum();
    Some(format!("\n{}", snippet(source, (start, 0))))
}

/// Shows the line of an offset between its neighbours, with carets below a span of it.
fn snippet(source: &gotemplate::Source, (offset, length): (usize, usize)) -> String {
    let (line, column) = source.line_column(offset);
    let lines: Vec<&[u8]> = source.text.split(|b| *b == b'\n').collect();
    let first = line.saturating_sub(AROUND + 1);
    let last = (line + AROUND).min(lines.len());
    let width = last.to_string().len();
    let mut text = format!("  --> {}:{line}:{column}\n", source.name);
    for (at, content) in lines.iter().enumerate().take(last).skip(first) {
        let content = String::from_utf8_lossy(content);
        let _ = writeln!(text, "{:>width$} | {}", at + 1, content.trim_end());
        if at + 1 == line && length > 0 {
            let before = source.text.get(offset - column..offset).map(String::from_utf8_lossy).unwrap_or_default();
            let gap: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            let room = content.trim_end().chars().count().saturating_sub(before.chars().count()).max(1);
            let _ = writeln!(text, "{:>width$} | {gap}{}", "", "^".repeat(length.clamp(1, room)));
        }
    }
    text
}
