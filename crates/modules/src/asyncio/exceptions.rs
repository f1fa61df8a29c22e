//! `CancelledError` and `TimeoutError`, and the question what an exception means to the loop.

use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{ANY, TypeDef, plain_constructor};

fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let Some((&class, rest)) = arguments.split_first() else {
        return Err(heap.raise_bare(TypeId::TypeError));
    };
    match heap.as_class(class) {
        Some(class) => heap.new_exception_of(class, rest),
        None => Err(heap.raise_bare(TypeId::TypeError)),
    }
}

/// `CancelledError`, which `except Exception` does not catch.
pub static CANCELLED_ERROR: TypeDef = TypeDef {
    base: Some(TypeId::BaseException),
    construct: plain_constructor("CancelledError", 0, ANY, construct),
    base_for_classes: true,
    ..TypeDef::named("CancelledError")
};

/// `TimeoutError`
pub static TIMEOUT_ERROR: TypeDef = TypeDef {
    base: Some(TypeId::Exception),
    construct: plain_constructor("TimeoutError", 0, ANY, construct),
    base_for_classes: true,
    ..TypeDef::named("TimeoutError")
};

/// Whether an exception is a `CancelledError`.
pub fn is_cancelled(heap: &mut Heap, exception: Value) -> Result<bool, Raised> {
    let class = heap.class_for(&CANCELLED_ERROR)?;
    Ok(heap.is_instance(exception, class))
}

/// A `CancelledError` with arguments.
pub fn cancelled(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let class = heap.class_for(&CANCELLED_ERROR)?;
    heap.new_exception_of(class, arguments)
}
