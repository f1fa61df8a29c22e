//! What the command was asked to do, as plain data.

use std::ffi::OsString;
use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use wigwag_host::clock::Speed;
use wigwag_host::output::ShowLeds;

/// Everything that the command line and the environment decide about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to run.
    pub program: Program,
    /// Whether the REPL follows the program (`-i`).
    pub inspect: bool,
    /// How much to tell about what is going on (`-v`, once or more).
    pub verbose: u8,
    /// The level of optimisation (`-O`): from 1 on, `assert` does nothing.
    pub optimise: u8,
    /// Which warnings are shown (`-W`).
    pub warnings: ShowWarnings,
    /// The program's heap in bytes (`-X heapsize`), if not the board's own.
    pub heap_bytes: Option<usize>,
    /// What to compile to (`-X emit`).
    pub emitter: Emitter,
    /// Whether to compile and then not run (`-X compile-only`).
    pub compile_only: bool,
    /// `sys.path` after its first entry, which is the program's directory.
    pub module_path: Vec<OsString>,
    /// The home of whoever runs it: the REPL's history is there.
    pub home: Option<PathBuf>,
    /// The name of the board, one of [`BOARDS`](super::BOARDS).
    pub board: &'static str,
    /// Which clock the program lives by.
    pub clock: ClockChoice,
    /// When the run ends by itself, in microseconds of the program's time.
    pub until_us: Option<u64>,
    /// When the strip of LEDs is shown.
    pub leds: ShowLeds,
    /// Where the board's events are written, if anywhere.
    pub events: Option<EventsTo>,
    /// The file that the board's flash is in, if any.
    pub flash: Option<PathBuf>,
    /// For developers: how much fuel each step of the engine gets. It must never show.
    pub fuel: Option<NonZeroU32>,
    /// For developers: collect garbage at every so manieth safepoint. It must never show either.
    pub gc_stress: Option<NonZeroU32>,
}

/// When warnings are shown, such as that of a coroutine that nobody awaited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShowWarnings {
    /// When somebody reads standard error at a terminal.
    #[default]
    Default,
    /// Always.
    Always,
    /// Never.
    Ignore,
}

/// What to run. The arguments are those for the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// The REPL, if standard input is a terminal; else the program that standard input holds.
    Interactive,
    /// The program on standard input, terminal or not.
    StandardInput {
        /// What follows `-`.
        arguments: Vec<OsString>,
    },
    /// A file.
    File {
        /// The file.
        path: PathBuf,
        /// What follows it.
        arguments: Vec<OsString>,
    },
    /// Text from the command line (`-c`).
    Code {
        /// The text.
        text: OsString,
        /// What follows it.
        arguments: Vec<OsString>,
    },
    /// A module (`-m`).
    Module {
        /// Its name, with dots.
        name: OsString,
        /// What follows it.
        arguments: Vec<OsString>,
    },
}

impl Program {
    /// What the program finds in `sys.argv`.
    pub fn argv(&self) -> Vec<OsString> {
        let (first, arguments): (OsString, _) = match self {
            Program::Interactive => return Vec::new(),
            Program::StandardInput { arguments } => ("-".into(), arguments),
            Program::File { path, arguments } => (path.clone().into(), arguments),
            Program::Code { arguments, .. } => ("-c".into(), arguments),
            Program::Module { name, arguments } => (name.clone(), arguments),
        };
        std::iter::once(first).chain(arguments.iter().cloned()).collect()
    }
}

impl fmt::Display for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Program::Interactive => out.write_str("the REPL"),
            Program::StandardInput { .. } => out.write_str("the program on standard input"),
            Program::File { path, .. } => write!(out, "'{}'", path.display()),
            Program::Code { .. } => out.write_str("the program on the command line"),
            Program::Module { name, .. } => write!(out, "the module '{}'", name.display()),
        }
    }
}

/// What programs are compiled to. Wigwag has one kind of code; programs and scripts that ask for another
/// get that one, as on a port without the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emitter {
    /// What there is.
    #[default]
    Bytecode,
    /// Accepted.
    Native,
    /// Accepted.
    Viper,
}

/// The clock that a program lives by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockChoice {
    /// The real one.
    #[default]
    Real,
    /// One that jumps to the next deadline when nothing else is to be done.
    Virtual,
    /// The real one, so many times as fast.
    Scaled(Speed),
}

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventsTo {
    /// To standard output, and what the program writes there goes to standard error.
    StandardOutput,
    /// To a file.
    File(PathBuf),
}
