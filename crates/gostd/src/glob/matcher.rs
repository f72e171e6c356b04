//! The matchers that a pattern becomes, and how many characters each takes.

/// What a matcher takes, in characters.
pub(super) type Length = Option<usize>;

#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// Anything without a separator.
    Any(Vec<char>),
    AnyOf(Vec<Matcher>),
    /// All of these at once.
    EveryOf(Vec<Matcher>),
    Tree(Box<Tree>),
    Contains {
        needle: String,
        not: bool,
    },
    List {
        chars: Vec<char>,
        not: bool,
    },
    Range {
        low: char,
        high: char,
        not: bool,
    },
    /// At most this many characters.
    Max(usize),
    /// At least this many characters.
    Min(usize),
    Nothing,
    Prefix(String),
    PrefixAny(String, Vec<char>),
    PrefixSuffix(String, String),
    /// One after the other, each of known length.
    Row {
        matchers: Vec<Matcher>,
        length: usize,
    },
    Single(Vec<char>),
    Suffix(String),
    SuffixAny(String, Vec<char>),
    Super,
    Text(String),
}

/// A matcher with what stands before and behind it.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub value: Matcher,
    pub left: Option<Matcher>,
    pub right: Option<Matcher>,
    /// Lengths as they were when the tree was made: later changes of a side do not count.
    pub left_length: Length,
    pub right_length: Length,
    pub length: Length,
    /// Number of the tree in its pattern, for what was tried.
    pub id: usize,
}

impl Matcher {
    pub(super) fn length(&self) -> Length {
        match self {
            Matcher::Text(text) => Some(text.chars().count()),
            Matcher::List { .. } | Matcher::Range { .. } | Matcher::Single(_) => Some(1),
            Matcher::Nothing => Some(0),
            Matcher::Row { length, .. } => Some(*length),
            Matcher::Tree(tree) => tree.length,
            Matcher::AnyOf(matchers) => any_of_length(matchers),
            Matcher::EveryOf(matchers) if matchers.is_empty() => Some(0),
            _ => None,
        }
    }
}

/// As in Go, a first alternative of unknown length does not count.
fn any_of_length(matchers: &[Matcher]) -> Length {
    let mut length = None;
    for matcher in matchers {
        let own = matcher.length();
        match (length, own) {
            (None, _) => length = own,
            (Some(known), Some(own)) if known == own => {}
            _ => return None,
        }
    }
    length
}

impl Tree {
    pub(super) fn new(value: Matcher, left: Option<Matcher>, right: Option<Matcher>, id: usize) -> Tree {
        // A side that is missing has length 0.
        let side = |matcher: &Option<Matcher>| matcher.as_ref().map_or(Some(0), Matcher::length);
        let (left_length, right_length) = (side(&left), side(&right));
        let sum = |a: usize, b: Length| b.map(|b| a + b);
        let length = value.length().and_then(|n| sum(n, left_length)).and_then(|n| sum(n, right_length));
        Tree { value, left, right, left_length, right_length, length, id }
    }
}
