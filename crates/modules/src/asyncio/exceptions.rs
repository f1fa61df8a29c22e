//! The exceptions of asyncio, as a table, and the question what an exception means to the loop.

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

macro_rules! exceptions {
    ($($(#[doc = $doc:literal])+ $constant:ident $name:literal : $base:ident;)+) => {
        $(
            $(#[doc = $doc])+
            pub static $constant: TypeDef = TypeDef {
                base: Some(TypeId::$base),
                construct: plain_constructor($name, 0, ANY, construct),
                base_for_classes: true,
                ..TypeDef::named($name)
            };
        )+
    };
}

exceptions! {
    /// `CancelledError`, which `except Exception` does not catch.
    CANCELLED_ERROR "CancelledError": BaseException;
    /// `TimeoutError`
    TIMEOUT_ERROR "TimeoutError": Exception;
    /// `InvalidStateError`: a future has no result yet, or has one already.
    INVALID_STATE_ERROR "InvalidStateError": Exception;
    /// `BrokenBarrierError`
    BROKEN_BARRIER_ERROR "BrokenBarrierError": RuntimeError;
    /// `QueueEmpty`
    QUEUE_EMPTY "QueueEmpty": Exception;
    /// `QueueFull`
    QUEUE_FULL "QueueFull": Exception;
    /// `QueueShutDown`
    QUEUE_SHUT_DOWN "QueueShutDown": Exception;
}

/// An exception without arguments, on its way.
#[cold]
pub fn raise(heap: &mut Heap, definition: &'static TypeDef) -> Raised {
    let made = heap.class_for(definition).and_then(|class| heap.new_exception_of(class, &[]));
    made.map_or_else(|raised| raised, Raised)
}

/// An exception with a message, on its way.
#[cold]
pub fn raise_text(heap: &mut Heap, definition: &'static TypeDef, text: &str) -> Raised {
    let made = heap.class_for(definition).and_then(|class| {
        let text = heap.str(text)?;
        heap.new_exception_of(class, &[text])
    });
    made.map_or_else(|raised| raised, Raised)
}

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
