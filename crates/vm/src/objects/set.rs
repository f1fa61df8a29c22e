//! `set` and `frozenset`.

use super::function::TypeDef;
use crate::heap::{Raised, TypeId, Value};
use crate::run::{Action, Called, Vm};
use crate::syntax::tree::{BinaryOp, CompareOp};

/// `a op b`
pub fn binary(_vm: &mut Vm, _op: BinaryOp, _a: Value, _b: Value) -> Result<Option<Value>, Raised> {
    Ok(None)
}

/// `a op= b`
pub fn binary_in_place(_vm: &mut Vm, _op: BinaryOp, _a: Value, _b: Value) -> Result<Option<Value>, Raised> {
    Ok(None)
}

/// `a < b` and its kin: subset and superset.
pub fn compare(vm: &mut Vm, _op: CompareOp, _a: Value, _b: Value) -> Result<bool, Raised> {
    Err(vm.heap.raise(TypeId::NotImplementedError, "comparing sets"))
}

/// Everything in an iterable into a set.
pub fn update(vm: &mut Vm, _set: Value, _source: Value, _action: Action) -> Result<Called, Raised> {
    Err(vm.heap.raise(TypeId::NotImplementedError, "updating sets"))
}

/// `set`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Set, "set") };
/// `frozenset`
pub static FROZEN_TYPE: TypeDef =
    TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::FrozenSet, "frozenset") };
