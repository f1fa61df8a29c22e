//! What stands before compressed data: two bytes in zlib's format; in gzip's ten bytes, and then the parts that a flag
//! among them announces. It is read byte by byte and takes no memory, however long a name is.
//!
//! ```text
//! First ──> Length ──> Skip ──> Text (name) ──> Text (comment) ──> Skip (sum) ──> known
//! ```

use super::Format;
use super::inflate::Wrong;

/// Flags of gzip's header for the parts that follow, in the order in which they do.
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const SUM: u8 = 2;

/// What is being read.
enum Part {
    /// The first ten bytes: so many are there.
    First(usize),
    /// How long the extra part is: its low byte.
    Length(Option<u8>),
    /// So many bytes that say nothing.
    Skip(u16),
    /// A text with a zero at its end.
    Text,
}

/// A header that is not whole yet.
pub struct Header {
    first: [u8; 10],
    part: Part,
    /// The flags of the parts that are still to come.
    to_come: u8,
}

impl Header {
    /// Before the first byte.
    pub fn new() -> Header {
        Header { first: [0; 10], part: Part::First(0), to_come: 0 }
    }

    /// Takes a byte; behind the last one gives the format, and the bits of the window that it asks for.
    pub fn take(&mut self, byte: u8) -> Result<Option<(Format, u8)>, Wrong> {
        match self.part {
            Part::First(count) => return self.take_first(byte, count),
            Part::Length(None) => self.part = Part::Length(Some(byte)),
            Part::Length(Some(low)) => match u16::from_le_bytes([low, byte]) {
                0 => return Ok(self.next_part()),
                length => self.part = Part::Skip(length),
            },
            Part::Skip(0 | 1) => return Ok(self.next_part()),
            Part::Skip(left) => self.part = Part::Skip(left - 1),
            Part::Text if byte == 0 => return Ok(self.next_part()),
            Part::Text => {}
        }
        Ok(None)
    }

    fn take_first(&mut self, byte: u8, count: usize) -> Result<Option<(Format, u8)>, Wrong> {
        if let Some(place) = self.first.get_mut(count) {
            *place = byte;
        }
        self.part = Part::First(count + 1);
        match (&self.first, count + 1) {
            ([0x1F, 0x8B, 8, flags, ..], 10) => {
                self.to_come = *flags;
                Ok(self.next_part())
            }
            (_, 10) => Err(Wrong::Data),
            ([0x1F, 0x8B, ..], _) | (_, 1) => Ok(None),
            ([first, second, ..], _) => {
                let is_zlib = first & 15 == 8
                    && first >> 4 <= 7
                    && u16::from_be_bytes([*first, *second]).is_multiple_of(31)
                    && second & 0x20 == 0;
                if is_zlib { Ok(Some((Format::Zlib, (first >> 4) + 8))) } else { Err(Wrong::Data) }
            }
        }
    }

    /// Goes on with the next part of gzip's header; gives the format where there is none.
    fn next_part(&mut self) -> Option<(Format, u8)> {
        let Some(flag) = [EXTRA, NAME, COMMENT, SUM].into_iter().find(|flag| self.to_come & flag != 0) else {
            return Some((Format::Gzip, 15));
        };
        self.to_come &= !flag;
        self.part = match flag {
            EXTRA => Part::Length(None),
            SUM => Part::Skip(2),
            _ => Part::Text,
        };
        None
    }
}
