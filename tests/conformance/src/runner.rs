//! Upstream's runner, as a process of its own: it knows how each test is run, and when one passes.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;

/// What came of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It did what it should.
    Pass,
    /// It did something else.
    Fail,
    /// It found that what it needs is not there, or the runner knew.
    Skip,
}

/// What came of each test, by its name: `basics/andor.py`.
pub type Outcomes = BTreeMap<String, Outcome>;

/// Where the tests are, and which are run.
pub struct Runner<'a> {
    /// The checkout.
    pub tree: &'a Path,
    /// The folders of its `tests/`.
    pub folders: &'a [String],
}

impl Runner<'_> {
    /// Runs the tests on a binary that is started with these flags.
    pub fn run(&self, binary: &Path, flags: &[String]) -> Result<Outcomes, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", binary.display());
        let folder = tempfile::tempdir().map_err(failed)?;
        let binary = fs::canonicalize(binary).map_err(failed)?;
        let started = if flags.is_empty() {
            binary.clone()
        } else {
            with_flags(&binary, flags, folder.path()).map_err(failed)?
        };
        let results = folder.path().join("results");
        let tests = self.tree.join("tests");
        Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()))
            .args(["run-tests.py", "-j2", "-r"])
            .arg(&results)
            .arg("-d")
            .args(self.folders)
            .current_dir(&tests)
            .env("MICROPY_MICROPYTHON", &started)
            .env("WIGWAG_BOARD", "none")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| format!("upstream's runner in {}: {error}", tests.display()))?;
        let text = fs::read_to_string(results.join("_results.json"))
            .map_err(|_| format!("upstream's runner gives no results for {}", binary.display()))?;
        outcomes(&text).ok_or_else(|| "upstream's runner writes results in a form unknown here".to_owned())
    }
}

/// A command that starts the binary with flags: upstream's runner takes the path of one file.
fn with_flags(binary: &Path, flags: &[String], folder: &Path) -> std::io::Result<PathBuf> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let words: Vec<String> = [quoted(&binary.to_string_lossy())]
        .into_iter()
        .chain(flags.iter().map(|flag| quoted(flag)))
        .collect();
    let path = folder.join("wigwag-with-flags");
    fs::write(&path, format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" ")))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Reads the runner's results: `{"results": [[name, outcome, remark], …]}`.
fn outcomes(text: &str) -> Option<Outcomes> {
    let parsed: Value = serde_json::from_str(text).ok()?;
    let mut found = Outcomes::new();
    for entry in parsed.get("results")?.as_array()? {
        let outcome = match entry.get(1)?.as_str()? {
            "pass" => Outcome::Pass,
            "skip" => Outcome::Skip,
            // A test that upstream calls flaky is "ignored" when it fails.
            _ => Outcome::Fail,
        };
        found.insert(entry.get(0)?.as_str()?.to_owned(), outcome);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read() {
        let text = r#"{"results": [["a/x.py", "pass", ""], ["a/y.py", "ignored", "flaky"], ["b/z.py", "skip", ""]]}"#;
        let found = outcomes(text).expect("the form is known");
        assert_eq!(found["a/x.py"], Outcome::Pass);
        assert_eq!(found["a/y.py"], Outcome::Fail);
        assert_eq!(found["b/z.py"], Outcome::Skip);
        assert_eq!(outcomes("{}"), None);
    }

    #[test]
    fn flags_reach_the_binary_as_they_are() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let command =
            with_flags(Path::new("/bin/echo"), &["it's".to_owned(), "a b".to_owned()], folder.path())
                .expect("a command is written");
        let output = Command::new(command).arg("last").output().expect("it starts");
        assert_eq!(output.stdout, b"it's a b last\n");
    }
}
