//! The REPL: bytes from whoever types in, what to show and what to run out.
//!
//! Like the [line editor](crate::line_editor) that it is made of, it reads from nobody and waits for nobody: a driver
//! feeds it bytes, runs what it asks for, tells it how that [ended](Repl::finished), and shows what it wrote. So a
//! terminal, a browser and a serial line get the same one: for people with prompts, editing and completion, for programs
//! the [raw protocol](raw).
//!
//! ```text
//!              feed                                  feed: Ctrl-A
//!   Friendly ────────▶ Run ── finished ──▶ Friendly ─────────────▶ Raw ── Run, SoftReset ──▶ Raw
//!                      Leave                    ▲                   │ Ctrl-B
//!                                               └───────────────────┘
//! ```
//!
//! What must always hold: whatever the program did to `sys.ps1` or to the heap's lock, there is a prompt again.

mod completion;
mod raw;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use wigwag_modules::settings::settings;
use wigwag_vm::run::Vm;
use wigwag_vm::run::source::SourceMode;

use crate::line_editor::{Event, LineEditor};
use completion::NamesOf;
use raw::{RawEvent, RawRepl};

const CTRL_A: u8 = 1;
const CTRL_B: u8 = 2;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_E: u8 = 5;

/// What the code that is typed is called in tracebacks.
pub const FILE_NAME: &str = "<stdin>";

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Run this, then call [`Repl::finished`].
    Run {
        /// The text.
        source: Vec<u8>,
        /// How it is compiled.
        mode: SourceMode,
    },
    /// Start with a fresh machine, then call [`Repl::restarted`]. Only the raw REPL asks for it.
    SoftReset,
    /// Ctrl-D on an empty line: the session is over.
    Leave,
}

/// Whom the REPL talks to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Friendly,
    Raw,
}

/// The REPL. See the [module](self).
#[derive(Debug)]
pub struct Repl {
    editor: LineEditor,
    raw: RawRepl,
    mode: Mode,
}

impl Repl {
    /// A REPL that remembers so many lines.
    pub fn new(history_lines: usize) -> Repl {
        Repl { editor: LineEditor::new(history_lines), raw: RawRepl::default(), mode: Mode::Friendly }
    }

    /// The editor, for its history and the width of its terminal.
    pub fn editor(&mut self) -> &mut LineEditor {
        &mut self.editor
    }

    /// Whether a program is on the other side: then nothing but the protocol may be written.
    pub fn is_raw(&self) -> bool {
        self.mode == Mode::Raw
    }

    /// Shows the banner and the first prompt.
    pub fn start(&mut self, vm: &mut Vm, out: &mut Vec<u8>) {
        self.mode = Mode::Friendly;
        out.extend_from_slice(banner(vm).as_bytes());
        self.prompt(vm, out);
    }

    /// Takes one byte, and appends to `out` what is to be shown for it.
    pub fn feed(&mut self, byte: u8, vm: &mut Vm, out: &mut Vec<u8>) -> Option<Request> {
        match self.mode {
            Mode::Friendly => self.feed_editor(byte, vm, out),
            Mode::Raw => self.feed_raw(byte, vm, out),
        }
    }

    fn feed_editor(&mut self, byte: u8, vm: &mut Vm, out: &mut Vec<u8>) -> Option<Request> {
        match self.editor.feed(byte, &mut NamesOf(vm), out)? {
            Event::Statement(source) => {
                return Some(Request::Run { source: source.into_bytes(), mode: SourceMode::Single });
            }
            Event::Pasted(source) => {
                return Some(Request::Run { source: source.into_bytes(), mode: SourceMode::Module });
            }
            Event::EndOfInput => return Some(Request::Leave),
            Event::RawRepl => {
                self.mode = Mode::Raw;
                self.raw.enter(out);
            }
            Event::Banner => self.start(vm, out),
            Event::Cancelled | Event::Input(_) => self.prompt(vm, out),
        }
        None
    }

    fn feed_raw(&mut self, byte: u8, vm: &mut Vm, out: &mut Vec<u8>) -> Option<Request> {
        match self.raw.feed(byte, out)? {
            RawEvent::Run(source) => return Some(Request::Run { source, mode: SourceMode::Module }),
            RawEvent::SoftReset => return Some(Request::SoftReset),
            RawEvent::Friendly => self.start(vm, out),
        }
        None
    }

    /// What was to be run has ended, with this exception's text if it was one. Shows that and the next prompt.
    pub fn finished(&mut self, error: Option<&str>, vm: &mut Vm, out: &mut Vec<u8>) {
        match self.mode {
            Mode::Friendly => {
                out.extend_from_slice(error.unwrap_or_default().as_bytes());
                self.prompt(vm, out);
            }
            Mode::Raw => self.raw.answer(error, out),
        }
    }

    /// What was to be run asked to leave. In the raw REPL that ends the program and not the session, as on a board:
    /// gives what to do about it.
    pub fn exited(&mut self, out: &mut Vec<u8>) -> Request {
        match self.mode {
            Mode::Friendly => Request::Leave,
            Mode::Raw => {
                self.raw.end(None, out);
                Request::SoftReset
            }
        }
    }

    /// The machine is a fresh one.
    pub fn restarted(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"MPY: soft reboot\r\n");
        self.raw.enter(out);
    }

    /// Nothing more will be typed. Gives the byte that finishes what was typed without its end; none when that is best
    /// forgotten.
    pub fn at_end_of_input(&self) -> Option<u8> {
        match self.mode {
            Mode::Raw => None,
            Mode::Friendly if self.editor.has_unfinished_line() => Some(b'\r'),
            Mode::Friendly => Some(CTRL_D),
        }
    }

    fn prompt(&mut self, vm: &mut Vm, out: &mut Vec<u8>) {
        // Nobody could type the statement that unlocks it.
        while vm.heap.lock_depth > 0 {
            vm.heap.unlock();
        }
        let (first, next) = (prompt_text(vm, "ps1", ">>> "), prompt_text(vm, "ps2", "... "));
        self.editor.begin(&first, &next, out);
    }
}

/// `sys.ps1` or `sys.ps2`; like upstream, nothing at all where a program has put something else than a text there.
fn prompt_text(vm: &Vm, name: &str, usual: &str) -> String {
    let value = vm
        .sys_namespace()
        .and_then(|namespace| vm.heap.symbols.find(name).and_then(|name| vm.namespace_get(namespace, name)));
    match value {
        Some(value) => String::from(vm.heap.as_str(value).unwrap_or_default()),
        None => String::from(usual),
    }
}

/// What greets: the version, the machine, and where to go from here.
fn banner(vm: &mut Vm) -> String {
    let settings = settings(vm);
    // After the version of the language comes that of MicroPython.
    let version = settings.version.split_once("; ").map_or(settings.version.as_str(), |(_, version)| version);
    alloc::format!("{version}; {}\r\nType \"help()\" for more information.\r\n", settings.machine)
}
