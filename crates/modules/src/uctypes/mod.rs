//! `uctypes`: structures in bytes, by descriptors. It follows
//! <https://docs.micropython.org/en/latest/library/uctypes.html>.
//!
//! What differs: addresses are made up ([`crate::memory`]). One that leads nowhere, or not far enough, is a
//! `ValueError` when something is read or written there; bytes that cannot be changed are not changed. Bit fields with
//! a sign have one, and elements behind a pointer can be set.

mod bytes;
mod descriptor;
mod structure;

use crate::arguments;
use crate::binary;
use crate::memory;
use descriptor::{AggregateKind, FLOAT32, Measure, Order, UINT8, UINT32, UINT64, aggregate, scalar};
use structure::Structure;
use wigwag_vm::heap::{Heap, Raised, Slot, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `uctypes`
pub static MODULE: ModuleDef = ModuleDef {
    name: "uctypes",
    members: &[
        Member::Extension("struct", &structure::TYPE),
        full("sizeof", 1, 2, size_of_structure),
        full("addressof", 1, 1, address_of),
        full("bytes_at", 2, 2, bytes_at),
        full("bytearray_at", 2, 2, bytearray_at),
        Member::Int("LITTLE_ENDIAN", 0),
        Member::Int("BIG_ENDIAN", 1),
        Member::Int("NATIVE", 2),
        Member::Int("VOID", scalar(UINT8)),
        Member::Int("UINT8", scalar(UINT8)),
        Member::Int("INT8", scalar(UINT8 + 1)),
        Member::Int("UINT16", scalar(2)),
        Member::Int("INT16", scalar(3)),
        Member::Int("UINT32", scalar(UINT32)),
        Member::Int("INT32", scalar(UINT32 + 1)),
        Member::Int("UINT64", scalar(UINT64)),
        Member::Int("INT64", scalar(UINT64 + 1)),
        Member::Int("BFUINT8", scalar(8)),
        Member::Int("BFINT8", scalar(9)),
        Member::Int("BFUINT16", scalar(10)),
        Member::Int("BFINT16", scalar(11)),
        Member::Int("BFUINT32", scalar(12)),
        Member::Int("BFINT32", scalar(13)),
        Member::Int("BF_POS", descriptor::OFFSET_BITS as i64),
        Member::Int("BF_LEN", descriptor::LENGTH_SHIFT as i64),
        Member::Int("FLOAT32", scalar(FLOAT32)),
        Member::Int("FLOAT64", scalar(FLOAT32 + 1)),
        Member::Int("SHORT", scalar(3)),
        Member::Int("USHORT", scalar(2)),
        Member::Int("INT", scalar(UINT32 + 1)),
        Member::Int("UINT", scalar(UINT32)),
        Member::Machine("LONG", |vm| word_type(vm, 1)),
        Member::Machine("ULONG", |vm| word_type(vm, 0)),
        Member::Int("LONGLONG", scalar(UINT64 + 1)),
        Member::Int("ULONGLONG", scalar(UINT64)),
        Member::Int("PTR", aggregate(AggregateKind::Pointer)),
        Member::Int("ARRAY", aggregate(AggregateKind::Array)),
    ],
};

/// The type of an integer as large as a word of the machine.
fn word_type(vm: &mut Vm, signed: i64) -> Result<Value, Raised> {
    let unsigned = if binary::word_bytes(vm) == 4 { UINT32 } else { UINT64 };
    vm.heap.int(scalar(unsigned + signed))
}

/// An address as an argument; what does not fit a word is cut off, as upstream does.
fn address(heap: &mut Heap, value: Value) -> Result<u64, Raised> {
    let part = heap.native_part(value);
    match heap.as_integer(part) {
        Some(integer) => Ok(integer.low_word() as u64),
        None => Ok(arguments::integer(heap, value)? as u64),
    }
}

/// `sizeof(descriptor or structure, layout=NATIVE)`
fn size_of_structure(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let value = given.at(vm, 0);
    if matches!(vm.heap.slot_of(value), Some(Slot::ByteArray(_))) || bytes::is_bytes(&vm.heap, value) {
        let length = vm.heap.window_of(value).map_or(0, |window| window.length);
        return Ok(vm.heap.size(length)?.into());
    }
    let (descriptor, order) = match (vm.heap.as_native::<Structure>(value), given.get(vm, 1)) {
        (Some(_), Some(_)) => return Err(vm.heap.raise_bare(TypeId::TypeError)),
        (Some(structure), None) => (structure.descriptor, structure.order),
        (None, Some(order)) => (value, Order::numbered(arguments::integer(&mut vm.heap, order)?)),
        (None, None) => (value, Order::Native),
    };
    let word_bytes = binary::word_bytes(vm);
    let size = Measure::new(order, word_bytes).size(&mut vm.heap, descriptor)?;
    Ok(vm.heap.integer(size.into())?.into())
}

/// `addressof(buffer)`
fn address_of(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let value = given.at(vm, 0);
    let known = match vm.heap.as_native::<Structure>(value) {
        Some(structure) => Some(structure.address),
        None => bytes::address(&vm.heap, value),
    };
    let address = match known {
        Some(address) => address,
        None => memory::address_of(vm, value)?,
    };
    Ok(vm.heap.integer(address.into())?.into())
}

/// The arguments of `bytes_at` and `bytearray_at`.
fn stretch(vm: &mut Vm, given: Arguments) -> Result<(u64, usize), Raised> {
    let (start, length) = (given.at(vm, 0), given.at(vm, 1));
    let start = address(&mut vm.heap, start)?;
    let length = arguments::integer(&mut vm.heap, length)?;
    match usize::try_from(length) {
        Ok(length) => Ok((start, length)),
        Err(_) => Err(vm.heap.raise_bare(TypeId::ValueError)),
    }
}

/// `bytes_at(address, size)`
fn bytes_at(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, length) = stretch(vm, given)?;
    let window = memory::window_at(vm, address);
    match window.and_then(|window| memory::bytes_in(&vm.heap, window, 0, length)) {
        Some(bytes) => {
            let copy = try_copy(bytes)?;
            Ok(vm.heap.bytes_from(copy)?.into())
        }
        None => Err(memory::nothing_at(&mut vm.heap, address)),
    }
}

/// `bytearray_at(address, size)`
fn bytearray_at(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, length) = stretch(vm, given)?;
    let window = memory::window_at(vm, address);
    Ok(bytes::make(&mut vm.heap, address, window, length)?.into())
}
