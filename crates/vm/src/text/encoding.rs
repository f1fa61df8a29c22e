//! `bytes.decode` and `str.encode`. Linear.

use alloc::format;
use alloc::string::String;

use super::sink::{Bounded, Sink};

/// An encoding that programs can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `"utf-8"` or `"utf8"`.
    Utf8,
    /// `"ascii"`.
    Ascii,
}

/// What to do with bytes that are not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// `UnicodeError`.
    Fail,
    /// Leave them out.
    Ignore,
    /// Put U+FFFD in their place.
    Replace,
}

/// Why bytes could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// `UnicodeError`, without a text.
    Unicode,
    /// `MemoryError`.
    Memory,
}

impl Encoding {
    /// An encoding by its name, in letters of either case (as in CPython; boards take any name); otherwise the text of
    /// the `LookupError`.
    pub fn named(name: &str) -> Result<Encoding, String> {
        let known = [
            ("utf-8", Encoding::Utf8),
            ("utf8", Encoding::Utf8),
            ("utf_8", Encoding::Utf8),
            ("ascii", Encoding::Ascii),
            ("us-ascii", Encoding::Ascii),
        ];
        match known.into_iter().find(|(spelled, _)| spelled.eq_ignore_ascii_case(name)) {
            Some((_, encoding)) => Ok(encoding),
            None => Err(format!("unknown encoding: {name}")),
        }
    }

    /// Whether the bytes are text in this encoding.
    pub fn accepts(self, bytes: &[u8]) -> bool {
        match self {
            Encoding::Utf8 => core::str::from_utf8(bytes).is_ok(),
            Encoding::Ascii => bytes.is_ascii(),
        }
    }
}

impl OnInvalid {
    /// By the name of an error handler; unknown ones fail.
    pub fn named(name: &str) -> OnInvalid {
        match name {
            "ignore" => OnInvalid::Ignore,
            "replace" => OnInvalid::Replace,
            _ => OnInvalid::Fail,
        }
    }
}

/// Decodes bytes, appending to `out`. `Memory` beyond `max_len`.
pub fn decode(
    bytes: &[u8],
    encoding: Encoding,
    on_invalid: OnInvalid,
    out: &mut String,
    max_len: usize,
) -> Result<(), DecodeError> {
    let mut sink = Bounded::new(out, max_len);
    let memory = |_| DecodeError::Memory;
    if encoding.accepts(bytes) {
        return sink.push_bytes(bytes).map_err(memory);
    }
    if on_invalid == OnInvalid::Fail {
        return Err(DecodeError::Unicode);
    }
    for chunk in bytes.utf8_chunks() {
        let mut invalid = usize::from(!chunk.invalid().is_empty());
        match encoding {
            Encoding::Utf8 => sink.push_str(chunk.valid()).map_err(memory)?,
            Encoding::Ascii => {
                // Each byte of a character beyond ASCII is invalid by itself.
                for byte in chunk.valid().bytes() {
                    if byte.is_ascii() {
                        sink.push(char::from(byte)).map_err(memory)?;
                    } else if on_invalid == OnInvalid::Replace {
                        sink.push(char::REPLACEMENT_CHARACTER).map_err(memory)?;
                    }
                }
                invalid = chunk.invalid().len();
            }
        }
        if on_invalid == OnInvalid::Replace {
            sink.repeat(char::REPLACEMENT_CHARACTER, invalid).map_err(memory)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        use Encoding::{Ascii, Utf8};
        use OnInvalid::{Fail, Ignore, Replace};
        type Case = (&'static [u8], Encoding, OnInvalid, Result<&'static str, DecodeError>);
        let cases: [Case; 10] = [
            ("aé".as_bytes(), Utf8, Fail, Ok("aé")),
            ("aé".as_bytes(), Ascii, Fail, Err(DecodeError::Unicode)),
            ("aéb".as_bytes(), Ascii, Ignore, Ok("ab")),
            ("aéb".as_bytes(), Ascii, Replace, Ok("a\u{fffd}\u{fffd}b")),
            (b"ab", Ascii, Fail, Ok("ab")),
            (b"a\xffb", Utf8, Fail, Err(DecodeError::Unicode)),
            (b"a\xffb", Utf8, Ignore, Ok("ab")),
            (b"a\xffb", Utf8, Replace, Ok("a\u{fffd}b")),
            (b"a\xe2\x82", Utf8, Replace, Ok("a\u{fffd}")),
            (b"\xff\xfe", Ascii, Replace, Ok("\u{fffd}\u{fffd}")),
        ];
        for (bytes, encoding, on_invalid, expected) in cases {
            let mut out = String::new();
            let result = decode(bytes, encoding, on_invalid, &mut out, 100).map(|()| out.as_str());
            assert_eq!(result, expected, "{bytes:?} {encoding:?} {on_invalid:?}");
        }
        assert_eq!(decode(b"abc", Utf8, Fail, &mut String::new(), 2), Err(DecodeError::Memory));
        assert_eq!(Encoding::named("utf-16"), Err("unknown encoding: utf-16".into()));
        for name in ["utf8", "utf-8", "UTF-8", "Utf_8"] {
            assert_eq!(Encoding::named(name), Ok(Utf8));
        }
        assert_eq!(Encoding::named("ASCII"), Ok(Ascii));
        assert_eq!(OnInvalid::named("strict"), Fail);
    }
}
