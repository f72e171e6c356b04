//! Runs JSONPath templates.

use std::cmp::Ordering;

use gostd::{Value, fmt, json};

use super::parse::{Node, Piece, Slice};

/// How deep `..` goes into values.
const MAX_DEPTH: usize = 10_000;

/// Runs a template over values and prints the results.
///
/// # Errors
/// Anything that has no result: a field that is not there, an index out of range, values that cannot be compared.
pub fn run(pieces: &[Piece], data: &Value) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    block(pieces, 0, data, false, &mut out)?;
    Ok(out)
}

/// Runs pieces from `at` on; in a range, up to its `end`, whose place is returned.
fn block(
    pieces: &[Piece],
    mut at: usize,
    data: &Value,
    in_range: bool,
    out: &mut Vec<u8>,
) -> Result<Option<usize>, String> {
    while let Some(piece) = pieces.get(at) {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Path(nodes) => match word(nodes) {
                Some("end") if in_range => return Ok(Some(at)),
                Some("end") => return Err("not in range, nothing to end".to_string()),
                Some("range") => {
                    let items = walk(&nodes[1..], vec![data.clone()])?;
                    // Without an end the pieces run once more for the whole, as in kubectl.
                    at = range(pieces, at + 1, &items, out)?.unwrap_or(at);
                }
                _ => print(&walk(nodes, vec![data.clone()])?, out)?,
            },
        }
        at += 1;
    }
    Ok(None)
}

fn range(pieces: &[Piece], body: usize, items: &[Value], out: &mut Vec<u8>) -> Result<Option<usize>, String> {
    let mut end = None;
    for item in items {
        end = block(pieces, body, item, true, out)?;
    }
    if items.is_empty() {
        end = block_end(pieces, body);
    }
    Ok(end)
}

/// Finds the `end` of a range that has nothing to run over.
fn block_end(pieces: &[Piece], body: usize) -> Option<usize> {
    let mut open = 0;
    for (at, piece) in pieces.iter().enumerate().skip(body) {
        match piece {
            Piece::Path(nodes) if word(nodes) == Some("range") => open += 1,
            Piece::Path(nodes) if word(nodes) == Some("end") && open == 0 => return Some(at),
            Piece::Path(nodes) if word(nodes) == Some("end") => open -= 1,
            _ => {}
        }
    }
    None
}

fn word(nodes: &[Node]) -> Option<&str> {
    match nodes.first() {
        Some(Node::Identifier(word)) => Some(word),
        _ => None,
    }
}

fn print(results: &[Value], out: &mut Vec<u8>) -> Result<(), String> {
    for (at, value) in results.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        match value {
            Value::Map(_) | Value::List(_) => out.extend(json::encode(value).map_err(|e| e.text)?),
            Value::Nil => out.extend_from_slice(b"null"),
            _ => out.extend(fmt::sprint(std::slice::from_ref(value)).map_err(|e| e.text)?),
        }
    }
    Ok(())
}

fn walk(nodes: &[Node], mut values: Vec<Value>) -> Result<Vec<Value>, String> {
    for node in nodes {
        values = step(node, &values)?;
    }
    Ok(values)
}

fn step(node: &Node, input: &[Value]) -> Result<Vec<Value>, String> {
    let each = |value: Value| vec![value; input.len()];
    match node {
        Node::Text(text) => Ok(vec![Value::from(text.as_str())]),
        Node::Int(int) => Ok(each(Value::Int(*int))),
        Node::Float(float) => Ok(each(Value::Float(*float))),
        Node::Bool(bool) => Ok(each(Value::Bool(*bool))),
        Node::Field(name) => field(name, input),
        Node::Array(slice) => array(slice, input),
        Node::Wildcard => Ok(input.iter().flat_map(children).collect()),
        Node::Recursive => {
            let mut found = Vec::new();
            descend(input, 0, &mut found)?;
            Ok(found)
        }
        Node::Union(parts) => {
            let results: Result<Vec<_>, _> = parts.iter().map(|part| walk(part, input.to_vec())).collect();
            Ok(results?.into_iter().flatten().collect())
        }
        Node::Filter { left, operator, right } => filter(left, operator, right, input),
        Node::Identifier(name) => Err(format!("unrecognized identifier {name}")),
    }
}

fn field(name: &str, input: &[Value]) -> Result<Vec<Value>, String> {
    let found: Vec<Value> = input.iter().filter_map(|v| v.as_map()?.get(name.as_bytes())).collect();
    if found.is_empty() && !input.is_empty() { Err(format!("{name} is not found")) } else { Ok(found) }
}

fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::Map(map) => map.borrow().values().cloned().collect(),
        Value::List(list) => list.to_vec(),
        Value::Str(text) => text.iter().map(|b| Value::Sized(gostd::value::IntKind::Uint8, i64::from(*b))).collect(),
        _ => Vec::new(),
    }
}

fn descend(input: &[Value], depth: usize, found: &mut Vec<Value>) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("values are nested more than {MAX_DEPTH} deep"));
    }
    for value in input {
        let below = children(value);
        if !below.is_empty() {
            found.push(value.clone());
            descend(&below, depth + 1, found)?;
        }
    }
    Ok(())
}

fn array(slice: &Slice, input: &[Value]) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for value in input.iter().filter(|v| !v.is_nil()) {
        let Some(list) = value.as_list() else { return Err(format!("{} is not array or slice", value.go_type())) };
        let Some((start, end)) = bounds(slice, list.len() as i64)? else { return Ok(found) };
        let step = slice.step.unwrap_or(1);
        if step <= 0 {
            return Err("step must be > 0".to_string());
        }
        found.extend(list[start..end].iter().step_by(step as usize).cloned());
    }
    Ok(found)
}

fn bounds(slice: &Slice, length: i64) -> Result<Option<(usize, usize)>, String> {
    let from_end = |n: i64| if n < 0 { n.saturating_add(length) } else { n };
    let start = from_end(slice.start.unwrap_or(0));
    let end = match slice.end {
        None => length,
        Some(0) if slice.single => length,
        Some(end) => from_end(end),
    };
    if start == end {
        return Ok(None);
    }
    if start >= length || start < 0 {
        return Err(format!("array index out of bounds: index {start}, length {length}"));
    }
    if end > length || end < 0 {
        return Err(format!("array index out of bounds: index {}, length {length}", end - 1));
    }
    if start > end {
        return Err(format!("starting index {start} is greater than ending index {end}"));
    }
    Ok(Some((start as usize, end as usize)))
}

fn filter(left: &[Node], operator: &str, right: &[Node], input: &[Value]) -> Result<Vec<Value>, String> {
    let mut kept = Vec::new();
    for value in input {
        let Some(list) = value.as_list() else {
            return Err("value is not array or slice and cannot be filtered".into());
        };
        for item in list.iter() {
            let lefts = walk(left, vec![item.clone()]);
            if operator == "exists" {
                kept.extend(lefts.is_ok_and(|l| !l.is_empty()).then(|| item.clone()));
                continue;
            }
            let (lefts, rights) = (lefts?, walk(right, vec![item.clone()]));
            match (lefts.as_slice(), rights?.as_slice()) {
                ([], _) | (_, []) => {}
                ([a], [b]) => kept.extend(compare(a, operator, b)?.then(|| item.clone())),
                _ => return Err("can only compare one element at a time".to_string()),
            }
        }
    }
    Ok(kept)
}

/// Values of different kinds cannot be compared, not even `1` and `1.0`, as in Go templates.
fn compare(a: &Value, operator: &str, b: &Value) -> Result<bool, String> {
    let ordering = match (a, b) {
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Less),
        (Value::Int(a) | Value::Int64(a), Value::Int(b) | Value::Int64(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) if matches!(operator, "==" | "!=") => a.cmp(b),
        _ => return Err("incompatible types for comparison".to_string()),
    };
    match operator {
        "<" => Ok(ordering.is_lt()),
        ">" => Ok(ordering.is_gt()),
        "==" => Ok(ordering.is_eq()),
        "!=" => Ok(ordering.is_ne()),
        "<=" => Ok(ordering.is_le()),
        ">=" => Ok(ordering.is_ge()),
        _ => Err(format!("unrecognized filter operator {operator}")),
    }
}
