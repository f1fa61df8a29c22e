//! `str`

use super::function::TypeDef;
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::run::Vm;
use alloc::string::String;

/// The strings, joined without a separator.
pub fn join_plain(heap: &mut Heap, parts: &[Value]) -> Result<Value, Raised> {
    let mut joined = String::new();
    for &part in parts {
        let text = heap.as_str(part).unwrap_or("");
        joined.try_reserve(text.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        joined.push_str(text);
    }
    heap.string(joined)
}

/// `template % arguments`
pub fn percent(vm: &mut Vm, _template: Value, _arguments: Value) -> Result<Value, Raised> {
    Err(vm.heap.raise(TypeId::NotImplementedError, "string formatting with %"))
}

/// `str`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Str, "str") };
