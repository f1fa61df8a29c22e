//! The `%` operator of `str` and `bytes`: the template, and the application of a field to a converted value.
//!
//! The virtual machine walks a [`Template`]; each [`Field`] says which argument it takes (by position, or by key from
//! a mapping) and what that argument has to become: an integer, a float, a character, or text by `str()` or `repr()`.
//! With that and the resolved width and precision, one of the `write_…` methods appends it. Errors come from left to
//! right as upstream's do. Templates are bytes, because `bytes` have the operator too; ranges into them are cut
//! beside ASCII, so that they cut no character of a `str`.

use alloc::format;
use core::ops::Range;

use super::FormatError;
use super::format::Side;
use super::pad::{self, IntStyle};
use super::sink::Sink;
use crate::number::Int;
use crate::number::float::{self, Notation, SignStyle, Style};

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of the template that stand for themselves.
    Literal(Range<usize>),
    /// Something to be replaced.
    Field(Field),
}

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Given in the template.
    Given(usize),
    /// `*`: the argument at this position, an integer. A negative one is the same as none.
    Argument(usize),
}

/// Which value a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The argument at this position, which exists.
    Position(usize),
    /// The value in the mapping for the key that these bytes of the template spell: `KeyError` if there is none.
    Key(Range<usize>),
}

/// What a field's value has to become before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `%d %i %u`: an integer, or a float cut to one; see [`Field::write_int`].
    IntOrFloat,
    /// `%x %X %o`: an integer; see [`Field::write_int`].
    Int,
    /// `%e %f %g`: a float; see [`Field::write_float`].
    Float,
    /// `%c`: an integer or a text of one character; see [`Field::write_code`] and [`Field::write_character`].
    Character,
    /// `%s`: its `str()`, but raw bytes for `bytes` in a template of bytes; see [`Field::write_text`].
    Str,
    /// `%r`: its `repr()`; see [`Field::write_text`].
    Repr,
}

/// `%(key)flags width.precision conversion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which value it takes.
    pub source: Source,
    /// What the value has to become.
    pub wanted: Wanted,
    /// The least number of bytes to write.
    pub width: Count,
    /// Digits, decimals, or the most bytes to write of a text.
    pub precision: Option<Count>,
    left: bool,
    sign: SignStyle,
    alternate: bool,
    zero: bool,
    conversion: u8,
}

/// The pieces of a template, and behind them, perhaps, the error that arguments are left over.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    bytes: &'a [u8],
    position: usize,
    arguments: usize,
    used: usize,
    mapping: bool,
    finished: bool,
}

impl<'a> Template<'a> {
    /// A template with so many positional arguments. A single value that is no tuple is one argument; a mapping is
    /// one too, and allows keys.
    pub fn new(bytes: &'a [u8], arguments: usize, mapping: bool) -> Template<'a> {
        Template { bytes, position: 0, arguments, used: 0, mapping, finished: false }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn skip_if(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.position += usize::from(found);
        found
    }

    fn next_argument(&mut self) -> Result<usize, FormatError> {
        if self.used >= self.arguments {
            return Err(FormatError::Type("format string needs more arguments".into()));
        }
        self.used += 1;
        Ok(self.used - 1)
    }

    fn number(&mut self) -> usize {
        let mut number = 0usize;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            self.position += 1;
        }
        number
    }

    fn count(&mut self) -> Result<Count, FormatError> {
        Ok(if self.skip_if(b'*') {
            Count::Argument(self.next_argument()?)
        } else {
            Count::Given(self.number())
        })
    }

    fn key(&mut self) -> Result<Range<usize>, FormatError> {
        if !self.mapping {
            return Err(FormatError::Type("format needs a dict".into()));
        }
        // The mapping is the one argument, and now it is used.
        self.used = 1;
        let start = self.position;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == b')') else {
            return Err(FormatError::Value("incomplete format key".into()));
        };
        self.position = start + length + 1;
        Ok(start..start + length)
    }

    /// What follows a percent sign.
    fn field(&mut self) -> Result<Field, FormatError> {
        let key = if self.skip_if(b'(') { Some(self.key()?) } else { None };
        let (mut left, mut sign, mut alternate, mut zero) = (false, SignStyle::Minus, false, false);
        loop {
            match self.peek() {
                Some(b'-') => left = true,
                Some(b'+') => sign = SignStyle::Plus,
                // A plus sign is stronger, whichever comes first.
                Some(b' ') if sign == SignStyle::Minus => sign = SignStyle::Space,
                Some(b' ') => {}
                Some(b'#') => alternate = true,
                Some(b'0') => zero = true,
                _ => break,
            }
            self.position += 1;
        }
        let width = self.count()?;
        let precision = if self.skip_if(b'.') && self.peek().is_some() { Some(self.count()?) } else { None };
        let Some(conversion) = self.peek() else {
            return Err(FormatError::Value("incomplete format".into()));
        };
        let source = match key {
            Some(key) => Source::Key(key),
            None => Source::Position(self.next_argument()?),
        };
        let wanted = match conversion {
            b'd' | b'i' | b'u' => Wanted::IntOrFloat,
            b'o' | b'x' | b'X' => Wanted::Int,
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => Wanted::Float,
            b'c' => Wanted::Character,
            b's' => Wanted::Str,
            b'r' => Wanted::Repr,
            _ => return Err(self.unsupported()),
        };
        self.position += 1;
        Ok(Field { source, wanted, width, precision, left, sign, alternate, zero, conversion })
    }

    fn unsupported(&self) -> FormatError {
        let byte = self.peek().unwrap_or(0);
        // In a text, the whole character.
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let character = rest
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next())
            .unwrap_or(char::REPLACEMENT_CHARACTER);
        FormatError::Value(
            format!("unsupported format character '{character}' (0x{byte:x}) at index {}", self.position)
                .into(),
        )
    }

    fn next_piece(&mut self) -> Result<Option<Piece>, FormatError> {
        let start = self.position;
        let rest = self.bytes.get(start..).unwrap_or_default();
        if rest.is_empty() {
            // A mapping need not be used.
            if !self.mapping && self.used != self.arguments {
                return Err(FormatError::Type("format string didn't convert all arguments".into()));
            }
            return Ok(None);
        }
        let literal = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        self.position = start + literal;
        if literal > 0 {
            return Ok(Some(Piece::Literal(start..self.position)));
        }
        self.position += 1;
        match self.peek() {
            None => Err(FormatError::Value("incomplete format".into())),
            Some(b'%') => {
                self.position += 1;
                Ok(Some(Piece::Literal(start..start + 1)))
            }
            Some(_) => Ok(Some(Piece::Field(self.field()?))),
        }
    }
}

impl Iterator for Template<'_> {
    type Item = Result<Piece, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let piece = self.next_piece();
        self.finished = !matches!(piece, Ok(Some(_)));
        piece.transpose()
    }
}

impl Field {
    /// Writes an integer, for [`Wanted::Int`] and [`Wanted::IntOrFloat`].
    pub fn write_int(
        &self,
        value: &Int,
        width: usize,
        precision: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<(), FormatError> {
        let (radix, uppercase) = match self.conversion {
            b'o' => (8, false),
            b'x' => (16, false),
            b'X' => (16, true),
            _ => (10, false),
        };
        let style = IntStyle {
            radix,
            uppercase,
            sign: self.sign,
            prefix: self.alternate,
            precision: precision.unwrap_or(0),
        };
        pad::write_int(value, style, self.number_field(width), sink)
    }

    /// Writes a float, for [`Wanted::Float`].
    pub fn write_float(
        &self,
        value: f64,
        width: usize,
        precision: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<(), FormatError> {
        let notation = match self.conversion.to_ascii_lowercase() {
            b'e' => Notation::Exponent,
            b'f' => Notation::Fixed,
            _ => Notation::General,
        };
        let style = Style {
            notation,
            uppercase: self.conversion.is_ascii_uppercase(),
            precision: precision.map(|precision| u32::try_from(precision).unwrap_or(u32::MAX)),
            sign: self.sign,
        };
        pad::write_float(&float::format(value, style), false, self.number_field(width), sink)
    }

    /// Writes text, for [`Wanted::Str`] and [`Wanted::Repr`].
    pub fn write_text(
        &self,
        text: &str,
        width: usize,
        precision: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<(), FormatError> {
        let text = precision.map_or(text, |precision| pad::truncate(text, precision));
        self.text_field(width).write(text, sink)
    }

    /// Writes raw bytes: `b"%s" % b"…"`.
    pub fn write_bytes(
        &self,
        bytes: &[u8],
        width: usize,
        precision: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<(), FormatError> {
        let bytes = precision.and_then(|precision| bytes.get(..precision)).unwrap_or(bytes);
        self.text_field(width).write_bytes(bytes, sink)
    }

    /// Writes the character with a number, for [`Wanted::Character`] and an integer (or bool).
    pub fn write_code(&self, code: &Int, width: usize, sink: &mut dyn Sink) -> Result<(), FormatError> {
        pad::write_character(code, self.text_field(width), sink)
    }

    /// Writes a text that is one character, for [`Wanted::Character`] and a `str`.
    pub fn write_character(&self, text: &str, width: usize, sink: &mut dyn Sink) -> Result<(), FormatError> {
        if text.chars().nth(1).is_some() || text.is_empty() {
            return Err(FormatError::Type("%c needs int or char".into()));
        }
        self.text_field(width).write(text, sink)
    }

    /// What `%c` of anything but an integer or a text comes to.
    pub fn not_a_character() -> FormatError {
        FormatError::Type("integer needed".into())
    }

    fn number_field(&self, width: usize) -> pad::Field {
        pad::Field {
            side: if self.left { Side::Left } else { Side::Right },
            after_sign: self.zero,
            fill: if self.zero { '0' } else { ' ' },
            width,
            grouping: None,
        }
    }

    fn text_field(&self, width: usize) -> pad::Field {
        pad::Field { after_sign: false, fill: ' ', ..self.number_field(width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Bounded;
    use alloc::string::{String, ToString};

    enum Value {
        Int(i64),
        Float(f64),
        Text(&'static str),
    }
    use Value::{Float, Int as Integer, Text};

    /// Formats as the virtual machine does, with arguments that are converted already.
    fn percent(template: &str, arguments: &[Value]) -> String {
        let mut text = String::new();
        match format_into(template, arguments, &mut Bounded::new(&mut text, 100)) {
            Ok(()) => text,
            Err(FormatError::Value(message)) => format!("ValueError: {message}"),
            Err(FormatError::Type(message)) => format!("TypeError: {message}"),
            Err(FormatError::Overflow(message)) => format!("OverflowError: {message}"),
            Err(other) => format!("{other:?}"),
        }
    }

    fn format_into(template: &str, arguments: &[Value], sink: &mut dyn Sink) -> Result<(), FormatError> {
        let count = |count| match count {
            Count::Given(count) => Some(count),
            Count::Argument(position) => match arguments[position] {
                Integer(count) => usize::try_from(count).ok(),
                _ => None,
            },
        };
        for piece in Template::new(template.as_bytes(), arguments.len(), false) {
            let field = match piece? {
                Piece::Literal(range) => {
                    sink.push_str(&template[range])?;
                    continue;
                }
                Piece::Field(field) => field,
            };
            let Source::Position(position) = field.source else { continue };
            let width = count(field.width).unwrap_or(0);
            let precision = field.precision.and_then(count);
            match (field.wanted, &arguments[position]) {
                (Wanted::Int | Wanted::IntOrFloat, Integer(value)) => {
                    field.write_int(&Int::Small(*value), width, precision, sink)?;
                }
                (Wanted::Float, Float(value)) => field.write_float(*value, width, precision, sink)?,
                (Wanted::Character, Integer(code)) => field.write_code(&Int::Small(*code), width, sink)?,
                (Wanted::Character, Text(text)) => field.write_character(text, width, sink)?,
                (_, Text(text)) => field.write_text(text, width, precision, sink)?,
                _ => return Err(Field::not_a_character()),
            }
        }
        Ok(())
    }

    #[test]
    fn written() {
        let cases: [(&str, &[Value], &str); 45] = [
            ("", &[], ""),
            ("a%%é", &[], "a%é"),
            ("%d-%i-%u", &[Integer(1), Integer(-2), Integer(3)], "1--2-3"),
            ("%5d|", &[Integer(3)], "    3|"),
            ("%-5d|", &[Integer(3)], "3    |"),
            ("%-05d|", &[Integer(3)], "30000|"),
            ("%+05d", &[Integer(3)], "+0003"),
            ("% d", &[Integer(3)], " 3"),
            ("% +d", &[Integer(3)], "+3"),
            ("%05.3d", &[Integer(5)], "00005"),
            ("%-8.3d|", &[Integer(-5)], "-005    |"),
            ("%8.3d", &[Integer(-5)], "    -005"),
            ("%+.3d", &[Integer(5)], "+005"),
            ("%.0d", &[Integer(0)], "0"),
            ("%#x", &[Integer(255)], "0xff"),
            ("%#X", &[Integer(255)], "0XFF"),
            ("%#o", &[Integer(8)], "0o10"),
            ("%#d", &[Integer(8)], "8"),
            ("%#08x", &[Integer(255)], "0x0000ff"),
            ("%#.4x", &[Integer(-255)], "-0x00ff"),
            ("%*d|", &[Integer(5), Integer(1)], "    1|"),
            ("%*d|", &[Integer(-5), Integer(1)], "1|"),
            ("%.*f", &[Integer(2), Float(1.0)], "1.00"),
            ("%.*f", &[Integer(-2), Float(1.0)], "1.000000"),
            ("%.f", &[Float(2.5)], "3"),
            ("%08.2f", &[Float(-1.5)], "-0001.50"),
            ("%-8.2f|", &[Float(-1.5)], "-1.50   |"),
            ("%G", &[Float(1e-10)], "1E-10"),
            ("%5.1s|", &[Text("abc")], "    a|"),
            ("%05s", &[Text("a")], "    a"),
            ("%5s", &[Text("é")], "    é"),
            ("%c%c", &[Integer(233), Text("é")], "éé"),
            ("%4c", &[Integer(97)], "   a"),
            ("%c", &[Text("ab")], "TypeError: %c needs int or char"),
            ("%c", &[Float(1.5)], "TypeError: integer needed"),
            ("%c", &[Integer(-1)], "OverflowError: char not in range(0x110000)"),
            ("%d", &[], "TypeError: format string needs more arguments"),
            ("%*d", &[Integer(1)], "TypeError: format string needs more arguments"),
            ("%5%", &[], "TypeError: format string needs more arguments"),
            ("%d", &[Integer(1), Integer(2)], "TypeError: format string didn't convert all arguments"),
            ("%", &[Integer(1)], "ValueError: incomplete format"),
            ("%5", &[Integer(1)], "ValueError: incomplete format"),
            ("%.", &[Integer(1)], "ValueError: incomplete format"),
            ("ab%q", &[Integer(1)], "ValueError: unsupported format character 'q' (0x71) at index 3"),
            ("%(a)d", &[Integer(1)], "TypeError: format needs a dict"),
        ];
        for (template, arguments, expected) in cases {
            assert_eq!(percent(template, arguments), expected, "{template:?}");
        }
        assert_eq!(percent("%1000000000d", &[Integer(1)]), "Memory");
        assert_eq!(percent("%.1000000000d", &[Integer(1)]), "Memory");
        assert_eq!(percent("%99999999999999999999999s", &[Text("a")]), "Memory");
    }

    #[test]
    fn mappings() {
        let sources = |template: &str| -> Result<alloc::vec::Vec<String>, FormatError> {
            Template::new(template.as_bytes(), 1, true)
                .filter_map(|piece| match piece {
                    Ok(Piece::Literal(_)) => None,
                    Ok(Piece::Field(field)) => Some(Ok(match field.source {
                        Source::Key(range) => template[range].to_string(),
                        Source::Position(position) => position.to_string(),
                    })),
                    Err(error) => Some(Err(error)),
                })
                .collect()
        };
        assert_eq!(sources("%(a)d %(b c)5s"), Ok(alloc::vec!["a".to_string(), "b c".to_string()]));
        assert_eq!(sources("nothing"), Ok(alloc::vec![]));
        assert_eq!(sources("%s"), Ok(alloc::vec!["0".to_string()]));
        assert_eq!(sources("%(a"), Err(FormatError::Value("incomplete format key".into())));
        assert_eq!(sources("%(a)"), Err(FormatError::Value("incomplete format".into())));
        let more = Err(FormatError::Type("format string needs more arguments".into()));
        assert_eq!(sources("%(a)d %d"), more);
    }

    #[test]
    fn bytes() {
        let mut out = alloc::vec::Vec::new();
        let mut sink = Bounded::new(&mut out, 100);
        for piece in Template::new(b"%5.2s", 1, false) {
            if let Ok(Piece::Field(field)) = piece {
                assert_eq!(field.precision, Some(Count::Given(2)));
                assert_eq!(field.write_bytes(b"\xff\xfe\xfd", 5, Some(2), &mut sink), Ok(()));
            }
        }
        assert_eq!(out, b"   \xff\xfe");
    }
}
