//! Any bytes as source text.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wigwag_fuzz_entry::source(input));
