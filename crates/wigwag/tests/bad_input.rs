//! What goes wrong gets a clear error and the right status, and nothing panics: files, options, source texts, memory,
//! Ctrl-C, and loops that nothing can wake. Scripts whose only point is their output are in `tests/errors/`.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.env_remove("WIGWAG_BOARD").args(arguments);
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command(arguments).output().expect("the command starts");
    (status.code(), text(stdout), text(stderr))
}

fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes).expect("output is text");
    assert!(!text.contains("panicked at"), "{text}");
    text
}

/// A source text in a file of its own.
fn script(name: &str, source: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, source).expect("a temporary file");
    path.to_str().expect("a path in UTF-8").into()
}

#[test]
fn files_that_cannot_be_read() {
    let (status, _, error) = run(&["no-such-file.py"]);
    assert_eq!(status, Some(2));
    assert_eq!(error, "wigwag: can't open file 'no-such-file.py': [Errno 2] No such file or directory\n");
    let (status, _, error) = run(&[env!("CARGO_TARGET_TMPDIR")]);
    assert_eq!(status, Some(1));
    assert!(error.contains("[Errno 21] Is a directory"), "{error}");
}

#[test]
fn options_that_mean_nothing_name_the_nearest_that_does() {
    for (arguments, meant) in [
        (["run", "--board", "pybv12", "x.py"], "did you mean 'pybv11'?"),
        (["run", "--clock", "vrtual", "x.py"], "did you mean 'virtual'?"),
        (["run", "--until", "3x", "x.py"], "did you mean '3s'?"),
    ] {
        let (status, out, error) = run(&arguments);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert!(error.contains(meant), "{error}");
    }
}

#[test]
fn an_led_that_is_not_there() {
    let (status, _, error) = run(&["-c", "pyb.LED(9)"]);
    assert_eq!(status, Some(1));
    assert_eq!(
        error,
        "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\nValueError: LED(9) doesn't exist\n"
    );
}

#[test]
fn source_that_nests() {
    let nested = |depth: usize| format!("x = {}{}\nprint('parsed')\n", "[".repeat(depth), "]".repeat(depth));
    let (status, out, error) = run(&[&script("nests_5000.py", &nested(5000))]);
    assert_eq!((status, out.as_str(), error.as_str()), (Some(0), "parsed\n", ""));
    let (status, out, error) = run(&[&script("nests_100000.py", &nested(100_000))]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(error.ends_with("RuntimeError: maximum recursion depth exceeded\n"), "{error}");
    let terms = vec!["x"; 100_000].join(" + ");
    let (status, out, _) = run(&[&script("sum.py", &format!("x = 1\nprint({terms})\n"))]);
    assert_eq!((status, out.as_str()), (Some(0), "100000\n"));
}

#[test]
fn endless_recursion() {
    let (status, _, error) = run(&["-c", "def f(): return f()\nf()"]);
    assert_eq!(status, Some(1));
    assert!(error.ends_with("RuntimeError: maximum recursion depth exceeded\n"), "{error}");
}

#[test]
fn a_full_heap_can_be_survived() {
    let source = "
kept = []
try:
    while True:
        kept.append(bytearray(1000))
except MemoryError:
    count = len(kept)
    kept = None
print(count > 100)
table = {}
try:
    for i in range(10 ** 9):
        table[i] = str(i) * 4
except MemoryError:
    table = None
print(sum(range(1000)))
";
    let (status, out, error) = run(&["-X", "heapsize=512K", "-c", source]);
    assert_eq!((status, out.as_str(), error.as_str()), (Some(0), "True\n499500\n", ""));
}

#[test]
fn a_loop_that_nothing_can_wake_is_reported() {
    let source = "import asyncio
event = asyncio.Event()

async def waits():
    await event.wait()

async def main():
    await asyncio.create_task(waits())

asyncio.run(main())
";
    let file = script("deadlock.py", source);
    for clock in ["real", "virtual"] {
        let (status, _, error) = run(&["run", "--clock", clock, &file]);
        assert_eq!(status, Some(1));
        assert!(error.contains("deadlock"), "{error}");
        assert!(error.contains("task 'main'") && error.contains("line 8"), "{error}");
        assert!(error.contains("task 'waits'") && error.contains("line 5"), "{error}");
    }
}

#[test]
fn a_scheduled_callback_is_no_deadlock() {
    let source = "import asyncio, micropython
event = asyncio.Event()

def later(n):
    if n:
        micropython.schedule(later, n - 1)
    else:
        event.set()

async def main():
    micropython.schedule(later, 100)
    await event.wait()
    print('woken')

asyncio.run(main())
";
    let (status, out, error) = run(&["run", "--clock", "virtual", &script("scheduled.py", source)]);
    assert_eq!((status, out.as_str(), error.as_str()), (Some(0), "woken\n", ""));
}

/// Starts a program, waits for its first line, interrupts it, and gives its status and errors.
fn interrupted(source: &str, name: &str) -> (Option<i32>, String) {
    let mut child = command(&[&script(name, source)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut out = child.stdout.take().expect("a pipe");
    // A program that waits or works for long has its output written by then.
    let mut first = [0; 6];
    out.read_exact(&mut first).expect("the first line");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let begun = Instant::now();
    let output = child.wait_with_output().expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(10), "{name} goes on for {:?}", begun.elapsed());
    (output.status.code(), text(output.stderr))
}

#[test]
fn ctrl_c_in_a_busy_loop_a_sleep_and_an_idle_loop() {
    for (name, source, line) in [
        ("busy.py", "print('begun')\nwhile True:\n    pass\n", "line 3"),
        ("sleeping.py", "import time\nprint('begun')\ntime.sleep(1000)\n", "line 3"),
        (
            "idle.py",
            "import asyncio\nprint('begun')\nasync def main():\n    await asyncio.sleep(1000)\nasyncio.run(main())\n",
            "line 5",
        ),
    ] {
        let (status, error) = interrupted(source, name);
        assert_eq!(status, Some(130), "{name}: {error}");
        assert!(error.starts_with("Traceback (most recent call last):\n"), "{name}: {error}");
        assert!(error.contains(line), "{name}: {error}");
        assert!(error.ends_with("KeyboardInterrupt: \n"), "{name}: {error}");
    }
}

#[test]
fn ctrl_c_can_be_caught_wherever_it_comes() {
    let busy = "
import _thread
def busy():
    while True:
        pass
_thread.start_new_thread(busy, ())
";
    let nested = "
import _thread
class Endless:
    def __eq__(self, other):
        while True:
            pass
def nested():
    [Endless()] == [Endless()]
";
    let lock = "
import _thread
lock = _thread.allocate_lock()
lock.acquire()
";
    for (name, before, body) in [
        ("sleep.py", "import time", "time.sleep(1000)"),
        ("loop.py", "", "while True: pass"),
        ("nested.py", nested, "nested()"),
        ("thread_and_sleep.py", busy, "import time; time.sleep(1000)"),
        ("thread_and_loop.py", busy, "while True: pass"),
        ("thread_nested.py", nested, "_thread.start_new_thread(nested, ())\n    while True: pass"),
        ("lock.py", lock, "_thread.start_new_thread(lock.acquire, (1, 1000))\n    lock.acquire()"),
    ] {
        let source = format!(
            "{before}\nprint('begun')\ntry:\n    {body}\nexcept KeyboardInterrupt:\n    raise SystemExit(7)\n"
        );
        assert_eq!(interrupted(&source, name), (Some(7), String::new()), "{name}");
    }
}

#[test]
fn ctrl_c_in_long_operations() {
    let bits = "(1 << 40000000) // 3";
    for (name, operation) in [
        ("reads_digits", "int('9' * 10 ** 7)".into()),
        ("writes_digits", format!("str({bits})")),
        ("formats", format!("'%d' % ({bits})")),
        ("multiplies", format!("x = {bits}\nwhile True:\n    x * x")),
        ("divides", format!("x = {bits}\nx // (x >> 20000000)")),
        ("powers", "x = (1 << 100000) // 3\npow(x, x, x + 2)".into()),
        ("compares_texts", "x, y = 'abc' * 20, 'abc' * 20\nwhile x == y:\n    pass".into()),
        ("compares_lists", "x, y = [1] * 10 ** 6, [1] * 10 ** 6\nwhile x == y:\n    pass".into()),
        ("looks_for", "x = [1] * 10 ** 6\nwhile 2 not in x:\n    pass".into()),
        ("counts", "x = 'ab' * 10 ** 6\nwhile x.count('ba'):\n    pass".into()),
        (
            "sorts",
            "x = [str(i) for i in range(10 ** 5)]\nwhile True:\n    x.sort(reverse=True)\n    x.sort()"
                .into(),
        ),
        // Each of a million matches looks at all that follows it.
        ("splits", "import re\nre.compile('(?:a+)+b|a').split('a' * 10 ** 6)".into()),
        ("substitutes", "import re\nre.sub('(a+)+b|a', '', 'a' * 10 ** 6)".into()),
        ("searches", "import re\nx = 'a' * 10 ** 6\nwhile not re.search('(a+)+b', x):\n    pass".into()),
    ] {
        let source = format!("import time\nprint('begun')\ntime.sleep(0.05)\n{operation}\n");
        let (status, error) = interrupted(&source, &format!("long_{name}.py"));
        assert_eq!(status, Some(130), "{name}: {error}");
        assert!(error.ends_with("KeyboardInterrupt: \n"), "{name}: {error}");
    }
}

#[test]
fn sources_that_are_huge_or_odd() {
    let repeated = |text: &str, count: usize| text.repeat(count);
    let deep = "RuntimeError: maximum recursion depth exceeded";
    for (name, source, out, error) in [
        ("ten_megabytes", repeated("x = 1\n", 1_700_000) + "print(x)\n", "1\n", ""),
        ("a_long_line", format!("print({}1)\n", repeated("1 + ", 250_000)), "250001\n", ""),
        ("a_long_comment", format!("#{}\nprint(1)\n", repeated("a", 10_000_000)), "1\n", ""),
        ("a_long_text", format!("print(len('{}'))\n", repeated("a", 10_000_000)), "10000000\n", ""),
        (
            "many_branches",
            format!("if 0: pass\n{}else: print(1)\n", repeated("elif 0: pass\n", 100_000)),
            "1\n",
            "",
        ),
        ("a_long_name", repeated("a", 1_000_000) + " = 1\n", "", "RuntimeError: name too long"),
        (
            "many_constants",
            (0..70_000).map(|i| format!("x = 'text {i}'\n")).collect(),
            "",
            "MemoryError: too many constants",
        ),
        ("braces", repeated("{", 100_000), "", deep),
        ("lambdas", format!("x = {}1", repeated("lambda: ", 100_000)), "", deep),
        ("negations", format!("x = {}1", repeated("not ", 100_000)), "", deep),
        ("nul", "x = 1\0\n".into(), "", "SyntaxError: source contains a NUL byte"),
        (
            "mixed_tabs",
            "if 1:\n        x = 1\n    y = 2\n".into(),
            "",
            "IndentationError: unindent doesn't match any outer indent level",
        ),
        ("a_tab", "if 1:\n\tx = 1\n        y = 2\nprint(y)\n".into(), "2\n", ""),
    ] {
        let (status, printed, said) = run(&[&script(&format!("odd_{name}.py"), &source)]);
        assert_eq!((status, printed.as_str()), (Some(i32::from(!error.is_empty())), out), "{name}: {said}");
        let last = said.lines().last().unwrap_or("");
        assert_eq!(last, error, "{name}");
    }
}
