//! A pseudo-terminal: the end that a person would sit at, and the end that a program sees.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Both ends. Dropping the person's end hangs the program's up.
pub struct PseudoTerminal {
    /// Where keys are typed and the screen is read.
    pub person: OwnedFd,
    /// What the program takes for its terminal.
    pub program: OwnedFd,
}

impl PseudoTerminal {
    pub fn open(columns: u16) -> io::Result<Self> {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        unlockpt(&person)?;
        let program = ioctl_tiocgptpeer(&person, OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        tcsetwinsize(&program, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })?;
        Ok(PseudoTerminal { person, program })
    }

    /// Everything shown so far and not yet read.
    pub fn shown(&self) -> io::Result<String> {
        let mut shown = Vec::new();
        let mut buffer = [0; 4096];
        let moment = Duration::from_millis(50);
        let moment = Timespec { tv_sec: 0, tv_nsec: moment.subsec_nanos().into() };
        while poll(&mut [PollFd::new(&self.person, PollFlags::IN)], Some(&moment))? > 0 {
            let count = rustix::io::read(&self.person, &mut buffer)?;
            shown.extend_from_slice(&buffer[..count]);
        }
        Ok(String::from_utf8_lossy(&shown).into_owned())
    }
}
