//! One process, run to its end and measured: wall time, CPU time, peak memory, what it printed.
//!
//! The system tells a parent what *all* its children used together, so each measured process gets a parent of
//! its own: the bench starts itself once more with [`HELPER`], that helper starts the program, waits, and
//! reports what its only child used. This needs no `unsafe` and no clock in the measured program.
//!
//! Two things must hold. The helper stays small, because Linux counts the memory of the process that started a
//! program into that program's peak: what lies below the helper's own peak is therefore reported as "at most".
//! And nothing but the program happens between the two readings of the clock.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The first argument that makes this program the helper.
pub const HELPER: &str = "--measure-child";

/// What a process used, and what it said.
pub struct Measured {
    /// From before its start until after its end.
    pub wall_ms: f64,
    /// User and system time together.
    pub cpu_ms: f64,
    /// The most memory it held at once, in kilobytes.
    pub peak_kb: f64,
    /// Whether `peak_kb` is only an upper bound.
    pub peak_is_bound: bool,
    /// Its standard output.
    pub output: String,
}

/// Runs a command line and measures it. An error says in one line how the program failed.
pub fn run(
    command: &[OsString],
    environment: &[(&str, Option<&str>)],
    limit: Duration,
) -> Result<Measured, String> {
    let helper = std::env::current_exe().map_err(|error| format!("cannot find the bench itself: {error}"))?;
    let mut process = Command::new(helper);
    process.arg(HELPER).arg(limit.as_millis().to_string()).args(command);
    for (name, value) in environment {
        match value {
            Some(value) => process.env(name, value),
            None => process.env_remove(name),
        };
    }
    let reply = process.output().map_err(|error| format!("cannot start the helper: {error}"))?;
    parse(&reply.stdout).ok_or_else(|| "the helper gave no report".to_string())?
}

/// The helper's report: a line of numbers, then the program's standard output, then its standard error.
fn parse(report: &[u8]) -> Option<Result<Measured, String>> {
    let line_end = report.iter().position(|&byte| byte == b'\n')?;
    let header = std::str::from_utf8(report.get(..line_end)?).ok()?;
    let rest = report.get(line_end + 1..)?;
    let (outcome, numbers) = header.split_once(' ')?;
    let numbers: Vec<u64> = numbers.split(' ').map_while(|number| number.parse().ok()).collect();
    let &[wall_us, cpu_us, peak_kb, floor_kb, output_length] = numbers.as_slice() else { return None };
    let output_length = usize::try_from(output_length).ok()?;
    let output = String::from_utf8_lossy(rest.get(..output_length)?).into_owned();
    let errors = String::from_utf8_lossy(rest.get(output_length..)?).into_owned();
    if outcome != "ended:0" {
        return Some(Err(describe_failure(outcome, &output, &errors)));
    }
    Some(Ok(Measured {
        wall_ms: wall_us as f64 / 1000.0,
        cpu_ms: cpu_us as f64 / 1000.0,
        peak_kb: peak_kb as f64,
        peak_is_bound: peak_kb <= floor_kb,
        output,
    }))
}

/// The last line a failing program wrote is nearly always the one that names the error.
fn describe_failure(outcome: &str, output: &str, errors: &str) -> String {
    let last_line = |text: &str| text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_string);
    let said = last_line(errors).or_else(|| last_line(output)).unwrap_or_else(|| "no output".to_string());
    match outcome.split_once(':') {
        Some(("ended", status)) => format!("status {status}: {said}"),
        Some(("stopped", reason)) => format!("{reason}: {said}"),
        _ => said,
    }
}

/// The helper's whole life: `--measure-child LIMIT_MS PROGRAM [ARGUMENT…]`.
pub fn helper_main(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let limit = arguments.next().and_then(|limit| limit.to_str()?.parse().ok()).map(Duration::from_millis);
    let (Some(limit), Some(program)) = (limit, arguments.next()) else { return ExitCode::from(2) };
    match measure(limit, &program, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("{}: {error}", program.to_string_lossy());
            let written = io::stdout().write_all(format!("stopped:cannot 0 0 0 0 0\n{message}").as_bytes());
            if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

fn measure(limit: Duration, program: &OsString, arguments: impl Iterator<Item = OsString>) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let child = command.spawn()?;
    let watchdog = watch(child.id(), limit);
    let output = child.wait_with_output()?;
    let wall = start.elapsed();
    drop(watchdog);
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu_us = microseconds(used.user_time()) + microseconds(used.system_time());
    let outcome = match output.status.code() {
        Some(code) => format!("ended:{code}"),
        None if wall >= limit => "stopped:too-slow".to_string(),
        None => "stopped:killed".to_string(),
    };
    let mut out = io::stdout().lock();
    let (wall_us, peak_kb, length) = (wall.as_micros(), used.max_rss().max(0), output.stdout.len());
    let floor_kb = own_peak_kb();
    writeln!(out, "{outcome} {wall_us} {cpu_us} {peak_kb} {floor_kb} {length}")?;
    out.write_all(&output.stdout)?;
    out.write_all(&output.stderr)?;
    out.flush()
}

/// Kills the process once the limit is over, unless the returned end is dropped before.
fn watch(process: u32, limit: Duration) -> mpsc::Sender<()> {
    let (ended, end) = mpsc::channel();
    thread::spawn(move || {
        if end.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout)
            && let Ok(process) = i32::try_from(process)
        {
            // It may have ended in this very moment: then there is nothing to kill, and that is well.
            let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
        }
    });
    ended
}

fn microseconds(time: nix::sys::time::TimeVal) -> i64 {
    time.tv_sec() * 1_000_000 + time.tv_usec()
}

/// The helper's own peak so far, in kilobytes; 0 where the system does not say.
fn own_peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_numbers_then_output_then_errors() {
        let report = b"ended:0 1500 900 2048 1024 6\nhello\nignored";
        let Some(Ok(measured)) = parse(report) else { panic!("not understood") };
        assert_eq!((measured.wall_ms, measured.cpu_ms, measured.peak_kb), (1.5, 0.9, 2048.0));
        assert_eq!(measured.output, "hello\n");
        assert!(!measured.peak_is_bound);
    }

    #[test]
    fn a_peak_below_the_helpers_own_is_a_bound() {
        let Some(Ok(measured)) = parse(b"ended:0 1 1 1024 1024 0\n") else { panic!("not understood") };
        assert!(measured.peak_is_bound);
    }

    #[test]
    fn a_failure_names_the_last_line() {
        let report = b"ended:1 1 1 1 1 3\nok\nTraceback\nValueError: no\n";
        let Some(Err(message)) = parse(report) else { panic!("taken for a success") };
        assert_eq!(message, "status 1: ValueError: no");
    }

    #[test]
    fn a_truncated_report_is_noticed() {
        assert!(parse(b"ended:0 1 1 1 1 99\nshort").is_none());
        assert!(parse(b"").is_none());
    }
}
