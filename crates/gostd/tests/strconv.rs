//! `strconv` and `unicode` against tables printed by a Go 1.27.2 program: `data/strconv.txt`, one call a line, fields
//! separated by tabs, strings as Go literals, floating point numbers as the bits of a float64.

use gostd::{GoError, strconv, unicode};

fn text(field: &str) -> Vec<u8> {
    strconv::unquote(field.as_bytes()).expect("a Go literal")
}

fn outcome<T>(result: Result<T, GoError>, show: impl Fn(T) -> String, zero: &str) -> String {
    match result {
        Ok(value) => format!("{}\t\"\"", show(value)),
        Err(error) => format!("{zero}\t{}", literal(error.text.as_bytes())),
    }
}

fn literal(bytes: &[u8]) -> String {
    String::from_utf8(strconv::quote_ascii(bytes)).expect("ASCII")
}

fn hash(bytes: impl Iterator<Item = u8>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    format!("{hash:x}")
}

fn class(name: &str) -> String {
    let is: fn(u32) -> bool = match name {
        "print" => unicode::is_print,
        "space" => unicode::is_space,
        "letter" => unicode::is_letter,
        "digit" => unicode::is_digit,
        "number" => unicode::is_number,
        "upper" => unicode::is_upper,
        "lower" => unicode::is_lower,
        "title" => unicode::is_title,
        "mark" => unicode::is_mark,
        "punct" => unicode::is_punct,
        "symbol" => unicode::is_symbol,
        _ => unicode::is_control,
    };
    hash((0..=unicode::MAX_RUNE + 5).map(|c| u8::from(is(c))))
}

fn mapping(name: &str) -> String {
    let map: fn(u32) -> u32 = match name {
        "to_upper" => unicode::to_upper,
        "to_lower" => unicode::to_lower,
        "to_title" => unicode::to_title,
        _ => unicode::simple_fold,
    };
    hash((0..=unicode::MAX_RUNE + 5).map(map).flat_map(|m| [(m >> 16) as u8, (m >> 8) as u8, m as u8]))
}

/// The sign and the low bits of a NaN mean nothing.
fn bits(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    format!("{:x}", number.to_bits())
}

/// Makes the call and shows what it gives as the table does.
fn call(fields: &[&str]) -> String {
    let number = |i: usize| fields[i].parse::<u32>().expect("a number");
    let float = |i: usize| f64::from_bits(u64::from_str_radix(fields[i], 16).expect("bits"));
    match fields[0] {
        "format_float" => {
            let precision = fields[2].parse().expect("a precision");
            literal(strconv::format_float(float(4), fields[1].as_bytes()[0], precision, number(3)).as_bytes())
        }
        "parse_float" => {
            let (value, _) = strconv::parse_float_saturating(&text(fields[2]), number(1));
            outcome(strconv::parse_float(&text(fields[2]), number(1)), bits, &bits(value))
        }
        "parse_int" => {
            let (value, _) = strconv::parse_int_saturating(&text(fields[3]), number(1), number(2));
            let result = strconv::parse_int(&text(fields[3]), number(1), number(2));
            outcome(result, |n| n.to_string(), &value.to_string())
        }
        "parse_uint" => {
            let (value, _) = strconv::parse_uint_saturating(&text(fields[3]), number(1), number(2));
            let result = strconv::parse_uint(&text(fields[3]), number(1), number(2));
            outcome(result, |n| n.to_string(), &value.to_string())
        }
        "atoi" => {
            let (value, _) = strconv::parse_int_saturating(&text(fields[1]), 10, 0);
            outcome(strconv::atoi(&text(fields[1])), |n| n.to_string(), &value.to_string())
        }
        "parse_bool" => outcome(strconv::parse_bool(&text(fields[1])), |b| b.to_string(), "false"),
        "format_int" => literal(strconv::format_int(fields[1].parse().expect("a number"), number(2)).as_bytes()),
        "quote" => literal(&strconv::quote(&text(fields[1]))),
        "quote_ascii" => literal(&strconv::quote_ascii(&text(fields[1]))),
        "can_backquote" => strconv::can_backquote(&text(fields[1])).to_string(),
        "quote_rune" => literal(&strconv::quote_rune(number(1))),
        "quote_rune_ascii" => literal(&strconv::quote_rune_ascii(number(1))),
        "unquote" => outcome(strconv::unquote(&text(fields[1])), |s| literal(&s), "\"\""),
        "unquote_char" => {
            let input = text(fields[2]);
            let show = |u: strconv::Unquoted<'_>| format!("{}\t{}\t{}", u.value, u.multibyte, literal(u.tail));
            outcome(strconv::unquote_char(&input, number(1) as u8), show, "0\tfalse\t\"\"")
        }
        "class" => class(fields[1]),
        "mapping" => mapping(fields[1]),
        other => panic!("no such call: {other}"),
    }
}

/// Fields that are arguments, of each call.
fn arguments(name: &str) -> usize {
    match name {
        "format_float" => 4,
        "parse_int" | "parse_uint" => 3,
        "parse_float" | "format_int" | "unquote_char" => 2,
        _ => 1,
    }
}

#[test]
fn answers_are_those_of_go() {
    let mut wrong = Vec::new();
    for line in include_str!("data/strconv.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let want = fields[1 + arguments(fields[0])..].join("\t");
        let got = call(&fields);
        if got != want {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
