//! Filling a field up to its width: what `str.format` and `%` have in common.
//!
//! Widths and precisions count characters of text and bytes of `bytes`. Padding is linear in the width, which the sink
//! bounds.

use alloc::string::String;

use super::FormatError;
use super::sink::Sink;
use crate::number::float::{FloatText, SignStyle};
use crate::number::int::{Bounds, WORD_DIGITS, word_digits};
use crate::number::{Int, NumberError};

/// Where a value stands in its field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// At the left end.
    Left,
    /// At the right end.
    #[default]
    Right,
    /// In the middle, or half a character to the left of it.
    Center,
}

/// What stands between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `,`
    Comma,
    /// `_`
    Underscore,
}

impl Grouping {
    fn character(self) -> char {
        match self {
            Grouping::Comma => ',',
            Grouping::Underscore => '_',
        }
    }

    /// How many zeros stand between separators where zeros fill a field. Upstream goes by the separator there, and by
    /// the radix among the digits.
    fn zeros(self) -> usize {
        match self {
            Grouping::Comma => 3,
            Grouping::Underscore => 4,
        }
    }
}

/// A field and what fills it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub side: Side,
    /// Whether the filling goes between the sign and the digits.
    pub after_sign: bool,
    pub fill: char,
    pub width: usize,
    pub grouping: Option<Grouping>,
}

impl Field {
    /// The field without what has been written of it already.
    fn after(self, written: usize) -> Field {
        Field { width: self.width.saturating_sub(written), ..self }
    }

    /// Writes text at its place in the field.
    pub(crate) fn write(self, text: &str, sink: &mut dyn Sink) -> Result<(), FormatError> {
        self.place(text.chars().count(), sink, |sink| sink.push_str(text))
    }

    /// Writes bytes at their place in the field.
    pub(crate) fn write_bytes(self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), FormatError> {
        self.place(bytes.len(), sink, |sink| sink.push_bytes(bytes))
    }

    /// Writes what takes `length` columns, through `push`.
    fn place(
        self,
        length: usize,
        sink: &mut dyn Sink,
        push: impl FnOnce(&mut dyn Sink) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let grouping = self.grouping.filter(|_| self.fill == '0');
        let mut width = self.width;
        let mut missing = width.saturating_sub(length);
        if let Some(grouping) = grouping
            && width > 0
            && width >= length
            && width.is_multiple_of(grouping.zeros() + 1)
        {
            // A field would begin with a separator; it gets one more zero before that.
            width = width.saturating_add(1);
            missing = missing.saturating_add(1);
        }
        let (left, right) = match self.side {
            Side::Left => (0, missing),
            Side::Right => (missing, 0),
            Side::Center => (missing / 2, missing - missing / 2),
        };
        self.fill(left, width, grouping, sink)?;
        push(sink)?;
        self.fill(right, width, grouping, sink)
    }

    fn fill(
        self,
        count: usize,
        width: usize,
        grouping: Option<Grouping>,
        sink: &mut dyn Sink,
    ) -> Result<(), FormatError> {
        let Some(grouping) = grouping else { return sink.repeat(self.fill, count) };
        sink.reserve(count)?;
        let period = grouping.zeros() + 1;
        for position in 0..count {
            let separator = position % period == width % period;
            sink.push(if separator { grouping.character() } else { '0' })?;
        }
        Ok(())
    }
}

/// How the digits of an integer are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IntStyle {
    pub radix: u32,
    pub uppercase: bool,
    pub sign: SignStyle,
    /// Whether the radix is shown: `0x`, `0o`, `0b`.
    pub prefix: bool,
    /// The least number of digits, from `%.5d`.
    pub precision: usize,
}

/// Writes an integer into a field. Bounded by the sink, which has to have room for the digits before they are made.
pub(crate) fn write_int(
    value: &Int,
    style: IntStyle,
    mut field: Field,
    sink: &mut dyn Sink,
) -> Result<(), FormatError> {
    let mut precision = style.precision;
    if field.side == Side::Right && field.fill == '0' {
        field.width = field.width.max(precision);
        precision = 0;
    }

    if let (&Int::Small(value), None, false, 0..=1) = (value, field.grouping, style.prefix, precision) {
        return write_word(value, style, field, sink);
    }
    let mut head = String::new();
    if value.is_negative() {
        head.push('-');
    } else if let Some(sign) = style.sign.character() {
        head.push(sign);
    }
    if style.prefix {
        head.push_str(match (style.radix, style.uppercase) {
            (2, false) => "0b",
            (2, true) => "0B",
            (8, false) => "0o",
            (8, true) => "0O",
            (16, false) => "0x",
            (16, true) => "0X",
            _ => "",
        });
    }
    let digits = digits(value, style, field.grouping, sink)?;

    if precision > 1 {
        // Zeros make the digits as many as asked for, and spaces fill the rest.
        let zeros = precision.saturating_sub(digits.len());
        let missing =
            field.width.saturating_sub(head.len().saturating_add(digits.len()).saturating_add(zeros));
        let left = field.side == Side::Left;
        sink.repeat(' ', if left { 0 } else { missing })?;
        sink.push_str(&head)?;
        sink.repeat('0', zeros)?;
        sink.push_str(&digits)?;
        return sink.repeat(' ', if left { missing } else { 0 });
    }
    if field.after_sign {
        sink.push_str(&head)?;
        return field.after(head.len()).write(&digits, sink);
    }
    head.try_reserve(digits.len()).map_err(|_| FormatError::Memory)?;
    head.push_str(&digits);
    field.write(&head, sink)
}

/// The same for a number of a word, without prefix, precision and separators, as most are: sign and digits fit a buffer.
fn write_word(value: i64, style: IntStyle, field: Field, sink: &mut dyn Sink) -> Result<(), FormatError> {
    let mut digits = [0; WORD_DIGITS];
    let digits = word_digits(value.unsigned_abs(), style.radix, style.uppercase, &mut digits);
    let sign = if value < 0 { Some('-') } else { style.sign.character() };
    let length = digits.len() + usize::from(sign.is_some());
    let push_sign = |sink: &mut dyn Sink| sign.map_or(Ok(()), |sign| sink.push(sign));
    if field.after_sign {
        push_sign(sink)?;
        return field.after(length - digits.len()).write(digits, sink);
    }
    field.place(length, sink, |sink| {
        push_sign(sink)?;
        sink.push_str(digits)
    })
}

/// The digits with separators between their groups: three to a group in decimal, four in other radixes.
fn digits(
    value: &Int,
    style: IntStyle,
    grouping: Option<Grouping>,
    sink: &mut dyn Sink,
) -> Result<String, FormatError> {
    let bits_per_digit = u64::from(style.radix.max(2).ilog2());
    // At least so many digits need room; what needs more than there is, is not worth the work.
    let least =
        usize::try_from(value.bit_length() / (bits_per_digit + 1)).map_err(|_| FormatError::Memory)?;
    sink.reserve(least)?;
    let mut plain = String::new();
    let bounds = Bounds { max_bits: u64::MAX, interrupt: sink.interrupt() };
    value.write_digits(style.radix, style.uppercase, bounds, &mut plain)?;
    let Some(grouping) = grouping else { return Ok(plain) };
    let group = if style.radix == 10 { 3 } else { 4 };
    let mut grouped = String::new();
    grouped.try_reserve(plain.len() + plain.len() / group).map_err(|_| FormatError::Memory)?;
    for (position, digit) in plain.chars().enumerate() {
        if position > 0 && (plain.len() - position).is_multiple_of(group) {
            grouped.push(grouping.character());
        }
        grouped.push(digit);
    }
    Ok(grouped)
}

/// Writes a float's text into a field.
pub(crate) fn write_float(
    text: &FloatText,
    percent: bool,
    field: Field,
    sink: &mut dyn Sink,
) -> Result<(), FormatError> {
    let mut text = *text;
    if percent {
        text.push(b'%');
    }
    let text = text.as_str();
    if field.after_sign && text.starts_with(['-', '+', ' ']) {
        let (sign, rest) = text.split_at(1);
        sink.push_str(sign)?;
        return field.after(1).write(rest, sink);
    }
    field.write(text, sink)
}

/// Writes the character with a given number into a field.
pub(crate) fn write_character(code: &Int, field: Field, sink: &mut dyn Sink) -> Result<(), FormatError> {
    let code = match code.to_i64() {
        Some(code) => code,
        None => return Err(NumberError::MACHINE_WORD.into()),
    };
    if !(0..0x11_0000).contains(&code) {
        return Err(FormatError::Overflow("char not in range(0x110000)".into()));
    }
    // Half of a surrogate pair is no character; upstream would write one that no decoder accepts.
    let character = u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    field.write(character.encode_utf8(&mut [0; 4]), sink)
}

/// The first `length` characters of a text.
pub(crate) fn truncate(text: &str, length: usize) -> &str {
    let end = text.char_indices().nth(length).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}
