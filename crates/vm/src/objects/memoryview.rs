//! `memoryview`

use super::function::TypeDef;
use crate::heap::{Heap, Raised, TypeId, Value};

/// The item at a position, or `None` past the end.
pub fn item(heap: &mut Heap, view: Value, position: usize) -> Result<Option<Value>, Raised> {
    Ok(heap
        .as_bytes(view)
        .and_then(|bytes| bytes.get(position))
        .map(|&byte| Value::tiny_int(i32::from(byte))))
}

/// `view[index]`
pub fn get_item(
    heap: &mut Heap,
    _view: Value,
    _index: Value,
    _parts: Option<[Value; 3]>,
) -> Result<Value, Raised> {
    Err(heap.raise(TypeId::NotImplementedError, "memoryview subscript"))
}

/// `view[index] = value`
pub fn set_item(
    heap: &mut Heap,
    _view: Value,
    _index: Value,
    _parts: Option<[Value; 3]>,
    _value: Value,
) -> Result<(), Raised> {
    Err(heap.raise(TypeId::NotImplementedError, "memoryview subscript"))
}

/// `memoryview`
pub static TYPE: TypeDef = TypeDef::builtin(TypeId::MemoryView, "memoryview");
