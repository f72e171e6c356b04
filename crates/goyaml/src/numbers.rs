//! Numbers as Go prints and reads them.

/// Appends `strconv.FormatFloat(value, 'g', -1, 64)`.
pub(crate) fn append_float(out: &mut Vec<u8>, value: f64) {
    append_shortest(out, &format!("{value:e}"), value);
}

/// Returns `strconv.FormatFloat(value, 'g', -1, 32)`, which sigs.k8s.io/yaml uses where a number becomes text.
pub(crate) fn short_float(value: f64) -> Vec<u8> {
    let mut out = Vec::new();
    append_shortest(&mut out, &format!("{:e}", value as f32), f64::from(value as f32));
    out
}

/// Appends a whole number as encoding/json writes it: the shortest digits, and zeros.
pub(crate) fn append_integral(out: &mut Vec<u8>, value: f64) {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    out.extend_from_slice(sign.as_bytes());
    let digits: Vec<u8> = mantissa.bytes().filter(|b| *b != b'.').collect();
    append_positional(out, &digits, exponent.parse().unwrap_or(0));
}

fn append_shortest(out: &mut Vec<u8>, scientific: &str, value: f64) {
    if value.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    out.extend_from_slice(sign.as_bytes());
    let digits: Vec<u8> = mantissa.bytes().filter(|b| *b != b'.').collect();
    if exponent < -4 || exponent >= 6 {
        append_exponential(out, mantissa, exponent);
    } else {
        append_positional(out, &digits, exponent);
    }
}

fn append_exponential(out: &mut Vec<u8>, mantissa: &str, exponent: i32) {
    out.extend_from_slice(mantissa.as_bytes());
    out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    out.extend_from_slice(format!("{:02}", exponent.abs()).as_bytes());
}

fn append_positional(out: &mut Vec<u8>, digits: &[u8], exponent: i32) {
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-exponent - 1) as usize));
        return out.extend_from_slice(digits);
    }
    let whole = exponent as usize + 1;
    for i in 0..whole.max(digits.len()) {
        if i == whole {
            out.push(b'.');
        }
        out.push(digits.get(i).copied().unwrap_or(b'0'));
    }
}
