//! Decimal arithmetic behind `addf`, `subf`, `mulf` and `divf`: shopspring/decimal 1.4.0 from and to `float64`.

use gostd::GoError;
use num_bigint::{BigInt, Sign};

/// Digits after the point of a quotient (`decimal.DivisionPrecision`).
const DIVISION_PRECISION: i64 = 16;

/// `value × 10^exponent`.
#[derive(Clone)]
pub(crate) struct Decimal {
    value: BigInt,
    exponent: i64,
}

/// Returns 10^n; exponents come from doubles, so `n` stays small.
fn pow10(n: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(n).unwrap_or(0))
}

impl Decimal {
    /// Takes the shortest digits that give the number back.
    ///
    /// # Errors
    /// NaN and infinities have no digits.
    pub(crate) fn from_float(x: f64) -> Result<Decimal, GoError> {
        if !x.is_finite() {
            let name = if x.is_nan() {
                "NaN"
            } else if x > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(GoError::new(format!("Cannot create a Decimal from {name}")));
        }
        let text = format!("{x:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i64 = format!("{whole}{fraction}").parse().unwrap_or(0);
        let exponent = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        Ok(Decimal { value: BigInt::from(digits), exponent: if digits == 0 { 0 } else { exponent } })
    }

    /// Returns the nearest double, ±Inf beyond the range; a zero is positive.
    pub(crate) fn to_float(&self) -> f64 {
        format!("{}e{}", self.value, self.exponent).parse().unwrap_or(0.0)
    }

    fn rescaled(&self, exponent: i64) -> BigInt {
        &self.value * pow10(self.exponent - exponent)
    }

    fn combined(&self, other: &Decimal, op: fn(BigInt, BigInt) -> BigInt) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        Decimal { value: op(self.rescaled(exponent), other.rescaled(exponent)), exponent }
    }

    pub(crate) fn add(&self, other: &Decimal) -> Result<Decimal, GoError> {
        Ok(self.combined(other, |a, b| a + b))
    }

    pub(crate) fn sub(&self, other: &Decimal) -> Result<Decimal, GoError> {
        Ok(self.combined(other, |a, b| a - b))
    }

    pub(crate) fn mul(&self, other: &Decimal) -> Result<Decimal, GoError> {
        Ok(Decimal { value: &self.value * &other.value, exponent: self.exponent + other.exponent })
    }

    /// Divides to 16 digits after the point, a half away from zero.
    pub(crate) fn div(&self, other: &Decimal) -> Result<Decimal, GoError> {
        if other.value.sign() == Sign::NoSign {
            return Err(GoError::new("decimal division by 0"));
        }
        let shift = self.exponent - other.exponent + DIVISION_PRECISION;
        let (a, b) = match shift {
            0.. => (&self.value * pow10(shift), other.value.clone()),
            _ => (self.value.clone(), &other.value * pow10(-shift)),
        };
        let (quotient, remainder) = (&a / &b, &a % &b);
        let round_up = remainder.magnitude() * 2_u32 >= *b.magnitude();
        let value = match (round_up, a.sign() == b.sign() || a.sign() == Sign::NoSign) {
            (false, _) => quotient,
            (true, true) => quotient + 1,
            (true, false) => quotient - 1,
        };
        Ok(Decimal { value, exponent: -DIVISION_PRECISION })
    }
}
