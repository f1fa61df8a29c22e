//! An iterator over anything whose items have numbers: arrays, deques.

use crate::arguments;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::function::TypeDef;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Outcome, Vm};

/// The item with this number, or `None` past the end.
pub type ItemFunction = fn(&mut Heap, Value, usize) -> Result<Option<Value>, Raised>;

struct IndexIterator {
    class: Handle,
    source: Value,
    position: usize,
    item: ItemFunction,
}

impl NativeObject for IndexIterator {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.source);
    }

    fn is_passing(&self) -> bool {
        true
    }

    fn bytes(&self) -> usize {
        size_of::<IndexIterator>()
    }
}

static TYPE: TypeDef = TypeDef { next: Some(next), ..TypeDef::named("iterator") };

/// An iterator over `source`.
pub fn make(heap: &mut Heap, source: Value, item: ItemFunction) -> Result<Value, Raised> {
    let class = heap.class_for(&TYPE)?;
    arguments::object(heap, IndexIterator { class, source, position: 0, item })
}

fn next(vm: &mut Vm, iterator: Value) -> Result<Outcome, Raised> {
    let Some(state) = vm.heap.as_native::<IndexIterator>(iterator) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let (source, position, item) = (state.source, state.position, state.item);
    let Some(value) = item(&mut vm.heap, source, position)? else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    if let Some(state) = vm.heap.as_native_mut::<IndexIterator>(iterator) {
        state.position = position + 1;
    }
    Ok(value.into())
}
