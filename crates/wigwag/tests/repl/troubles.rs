//! What goes wrong at a terminal: odd bytes, endless lines, narrow windows, signals, and a person who is gone.

use rustix::process::Signal;
use rustix::termios::LocalModes;

use crate::terminal::{Setting, Terminal};

#[test]
fn bytes_that_are_no_keys_vanish() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange(b"1\xff\xfe\x80\xc3\x00\x0f\x1b[99;99;99~\x1b[?1x\x1bz\xf5\r", "1\r\n1\r\n>>> ");
    // Every control character, but those that end a session, a line or a mode.
    let controls: Vec<u8> = (0..32).filter(|byte| ![1, 3, 4, 5].contains(byte)).collect();
    terminal.types(controls);
    terminal.types("\x03'still there'\r");
    terminal.wait_for("\r\n'still there'\r\n>>> ");
    terminal.exchange(
        "\x05'\x00\u{1}\u{2}é'\r",
        "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== '\0\u{1}\u{2}é'\r\n=== ",
    );
    terminal.types("\x04");
    terminal.wait_for(">>> ");
    terminal.exchange("2\r", "2\r\n2\r\n>>> ");
}

#[test]
fn a_line_of_a_million_characters() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types(format!("x = '{}'\r", "y".repeat(1_000_000)));
    terminal.types("len(x)\r");
    terminal.wait_for("\r\n1000000\r\n>>> ");
}

#[test]
fn a_statement_of_many_lines() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types(format!("x = '''{}'''\r", "a line of text\r".repeat(50_000)));
    terminal.types("len(x)\r");
    terminal.wait_for("\r\n750000\r\n>>> ");
}

#[test]
fn a_narrow_terminal() {
    for columns in [1, 2, 5] {
        let mut terminal = Terminal::start_anyhow(Setting { columns, ..Setting::default() });
        terminal.wait_for(">>> ");
        terminal.types("x = 'é你好' * 3\x01\x05\x1bb\x7f\x05\x15x = 30 + 3\rx\r");
        terminal.wait_for("\r\n33\r\n");
    }
}

#[test]
fn the_terminal_is_left_as_it_was_found() {
    type Leave = fn(&mut Terminal);
    let ways: [(&str, Leave, i32); 4] = [
        ("Ctrl-D", |terminal| terminal.types("\x04"), 0),
        ("SystemExit", |terminal| terminal.types("raise SystemExit(4)\r"), 4),
        ("SIGTERM", |terminal| terminal.signal(Signal::TERM), -15),
        ("SIGHUP", |terminal| terminal.signal(Signal::HUP), -1),
    ];
    for (way, leave, status) in ways {
        let mut terminal = Terminal::start(Setting { owned: false, ..Setting::default() });
        assert!(!terminal.modes().local_modes.contains(LocalModes::ECHO), "the REPL echoes by itself");
        leave(&mut terminal);
        assert_eq!(terminal.status(), status, "{way}");
        let modes = terminal.modes().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG), "{way}");
    }
}

#[test]
fn sigterm_ends_a_program_that_runs() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("print('on'); exec('while True: pass')\r");
    terminal.wait_for("\r\non\r\n");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.status(), -15);
}

#[test]
fn the_person_is_gone() {
    for typed in [
        "",
        "print('half a",
        "if 1:\r",
        "\x05abc",
        "\x01abc",
        "\x01\x05A\x01abc",
        "import time; time.sleep(1000)\r",
    ] {
        let mut terminal = Terminal::start(Setting::default());
        terminal.types(typed);
        terminal.hang_up();
    }
}
