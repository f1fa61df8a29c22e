//! What a tool does: the raw protocol, in a terminal and through pipes.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use rustix::event::PollFlags;

use crate::terminal::{PATIENCE, Setting, Terminal, wait_until_ready};

/// As `mpremote` begins: whatever runs is interrupted, and the raw REPL entered.
fn raw() -> Terminal {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("\r\x03");
    terminal.exchange("", "\r\n>>> \r\n>>> ");
    terminal.exchange("\r\x01", "\r\n>>> \r\nraw REPL; CTRL-B to exit\r\n>");
    terminal
}

#[test]
fn texts_are_run_and_answered() {
    let mut terminal = raw();
    terminal.exchange("x = 3\nprint(x)\x04", "OK3\r\n\x04\x04>");
    terminal.exchange("import sys; print(sys.stdin)\x04", "OK<io.TextIOWrapper 0>\r\n\x04\x04>");
    terminal.types("def f():\n  1/0\nf()\x04");
    terminal.wait_for("OK\x04Traceback (most recent call last):\r\n");
    terminal.wait_for("  File \"<stdin>\", line 2, in f\r\nZeroDivisionError: divide by zero\r\n\x04>");
    terminal.exchange("nonsense\x03print('again')\x04", "OKagain\r\n\x04\x04>");
    terminal.exchange("\x01", "raw REPL; CTRL-B to exit\r\n>");
    terminal.types("\x02");
    terminal.wait_for("MicroPython v1.");
    terminal.wait_for("\r\n>>> ");
    terminal.exchange("x\r", "x\r\n3\r\n>>> ");
}

#[test]
fn a_long_text_is_taken_in_windows() {
    let mut terminal = raw();
    terminal.exchange("\x05A\x01", "R\x01");
    let opening = terminal.wait_for("\x01");
    assert_eq!(opening.as_bytes(), "\u{fffd}\0".as_bytes(), "128 in two bytes");
    let text = format!("text = '{}'\nprint(len(text))\n", "é".repeat(2000));
    // Two windows are free from the start; then one more each time one is used up.
    let mut allowed = 256;
    let mut sent = 0;
    while sent < text.len() {
        let end = text.len().min(allowed);
        terminal.types(&text.as_bytes()[sent..end]);
        sent = end;
        if sent < text.len() {
            terminal.exchange("", "\x01");
            allowed += 128;
        }
    }
    terminal.types("\x04");
    let left = terminal.wait_for("\x04");
    assert!(left.bytes().all(|byte| byte == 1), "{left:?}");
    terminal.exchange("", "2000\r\n\x04\x04>");

    terminal.types("\x05A\x01x = \x03");
    terminal.wait_for("\x04\x04KeyboardInterrupt: \r\n\x04>");
    terminal.exchange("\x05B\x01", "R\0>");
}

#[test]
fn ctrl_c_interrupts() {
    let mut terminal = raw();
    for program in ["while True: pass", "import time\ntime.sleep(1000)", "print(input())"] {
        terminal.exchange(format!("print('on')\n{program}\x04"), "OKon\r\n");
        terminal.types("\x03");
        terminal.wait_for("KeyboardInterrupt: \r\n\x04>");
        terminal.exchange("print(1)\x04", "OK1\r\n\x04\x04>");
    }
}

#[test]
fn a_soft_reset_gives_a_fresh_machine() {
    let mut terminal = raw();
    terminal.exchange("x = 3\x04", "OK\x04\x04>");
    terminal.exchange("\x04", "OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    terminal.types("x\x04");
    terminal.wait_for("NameError: name 'x' isn't defined\r\n\x04>");
    // So does a program that ends itself: the tool's session goes on.
    terminal
        .exchange("raise SystemExit(1)\x04", "OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
}

#[test]
fn nothing_but_the_protocol_is_written() {
    let setting = Setting {
        arguments: &["run", "--board", "pybv11", "--leds", "always", "-i", "-c", "pass"],
        ..Setting::default()
    };
    let mut terminal = Terminal::start_anyhow(setting);
    terminal.wait_for(">>> ");
    terminal.exchange("\x01", "\r\nraw REPL; CTRL-B to exit\r\n>");
    terminal.exchange(
        "import pyb, time\npyb.LED(1).on()\ntime.sleep_ms(150)\nprint(pyb.LED(1))\x04",
        "OKLED(1)\r\n\x04\x04>",
    );
}

/// The command on pipes.
struct Piped {
    command: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Piped {
    fn start() -> Piped {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"))
            .arg("-i")
            .env("WIGWAG_BOARD", "none")
            .env("HOME", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let input = command.stdin.take().expect("a pipe");
        let output = command.stdout.take().expect("a pipe");
        Piped { command, input, output }
    }

    fn sends(&mut self, bytes: &str) {
        self.input.write_all(bytes.as_bytes()).and_then(|()| self.input.flush()).expect("it reads");
    }

    /// Reads until what was read ends like this.
    fn wait_for(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        let mut byte = [0];
        let deadline = Instant::now() + PATIENCE;
        while !read.ends_with(end.as_bytes()) {
            let ready = wait_until_ready(&self.output, PollFlags::IN, deadline);
            assert!(!ready.is_empty(), "waited for {}, saw {}", end.escape_default(), read.escape_ascii());
            assert_eq!(self.output.read(&mut byte).expect("a pipe"), 1, "after {}", read.escape_ascii());
            read.push(byte[0]);
        }
        String::from_utf8_lossy(&read).into_owned()
    }

    /// Closes the input; gives what is still written, and the status.
    fn ends(mut self) -> (String, Option<i32>) {
        drop(self.input);
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        (rest, self.command.wait().expect("a child").code())
    }
}

#[test]
fn the_protocol_through_pipes() {
    let mut piped = Piped::start();
    piped.wait_for(">>> ");
    piped.sends("\x01");
    piped.wait_for("raw REPL; CTRL-B to exit\r\n>");
    for program in ["while True: pass", "import time; time.sleep(1000)"] {
        piped.sends(&format!("print('on')\n{program}\x04"));
        piped.wait_for("OKon\n");
        piped.sends("\x03");
        piped.wait_for("KeyboardInterrupt: \n\x04>");
    }
    // What is not finished is not run.
    piped.sends("print('never')");
    assert_eq!(piped.ends(), (String::new(), Some(0)));
}

#[test]
fn statements_through_pipes() {
    let mut piped = Piped::start();
    piped.wait_for(">>> ");
    piped.sends("x = input()\nhello\nif x:\n  print(x)");
    let (shown, status) = piped.ends();
    assert!(shown.contains("hello\n\r\n>>> ") || shown.contains("hello\n>>> "), "{shown}");
    assert_eq!(status, Some(0));
}
