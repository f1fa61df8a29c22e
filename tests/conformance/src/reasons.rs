//! Why a test falls short, or is not asked for: one line each in `reasons.txt`.
//!
//! ```text
//! not asked micropython/viper_*: native code is not made here
//! short     basics/struct_micropython.py: …
//! ```
//!
//! A `*` at the end of a name stands for any ending; the first line that matches holds.

/// The table of reasons.
pub struct Reasons {
    entries: Vec<Entry>,
}

struct Entry {
    asked: bool,
    name: String,
    reason: String,
}

impl Entry {
    fn matches(&self, test: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(start) => test.starts_with(start),
            None => self.name == test,
        }
    }
}

impl Reasons {
    /// Reads the table; a line that is neither empty, a comment nor an entry is an error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry =
                parse_entry(line).ok_or_else(|| format!("reasons.txt, line {}: no entry", index + 1))?;
            entries.push(entry);
        }
        Ok(Self { entries })
    }

    /// Why a test is not asked for, if it is not.
    pub fn not_asked(&self, test: &str) -> Option<&str> {
        self.find(test, false)
    }

    /// Why a test falls short, as far as anybody wrote it down.
    pub fn short(&self, test: &str) -> Option<&str> {
        self.find(test, true)
    }

    /// The names of single tests that are said to fall short.
    pub fn said_to_fall_short(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter(|entry| entry.asked && !entry.name.ends_with('*'))
            .map(|entry| entry.name.as_str())
    }

    fn find(&self, test: &str, asked: bool) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| entry.asked == asked && entry.matches(test))?;
        Some(&entry.reason)
    }
}

fn parse_entry(line: &str) -> Option<Entry> {
    let (asked, rest) = if let Some(rest) = line.strip_prefix("not asked ") {
        (false, rest)
    } else {
        (true, line.strip_prefix("short ")?)
    };
    let (name, reason) = rest.split_once(": ")?;
    Some(Entry { asked, name: name.trim().to_owned(), reason: reason.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_may_be_left_open() {
        let reasons =
            Reasons::parse("# comment\n\nnot asked a/viper_*: no native code\nshort a/b.py: later\n")
                .expect("the table is well formed");
        assert_eq!(reasons.not_asked("a/viper_x.py"), Some("no native code"));
        assert_eq!(reasons.not_asked("a/b.py"), None);
        assert_eq!(reasons.short("a/b.py"), Some("later"));
        assert_eq!(reasons.said_to_fall_short().collect::<Vec<_>>(), ["a/b.py"]);
    }

    #[test]
    fn a_line_of_another_form_is_named() {
        assert_eq!(Reasons::parse("\nsomething\n").err().as_deref(), Some("reasons.txt, line 2: no entry"));
    }
}
