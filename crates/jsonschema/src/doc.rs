//! JSON documents as schemas need them: numbers keep their text, because messages print it and comparisons are exact.

use std::rc::Rc;

/// One JSON value of a schema document.
#[derive(Debug, Clone, PartialEq)]
pub enum Doc {
    Null,
    Bool(bool),
    /// The text of the number, as in Go's `json.Number`.
    Number(Box<str>),
    Str(Box<str>),
    Array(Vec<Doc>),
    Object(Object),
}

/// The members of a JSON object in the byte order of their keys; of equal keys the last was kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(Vec<(Rc<str>, Doc)>);

/// Up to this many members are looked through one by one.
const FEW: usize = 8;

/// Why a JSON pointer leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Astray {
    /// A `~` that is no escape.
    Malformed,
    Missing,
}

impl Object {
    pub fn new(mut members: Vec<(Rc<str>, Doc)>) -> Self {
        if !members.is_sorted_by(|a, b| a.0 < b.0) {
            // The sort is stable, so the last of equal keys stays last; it is the one to keep.
            members.sort_by(|a, b| a.0.cmp(&b.0));
            members.reverse();
            members.dedup_by(|later, kept| later.0 == kept.0);
            members.reverse();
        }
        Object(members)
    }

    pub fn get(&self, key: &[u8]) -> Option<&Doc> {
        if self.0.len() <= FEW {
            return self.0.iter().find(|(k, _)| k.as_bytes() == key).map(|(_, doc)| doc);
        }
        let at = self.0.binary_search_by(|(k, _)| k.as_bytes().cmp(key)).ok()?;
        self.0.get(at).map(|(_, doc)| doc)
    }

    pub fn members(&self) -> &[(Rc<str>, Doc)] {
        &self.0
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key.as_bytes()) {
            Some(Doc::Str(text)) => Some(text),
            _ => None,
        }
    }
}

impl Doc {
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Doc::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Identifies a value by its place in memory; documents never move while they are compiled.
    pub fn identity(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// Follows a JSON pointer (RFC 6901) and shows every value on the way to `visit`, the last one too.
    ///
    /// # Errors
    /// [`Astray`] at the first token that leads nowhere.
    pub fn lookup<'a>(&'a self, pointer: &str, mut visit: impl FnMut(&'a Doc)) -> Result<&'a Doc, Astray> {
        let mut here = self;
        visit(here);
        for token in pointer.split('/').skip(1) {
            let token = unescape(token).ok_or(Astray::Malformed)?;
            here = here.step(&token).ok_or(Astray::Missing)?;
            visit(here);
        }
        Ok(here)
    }

    fn step(&self, token: &str) -> Option<&Doc> {
        match self {
            Doc::Object(object) => object.get(token.as_bytes()),
            // Go reads the index with Atoi, so "+1" and "01" are fine.
            Doc::Array(items) => items.get(usize::try_from(gostd::strconv::atoi(token.as_bytes()).ok()?).ok()?),
            _ => None,
        }
    }
}

/// Appends a JSON pointer token: `~` becomes `~0`, `/` becomes `~1`.
pub fn append_escaped(out: &mut Vec<u8>, token: &[u8]) {
    for byte in token {
        match byte {
            b'~' => out.extend_from_slice(b"~0"),
            b'/' => out.extend_from_slice(b"~1"),
            other => out.push(*other),
        }
    }
}

pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_keys_the_last_is_kept() {
        let member = |key: &str, number: &str| (Rc::from(key), Doc::Number(number.into()));
        let object = Object::new(vec![member("b", "1"), member("a", "2"), member("b", "3")]);
        assert_eq!(object.members(), [member("a", "2"), member("b", "3")]);
    }

    #[test]
    fn pointers_lead_through_escapes_and_indexes() {
        let inner = Doc::Array(vec![Doc::Null, Doc::Bool(true)]);
        let doc = Doc::Object(Object::new(vec![(Rc::from("a/~b"), inner)]));
        assert_eq!(doc.lookup("/a~1~0b/01", |_| ()), Ok(&Doc::Bool(true)));
        assert_eq!(doc.lookup("/a~1~0b/2", |_| ()), Err(Astray::Missing));
        assert_eq!(doc.lookup("/a~2", |_| ()), Err(Astray::Malformed));
        assert_eq!(doc.lookup("", |_| ()), Ok(&doc));
    }
}
