//! The tests of peterhinch/micropython-async: `v3/primitives` and `v3/threadsafe`, which many programs are built on.
//!
//! Its tests are functions to be called by hand, which first print what they are going to print. A run passes if it prints
//! what MicroPython's unix port prints; where that lacks something the test needs (a board, say), if it prints the lines that
//! it has announced, some of which may come in another order. The files are run as they are, under the virtual clock.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The heading of its part of the page.
pub const HEADING: &str = "\n## peterhinch/micropython-async\n";

/// A test to be called.
struct Run {
    /// A name below `primitives.tests`, and what is called there, if importing it is not all.
    module: &'static str,
    call: &'static str,
    about: &'static str,
}

const RUNS: [Run; 19] = [
    Run {
        module: "asyntest",
        call: "test(1)",
        about: "`threadsafe.Message`: several waiters, iteration, cancellation",
    },
    Run { module: "asyntest", call: "test(2)", about: "`threadsafe.Message` and `Lock`" },
    Run { module: "asyntest", call: "test(3)", about: "`Barrier` with a callback" },
    Run { module: "asyntest", call: "test(4)", about: "`Barrier` with a coroutine" },
    Run { module: "asyntest", call: "test(5)", about: "`Semaphore`" },
    Run { module: "asyntest", call: "test(6)", about: "`BoundedSemaphore`" },
    Run { module: "asyntest", call: "test(7)", about: "`Condition`" },
    Run { module: "asyntest", call: "test(8)", about: "`Queue`" },
    Run { module: "asyntest", call: "test(9)", about: "`RingbufQueue`" },
    Run { module: "asyntest", call: "test(10)", about: "`Queue.task_done` and `join`" },
    Run {
        module: "delay_test",
        call: "test(0)",
        about: "`Delay_ms` triggered by a hard interrupt of a timer",
    },
    Run { module: "delay_test", call: "test(1)", about: "`Delay_ms.stop`, the callback's result" },
    Run { module: "delay_test", call: "test(2)", about: "`Delay_ms` made shorter while it runs" },
    Run { module: "delay_test", call: "test(3)", about: "`Delay_ms` with a duration of its own" },
    Run { module: "delay_test", call: "test(4)", about: "`Delay_ms` that starts a task" },
    Run { module: "delay_test", call: "test(5)", about: "`Delay_ms` after `deinit`" },
    Run { module: "event_test", call: "test_wait()", about: "`WaitAny`, `WaitAll`" },
    Run { module: "elo_test", call: "test()", about: "`ELO`" },
    Run { module: "broker_test", call: "", about: "`Broker`" },
];

/// What needs hardware, and is not run.
const NOT_RUN: [(&str, &str); 5] = [
    ("adctest", "an analogue input that is driven by another pin"),
    ("encoder_test", "a rotary encoder"),
    ("encoder_stop", "a rotary encoder"),
    ("switches", "switches"),
    ("event_test.test_switches", "two pins that are connected"),
];

/// How a run went.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    AsOnPeer,
    AsAnnounced,
    InAnotherOrder,
    Fails(String),
    /// In the same way on both: the test itself is wrong.
    FailsOnBoth(String),
}

impl Outcome {
    fn describe(&self) -> String {
        match self {
            Outcome::AsOnPeer => "passes: prints what MicroPython prints".into(),
            Outcome::AsAnnounced => "passes: prints what it announces".into(),
            Outcome::InAnotherOrder => {
                "passes: prints the lines that it announces, some in another order".into()
            }
            Outcome::Fails(why) => format!("fails: {why}"),
            Outcome::FailsOnBoth(why) => format!("fails as on MicroPython: {why}"),
        }
    }
}

/// Standard output if a run ended well, or else the last line of what it said.
type Said = Result<String, String>;

impl Run {
    fn code(&self) -> String {
        let Run { module, call, .. } = self;
        let call = if call.is_empty() { String::new() } else { format!("; tests.{call}") };
        format!("import primitives.tests.{module} as tests{call}")
    }

    fn name(&self) -> String {
        let Run { module, call, .. } = self;
        if call.is_empty() { module.to_string() } else { format!("{module}.{call}") }
    }

    fn said_by(&self, command: &mut Command, tree: &Path) -> Result<Said, String> {
        command.arg("-c").arg(self.code()).current_dir(tree.join("v3")).stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("{command:?} does not start: {error}"))?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(Ok(text(&output.stdout)));
        }
        let said = text(&output.stdout) + &text(&output.stderr);
        let last = said.lines().rev().find(|line| !line.trim().is_empty());
        Ok(Err(last.unwrap_or("no output").to_owned()))
    }
}

/// The lines that a test announces and those that it prints then: what it announces is green.
fn announced(output: &str) -> Option<(Vec<String>, Vec<String>)> {
    let blocks = output.split("\x1b[32m").skip(1).filter_map(|block| block.split_once("\x1b[39m"));
    let (mut expected, printed) = blocks
        .map(|(expected, printed)| (lines(expected), lines(printed)))
        .find(|(_, printed)| !printed.is_empty())?;
    expected.retain(|line| !line.starts_with("exact "));
    Some((expected, printed))
}

/// The lines that say something, in small letters: a few are announced in others than they are printed.
fn lines(text: &str) -> Vec<String> {
    let is_heading =
        |line: &str| line.is_empty() || line.starts_with("Running (") || line == "Expected output:";
    text.lines().map(str::trim).filter(|line| !is_heading(line)).map(str::to_lowercase).collect()
}

fn compare(here: Said, peer: &Said) -> Outcome {
    let here = match here {
        Ok(here) => here,
        Err(why) if peer.as_ref() == Err(&why) => return Outcome::FailsOnBoth(why),
        Err(why) => return Outcome::Fails(why),
    };
    if peer.as_ref() == Ok(&here) {
        return Outcome::AsOnPeer;
    }
    let Some((mut expected, mut printed)) = announced(&here) else {
        return Outcome::Fails("prints nothing of what it announces".into());
    };
    let on_peer = peer.as_ref().ok().and_then(|peer| announced(peer));
    if on_peer.is_some_and(|(_, on_peer)| on_peer == printed) {
        return Outcome::AsOnPeer;
    }
    if expected == printed {
        return Outcome::AsAnnounced;
    }
    expected.sort_unstable();
    printed.sort_unstable();
    if expected == printed {
        return Outcome::InAnotherOrder;
    }
    Outcome::Fails("prints other lines than it announces".into())
}

/// Runs all that needs no hardware; gives its part of the page.
///
/// # Errors
/// When one of the two does not start.
pub fn judge(tree: &Path, wigwag: &Path, peer: &Path) -> Result<String, String> {
    let absolute = |path: &Path| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
    let (wigwag, peer) = (absolute(wigwag)?, absolute(peer)?);
    let mut text = format!(
        "{HEADING}\n`v3/primitives` and `v3/threadsafe` with the tests that need no hardware, as they are, run from `v3` on a\n\
         simulated pyboard under the virtual clock. `threadsafe` has no tests of its own: its `Message` is in the first two.\n\n\
         | test | of what | |\n|---|---|---|\n"
    );
    for run in &RUNS {
        let mut here = Command::new(&wigwag);
        here.args(["run", "--clock", "virtual", "--until", "10m"]).env_remove("WIGWAG_BOARD");
        let here = run.said_by(&mut here, tree)?;
        let on_peer = run.said_by(&mut Command::new(&peer), tree)?;
        let outcome = compare(here, &on_peer).describe();
        let _ = writeln!(text, "| `{}` | {} | {outcome} |", run.name(), run.about);
    }
    let not_run: Vec<String> = NOT_RUN.iter().map(|(test, need)| format!("`{test}` ({need})")).collect();
    let _ = writeln!(text, "\nNot run, for what they need: {}.", not_run.join(", "));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\x1b[32mAvailable:\n1\n\x1b[39m\n\x1b[32m\nExpected output:\none\ntwo\nExact order may vary\n\
                          \x1b[39m\nRunning (runtime = 3s):\ntwo\none\n\x1b[32mAvailable:\n\x1b[39m\n";

    #[test]
    fn what_is_announced_is_compared_with_what_is_printed() {
        let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
        assert_eq!(announced(OUTPUT), Some((words(&["one", "two"]), words(&["two", "one"]))));
        let nowhere = Err("no board".to_owned());
        assert_eq!(compare(Ok(OUTPUT.into()), &nowhere), Outcome::InAnotherOrder);
        assert_eq!(compare(Ok(OUTPUT.replace("two\none", "one\ntwo")), &nowhere), Outcome::AsAnnounced);
        let fails = compare(Ok(OUTPUT.replace("two\none", "one")), &nowhere);
        assert!(matches!(fails, Outcome::Fails(_)));
        assert_eq!(compare(Ok("same".into()), &Ok("same".into())), Outcome::AsOnPeer);
        assert_eq!(compare(Err("ImportError".into()), &nowhere), Outcome::Fails("ImportError".into()));
        assert_eq!(compare(nowhere.clone(), &nowhere), Outcome::FailsOnBoth("no board".into()));
    }
}
