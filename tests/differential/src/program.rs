//! A program of several items: each is performed on its own, inside a function or at the top level, and says where its
//! output begins, so that one program compares several things.

use crate::generate::Generator;
use crate::grammar::Grammar;
use crate::tree::Node;

const PRELUDE: &str = include_str!("prelude.py");

/// What an item's output begins with, before its number; on a line of its own whatever was printed before.
const MARK: &str = "@ ";

/// One thing that a program does.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it does.
    pub tree: Node,
    /// In a function of its own, where variables are local; else at the top level.
    pub in_function: bool,
}

/// The items of the program of this number.
pub fn items(grammar: &Grammar, seed: u64, number: u64) -> Vec<Item> {
    let Some(kind) = grammar.kind("item") else { return Vec::new() };
    let mut generator = Generator::new(grammar, seed.wrapping_mul(0x1_0000_0001).wrapping_add(number));
    let count = 4 + generator.random().below(8);
    (0..count)
        .map(|_| Item { tree: generator.tree(kind), in_function: generator.random().once_in(2) })
        .collect()
}

/// The text of a program that performs these items.
pub fn text(items: &[Item]) -> String {
    let mut program = PRELUDE.to_owned();
    for (number, item) in items.iter().enumerate() {
        let (before, after) = if item.in_function {
            (format!("\ndef item{number}():\n"), format!("\nattempt({number}, item{number})\n"))
        } else {
            (
                format!("\nprint(\"\\n@\", {number})\ntry:\n"),
                "\nexcept BaseException as error:\n    caught(error)\n".to_owned(),
            )
        };
        program.push_str(&before);
        for line in item.tree.text().lines() {
            program.push_str("    ");
            program.push_str(line);
            program.push('\n');
        }
        program.push_str(after.trim_start_matches('\n'));
    }
    program
}

/// What each item printed; the last one's has in it how the program ended.
pub fn outputs(output: &str, count: usize) -> Vec<String> {
    let mut found = vec![String::new(); count];
    let mut current = 0;
    for line in output.lines() {
        match line.strip_prefix(MARK).map(str::parse::<usize>) {
            Some(Ok(number)) if number < count => current = number,
            _ => {
                if let Some(output) = found.get_mut(current) {
                    output.push_str(line);
                    output.push('\n');
                }
            }
        }
    }
    found
}
