//! The terminal: whether there is one, what it can show, and reading keys from it one by one.
//!
//! What must always hold: the terminal is left as it was found. [`RawMode`] restores it when dropped; since
//! a process can end without dropping anything, what to restore is also kept in one place, which a panic
//! hook and [`restore`] use. Whoever ends the process by `std::process::exit` calls that first.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};

use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, isatty,
    tcgetattr, tcgetwinsize, tcsetattr,
};

/// Whether the descriptor is a terminal.
pub fn is_terminal(descriptor: impl AsFd) -> bool {
    isatty(descriptor)
}

/// How many columns the terminal has; `None` when it is none or does not know.
pub fn columns(descriptor: impl AsFd) -> Option<u16> {
    tcgetwinsize(descriptor).ok().map(|size| size.ws_col).filter(|&columns| columns > 0)
}

/// Which colours can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// None, or none are wanted.
    None,
    /// The sixteen that every terminal has.
    Sixteen,
    /// Any.
    TrueColour,
}

/// What may be sent to a terminal (or to a file that asks to be treated like one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Which colours.
    pub colours: Colours,
    /// Whether characters beyond ASCII arrive.
    pub unicode: bool,
    /// Whether it understands moving and erasing at all.
    pub control_sequences: bool,
}

impl Abilities {
    /// Reads the environment. `NO_COLOR`, if not empty, switches colours off; `CLICOLOR_FORCE`, if neither
    /// empty nor `0`, switches them on where there is no terminal.
    pub fn from_environment(is_terminal: bool) -> Self {
        Self::from_variables(is_terminal, |name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into())
        })
    }

    fn from_variables(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let colours = if set("NO_COLOR").is_some() || !(forced || (is_terminal && !dumb)) {
            Colours::None
        } else if set("COLORTERM").is_some_and(|kind| kind == "truecolor" || kind == "24bit") {
            Colours::TrueColour
        } else {
            Colours::Sixteen
        };
        // The first of the three that is set decides, and by default a system today speaks UTF-8.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let unicode = locale.is_none_or(|locale| {
            let encoding = locale.split_once('.').map(|(_, encoding)| encoding.to_ascii_lowercase());
            match encoding {
                Some(encoding) => encoding.starts_with("utf-8") || encoding.starts_with("utf8"),
                None => locale != "C" && locale != "POSIX",
            }
        });
        Abilities { colours, unicode, control_sequences: !dumb }
    }
}

/// What a terminal in [raw mode](RawMode) does with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Every byte arrives by itself and at once, unechoed, Ctrl-C included: for who edits lines or talks to a tool.
    Bytes,
    /// As the terminal was found, but that Ctrl-C sends SIGINT in any case: for a program that a person runs.
    Lines,
}

/// A terminal in raw mode: keys come as [`Keys::Bytes`], or as is said later. Output is treated as before, so a
/// newline still returns to the first column.
#[derive(Debug)]
pub struct RawMode {
    id: u64,
}

/// A terminal to be restored.
struct Saved {
    id: u64,
    terminal: OwnedFd,
    modes: Termios,
}

static SAVED: Mutex<Vec<Saved>> = Mutex::new(Vec::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(0);
static PANIC_HOOK: Once = Once::new();

fn saved() -> MutexGuard<'static, Vec<Saved>> {
    // What is in there is whole at any time, panic or not.
    SAVED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RawMode {
    /// Switches a terminal to raw mode until the result is dropped.
    ///
    /// # Errors
    /// When the descriptor is no terminal.
    pub fn enter(terminal: BorrowedFd<'_>) -> io::Result<Self> {
        PANIC_HOOK.call_once(|| {
            let previous = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                previous(panic);
            }));
        });
        let modes = tcgetattr(terminal)?;
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        // Saved before it is changed: whatever happens in between is undone.
        saved().push(Saved { id, terminal: terminal.try_clone_to_owned()?, modes: modes.clone() });
        let guard = RawMode { id };
        guard.set(Keys::Bytes)?;
        Ok(guard)
    }

    /// Says what is to become of keys from now on. What was typed already stays to be read.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn set(&self, keys: Keys) -> io::Result<()> {
        let saved = saved();
        let Some(entry) = saved.iter().find(|entry| entry.id == self.id) else { return Ok(()) };
        let modes = match keys {
            Keys::Bytes => raw(entry.modes.clone()),
            Keys::Lines => with_signals(entry.modes.clone()),
        };
        Ok(tcsetattr(&entry.terminal, OptionalActions::Now, &modes)?)
    }
}

/// What sends SIGINT.
const CTRL_C: u8 = 3;

/// Whether the terminal itself puts a carriage return before each newline that is written to it.
pub fn adds_returns(descriptor: impl AsFd) -> bool {
    let wanted = OutputModes::OPOST | OutputModes::ONLCR;
    tcgetattr(descriptor).is_ok_and(|modes| modes.output_modes.contains(wanted))
}

fn with_signals(mut modes: Termios) -> Termios {
    modes.local_modes |= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VINTR] = CTRL_C;
    modes
}

fn raw(mut modes: Termios) -> Termios {
    modes.input_modes -=
        InputModes::BRKINT | InputModes::ICRNL | InputModes::INPCK | InputModes::ISTRIP | InputModes::IXON;
    modes.control_modes -= ControlModes::CSIZE | ControlModes::PARENB;
    modes.control_modes |= ControlModes::CS8;
    modes.local_modes = LocalModes::empty();
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    modes
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let mut saved = saved();
        if let Some(index) = saved.iter().position(|entry| entry.id == self.id) {
            put_back(&saved.remove(index));
        }
    }
}

/// Restores every terminal that is in raw mode. Harmless when there is none.
pub fn restore() {
    // A panic while the list is held is a panic in here: then there is nothing more to be done.
    let mut saved = match SAVED.try_lock() {
        Ok(saved) => saved,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    // The innermost first, so that the outermost has the last word.
    saved.drain(..).rev().for_each(|entry| put_back(&entry));
}

fn put_back(saved: &Saved) {
    // The terminal may be gone, and then nobody sees its modes.
    let _ = tcsetattr(&saved.terminal, OptionalActions::Now, &saved.modes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abilities(is_terminal: bool, variables: &[(&str, &str)]) -> Abilities {
        Abilities::from_variables(is_terminal, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn colours_follow_the_conventions() {
        for (is_terminal, variables, colours) in [
            (true, &[][..], Colours::Sixteen),
            (false, &[], Colours::None),
            (true, &[("COLORTERM", "truecolor")], Colours::TrueColour),
            (true, &[("COLORTERM", "24bit")], Colours::TrueColour),
            (true, &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], Colours::None),
            (true, &[("NO_COLOR", "")], Colours::Sixteen),
            (true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Colours::None),
            (false, &[("CLICOLOR_FORCE", "1")], Colours::Sixteen),
            (false, &[("CLICOLOR_FORCE", "0")], Colours::None),
            (false, &[("CLICOLOR_FORCE", "")], Colours::None),
            (true, &[("TERM", "dumb")], Colours::None),
        ] {
            assert_eq!(abilities(is_terminal, variables).colours, colours, "{is_terminal} {variables:?}");
        }
        assert!(!abilities(true, &[("TERM", "dumb")]).control_sequences);
        assert!(abilities(true, &[("TERM", "xterm")]).control_sequences);
    }

    #[test]
    fn the_locale_says_whether_unicode_arrives() {
        for (variables, unicode) in [
            (&[][..], true),
            (&[("LANG", "de_DE.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "C")], false),
            (&[("LANG", "de_DE.ISO-8859-1")], false),
            (&[("LANG", "C"), ("LC_ALL", "en_GB.UTF-8")], true),
            (&[("LANG", "en_GB.UTF-8"), ("LC_CTYPE", "POSIX")], false),
            (&[("LANG", "en_GB")], true),
        ] {
            assert_eq!(abilities(true, variables).unicode, unicode, "{variables:?}");
        }
    }

    #[test]
    fn what_is_no_terminal() -> io::Result<()> {
        let (read_end, _write_end) = rustix::pipe::pipe()?;
        assert!(!is_terminal(&read_end));
        assert_eq!(columns(&read_end), None);
        assert!(RawMode::enter(read_end.as_fd()).is_err());
        Ok(())
    }
}
