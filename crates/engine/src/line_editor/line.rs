//! The line being edited: its text, its cursor, and what has to be drawn again after a change.
//!
//! What must always hold: the cursor lies on the boundary of a *cluster* (a character with the marks that
//! combine with it), so that one step of it is one step on the screen. Every edit returns a [`Redraw`];
//! [`Line::draw`] turns it into the same bytes that MicroPython's terminals get, backspaces for short ways
//! and `ESC [ n D` for long ones. Like there, a line longer than the terminal is wide is edited correctly
//! but drawn untidily.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// What an edit changed on the screen: go back so many columns, then draw from byte `from` on.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct Redraw {
    back_columns: usize,
    from: usize,
    extent: Extent,
}

/// How much there is to draw.
#[derive(Debug, Default)]
enum Extent {
    /// Up to the cursor: it moved, the text is what it was.
    #[default]
    Cursor,
    /// All the rest; columns that the text no longer fills are erased.
    Tail { old_columns: usize },
}

/// Text with a cursor in it.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    cursor: usize,
}

impl Line {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn before_cursor(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Empties the line and gives what it held.
    pub(super) fn take(&mut self) -> String {
        self.cursor = 0;
        core::mem::take(&mut self.text)
    }

    pub(super) fn insert(&mut self, text: &str) -> Redraw {
        let redraw = self.tail_redraw(self.cursor);
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // A combining mark may have joined the cluster behind the cursor to the one before it.
        while !self.starts_cluster(self.cursor) {
            self.cursor = self.next();
        }
        redraw
    }

    pub(super) fn replace(&mut self, text: &str) -> Redraw {
        let redraw = self.tail_redraw(0);
        self.text.clear();
        self.text.push_str(text);
        self.cursor = text.len();
        redraw
    }

    pub(super) fn delete(&mut self, range: Range<usize>) -> Redraw {
        let redraw = self.tail_redraw(range.start);
        self.cursor = range.start;
        self.text.replace_range(range, "");
        redraw
    }

    /// Takes spaces off the end, where the cursor stands. They need no erasing: they show nothing.
    pub(super) fn unindent(&mut self, spaces: usize) -> Redraw {
        let kept = self.text.len().saturating_sub(spaces);
        let redraw =
            Redraw { back_columns: self.columns(kept..self.cursor), from: kept, extent: Extent::Cursor };
        self.text.truncate(kept);
        self.cursor = kept;
        redraw
    }

    pub(super) fn move_to(&mut self, position: usize) -> Redraw {
        let redraw = Redraw {
            back_columns: self.columns(position..self.cursor),
            from: position.min(self.cursor),
            extent: Extent::Cursor,
        };
        self.cursor = position;
        redraw
    }

    /// Redraws the line from the cursor on, with nothing changed.
    pub(super) fn redraw_tail(&self) -> Redraw {
        self.tail_redraw(self.cursor)
    }

    fn tail_redraw(&self, from: usize) -> Redraw {
        Redraw {
            back_columns: self.columns(from..self.cursor),
            from,
            extent: Extent::Tail { old_columns: columns(&self.text) },
        }
    }

    fn columns(&self, range: Range<usize>) -> usize {
        // An empty or reversed range is no way at all.
        self.text.get(range).map_or(0, columns)
    }

    /// The start of the cluster before the cursor.
    pub(super) fn previous(&self) -> usize {
        let before = self.before_cursor();
        before.char_indices().rev().find(|(_, character)| columns_of(*character) > 0).map_or(0, |(at, _)| at)
    }

    /// The end of the cluster after the cursor.
    pub(super) fn next(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        let next = rest.char_indices().skip(1).find(|(_, character)| columns_of(*character) > 0);
        next.map_or(self.text.len(), |(at, _)| self.cursor + at)
    }

    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    /// Where the word before the cursor begins: first over what is no word, then over the word.
    pub(super) fn word_left(&self) -> usize {
        let before = self.before_cursor().trim_end_matches(|c| !is_word(c));
        let mut start = before.trim_end_matches(is_word).len();
        while start > 0 && !self.starts_cluster(start) {
            start -= 1;
        }
        start
    }

    /// Where the word after the cursor ends.
    pub(super) fn word_right(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        let mut end =
            self.text.len() - rest.trim_start_matches(|c| !is_word(c)).trim_start_matches(is_word).len();
        while !self.starts_cluster(end) {
            end += 1;
        }
        end
    }

    /// Whether the cursor may stand there. It may at the end.
    fn starts_cluster(&self, position: usize) -> bool {
        self.text
            .get(position..)
            .is_some_and(|rest| rest.chars().next().is_none_or(|next| columns_of(next) > 0))
    }

    /// How far a backspace goes: a whole step of indentation while there is nothing but indentation.
    pub(super) fn backspace_start(&self) -> usize {
        let before = self.before_cursor();
        if before.len() >= super::INDENT.len() && before.bytes().all(|byte| byte == b' ') {
            before.len() - super::INDENT.len()
        } else {
            self.previous()
        }
    }

    /// Writes what brings the screen up to date after an edit.
    pub(super) fn draw(&self, redraw: &Redraw, echo: &mut Vec<u8>) {
        move_back(redraw.back_columns, echo);
        let end = match redraw.extent {
            Extent::Cursor => self.cursor,
            Extent::Tail { old_columns } => {
                if columns(&self.text) < old_columns {
                    echo.extend_from_slice(b"\x1b[K");
                }
                self.text.len()
            }
        };
        echo.extend_from_slice(self.text.get(redraw.from..end).unwrap_or_default().as_bytes());
        move_back(self.columns(self.cursor..end), echo);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric()
}

fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

#[cfg(feature = "wide-characters")]
pub(super) fn columns_of(character: char) -> usize {
    unicode_width::UnicodeWidthChar::width(character).unwrap_or(0)
}

#[cfg(not(feature = "wide-characters"))]
pub(super) fn columns_of(_character: char) -> usize {
    1
}

fn move_back(columns: usize, echo: &mut Vec<u8>) {
    use alloc::format;
    match columns {
        0..=4 => echo.extend(core::iter::repeat_n(b'\x08', columns)),
        far => echo.extend_from_slice(format!("\x1b[{far}D").as_bytes()),
    }
}
