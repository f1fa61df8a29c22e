//! `int`, and `bool` beside it: upstream does not derive one from the other.

use super::conversion::{self, Target, no_conversion};
use super::function::{TypeDef, class_method, full_constructor, keyword};
use super::text_methods::{buffer, no_implicit_conversion, wrong_receiver};
use crate::heap::{Heap, Raised, Slot, Tracer, TypeId, Value, sym};
use crate::number::Int;
use crate::number::int::ByteOrder;
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;

/// An integer argument that must fit a machine word.
pub fn machine_int(heap: &mut Heap, value: Value) -> Result<i64, Raised> {
    let value = heap.native_part(value);
    if let Some(integer) = heap.as_int(value) {
        return Ok(integer);
    }
    if heap.as_integer(value).is_some() {
        return Err(heap.raise(TypeId::OverflowError, "overflow converting long int to machine word"));
    }
    Err(no_conversion(heap, value, Target::Int))
}

/// `int()`, `int(value)`, `int(text, base)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(value) = arguments.get(vm, 1) else { return Ok(Value::tiny_int(0).into()) };
    if let Some(base) = arguments.get(vm, 2) {
        let text = vm.heap.native_part(value);
        let is_text = vm.heap.as_str(text).is_some() || matches!(vm.heap.slot_of(text), Some(Slot::Bytes(_)));
        if !is_text {
            return Err(no_implicit_conversion(&mut vm.heap, value));
        }
        let base = machine_int(&mut vm.heap, base)?;
        return Ok(parse(&mut vm.heap, text, base)?.into());
    }
    if let Some(outcome) = conversion::ask(vm, value, Target::Int)? {
        return Ok(outcome);
    }
    let part = vm.heap.native_part(value);
    if let Some(truth) = part.as_bool() {
        return Ok(Value::tiny_int(i32::from(truth)).into());
    }
    if vm.heap.type_id(part) == TypeId::Int {
        return Ok(part.into());
    }
    if vm.heap.as_buffer(part).is_some() {
        return Ok(parse(&mut vm.heap, part, 10)?.into());
    }
    match vm.heap.as_float(part) {
        Some(float) => match Int::from_f64(float) {
            Ok(integer) => Ok(vm.heap.integer(integer)?.into()),
            Err(error) => Err(vm.heap.raise_number(error)),
        },
        None => Err(no_conversion(&mut vm.heap, value, Target::Int)),
    }
}

fn parse(heap: &mut Heap, text: Value, base: i64) -> Result<Value, Raised> {
    match Int::parse(heap.as_buffer(text).unwrap_or(&[]), base, heap.bounds()) {
        Ok(integer) => heap.integer(integer),
        Err(error) => Err(heap.raise_number(error)),
    }
}

/// Only "little" is little: upstream takes anything else for "big".
fn byte_order(heap: &Heap, name: Option<Value>) -> ByteOrder {
    match name.and_then(|name| heap.as_str(name)) {
        Some("little") => ByteOrder::Little,
        _ => ByteOrder::Big,
    }
}

/// `int.from_bytes(bytes, byteorder, signed)`; as upstream has it, `signed` makes no difference.
fn from_bytes(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let source = buffer(heap, arguments[1])?;
    let order = byte_order(heap, arguments.get(2).copied());
    let integer = Int::from_bytes(heap.as_buffer(source).unwrap_or(&[]), order, false);
    heap.integer(integer)
}

/// `to_bytes(length=1, byteorder="big", *, signed=False)`
fn to_bytes(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let this = arguments.at(vm, 0);
    let [length, order, signed] = arguments.bind(vm, 1, ["length", "byteorder", "*signed"])?;
    let part = vm.heap.native_part(this);
    let Some(integer) = vm.heap.as_integer(part) else {
        return Err(wrong_receiver(&mut vm.heap, "int", this));
    };
    let length = match length {
        Some(length) => machine_int(&mut vm.heap, length)?,
        None => 1,
    };
    let Ok(length) = usize::try_from(length) else { return Err(vm.heap.raise_bare(TypeId::ValueError)) };
    if length > vm.heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let order = byte_order(&vm.heap, order);
    let signed = match signed {
        Some(signed) => vm.truth_nested(signed)?,
        None => false,
    };
    match integer.to_bytes(length, order, signed) {
        Ok(bytes) => Ok(vm.heap.bytes_from(bytes)?.into()),
        Err(error) => Err(vm.heap.raise_number(error)),
    }
}

/// `bool()`, `bool(value)`
fn construct_bool(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(value) = arguments.get(vm, 1) else { return Ok(Value::FALSE.into()) };
    let part = vm.heap.native_part(value);
    for name in [sym::BOOL, sym::LEN] {
        let method = match vm.heap.slot_of(value) {
            Some(Slot::Instance(_) | Slot::Exception(_)) => vm.python_special(value, name)?,
            Some(Slot::Object(_)) => vm.heap.special(value, name)?,
            _ => None,
        };
        if let Some(method) = method {
            return Ok(Outcome::Frame(Box::new(AskTruth { method, value })));
        }
    }
    Ok(Value::from_bool(vm.truth_plain(part).unwrap_or(true)).into())
}

/// Calls `__bool__` or `__len__`; the result is the truth of its answer.
struct AskTruth {
    method: Value,
    value: Value,
}

impl NativeFrame for AskTruth {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(answer) => {
                Ok(Step::Return(Value::from_bool(vm.truth_plain(answer).unwrap_or(true))))
            }
            _ => Ok(Step::Call(self.method, FewArguments::new(&[self.value]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.value]);
    }
}

/// `int`
pub static TYPE: TypeDef = TypeDef {
    members: &[class_method("from_bytes", 2, 4, from_bytes), keyword("to_bytes", 1, 3, to_bytes)],
    construct: full_constructor("int", 0, 2, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Int, "int")
};
/// `bool`
pub static BOOL_TYPE: TypeDef = TypeDef {
    construct: full_constructor("bool", 0, 1, construct_bool),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Bool, "bool")
};
