//! `float("…")` and decimal literals.
//!
//! The grammar is upstream's, which takes more than CPython's: underscores anywhere, and a mantissa without digits
//! (`"."`, `"e5"`, `"_"`) is zero. The value is the nearest float. O(n).

use alloc::string::String;

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

/// Reads digits, a point, digits and an exponent from the start of `text`, as far as they go; answers the value and
/// how many bytes it took. An exponent that the text ends before is an error; no digits at all are zero.
pub fn scan_decimal(text: &[u8]) -> Result<(f64, usize), NumberError> {
    let mut position = 0;
    let mut point = false;
    let mut digits = false;
    let mut plain = true;
    let mut exponent = false;
    while let Some(byte) = text.get(position) {
        match byte {
            b'0'..=b'9' => digits |= !exponent,
            b'_' => plain = false,
            b'.' if !point && !exponent => point = true,
            b'e' | b'E' if !exponent => {
                exponent = true;
                if let Some(b'+' | b'-') = text.get(position + 1) {
                    position += 1;
                }
                // Only the end of the text is an error: "1e x" has the exponent zero and goes on with " x".
                if position + 1 >= text.len() {
                    return Err(NumberError::INVALID_NUMBER);
                }
                plain &= text.get(position + 1).is_some_and(u8::is_ascii_digit);
            }
            _ => break,
        }
        position += 1;
    }
    if !digits {
        return Ok((0.0, position));
    }
    let body = core::str::from_utf8(text.get(..position).unwrap_or(&[])).unwrap_or_default();
    if plain {
        return Ok((body.parse().unwrap_or(f64::NAN), position));
    }
    let mut cleaned = String::new();
    cleaned.try_reserve(body.len() + 1).map_err(|_| NumberError::Memory)?;
    cleaned.extend(body.chars().filter(|character| *character != '_'));
    // An exponent without digits is zero.
    if exponent && !cleaned.ends_with(|character: char| character.is_ascii_digit()) {
        cleaned.push('0');
    }
    Ok((cleaned.parse().unwrap_or(f64::NAN), position))
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
