//! Changes as people read them: in the words and the form of helm-diff.

use std::fmt::Write as _;

use crate::change::{Action, Change};
use crate::lines::{Line, lines};
use crate::summary::{Summary, Tense};
use crate::yaml::yaml;

/// How changes are shown.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub color: bool,
    /// How many lines around a change are shown; all where it is `None`.
    pub context: Option<usize>,
    /// Kinds of which it is only said that they change.
    pub suppressed: Vec<String>,
}

const FORCED: &str = "! --force-conflicts would change it:";

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BLUE: &str = "34";

impl Look {
    fn push(&self, text: &mut String, code: &str, line: &str) {
        let _ = match self.color {
            true => writeln!(text, "\u{1b}[{code}m{line}\u{1b}[0m"),
            false => writeln!(text, "{line}"),
        };
    }

    fn suppresses(&self, change: &Change) -> bool {
        self.suppressed.contains(&change.identity.kind)
    }
}

/// Shows each change with its lines, notes, and a line that sums up.
pub fn text(changes: &[Change], notes: &[String], tense: Tense, look: &Look) -> String {
    let mut text = String::new();
    for change in changes {
        let Some((words, code)) = words(change, WORDS) else { continue };
        look.push(&mut text, code, &format!("{} {words}", heading(change)));
        if let (Some(note), Action::Refused) = (&change.note, change.action) {
            note.lines().for_each(|line| look.push(&mut text, RED, &format!("! {}", printable(line))));
            if !change.is_comparable() {
                continue;
            }
            look.push(&mut text, BLUE, FORCED);
        }
        if change.before == change.after {
            continue;
        }
        if look.suppresses(change) {
            let line = format!("+ Changes suppressed on sensitive content of type {}", change.identity.kind);
            look.push(&mut text, YELLOW, &line);
        } else {
            push_lines(&mut text, change, look);
        }
    }
    end(text, changes, notes, tense)
}

/// Shows one line for each change, notes, and a line that sums up.
pub fn simple(changes: &[Change], notes: &[String], tense: Tense, look: &Look) -> String {
    let mut text = String::new();
    for change in changes {
        let Some((words, code)) = words(change, SIMPLE_WORDS) else { continue };
        look.push(&mut text, code, &format!("{} {words}", heading(change)));
    }
    end(text, changes, notes, tense)
}

fn end(mut text: String, changes: &[Change], notes: &[String], tense: Tense) -> String {
    for note in notes {
        let _ = writeln!(text, "{}", printable(note));
    }
    text.push_str(&Summary::of(changes).line(tense));
    text.push('\n');
    text
}

type Words = [(Action, &'static str, &'static str); 5];

const WORDS: Words = [
    (Action::Create, "has been added:", GREEN),
    (Action::Update, "has changed:", YELLOW),
    (Action::Replace, "has changed and is replaced:", YELLOW),
    (Action::Delete, "has been removed:", RED),
    (Action::Refused, "is refused by the server:", RED),
];

const SIMPLE_WORDS: Words = [
    (Action::Create, "to be added.", GREEN),
    (Action::Update, "to be changed.", YELLOW),
    (Action::Replace, "to be replaced.", YELLOW),
    (Action::Delete, "to be removed.", RED),
    (Action::Refused, "is refused by the server.", RED),
];

/// Returns what is said of a change, and its colour; `None` where there is nothing to say.
fn words(change: &Change, words: Words) -> Option<(String, &'static str)> {
    if let (Action::None, Some(note)) = (change.action, &change.note) {
        let same = change.before == change.after;
        let end = if same { "." } else { ":" };
        return Some((format!("{}{end}", printable(note)), BLUE));
    }
    let (_, words, code) = words.into_iter().find(|(action, ..)| *action == change.action)?;
    Some((words.to_owned(), code))
}

fn heading(change: &Change) -> String {
    let own = change.identity.heading();
    let name = match &change.earlier {
        Some(earlier) => format!("{} -> {own}", earlier.heading()),
        None => own,
    };
    let hook = change.hook.as_ref().map(|hook| format!(", hook {}", hook.events.join(","))).unwrap_or_default();
    printable(&format!("{name}{hook}"))
}

fn push_lines(text: &mut String, change: &Change, look: &Look) {
    let (before, after) = (yaml(change.before.as_ref()), yaml(change.after.as_ref()));
    for line in lines(&before, &after, look.context) {
        match line {
            Line::Same(line) => {
                let _ = writeln!(text, "  {line}");
            }
            Line::Removed(line) => look.push(text, RED, &format!("- {line}")),
            Line::Added(line) => look.push(text, GREEN, &format!("+ {line}")),
            Line::Gap => text.push_str("...\n"),
        }
    }
}

/// Names and words of strangers must not steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}
