//! What a number literal stands for.
//!
//! As upstream has it, the lexer takes any run of letters, digits, dots and underscores that begins like a number,
//! underscores may stand anywhere after the first digit, and it is here that `1x`, `0777` and `1.2.3` are refused.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::tree::ExprKind;

/// Reads an integer literal.
pub(super) fn integer(text: &str) -> Result<ExprKind, Cow<'static, str>> {
    let text = without_underscores(text);
    let bytes = text.as_bytes();
    let (radix, digits) = match bytes {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        // A leading zero is octal in some languages: only zero itself may have it.
        [b'0', _, ..] if bytes.iter().any(|&byte| byte != b'0') => return Err(invalid_integer(0, &text)),
        _ => (10, &*text),
    };
    let mut value: Option<i64> = Some(0);
    for &byte in digits.as_bytes() {
        let digit = (byte as char).to_digit(radix).ok_or_else(|| invalid_integer(radix, digits))?;
        value = value
            .and_then(|value| value.checked_mul(i64::from(radix)))
            .and_then(|value| value.checked_add(i64::from(digit)));
    }
    match value {
        _ if digits.is_empty() => Err(invalid_integer(radix, digits)),
        Some(value) => Ok(ExprKind::Int(value)),
        None => {
            let mut owned = String::new();
            owned.try_reserve_exact(digits.len()).map_err(|_| "memory allocation failed")?;
            owned.push_str(digits);
            Ok(ExprKind::BigInt(owned.into_boxed_str(), radix))
        }
    }
}

/// Reads a float or imaginary literal.
pub(super) fn float(text: &str) -> Result<ExprKind, Cow<'static, str>> {
    let text = without_underscores(text);
    let (digits, imaginary) = match text.strip_suffix(['j', 'J']) {
        Some(digits) => (digits, true),
        None => (&*text, false),
    };
    // What is allowed is stricter than in `float("…")`; the value is the same.
    match (digits.parse::<f64>(), crate::number::float::scan_decimal(digits.as_bytes())) {
        (Ok(_), Ok((value, _))) if imaginary => Ok(ExprKind::Imaginary(value)),
        (Ok(_), Ok((value, _))) => Ok(ExprKind::Float(value)),
        _ => Err("invalid syntax for number".into()),
    }
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.chars().filter(|&letter| letter != '_').collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn invalid_integer(radix: u32, digits: &str) -> Cow<'static, str> {
    format!("invalid syntax for integer with base {radix}: '{digits}'").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn literals() {
        let cases = [
            ("0", "Int(0)"),
            ("000", "Int(0)"),
            ("0_0", "Int(0)"),
            ("1__0_", "Int(10)"),
            ("0XfF", "Int(255)"),
            ("0o17", "Int(15)"),
            ("0B11", "Int(3)"),
            ("9223372036854775807", "Int(9223372036854775807)"),
            ("9223372036854775808", "BigInt(\"9223372036854775808\", 10)"),
            ("0x8000_0000_0000_0000", "BigInt(\"8000000000000000\", 16)"),
        ];
        for (text, expected) in cases {
            assert_eq!(format!("{:?}", integer(text).unwrap()), expected, "{text}");
        }
        let cases = [
            ("1.", "Float(1.0)"),
            (".5", "Float(0.5)"),
            ("1.e2", "Float(100.0)"),
            ("1_0.5_0e1_0", "Float(105000000000.0)"),
            ("1e400", "Float(inf)"),
            ("3j", "Imaginary(3.0)"),
            ("1.5e1J", "Imaginary(15.0)"),
        ];
        for (text, expected) in cases {
            assert_eq!(format!("{:?}", float(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn refused() {
        let cases = [
            ("1if", "invalid syntax for integer with base 10: '1if'"),
            ("0777", "invalid syntax for integer with base 0: '0777'"),
            ("0_1", "invalid syntax for integer with base 0: '01'"),
            ("0x", "invalid syntax for integer with base 16: ''"),
            ("0b12", "invalid syntax for integer with base 2: '12'"),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text).unwrap_err(), expected);
        }
        for text in ["1.2.3", "1e", "1e+", "1j2", "1.real", "."] {
            assert_eq!(float(text).unwrap_err(), "invalid syntax for number", "{text}");
        }
    }
}
