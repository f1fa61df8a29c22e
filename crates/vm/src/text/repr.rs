//! `repr` of `str`, `bytes` and `bytearray`.
//!
//! Single quotes, unless the text has single quotes and no double ones. Control characters are escaped, as is
//! everything beyond ASCII in bytes; in a `str` that is printed as it is. Linear in the text, at most four bytes out
//! for one in.

use alloc::string::String;

use super::FormatError;
use super::sink::{Bounded, Sink};

/// Appends `repr` of a `str`. `Memory` beyond `max_len` bytes in all.
pub fn write_str(text: &str, out: &mut String, max_len: usize) -> Result<(), FormatError> {
    write_quoted(text.as_bytes(), Beyond::AsIs(text), &mut Bounded::new(out, max_len))
}

/// Appends `repr` of `bytes`: `b'…'`. `Memory` beyond `max_len` bytes in all.
pub fn write_bytes(bytes: &[u8], out: &mut String, max_len: usize) -> Result<(), FormatError> {
    let sink = &mut Bounded::new(out, max_len);
    sink.push('b')?;
    write_quoted(bytes, Beyond::Escaped, sink)
}

/// Appends `repr` of a `bytearray`: `bytearray(b'…')`. `Memory` beyond `max_len` bytes in all.
pub fn write_bytearray(bytes: &[u8], out: &mut String, max_len: usize) -> Result<(), FormatError> {
    let sink = &mut Bounded::new(out, max_len);
    sink.push_str("bytearray(b")?;
    write_quoted(bytes, Beyond::Escaped, sink)?;
    sink.push(')')
}

/// Appends bytes in quotes without the `b`: how error messages show text that was refused.
pub(crate) fn write_quoted_bytes(bytes: &[u8], out: &mut String) -> Result<(), FormatError> {
    write_quoted(bytes, Beyond::Escaped, &mut Bounded::new(out, usize::MAX))
}

/// What becomes of bytes beyond ASCII.
enum Beyond<'a> {
    /// They stay: they are part of this text.
    AsIs(&'a str),
    /// They are written as `\x..`.
    Escaped,
}

fn write_quoted(bytes: &[u8], beyond: Beyond, sink: &mut dyn Sink) -> Result<(), FormatError> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    sink.push(char::from(quote))?;
    // Where the run of bytes that need no escape began.
    let mut run = 0;
    for (position, byte) in bytes.iter().enumerate() {
        let plain = match byte {
            b'\\' => false,
            b' '..=b'~' => *byte != quote,
            0x80.. => matches!(beyond, Beyond::AsIs(_)),
            _ => false,
        };
        if plain {
            continue;
        }
        push_run(bytes, &beyond, run, position, sink)?;
        run = position + 1;
        match byte {
            b'\n' => sink.push_str("\\n")?,
            b'\r' => sink.push_str("\\r")?,
            b'\t' => sink.push_str("\\t")?,
            b'\\' | b'\'' | b'"' => {
                sink.push('\\')?;
                sink.push(char::from(*byte))?;
            }
            _ => {
                sink.push_str("\\x")?;
                for digit in [byte >> 4, byte & 15] {
                    sink.push(char::from_digit(u32::from(digit), 16).unwrap_or('?'))?;
                }
            }
        }
    }
    push_run(bytes, &beyond, run, bytes.len(), sink)?;
    sink.push(char::from(quote))
}

fn push_run(
    bytes: &[u8],
    beyond: &Beyond,
    start: usize,
    end: usize,
    sink: &mut dyn Sink,
) -> Result<(), FormatError> {
    match beyond {
        // A run begins and ends beside ASCII, so it never cuts a character.
        Beyond::AsIs(text) => sink.push_str(text.get(start..end).unwrap_or_default()),
        Beyond::Escaped => sink.push_bytes(bytes.get(start..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_text() {
        let cases = [
            ("", "''"),
            ("abc", "'abc'"),
            ("it's", "\"it's\""),
            ("say \"it's\"", "'say \"it\\'s\"'"),
            ("\"", "'\"'"),
            ("a\\b", "'a\\\\b'"),
            ("\n\r\t\0\x7f\x1b", "'\\n\\r\\t\\x00\\x7f\\x1b'"),
            ("é\u{80}€😀", "'é\u{80}€😀'"),
            ("é\né", "'é\\né'"),
        ];
        for (text, expected) in cases {
            let mut out = String::new();
            assert_eq!(write_str(text, &mut out, 1000), Ok(()));
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn of_bytes() {
        let cases: [(&[u8], &str); 4] = [
            (b"", "b''"),
            (b"it's \xff\x80~\x7f", "b\"it's \\xff\\x80~\\x7f\""),
            (b"\"'", "b'\"\\''"),
            ("é".as_bytes(), "b'\\xc3\\xa9'"),
        ];
        for (bytes, expected) in cases {
            let mut out = String::new();
            assert_eq!(write_bytes(bytes, &mut out, 1000), Ok(()));
            assert_eq!(out, expected);
        }
        let mut out = String::new();
        assert_eq!(write_bytearray(b"\x01a", &mut out, 1000), Ok(()));
        assert_eq!(out, "bytearray(b'\\x01a')");
    }

    #[test]
    fn the_bound_holds() {
        let mut out = String::new();
        assert_eq!(write_bytes(&[0; 10], &mut out, 20), Err(FormatError::Memory));
        assert!(out.len() <= 20);
    }
}
