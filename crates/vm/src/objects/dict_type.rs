//! `dict`, `OrderedDict` and their views.

use super::function::TypeDef;
use crate::heap::{Raised, TypeId, Value};
use crate::run::{Action, Called, Vm};
use alloc::vec::Vec;

/// `a | b`
pub fn union(vm: &mut Vm, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let Some(table) = vm.heap.as_dict(a) else { return Ok(None) };
    if vm.heap.as_dict(b).is_none() {
        return Ok(None);
    }
    let entries: Vec<_> = table.iter().copied().collect();
    let merged = vm.heap.dict(super::dict::Dict::new())?;
    let depth = vm.roots.len();
    vm.roots.push(merged);
    for entry in entries {
        vm.dict_set_hashed(merged, entry.key, entry.hash, entry.value)?;
    }
    let result = update_in_place(vm, merged, b);
    vm.roots.truncate(depth);
    result
}

/// `a |= b` for dicts.
pub fn update_in_place(vm: &mut Vm, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let Some(table) = vm.heap.as_dict(b) else { return Ok(None) };
    let entries: Vec<_> = table.iter().copied().collect();
    for entry in entries {
        vm.dict_set_hashed(a, entry.key, entry.hash, entry.value)?;
    }
    Ok(Some(a))
}

/// Everything in a mapping into a dict.
pub fn update(vm: &mut Vm, dict: Value, source: Value, _action: Action) -> Result<Called, Raised> {
    match update_in_place(vm, dict, source)? {
        Some(_) => Ok(Called::Value(Value::NONE)),
        None => Err(vm.type_error("'dict' object expected")),
    }
}

/// The mapping of a `**` argument into the dict of keywords.
pub fn merge_keywords(vm: &mut Vm, dict: Value, source: Value, action: Action) -> Result<Called, Raised> {
    update(vm, dict, source, action)
}

/// `dict`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Dict, "dict") };
/// `OrderedDict`
pub static ORDERED_TYPE: TypeDef = TypeDef {
    base: Some(TypeId::Dict),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::OrderedDict, "OrderedDict")
};
/// `dict_view`
pub static VIEW_TYPE: TypeDef = TypeDef::builtin(TypeId::DictView, "dict_view");
