//! What a person does: statements, editing, completion, pasting, history, Ctrl-C, Ctrl-D, `-i`.

use std::path::PathBuf;

use crate::terminal::{Setting, Terminal, home};

const INTERRUPTED: &str = "KeyboardInterrupt: \r\n>>> ";

fn script(name: &str, source: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, source).expect("a temporary file");
    path.to_str().expect("a path in UTF-8").into()
}

#[test]
fn the_banner_names_the_language_and_the_machine() {
    let mut terminal = Terminal::start_anyhow(Setting::default());
    terminal.wait_for("MicroPython v1.");
    assert!(terminal.wait_for("\r\nType \"help()\" for more information.\r\n>>> ").ends_with(" version"));
    // On an empty line, Ctrl-B shows it again.
    terminal.types("\x02");
    terminal.wait_for("MicroPython v1.");
    terminal.wait_for("\r\nType \"help()\" for more information.\r\n>>> ");
    let board = Setting { environment: &[("WIGWAG_BOARD", "pybv11".as_ref())], ..Setting::default() };
    Terminal::start_anyhow(board).wait_for("; PYBv1.1 with STM32F405RG\r\n");
}

#[test]
fn results_are_shown_and_kept() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange("6 * 7\r", "6 * 7\r\n42\r\n>>> ");
    terminal.exchange("_ + 1\r", "_ + 1\r\n43\r\n>>> ");
    terminal.types("1/0\r");
    terminal.wait_for("File \"<stdin>\", line 1, in <module>\r\nZeroDivisionError: divide by zero\r\n>>> ");
    terminal.types("help()\r");
    terminal.wait_for("Welcome to MicroPython!\r\n");
    terminal.wait_for(">>> ");
}

#[test]
fn blocks_are_indented() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange("for i in range(2):\r", "for i in range(2):\r\n...     ");
    terminal.exchange("print(i)\r", "print(i)\r\n...     ");
    // A backspace takes the whole step away, and an empty line ends the block.
    terminal.exchange("\x7f\r", "\x08\x08\x08\x08\x1b[K\r\n0\r\n1\r\n>>> ");
}

#[test]
fn names_are_completed() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange("impo\tsys\r", "import sys\r\n>>> ");
    terminal.exchange("sys.platf\t\r", "sys.platform\r\n'linux'\r\n>>> ");
    terminal.exchange("class A: alpha = 1; beta = 2\r\r", "class A: alpha = 1; beta = 2\r\n... \r\n>>> ");
    terminal.exchange("A.\t", "A.\r\nalpha           beta\r\n>>> A.");
    terminal.exchange("b\t\r", "beta\r\n2\r\n>>> ");
}

#[test]
fn lines_are_edited() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("2 x\x1b[D\x1b[D\x1b[D1\x05\x7f* 'é'\x1bb\x1bb\x1b[1;5C\r");
    terminal.wait_for("\r\n'éééééééééééé'\r\n>>> ");
}

#[test]
fn text_is_pasted() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange("\x05", "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ");
    terminal.exchange("if 1:\r  x = 5\r\rprint(x)\r", "if 1:\r\n===   x = 5\r\n=== \r\n=== print(x)\r\n=== ");
    terminal.exchange("\x04", "\r\n5\r\n>>> ");
    terminal.exchange(
        "\x05x = 6\x03x\r",
        "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== x = 6\r\n>>> x\r\n5\r\n>>> ",
    );
}

#[test]
fn prompts_are_the_programs() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange(
        "import sys; sys.ps1, sys.ps2 = '$ ', '> '\r",
        "import sys; sys.ps1, sys.ps2 = '$ ', '> '\r\n$ ",
    );
    terminal.exchange("(1,\r2)\r", "(1,\r\n> 2)\r\n(1, 2)\r\n$ ");
}

#[test]
fn ctrl_c_ends_what_runs_and_what_is_typed() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.exchange("abc\x03", "abc\r\n>>> ");
    terminal.exchange("if 1:\r\x03", "if 1:\r\n...     \r\n>>> ");
    for program in [
        "print('on'); exec('while True: pass')",
        "import time; print('on'); time.sleep(1000)",
        "import asyncio; print('on'); asyncio.run(asyncio.wait_for(asyncio.Event().wait(), 1000))",
        "print('on'); input()",
        "print('on'); sys.stdin.read()",
    ] {
        terminal.types(format!("import sys; {program}\r"));
        terminal.wait_for("\r\non\r\n");
        terminal.types("\x03");
        terminal.wait_for(INTERRUPTED);
        terminal.exchange("1\r", "1\r\n1\r\n>>> ");
    }
    // It can be caught.
    terminal.types(
        "\x05try:\r  print('on')\r  while True: pass\rexcept KeyboardInterrupt: print('caught')\r\x04",
    );
    terminal.wait_for("\r\non\r\n");
    terminal.types("\x03");
    terminal.wait_for("caught\r\n>>> ");
}

#[test]
fn ctrl_c_typed_ahead_counts() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("while True: pass\r\r\r\x03");
    terminal.wait_for(INTERRUPTED);
}

#[test]
fn what_is_typed_ahead_is_not_lost() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("x = input()\rhello\rx + '!'\r");
    terminal.wait_for("'hello!'\r\n>>> ");
}

#[test]
fn ctrl_d_leaves() {
    let mut terminal = Terminal::start(Setting::default());
    // Not where there is something to delete, nor to finish.
    terminal.exchange("12\x01\x04\r", "12\x08\x08\x1b[K2\x08\r\n2\r\n>>> ");
    terminal.exchange("(\r\x04", "(\r\n... Traceback (most recent call last):\r\n");
    terminal.wait_for(">>> ");
    terminal.exchange("\x04", "\r\n");
    assert_eq!(terminal.status(), 0);

    let mut terminal = Terminal::start(Setting::default());
    terminal.types("import sys; sys.atexit(lambda: print('bye'))\rsys.exit(3)\r");
    terminal.wait_for("\r\nbye\r\n");
    assert_eq!(terminal.status(), 3);
}

#[test]
fn threads_go_on_at_the_prompt() {
    let mut terminal = Terminal::start(Setting::default());
    terminal.types("import _thread, time\r\x05def f():\r  time.sleep_ms(1)\r  print('from', 'behind')\r\x04");
    terminal.types("_ = _thread.start_new_thread(f, ())\r");
    terminal.wait_for("from behind\r\n");
    terminal.types("1\r");
    terminal.wait_for("1\r\n1\r\n>>> ");
}

#[test]
fn lines_are_remembered_for_the_next_session() {
    let home = home("remembered");
    let setting = || Setting { environment: &[], ..Setting::default() };
    let environment = [("HOME", home.as_os_str())];
    let start = || Terminal::start(Setting { environment: &environment, ..setting() });
    let mut terminal = start();
    terminal.exchange("'one'\r", "'one'\r\n'one'\r\n>>> ");
    terminal.exchange("'two'\r", "'two'\r\n'two'\r\n>>> ");
    terminal.exchange("\x1b[A\x10\x0e\r", "'two'\x1b[5D'one'\x1b[5D'two'\r\n'two'\r\n>>> ");
    terminal.types("\x04");
    assert_eq!(terminal.status(), 0);
    let kept = std::fs::read_to_string(home.join(".wigwag.history")).expect("a history");
    assert_eq!(kept, "'one'\n'two'\n");

    let mut terminal = start();
    terminal.types("\x1b[A\x1b[A\r");
    terminal.wait_for("\r\n'one'\r\n>>> ");
    terminal.types("raise SystemExit\r");
    assert_eq!(terminal.status(), 0);
    let kept = std::fs::read_to_string(home.join(".wigwag.history")).expect("a history");
    assert_eq!(kept, "'one'\n'two'\n'one'\nraise SystemExit\n");
}

#[test]
fn a_history_that_cannot_be_kept_keeps_nobody() {
    let home = home("unkept");
    std::fs::create_dir(home.join(".wigwag.history")).expect("a directory");
    for home in [home.as_os_str(), "/nonexistent/nowhere".as_ref(), "".as_ref()] {
        let environment = [("HOME", home)];
        let mut terminal = Terminal::start(Setting { environment: &environment, ..Setting::default() });
        terminal.exchange("1\r", "1\r\n1\r\n>>> ");
        terminal.types("\x04");
        assert_eq!(terminal.status(), 0);
    }
}

#[test]
fn a_program_can_be_inspected() {
    let failing = script("inspected.py", "x = 42\ndef f(): return x\nf(1)\n");
    let mut terminal = Terminal::start_anyhow(Setting { arguments: &["-i", &failing], ..Setting::default() });
    terminal.wait_for("TypeError: f() takes 0 positional arguments but 1 were given\r\n");
    terminal.wait_for("Type \"help()\" for more information.\r\n>>> ");
    terminal.exchange("f()\r", "f()\r\n42\r\n>>> ");
    terminal.types("\x04");
    assert_eq!(terminal.status(), 0);

    for (arguments, environment) in [
        (&["-i", "-c", "y = 7"][..], &[][..]),
        (&["-c", "y = 7"], &[("MICROPYINSPECT", "1".as_ref())]),
        (&["-i", "-c", "y = 7; raise SystemExit(9)"], &[]),
    ] {
        let mut terminal = Terminal::start(Setting { arguments, environment, ..Setting::default() });
        terminal.exchange("y\r", "y\r\n7\r\n>>> ");
    }
    let mut terminal =
        Terminal::start_anyhow(Setting { arguments: &["-i", "nowhere.py"], ..Setting::default() });
    terminal.wait_for("can't open file 'nowhere.py': [Errno 2] No such file or directory\r\n");
    terminal.wait_for(">>> ");
}
