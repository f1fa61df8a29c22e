//! One program on two runtimes, and what is left of it when they differ.

use crate::differences::{Differences, Seen};
use crate::grammar::Grammar;
use crate::program::{self, Item};
use crate::runtimes::Runtime;
use crate::runtimes::python::Python;
use crate::shrink::shrink;
use crate::tree::Node;
use std::io;

/// What a program that was not performed to its end has as its last line.
const ENDED: &str = "ended with ";

/// What is kept of a line.
const LONGEST_LINE: usize = 1000;

/// How a program ended that took too long.
const ENDLESS: &str = "TimeLimit";

/// After so many attempts of that kind an item is small enough.
const MOST_ENDLESS: usize = 3;

/// Both runtimes, and what is known about their differences.
pub struct Comparison<'a> {
    /// Where programs come from.
    pub grammar: &'a Grammar,
    /// What is known.
    pub differences: &'a Differences,
    /// What is right unless the table says otherwise.
    pub python: Python,
    /// What is tested.
    pub tested: Box<dyn Runtime>,
    /// Another MicroPython that is asked about differences, if any.
    pub peer: Option<Box<dyn Runtime>>,
}

/// A difference, as small as it could be made.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What shows it.
    pub seen: Seen,
    /// The entry of the table that explains it.
    pub explained: Option<String>,
    /// What the peer prints, if there is one.
    pub peer: Option<String>,
}

impl Finding {
    /// The program and what was printed, as lines of text.
    pub fn report(&self) -> String {
        let Seen { program, python, wigwag } = &self.seen;
        let mut report = format!("{program}\n  python: {python}\n  wigwag: {wigwag}\n");
        if let Some(peer) = &self.peer {
            report.push_str(&format!("  peer:   {}\n", peer.trim().replace('\n', "\n          ")));
        }
        report
    }
}

/// What came of a program.
pub struct Compared {
    /// All output of CPython.
    pub output: String,
    /// Where they differ.
    pub findings: Vec<Finding>,
}

impl Comparison<'_> {
    /// Runs a program on both.
    ///
    /// # Errors
    /// When a runtime cannot be reached.
    pub fn compare(&mut self, items: &[Item]) -> io::Result<Compared> {
        let (output, tested) = self.run(&program::text(items))?;
        let mut findings = Vec::new();
        let ended = output.contains(ENDED);
        if output != tested || ended {
            let each = program::outputs(&output, items.len()).into_iter();
            let pairs: Vec<_> = each.zip(program::outputs(&tested, items.len())).collect();
            for (item, (python, tested)) in items.iter().zip(pairs) {
                if (python != tested || ended)
                    && let Some(finding) = self.reduce(item)?
                {
                    findings.push(finding);
                }
            }
            if findings.is_empty() {
                // No item does it alone.
                let seen = first_difference(&program::text(items), &output, &tested);
                findings.push(Finding { seen, explained: None, peer: None });
            }
        }
        Ok(Compared { output, findings })
    }

    /// Makes an item smaller while it differs. It must not slide into another difference that is known: that would
    /// explain away the one that it has.
    fn reduce(&mut self, item: &Item) -> io::Result<Option<Finding>> {
        let Some(seen) = self.difference(item)? else { return Ok(None) };
        if seen.is_endless() {
            // Each attempt to make it smaller would take as long.
            return Ok(Some(Finding { seen, explained: None, peer: None }));
        }
        let known = self.differences.explain(&seen).map(|entry| &entry.name);
        let mut trouble = None;
        let mut patience = MOST_ENDLESS;
        let with = |tree: &Node| Item { tree: tree.clone(), in_function: item.in_function };
        let tree = shrink(self.grammar, item.tree.clone(), |tree| match self.difference(&with(tree)) {
            _ if patience == 0 => false,
            Ok(Some(seen)) if seen.is_endless() => {
                patience -= 1;
                false
            }
            Ok(Some(seen)) => self.differences.explain(&seen).is_none_or(|entry| Some(&entry.name) == known),
            Ok(None) => false,
            Err(error) => {
                trouble = Some(error);
                false
            }
        });
        if let Some(error) = trouble {
            return Err(error);
        }
        let smallest = with(&tree);
        let Some(seen) = self.difference(&smallest)? else { return Ok(None) };
        let explained = self.differences.explain(&seen).map(|entry| entry.name.clone());
        let peer = match &mut self.peer {
            Some(peer) if explained.is_none() => Some(peer.run(&program::text(&[smallest]))?),
            _ => None,
        };
        Ok(Some(Finding { seen, explained, peer }))
    }

    /// How an item alone differs.
    fn difference(&mut self, item: &Item) -> io::Result<Option<Seen>> {
        let (python, tested) = self.run(&program::text(core::slice::from_ref(item)))?;
        if python == tested && !python.contains(ENDED) {
            return Ok(None);
        }
        Ok(Some(first_difference(&item.tree.text(), &python, &tested)))
    }

    /// The outputs of both, which run at the same time.
    fn run(&mut self, program: &str) -> io::Result<(String, String)> {
        self.python.send(program)?;
        let tested = self.tested.run(program)?;
        Ok((self.python.answer()?, tested))
    }
}

impl Seen {
    fn is_endless(&self) -> bool {
        [&self.python, &self.wigwag].iter().any(|line| line.ends_with(ENDLESS))
    }
}

/// The first lines that differ.
fn first_difference(program: &str, python: &str, tested: &str) -> Seen {
    let mut lines = (python.lines(), tested.lines());
    loop {
        let (python, wigwag) = (lines.0.next(), lines.1.next());
        if python != wigwag || python.is_some_and(|line| line.starts_with(ENDED)) || python.is_none() {
            let line = |line: Option<&str>| line.unwrap_or("(nothing)").chars().take(LONGEST_LINE).collect();
            return Seen { program: program.to_owned(), python: line(python), wigwag: line(wigwag) };
        }
    }
}
