//! The text of one version in the forms in which Helm and chart servers write it. Whatever else there is, is for the
//! reader of the whole language: here nothing is guessed, and nothing is wrong.

use std::borrow::Cow;

use gostd::semver;

use super::cursor::{Column, Cursor};
use crate::index::catalogue::Record;

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Text(Slot),
    Texts(Slot),
    Flag,
    Time,
    /// Texts by names.
    Annotations,
    Maintainers,
    Dependencies,
}

/// Where a text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Nowhere,
    Version,
    Name,
    AppVersion,
    Description,
    Keyword,
    Url,
    Type,
    DependencyName,
    DependencyAlias,
}

type Table = &'static [(&'static str, Kind)];

/// Sorted, as machines write them: the next field is nearly always one of the next in the table.
const VERSION: Table = &[
    ("annotations", Kind::Annotations),
    ("apiVersion", Kind::Text(Slot::Nowhere)),
    ("appVersion", Kind::Text(Slot::AppVersion)),
    ("checksum", Kind::Text(Slot::Nowhere)),
    ("condition", Kind::Text(Slot::Nowhere)),
    ("created", Kind::Time),
    ("dependencies", Kind::Dependencies),
    ("deprecated", Kind::Flag),
    ("description", Kind::Text(Slot::Description)),
    ("digest", Kind::Text(Slot::Nowhere)),
    ("engine", Kind::Text(Slot::Nowhere)),
    ("home", Kind::Text(Slot::Nowhere)),
    ("icon", Kind::Text(Slot::Nowhere)),
    ("keywords", Kind::Texts(Slot::Keyword)),
    ("kubeVersion", Kind::Text(Slot::Nowhere)),
    ("maintainers", Kind::Maintainers),
    ("name", Kind::Text(Slot::Name)),
    ("removed", Kind::Flag),
    ("sources", Kind::Texts(Slot::Nowhere)),
    ("tags", Kind::Text(Slot::Nowhere)),
    ("tillerVersion", Kind::Text(Slot::Nowhere)),
    ("type", Kind::Text(Slot::Type)),
    ("url", Kind::Text(Slot::Nowhere)),
    ("urls", Kind::Texts(Slot::Url)),
    ("version", Kind::Text(Slot::Version)),
];

const MAINTAINER: Table =
    &[("email", Kind::Text(Slot::Nowhere)), ("name", Kind::Text(Slot::Nowhere)), ("url", Kind::Text(Slot::Nowhere))];

const DEPENDENCY: Table = &[
    ("alias", Kind::Text(Slot::DependencyAlias)),
    ("condition", Kind::Text(Slot::Nowhere)),
    ("enabled", Kind::Flag),
    ("name", Kind::Text(Slot::DependencyName)),
    ("repository", Kind::Text(Slot::Nowhere)),
    ("tags", Kind::Texts(Slot::Nowhere)),
    ("version", Kind::Text(Slot::Nowhere)),
];

/// More annotations or dependencies than these are compared by others.
const MANY: usize = 64;

/// A version that is valid.
pub struct Found {
    pub number: semver::Version,
    pub record: Record,
}

/// Reads the text of a version, from its dash on; the sequence is at this column.
pub fn version(text: &[u8], column: usize) -> Option<Found> {
    let mut reader = Reader {
        cursor: Cursor::new(text)?,
        record: Record::default(),
        dependencies: Vec::new(),
        dependency: Default::default(),
    };
    if reader.cursor.next_line()? != column {
        return None;
    }
    reader.cursor.skip(b"- ")?;
    reader.mapping(column + 2, VERSION)?;
    if reader.cursor.next_line().is_some() {
        return None;
    }
    let record = reader.record;
    if matches!(record.name.as_str(), "" | "." | "..") || record.name.contains('/') {
        return None;
    }
    let number = semver::Version::new(record.version.as_bytes()).ok()?;
    Some(Found { number, record })
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    record: Record,
    /// By which names dependencies are known.
    dependencies: Vec<String>,
    /// Name and alias of the one that is being read.
    dependency: (String, String),
}

impl<'a> Reader<'a> {
    /// Reads a mapping at a column, from its first key on; stands at the start of a line then.
    fn mapping(&mut self, column: usize, table: Table) -> Option<()> {
        let (mut seen, mut next) = (0_u32, 0);
        loop {
            let key = self.cursor.key(|byte| byte.is_ascii_alphabetic())?;
            let later = table.get(next..)?.iter().position(|(name, _)| name.as_bytes() == key).map(|at| at + next);
            let at = later.or_else(|| table.iter().position(|(name, _)| name.as_bytes() == key))?;
            if seen & (1 << at) != 0 {
                return None;
            }
            seen |= 1 << at;
            next = at + 1;
            let (_, kind) = *table.get(at)?;
            self.field(kind, column)?;
            if !self.goes_on(column)? {
                return Some(());
            }
        }
    }

    /// Goes to the next entry of a collection at a column; false when it has ended.
    fn goes_on(&mut self, column: usize) -> Option<bool> {
        match self.cursor.column_below() {
            Column::At(below) if below == column => self.cursor.next_line().map(|_| true),
            Column::At(below) if below > column => None,
            // Blank lines stand at the end of a version only.
            _ => Some(false),
        }
    }

    fn field(&mut self, kind: Kind, column: usize) -> Option<()> {
        match kind {
            Kind::Text(slot) => {
                let text = self.value(column)?;
                self.set(slot, &text)
            }
            Kind::Flag => matches!(&*self.word()?, b"true" | b"false").then_some(()),
            Kind::Time => is_time(&self.value(column)?).then_some(()),
            Kind::Texts(slot) => self.texts(slot, column),
            Kind::Annotations => self.annotations(column),
            Kind::Maintainers | Kind::Dependencies => self.mappings(kind, column),
        }
    }

    fn value(&mut self, column: usize) -> Option<Cow<'a, [u8]>> {
        self.cursor.skip(b" ")?;
        self.cursor.scalar(column)
    }

    fn word(&mut self) -> Option<Cow<'a, [u8]>> {
        self.cursor.skip(b" ")?;
        Some(Cow::Borrowed(self.cursor.line()))
    }

    fn set(&mut self, slot: Slot, text: &[u8]) -> Option<()> {
        // Only ASCII gets here.
        let text = std::str::from_utf8(text).ok()?;
        match slot {
            Slot::Nowhere => {}
            Slot::Version => self.record.version = text.to_owned(),
            Slot::Name => self.record.name = text.to_owned(),
            Slot::AppVersion => self.record.app_version = text.to_owned(),
            Slot::Description => self.record.description = text.to_owned(),
            Slot::Keyword => {
                if !self.record.keywords.is_empty() {
                    self.record.keywords.push(' ');
                }
                self.record.keywords.push_str(text);
            }
            Slot::Url => self.record.urls.push(text.to_owned()),
            Slot::Type => return matches!(text, "" | "application" | "library").then_some(()),
            Slot::DependencyName => self.dependency.0 = text.to_owned(),
            Slot::DependencyAlias => self.dependency.1 = text.to_owned(),
        }
        Some(())
    }

    /// Goes to the first item of a sequence in a mapping at `column`; none of an empty one.
    fn first_item(&mut self, column: usize) -> Option<Option<usize>> {
        if self.cursor.peek() == b' ' {
            return (&*self.word()? == b"[]").then_some(None);
        }
        self.cursor.end_line()?;
        let below = self.cursor.next_line()?;
        if below < column {
            return None;
        }
        self.cursor.skip(b"- ")?;
        Some(Some(below))
    }

    /// Goes to the next item of a sequence at `below`; false when it has ended.
    fn next_item(&mut self, below: usize, column: usize) -> Option<bool> {
        match self.cursor.column_below() {
            Column::At(at) if at == below => {
                let mut ahead = self.cursor.clone();
                ahead.next_line()?;
                match ahead.skip(b"- ") {
                    Some(()) => {
                        self.cursor = ahead;
                        Some(true)
                    }
                    // The next field of the mapping around it.
                    None => (below == column).then_some(false),
                }
            }
            Column::At(at) if at > column => None,
            _ => Some(false),
        }
    }

    fn texts(&mut self, slot: Slot, column: usize) -> Option<()> {
        let Some(below) = self.first_item(column)? else { return Some(()) };
        loop {
            let text = self.cursor.scalar(below)?;
            self.set(slot, &text)?;
            if !self.next_item(below, column)? {
                return Some(());
            }
        }
    }

    fn mappings(&mut self, kind: Kind, column: usize) -> Option<()> {
        let Some(below) = self.first_item(column)? else { return Some(()) };
        loop {
            if matches!(kind, Kind::Dependencies) {
                self.mapping(below + 2, DEPENDENCY)?;
                self.end_dependency()?;
            } else {
                self.mapping(below + 2, MAINTAINER)?;
            }
            if !self.next_item(below, column)? {
                return Some(());
            }
        }
    }

    fn end_dependency(&mut self) -> Option<()> {
        let (name, alias) = std::mem::take(&mut self.dependency);
        if !alias.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return None;
        }
        let known_as = if alias.is_empty() { name } else { alias };
        if self.dependencies.len() == MANY || self.dependencies.contains(&known_as) {
            return None;
        }
        self.dependencies.push(known_as);
        Some(())
    }

    fn annotations(&mut self, column: usize) -> Option<()> {
        if self.cursor.peek() == b' ' {
            return (&*self.word()? == b"{}").then_some(());
        }
        self.cursor.end_line()?;
        let below = self.cursor.next_line().filter(|below| *below > column)?;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-' | b'_');
        let mut seen: Vec<&'a [u8]> = Vec::new();
        loop {
            let key = self.cursor.key(is_part)?;
            let starts = key.first().is_some_and(u8::is_ascii_alphabetic);
            if !starts || seen.len() == MANY || seen.contains(&key) || !goyaml::is_text(key) {
                return None;
            }
            seen.push(key);
            self.cursor.skip(b" ")?;
            match self.cursor.peek() {
                b'|' | b'>' => {
                    let header = self.cursor.line();
                    if !matches!(header, b"|" | b"|-" | b"|+" | b">" | b">-" | b">+") {
                        return None;
                    }
                    self.cursor.skip_block(below)?;
                }
                _ => drop(self.cursor.scalar(below)?),
            }
            match self.cursor.column_below() {
                Column::At(at) if at == below => self.cursor.next_line().map(drop)?,
                Column::At(at) if at > column => return None,
                _ => return Some(()),
            }
        }
    }
}

/// Reports a time in the form that Go writes, of a day that every month has.
fn is_time(text: &[u8]) -> bool {
    let Some((date, rest)) = text.split_at_checked(19) else { return false };
    let number = |at: usize, most: u8| match date.get(at..at + 2) {
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => (tens - b'0') * 10 + (ones - b'0') <= most,
        _ => false,
    };
    let not_zero = |at: usize| date.get(at..at + 2) != Some(b"00");
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let fraction =
        rest.strip_prefix(b".").map_or(0, |digits| digits.iter().take_while(|b| b.is_ascii_digit()).count() + 1);
    let zone = rest.get(fraction..).unwrap_or_default();
    marks.iter().all(|(at, mark)| date.get(*at) == Some(mark))
        && number(0, 99)
        && number(2, 99)
        && number(5, 12)
        && not_zero(5)
        && number(8, 28)
        && not_zero(8)
        && number(11, 23)
        && number(14, 59)
        && number(17, 59)
        && fraction != 1
        && is_zone(zone)
}

fn is_zone(zone: &[u8]) -> bool {
    match zone {
        b"Z" => true,
        [b'+' | b'-', h @ b'0'..=b'9', i @ b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9'] => {
            (h - b'0') * 10 + (i - b'0') <= 23
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
