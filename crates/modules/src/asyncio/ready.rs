//! An awaitable that is over at once: what a suspended coroutine goes on with when all that is left is the result.

use super::state::Shared;
use alloc::boxed::Box;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Outcome, Vm};

struct Ready {
    class: Handle,
    result: Value,
}

impl NativeObject for Ready {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.result);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        size_of::<Ready>()
    }
}

/// The one with the result None.
pub fn with_none(heap: &mut Heap, shared: &Shared) -> Result<Value, Raised> {
    let known = shared.borrow().ready_none;
    if known.is_unbound() {
        let made = make(heap, Value::NONE)?;
        shared.borrow_mut().ready_none = made;
        return Ok(made);
    }
    Ok(known)
}

/// One with a result.
pub fn make(heap: &mut Heap, result: Value) -> Result<Value, Raised> {
    let class = heap.class_for(&TYPE)?;
    heap.budget.charge(size_of::<Ready>())?;
    Ok(heap.allocate(Slot::Object(Box::new(Ready { class, result })))?.value())
}

fn next(vm: &mut Vm, ready: Value) -> Result<Outcome, Raised> {
    Ok(Outcome::Stop(vm.heap.as_native::<Ready>(ready).map_or(Value::NONE, |ready| ready.result)))
}

static TYPE: TypeDef = TypeDef { next: Some(next), ..TypeDef::named("generator") };
