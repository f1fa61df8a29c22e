//! Generators and coroutines: frames that live in the heap while they are put down.
//!
//! ```text
//! Created ──resume──▶ Running ──yield──▶ Suspended ──resume──▶ Running ──return/raise──▶ Finished
//! ```
//!
//! A suspended generator that delegates (`yield from`, `await`) has [`Generator::delegate`] set; if the delegate is a
//! generator too, that one's [`Generator::parent`] points back. Resuming the outermost walks the delegate links and
//! runs only the innermost; when it ends, its parent goes on. So a chain of any depth takes no native stack and one
//! frame.

use super::function::TypeDef;
use crate::heap::{Handle, Tracer, TypeId, Value};
use crate::run::code::Code;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What a generator is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not started.
    Created,
    /// At a `yield`, or waiting for its delegate.
    Suspended,
    /// On a fiber's stack, or its delegate is.
    Running,
    /// Done.
    Finished,
}

/// A generator.
pub struct Generator {
    /// Its code.
    pub code: Rc<Code>,
    /// The namespace of its globals.
    pub globals: Handle,
    /// Its registers while it is not on a stack.
    pub registers: Box<[Value]>,
    /// Where it goes on.
    pub pc: u32,
    /// What it is doing.
    pub state: State,
    /// `GeneratorExit` went down to its delegate: when that ends, even with a value, this one gets it too.
    pub exiting: bool,
    /// How many delegate to it, one through the other.
    pub depth: u16,
    /// What it delegates to, or unbound. Before it begins: where it was made, if that is kept (`run::unawaited`).
    pub delegate: Value,
    /// Who delegates to it.
    pub parent: Option<Handle>,
    /// What few generators have: a pointer keeps the others small.
    pub seldom: Option<Box<Seldom>>,
}

/// What few generators have.
#[derive(Default)]
pub struct Seldom {
    /// Spilled temporaries and locals.
    spill: Spill,
    /// An exception to throw when resumed (`pend_throw`).
    pending: Option<Value>,
}

/// Temporaries and locals that found no register.
#[allow(clippy::box_collection, reason = "few frames have one: a pointer keeps the others small")]
pub type Spill = Option<Box<Vec<Value>>>;

impl Generator {
    /// Its spilled temporaries and locals.
    #[inline]
    pub fn spill(&self) -> Option<&Vec<Value>> {
        self.seldom.as_ref()?.spill.as_deref()
    }

    /// Takes them out.
    #[inline]
    pub fn take_spill(&mut self) -> Spill {
        self.seldom.as_mut()?.spill.take()
    }

    /// Puts them back, or away.
    #[inline]
    pub fn set_spill(&mut self, spill: Spill) {
        if spill.is_some() || self.seldom.is_some() {
            self.seldom.get_or_insert_default().spill = spill;
        }
    }

    /// The exception to throw when it is resumed.
    #[inline]
    pub fn pending(&self) -> Option<Value> {
        self.seldom.as_ref()?.pending
    }

    /// Takes it out.
    #[inline]
    pub fn take_pending(&mut self) -> Option<Value> {
        self.seldom.as_mut()?.pending.take()
    }

    /// Has one thrown when it is resumed, instead of the one that was to be.
    pub fn set_pending(&mut self, exception: Option<Value>) -> Option<Value> {
        let before = self.take_pending();
        if exception.is_some() {
            self.seldom.get_or_insert_default().pending = exception;
        }
        before
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(code) = self.code.handle.get() {
            tracer.handle(code);
        }
        tracer.handle(self.globals);
        tracer.value(self.delegate);
        tracer.values(self.pending().as_slice());
        if let Some(parent) = self.parent {
            tracer.handle(parent);
        }
        tracer.values(&self.registers);
        if let Some(spill) = self.spill() {
            tracer.values(spill);
        }
    }

    /// Bytes beside the slot.
    pub fn bytes(&self) -> usize {
        size_of::<Generator>() + size_of_val::<[Value]>(&self.registers)
    }
}

/// `generator`
pub static TYPE: TypeDef =
    TypeDef { members: crate::run::generators::MEMBERS, ..TypeDef::builtin(TypeId::Generator, "generator") };
