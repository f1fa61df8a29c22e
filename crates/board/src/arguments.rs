//! What the natives of this crate share: who they are called on, and how they complain.

use alloc::string::String;
use wigwag_vm::heap::{Heap, Raised, TypeId};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Vm};

/// The object that a method is called on, also where a class of the program derives from its type.
pub fn native_self<T: NativeObject>(vm: &Vm, arguments: Arguments) -> Option<&T> {
    let receiver = vm.heap.native_part(arguments.at(vm, 0));
    vm.heap.as_native::<T>(receiver)
}

/// A method was taken from its class and called on something else.
#[cold]
pub fn wrong_self(vm: &mut Vm, arguments: Arguments, wanted: &str) -> Raised {
    let given = String::from(vm.heap.type_name(arguments.at(vm, 0)));
    vm.heap.raise_fmt(TypeId::TypeError, format_args!("argument should be a '{wanted}' not a '{given}'"))
}

/// A constructor was called without one of the arguments that it needs.
#[cold]
pub fn missing(heap: &mut Heap, name: &str) -> Raised {
    heap.raise_fmt(TypeId::TypeError, format_args!("'{name}' argument required"))
}
