//! Tokens: what the lexer gives and the parser reads.

use super::tree::{BinaryOp, Position};

/// A piece of the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it begins. A [`TokenKind::Newline`] stands at the end of the line that it ends.
    pub position: Position,
    /// Byte offset of its first byte.
    pub start: u32,
    /// Byte offset after its last byte.
    pub end: u32,
}

macro_rules! tokens {
    (plain { $($plain:ident,)* } keywords { $($keyword:ident $word:literal,)* }) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "a token is named after what it looks like")]
        pub enum TokenKind {
            $($plain,)*
            $($keyword,)*
        }

        /// The keyword that this word is.
        pub(super) fn keyword(word: &[u8]) -> Option<TokenKind> {
            if word.len() < 2 || word.len() > 9 {
                return None;
            }
            match word {
                $($word => Some(TokenKind::$keyword),)*
                _ => None,
            }
        }
    };
}

tokens! {
    plain {
        // Layout.
        End, Newline, Indent, Dedent,
        // Words and literals. A String is a whole str or bytes literal.
        Name, Integer, Float, String,
        // An f-string comes as FStringStart, then FStringText and fields in any order, then FStringEnd; a field as
        // FieldOpen, the tokens of its expression, perhaps Equal, perhaps FieldConversion, perhaps FieldColon and a
        // spec of FStringText and fields, then FieldClose.
        FStringStart, FStringText, FStringEnd, FieldOpen, FieldConversion, FieldColon, FieldClose,
        // Brackets.
        ParenOpen, ParenClose, BracketOpen, BracketClose, BraceOpen, BraceClose,
        // Delimiters.
        Comma, Semicolon, Colon, Assign, Arrow, Dot, Ellipsis, Equal,
        // Operators.
        Tilde, Plus, Minus, Star, DoubleStar, Slash, DoubleSlash, Percent, At,
        Ampersand, Pipe, Caret, LeftShift, RightShift,
        Less, Greater, LessEqual, GreaterEqual, EqualEqual, NotEqual,
        // Augmented assignment.
        PlusEqual, MinusEqual, StarEqual, DoubleStarEqual, SlashEqual, DoubleSlashEqual, PercentEqual, AtEqual,
        AmpersandEqual, PipeEqual, CaretEqual, LeftShiftEqual, RightShiftEqual,
    }
    keywords {
        False b"False", None b"None", True b"True", Debug b"__debug__",
        And b"and", As b"as", Assert b"assert", Async b"async", Await b"await", Break b"break", Class b"class",
        Continue b"continue", Def b"def", Del b"del", Elif b"elif", Else b"else", Except b"except", Finally b"finally",
        For b"for", From b"from", Global b"global", If b"if", Import b"import", In b"in", Is b"is", Lambda b"lambda",
        Nonlocal b"nonlocal", Not b"not", Or b"or", Pass b"pass", Raise b"raise", Return b"return", Try b"try",
        While b"while", With b"with", Yield b"yield",
    }
}

impl TokenKind {
    /// Whether an expression can begin with it (a starred one is not meant).
    pub fn starts_expression(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Name | Integer
                | Float
                | String
                | FStringStart
                | ParenOpen
                | BracketOpen
                | BraceOpen
                | Ellipsis
                | Tilde
                | Plus
                | Minus
                | False
                | None
                | True
                | Debug
                | Await
                | Lambda
                | Not
        )
    }

    /// The operator of an augmented assignment.
    pub(super) fn augmented(self) -> Option<BinaryOp> {
        Some(match self {
            TokenKind::PlusEqual => BinaryOp::Add,
            TokenKind::MinusEqual => BinaryOp::Subtract,
            TokenKind::StarEqual => BinaryOp::Multiply,
            TokenKind::DoubleStarEqual => BinaryOp::Power,
            TokenKind::SlashEqual => BinaryOp::TrueDivide,
            TokenKind::DoubleSlashEqual => BinaryOp::FloorDivide,
            TokenKind::PercentEqual => BinaryOp::Modulo,
            TokenKind::AtEqual => BinaryOp::MatrixMultiply,
            TokenKind::AmpersandEqual => BinaryOp::And,
            TokenKind::PipeEqual => BinaryOp::Or,
            TokenKind::CaretEqual => BinaryOp::Xor,
            TokenKind::LeftShiftEqual => BinaryOp::LeftShift,
            TokenKind::RightShiftEqual => BinaryOp::RightShift,
            _ => return None,
        })
    }
}

/// What a string literal begins with: its prefix letters and quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StringPrefix {
    /// `r`: backslashes stand for themselves.
    pub raw: bool,
    /// `b`
    pub bytes: bool,
    /// `f`
    pub formatted: bool,
    /// The quote, `'` or `"`.
    pub quote: u8,
    /// Whether the quote is tripled.
    pub triple: bool,
    /// Length of prefix letters and opening quotes.
    pub length: usize,
}

impl StringPrefix {
    /// Reads what a string literal begins with; `None` if no string literal begins here.
    pub fn read(text: &[u8]) -> Option<StringPrefix> {
        let mut prefix =
            StringPrefix { raw: false, bytes: false, formatted: false, quote: 0, triple: false, length: 0 };
        let mut plain = false;
        loop {
            let byte = *text.get(prefix.length)?;
            match byte {
                b'\'' | b'"' => {
                    prefix.quote = byte;
                    break;
                }
                b'r' | b'R' if !prefix.raw && !plain => prefix.raw = true,
                b'b' | b'B' if !prefix.bytes && !prefix.formatted && !plain => prefix.bytes = true,
                b'f' | b'F' if !prefix.bytes && !prefix.formatted && !plain => prefix.formatted = true,
                b'u' | b'U' if prefix.length == 0 => plain = true,
                _ => return None,
            }
            prefix.length += 1;
        }
        let quotes = &text[prefix.length..];
        prefix.triple = quotes.len() >= 3 && quotes[1] == prefix.quote && quotes[2] == prefix.quote;
        prefix.length += if prefix.triple { 3 } else { 1 };
        Some(prefix)
    }

    /// Length of the closing quotes.
    pub fn quotes(&self) -> usize {
        if self.triple { 3 } else { 1 }
    }
}
