//! Which registers are free.
//!
//! A frame's registers, from below: parameters, cells of the closure, locals, and above them a stack. At the foot of
//! the stack lie values that a *statement* keeps while the blocks in it run (the iterator of a `for`, what a `with`
//! must call at the end); above `base`, the temporaries of the one expression that is being compiled. A handler of an
//! exception finds everything below its statement's base as it was, which is why only temporaries are ever pushed on
//! the spill list, and why that list is empty wherever a statement begins.
//!
//! Where registers run short, each sort gives way in its own manner: locals beyond a limit become *spilled locals*,
//! which live beside the frame; so do the values that statements keep; and an expression that nests too deep pushes
//! its temporaries on the spill list around the operand that needs room (see `Coder::evaluate`).

use super::error::{Failure, too_large};
use crate::syntax::tree::Position;

/// From here on an expression spills before it starts an operand.
pub(super) const SPILL_AT: u16 = 214;
/// The most registers that an operand takes without asking whether there is room (see `Coder::room`).
pub(super) const USUAL_NEED: u16 = 40;
/// The last register: only for carrying a result over a `SpillPop`.
pub(super) const CARRY: u8 = 255;

/// A value that a statement keeps while other statements run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In a register.
    Register(u8),
    /// In a spilled local.
    Spilled(u32),
}

/// The allocation of one frame.
#[derive(Debug, Default)]
pub(super) struct Registers {
    /// The first free register.
    pub next: u16,
    /// Where the temporaries of the present statement begin.
    pub base: u16,
    /// One more than the highest register ever used.
    pub highest: u16,
    /// Values that statements keep stay below this; beyond, they are spilled locals.
    pub held_limit: u16,
    /// How many spilled locals there are.
    pub spilled: u32,
}

impl Registers {
    /// Sets out with `first` registers taken by parameters, cells and locals.
    pub fn new(first: u16, spilled: u32) -> Registers {
        Registers { next: first, base: first, highest: first, held_limit: first + 28, spilled }
    }

    /// Takes the next register.
    pub fn take(&mut self) -> Result<u8, Failure> {
        self.take_run(1)
    }

    /// Takes `count` registers in a row and gives the first.
    pub fn take_run(&mut self, count: u16) -> Result<u8, Failure> {
        let first = self.next;
        if first + count > u16::from(CARRY) {
            return Err(too_large("expression needs too many registers", Position::default()));
        }
        self.next += count;
        self.highest = self.highest.max(self.next);
        Ok(first as u8)
    }

    /// Whether `count` more can be taken.
    pub fn has_room(&self, count: u16) -> bool {
        self.next + count <= u16::from(CARRY)
    }

    /// Takes a place for a value that a statement keeps. It must not be asked for while temporaries are in use.
    pub fn hold(&mut self) -> Result<Held, Failure> {
        if self.next < self.held_limit {
            let register = self.take()?;
            self.base = self.next;
            return Ok(Held::Register(register));
        }
        self.spilled += 1;
        Ok(Held::Spilled(self.spilled - 1))
    }

    /// Whether a register is a temporary of the present expression, which may be written before the value is final.
    pub fn is_temporary(&self, register: u8) -> bool {
        u16::from(register) >= self.base
    }
}
