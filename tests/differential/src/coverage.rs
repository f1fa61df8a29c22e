//! How often everything occurred: each rule of the grammar, each method and function that the runtime has, each
//! exception. What the runtime has, it says itself (`inventory.py`), so that a new method is missed until the grammar
//! knows it.

use crate::grammar::{Grammar, Piece, RuleId, word};
use crate::program::Item;
use crate::runtimes::Runtime;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

const INVENTORY: &str = include_str!("inventory.py");

/// Exists where programs cannot meet it, each for its reason.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("exception ViperTypeError", "of MicroPython's own"),
    ("function execfile", "of MicroPython's own, and programs have no files"),
    ("function open", "programs have no files"),
    ("function input", "programs have no input"),
    ("function help", "CPython starts a pager"),
    ("method bytes.format", "of MicroPython's own"),
    ("method bytearray.format", "of MicroPython's own"),
    ("method generator.pend_throw", "of MicroPython's own"),
];

/// Counts by what is counted: `rule …`, `method str.find`, `function len`, `exception KeyError`.
#[derive(Debug)]
pub struct Coverage<'a> {
    grammar: &'a Grammar,
    counts: BTreeMap<String, u64>,
    rules: Vec<Vec<u64>>,
    /// What each rule uses, which is read from it once.
    uses: Vec<Vec<Vec<String>>>,
}

impl<'a> Coverage<'a> {
    /// Everything that the grammar and the runtime have, not met yet.
    ///
    /// # Errors
    /// When the runtime cannot say what it has.
    pub fn new(grammar: &'a Grammar, tested: &mut dyn Runtime) -> io::Result<Coverage<'a>> {
        let mut counts = BTreeMap::new();
        for line in tested.run(INVENTORY)?.lines() {
            let name = match line.split(' ').collect::<Vec<_>>()[..] {
                ["method", python_type, method] => format!("method {python_type}.{method}"),
                ["function" | "exception", _] => line.to_owned(),
                _ => return Err(io::Error::other(format!("the runtime says of itself: {line}"))),
            };
            if !OUT_OF_REACH.iter().any(|(unreachable, _)| *unreachable == name) {
                counts.insert(name, 0);
            }
        }
        if counts.is_empty() {
            return Err(io::Error::other("the runtime says nothing of itself"));
        }
        let uses = grammar.kinds.iter().enumerate().map(|(kind, of_kind)| {
            (0..of_kind.rules.len()).map(|rule| used_by(grammar, RuleId { kind, rule })).collect()
        });
        let rules = grammar.kinds.iter().map(|kind| vec![0; kind.rules.len()]).collect();
        Ok(Coverage { grammar, counts, rules, uses: uses.collect() })
    }

    /// Counts what a program is made of, and what it printed.
    pub fn count(&mut self, items: &[Item], output: &str) {
        for item in items {
            item.tree.visit(&mut |node| {
                let Some(rule) = node.rule else { return };
                self.rules[rule.kind][rule.rule] += 1;
                for used in &self.uses[rule.kind][rule.rule] {
                    if let Some(count) = self.counts.get_mut(used) {
                        *count += 1;
                    }
                }
            });
        }
        for name in output.lines().filter_map(|line| line.strip_prefix("caught ")) {
            if let Some(count) = self.counts.get_mut(&format!("exception {name}")) {
                *count += 1;
            }
        }
    }

    /// Every name with its count, rules first.
    fn all(&self) -> impl Iterator<Item = (String, u64)> {
        let rules = self.grammar.kinds.iter().zip(&self.rules).flat_map(|(kind, counts)| {
            kind.rules.iter().zip(counts).map(|(rule, count)| {
                let first = rule.source.lines().next().unwrap_or_default();
                let more = if rule.source.contains('\n') { " …" } else { "" };
                (format!("rule {}: {first}{more}", kind.name), *count)
            })
        });
        rules.chain(self.counts.iter().map(|(name, count)| (name.clone(), *count)))
    }

    /// The table.
    pub fn report(&self) -> String {
        self.all().fold(String::new(), |mut report, (name, count)| {
            let _ = writeln!(report, "{count:>9}  {name}");
            report
        })
    }

    /// What did not occur.
    pub fn absent(&self) -> Vec<String> {
        self.all().filter(|(_, count)| *count == 0).map(|(name, _)| name).collect()
    }

    /// One line: how many of what, and what occurred least.
    pub fn summary(&self) -> String {
        let groups = ["rule", "method", "function", "exception"].map(|group| {
            let of_group = || self.all().filter(move |(name, _)| name.split(' ').next() == Some(group));
            let least = of_group().map(|(_, count)| count).min().unwrap_or(0);
            format!("{} {group}s (the rarest {least} times)", of_group().count())
        });
        groups.join(", ")
    }
}

/// Names of methods and functions that a rule uses.
fn used_by(grammar: &Grammar, id: RuleId) -> Vec<String> {
    let methods = grammar.methods_used(id).into_iter();
    let mut used: Vec<String> =
        methods.map(|(of_type, method)| format!("method {of_type}.{method}")).collect();
    for piece in &grammar.rule(id).pieces {
        let Piece::Text(text) = piece else { continue };
        for (before, name, after) in words(text) {
            if after.starts_with('(') || before.ends_with('@') {
                used.push(format!("function {name}"));
            }
            // `dict.fromkeys(` and the like: the type itself is asked.
            if let Some(method) = after.strip_prefix('.') {
                used.push(format!("method {name}.{}", word(method)));
            }
        }
        for (_, after) in text.match_indices("\".").map(|(at, quote)| text.split_at(at + quote.len())) {
            used.push(format!("method str.{}", word(after)));
        }
    }
    used
}

/// Every word of a text that is not an attribute, with what comes before it and after it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    core::iter::from_fn(move || {
        loop {
            let begin = at + text[at..].find(is_word)?;
            let end = text[begin..].find(|c| !is_word(c)).map_or(text.len(), |length| begin + length);
            at = end;
            if !text[..begin].ends_with('.') {
                return Some((&text[..begin], &text[begin..end], &text[end..]));
            }
        }
    })
}
