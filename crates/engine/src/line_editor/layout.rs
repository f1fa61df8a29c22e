//! Where text is on the screen: how wide characters are, and in which row and column they end up.
//!
//! A terminal breaks a line that is longer than a row wherever the row ends. When the last column has just been
//! written, terminals differ in where they think the cursor is, until the next character comes; so whoever draws goes on
//! to the next row [there and then](Layout::leave_edge), and a place is never behind the last column.

use alloc::format;
use alloc::vec::Vec;

/// A place on the screen, counted from where the prompt begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) row: usize,
    pub(super) column: usize,
}

impl Place {
    /// Writes what takes the cursor from here to there: backspaces for short ways to the left in a row.
    pub(super) fn go_to(self, there: Place, echo: &mut Vec<u8>) {
        let mut moves = |count: usize, direction: char| {
            if count > 0 {
                echo.extend_from_slice(format!("\x1b[{count}{direction}").as_bytes());
            }
        };
        if self.row == there.row && there.column <= self.column {
            match self.column - there.column {
                near @ 0..=4 => echo.extend(core::iter::repeat_n(b'\x08', near)),
                far => moves(far, 'D'),
            }
        } else {
            moves(self.row.saturating_sub(there.row), 'A');
            moves(there.row.saturating_sub(self.row), 'B');
            moves(self.column.saturating_sub(there.column), 'D');
            moves(there.column.saturating_sub(self.column), 'C');
        }
    }
}

/// What decides about places.
#[derive(Debug)]
pub(super) struct Layout {
    /// Columns of the terminal.
    width: usize,
    prompt_columns: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Layout { width: usize::MAX, prompt_columns: 0 }
    }
}

impl Layout {
    /// Sets the terminal's width; one that is not known has no end. Says whether it has changed.
    pub(super) fn set_width(&mut self, width: Option<u16>) -> bool {
        let width = width.filter(|&width| width > 0).map_or(usize::MAX, usize::from);
        core::mem::replace(&mut self.width, width) != width
    }

    pub(super) fn set_prompt(&mut self, prompt: &str) {
        self.prompt_columns = prompt_columns(prompt);
    }

    /// Where the text begins: behind the prompt.
    pub(super) fn start(&self) -> Place {
        Place { row: self.prompt_columns / self.width, column: self.prompt_columns % self.width }
    }

    /// Where the cursor is after this text is written at a place.
    pub(super) fn advance(&self, mut place: Place, text: &str) -> Place {
        for columns in text.chars().map(columns_of) {
            if place.column + columns > self.width {
                // A wide character does not fit into what is left of the row.
                place = Place { row: place.row + 1, column: 0 };
            }
            place.column += columns;
            if place.column >= self.width {
                place = Place { row: place.row + 1, column: 0 };
            }
        }
        place
    }

    /// After text was written that ends here: goes to the next row if it filled the last one.
    pub(super) fn leave_edge(&self, end: Place, echo: &mut Vec<u8>) {
        if end.row > 0 && end.column == 0 {
            echo.extend_from_slice(b" \r");
        }
    }
}

/// How many columns a prompt takes: of several lines the last, and nothing for what sets colours.
fn prompt_columns(prompt: &str) -> usize {
    let line = prompt.rsplit(['\n', '\r']).next().unwrap_or_default();
    let mut pieces = line.split("\x1b[");
    let plain = pieces.next().unwrap_or_default();
    let after_sequences = pieces.map(|piece| {
        let parameters = piece.bytes().take_while(|byte| (0x20..0x40).contains(byte)).count();
        piece.get(parameters + 1..).unwrap_or_default()
    });
    core::iter::once(plain).chain(after_sequences).flat_map(str::chars).map(columns_of).sum()
}

#[cfg(feature = "wide-characters")]
pub(super) fn columns_of(character: char) -> usize {
    unicode_width::UnicodeWidthChar::width(character).unwrap_or(0)
}

#[cfg(not(feature = "wide-characters"))]
pub(super) fn columns_of(_character: char) -> usize {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: u16, prompt: &str) -> Layout {
        let mut layout = Layout::default();
        layout.set_width(Some(width));
        layout.set_prompt(prompt);
        layout
    }

    #[test]
    fn rows_are_filled() {
        let layout = layout(10, ">>> ");
        for (text, row, column) in
            [("", 0, 4), ("12345", 0, 9), ("123456", 1, 0), ("1234567", 1, 1), ("1234567890123456", 2, 0)]
        {
            assert_eq!(layout.advance(layout.start(), text), Place { row, column }, "{text}");
        }
    }

    #[cfg(feature = "wide-characters")]
    #[test]
    fn a_wide_character_is_not_cut() {
        let layout = layout(5, ">>> ");
        assert_eq!(layout.advance(layout.start(), "你"), Place { row: 1, column: 2 });
        assert_eq!(layout.advance(layout.start(), "a你好"), Place { row: 1, column: 4 });
    }

    #[test]
    fn a_prompt_is_as_wide_as_it_looks() {
        for (prompt, columns) in
            [(">>> ", 4), ("", 0), ("line\n$ ", 2), ("\x1b[1;31m>\x1b[0m ", 2), ("\x1b[31", 0), ("\x1b[", 0)]
        {
            assert_eq!(prompt_columns(prompt), columns, "{prompt:?}");
        }
    }

    #[test]
    fn the_narrowest_terminal_there_is() {
        let layout = layout(1, ">>> ");
        assert_eq!(layout.start(), Place { row: 4, column: 0 });
        assert_eq!(layout.advance(layout.start(), "ab").row, 6);
        // What never fits must go somewhere.
        assert!(layout.advance(layout.start(), "你").row > 4);
    }
}
