//! `complex`

use super::function::TypeDef;
use crate::heap::TypeId;

/// `complex`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Complex, "complex") };
