//! `float`

use super::conversion::{self, Target, no_conversion};
use super::function::{TypeDef, full_constructor};
use crate::heap::{Raised, TypeId, Value};
use crate::run::{Arguments, Outcome, Vm};

/// `float()`, `float(value)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(value) = arguments.get(vm, 1) else { return Ok(vm.heap.float(0.0)?.into()) };
    if let Some(outcome) = conversion::ask(vm, value, Target::Float)? {
        return Ok(outcome);
    }
    let part: Value = vm.heap.native_part(value);
    if vm.heap.as_float(part).is_some() {
        return Ok(part.into());
    }
    if let Some(number) = vm.heap.as_number(part) {
        return Ok(vm.heap.float(number)?.into());
    }
    match vm.heap.as_buffer(part).map(crate::number::float::parse) {
        Some(Ok(float)) => Ok(vm.heap.float(float)?.into()),
        Some(Err(error)) => Err(vm.heap.raise_number(error)),
        None => Err(no_conversion(&mut vm.heap, value, Target::Float)),
    }
}

/// `float`
pub static TYPE: TypeDef = TypeDef {
    construct: full_constructor("float", 0, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Float, "float")
};
