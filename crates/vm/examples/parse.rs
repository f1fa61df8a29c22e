//! Parses each file given and prints `ok` or the error, one line a file: for comparing what is accepted with other
//! implementations over many files at once. With `--dump` first, prints the trees.

use std::fs;
use std::time::Instant;

use wigwag_vm::syntax::dump::Dump;
use wigwag_vm::syntax::{Limits, Mode, parse};

fn main() {
    let mut dump = false;
    for path in std::env::args().skip(1) {
        if path == "--dump" {
            dump = true;
            continue;
        }
        let source = match fs::read(&path) {
            Ok(source) => source,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        let start = Instant::now();
        let result = parse(&source, Mode::File, &Limits::default());
        let took = start.elapsed();
        match result {
            Ok(tree) if dump => println!("{path}:\n{}", Dump(&tree)),
            Ok(tree) => println!(
                "{path}: ok, {} bytes, {} expressions, {} statements, {took:?}",
                source.len(),
                tree.expressions.len(),
                tree.statements.len()
            ),
            Err(error) => println!("{path}:{}: {:?}: {}", error.position.line, error.kind, error.message),
        }
    }
}
