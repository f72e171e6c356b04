//! Go's `regexp`: RE2 syntax as `regexp.Compile` of Go 1.27 reads it, in time linear in the text.

#[cfg(test)]
mod agreement;
mod automaton;
mod backtrack;
mod bracket;
mod class;
mod compile;
mod escape;
mod fault;
mod flags;
mod limits;
mod named;
mod node;
mod parser;
mod pike;
mod program;
mod repeat;
mod search;
#[rustfmt::skip]
mod tables;
mod template;

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta;

use crate::GoError;
use program::Program;
use search::{Search, UNSET};
use template::Template;

/// What the groups of a match cover; the whole match is group 0, a group that did not take part is `None`.
pub type Groups = Vec<Option<Range<usize>>>;

/// A compiled regular expression. Positions are in bytes; bytes that are no UTF-8 count as U+FFFD each.
#[derive(Debug)]
pub struct Regexp {
    pattern: Vec<u8>,
    program: Program,
    names: Vec<String>,
    /// Built when the first long text comes; `None` inside when it would be too large.
    automaton: OnceLock<Option<meta::Regex>>,
}

impl Regexp {
    /// Compiles a pattern, as `regexp.Compile`: some microseconds, as in Go.
    ///
    /// # Errors
    /// Go's text, such as ``error parsing regexp: missing closing ): `(` ``.
    pub fn new(pattern: &[u8]) -> Result<Regexp, GoError> {
        let (root, names) = parser::parse(pattern)?;
        let program = compile::compile(&root).ok_or_else(|| fault::new(fault::Code::Large, pattern))?;
        Ok(Regexp { pattern: pattern.to_vec(), program, names, automaton: OnceLock::new() })
    }

    fn automaton(&self) -> Option<&meta::Regex> {
        let build = || automaton::build(&parser::parse(&self.pattern).ok()?.0);
        self.automaton.get_or_init(build).as_ref()
    }

    /// Returns the pattern, as `String`.
    pub fn as_str(&self) -> &[u8] {
        &self.pattern
    }

    /// Returns how many groups there are, without the whole match.
    pub fn num_subexp(&self) -> usize {
        self.names.len() - 1
    }

    /// Returns the names of the groups by number; unnamed ones and the whole match (number 0) have an empty name.
    pub fn subexp_names(&self) -> &[String] {
        &self.names
    }

    /// Tells whether the text contains a match.
    pub fn is_match(&self, text: &[u8]) -> bool {
        Search::new(self, text).find(0, &mut [])
    }

    /// Finds the leftmost match.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        Search::new(self, text).find_range(0)
    }

    /// Finds the leftmost match and its groups, as `FindSubmatchIndex`.
    pub fn find_submatch_index(&self, text: &[u8]) -> Option<Groups> {
        let mut slots = self.slots();
        Search::new(self, text).find(0, &mut slots).then(|| groups(&slots))
    }

    fn slots(&self) -> Vec<usize> {
        vec![UNSET; 2 * self.names.len()]
    }

    /// Finds up to `n` successive matches, all when `n` is negative, as `FindAllIndex`.
    pub fn find_all(&self, text: &[u8], n: i64) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.each(text, n, &mut [UNSET; 2], |slots| found.push(whole(slots)));
        found
    }

    /// Finds up to `n` successive matches with their groups, as `FindAllSubmatchIndex`.
    pub fn find_all_submatch(&self, text: &[u8], n: i64) -> Vec<Groups> {
        let mut found = Vec::new();
        self.each(text, n, &mut self.slots(), |slots| found.push(groups(slots)));
        found
    }

    /// Visits successive matches: follows `Regexp.matches`.
    fn each(&self, text: &[u8], n: i64, slots: &mut [usize], mut accept: impl FnMut(&[usize])) {
        let mut search = Search::new(self, text);
        let (mut at, mut previous, mut left) = (0, None, n);
        while at <= text.len() && left != 0 && search.find(at, slots) {
            let found = whole(slots);
            let mut accepted = true;
            if found.end == at {
                // An empty match right behind a match does not count.
                accepted = previous != Some(found.start);
                at += backtrack::rune_at(text, at).1.max(1);
            } else {
                at = found.end;
            }
            previous = Some(found.end);
            if accepted {
                accept(slots);
                left -= 1;
            }
        }
    }

    /// Replaces all matches; `$1`, `${1}`, `$name` and `${name}` stand for groups, `$$` for a dollar sign.
    pub fn replace_all(&self, text: &[u8], template: &[u8]) -> Vec<u8> {
        self.replace(text, &Template::new(template, &self.names), usize::MAX).unwrap_or_else(|out| out)
    }

    /// Replaces all matches by a text in which `$` means nothing.
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace(text, &Template::literal(replacement), usize::MAX).unwrap_or_else(|out| out)
    }

    /// Replaces as [`Regexp::replace_all`], but gives up once the result is longer than `limit` bytes: a text of n bytes
    /// and a template of m give up to n·m.
    ///
    /// # Errors
    /// What was made until then.
    pub fn replace_all_within(&self, text: &[u8], template: &[u8], limit: usize) -> Result<Vec<u8>, Vec<u8>> {
        self.replace(text, &Template::new(template, &self.names), limit)
    }

    /// Replaces as [`Regexp::replace_all_literal`], but gives up once the result is longer than `limit` bytes.
    ///
    /// # Errors
    /// What was made until then.
    pub fn replace_all_literal_within(
        &self,
        text: &[u8],
        replacement: &[u8],
        limit: usize,
    ) -> Result<Vec<u8>, Vec<u8>> {
        self.replace(text, &Template::literal(replacement), limit)
    }

    fn replace(&self, text: &[u8], template: &Template<'_>, limit: usize) -> Result<Vec<u8>, Vec<u8>> {
        let mut slots = self.slots();
        if !template.has_groups() {
            slots.truncate(2);
        }
        self.replace_with(text, &mut slots, limit, |out, slots| template.write(out, text, |n| group(slots, n)))
    }

    /// Replaces all matches by what a function makes of them, as `ReplaceAllFunc`.
    pub fn replace_all_func(&self, text: &[u8], mut replacement: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let write = |out: &mut Vec<u8>, slots: &[usize]| {
            out.extend(replacement(text.get(whole(slots)).unwrap_or_default()));
        };
        self.replace_with(text, &mut [UNSET; 2], usize::MAX, write).unwrap_or_else(|out| out)
    }

    /// Follows `Regexp.replaceAll`.
    fn replace_with(
        &self,
        text: &[u8],
        slots: &mut [usize],
        limit: usize,
        mut write: impl FnMut(&mut Vec<u8>, &[usize]),
    ) -> Result<Vec<u8>, Vec<u8>> {
        let mut search = Search::new(self, text);
        let mut out = Vec::with_capacity(text.len());
        let (mut copied, mut at) = (0, 0);
        while at <= text.len() && search.find(at, slots) {
            let found = whole(slots);
            out.extend_from_slice(text.get(copied..found.start).unwrap_or_default());
            // An empty match right behind a match is not replaced.
            if found.end > copied || found.start == 0 {
                write(&mut out, slots);
            }
            if out.len() > limit {
                return Err(out);
            }
            copied = found.end;
            let next = at + backtrack::rune_at(text, at).1;
            at = if next > found.end { next } else { found.end.max(at + 1) };
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        if out.len() > limit { Err(out) } else { Ok(out) }
    }

    /// Cuts the text at the matches into at most `n` parts (any number when negative, none when 0), as `Split`.
    pub fn split(&self, text: &[u8], n: i64) -> Vec<Range<usize>> {
        if n == 0 {
            return Vec::new();
        }
        if !self.pattern.is_empty() && text.is_empty() {
            return std::iter::once(0..0).collect();
        }
        let mut parts = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.find_all(text, n) {
            if n > 0 && parts.len() as i64 >= n - 1 {
                break;
            }
            end = found.start;
            if found.end != 0 {
                parts.push(start..end);
            }
            start = found.end;
        }
        if end != text.len() {
            parts.push(start..text.len());
        }
        parts
    }
}

fn whole(slots: &[usize]) -> Range<usize> {
    group(slots, 0).unwrap_or_default()
}

fn group(slots: &[usize], number: usize) -> Option<Range<usize>> {
    match slots.get(2 * number..2 * number + 2)? {
        [start, end] if *start != UNSET && *end != UNSET => Some(*start..*end),
        _ => None,
    }
}

fn groups(slots: &[usize]) -> Groups {
    (0..slots.len() / 2).map(|number| group(slots, number)).collect()
}

/// Escapes all that has a meaning in patterns, as `QuoteMeta`.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
