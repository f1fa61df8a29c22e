//! The target for whole programs.
//!
//! The first byte says what the rest is. A byte that can begin a text makes all of it one, so that scripts are inputs
//! as they are; one that begins with `#!` and four characters takes its settings from those. Any other byte begins
//! choices for the grammar, settings first.

use crate::files::Files;
use crate::grammar::write_program;
use crate::machine::{in_bounds, run};
use crate::settings::{Settings, take_settings};

/// What a program may do before it is stopped.
const WORK: u64 = 20_000;

/// Takes an input apart: how to run it, and the program's text.
pub fn text_of(input: &[u8]) -> (Settings, Vec<u8>) {
    match input {
        [first, rest @ ..] if *first < b'\t' => {
            let (settings, choices) = take_settings(rest);
            (settings, write_program(choices).into_bytes())
        }
        [b'#', b'!', rest @ ..] => (take_settings(rest).0, input.to_vec()),
        _ => (Settings::from_bytes([0; 4]), input.to_vec()),
    }
}

/// Runs an input; whatever it is, the machine survives it.
pub fn program(input: &[u8]) {
    let (settings, text) = text_of(input);
    in_bounds(&settings, || {
        run(&text, &settings, Files::new(), WORK);
    });
}
