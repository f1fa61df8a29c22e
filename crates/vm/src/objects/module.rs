//! `module`

use super::function::TypeDef;
use crate::heap::TypeId;

/// `module`
pub static TYPE: TypeDef = TypeDef::builtin(TypeId::Module, "module");
