//! `None`, `Ellipsis`, `NotImplemented`.

use super::function::TypeDef;
use crate::heap::TypeId;

/// `NoneType`
pub static NONE_TYPE: TypeDef = TypeDef::builtin(TypeId::NoneType, "NoneType");
/// `ellipsis`
pub static ELLIPSIS_TYPE: TypeDef = TypeDef::builtin(TypeId::Ellipsis, "ellipsis");
/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: TypeDef = TypeDef::builtin(TypeId::NotImplemented, "NotImplementedType");
