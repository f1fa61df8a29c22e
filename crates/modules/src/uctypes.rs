//! `uctypes`: structures laid over memory. Follows upstream's `uctypes` page.
//!
//! Memory is the buffers that a program has: the address of a buffer is made of the number of its object and of an
//! offset, [`Space`] says how, and going back finds the buffer, so no address leads anywhere but into a buffer. What must
//! always hold: an access that leaves the buffer is refused, and a structure keeps the buffer that it lies in.
//!
//! A descriptor is a dict of fields, each an integer (type, offset and, for bit fields, position and length) or a tuple
//! that begins with such an integer.

use crate::arguments;
use crate::binary::{self, Kind, Layout};
use alloc::string::String;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::number::Int;
use wigwag_vm::objects::function::{Member, TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::memoryview::bytearray_at;
use wigwag_vm::objects::native::{BufferWindow, NativeObject};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `uctypes`
pub static MODULE: ModuleDef = ModuleDef {
    name: "uctypes",
    members: &[
        Member::Extension("struct", &STRUCT),
        full("sizeof", 1, 2, size_of_descriptor),
        full("addressof", 1, 1, address_of),
        full("bytes_at", 2, 2, bytes_at),
        full("bytearray_at", 2, 2, |vm, given| {
            let (address, length) = (given.at(vm, 0), given.at(vm, 1));
            let (address, length) = (truncated(vm, address)?, truncated(vm, length)?);
            let place = Place::at(vm, address as u64);
            let window = BufferWindow {
                base: place.base,
                start: place.start,
                length: usize::try_from(length).unwrap_or(0),
            };
            Ok(bytearray_at(&mut vm.heap, window)?.into())
        }),
        Member::Int("LITTLE_ENDIAN", LITTLE_ENDIAN),
        Member::Int("BIG_ENDIAN", BIG_ENDIAN),
        Member::Int("NATIVE", NATIVE),
        Member::Int("VOID", scalar_type(0)),
        Member::Int("UINT8", scalar_type(0)),
        Member::Int("INT8", scalar_type(1)),
        Member::Int("UINT16", scalar_type(2)),
        Member::Int("INT16", scalar_type(3)),
        Member::Int("UINT32", scalar_type(4)),
        Member::Int("INT32", scalar_type(5)),
        Member::Int("UINT64", scalar_type(6)),
        Member::Int("INT64", scalar_type(7)),
        Member::Int("BFUINT8", scalar_type(8)),
        Member::Int("BFINT8", scalar_type(9)),
        Member::Int("BFUINT16", scalar_type(10)),
        Member::Int("BFINT16", scalar_type(11)),
        Member::Int("BFUINT32", scalar_type(12)),
        Member::Int("BFINT32", scalar_type(13)),
        Member::Int("FLOAT32", scalar_type(FLOAT32)),
        Member::Int("FLOAT64", scalar_type(FLOAT64)),
        Member::Int("BF_POS", OFFSET_BITS),
        Member::Int("BF_LEN", OFFSET_BITS + 5),
        Member::Int("SHORT", scalar_type(3)),
        Member::Int("USHORT", scalar_type(2)),
        Member::Int("INT", scalar_type(5)),
        Member::Int("UINT", scalar_type(4)),
        Member::Machine("LONG", |vm| long_type(vm, 5)),
        Member::Machine("ULONG", |vm| long_type(vm, 4)),
        Member::Int("LONGLONG", scalar_type(7)),
        Member::Int("ULONGLONG", scalar_type(6)),
        Member::Int("PTR", aggregate_type(POINTER)),
        Member::Int("ARRAY", aggregate_type(ARRAY)),
    ],
};

const LITTLE_ENDIAN: i64 = 0;
const BIG_ENDIAN: i64 = 1;
const NATIVE: i64 = 2;

const FLOAT32: i64 = 14;
const FLOAT64: i64 = 15;
const POINTER: i64 = 1;
const ARRAY: i64 = 2;

/// How many bits the offset of a bit field has; its position and its length follow, five bits each.
const OFFSET_BITS: i64 = 17;
/// What is left of a number beside the type of a scalar, and of an aggregate.
const SCALAR_MASK: i64 = 0x07FF_FFFF;
const AGGREGATE_MASK: i64 = 0x1FFF_FFFF;

/// How deep descriptors may nest.
const DEEPEST: usize = 40;

/// A type in the upper bits of a number of 31 bits and a sign, as upstream has it on every machine.
const fn scalar_type(number: i64) -> i64 {
    ((number << 28) as i32 >> 1) as i64
}

const fn aggregate_type(number: i64) -> i64 {
    ((number << 30) as i32 >> 1) as i64
}

fn long_type(vm: &mut Vm, short: i64) -> Result<Value, Raised> {
    let number = if binary::word_bytes(vm) == 8 { short + 2 } else { short };
    vm.heap.int(scalar_type(number))
}

/// How an address is made: of the number of an object and, in so many bits, of an offset.
struct Space;

impl Space {
    fn offset_bits(vm: &mut Vm) -> u32 {
        if binary::word_bytes(vm) == 8 { 32 } else { 18 }
    }
}

/// A place in memory: a buffer and an offset; None and the address where there is no buffer.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    base: Value,
    start: usize,
}

impl Place {
    /// The place at an address.
    pub(crate) fn at(vm: &mut Vm, address: u64) -> Place {
        let bits = Space::offset_bits(vm);
        let number = address >> bits;
        let object = Handle::new(usize::try_from(number).unwrap_or(0)).filter(|_| number > 0);
        let offset = address & ((1 << bits) - 1);
        // The number of an object is 32 times its place.
        let found = object.and_then(|_| vm.heap.at_address(number.checked_mul(32)?));
        match found.filter(|&base| vm.heap.as_buffer(base).is_some()) {
            Some(base) => Place { base, start: usize::try_from(offset).unwrap_or(usize::MAX) },
            None => Place { base: Value::NONE, start: usize::try_from(address).unwrap_or(usize::MAX) },
        }
    }

    fn address(self, vm: &mut Vm) -> u64 {
        let bits = Space::offset_bits(vm);
        match self.base.as_handle() {
            Some(object) => ((object.index() as u64) << bits).wrapping_add(self.start as u64),
            None => self.start as u64,
        }
    }

    fn plus(self, offset: usize) -> Place {
        Place { start: self.start.saturating_add(offset), ..self }
    }

    /// The bytes there, up to eight.
    pub(crate) fn read(self, vm: &mut Vm, size: usize) -> Result<[u8; 8], Raised> {
        let mut copy = [0; 8];
        let bytes = vm
            .heap
            .as_buffer(self.base)
            .and_then(|bytes| bytes.get(self.start..self.start.checked_add(size)?));
        match bytes {
            Some(bytes) => {
                copy[..size].copy_from_slice(bytes);
                Ok(copy)
            }
            None => Err(outside(vm)),
        }
    }

    /// Puts bytes there.
    pub(crate) fn write(self, vm: &mut Vm, bytes: &[u8]) -> Result<(), Raised> {
        let end = self.start.saturating_add(bytes.len());
        match arguments::writable(&mut vm.heap, self.base)?.get_mut(self.start..end) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(outside(vm)),
        }
    }
}

#[cold]
fn outside(vm: &mut Vm) -> Raised {
    vm.heap.raise(TypeId::ValueError, "buffer too small")
}

#[cold]
fn syntax_error(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::TypeError, "syntax error in uctypes descriptor")
}

/// An integer of any size, of which the low bits count.
fn truncated(vm: &mut Vm, value: Value) -> Result<i64, Raised> {
    match vm.heap.as_integer(value) {
        Some(integer) => Ok(integer.low_word()),
        None => arguments::integer(&mut vm.heap, value),
    }
}

/// The type and the rest of a scalar's number.
fn split_scalar(number: i64) -> (i64, i64) {
    (number >> 27 & 15, number & SCALAR_MASK)
}

/// The type and the rest of an aggregate's number.
fn split_aggregate(number: i64) -> (i64, usize) {
    (number >> 29 & 3, (number & AGGREGATE_MASK) as usize)
}

fn is_bit_field(kind: i64) -> bool {
    (8..FLOAT32).contains(&kind)
}

fn scalar_layout(kind: i64) -> Layout {
    let size = if kind == FLOAT32 { 4 } else { 1 << ((kind & 7) >> 1) };
    let kind = match kind {
        FLOAT32 | FLOAT64 => Kind::Float,
        _ if kind & 1 == 1 && !is_bit_field(kind) => Kind::Signed,
        _ => Kind::Unsigned,
    };
    Layout { kind, size }
}

/// How much memory descriptors describe.
struct Sizes {
    native: bool,
    word_bytes: u64,
    /// The largest scalar so far, to which a structure is aligned.
    largest: u64,
}

impl Sizes {
    fn scalar(&mut self, kind: i64) -> u64 {
        let size = scalar_layout(kind).size as u64;
        self.largest = self.largest.max(size);
        size
    }

    fn aggregate(&mut self, heap: &mut Heap, items: &[Value], depth: usize) -> Result<u64, Raised> {
        let number = items.first().and_then(|&number| heap.as_int(number));
        let (Some(number), true) = (number, items.len() >= 2) else { return Err(syntax_error(heap)) };
        match split_aggregate(number).0 {
            POINTER if items.len() == 2 => {
                self.largest = self.largest.max(self.word_bytes);
                Ok(self.word_bytes)
            }
            ARRAY => {
                let Some(count) = heap.as_int(items[1]) else { return Err(syntax_error(heap)) };
                let (kind, count) = split_scalar(count);
                let item = match items {
                    [_, _] => self.scalar(kind),
                    &[_, _, item] => self.descriptor(heap, item, depth + 1)?,
                    _ => return Err(syntax_error(heap)),
                };
                Ok(item.saturating_mul(count as u64))
            }
            0 if items.len() == 2 => self.descriptor(heap, items[1], depth + 1),
            _ => Err(syntax_error(heap)),
        }
    }

    fn descriptor(&mut self, heap: &mut Heap, descriptor: Value, depth: usize) -> Result<u64, Raised> {
        if depth > DEEPEST {
            return Err(heap.raise(TypeId::RuntimeError, "maximum recursion depth exceeded"));
        }
        if let Some(items) = heap.as_tuple(descriptor) {
            let items = try_copy(items)?;
            return self.aggregate(heap, &items, depth);
        }
        if heap.as_dict(descriptor).is_none() {
            return match heap.as_int(descriptor) {
                Some(_) => Err(heap.raise(TypeId::TypeError, "can't unambiguously get sizeof scalar")),
                None => Err(syntax_error(heap)),
            };
        }
        let mut total = 0;
        let mut number = 0;
        while let Some(&entry) = heap.as_dict(descriptor).and_then(|fields| fields.entry(number)) {
            number += 1;
            if entry.key.is_unbound() {
                continue;
            }
            let (offset, size) = if let Some(field) = heap.as_int(entry.value) {
                let (kind, mut offset) = split_scalar(field);
                if is_bit_field(kind) {
                    offset &= (1 << OFFSET_BITS) - 1;
                }
                (offset as u64, self.scalar(kind))
            } else {
                let Some(items) = heap.as_tuple(entry.value) else { return Err(syntax_error(heap)) };
                let items = try_copy(items)?;
                let first = items.first().and_then(|&first| heap.as_int(first)).unwrap_or(0);
                (split_aggregate(first).1 as u64, self.aggregate(heap, &items, depth)?)
            };
            total = total.max(size.saturating_add(offset));
        }
        if self.native && self.largest > 0 {
            total = total.checked_next_multiple_of(self.largest).unwrap_or(u64::MAX);
        }
        Ok(total)
    }
}

/// The size that a descriptor describes in a layout.
fn size(vm: &mut Vm, descriptor: Value, layout: i64) -> Result<u64, Raised> {
    let word_bytes = binary::word_bytes(vm) as u64;
    Sizes { native: layout == NATIVE, word_bytes, largest: 0 }.descriptor(&mut vm.heap, descriptor, 0)
}

/// A structure.
struct Struct {
    class: Handle,
    place: Place,
    descriptor: Value,
    layout: i64,
    /// How large it was when it was made.
    size: usize,
}

impl NativeObject for Struct {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.place.base, self.descriptor]);
    }

    fn bytes(&self) -> usize {
        size_of::<Struct>()
    }

    fn window(&self) -> Option<BufferWindow> {
        Some(BufferWindow { base: self.place.base, start: self.place.start, length: self.size })
    }
}

fn make(vm: &mut Vm, place: Place, descriptor: Value, layout: i64) -> Result<Value, Raised> {
    // What has no size is found out when it is used.
    let size = match size(vm, descriptor, layout) {
        Ok(size) => usize::try_from(size).unwrap_or(usize::MAX),
        Err(Raised::OUT_OF_MEMORY) => return Err(Raised::OUT_OF_MEMORY),
        Err(_) => 0,
    };
    let class = vm.heap.class_for(&STRUCT)?;
    arguments::object(&mut vm.heap, Struct { class, place, descriptor, layout, size })
}

/// `struct(address, descriptor, layout=NATIVE)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, descriptor) = (given.at(vm, 1), given.at(vm, 2));
    let address = truncated(vm, address)?;
    let layout = match given.get(vm, 3) {
        Some(layout) => arguments::integer(&mut vm.heap, layout)?,
        None => NATIVE,
    };
    let place = Place::at(vm, address as u64);
    Ok(make(vm, place, descriptor, layout)?.into())
}

/// The place, descriptor and layout of a structure.
fn parts(vm: &Vm, object: Value) -> (Place, Value, i64) {
    match vm.heap.as_native::<Struct>(object) {
        Some(object) => (object.place, object.descriptor, object.layout),
        None => (Place { base: Value::NONE, start: 0 }, Value::NONE, NATIVE),
    }
}

/// Reads a scalar, or writes one.
fn scalar(vm: &mut Vm, place: Place, kind: i64, layout: i64, stored: Option<Value>) -> Result<Value, Raised> {
    let form = scalar_layout(kind);
    let big_endian = layout == BIG_ENDIAN;
    let Some(value) = stored else {
        let bytes = place.read(vm, form.size)?;
        return binary::load(&mut vm.heap, form, &bytes[..form.size], big_endian);
    };
    let mut bytes = [0; 8];
    binary::put(binary::store(&mut vm.heap, form, value)?, &mut bytes[..form.size], big_endian);
    place.write(vm, &bytes[..form.size])?;
    Ok(Value::NONE)
}

fn bit_field(
    vm: &mut Vm,
    place: Place,
    (kind, number): (i64, i64),
    layout: i64,
    stored: Option<Value>,
) -> Result<Value, Raised> {
    let position = (number >> OFFSET_BITS & 31) as u32;
    let mask = (1_u64 << (number >> (OFFSET_BITS + 5) & 31)) - 1;
    let place = place.plus((number & ((1 << OFFSET_BITS) - 1)) as usize);
    let size = scalar_layout(kind).size;
    let big_endian = layout == BIG_ENDIAN;
    let word = binary::word(&place.read(vm, size)?[..size], big_endian);
    let Some(value) = stored else { return vm.heap.int((word >> position & mask) as i64) };
    let bits = arguments::integer(&mut vm.heap, value)? as u64 & mask;
    let mut bytes = [0; 8];
    binary::put(word & !(mask << position) | bits << position, &mut bytes[..size], big_endian);
    place.write(vm, &bytes[..size])?;
    Ok(Value::NONE)
}

/// Reads a field, or writes one.
fn field(vm: &mut Vm, object: Value, name: Value, stored: Option<Value>) -> Result<Value, Raised> {
    let (place, descriptor, layout) = parts(vm, object);
    if vm.heap.as_dict(descriptor).is_none() {
        return Err(vm.type_error("struct: no fields"));
    }
    let Some(described) = vm.dict_get(descriptor, name)? else { return Err(vm.heap.raise_key(name)) };
    if let Some(number) = vm.heap.as_int(described) {
        let (kind, rest) = split_scalar(number);
        return match is_bit_field(kind) {
            true => bit_field(vm, place, (kind, rest), layout, stored),
            false => scalar(vm, place.plus(rest as usize), kind, layout, stored),
        };
    }
    let items = match vm.heap.as_tuple(described) {
        Some(items) if stored.is_none() => try_copy(items)?,
        // An aggregate cannot be assigned to.
        _ => return Err(syntax_error(&mut vm.heap)),
    };
    let Some(number) = items.first().and_then(|&number| vm.heap.as_int(number)) else {
        return Err(syntax_error(&mut vm.heap));
    };
    let (kind, offset) = split_aggregate(number);
    let place = place.plus(offset);
    match (kind, &items[..]) {
        (0, &[_, inner]) => make(vm, place, inner, layout),
        (ARRAY, &[_, count]) if vm.heap.as_int(count).is_some_and(|count| split_scalar(count).0 == 0) => {
            let length = vm.heap.as_int(count).map_or(0, |count| split_scalar(count).1 as usize);
            bytearray_at(&mut vm.heap, BufferWindow { base: place.base, start: place.start, length })
        }
        (ARRAY | POINTER, _) => make(vm, place, described, layout),
        _ => Err(syntax_error(&mut vm.heap)),
    }
}

/// Where a pointer that lies at a place points to.
fn target(vm: &mut Vm, place: Place) -> Result<u64, Raised> {
    let word_bytes = binary::word_bytes(vm);
    let bytes = place.read(vm, word_bytes)?;
    Ok(binary::word(&bytes[..word_bytes], false))
}

/// Reads an item of an array or behind a pointer, or writes one.
fn item(vm: &mut Vm, object: Value, index: Value, stored: Option<Value>) -> Result<Value, Raised> {
    let (place, descriptor, layout) = parts(vm, object);
    let Some(items) = vm.heap.as_tuple(descriptor) else { return Err(vm.type_error("struct: can't index")) };
    let items = try_copy(items)?;
    let index = usize::try_from(arguments::integer(&mut vm.heap, index)?).unwrap_or(usize::MAX);
    let number = items.first().and_then(|&number| vm.heap.as_int(number)).unwrap_or(0);
    let (place, described) = match (split_aggregate(number).0, &items[..]) {
        (ARRAY, &[_, count, ..]) => {
            let Some(number) = vm.heap.as_int(count) else { return Err(syntax_error(&mut vm.heap)) };
            let (kind, count) = split_scalar(number);
            if index >= count as usize {
                return Err(vm.heap.raise(TypeId::IndexError, "struct: index out of range"));
            }
            let Some(&inner) = items.get(2) else {
                let place = place.plus(index.saturating_mul(scalar_layout(kind).size));
                return scalar(vm, place, kind, layout, stored);
            };
            (place, inner)
        }
        (POINTER, &[_, inner]) => {
            let address = target(vm, place)?;
            let place = Place::at(vm, address);
            if let Some(number) = vm.heap.as_int(inner) {
                let kind = split_scalar(number).0;
                let place = place.plus(index.saturating_mul(scalar_layout(kind).size));
                return scalar(vm, place, kind, NATIVE, stored);
            }
            (place, inner)
        }
        _ => return Err(vm.type_error("struct: can't index")),
    };
    if stored.is_some() {
        return Err(vm.type_error("'struct' object doesn't support item assignment"));
    }
    let size = usize::try_from(size(vm, described, layout)?).unwrap_or(usize::MAX);
    make(vm, place.plus(index.saturating_mul(size)), described, layout)
}

/// `int(structure)`: where a pointer points to.
fn as_integer(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let (place, descriptor, _) = parts(vm, object);
    let number = vm.heap.as_tuple(descriptor).and_then(|items| items.first().copied());
    match number.and_then(|number| vm.heap.as_int(number)) {
        Some(number) if split_aggregate(number).0 == POINTER => {
            let address = target(vm, place)?;
            Ok(unsigned(vm, address)?.into())
        }
        _ => Err(vm.type_error("can't convert struct to int")),
    }
}

fn unsigned(vm: &mut Vm, word: u64) -> Result<Value, Raised> {
    vm.heap.integer(Int::from(word))
}

/// `sizeof(structure or descriptor, layout=NATIVE)`
fn size_of_descriptor(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    if vm.heap.type_id(object) == TypeId::ByteArray {
        let length = vm.heap.as_bytes(object).map_or(0, <[u8]>::len);
        return Ok(vm.heap.size(length)?.into());
    }
    let is_struct = vm.heap.as_native::<Struct>(object).is_some();
    let (descriptor, layout) = match given.get(vm, 1) {
        Some(_) if is_struct => return Err(vm.heap.raise_bare(TypeId::TypeError)),
        Some(layout) => (object, arguments::integer(&mut vm.heap, layout)?),
        None if is_struct => {
            let (_, descriptor, layout) = parts(vm, object);
            (descriptor, layout)
        }
        None => (object, NATIVE),
    };
    let size = size(vm, descriptor, layout)?;
    Ok(unsigned(vm, size)?.into())
}

/// `addressof(buffer)`
fn address_of(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let part = vm.heap.native_part(object);
    let place = match vm.heap.slot_of(part) {
        Some(Slot::MemoryView(view)) => Some(Place { base: view.base, start: view.start }),
        Some(Slot::Object(inner)) if inner.window().is_some() => {
            inner.window().map(|window| Place { base: window.base, start: window.start })
        }
        Some(_) if vm.heap.as_buffer(part).is_some() => Some(Place { base: part, start: 0 }),
        _ => None,
    };
    let Some(place) = place else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let address = place.address(vm);
    Ok(unsigned(vm, address)?.into())
}

/// `bytes_at(address, size)`
fn bytes_at(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, length) = (given.at(vm, 0), given.at(vm, 1));
    let (address, length) = (truncated(vm, address)?, truncated(vm, length)?);
    let place = Place::at(vm, address as u64);
    let bytes = vm.heap.as_buffer(place.base).unwrap_or(&[]);
    let end = usize::try_from(length).ok().and_then(|length| place.start.checked_add(length));
    match end.and_then(|end| bytes.get(place.start..end)) {
        Some(bytes) => {
            let copy = try_copy(bytes)?;
            Ok(vm.heap.bytes_from(copy)?.into())
        }
        None => Err(outside(vm)),
    }
}

fn write_repr(heap: &Heap, object: Value, out: &mut dyn Write) -> core::fmt::Result {
    let Some(object) = heap.as_native::<Struct>(object) else { return Ok(()) };
    let kind = match heap.as_tuple(object.descriptor) {
        _ if heap.as_dict(object.descriptor).is_some() => "STRUCT",
        None => "ERROR",
        Some(items) => {
            let number = items.first().and_then(|&number| heap.as_int(number)).unwrap_or(0);
            match split_aggregate(number).0 {
                POINTER => "PTR",
                ARRAY => "ARRAY",
                _ => "unk",
            }
        }
    };
    let base = object.place.base.as_handle().map_or(0, |handle| (handle.index() as u64) << 32);
    write!(out, "<struct {kind} {:x}>", base.wrapping_add(object.place.start as u64))
}

/// `uctypes.struct`
static STRUCT: TypeDef = TypeDef {
    members: &[
        full("__getattr__", 2, 2, |vm, given| {
            let (object, name) = (given.at(vm, 0), given.at(vm, 1));
            Ok(field(vm, object, name, None)?.into())
        }),
        full("__setattr__", 3, 3, |vm, given| {
            let (object, name, value) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
            Ok(field(vm, object, name, Some(value))?.into())
        }),
        full("__getitem__", 2, 2, |vm, given| {
            let (object, index) = (given.at(vm, 0), given.at(vm, 1));
            Ok(item(vm, object, index, None)?.into())
        }),
        full("__setitem__", 3, 3, |vm, given| {
            let (object, index, value) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
            Ok(item(vm, object, index, Some(value))?.into())
        }),
        full("__int__", 1, 1, as_integer),
        plain("__hash__", 1, 1, |heap, given| {
            let kind = String::from(heap.type_name(given[0]));
            let message = format_args!("unsupported type for __hash__: '{kind}'");
            Err(heap.raise_fmt(TypeId::TypeError, message))
        }),
    ],
    construct: full_constructor("struct", 2, 3, construct),
    repr: Some(write_repr),
    ..TypeDef::named("struct")
};
