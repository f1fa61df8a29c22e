//! The raw REPL: MicroPython's protocol for programs (`mpremote`, Thonny, test runners) instead of people.
//!
//! Nothing is echoed. A source text ends with Ctrl-D, is acknowledged with `OK`, and is answered with what it prints,
//! Ctrl-D, the text of its exception if there is one, Ctrl-D, and the prompt `>`. *Raw paste* adds flow control: the
//! text is taken in windows, and each time that one has been used up, a byte says so.
//!
//! ```text
//!              Ctrl-E A Ctrl-A                      Ctrl-D: R…, Ctrl-D
//!   Collecting ───────────────▶ Pasting ───────────────────────────────▶ Run ──▶ Collecting
//!     │  ▲  │                      │ Ctrl-C: KeyboardInterrupt            ▲
//!     │  └──┼──────────────────────┘                                     │
//!     │     └──────────────── Ctrl-D: OK ─────────────────────────────────┘
//!     ├── Ctrl-A: greeting   Ctrl-C: forget the text
//!     ├── Ctrl-B ──▶ Friendly
//!     └── Ctrl-D without a text ──▶ SoftReset
//! ```
//!
//! What must always hold: a text that did not fit into memory is never run in part.

use alloc::vec::Vec;

use super::{CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E};

const GREETING: &[u8] = b"raw REPL; CTRL-B to exit\r\n";
const PROMPT: &[u8] = b">";
/// How many bytes of a pasted text may be on their way before the other side has to wait for leave to send more. There
/// are two such windows from the start.
const WINDOW: u16 = 128;
/// Says that a window is free again.
const WINDOW_FREE: u8 = 1;
const END: u8 = CTRL_D;
/// How a text that asks for raw paste begins; the next byte says in which form.
const PASTE_COMMAND: u8 = CTRL_E;
const PASTE_FORM: u8 = b'A';

/// What came of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawEvent {
    /// Run this as a file is run; then [`RawRepl::answer`].
    Run(Vec<u8>),
    /// Back to the REPL for people.
    Friendly,
    /// Ctrl-D without a text: start afresh, then [`RawRepl::enter`].
    SoftReset,
}

/// The protocol's state: the text so far.
#[derive(Debug, Default)]
pub(super) struct RawRepl {
    source: Vec<u8>,
    /// There was no memory for a part of the text.
    overflowed: bool,
    /// In raw paste: how many bytes until the other side is given leave to send more.
    window: Option<u16>,
}

impl RawRepl {
    /// Greets, and waits for a text.
    pub(super) fn enter(&mut self, out: &mut Vec<u8>) {
        self.forget();
        out.extend_from_slice(GREETING);
        out.extend_from_slice(PROMPT);
    }

    /// Takes one byte, and appends to `out` what is to be sent for it.
    pub(super) fn feed(&mut self, byte: u8, out: &mut Vec<u8>) -> Option<RawEvent> {
        match self.window {
            Some(left) => self.paste(byte, left, out),
            None => self.collect(byte, out),
        }
    }

    /// What follows the output of a program: its error, if it ended with one, and the next prompt.
    pub(super) fn answer(&mut self, error: Option<&str>, out: &mut Vec<u8>) {
        self.end(error, out);
        out.extend_from_slice(PROMPT);
    }

    /// The same for a program that ended the session: no prompt yet.
    pub(super) fn end(&mut self, error: Option<&str>, out: &mut Vec<u8>) {
        out.push(END);
        out.extend_from_slice(error.unwrap_or_default().as_bytes());
        out.push(END);
    }

    fn forget(&mut self) {
        self.source = Vec::new();
        self.overflowed = false;
        self.window = None;
    }

    fn keep(&mut self, byte: u8) {
        if self.overflowed || self.source.try_reserve(1).is_err() {
            self.overflowed = true;
            self.source = Vec::new();
        } else {
            self.source.push(byte);
        }
    }

    fn collect(&mut self, byte: u8, out: &mut Vec<u8>) -> Option<RawEvent> {
        match byte {
            CTRL_A => match self.source.as_slice() {
                [PASTE_COMMAND, PASTE_FORM] => {
                    out.extend_from_slice(b"R\x01");
                    out.extend_from_slice(&WINDOW.to_le_bytes());
                    out.push(WINDOW_FREE);
                    self.forget();
                    self.window = Some(WINDOW);
                }
                [PASTE_COMMAND, _] => {
                    out.extend_from_slice(b"R\x00");
                    out.extend_from_slice(PROMPT);
                    self.forget();
                }
                _ => self.enter(out),
            },
            CTRL_B => {
                self.forget();
                out.extend_from_slice(b"\r\n");
                return Some(RawEvent::Friendly);
            }
            CTRL_C => self.forget(),
            CTRL_D => {
                out.extend_from_slice(b"OK");
                if self.source.is_empty() && !self.overflowed {
                    out.extend_from_slice(b"\r\n");
                    return Some(RawEvent::SoftReset);
                }
                return self.run(out);
            }
            _ => self.keep(byte),
        }
        None
    }

    fn paste(&mut self, byte: u8, left: u16, out: &mut Vec<u8>) -> Option<RawEvent> {
        match byte {
            CTRL_C => {
                out.push(END);
                self.forget();
                self.answer(Some("KeyboardInterrupt: \r\n"), out);
                return None;
            }
            CTRL_D => {
                out.push(END);
                return self.run(out);
            }
            _ => self.keep(byte),
        }
        self.window = Some(match left {
            0 | 1 => {
                out.push(WINDOW_FREE);
                WINDOW
            }
            _ => left - 1,
        });
        None
    }

    /// The text is complete.
    fn run(&mut self, out: &mut Vec<u8>) -> Option<RawEvent> {
        let (source, overflowed) = (core::mem::take(&mut self.source), self.overflowed);
        self.forget();
        if overflowed {
            self.answer(Some("MemoryError: \r\n"), out);
            return None;
        }
        Some(RawEvent::Run(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// What a program on the other side gets for its bytes, and the events on the way.
    fn talk(raw: &mut RawRepl, bytes: &[u8]) -> (Vec<u8>, Vec<RawEvent>) {
        let mut out = vec![];
        let events = bytes.iter().filter_map(|&byte| raw.feed(byte, &mut out)).collect();
        (out, events)
    }

    #[test]
    fn a_text_is_run_and_answered() {
        let mut raw = RawRepl::default();
        let (mut out, events) = talk(&mut raw, b"print(1)\r\n\x04");
        assert_eq!(events, [RawEvent::Run(b"print(1)\r\n".to_vec())]);
        raw.answer(None, &mut out);
        assert_eq!(out, b"OK\x04\x04>");
        out.clear();
        raw.answer(Some("ValueError: \n"), &mut out);
        assert_eq!(out, b"\x04ValueError: \n\x04>");
    }

    #[test]
    fn control_keys() {
        let mut raw = RawRepl::default();
        assert_eq!(talk(&mut raw, b"\x01"), (b"raw REPL; CTRL-B to exit\r\n>".to_vec(), vec![]));
        assert_eq!(talk(&mut raw, b"abc\x03\x04"), (b"OK\r\n".to_vec(), vec![RawEvent::SoftReset]));
        assert_eq!(talk(&mut raw, b"abc\x02"), (b"\r\n".to_vec(), vec![RawEvent::Friendly]));
        // Every other byte belongs to the text, whatever it is.
        let (_, events) = talk(&mut raw, b"\xff\x00\x05\x1b\n\x04");
        assert_eq!(events, [RawEvent::Run(b"\xff\x00\x05\x1b\n".to_vec())]);
    }

    #[test]
    fn a_pasted_text_is_taken_in_windows() {
        let mut raw = RawRepl::default();
        assert_eq!(talk(&mut raw, b"\x05A\x01").0, b"R\x01\x80\x00\x01");
        let text = [b'x'; 300];
        assert_eq!(talk(&mut raw, &text), (vec![1, 1], vec![]));
        assert_eq!(
            talk(&mut raw, b"\x01\x02\x04"),
            (vec![4], vec![RawEvent::Run([&text[..], b"\x01\x02"].concat())])
        );
    }

    #[test]
    fn a_paste_can_be_cancelled_or_refused() {
        let mut raw = RawRepl::default();
        talk(&mut raw, b"\x05A\x01print(");
        assert_eq!(talk(&mut raw, b"\x03").0, b"\x04\x04KeyboardInterrupt: \r\n\x04>");
        assert_eq!(talk(&mut raw, b"\x04").1, [RawEvent::SoftReset], "nothing is left of it");
        assert_eq!(talk(&mut raw, b"\x05B\x01"), (b"R\x00>".to_vec(), vec![]));
        // More than a command is a text.
        assert_eq!(talk(&mut raw, b"\x05AB\x01").0, b"raw REPL; CTRL-B to exit\r\n>");
    }
}
