//! What kind of character a byte is. Only ASCII has kinds: to `isalpha`, `upper` and their like every other
//! character is none of these, in `str` as in `bytes`.

/// Space, tab, newline, carriage return, vertical tab or form feed.
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Kinds that `str.isspace()` and its siblings ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `isspace`: all bytes are whitespace.
    Space,
    /// `isalpha`: all bytes are letters.
    Alpha,
    /// `isdigit`: all bytes are digits.
    Digit,
    /// `isupper`: there are letters, and all of them are capitals.
    Upper,
    /// `islower`: there are letters, and none of them is a capital.
    Lower,
}

/// Whether text is of a class. Empty text is of none. O(n).
pub fn is_class(text: &[u8], class: Class) -> bool {
    let cased = |wanted: fn(&u8) -> bool| {
        let mut letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).peekable();
        letters.peek().is_some() && letters.all(wanted)
    };
    match class {
        Class::Space => !text.is_empty() && text.iter().all(|byte| is_space(*byte)),
        Class::Alpha => !text.is_empty() && text.iter().all(u8::is_ascii_alphabetic),
        Class::Digit => !text.is_empty() && text.iter().all(u8::is_ascii_digit),
        Class::Upper => cased(u8::is_ascii_uppercase),
        Class::Lower => cased(u8::is_ascii_lowercase),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        let cases = [
            ("", "....."),
            (" \t\n\r\x0b\x0c", "s...."),
            ("abc", ".a..l"),
            ("ABC", ".a.u."),
            ("aB", ".a..."),
            ("12", "..d.."),
            ("A1", "...u."),
            ("a 1", "....l"),
            ("é", "....."),
            ("1 ", "....."),
        ];
        let order = [Class::Space, Class::Alpha, Class::Digit, Class::Upper, Class::Lower];
        for (text, expected) in cases {
            for (class, mark) in order.iter().zip(expected.chars()) {
                assert_eq!(is_class(text.as_bytes(), *class), mark != '.', "{text:?} {class:?}");
            }
        }
    }
}
