//! Raising from below: how a native says that an exception is on its way.

use super::{Heap, OutOfMemory, Slot, TypeId, Value};
use crate::objects::exception::ExceptionObject;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::Write;

/// An exception on its way: the exception object, or [`Value::OUT_OF_MEMORY`] for an allocation that the dispatch loop
/// tries once more after a collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Raised(pub Value);

impl From<OutOfMemory> for Raised {
    #[inline]
    fn from(_: OutOfMemory) -> Raised {
        Raised(Value::OUT_OF_MEMORY)
    }
}

impl Raised {
    /// An allocation failed.
    pub const OUT_OF_MEMORY: Raised = Raised(Value::OUT_OF_MEMORY);
}

/// What exceptions may take beyond the budget, so that one can tell what happened when memory has run out; upstream's
/// emergency buffer has this place.
const EMERGENCY_BYTES: usize = 1024;

/// With more arguments than these an exception made while the heap is locked has none.
const MOST_EMERGENCY_ARGUMENTS: usize = 3;

/// A writer that stops at a bound, so that a message cannot exhaust memory.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = 240_usize.saturating_sub(self.0.len());
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.0.try_reserve(end).map_err(|_| core::fmt::Error)?;
        self.0.push_str(&text[..end]);
        Ok(())
    }
}

impl Heap {
    /// An exception of a built-in type with one string argument.
    #[cold]
    pub fn raise(&mut self, kind: TypeId, message: &str) -> Raised {
        match self.try_raise(kind, message) {
            Ok(exception) => Raised(exception),
            Err(_) => match self.in_emergency(|heap| heap.try_raise(kind, message)) {
                Ok(exception) => Raised(exception),
                Err(raised) => raised,
            },
        }
    }

    fn try_raise(&mut self, kind: TypeId, message: &str) -> Result<Value, Raised> {
        let text = self.str(message)?;
        self.new_exception(kind, &[text])
    }

    /// Does something that must not fail only because memory is locked or has just run out: the heap is open, and has
    /// [`EMERGENCY_BYTES`] more than it may have otherwise.
    fn in_emergency<T>(&mut self, work: impl FnOnce(&mut Heap) -> T) -> T {
        let limit = self.budget.limit();
        self.budget.set_limit(limit.saturating_add(EMERGENCY_BYTES));
        let result = self.unlocked(work);
        self.budget.set_limit(limit);
        result
    }

    /// The same with a message put together; texts longer than 240 bytes are cut.
    #[cold]
    pub fn raise_fmt(&mut self, kind: TypeId, message: core::fmt::Arguments<'_>) -> Raised {
        let mut text = Bounded(String::new());
        // A writing error only means that the text was cut.
        let _ = text.write_fmt(message);
        self.raise(kind, &text.0)
    }

    /// An exception of a built-in type with no arguments.
    #[cold]
    pub fn raise_bare(&mut self, kind: TypeId) -> Raised {
        match self.new_exception(kind, &[]) {
            Ok(exception) => Raised(exception),
            Err(raised) => raised,
        }
    }

    /// An exception of a built-in type with one argument.
    #[cold]
    pub fn raise_with(&mut self, kind: TypeId, argument: Value) -> Raised {
        match self.new_exception(kind, &[argument]) {
            Ok(exception) => Raised(exception),
            Err(raised) => raised,
        }
    }

    /// A `KeyError` for a key.
    #[cold]
    pub fn raise_key(&mut self, key: Value) -> Raised {
        self.raise_with(TypeId::KeyError, key)
    }

    /// An `OSError` with an error number.
    #[cold]
    pub fn raise_os(&mut self, errno: i32) -> Raised {
        self.raise_with(TypeId::OsError, Value::tiny_int(errno))
    }

    /// An exception object of a built-in type.
    pub fn new_exception(&mut self, kind: TypeId, arguments: &[Value]) -> Result<Value, Raised> {
        self.new_exception_of(kind.handle(), arguments)
    }

    /// An exception object of any exception class (not yet initialised by a Python `__init__`).
    pub fn new_exception_of(&mut self, class: super::Handle, arguments: &[Value]) -> Result<Value, Raised> {
        if self.lock_depth > 0 {
            // In a hard interrupt a program is told what went wrong, and not only that memory is locked.
            let few = if arguments.len() <= MOST_EMERGENCY_ARGUMENTS { arguments } else { &[] };
            return self.in_emergency(|heap| heap.new_exception_of(class, few));
        }
        let arguments = self.tuple(arguments)?;
        self.budget.charge(size_of::<ExceptionObject>())?;
        let object = Box::new(ExceptionObject::new(class, arguments));
        Ok(self.allocate(Slot::Exception(object))?.value())
    }

    /// Makes the exception that is there when no other can be made.
    pub(super) fn pin_spare_exception(&mut self) -> Result<(), OutOfMemory> {
        let exception = self.new_exception(TypeId::MemoryError, &[]).map_err(|_| OutOfMemory)?;
        self.pin(exception)
    }

    /// The `MemoryError` that was made at the start, for when there is no room to make one; its traceback starts anew.
    pub fn spare_memory_error(&mut self) -> Value {
        let spare = self.pinned.first().copied().unwrap_or(Value::NONE);
        if let Some((Slot::Exception(exception), budget)) = self.slot_and_budget(spare) {
            budget.release_vec(&exception.traceback);
            exception.traceback = alloc::vec::Vec::new();
        }
        spare
    }
}
