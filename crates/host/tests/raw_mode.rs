//! Raw mode on a pseudo-terminal: keys arrive singly, and the terminal is left as it was found.

mod common;

use std::io;
use std::os::fd::AsFd;

use common::PseudoTerminal;
use rustix::termios::{LocalModes, tcgetattr};
use wigwag_host::files::read_some;
use wigwag_host::terminal::{RawMode, columns, is_terminal, restore};

fn is_raw(terminal: impl AsFd) -> io::Result<bool> {
    Ok(!tcgetattr(terminal)?.local_modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG))
}

// One test: `restore` is for the whole process.
#[test]
fn keys_arrive_singly_and_the_terminal_is_restored() -> io::Result<()> {
    let terminal = PseudoTerminal::open(72)?;
    assert!(is_terminal(&terminal.program));
    assert_eq!(columns(&terminal.program), Some(72));
    assert!(!is_raw(&terminal.program)?);

    let raw = RawMode::enter(terminal.program.as_fd())?;
    assert!(is_raw(&terminal.program)?);
    rustix::io::write(&terminal.person, b"\x03a\r")?;
    let mut keys = [0; 16];
    let count = read_some(&terminal.program, &mut keys)?;
    assert_eq!(&keys[..count], b"\x03a\r", "no key means anything to the terminal, Ctrl-C least of all");
    rustix::io::write(&terminal.program, b"x\n")?;
    assert_eq!(terminal.shown()?, "x\r\n", "no echo; output treated as before");
    drop(raw);
    assert!(!is_raw(&terminal.program)?);

    // Nested, each ends at what it found.
    let outer = RawMode::enter(terminal.program.as_fd())?;
    drop(RawMode::enter(terminal.program.as_fd())?);
    assert!(is_raw(&terminal.program)?);
    restore();
    assert!(!is_raw(&terminal.program)?);
    drop(outer);
    assert!(!is_raw(&terminal.program)?);

    // A panic restores before it speaks, even where nothing is dropped any more.
    let kept = RawMode::enter(terminal.program.as_fd())?;
    let panicked = std::panic::catch_unwind(|| panic!("on purpose"));
    assert!(panicked.is_err());
    assert!(!is_raw(&terminal.program)?);
    std::mem::forget(kept);
    Ok(())
}
