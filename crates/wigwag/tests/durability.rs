//! A program is killed while it writes: to file systems on a flash that is a file, and to files of the system. What is
//! there afterwards can be mounted and read, and has nothing in it that was not written.
//!
//! What holds after each single write, `crates/modules/src/{fat,littlefs}/durability_tests.rs` show.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// How often the program is killed.
const ROUNDS: u64 = 16;

/// What both programs know: the file system, and what its files may hold.
const COMMON: &str = r#"
import os, sys, time, vfs
kind, place = sys.argv[1], sys.argv[2]
LINE = "line %06d of the log\n"

def mount():
    if kind != "system":
        import pyb
        vfs.mount(pyb.Flash(start=0), place)

def content(number):
    return ("%06d" % number) * (20 + number % 300)
"#;

/// Writes until it is killed.
const WRITER: &str = r#"
if kind == "system":
    try:
        os.mkdir(place)
    except OSError:
        pass
try:
    mount()
    os.stat(place + "/kept")
except OSError:
    if kind != "system":
        import pyb
        getattr(vfs, kind).mkfs(pyb.Flash(start=0))
        mount()
    with open(place + "/kept", "w") as file:
        file.write("kept" * 1000)
print("ready")
# Output is written when a program waits.
time.sleep_ms(1)
log = open(place + "/log", "w")
number = 0
while True:
    number += 1
    if number % 200 == 0:
        log.close()
        log = open(place + "/log", "w")
        number = 1
    log.write(LINE % number)
    log.flush()
    with open(place + "/state.new", "w") as file:
        file.write(content(number))
    os.rename(place + "/state.new", place + "/state")
    try:
        os.mkdir(place + "/directory")
        with open(place + "/directory/a file in it", "w") as file:
            file.write("x" * number)
        os.remove(place + "/directory/a file in it")
        os.rmdir(place + "/directory")
    except OSError:
        # Left by the last one that was killed.
        for name in os.listdir(place + "/directory"):
            os.remove(place + "/directory/" + name)
        os.rmdir(place + "/directory")
"#;

/// Looks at what is there.
const CHECKER: &str = r#"
mount()
assert open(place + "/kept").read() == "kept" * 1000
names = os.listdir(place)
if "log" in names:
    text = open(place + "/log").read()
    whole = "".join(LINE % number for number in range(1, 201))
    assert whole.startswith(text), repr(text[-60:])
if "state" in names:
    text = open(place + "/state").read()
    assert text == content(int(text[:6])), repr(text[:60])
for name in names:
    assert name in ("kept", "log", "state", "state.new", "directory"), name
    if name == "directory":
        for name in os.listdir(place + "/directory"):
            assert name == "a file in it", name
            assert not open(place + "/directory/" + name).read().strip("x")
print("good")
"#;

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a temporary directory");
    path
}

fn command(directory: &Path, kind: &str, program: &str) -> Command {
    let file = directory.join("program.py");
    fs::write(&file, format!("{COMMON}{program}")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.env_remove("WIGWAG_BOARD").current_dir(directory).arg("run");
    if kind != "system" {
        command.args(["--flash", "flash.img"]);
    }
    let place = if kind == "system" { "files" } else { "/flash" };
    command.arg(file).args([kind, place]).stdin(Stdio::null());
    command
}

fn killed_again_and_again(kind: &str) {
    let place = directory(&format!("killed-{kind}"));
    for round in 0..ROUNDS {
        let mut writer = command(&place, kind, WRITER)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut output = BufReader::new(writer.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it writes");
        thread::sleep(Duration::from_millis(3 + round * 41 % 400));
        // SIGKILL: nothing of the process runs any more.
        writer.kill().expect("it is there");
        let ended = writer.wait_with_output().expect("it ends");
        let complaints = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(line == "ready\n" && ended.status.code().is_none(), "{kind}, round {round}: {complaints}");

        let checked = command(&place, kind, CHECKER).output().expect("the command starts");
        let (output, complaints) =
            (String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
        assert!(output.ends_with("good\n"), "{kind}, round {round}: {output}{complaints}");
    }
}

#[test]
fn killed_while_it_writes_to_fat() {
    killed_again_and_again("VfsFat");
}

#[test]
fn killed_while_it_writes_to_littlefs() {
    killed_again_and_again("VfsLfs2");
}

#[test]
fn killed_while_it_writes_to_files_of_the_system() {
    killed_again_and_again("system");
}

#[test]
fn a_flash_that_cannot_be_used_is_an_error() {
    let place = directory("no-flash");
    fs::write(place.join("odd"), [0; 200_001]).expect("a file");
    for (options, error) in [
        (
            &["--flash", "odd"][..],
            "can't use 'odd' as flash: it must be a file whose length is a multiple of 512",
        ),
        (&["--flash", "."], "can't use '.' as flash: Is a directory"),
        (&["--flash", "nowhere/x"], "can't use 'nowhere/x' as flash: No such file or directory"),
        (&["--board", "none", "--flash", "x"], "can't use 'x' as flash: there is no board"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
        command.env_remove("WIGWAG_BOARD").current_dir(&place).arg("run").args(options);
        let ended = command.args(["-c", "print(1)"]).output().expect("the command starts");
        let complaints = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(complaints.contains(error) && ended.status.code() == Some(1), "{complaints}");
        assert!(ended.stdout.is_empty());
    }
}
