//! Any bytes as a program to run.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wigwag_fuzz_entry::program(input));
