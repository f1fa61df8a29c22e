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

    /// One line of standard input without its end, or `None` at the end of input, or when it was [interrupted].
    ///
    /// [interrupted]: Self::interrupted
    fn read_line(&mut self) -> Option<Vec<u8>>;

    /// Whether Ctrl-C ended the last thing that blocked, for whoever called it to raise `KeyboardInterrupt`.
    fn interrupted(&mut self) -> bool {
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
