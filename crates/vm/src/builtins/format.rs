//! `format`, and the fields of f-strings.

use crate::heap::{Raised, TypeId, Value};
use crate::run::print::TextKind;
use crate::run::{Action, Called, Vm};
use alloc::string::String;

/// Formats a value: `conversion` 0 as it is, 1 `str`, 2 and 3 `repr`; `spec` a string.
pub fn format_value(
    vm: &mut Vm,
    value: Value,
    conversion: u8,
    spec: Value,
    _action: Action,
) -> Result<Called, Raised> {
    if vm.heap.as_str(spec) != Some("") {
        return Err(vm.heap.raise(TypeId::NotImplementedError, "format specs"));
    }
    let kind = if conversion >= 2 { TextKind::Repr } else { TextKind::Str };
    let mut text = String::new();
    vm.write_value(&mut text, value, kind)?;
    vm.heap.string(text).map(Called::Value)
}
