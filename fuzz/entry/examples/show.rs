//! Shows the program that each file given stands for, and how it is run: `cargo run -p wigwag-fuzz-entry --example show
//! FILE…`. With `--run` before the files, runs them as well. With `--module NAME`, runs them as inputs of that target.

use std::env;
use std::fs;

use wigwag_fuzz_entry::{library, program, text_of};

fn main() {
    let mut run = false;
    let mut module = None;
    let mut arguments = env::args().skip(1);
    while let Some(path) = arguments.next() {
        match path.as_str() {
            "--run" => run = true,
            "--module" => module = arguments.next(),
            _ => match (fs::read(&path), &module) {
                (Ok(input), Some(module)) => library::module(module, &input),
                (Ok(input), None) => {
                    let (settings, text) = text_of(&input);
                    println!("# {path}: {settings:?}\n{}", String::from_utf8_lossy(&text));
                    if run {
                        program(&input);
                    }
                }
                (Err(error), _) => eprintln!("{path}: {error}"),
            },
        }
    }
}
