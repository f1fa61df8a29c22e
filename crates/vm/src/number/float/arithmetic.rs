//! Division that floors, powers, rounding and hashes. All O(1) but `round_to_int` and `as_integer_ratio`, whose
//! results have up to 1074 bits.

use alloc::format;

use super::power::power;
use crate::number::int::decompose;
use crate::number::{Complex, Int, NumberError, Power};

/// `a / b`.
pub fn divide(a: f64, b: f64) -> Result<f64, NumberError> {
    if b == 0.0 { Err(NumberError::DIVIDE_BY_ZERO) } else { Ok(a / b) }
}

/// `a // b`.
pub fn floor_div(a: f64, b: f64) -> Result<f64, NumberError> {
    Ok(div_mod(a, b)?.0)
}

/// `a % b`: the remainder has the sign of `b`, also when it is zero.
pub fn modulo(a: f64, b: f64) -> Result<f64, NumberError> {
    if b == 0.0 {
        return Err(NumberError::DIVIDE_BY_ZERO);
    }
    let remainder = libm::fmod(a, b);
    Ok(if remainder == 0.0 {
        0f64.copysign(b)
    } else if (remainder < 0.0) != (b < 0.0) {
        remainder + b
    } else {
        remainder
    })
}

/// `divmod(a, b)`: the quotient is whole, and `quotient * b + remainder` is as near to `a` as floats allow.
pub fn div_mod(a: f64, b: f64) -> Result<(f64, f64), NumberError> {
    if b == 0.0 {
        return Err(NumberError::DIVIDE_BY_ZERO);
    }
    let mut remainder = libm::fmod(a, b);
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0f64.copysign(b);
    } else if (remainder < 0.0) != (b < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return Ok((0f64.copysign(a / b), remainder));
    }
    // The division above may have rounded away from the whole number that the quotient is.
    let below = libm::floor(quotient);
    Ok((if quotient - below > 0.5 { below + 1.0 } else { below }, remainder))
}

/// `a ** b`: complex for a negative base and a fraction. Infinity where the power is too large, as upstream has it.
pub fn pow(a: f64, b: f64) -> Result<Power, NumberError> {
    if a == 0.0 && b < 0.0 && !b.is_infinite() {
        return Err(NumberError::DIVIDE_BY_ZERO);
    }
    if a < 0.0 && b != libm::floor(b) && !b.is_nan() {
        return Ok(Power::Complex(Complex::from(a).pow(Complex::from(b))?));
    }
    Ok(Power::Float(power(a, b)))
}

/// `round(value)`: half to even, as an integer.
pub fn round_to_int(value: f64) -> Result<Int, NumberError> {
    Int::from_f64(libm::rint(value))
}

/// `round(value, digits)`: the float nearest to the decimal number of so many digits that is nearest to the value.
/// Upstream goes through a product that may itself be rounded; CPython's results hold, which are these.
pub fn round_to_digits(value: f64, digits: i64) -> f64 {
    match digits {
        _ if !value.is_finite() => value,
        // No digit of any float is so far from the point.
        324.. => value,
        0..324 => round_to_decimals(value.abs(), digits as u32).unwrap_or(value.abs()).copysign(value),
        -308..0 => {
            let power = power_of_ten(-digits);
            let quotient = value / power;
            // Beyond this the float next to the value is farther away than what is rounded off.
            if quotient.abs() >= (1_u64 << 53) as f64 { value } else { libm::rint(quotient) * power }
        }
        _ => libm::copysign(0.0, value),
    }
}

/// Floats hold every whole number up to this one.
const WHOLE: u64 = 1 << 53;
/// Floats hold every power of ten up to this one, and it times any significand has no more than 127 bits.
const EXACT_POWER: u32 = 22;
/// As many bits as a significand times any power of ten has here.
const MOST_BITS: u64 = 53 + 4 * 324;

/// The same for a value that is not negative, exactly; `None` where no float is nearer than the value itself. The value is
/// `significand / 2**bits`: a power of ten times that is rounded to a whole number, which is divided by the power.
fn round_to_decimals(value: f64, digits: u32) -> Option<f64> {
    let (significand, exponent) = decompose(value);
    if exponent >= 0 {
        return None;
    }
    let bits = exponent.unsigned_abs();
    if digits <= EXACT_POWER {
        let power = 10_u128.pow(digits);
        let whole = shift_to_even(u128::from(significand) * power, bits);
        // From there on floats are farther apart than what is rounded off.
        return (whole < u128::from(WHOLE)).then(|| whole as f64 / power as f64);
    }
    let Ok(Power::Int(power)) = Int::from(10_u64).pow(&Int::from(u64::from(digits)), MOST_BITS) else {
        return None;
    };
    let product = Int::from(significand).mul(&power, MOST_BITS).ok()?;
    let below = Int::from(u64::from(bits) - 1);
    let twice = product.shr(&below).ok()?;
    let is_exact = twice.shl(&below, MOST_BITS).is_ok_and(|restored| restored == product);
    let twice = u64::try_from(twice.to_i64()?).ok()?;
    let (floor, is_half_or_more) = (twice / 2, twice % 2 == 1);
    let whole = floor + u64::from(is_half_or_more && (!is_exact || floor % 2 == 1));
    if whole < WHOLE { Int::from(whole).true_div(&power).ok() } else { None }
}

/// `number / 2**bits`, rounded half to even; the number has no more than 127 bits.
fn shift_to_even(number: u128, bits: u32) -> u128 {
    if bits > 127 {
        return 0;
    }
    let (whole, rest, half) = (number >> bits, number & ((1 << bits) - 1), 1 << bits >> 1);
    whole + u128::from(rest > half || rest == half && whole & 1 == 1)
}

/// `10.0 ** exponent`, correctly rounded.
fn power_of_ten(exponent: i64) -> f64 {
    match exponent {
        ..=-400 => 0.0,
        400.. => f64::INFINITY,
        // Every decimal power within these limits is valid text.
        _ => format!("1e{exponent}").parse().unwrap_or(f64::NAN),
    }
}

/// `hash(value)`. A whole number hashes as the integer of the same value; infinities and nan as zero.
///
/// Upstream's standard build hashes `int(value)`, so that all fractions below one collide; its larger builds mix the
/// fraction in, as this does.
pub fn hash_value(value: f64) -> i64 {
    if !value.is_finite() {
        return 0;
    }
    let (significand, exponent) = decompose(value.abs());
    let whole = value == libm::trunc(value);
    let word = match exponent {
        0..64 => significand << exponent,
        64.. => 0,
        _ if whole => significand.checked_shr(exponent.unsigned_abs()).unwrap_or(0),
        // A fraction equals no integer, so any word will do: spread the bits over all of it.
        _ => value.abs().to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_right(23),
    };
    let word = if value < 0.0 { word.wrapping_neg() } else { word };
    Int::Small(word as i64).hash_value()
}

/// Whether the value is a whole number.
pub fn is_integer(value: f64) -> bool {
    value.is_finite() && value == libm::trunc(value)
}

/// The value as a fraction in lowest terms, the denominator positive.
pub fn as_integer_ratio(value: f64) -> Result<(Int, Int), NumberError> {
    // Nan and infinity fail here, with the texts of `int(value)`.
    if is_integer(value) || !value.is_finite() {
        return Ok((Int::from_f64(value)?, Int::ONE));
    }
    let (significand, exponent) = decompose(value.abs());
    let twos = significand.trailing_zeros();
    let numerator = Int::from(significand >> twos);
    let denominator_bits = i64::from(exponent.unsigned_abs()) - i64::from(twos);
    let denominator = Int::ONE.shl(&Int::Small(denominator_bits), u64::MAX)?;
    Ok((if value < 0.0 { numerator.neg() } else { numerator }, denominator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::SQRT_2;

    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    #[test]
    fn division_floors() {
        let inf = f64::INFINITY;
        let cases = [
            (7.5, 2.0, 3.0, 1.5),
            (-7.5, 2.0, -4.0, 0.5),
            (7.5, -2.0, -4.0, -0.5),
            (-7.5, -2.0, 3.0, -1.5),
            (6.0, -3.0, -2.0, -0.0),
            (0.0, -3.0, -0.0, -0.0),
            (-0.0, 3.0, -0.0, 0.0),
            (1.0, 0.1, 9.0, 0.09999999999999995),
            (3.0, 0.3, 10.0, 1.1102230246251565e-16),
            (5.0, inf, 0.0, 5.0),
            (-5.0, inf, -1.0, inf),
            (inf, 2.0, f64::NAN, f64::NAN),
        ];
        for (a, b, quotient, remainder) in cases {
            let (actual_quotient, actual_remainder) = div_mod(a, b).unwrap_or((1e99, 1e99));
            assert!(same(actual_quotient, quotient), "{a} // {b} = {actual_quotient}");
            assert!(same(actual_remainder, remainder), "{a} % {b} = {actual_remainder}");
            assert!(same(modulo(a, b).unwrap_or(1e99), remainder), "{a} % {b}");
            assert!(same(floor_div(a, b).unwrap_or(1e99), quotient), "{a} // {b}");
        }
        for zero in [0.0, -0.0] {
            assert_eq!(div_mod(1.0, zero), Err(NumberError::DIVIDE_BY_ZERO));
            assert_eq!(modulo(1.0, zero), Err(NumberError::DIVIDE_BY_ZERO));
            assert_eq!(divide(1.0, zero), Err(NumberError::DIVIDE_BY_ZERO));
        }
    }

    #[test]
    fn powers() {
        let inf = f64::INFINITY;
        let cases = [
            (2.0, 0.5, SQRT_2),
            (10.0, 400.0, inf),
            (-2.0, 3.0, -8.0),
            (0.0, 0.0, 1.0),
            (f64::NAN, 0.0, 1.0),
            (1.0, f64::NAN, 1.0),
            (0.0, -inf, inf),
            (-0.5, inf, 0.0),
            (10.0, -1.0, 0.1),
            (10.0, 22.0, 1e22),
        ];
        for (a, b, expected) in cases {
            assert_eq!(pow(a, b), Ok(Power::Float(expected)), "{a} ** {b}");
        }
        assert_eq!(pow(0.0, -1.0), Err(NumberError::DIVIDE_BY_ZERO));
        assert_eq!(pow(-0.0, -0.5), Err(NumberError::DIVIDE_BY_ZERO));
        assert!(
            matches!(pow(-8.0, 0.5), Ok(Power::Complex(root)) if (root.imaginary - 8f64.powf(0.5)).abs() < 1e-12)
        );
    }

    #[test]
    fn rounding_goes_half_to_even() {
        for (value, expected) in
            [(0.5, 0), (1.5, 2), (2.5, 2), (-2.5, -2), (-3.5, -4), (1e15 + 0.5, 1_000_000_000_000_000)]
        {
            assert_eq!(round_to_int(value), Ok(Int::Small(expected)), "{value}");
        }
        assert!(round_to_int(f64::NAN).is_err());
        let cases = [
            (2.567, 2, 2.57),
            (2.675, 2, 2.67),
            (123456789.125, -5, 123500000.0),
            (1234.5, -2, 1200.0),
            (0.125, 2, 0.12),
            (1e22, 2, 1e22),
            (1.5e308, 7, 1.5e308),
            (f64::MAX, -3, f64::MAX),
            (-f64::MAX, -7, -f64::MAX),
            (f64::NEG_INFINITY, 2, f64::NEG_INFINITY),
            (-0.4, 0, -0.0),
        ];
        for (value, digits, expected) in cases {
            assert!(same(round_to_digits(value, digits), expected), "round({value}, {digits})");
        }
        for (digits, expected) in [(400, -1.5), (-400, -0.0), (i64::MAX, -1.5), (i64::MIN, -0.0)] {
            assert!(same(round_to_digits(-1.5, digits), expected), "round(-1.5, {digits})");
        }
    }

    #[test]
    fn rounding_to_decimals_is_exact() {
        // What digits there are the standard library finds in another way, exactly too.
        let by_text = |value: f64, digits: usize| format!("{value:.digits$}").parse::<f64>().unwrap_or(value);
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state.rotate_left(31) ^ state
        };
        for number in 0..20_000 {
            let significand = random() >> 12;
            let digits = (random() % [4, 10, 23, 30, 324][number % 5]) as usize;
            // Near one, near where the last digit counts, and anywhere.
            let value = match number % 3 {
                0 => significand as f64 * 1e-13,
                1 => significand as f64 * power_of_ten(-(digits as i64) - (random() % 18) as i64),
                _ => f64::from_bits(significand | (random() % 1200) << 52),
            };
            let expected = by_text(value, digits);
            assert!(same(round_to_digits(value, digits as i64), expected), "round({value:e}, {digits})");
        }
        // Halves, whose neighbour is even, and the least of all.
        for (value, digits) in
            [(0.375, 2), (0.625, 2), (2.5, 0), (0.5_f64.powi(30), 29), (5e-324, 323), (5e-324, 2)]
        {
            assert!(
                same(round_to_digits(-value, digits as i64), by_text(-value, digits)),
                "round(-{value:e}, {digits})"
            );
        }
    }

    #[test]
    fn whole_numbers_hash_as_integers() {
        let wholes = [0.0, -0.0, 1.0, -1.0, 255.0, 4503599627370497.0, 1e18, -1e18, 1e19, 1e25, -1e25, 1e300];
        for value in wholes {
            assert_eq!(Ok(hash_value(value)), Int::from_f64(value).map(|int| int.hash_value()), "{value}");
        }
        let fractions = [0.1, 0.2, 0.3, 0.4, 0.5, 1.5, -0.1, 1e-300, 5e-324];
        for (i, a) in fractions.iter().enumerate() {
            for b in &fractions[..i] {
                assert_ne!(hash_value(*a), hash_value(*b), "{a} {b}");
            }
        }
        assert_eq!(hash_value(f64::NAN), 0);
    }

    #[test]
    fn ratios() {
        let ratio = |value| as_integer_ratio(value).map(|(a, b)| (a.to_i64(), b.to_i64()));
        assert_eq!(ratio(1.5), Ok((Some(3), Some(2))));
        assert_eq!(ratio(-0.1), Ok((Some(-3602879701896397), Some(36028797018963968))));
        assert_eq!(ratio(-4.0), Ok((Some(-4), Some(1))));
        assert!(as_integer_ratio(f64::INFINITY).is_err());
        let smallest = as_integer_ratio(f64::from_bits(1)).map(|(a, b)| (a.to_i64(), b.bit_length()));
        assert_eq!(smallest, Ok((Some(1), 1075)));
    }
}
