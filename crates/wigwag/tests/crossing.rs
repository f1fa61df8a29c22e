//! The main job, on the examples: two coroutines (or two threads), two lights, and a trace that is the same in every run.
//!
//! What is checked is what a person at the crossing would see, read from the stream of board events: how often
//! the lights change, how evenly, that exactly one is lit; and that neither a second run nor the fuel of a step
//! changes a single byte. `WIGWAG_TEST_BINARY=PATH` tests another executable.

use std::path::Path;
use std::process::Command;

/// The examples blink with this period.
const PERIOD_US: i64 = 150_000;

/// How far from its time a change may come.
const TOLERANCE_US: i64 = 1_000;

/// The lights of the crossing.
const YELLOW: i64 = 3;
const GREEN: i64 = 2;

/// A change of a light.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Change {
    t_us: i64,
    led: i64,
    value: i64,
}

/// Runs an example for three virtual seconds and gives its stream of events as it stands.
fn events(example: &str, options: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let binary =
        std::env::var_os("WIGWAG_TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_wigwag").into());
    let output = Command::new(binary)
        .current_dir(folder)
        .env_remove("WIGWAG_BOARD")
        .args(["run", "--clock", "virtual", "--until", "3s", "--events", "-"])
        .args(options)
        .arg(example)
        .output()
        .expect("the command starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {}\n{errors}", output.status);
    assert_eq!(errors, "", "{example} writes nothing to stderr");
    String::from_utf8(output.stdout).expect("events are text")
}

fn changes(events: &str) -> Vec<Change> {
    let number = |line: &str, key: &str| -> i64 {
        let rest = line.split(&format!("\"{key}\":")).nth(1).unwrap_or_else(|| panic!("no {key} in {line}"));
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("{key} is no number in {line}"))
    };
    let change = |line: &str| Change {
        t_us: number(line, "t_us"),
        led: number(line, "led"),
        value: number(line, "value"),
    };
    events.lines().filter(|line| line.contains("\"led\":")).map(change).collect()
}

/// What a light showed before the loop began, and then its toggles. The switching on and off at the start is the
/// first change of the yellow light; switching off a light that is off need not be an event.
fn toggles(changes: &[Change], led: i64) -> Vec<Change> {
    let mut own: Vec<Change> = changes.iter().copied().filter(|change| change.led == led).collect();
    if own.first().is_some_and(|first| (first.value != 0) == (led == YELLOW)) {
        own.remove(0);
    }
    own
}

/// Both lights change every 150 ms, and exactly one is lit.
fn check_crossing(example: &str) {
    let changes = changes(&events(example, &[]));
    for led in [YELLOW, GREEN] {
        let toggles = toggles(&changes, led);
        assert!(matches!(toggles.len(), 20 | 21), "LED {led} toggles {} times", toggles.len());
        for pair in toggles.windows(2) {
            let [before, after] = pair else { continue };
            let gap = after.t_us - before.t_us;
            assert!((gap - PERIOD_US).abs() <= TOLERANCE_US, "LED {led}: {gap} µs between toggles");
            assert_ne!(before.value == 0, after.value == 0, "LED {led} toggles");
        }
    }
    // A moment after each pair of toggles, one is lit and the other is not.
    for toggle in toggles(&changes, YELLOW) {
        let moment = toggle.t_us + TOLERANCE_US;
        let is_lit = |led| {
            let last = changes.iter().rev().find(|change| change.led == led && change.t_us <= moment);
            last.is_some_and(|change| change.value != 0)
        };
        assert_ne!(is_lit(YELLOW), is_lit(GREEN), "at {moment} µs");
    }
}

#[test]
fn coroutines_change_the_lights_every_150_ms() {
    check_crossing("crossing.py");
}

#[test]
fn threads_with_blocking_sleeps_change_the_lights_every_150_ms() {
    check_crossing("threads.py");
}

#[test]
fn every_run_gives_the_same_bytes_whatever_the_fuel() {
    for example in ["crossing.py", "threads.py"] {
        let first = events(example, &[]);
        assert_eq!(first, events(example, &[]), "{example}: two runs");
        assert_eq!(first, events(example, &["--fuel", "1"]), "{example}: a fuel of one");
        let collecting = events(example, &["--gc-stress", "1"]);
        assert_eq!(first, collecting, "{example}: collecting at every safepoint");
    }
}

#[test]
fn a_blocking_sleep_keeps_the_second_light_dark() {
    let changes = changes(&events("crossing_blocked.py", &[]));
    assert!(toggles(&changes, YELLOW).len() >= 20, "the yellow light blinks");
    assert_eq!(toggles(&changes, GREEN), [], "the green light never changes");
}
