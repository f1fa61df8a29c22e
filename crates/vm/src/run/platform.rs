//! What the machine needs from the world, and what the layers above keep in it.

use crate::heap::Tracer;
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicBool, Ordering};

/// An output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

/// The error number of a system call that a signal has ended.
pub const EINTR: i32 = 4;
const ENOMEM: i32 = 12;

/// What a path is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathKind {
    /// Nothing is there.
    Missing,
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// The world as the language needs it: somewhere to print, somewhere to import from.
pub trait Platform {
    /// Writes bytes to an output; errors are the platform's to report.
    fn write(&mut self, stream: Stream, bytes: &[u8]);

    /// What a path is.
    fn path_kind(&mut self, path: &str) -> PathKind;

    /// The contents of a file, or an error number.
    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, i32>;

    /// Reads from standard input what is there, up to the length of the buffer, and waits for the first byte; zero is the
    /// end. The error [`EINTR`] says that Ctrl-C ended the waiting.
    fn read(&mut self, _buffer: &mut [u8]) -> Result<usize, i32> {
        Ok(0)
    }

    /// Whether [`Platform::read`] has bytes that it has taken from the system already.
    fn has_input(&mut self) -> bool {
        false
    }

    /// Writes what [`Platform::write`] may have held back.
    fn flush(&mut self) {}

    /// One line of standard input without its end, or `None` at the end of input. Errors are those of
    /// [`Platform::read`].
    fn read_line(&mut self) -> Result<Option<Vec<u8>>, i32> {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            match self.read(&mut byte)? {
                0 if line.is_empty() => return Ok(None),
                0 => return Ok(Some(line)),
                _ if byte == *b"\n" => return Ok(Some(line)),
                _ if line.try_reserve(1).is_err() => return Err(ENOMEM),
                _ => line.push(byte[0]),
            }
        }
    }

    /// The program wants to be interrupted by this byte of its input, instead of Ctrl-C, or by none.
    fn set_interrupt_byte(&mut self, _byte: Option<u8>) {}

    /// Called from time to time in nested runs, which the driver cannot get between: a moment to write what is buffered.
    /// True if Ctrl-C was pressed since.
    fn look_around(&mut self) -> bool {
        false
    }

    /// Waits until a time of the engine's clock, for natives that block where a fiber cannot be parked. False where it
    /// cannot wait.
    fn block_until(&mut self, _until_us: u64) -> bool {
        false
    }
}

/// State of a layer above, kept in the machine so that natives find it and the collector sees it.
pub trait Extension: Any {
    /// Shows the collector every value it holds.
    fn trace(&self, tracer: &mut Tracer<'_>);

    /// Bytes that it has charged to the heap's budget.
    fn bytes(&self) -> usize {
        0
    }
}

/// What may be set at any time, from interrupts and other threads; looked at by the slow path of fuel.
#[derive(Default, Debug)]
pub struct Signals {
    interrupt: AtomicBool,
    attention: AtomicBool,
}

impl Signals {
    /// Ctrl-C: raise `KeyboardInterrupt` at the next safepoint.
    pub fn interrupt(&self) {
        self.interrupt.store(true, Ordering::Release);
    }

    /// Takes a pending Ctrl-C.
    pub fn take_interrupt(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) && self.interrupt.swap(false, Ordering::Acquire)
    }

    /// Whether a Ctrl-C is pending.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Acquire)
    }

    /// Ask the engine to be given control at the next safepoint.
    pub fn request_attention(&self) {
        self.attention.store(true, Ordering::Release);
    }

    /// Whether a request is pending.
    pub fn wants_attention(&self) -> bool {
        self.attention.load(Ordering::Relaxed)
    }

    /// Takes a pending request.
    pub fn take_attention(&self) -> bool {
        self.attention.load(Ordering::Relaxed) && self.attention.swap(false, Ordering::Acquire)
    }
}
