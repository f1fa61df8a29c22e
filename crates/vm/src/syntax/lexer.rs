//! Bytes to tokens.
//!
//! One token at a time, in order, each byte seen once. The lexer alone knows what depends on where a byte stands:
//!
//! - **Indentation.** A line that is indented further than the one before gives [`TokenKind::Indent`], one that
//!   returns gives as many [`TokenKind::Dedent`]. A tab goes to the next multiple of eight, a form feed begins the
//!   line anew. Blank lines and comments give nothing, and inside brackets line ends are blanks.
//! - **F-strings.** Modes lie on a stack, so that an f-string in a field of an f-string, with whatever quotes,
//!   needs no recursion: text until a brace or the closing quote, ordinary tokens inside a field, text again in a
//!   field's format spec.
//!
//! ```text
//! f"a{b:{c}>3}d"    FStringStart Text(a) FieldOpen b FieldColon
//!                     FieldOpen c FieldClose Text(>3) FieldClose Text(d) FStringEnd
//! ```
//!
//! A text without a last line end is read as if it had one, so what is missing there is missed on the line after.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::error::{Failure, MALFORMED_FSTRING, SyntaxError};
use super::token::{StringPrefix, Token, TokenKind, keyword, symbol};
use super::tree::Position;

/// Checks that a source text is UTF-8 and takes off a byte order mark.
pub(super) fn decode(source: &[u8]) -> Result<&str, Failure> {
    let text = match core::str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let good = &source[..error.valid_up_to()];
            let line_start = good.iter().rposition(|&byte| byte == b'\n').map_or(0, |index| index + 1);
            let letters = good[line_start..].iter().filter(|&&byte| !is_continuation(byte)).count();
            let lines = good.iter().filter(|&&byte| byte == b'\n').count();
            let position = Position { line: lines as u32 + 1, column: letters as u32 + 1 };
            return Err(SyntaxError::syntax("source is not valid UTF-8", position));
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.len() >= u32::MAX as usize {
        return Err(SyntaxError::memory(Position { line: 1, column: 1 }));
    }
    Ok(text)
}

/// What the lexer stands in besides ordinary program text.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// The text of an f-string, or of a format spec in one.
    Text {
        /// How the f-string began.
        prefix: StringPrefix,
        /// Where it began.
        position: Position,
        /// Whether this is a format spec.
        spec: bool,
    },
    /// The expression of a field; `depth` is the number of open brackets just inside its brace.
    Field {
        /// See above.
        depth: u32,
    },
}

/// Gives the tokens of a source text.
pub struct Lexer<'s> {
    text: &'s str,
    source: &'s [u8],
    offset: usize,
    line: u32,
    /// Where the line begins, plus the bytes on it that do not begin a letter: what to subtract for a column.
    line_origin: usize,
    /// Whether a token of the current line was given.
    in_line: bool,
    /// Widths of the open indentations, rising, without the zero at the bottom.
    indents: Vec<u32>,
    /// How many Indent (positive) or Dedent (negative) tokens are due.
    due: i32,
    /// How many brackets are open.
    brackets: u32,
    modes: Vec<Mode>,
}

impl<'s> Lexer<'s> {
    /// Starts at the first line that is not blank, which may not be indented.
    pub fn new(text: &'s str) -> Lexer<'s> {
        let mut lexer = Lexer {
            text,
            source: text.as_bytes(),
            offset: 0,
            line: 1,
            line_origin: 0,
            in_line: false,
            indents: Vec::new(),
            due: 0,
            brackets: 0,
            modes: Vec::new(),
        };
        let width = lexer.skip_lines();
        if width > 0 {
            lexer.due = 1;
        }
        lexer
    }

    /// The source text of a token.
    pub fn text(&self, token: &Token) -> &'s str {
        self.slice(token.start, token.end)
    }

    /// The source text between two offsets.
    pub fn slice(&self, start: u32, end: u32) -> &'s str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// The next token; [`TokenKind::End`] again and again after the last.
    ///
    /// # Errors
    ///
    /// Whatever is no token: an unterminated string, an indentation that fits no open block, a letter that begins
    /// nothing.
    pub fn next_token(&mut self) -> Result<Token, Box<SyntaxError>> {
        if let Some(&Mode::Text { prefix, position, spec }) = self.modes.last() {
            return self.fstring_text(prefix, position, spec);
        }
        if self.due != 0 {
            let kind = if self.due > 0 { TokenKind::Indent } else { TokenKind::Dedent };
            self.due -= self.due.signum();
            return Ok(self.token(kind, self.offset, self.position_past_end()));
        }
        self.skip_blanks();
        let start = self.offset;
        let position = self.position();
        let Some(&byte) = self.source.get(start) else {
            // A backslash that joins nothing leaves the line without an end.
            let joined_to_nothing = self.offset == self.line_origin;
            if self.in_line && self.brackets == 0 && !joined_to_nothing {
                return self.newline();
            }
            // A field that is never closed leaves its f-string open.
            if let Some((_, opened)) = self.enclosing_fstring() {
                return Err(SyntaxError::invalid(opened));
            }
            return Ok(self.token(TokenKind::End, start, self.position_past_end()));
        };
        if byte == b'\n' || byte == b'\r' {
            return self.newline();
        }
        self.in_line = true;
        let kind = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                if matches!(byte | 0x20, b'r' | b'b' | b'f' | b'u')
                    && let Some(prefix) = StringPrefix::read(&self.source[start..])
                {
                    return self.string(prefix, start, position);
                }
                self.word()
            }
            b'\'' | b'"' => match StringPrefix::read(&self.source[start..]) {
                Some(prefix) => return self.string(prefix, start, position),
                None => return Err(SyntaxError::invalid(position)),
            },
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            _ => self.symbol(byte, position)?,
        };
        Ok(self.token(kind, start, position))
    }

    fn token(&self, kind: TokenKind, start: usize, position: Position) -> Token {
        Token { kind, position, start: start as u32, end: self.offset as u32 }
    }

    /// Where the lexer stands.
    fn position(&self) -> Position {
        Position { line: self.line, column: (self.offset - self.line_origin) as u32 + 1 }
    }

    /// Where the lexer stands, the line after if the text ends here without a line end.
    fn position_past_end(&self) -> Position {
        let unfinished = self.offset >= self.source.len()
            && self.source.last().is_some_and(|last| !matches!(last, b'\n' | b'\r'));
        if unfinished { Position { line: self.line + 1, column: 1 } } else { self.position() }
    }

    /// The byte this far ahead, 0 past the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.source.get(self.offset + ahead).copied().unwrap_or(0)
    }

    /// Steps over a line end, of one or two bytes, that begins here.
    fn step_line(&mut self) {
        self.offset += if self.peek(0) == b'\r' && self.peek(1) == b'\n' { 2 } else { 1 };
        self.line += 1;
        self.line_origin = self.offset;
    }

    /// Steps over a byte that is no line end.
    fn step(&mut self, byte: u8) {
        self.offset += 1;
        self.line_origin += usize::from(is_continuation(byte));
    }

    /// Steps to the end of the line.
    fn skip_comment(&mut self) {
        let rest = &self.source[self.offset..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        self.line_origin += rest[..length].iter().filter(|&&byte| is_continuation(byte)).count();
        self.offset += length;
    }

    /// Whether a backslash that joins two lines stands here.
    fn at_continuation(&self) -> bool {
        self.peek(0) == b'\\' && matches!(self.peek(1), b'\n' | b'\r')
    }

    /// Skips what separates tokens within a logical line.
    fn skip_blanks(&mut self) {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | 0x0B | 0x0C => self.offset += 1,
                b'#' => self.skip_comment(),
                b'\n' | b'\r' if self.brackets > 0 => self.step_line(),
                b'\\' if self.at_continuation() => {
                    self.offset += 1;
                    self.step_line();
                }
                _ => return,
            }
        }
    }

    /// Skips to the next line that is not blank, and gives the width of its indentation.
    fn skip_lines(&mut self) -> u32 {
        let mut width: u32 = 0;
        loop {
            match self.peek(0) {
                b' ' | 0x0B => width = width.saturating_add(1),
                b'\t' => width = (width / 8 + 1).saturating_mul(8),
                0x0C => width = 0,
                b'#' => {
                    self.skip_comment();
                    continue;
                }
                b'\n' | b'\r' => {
                    self.step_line();
                    width = 0;
                    continue;
                }
                b'\\' if self.at_continuation() => {
                    self.offset += 1;
                    self.step_line();
                    width = 0;
                    continue;
                }
                0 if self.offset >= self.source.len() => return 0,
                _ => return width,
            }
            self.offset += 1;
        }
    }

    /// Ends a logical line, and works out what the next one's indentation means.
    fn newline(&mut self) -> Result<Token, Failure> {
        let position = self.position();
        let token = self.token(TokenKind::Newline, self.offset, position);
        self.in_line = false;
        let width = self.skip_lines();
        if width > self.indents.last().copied().unwrap_or(0) {
            self.indents.try_reserve(1)?;
            self.indents.push(width);
            self.due = 1;
        } else {
            while self.indents.last().is_some_and(|&open| open > width) {
                self.indents.pop();
                self.due -= 1;
            }
            if self.indents.last().copied().unwrap_or(0) != width {
                return Err(SyntaxError::indentation(
                    "unindent doesn't match any outer indent level",
                    position,
                ));
            }
        }
        Ok(token)
    }

    fn word(&mut self) -> TokenKind {
        let start = self.offset;
        loop {
            match self.peek(0) {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' => self.offset += 1,
                byte @ 0x80.. => self.step(byte),
                _ => break,
            }
        }
        keyword(&self.source[start..self.offset]).unwrap_or(TokenKind::Name)
    }

    fn number(&mut self) -> TokenKind {
        let prefixed = self.peek(0) == b'0' && matches!(self.peek(1) | 0x20, b'x' | b'o' | b'b');
        let mut kind = TokenKind::Integer;
        loop {
            match self.peek(0) {
                b'e' | b'E' if !prefixed => {
                    kind = TokenKind::Float;
                    if matches!(self.peek(1), b'+' | b'-') {
                        self.offset += 1;
                    }
                }
                b'.' | b'j' | b'J' => kind = TokenKind::Float,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {}
                _ => return kind,
            }
            self.offset += 1;
        }
    }

    /// A str or bytes literal to its end, or the beginning of an f-string.
    fn string(&mut self, prefix: StringPrefix, start: usize, position: Position) -> Result<Token, Failure> {
        self.offset += prefix.length;
        if prefix.formatted {
            self.modes.try_reserve(1)?;
            self.modes.push(Mode::Text { prefix, position, spec: false });
            return Ok(self.token(TokenKind::FStringStart, start, position));
        }
        loop {
            match self.peek(0) {
                byte if byte == prefix.quote && self.at_closing_quotes(&prefix) => {
                    self.offset += prefix.quotes();
                    return Ok(self.token(TokenKind::String, start, position));
                }
                byte => self.step_in_string(byte, &prefix, position)?,
            }
        }
    }

    fn at_closing_quotes(&self, prefix: &StringPrefix) -> bool {
        !prefix.triple || (self.peek(1) == prefix.quote && self.peek(2) == prefix.quote)
    }

    /// Steps over one letter (or a backslash and what it escapes) inside a string.
    fn step_in_string(&mut self, byte: u8, prefix: &StringPrefix, position: Position) -> Result<(), Failure> {
        match byte {
            0 if self.offset >= self.source.len() => return Err(SyntaxError::invalid(position)),
            0 => return Err(SyntaxError::syntax(NUL_BYTE, self.position())),
            b'\n' | b'\r' if prefix.triple => self.step_line(),
            b'\n' | b'\r' => return Err(SyntaxError::invalid(position)),
            b'\\' => {
                self.offset += 1;
                match self.peek(0) {
                    b'\n' | b'\r' => self.step_line(),
                    // Left for the next step: the end of the text, a NUL, the brace of a field.
                    0 | b'{' | b'}' => {}
                    escaped => self.step(escaped),
                }
            }
            _ => self.step(byte),
        }
        Ok(())
    }

    /// In the text of an f-string or spec: the piece up to the next brace or quote, or that brace or quote.
    fn fstring_text(&mut self, prefix: StringPrefix, opened: Position, spec: bool) -> Result<Token, Failure> {
        let start = self.offset;
        let position = self.position();
        loop {
            let byte = self.peek(0);
            let doubled = !spec && self.peek(1) == byte;
            match byte {
                b'{' | b'}' if doubled => self.offset += 2,
                b'}' if !spec => return Err(SyntaxError::syntax(MALFORMED_FSTRING, self.position())),
                b'{' | b'}' => break,
                _ if byte == prefix.quote && self.at_closing_quotes(&prefix) => break,
                _ => self.step_in_string(byte, &prefix, opened)?,
            }
        }
        if self.offset > start {
            return Ok(self.token(TokenKind::FStringText, start, position));
        }
        match self.peek(0) {
            b'{' => {
                self.offset += 1;
                self.brackets += 1;
                self.modes.try_reserve(1)?;
                self.modes.push(Mode::Field { depth: self.brackets });
                Ok(self.token(TokenKind::FieldOpen, start, position))
            }
            b'}' => {
                self.offset += 1;
                self.modes.pop();
                self.close_field();
                Ok(self.token(TokenKind::FieldClose, start, position))
            }
            _ if spec => Err(SyntaxError::syntax(MALFORMED_FSTRING, opened)),
            _ => {
                self.offset += prefix.quotes();
                self.modes.pop();
                Ok(self.token(TokenKind::FStringEnd, start, position))
            }
        }
    }

    fn close_field(&mut self) {
        self.modes.pop();
        self.brackets = self.brackets.saturating_sub(1);
    }

    /// How the innermost f-string began, and where.
    fn enclosing_fstring(&self) -> Option<(StringPrefix, Position)> {
        self.modes.iter().rev().find_map(|mode| match *mode {
            Mode::Text { prefix, position, .. } => Some((prefix, position)),
            Mode::Field { .. } => None,
        })
    }

    /// What `:`, `!` and `}` are where they stand in no bracket within a field.
    fn field_symbol(&mut self, byte: u8) -> Result<Option<TokenKind>, Failure> {
        match byte {
            b'}' => {
                self.close_field();
                Ok(Some(TokenKind::FieldClose))
            }
            b':' => {
                if let Some((prefix, position)) = self.enclosing_fstring() {
                    self.modes.try_reserve(1)?;
                    self.modes.push(Mode::Text { prefix, position, spec: true });
                }
                Ok(Some(TokenKind::FieldColon))
            }
            b'!' if matches!(self.peek(0), b'r' | b's') && matches!(self.peek(1), b':' | b'}') => {
                self.offset += 1;
                Ok(Some(TokenKind::FieldConversion))
            }
            _ => Ok(None),
        }
    }

    /// An operator, bracket or delimiter.
    fn symbol(&mut self, first: u8, position: Position) -> Result<TokenKind, Failure> {
        self.offset += 1;
        if let Some(&Mode::Field { depth }) = self.modes.last()
            && depth == self.brackets
            && let Some(kind) = self.field_symbol(first)?
        {
            return Ok(kind);
        }
        match first {
            b'(' | b'[' | b'{' => self.brackets += 1,
            b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
            0 => return Err(SyntaxError::syntax(NUL_BYTE, position)),
            _ => {}
        }
        let (kind, length) =
            symbol([first, self.peek(0), self.peek(1)]).ok_or_else(|| SyntaxError::invalid(position))?;
        self.offset += length - 1;
        Ok(kind)
    }
}

const NUL_BYTE: &str = "source contains a NUL byte";

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}
