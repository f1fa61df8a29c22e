//! A terminal small enough to check at a glance: what the editor's bytes look like when they arrive.
//!
//! It knows what the editor may send (text, CR, LF, backspace, `ESC [ n D`, `ESC [ K`) and refuses all
//! else, so that a test fails when the editor begins to send more. Its lines never wrap.

use alloc::string::String;
use alloc::vec::Vec;

use super::line::columns_of;

#[derive(Debug, Default)]
pub(super) struct Screen {
    /// A cell holds a character and its combining marks; the second cell of a wide one is empty.
    rows: Vec<Vec<String>>,
    row: usize,
    pub(super) column: usize,
}

impl Screen {
    pub(super) fn show(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).expect("the editor writes UTF-8 in whole characters");
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\r' => self.column = 0,
                '\n' => self.row += 1,
                '\x08' => self.column = self.column.checked_sub(1).expect("moved left of the screen"),
                '\x1b' => {
                    assert_eq!(characters.next(), Some('['));
                    let mut number = 0;
                    loop {
                        match characters.next() {
                            Some('D') => {
                                break self.column = self.column.checked_sub(number).expect("left of it");
                            }
                            Some('K') => break self.cells().truncate_to_column(),
                            Some(digit) => {
                                number =
                                    number * 10 + digit.to_digit(10).expect("a number in a sequence") as usize
                            }
                            None => panic!("an unfinished sequence"),
                        }
                    }
                }
                control if control.is_control() => panic!("an unexpected control character: {control:?}"),
                printable => self.put(printable),
            }
        }
    }

    fn put(&mut self, character: char) {
        let width = columns_of(character);
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
        let rows: Vec<String> = self.rows.iter().map(|row| String::from(row.concat().trim_end())).collect();
        String::from(rows.join("\n").trim_end_matches('\n'))
    }

    /// The row of the cursor, spaces included.
    pub(super) fn current_row(&self) -> String {
        self.rows.get(self.row).map(|row| row.concat()).unwrap_or_default()
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
