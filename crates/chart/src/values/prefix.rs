//! The path of a value, kept as its parts until a warning names it.

use std::fmt;

/// A path: a name below another path.
#[derive(Clone, Copy)]
pub struct Prefix<'a> {
    parent: Option<&'a Prefix<'a>>,
    name: &'a [u8],
}

impl<'a> Prefix<'a> {
    /// The empty path.
    pub const ROOT: Prefix<'static> = Prefix { parent: None, name: b"" };

    /// Returns the path of a name below this one.
    pub fn then(&'a self, name: &'a [u8]) -> Prefix<'a> {
        Prefix { parent: Some(self), name }
    }
}

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::new();
        let mut at = Some(self);
        while let Some(prefix) = at {
            names.push(String::from_utf8_lossy(prefix.name));
            at = prefix.parent;
        }
        let mut path = String::new();
        for name in names.iter().rev() {
            // As long as the path is empty, Helm puts no dot.
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        }
        f.write_str(&path)
    }
}
