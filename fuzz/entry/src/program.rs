//! The target for whole programs.
//!
//! The first byte says what the rest is. A byte that can begin a text makes all of it one, so that scripts are inputs
//! as they are; one that begins with `#!` and four characters takes its settings from those. Any other byte begins
//! choices for the grammar, settings first.

use crate::grammar::write_program;
use crate::machine::{on_stack, run};
use crate::settings::{Bytes, Settings};

/// What a program may take of the system's memory beside its heap: code on its way from text to heap, native state.
const BESIDE_THE_HEAP: u64 = 6 << 20;

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

fn take_settings(bytes: &[u8]) -> (Settings, &[u8]) {
    match bytes.split_first_chunk::<{ size_of::<Bytes>() }>() {
        Some((chosen, rest)) => (Settings::from_bytes(*chosen), rest),
        None => (Settings::from_bytes([0; 4]), &[]),
    }
}

/// Runs an input; whatever it is, the machine survives it.
pub fn program(input: &[u8]) {
    let (settings, text) = text_of(input);
    on_stack(settings.small_stack, || {
        let taken = allocation_counter::measure(|| run(&text, &settings));
        let most = settings.heap_bytes as u64 + BESIDE_THE_HEAP;
        assert!(taken.bytes_max <= most, "took {} bytes, {most} at most", taken.bytes_max);
    });
}
