//! `bytes`

use super::function::TypeDef;
use crate::heap::TypeId;

/// `bytes`
pub static TYPE: TypeDef = TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::Bytes, "bytes") };
