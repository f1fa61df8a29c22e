//! The gate against getting slower: how many instructions the hot paths take, compared with a file in the repository.
//!
//! Times depend on the machine and on what else runs there; the number of instructions hardly does. Each script runs
//! under `valgrind --tool=callgrind` with small numbers, and what a process takes that only prints `hello` is taken off,
//! so that a path made slower by a tenth shows as a tenth. Compilers differ more than that: against figures that were
//! recorded with another one only [`OTHER_COMPILER`] is asked for, and the output says so.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How much more than recorded is too much.
const MARGIN: f64 = 0.05;
/// The same where the figures are another compiler's.
const OTHER_COMPILER: f64 = 0.25;

/// What the file begins with.
const HEADING: &str = "# Instructions without start-up, as `wigwag-bench --instructions` counts them; `--record` writes \
                       this file.";

/// The scripts, and their arguments.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("task_switch", &["100", "100"]),
    ("event_handover", &["10", "500"]),
    ("create_join", &["5000"]),
    ("lock_handover", &["20", "20"]),
    ("sleepers", &["500", "5", "100"]),
    ("count", &["300000"]),
    ("fib", &["18"]),
    ("method_call", &["30000"]),
    ("attribute", &["50000"]),
    ("float_arithmetic", &["10000"]),
    ("string_building", &["2000"]),
    ("list_work", &["5"]),
    ("dict_work", &["5"]),
    ("generator", &["20000"]),
    ("exception", &["10000"]),
];

/// Counts, and compares with the file or writes it. Prints a line for each script; gives those that take too many.
pub fn run(
    wigwag: &Path,
    scripts: &Path,
    scratch: &Path,
    file: &Path,
    record: bool,
) -> Result<Vec<String>, String> {
    let start_up = count(wigwag, &scripts.join("hello.py"), &[], scratch)?;
    let compiler = compiler()?;
    let mut counted = vec![("hello", start_up)];
    for &(name, arguments) in SCRIPTS {
        let all = count(wigwag, &scripts.join(name).with_extension("py"), arguments, scratch)?;
        counted.push((name, all.saturating_sub(start_up)));
    }
    if record {
        let mut text = format!("{HEADING}\n# {compiler}\n");
        for (name, instructions) in &counted {
            let _ = writeln!(text, "{name} {instructions}");
        }
        return fs::write(file, text)
            .map(|()| Vec::new())
            .map_err(|error| format!("{}: {error}", file.display()));
    }
    let recorded = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let same_compiler = recorded.lines().any(|line| line.strip_prefix("# ") == Some(&compiler));
    let margin = if same_compiler { MARGIN } else { OTHER_COMPILER };
    if !same_compiler {
        println!(
            "Recorded with another compiler than {compiler}: only {:.0} % are asked for.",
            margin * 100.0
        );
    }
    let mut slower = Vec::new();
    for (name, instructions) in counted {
        let Some(before) = recorded_count(&recorded, name) else {
            slower.push(format!("{name}: not in {}", file.display()));
            continue;
        };
        let change = instructions as f64 / before as f64 - 1.0;
        println!("{name:16} {instructions:>12} {:+6.1} %", change * 100.0);
        if change > margin {
            slower.push(format!("{name} takes {:.1} % more instructions than recorded", change * 100.0));
        }
    }
    Ok(slower)
}

/// What the file says of a script.
fn recorded_count(recorded: &str, name: &str) -> Option<u64> {
    let line = recorded.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.trim().parse().ok().filter(|&count| count > 0)
}

/// The compiler's version, in one line.
fn compiler() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    match Command::new(rustc).arg("--version").output() {
        Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).trim().to_string()),
        Err(error) => Err(format!("rustc does not start: {error}")),
    }
}

/// The instructions of one run, from its start to its end.
fn count(wigwag: &Path, script: &Path, arguments: &[&str], scratch: &Path) -> Result<u64, String> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", scratch.join("callgrind").display()));
    let output = valgrind.arg(wigwag).arg(script).args(arguments).output();
    let output = output.map_err(|error| format!("valgrind does not start: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report.lines().find_map(|line| line.split_once("Collected : "));
    match collected.and_then(|(_, count)| count.trim().parse().ok()) {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("{} under valgrind: {}", script.display(), report.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::recorded_count;

    #[test]
    fn a_name_is_not_the_beginning_of_another() {
        let recorded = "# heading\nlist_work 30\nlist 20\n";
        assert_eq!(recorded_count(recorded, "list"), Some(20));
        assert_eq!(recorded_count(recorded, "list_work"), Some(30));
        assert_eq!(recorded_count(recorded, "work"), None);
    }
}
