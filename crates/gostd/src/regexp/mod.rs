//! Go's `regexp`: RE2 syntax as `regexp.Compile` of Go 1.27 reads it, in time linear in the text.

mod class;
mod escape;
mod fault;
mod haystack;
mod named;
mod node;
mod parser;
mod program;
mod repeat;
#[rustfmt::skip]
mod tables;
mod template;

use std::ops::Range;

use regex_automata::{Input, meta};

use crate::GoError;
use haystack::Haystack;
use template::Template;

/// What the groups of a match cover; the whole match is group 0, a group that did not take part is `None`.
pub type Groups = Vec<Option<Range<usize>>>;

/// A compiled regular expression. Positions are in bytes; bytes that are no UTF-8 count as U+FFFD each.
#[derive(Debug)]
pub struct Regexp {
    pattern: Vec<u8>,
    matcher: meta::Regex,
    names: Vec<String>,
}

impl Regexp {
    /// Compiles a pattern, as `regexp.Compile`.
    ///
    /// # Errors
    /// Go's text, such as ``error parsing regexp: missing closing ): `(` ``.
    pub fn new(pattern: &[u8]) -> Result<Regexp, GoError> {
        let (root, names) = parser::parse(pattern)?;
        let matcher = program::build(&root).ok_or_else(|| fault::new(fault::Code::Large, pattern))?;
        Ok(Regexp { pattern: pattern.to_vec(), matcher, names })
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
        let haystack = Haystack::new(text);
        self.matcher.is_match(Input::new(haystack.text()))
    }

    /// Finds the leftmost match.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let haystack = Haystack::new(text);
        self.find_at(&haystack, 0).map(|range| haystack.original(range))
    }

    fn find_at(&self, haystack: &Haystack<'_>, start: usize) -> Option<Range<usize>> {
        let text = haystack.text();
        self.matcher.search(&Input::new(text).span(start..text.len())).map(|found| found.range())
    }

    fn groups_at(&self, haystack: &Haystack<'_>, start: usize) -> Option<Groups> {
        let text = haystack.text();
        let mut captures = self.matcher.create_captures();
        self.matcher.search_captures(&Input::new(text).span(start..text.len()), &mut captures);
        captures.is_match().then(|| {
            let group = |i| captures.get_group(i).map(Range::from);
            (0..self.names.len()).map(group).collect()
        })
    }

    /// Finds the leftmost match and its groups, as `FindSubmatchIndex`.
    pub fn find_submatch_index(&self, text: &[u8]) -> Option<Groups> {
        let haystack = Haystack::new(text);
        self.groups_at(&haystack, 0).map(|groups| original_groups(&haystack, groups))
    }

    /// Finds up to `n` successive matches, all when `n` is negative, as `FindAllIndex`.
    pub fn find_all(&self, text: &[u8], n: i64) -> Vec<Range<usize>> {
        let haystack = Haystack::new(text);
        let mut found = Vec::new();
        self.each(&haystack, n, Regexp::find_at, |m| m.clone(), |m| found.push(haystack.original(m)));
        found
    }

    /// Finds up to `n` successive matches with their groups, as `FindAllSubmatchIndex`.
    pub fn find_all_submatch(&self, text: &[u8], n: i64) -> Vec<Groups> {
        let haystack = Haystack::new(text);
        let mut found = Vec::new();
        self.each(&haystack, n, Regexp::groups_at, whole, |m| found.push(original_groups(&haystack, m)));
        found
    }

    /// Visits successive matches: follows `Regexp.matches`.
    fn each<M>(
        &self,
        haystack: &Haystack<'_>,
        n: i64,
        find: impl Fn(&Regexp, &Haystack<'_>, usize) -> Option<M>,
        range: impl Fn(&M) -> Range<usize>,
        mut accept: impl FnMut(M),
    ) {
        let end = haystack.text().len();
        let (mut at, mut previous, mut left) = (0, None, n);
        while at <= end && left != 0 {
            let Some(found) = find(self, haystack, at) else {
                return;
            };
            let Range { start: match_start, end: match_end } = range(&found);
            let mut accepted = true;
            if match_end == at {
                // An empty match right behind a match does not count.
                accepted = previous != Some(match_start);
                at += haystack.width(at).max(1);
            } else {
                at = match_end;
            }
            previous = Some(match_end);
            if accepted {
                accept(found);
                left -= 1;
            }
        }
    }

    /// Replaces all matches; `$1`, `${1}`, `$name` and `${name}` stand for groups, `$$` for a dollar sign.
    pub fn replace_all(&self, text: &[u8], template: &[u8]) -> Vec<u8> {
        self.replace(text, &Template::new(template, &self.names))
    }

    /// Replaces all matches by a text in which `$` means nothing.
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace(text, &Template::literal(replacement))
    }

    fn replace(&self, text: &[u8], template: &Template<'_>) -> Vec<u8> {
        let haystack = Haystack::new(text);
        if template.has_groups() {
            return self.replace_with(text, &haystack, Regexp::groups_at, whole, |out, groups| {
                let group = |number: usize| groups.get(number).cloned().flatten().map(|r| haystack.original(r));
                template.write(out, text, group);
            });
        }
        self.replace_with(text, &haystack, Regexp::find_at, Range::clone, |out, _| template.write(out, text, |_| None))
    }

    /// Replaces all matches by what a function makes of them, as `ReplaceAllFunc`.
    pub fn replace_all_func(&self, text: &[u8], mut replacement: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let haystack = Haystack::new(text);
        self.replace_with(text, &haystack, Regexp::find_at, Range::clone, |out, found| {
            let found = haystack.original(found.clone());
            out.extend(replacement(text.get(found).unwrap_or_default()));
        })
    }

    /// Follows `Regexp.replaceAll`.
    fn replace_with<M>(
        &self,
        text: &[u8],
        haystack: &Haystack<'_>,
        find: impl Fn(&Regexp, &Haystack<'_>, usize) -> Option<M>,
        range: impl Fn(&M) -> Range<usize>,
        mut write: impl FnMut(&mut Vec<u8>, &M),
    ) -> Vec<u8> {
        let end = haystack.text().len();
        let mut out = Vec::with_capacity(text.len());
        let (mut copied, mut at) = (0, 0);
        while at <= end {
            let Some(found) = find(self, haystack, at) else {
                break;
            };
            let m = range(&found);
            out.extend_from_slice(text.get(haystack.original(copied..m.start)).unwrap_or_default());
            // An empty match right behind a match is not replaced.
            if m.end > copied || m.start == 0 {
                write(&mut out, &found);
            }
            copied = m.end;
            let next = at + haystack.width(at);
            at = if next > m.end { next } else { m.end.max(at + 1) };
        }
        out.extend_from_slice(text.get(haystack.original(copied..end)).unwrap_or_default());
        out
    }

    /// Cuts the text at the matches into at most `n` parts (any number when negative, none when 0), as `Split`.
    pub fn split(&self, text: &[u8], n: i64) -> Vec<Range<usize>> {
        if n == 0 {
            return Vec::new();
        }
        if !self.pattern.is_empty() && text.is_empty() {
            return Vec::from([0..0]);
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

fn whole(groups: &Groups) -> Range<usize> {
    groups.first().cloned().flatten().unwrap_or_default()
}

fn original_groups(haystack: &Haystack<'_>, groups: Groups) -> Groups {
    groups.into_iter().map(|group| group.map(|range| haystack.original(range))).collect()
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
