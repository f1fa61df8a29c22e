//! `float`

use super::function::TypeDef;
use crate::heap::TypeId;

/// `float`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Float, "float") };
