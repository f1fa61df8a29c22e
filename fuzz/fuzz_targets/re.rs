//! Any bytes as input of `re`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wigwag_fuzz_entry::library::module("re", input));
