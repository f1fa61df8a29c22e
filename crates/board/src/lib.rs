//! wigwag-board
