//! `tuple`

use super::function::TypeDef;
use crate::heap::TypeId;

/// `tuple`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Tuple, "tuple") };
