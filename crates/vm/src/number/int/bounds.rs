//! What an operation on big integers may cost: how many bits its result may have, and when to give up.
//!
//! The big-integer library cannot be interrupted, so whatever could take it longer than a fraction of a second is done
//! in `long.rs`, in parts, with a look at [`Bounds::check`] between any two.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::number::NumberError;

/// The bounds of an operation. A number of bits is one that nothing interrupts.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// The most bits that a result may have.
    pub max_bits: u64,
    /// Set from outside when the operation is to be given up.
    pub interrupt: Option<&'a AtomicBool>,
}

impl Bounds<'_> {
    /// `Memory` for a result of more bits than allowed.
    pub(super) fn fits(&self, bits: u64) -> Result<(), NumberError> {
        if bits <= self.max_bits { Ok(()) } else { Err(NumberError::Memory) }
    }

    /// `Interrupted`, once somebody has asked for it.
    pub(super) fn check(&self) -> Result<(), NumberError> {
        match self.interrupt {
            Some(interrupt) if interrupt.load(Ordering::Relaxed) => Err(NumberError::Interrupted),
            _ => Ok(()),
        }
    }
}

impl From<u64> for Bounds<'_> {
    fn from(max_bits: u64) -> Self {
        Bounds { max_bits, interrupt: None }
    }
}
