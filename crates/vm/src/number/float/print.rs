//! Floats as text.
//!
//! Upstream prints into a buffer of 33 characters and looks for digits in its own way; the results differ from C's
//! and CPython's, and programs see them, so the same rules hold here:
//!
//! - At first 16 significant digits at most, rounded half up. Where those do not read back as the same float, 17. So
//!   `0.932` prints as `0.9320000000000001`, because that is what 16 digits of it are, and they read back.
//! - What precision asks for beyond these digits is filled with zeros, as far as the buffer has room.
//! - `%f` of a number that has no room is written as `%g`.
//!
//! The digits come from arithmetic in 64 bits of precision, and the last of them may be off by one for numbers far
//! from one; what they read back as is computed exactly. Nothing here allocates, and the work is bounded whatever
//! the precision.

use core::fmt::Write;

use super::extended::Extended;

/// Characters in upstream's buffer, the sign among them.
const ROOM: i32 = 33;
/// As many digits as are tried at first.
const FIRST_DIGITS: i32 = 16;
/// As many digits as a mantissa may have; beyond come zeros.
const MOST_DIGITS: i32 = 19;
/// From this decimal exponent on `repr` writes an exponent.
const REPR_EXPONENT: i32 = 16;
/// Without a precision there are this many decimals (or digits, for `%g`).
const DEFAULT_PRECISION: i32 = 6;
/// A precision beyond this is the same as this one: the buffer ends long before.
const LARGEST_PRECISION: u32 = 1000;

/// The three ways to write a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `%e`: one digit, a point, decimals, an exponent.
    Exponent,
    /// `%f`: digits, a point, decimals.
    Fixed,
    /// `%g`: whichever of the two is shorter, without trailing zeros.
    General,
}

/// What stands before a number that is not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignStyle {
    /// Nothing.
    #[default]
    Minus,
    /// A plus sign.
    Plus,
    /// A space.
    Space,
}

impl SignStyle {
    /// The character, if there is one.
    pub fn character(self) -> Option<char> {
        match self {
            SignStyle::Minus => None,
            SignStyle::Plus => Some('+'),
            SignStyle::Space => Some(' '),
        }
    }
}

/// How to write a float.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// `e`, `f` or `g`.
    pub notation: Notation,
    /// `E`, `INF`, `NAN` in capitals.
    pub uppercase: bool,
    /// Decimals, or significant digits for [`Notation::General`]; six if not given.
    pub precision: Option<u32>,
    /// What stands before a number that is not negative.
    pub sign: SignStyle,
}

/// A float's text. At most 48 characters, all ASCII.
#[derive(Clone, Copy, Debug)]
pub struct FloatText {
    bytes: [u8; 48],
    length: usize,
}

impl FloatText {
    const EMPTY: FloatText = FloatText { bytes: [0; 48], length: 0 };

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Room for 48 is more than the 33 characters of which anything above makes use, so nothing is ever dropped.
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn push_str(&mut self, text: &str) {
        for byte in text.bytes() {
            self.push(byte);
        }
    }

    fn ends_with(&self, byte: u8) -> bool {
        self.as_bytes().last() == Some(&byte)
    }

    fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }
}

impl Write for FloatText {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// `repr(value)`: always with a point or an exponent, so that it reads back as a float.
pub fn repr(value: f64) -> FloatText {
    with_point(repr_bare(value))
}

/// The value without a notation asked for: as [`repr`], or in so many digits, but never like an integer.
pub fn plain(value: f64, precision: Option<u32>, sign: SignStyle) -> FloatText {
    let digits = if precision.is_none() { Digits::ThatReadBack } else { Digits::BesideAPoint };
    with_point(print(value, Notation::General, false, precision, sign, digits))
}

/// A text that might be an integer's gets a `.0`.
fn with_point(mut text: FloatText) -> FloatText {
    if !text.as_bytes().iter().any(|byte| matches!(byte, b'.' | b'e' | b'n')) {
        text.push_str(".0");
    }
    text
}

/// `repr(value)` without the `.0` of whole numbers, as the parts of a complex number are written.
pub fn repr_bare(value: f64) -> FloatText {
    print(value, Notation::General, false, None, SignStyle::Minus, Digits::ThatReadBack)
}

/// [`repr_bare`] with a plus sign where there is no minus: the second part of a complex number.
pub fn repr_signed(value: f64) -> FloatText {
    print(value, Notation::General, false, None, SignStyle::Plus, Digits::ThatReadBack)
}

/// The value in a given style.
pub fn format(value: f64, style: Style) -> FloatText {
    print(value, style.notation, style.uppercase, style.precision, style.sign, Digits::AskedFor)
}

/// Which digits are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digits {
    /// As many as the precision says.
    AskedFor,
    /// So too, and one of them comes after the point, or else there is an exponent.
    BesideAPoint,
    /// As many as it takes to read the same float.
    ThatReadBack,
}

fn print(
    value: f64,
    notation: Notation,
    uppercase: bool,
    precision: Option<u32>,
    sign: SignStyle,
    wanted: Digits,
) -> FloatText {
    let mut text = FloatText::EMPTY;
    if value.is_sign_negative() && !value.is_nan() {
        text.push(b'-');
    } else if let Some(character) = sign.character() {
        text.push(character as u8);
    }
    if !value.is_finite() {
        text.push_str(match (value.is_nan(), uppercase) {
            (true, false) => "nan",
            (true, true) => "NAN",
            (false, false) => "inf",
            (false, true) => "INF",
        });
        return text;
    }
    let magnitude = value.abs();
    if wanted == Digits::ThatReadBack && magnitude < 9e15 && magnitude == libm::trunc(magnitude) {
        // A whole number of up to 16 digits is written as it is.
        let _ = write!(text, "{}", magnitude as u64);
        return text;
    }
    let room = ROOM - text.length as i32;
    let precision = match precision {
        Some(precision) => precision.min(LARGEST_PRECISION) as i32,
        None => DEFAULT_PRECISION,
    };
    let (precision, exponent_from) = match wanted {
        Digits::ThatReadBack => (MOST_DIGITS, REPR_EXPONENT),
        Digits::AskedFor => (precision, precision.min(room - 3)),
        Digits::BesideAPoint => (precision, precision.min(room - 3) - 1),
    };
    print_finite(magnitude, notation, uppercase, precision, exponent_from, room, text)
}

/// How many digits to make of a number, and how to lay them out.
struct Layout {
    notation: Notation,
    uppercase: bool,
    /// From this decimal exponent on [`Notation::General`] writes an exponent.
    exponent_from: i32,
    /// The decimal exponent of the highest digit.
    exponent: i32,
    /// Zeros between the point and the digits, in [`Notation::Fixed`].
    leading_zeros: i32,
}

fn print_finite(
    value: f64,
    mut notation: Notation,
    uppercase: bool,
    mut precision: i32,
    exponent_from: i32,
    room: i32,
    sign: FloatText,
) -> FloatText {
    let exponent = decimal_exponent(value);
    if notation == Notation::Fixed && exponent > 0 && exponent + precision + 2 > room {
        notation = Notation::General;
        precision += 1;
    }

    let mut leading_zeros = 0;
    let mut digits = match notation {
        Notation::Exponent => precision + 1,
        Notation::General => precision.max(1),
        Notation::Fixed => {
            let decimals = precision.min(room - 3);
            if exponent >= 0 {
                decimals + exponent + 1
            } else if decimals > 2 && exponent < -2 {
                leading_zeros = (-exponent).min(decimals) - 2;
                decimals - leading_zeros
            } else {
                decimals + 1
            }
        }
    };
    let mut trailing_zeros = 0;
    if digits > MOST_DIGITS {
        // What the layout needs beside the digits: "0." and an end, or "." and an exponent.
        let beside = if notation == Notation::Fixed { 3 } else { 8 };
        trailing_zeros = (digits - MOST_DIGITS).min(room - MOST_DIGITS - beside);
        digits = MOST_DIGITS;
    }

    let layout = Layout { notation, uppercase, exponent_from, exponent, leading_zeros };
    let mut count = digits.min(FIRST_DIGITS);
    loop {
        let text = layout.write(value, count, trailing_zeros + digits - count, FloatText::EMPTY);
        let reads_back =
            || super::scan_decimal(text.as_str().as_bytes()).is_ok_and(|(read, _)| read == value);
        if count >= digits || reads_back() {
            let mut whole = sign;
            whole.push_str(text.as_str());
            return whole;
        }
        count += 1;
    }
}

impl Layout {
    /// Writes `count` digits of `value` and as many zeros as asked for.
    fn write(&self, value: f64, mut count: i32, mut zeros: i32, mut text: FloatText) -> FloatText {
        let fixed = self.notation == Notation::Fixed;
        let general = self.notation == Notation::General;
        let mut exponent = self.exponent;
        // The point comes after the digit with this number; `NO_POINT` if it is there already.
        let mut point = 0;
        let scale = match self.notation {
            Notation::Exponent | Notation::General => count - exponent - 1,
            Notation::Fixed if exponent >= 0 => {
                point = exponent;
                count - 1 - exponent
            }
            Notation::Fixed if self.leading_zeros > 0 => {
                push_small(self.leading_zeros, &mut text);
                point = NO_POINT;
                count + self.leading_zeros
            }
            Notation::Fixed => count - 1,
        };
        let mut mantissa = Extended::new(value).scaled(scale).round();
        if mantissa >= 10u64.saturating_pow(count.unsigned_abs()) {
            // Rounding made one digit more.
            if fixed {
                count += 1;
                point += i32::from(point != NO_POINT);
            } else {
                mantissa /= 10;
                exponent += 1;
            }
        }
        if general && exponent > 0 && exponent < self.exponent_from {
            point = exponent;
            if point >= count {
                zeros = point + 1 - count;
            }
            exponent = 0;
        } else if general && (-4..0).contains(&exponent) {
            push_small(-exponent - 1, &mut text);
            point = NO_POINT;
            exponent = 0;
        }

        let mut has_point = point == NO_POINT;
        for position in 0..count + zeros {
            let digit = if position < count { digit_at(mantissa, count - 1 - position) } else { 0 };
            text.push(b'0' + digit);
            if position == point && position + 1 < count + zeros {
                text.push(b'.');
                has_point = true;
            }
        }
        if general && has_point {
            while text.ends_with(b'0') {
                text.pop();
            }
            if text.ends_with(b'.') {
                text.pop();
            }
        }
        if !fixed && (exponent != 0 || self.notation == Notation::Exponent) {
            text.push(if self.uppercase { b'E' } else { b'e' });
            text.push(if exponent < 0 { b'-' } else { b'+' });
            let _ = write!(text, "{:02}", exponent.unsigned_abs());
        }
        text
    }
}

const NO_POINT: i32 = i32::MAX;

/// The beginning of a number below one.
fn push_small(zeros: i32, text: &mut FloatText) {
    text.push_str("0.");
    for _ in 0..zeros {
        text.push(b'0');
    }
}

fn digit_at(mantissa: u64, place: i32) -> u8 {
    (mantissa / 10u64.saturating_pow(place.unsigned_abs()) % 10) as u8
}

/// The decimal exponent of the highest digit: the largest power of ten, as a double, that is not above the value.
fn decimal_exponent(value: f64) -> i32 {
    if value == 0.0 {
        return 0;
    }
    // An estimate that is never too far from zero, from the binary exponent.
    let binary = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let mut exponent = (f64::from(binary) * core::f64::consts::LOG10_2) as i32;
    if value < 1.0 {
        while value < Extended::ONE.scaled(exponent).to_f64() {
            exponent -= 1;
        }
    } else {
        while value >= Extended::ONE.scaled(exponent + 1).to_f64() {
            exponent += 1;
        }
    }
    exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_as_upstream() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.932, "0.9320000000000001"),
            (0.95, "0.95"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e22, "1e+22"),
            (1e23, "1e+23"),
            (1e100, "1e+100"),
            (9007199254740993.0, "9007199254740992.0"),
            (123456789.12345679, "123456789.12345679"),
            (123456789012345678.0, "1.2345678901234568e+17"),
            (1e-4, "0.0001"),
            (1.5e-5, "1.5e-05"),
            (0.00012345678901234567, "0.00012345678901234567"),
            (5e-324, "4.940656458412465e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(repr(value).as_str(), expected);
        }
    }

    #[test]
    fn precision_as_upstream() {
        use Notation::{Exponent as E, Fixed as F, General as G};
        let cases = [
            (F, Some(0), 0.5, "1"),
            (F, Some(0), 2.5, "3"),
            (F, Some(0), 0.4, "0"),
            (F, Some(0), 0.04, "0"),
            (F, Some(1), 0.25, "0.3"),
            (F, Some(1), 0.04, "0.0"),
            (F, Some(1), 0.05, "0.1"),
            (F, Some(1), 9.96, "10.0"),
            (F, Some(2), 2.675, "2.67"),
            (F, Some(3), 0.0005, "0.001"),
            (F, Some(4), 0.00999999, "0.0100"),
            (F, None, 0.0, "0.000000"),
            (F, None, 1e22, "10000000000000000000000.000000"),
            (F, None, 1e30, "1e+30"),
            (F, Some(0), 1e20, "100000000000000000000"),
            (F, Some(3), 1e15, "1000000000000000.000"),
            (F, Some(20), 0.1, "0.10000000000000000000"),
            (F, Some(50), 0.1, "0.10000000000000000000000000000"),
            (F, Some(1_000_000_000), 0.1, "0.10000000000000000000000000000"),
            (E, Some(3), 123456.0, "1.235e+05"),
            (E, Some(0), 2.5, "3e+00"),
            (E, None, 0.0, "0.000000e+00"),
            (E, Some(30), 0.1, "1.000000000000000000000000e-01"),
            (G, None, 100000.0, "100000"),
            (G, None, 1e6, "1e+06"),
            (G, None, 999999.5, "1e+06"),
            (G, None, 0.0001, "0.0001"),
            (G, None, 0.00001, "1e-05"),
            (G, Some(25), 0.1, "0.1"),
            (G, Some(0), 3.7, "4"),
            (G, Some(1), 0.0, "0"),
            (G, Some(3), 1e10, "1e+10"),
            (G, None, 1234567.0, "1.23457e+06"),
            (G, Some(17), 0.1, "0.1"),
        ];
        for (notation, precision, value, expected) in cases {
            let style = Style { notation, uppercase: false, precision, sign: SignStyle::Minus };
            assert_eq!(format(value, style).as_str(), expected, "{notation:?} {precision:?} {value}");
        }
    }

    #[test]
    fn signs_and_capitals() {
        let style = Style {
            notation: Notation::Exponent,
            uppercase: true,
            precision: Some(1),
            sign: SignStyle::Plus,
        };
        assert_eq!(format(1e-100, style).as_str(), "+1.0E-100");
        assert_eq!(format(-1.0, style).as_str(), "-1.0E+00");
        assert_eq!(format(f64::INFINITY, style).as_str(), "+INF");
        let style = Style { sign: SignStyle::Space, ..style };
        assert_eq!(format(f64::NAN, style).as_str(), " NAN");
    }
}
