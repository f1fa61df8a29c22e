//! What happened on the board, as data, and its form as one line of JSON.
//!
//! The board records changes; the LED strip, `--events`, waveforms and tests only listen. So an event holds
//! all that a listener needs (a reader of the trace should not need the board's description to know the
//! colour of LED 3) and borrows its names from the board that it came from: making one allocates nothing.
//!
//! The lines are a public format. Their keys, their order and their spelling stay as they are:
//!
//! ```text
//! {"t_us":150000,"led":3,"colour":"yellow","value":255}
//! {"t_us":150000,"pin":"X1","value":1}
//! ```

use core::fmt::{self, Write};

/// One change on a board, and when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardEvent<'board> {
    /// Microseconds since the program started, on the clock that the program sees.
    pub t_us: u64,
    /// What changed.
    pub change: Change<'board>,
}

/// What changed on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'board> {
    /// An LED got another brightness.
    Led {
        /// The number that the program knows it by, as in `pyb.LED(3)`.
        led: u16,
        /// Its colour, in lower case.
        colour: &'board str,
        /// 0 is dark, 255 fully lit.
        value: u8,
    },
    /// The level on a pin changed.
    Pin {
        /// The board's name for the pin, as in `pyb.Pin("X1")`.
        pin: &'board str,
        /// Whether the level is high.
        value: bool,
    },
}

impl BoardEvent<'_> {
    /// Writes the event as one line of JSON, newline included. Allocates nothing itself.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_json_line(&self, out: &mut impl Write) -> fmt::Result {
        write!(out, "{{\"t_us\":{},", self.t_us)?;
        match self.change {
            Change::Led { led, colour, value } => {
                write!(out, "\"led\":{led},\"colour\":")?;
                write_json_string(colour, out)?;
                write!(out, ",\"value\":{value}")?;
            }
            Change::Pin { pin, value } => {
                out.write_str("\"pin\":")?;
                write_json_string(pin, out)?;
                write!(out, ",\"value\":{}", u8::from(value))?;
            }
        }
        out.write_str("}\n")
    }
}

/// Names come from board files, which anybody may write: quotes, backslashes and control characters in them
/// must not break the line.
fn write_json_string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            control if u32::from(control) < 0x20 => write!(out, "\\u{:04x}", u32::from(control))?,
            plain => out.write_char(plain)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn line(t_us: u64, change: Change<'_>) -> String {
        let mut out = String::new();
        assert_eq!(BoardEvent { t_us, change }.write_json_line(&mut out), Ok(()));
        out
    }

    #[test]
    fn an_led_as_the_issue_spells_it() {
        assert_eq!(
            line(150_000, Change::Led { led: 3, colour: "yellow", value: 255 }),
            "{\"t_us\":150000,\"led\":3,\"colour\":\"yellow\",\"value\":255}\n"
        );
    }

    #[test]
    fn a_pin_has_levels_one_and_zero() {
        assert_eq!(
            line(0, Change::Pin { pin: "X1", value: true }),
            "{\"t_us\":0,\"pin\":\"X1\",\"value\":1}\n"
        );
        assert_eq!(
            line(u64::MAX, Change::Pin { pin: "Y12", value: false }),
            "{\"t_us\":18446744073709551615,\"pin\":\"Y12\",\"value\":0}\n"
        );
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(
            line(1, Change::Pin { pin: "a\"b\\c\nd\u{1}é", value: true }),
            "{\"t_us\":1,\"pin\":\"a\\\"b\\\\c\\u000ad\\u0001é\",\"value\":1}\n"
        );
    }
}
