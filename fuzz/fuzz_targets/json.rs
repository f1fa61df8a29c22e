//! Any bytes as input of `json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wigwag_fuzz_entry::library::module("json", input));
