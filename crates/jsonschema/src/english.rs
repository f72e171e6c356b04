//! Numbers and quoted texts as the messages show them: `message.NewPrinter(language.English)` of golang.org/x/text
//! 0.43.0, and the library's own single quotes.

use gostd::strconv::append_quote;
use gostd::strings::replace_all;
use gostd::value::Str;

/// Returns an integer with commas between thousands.
pub fn integer(number: i64) -> String {
    let mut out = String::new();
    out.extend((number < 0).then_some('-'));
    append_grouped(&mut out, &number.unsigned_abs().to_string());
    out
}

/// Returns a float64 with its shortest digits: `1,234.5` below a million, `1.5×10⁰⁶` from there on.
pub fn float(number: f64) -> String {
    let mut out = String::new();
    out.extend(number.is_sign_negative().then_some('-'));
    if number.is_infinite() {
        out.push('∞');
        return out;
    }
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        append_plain(&mut out, number.abs());
    } else {
        out.push_str(mantissa);
        out.push_str("×10");
        append_superscript(&mut out, exponent);
    }
    out
}

fn append_plain(out: &mut String, number: f64) {
    let text = format!("{number}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    append_grouped(out, whole);
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
}

fn append_grouped(out: &mut String, digits: &str) {
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
}

/// An exponent has at least two digits.
fn append_superscript(out: &mut String, exponent: i32) {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    out.extend((exponent < 0).then_some('⁻'));
    for digit in format!("{:02}", exponent.unsigned_abs()).chars() {
        out.extend(digit.to_digit(10).and_then(|d| DIGITS.get(d as usize)));
    }
}

/// Appends a text between single quotes, with Go's escapes; double quotes stand for themselves.
pub fn append_quoted(out: &mut Vec<u8>, text: &[u8]) {
    let plain = |b: &u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\' | b'\'');
    out.push(b'\'');
    if text.iter().all(plain) {
        out.extend_from_slice(text);
    } else {
        let mut quoted = Vec::with_capacity(text.len() + 8);
        append_quote(&mut quoted, text);
        // The library replaces in this order, also across the last quote: a backslash at the end stays single.
        let quoted = replace_all(&quoted, b"\\\"", b"\"");
        let quoted = replace_all(&quoted, b"'", b"\\'");
        out.extend_from_slice(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
    }
    out.push(b'\'');
}

/// Appends quoted texts with `, ` between them.
pub fn append_list(out: &mut Vec<u8>, texts: &[Str]) {
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        append_quoted(out, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `message.NewPrinter(language.English).Sprintf("%v", number)` of x/text 0.43.0.
    #[test]
    fn floats_are_printed_as_x_text_prints_them() {
        for (number, wanted) in [
            (0.0, "0"),
            (999999.0, "999,999"),
            (1000000.0, "1×10⁰⁶"),
            (12345678.0, "1.2345678×10⁰⁷"),
            (1e100, "1×10¹⁰⁰"),
            (0.0001, "0.0001"),
            (0.00001, "1×10⁻⁰⁵"),
            (1.23456789e-5, "1.23456789×10⁻⁰⁵"),
            (-1234.5, "-1,234.5"),
            (100000.25, "100,000.25"),
            (5e-324, "5×10⁻³²⁴"),
            (0.30000000000000004, "0.30000000000000004"),
            (f64::INFINITY, "∞"),
            (f64::NEG_INFINITY, "-∞"),
        ] {
            assert_eq!(float(number), wanted);
        }
        assert_eq!(integer(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(integer(999), "999");
    }

    #[test]
    fn quotes_are_single() {
        let quoted = |text: &str| {
            let mut out = Vec::new();
            append_quoted(&mut out, text.as_bytes());
            String::from_utf8_lossy(&out).into_owned()
        };
        assert_eq!(quoted("a\"b'c\\d\n"), "'a\"b\\'c\\\\d\\n'");
        assert_eq!(quoted("a\\"), "'a\\'");
        assert_eq!(quoted("é"), "'é'");
    }
}
