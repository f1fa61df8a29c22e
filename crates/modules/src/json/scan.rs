//! The tokens of a JSON text, found in whatever part of it has been read.
//!
//! Nothing is allocated here. A token that the part may not hold whole is [`Token::More`]: the caller reads on and scans
//! again from where the token begins; [`Scanner::resume`] keeps that linear.

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// What is between the quotes.
    Text {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
        /// Whether there is an escape in it.
        escaped: bool,
    },
    /// Digits, signs, and `.`, `e` or `E` in a float.
    Number {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
        /// Whether it is a float.
        float: bool,
    },
    /// `[`
    List,
    /// `{`
    Dict,
    /// `]` or `}`
    Close,
    /// The text has ended.
    End,
    /// More of the text is needed.
    More,
    /// No JSON.
    Wrong,
}

/// How far a scan has got.
#[derive(Clone, Copy, Default)]
pub struct Scanner {
    /// Where the next token, or the space before it, begins.
    pub at: usize,
    /// How many bytes of a string or number at `at` have been looked at, where [`Token::More`] was the answer.
    resume: usize,
    /// Whether there was an escape among them, or a mark of a float.
    marked: bool,
}

/// The words, by their first letters.
const WORDS: &[(&[u8], Token)] = &[(b"null", Token::Null), (b"true", Token::True), (b"false", Token::False)];

impl Scanner {
    /// The next token of `text`; `whole` says that nothing follows it. [`Scanner::at`] moves behind the token.
    pub fn next(&mut self, text: &[u8], whole: bool) -> Token {
        let rest = text.get(self.at..).unwrap_or(&[]);
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':');
        self.at += rest.iter().position(|byte| !space(byte)).unwrap_or(rest.len());
        let rest = text.get(self.at..).unwrap_or(&[]);
        let token = match rest.first() {
            None if whole => return Token::End,
            None => return Token::More,
            Some(b'"') => return self.string(rest, whole),
            Some(b'-' | b'0'..=b'9') => return self.number(rest, whole),
            Some(b'[') => Token::List,
            Some(b'{') => Token::Dict,
            Some(b']' | b'}') => Token::Close,
            Some(_) => return self.word(rest, whole),
        };
        self.at += 1;
        token
    }

    fn word(&mut self, rest: &[u8], whole: bool) -> Token {
        for &(word, token) in WORDS {
            if rest.starts_with(word) {
                self.at += word.len();
                return token;
            }
            if !whole && word.starts_with(rest) {
                return Token::More;
            }
        }
        Token::Wrong
    }

    fn string(&mut self, rest: &[u8], whole: bool) -> Token {
        let mut at = self.resume.max(1);
        loop {
            let tail = rest.get(at..).unwrap_or(&[]);
            match tail.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0)) {
                Some(length) => at += length,
                None => return self.wait(rest.len(), whole),
            }
            match rest[at] {
                b'"' => {
                    let token = Token::Text { start: self.at + 1, end: self.at + at, escaped: self.marked };
                    self.pass(at + 1);
                    return token;
                }
                b'\\' if at + 1 < rest.len() => {
                    self.marked = true;
                    at += 2;
                }
                b'\\' => return self.wait(at, whole),
                _ => return Token::Wrong,
            }
        }
    }

    fn number(&mut self, rest: &[u8], whole: bool) -> Token {
        let mut at = self.resume;
        loop {
            match rest.get(at) {
                Some(b'.' | b'e' | b'E') => self.marked = true,
                Some(b'0'..=b'9' | b'+' | b'-') => {}
                None if !whole => return self.wait(at, whole),
                _ => break,
            }
            at += 1;
        }
        let token = Token::Number { start: self.at, end: self.at + at, float: self.marked };
        self.pass(at);
        token
    }

    fn wait(&mut self, looked_at: usize, whole: bool) -> Token {
        self.resume = looked_at;
        if whole { Token::Wrong } else { Token::More }
    }

    /// Goes on behind a token of this length.
    fn pass(&mut self, length: usize) {
        self.at += length;
        self.resume = 0;
        self.marked = false;
    }

    /// Forgets the text before the next token, of which there are this many bytes.
    pub fn rebase(&mut self) -> usize {
        core::mem::take(&mut self.at)
    }

    /// Whether nothing but space follows: `None` where that cannot be told yet.
    pub fn at_end(&mut self, text: &[u8], whole: bool) -> Option<bool> {
        let rest = text.get(self.at..).unwrap_or(&[]);
        match rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')) {
            Some(length) => {
                self.at += length;
                // Upstream takes a zero for the end of the text.
                Some(text.get(self.at) == Some(&0))
            }
            None => {
                self.at += rest.len();
                whole.then_some(true)
            }
        }
    }
}

/// Why the inside of a string is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadText {
    /// It is no JSON.
    Syntax,
    /// It is not made of whole characters.
    Characters,
}

/// Gives the inside of a string without its escapes, piece by piece.
pub fn unescape(inside: &[u8], mut give: impl FnMut(&[u8])) -> Result<(), BadText> {
    let mut rest = inside;
    while let Some(length) = rest.iter().position(|&byte| byte == b'\\') {
        give(&rest[..length]);
        rest = &rest[length + 1..];
        let Some((&letter, tail)) = rest.split_first() else { return Err(BadText::Syntax) };
        rest = tail;
        let plain = match letter {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let character = escaped_character(&mut rest)?;
                give(character.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            letter => letter,
        };
        give(&[plain]);
    }
    give(rest);
    Ok(())
}

/// The character of the digits behind `\u`, and of a second escape where the first is half of a pair.
fn escaped_character(rest: &mut &[u8]) -> Result<char, BadText> {
    let first = four_digits(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Ok(character);
    }
    let Some(mut tail) = rest.strip_prefix(b"\\u") else { return Err(BadText::Characters) };
    let second = four_digits(&mut tail)?;
    if first >= 0xDC00 || !(0xDC00..0xE000).contains(&second) {
        return Err(BadText::Characters);
    }
    *rest = tail;
    let joined = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    char::from_u32(joined).ok_or(BadText::Characters)
}

fn four_digits(rest: &mut &[u8]) -> Result<u32, BadText> {
    let (digits, tail) = rest.split_at_checked(4).ok_or(BadText::Syntax)?;
    let mut number = 0;
    for &digit in digits {
        let digit = char::from(digit).to_digit(16).ok_or(BadText::Syntax)?;
        number = number << 4 | digit;
    }
    *rest = tail;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The tokens of a text that arrives byte by byte.
    fn tokens(text: &[u8]) -> Vec<Token> {
        let mut scanner = Scanner::default();
        let mut found = Vec::new();
        let mut read = 0;
        loop {
            match scanner.next(&text[..read], read == text.len()) {
                Token::More => read += 1,
                token @ (Token::End | Token::Wrong) => {
                    found.push(token);
                    return found;
                }
                token => found.push(token),
            }
        }
    }

    #[test]
    fn byte_by_byte() {
        let text = br#"{"a\"b": [1, -2.5e3, true,null , false]}"#;
        let expected = [
            Token::Dict,
            Token::Text { start: 2, end: 6, escaped: true },
            Token::List,
            Token::Number { start: 10, end: 11, float: false },
            Token::Number { start: 13, end: 19, float: true },
            Token::True,
            Token::Null,
            Token::False,
            Token::Close,
            Token::Close,
            Token::End,
        ];
        assert_eq!(tokens(text), expected);
        assert_eq!(tokens(b"\"a\\"), [Token::Wrong]);
        assert_eq!(tokens(b"nul"), [Token::Wrong]);
    }

    #[test]
    fn escapes() {
        let text = |inside: &[u8]| {
            let mut text = Vec::new();
            unescape(inside, |piece| text.extend_from_slice(piece)).map(|()| text)
        };
        assert_eq!(text(br"a\n\u00e9\/").as_deref(), Ok("a\né/".as_bytes()));
        assert_eq!(text(br"\ud83d\ude00").as_deref(), Ok("😀".as_bytes()));
        assert_eq!(text(br"\ud83d"), Err(BadText::Characters));
        assert_eq!(text(br"\ude00\ud83d"), Err(BadText::Characters));
        assert_eq!(text(br"\u12"), Err(BadText::Syntax));
        assert_eq!(text(br"\u12g4"), Err(BadText::Syntax));
    }
}
