//! Lists as strategic merge patches see them: of objects with a key, or of scalars; sorted by text.
//!
//! Source: the list functions of k8s.io/apimachinery pkg/util/strategicpatch/patch.go.

use serde_json::Value;

use super::strategic::{DIRECTIVE, Fields};
use crate::Error;

/// What the elements of a list are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Map,
    Scalar,
}

/// What Go prints for `%v`; scalars are sorted and compared by it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        Value::Array(list) => plain_list(list),
        Value::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}:{}", plain(value))).collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}

fn plain_list(list: &[Value]) -> String {
    let items: Vec<String> = list.iter().map(plain).collect();
    format!("[{}]", items.join(" "))
}

/// `validatePatchWithSetOrderList`: what the patch has must come in the order that it sets.
pub(super) fn check_order(patch: &[Value], order: &[Value], key: &str) -> Result<(), Error> {
    if patch.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut items = patch.iter().filter(|item| item.get(DIRECTIVE).is_none()).peekable();
    for other in order {
        let Some(item) = items.peek() else { return Ok(()) };
        let same = if key.is_empty() { *item == other } else { keyed(item, key)?.1 == keyed(other, key)?.1 };
        if same {
            items.next();
        }
    }
    match items.next() {
        None => Ok(()),
        Some(_) => Err(Error::Plain(format!(
            "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
            plain_list(patch),
            plain_list(order)
        ))),
    }
}

/// `sliceElementType`.
pub(super) fn element_kind(lists: &[&[Value]]) -> Result<Kind, Error> {
    let mut first: Option<&Value> = None;
    for value in lists.iter().flat_map(|list| list.iter()) {
        if value.is_array() {
            return Err(Error::plain("lists of lists are not supported"));
        }
        match first {
            None => first = Some(value),
            Some(first) if type_of(first) == type_of(value) => {}
            Some(_) => {
                let shown: Vec<String> = lists.iter().map(|list| plain_list(list)).collect();
                return Err(Error::Plain(format!("list element types are not identical: [{}]", shown.join(" "))));
            }
        }
    }
    match first {
        None => Err(Error::plain("no elements in any of the given slices")),
        Some(Value::Object(_)) => Ok(Kind::Map),
        Some(_) => Ok(Kind::Scalar),
    }
}

/// Go's types of JSON values: whole numbers and others are two.
fn type_of(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(number) if number.is_f64() => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    }
}

/// Returns an element and the value of its key.
pub(super) fn keyed<'a>(item: &'a Value, key: &str) -> Result<(&'a Fields, &'a Value), Error> {
    let fields = item
        .as_object()
        .ok_or_else(|| Error::plain("expected a map[string]interface {}, but received another type"))?;
    let value = fields.get(key).ok_or_else(|| no_key(item, key))?;
    Ok((fields, value))
}

fn no_key(item: &Value, key: &str) -> Error {
    Error::Plain(format!("map: {} does not contain declared merge key: {key}", plain(item)))
}

/// `sortMapsBasedOnField`. Go's order says that equal keys are in the wrong order too, which turns them round.
pub(super) fn sort_by_key<'a>(list: &'a [Value], key: &str) -> Vec<&'a Value> {
    let mut sorted: Vec<&Value> = list.iter().rev().collect();
    sorted.sort_by_cached_key(|item| plain(&item[key]));
    sorted
}

pub(super) fn sort_scalars(list: &mut [Value]) {
    list.reverse();
    list.sort_by_cached_key(plain);
}

/// `deduplicateScalars`: the last takes the place of one that is there twice.
pub(super) fn deduplicate(list: &mut Vec<Value>) {
    let mut one = 0;
    while one + 1 < list.len() {
        let mut other = one + 1;
        while other < list.len() {
            match list[one] == list[other] {
                true => drop(list.swap_remove(other)),
                false => other += 1,
            }
        }
        one += 1;
    }
}

/// `isOrderSame`.
pub(super) fn same_key_order(old: &[Value], new: &[Value], key: &str) -> Result<bool, Error> {
    if old.len() != new.len() {
        return Ok(false);
    }
    for (old, new) in old.iter().zip(new) {
        if keyed(old, key)?.1 != keyed(new, key)?.1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `normalizeSliceOrder`: in the order of `order`, things to delete last.
pub(super) fn sorted_like(list: Vec<Value>, order: &[Value], key: &str, kind: Kind) -> Result<Vec<Value>, Error> {
    let (list, deleted) = match kind {
        Kind::Scalar => (list, Vec::new()),
        Kind::Map => {
            for item in list.iter().chain(order) {
                keyed(item, key)?;
            }
            list.into_iter().partition(|item| item[DIRECTIVE] != "delete")
        }
    };
    let places: Vec<Option<usize>> = list.iter().map(|item| place(order, item, key, kind)).collect();
    let mut sorted: Vec<(Option<usize>, Value)> = Vec::with_capacity(list.len());
    // An insertion sort, as Go's stable one is for short lists: what has no place goes before what is there.
    for (at, item) in places.into_iter().zip(list) {
        let mut index = sorted.len();
        while let Some(before) = index.checked_sub(1)
            && at.is_none_or(|at| sorted[before].0.is_none_or(|place| at < place))
        {
            index = before;
        }
        sorted.insert(index, (at, item));
    }
    Ok(sorted.into_iter().map(|(_, item)| item).chain(deleted).collect())
}

/// `index`.
pub(super) fn place(list: &[Value], item: &Value, key: &str, kind: Kind) -> Option<usize> {
    match kind {
        Kind::Map => list.iter().position(|other| other[key] == item[key]),
        Kind::Scalar => list.iter().position(|other| other == item),
    }
}

/// `mergeSortedSlice`: joins two lists, by the places in `order` of those that have one.
pub(super) fn merge_sorted(left: Vec<Value>, right: Vec<Value>, order: &[Value], key: &str, kind: Kind) -> Vec<Value> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    loop {
        let from_left = match (left.peek(), right.peek()) {
            (None, None) => return merged,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(one), Some(other)) => match (place(order, one, key, kind), place(order, other, key, kind)) {
                (Some(one), Some(other)) => one < other,
                _ => false,
            },
        };
        merged.extend(if from_left { left.next() } else { right.next() });
    }
}
