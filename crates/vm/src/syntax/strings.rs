//! What a string literal stands for: its escapes undone and its line ends made `\n`.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::{ErrorKind, Failure, INVALID_SYNTAX, SyntaxError};
use super::tree::Position;

/// How the text of a literal is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Backslashes stand for themselves.
    pub raw: bool,
    /// The text of an f-string outside its fields, where a doubled brace stands for one.
    pub doubled_braces: bool,
}

/// Adds what the inside of a `str` literal (or a piece of an f-string) stands for.
pub(super) fn append_str(out: &mut String, text: &str, style: Style, at: Position) -> Result<(), Failure> {
    out.try_reserve(text.len())?;
    let mut rest = text;
    while let Some(index) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'\r' | b'{' | b'}')) {
        out.push_str(&rest[..index]);
        let special = rest.as_bytes()[index];
        rest = &rest[index + 1..];
        match special {
            b'\r' => {
                out.push('\n');
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            b'\\' if style.raw => out.push('\\'),
            b'\\' => {
                let (escape, length) = escape(rest.as_bytes(), true, at)?;
                rest = rest.get(length..).unwrap_or("");
                match escape {
                    Escape::Value(value) => match char::from_u32(value) {
                        Some(letter) => out.push(letter),
                        None if (0xD800..0xE000).contains(&value) => {
                            return Err(SyntaxError::new(
                                ErrorKind::NotImplemented,
                                "surrogates in string literals",
                                at,
                            ));
                        }
                        None => return Err(SyntaxError::invalid(at)),
                    },
                    Escape::Nothing => {}
                    Escape::Unknown => out.push('\\'),
                }
            }
            brace => {
                out.push(brace as char);
                if style.doubled_braces && rest.as_bytes().first() == Some(&brace) {
                    rest = &rest[1..];
                }
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

/// Adds what the inside of a `bytes` literal stands for. Letters beyond ASCII stand for their UTF-8, as upstream
/// has it.
pub(super) fn append_bytes(out: &mut Vec<u8>, text: &str, raw: bool, at: Position) -> Result<(), Failure> {
    out.try_reserve(text.len())?;
    let mut rest = text.as_bytes();
    while let Some(index) = rest.iter().position(|byte| matches!(byte, b'\\' | b'\r')) {
        out.extend_from_slice(&rest[..index]);
        let special = rest[index];
        rest = &rest[index + 1..];
        if special == b'\r' {
            out.push(b'\n');
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        } else if raw {
            out.push(b'\\');
        } else {
            let (escape, length) = escape(rest, false, at)?;
            rest = rest.get(length..).unwrap_or(&[]);
            match escape {
                Escape::Value(value) => {
                    out.push(u8::try_from(value).map_err(|_| SyntaxError::invalid(at))?);
                }
                Escape::Nothing => {}
                Escape::Unknown => out.push(b'\\'),
            }
        }
    }
    out.extend_from_slice(rest);
    Ok(())
}

enum Escape {
    /// It stands for this code point or byte.
    Value(u32),
    /// It stands for nothing: the end of a line.
    Nothing,
    /// It is no escape: the backslash stands for itself, and so does what follows.
    Unknown,
}

/// Reads what follows a backslash, and says how many bytes of it belong to the escape.
fn escape(text: &[u8], unicode: bool, at: Position) -> Result<(Escape, usize), Failure> {
    let Some(&letter) = text.first() else {
        return Ok((Escape::Unknown, 0));
    };
    let simple = |value: u32| Ok((Escape::Value(value), 1));
    match letter {
        b'\n' => Ok((Escape::Nothing, 1)),
        b'\r' => Ok((Escape::Nothing, if text.get(1) == Some(&b'\n') { 2 } else { 1 })),
        b'\\' | b'\'' | b'"' => simple(u32::from(letter)),
        b'a' => simple(0x07),
        b'b' => simple(0x08),
        b't' => simple(0x09),
        b'n' => simple(0x0A),
        b'v' => simple(0x0B),
        b'f' => simple(0x0C),
        b'r' => simple(0x0D),
        b'x' => hexadecimal(text, 2, at),
        b'u' if unicode => hexadecimal(text, 4, at),
        b'U' if unicode => hexadecimal(text, 8, at),
        b'N' if unicode => Err(SyntaxError::new(ErrorKind::NotImplemented, "unicode name escapes", at)),
        b'0'..=b'7' => {
            let digits = text.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
            let (value, length) = digits
                .fold((0, 0), |(value, length), &digit| (value * 8 + u32::from(digit - b'0'), length + 1));
            Ok((Escape::Value(value), length))
        }
        _ => Ok((Escape::Unknown, 0)),
    }
}

fn hexadecimal(text: &[u8], digits: usize, at: Position) -> Result<(Escape, usize), Failure> {
    let mut value: u32 = 0;
    for index in 1..=digits {
        let digit = text.get(index).and_then(|&byte| (byte as char).to_digit(16));
        let digit = digit.ok_or_else(|| SyntaxError::syntax(INVALID_SYNTAX, at))?;
        value = (value << 4) | digit;
    }
    Ok((Escape::Value(value), digits + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(literal: &str, raw: bool, doubled_braces: bool) -> Result<String, Failure> {
        let mut out = String::new();
        append_str(&mut out, literal, Style { raw, doubled_braces }, Position::default()).map(|()| out)
    }

    #[test]
    fn str_escapes() {
        let cases = [
            ("abc", "abc"),
            (r"\n\t\\\'\a", "\n\t\\'\x07"),
            (r"\x41\u00e9\U0001F600", "Aé😀"),
            (r"\0\12\1234\8", "\0\nS4\\8"),
            (r"\q\é", "\\q\\é"),
            ("a\\\nb\\\r\nc\rd\r\ne", "abc\nd\ne"),
            ("{{}}", "{{}}"),
        ];
        for (literal, expected) in cases {
            assert_eq!(text(literal, false, false).unwrap(), expected, "{literal}");
        }
        assert_eq!(text("{{}}{{{{", false, true).unwrap(), "{}{{");
        assert_eq!(text(r"\n\'", true, false).unwrap(), r"\n\'");
    }

    #[test]
    fn str_refused() {
        for literal in [r"\x", r"\x1", r"\u123", r"\U0011FFFF", r"\xg0"] {
            assert_eq!(text(literal, false, false).unwrap_err().kind, ErrorKind::Syntax, "{literal}");
        }
        assert_eq!(text(r"\N{a}", false, false).unwrap_err().kind, ErrorKind::NotImplemented);
        assert_eq!(text(r"\ud800", false, false).unwrap_err().kind, ErrorKind::NotImplemented);
    }

    #[test]
    fn bytes_escapes() {
        let mut out = Vec::new();
        append_bytes(&mut out, r"a\xff\u1\377é", false, Position::default()).unwrap();
        assert_eq!(out, b"a\xff\\u1\xff\xc3\xa9");
        assert!(append_bytes(&mut out, r"\777", false, Position::default()).is_err());
    }
}
