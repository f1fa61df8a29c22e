//! `object`: what every class inherits.

use super::function::{ANY, Member, NativeCode, NativeDef, TypeDef, constructor, full, plain};
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::run::{Arguments, Outcome, Vm};

fn init(_heap: &mut Heap, _arguments: &[Value]) -> Result<Value, Raised> {
    Ok(Value::NONE)
}

fn new(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    vm.bare_instance(arguments)
}

fn setattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(name) = vm.heap.to_symbol(arguments.at(vm, 1))? else {
        return Err(vm.type_error("attribute name must be a str"));
    };
    let (receiver, value) = (arguments.at(vm, 0), arguments.at(vm, 2));
    vm.store_own_attribute(receiver, name, value)?;
    Ok(Value::NONE.into())
}

fn delattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(name) = vm.heap.to_symbol(arguments.at(vm, 1))? else {
        return Err(vm.type_error("attribute name must be a str"));
    };
    let receiver = arguments.at(vm, 0);
    vm.store_own_attribute(receiver, name, Value::UNBOUND)?;
    Ok(Value::NONE.into())
}

/// `object`
pub static TYPE: TypeDef = TypeDef {
    base: None,
    members: &[
        plain("__init__", 1, ANY, init),
        Member::StaticMethod(NativeDef {
            name: "__new__",
            minimum: 1,
            maximum: ANY,
            keywords: true,
            code: NativeCode::Vm(new),
        }),
        full("__setattr__", 3, 3, setattr),
        full("__delattr__", 2, 2, delattr),
    ],
    construct: constructor("object", 0, 0, new),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Object, "object")
};
