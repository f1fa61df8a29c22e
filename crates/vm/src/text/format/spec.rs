//! How one field is to be written: `[[fill]align][sign][#][0][width][,|_][.precision][type]`.

use alloc::format;

use crate::number::Int;
use crate::number::float::{self, Notation, SignStyle, Style};
use crate::text::pad::{self, Field, Grouping, IntStyle, Side};
use crate::text::{FormatError, Sink};

/// Where a value stands in its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: the sign at the left end, the digits at the right one.
    AfterSign,
}

/// A specification, parsed. The default is the empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatSpec {
    /// What fills the field; a space if not given, a zero with `zero`.
    pub fill: Option<char>,
    /// Numbers stand at the right and text at the left if not given.
    pub align: Option<Alignment>,
    /// What stands before a number that is not negative.
    pub sign: SignStyle,
    /// `#`: show the radix.
    pub alternate: bool,
    /// The width begins with a zero: fill with zeros, in a number after the sign.
    pub zero: bool,
    /// The least number of bytes to write.
    pub width: Option<usize>,
    /// What stands between groups of digits.
    pub grouping: Option<Grouping>,
    /// Decimals, significant digits, or the most bytes to write of a text.
    pub precision: Option<usize>,
    /// One of `bcdeEfFgGnosxX%`.
    pub kind: Option<char>,
}

/// What a value is to a specification: that decides how its defaults are read.
#[derive(Clone, Copy, PartialEq)]
enum Nature {
    Number,
    Text,
}

impl FormatSpec {
    /// Parses the text of a specification, without fields nested in it.
    pub fn parse(text: &str) -> Result<FormatSpec, FormatError> {
        let mut spec = FormatSpec::default();
        let mut rest = text;
        let mut characters = rest.chars();
        if let Some(first) = characters.next() {
            if let Some(align) = alignment(first) {
                spec.align = Some(align);
                rest = characters.as_str();
            } else if let Some(align) = characters.next().and_then(alignment) {
                spec.fill = Some(first);
                spec.align = Some(align);
                rest = characters.as_str();
            }
        }
        const SIGNS: [(char, SignStyle); 3] =
            [('+', SignStyle::Plus), ('-', SignStyle::Minus), (' ', SignStyle::Space)];
        for (character, sign) in SIGNS {
            if let Some(after) = rest.strip_prefix(character) {
                spec.sign = sign;
                rest = after;
                break;
            }
        }
        if let Some(after) = rest.strip_prefix('#') {
            spec.alternate = true;
            rest = after;
        }
        spec.zero = rest.starts_with('0');
        (spec.width, rest) = number(rest);
        for (character, grouping) in [(',', Grouping::Comma), ('_', Grouping::Underscore)] {
            if let Some(after) = rest.strip_prefix(character) {
                spec.grouping = Some(grouping);
                rest = after;
                break;
            }
        }
        if let Some(after) = rest.strip_prefix('.') {
            (spec.precision, rest) = number(after);
        }
        if let Some(kind) = rest.chars().next().filter(|kind| "bcdeEfFgGnosxX%".contains(*kind)) {
            spec.kind = Some(kind);
            rest = rest.get(1..).unwrap_or_default();
        }
        if rest.is_empty() { Ok(spec) } else { Err(FormatError::Value("invalid format specifier".into())) }
    }

    /// Writes an integer (or a bool, as the integer that it is). `type_name` is the type of the value, for errors.
    pub fn write_int(&self, value: &Int, type_name: &str, sink: &mut dyn Sink) -> Result<(), FormatError> {
        self.check_sign()?;
        let field = self.field(Nature::Number);
        let (radix, uppercase) = match self.kind {
            None | Some('d' | 'n') => (10, false),
            Some('b') => (2, false),
            Some('o') => (8, false),
            Some('x') => (16, false),
            Some('X') => (16, true),
            Some('c') => return pad::write_character(value, field, sink),
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
                return self.write_float(value.to_f64(), type_name, sink);
            }
            Some(kind) => return Err(unknown(kind, type_name)),
        };
        let style = IntStyle { radix, uppercase, sign: self.sign, prefix: self.alternate, precision: 0 };
        pad::write_int(value, style, field, sink)
    }

    /// Writes a float. `type_name` is the type of the value, for errors.
    pub fn write_float(&self, value: f64, type_name: &str, sink: &mut dyn Sink) -> Result<(), FormatError> {
        self.check_sign()?;
        let (notation, uppercase) = match self.kind {
            None | Some('g' | 'n') => (Notation::General, false),
            Some('G') => (Notation::General, true),
            Some('e') => (Notation::Exponent, false),
            Some('E') => (Notation::Exponent, true),
            Some('f' | '%') => (Notation::Fixed, false),
            Some('F') => (Notation::Fixed, true),
            Some(kind) => return Err(unknown(kind, type_name)),
        };
        let percent = self.kind == Some('%');
        let value = if percent { value * 100.0 } else { value };
        let precision = precision(self.precision);
        let text = match self.kind {
            None => float::plain(value, precision, self.sign),
            Some(_) => float::format(value, Style { notation, uppercase, precision, sign: self.sign }),
        };
        pad::write_float(&text, percent, self.field(Nature::Number), sink)
    }

    /// Writes a text. `type_name` is the type of the value, for errors.
    pub fn write_str(&self, text: &str, type_name: &str, sink: &mut dyn Sink) -> Result<(), FormatError> {
        self.check_sign()?;
        if self.align == Some(Alignment::AfterSign) {
            return Err(FormatError::Value("'=' alignment not allowed in string format specifier".into()));
        }
        if let Some(kind) = self.kind.filter(|kind| *kind != 's') {
            return Err(unknown(kind, type_name));
        }
        let text = self.precision.map_or(text, |precision| pad::truncate(text, precision));
        self.field(Nature::Text).write(text, sink)
    }

    fn check_sign(&self) -> Result<(), FormatError> {
        let message = match self.kind {
            _ if self.sign == SignStyle::Minus => return Ok(()),
            Some('s') => "sign not allowed in string format specifier",
            Some('c') => "sign not allowed with integer format specifier 'c'",
            _ => return Ok(()),
        };
        Err(FormatError::Value(message.into()))
    }

    fn field(&self, nature: Nature) -> Field {
        let align = self.align.unwrap_or(match nature {
            Nature::Number if self.zero => Alignment::AfterSign,
            Nature::Number => Alignment::Right,
            Nature::Text => Alignment::Left,
        });
        Field {
            side: match align {
                Alignment::Left => Side::Left,
                Alignment::Center => Side::Center,
                Alignment::Right | Alignment::AfterSign => Side::Right,
            },
            after_sign: align == Alignment::AfterSign,
            fill: self.fill.unwrap_or(if self.zero { '0' } else { ' ' }),
            width: self.width.unwrap_or(0),
            grouping: self.grouping,
        }
    }
}

/// A precision for a float, where everything beyond some hundred is the same.
pub(crate) fn precision(precision: Option<usize>) -> Option<u32> {
    precision.map(|precision| u32::try_from(precision).unwrap_or(u32::MAX))
}

fn alignment(character: char) -> Option<Alignment> {
    match character {
        '<' => Some(Alignment::Left),
        '>' => Some(Alignment::Right),
        '^' => Some(Alignment::Center),
        '=' => Some(Alignment::AfterSign),
        _ => None,
    }
}

/// A number at the start of a text, and what follows. One too large for any memory is the largest there is.
fn number(text: &str) -> (Option<usize>, &str) {
    let (digits, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let number = if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(usize::MAX)) };
    (number, rest)
}

fn unknown(kind: char, type_name: &str) -> FormatError {
    FormatError::Value(format!("unknown format code '{kind}' for object of type '{type_name}'").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Bounded;
    use alloc::string::{String, ToString};

    fn with(spec: &str, write: impl Fn(&FormatSpec, &mut dyn Sink) -> Result<(), FormatError>) -> String {
        let mut text = String::new();
        let mut sink = Bounded::new(&mut text, 200);
        match FormatSpec::parse(spec).and_then(|spec| write(&spec, &mut sink)) {
            Ok(()) => text,
            Err(FormatError::Value(message)) => format!("!{message}"),
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn integers() {
        let cases = [
            (5, "", "5"),
            (5, "d", "5"),
            (5, "n", "5"),
            (5, "4", "   5"),
            (-5, "05", "-0005"),
            (5, "<05d", "50000"),
            (-5, "*^9d", "***-5****"),
            (5, "=+8d", "+      5"),
            (5, " d", " 5"),
            (5, "-d", "5"),
            (5, "é<3", "5éé"),
            (-5, "#b", "-0b101"),
            (8, "#o", "0o10"),
            (255, "#X", "0XFF"),
            (255, "#010x", "0x000000ff"),
            (255, "#6x", "  0xff"),
            (65, "c", "A"),
            (233, "4c", "   é"),
            (1_114_112, "c", "Overflow(\"char not in range(0x110000)\")"),
            (-1, "c", "Overflow(\"char not in range(0x110000)\")"),
            (-1_234_567, ",d", "-1,234,567"),
            (123_456, "+,d", "+123,456"),
            (1234, "010,d", "00,001,234"),
            (-1234, "08,d", "-001,234"),
            (123_456, "08,", "0,123,456"),
            (1_234_567, "012_d", "00_1_234_567"),
            (0xabcdef, "012_x", "00_00ab_cdef"),
            (0xabcdef, "012,x", "0,000,ab,cdef"),
            (1024, "_b", "100_0000_0000"),
            (5, "e", "5.000000e+00"),
            (5, ".0%", "500%"),
            (5, "s", "!unknown format code 's' for object of type 'int'"),
            (5, "+c", "!sign not allowed with integer format specifier 'c'"),
            (5, "z", "!invalid format specifier"),
            (5, "<<5", "!invalid format specifier"),
            (5, "1000000000", "Memory"),
            (5, "99999999999999999999999", "Memory"),
            (5, "099999999999999999999999,", "Memory"),
        ];
        for (value, spec, expected) in cases {
            let actual = with(spec, |spec, sink| spec.write_int(&Int::Small(value), "int", sink));
            assert_eq!(actual, expected, "{value} as {spec:?}");
        }
        let wide = Int::ONE.shl(&Int::Small(1000), 2000).unwrap_or(Int::ZERO);
        assert_eq!(with("", |spec, sink| spec.write_int(&wide, "int", sink)), "Memory");
    }

    #[test]
    fn floats() {
        let cases = [
            (1.0, "", "1.0"),
            (1.0, "10", "       1.0"),
            (0.0, "10.1", "       0.0"),
            (100.0, ".3", "1e+02"),
            (12.0, ".3", "12.0"),
            (12345.678, "+", "+12345.678"),
            (1e10, ".3", "1e+10"),
            (1e10, "G", "1E+10"),
            (1.5, "n", "1.5"),
            (-1.0, "10.3f", "    -1.000"),
            (-1.0, "010.3f", "-00001.000"),
            (1.0, "+010.3f", "+00001.000"),
            (-1.0, "=10.3f", "-    1.000"),
            (-1.0, "^10.3f", "  -1.000  "),
            (-1.0, "<10.3f", "-1.000    "),
            (1.5, "010,", "00,000,1.5"),
            (1234567.891, ",.2f", "1234567.89"),
            (0.125, "%", "12.500000%"),
            (0.125, ".0%", "13%"),
            (f64::NEG_INFINITY, "010", "-000000inf"),
            (f64::NAN, "F", "NAN"),
            (1.5, "x", "!unknown format code 'x' for object of type 'float'"),
            (1.5, "s", "!unknown format code 's' for object of type 'float'"),
            (1.5, ".f", "1.500000"),
            (1.5, ".999999999999999999999f", "1.50000000000000000000000000000"),
        ];
        for (value, spec, expected) in cases {
            let actual = with(spec, |spec, sink| spec.write_float(value, "float", sink));
            assert_eq!(actual, expected, "{value} as {spec:?}");
        }
    }

    #[test]
    fn text() {
        let cases = [
            ("ab", "", "ab"),
            ("ab", "s", "ab"),
            ("ab", "5", "ab   "),
            ("ab", "05", "ab000"),
            ("ab", ">5", "   ab"),
            ("ab", "^5", " ab  "),
            ("abc", "5.2s", "ab   "),
            ("é", "5", "é    "),
            ("éé", ".3", "éé"),
            ("éé", ".1", "é"),
            ("ab", "=5", "!'=' alignment not allowed in string format specifier"),
            ("ab", "+s", "!sign not allowed in string format specifier"),
            ("ab", "+", "ab"),
            ("ab", "d", "!unknown format code 'd' for object of type 'str'"),
            ("ab", "5.3q", "!invalid format specifier"),
        ];
        for (value, spec, expected) in cases {
            assert_eq!(
                with(spec, |spec, sink| spec.write_str(value, "str", sink)),
                expected,
                "{value:?} as {spec:?}"
            );
        }
    }

    #[test]
    fn parts() {
        let spec = FormatSpec::parse("x^+#012_.5e");
        let expected = FormatSpec {
            fill: Some('x'),
            align: Some(Alignment::Center),
            sign: SignStyle::Plus,
            alternate: true,
            zero: true,
            width: Some(12),
            grouping: Some(Grouping::Underscore),
            precision: Some(5),
            kind: Some('e'),
        };
        assert_eq!(spec, Ok(expected));
        assert_eq!(FormatSpec::parse(""), Ok(FormatSpec::default()));
        assert_eq!("12".to_string(), with("", |spec, sink| spec.write_str("12", "str", sink)));
    }
}
