//! How far the next line of a block is indented before anything is typed.

use super::INDENT;

/// The number of indentation steps to offer after `entered`, the finished lines of a statement, each with
/// its newline.
///
/// As deep as the line before, one step more after a colon. Two lines of nothing but spaces end that
/// (the first line of the statement does not count as one): then the next is empty, and Enter finishes
/// the block.
pub(super) fn steps_after(entered: &str) -> usize {
    let Some(finished) = entered.strip_suffix('\n') else { return 0 };
    let mut lines = finished.rsplit('\n');
    let previous = lines.next().unwrap_or_default();
    let text = previous.trim_start_matches(' ');
    if text.is_empty()
        && let (Some(before), Some(_)) = (lines.next(), lines.next())
        && before.trim_start_matches(' ').is_empty()
    {
        return 0;
    }
    (previous.len() - text.len()) / INDENT.len() + usize::from(text.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_line_before() {
        for (entered, steps) in [
            ("", 0),
            ("x = (\n", 0),
            ("if a:\n", 1),
            ("if a:\n    b\n", 1),
            ("if a:\n    if b:\n", 2),
            ("if a:\n   b\n", 0),
            ("if a:\n     b\n", 1),
            ("if a: # no\n", 0),
            ("\n", 0),
            (":\n", 1),
        ] {
            assert_eq!(steps_after(entered), steps, "{entered:?}");
        }
    }

    #[test]
    fn two_blank_lines_end_it() {
        assert_eq!(steps_after("if a:\n    b\n    \n"), 1);
        assert_eq!(steps_after("if a:\n    b\n    \n    \n"), 0);
        assert_eq!(steps_after("if a:\n    \n"), 1);
        assert_eq!(steps_after("    \n    \n"), 1);
    }
}
