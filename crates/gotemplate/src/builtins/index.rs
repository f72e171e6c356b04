//! `index`, `slice` and `len`.

use gostd::value::IntKind;
use gostd::{GoError, List, Str, Type, Value};

use crate::exec::{Operand, element, indirect_type, underlying};

/// Returns the length of a text, list or map.
pub fn length(item: &Operand) -> Result<i64, GoError> {
    if item.value.is_nil() {
        let text = match item.is_interface() {
            true => "len of nil pointer",
            false => "reflect: call of reflect.Value.Type on zero Value",
        };
        return Err(text.into());
    }
    let length = match underlying(&item.value) {
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => return Err(format!("len of type {}", indirect_type(&item.value)).into()),
    };
    Ok(length as i64)
}

/// Indexes the first argument by the others, one after the other.
pub fn index(args: &[Operand]) -> Result<Operand, GoError> {
    let Some((first, indexes)) = args.split_first().filter(|(first, _)| !first.value.is_nil()) else {
        return Err("index of untyped nil".into());
    };
    let mut item = first.clone();
    for index in indexes {
        item = at(&item, &index.value)?;
    }
    Ok(item)
}

fn at(item: &Operand, index: &Value) -> Result<Operand, GoError> {
    match underlying(&item.value) {
        Value::Nil => Err("index of nil pointer".into()),
        Value::Map(map) => Ok(element(&map, key(index)?)),
        Value::List(list) => {
            let at = position(index, list.len())?;
            let item = list.get(at).ok_or_else(|| GoError::new("reflect: slice index out of range"))?;
            Ok(Operand::element(item.clone(), list.element() == Type::Any))
        }
        Value::Str(text) => byte(&text, index, "reflect: string index out of range"),
        Value::Bytes(text) => byte(&text, index, "reflect: slice index out of range"),
        _ => Err(format!("can't index item of type {}", indirect_type(&item.value)).into()),
    }
}

fn byte(text: &[u8], index: &Value, outside: &str) -> Result<Operand, GoError> {
    let byte = text.get(position(index, text.len())?).ok_or_else(|| GoError::new(outside))?;
    Ok(Operand::concrete(Value::Sized(IntKind::Uint8, i64::from(*byte))))
}

fn key(index: &Value) -> Result<&[u8], GoError> {
    match index {
        Value::Str(key) => Ok(key),
        Value::Nil => Err("value is nil; should be of type string".into()),
        other => Err(format!("value has type {}; should be string", other.go_type()).into()),
    }
}

/// Go's `indexArg`: the length itself is still allowed here.
fn position(index: &Value, length: usize) -> Result<usize, GoError> {
    let at = match underlying(index) {
        Value::Int(n) | Value::Int64(n) | Value::Sized(_, n) => n,
        Value::Nil => return Err("cannot index slice/array with nil".into()),
        _ => return Err(format!("cannot index slice/array with type {}", index.go_type()).into()),
    };
    match usize::try_from(at) {
        Ok(at) if at <= length => Ok(at),
        _ => Err(format!("index out of range: {at}").into()),
    }
}

/// Cuts a text or list; only reachable where Sprig's `slice` is not given.
pub fn slice(args: &[Operand]) -> Result<Operand, GoError> {
    let Some((item, indexes)) = args.split_first() else { return Ok(Operand::INVALID) };
    if item.value.is_nil() {
        return Err("slice of untyped nil".into());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()).into());
    }
    let value = underlying(&item.value);
    let length = match &value {
        Value::Str(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".into()),
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.len(),
        _ => return Err(format!("can't slice item of type {}", indirect_type(&item.value)).into()),
    };
    let mut bounds = [0, length, length];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        // Unlike `index`, Go does not look into interfaces here.
        if index.is_interface() {
            return Err("cannot index slice/array with type interface {}".into());
        }
        *bound = position(&index.value, length)?;
    }
    for pair in bounds.windows(2) {
        if pair[0] > pair[1] {
            return Err(format!("invalid slice index: {} > {}", pair[0], pair[1]).into());
        }
    }
    let cut = bounds[0]..bounds[1];
    Ok(Operand::concrete(match value {
        Value::Str(text) => Value::Str(Str::from(&text[cut])),
        Value::Bytes(text) => Value::Bytes(Str::from(&text[cut])),
        Value::List(list) => Value::List(List::of(list.element(), list[cut].to_vec())),
        other => other,
    }))
}
