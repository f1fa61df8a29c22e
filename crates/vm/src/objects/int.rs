//! `int` and `bool`.

use super::function::TypeDef;
use crate::heap::{Heap, Raised, TypeId, Value};

/// An integer argument that must fit a machine word.
pub fn machine_int(heap: &mut Heap, value: Value) -> Result<i64, Raised> {
    if let Some(integer) = heap.as_int(value) {
        return Ok(integer);
    }
    if heap.as_integer(value).is_some() {
        return Err(heap.raise(TypeId::OverflowError, "overflow converting long int to machine word"));
    }
    let kind = alloc::string::String::from(heap.type_name(value));
    Err(heap.raise_fmt(TypeId::TypeError, format_args!("can't convert {kind} to int")))
}

/// `int`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Int, "int") };
/// `bool`; upstream does not derive it from `int`.
pub static BOOL_TYPE: TypeDef = TypeDef::builtin(TypeId::Bool, "bool");
