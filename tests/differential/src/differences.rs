//! The documented differences between MicroPython and CPython that generated programs meet: one table, `differences.txt`.
//!
//! ```text
//! == unbound-local
//! reason: MicroPython has no UnboundLocalError; it raises its base, NameError.
//! program: *del $*
//! python: caught UnboundLocalError
//! wigwag: caught NameError
//! ```
//!
//! An entry explains a difference when each of its `program` patterns (if it has any) matches a line of the smallest
//! program that shows it, and `python` and `wigwag` match the first lines of output that differ. In a pattern `*` is any
//! text.

use crate::grammar::Mistake;

/// The table itself.
const TABLE: &str = include_str!("../differences.txt");

/// One difference, and how it is recognised.
#[derive(Debug, Default)]
pub struct Entry {
    /// What reports call it.
    pub name: String,
    /// Why it is right.
    pub reason: String,
    program: Vec<String>,
    python: String,
    wigwag: String,
}

/// All of them.
#[derive(Debug)]
pub struct Differences {
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// What an entry has to recognise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The program, as small as it could be made.
    pub program: String,
    /// The first line that CPython printed otherwise.
    pub python: String,
    /// The line that was printed instead.
    pub wigwag: String,
}

impl Differences {
    /// The table of this tester.
    ///
    /// # Errors
    /// Where it is wrong.
    pub fn built_in() -> Result<Differences, Mistake> {
        Differences::parse(TABLE)
    }

    /// A table from its text.
    ///
    /// # Errors
    /// Where it is wrong.
    pub fn parse(table: &str) -> Result<Differences, Mistake> {
        let mut entries: Vec<Entry> = Vec::new();
        for (index, line) in table.lines().enumerate() {
            let mistake = |what: &str| Mistake::new(format!("differences:{}: {what}: {line}", index + 1));
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix("== ") {
                entries.push(Entry { name: name.trim().to_owned(), ..Entry::default() });
                continue;
            }
            let entry = entries.last_mut().ok_or_else(|| mistake("before any entry"))?;
            let (field, value) = line.split_once(": ").ok_or_else(|| mistake("no field"))?;
            match field {
                "reason" => value.clone_into(&mut entry.reason),
                "program" => entry.program.push(value.to_owned()),
                "python" => value.clone_into(&mut entry.python),
                "wigwag" => value.clone_into(&mut entry.wigwag),
                _ => return Err(mistake("an unknown field")),
            }
        }
        match entries.iter().find(|entry| !entry.is_complete()) {
            Some(entry) => Err(Mistake::new(format!("differences: {} is not complete", entry.name))),
            None => Ok(Differences { entries }),
        }
    }

    /// The entry that explains a difference.
    pub fn explain(&self, seen: &Seen) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.explains(seen))
    }
}

impl Entry {
    fn is_complete(&self) -> bool {
        ![&self.reason, &self.python, &self.wigwag].iter().any(|field| field.is_empty())
    }

    fn explains(&self, seen: &Seen) -> bool {
        matches(&self.python, &seen.python)
            && matches(&self.wigwag, &seen.wigwag)
            && self.program.iter().all(|pattern| seen.program.lines().any(|line| matches(pattern, line)))
    }
}

/// Whether a text is what a pattern says, from beginning to end.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|text| {
            rest.is_empty()
                || text.char_indices().any(|(at, _)| matches(rest, &text[at..]))
                || matches(rest, "")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text, is_match) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*b*", "abc", true),
            ("*b", "abc", false),
            ("a*", "a", true),
            ("*.*(", "x.y(", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }

    #[test]
    fn the_table_is_sound_and_narrow() {
        let table = Differences::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
        for entry in &table.entries {
            // Two of its patterns say more than that there is something.
            let patterns = [&entry.python, &entry.wigwag].into_iter().chain(&entry.program);
            let telling = patterns.filter(|pattern| pattern.trim_matches('*').len() > 1).count();
            assert!(telling >= 2, "{} is too wide", entry.name);
        }
    }

    #[test]
    fn an_entry_explains_only_what_it_describes() {
        let table = "== x\nreason: so\nprogram: *del*\npython: caught A\nwigwag: caught B\n";
        let table = Differences::parse(table).unwrap_or_else(|mistake| panic!("{mistake}"));
        let seen = |program: &str, wigwag: &str| Seen {
            program: program.to_owned(),
            python: "caught A".to_owned(),
            wigwag: wigwag.to_owned(),
        };
        assert!(table.explain(&seen("a = 1\ndel a", "caught B")).is_some());
        assert!(table.explain(&seen("a = 1", "caught B")).is_none());
        assert!(table.explain(&seen("del a", "caught C")).is_none());
    }
}
