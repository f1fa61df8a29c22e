//! `bytes.hex` and `bytes.fromhex`. Linear.

use alloc::string::String;
use alloc::vec::Vec;

use super::FormatError;
use super::classes::is_space;
use super::sink::{Bounded, Sink};

/// Appends two digits for each byte, `separator` between the pairs. `Memory` beyond `max_len`.
pub fn write_hex(
    bytes: &[u8],
    separator: Option<char>,
    out: &mut String,
    max_len: usize,
) -> Result<(), FormatError> {
    let mut sink = Bounded::new(out, max_len);
    sink.reserve(bytes.len().saturating_mul(2))?;
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0
            && let Some(separator) = separator
        {
            sink.push(separator)?;
        }
        for digit in [byte >> 4, byte & 15] {
            sink.push(char::from_digit(u32::from(digit), 16).unwrap_or('?'))?;
        }
    }
    Ok(())
}

/// The bytes that pairs of digits spell, with whitespace between pairs allowed.
pub fn parse_hex(text: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    out.try_reserve(text.len() / 2).map_err(|_| FormatError::Memory)?;
    let mut bytes = text.iter();
    while let Some(first) = bytes.next() {
        if is_space(*first) {
            continue;
        }
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match (digit(first), bytes.next().and_then(digit)) {
            (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
            _ => return Err(FormatError::Value("non-hex digit".into())),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let cases: [(&[u8], Option<char>, &str); 4] = [
            (b"", Some(':'), ""),
            (b"\x00\xff", None, "00ff"),
            (b"\x01\xab\x7f", Some(':'), "01:ab:7f"),
            (b"a", Some(' '), "61"),
        ];
        for (bytes, separator, expected) in cases {
            let mut text = String::new();
            assert_eq!(write_hex(bytes, separator, &mut text, 100), Ok(()));
            assert_eq!(text, expected);
            if separator != Some(':') {
                assert_eq!(parse_hex(text.as_bytes()).as_deref(), Ok(bytes));
            }
        }
        assert_eq!(parse_hex(b" aA\n 0b ").as_deref(), Ok(&b"\xaa\x0b"[..]));
        for text in ["a", "0 0", "0g", "x", "aa b"] {
            assert_eq!(
                parse_hex(text.as_bytes()),
                Err(FormatError::Value("non-hex digit".into())),
                "{text:?}"
            );
        }
        assert_eq!(write_hex(&[0; 10], None, &mut String::new(), 19), Err(FormatError::Memory));
    }
}
