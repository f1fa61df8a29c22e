//! Integers as text: `int("…", radix)` and digits in any radix.
//!
//! Both directions take O(n) for a radix that is a power of two and O(n²) for any other, which is why both take
//! [`Bounds`].

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use num_bigint::{BigInt, Sign};

use super::{Bounds, Int, long};
use crate::number::NumberError;
use crate::text::{classes, repr};

/// The largest radix that has digits: 0 to 9, a to z.
pub const LARGEST_RADIX: u32 = 36;

impl Int {
    /// `int(text, radix)`: whitespace, a sign, a prefix that suits the radix (`0x`, `0o`, `0b`), digits and
    /// underscores anywhere among them, whitespace. Radix 0 takes the radix from the prefix, 10 without one, and
    /// then refuses leading zeros. `Memory` for text too long for the bounds.
    ///
    /// Upstream refuses underscores in numbers beyond 62 bits, which is an oversight; here they are accepted.
    pub fn parse<'a>(text: &[u8], radix: i64, bounds: impl Into<Bounds<'a>>) -> Result<Int, NumberError> {
        let mut radix = match u32::try_from(radix) {
            Ok(radix @ (0 | 2..=LARGEST_RADIX)) => radix,
            _ => return Err(NumberError::Value("int() arg 2 must be >= 2 and <= 36".into())),
        };
        let text = text.trim_ascii_start_as_python();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let body = strip_prefix(text, &mut radix);

        let mut small: i64 = 0;
        let mut fits = true;
        let mut length = 0;
        for byte in body {
            if *byte == b'_' {
                length += 1;
                continue;
            }
            let Some(digit) = digit_value(*byte, radix) else { break };
            length += 1;
            if fits {
                match small
                    .checked_mul(i64::from(radix))
                    .and_then(|scaled| scaled.checked_sub(i64::from(digit)))
                {
                    // Counted downwards, because there is one more negative number than positive ones.
                    Some(next) => small = next,
                    None => fits = false,
                }
            }
        }
        let (digits, rest) = body.split_at(length);
        if digits.is_empty() || !rest.trim_ascii_start_as_python().is_empty() {
            return Err(invalid_syntax(body, radix));
        }
        if fits {
            return Ok(if negative { Int::Small(small) } else { Int::Small(small).neg() });
        }
        parse_big(digits, radix, negative, bounds.into())
    }

    /// The digits of the magnitude, most significant first, appended to `out`. `radix` from 2 to 36; `Memory` for a
    /// number beyond the bounds.
    pub fn write_digits<'a>(
        &self,
        radix: u32,
        uppercase: bool,
        bounds: impl Into<Bounds<'a>>,
        out: &mut String,
    ) -> Result<(), NumberError> {
        let radix = radix.clamp(2, LARGEST_RADIX);
        match self {
            Int::Small(small) => {
                let mut buffer = [0; WORD_DIGITS];
                let digits = word_digits(small.unsigned_abs(), radix, uppercase, &mut buffer);
                out.try_reserve(digits.len()).map_err(|_| NumberError::Memory)?;
                out.push_str(digits);
                Ok(())
            }
            Int::Big(big) => {
                let bounds = bounds.into();
                bounds.fits(big.bits())?;
                let mut digits = long::to_digits(big.to_big().magnitude(), radix, bounds)?;
                for digit in &mut digits {
                    *digit = digit_character(*digit, uppercase);
                }
                push_ascii(&digits, out)
            }
        }
    }

    /// The number in a radix from 2 to 36 with lower-case digits and a minus sign: `str(self)` for radix 10.
    pub fn to_text<'a>(&self, radix: u32, bounds: impl Into<Bounds<'a>>) -> Result<String, NumberError> {
        let mut text = String::new();
        if self.is_negative() {
            text.push('-');
        }
        self.write_digits(radix, false, bounds, &mut text)?;
        Ok(text)
    }
}

/// The most digits that a word has.
pub const WORD_DIGITS: usize = 64;

/// The digits of a word in a radix from 2 to 36, written at the end of a buffer.
pub fn word_digits(word: u64, radix: u32, uppercase: bool, buffer: &mut [u8; WORD_DIGITS]) -> &str {
    let mut rest = word;
    let mut start = buffer.len();
    for place in buffer.iter_mut().rev() {
        let digit;
        // Division by a number known here needs no division.
        (rest, digit) = match radix {
            10 => (rest / 10, rest % 10),
            16 => (rest / 16, rest % 16),
            _ => (rest / u64::from(radix.max(2)), rest % u64::from(radix.max(2))),
        };
        *place = digit_character(digit as u8, uppercase);
        start -= 1;
        if rest == 0 {
            break;
        }
    }
    core::str::from_utf8(buffer.get(start..).unwrap_or_default()).unwrap_or_default()
}

/// Python's idea of whitespace has the vertical tab, which the standard library's ASCII one lacks.
trait TrimStart {
    fn trim_ascii_start_as_python(&self) -> &Self;
}

impl TrimStart for [u8] {
    fn trim_ascii_start_as_python(&self) -> &[u8] {
        let space = self.iter().take_while(|byte| classes::is_space(**byte)).count();
        self.get(space..).unwrap_or(&[])
    }
}

/// Cuts off a prefix that belongs to the radix, and settles radix 0. A leading zero without one leaves radix 1,
/// in which only zeros are digits.
fn strip_prefix<'a>(text: &'a [u8], radix: &mut u32) -> &'a [u8] {
    const PREFIXES: [(u8, u32); 3] = [(b'x', 16), (b'o', 8), (b'b', 2)];
    if let [b'0', letter, rest @ ..] = text {
        for (prefix, its_radix) in PREFIXES {
            if letter.to_ascii_lowercase() == prefix && (*radix == 0 || *radix == its_radix) {
                *radix = its_radix;
                return rest;
            }
        }
        if *radix == 0 {
            *radix = 1;
        }
    } else if *radix == 0 {
        *radix = 10;
    }
    text
}

fn parse_big(digits: &[u8], radix: u32, negative: bool, bounds: Bounds<'_>) -> Result<Int, NumberError> {
    let mut values = Vec::new();
    values.try_reserve_exact(digits.len()).map_err(|_| NumberError::Memory)?;
    values.extend(digits.iter().filter_map(|byte| digit_value(*byte, radix)).skip_while(|digit| *digit == 0));
    // Each digit after the first brings at least this many bits.
    let bits_per_digit = u64::from(radix.ilog2());
    bounds.fits((values.len() as u64).saturating_sub(1).saturating_mul(bits_per_digit))?;
    let magnitude = long::from_digits(&values, radix, bounds)?;
    bounds.fits(magnitude.bits())?;
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Ok(Int::from_big(BigInt::from_biguint(sign, magnitude)))
}

fn digit_value(byte: u8, radix: u32) -> Option<u8> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'z' => byte - b'a' + 10,
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => return None,
    };
    (u32::from(value) < radix).then_some(value)
}

fn digit_character(value: u8, uppercase: bool) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ if uppercase => b'A' + (value - 10),
        _ => b'a' + (value - 10),
    }
}

fn push_ascii(digits: &[u8], out: &mut String) -> Result<(), NumberError> {
    out.try_reserve(digits.len()).map_err(|_| NumberError::Memory)?;
    out.push_str(core::str::from_utf8(digits).unwrap_or_default());
    Ok(())
}

/// The text shows what follows sign and prefix, as bytes; the radix is the one that the digits were read in.
fn invalid_syntax(body: &[u8], radix: u32) -> NumberError {
    let radix = if radix == 1 { 0 } else { radix };
    let mut message = format!("invalid syntax for integer with base {radix}: ");
    if repr::write_quoted_bytes(body, &mut message).is_err() {
        return NumberError::Memory;
    }
    NumberError::Value(Cow::Owned(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const BOUND: u64 = 1 << 16;

    #[test]
    fn accepted() {
        let cases = [
            ("0", 10, "0"),
            ("-0", 10, "0"),
            (" \t\n\x0b\x0c\r+12 \x0b", 10, "12"),
            ("_1", 10, "1"),
            ("_", 10, "0"),
            ("1__2_", 10, "12"),
            ("0x_ff", 16, "255"),
            ("ff", 16, "255"),
            ("0XfF", 0, "255"),
            ("0b101", 0, "5"),
            ("0b101", 2, "5"),
            ("0b101", 16, "45313"),
            ("0o17", 0, "15"),
            ("00", 0, "0"),
            ("0_", 0, "0"),
            ("007", 10, "7"),
            ("zZ", 36, "1295"),
            ("9223372036854775807", 10, "9223372036854775807"),
            ("-9223372036854775808", 10, "-9223372036854775808"),
            ("-9223372036854775809", 10, "-9223372036854775809"),
            ("1_000_000_000_000_000_000_000", 0, "1000000000000000000000"),
            ("0xffff_ffff_ffff_ffff_f", 0, "295147905179352825855"),
            ("0000000000000000000000000000000000000001", 10, "1"),
        ];
        for (text, radix, expected) in cases {
            let parsed = Int::parse(text.as_bytes(), radix, BOUND).and_then(|int| int.to_text(10, BOUND));
            assert_eq!(parsed.as_deref(), Ok(expected), "{text:?} in {radix}");
        }
    }

    #[test]
    fn refused() {
        let cases = [
            ("", 10, "10: ''"),
            ("-", 10, "10: ''"),
            ("", 0, "10: ''"),
            ("0x", 16, "16: ''"),
            (" 12 x", 10, "10: '12 x'"),
            ("12a", 10, "10: '12a'"),
            ("01", 0, "0: '01'"),
            ("0x1", 10, "10: '0x1'"),
            ("--1", 10, "10: '-1'"),
            ("it's", 10, "10: \"it's\""),
            ("é1", 10, "10: '\\xc3\\xa91'"),
            ("1 2", 10, "10: '1 2'"),
            ("999999999999999999999999 x", 10, "10: '999999999999999999999999 x'"),
        ];
        for (text, radix, expected) in cases {
            let message = format!("invalid syntax for integer with base {expected}");
            assert_eq!(
                Int::parse(text.as_bytes(), radix, BOUND),
                Err(NumberError::Value(message.into())),
                "{text:?}"
            );
        }
        for radix in [1, 37, -1, i64::MAX, i64::MIN] {
            let message = "int() arg 2 must be >= 2 and <= 36".into();
            assert_eq!(Int::parse(b"1", radix, BOUND), Err(NumberError::Value(message)));
        }
        let long = "9".repeat(30_000);
        assert_eq!(Int::parse(long.as_bytes(), 10, BOUND), Err(NumberError::Memory));
    }

    #[test]
    fn written_in_every_radix() {
        let cases = [
            (0, 2, "0"),
            (i64::MIN, 2, "-1000000000000000000000000000000000000000000000000000000000000000"),
            (-255, 16, "-ff"),
            (1295, 36, "zz"),
            (i64::MAX, 10, "9223372036854775807"),
        ];
        for (number, radix, expected) in cases {
            assert_eq!(Int::Small(number).to_text(radix, BOUND), Ok(expected.to_string()));
        }
        let wide = Int::ONE.shl(&Int::Small(100), BOUND).unwrap_or(Int::ZERO);
        assert_eq!(wide.to_text(10, BOUND), Ok("1267650600228229401496703205376".to_string()));
        assert_eq!(wide.neg().to_text(16, BOUND), Ok("-10000000000000000000000000".to_string()));
        assert_eq!(wide.to_text(10, 64), Err(NumberError::Memory));
    }
}
