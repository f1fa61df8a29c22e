//! `property`, `staticmethod`, `classmethod`, `super`.

use super::function::{TypeDef, constructor, plain, plain_constructor};
use crate::heap::{Heap, Raised, Slot, TypeId, Value};
use crate::run::{Arguments, Outcome, Vm};

fn property(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [get, set, delete, _doc] = arguments.bind(vm, 1, ["fget", "fset", "fdel", "doc"])?;
    let parts = [get, set, delete].map(|part| part.unwrap_or(Value::NONE));
    Ok(vm.heap.allocate(Slot::Property(parts))?.value().into())
}

/// A copy of a property with one function replaced.
fn with(heap: &mut Heap, arguments: &[Value], number: usize) -> Result<Value, Raised> {
    let Some(&Slot::Property(mut parts)) = heap.slot_of(arguments[0]) else { return Ok(Value::NONE) };
    parts[number] = arguments[1];
    Ok(heap.allocate(Slot::Property(parts))?.value())
}

/// `property`
pub static PROPERTY_TYPE: TypeDef = TypeDef {
    members: &[
        plain("getter", 2, 2, |heap, arguments| with(heap, arguments, 0)),
        plain("setter", 2, 2, |heap, arguments| with(heap, arguments, 1)),
        plain("deleter", 2, 2, |heap, arguments| with(heap, arguments, 2)),
    ],
    construct: constructor("property", 0, 4, property),
    ..TypeDef::builtin(TypeId::Property, "property")
};

/// `staticmethod`
pub static STATIC_METHOD_TYPE: TypeDef = TypeDef {
    construct: plain_constructor("staticmethod", 1, 1, |heap, arguments| {
        Ok(heap.allocate(Slot::StaticMethod(arguments[1]))?.value())
    }),
    ..TypeDef::builtin(TypeId::StaticMethod, "staticmethod")
};

/// `classmethod`
pub static CLASS_METHOD_TYPE: TypeDef = TypeDef {
    construct: plain_constructor("classmethod", 1, 1, |heap, arguments| {
        Ok(heap.allocate(Slot::ClassMethod(arguments[1]))?.value())
    }),
    ..TypeDef::builtin(TypeId::ClassMethod, "classmethod")
};

/// `super`; the compiler fills in the arguments of `super()`.
pub static SUPER_TYPE: TypeDef = TypeDef {
    construct: plain_constructor("super", 2, 2, |heap, arguments| {
        let Some(class) = heap.as_class(arguments[1]) else {
            let message = "issubclass() arg 2 must be a class or a tuple of classes";
            return Err(heap.raise(TypeId::TypeError, message));
        };
        let derived = heap.as_class(arguments[2]).unwrap_or_else(|| heap.class_of(arguments[2]));
        if !heap.is_subclass(derived, class) {
            return Err(heap.raise_bare(TypeId::TypeError));
        }
        let of_class = match (heap.as_class(arguments[1]), heap.as_class(arguments[2])) {
            (Some(class), Some(object)) if heap.is_subclass(object, class) => true,
            (Some(class), _) => heap.is_instance(arguments[2], class),
            _ => false,
        };
        if !of_class {
            let text = "super(type, obj): obj must be an instance or subtype of type";
            return Err(heap.raise(TypeId::TypeError, text));
        }
        Ok(heap.allocate(Slot::Super(arguments[1], arguments[2]))?.value())
    }),
    ..TypeDef::builtin(TypeId::Super, "super")
};
