//! Every input that was written for a target, and every one that once found a mistake, must do no harm.
//!
//! `WIGWAG_TEST_ONLY=TEXT` tries only inputs with TEXT in their path.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use wigwag_fuzz_entry::library;

/// Gives every input of a target to `run`, which panics if something is wrong with it.
fn try_all(target: &str, run: impl Fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let only = env::var("WIGWAG_TEST_ONLY").unwrap_or_default();
    let mut inputs = Vec::new();
    for folder in ["corpus", "regressions"] {
        // A target that has found nothing yet has no folder for it.
        let Ok(entries) = fs::read_dir(fuzz.join(folder).join(target)) else { continue };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        inputs
            .extend(paths.filter(|path: &PathBuf| path.is_file() && path.to_string_lossy().contains(&only)));
    }
    inputs.sort();
    assert!(!inputs.is_empty() || !only.is_empty(), "no inputs for {target}");
    for path in inputs {
        let input = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // Shown when the input fails.
        println!("{}", path.display());
        run(&input);
    }
}

#[test]
fn sources_end_in_code_or_an_error() {
    try_all("source", wigwag_fuzz_entry::source);
}

#[test]
fn programs_do_no_harm() {
    try_all("program", wigwag_fuzz_entry::program);
}

#[test]
fn modules_keep_their_word() {
    for name in library::names() {
        try_all(name, |input| library::module(name, input));
    }
}

#[test]
fn choices_always_write_the_same_program() {
    let choices: Vec<u8> = (0..2000_u32).map(|number| ((number * number) >> 3) as u8).collect();
    let program = wigwag_fuzz_entry::grammar::write_program(&choices);
    assert_eq!(program, wigwag_fuzz_entry::grammar::write_program(&choices));
    assert!(program.lines().count() > 50, "{program}");
}
