//! Quotients that fit a word, of numbers that do not: found from the leading bits of both and checked with one walk over
//! their words, where the library's long division would first make shifted copies of both. Programs that compute digits
//! one by one, or reduce a sum that is only a little too long, divide like that all the time.
//!
//! Allocates nothing, O(n), and O(1) where the lengths alone say that the quotient is zero.

use core::cmp::Ordering;

use super::words::{bit_length, multiply_add};

/// A quotient has at most one bit more than the dividend has more than the divisor; so far it is sure to fit a word.
const LONGER_AT_MOST: u64 = 62;

/// `a / b` rounded down, and whether it is exact. `None` where it may not fit a word, or the divisor does.
pub(super) fn short_quotient(a: &[u64], b: &[u64]) -> Option<(u64, bool)> {
    let (a_bits, b_bits) = (bit_length(a), bit_length(b));
    let below = b_bits.checked_sub(64).filter(|below| *below > 0)?;
    if a_bits < b_bits {
        return Some((0, a_bits == 0));
    }
    if a_bits - b_bits > LONGER_AT_MOST {
        return None;
    }
    // The divisor's 64 leading bits, and the dividend's down to the same place: at most 126, so their quotient is too
    // large by two at most, and never too small.
    let mut quotient = u64::try_from(bits_from(a, below) / bits_from(b, below).max(1)).ok()?;
    loop {
        match compare_product(b, quotient, a) {
            Ordering::Less => return Some((quotient, false)),
            Ordering::Equal => return Some((quotient, true)),
            Ordering::Greater => quotient = quotient.checked_sub(1)?,
        }
    }
}

/// The bits of a number from `place` on, as many as fit.
fn bits_from(words: &[u64], place: u64) -> u128 {
    let (number, shift) = ((place / 64) as usize, place % 64);
    let word = |number: usize| u128::from(words.get(number).copied().unwrap_or(0));
    let low = word(number) | word(number + 1) << 64;
    match shift {
        0 => low,
        _ => low >> shift | word(number + 2) << (128 - shift),
    }
}

/// How `a * factor` compares with `b`, which has no fewer words than `a`: by subtracting without keeping the rest.
fn compare_product(a: &[u64], factor: u64, b: &[u64]) -> Ordering {
    let Some((low, high)) = b.split_at_checked(a.len()) else { return Ordering::Greater };
    let (mut carry, mut borrow, mut any) = (0, false, 0);
    let mut subtract = |x: u64, y: u64| {
        let (rest, under) = x.overflowing_sub(y);
        let (rest, under_again) = rest.overflowing_sub(u64::from(borrow));
        borrow = under | under_again;
        any |= rest;
    };
    for (&word, &from) in a.iter().zip(low) {
        let product;
        (product, carry) = multiply_add(0, word, factor, carry);
        subtract(from, product);
    }
    for &from in high {
        subtract(from, core::mem::take(&mut carry));
    }
    match (carry > 0 || borrow, any) {
        (true, _) => Ordering::Greater,
        (false, 0) => Ordering::Equal,
        (false, _) => Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use num_bigint::BigUint;

    fn quotient_of(a: &BigUint, b: &BigUint) -> Option<(u64, bool)> {
        short_quotient(&a.to_u64_digits(), &b.to_u64_digits())
    }

    /// Numbers whose words are often all zeros or all ones: there estimates are wrong.
    fn numbers() -> Vec<BigUint> {
        let mut state = 5_u64;
        let mut random = move |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut numbers = Vec::new();
        for _ in 0..60 {
            let digits = (0..1 + random(12)).map(|_| match random(4) {
                0 => 0,
                1 => u32::MAX,
                2 => 1 << random(32),
                _ => random(1 << 32) as u32,
            });
            numbers.push(BigUint::new(digits.collect()));
        }
        numbers
    }

    #[test]
    fn short_quotients_are_those_of_the_library() {
        let (mut short, mut exact) = (0, 0);
        let numbers = numbers();
        for a in &numbers {
            for b in &numbers {
                for a in [a.clone(), a * b, b * u64::MAX, b * (u64::MAX >> 2), b * 77_u32 + 1_u32, b + 0_u32]
                {
                    let Some((quotient, is_exact)) = quotient_of(&a, b) else { continue };
                    assert_eq!(BigUint::from(quotient), &a / b, "{a} / {b}");
                    assert_eq!(is_exact, (&a % b).bits() == 0, "{a} / {b}");
                    short += 1;
                    exact += u32::from(is_exact);
                }
            }
        }
        assert!(short > 5000 && exact > 1000, "{short} of which {exact} exact");
    }

    #[test]
    fn what_does_not_fit_is_left_to_the_library() {
        let divisor = (BigUint::from(1_u32) << 100_u32) - 1_u32;
        assert_eq!(quotient_of(&(&divisor << 62_u32), &divisor), Some((1 << 62, true)));
        assert_eq!(quotient_of(&(&divisor << 63_u32), &divisor), None);
        assert_eq!(quotient_of(&divisor, &BigUint::from(u64::MAX)), None);
    }
}
