//! The line being edited: its text, its cursor, and what has to be drawn again after a change.
//!
//! What must always hold: the cursor lies on the boundary of a *cluster* (a character with the marks that
//! combine with it), so that one step of it is one step on the screen. Every edit returns a [`Redraw`];
//! [`Line::draw`] turns it into bytes: those that MicroPython's terminals get, as long as prompt and text fit into one
//! row of the terminal, or its width is not known; else such as move between the rows that the [layout](super::layout)
//! says they take.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::layout::{Layout, Place, columns_of};

/// What an edit changed on the screen: where the cursor and the end were, and what to draw from where on.
#[derive(Debug)]
#[must_use]
pub(super) struct Redraw {
    old_cursor: Place,
    old_end: Place,
    from: usize,
    from_place: Place,
    extent: Extent,
}

/// How much there is to draw.
#[derive(Debug, PartialEq, Eq)]
enum Extent {
    /// Up to the cursor: it moved, the text is what it was.
    Cursor,
    /// All the rest, and nothing of the old text behind it.
    Tail,
}

/// Text with a cursor in it.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    cursor: usize,
    layout: Layout,
    cursor_place: Place,
    end_place: Place,
}

impl Line {
    /// Begins an empty line behind a prompt, and shows that.
    pub(super) fn begin(&mut self, prompt: &str, echo: &mut Vec<u8>) {
        self.take();
        self.layout.set_prompt(prompt);
        self.measure();
        echo.extend_from_slice(prompt.as_bytes());
        self.layout.leave_edge(self.cursor_place, echo);
    }

    /// Shows prompt and text again, from the start of a row.
    pub(super) fn show_again(&self, prompt: &str, echo: &mut Vec<u8>) {
        echo.extend_from_slice(prompt.as_bytes());
        echo.extend_from_slice(self.text.as_bytes());
        self.layout.leave_edge(self.end_place, echo);
        self.end_place.go_to(self.cursor_place, echo);
    }

    /// Brings the cursor to the last row of the text, so that what comes next does not write over it.
    pub(super) fn leave(&self, echo: &mut Vec<u8>) {
        if self.cursor_place.row < self.end_place.row {
            self.cursor_place.go_to(self.end_place, echo);
        }
    }

    /// The terminal is as wide as this.
    pub(super) fn set_width(&mut self, width: Option<u16>) {
        if self.layout.set_width(width) {
            self.measure();
        }
    }

    /// Finds out where cursor and end are.
    fn measure(&mut self) {
        self.cursor_place = self.place_of(self.cursor);
        self.end_place = self.layout.advance(self.cursor_place, self.part(self.cursor..self.text.len()));
    }

    fn part(&self, range: Range<usize>) -> &str {
        // An empty or reversed range is no part at all.
        self.text.get(range).unwrap_or_default()
    }

    fn place_of(&self, position: usize) -> Place {
        self.layout.advance(self.layout.start(), self.part(0..position))
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn before_cursor(&self) -> &str {
        self.part(0..self.cursor)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Empties the line and gives what it held.
    pub(super) fn take(&mut self) -> String {
        self.cursor = 0;
        let text = core::mem::take(&mut self.text);
        self.measure();
        text
    }

    /// Costs no more than what it inserts when the cursor is at the end, so that long lines can be pasted.
    pub(super) fn insert(&mut self, text: &str) -> Redraw {
        let redraw = self.redraw(self.cursor, self.cursor_place, Extent::Tail);
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // A combining mark may have joined the cluster behind the cursor to the one before it.
        while !self.starts_cluster(self.cursor) {
            self.cursor = self.next();
        }
        self.measure_from(&redraw);
        redraw
    }

    pub(super) fn replace(&mut self, text: &str) -> Redraw {
        let redraw = self.redraw(0, self.layout.start(), Extent::Tail);
        self.text.clear();
        self.text.push_str(text);
        self.cursor = text.len();
        self.measure_from(&redraw);
        redraw
    }

    pub(super) fn delete(&mut self, range: Range<usize>) -> Redraw {
        let place = match range.start == self.cursor {
            true => self.cursor_place,
            false => self.place_of(range.start),
        };
        let redraw = self.redraw(range.start, place, Extent::Tail);
        self.cursor = range.start;
        self.text.replace_range(range, "");
        self.measure_from(&redraw);
        redraw
    }

    /// Takes spaces off the end, where the cursor stands. They need no erasing: they show nothing.
    pub(super) fn unindent(&mut self, spaces: usize) -> Redraw {
        let kept = self.text.len().saturating_sub(spaces);
        let redraw = self.redraw(kept, self.place_of(kept), Extent::Cursor);
        self.text.truncate(kept);
        self.cursor = kept;
        self.measure_from(&redraw);
        redraw
    }

    pub(super) fn move_to(&mut self, position: usize) -> Redraw {
        let (from, place) = match position < self.cursor {
            true => (position, self.place_of(position)),
            false => (self.cursor, self.cursor_place),
        };
        let redraw = self.redraw(from, place, Extent::Cursor);
        self.cursor_place = self.layout.advance(place, self.part(from..position));
        self.cursor = position;
        redraw
    }

    fn redraw(&self, from: usize, from_place: Place, extent: Extent) -> Redraw {
        Redraw { old_cursor: self.cursor_place, old_end: self.end_place, from, from_place, extent }
    }

    /// Finds out where cursor and end are, after an edit that left alone what is before `redraw.from`.
    fn measure_from(&mut self, redraw: &Redraw) {
        self.cursor_place = self.layout.advance(redraw.from_place, self.part(redraw.from..self.cursor));
        self.end_place = self.layout.advance(self.cursor_place, self.part(self.cursor..self.text.len()));
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
        let several_rows = self.end_place.row > 0 || redraw.old_end.row > 0;
        if redraw.extent == Extent::Cursor {
            if several_rows {
                redraw.old_cursor.go_to(self.cursor_place, echo);
            } else {
                redraw.old_cursor.go_to(redraw.from_place, echo);
                echo.extend_from_slice(self.part(redraw.from..self.cursor).as_bytes());
            }
            return;
        }
        redraw.old_cursor.go_to(redraw.from_place, echo);
        if several_rows && redraw.from_place < redraw.old_end {
            // All of it: a wide character that did not fit leaves a column in which something else stood.
            echo.extend_from_slice(b"\x1b[J");
        } else if self.end_place < redraw.old_end {
            echo.extend_from_slice(b"\x1b[K");
        }
        let tail = self.part(redraw.from..self.text.len());
        echo.extend_from_slice(tail.as_bytes());
        if !tail.is_empty() {
            self.layout.leave_edge(self.end_place, echo);
        }
        self.end_place.go_to(self.cursor_place, echo);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric()
}
