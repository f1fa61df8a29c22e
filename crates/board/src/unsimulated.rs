//! Names that a board has and that are not simulated yet: using one raises a `NotImplementedError` that says so.
//!
//! The names are there, so that `import pyb` and a look at `pyb.I2C.MASTER` go well, and a program fails at the line that
//! needs the peripheral, with the reason.

use alloc::string::String;
use wigwag_vm::heap::{Raised, TypeId};
use wigwag_vm::objects::function::{ANY, NativeDef, constructor};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The constructor of a type that is not simulated yet.
pub const CONSTRUCTOR: Option<NativeDef> = constructor("peripheral", 0, ANY, construct);

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let class = given.at(vm, 0);
    let name = vm.heap.as_class(class).and_then(|class| vm.heap.class(class)).map(|class| class.name);
    let name = String::from(name.map_or("", |name| vm.heap.symbols.text(name)));
    Err(vm.heap.raise_fmt(TypeId::NotImplementedError, format_args!("{name} is not simulated yet")))
}

/// A row of a module for a type that is not simulated yet, with its constants: `peripheral!("SPI", "MSB" = 0)`.
macro_rules! peripheral {
    ($name:literal $(, $constant:literal = $value:expr)*) => {{
        static DEFINITION: wigwag_vm::objects::function::TypeDef = wigwag_vm::objects::function::TypeDef {
            members: &[$(wigwag_vm::objects::function::Member::Int($constant, $value)),*],
            construct: $crate::unsimulated::CONSTRUCTOR,
            ..wigwag_vm::objects::function::TypeDef::named($name)
        };
        wigwag_vm::objects::function::Member::Extension($name, &DEFINITION)
    }};
}

/// A row of a module for a function that is not simulated yet.
macro_rules! missing_function {
    ($name:literal) => {
        wigwag_vm::objects::function::keyword($name, 0, wigwag_vm::objects::function::ANY, |vm, _| {
            Err(vm.heap.raise(
                wigwag_vm::heap::TypeId::NotImplementedError,
                concat!($name, "() is not simulated yet"),
            ))
        })
    };
}

pub(crate) use {missing_function, peripheral};
