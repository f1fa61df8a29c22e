//! `--board` and `WIGWAG_BOARD`.

use std::fmt;

use crate::cli::suggest::{DidYouMean, nearest};

/// The boards there are; `none` is MicroPython's unix port, a world without a board.
pub const BOARDS: [&str; 3] = ["pybv11", "pybd", "none"];

/// The board of a run that names none.
pub(in crate::cli) const DEFAULT_BOARD: &str = "pybv11";

/// There is no such board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownBoard {
    name: String,
}

impl fmt::Display for UnknownBoard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let boards = BOARDS.join(", ");
        write!(out, "unknown board '{}'{}", self.name, DidYouMean(nearest(&self.name, BOARDS)))?;
        write!(out, " (there are: {boards})")
    }
}

impl std::error::Error for UnknownBoard {}

pub(in crate::cli) fn parse_board(name: &str) -> Result<&'static str, UnknownBoard> {
    BOARDS.into_iter().find(|&known| known == name).ok_or_else(|| UnknownBoard { name: name.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown() {
        assert_eq!(parse_board("pybd"), Ok("pybd"));
        assert_eq!(parse_board(DEFAULT_BOARD), Ok(DEFAULT_BOARD));
        let text = |name| parse_board(name).map_err(|error| error.to_string());
        assert_eq!(
            text("pybv12"),
            Err("unknown board 'pybv12'; did you mean 'pybv11'? (there are: pybv11, pybd, none)".into())
        );
        assert_eq!(text("esp32"), Err("unknown board 'esp32' (there are: pybv11, pybd, none)".into()));
    }
}
