//! The result of parsing: which flags were given, with which values.

use super::csv;
use super::kind::pairs;

/// The values given on the command line, in their order.
#[derive(Default, Debug)]
pub struct Parsed {
    given: Vec<(&'static str, String)>,
    /// The positional arguments.
    pub args: Vec<String>,
    /// Lines that deprecated flags print on stderr.
    pub warnings: Vec<String>,
}

impl Parsed {
    pub(super) fn push(&mut self, name: &'static str, value: String) {
        self.given.push((name, value));
    }

    /// Returns every value given for a flag.
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> + 'a {
        self.given.iter().filter(move |(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// Returns the last value given for a flag: the one that counts.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.given.iter().rev().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// Returns the last value given for any of several spellings of one flag.
    pub fn last_of(&self, names: &[&str]) -> Option<&str> {
        self.given.iter().rev().find(|(n, _)| names.contains(n)).map(|(_, v)| v.as_str())
    }

    pub fn is_set(&self, name: &str) -> bool {
        self.given.iter().any(|(n, _)| *n == name)
    }

    pub fn bool(&self, name: &str) -> bool {
        self.last(name).is_some_and(truthy)
    }

    /// Returns the value of a string flag, empty if not given.
    pub fn string(&self, name: &str) -> &str {
        self.last(name).unwrap_or_default()
    }

    /// Returns the values of a repeatable flag taken whole.
    pub fn array(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_string).collect()
    }

    /// Returns the values of a comma-separated flag.
    pub fn slice(&self, name: &str) -> Vec<String> {
        self.all(name).flat_map(|value| csv::record(value).unwrap_or_default()).collect()
    }

    /// Returns the pairs of a `key=value` flag.
    pub fn pairs(&self, name: &str) -> Vec<(String, String)> {
        self.all(name).flat_map(|value| pairs(value).unwrap_or_default()).collect()
    }
}

fn truthy(value: &str) -> bool {
    matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
}
