//! Floats with 64 bits of precision, as x86 has them beside doubles.
//!
//! Upstream finds decimal digits by multiplying and dividing such floats. Its rounding shows in the last digits that
//! it prints, so [`super::print`] computes the same way. Only what that takes is here: positive values, `* /`, and
//! rounding to whole numbers and to doubles. All O(1), but powers of ten, which take one step for each bit of the
//! exponent.

use core::cmp::Ordering;

use crate::number::int::{compose, decompose};

/// A positive number `significand * 2**exponent`. The significand has its highest bit set, except for zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extended {
    significand: u64,
    exponent: i32,
}

impl Extended {
    const TEN: Extended = Extended { significand: 10 << 60, exponent: -60 };
    pub(crate) const ONE: Extended = Extended { significand: 1 << 63, exponent: -63 };

    /// A finite float's magnitude.
    pub(crate) fn new(value: f64) -> Extended {
        let (significand, exponent) = decompose(value.abs());
        let shift = significand.leading_zeros() % 64;
        Extended { significand: significand << shift, exponent: exponent - shift as i32 }
    }

    /// An integer.
    pub(crate) fn from_integer(value: u64) -> Extended {
        let shift = value.leading_zeros() % 64;
        Extended { significand: value << shift, exponent: -(shift as i32) }
    }

    /// The nearest double.
    pub(crate) fn to_f64(self) -> f64 {
        compose(self.significand, false, i64::from(self.exponent))
    }

    /// `self * 10**scale`, by repeated squaring of ten.
    pub(crate) fn scaled(mut self, scale: i32) -> Extended {
        if self.significand == 0 {
            return self;
        }
        let mut power = Extended::TEN;
        let mut rest = scale.unsigned_abs();
        while rest != 0 {
            if rest & 1 == 1 {
                self = if scale < 0 { self.divide(power) } else { self.multiply(power) };
            }
            rest >>= 1;
            if rest != 0 {
                power = power.multiply(power);
            }
        }
        self
    }

    /// `self + 0.5`, rounded to 64 bits and then cut to a whole number: below `2**63` that is half up, but for what
    /// the addition rounds.
    pub(crate) fn round(self) -> u64 {
        match self.exponent {
            // At least 2**64: no caller gets here, and there is no better answer.
            1.. => u64::MAX,
            // A whole number already. Half a unit is a tie there, which goes to the even neighbour.
            0 => self.significand.saturating_add(self.significand & 1),
            -64..0 => {
                let places = self.exponent.unsigned_abs();
                let sum = u128::from(self.significand) + (1u128 << (places - 1));
                match u64::try_from(sum) {
                    Ok(sum) => sum.checked_shr(places).unwrap_or(0),
                    Err(_) => (halve_to_even(sum) >> (places - 1)) as u64,
                }
            }
            // Less than a half.
            _ => 0,
        }
    }

    fn multiply(self, other: Extended) -> Extended {
        let product = u128::from(self.significand) * u128::from(other.significand);
        // The product of two 64-bit numbers with their highest bits set has 127 or 128 bits.
        let dropped = 64 - product.leading_zeros();
        let kept = (product >> dropped) as u64;
        let half = 1u128 << (dropped - 1);
        let above = (product & ((1u128 << dropped) - 1)).cmp(&half);
        Extended::rounded(kept, above, self.exponent + other.exponent + dropped as i32)
    }

    fn divide(self, other: Extended) -> Extended {
        // Shifted so that the quotient has exactly 64 bits.
        let shift = if self.significand >= other.significand { 63 } else { 64 };
        let dividend = u128::from(self.significand) << shift;
        let divisor = u128::from(other.significand.max(1));
        let quotient = (dividend / divisor) as u64;
        let above = (dividend % divisor * 2).cmp(&divisor);
        Extended::rounded(quotient, above, self.exponent - other.exponent - shift)
    }

    /// A significand, and how what was cut off from it compares with a half.
    fn rounded(significand: u64, above: Ordering, exponent: i32) -> Extended {
        let up = above == Ordering::Greater || (above == Ordering::Equal && significand & 1 == 1);
        match significand.checked_add(u64::from(up)) {
            Some(significand) => Extended { significand, exponent },
            None => Extended { significand: 1 << 63, exponent: exponent + 1 },
        }
    }
}

fn halve_to_even(value: u128) -> u128 {
    let half = value >> 1;
    half + (value & half & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_come_back() {
        for value in [1.0, 0.1, 1e300, 5e-324, 2.2250738585072014e-308, f64::MAX, 0.0] {
            assert_eq!(Extended::new(value).to_f64(), value);
        }
    }

    #[test]
    fn powers_of_ten() {
        for exponent in -300..=300 {
            let expected: f64 = alloc::format!("1e{exponent}").parse().unwrap_or(0.0);
            let actual = Extended::ONE.scaled(exponent).to_f64();
            // Exact while ten's power of five has 64 bits, and within one double's step everywhere.
            assert!((actual / expected - 1.0).abs() < 3e-16, "{exponent}");
            assert!(actual == expected || !(-27..=27).contains(&exponent), "{exponent}");
        }
    }

    #[test]
    fn rounding() {
        let cases = [(0.0, 0), (0.49, 0), (0.5, 1), (0.75, 1), (1.0, 1), (2.5, 3), (3.5, 4), (1e-30, 0)];
        for (value, expected) in cases {
            assert_eq!(Extended::new(value).round(), expected, "{value}");
        }
        assert_eq!(Extended::new(1e18).round(), 1_000_000_000_000_000_000);
        assert_eq!(Extended::new(9223372036854775808.0).round(), 1 << 63);
    }
}
