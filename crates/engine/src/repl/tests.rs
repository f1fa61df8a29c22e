//! Sessions with a machine behind them: what is typed, and all that is shown for it.

use super::*;
use crate::clocks::ClockSource;
use crate::engine::{Config, Ending, Engine, Stepped};
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::RefCell;
use wigwag_modules::clock::Timekeeper;
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};

/// Where the program and the REPL write.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Platform for Screen {
    fn write(&mut self, _stream: Stream, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}

struct Session {
    engine: Engine,
    repl: Repl,
    screen: Screen,
    /// What the REPL asked for and the session has not done.
    asked: Vec<Request>,
}

impl Session {
    /// A session whose banner has been seen.
    fn start() -> Session {
        let screen = Screen::default();
        let config = Config {
            heap_bytes: 1 << 20,
            clock: ClockSource::Virtual,
            ticks_period: Timekeeper::TICKS_64,
            until_us: None,
            board: None,
            settings: Settings::default(),
        };
        let engine = Engine::new(config, Box::new(screen.clone())).expect("room to start");
        let mut session = Session { engine, repl: Repl::new(8), screen, asked: Vec::new() };
        session.show(|repl, vm, out| repl.start(vm, out));
        assert!(session.shown().ends_with("\nType \"help()\" for more information.\n>>> "));
        session
    }

    fn show<Answer>(&mut self, work: impl FnOnce(&mut Repl, &mut Vm, &mut Vec<u8>) -> Answer) -> Answer {
        let mut out = Vec::new();
        let answer = work(&mut self.repl, &mut self.engine.vm, &mut out);
        self.screen.0.borrow_mut().extend_from_slice(&out);
        answer
    }

    /// Everything shown since the last time, without carriage returns.
    fn shown(&mut self) -> String {
        let bytes = core::mem::take(&mut *self.screen.0.borrow_mut());
        String::from_utf8_lossy(&bytes).replace('\r', "")
    }

    /// Types, runs what is to be run, and gives what was shown.
    fn types(&mut self, keys: &str) -> String {
        for byte in keys.bytes() {
            match self.show(|repl, vm, out| repl.feed(byte, vm, out)) {
                Some(Request::Run { source, mode }) => self.run(&source, mode),
                Some(other) => self.asked.push(other),
                None => {}
            }
        }
        self.shown()
    }

    fn run(&mut self, source: &[u8], mode: SourceMode) {
        let mut ended = self.engine.start(source, FILE_NAME, mode).err();
        let ending = loop {
            match ended {
                Some(ending) => break ending,
                None => {
                    if let Stepped::Ended(ending) = self.engine.step(1000) {
                        ended = Some(ending);
                    }
                }
            }
        };
        match ending {
            Ending::Finished => self.show(|repl, vm, out| repl.finished(None, vm, out)),
            Ending::Exception(text) => self.show(|repl, vm, out| repl.finished(Some(&text), vm, out)),
            Ending::Exit(_) => {
                let next = self.show(|repl, _, out| repl.exited(out));
                self.asked.push(next);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn results_are_shown_and_kept() {
    let mut session = Session::start();
    assert_eq!(session.types("6 * 7\r"), "6 * 7\n42\n>>> ");
    assert_eq!(session.types("_ + 1\r"), "_ + 1\n43\n>>> ");
    assert_eq!(session.types("None\r_\r"), "None\n>>> _\n43\n>>> ");
    assert_eq!(
        session.types("x\r"),
        "x\nTraceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nNameError: name 'x' isn't defined\n>>> "
    );
    assert_eq!(session.types("\x04"), "\n");
    assert_eq!(session.asked, [Request::Leave]);
}

#[test]
fn prompts_are_the_programs() {
    let mut session = Session::start();
    assert!(session.types("import sys\rsys.ps1 = 'P'\r").ends_with("\nP"));
    assert!(session.types("sys.ps2 = 'é'\r").ends_with("\nP"));
    assert_eq!(session.types("(1,\r2)\r"), "(1,\né2)\n(1, 2)\nP");
    // No text, no prompt.
    assert_eq!(session.types("sys.ps1 = 1\r2\r"), "sys.ps1 = 1\n2\n2\n");
}

#[test]
fn a_locked_heap_is_unlocked_for_the_next_prompt() {
    let mut session = Session::start();
    session.types("import micropython\rmicropython.heap_lock()\r");
    assert_eq!(session.types("[1] * 2\r"), "[1] * 2\n[1, 1]\n>>> ");
}

#[test]
fn names_are_completed() {
    let mut session = Session::start();
    assert_eq!(session.types("impo\tsys\r"), "import sys\n>>> ");
    assert_eq!(
        session.types("import xq\t\x15import microp\t\r"),
        "import xq\x1b[9D\x1b[Kimport micropython\n>>> "
    );
    assert_eq!(session.types("x = '1'\r1, x.isdi\t()\r"), "x = '1'\n>>> 1, x.isdigit()\n(1, True)\n>>> ");
    assert_eq!(session.types("sys.imple\t.na\t\r"), "sys.implementation.name\n'micropython'\n>>> ");
    assert_eq!(session.types("prin\t(1)\r"), "print(1)\n1\n>>> ");
    for nothing in ["not_exist.\t", "not_exist\t", "None.\t", "(1).\t", "1..\t", ".\t", "a..b.\t"] {
        let keys = alloc::format!("{nothing}\x15");
        assert!(session.types(&keys).starts_with(nothing.trim_end()), "{nothing:?}");
    }
}

#[test]
fn candidates_leave_underscores_out_until_one_is_typed() {
    let mut session = Session::start();
    session.types("\x05class A:\r  def __init__(self):\r    self.pub_a = 1\r    self._own = 2\r");
    session
        .types("  def pub_method(self): pass\r  @property\r  def pub_property(self): print('never')\r\x04");
    session.types("obj = A()\r");
    assert_eq!(
        session.types("obj.\t\ta\t\r"),
        "obj.pub_\npub_a           pub_method      pub_property\n>>> obj.pub_a\n1\n>>> "
    );
    assert_eq!(session.types("obj._o\t\r"), "obj._own\n2\n>>> ");
    // Nothing of the program runs for a Tab.
    assert_eq!(session.types("obj.pub_property.\t\x15"), "obj.pub_property.\x1b[17D\x1b[K");
}

#[test]
fn pasted_text_runs_as_a_file() {
    let mut session = Session::start();
    assert_eq!(
        session.types("\x05x = 1\rx\rprint(x)\r\x04"),
        "\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== x = 1\n=== x\n=== print(x)\n=== \n1\n>>> "
    );
}

#[test]
fn the_raw_protocol_there_and_back() {
    let mut session = Session::start();
    assert_eq!(session.types("\x01"), "\nraw REPL; CTRL-B to exit\n>");
    assert!(session.repl.is_raw());
    assert_eq!(session.types("x = 5\rprint(x)\x04"), "OK5\n\x04\x04>");
    assert_eq!(session.types("x\x04"), "OK\x04\x04>", "nothing is shown that is not printed");
    assert_eq!(
        session.types("1/0\x04"),
        "OK\x04Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nZeroDivisionError: divide by zero\n\x04>"
    );
    assert_eq!(session.types("\x05A\x01print(7)\x04"), "R\x01\u{fffd}\0\x01\x047\n\x04\x04>");
    let back = session.types("\x02");
    assert!(back.starts_with("\nMicroPython ") && back.ends_with("\n>>> "), "{back}");
    assert_eq!(session.types("x\r"), "x\n5\n>>> ");
    assert!(session.asked.is_empty());
}

#[test]
fn leaving_the_raw_protocol_is_a_soft_reset() {
    let mut session = Session::start();
    session.types("\x01");
    assert_eq!(session.types("\x04"), "OK\n");
    assert_eq!(session.types("raise SystemExit\x04"), "OK\x04\x04");
    assert_eq!(session.asked, [Request::SoftReset, Request::SoftReset]);
    session.show(|repl, _, out| repl.restarted(out));
    assert_eq!(session.shown(), "MPY: soft reboot\nraw REPL; CTRL-B to exit\n>");
}

#[test]
fn an_end_of_input_finishes_the_last_line() {
    let mut session = Session::start();
    session.types("if 1:\rprint(2)");
    let mut shown = String::new();
    for _ in 0..10 {
        let Some(byte) = session.repl.at_end_of_input() else { break };
        shown += &session.types(core::str::from_utf8(&[byte]).expect("a key"));
    }
    assert!(shown.contains("2\n>>> "), "{shown}");
    assert_eq!(session.asked.first(), Some(&Request::Leave));
    session.types("\x01print(");
    assert_eq!(session.repl.at_end_of_input(), None);
}
