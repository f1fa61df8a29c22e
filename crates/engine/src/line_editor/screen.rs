//! A terminal small enough to check at a glance: what the editor's bytes look like when they arrive.
//!
//! It knows what the editor may send (text, CR, LF, backspace, moves in the four directions, `ESC [ K`, `ESC [ J`) and
//! refuses all else, so that a test fails when the editor begins to send more. Its rows have no end unless it is given
//! a width; then, while the cursor is behind the last column, where terminals differ, it refuses to be moved.

use alloc::string::String;
use alloc::vec::Vec;

use super::layout::columns_of;

#[derive(Debug, Default)]
pub(super) struct Screen {
    /// A cell holds a character and its combining marks; the second cell of a wide one is empty.
    rows: Vec<Vec<String>>,
    pub(super) row: usize,
    pub(super) column: usize,
    width: Option<usize>,
}

impl Screen {
    pub(super) fn of_width(width: Option<usize>) -> Self {
        Screen { width, ..Screen::default() }
    }

    /// One as wide, with nothing on it.
    pub(super) fn empty(&self) -> Self {
        Screen::of_width(self.width)
    }

    /// Whether the last column was just written.
    pub(super) fn is_at_edge(&self) -> bool {
        self.width == Some(self.column)
    }

    pub(super) fn show(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).expect("the editor writes UTF-8 in whole characters");
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\r' => self.column = 0,
                '\n' => self.row += 1,
                '\x08' => self.move_by(0, -1),
                '\x1b' => {
                    assert_eq!(characters.next(), Some('['));
                    let mut number = 0;
                    let command = loop {
                        let next = characters.next().expect("a whole sequence");
                        match next.to_digit(10) {
                            Some(digit) => number = number * 10 + digit as isize,
                            None => break next,
                        }
                    };
                    match command {
                        'A' => self.move_by(-number, 0),
                        'B' => self.move_by(number, 0),
                        'C' => self.move_by(0, number),
                        'D' => self.move_by(0, -number),
                        'K' => self.cells().truncate_to_column(),
                        'J' => {
                            self.cells().truncate_to_column();
                            self.rows.truncate(self.row + 1);
                        }
                        other => panic!("an unexpected sequence: {other:?}"),
                    }
                }
                control if control.is_control() => panic!("an unexpected control character: {control:?}"),
                printable => self.put(printable),
            }
        }
    }

    fn move_by(&mut self, rows: isize, columns: isize) {
        assert!(self.width.is_none_or(|width| self.column < width), "moved from behind the last column");
        self.row = self.row.checked_add_signed(rows).expect("moved above the screen");
        self.column = self.column.checked_add_signed(columns).expect("moved left of the screen");
        assert!(self.row < self.rows.len().max(1), "moved to a row that is not there yet");
        assert!(self.width.is_none_or(|width| self.column < width), "moved right of the screen");
    }

    fn put(&mut self, character: char) {
        let width = columns_of(character);
        if self.width.is_some_and(|all| self.column + width > all) {
            self.row += 1;
            self.column = 0;
        }
        let column = self.column;
        let cells = self.cells().row;
        if width == 0 {
            if let Some(cell) = column.checked_sub(1).and_then(|before| cells.get_mut(before)) {
                cell.push(character);
            }
            return;
        }
        cells.resize(cells.len().max(column + width), String::from(" "));
        cells[column] = String::from(character);
        for cell in &mut cells[column + 1..column + width] {
            cell.clear();
        }
        self.column += width;
    }

    fn cells(&mut self) -> Cells<'_> {
        if self.rows.len() <= self.row {
            self.rows.resize(self.row + 1, Vec::new());
        }
        Cells { row: &mut self.rows[self.row], column: self.column }
    }

    /// All rows, without the spaces at their ends.
    pub(super) fn text(&self) -> String {
        self.text_from(0)
    }

    /// The rows from one on, without what is empty at their ends.
    pub(super) fn text_from(&self, row: usize) -> String {
        let rows: Vec<String> =
            self.rows.iter().skip(row).map(|row| String::from(row.concat().trim_end())).collect();
        String::from(rows.join("\n").trim_end_matches('\n'))
    }
}

struct Cells<'screen> {
    row: &'screen mut Vec<String>,
    column: usize,
}

impl Cells<'_> {
    fn truncate_to_column(self) {
        self.row.truncate(self.column);
    }
}
