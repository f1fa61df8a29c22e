//! Standard input, shared by the REPL and by the programs that it runs.
//!
//! What was read and not yet asked for is kept in one place, so that what is typed ahead reaches the next one who
//! reads, whoever that is. What must always hold: nobody blocks in a read where Ctrl-C could not end it.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Instant;

use wigwag_host::files;
use wigwag_host::interrupt::Interrupt;
use wigwag_host::terminal::is_terminal;
use wigwag_host::wait::{Interest, Readiness, Waiter, Woken};

const CTRL_C: u8 = 3;
/// Nobody reads so far ahead that a program which never reads could fill the memory.
const MOST_AHEAD: usize = 64 << 10;

/// Standard input.
pub struct Input {
    unread: VecDeque<u8>,
    ended: bool,
    is_terminal: bool,
    waiter: Rc<Waiter>,
    interrupt: Interrupt,
}

impl Input {
    /// The standard input of this process.
    pub fn new(waiter: Rc<Waiter>, interrupt: Interrupt) -> Input {
        Input {
            unread: VecDeque::new(),
            ended: false,
            is_terminal: is_terminal(io::stdin()),
            waiter,
            interrupt,
        }
    }

    /// Whether somebody sits at the other end.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether nothing more will ever come.
    pub fn has_ended(&self) -> bool {
        self.ended && self.unread.is_empty()
    }

    /// The next byte, if one was read already.
    pub fn take(&mut self) -> Option<u8> {
        self.unread.pop_front()
    }

    /// Waits until there is something to read, and reads it; or until `wake`, or until a signal comes.
    pub fn wait(&mut self, wake: Option<Instant>) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        let stdin = io::stdin();
        match self.waiter.wait(wake, &mut [Interest::in_reading(stdin.as_fd())])? {
            Woken::Descriptor => self.read(),
            Woken::Called | Woken::Deadline => Ok(()),
        }
    }

    /// Whether it is worth to [listen](Self::listen) when more arrives.
    pub fn can_listen(&self) -> bool {
        !self.ended && self.unread.len() < MOST_AHEAD
    }

    /// Reads what is there without waiting for more. If Ctrl-C is among it, then like a terminal's driver it drops all
    /// up to there, and says so.
    pub fn listen(&mut self) -> io::Result<bool> {
        while self.can_listen() && self.is_ready()? {
            self.read()?;
        }
        match self.unread.iter().rposition(|&byte| byte == CTRL_C) {
            Some(position) => {
                self.unread.drain(..=position);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// A line without its end, as a program reads it: `None` at the end of input, and when Ctrl-C cut it short.
    pub fn read_line(&mut self) -> Option<Vec<u8>> {
        let mut searched = 0;
        loop {
            let ends_line = |&byte: &u8| byte == b'\n' || (self.is_terminal && byte == b'\r');
            if let Some(end) = self.unread.iter().skip(searched).position(ends_line) {
                let mut line: Vec<u8> = self.unread.drain(..=searched + end).collect();
                if line.pop() == Some(b'\r') && self.unread.front() == Some(&b'\n') {
                    self.unread.pop_front();
                }
                return Some(line);
            }
            searched = self.unread.len();
            if self.ended {
                let rest: Vec<u8> = self.unread.drain(..).collect();
                // A terminal's Ctrl-D ends what is being read, and not the session.
                self.ended = !self.is_terminal;
                return Some(rest).filter(|rest| !rest.is_empty());
            }
            if self.interrupt.is_pending() || self.wait(None).is_err() {
                return None;
            }
        }
    }

    /// Whether Ctrl-C waits to be handled; it is then.
    pub fn take_interrupt(&mut self) -> bool {
        self.interrupt.take()
    }

    fn is_ready(&self) -> io::Result<bool> {
        let stdin = io::stdin();
        let mut interests = [Interest::in_reading(stdin.as_fd())];
        // Should this swallow a call: whoever called has set a flag first, and the driver looks at it again.
        self.waiter.wait(Some(Instant::now()), &mut interests)?;
        Ok(interests.iter().any(|interest| interest.found != Readiness::default()))
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        match files::read_some(io::stdin(), &mut buffer) {
            Ok(0) => self.ended = true,
            Ok(count) => self.unread.extend(&buffer[..count]),
            Err(error) => {
                // A terminal that is gone says so in this way.
                self.ended = true;
                return Err(error);
            }
        }
        Ok(())
    }
}
