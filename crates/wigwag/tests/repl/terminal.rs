//! A person at a pseudo-terminal: starts the command, types, and waits for what must appear.
//!
//! Nothing here sleeps: every step waits for bytes, with a deadline far beyond what any machine needs.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, ioctl_tiocsctty, kill_process, setsid};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

/// However slow the machine: what has not come by then will not.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Set in a process that is to become the command, at the head of the terminal's session.
const ROLE: &str = "WIGWAG_TEST_COMMAND";

/// Between arguments on their way to it.
const SEPARATOR: &str = "\x1f";
/// Not inherited: a terminal is hung up when the last one who holds it lets go.
const FLAGS: OpenptFlags = OpenptFlags::RDWR.union(OpenptFlags::NOCTTY).union(OpenptFlags::CLOEXEC);

/// A terminal with the command in it.
pub struct Terminal {
    person: OwnedFd,
    program: OwnedFd,
    command: Child,
    /// Everything that was shown.
    shown: Vec<u8>,
    /// How much of it has been waited for.
    at: usize,
}

/// How the command is started.
pub struct Setting<'a> {
    pub arguments: &'a [&'a str],
    pub columns: u16,
    pub environment: &'a [(&'a str, &'a OsStr)],
    /// Whether the terminal is the command's own, so that keys can be signals. Such a terminal goes with the command.
    pub owned: bool,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting { arguments: &[], columns: 80, environment: &[], owned: true }
    }
}

/// Becomes the command, if this process was started for that: only the head of a session can have the terminal send
/// it signals, and only a process itself can become one.
pub fn become_the_command() {
    let Some(arguments) = std::env::var_os(ROLE) else { return };
    setsid().expect("a session of its own");
    ioctl_tiocsctty(std::io::stdin()).expect("the terminal of the session");
    let arguments = arguments.into_string().expect("arguments are text");
    let arguments = arguments.split(SEPARATOR).filter(|argument| !argument.is_empty());
    let error = Command::new(env!("CARGO_BIN_EXE_wigwag")).env_remove(ROLE).args(arguments).exec();
    panic!("the command does not start: {error}");
}

/// An empty directory to be at home in.
pub fn home(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("repl").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a temporary directory");
    path
}

/// Waits until a descriptor is ready for some of this; gives for what, nothing when it is too late.
pub fn wait_until_ready(descriptor: impl AsFd, wanted: PollFlags, deadline: Instant) -> PollFlags {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        let mut descriptors = [PollFd::new(&descriptor, wanted)];
        match poll(&mut descriptors, Some(&left)) {
            Err(Errno::INTR) => {}
            Err(error) => panic!("{error}"),
            Ok(_) => return descriptors[0].revents(),
        }
    }
}

impl Terminal {
    /// Starts the command and waits for its first prompt.
    pub fn start(setting: Setting<'_>) -> Terminal {
        let mut terminal = Terminal::start_anyhow(setting);
        terminal.wait_for("Type \"help()\" for more information.\r\n>>> ");
        terminal
    }

    /// Starts the command.
    pub fn start_anyhow(setting: Setting<'_>) -> Terminal {
        let person = openpt(FLAGS).expect("a pseudo-terminal");
        unlockpt(&person).expect("its other end");
        let program = ioctl_tiocgptpeer(&person, FLAGS).expect("its other end");
        let size = Winsize { ws_row: 24, ws_col: setting.columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&program, size).expect("a size");
        let end = || Stdio::from(program.try_clone().expect("another descriptor"));
        let mut command = if setting.owned {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command
                .args(["--exact", "the_command", "--nocapture"])
                .env(ROLE, setting.arguments.join(SEPARATOR));
            command
        } else {
            let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
            command.args(setting.arguments);
            command
        };
        let command = command
            .env_remove("MICROPYINSPECT")
            .env("WIGWAG_BOARD", "none")
            .env("HOME", "")
            .envs(setting.environment.iter().copied())
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("the command starts");
        Terminal { person, program, command, shown: Vec::new(), at: 0 }
    }

    /// Presses keys.
    pub fn types(&mut self, keys: impl AsRef<[u8]>) {
        let mut keys = keys.as_ref();
        let deadline = Instant::now() + PATIENCE;
        while !keys.is_empty() {
            // Neither end may wait for the other: a terminal holds a few kilobytes each way.
            let ready = self.poll(PollFlags::IN | PollFlags::OUT, deadline);
            if ready.contains(PollFlags::IN) {
                self.read();
            } else {
                assert!(ready.contains(PollFlags::OUT), "nobody reads: {}", self.shown.escape_ascii());
                let part = &keys[..keys.len().min(256)];
                let count = rustix::io::write(&self.person, part).expect("a terminal takes keys");
                keys = &keys[count..];
            }
        }
    }

    /// Waits until this is shown after what was waited for before; gives what was shown in between.
    #[track_caller]
    pub fn wait_for(&mut self, expected: impl AsRef<[u8]>) -> String {
        let expected = expected.as_ref();
        let deadline = Instant::now() + PATIENCE;
        let mut searched = self.at;
        loop {
            let rest = self.shown.get(searched..).unwrap_or_default();
            if let Some(found) = rest.windows(expected.len()).position(|window| window == expected) {
                let between = String::from_utf8_lossy(&self.shown[self.at..searched + found]).into_owned();
                self.at = searched + found + expected.len();
                return between;
            }
            searched = self.at.max(self.shown.len().saturating_sub(expected.len()));
            if !self.poll(PollFlags::IN, deadline).contains(PollFlags::IN) || !self.read() {
                let shown = self.shown[self.at..].escape_ascii();
                panic!("waited for {}\nbut saw {shown}", expected.escape_ascii());
            }
        }
    }

    /// Types, and waits for exactly this to be shown.
    #[track_caller]
    pub fn exchange(&mut self, keys: impl AsRef<[u8]>, expected: &str) {
        self.types(keys);
        let before = self.wait_for(expected);
        assert_eq!(before, "", "and then {expected:?}");
    }

    /// Waits for the command to end; gives its status, or the negative number of the signal that ended it.
    pub fn status(&mut self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.command.try_wait().expect("a child") {
                return status.code().or(status.signal().map(|signal| -signal)).expect("an end");
            }
            assert!(Instant::now() < deadline, "the command does not end: {}", self.shown.escape_ascii());
            // What it still writes must not keep it.
            let soon = Instant::now() + Duration::from_millis(20);
            if self.poll(PollFlags::IN, soon).contains(PollFlags::IN) {
                self.read();
            }
        }
    }

    /// Sends a signal to the command.
    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.command.id() as i32).expect("a process");
        kill_process(id, signal).expect("a process that lives");
    }

    /// How the terminal is set up.
    pub fn modes(&self) -> Termios {
        tcgetattr(&self.program).expect("a terminal")
    }

    /// The person goes away and takes the terminal along. Waits for the command to end, however it does.
    pub fn hang_up(self) {
        let Terminal { person, program, mut command, .. } = self;
        drop((person, program));
        let deadline = Instant::now() + PATIENCE;
        while command.try_wait().expect("a child").is_none() {
            assert!(Instant::now() < deadline, "the command stays");
            std::thread::yield_now();
        }
    }

    fn poll(&self, wanted: PollFlags, deadline: Instant) -> PollFlags {
        wait_until_ready(&self.person, wanted, deadline)
    }

    /// Reads what is there; false when there will be no more.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match rustix::io::read(&self.person, &mut buffer) {
            Ok(0) | Err(Errno::IO) => false,
            Ok(count) => {
                self.shown.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) => panic!("{error}"),
        }
    }
}
