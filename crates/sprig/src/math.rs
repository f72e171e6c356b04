//! Arithmetic and casts: `add`, `div`, `max`, `round`, `until`, `seq`, `int`, `float64`, `toDecimal`.

use gostd::Type as T;
use gostd::{GoError, List, Value, fmt, strconv};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, float, int, string};
use crate::decimal::Decimal;
use crate::host::Host;
use crate::limits;
use crate::number::{pow10, to_float64, to_int64};
use crate::table::{fixed, variadic};

const TWO: &[T] = &[T::Any, T::Any];

pub(crate) const TABLE: &[Func] = &[
    fixed("add1", &[T::Any], T::Int64, |_, args| Ok(Value::Int64(to_int64(any(args, 0)?).wrapping_add(1)))),
    variadic("add", &[T::Any], T::Int64, |_, args| fold(args, 0, i64::wrapping_add)),
    fixed("sub", TWO, T::Int64, |_, args| pair(args, |a, b| Ok(a.wrapping_sub(b)))),
    fixed("div", TWO, T::Int64, |_, args| pair(args, |a, b| divisor(b).map(|b| a.wrapping_div(b)))),
    fixed("mod", TWO, T::Int64, |_, args| pair(args, |a, b| divisor(b).map(|b| a.wrapping_rem(b)))),
    variadic("mul", TWO, T::Int64, |_, args| fold(args, 1, i64::wrapping_mul)),
    fixed("randInt", &[T::Int, T::Int], T::Int, rand_int),
    fixed("add1f", &[T::Any], T::Float64, |_, args| decimals(any(args, 0)?, &[Value::Int(1)], Decimal::add)),
    variadic("addf", &[T::Any], T::Float64, |_, args| decimals(&Value::Float(0.0), args, Decimal::add)),
    variadic("subf", TWO, T::Float64, |_, args| decimals_of(args, Decimal::sub)),
    variadic("mulf", TWO, T::Float64, |_, args| decimals_of(args, Decimal::mul)),
    variadic("divf", TWO, T::Float64, |_, args| decimals_of(args, Decimal::div)),
    variadic("biggest", TWO, T::Int64, |_, args| Ok(largest(args))),
    variadic("max", TWO, T::Int64, |_, args| Ok(largest(args))),
    variadic("min", TWO, T::Int64, |_, args| Ok(Value::Int64(args.iter().map(to_int64).min().unwrap_or(0)))),
    variadic("maxf", TWO, T::Float64, |_, args| fold_floats(args, max_float)),
    variadic("minf", TWO, T::Float64, |_, args| fold_floats(args, |a, b| -max_float(-a, -b))),
    fixed("ceil", &[T::Any], T::Float64, |_, args| Ok(Value::Float(to_float64(any(args, 0)?).ceil()))),
    fixed("floor", &[T::Any], T::Float64, |_, args| Ok(Value::Float(to_float64(any(args, 0)?).floor()))),
    variadic("round", &[T::Any, T::Int, T::Float64], T::Float64, round),
    fixed("int", &[T::Any], T::Int, |_, args| Ok(Value::Int(to_int64(any(args, 0)?)))),
    fixed("int64", &[T::Any], T::Int64, |_, args| Ok(Value::Int64(to_int64(any(args, 0)?)))),
    fixed("float64", &[T::Any], T::Float64, |_, args| Ok(Value::Float(to_float64(any(args, 0)?)))),
    fixed("atoi", &[T::String], T::Int, |_, args| {
        Ok(Value::Int(strconv::parse_int_saturating(string(args, 0)?, 10, 64).0))
    }),
    fixed("toDecimal", &[T::Any], T::Int64, to_decimal),
    fixed("until", &[T::Int], INTS, until),
    fixed("untilStep", &[T::Int, T::Int, T::Int], INTS, until_step),
    variadic("seq", &[T::Int], T::String, seq),
];

const INTS: T = T::Named("[]int");

type Result<V = Value> = std::result::Result<V, GoError>;

fn fold(args: &[Value], start: i64, op: fn(i64, i64) -> i64) -> Result {
    Ok(Value::Int64(args.iter().map(to_int64).fold(start, op)))
}

fn pair(args: &[Value], op: fn(i64, i64) -> Result<i64>) -> Result {
    op(to_int64(any(args, 0)?), to_int64(any(args, 1)?)).map(Value::Int64)
}

fn divisor(n: i64) -> Result<i64> {
    if n == 0 { Err(GoError::new("runtime error: integer divide by zero")) } else { Ok(n) }
}

fn largest(args: &[Value]) -> Value {
    Value::Int64(args.iter().map(to_int64).max().unwrap_or(0))
}

fn fold_floats(args: &[Value], op: fn(f64, f64) -> f64) -> Result {
    Ok(Value::Float(args.iter().map(to_float64).reduce(op).unwrap_or(0.0)))
}

/// `math.Max`: infinity wins over NaN, NaN over the rest, +0 over -0.
fn max_float(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else if a > b {
        a
    } else {
        b
    }
}

type DecimalOp = fn(&Decimal, &Decimal) -> Result<Decimal>;

fn decimals_of(args: &[Value], op: DecimalOp) -> Result {
    decimals(any(args, 0)?, args.get(1..).unwrap_or_default(), op)
}

fn decimals(first: &Value, rest: &[Value], op: DecimalOp) -> Result {
    let mut result = Decimal::from_float(to_float64(first))?;
    for arg in rest {
        result = op(&result, &Decimal::from_float(to_float64(arg))?)?;
    }
    Ok(Value::Float(result.to_float()))
}

/// Rounds to places after the point; a fraction of at least `on` (default one half) goes up.
fn round(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let on = if args.len() > 2 { float(args, 2)? } else { 0.5 };
    let power = pow10(int(args, 1)?);
    let digit = power * to_float64(any(args, 0)?);
    // Go's Modf: the fraction of an infinity is NaN, that of -0.0 is -0.0.
    let fraction = if digit.is_infinite() { f64::NAN } else { digit - digit.trunc() };
    let rounded = if fraction >= on { digit.ceil() } else { digit.floor() };
    Ok(Value::Float(rounded / power))
}

/// Reads what the value prints as an octal number; zero where it is none.
fn to_decimal(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let text = fmt::sprint(args)?;
    Ok(Value::Int64(strconv::parse_int(&text, 8, 64).unwrap_or(0)))
}

fn rand_int(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let (min, max) = (int(args, 0)?, int(args, 1)?);
    let below = max.wrapping_sub(min);
    if below <= 0 {
        return Err(GoError::new("invalid argument to Intn"));
    }
    let n = Host::of(exec)?.below(below as u64)?;
    Ok(Value::Int((n as i64).wrapping_add(min)))
}

/// Counts from `start` towards `stop`, which is left out; a step that leads away gives nothing.
fn steps(start: i64, stop: i64, step: i64) -> Result<Vec<i64>> {
    let mut all = Vec::new();
    let mut i = start;
    while if stop < start { step < 0 && i > stop } else { step > 0 && i < stop } {
        if all.len() == limits::LIST_ITEMS {
            return Err(limits::list_too_long());
        }
        all.push(i);
        // Go's addition wraps too; it then goes on until memory ends, we until the limit.
        i = i.wrapping_add(step);
    }
    Ok(all)
}

fn ints(all: &[i64]) -> Value {
    Value::List(List::of(T::Int, all.iter().map(|n| Value::Int(*n)).collect()))
}

fn until(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let count = int(args, 0)?;
    Ok(ints(&steps(0, count, if count < 0 { -1 } else { 1 })?))
}

fn until_step(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(ints(&steps(int(args, 0)?, int(args, 1)?, int(args, 2)?)?))
}

/// Prints a sequence like the Unix tool: `end`, `start end` or `start step end`, all included.
fn seq(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (start, step, end) = match args.len() {
        1 => (1, None, int(args, 0)?),
        2 => (int(args, 0)?, None, int(args, 1)?),
        3 => (int(args, 0)?, Some(int(args, 1)?), int(args, 2)?),
        _ => return Ok(Value::str("")),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return Ok(Value::str(""));
    }
    let all = steps(start, end.wrapping_add(direction), step.unwrap_or(direction))?;
    let mut out = String::with_capacity(all.len() * 4);
    for n in all {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&n.to_string());
    }
    limits::string(out.len())?;
    Ok(Value::from(out))
}
