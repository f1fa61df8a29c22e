//! `bytes`, and what makes bytes and bytearrays of iterables.

use super::function::{ANY, Member, TypeDef, class_method, constructor, full, keyword, plain};
use super::int::machine_int;
use super::text_methods as methods;
use crate::heap::{Heap, Raised, Slot, TypeId, Value, try_copy};
use crate::run::each::{Each, Taken, Taker};
use crate::run::{Arguments, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// `bytes()`, `bytes(text, encoding, errors)`, `bytes(length)`, `bytes(buffer)`, `bytes(iterable)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    if !arguments.names.is_none() {
        let message = "keyword argument(s) not implemented - use normal args instead";
        return Err(vm.heap.raise(TypeId::NotImplementedError, message));
    }
    let Some(value) = arguments.get(vm, 1) else { return Ok(vm.heap.bytes(&[])?.into()) };
    let part = vm.heap.native_part(value);
    if matches!(vm.heap.slot_of(part), Some(Slot::Bytes(_))) {
        return Ok(part.into());
    }
    if vm.heap.as_str(part).is_some() {
        let encoding = arguments.get(vm, 2);
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        return Ok(methods::encoded(&mut vm.heap, part, encoding)?.into());
    }
    if arguments.count > 2 {
        return Err(vm.type_error("wrong number of arguments"));
    }
    if let Some(length) = vm.heap.as_int(part).filter(|_| part.as_bool().is_none()) {
        let zeros = zeros(&mut vm.heap, length)?;
        return Ok(vm.heap.bytes_from(zeros)?.into());
    }
    if vm.heap.as_bytes(part).is_some() {
        let copy = try_copy(vm.heap.as_bytes(part).unwrap_or(&[]))?;
        return Ok(vm.heap.bytes_from(copy)?.into());
    }
    let gathered = vm.heap.bytearray(Vec::new())?;
    Ok(Outcome::Frame(gather(gathered, value, Value::UNBOUND)))
}

/// So many zeros; a negative length is an error.
pub fn zeros(heap: &mut Heap, length: i64) -> Result<Vec<u8>, Raised> {
    if length < 0 {
        return Err(heap.raise_bare(TypeId::ValueError));
    }
    let length = usize::try_from(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    if length > heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    zeros.resize(length, 0);
    Ok(zeros)
}

/// Appends integers from an iterable to a bytearray.
struct Gather {
    target: Value,
    /// What comes of it: this, if it is bound, and bytes are cut to fit; else `bytes`, and they have to fit.
    result: Value,
}

impl Taker for Gather {
    fn held(&self) -> [Value; 4] {
        [self.target, self.result, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        let heap = &mut vm.heap;
        let byte = if self.result.is_unbound() {
            match u8::try_from(machine_int(heap, item)?) {
                Ok(byte) => byte,
                Err(_) => return Err(heap.raise(TypeId::ValueError, "bytes value out of range")),
            }
        } else {
            super::bytearray::cut_to_byte(heap, item)?
        };
        if let Some((Slot::ByteArray(bytes), budget)) = heap.slot_and_budget(self.target) {
            budget.reserve(bytes, 1)?;
            bytes.push(byte);
        }
        Ok(Taken::More)
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        if !self.result.is_unbound() {
            return Ok(Step::Return(self.result));
        }
        let bytes = try_copy(vm.heap.as_bytes(self.target).unwrap_or(&[]))?;
        vm.heap.bytes_from(bytes).map(Step::Return)
    }
}

/// A frame that appends integers from an iterable to a bytearray; its result is `result`.
pub fn gather(target: Value, source: Value, result: Value) -> Box<dyn NativeFrame> {
    Box::new(Each::new(source, Gather { target, result }))
}

/// The methods, in alphabetical order.
const MEMBERS: &[Member] = &[
    plain("center", 2, 2, methods::center),
    plain("count", 2, 4, methods::count),
    plain("decode", 1, 3, methods::decode),
    plain("endswith", 2, 4, methods::ends_with),
    plain("find", 2, 4, methods::find),
    keyword("format", 1, ANY, methods::format),
    class_method("fromhex", 2, 2, methods::from_hex),
    plain("hex", 1, 2, methods::hex),
    plain("index", 2, 4, methods::index),
    plain("isalpha", 1, 1, methods::is_alpha),
    plain("isdigit", 1, 1, methods::is_digit),
    plain("islower", 1, 1, methods::is_lower),
    plain("isspace", 1, 1, methods::is_space),
    plain("isupper", 1, 1, methods::is_upper),
    full("join", 2, 2, methods::join),
    plain("lower", 1, 1, methods::lower),
    plain("lstrip", 1, 2, methods::lstrip),
    plain("partition", 2, 2, methods::partition),
    plain("replace", 3, 4, methods::replace),
    plain("rfind", 2, 4, methods::rfind),
    plain("rindex", 2, 4, methods::rindex),
    plain("rpartition", 2, 2, methods::rpartition),
    plain("rsplit", 1, 3, methods::rsplit),
    plain("rstrip", 1, 2, methods::rstrip),
    plain("split", 1, 3, methods::split),
    keyword("splitlines", 1, ANY, methods::split_lines),
    plain("startswith", 2, 4, methods::starts_with),
    plain("strip", 1, 2, methods::strip),
    plain("upper", 1, 1, methods::upper),
];

/// `bytes`
pub static TYPE: TypeDef = TypeDef {
    members: MEMBERS,
    construct: constructor("bytes", 0, 3, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Bytes, "bytes")
};
