//! The line editor of the REPL: bytes from a terminal in, bytes to show and finished statements out.
//!
//! It is a state machine and nothing else. It reads from nobody, writes into a buffer that it is given,
//! knows no Python beyond [when a statement is unfinished](needs_more_input), and so is the same on a
//! desktop, in a browser and on a microcontroller. It behaves, key by key and byte by byte, as
//! MicroPython's does on unix, so that fingers and test scripts need not be retrained.
//!
//! ```
//! use wigwag_engine::line_editor::{Event, LineEditor, NoAssistance};
//!
//! let mut editor = LineEditor::new(50);
//! let mut screen = Vec::new();
//! editor.begin(">>> ", "... ", &mut screen);
//! for &byte in b"1 + 1\r" {
//!     if let Some(event) = editor.feed(byte, &mut NoAssistance, &mut screen) {
//!         assert_eq!(event, Event::Statement("1 + 1".into()));
//!     }
//! }
//! assert_eq!(screen, b">>> 1 + 1\r\n");
//! ```
//!
//! # Keys
//!
//! | key | on an empty line | otherwise |
//! |---|---|---|
//! | Ctrl-A, Home | [`Event::RawRepl`] (Ctrl-A) | to the start |
//! | Ctrl-B, ← | [`Event::Banner`] (Ctrl-B) | one character left |
//! | Ctrl-C | [`Event::Cancelled`] | [`Event::Cancelled`] |
//! | Ctrl-D, Delete | [`Event::EndOfInput`] (Ctrl-D) | delete under the cursor |
//! | Ctrl-E, End | paste mode (Ctrl-E) | to the end |
//! | Ctrl-F, → | | one character right |
//! | Ctrl-K, Ctrl-U | | delete to the end, to the start |
//! | Ctrl-N ↓, Ctrl-P ↑ | newer, older line of the history | the same |
//! | Alt-B, Alt-F, Ctrl-←, Ctrl-→ | | a word left, right |
//! | Alt-D, Alt-Backspace, Ctrl-W | | delete a word right, left |
//! | Backspace | | delete to the left, four at once in the indentation |
//! | Tab | complete; four spaces in a continuation line | complete; four spaces after a space |
//!
//! In a continuation line that is empty, Ctrl-D finishes the statement (without a newline: what it prints
//! begins beside the prompt, as upstream), and Ctrl-A, Ctrl-B and Ctrl-E do
//! nothing. A line that the editor has indented is not empty. A space or tab typed right after that
//! indentation takes over: the space replaces one step of it, and nothing more is indented for this
//! statement, so that indented text can be pasted.
//!
//! # States
//!
//! ```text
//!            begin                        Enter, unfinished
//!   idle ───────────▶ Statement ────────────────────────────▶ Statement, continued
//!    ▲                  │    │ Ctrl-E           Ctrl-D, Enter, finished │
//!    │◀── Enter, Ctrl-… ┘    ▼                                          │
//!    │                     Paste                                        │
//!    │◀──── Ctrl-C, Ctrl-D ──┘◀─────────────────────────────────────────┘
//! ```
//!
//! Every event leads back to idle: the caller acts on it and calls [`begin`](LineEditor::begin) again, with
//! the prompts that `sys.ps1` and `sys.ps2` then say. Bytes that come while idle are edited all the same,
//! under no prompt.

mod candidates;
mod continuation;
mod history;
mod indent;
mod keys;
mod layout;
mod line;
#[cfg(test)]
mod screen;
#[cfg(test)]
mod tests;

pub use continuation::needs_more_input;

use alloc::string::String;
use alloc::vec::Vec;

use continuation::Continuation;
use history::History;
use keys::{Key, KeyDecoder};
use line::{Line, Redraw};

/// One step of indentation.
const INDENT: &str = "    ";

const CTRL_A: u8 = 1;
const CTRL_B: u8 = 2;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_E: u8 = 5;

const PASTE_GREETING: &str = "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n";
const PASTE_PROMPT: &str = "=== ";

/// What came of the bytes. After each, call [`LineEditor::begin`] again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A statement was finished: to be run as what is typed at a prompt is, results shown.
    Statement(String),
    /// Text was pasted in paste mode: to be run as a file is.
    Pasted(String),
    /// The line that [`LineEditor::begin_input`] asked for.
    Input(String),
    /// Ctrl-C: whatever was being typed is gone.
    Cancelled,
    /// Ctrl-D on an empty line: soft reset, end of the session, or `EOFError` from `input`.
    EndOfInput,
    /// Ctrl-A on an empty line: the protocol for programs instead of people.
    RawRepl,
    /// Ctrl-B on an empty line: show the banner again.
    Banner,
}

/// What Tab does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Completion {
    /// Nothing fits.
    #[default]
    Nothing,
    /// This is inserted at the cursor: the rest of the only word that fits, or all that the words have in
    /// common beyond what is typed.
    Insert(String),
    /// Several fit and have nothing more in common: they are shown.
    Candidates(Vec<String>),
}

/// What the editor asks its caller for.
pub trait Assistant {
    /// Completes the word that ends where `before_cursor`, the line up to the cursor, ends.
    fn complete(&mut self, before_cursor: &str) -> Completion {
        let _ = before_cursor;
        Completion::Nothing
    }
}

/// An [`Assistant`] that completes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAssistance;

impl Assistant for NoAssistance {}

/// What is being entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Entering {
    #[default]
    Statement,
    Input,
    Paste,
}

/// Where the indentation of a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Indentation {
    /// The editor indents; it has not done so for this line, or that has been noticed.
    Automatic,
    /// The editor has just indented this line, and nothing was typed yet.
    JustAdded,
    /// The person (or what they paste) indents, until the next statement.
    Manual,
}

/// The editor. See the [module](self) for what it does.
#[derive(Debug)]
pub struct LineEditor {
    keys: KeyDecoder,
    line: Line,
    history: History,
    /// The finished lines of the statement, each with its newline, and what they say about the next.
    entered: String,
    continuation: Continuation,
    entering: Entering,
    indentation: Indentation,
    first_prompt: String,
    next_prompt: String,
    pasted: Vec<u8>,
    paste_after_return: bool,
}

impl LineEditor {
    /// An editor that remembers so many lines. MicroPython remembers 50 on unix and 8 on boards.
    pub fn new(history_lines: usize) -> Self {
        LineEditor {
            keys: KeyDecoder::default(),
            line: Line::default(),
            history: History::new(history_lines),
            entered: String::new(),
            continuation: Continuation::default(),
            entering: Entering::default(),
            indentation: Indentation::Automatic,
            first_prompt: String::new(),
            next_prompt: String::new(),
            pasted: Vec::new(),
            paste_after_return: false,
        }
    }

    /// Starts a statement: shows the first prompt, and keeps the other for continuation lines.
    pub fn begin(&mut self, first_prompt: &str, next_prompt: &str, echo: &mut Vec<u8>) {
        self.start(Entering::Statement, first_prompt, next_prompt, echo);
    }

    /// Starts a single line, as `input(prompt)` wants it: Enter finishes it whatever is in it.
    pub fn begin_input(&mut self, prompt: &str, echo: &mut Vec<u8>) {
        self.start(Entering::Input, prompt, "", echo);
    }

    fn start(&mut self, entering: Entering, first: &str, next: &str, echo: &mut Vec<u8>) {
        self.entering = entering;
        self.first_prompt = String::from(first);
        self.next_prompt = String::from(next);
        self.restart(echo);
    }

    fn restart(&mut self, echo: &mut Vec<u8>) {
        self.clear();
        self.line.begin(&self.first_prompt, echo);
    }

    fn clear(&mut self) {
        self.line.take();
        self.entered.clear();
        self.continuation = Continuation::default();
        self.pasted.clear();
        self.history.stop_browsing();
        self.indentation = Indentation::Automatic;
    }

    /// The lines remembered, oldest first: what a history file holds.
    pub fn history(&self) -> impl Iterator<Item = &str> {
        self.history.lines()
    }

    /// Remembers a line, as if it had been entered. Control characters, which a file may hold but a
    /// keyboard cannot enter, are left out.
    pub fn remember(&mut self, line: &str) {
        let typeable: String = line.chars().filter(|character| !character.is_control()).collect();
        self.history.push(&typeable);
    }

    /// What was typed and not yet finished: earlier lines with their newlines, then the current one.
    pub fn unfinished(&self) -> String {
        alloc::format!("{}{}", self.entered, self.line.text())
    }

    /// Sets how wide the terminal is, if that is known: then a line that is longer is drawn over several rows.
    pub fn set_columns(&mut self, columns: Option<u16>) {
        self.line.set_width(columns);
    }

    /// Whether something stands on the current line.
    pub fn has_unfinished_line(&self) -> bool {
        !self.line.is_empty()
    }

    /// Takes one byte from the terminal, and appends to `echo` what the terminal should show for it.
    ///
    /// Gives an event when the byte completes one; the rest of the bytes then wait until after
    /// [`begin`](Self::begin).
    pub fn feed(&mut self, byte: u8, assistant: &mut dyn Assistant, echo: &mut Vec<u8>) -> Option<Event> {
        if self.entering == Entering::Paste {
            return self.paste(byte, echo);
        }
        let key = self.keys.feed(byte)?;
        if let Key::Control(control @ CTRL_A..=CTRL_E) = key
            && (self.line.is_empty() || control == CTRL_C)
        {
            return self.command(control, echo);
        }
        if key == Key::Enter {
            return self.enter(echo);
        }
        let redraw = self.edit(key, assistant, echo);
        if let Some(redraw) = redraw {
            self.line.draw(&redraw, echo);
        }
        if self.indentation == Indentation::JustAdded {
            self.indentation = Indentation::Automatic;
        }
        None
    }

    /// What a control key says to the REPL instead of the line.
    fn command(&mut self, control: u8, echo: &mut Vec<u8>) -> Option<Event> {
        self.line.leave(echo);
        let continued = !self.entered.is_empty();
        let event = match (self.entering, control) {
            (Entering::Input, CTRL_C) => Event::Cancelled,
            (Entering::Input, CTRL_D) => Event::EndOfInput,
            (Entering::Statement, CTRL_D) if continued => {
                let statement = core::mem::take(&mut self.entered);
                self.clear();
                return Some(Event::Statement(statement));
            }
            (Entering::Statement, CTRL_A) if !continued => Event::RawRepl,
            (Entering::Statement, CTRL_B) if !continued => Event::Banner,
            (Entering::Statement, CTRL_D) => Event::EndOfInput,
            (Entering::Statement, CTRL_C) => Event::Cancelled,
            (Entering::Statement, CTRL_E) if !continued => {
                self.entering = Entering::Paste;
                self.paste_after_return = false;
                echo.extend_from_slice(PASTE_GREETING.as_bytes());
                echo.extend_from_slice(PASTE_PROMPT.as_bytes());
                return None;
            }
            _ => return None,
        };
        self.clear();
        if self.entering == Entering::Statement {
            echo.extend_from_slice(b"\r\n");
        }
        Some(event)
    }

    fn enter(&mut self, echo: &mut Vec<u8>) -> Option<Event> {
        self.line.leave(echo);
        echo.extend_from_slice(b"\r\n");
        let line = self.line.take();
        self.history.push(&line);
        self.history.stop_browsing();
        if self.entering == Entering::Input {
            self.clear();
            return Some(Event::Input(line));
        }
        self.entered.push_str(&line);
        if self.entered.is_empty() {
            self.restart(echo);
            return None;
        }
        self.continuation.add(&line);
        if !self.continuation.needs_more_input() {
            let statement = core::mem::take(&mut self.entered);
            self.clear();
            return Some(Event::Statement(statement));
        }
        self.entered.push('\n');
        self.continuation.add("\n");
        self.line.begin(&self.next_prompt, echo);
        self.indent(echo);
        None
    }

    /// Indents the line that has just begun.
    fn indent(&mut self, echo: &mut Vec<u8>) {
        if self.indentation == Indentation::Manual {
            return;
        }
        self.indentation = Indentation::Automatic;
        let steps = indent::steps_after(&self.entered);
        if steps > 0 {
            let redraw = self.line.insert(&INDENT.repeat(steps));
            self.line.draw(&redraw, echo);
            self.indentation = Indentation::JustAdded;
        }
    }

    /// Applies a key to the line.
    fn edit(&mut self, key: Key, assistant: &mut dyn Assistant, echo: &mut Vec<u8>) -> Option<Redraw> {
        if self.indentation == Indentation::JustAdded && matches!(key, Key::Tab | Key::Character(' ')) {
            self.indentation = Indentation::Manual;
            return (key != Key::Tab).then(|| self.line.unindent(INDENT.len() - 1));
        }
        let line = &mut self.line;
        let cursor = line.cursor();
        Some(match key {
            // A mark has nothing to combine with at the start of a line, but the prompt.
            Key::Character(mark) if cursor == 0 && layout::columns_of(mark) == 0 => return None,
            Key::Character(character) => line.insert(character.encode_utf8(&mut [0; 4])),
            Key::Tab => return self.tab(assistant, echo),
            Key::Backspace if cursor > 0 => line.delete(line.backspace_start()..cursor),
            Key::Delete | Key::Control(CTRL_D) if cursor < line.end() => line.delete(cursor..line.next()),
            Key::Left | Key::Control(CTRL_B) => line.move_to(line.previous()),
            Key::Right | Key::Control(CTRL_F) => line.move_to(line.next()),
            Key::Home | Key::Control(CTRL_A) => line.move_to(0),
            Key::End | Key::Control(CTRL_E) => line.move_to(line.end()),
            Key::WordLeft => line.move_to(line.word_left()),
            Key::WordRight => line.move_to(line.word_right()),
            Key::KillWordLeft | Key::Control(CTRL_W) => line.delete(line.word_left()..cursor),
            Key::KillWordRight => line.delete(cursor..line.word_right()),
            Key::Control(CTRL_K) => line.delete(cursor..line.end()),
            Key::Control(CTRL_U) => line.delete(0..cursor),
            Key::Up | Key::Control(CTRL_P) => line.replace(self.history.older()?),
            Key::Down | Key::Control(CTRL_N) => line.replace(self.history.newer()?),
            Key::Backspace | Key::Delete | Key::Control(_) | Key::Enter => return None,
        })
    }

    fn tab(&mut self, assistant: &mut dyn Assistant, echo: &mut Vec<u8>) -> Option<Redraw> {
        let before = self.line.before_cursor();
        let indents = match before.chars().next_back() {
            Some(character) => character.is_whitespace(),
            // Nothing to complete at the start of a continuation line; names at the start of the first.
            None => !self.entered.is_empty(),
        };
        if indents {
            return Some(self.line.insert(INDENT));
        }
        match assistant.complete(before) {
            Completion::Nothing => None,
            Completion::Insert(text) => Some(self.line.insert(&text)),
            Completion::Candidates(words) => {
                self.line.leave(echo);
                candidates::write(&words, echo);
                let prompt = if self.entered.is_empty() { &self.first_prompt } else { &self.next_prompt };
                self.line.show_again(prompt, echo);
                None
            }
        }
    }

    /// Paste mode takes every byte as it comes, but for the two that end it.
    fn paste(&mut self, byte: u8, echo: &mut Vec<u8>) -> Option<Event> {
        let after_return = core::mem::replace(&mut self.paste_after_return, byte == b'\r');
        match byte {
            CTRL_C | CTRL_D => {
                echo.extend_from_slice(b"\r\n");
                let pasted = core::mem::take(&mut self.pasted);
                self.entering = Entering::Statement;
                self.clear();
                return Some(match byte {
                    CTRL_C => Event::Cancelled,
                    _ => Event::Pasted(String::from_utf8_lossy(&pasted).into_owned()),
                });
            }
            b'\n' if after_return => {}
            b'\r' | b'\n' => {
                self.pasted.push(b'\n');
                echo.extend_from_slice(b"\r\n");
                echo.extend_from_slice(PASTE_PROMPT.as_bytes());
            }
            _ => {
                self.pasted.push(byte);
                echo.push(byte);
            }
        }
        None
    }
}

const CTRL_F: u8 = 6;
const CTRL_K: u8 = 11;
const CTRL_N: u8 = 14;
const CTRL_P: u8 = 16;
const CTRL_U: u8 = 21;
const CTRL_W: u8 = 23;
