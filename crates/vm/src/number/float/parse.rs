//! `float("…")` and decimal literals.
//!
//! The grammar is upstream's, which takes more than CPython's: underscores anywhere, and a mantissa without digits
//! (`"."`, `"e5"`, `"_"`) is zero. So is the value, which it finds by multiplying or dividing a mantissa of 64 bits by a
//! power of ten: mostly the nearest float, rarely the one beside it. [`super::print`] finds digits in the same way, so
//! that what is read prints as it was written. O(n).

use super::extended::Extended;
use crate::number::NumberError;
use crate::text::classes;

/// `float(text)`: whitespace, a sign, `inf`, `infinity`, `nan` or a decimal number, whitespace.
pub fn parse(text: &[u8]) -> Result<f64, NumberError> {
    let (value, rest) = scan_signed(skip_space(text))?;
    if skip_space(rest.after).is_empty() && !rest.empty {
        Ok(value)
    } else {
        Err(NumberError::INVALID_NUMBER)
    }
}

/// What is left after a number.
pub(crate) struct Rest<'a> {
    /// The text behind the number.
    pub after: &'a [u8],
    /// Whether nothing was found but a sign, perhaps; the value is then zero.
    pub empty: bool,
    /// Whether there was a minus sign; the value has it already.
    pub negative: bool,
}

pub(crate) fn skip_space(text: &[u8]) -> &[u8] {
    let space = text.iter().take_while(|byte| classes::is_space(**byte)).count();
    text.get(space..).unwrap_or(&[])
}

/// A sign, and a number or the name of one.
pub(crate) fn scan_signed(text: &[u8]) -> Result<(f64, Rest<'_>), NumberError> {
    let (negative, body) = match text {
        [b'-', body @ ..] => (true, body),
        [b'+', body @ ..] => (false, body),
        body => (false, body),
    };
    let starts_with = |name: &[u8]| {
        body.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)).then_some(name.len())
    };
    let (value, length) = if let Some(length) = starts_with(b"infinity").or_else(|| starts_with(b"inf")) {
        (f64::INFINITY, length)
    } else if let Some(length) = starts_with(b"nan") {
        (f64::NAN, length)
    } else {
        scan_decimal(body)?
    };
    let value = if negative { -value } else { value };
    Ok((value, Rest { after: body.get(length..).unwrap_or(&[]), empty: length == 0, negative }))
}

/// What further digits of a mantissa are not added to: ten times more would not fit 64 bits.
const MANTISSA_LIMIT: u64 = 0x1999_9999_9999_9998;

/// Powers of ten beyond this make anything infinite, or nothing.
const EXPONENT_LIMIT: i64 = 400;

/// A mantissa in the making. Zeros wait until a digit follows that counts, so that those at the end cost no precision.
#[derive(Default)]
struct Mantissa {
    digits: u64,
    /// By which power of ten `digits` has to be multiplied for what was left out of it or comes after the point.
    power: i64,
    whole_zeros: i64,
    fraction_zeros: i64,
}

impl Mantissa {
    fn accept(&mut self, digit: u64, in_fraction: bool) {
        if digit == 0 || self.digits >= MANTISSA_LIMIT {
            *(if in_fraction { &mut self.fraction_zeros } else { &mut self.whole_zeros }) += 1;
            return;
        }
        for _ in 0..core::mem::take(&mut self.whole_zeros) {
            if !self.push(0, false) {
                self.power += 1;
            }
        }
        for _ in 0..core::mem::take(&mut self.fraction_zeros) {
            self.push(0, true);
        }
        if !self.push(digit, in_fraction) && !in_fraction {
            self.power += 1;
        }
    }

    /// Adds a digit, if there is room for it.
    fn push(&mut self, digit: u64, in_fraction: bool) -> bool {
        let room = self.digits < MANTISSA_LIMIT;
        if room {
            self.digits = self.digits * 10 + digit;
            self.power -= i64::from(in_fraction);
        }
        room
    }

    fn value(&self, exponent: i64) -> f64 {
        let exponent = exponent.saturating_add(self.power).saturating_add(self.whole_zeros);
        if self.digits == 0 || exponent < -EXPONENT_LIMIT {
            0.0
        } else if exponent > EXPONENT_LIMIT {
            f64::INFINITY
        } else {
            Extended::from_integer(self.digits).scaled(exponent as i32).to_f64()
        }
    }
}

/// Reads digits, a point, digits and an exponent from the start of `text`, as far as they go; answers the value and
/// how many bytes it took. An exponent that the text ends before is an error; no digits at all are zero.
pub fn scan_decimal(text: &[u8]) -> Result<(f64, usize), NumberError> {
    let mut position = 0;
    let mut mantissa = Mantissa::default();
    let mut point = false;
    // The digits of the exponent so far, once it has begun, and whether it is negative.
    let mut exponent: Option<i64> = None;
    let mut negative = false;
    while let Some(&byte) = text.get(position) {
        match (byte, &mut exponent) {
            (b'0'..=b'9', None) => mantissa.accept(u64::from(byte - b'0'), point),
            (b'0'..=b'9', Some(exponent)) => {
                *exponent = exponent.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
            }
            (b'_', _) => {}
            (b'.', None) if !point => point = true,
            (b'e' | b'E', None) => {
                exponent = Some(0);
                if let Some(sign @ (b'+' | b'-')) = text.get(position + 1) {
                    negative = *sign == b'-';
                    position += 1;
                }
                // Only the end of the text is an error: "1e x" has the exponent zero and goes on with " x".
                if position + 1 >= text.len() {
                    return Err(NumberError::INVALID_NUMBER);
                }
            }
            _ => break,
        }
        position += 1;
    }
    let exponent = exponent.unwrap_or(0);
    Ok((mantissa.value(if negative { -exponent } else { exponent }), position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted() {
        let inf = f64::INFINITY;
        let cases = [
            ("1", 1.0),
            ("1.", 1.0),
            (".5", 0.5),
            (".", 0.0),
            ("e5", 0.0),
            ("_", 0.0),
            ("_1", 1.0),
            ("1_0.5_", 10.5),
            ("1e_5", 1e5),
            ("1e+_5", 1e5),
            ("1e5_", 1e5),
            ("1e_", 1.0),
            ("1e ", 1.0),
            (" \t\x0b-1.5e-3\n", -1.5e-3),
            ("1E5", 1e5),
            ("-0", -0.0),
            ("1e400", inf),
            ("1e-400", 0.0),
            ("1e99999999999999999999", inf),
            ("1e-99999999999999999999", 0.0),
            ("0e99999999999999999999", 0.0),
            ("5e-324", f64::from_bits(1)),
            ("2.4703282292062327e-324", 0.0),
            ("1.7976931348623157e308", f64::MAX),
            ("9007199254740993", 9007199254740992.0),
            ("1000000000000000000000000000000e-30", 1.0),
            ("0.000000000000000000000000000001e30", 1.0),
            ("inf", inf),
            ("+INF ", inf),
            ("-Infinity", -inf),
            ("infinity ", inf),
        ];
        for (text, expected) in cases {
            let parsed = parse(text.as_bytes()).map(f64::to_bits);
            assert_eq!(parsed, Ok(expected.to_bits()), "{text:?}");
        }
        assert!(parse(b"-nan").is_ok_and(f64::is_nan));
        assert!(parse(b"NaN").is_ok_and(f64::is_nan));
    }

    #[test]
    fn refused() {
        let cases = [
            "", " ", "-", "e", "1e", "1e+", "1e-", "1e5.5", "1.2.3", "..5", "--1", "1 2", "in", "infinit",
            "nanx", "0x10", "1.5é", "x", "1e5e5", "1j",
        ];
        for text in cases {
            assert_eq!(parse(text.as_bytes()), Err(NumberError::INVALID_NUMBER), "{text:?}");
        }
    }
}
