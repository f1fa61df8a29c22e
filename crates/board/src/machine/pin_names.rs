//! `Pin.board` and `Pin.cpu`: the pins of a board by name, as attributes.
//!
//! Which names there are is only known while a program runs, and a small heap should not hold a hundred pins of which a
//! program uses two: so a name is looked up in the board's table when it is asked for.

use super::pin;
use crate::arguments::native_self;
use crate::state::state;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// Whose names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinNames {
    /// The board's.
    Board,
    /// The processor's.
    Processor,
}

struct NamesObject {
    class: Handle,
    whose: PinNames,
}

impl NativeObject for NamesObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<NamesObject>()
    }
}

/// The type of `Pin.board`.
static BOARD_NAMES: TypeDef = TypeDef { name: "board", ..NAMES };
/// The type of `Pin.cpu`.
static PROCESSOR_NAMES: TypeDef = TypeDef { name: "cpu", ..NAMES };

const NAMES: TypeDef = TypeDef {
    members: &[full("__getattr__", 2, 2, get), full("__dir__", 1, 1, all)],
    repr: Some(repr),
    ..TypeDef::named("names")
};

/// Makes the object behind `Pin.board` or `Pin.cpu`.
pub fn make(heap: &mut Heap, whose: PinNames) -> Result<Value, Raised> {
    let class = heap.class_for(match whose {
        PinNames::Board => &BOARD_NAMES,
        PinNames::Processor => &PROCESSOR_NAMES,
    })?;
    heap.budget.charge(size_of::<NamesObject>())?;
    Ok(heap.allocate(Slot::Object(Box::new(NamesObject { class, whose })))?.value())
}

/// Programs print it as the class that it is on a board.
fn repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    write!(out, "<class '{}'>", heap.type_name(value))
}

fn whose(vm: &Vm, given: Arguments) -> PinNames {
    native_self::<NamesObject>(vm, given).map_or(PinNames::Board, |names| names.whose)
}

fn get(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let whose = whose(vm, given);
    let name = String::from(vm.heap.as_str(given.at(vm, 1)).unwrap_or(""));
    let pin = state(vm).and_then(|state| match whose {
        PinNames::Board => state.board.board_pin(&name),
        PinNames::Processor => state.board.cpu_pin(&name),
    });
    match pin {
        Some(pin) => Ok(pin::object(vm, pin)?.into()),
        None => {
            let owner = if whose == PinNames::Board { "board" } else { "cpu" };
            let message = format_args!("type object '{owner}' has no attribute '{name}'");
            Err(vm.heap.raise_fmt(TypeId::AttributeError, message))
        }
    }
}

fn all(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let whose = whose(vm, given);
    let list = vm.heap.list(&[])?;
    let Some(board) = state(vm).map(|state| state.board) else { return Ok(list.into()) };
    for (place, row) in board.pins.iter().enumerate() {
        let name = match whose {
            PinNames::Board => row.board,
            PinNames::Processor if board.pins[..place].iter().any(|other| other.cpu == row.cpu) => continue,
            PinNames::Processor => row.cpu,
        };
        if !name.is_empty() {
            let name = vm.heap.str(name)?;
            vm.heap.list_push(list, name)?;
        }
    }
    Ok(list.into())
}
