//! `a ** b` for real results, rounded as the C library's is.
//!
//! The general power that comes with `libm` is off by one in the last place for one pair in twenty, and `10.0 ** -18`
//! among them would print as `1.0000000000000001e-18`. Small whole and half exponents, which are nearly all that
//! programs use, go through multiplication in twice the precision instead, where rounding is right and which is no
//! slower. All O(1).

/// The largest exponent that is multiplied out.
const LARGEST_EXPONENT: f64 = 64.0;
/// Powers from `2**-900` to `2**900` have room for the low halves of the products.
const LARGEST_BINARY_EXPONENT: f64 = 900.0;

/// `base ** exponent` with the special cases of C's `pow`.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    let doubled = exponent * 2.0;
    let binary_exponent = f64::from(((base.to_bits() >> 52) & 0x7ff) as i32 - 1023);
    // `binary_exponent` may be one less than the logarithm in magnitude.
    let in_range = (binary_exponent.abs() + 1.0) * exponent.abs().max(1.0) < LARGEST_BINARY_EXPONENT;
    if !in_range || base == 0.0 || exponent.abs() > LARGEST_EXPONENT || doubled != libm::trunc(doubled) {
        return libm::pow(base, exponent);
    }
    let halves = doubled as i32;
    if halves % 2 == 0 {
        return multiply_out(Double::from(base), halves / 2);
    }
    if base < 0.0 {
        return f64::NAN;
    }
    multiply_out(Double::square_root(base), halves)
}

fn multiply_out(mut base: Double, exponent: i32) -> f64 {
    let mut product = Double::from(1.0);
    let mut rest = exponent.unsigned_abs();
    while rest != 0 {
        if rest & 1 == 1 {
            product = product.multiply(base);
        }
        rest >>= 1;
        if rest != 0 {
            base = base.multiply(base);
        }
    }
    if exponent < 0 { product.reciprocal() } else { product.high + product.low }
}

/// A number in twice the precision: the sum of two floats, of which `low` is at most half a step of `high`.
#[derive(Clone, Copy)]
struct Double {
    high: f64,
    low: f64,
}

impl From<f64> for Double {
    fn from(value: f64) -> Double {
        Double { high: value, low: 0.0 }
    }
}

impl Double {
    fn multiply(self, other: Double) -> Double {
        let (high, low) = exact_product(self.high, other.high);
        let low = low + (self.high * other.low + self.low * other.high);
        let sum = high + low;
        Double { high: sum, low: low - (sum - high) }
    }

    fn square_root(value: f64) -> Double {
        let high = libm::sqrt(value);
        let (square, below) = exact_product(high, high);
        Double { high, low: ((value - square) - below) / (2.0 * high) }
    }

    /// The nearest float to `1 / self`.
    fn reciprocal(self) -> f64 {
        let high = 1.0 / self.high;
        let (product, below) = exact_product(high, self.high);
        // What is missing to one, times the quotient, corrects it.
        let missing = ((1.0 - product) - below) - high * self.low;
        high + missing * high
    }
}

/// The product of two floats as the sum of two floats, without loss.
fn exact_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    let low = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, low)
}

/// A float as the sum of two with half of its bits each, so that their products are exact.
fn split(value: f64) -> (f64, f64) {
    let scaled = value * 134_217_729.0;
    let high = scaled - (scaled - value);
    (high, value - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_the_nearest_floats() {
        for exponent in -64..=64 {
            let expected = alloc::format!("1e{exponent}").parse();
            assert_eq!(Ok(power(10.0, f64::from(exponent))), expected);
        }
    }

    #[test]
    fn whole_and_half_exponents() {
        let cases = [
            (2.0, 10.0, 1024.0),
            (-2.0, 3.0, -8.0),
            (-2.0, -2.0, 0.25),
            (2.25, 1.5, 3.375),
            (4.0, -1.5, 0.125),
            (3.0, 0.5, 1.7320508075688772),
            (3.0, 2.5, 15.588457268119896),
            (1.1, 20.0, 6.727499949325611),
            (0.3, -7.0, 4572.4737082761785),
            (7.0, 0.0, 1.0),
            (1.0, 64.0, 1.0),
        ];
        for (base, exponent, expected) in cases {
            assert_eq!(power(base, exponent), expected, "{base} ** {exponent}");
        }
    }

    #[test]
    fn the_rest() {
        let inf = f64::INFINITY;
        let cases = [
            (10.0, 400.0, inf),
            (1e300, 2.0, inf),
            (1e-300, 2.0, 0.0),
            (5e-324, 0.5, 2.2227587494850775e-162),
            (0.0, 3.0, 0.0),
            (-0.0, 3.0, -0.0),
            (-inf, 3.0, -inf),
            (inf, -0.5, 0.0),
            (0.5, inf, 0.0),
            (1.0, f64::NAN, 1.0),
            (f64::NAN, 0.0, 1.0),
        ];
        for (base, exponent, expected) in cases {
            assert_eq!(power(base, exponent).to_bits(), expected.to_bits(), "{base} ** {exponent}");
        }
        assert!(power(f64::NAN, 2.0).is_nan());
        assert!(power(-2.0, 0.5).is_nan());
    }
}
