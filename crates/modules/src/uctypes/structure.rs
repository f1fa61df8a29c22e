//! `struct`: a descriptor laid over bytes at an address. Fields are attributes, elements are items.

use super::descriptor::{Aggregate, AggregateKind, Descriptor, Measure, Order, Scalar, decode, syntax_error};
use super::{address, bytes};
use crate::arguments;
use crate::binary::{self, Kind, Layout};
use crate::memory::{self, bytes_in, bytes_in_mut, nothing_at};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::native::{NativeObject, Window};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A structure, an array or a pointer.
pub struct Structure {
    class: Handle,
    /// What describes it.
    pub descriptor: Value,
    /// Where it begins.
    pub address: u64,
    /// What lies there, to the end of the object; the base is None where nothing does.
    memory: Window,
    /// How many bytes it has by its descriptor; 0 where that makes no sense.
    size: usize,
    /// How its fields lie.
    pub order: Order,
}

impl NativeObject for Structure {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.descriptor);
        tracer.value(self.memory.base);
    }

    fn bytes(&self) -> usize {
        size_of::<Structure>()
    }

    fn window(&self) -> Option<Window> {
        Some(Window { length: self.size.min(self.memory.length), ..self.memory })
    }

    fn is_buffer_writable(&self) -> bool {
        true
    }
}

/// Where a field or an element is: its address, and what lies there.
#[derive(Clone, Copy)]
struct Place {
    address: u64,
    memory: Window,
}

const NOWHERE: Window = Window { base: Value::NONE, start: 0, length: 0 };

impl Place {
    /// The place at an address.
    fn at(vm: &mut Vm, address: u64) -> Place {
        Place { address, memory: memory::window_at(vm, address).unwrap_or(NOWHERE) }
    }

    /// The place so many bytes on, in the same object.
    fn after(self, offset: u64) -> Place {
        let address = self.address.wrapping_add(offset);
        let memory = match usize::try_from(offset) {
            Ok(offset) if offset <= self.memory.length => Window {
                start: self.memory.start.saturating_add(offset),
                length: self.memory.length - offset,
                ..self.memory
            },
            _ => NOWHERE,
        };
        Place { address, memory }
    }

    /// The word of so many bytes there.
    fn word(self, heap: &mut Heap, size: usize, order: Order) -> Result<u64, Raised> {
        match bytes_in(heap, self.memory, 0, size) {
            Some(bytes) => Ok(binary::word(bytes, order == Order::Big)),
            None => Err(nothing_at(heap, self.address)),
        }
    }

    fn put_word(self, heap: &mut Heap, size: usize, order: Order, word: u64) -> Result<(), Raised> {
        match bytes_in_mut(heap, self.memory, 0, size) {
            Some(bytes) => {
                binary::put(word, bytes, order == Order::Big);
                Ok(())
            }
            None => Err(nothing_at(heap, self.address)),
        }
    }

    fn load(self, heap: &mut Heap, scalar: Scalar, order: Order) -> Result<Value, Raised> {
        let Layout { kind, size } = scalar.layout;
        let word = self.word(heap, size, order)?;
        let Some((low, count)) = scalar.bits else {
            return binary::load(heap, scalar.layout, &word.to_le_bytes()[..size], false);
        };
        let field = (word >> low) & ((1 << count) - 1);
        let is_negative = kind == Kind::Signed && count > 0 && field >> (count - 1) & 1 == 1;
        heap.int(field as i64 - if is_negative { 1 << count } else { 0 })
    }

    fn store(self, heap: &mut Heap, scalar: Scalar, order: Order, value: Value) -> Result<(), Raised> {
        let size = scalar.layout.size;
        let word = binary::store(heap, scalar.layout, value)?;
        let word = match scalar.bits {
            None => word,
            Some((low, count)) => {
                let mask = ((1_u64 << count) - 1) << low;
                self.word(heap, size, order)? & !mask | (word << low) & mask
            }
        };
        self.put_word(heap, size, order, word)
    }
}

/// A structure, or what stands for one: bytes for an array of bytes.
fn make(vm: &mut Vm, place: Place, descriptor: Value, order: Order) -> Result<Value, Raised> {
    let word_bytes = binary::word_bytes(vm);
    let size = match Measure::new(order, word_bytes).size(&mut vm.heap, descriptor) {
        Ok(size) => usize::try_from(size).unwrap_or(usize::MAX),
        Err(Raised::OUT_OF_MEMORY) => return Err(Raised::OUT_OF_MEMORY),
        // What is wrong with a descriptor comes up when a field is asked for.
        Err(_) => 0,
    };
    let class = vm.heap.class_for(&TYPE)?;
    let Place { address, memory } = place;
    arguments::object(&mut vm.heap, Structure { class, descriptor, address, memory, size, order })
}

/// `struct(address, descriptor, layout=NATIVE)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (start, descriptor) = (given.at(vm, 1), given.at(vm, 2));
    let start = address(&mut vm.heap, start)?;
    let order = match given.get(vm, 3) {
        Some(order) => Order::numbered(arguments::integer(&mut vm.heap, order)?),
        None => Order::Native,
    };
    let place = Place::at(vm, start);
    Ok(make(vm, place, descriptor, order)?.into())
}

/// What a structure is made of: its place, its descriptor, its order.
fn parts(vm: &Vm, value: Value) -> (Place, Value, Order) {
    match vm.heap.as_native::<Structure>(value) {
        Some(structure) => {
            let place = Place { address: structure.address, memory: structure.memory };
            (place, structure.descriptor, structure.order)
        }
        None => (Place { address: 0, memory: NOWHERE }, Value::NONE, Order::Native),
    }
}

/// The descriptor of a field.
fn field(vm: &mut Vm, descriptor: Value, name: Value) -> Result<Value, Raised> {
    if vm.heap.as_dict(descriptor).is_none() {
        return Err(vm.heap.raise(TypeId::TypeError, "struct: no fields"));
    }
    match vm.dict_get(descriptor, name)? {
        Some(field) => Ok(field),
        None => Err(vm.heap.raise_key(name)),
    }
}

/// `structure.name`
fn get_attribute(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (this, name) = (given.at(vm, 0), given.at(vm, 1));
    let (place, descriptor, order) = parts(vm, this);
    let field = field(vm, descriptor, name)?;
    let aggregate = match decode(&vm.heap, field) {
        Descriptor::Scalar(scalar) => {
            return Ok(place.after(scalar.offset).load(&mut vm.heap, scalar, order)?.into());
        }
        Descriptor::Aggregate(aggregate) => aggregate,
        _ => return Err(syntax_error(&mut vm.heap)),
    };
    let place = place.after(aggregate.offset);
    Ok(match aggregate.kind {
        Some(AggregateKind::Struct) => make(vm, place, aggregate.parts[0], order)?,
        Some(AggregateKind::Array) if is_array_of_bytes(&vm.heap, aggregate) => {
            let word_bytes = binary::word_bytes(vm);
            let length = Measure::new(order, word_bytes).aggregate(&mut vm.heap, aggregate)?;
            let length = usize::try_from(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
            bytes::make(&mut vm.heap, place.address, Some(place.memory), length)?
        }
        Some(AggregateKind::Array | AggregateKind::Pointer) => make(vm, place, field, order)?,
        None => return Err(syntax_error(&mut vm.heap)),
    }
    .into())
}

fn is_array_of_bytes(heap: &Heap, array: Aggregate) -> bool {
    array.count == 1 && heap.as_int(array.parts[0]).is_some_and(|item| Scalar::decode(item).is_byte)
}

/// `structure.name = value`
fn set_attribute(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (this, name, value) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
    let (place, descriptor, order) = parts(vm, this);
    let field = field(vm, descriptor, name)?;
    match decode(&vm.heap, field) {
        Descriptor::Scalar(scalar) => {
            place.after(scalar.offset).store(&mut vm.heap, scalar, order, value)?;
            Ok(Value::NONE.into())
        }
        _ => Err(syntax_error(&mut vm.heap)),
    }
}

/// An element of an array or behind a pointer.
enum Element {
    Scalar(Place, Scalar, Order),
    Aggregate(Place, Value, Order),
}

fn element(vm: &mut Vm, this: Value, index: Value) -> Result<Element, Raised> {
    let (place, descriptor, order) = parts(vm, this);
    let Descriptor::Aggregate(aggregate) = decode(&vm.heap, descriptor) else {
        return Err(vm.heap.raise(TypeId::TypeError, "struct: can't index"));
    };
    let index = arguments::integer(&mut vm.heap, index)?;
    match aggregate.kind {
        Some(AggregateKind::Array) => array_element(vm, place, aggregate, index, order),
        Some(AggregateKind::Pointer) => pointed(vm, place, aggregate, index, order),
        _ => Err(vm.heap.raise(TypeId::TypeError, "struct: can't index")),
    }
}

fn array_element(
    vm: &mut Vm,
    place: Place,
    array: Aggregate,
    index: i64,
    order: Order,
) -> Result<Element, Raised> {
    let Some(number) = vm.heap.as_int(array.parts[0]) else { return Err(syntax_error(&mut vm.heap)) };
    let item = Scalar { bits: None, ..Scalar::decode(number) };
    let Some(index) = u64::try_from(index).ok().filter(|&index| index < item.offset) else {
        return Err(vm.heap.raise(TypeId::IndexError, "struct: index out of range"));
    };
    if array.count == 1 {
        return Ok(Element::Scalar(place.after(index * item.layout.size as u64), item, order));
    }
    let size = measured(vm, array.parts[1], order)?;
    Ok(Element::Aggregate(place.after(index.saturating_mul(size)), array.parts[1], order))
}

/// What is behind a pointer, so many elements on; scalars there are in the machine's order.
fn pointed(
    vm: &mut Vm,
    place: Place,
    pointer: Aggregate,
    index: i64,
    order: Order,
) -> Result<Element, Raised> {
    let target = pointer_value(vm, place)?;
    let at = |size: u64| target.wrapping_add((index as u64).wrapping_mul(size));
    match decode(&vm.heap, pointer.parts[0]) {
        Descriptor::Scalar(scalar) => {
            let place = Place::at(vm, at(scalar.layout.size as u64));
            Ok(Element::Scalar(place, Scalar { bits: None, ..scalar }, Order::Native))
        }
        _ => {
            let size = measured(vm, pointer.parts[0], order)?;
            Ok(Element::Aggregate(Place::at(vm, at(size)), pointer.parts[0], order))
        }
    }
}

fn pointer_value(vm: &mut Vm, place: Place) -> Result<u64, Raised> {
    let word_bytes = binary::word_bytes(vm);
    place.word(&mut vm.heap, word_bytes, Order::Native)
}

fn measured(vm: &mut Vm, descriptor: Value, order: Order) -> Result<u64, Raised> {
    let word_bytes = binary::word_bytes(vm);
    Measure::new(order, word_bytes).size(&mut vm.heap, descriptor)
}

/// `structure[index]`
fn get_item(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (this, index) = (given.at(vm, 0), given.at(vm, 1));
    Ok(match element(vm, this, index)? {
        Element::Scalar(place, scalar, order) => place.load(&mut vm.heap, scalar, order)?,
        Element::Aggregate(place, descriptor, order) => make(vm, place, descriptor, order)?,
    }
    .into())
}

/// `structure[index] = value`
fn set_item(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (this, index, value) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
    match element(vm, this, index)? {
        Element::Scalar(place, scalar, order) => {
            place.store(&mut vm.heap, scalar, order, value)?;
            Ok(Value::NONE.into())
        }
        Element::Aggregate(..) => {
            let message = "'struct' object doesn't support item assignment";
            Err(vm.heap.raise(TypeId::TypeError, message))
        }
    }
}

/// `int(structure)`: where a pointer points to.
fn to_int(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let this = given.at(vm, 0);
    let (place, descriptor, _) = parts(vm, this);
    match decode(&vm.heap, descriptor) {
        Descriptor::Aggregate(Aggregate { kind: Some(AggregateKind::Pointer), .. }) => {
            let target = pointer_value(vm, place)?;
            Ok(vm.heap.integer(target.into())?.into())
        }
        _ => Err(vm.heap.raise(TypeId::TypeError, "can't convert struct to int")),
    }
}

/// `struct`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("__getattr__", 2, 2, get_attribute),
        full("__setattr__", 3, 3, set_attribute),
        full("__getitem__", 2, 2, get_item),
        full("__setitem__", 3, 3, set_item),
        full("__int__", 1, 1, to_int),
        plain("__hash__", 1, 1, |heap, _| {
            Err(heap.raise(TypeId::TypeError, "unsupported type for __hash__: 'struct'"))
        }),
    ],
    construct: full_constructor("struct", 2, 3, construct),
    repr: Some(|heap, value, out| {
        let Some(structure) = heap.as_native::<Structure>(value) else { return Ok(()) };
        let kind = match decode(heap, structure.descriptor) {
            Descriptor::Fields(_) => "STRUCT",
            Descriptor::Aggregate(Aggregate { kind: Some(AggregateKind::Pointer), .. }) => "PTR",
            Descriptor::Aggregate(Aggregate { kind: Some(AggregateKind::Array), .. }) => "ARRAY",
            Descriptor::Aggregate(_) => "unk",
            _ => "ERROR",
        };
        write!(out, "<struct {kind} {:x}>", structure.address)
    }),
    ..TypeDef::named("struct")
};
