//! Files, imports and standard input where something is wrong with them: a clear error and the right status each
//! time. What a script can show by its output alone is in `tests/files/`.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long to wait for what should come at once.
const PATIENCE: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

/// An empty directory of a test's own.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a temporary directory");
    path
}

fn command(directory: &Path, code: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.env_remove("WIGWAG_BOARD").current_dir(directory).args(["-c", code]);
    command
}

fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes).expect("output is text");
    assert!(!text.contains("panicked at"), "{text}");
    text
}

fn result(output: std::io::Result<Output>) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = output.expect("the command starts");
    (status.code(), text(stdout), text(stderr))
}

fn run(directory: &Path, code: &str) -> (Option<i32>, String, String) {
    result(command(directory, code).output())
}

fn run_with_input(directory: &Path, code: &str, input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = command(directory, code)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("it reads");
    drop(stdin);
    result(child.wait_with_output())
}

/// The last line of a traceback.
fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or("")
}

#[test]
fn modules_that_are_none() {
    let place = directory("modules_that_are_none");
    let write = |name: &str, contents: &[u8]| fs::write(place.join(name), contents).expect("a file");
    write("nul_bytes.py", &[0; 100]);
    write("not_text.py", b"x = '\xff\xfe'");
    write("compiled.mpy", b"M\x06\x00\x1f\x00");
    write("empty.py", b"");
    fs::create_dir(place.join("folder.py")).expect("a directory");
    fs::create_dir(place.join("bare")).expect("a directory");
    for (module, status, error) in [
        ("nul_bytes", 1, "SyntaxError: source contains a NUL byte"),
        ("not_text", 1, "SyntaxError: source is not valid UTF-8"),
        ("compiled", 1, "ValueError: incompatible .mpy file: 'compiled.mpy' holds"),
        ("folder", 1, "ImportError: no module named 'folder'"),
        ("nowhere.inside", 1, "ImportError: no module named 'nowhere'"),
        ("empty.inside", 1, "ImportError: no module named 'empty.inside'"),
        ("empty", 0, ""),
        ("bare", 0, ""),
    ] {
        let (got, _, shown) = run(&place, &format!("import {module}"));
        assert_eq!(got, Some(status), "{module}: {shown}");
        assert!(last_line(&shown).starts_with(error), "{module}: {shown}");
    }
}

#[test]
fn a_compiled_file_is_no_program() {
    let place = directory("compiled_program");
    fs::write(place.join("program.mpy"), b"M\x06\x00\x1f\x00").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_wigwag")).current_dir(&place).arg("program.mpy").output();
    let (status, _, error) = result(output);
    assert_eq!(status, Some(1));
    let expected = "wigwag: can't open file 'program.mpy': it holds instructions for another virtual machine; \
                    run the .py file that it was made from\n";
    assert_eq!(error, expected);
}

#[test]
fn imports_that_go_round_and_deep() {
    let place = directory("imports_that_go_round");
    let write = |name: &str, contents: &str| fs::write(place.join(name), contents).expect("a file");
    write("first.py", "import second\nname = 'first'\nprint(second.other)");
    write("second.py", "import first\nother = hasattr(first, 'name')");
    assert_eq!(run(&place, "import first"), (Some(0), "False\n".into(), "".into()));

    write("itself.py", "import itself\nfrom itself import missing");
    let (status, _, error) = run(&place, "import itself");
    assert_eq!((status, last_line(&error)), (Some(1), "ImportError: can't import name missing"));

    for number in 0..3000 {
        write(&format!("deep{number}.py"), &format!("import deep{}", number + 1));
    }
    write("deep3000.py", "print('at the bottom')");
    let (status, out, error) =
        run(&place, "try:\n import deep0\nexcept RuntimeError as error:\n print(error)");
    assert_eq!((status, out.as_str()), (Some(0), "maximum recursion depth exceeded\n"), "{error}");
    // Those that failed are gone; those near the bottom can still be had.
    assert_eq!(run(&place, "import deep2500"), (Some(0), "at the bottom\n".into(), "".into()));
}

#[test]
fn a_source_of_ten_megabytes() {
    let place = directory("ten_megabytes");
    let mut source = String::from("total = 0\n");
    while source.len() < 10 << 20 {
        source.push_str(
            "# nothing but a comment, many times over, as a generated table might have\ntotal += 1\n",
        );
    }
    fs::write(place.join("large.py"), &source).expect("a file");
    let expected = format!("{}\n", source.matches("+= 1").count());
    assert_eq!(run(&place, "import large; print(large.total)"), (Some(0), expected, "".into()));
    let (status, _, error) = result(
        Command::new(env!("CARGO_BIN_EXE_wigwag"))
            .current_dir(&place)
            .args(["-X", "heapsize=1M", "-c", "import large"])
            .output(),
    );
    assert_eq!(status, Some(1));
    assert!(last_line(&error).starts_with("MemoryError"), "{error}");
}

#[test]
fn a_process_without_descriptors() {
    let place = directory("without_descriptors");
    let program = "
import os
# What is forgotten is given back when it is needed.
for number in range(1000):
    open('/dev/null')
held = []
try:
    while True:
        held.append(open('/dev/null'))
except OSError as error:
    print(error.errno, len(held) > 10)
for attempt in (os.listdir, lambda: open('file', 'w')):
    try:
        attempt()
    except OSError as error:
        print(error.errno)
held.clear()
print(len(os.listdir('/')) > 0)
";
    fs::write(place.join("program.py"), program).expect("a file");
    let limited = format!("ulimit -n 40; exec {} program.py", env!("CARGO_BIN_EXE_wigwag"));
    let output = Command::new("sh").current_dir(&place).args(["-c", &limited]).output();
    assert_eq!(result(output), (Some(0), "24 True\n24\n24\nTrue\n".into(), "".into()));
}

#[test]
fn standard_input_to_its_end() {
    let place = directory("standard_input");
    let lines = "print(repr(input())); print(repr(input()))\ntry:\n input()\nexcept EOFError: print('end')";
    assert_eq!(
        run_with_input(&place, lines, b"first\nno end of line"),
        (Some(0), "'first'\n'no end of line'\nend\n".into(), "".into())
    );
    // All that reads from it shares one place.
    let mixed = "import sys; print(repr(input()), sys.stdin.buffer.read(2), repr(sys.stdin.readline()), \
                 open(0).readlines(), repr(sys.stdin.read()))";
    assert_eq!(
        run_with_input(&place, mixed, b"one\ntwo\nthree\nfour"),
        (Some(0), "'one' b'tw' 'o\\n' ['three\\n', 'four'] ''\n".into(), "".into())
    );
    let (status, _, error) = run_with_input(&place, "import sys; sys.stdin.read()", b"\xff");
    assert_eq!((status, last_line(&error)), (Some(1), "UnicodeError: "));
    let closed =
        format!("exec {} -c 'import sys; print(sys.stdin.read())' <&-", env!("CARGO_BIN_EXE_wigwag"));
    let (status, out, error) = result(Command::new("sh").args(["-c", &closed]).output());
    // The descriptor may have been taken by /dev/null at the start, as Rust's runtime arranges.
    assert!(status == Some(0) && out == "\n" || last_line(&error).contains("EBADF"), "{out} {error}");
}

#[test]
fn a_thread_that_iterates_over_standard_input_keeps_nobody() {
    let place = directory("iterating_thread");
    let code = "import _thread, sys, time\n\
                seen = []\n\
                def lines():\n for line in sys.stdin: seen.append(line)\n seen.append(None)\n\
                _thread.start_new_thread(lines, ())\n\
                time.sleep(0.01)\n\
                print('running', seen)\n\
                while None not in seen: time.sleep(0.001)\n\
                print(seen, next(sys.stdin, 'the end'))";
    let mut child = command(&place, code)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut running = [0; 11];
    stdout.read_exact(&mut running).expect("nothing has come, and it goes on");
    assert_eq!(running, *b"running []\n");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"one\ntwo\nhalf").expect("it reads");
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "['one\\n', 'two\\n', 'half', None] the end\n");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn control_c_ends_waiting_for_input() {
    let place = directory("control_c");
    for read in ["input()", "sys.stdin.read()", "sys.stdin.buffer.readline()", "list(sys.stdin)"] {
        let code = format!(
            "import sys\nprint('ready')\ntry:\n {read}\nexcept KeyboardInterrupt:\n print('stopped')"
        );
        let mut child = command(&place, &code)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut ready = [0; 6];
        stdout.read_exact(&mut ready).expect("it says that it is ready");
        let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(signal.is_ok_and(|status| status.success()));
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "stopped\n", "{read}");
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{read}");
    }
}

/// What is printed is seen while a call of the system keeps the program: here, one end of a pipe waits for the other.
#[test]
fn output_does_not_wait_for_a_file() {
    let place = directory("output_does_not_wait");
    let made = Command::new("mkfifo").arg(place.join("pipe")).status().expect("mkfifo starts");
    assert!(made.success());
    let code =
        "print('open'); pipe = open('pipe', 'rb')\nfor number in range(3): print(number); pipe.read(1)";
    let mut child = command(&place, code).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut next_line_is = |wanted: &str| {
        let mut ready = [PollFd::new(&stdout, PollFlags::IN)];
        let found = poll(&mut ready, Some(&PATIENCE)).expect("poll");
        assert_eq!(found, 1, "{wanted} is late");
        let mut line = [0; 16];
        let length = stdout.read(&mut line).expect("output");
        assert_eq!(&line[..length], format!("{wanted}\n").as_bytes());
    };
    next_line_is("open");
    let mut pipe = fs::OpenOptions::new().write(true).open(place.join("pipe")).expect("the other end");
    for number in ["0", "1", "2"] {
        next_line_is(number);
        pipe.write_all(b"x").expect("it reads");
    }
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn what_was_written_is_there_when_the_process_is_killed() {
    let place = directory("killed");
    let code = "import os, time\nfile = open('kept', 'w')\nfor n in range(100): file.write('line %d\\n' % n)\n\
                os.system('kill -9 $PPID')\ntime.sleep(10)";
    let (status, _, _) = run(&place, code);
    assert_eq!(status, None);
    let kept = fs::read_to_string(place.join("kept")).expect("the file");
    assert_eq!((kept.lines().count(), kept.lines().last()), (100, Some("line 99")));
}

#[test]
fn modules_that_are_the_program() {
    let place = directory("modules_that_are_the_program");
    let write = |name: &str, contents: &str| {
        let path = place.join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, contents).expect("a file");
    };
    write("lib/tool/__init__.py", "print('tool is', __name__)");
    write(
        "lib/tool/__main__.py",
        "import sys\nfrom .part import answer\nimport __main__\nprint(__name__, __file__, sys.argv[1:], answer)\n\
         print(__main__.answer, sys.modules['tool.__main__'] is __main__)",
    );
    write("lib/tool/part.py", "answer = 42\nprint('part is', __name__)");
    write("lib/tool/fails.py", "from . import part\nraise ValueError(part.answer)");
    write("bare/inner/__main__.py", "print(__name__, __file__)");
    write("here.py", "print(__name__, __file__)");
    write("broken.py", "x = = 1");
    for (module, status, output, error) in [
        ("tool", 0, "tool is tool\npart is tool.part\n__main__ lib/tool/__main__.py ['a'] 42\n42 True\n", ""),
        ("tool.part", 0, "tool is tool\npart is __main__\n", ""),
        ("tool.fails", 1, "tool is tool\npart is tool.part\n", "ValueError: 42"),
        ("tool.none", 1, "tool is tool\n", "ImportError: no module named 'tool.none'"),
        ("bare.inner", 0, "__main__ bare/inner/__main__.py\n", ""),
        ("bare", 1, "", "ImportError: no module named 'bare.__main__'"),
        ("here", 0, "__main__ here.py\n", ""),
        ("time", 0, "", ""),
        ("broken", 1, "", "SyntaxError: invalid syntax"),
        ("", 1, "", "ValueError: empty module name"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
        command.env_remove("WIGWAG_BOARD").env("MICROPYPATH", "lib").current_dir(&place);
        let (code, stdout, stderr) = result(command.args(["-m", module, "a"]).output());
        let got = (code, stdout.as_str(), last_line(&stderr));
        assert_eq!(got, (Some(status), output, error), "-m {module}: {stderr}");
    }
}
