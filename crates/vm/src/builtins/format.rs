//! The fields of f-strings.

use crate::heap::{Raised, Value, sym};
use crate::objects::text_methods::{copied_text, write_formatted, write_formatted_text};
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
    let kind = if conversion >= 2 { TextKind::Repr } else { TextKind::Str };
    let mut out = String::new();
    if spec == Value::from_symbol(sym::EMPTY) {
        if kind == TextKind::Str && vm.heap.as_str(value).is_some() {
            return Ok(Called::Value(value));
        }
        vm.write_value(&mut out, value, kind)?;
        return vm.heap.string(out).map(Called::Value);
    }
    let spec = copied_text(vm.heap.as_str(spec).unwrap_or(""))?;
    if conversion == 0 {
        write_formatted(vm, &mut out, value, &spec)?;
    } else {
        let mut text = String::new();
        vm.write_value(&mut text, value, kind)?;
        write_formatted_text(vm, &mut out, &text, &spec)?;
    }
    vm.heap.string(out).map(Called::Value)
}
