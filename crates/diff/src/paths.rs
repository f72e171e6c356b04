//! Which fields of an object differ, by RFC 6901 pointers.

use serde_json::Value;

/// What is deeper is compared as a whole.
const DEPTH: usize = 256;
/// An object with more differences is told as a whole.
const MAX: usize = 20_000;

/// A field that differs; `None` where it is not there.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference<'a> {
    pub path: String,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
}

/// Returns the fields that differ, in the order of their names.
pub(crate) fn differences<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    let mut path = String::new();
    walk((before, after), &mut path, &mut found, DEPTH);
    if found.len() > MAX {
        return vec![Difference { path: String::new(), before, after }];
    }
    found
}

type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

fn walk<'a>((before, after): Pair<'a>, path: &mut String, found: &mut Vec<Difference<'a>>, depth: usize) {
    if before == after || found.len() > MAX {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if depth > 0 => {
            let mut names: Vec<&String> =
                old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))).collect();
            names.sort_unstable();
            for name in names {
                step(path, &escaped(name), |path| walk((old.get(name), new.get(name)), path, found, depth - 1));
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if depth > 0 => {
            for at in 0..old.len().max(new.len()) {
                step(path, &at.to_string(), |path| walk((old.get(at), new.get(at)), path, found, depth - 1));
            }
        }
        _ => found.push(Difference { path: path.clone(), before, after }),
    }
}

fn step(path: &mut String, name: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(name);
    inside(path);
    path.truncate(length);
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
