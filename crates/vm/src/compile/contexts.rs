//! What stands around a statement, and how control leaves it.
//!
//! Loops, `try` and `with` are a stack of [`Context`]s. `return`, `break` and `continue` go through it from the inside
//! out ([`Coder::exit`]): a `with` calls `__exit__` there and then; a `finally` block exists only once, so its context
//! notes the exit, leaves its number in a register, and jumps; behind the block a chain of comparisons goes on with
//! whatever was pending.
//!
//! Which words a handler covers is kept by its [`Guard`] while they are written. Code that leaves a context is not
//! covered by it, so an exit makes a hole in the ranges of all that it leaves.

use alloc::vec::Vec;

use super::assigned::Bound;
use super::coder::{Coder, Place};
use super::draft::Constant;
use super::emit::Label;
use super::error::Failure;
use super::instructions::op;
use super::registers::Held;
use crate::syntax::tree::NameId;

/// What a `finally` block has pending when it was entered at its end.
pub(super) const NOTHING: i64 = 0;
/// … when an exception led there.
pub const RAISED: i64 = 1;
/// … and the first of the numbers for exits.
pub(super) const FIRST_EXIT: i64 = 2;

/// A way out of statements other than by an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Return,
    /// Out of the loop at this place among the contexts.
    Break(usize),
    /// To the next iteration of the loop at this place.
    Continue(usize),
}

/// Something around a statement that matters for leaving it, or for a bare `raise`.
#[derive(Debug)]
pub(super) enum Context {
    Loop {
        break_label: Label,
        continue_label: Label,
    },
    /// The body of a `try` with `except`.
    Try(Guard),
    /// An `except` block.
    Handling(Held),
    /// An `except … as name` block, where the name ends with it.
    Unbinding {
        guard: Guard,
        name: NameId,
    },
    /// The body of a `try` with `finally`.
    Finally {
        guard: Guard,
        kind: Held,
        value: Held,
        label: Label,
        exits: Vec<Exit>,
    },
    /// A `finally` block.
    Finishing {
        kind: Held,
        value: Held,
    },
    /// The body of a `with`: `__exit__` and its object.
    With {
        guard: Guard,
        function: Held,
        object: Held,
    },
    /// The body of an `async with`.
    AsyncWith {
        guard: Guard,
        manager: Held,
    },
}

impl Context {
    fn guard(&mut self) -> Option<&mut Guard> {
        match self {
            Context::Try(guard)
            | Context::Unbinding { guard, .. }
            | Context::Finally { guard, .. }
            | Context::With { guard, .. }
            | Context::AsyncWith { guard, .. } => Some(guard),
            Context::Loop { .. } | Context::Handling(_) | Context::Finishing { .. } => None,
        }
    }
}

/// The words that a handler covers, while they are being written.
#[derive(Debug)]
pub(super) struct Guard {
    handler: HandlerEntry,
    from: Option<u32>,
    ranges: Vec<(u32, u32)>,
}

/// A handler that is still to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct HandlerEntry {
    label: Label,
    register: u8,
    exception: Held,
}

impl Guard {
    /// From here on exceptions are put into `exception` and handled.
    pub fn open(coder: &mut Coder<'_, '_>, exception: Held) -> Result<Guard, Failure> {
        let register = match exception {
            Held::Register(register) => register,
            Held::Spilled(_) => {
                let register = coder.registers.take()?;
                coder.registers.next -= 1;
                register
            }
        };
        let label = coder.label();
        let from = Some(coder.emit.position());
        Ok(Guard { handler: HandlerEntry { label, register, exception }, from, ranges: Vec::new() })
    }

    fn suspend(&mut self, position: u32) {
        if let Some(from) = self.from.take() {
            self.ranges.push((from, position));
        }
    }

    /// Up to here. Guards inside have been closed before, so that the table has the innermost first.
    pub fn close(mut self, coder: &mut Coder<'_, '_>) -> HandlerEntry {
        self.suspend(coder.emit.position());
        for (start, end) in self.ranges {
            coder.emit.handler(start, end, self.handler.label, self.handler.register);
        }
        self.handler
    }
}

impl HandlerEntry {
    /// The handler begins here; `bound` held where its guard was opened.
    pub fn enter(self, coder: &mut Coder<'_, '_>, bound: Bound) {
        coder.bound = bound.without(coder.deletable);
        coder.place_label(self.label);
        if let Held::Spilled(_) = self.exception {
            coder.hold_store(self.exception, self.register);
        }
    }
}

impl<'t> Coder<'_, 't> {
    /// Goes on raising r\[exception\].
    pub fn reraise(&mut self, exception: u8) {
        self.emit.word(op::Reraise, exception, 0, 0);
        self.bound = Bound::UNREACHABLE;
    }

    /// Leaves statements for good; `value` is the register of what is returned.
    pub fn exit(&mut self, exit: Exit, value: Option<u8>) -> Result<(), Failure> {
        let mark = self.registers.next;
        let mut left = Vec::new();
        let mut arrived = false;
        while let Some(mut context) = self.contexts.pop() {
            let position = self.emit.position();
            if let Some(guard) = context.guard() {
                guard.suspend(position);
            }
            let index = self.contexts.len();
            match &mut context {
                Context::Loop { break_label, .. } if exit == Exit::Break(index) => {
                    self.jump(*break_label);
                    arrived = true;
                }
                Context::Loop { continue_label, .. } if exit == Exit::Continue(index) => {
                    self.jump(*continue_label);
                    arrived = true;
                }
                Context::Loop { .. } | Context::Try(_) | Context::Handling(_) | Context::Finishing { .. } => {
                }
                Context::Unbinding { name, .. } => self.unbind(*name)?,
                Context::Finally { kind, value: pending, label, exits, .. } => {
                    let number = exits.iter().position(|it| *it == exit).unwrap_or(exits.len());
                    if number == exits.len() {
                        exits.push(exit);
                    }
                    self.keep_result(*pending, value)?;
                    self.hold_number(*kind, FIRST_EXIT + number as i64)?;
                    self.jump(*label);
                    arrived = true;
                }
                Context::With { function, object, .. } => {
                    let result = self.call_exit(*function, *object, None)?;
                    self.registers.next = u16::from(result);
                }
                Context::AsyncWith { manager, .. } => {
                    let result = self.call_async_exit(*manager, None)?;
                    self.registers.next = u16::from(result);
                }
            }
            left.push(context);
            if arrived {
                break;
            }
        }
        if !arrived {
            match value {
                Some(register) => self.emit.word(op::Return, register, 0, 0),
                None => self.emit.word(op::ReturnNone, 0, 0, 0),
            }
        }
        let position = self.emit.position();
        while let Some(mut context) = left.pop() {
            if let Some(guard) = context.guard() {
                guard.from = Some(position);
            }
            self.contexts.push(context);
        }
        self.registers.next = mark;
        self.bound = Bound::UNREACHABLE;
        Ok(())
    }

    /// What a `finally` block has pending besides the number; it holds something on every way there, so that every
    /// register that is read has been written.
    pub fn keep_result(&mut self, pending: Held, value: Option<u8>) -> Result<(), Failure> {
        if let Some(register) = value {
            self.hold_store(pending, register);
            return Ok(());
        }
        let mark = self.registers.next;
        let register = match pending {
            Held::Register(register) => register,
            Held::Spilled(_) => self.registers.take()?,
        };
        self.load(register, Constant::None)?;
        self.hold_store(pending, register);
        self.registers.next = mark;
        Ok(())
    }

    pub fn hold_number(&mut self, held: Held, number: i64) -> Result<(), Failure> {
        let mark = self.registers.next;
        let register = match held {
            Held::Register(register) => register,
            Held::Spilled(_) => self.registers.take()?,
        };
        self.load(register, Constant::Int(number))?;
        self.hold_store(held, register);
        self.registers.next = mark;
        Ok(())
    }

    /// The end of an `except … as name`.
    pub fn unbind(&mut self, name: NameId) -> Result<(), Failure> {
        let mark = self.registers.next;
        if let Place::Local(register) = self.place(name) {
            // There must be something to delete, whatever the block did with the name.
            self.load(register, Constant::None)?;
            return self.delete_name(name);
        }
        let none = self.registers.take()?;
        self.load(none, Constant::None)?;
        self.store_name(name, none)?;
        self.delete_name(name)?;
        self.registers.next = mark;
        Ok(())
    }
}
