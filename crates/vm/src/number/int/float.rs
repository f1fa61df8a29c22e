//! Between integers and floats. Conversions and true division round once, half to even.
//!
//! Upstream computes these through floats all the way, so that `10**400 / 10**399` is `nan` there and `2**53 + 1`
//! equals `2.0**53`; here the quotient is 10.0 and the comparison exact. Where upstream's answer is exact, it is the
//! same. A magnitude that no float holds becomes infinity, as upstream has it, not an error.

use core::cmp::Ordering;

use num_bigint::{BigInt, BigUint};

use super::Int;
use crate::number::NumberError;

/// Bits of a double's significand, the implicit one included.
const SIGNIFICAND_BITS: i64 = 53;
/// Integers up to this magnitude are doubles, all of them.
const LARGEST_EXACT: u64 = 1 << SIGNIFICAND_BITS;

impl Int {
    /// The number as a float, rounded half to even; infinity where it is too large. O(n).
    pub fn to_f64(&self) -> f64 {
        match self {
            Int::Small(small) => *small as f64,
            Int::Big(big) => {
                let magnitude = magnitude_to_f64(big.to_big().magnitude());
                if big.negative { -magnitude } else { magnitude }
            }
        }
    }

    /// The integer part of a float: `int(value)`.
    pub fn from_f64(value: f64) -> Result<Int, NumberError> {
        if value.is_nan() {
            return Err(NumberError::Value("can't convert NaN to int".into()));
        }
        if value.is_infinite() {
            return Err(NumberError::Overflow("can't convert inf to int".into()));
        }
        // The cast truncates towards zero; it is exact below 2**63.
        if value.abs() < 9_223_372_036_854_775_808.0 {
            return Ok(Int::Small(value as i64));
        }
        let (significand, exponent) = decompose(value.abs());
        let magnitude = BigInt::from(significand) << exponent.unsigned_abs();
        Ok(Int::from_big(if value < 0.0 { -magnitude } else { magnitude }))
    }

    /// `self / other`, rounded once. O(n·m) for big operands.
    pub fn true_div(&self, other: &Int) -> Result<f64, NumberError> {
        if other.is_zero() {
            return Err(NumberError::DIVIDE_BY_ZERO);
        }
        if let (Int::Small(a), Int::Small(b)) = (self, other)
            && a.unsigned_abs() <= LARGEST_EXACT
            && b.unsigned_abs() <= LARGEST_EXACT
        {
            return Ok(*a as f64 / *b as f64);
        }
        if self.is_zero() {
            return Ok(if other.is_negative() { -0.0 } else { 0.0 });
        }
        let (dividend, divisor) = (self.to_big(), other.to_big());
        let negative = dividend.sign() != divisor.sign();
        let quotient = divide_magnitudes(dividend.magnitude(), divisor.magnitude());
        Ok(if negative { -quotient } else { quotient })
    }

    /// How the number compares with a float, exactly; `None` for nan.
    pub fn compare_f64(&self, value: f64) -> Option<Ordering> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(if value > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        if let Int::Small(small) = self
            && small.unsigned_abs() <= LARGEST_EXACT
        {
            return (*small as f64).partial_cmp(&value);
        }
        let whole = Int::from_f64(value).ok()?;
        Some(self.cmp(&whole).then_with(|| {
            let fraction = value - libm::trunc(value);
            0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal)
        }))
    }
}

/// A finite float's magnitude as `significand * 2**exponent`.
pub(crate) fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// `significand * 2**exponent`, rounded half to even; `sticky` says that the true value is a little above it.
/// The significand must be at least `2**62` (or zero), so that what `sticky` stands for lies below the rounding.
pub(crate) fn compose(significand: u64, sticky: bool, exponent: i64) -> f64 {
    if significand == 0 {
        return 0.0;
    }
    let length = i64::from(u64::BITS - significand.leading_zeros());
    // Where the lowest bit of the result lies: 53 bits below its highest, or lower down the end of the subnormals.
    let lowest = (exponent + length - SIGNIFICAND_BITS).max(-1074);
    let dropped = lowest - exponent;
    if dropped > 64 {
        return 0.0;
    }
    let dropped = dropped as u32;
    let kept = significand.checked_shr(dropped).unwrap_or(0);
    let rest = significand - kept.checked_shl(dropped).unwrap_or(0);
    let half = 1u64 << (dropped - 1).min(63);
    let above_half = rest > half || (rest == half && (sticky || kept & 1 == 1));
    let kept = kept + u64::from(above_half);
    // `kept` is at most 2**53: exact as a float, and a carry into the next exponent needs no care.
    if lowest > 1023 - SIGNIFICAND_BITS + 1 {
        return f64::INFINITY;
    }
    scale(kept as f64, lowest)
}

/// `value * 2**exponent` for an exponent from -1074 to 1023, where the product is known to be exact or infinite.
fn scale(value: f64, exponent: i64) -> f64 {
    let power = |exponent: i64| f64::from_bits(((exponent + 1023) as u64) << 52);
    if exponent < -1022 { value * power(-1022) * power(exponent + 1022) } else { value * power(exponent) }
}

/// The highest 64 bits, whether anything is set below them, and the exponent of the lowest of them.
fn highest_bits(magnitude: &BigUint) -> (u64, bool, i64) {
    let length = magnitude.bits();
    let Some(below) = length.checked_sub(64).filter(|below| *below > 0) else {
        let word = magnitude.iter_u64_digits().next().unwrap_or(0);
        let shift = word.leading_zeros();
        return (word.checked_shl(shift).unwrap_or(0), false, -i64::from(shift));
    };
    let top = (magnitude >> below).iter_u64_digits().next().unwrap_or(0);
    let sticky = magnitude.trailing_zeros().is_some_and(|zeros| zeros < below);
    (top, sticky, i64::try_from(below).unwrap_or(i64::MAX))
}

fn magnitude_to_f64(magnitude: &BigUint) -> f64 {
    if magnitude.bits() > 1024 {
        return f64::INFINITY;
    }
    let (top, sticky, exponent) = highest_bits(magnitude);
    compose(top, sticky, exponent)
}

fn divide_magnitudes(dividend: &BigUint, divisor: &BigUint) -> f64 {
    let (a, b) = (i128::from(dividend.bits()), i128::from(divisor.bits()));
    // Beyond every float, or below half of the smallest one.
    if a - b > 1025 {
        return f64::INFINITY;
    }
    if a - b < -1080 {
        return 0.0;
    }
    // Shift one of them so that the quotient has 63 or 64 bits.
    let shift = 63 - (a - b);
    let (quotient, remainder_left) = {
        let (a, b) = if shift >= 0 {
            (dividend << shift.unsigned_abs(), divisor.clone())
        } else {
            (dividend.clone(), divisor << shift.unsigned_abs())
        };
        let quotient = &a / &b;
        let exact = &quotient * &b == a;
        (quotient, !exact)
    };
    let word = quotient.iter_u64_digits().next().unwrap_or(0);
    compose(word, remainder_left, -(shift as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::int::tests_support::int;

    #[test]
    fn from_float_truncates() {
        let cases = [
            (-0.5, "0"),
            (1.9, "1"),
            (-1.9, "-1"),
            (1e18, "1000000000000000000"),
            (9223372036854774784.0, "9223372036854774784"),
            (-9223372036854775808.0, "-9223372036854775808"),
            (9223372036854775808.0, "9223372036854775808"),
            (1e30, "1000000000000000019884624838656"),
            (-1e30, "-1000000000000000019884624838656"),
        ];
        for (value, expected) in cases {
            assert_eq!(Int::from_f64(value), Ok(int(expected)), "{value}");
        }
        assert_eq!(Int::from_f64(f64::NAN), Err(NumberError::Value("can't convert NaN to int".into())));
        assert_eq!(
            Int::from_f64(f64::INFINITY),
            Err(NumberError::Overflow("can't convert inf to int".into()))
        );
        assert_eq!(Int::from_f64(f64::MAX).map(|max| max.to_f64()), Ok(f64::MAX));
    }

    #[test]
    fn to_float_rounds_half_to_even() {
        let cases = [
            ("9007199254740993", 9007199254740992.0),
            ("9007199254740995", 9007199254740996.0),
            ("18446744073709551616", 18446744073709551616.0),
            ("18446744073709553664", 18446744073709551616.0),
            ("18446744073709553665", 18446744073709555712.0),
            ("-18446744073709557760", -18446744073709559808.0),
            ("1000000000000000019884624838657", 1e30),
        ];
        for (number, expected) in cases {
            assert_eq!(int(number).to_f64(), expected, "{number}");
        }
        let bound = 4096;
        let huge = Int::ONE.shl(&Int::Small(1024), bound).unwrap_or(Int::ZERO);
        assert_eq!(huge.to_f64(), f64::INFINITY);
        assert_eq!(huge.neg().to_f64(), f64::NEG_INFINITY);
        // The largest that still rounds down to the largest float, and the first that does not.
        let half_step = Int::ONE.shl(&Int::Small(1024 - 54), bound).unwrap_or(Int::ZERO);
        let edge = huge.sub(&half_step);
        assert_eq!(edge.sub(&Int::ONE).to_f64(), f64::MAX);
        assert_eq!(edge.to_f64(), f64::INFINITY);
    }

    #[test]
    fn true_division_rounds_once() {
        let cases = [
            ("1", "3", 1.0 / 3.0),
            ("-7", "2", -3.5),
            ("4611686018427387905", "3", 1.5372286728091292e18),
            ("9007199254740993", "1", 9007199254740992.0),
            ("0", "-100000000000000000000", 0.0),
            ("100000000000000000000000000000000000000000", "10000000000000000000000000000000000000000", 10.0),
            ("-100000000000000000000", "3", -3.333333333333333e19),
            ("1", "-100000000000000000000", -1e-20),
        ];
        for (a, b, quotient) in cases {
            assert_eq!(int(a).true_div(&int(b)), Ok(quotient), "{a} / {b}");
        }
        assert_eq!(int("1").true_div(&Int::ZERO), Err(NumberError::DIVIDE_BY_ZERO));
        let power = |exponent| Int::ONE.shl(&Int::Small(exponent), 1 << 16).unwrap_or(Int::ZERO);
        assert_eq!(power(2000).true_div(&power(1999)), Ok(2.0));
        assert_eq!(power(2000).true_div(&power(900)), Ok(f64::INFINITY));
        assert_eq!(power(1000).true_div(&power(2074)), Ok(f64::from_bits(1)));
        assert_eq!(power(1000).true_div(&power(2075)), Ok(0.0));
        assert_eq!(power(1000).add(&Int::ONE).true_div(&power(2075)), Ok(f64::from_bits(1)));
        assert_eq!(
            power(1000).mul(&Int::Small(3), 4096).and_then(|n| n.true_div(&power(2075))),
            Ok(f64::from_bits(2))
        );
        assert_eq!(power(10).true_div(&power(10_000)), Ok(0.0));
    }

    #[test]
    fn comparison_is_exact() {
        let cases = [
            ("9007199254740993", 9007199254740992.0, Ordering::Greater),
            ("9007199254740992", 9007199254740992.0, Ordering::Equal),
            ("-9007199254740993", -9007199254740992.0, Ordering::Less),
            ("1000000000000000019884624838656", 1e30, Ordering::Equal),
            ("1000000000000000000000000000000", 1e30, Ordering::Less),
            ("1", 1.5, Ordering::Less),
            ("-1", -1.5, Ordering::Greater),
            ("5", f64::INFINITY, Ordering::Less),
            ("100000000000000000000", f64::NEG_INFINITY, Ordering::Greater),
            ("100000000000000000000", 0.5, Ordering::Greater),
        ];
        for (number, value, expected) in cases {
            assert_eq!(int(number).compare_f64(value), Some(expected), "{number} <=> {value}");
        }
        assert_eq!(int("1").compare_f64(f64::NAN), None);
    }
}
