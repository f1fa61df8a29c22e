//! Integers of any size.
//!
//! [`Int`] holds 64 bits inline and anything larger as words of its own, which the big-integer library computes with where
//! one walk over them is not enough. It is always normalised: `Big` holds only what does not fit an `i64`, so that equal
//! numbers have equal representations and the small case is the fast one. The library appears in this folder alone.
//!
//! | file | what |
//! |---|---|
//! | `arithmetic` | `+ - * // % ** pow(a, b, c)`, negation, comparison |
//! | `bits` | `<< >> & \| ^ ~`, bit length, hash |
//! | `float` | to and from floats, true division, exact comparison |
//! | `text` | `int("…", radix)` and digits in any radix |
//! | `bytes` | `to_bytes`, `from_bytes` |
//! | `words` | how numbers beyond 64 bits are kept; sums, differences, short products |
//! | `quotient` | quotients that fit a word, of numbers that do not |
//! | `bounds`, `long` | what an operation may cost; long ones in parts |

mod arithmetic;
mod bits;
mod bounds;
mod bytes;
mod float;
mod long;
mod quotient;
mod text;
mod words;

pub use bounds::Bounds;
pub use bytes::ByteOrder;
pub(crate) use float::{compose, decompose};
pub use text::{LARGEST_RADIX, WORD_DIGITS, word_digits};
pub use words::Words;

use num_bigint::BigInt;

use super::NumberError;

/// An integer of any size. The `Big` variant is built by what normalises alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// What fits 64 bits.
    Small(i64),
    /// What does not.
    Big(Words),
}

impl Int {
    /// Zero.
    pub const ZERO: Int = Int::Small(0);
    /// One.
    pub const ONE: Int = Int::Small(1);

    /// The value, where it fits 64 bits.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(small) => Some(*small),
            Int::Big(_) => None,
        }
    }

    /// The value as a machine word, or `OverflowError`. For shift counts, indices, lengths and widths.
    pub fn to_word(&self) -> Result<i64, NumberError> {
        self.to_i64().ok_or(NumberError::MACHINE_WORD)
    }

    /// The lowest 64 bits in two's complement: what C functions with a 64-bit argument see of a larger number.
    pub fn low_word(&self) -> i64 {
        match self {
            Int::Small(small) => *small,
            Int::Big(big) => {
                let magnitude = big.magnitude.first().copied().unwrap_or(0) as i64;
                if big.negative { magnitude.wrapping_neg() } else { magnitude }
            }
        }
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(small) => *small < 0,
            Int::Big(big) => big.negative,
        }
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Int::Small(0))
    }

    /// How many bytes the number occupies beside its own slot: zero for a small one.
    pub fn payload_bytes(&self) -> usize {
        match self {
            Int::Small(_) => 0,
            Int::Big(big) => big.bytes(),
        }
    }

    /// The same number for the big-integer library.
    fn to_big(&self) -> BigInt {
        match self {
            Int::Small(small) => BigInt::from(*small),
            Int::Big(big) => big.to_big(),
        }
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Int {
        Int::Small(value)
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Int {
        match i64::try_from(value) {
            Ok(small) => Int::Small(small),
            Err(_) => Int::from_words(false, alloc::vec![value]),
        }
    }
}

impl From<i128> for Int {
    fn from(value: i128) -> Int {
        match i64::try_from(value) {
            Ok(small) => Int::Small(small),
            Err(_) => {
                let magnitude = value.unsigned_abs();
                let words = match magnitude >> 64 {
                    0 => alloc::vec![magnitude as u64],
                    high => alloc::vec![magnitude as u64, high as u64],
                };
                Int::from_words(value < 0, words)
            }
        }
    }
}

impl From<usize> for Int {
    fn from(value: usize) -> Int {
        Int::from(value as u64)
    }
}

#[cfg(test)]
mod tests_support {
    use super::Int;

    /// A decimal number, for tables of expected values.
    pub(crate) fn int(text: &str) -> Int {
        Int::parse(text.as_bytes(), 10, 1 << 20).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }
}
