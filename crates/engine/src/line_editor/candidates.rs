//! Several possible completions, laid out in columns.

use alloc::string::String;
use alloc::vec::Vec;

use super::layout::columns_of;

/// Words start at multiples of this.
const SLOT_COLUMNS: usize = 16;
/// No line of words is longer than this.
const LINE_COLUMNS: usize = 4 * SLOT_COLUMNS;

/// Writes the words below the line being edited, four slots wide, at least two spaces apart, and ends on
/// a new line.
pub(super) fn write(words: &[String], echo: &mut Vec<u8>) {
    // As if the line being edited were full: the first word starts a new one.
    let mut column = LINE_COLUMNS;
    for word in words {
        let width: usize = word.chars().map(columns_of).sum();
        let mut gap = column.next_multiple_of(SLOT_COLUMNS) - column;
        if gap < 2 {
            gap += SLOT_COLUMNS;
        }
        if column + gap + width <= LINE_COLUMNS {
            echo.extend(core::iter::repeat_n(b' ', gap));
            column += gap + width;
        } else {
            echo.extend_from_slice(b"\r\n");
            column = width;
        }
        echo.extend_from_slice(word.as_bytes());
    }
    echo.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn laid_out(words: &[&str]) -> String {
        let mut echo = vec![];
        write(&words.iter().map(|&word| String::from(word)).collect::<Vec<_>>(), &mut echo);
        String::from_utf8_lossy(&echo).into_owned()
    }

    #[test]
    fn four_slots_a_line() {
        assert_eq!(
            laid_out(&["a", "bb", "ccc", "dddd", "e"]),
            "\r\na               bb              ccc             dddd\r\ne\r\n"
        );
    }

    #[test]
    fn a_long_word_takes_the_slots_it_needs() {
        // Fifteen letters leave less than two spaces, so the next slot is skipped.
        assert_eq!(
            laid_out(&["fifteen_letters", "b", "c"]),
            "\r\nfifteen_letters                 b               c\r\n"
        );
        assert_eq!(
            laid_out(&["a", &"x".repeat(70), "b"]),
            alloc::format!("\r\na\r\n{}\r\nb\r\n", "x".repeat(70))
        );
    }
}
