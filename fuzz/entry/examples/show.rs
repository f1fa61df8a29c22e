//! Shows the program that each file given stands for, and how it is run: `cargo run -p wigwag-fuzz-entry --example show
//! FILE…`. With `--run` before the files, runs them as well.

use std::env;
use std::fs;

fn main() {
    let mut run = false;
    for path in env::args().skip(1) {
        if path == "--run" {
            run = true;
            continue;
        }
        match fs::read(&path) {
            Ok(input) => {
                let (settings, text) = wigwag_fuzz_entry::text_of(&input);
                println!("# {path}: {settings:?}\n{}", String::from_utf8_lossy(&text));
                if run {
                    wigwag_fuzz_entry::program(&input);
                }
            }
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}
