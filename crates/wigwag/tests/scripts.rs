//! Runs every script under `tests/` through the command and compares what it prints.
//!
//! A test is a pair: `NAME.py`, and `NAME.out` with the exact standard output. Beside them may lie `NAME.in` for
//! standard input. Comments in the first lines of a script change how it is run:
//!
//! ```text
//! # args: ARGUMENT…     arguments for the script
//! # run: OPTION…        options of `wigwag run`
//! # board: NAME         the board (as `--board NAME`)
//! # status: N           the exit status to expect in place of 0
//! # stderr: FILE        the exact standard error to expect; without it, nothing may come out there
//! # stress: N           under collector stress, collect at every N-th safepoint: for slow ones, and those that
//!                       bring about the collections they are about
//! # cpython             `python3` gives the same output: it is run too
//! # helper              not a test: imported by one
//! ```
//!
//! Each script runs in its own folder, by its bare file name, so that tracebacks read the same everywhere. How
//! much fuel a step gets, and when the collector runs, must never show: the same files hold in every mode.
//!
//! `WIGWAG_TEST_ONLY=TEXT` runs only scripts with TEXT in their path; `WIGWAG_TEST_BINARY=PATH` tests another
//! executable that understands the same options.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Scripts that run at the same time.
const WORKERS: usize = 2;

/// When a script is given up.
const LIMIT: Duration = Duration::from_secs(120);

/// A failing script shows at most so many lines of what was expected, and as many of what came.
const SHOWN_LINES: usize = 20;

#[test]
fn scripts_give_their_output() {
    run_all("plain", Runtime::Wigwag(&[]));
}

#[test]
fn scripts_give_the_same_with_a_fuel_of_one() {
    run_all("fuel 1", Runtime::Wigwag(&["--fuel", "1"]));
}

#[test]
fn scripts_give_the_same_when_every_safepoint_collects() {
    run_all("collector stress", Runtime::Wigwag(&["--gc-stress", "1"]));
}

#[test]
fn scripts_that_say_so_give_the_same_on_cpython() {
    run_all("CPython", Runtime::CPython);
}

/// What a script is run on.
#[derive(Clone, Copy)]
enum Runtime<'a> {
    /// Wigwag, with these options.
    Wigwag(&'a [&'a str]),
    /// `python3`, with an asyncio that leaps from deadline to deadline.
    CPython,
}

/// Runs all scripts in one mode and fails with a report on each that did not do as it should.
fn run_all(mode: &str, runtime: Runtime) {
    // The modes take turns, so that the machine runs no more than WORKERS scripts at once.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let mut found = Found::default();
    collect(&root, &mut found);
    let mut failures: Vec<String> =
        found.strays.iter().map(|path| format!("{}: belongs to no script", shown(&root, path))).collect();
    if let Ok(only) = env::var("WIGWAG_TEST_ONLY") {
        found.scripts.retain(|script| shown(&root, script).contains(&only));
    }
    assert!(!found.scripts.is_empty(), "no scripts found under {}", root.display());
    if let Runtime::CPython = runtime {
        found.scripts.retain(|script| options_of(script).holds_on_cpython);
        let is_whole = env::var_os("WIGWAG_TEST_ONLY").is_none();
        assert!(!(is_whole && found.scripts.is_empty()), "no script says that CPython gives the same");
    }

    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Vec::new());
    let scripts = &found.scripts;
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(report) = check(script, runtime) {
                        let report = format!("{}: {report}", shown(&root, script));
                        reports.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(report);
                    }
                }
            });
        }
    });
    let mut reports = reports.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    reports.sort();
    // Written past the test runner's capture: how many ran matters when all is well, too.
    let passed = scripts.len() - reports.len();
    let _ = writeln!(io::stderr(), "scripts, {mode}: {passed} passed, {} failed", reports.len());
    failures.extend(reports);
    assert!(failures.is_empty(), "{mode}: {} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

/// What lies under `tests/`.
#[derive(Default)]
struct Found {
    scripts: Vec<PathBuf>,
    /// Expected output without a script, or a script without expected output that is no helper.
    strays: Vec<PathBuf>,
}

fn collect(folder: &Path, found: &mut Found) {
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    entries.sort();
    for path in entries {
        let kind = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            // A tool with tests of its own brings its own kinds of scripts.
            if !path.join("Cargo.toml").exists() {
                collect(&path, found);
            }
        } else if kind == Some("py") && path.with_extension("out").is_file() {
            found.scripts.push(path);
        } else if (kind == Some("py") && !options_of(&path).is_helper)
            || (kind == Some("out") && !path.with_extension("py").is_file())
        {
            found.strays.push(path);
        }
    }
}

/// What the first comments of a script ask for.
#[derive(Default)]
struct Options {
    arguments: Vec<String>,
    run_options: Vec<String>,
    status: i32,
    stderr: Option<String>,
    is_helper: bool,
    stress: Option<String>,
    holds_on_cpython: bool,
}

fn options_of(script: &Path) -> Options {
    let text = fs::read(script).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let mut options = Options::default();
    for line in text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim) {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let words = || value.split_whitespace().map(str::to_string);
        match key {
            "args" => options.arguments.extend(words()),
            "run" => options.run_options.extend(words()),
            "board" => options.run_options.extend(["--board".to_string(), value.trim().to_string()]),
            "status" => options.status = value.trim().parse().unwrap_or(0),
            "stderr" => options.stderr = Some(value.trim().to_string()),
            "stress" => options.stress = Some(value.trim().to_string()),
            "helper" => options.is_helper = true,
            "cpython" => options.holds_on_cpython = true,
            _ => {}
        }
    }
    options
}

/// The command that runs a script, but for the script's name and what comes after it.
fn command_for(runtime: Runtime, options: &Options) -> Command {
    let mode_options = match runtime {
        Runtime::CPython => {
            let mut command = Command::new("python3");
            command.args(["-W", "ignore", concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/on_cpython.py")]);
            return command;
        }
        Runtime::Wigwag(mode_options) => mode_options,
    };
    let binary = env::var_os("WIGWAG_TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_wigwag").into());
    let mut command = Command::new(binary);
    command.arg("run");
    match (&options.stress, mode_options) {
        (Some(every), ["--gc-stress", _]) => command.args(["--gc-stress", every]),
        _ => command.args(mode_options),
    };
    command.args(&options.run_options);
    command
}

/// Runs one script; the error is the report.
fn check(script: &Path, runtime: Runtime) -> Result<(), String> {
    let options = options_of(script);
    let folder = script.parent().unwrap_or(Path::new("."));
    let name = script.file_name().unwrap_or_default();
    let input = fs::File::open(script.with_extension("in")).map_or_else(|_| Stdio::null(), Stdio::from);
    let mut command = command_for(runtime, &options);
    command.arg(name).args(&options.arguments);
    command.current_dir(folder).env_remove("WIGWAG_BOARD").env("NO_COLOR", "1");
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = run_to_end(command).map_err(|error| format!("cannot run the command: {error}"))?;

    let mut report = String::new();
    match ended.status.map(|status| status.code()) {
        None => report.push_str(&format!("still running after {} s\n", LIMIT.as_secs())),
        Some(None) => report.push_str("killed by a signal\n"),
        Some(Some(code)) if code != options.status => {
            report.push_str(&format!("status {code}, expected {}\n", options.status));
        }
        Some(Some(_)) => {}
    }
    report.push_str(&difference("stdout", &read(&script.with_extension("out"))?, &ended.stdout));
    let expected_errors = match &options.stderr {
        Some(file) => read(&folder.join(file))?,
        None => Vec::new(),
    };
    report.push_str(&difference("stderr", &expected_errors, &ended.stderr));
    if report.is_empty() { Ok(()) } else { Err(report) }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A process that has ended, or was stopped (then without a status).
struct Ended {
    status: Option<ExitStatus>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

fn run_to_end(mut command: Command) -> io::Result<Ended> {
    let mut child = command.spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stdout = scope.spawn(|| drain(stdout));
        let stderr = scope.spawn(|| drain(stderr));
        let status = wait(&mut child)?;
        Ok(Ended {
            status,
            stdout: stdout.join().unwrap_or_default(),
            stderr: stderr.join().unwrap_or_default(),
        })
    })
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read before an error still stands in the report.
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

/// Waits, but not for ever.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Empty where both are the same; else the lines between their common beginning and their common end.
fn difference(what: &str, expected: &[u8], got: &[u8]) -> String {
    if expected == got {
        return String::new();
    }
    let (expected, got) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(got));
    let expected: Vec<&str> = expected.split_inclusive('\n').collect();
    let got: Vec<&str> = got.split_inclusive('\n').collect();
    let same_start = expected.iter().zip(&got).take_while(|(left, right)| left == right).count();
    let (expected_rest, got_rest) = (&expected[same_start..], &got[same_start..]);
    let same_end = expected_rest
        .iter()
        .rev()
        .zip(got_rest.iter().rev())
        .take_while(|(left, right)| left == right)
        .count();
    let mut text = format!("{what} differs from line {} on (- expected, + got)\n", same_start + 1);
    for (sign, rest) in [('-', expected_rest), ('+', got_rest)] {
        let lines = &rest[..rest.len() - same_end];
        for line in lines.iter().take(SHOWN_LINES) {
            let missing_end = if line.ends_with('\n') { "" } else { "⏎ missing\n" };
            text.push_str(&format!("  {sign} {line}{missing_end}"));
        }
        if lines.len() > SHOWN_LINES {
            text.push_str(&format!("  {sign} … and {} lines more\n", lines.len() - SHOWN_LINES));
        }
    }
    text
}

/// A path as the report names it.
fn shown(root: &Path, path: &Path) -> String {
    let path: OsString = path.strip_prefix(root).unwrap_or(path).into();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_difference_is_the_lines_between_what_both_share() {
    assert_eq!(difference("stdout", b"a\nb\n", b"a\nb\n"), "");
    assert_eq!(
        difference("stdout", b"a\nb\nc\n", b"a\nx\ny\nc\n"),
        "stdout differs from line 2 on (- expected, + got)\n  - b\n  + x\n  + y\n"
    );
    assert_eq!(
        difference("stdout", b"a\n", b"a"),
        "stdout differs from line 1 on (- expected, + got)\n  - a\n  + a⏎ missing\n"
    );
}
