//! Exact numbers of any size: what Go's library does with `big.Rat`, in decimal.

use std::cmp::Ordering;

use num_bigint::BigUint;

/// Exponents beyond this make `big.Rat.SetString` fail.
const EXPONENT_LIMIT: i64 = 1_000_000;

/// More digits make a division too slow to try.
const DIVISION_DIGITS: usize = 5_000;

/// A number; of one value there is one form, so equality is that of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Number {
    Int(i64),
    /// What is no integer, or no int64.
    Decimal(Box<Decimal>),
}

/// `digits` times ten to the power of `exponent`; the digits have no zero at either end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Number {
    /// Reads a JSON number; nothing when its exponent is too large for Go.
    pub fn parse(text: &str) -> Option<Number> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let digits: Vec<u8> =
            whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
        if digits.iter().any(|d| *d != 0) && exponent.abs() > EXPONENT_LIMIT {
            return None;
        }
        Some(Number::new(negative, digits, exponent))
    }

    /// Returns the number that the shortest text of a finite float64 says.
    pub fn from_f64(number: f64) -> Option<Number> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.trunc() == number && number.abs() <= EXACT {
            return Some(Number::Int(number as i64));
        }
        Number::parse(&format!("{number:e}"))
    }

    fn new(negative: bool, digits: Vec<u8>, exponent: i64) -> Number {
        let Some(first) = digits.iter().position(|d| *d != 0) else { return Number::Int(0) };
        let last = digits.iter().rposition(|d| *d != 0).unwrap_or(first);
        let dropped = i64::try_from(digits.len() - 1 - last).unwrap_or(i64::MAX);
        let digits = digits.get(first..=last).unwrap_or_default().to_vec();
        let decimal = Decimal { negative, digits, exponent: exponent.saturating_add(dropped) };
        match decimal.to_i64() {
            Some(number) => Number::Int(number),
            None => Number::Decimal(Box::new(decimal)),
        }
    }

    pub fn is_integer(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Decimal(decimal) => decimal.exponent >= 0,
        }
    }

    /// Returns the lowest 64 bits of an integer, which is what Go keeps of `maxLength: 1e30`.
    pub fn low_bits(&self) -> i64 {
        match self {
            Number::Int(number) => *number,
            Number::Decimal(decimal) => decimal.low_bits(),
        }
    }

    /// Returns the nearest float64; infinite when out of range.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Int(number) => *number as f64,
            Number::Decimal(decimal) => decimal.to_f64(),
        }
    }

    /// Reports whether this is an integer multiple of `unit`; nothing when that takes too long to find out.
    pub fn is_multiple_of(&self, unit: &Number) -> Option<bool> {
        match (self, unit) {
            (_, Number::Int(0)) => Some(true),
            (Number::Int(number), Number::Int(unit)) => Some(number.wrapping_rem(*unit) == 0),
            _ => self.decimal().is_multiple_of(&unit.decimal()),
        }
    }

    fn decimal(&self) -> Decimal {
        match self {
            Number::Decimal(decimal) => (**decimal).clone(),
            Number::Int(number) => {
                let mut digits: Vec<u8> = number.unsigned_abs().to_string().bytes().map(|b| b - b'0').collect();
                let length = digits.len();
                while digits.len() > 1 && digits.last() == Some(&0) {
                    digits.pop();
                }
                Decimal { negative: *number < 0, exponent: (length - digits.len()) as i64, digits }
            }
        }
    }
}

impl Decimal {
    fn to_i64(&self) -> Option<i64> {
        if !(0..19).contains(&self.exponent) || self.digits.len() > 19 {
            return None;
        }
        let sign = if self.negative { -1 } else { 1 };
        let digits = self.digits.iter().try_fold(0i64, |n, d| n.checked_mul(10)?.checked_add(sign * i64::from(*d)))?;
        digits.checked_mul(10i64.checked_pow(u32::try_from(self.exponent).ok()?)?)
    }

    fn low_bits(&self) -> i64 {
        let mut bits = self.digits.iter().fold(0i64, |n, d| n.wrapping_mul(10).wrapping_add(i64::from(*d)));
        // Ten to the power of 64 has no bit among the lowest 64.
        for _ in 0..self.exponent.min(64) {
            bits = bits.wrapping_mul(10);
        }
        if self.negative { bits.wrapping_neg() } else { bits }
    }

    fn to_f64(&self) -> f64 {
        let mut text = String::with_capacity(self.digits.len() + 24);
        text.extend(self.negative.then_some('-'));
        text.extend(self.digits.iter().map(|d| char::from(b'0' + d)));
        text.push_str(&format!("e{}", self.exponent));
        text.parse().unwrap_or(f64::NAN)
    }

    /// Compares the absolute values.
    fn cmp_magnitude(&self, other: &Decimal) -> Ordering {
        let point = |d: &Decimal| d.exponent.saturating_add(d.digits.len() as i64);
        let zero = |d: &Decimal| d.digits == [0];
        zero(other)
            .cmp(&zero(self))
            .then_with(|| point(self).cmp(&point(other)))
            .then_with(|| self.digits.cmp(&other.digits))
    }

    fn is_multiple_of(&self, unit: &Decimal) -> Option<bool> {
        if self.digits == [0] {
            return Some(true);
        }
        // Neither end of the digits is a zero, so a missing power of ten cannot come from them.
        let Ok(power) = u64::try_from(self.exponent - unit.exponent) else { return Some(false) };
        if self.digits.len() > DIVISION_DIGITS || unit.digits.len() > DIVISION_DIGITS {
            return None;
        }
        let small = unit.digits.iter().try_fold(0u64, |n, d| n.checked_mul(10)?.checked_add(u64::from(*d)));
        Some(match small {
            Some(unit) => remainder(&self.digits, power, unit) == 0,
            None => {
                let big = |digits: &[u8]| BigUint::from_radix_be(digits, 10).unwrap_or_default();
                let unit = big(&unit.digits);
                let ten = BigUint::from(10u32).modpow(&BigUint::from(power), &unit);
                (big(&self.digits) * ten) % unit == BigUint::ZERO
            }
        })
    }
}

/// Returns what is left of `digits` times ten to the power of `power`, divided by `unit`, which is not zero.
fn remainder(digits: &[u8], mut power: u64, unit: u64) -> u64 {
    let unit = u128::from(unit);
    let mut rest = digits.iter().fold(0u128, |rest, d| (rest * 10 + u128::from(*d)) % unit);
    let mut ten = 10 % unit;
    while power > 0 {
        if power & 1 == 1 {
            rest = rest * ten % unit;
        }
        ten = ten * ten % unit;
        power >>= 1;
    }
    rest as u64
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return a.cmp(b);
        }
        let (a, b) = (self.decimal(), other.decimal());
        match (a.negative, b.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => a.cmp_magnitude(&b),
            (true, true) => b.cmp_magnitude(&a),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn one_value_has_one_form() {
        for (a, b) in [("1", "1.0"), ("100", "1e2"), ("-0", "0"), ("0.10", "1e-1"), ("1e30", "1000e27")] {
            assert_eq!(number(a), number(b), "{a} {b}");
        }
        assert_eq!(Number::from_f64(0.1), Some(number("0.1")));
        assert_eq!(Number::from_f64(1e21), Some(number("1e21")));
        assert!(Number::parse("1e1000001").is_none());
        assert!(Number::parse("0e1000001").is_some());
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ordered = ["-1e30", "-2.5", "-2", "-0.1", "0", "1e-9", "0.1", "1", "1.5", "9", "10", "1e19", "1.1e19"];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(number(a).cmp(&number(b)), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (n, unit, wanted) in [
            ("0.3", "0.1", true),
            ("0.35", "0.1", false),
            ("1e1000000", "3", false),
            ("3e500", "3", true),
            ("4", "0.5", true),
            ("1", "3e1", false),
            ("123456789012345678901234567890", "12345678901234567890123456789", true),
            ("-6", "4", false),
        ] {
            assert_eq!(number(n).is_multiple_of(&number(unit)), Some(wanted), "{n} {unit}");
        }
    }

    #[test]
    fn big_integers_keep_their_lowest_bits() {
        assert_eq!(number("18446744073709551617").low_bits(), 1);
        assert_eq!(number("1e100").low_bits(), 0);
        assert_eq!(number("1e300").to_f64(), 1e300);
    }
}
