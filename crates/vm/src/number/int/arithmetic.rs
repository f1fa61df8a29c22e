//! Addition to powers. Division rounds towards minus infinity and the remainder has the sign of the divisor.
//!
//! Between small operands everything is one machine operation with an overflow check. Between big ones, of `n` and
//! `m` words: sum and difference O(n + m), product between O(n·m) and O(n^1.6) as the operands grow, division
//! O(n·m). Where a function takes [`Bounds`], a result of more bits is `Memory`, and an interrupt is seen within a
//! fraction of a second.

use core::cmp::Ordering;

use super::quotient::short_quotient;
use super::words::{Signed, Words, compare, divided};
use super::{Bounds, Int, long};
use crate::number::{NumberError, Power, float};

impl Int {
    /// `self + other`. One bit longer than the longer operand at most.
    pub fn add(&self, other: &Int) -> Int {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => match a.checked_add(*b) {
                Some(sum) => Int::Small(sum),
                None => Int::from(i128::from(*a) + i128::from(*b)),
            },
            (a, b) => a.signed(&mut 0).plus(b.signed(&mut 0)),
        }
    }

    /// `self - other`. One bit longer than the longer operand at most.
    pub fn sub(&self, other: &Int) -> Int {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => match a.checked_sub(*b) {
                Some(difference) => Int::Small(difference),
                None => Int::from(i128::from(*a) - i128::from(*b)),
            },
            (a, b) => a.signed(&mut 0).plus(b.signed(&mut 0).negated()),
        }
    }

    /// `self * other`, as long as both together.
    pub fn mul<'a>(&self, other: &Int, bounds: impl Into<Bounds<'a>>) -> Result<Int, NumberError> {
        if let (Int::Small(a), Int::Small(b)) = (self, other) {
            return Ok(match a.checked_mul(*b) {
                Some(product) => Int::Small(product),
                None => Int::from(i128::from(*a) * i128::from(*b)),
            });
        }
        if self.is_zero() || other.is_zero() {
            return Ok(Int::ZERO);
        }
        // The product has this many bits or one more.
        let bounds = bounds.into();
        bounds.fits(self.bit_length() + other.bit_length() - 1)?;
        match self.signed(&mut 0).times(other.signed(&mut 0)) {
            Some(product) => Ok(product),
            None => Ok(Int::from_big(long::product(&self.to_big(), &other.to_big(), bounds)?)),
        }
    }

    /// `self // other`.
    pub fn floor_div<'a>(&self, other: &Int, bounds: impl Into<Bounds<'a>>) -> Result<Int, NumberError> {
        if let (Int::Small(a), Int::Small(b)) = (self, other) {
            let quotient = match a.checked_div(*b) {
                Some(quotient) => quotient,
                None if *b == 0 => return Err(NumberError::DIVIDE_BY_ZERO),
                None => return Ok(Int::from(-i128::from(*a))),
            };
            let rounded_up = (*a < 0) != (*b < 0) && quotient.wrapping_mul(*b) != *a;
            return Ok(Int::Small(quotient - i64::from(rounded_up)));
        }
        if other.is_zero() {
            return Err(NumberError::DIVIDE_BY_ZERO);
        }
        match short_floor(self.signed(&mut 0), other.signed(&mut 0)) {
            Some(quotient) => Ok(Int::from(quotient)),
            None => Ok(self.long_div_mod(other, bounds.into())?.0),
        }
    }

    /// `self % other`.
    pub fn modulo<'a>(&self, other: &Int, bounds: impl Into<Bounds<'a>>) -> Result<Int, NumberError> {
        if let (Int::Small(a), Int::Small(b)) = (self, other) {
            if *b == 0 {
                return Err(NumberError::DIVIDE_BY_ZERO);
            }
            let remainder = a.wrapping_rem(*b);
            let other_sign = remainder != 0 && (remainder < 0) != (*b < 0);
            return Ok(Int::Small(if other_sign { remainder + b } else { remainder }));
        }
        Ok(self.div_mod(other, bounds)?.1)
    }

    /// `divmod(self, other)`.
    pub fn div_mod<'a>(&self, other: &Int, bounds: impl Into<Bounds<'a>>) -> Result<(Int, Int), NumberError> {
        let bounds = bounds.into();
        if let (Int::Small(_), Int::Small(_)) = (self, other) {
            return Ok((self.floor_div(other, bounds)?, self.modulo(other, bounds)?));
        }
        if other.is_zero() {
            return Err(NumberError::DIVIDE_BY_ZERO);
        }
        match short_floor(self.signed(&mut 0), other.signed(&mut 0)) {
            Some(quotient) => {
                let quotient = Int::from(quotient);
                let remainder = self.sub(&other.mul(&quotient, bounds)?);
                Ok((quotient, remainder))
            }
            None => self.long_div_mod(other, bounds),
        }
    }

    /// The same of any numbers; `other` is not zero.
    fn long_div_mod(&self, other: &Int, bounds: Bounds<'_>) -> Result<(Int, Int), NumberError> {
        let (quotient, remainder) = match (self, other) {
            (Int::Big(a), Int::Small(b)) => {
                let (quotient, remainder) = divided(&a.magnitude, b.unsigned_abs());
                let remainder = i128::from(remainder) * if a.negative { -1 } else { 1 };
                (Int::from_words(a.negative != (*b < 0), quotient), Int::from(remainder))
            }
            (a, b) => {
                let (quotient, remainder) = long::division(&a.to_big(), &b.to_big(), bounds)?;
                (Int::from_big(quotient), Int::from_big(remainder))
            }
        };
        // Those are rounded towards zero.
        if remainder.is_zero() || remainder.is_negative() == other.is_negative() {
            return Ok((quotient, remainder));
        }
        Ok((quotient.sub(&Int::ONE), remainder.add(other)))
    }

    /// `self ** exponent`: an integer for a non-negative exponent, otherwise a float. The result has about
    /// `bit_length * exponent` bits, the work is that of its last few multiplications.
    pub fn pow<'a>(&self, exponent: &Int, bounds: impl Into<Bounds<'a>>) -> Result<Power, NumberError> {
        let bounds = bounds.into();
        if exponent.is_negative() {
            return float::pow(self.to_f64(), exponent.to_f64());
        }
        if let (Int::Small(base), Int::Small(exponent)) = (self, exponent)
            && let Ok(exponent) = u32::try_from(*exponent)
            && let Some(power) = base.checked_pow(exponent)
        {
            return Ok(Power::Int(Int::Small(power)));
        }
        let power = match (self, exponent) {
            (Int::Small(0 | 1), _) => self.clone(),
            (Int::Small(-1), exponent) => Int::Small(if exponent.is_odd() { -1 } else { 1 }),
            (_, Int::Big(_)) => return Err(NumberError::Memory),
            (base, Int::Small(exponent)) => {
                let least_bits = u128::from(base.bit_length() - 1) * u128::from(exponent.unsigned_abs());
                let exponent = u32::try_from(*exponent).map_err(|_| NumberError::Memory)?;
                if least_bits >= u128::from(bounds.max_bits) {
                    return Err(NumberError::Memory);
                }
                Int::from_big(long::power(&base.to_big(), exponent, bounds)?)
            }
        };
        bounds.fits(power.bit_length())?;
        Ok(Power::Int(power))
    }

    /// `pow(self, exponent, modulus)`; the result has the sign of the modulus. As upstream has it, a negative
    /// exponent gives zero. Takes as many squarings modulo `modulus` as the exponent has bits.
    pub fn pow_mod<'a>(
        &self,
        exponent: &Int,
        modulus: &Int,
        bounds: impl Into<Bounds<'a>>,
    ) -> Result<Int, NumberError> {
        if modulus.is_zero() {
            return Err(NumberError::Value("divide by zero".into()));
        }
        if exponent.is_negative() {
            return Ok(Int::ZERO);
        }
        let (base, exponent, modulus) = (self.to_big(), exponent.to_big(), modulus.to_big());
        Ok(Int::from_big(long::power_modulo(&base, &exponent, &modulus, bounds.into())?))
    }

    /// `-self`.
    pub fn neg(&self) -> Int {
        match self {
            Int::Small(small) => {
                small.checked_neg().map_or_else(|| Int::from(-i128::from(*small)), Int::Small)
            }
            Int::Big(big) => Int::from_words(!big.negative, big.magnitude.to_vec()),
        }
    }

    /// `abs(self)`.
    pub fn abs(&self) -> Int {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// `round(self, digits)` to a multiple of `10 ** -digits`, half to even. For `digits >= 0` the number itself.
    /// As upstream has it, the power of ten is built even when it exceeds the number.
    pub fn round<'a>(&self, digits: i64, bounds: impl Into<Bounds<'a>>) -> Result<Int, NumberError> {
        let bounds = bounds.into();
        if digits >= 0 {
            return Ok(self.clone());
        }
        let Power::Int(unit) = Int::Small(10).pow(&Int::Small(digits).neg(), bounds)? else {
            return Err(NumberError::Memory);
        };
        let (quotient, remainder) = self.div_mod(&unit, bounds)?;
        let below = self.sub(&remainder);
        let half = unit.floor_div(&Int::Small(2), bounds)?;
        Ok(match remainder.cmp(&half) {
            Ordering::Less => below,
            Ordering::Equal if !quotient.is_odd() => below,
            Ordering::Equal | Ordering::Greater => below.add(&unit),
        })
    }

    /// Whether the number is odd.
    pub fn is_odd(&self) -> bool {
        match self {
            Int::Small(small) => small & 1 == 1,
            Int::Big(big) => big.magnitude.first().is_some_and(|word| word & 1 == 1),
        }
    }
}

/// `a // b` where it fits a word, or nearly; see [`short_quotient`].
fn short_floor(a: Signed<'_>, b: Signed<'_>) -> Option<i128> {
    let (quotient, exact) = short_quotient(a.words, b.words)?;
    let quotient = i128::from(quotient);
    Some(if a.negative == b.negative { quotient } else { -quotient - i128::from(!exact) })
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Int) -> Ordering {
        let side = |big: &Words| if big.negative { Ordering::Less } else { Ordering::Greater };
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => a.cmp(b),
            // A normalised big integer lies outside the small ones.
            (Int::Big(a), Int::Small(_)) => side(a),
            (Int::Small(_), Int::Big(b)) => side(b).reverse(),
            (Int::Big(a), Int::Big(b)) => match (a.negative, b.negative) {
                (false, false) => compare(&a.magnitude, &b.magnitude),
                (true, true) => compare(&b.magnitude, &a.magnitude),
                _ => side(a),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::int::tests_support::int;

    const BOUND: u64 = 1 << 20;

    #[test]
    fn sums_cross_the_word_boundary_both_ways() {
        let cases = [
            ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806"),
            ("-9223372036854775808", "1", "-9223372036854775807", "-9223372036854775809"),
            ("9223372036854775808", "-1", "9223372036854775807", "9223372036854775809"),
            ("-9223372036854775809", "-9223372036854775809", "-18446744073709551618", "0"),
            ("5", "18446744073709551616", "18446744073709551621", "-18446744073709551611"),
        ];
        for (a, b, sum, difference) in cases {
            assert_eq!(int(a).add(&int(b)), int(sum), "{a} + {b}");
            assert_eq!(int(a).sub(&int(b)), int(difference), "{a} - {b}");
        }
        assert!(matches!(int("9223372036854775808").add(&Int::Small(-1)), Int::Small(i64::MAX)));
    }

    #[test]
    fn products_are_exact_and_bounded() {
        let cases = [
            ("3037000500", "3037000500", "9223372037000250000"),
            ("-9223372036854775808", "-1", "9223372036854775808"),
            ("-9223372036854775808", "-9223372036854775808", "85070591730234615865843651857942052864"),
            ("1000000000000000000000", "0", "0"),
            ("1000000000000000000000", "-7", "-7000000000000000000000"),
        ];
        for (a, b, product) in cases {
            assert_eq!(int(a).mul(&int(b), BOUND), Ok(int(product)), "{a} * {b}");
        }
        let wide = Int::ONE.shl(&Int::Small(600_000), BOUND).unwrap_or(Int::ZERO);
        assert_eq!(wide.mul(&wide, BOUND), Err(NumberError::Memory));
    }

    #[test]
    fn division_floors() {
        let cases = [
            ("7", "2", "3", "1"),
            ("-7", "2", "-4", "1"),
            ("7", "-2", "-4", "-1"),
            ("-7", "-2", "3", "-1"),
            ("-6", "3", "-2", "0"),
            ("-9223372036854775808", "-1", "9223372036854775808", "0"),
            ("-9223372036854775808", "9223372036854775807", "-2", "9223372036854775806"),
            ("-1000000000000000000000000000000", "7", "-142857142857142857142857142858", "6"),
            ("1000000000000000000000000000000", "-7", "-142857142857142857142857142858", "-6"),
            ("5", "-1000000000000000000000000000000", "-1", "-999999999999999999999999999995"),
            ("9223372036854775808", "-9223372036854775808", "-1", "0"),
        ];
        for (a, b, quotient, remainder) in cases {
            let (a_int, b_int) = (int(a), int(b));
            assert_eq!(a_int.floor_div(&b_int, BOUND), Ok(int(quotient)), "{a} // {b}");
            assert_eq!(a_int.modulo(&b_int, BOUND), Ok(int(remainder)), "{a} % {b}");
            assert_eq!(a_int.div_mod(&b_int, BOUND), Ok((int(quotient), int(remainder))), "divmod({a}, {b})");
        }
        for a in ["1", "0", "1000000000000000000000"] {
            assert_eq!(int(a).div_mod(&Int::ZERO, BOUND), Err(NumberError::DIVIDE_BY_ZERO));
            assert_eq!(int(a).floor_div(&Int::ZERO, BOUND), Err(NumberError::DIVIDE_BY_ZERO));
            assert_eq!(int(a).modulo(&Int::ZERO, BOUND), Err(NumberError::DIVIDE_BY_ZERO));
        }
    }

    #[test]
    fn powers() {
        let cases = [
            ("2", "62", "4611686018427387904"),
            ("2", "64", "18446744073709551616"),
            ("-3", "41", "-36472996377170786403"),
            ("0", "0", "1"),
            ("0", "100000000000000000000", "0"),
            ("-1", "100000000000000000001", "-1"),
            ("1", "100000000000000000001", "1"),
            ("10", "20", "100000000000000000000"),
        ];
        for (a, b, power) in cases {
            assert_eq!(int(a).pow(&int(b), BOUND), Ok(Power::Int(int(power))), "{a} ** {b}");
        }
        assert_eq!(int("2").pow(&int("-1"), BOUND), Ok(Power::Float(0.5)));
        assert_eq!(int("0").pow(&int("-1"), BOUND), Err(NumberError::DIVIDE_BY_ZERO));
        for (a, b) in
            [("2", "1048576"), ("10", "1000000000"), ("2", "100000000000000000000"), ("7", "9999999")]
        {
            assert_eq!(int(a).pow(&int(b), BOUND), Err(NumberError::Memory), "{a} ** {b}");
        }
        assert!(int("2").pow(&int("1048575"), BOUND).is_ok());
    }

    #[test]
    fn powers_modulo() {
        let cases = [
            ("2", "-1", "5", "0"),
            ("2", "3", "1", "0"),
            ("2", "3", "-1", "0"),
            ("0", "0", "5", "1"),
            ("3", "4", "-5", "-4"),
            ("-3", "3", "10", "3"),
            ("555557", "1000002", "1000003", "1"),
            ("123456789", "123456789123456789", "1000000000000000000000007", "418542729942407299261480"),
        ];
        for (base, exponent, modulus, result) in cases {
            let actual = int(base).pow_mod(&int(exponent), &int(modulus), BOUND);
            assert_eq!(actual, Ok(int(result)), "pow({base}, {exponent}, {modulus})");
        }
        assert_eq!(
            int("2").pow_mod(&int("3"), &Int::ZERO, BOUND),
            Err(NumberError::Value("divide by zero".into()))
        );
    }

    #[test]
    fn rounding_goes_half_to_even() {
        let cases = [
            ("1234", -2, "1200"),
            ("15", -1, "20"),
            ("25", -1, "20"),
            ("-25", -1, "-20"),
            ("-26", -1, "-30"),
        ];
        for (number, digits, rounded) in cases {
            assert_eq!(int(number).round(digits, BOUND), Ok(int(rounded)), "round({number}, {digits})");
        }
        assert_eq!(int("7").round(-1_000_000_000, BOUND), Err(NumberError::Memory));
        assert_eq!(int("7").round(i64::MIN, BOUND), Err(NumberError::Memory));
        assert_eq!(int("7").round(i64::MAX, BOUND), Ok(int("7")));
    }

    #[test]
    fn order() {
        let ascending =
            ["-10000000000000000000000", "-9223372036854775809", "-9223372036854775808", "-1", "0", "1"];
        let more = ["9223372036854775807", "9223372036854775808", "10000000000000000000000"];
        let numbers: alloc::vec::Vec<Int> = ascending.iter().chain(&more).map(|text| int(text)).collect();
        for (i, a) in numbers.iter().enumerate() {
            for (j, b) in numbers.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j));
            }
        }
    }

    #[test]
    fn negation() {
        for (number, negated) in [
            ("-9223372036854775808", "9223372036854775808"),
            ("0", "0"),
            ("5", "-5"),
            ("18446744073709551616", "-18446744073709551616"),
        ] {
            assert_eq!(int(number).neg(), int(negated));
            assert_eq!(int(negated).neg(), int(number));
        }
    }
}
