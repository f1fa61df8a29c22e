//! Standard input, shared by the REPL and by the programs that it runs.
//!
//! What was read and not yet asked for is kept in one place, so that what is typed ahead reaches the next one who
//! reads, whoever that is. While a tool's program runs, Ctrl-C is looked for among it. What must always hold: nobody
//! blocks in a read where Ctrl-C or a signal could not end it.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Instant;

use wigwag_host::files;
use wigwag_host::interrupt::Interrupt;
use wigwag_host::terminal::is_terminal;
use wigwag_host::termination::Termination;
use wigwag_host::wait::{Interest, Readiness, Waiter, Woken};
use wigwag_modules::errno::EIO;
use wigwag_vm::run::platform::EINTR;

const CTRL_C: u8 = 3;
/// Nobody reads so far ahead that a program which never reads could fill the memory.
const MOST_AHEAD: usize = 64 << 10;

/// Standard input.
pub struct Input {
    unread: VecDeque<u8>,
    ended: bool,
    is_terminal: bool,
    /// Among the bytes may be one that interrupts the program.
    listens: bool,
    /// Which one, if the program wants any.
    interrupt_byte: Option<u8>,
    waiter: Rc<Waiter>,
    interrupt: Interrupt,
    termination: Termination,
}

impl Input {
    /// The standard input of this process.
    pub fn new(waiter: Rc<Waiter>, interrupt: Interrupt, termination: Termination) -> Input {
        Input {
            unread: VecDeque::new(),
            ended: false,
            is_terminal: is_terminal(io::stdin()),
            listens: false,
            interrupt_byte: Some(CTRL_C),
            waiter,
            interrupt,
            termination,
        }
    }

    /// Whether somebody sits at the other end.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether nothing was read that nobody has asked for.
    pub fn is_empty(&self) -> bool {
        self.unread.is_empty()
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

    /// From now on, or no longer, Ctrl-C comes as a byte and interrupts the program.
    pub fn set_listening(&mut self, listens: bool) {
        self.listens = listens;
        self.interrupt_byte = Some(CTRL_C);
    }

    /// The program has chosen another byte to be interrupted by, or none.
    pub fn set_interrupt_byte(&mut self, byte: Option<u8>) {
        self.interrupt_byte = byte;
    }

    /// Whether it is worth to [listen](Self::listen) when more arrives.
    pub fn can_listen(&self) -> bool {
        self.listens && !self.ended && self.unread.len() < MOST_AHEAD
    }

    /// Reads what is there without waiting for more. If the program is interrupted by it, then like a terminal's driver
    /// it drops all up to there, and says so.
    pub fn listen(&mut self) -> bool {
        // Of an input that cannot be read, whoever reads it will hear.
        while self.can_listen() && self.is_ready().unwrap_or(false) && self.read().is_ok() {}
        self.take_interrupt_byte()
    }

    /// Whether the program is to be interrupted, by a signal or by what it is sent; it is then.
    pub fn take_interrupt(&mut self) -> bool {
        self.interrupt.take() || self.listen()
    }

    /// A person who has typed ahead meant lines, and would have got them from the terminal a moment later.
    pub fn end_lines_typed_ahead(&mut self) {
        self.unread.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }

    /// Reads what is there for a program, and waits for the first byte; zero is the end, the error [`EINTR`] Ctrl-C.
    pub fn read_into(&mut self, buffer: &mut [u8]) -> Result<usize, i32> {
        loop {
            if self.interrupt.take() || self.termination.is_pending() || self.take_interrupt_byte() {
                return Err(EINTR);
            }
            if self.ended || !self.unread.is_empty() {
                break;
            }
            self.wait(None).map_err(|error| error.raw_os_error().unwrap_or(EIO))?;
        }
        if self.is_terminal && self.unread.is_empty() {
            // A terminal's Ctrl-D ends what is being read, and not the session.
            self.ended = false;
        }
        let count = buffer.len().min(self.unread.len());
        for (place, byte) in buffer.iter_mut().zip(self.unread.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }

    fn take_interrupt_byte(&mut self) -> bool {
        let Some(wanted) = self.interrupt_byte.filter(|_| self.listens) else { return false };
        match self.unread.iter().rposition(|&byte| byte == wanted) {
            Some(position) => {
                self.unread.drain(..=position);
                true
            }
            None => false,
        }
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
