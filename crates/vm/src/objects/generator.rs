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
    /// Spilled temporaries and locals, seldom.
    #[allow(clippy::box_collection, reason = "few generators have one: a pointer keeps the others small")]
    pub spill: Option<Box<Vec<Value>>>,
    /// An exception to throw when resumed before the start (`pend_throw`), or None.
    pub pending: Value,
}

impl Generator {
    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(code) = self.code.handle.get() {
            tracer.handle(code);
        }
        tracer.handle(self.globals);
        tracer.value(self.delegate);
        tracer.value(self.pending);
        if let Some(parent) = self.parent {
            tracer.handle(parent);
        }
        tracer.values(&self.registers);
        if let Some(spill) = &self.spill {
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
