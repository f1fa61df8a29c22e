//! Bytes from a terminal → keys.
//!
//! A key may be one byte, a UTF-8 sequence, or an escape sequence; sequences may arrive split anywhere, so
//! the decoder keeps what it has seen so far. What must always hold: every byte is accepted, a broken
//! sequence costs at most itself, and a control byte inside one (Ctrl-C above all) is never swallowed.
//!
//! ```text
//!            ESC            [
//!   Ground ───────▶ Escape ────▶ Bracket ── parameters… ── final ──▶ key, Ground
//!     │ lead byte      │ O
//!     ▼                ▼
//!   Utf8           Application ── final ──▶ key, Ground
//! ```

/// One thing that the person at the keyboard did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A printable character.
    Character(char),
    /// A control character that has no name of its own below: Ctrl-A is 1.
    Control(u8),
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    KillWordLeft,
    KillWordRight,
}

/// The bytes of Alt with a key, after ESC.
const ALT_KEYS: [(u8, Key); 5] = [
    (b'b', Key::WordLeft),
    (b'f', Key::WordRight),
    (b'd', Key::KillWordRight),
    (0x7f, Key::KillWordLeft),
    (0x08, Key::KillWordLeft),
];

/// The last byte of `ESC [ … x` and of `ESC O x`.
const NAMED_KEYS: [(u8, Key); 6] = [
    (b'A', Key::Up),
    (b'B', Key::Down),
    (b'C', Key::Right),
    (b'D', Key::Left),
    (b'H', Key::Home),
    (b'F', Key::End),
];

/// The number in `ESC [ n ~`.
const NUMBERED_KEYS: [(u16, Key); 5] =
    [(1, Key::Home), (3, Key::Delete), (4, Key::End), (7, Key::Home), (8, Key::End)];

/// The modifier in `ESC [ 1 ; m C` that stands for Ctrl.
const CTRL_MODIFIER: u16 = 5;

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Ground,
    Escape,
    /// In `ESC [ first ; last x`; the two are the same when there is only one.
    Bracket {
        first: u16,
        last: u16,
    },
    Application,
    Utf8 {
        bytes: [u8; 4],
        have: usize,
        want: usize,
    },
}

/// The decoder. It holds no more than one unfinished sequence.
#[derive(Debug, Default)]
pub(super) struct KeyDecoder {
    state: State,
    /// The last byte was a carriage return, so a line feed now belongs to it.
    after_carriage_return: bool,
}

impl KeyDecoder {
    /// Takes one byte; gives the key that it completes, if any.
    pub(super) fn feed(&mut self, byte: u8) -> Option<Key> {
        let after_carriage_return = core::mem::replace(&mut self.after_carriage_return, byte == b'\r');
        if byte == b'\n' && after_carriage_return {
            return None;
        }
        match core::mem::take(&mut self.state) {
            State::Ground => self.ground(byte),
            State::Escape => self.escape(byte),
            State::Bracket { first, last } => self.bracket(byte, first, last),
            State::Application => find(&NAMED_KEYS, byte).or_else(|| self.control_inside(byte)),
            State::Utf8 { bytes, have, want } => self.utf8(byte, bytes, have, want),
        }
    }

    fn ground(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'\r' | b'\n' => Some(Key::Enter),
            b'\t' => Some(Key::Tab),
            0x08 | 0x7f => Some(Key::Backspace),
            0x1b => {
                self.state = State::Escape;
                None
            }
            0..0x20 => Some(Key::Control(byte)),
            0x20..0x7f => Some(Key::Character(char::from(byte))),
            0xc2..0xe0 => self.lead(byte, 2),
            0xe0..0xf0 => self.lead(byte, 3),
            0xf0..0xf5 => self.lead(byte, 4),
            // A continuation byte without its lead, or a byte that UTF-8 never has.
            0x80..0xc2 | 0xf5.. => None,
        }
    }

    fn lead(&mut self, byte: u8, want: usize) -> Option<Key> {
        self.state = State::Utf8 { bytes: [byte, 0, 0, 0], have: 1, want };
        None
    }

    fn utf8(&mut self, byte: u8, mut bytes: [u8; 4], have: usize, want: usize) -> Option<Key> {
        if byte & 0xc0 != 0x80 {
            // The sequence was cut off: forget it, and take this byte for what it is.
            return self.ground(byte);
        }
        *bytes.get_mut(have)? = byte;
        if have + 1 < want {
            self.state = State::Utf8 { bytes, have: have + 1, want };
            return None;
        }
        let character = core::str::from_utf8(bytes.get(..want)?).ok()?.chars().next()?;
        (!character.is_control()).then_some(Key::Character(character))
    }

    fn escape(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' => self.state = State::Bracket { first: 0, last: 0 },
            b'O' => self.state = State::Application,
            _ => return find(&ALT_KEYS, byte).or_else(|| self.control_inside(byte)),
        }
        None
    }

    fn bracket(&mut self, byte: u8, first: u16, last: u16) -> Option<Key> {
        match byte {
            b'0'..=b'9' => {
                let grown = last.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                self.state = State::Bracket { first, last: grown };
                None
            }
            b';' => {
                self.state = State::Bracket { first: if first == 0 { last } else { first }, last: 0 };
                None
            }
            // Parameters and intermediates that no key of ours has.
            0x20..0x40 => {
                self.state = State::Bracket { first, last };
                None
            }
            b'~' => find(&NUMBERED_KEYS, if first == 0 { last } else { first }),
            b'C' if last == CTRL_MODIFIER => Some(Key::WordRight),
            b'D' if last == CTRL_MODIFIER => Some(Key::WordLeft),
            _ => find(&NAMED_KEYS, byte).or_else(|| self.control_inside(byte)),
        }
    }

    /// An unknown end of an escape sequence is dropped, but a control byte in it was not part of it.
    fn control_inside(&mut self, byte: u8) -> Option<Key> {
        if byte < 0x20 || byte == 0x7f { self.ground(byte) } else { None }
    }
}

fn find<Code: PartialEq + Copy>(table: &[(Code, Key)], code: Code) -> Option<Key> {
    table.iter().find(|(candidate, _)| *candidate == code).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = KeyDecoder::default();
        bytes.iter().filter_map(|&byte| decoder.feed(byte)).collect()
    }

    #[test]
    fn every_spelling_of_a_key() {
        for (bytes, key) in [
            (&b"\x1b[A"[..], Key::Up),
            (b"\x1bOA", Key::Up),
            (b"\x1b[B", Key::Down),
            (b"\x1b[C", Key::Right),
            (b"\x1b[D", Key::Left),
            (b"\x1b[H", Key::Home),
            (b"\x1bOH", Key::Home),
            (b"\x1b[1~", Key::Home),
            (b"\x1b[7~", Key::Home),
            (b"\x1b[F", Key::End),
            (b"\x1bOF", Key::End),
            (b"\x1b[4~", Key::End),
            (b"\x1b[8~", Key::End),
            (b"\x1b[3~", Key::Delete),
            (b"\x1b[3;5~", Key::Delete),
            (b"\x1b[1;5C", Key::WordRight),
            (b"\x1b[5C", Key::WordRight),
            (b"\x1b[1;5D", Key::WordLeft),
            (b"\x1bb", Key::WordLeft),
            (b"\x1bf", Key::WordRight),
            (b"\x1bd", Key::KillWordRight),
            (b"\x1b\x7f", Key::KillWordLeft),
            (b"\r", Key::Enter),
            (b"\n", Key::Enter),
            (b"\r\n", Key::Enter),
            (b"\t", Key::Tab),
            (b"\x08", Key::Backspace),
            (b"\x7f", Key::Backspace),
            ("é".as_bytes(), Key::Character('é')),
            ("€".as_bytes(), Key::Character('€')),
            ("🚦".as_bytes(), Key::Character('🚦')),
        ] {
            assert_eq!(keys(bytes), vec![key], "{bytes:?}");
        }
    }

    #[test]
    fn two_returns_are_two_lines_but_a_pair_is_one() {
        assert_eq!(keys(b"\r\r"), vec![Key::Enter; 2]);
        assert_eq!(keys(b"\n\n"), vec![Key::Enter; 2]);
        assert_eq!(keys(b"\r\n\r\n"), vec![Key::Enter; 2]);
        assert_eq!(keys(b"\n\r"), vec![Key::Enter; 2]);
    }

    #[test]
    fn ctrl_c_is_never_swallowed() {
        for before in [&b"\x1b"[..], b"\x1b[", b"\x1b[1;", b"\x1bO", b"\xe2\x82", b"\xf0"] {
            let bytes = [before, b"\x03x"].concat();
            assert_eq!(keys(&bytes), vec![Key::Control(3), Key::Character('x')], "{before:?}");
        }
    }

    #[test]
    fn what_is_not_a_key_vanishes_alone() {
        for junk in
            [&b"\x1b[99999999999999~"[..], b"\x1b[?25h", b"\x1bz", b"\x1bOz", b"\xff", b"\x80", b"\xc3"]
        {
            assert_eq!(keys(&[junk, b"x"].concat()), vec![Key::Character('x')], "{junk:?}");
        }
        // Surrogates, and control characters written in two bytes, are no text.
        assert_eq!(keys(b"\xed\xa0\x80x"), vec![Key::Character('x')]);
        assert_eq!(keys(b"\xc2\x85x"), vec![Key::Character('x')]);
    }
}
