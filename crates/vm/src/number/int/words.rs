//! Numbers beyond 64 bits as they are kept: a sign and the words of the magnitude, and what a walk or two over the words can
//! do with them. So a number is one allocation of as many bytes as its words take.
//!
//! Sums, differences, products by a short factor and short quotients are computed here, each with one allocation, for the
//! result. Whatever takes more thought (long products and divisions, powers, digits) is the big-integer library's: its
//! numbers are made of ours and back by a copy, which is little next to the work.
//!
//! What always holds: the highest word of a [`Words`] is not zero, and the number does not fit 64 bits with a sign.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

use super::Int;

/// Up to so many words of the shorter factor, a product is computed here; the library does the same until there.
const SHORT_FACTOR: usize = 32;

/// A number beyond 64 bits. Made by [`Int::from_words`] and [`Int::from_big`] alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Words {
    /// The least significant word first.
    pub(super) magnitude: Box<[u64]>,
    pub(super) negative: bool,
}

/// A number of any size to be looked at. Without words it is zero.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) words: &'a [u64],
    pub(super) negative: bool,
}

impl Words {
    /// How many bits the magnitude has.
    pub(super) fn bits(&self) -> u64 {
        bit_length(&self.magnitude)
    }

    /// How many bytes the magnitude takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val::<[u64]>(&self.magnitude)
    }

    /// The same number for the library.
    pub(super) fn to_big(&self) -> BigInt {
        let halves = self.magnitude.iter().flat_map(|&word| [word as u32, (word >> 32) as u32]);
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        BigInt::from_biguint(sign, BigUint::new(halves.collect()))
    }

    /// The same number with its sign beside it.
    #[inline]
    pub(super) fn signed(&self) -> Signed<'_> {
        Signed { words: &self.magnitude, negative: self.negative }
    }
}

impl Int {
    /// The normalised form of a sign and a magnitude, which may begin with zeros.
    #[inline]
    pub(super) fn from_words(negative: bool, mut magnitude: Vec<u64>) -> Int {
        while magnitude.last() == Some(&0) {
            magnitude.pop();
        }
        match magnitude[..] {
            [] => return Int::ZERO,
            [word] if word <= i64::MAX as u64 => {
                return Int::Small(if negative { -(word as i64) } else { word as i64 });
            }
            [word] if negative && word == i64::MIN.unsigned_abs() => return Int::Small(i64::MIN),
            _ => {}
        }
        Int::Big(Words { magnitude: magnitude.into_boxed_slice(), negative })
    }

    /// The normalised form of the library's number.
    pub(super) fn from_big(value: BigInt) -> Int {
        Int::from_words(value.sign() == Sign::Minus, value.iter_u64_digits().collect())
    }

    /// The number with its sign beside it; a small one's word is put where the caller says.
    #[inline]
    pub(super) fn signed<'a>(&'a self, small: &'a mut u64) -> Signed<'a> {
        match self {
            Int::Small(number) => {
                *small = number.unsigned_abs();
                let words = if *small == 0 { &[] } else { core::slice::from_ref(small) };
                Signed { words, negative: *number < 0 }
            }
            Int::Big(words) => words.signed(),
        }
    }
}

impl<'a> Signed<'a> {
    /// The same magnitude with the other sign.
    pub(super) fn negated(self) -> Signed<'a> {
        Signed { negative: !self.negative, ..self }
    }

    /// `self + other`
    pub(super) fn plus(self, other: Signed<'_>) -> Int {
        if self.negative == other.negative {
            return Int::from_words(self.negative, sum(self.words, other.words));
        }
        match compare(self.words, other.words) {
            Ordering::Equal => Int::ZERO,
            Ordering::Greater => Int::from_words(self.negative, difference(self.words, other.words)),
            Ordering::Less => Int::from_words(other.negative, difference(other.words, self.words)),
        }
    }

    /// `self * other`, where one of them is short enough for that.
    pub(super) fn times(self, other: Signed<'_>) -> Option<Int> {
        let (short, long) = if self.words.len() < other.words.len() {
            (self.words, other.words)
        } else {
            (other.words, self.words)
        };
        let magnitude = match *short {
            [] => return Some(Int::ZERO),
            [factor] => scaled(long, factor),
            _ if short.len() <= SHORT_FACTOR => product(long, short),
            _ => return None,
        };
        Some(Int::from_words(self.negative != other.negative, magnitude))
    }
}

/// How many bits a magnitude has.
pub(super) fn bit_length(words: &[u64]) -> u64 {
    match words.last() {
        Some(highest) => words.len() as u64 * 64 - u64::from(highest.leading_zeros()),
        None => 0,
    }
}

/// The order of two magnitudes without leading zeros.
pub(super) fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

fn sum(a: &[u64], b: &[u64]) -> Vec<u64> {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let (low, high) = long.split_at(short.len());
    let mut carry = false;
    let mut add = |x: u64, y: u64| {
        let (sum, over) = x.overflowing_add(y);
        let (sum, over_again) = sum.overflowing_add(u64::from(carry));
        carry = over | over_again;
        sum
    };
    let mut words = Vec::with_capacity(long.len());
    words.extend(low.iter().zip(short).map(|(&x, &y)| add(x, y)));
    extend_carrying(&mut words, high, carry, |word| word.overflowing_add(1));
    words
}

/// Appends the higher words, of which mostly none is changed by what is carried to them; `carry_on` gives the changed word
/// and whether the next one changes too.
fn extend_carrying(words: &mut Vec<u64>, higher: &[u64], mut carry: bool, carry_on: fn(u64) -> (u64, bool)) {
    let mut rest = higher;
    while carry && let Some((&word, above)) = rest.split_first() {
        let changed;
        (changed, carry) = carry_on(word);
        words.push(changed);
        rest = above;
    }
    words.extend_from_slice(rest);
    if carry {
        words.push(1);
    }
}

/// `a - b`, which is not below zero.
fn difference(a: &[u64], b: &[u64]) -> Vec<u64> {
    let (low, high) = a.split_at(b.len());
    let mut borrow = false;
    let mut subtract = |x: u64, y: u64| {
        let (rest, under) = x.overflowing_sub(y);
        let (rest, under_again) = rest.overflowing_sub(u64::from(borrow));
        borrow = under | under_again;
        rest
    };
    let mut words = Vec::with_capacity(a.len());
    words.extend(low.iter().zip(b).map(|(&x, &y)| subtract(x, y)));
    extend_carrying(&mut words, high, borrow, |word| word.overflowing_sub(1));
    words
}

/// `low + x * factor` as a word, and what is carried to the next one.
#[inline(always)]
pub(super) fn multiply_add(low: u64, x: u64, factor: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(x) * u128::from(factor) + u128::from(low) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

fn scaled(words: &[u64], factor: u64) -> Vec<u64> {
    let mut carry = 0;
    let mut result = Vec::with_capacity(product_length(words, &[factor]));
    result.extend(words.iter().map(|&word| {
        let low;
        (low, carry) = multiply_add(0, word, factor, carry);
        low
    }));
    if carry != 0 {
        result.push(carry);
    }
    result
}

/// As on paper.
fn product(long: &[u64], short: &[u64]) -> Vec<u64> {
    let mut result = alloc::vec![0; product_length(long, short)];
    for (shift, &factor) in short.iter().enumerate() {
        let mut carry = 0;
        let mut places = result.iter_mut().skip(shift);
        for (&word, place) in long.iter().zip(&mut places) {
            (*place, carry) = multiply_add(*place, word, factor, carry);
        }
        // The highest word of all has no place where it is zero.
        if let Some(place) = places.next() {
            *place = carry;
        }
    }
    result
}

/// How many words the product has, or one less.
fn product_length(a: &[u64], b: &[u64]) -> usize {
    (bit_length(a) + bit_length(b)).div_ceil(64) as usize
}

/// Quotient and remainder by a word, which is not zero.
pub(super) fn divided(words: &[u64], divisor: u64) -> (Vec<u64>, u64) {
    let mut quotient = alloc::vec![0; words.len()];
    let mut remainder = 0;
    for (place, &word) in quotient.iter_mut().zip(words).rev() {
        (*place, remainder) = match u32::try_from(divisor) {
            // Twice half a word: that is the processor's division everywhere.
            Ok(divisor) => {
                let divisor = u64::from(divisor);
                let high = remainder << 32 | word >> 32;
                let low = (high % divisor) << 32 | word & u64::from(u32::MAX);
                ((high / divisor) << 32 | low / divisor, low % divisor)
            }
            Err(_) => {
                let wide = u128::from(remainder) << 64 | u128::from(word);
                ((wide / u128::from(divisor)) as u64, (wide % u128::from(divisor)) as u64)
            }
        };
    }
    (quotient, remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers whose words are often all zeros or all ones, so that carries go far.
    fn numbers() -> Vec<Int> {
        let mut state = 5_u64;
        let mut random = move |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut numbers = Vec::new();
        for number in 0..60 {
            let words = (0..random(if number < 50 { 6 } else { 80 })).map(|_| match random(4) {
                0 => 0,
                1 => u64::MAX,
                2 => 1 << random(64),
                _ => random(1 << 32) << 32 | random(1 << 32),
            });
            let words: Vec<u64> = words.collect();
            numbers.push(Int::from_words(random(2) == 0, words));
        }
        numbers.extend([Int::ZERO, Int::ONE, Int::Small(-1), Int::Small(i64::MIN), Int::Small(i64::MAX)]);
        numbers
    }

    #[test]
    fn results_are_those_of_the_library() {
        for a in numbers() {
            for b in numbers() {
                let (x, y) = (a.to_big(), b.to_big());
                assert_eq!(Int::from_big(x.clone()), a);
                assert_eq!(a.add(&b), Int::from_big(&x + &y), "{x} + {y}");
                assert_eq!(a.sub(&b), Int::from_big(&x - &y), "{x} - {y}");
                assert_eq!(a.mul(&b, u64::MAX), Ok(Int::from_big(&x * &y)), "{x} * {y}");
                assert_eq!(a.cmp(&b), x.cmp(&y), "{x} and {y}");
                assert_eq!(a.and(&b), Int::from_big(&x & &y), "{x} & {y}");
                assert_eq!(a.or(&b), Int::from_big(&x | &y), "{x} | {y}");
                assert_eq!(a.xor(&b), Int::from_big(&x ^ &y), "{x} ^ {y}");
                if !b.is_zero() {
                    let (quotient, remainder) = num_integer::Integer::div_mod_floor(&x, &y);
                    let both = (Int::from_big(quotient), Int::from_big(remainder));
                    assert_eq!(a.div_mod(&b, u64::MAX), Ok(both.clone()), "{x} and {y}");
                    assert_eq!(a.floor_div(&b, u64::MAX), Ok(both.0), "{x} // {y}");
                    assert_eq!(a.modulo(&b, u64::MAX), Ok(both.1), "{x} % {y}");
                }
            }
            for count in [0, 1, 31, 63, 64, 65, 127, 128, 200, 5000] {
                let (x, count) = (a.to_big(), Int::from(count as usize));
                let places = count.to_i64().unwrap_or(0);
                assert_eq!(a.shl(&count, u64::MAX), Ok(Int::from_big(&x << places)), "{x} << {places}");
                assert_eq!(a.shr(&count), Ok(Int::from_big(&x >> places)), "{x} >> {places}");
            }
        }
    }

    #[test]
    fn numbers_that_fit_a_word_are_small() {
        assert_eq!(Int::from_words(true, alloc::vec![1 << 63, 0]), Int::Small(i64::MIN));
        assert!(matches!(Int::from_words(false, alloc::vec![1 << 63]), Int::Big(_)));
        assert!(matches!(Int::from_words(true, alloc::vec![(1 << 63) + 1]), Int::Big(_)));
        assert_eq!(Int::from_words(true, alloc::vec![0; 4]), Int::ZERO);
    }

    #[test]
    fn an_integer_fits_a_slot_of_the_heap() {
        assert!(size_of::<Int>() <= 24);
    }
}
