//! Values as Go holds them before JSON, for the error texts that print them in Go syntax.

use gostd::GoError;

use super::{key_text, scalar};
use crate::compose::{Content, Document, Id};
use crate::numbers;
use crate::problem::Problem;
use crate::resolve::{Resolved, Tag};

/// What Go's decoder makes of a node.
enum Typed {
    Scalar(Resolved, Vec<u8>),
    List(Vec<Typed>),
    Map(Vec<(Typed, Typed)>),
}

/// Returns the error for a mapping or sequence as a key.
pub(super) fn invalid_key(document: &Document<'_>, id: Id) -> Problem {
    match build(document, id, 0) {
        Ok(typed) => Problem::plain(format!("invalid map key: {}", print(&typed, false))),
        Err(problem) => problem,
    }
}

/// Fails with the first key that JSON cannot have. Go walks its maps in random order; we in the order of their keys.
pub(super) fn check_keys(document: &Document<'_>) -> Result<(), GoError> {
    find_bad_key(&build(document, 0, 0)?)
}

/// Returns a key as `%#v` prints it.
pub(super) fn quote_key(resolved: Resolved, text: &[u8]) -> String {
    print(&Typed::Scalar(resolved, text.to_vec()), false)
}

fn find_bad_key(typed: &Typed) -> Result<(), GoError> {
    match typed {
        Typed::Scalar(..) => Ok(()),
        Typed::List(items) => items.iter().try_for_each(find_bad_key),
        Typed::Map(entries) => entries.iter().try_for_each(|(key, value)| {
            let Typed::Scalar(resolved, text) = key else { return Ok(()) };
            if key_text(*resolved, text).is_some() {
                return find_bad_key(value);
            }
            let kind = if *resolved == Resolved::Null { "%!s(<nil>)" } else { "uint64" };
            let (key, value) = (print(key, false), print(value, false));
            Err(GoError::new(format!("unsupported map key of type: {kind}, key: {key}, value: {value}")))
        }),
    }
}

/// Builds again what the decoder built; it has checked limits and cycles.
fn build(document: &Document<'_>, id: Id, depth: usize) -> Result<Typed, Problem> {
    if depth > super::limit::MAX_RECURSION {
        return Err(Problem::plain("exceeded max depth"));
    }
    Ok(match &document.nodes[id].content {
        Content::Alias { target, .. } => build(document, *target, depth + 1)?,
        Content::Scalar { .. } => {
            let (resolved, text) = scalar(document, id)?;
            Typed::Scalar(resolved, text.into_owned())
        }
        Content::Sequence { first } => {
            Typed::List(document.list(*first).map(|item| build(document, item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Content::Mapping { first } => {
            let mut entries = Vec::new();
            fill(document, *first, &mut entries, depth + 1)?;
            Typed::Map(last_of_each(entries))
        }
    })
}

fn fill(
    document: &Document<'_>,
    first: Option<Id>,
    entries: &mut Vec<(Typed, Typed)>,
    depth: usize,
) -> Result<(), Problem> {
    let mut nodes = document.list(first);
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        if is_merge(document, key) {
            merge(document, value, entries, depth)?;
            continue;
        }
        let (key, value) = (build(document, key, depth)?, build(document, value, depth)?);
        if !matches!(key, Typed::Scalar(..)) {
            return Err(Problem::plain(format!("invalid map key: {}", print(&key, false))));
        }
        entries.push((key, value));
    }
    Ok(())
}

fn merge(document: &Document<'_>, id: Id, entries: &mut Vec<(Typed, Typed)>, depth: usize) -> Result<(), Problem> {
    if depth > super::limit::MAX_RECURSION {
        return Err(Problem::plain("exceeded max depth"));
    }
    match &document.nodes[id].content {
        Content::Mapping { first } => fill(document, *first, entries, depth + 1),
        Content::Alias { target, .. } => merge(document, *target, entries, depth + 1),
        Content::Sequence { first } => {
            let items: Vec<Id> = document.list(*first).collect();
            items.into_iter().rev().try_for_each(|item| merge(document, item, entries, depth + 1))
        }
        Content::Scalar { .. } => Ok(()),
    }
}

fn is_merge(document: &Document<'_>, id: Id) -> bool {
    match &document.nodes[id].content {
        Content::Scalar { tag, value, implicit } => **value == *b"<<" && (*implicit || *tag == Tag::Merge),
        _ => false,
    }
}

/// Prints as `%#v` does; `inside` a collection, nil has its type.
fn print(typed: &Typed, inside: bool) -> String {
    match typed {
        Typed::Scalar(resolved, text) => match resolved {
            Resolved::Null if inside => "interface {}(nil)".into(),
            Resolved::Null => "<nil>".into(),
            Resolved::Bool(b) => b.to_string(),
            Resolved::Int(int) => int.to_string(),
            Resolved::Uint(uint) => format!("{uint:#x}"),
            Resolved::Float(float) => {
                let mut out = Vec::new();
                numbers::append_float(&mut out, *float);
                String::from_utf8_lossy(&out).into_owned()
            }
            Resolved::Timestamp | Resolved::String => quote(text),
        },
        Typed::List(items) => {
            let items: Vec<String> = items.iter().map(|item| print(item, true)).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Typed::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", print(key, true), print(value, true))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "))
        }
    }
}

/// Sorts by key, and keeps the last entry of each key.
fn last_of_each(mut entries: Vec<(Typed, Typed)>) -> Vec<(Typed, Typed)> {
    entries.reverse();
    entries.sort_by(|(a, _), (b, _)| compare_keys(a, b));
    entries.dedup_by(|(a, _), (b, _)| compare_keys(a, b).is_eq());
    entries
}

/// Orders keys as fmt does: by type as the types lie in Helm's binary, then by value.
fn compare_keys(a: &Typed, b: &Typed) -> std::cmp::Ordering {
    let (Typed::Scalar(a, a_text), Typed::Scalar(b, b_text)) = (a, b) else { return std::cmp::Ordering::Equal };
    rank(*a).cmp(&rank(*b)).then_with(|| match (a, b) {
        (Resolved::Int(a), Resolved::Int(b)) => a.cmp(b),
        (Resolved::Uint(a), Resolved::Uint(b)) => a.cmp(b),
        (Resolved::Bool(a), Resolved::Bool(b)) => a.cmp(b),
        (Resolved::Float(a), Resolved::Float(b)) => a.total_cmp(b),
        (Resolved::Null, _) => std::cmp::Ordering::Equal,
        _ => a_text.cmp(b_text),
    })
}

fn rank(resolved: Resolved) -> u8 {
    match resolved {
        Resolved::Null => 0,
        Resolved::Timestamp | Resolved::String => 1,
        Resolved::Uint(_) => 2,
        Resolved::Int(_) => 3,
        Resolved::Float(_) => 4,
        Resolved::Bool(_) => 5,
    }
}

fn quote(text: &[u8]) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text)).into_owned()
}
