//! The type of all built-in iterators.

use super::function::{TypeDef, full};
use crate::heap::TypeId;
use crate::run::Outcome;

/// `iterator`
pub static TYPE: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, |vm, arguments| Ok(Outcome::Next(arguments.at(vm, 0))))],
    ..TypeDef::builtin(TypeId::Iterator, "iterator")
};
