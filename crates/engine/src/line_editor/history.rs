//! The lines entered before, newest last, and where in them the person is browsing.
//!
//! As in MicroPython: an empty line, and one equal to the newest, are not kept; browsing past the newest
//! gives an empty line; every new line starts browsing afresh.

use alloc::collections::VecDeque;
use alloc::string::String;

/// A bounded list of lines with a place in it.
#[derive(Debug)]
pub(super) struct History {
    lines: VecDeque<String>,
    capacity: usize,
    /// How many lines back from the newest, counted from one; zero is the line being written.
    back: usize,
}

impl History {
    pub(super) fn new(capacity: usize) -> Self {
        History { lines: VecDeque::new(), capacity, back: 0 }
    }

    pub(super) fn push(&mut self, line: &str) {
        if line.is_empty() || self.capacity == 0 || self.lines.back().is_some_and(|newest| newest == line) {
            return;
        }
        if self.lines.len() >= self.capacity {
            self.lines.pop_front();
        }
        self.lines.push_back(String::from(line));
    }

    pub(super) fn stop_browsing(&mut self) {
        self.back = 0;
    }

    /// One line further back, unless there is none.
    pub(super) fn older(&mut self) -> Option<&str> {
        let index = self.lines.len().checked_sub(self.back + 1)?;
        self.back += 1;
        self.lines.get(index).map(String::as_str)
    }

    /// One line nearer to now; empty when that is now; `None` when it was now already.
    pub(super) fn newer(&mut self) -> Option<&str> {
        self.back = self.back.checked_sub(1)?;
        if self.back == 0 {
            return Some("");
        }
        self.lines.get(self.lines.len().checked_sub(self.back)?).map(String::as_str)
    }

    /// The lines, oldest first.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsing_stops_at_both_ends() {
        let mut history = History::new(2);
        for line in ["one", "two", "two", "", "three"] {
            history.push(line);
        }
        assert!(history.lines().eq(["two", "three"]));
        assert_eq!(history.newer(), None);
        assert_eq!(history.older(), Some("three"));
        assert_eq!(history.older(), Some("two"));
        assert_eq!(history.older(), None);
        assert_eq!(history.newer(), Some("three"));
        assert_eq!(history.newer(), Some(""));
        assert_eq!(history.newer(), None);
    }

    #[test]
    fn none_kept_is_possible() {
        let mut history = History::new(0);
        history.push("x");
        assert_eq!(history.older(), None);
    }
}
