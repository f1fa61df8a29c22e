//! Crossing: values and exceptions from Python to Rust and back.
//!
//! What is copied to Rust is charged to the heap's budget while it is copied, so that a program cannot have more copied
//! than it could hold itself; from then on it is Rust's. An exception made of a [`Exception`] is made here too.
//!
//! What must always hold: values made on the way back stand among the roots until the last one is made, because a key's
//! `__hash__` may run Python.

use super::common::Common;
use super::hub::Hub;
use super::{Data, Exception, Object, queue};
use crate::asyncio::{event, lock, semaphore};
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, OutOfMemory, Raised, Slot, TypeId, Value, try_copy};
use wigwag_vm::number::float;
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::run::Vm;

/// A value on its way to Rust.
pub fn to_rust(heap: &mut Heap, hub: &Hub, value: Value) -> Result<Data, Raised> {
    let mut charged = 0;
    let mut path = [Value::NONE; Data::DEEPEST as usize];
    let data = copy(heap, hub, value, &mut path, 0, &mut charged);
    heap.budget.release(charged);
    data
}

fn charge(heap: &mut Heap, charged: &mut usize, bytes: usize) -> Result<(), OutOfMemory> {
    heap.budget.charge(bytes)?;
    *charged += bytes;
    Ok(())
}

fn copy(
    heap: &mut Heap,
    hub: &Hub,
    value: Value,
    path: &mut [Value; Data::DEEPEST as usize],
    depth: usize,
    charged: &mut usize,
) -> Result<Data, Raised> {
    charge(heap, charged, size_of::<Data>())?;
    if let Some(data) = scalar(heap, value, charged)? {
        return Ok(data);
    }
    let Some(place) = path.get_mut(depth) else { return object(heap, hub, value) };
    *place = value;
    if path[..depth].contains(&value) {
        return object(heap, hub, value);
    }
    let is_list = heap.as_list(value).is_some();
    if let Some(items) = heap.as_sequence(value) {
        let items = try_copy(items)?;
        let mut copies = room_for(items.len())?;
        for item in items {
            copies.push(copy(heap, hub, item, path, depth + 1, charged)?);
        }
        return Ok(if is_list { Data::List(copies) } else { Data::Tuple(copies) });
    }
    if let Some(Slot::Dict(table)) = heap.slot_of(value) {
        let mut entries = room_for(table.len())?;
        entries.extend(table.iter().map(|entry| (entry.key, entry.value)));
        let mut copies = room_for(entries.len())?;
        for (key, value) in entries {
            let key = copy(heap, hub, key, path, depth + 1, charged)?;
            copies.push((key, copy(heap, hub, value, path, depth + 1, charged)?));
        }
        return Ok(Data::Dict(copies));
    }
    object(heap, hub, value)
}

fn room_for<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = Vec::new();
    items.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    Ok(items)
}

/// What is not copied: what both have in common, and everything that only Python has.
fn object(heap: &mut Heap, hub: &Hub, value: Value) -> Result<Data, Raised> {
    let object = hub.roots.hold(&mut heap.budget, value)?;
    if let Some(event) = heap.as_native::<event::Event>(value) {
        return Ok(Data::Event(Common::of_python(Rc::clone(&event.state), &hub.roots, object)));
    }
    if let Some(lock) = heap.as_native::<lock::Lock>(value) {
        return Ok(Data::Lock(Common::of_python(Rc::clone(&lock.state), &hub.roots, object)));
    }
    if let Some(semaphore) = heap.as_native::<semaphore::Semaphore>(value).filter(|known| !known.is_bounded())
    {
        return Ok(Data::Semaphore(Common::of_python(Rc::clone(&semaphore.state), &hub.roots, object)));
    }
    if let Some(queue) = heap.as_native::<queue::Queue>(value) {
        return Ok(Data::Queue(Common::of_python(Rc::clone(&queue.state), &hub.roots, object)));
    }
    Ok(Data::Object(object))
}

/// What Python has of something that both have in common; made at the first time.
fn common<T>(
    vm: &mut Vm,
    hub: &Hub,
    common: &Common<T>,
    make: fn(&mut Vm, Rc<T>) -> Result<Value, Raised>,
) -> Result<Value, Raised> {
    if let Some(object) = common.object() {
        return held(vm, hub, &object);
    }
    if !common.belongs_to(&hub.roots) {
        return Err(elsewhere(vm));
    }
    let made = make(vm, Rc::clone(common.state()))?;
    common.set_object(hub.roots.hold(&mut vm.heap.budget, made)?);
    Ok(made)
}

fn held(vm: &mut Vm, hub: &Hub, object: &Object) -> Result<Value, Raised> {
    match object.value(&hub.roots) {
        Some(value) => Ok(value),
        None => Err(elsewhere(vm)),
    }
}

#[cold]
fn elsewhere(vm: &mut Vm) -> Raised {
    vm.type_error("the object belongs to another engine")
}

/// What contains nothing else.
fn scalar(heap: &mut Heap, value: Value, charged: &mut usize) -> Result<Option<Data>, Raised> {
    if value.is_none() {
        return Ok(Some(Data::None));
    }
    if let Some(truth) = value.as_bool() {
        return Ok(Some(Data::Bool(truth)));
    }
    if let Some(integer) = heap.as_int(value) {
        return Ok(Some(Data::Int(integer)));
    }
    if let Some(float) = heap.as_float(value) {
        return Ok(Some(Data::Float(float)));
    }
    if let Some(text) = heap.as_str(value) {
        let mut copy = String::new();
        copy.try_reserve_exact(text.len()).map_err(|_| OutOfMemory)?;
        copy.push_str(text);
        charge(heap, charged, copy.len())?;
        return Ok(Some(Data::Str(copy)));
    }
    if let Some(Slot::Bytes(bytes)) = heap.slot_of(value) {
        let copy = try_copy(bytes)?;
        charge(heap, charged, copy.len())?;
        return Ok(Some(Data::Bytes(copy)));
    }
    Ok(None)
}

/// A value on its way to Python.
pub fn to_python(vm: &mut Vm, hub: &Hub, data: &Data) -> Result<Value, Raised> {
    make(vm, hub, data, 0)
}

/// Several of them; those made are left among the roots, for the caller to take off.
pub fn all_to_python(vm: &mut Vm, hub: &Hub, all: &[Data]) -> Result<Vec<Value>, Raised> {
    make_all(vm, hub, all.iter(), 0)
}

fn make_all<'d>(
    vm: &mut Vm,
    hub: &Hub,
    all: impl Iterator<Item = &'d Data>,
    depth: u32,
) -> Result<Vec<Value>, Raised> {
    let start = vm.roots.len();
    for data in all {
        let value = make(vm, hub, data, depth)?;
        vm.roots.push(value);
    }
    Ok(try_copy(vm.roots.get(start..).unwrap_or_default())?)
}

fn make(vm: &mut Vm, hub: &Hub, data: &Data, depth: u32) -> Result<Value, Raised> {
    let rooted = vm.roots.len();
    let made = make_rooting(vm, hub, data, depth);
    vm.roots.truncate(rooted);
    made
}

/// The same; what it was made of is left among the roots.
fn make_rooting(vm: &mut Vm, hub: &Hub, data: &Data, depth: u32) -> Result<Value, Raised> {
    if depth > 2 * Data::DEEPEST {
        return Err(vm.heap.raise(TypeId::ValueError, "nested too deeply"));
    }
    match data {
        Data::None => Ok(Value::NONE),
        Data::Bool(truth) => Ok(Value::from_bool(*truth)),
        Data::Int(integer) => vm.heap.int(*integer),
        Data::Float(float) => vm.heap.float(*float),
        Data::Str(text) => vm.heap.str(text),
        Data::Bytes(bytes) => vm.heap.bytes(bytes),
        Data::List(items) => {
            let items = make_all(vm, hub, items.iter(), depth + 1)?;
            vm.heap.list(&items)
        }
        Data::Tuple(items) => {
            let items = make_all(vm, hub, items.iter(), depth + 1)?;
            vm.heap.tuple(&items)
        }
        Data::Dict(entries) => {
            let table = vm.heap.dict(Dict::new())?;
            vm.roots.push(table);
            for (key, value) in entries {
                let key = make(vm, hub, key, depth + 1)?;
                vm.roots.push(key);
                let value = make(vm, hub, value, depth + 1)?;
                vm.roots.push(value);
                vm.dict_set(table, key, value)?;
            }
            Ok(table)
        }
        Data::Event(event) => common(vm, hub, event, event::Event::make),
        Data::Lock(lock) => common(vm, hub, lock, lock::Lock::make),
        Data::Semaphore(semaphore) => common(vm, hub, semaphore, semaphore::Semaphore::make),
        Data::Queue(queue) => common(vm, hub, queue, queue::make),
        Data::Object(object) => held(vm, hub, object),
    }
}

/// A Python exception on its way to Rust.
pub fn exception_to_rust(heap: &mut Heap, hub: &Hub, exception: Value) -> Result<Exception, Raised> {
    let name = String::from(heap.type_name(exception));
    let mut charged = 0;
    let scalar = scalar(heap, heap.exception_value(exception), &mut charged);
    heap.budget.release(charged);
    let message = match scalar? {
        Some(Data::Str(text)) => text,
        Some(Data::Int(integer)) => integer.to_string(),
        Some(Data::Float(float)) => float::repr(float).as_str().to_string(),
        Some(Data::Bool(truth)) => String::from(if truth { "True" } else { "False" }),
        _ => String::new(),
    };
    let object = hub.roots.hold(&mut heap.budget, exception)?;
    Ok(Exception::of_python(name, message, object))
}

/// A Rust error, raised in Python.
#[cold]
pub fn raise(vm: &mut Vm, hub: &Hub, exception: &Exception) -> Raised {
    match exception_to_python(vm, hub, exception) {
        Ok(exception) => Raised(exception),
        Err(raised) => raised,
    }
}

/// A Rust error on its way to Python.
pub fn exception_to_python(vm: &mut Vm, hub: &Hub, exception: &Exception) -> Result<Value, Raised> {
    if let Some(value) = exception.object().and_then(|object| object.value(&hub.roots)) {
        return Ok(value);
    }
    let Some(class) = class_of(vm, hub, exception.name())? else {
        let text = vm.heap.str(&exception.to_string())?;
        return vm.heap.new_exception(TypeId::RuntimeError, &[text]);
    };
    match exception.message() {
        "" => vm.heap.new_exception_of(class, &[]),
        message => {
            let text = vm.heap.str(message)?;
            vm.heap.new_exception_of(class, &[text])
        }
    }
}

/// The exception class of this name.
pub fn class_of(vm: &mut Vm, hub: &Hub, name: &str) -> Result<Option<Handle>, Raised> {
    if let Some(class) = hub.exception_class(name) {
        return Ok(vm.heap.as_class(class));
    }
    let (namespace, name) = match name.rsplit_once('.') {
        None => (Some(vm.builtins), name),
        Some((module, name)) => {
            let module = match vm.loaded_module(module) {
                Some(module) => Some(module),
                None => vm.native_module(module)?,
            };
            let namespace = match module.and_then(|module| vm.heap.slot_of(module)) {
                Some(Slot::Module(namespace)) => Some(*namespace),
                _ => None,
            };
            (namespace, name)
        }
    };
    let symbol = vm.heap.intern(name)?;
    let class = namespace.and_then(|namespace| vm.namespace_get(namespace, symbol));
    let class = class.and_then(|class| vm.heap.as_class(class));
    let is_exception = |class: &Handle| vm.heap.is_subclass(*class, TypeId::BaseException.handle());
    Ok(class.filter(is_exception))
}
