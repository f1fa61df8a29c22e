//! Long operations in parts: product, quotient, power and digits of numbers so large that the library would be busy for
//! seconds. Between any two parts the operation can be given up.
//!
//! A part takes the library a fraction of a second at most; the constants say how large one is. In parts the product
//! takes O(n^1.6), everything else as long as in one piece.

use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use super::bounds::Bounds;
use crate::number::NumberError;

/// Factors of at most so many bits are multiplied in one piece.
const PRODUCT_BITS: u64 = 1 << 24;
/// A division by `b` bits with a quotient of `q` bits is one piece while `q * b` is at most this.
const DIVISION_WORK: u64 = 1 << 38;
/// At most so many digits are read or written in one piece.
const DIGITS: usize = 32_768;
/// So many digits are split off together when a long number is written.
const DIGITS_AT_ONCE: u32 = 9728;

/// `a * b`
pub(super) fn product(a: &BigInt, b: &BigInt, bounds: Bounds<'_>) -> Result<BigInt, NumberError> {
    if a.bits().min(b.bits()) <= PRODUCT_BITS / 8 || a.bits().max(b.bits()) <= PRODUCT_BITS {
        return Ok(a * b);
    }
    let sign = if a.sign() == b.sign() { Sign::Plus } else { Sign::Minus };
    Ok(BigInt::from_biguint(sign, long_product(a.magnitude(), b.magnitude(), PRODUCT_BITS, bounds)?))
}

/// By Karatsuba's method, down to factors of `piece` bits.
fn long_product(a: &BigUint, b: &BigUint, piece: u64, bounds: Bounds<'_>) -> Result<BigUint, NumberError> {
    bounds.check()?;
    let longer = a.bits().max(b.bits());
    if longer <= piece {
        return Ok(a * b);
    }
    let middle = longer / 2;
    let (a_high, a_low) = split(a, middle);
    let (b_high, b_low) = split(b, middle);
    let low = long_product(&a_low, &b_low, piece, bounds)?;
    if a_high.bits() == 0 || b_high.bits() == 0 {
        // One factor is less than half as long as the other: two products are enough.
        let cross = match a_high.bits() {
            0 => long_product(&a_low, &b_high, piece, bounds)?,
            _ => long_product(&a_high, &b_low, piece, bounds)?,
        };
        return Ok((cross << middle) + low);
    }
    let high = long_product(&a_high, &b_high, piece, bounds)?;
    let cross = long_product(&(a_high + a_low), &(b_high + b_low), piece, bounds)? - &high - &low;
    Ok((high << (2 * middle)) + (cross << middle) + low)
}

/// The bits from `at` on, and those below.
fn split(number: &BigUint, at: u64) -> (BigUint, BigUint) {
    let high = number >> at;
    let low = number - (&high << at);
    (high, low)
}

/// Quotient and remainder, rounded towards zero. The divisor is not zero.
pub(super) fn division(a: &BigInt, b: &BigInt, bounds: Bounds<'_>) -> Result<(BigInt, BigInt), NumberError> {
    let quotient_bits = a.bits().saturating_sub(b.bits());
    if quotient_bits.saturating_mul(b.bits()) <= DIVISION_WORK {
        return Ok(a.div_rem(b));
    }
    let (quotient, remainder) = long_division(a.magnitude(), b.magnitude(), bounds)?;
    let sign = if a.sign() == b.sign() { Sign::Plus } else { Sign::Minus };
    Ok((BigInt::from_biguint(sign, quotient), BigInt::from_biguint(a.sign(), remainder)))
}

/// As on paper, with as many bits for a digit as make one part.
fn long_division(a: &BigUint, b: &BigUint, bounds: Bounds<'_>) -> Result<(BigUint, BigUint), NumberError> {
    let step = (DIVISION_WORK / b.bits()).max(64);
    let steps = a.bits().div_ceil(step);
    let mut quotients = Vec::new();
    quotients.try_reserve_exact(steps as usize).map_err(|_| NumberError::Memory)?;
    let mut below = a.clone();
    let mut remainder = BigUint::ZERO;
    for number in (0..steps).rev() {
        bounds.check()?;
        let digit;
        (digit, below) = split(&below, number * step);
        let dividend = (remainder << step) + digit;
        let (quotient, rest) = dividend.div_rem(b);
        remainder = rest;
        quotients.push((quotient, number * step));
    }
    while quotients.len() > 1 {
        // Neighbours two by two, so that each bit is moved a few times only.
        let mut joined = Vec::new();
        joined.try_reserve_exact(quotients.len().div_ceil(2)).map_err(|_| NumberError::Memory)?;
        for pair in quotients.chunks(2) {
            bounds.check()?;
            joined.push(match pair {
                [(high, high_at), (low, low_at)] => ((high << (high_at - low_at)) + low, *low_at),
                [(one, at), ..] => (one.clone(), *at),
                [] => continue,
            });
        }
        quotients = joined;
    }
    // The last one begins at bit 0.
    Ok((quotients.pop().map_or(BigUint::ZERO, |(quotient, _)| quotient), remainder))
}

/// `base ** exponent`, of at most `bounds.max_bits` bits by the caller's reckoning.
pub(super) fn power(base: &BigInt, exponent: u32, bounds: Bounds<'_>) -> Result<BigInt, NumberError> {
    if base.bits().saturating_mul(u64::from(exponent)) <= PRODUCT_BITS {
        return Ok(base.pow(exponent));
    }
    let half = power(base, exponent / 2, bounds)?;
    let square = product(&half, &half, bounds)?;
    if exponent % 2 == 1 { product(&square, base, bounds) } else { Ok(square) }
}

/// `base ** exponent % modulus`; the exponent is not negative, the modulus not zero.
pub(super) fn power_modulo(
    base: &BigInt,
    exponent: &BigInt,
    modulus: &BigInt,
    bounds: Bounds<'_>,
) -> Result<BigInt, NumberError> {
    // A bit of the exponent takes a product and a division as long as the modulus.
    if modulus.bits().saturating_mul(modulus.bits()).saturating_mul(exponent.bits()) <= DIVISION_WORK {
        return Ok(base.modpow(exponent, modulus));
    }
    let base = division(base, modulus, bounds)?.1;
    let mut result = BigInt::from(1);
    for bit in (0..exponent.bits()).rev() {
        bounds.check()?;
        result = division(&product(&result, &result, bounds)?, modulus, bounds)?.1;
        if exponent.bit(bit) {
            result = division(&product(&result, &base, bounds)?, modulus, bounds)?.1;
        }
    }
    // Division rounds towards zero; the result has the sign of the modulus.
    let other_sign = result.sign() != Sign::NoSign && result.sign() != modulus.sign();
    Ok(if other_sign { result + modulus } else { result })
}

/// The number that digits in a radix make, the most significant first.
pub(super) fn from_digits(digits: &[u8], radix: u32, bounds: Bounds<'_>) -> Result<BigUint, NumberError> {
    if digits.len() <= DIGITS || radix.is_power_of_two() {
        return Ok(BigUint::from_radix_be(digits, radix).unwrap_or_default());
    }
    // powers[n] = radix ** (DIGITS << n)
    let mut powers = alloc::vec![BigInt::from(radix).pow(DIGITS as u32)];
    while let Some(last) = powers.last()
        && DIGITS << powers.len() < digits.len()
    {
        powers.push(product(last, last, bounds)?);
    }
    Ok(joined_digits(digits, radix, &powers, bounds)?.magnitude().clone())
}

fn joined_digits(
    digits: &[u8],
    radix: u32,
    powers: &[BigInt],
    bounds: Bounds<'_>,
) -> Result<BigInt, NumberError> {
    bounds.check()?;
    let Some((power, smaller)) = powers.split_last().filter(|_| digits.len() > DIGITS) else {
        let number = BigUint::from_radix_be(digits, radix).unwrap_or_default();
        return Ok(BigInt::from_biguint(Sign::Plus, number));
    };
    let low = DIGITS << smaller.len();
    if digits.len() <= low {
        return joined_digits(digits, radix, smaller, bounds);
    }
    let (high, low) = digits.split_at(digits.len() - low);
    let high = joined_digits(high, radix, smaller, bounds)?;
    let low = joined_digits(low, radix, smaller, bounds)?;
    Ok(product(&high, power, bounds)? + low)
}

/// The digits of a number in a radix, the most significant first.
pub(super) fn to_digits(number: &BigUint, radix: u32, bounds: Bounds<'_>) -> Result<Vec<u8>, NumberError> {
    let least_digits = number.bits() / u64::from(radix.ilog2() + 1);
    if least_digits <= DIGITS as u64 || radix.is_power_of_two() {
        return Ok(number.to_radix_be(radix));
    }
    let unit = BigUint::from(radix).pow(DIGITS_AT_ONCE);
    let most_digits = usize::try_from(number.bits() / u64::from(radix.ilog2()) + 1).unwrap_or(usize::MAX);
    let mut backwards = Vec::new();
    backwards.try_reserve_exact(most_digits).map_err(|_| NumberError::Memory)?;
    let mut rest = number.clone();
    while rest.bits() >= unit.bits() {
        bounds.check()?;
        let part;
        (rest, part) = rest.div_rem(&unit);
        let wanted = backwards.len() + DIGITS_AT_ONCE as usize;
        backwards.extend(part.to_radix_le(radix));
        // Zeros that begin a part are digits of the whole.
        backwards.resize(wanted, 0);
    }
    backwards.extend(rest.to_radix_le(radix));
    while backwards.last() == Some(&0) {
        backwards.pop();
    }
    backwards.reverse();
    Ok(backwards)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicBool;

    /// Numbers without a pattern in their bits.
    fn number(bits: u64, seed: u64) -> BigUint {
        let mut state = seed | 1;
        let digits = (0..bits.div_ceil(32)).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 32) as u32
        });
        BigUint::new(digits.collect()) >> (bits.div_ceil(32) * 32 - bits)
    }

    fn free() -> Bounds<'static> {
        Bounds::from(u64::MAX)
    }

    #[test]
    fn products_are_those_of_the_library() {
        for (a, b) in [(1 << 17, 1 << 17), (1 << 17, 1 << 13), (100_001, 17), (100_001, 98_503)] {
            let (a, b) = (number(a, 3), number(b, 5));
            assert!(long_product(&a, &b, 5000, free()) == Ok(&a * &b));
            assert!(long_product(&b, &a, 5000, free()) == Ok(a * b));
        }
    }

    #[test]
    fn quotients_are_those_of_the_library() {
        for (a, b) in [(1 << 21, 1 << 20), (3_000_001, 700_001), (100_000, 99_999), (5000, 64)] {
            let (a, b) = (number(a, 7), number(b, 9));
            let expected = (&a / &b, &a % &b);
            assert!(long_division(&a, &b, free()) == Ok(expected));
        }
    }

    #[test]
    fn digits_are_those_of_the_library() {
        for (bits, radix) in [(400_000, 10), (70_000, 3), (1_000_000, 36), (60_000, 2)] {
            let number = number(bits, 11);
            let digits = number.to_radix_be(radix);
            assert!(to_digits(&number, radix, free()) == Ok(digits.clone()), "{bits} bits in {radix}");
            assert!(from_digits(&digits, radix, free()) == Ok(number), "{bits} bits in {radix}");
        }
        // Parts that begin with zeros, or consist of them.
        let round = BigUint::from(10_u32).pow(60_000) + 7_u32;
        assert!(to_digits(&round, 10, free()) == Ok(round.to_radix_be(10)));
    }

    #[test]
    fn powers_are_those_of_the_library() {
        let base = BigInt::from_biguint(Sign::Minus, number(100_000, 13));
        assert!(power(&base, 101, free()) == Ok(base.pow(101)));
        let (base, exponent) = (BigInt::from(number(40_000, 15)), BigInt::from(number(60, 17)));
        for sign in [Sign::Plus, Sign::Minus] {
            let modulus = BigInt::from_biguint(sign, number(80_000, 19));
            let expected = base.modpow(&exponent, &modulus);
            assert!(power_modulo(&base, &exponent, &modulus, free()) == Ok(expected));
        }
    }

    #[test]
    fn each_can_be_given_up() {
        let interrupt = AtomicBool::new(true);
        let bounds = Bounds { max_bits: u64::MAX, interrupt: Some(&interrupt) };
        let long = BigInt::from(number(1 << 25, 21));
        let digits = alloc::vec![7; 100_000];
        let given_up = Err(NumberError::Interrupted);
        assert!(product(&long, &long, bounds).map(|_| ()) == given_up);
        assert!(division(&long, &(&long >> (1 << 24)), bounds).map(|_| ()) == given_up);
        assert!(power(&long, 3, bounds).map(|_| ()) == given_up);
        let modulus = BigInt::from(number(1 << 19, 23));
        assert!(power_modulo(&long, &long, &modulus, bounds).map(|_| ()) == given_up);
        assert!(from_digits(&digits, 10, bounds).map(|_| ()) == given_up);
        assert!(to_digits(long.magnitude(), 10, bounds).map(|_| ()) == given_up);
    }
}
