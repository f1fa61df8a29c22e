//! The page: a line a folder, then every test that falls short, with its reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::reasons::Reasons;
use crate::runner::{Outcome, Outcomes};

/// What both made of the tests, counted.
pub struct Page {
    rows: Vec<Row>,
    short: Vec<Short>,
    not_asked: BTreeMap<String, Vec<String>>,
    neither: usize,
    without_need: Vec<String>,
}

/// The counts of a folder.
#[derive(Default)]
struct Row {
    folder: String,
    found: usize,
    not_asked: usize,
    not_on_peer: usize,
    pass: usize,
    fail: usize,
    skip: usize,
}

impl Row {
    fn asked(&self) -> usize {
        self.pass + self.fail + self.skip
    }
}

/// A test that the peer passes and Wigwag does not.
struct Short {
    test: String,
    outcome: Outcome,
    reason: Option<String>,
}

impl Page {
    /// Compares what came of the tests.
    pub fn new(folders: &[String], peer: &Outcomes, wigwag: &Outcomes, reasons: &Reasons) -> Self {
        let mut page = Page {
            rows: folders.iter().map(|folder| Row { folder: folder.clone(), ..Row::default() }).collect(),
            short: Vec::new(),
            not_asked: BTreeMap::new(),
            neither: 0,
            without_need: Vec::new(),
        };
        for (test, &on_peer) in peer {
            // A test that gave no result at all did not pass.
            let here = wigwag.get(test).copied().unwrap_or(Outcome::Fail);
            page.count(test, on_peer, here, reasons);
        }
        let passes = |test: &str| wigwag.get(test) == Some(&Outcome::Pass);
        page.without_need =
            reasons.said_to_fall_short().filter(|test| passes(test)).map(String::from).collect();
        page
    }

    fn count(&mut self, test: &str, on_peer: Outcome, here: Outcome, reasons: &Reasons) {
        let folder = test.split('/').next().unwrap_or_default();
        let Some(row) = self.rows.iter_mut().find(|row| row.folder == folder) else {
            return;
        };
        row.found += 1;
        if let Some(reason) = reasons.not_asked(test) {
            row.not_asked += 1;
            self.not_asked.entry(reason.to_owned()).or_default().push(test.to_owned());
            return;
        }
        if on_peer != Outcome::Pass {
            row.not_on_peer += 1;
            self.neither += usize::from(here != Outcome::Pass);
            return;
        }
        match here {
            Outcome::Pass => row.pass += 1,
            Outcome::Fail => row.fail += 1,
            Outcome::Skip => row.skip += 1,
        }
        if here != Outcome::Pass {
            let reason = reasons.short(test).map(String::from);
            self.short.push(Short { test: test.to_owned(), outcome: here, reason });
        }
    }

    /// How many tests Wigwag is asked for.
    pub fn asked(&self) -> usize {
        self.rows.iter().map(Row::asked).sum()
    }

    /// How many of these pass.
    pub fn passed(&self) -> usize {
        self.rows.iter().map(|row| row.pass).sum()
    }

    /// What is wrong with the reasons.
    pub fn complaints(&self) -> Vec<String> {
        let missing = self.short.iter().filter(|short| short.reason.is_none());
        missing
            .map(|short| format!("{} falls short, and reasons.txt does not say why", short.test))
            .chain(self.without_need.iter().map(|test| format!("{test} passes, yet reasons.txt has it")))
            .collect()
    }

    /// The page as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = String::from(
            "# Compatibility\n\n\
             Written by `cargo run --release -p wigwag-conformance` (see its help); do not edit. The reasons stand in\n\
             [tests/conformance/reasons.txt](../tests/conformance/reasons.txt).\n\n\
             MicroPython's own tests, run by MicroPython's own runner, first on MicroPython's unix port (standard\n\
             variant, without the parts that need other projects' sources) and then on Wigwag, started as\n\
             `wigwag` with no board. Asked for is what the unix port passes, less what the list at the end names.\n\n",
        );
        self.write_table(&mut text);
        self.write_short(&mut text);
        self.write_not_asked(&mut text);
        text
    }

    fn write_table(&self, text: &mut String) {
        text.push_str(
            "| folder | tests | not passed by the unix port | not asked for | asked for | pass | fail | skip | share |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        let mut all = Row { folder: "all".into(), ..Row::default() };
        for row in &self.rows {
            write_row(text, row);
            all.found += row.found;
            all.not_asked += row.not_asked;
            all.not_on_peer += row.not_on_peer;
            all.pass += row.pass;
            all.fail += row.fail;
            all.skip += row.skip;
        }
        write_row(text, &all);
        let _ = writeln!(
            text,
            "\nOf the {} tests that the unix port does not pass (it skips nearly all of them), Wigwag passes {}.",
            all.not_on_peer,
            all.not_on_peer - self.neither
        );
    }

    fn write_short(&self, text: &mut String) {
        text.push_str("\n## What falls short\n\n");
        if self.short.is_empty() {
            text.push_str("Nothing.\n");
            return;
        }
        text.push_str("| test | | reason |\n|---|---|---|\n");
        for Short { test, outcome, reason } in &self.short {
            let word = if *outcome == Outcome::Skip { "skipped" } else { "fails" };
            let reason = reason.as_deref().unwrap_or("**no reason known**");
            let _ = writeln!(text, "| `{test}` | {word} | {reason} |");
        }
    }

    fn write_not_asked(&self, text: &mut String) {
        text.push_str("\n## What is not asked for\n\n");
        for (reason, tests) in &self.not_asked {
            let names: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
            let _ = writeln!(text, "- {reason}: {}.", names.join(", "));
        }
    }
}

/// A part of a page that was written before, by its heading, to be kept.
pub fn kept<'a>(page: &'a str, heading: &str) -> &'a str {
    let Some(part) = page.find(heading).and_then(|start| page.get(start..)) else { return "" };
    let end = part.get(heading.len()..).and_then(|rest| rest.find("\n## ")).map(|end| heading.len() + end);
    end.and_then(|end| part.get(..end)).unwrap_or(part)
}

fn write_row(text: &mut String, row: &Row) {
    let Row { folder, found, not_asked, not_on_peer, pass, fail, skip } = row;
    let asked = row.asked();
    let share = if asked == 0 { 100.0 } else { 100.0 * *pass as f64 / asked as f64 };
    let _ = writeln!(
        text,
        "| {folder} | {found} | {not_on_peer} | {not_asked} | {asked} | {pass} | {fail} | {skip} | {share:.1} % |"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_short_is_listed_and_has_a_reason() {
        let outcomes = |list: &[(&str, Outcome)]| {
            list.iter().map(|&(name, outcome)| (name.to_owned(), outcome)).collect()
        };
        let peer: Outcomes = outcomes(&[
            ("a/native.py", Outcome::Pass),
            ("a/one.py", Outcome::Pass),
            ("a/two.py", Outcome::Pass),
            ("a/three.py", Outcome::Skip),
            ("a/four.py", Outcome::Pass),
        ]);
        let wigwag: Outcomes = outcomes(&[
            ("a/one.py", Outcome::Pass),
            ("a/two.py", Outcome::Skip),
            ("a/three.py", Outcome::Pass),
        ]);
        let reasons = Reasons::parse(
            "not asked a/native*: no native code\nshort a/two.py: later\nshort a/one.py: was late",
        )
        .expect("the table is well formed");
        let page = Page::new(&["a".to_owned()], &peer, &wigwag, &reasons);
        assert_eq!((page.asked(), page.passed()), (3, 1));
        let complaints = page.complaints();
        assert_eq!(
            complaints,
            [
                "a/four.py falls short, and reasons.txt does not say why",
                "a/one.py passes, yet reasons.txt has it"
            ]
        );
        let text = page.to_markdown();
        assert!(text.contains("| a | 5 | 1 | 1 | 3 | 1 | 1 | 1 | 33.3 % |"), "{text}");
        assert!(text.contains("| `a/two.py` | skipped | later |"), "{text}");
        assert!(text.contains("- no native code: `a/native.py`."), "{text}");
        assert!(text.contains("Wigwag passes 1."), "{text}");
    }

    #[test]
    fn the_parts_of_an_earlier_page_are_kept() {
        let (one, other) = ("\n## one\n", "\n## other\n");
        let page = format!("# Compatibility\n{one}\nas it was\n{other}\nand this\n");
        assert_eq!(kept(&page, one), format!("{one}\nas it was\n"));
        assert_eq!(kept(&page, other), format!("{other}\nand this\n"));
        assert_eq!(kept("# Compatibility\n", one), "");
    }
}
