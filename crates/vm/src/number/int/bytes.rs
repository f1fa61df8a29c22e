//! Integers as bytes: `to_bytes` and `from_bytes`. Work is linear in the number of bytes.

use alloc::format;
use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint};

use super::Int;
use crate::number::NumberError;

/// Which end of a byte string is the most significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Most significant byte first.
    Big,
    /// Least significant byte first.
    Little,
}

impl Int {
    /// `self.to_bytes(length, order, signed=…)`. The caller bounds `length`.
    pub fn to_bytes(&self, length: usize, order: ByteOrder, signed: bool) -> Result<Vec<u8>, NumberError> {
        if self.is_negative() && !signed {
            return Err(NumberError::Overflow("can't convert negative int to unsigned".into()));
        }
        let mut bytes = Vec::new();
        match self {
            Int::Small(small) => bytes.extend_from_slice(&small.to_le_bytes()),
            Int::Big(big) => bytes = big.to_big().to_signed_bytes_le(),
        }
        // What lies beyond the length must only repeat the sign, and a signed number needs its sign bit in place.
        let extension = if self.is_negative() { 0xff } else { 0x00 };
        let beyond_is_sign = bytes.get(length..).unwrap_or(&[]).iter().all(|byte| *byte == extension);
        let highest = length.checked_sub(1).map(|last| bytes.get(last).copied().unwrap_or(extension));
        let sign_bit_fits = match highest {
            Some(byte) => !signed || (byte ^ extension) & 0x80 == 0,
            None => self.is_zero(),
        };
        if !beyond_is_sign || !sign_bit_fits {
            return Err(NumberError::Overflow(format!("value would overflow a {length} byte buffer").into()));
        }
        bytes.truncate(length);
        bytes.try_reserve_exact(length - bytes.len()).map_err(|_| NumberError::Memory)?;
        bytes.resize(length, extension);
        if order == ByteOrder::Big {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// `int.from_bytes(bytes, order)`. Upstream accepts `signed` and takes no notice of it: pass false for that.
    pub fn from_bytes(bytes: &[u8], order: ByteOrder, signed: bool) -> Int {
        if bytes.len() <= 8 {
            let highest = match order {
                ByteOrder::Big => bytes.first(),
                ByteOrder::Little => bytes.last(),
            };
            let negative = signed && highest.is_some_and(|byte| byte & 0x80 != 0);
            let shift_in = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
            let start = if negative { u64::MAX } else { 0 };
            let word = match order {
                ByteOrder::Big => bytes.iter().fold(start, shift_in),
                ByteOrder::Little => bytes.iter().rev().fold(start, shift_in),
            };
            return if signed { Int::Small(word as i64) } else { Int::from(word) };
        }
        Int::from_big(match (order, signed) {
            (ByteOrder::Big, true) => BigInt::from_signed_bytes_be(bytes),
            (ByteOrder::Little, true) => BigInt::from_signed_bytes_le(bytes),
            (ByteOrder::Big, false) => BigUint::from_bytes_be(bytes).into(),
            (ByteOrder::Little, false) => BigUint::from_bytes_le(bytes).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::int::tests_support::int;

    #[test]
    fn round_trips() {
        let cases: [(&str, usize, bool, &[u8]); 10] = [
            ("0", 0, false, b""),
            ("0", 3, true, b"\0\0\0"),
            ("255", 1, false, b"\xff"),
            ("-1", 1, true, b"\xff"),
            ("-1", 10, true, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
            ("-128", 1, true, b"\x80"),
            ("1000", 2, false, b"\x03\xe8"),
            ("18446744073709551616", 9, false, b"\x01\0\0\0\0\0\0\0\0"),
            ("-18446744073709551616", 9, true, b"\xff\0\0\0\0\0\0\0\0"),
            ("18446744073709551615", 8, false, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        ];
        for (number, length, signed, expected) in cases {
            let big = int(number).to_bytes(length, ByteOrder::Big, signed);
            assert_eq!(big.as_deref(), Ok(expected), "{number}");
            assert_eq!(Int::from_bytes(expected, ByteOrder::Big, signed), int(number), "{number}");
            let reversed: Vec<u8> = expected.iter().rev().copied().collect();
            let little = int(number).to_bytes(length, ByteOrder::Little, signed);
            assert_eq!(little.as_deref(), Ok(reversed.as_slice()), "{number}");
            assert_eq!(Int::from_bytes(&reversed, ByteOrder::Little, signed), int(number), "{number}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let overflow = |length: usize| {
            Err(NumberError::Overflow(format!("value would overflow a {length} byte buffer").into()))
        };
        let cases = [
            ("128", 1, true),
            ("-129", 1, true),
            ("256", 1, false),
            ("1", 0, false),
            ("-1", 0, true),
            ("1000000000000000000000000000000", 2, false),
            ("4722366482869645213696", 9, false),
            ("2361183241434822606848", 9, true),
        ];
        for (number, length, signed) in cases {
            assert_eq!(int(number).to_bytes(length, ByteOrder::Big, signed), overflow(length), "{number}");
        }
        let negative = Err(NumberError::Overflow("can't convert negative int to unsigned".into()));
        assert_eq!(int("-1").to_bytes(1, ByteOrder::Big, false), negative);
        assert_eq!(int("-100000000000000000000").to_bytes(20, ByteOrder::Big, false), negative);
        assert_eq!(int("1").to_bytes(usize::MAX, ByteOrder::Big, false), Err(NumberError::Memory));
    }
}
