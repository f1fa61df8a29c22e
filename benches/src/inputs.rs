//! What scripts read: files that are written into a temporary folder, the same ones for every runtime and on every run.
//!
//! A job names its [`Input`]; [`provide`] writes those that are asked for and puts their paths in front of the jobs'
//! arguments. The texts are made of few words and many numbers, as logs are, so that they compress as logs do.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::jobs::Job;

/// A file to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A list of readings of sensors in JSON: 1 MB.
    Json,
    /// Lines of a log: 1 MB.
    Log,
    /// More of them: 16 MB.
    LongLog,
    /// The same, compressed, in zlib's format.
    PackedLog,
}

/// A row of [`INPUTS`]: what it is, its file's name, its size, its size for a quick look, and how it is made.
type Row = (Input, &'static str, usize, usize, fn(usize) -> Vec<u8>);

const INPUTS: &[Row] = &[
    (Input::Json, "readings.json", 1 << 20, 1 << 14, readings),
    (Input::Log, "log.txt", 1 << 20, 1 << 14, log),
    (Input::LongLog, "long_log.txt", 1 << 24, 1 << 16, log),
    (Input::PackedLog, "long_log.zlib", 1 << 24, 1 << 16, |size| {
        compress_to_vec_zlib(&log(size), USUAL_LEVEL)
    }),
];

/// What zlib compresses with where nobody says otherwise.
const USUAL_LEVEL: u8 = 6;

/// Writes what these jobs read into a folder, and tells each job where it is.
pub fn provide(folder: &Path, jobs: &mut [Job], quick: bool) -> Result<(), String> {
    for &(input, name, size, quick_size, make) in INPUTS {
        let path = folder.join(name);
        let mut readers = jobs.iter_mut().filter(|job| job.input == Some(input)).peekable();
        if readers.peek().is_some() {
            let bytes = make(if quick { quick_size } else { size });
            fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        readers.for_each(|job| job.arguments.insert(0, path.to_string_lossy().into_owned()));
    }
    Ok(())
}

/// Numbers that look like chance and are always the same.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }
}

const WORDS: [&str; 24] = [
    "accepted",
    "battery",
    "burst",
    "channel",
    "checked",
    "closed",
    "connected",
    "delayed",
    "door",
    "fan",
    "idle",
    "lamp",
    "late",
    "motor",
    "opened",
    "pump",
    "queue",
    "relay",
    "retry",
    "sensor",
    "started",
    "stopped",
    "valve",
    "window",
];

/// So many bytes of log lines, the last of which says that the log ends.
fn log(size: usize) -> Vec<u8> {
    const LAST: &str = "24:00:00.000 log: terminated code=0\n";
    let (mut noise, mut text, mut time_ms) = (Noise(1), String::with_capacity(size + 100), 0);
    while text.len() + LAST.len() < size {
        time_ms += noise.below(700);
        let (seconds, ms) = (time_ms / 1000, time_ms % 1000);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let (name, number) = (noise.word(), noise.below(32));
        let (value, what, more) = (noise.below(4096), noise.word(), noise.word());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{hour:02}:{minute:02}:{second:02}.{ms:03} {name}{number}: {what} {more} code={value}"
        );
    }
    text.push_str(LAST);
    text.into_bytes()
}

/// So many bytes of JSON.
fn readings(size: usize) -> Vec<u8> {
    let (mut noise, mut text) = (Noise(2), String::with_capacity(size + 200));
    text.push('[');
    let mut number = 0;
    while text.len() < size {
        let separator = if number == 0 { "" } else { ", " };
        let (name, ok) = (noise.word(), noise.below(8) > 0);
        let (value, scale) = (noise.below(100_000) as f64 / 64.0, noise.below(1000));
        let note =
            if ok { "null".to_string() } else { format!("\"{} \\\"{}\\\"\\n\"", noise.word(), noise.word()) };
        let history = [noise.below(4096), noise.below(4096), noise.below(4096)];
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{separator}{{\"id\": {number}, \"name\": \"{name}\", \"ok\": {ok}, \"value\": {value:?}, \"scale\": -{scale}, \
             \"note\": {note}, \"history\": {history:?}, \"at\": {{\"room\": \"{}\", \"floor\": {}}}}}",
            noise.word(),
            noise.below(5)
        );
        number += 1;
    }
    text.push(']');
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_has_a_row_and_the_size_it_says() {
        for input in [Input::Json, Input::Log, Input::LongLog, Input::PackedLog] {
            assert_eq!(INPUTS.iter().filter(|&&(known, ..)| known == input).count(), 1);
        }
        assert!((1 << 14..(1 << 14) + 300).contains(&readings(1 << 14).len()));
        assert!((1 << 14..(1 << 14) + 100).contains(&log(1 << 14).len()));
        assert!(serde_json::from_slice::<serde_json::Value>(&readings(1 << 14)).is_ok());
    }
}
