//! Bits, as if every number were in two's complement with its sign going on for ever.
//!
//! Work and result are linear in the longer operand, and constant between small ones.

use super::Int;
use super::words::{Signed, bit_length};
use crate::number::NumberError;
use alloc::vec::Vec;

/// A hash is a number of 63 bits, sign included: what upstream's small integers hold.
fn as_hash(word: i64) -> i64 {
    (word << 1) >> 1
}

impl Int {
    /// `self << count`. `Memory` beyond `max_bits`.
    pub fn shl(&self, count: &Int, max_bits: u64) -> Result<Int, NumberError> {
        let count = shift_count(count)?;
        if self.is_zero() {
            return Ok(Int::ZERO);
        }
        if let Int::Small(small) = self
            && count < 63
            && (small << count) >> count == *small
        {
            return Ok(Int::Small(small << count));
        }
        if self.bit_length().saturating_add(count) > max_bits {
            return Err(NumberError::Memory);
        }
        let count = usize::try_from(count).map_err(|_| NumberError::Memory)?;
        let small = &mut 0;
        let signed = self.signed(small);
        Ok(Int::from_words(signed.negative, shifted_up(signed.words, count)))
    }

    /// `self >> count`, rounding towards minus infinity.
    pub fn shr(&self, count: &Int) -> Result<Int, NumberError> {
        let count = shift_count(count)?;
        match self {
            Int::Small(small) => Ok(Int::Small(small >> count.min(63))),
            Int::Big(big) => match usize::try_from(count) {
                Ok(count) if (count as u64) < big.bits() => {
                    let (words, rest) = shifted_down(&big.magnitude, count);
                    let shifted = Int::from_words(big.negative, words);
                    Ok(if big.negative && rest { shifted.sub(&Int::ONE) } else { shifted })
                }
                _ => Ok(Int::Small(if self.is_negative() { -1 } else { 0 })),
            },
        }
    }

    /// `self & other`.
    pub fn and(&self, other: &Int) -> Int {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => Int::Small(a & b),
            (a, b) => a.bitwise(b, |x, y| x & y),
        }
    }

    /// `self | other`.
    pub fn or(&self, other: &Int) -> Int {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => Int::Small(a | b),
            (a, b) => a.bitwise(b, |x, y| x | y),
        }
    }

    /// `self ^ other`.
    pub fn xor(&self, other: &Int) -> Int {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => Int::Small(a ^ b),
            (a, b) => a.bitwise(b, |x, y| x ^ y),
        }
    }

    /// `operation` on each word of both, in two's complement.
    fn bitwise(&self, other: &Int, operation: fn(u64, u64) -> u64) -> Int {
        let (small, other_small) = (&mut 0, &mut 0);
        let (a, b) = (self.signed(small), other.signed(other_small));
        // Next to a negative number there is one word more, in which all bits are the sign.
        let any_negative = a.negative || b.negative;
        let length = a.words.len().max(b.words.len()) + usize::from(any_negative);
        let words = complement_words(a).zip(complement_words(b)).take(length).map(|(x, y)| operation(x, y));
        let mut words: Vec<u64> = words.collect();
        let negative = any_negative && words.last() == Some(&u64::MAX);
        if negative {
            let magnitude = complement_words(Signed { words: &words, negative });
            words = magnitude.take(length).collect();
        }
        Int::from_words(negative, words)
    }

    /// `~self`.
    pub fn invert(&self) -> Int {
        match self {
            Int::Small(small) => Int::Small(!small),
            Int::Big(_) => self.neg().sub(&Int::ONE),
        }
    }

    /// How many bits the magnitude has; none for zero.
    pub fn bit_length(&self) -> u64 {
        match self {
            Int::Small(small) => u64::from(u64::BITS - small.unsigned_abs().leading_zeros()),
            Int::Big(big) => big.bits(),
        }
    }

    /// `hash(self)`: the number itself, or its lowest 63 bits. A float of the same value has the same hash.
    pub fn hash_value(&self) -> i64 {
        as_hash(self.low_word())
    }
}

/// The words of a number in two's complement, without end.
fn complement_words(number: Signed<'_>) -> impl Iterator<Item = u64> {
    // A number is negated by turning every bit and adding one.
    let (turn, mut carry) = if number.negative { (u64::MAX, true) } else { (0, false) };
    number.words.iter().copied().chain(core::iter::repeat(0)).map(move |word| {
        let (word, over) = (word ^ turn).overflowing_add(u64::from(carry));
        carry = over;
        word
    })
}

fn shifted_up(words: &[u64], count: usize) -> Vec<u64> {
    let (whole, part) = (count / 64, count % 64);
    let mut carry = 0;
    let mut result = Vec::with_capacity((bit_length(words) as usize).saturating_add(count).div_ceil(64));
    result.resize(whole, 0);
    result.extend(words.iter().map(|&word| {
        let wide = u128::from(word) << part;
        let low = wide as u64 | carry;
        carry = (wide >> 64) as u64;
        low
    }));
    if carry != 0 {
        result.push(carry);
    }
    result
}

/// What is left of the words, and whether a bit was set in what is gone.
fn shifted_down(words: &[u64], count: usize) -> (Vec<u64>, bool) {
    let (whole, part) = (count / 64, count % 64);
    let (gone, kept) = words.split_at_checked(whole).unwrap_or((words, &[]));
    let gone_of_first = kept.first().map_or(0, |first| first & !(u64::MAX << part));
    let above = kept.iter().skip(1).copied().chain([0]);
    let result = kept.iter().zip(above);
    let result = result.map(|(&low, high)| ((u128::from(high) << 64 | u128::from(low)) >> part) as u64);
    (result.collect(), gone_of_first != 0 || gone.iter().any(|&word| word != 0))
}

fn shift_count(count: &Int) -> Result<u64, NumberError> {
    u64::try_from(count.to_word()?).map_err(|_| NumberError::Value("negative shift count".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::int::tests_support::int;

    const BOUND: u64 = 1 << 20;

    #[test]
    fn shifts() {
        let cases = [
            ("1", "62", "4611686018427387904"),
            ("1", "63", "9223372036854775808"),
            ("-1", "63", "-9223372036854775808"),
            ("-1", "64", "-18446744073709551616"),
            ("3", "62", "13835058055282163712"),
            ("0", "9000000000000000000", "0"),
            ("-5", "1", "-10"),
        ];
        for (number, count, shifted) in cases {
            assert_eq!(int(number).shl(&int(count), BOUND), Ok(int(shifted)), "{number} << {count}");
        }
        let cases = [
            ("-5", "1", "-3"),
            ("-5", "100", "-1"),
            ("5", "100", "0"),
            ("1267650600228229401496703205376", "100", "1"),
            ("-1267650600228229401496703205377", "100", "-2"),
            ("-1267650600228229401496703205377", "1000", "-1"),
            ("1267650600228229401496703205376", "9000000000000000000", "0"),
        ];
        for (number, count, shifted) in cases {
            assert_eq!(int(number).shr(&int(count)), Ok(int(shifted)), "{number} >> {count}");
        }
        let negative = Err(NumberError::Value("negative shift count".into()));
        assert_eq!(int("1").shl(&int("-1"), BOUND), negative);
        assert_eq!(int("1").shr(&int("-1")), negative);
        assert_eq!(int("1").shl(&int("1180591620717411303424"), BOUND), Err(NumberError::MACHINE_WORD));
        assert_eq!(int("1").shr(&int("1180591620717411303424")), Err(NumberError::MACHINE_WORD));
        assert_eq!(int("1").shl(&int("1048576"), BOUND), Err(NumberError::Memory));
        assert_eq!(int("1").shl(&int("9223372036854775807"), u64::MAX >> 2), Err(NumberError::Memory));
    }

    #[test]
    fn logic_extends_the_sign() {
        let cases = [
            ("12", "10", "8", "14", "6"),
            ("-1", "18446744073709551616", "18446744073709551616", "-1", "-18446744073709551617"),
            ("-18446744073709551616", "18446744073709551615", "0", "-1", "-1"),
            ("-18446744073709551617", "-3", "-18446744073709551619", "-1", "18446744073709551618"),
        ];
        for (a, b, and, or, xor) in cases {
            assert_eq!(int(a).and(&int(b)), int(and), "{a} & {b}");
            assert_eq!(int(a).or(&int(b)), int(or), "{a} | {b}");
            assert_eq!(int(a).xor(&int(b)), int(xor), "{a} ^ {b}");
        }
        assert_eq!(int("18446744073709551616").invert(), int("-18446744073709551617"));
        assert_eq!(int("-9223372036854775808").invert(), int("9223372036854775807"));
    }

    #[test]
    fn lengths_and_hashes() {
        let cases = [
            ("0", 0, 0),
            ("-1", 1, -1),
            ("255", 8, 255),
            ("4611686018427387904", 63, -4611686018427387904),
            ("-9223372036854775808", 64, 0),
            ("9223372036854775808", 64, 0),
            ("1000000000000000000000000000000", 100, -4146427766549512192),
        ];
        for (number, bits, hash) in cases {
            assert_eq!(int(number).bit_length(), bits, "{number}");
            assert_eq!(int(number).hash_value(), hash, "{number}");
        }
    }
}
