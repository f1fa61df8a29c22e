//! The program's output and the strip of LEDs on one terminal, without getting into each other's way.
//!
//! The strip lives on the last line of stderr's terminal. What must always hold: before a byte of the
//! program reaches that terminal, the strip is gone without a trace; it comes back only when the program
//! has ended its line, so a prompt or a progress bar is never written over; and at the end the cursor is
//! at the start of an empty line, or where the program left it.
//!
//! ```text
//!               refresh                     output ends in a newline
//!   absent ──────────────────▶ shown        ┌──────────────┐
//!     ▲  ◀──────────────────────┘           ▼              │
//!     │      output, erased first         absent ──▶ away (an unfinished line is there)
//!     └──────── finish
//! ```
//!
//! Standard output is buffered, for a program that prints a character at a time: a terminal gets each line
//! when it ends, anything else eight kilobytes at once. The driver calls [`flush`](TerminalOutput::flush)
//! after each step that may wait, so nothing stays behind; what is written to stderr follows what was
//! written to stdout before it.
//!
//! A strip is drawn at most some thirty times a second, whatever the LEDs do: the driver calls
//! [`refresh`](TerminalOutput::refresh) as often as it likes, and wakes for
//! [`refresh_due`](TerminalOutput::refresh_due) while it waits.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use crate::files::write_all;
use crate::led_strip::LedStrip;
use crate::terminal::{columns, is_terminal};

/// Nobody sees more changes of a light than thirty a second.
const BETWEEN_CHANGES: Duration = Duration::from_millis(33);
/// A strip that made way for output comes back sooner, or it would be away more than there.
const AFTER_OUTPUT: Duration = Duration::from_millis(5);
/// How often the clock moves while nothing else does.
const BETWEEN_TICKS: Duration = Duration::from_millis(100);

const BUFFER_BYTES: usize = 8192;
/// The width of a terminal that does not tell.
const USUAL_COLUMNS: u16 = 80;
/// To the first column, and erase to the end.
const ERASE_LINE: &[u8] = b"\r\x1b[K";

/// When the strip is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShowLeds {
    /// When stderr is a terminal that can erase a line.
    #[default]
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

impl ShowLeds {
    /// The decision, from what is known about stderr.
    pub fn decide(self, stderr_is_terminal: bool, control_sequences: bool) -> bool {
        match self {
            ShowLeds::Auto => stderr_is_terminal && control_sequences,
            ShowLeds::Always => true,
            ShowLeds::Never => false,
        }
    }
}

/// What is on the line of the terminal's cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastLine {
    /// Nothing.
    Empty,
    /// The strip, and nothing else.
    Strip,
    /// A line that the program has not ended.
    Program,
}

#[derive(Debug)]
struct Strip {
    leds: LedStrip,
    /// A light has changed since it was drawn.
    changed: bool,
    /// A light has changed since the strip was left standing.
    unsettled: bool,
    /// When it was last drawn.
    drawn: Option<Instant>,
}

/// The program's stdout and stderr, and the strip.
#[derive(Debug)]
pub struct TerminalOutput {
    stdout: OwnedFd,
    stderr: OwnedFd,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    buffer: Vec<u8>,
    strip: Option<Strip>,
    last_line: LastLine,
}

impl TerminalOutput {
    /// Output to these two, with a strip if there is one.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    pub fn new(stdout: impl AsFd, stderr: impl AsFd, strip: Option<LedStrip>) -> io::Result<Self> {
        Ok(TerminalOutput {
            stdout_is_terminal: is_terminal(&stdout),
            stderr_is_terminal: is_terminal(&stderr),
            stdout: stdout.as_fd().try_clone_to_owned()?,
            stderr: stderr.as_fd().try_clone_to_owned()?,
            buffer: Vec::new(),
            strip: strip.map(|leds| Strip { leds, changed: false, unsettled: false, drawn: None }),
            last_line: LastLine::Empty,
        })
    }

    /// The program writes to its standard output.
    ///
    /// # Errors
    /// Those of the system, [`BrokenPipe`](io::ErrorKind::BrokenPipe) among them; the bytes are then lost,
    /// these and those buffered before.
    pub fn stdout(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES || (self.stdout_is_terminal && bytes.contains(&b'\n')) {
            self.flush()?;
        }
        Ok(())
    }

    /// The program, or we about it, write to standard error. Not buffered.
    ///
    /// # Errors
    /// Those of the system. One of stdout, met on the way, does not keep the bytes from stderr.
    pub fn stderr(&mut self, bytes: &[u8]) -> io::Result<()> {
        let flushed = self.flush();
        if !bytes.is_empty() {
            self.make_way(bytes);
            write_all(&self.stderr, bytes)?;
        }
        flushed
    }

    /// Writes what is buffered. To be called before the program waits, and after each step of the engine.
    ///
    /// # Errors
    /// Those of the system.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        // The buffer is kept, whatever happens to the bytes.
        let mut bytes = std::mem::take(&mut self.buffer);
        // Two terminals in one process are as good as always the same one.
        if self.stdout_is_terminal && self.stderr_is_terminal {
            self.make_way(&bytes);
        }
        let written = write_all(&self.stdout, &bytes);
        bytes.clear();
        self.buffer = bytes;
        written
    }

    /// Whether something is buffered.
    pub fn holds_back(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// An LED changed; it is shown at the next [`refresh`](Self::refresh) that is due.
    pub fn set_led(&mut self, id: u16, brightness: u8) {
        if let Some(strip) = &mut self.strip {
            let changed = strip.leds.set(id, brightness);
            strip.changed |= changed;
            strip.unsettled |= changed;
        }
    }

    /// Draws the strip, if it is due, with the program's time beside it.
    pub fn refresh(&mut self, now: Instant, t_us: u64) {
        if self.refresh_due(now).is_none_or(|due| now < due) {
            return;
        }
        self.draw_strip(now, t_us, b"");
        self.last_line = LastLine::Strip;
    }

    /// Takes the strip off the terminal, as before a prompt; but if a light has changed since the last time, leaves it
    /// standing as a line of its own.
    pub fn settle_strip(&mut self, now: Instant, t_us: u64) {
        let unsettled = self.strip.as_ref().is_some_and(|strip| strip.unsettled);
        if !unsettled || self.last_line == LastLine::Program {
            return self.hide_strip();
        }
        self.draw_strip(now, t_us, b"\n");
        self.last_line = LastLine::Empty;
        if let Some(strip) = &mut self.strip {
            strip.unsettled = false;
        }
    }

    fn draw_strip(&mut self, now: Instant, t_us: u64, end: &[u8]) {
        let columns = columns(&self.stderr).unwrap_or(USUAL_COLUMNS);
        let Some(strip) = &mut self.strip else { return };
        let mut bytes = vec![b'\r'];
        bytes.extend_from_slice(strip.leds.render(t_us, columns).as_bytes());
        bytes.extend_from_slice(b"\x1b[K");
        bytes.extend_from_slice(end);
        strip.changed = false;
        strip.drawn = Some(now);
        self.write_strip(&bytes);
    }

    /// When the strip should be drawn next; `now` or earlier when it should be already. `None` when there
    /// is no strip or no place for it: then only output can change that.
    pub fn refresh_due(&self, now: Instant) -> Option<Instant> {
        let strip = self.strip.as_ref()?;
        let pause = match self.last_line {
            LastLine::Program => return None,
            LastLine::Empty => AFTER_OUTPUT,
            LastLine::Strip if strip.changed => BETWEEN_CHANGES,
            LastLine::Strip => BETWEEN_TICKS,
        };
        Some(strip.drawn.map_or(now, |drawn| drawn + pause))
    }

    /// Takes the strip off the terminal until the next refresh, as before reading a line from the person.
    pub fn hide_strip(&mut self) {
        if self.last_line == LastLine::Strip {
            self.last_line = LastLine::Empty;
            self.write_strip(ERASE_LINE);
        }
    }

    /// Tells that somebody else has put the cursor at the start of a line: the person, by pressing Enter.
    pub fn note_newline(&mut self) {
        self.last_line = LastLine::Empty;
    }

    /// Writes what is buffered and takes the strip away for good. Dropping does the same, silently.
    ///
    /// # Errors
    /// Those of the system.
    pub fn finish(&mut self) -> io::Result<()> {
        let flushed = self.flush();
        self.hide_strip();
        self.strip = None;
        flushed
    }

    /// Before the program's bytes come to the terminal: the strip goes, and it is seen how they end.
    fn make_way(&mut self, bytes: &[u8]) {
        self.hide_strip();
        self.last_line = if bytes.ends_with(b"\n") { LastLine::Empty } else { LastLine::Program };
    }

    /// A strip that cannot be written is of no use to anybody, and no reason to stop.
    fn write_strip(&mut self, bytes: &[u8]) {
        if write_all(&self.stderr, bytes).is_err() {
            self.strip = None;
        }
    }

    /// Whether stderr is a terminal, for whoever writes messages to it.
    pub fn stderr_is_terminal(&self) -> bool {
        self.stderr_is_terminal
    }
}

impl Drop for TerminalOutput {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}
