//! `deque`: a queue with two ends and a bound.
//!
//! A full deque drops an item at the other end, or, where it was made to check for overflow, raises. Its room is made
//! at once, so that appending never allocates.

use crate::arguments;
use crate::index_iterator;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::objects::slice::position;
use wigwag_vm::run::native_frame::{Items, Walk};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// A ring of values.
struct Deque {
    class: Handle,
    /// As long as the deque may get; unused places are unbound.
    places: Vec<Value>,
    first: usize,
    count: usize,
    /// Raise when full, in place of dropping an item.
    checks: bool,
}

impl NativeObject for Deque {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.places);
    }

    fn bytes(&self) -> usize {
        size_of::<Deque>() + self.places.capacity() * size_of::<Value>()
    }
}

impl Deque {
    fn place(&self, number: usize) -> usize {
        (self.first + number) % self.places.len().max(1)
    }

    fn get(&self, number: usize) -> Option<Value> {
        if number < self.count { self.places.get(self.place(number)).copied() } else { None }
    }

    fn is_full(&self) -> bool {
        self.count == self.places.len()
    }

    /// Appends an item, at the cost of the first where there is no room.
    fn push_back(&mut self, item: Value) {
        if self.is_full() {
            self.pop_front();
        }
        let place = self.place(self.count);
        if let Some(cell) = self.places.get_mut(place) {
            *cell = item;
            self.count += 1;
        }
    }

    fn push_front(&mut self, item: Value) {
        if self.is_full() {
            self.pop_back();
        }
        let length = self.places.len();
        if length > 0 {
            self.first = (self.first + length - 1) % length;
            self.places[self.first] = item;
            self.count += 1;
        }
    }

    fn pop_front(&mut self) -> Option<Value> {
        let item = self.get(0)?;
        self.places[self.first] = Value::UNBOUND;
        self.first = self.place(1);
        self.count -= 1;
        Some(item)
    }

    fn pop_back(&mut self) -> Option<Value> {
        let item = self.get(self.count.checked_sub(1)?)?;
        self.count -= 1;
        let place = self.place(self.count);
        self.places[place] = Value::UNBOUND;
        Some(item)
    }
}

/// Puts an item in at one end.
fn push(heap: &mut Heap, deque: Value, item: Value, at_front: bool) -> Result<Value, Raised> {
    let refuses = heap.as_native::<Deque>(deque).is_some_and(|deque| deque.checks && deque.is_full());
    if refuses {
        return Err(heap.raise(TypeId::IndexError, "full"));
    }
    if let Some(deque) = heap.as_native_mut::<Deque>(deque) {
        if at_front { deque.push_front(item) } else { deque.push_back(item) }
    }
    Ok(Value::NONE)
}

/// Takes an item out at one end.
fn pop(heap: &mut Heap, deque: Value, at_front: bool) -> Result<Value, Raised> {
    let item = heap
        .as_native_mut::<Deque>(deque)
        .and_then(|deque| if at_front { deque.pop_front() } else { deque.pop_back() });
    match item {
        Some(item) => Ok(item),
        None => Err(heap.raise(TypeId::IndexError, "empty")),
    }
}

fn length(heap: &Heap, deque: Value) -> usize {
    heap.as_native::<Deque>(deque).map_or(0, |deque| deque.count)
}

fn get_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let number = position(heap, given[1], length(heap, given[0]), "deque")?;
    Ok(heap.as_native::<Deque>(given[0]).and_then(|deque| deque.get(number)).unwrap_or(Value::NONE))
}

fn set_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let number = position(heap, given[1], length(heap, given[0]), "deque")?;
    if let Some(deque) = heap.as_native_mut::<Deque>(given[0]) {
        let place = deque.place(number);
        deque.places[place] = given[2];
    }
    Ok(Value::NONE)
}

fn item(heap: &mut Heap, deque: Value, number: usize) -> Result<Option<Value>, Raised> {
    Ok(heap.as_native::<Deque>(deque).and_then(|deque| deque.get(number)))
}

/// Appends what an iterable gives.
struct Fill {
    deque: Value,
    walk: Walk,
    result: Value,
}

impl NativeFrame for Fill {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            match self.walk.next(vm, input)? {
                Items::Item(item) => push(&mut vm.heap, self.deque, item, false)?,
                Items::End => return Ok(Step::Return(self.result)),
                Items::Ask(step) => return Ok(step),
            };
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.deque);
        tracer.value(self.result);
        self.walk.trace(tracer);
    }
}

/// `deque(iterable, maxlen, flags=0)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if !given.keywords(vm).is_empty() {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    let (class, source, maximum) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let maximum = arguments::integer(&mut vm.heap, maximum)?;
    let Ok(maximum) = usize::try_from(maximum) else {
        return Err(vm.heap.raise_bare(TypeId::ValueError));
    };
    let flags = match given.get(vm, 3) {
        Some(flags) => arguments::integer(&mut vm.heap, flags)?,
        None => 0,
    };
    if maximum > vm.heap.max_length() / size_of::<Value>() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut places = Vec::new();
    places.try_reserve_exact(maximum).map_err(|_| Raised::OUT_OF_MEMORY)?;
    places.resize(maximum, Value::UNBOUND);
    let deque = Deque { class, places, first: 0, count: 0, checks: flags & 1 != 0 };
    let deque = arguments::object(&mut vm.heap, deque)?;
    Ok(Outcome::Frame(Box::new(Fill { deque, walk: Walk::new(source), result: deque })))
}

fn extend(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (deque, source) = (given.at(vm, 0), given.at(vm, 1));
    Ok(Outcome::Frame(Box::new(Fill { deque, walk: Walk::new(source), result: Value::NONE })))
}

/// `collections.deque`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("append", 2, 2, |heap, given| push(heap, given[0], given[1], false)),
        plain("appendleft", 2, 2, |heap, given| push(heap, given[0], given[1], true)),
        plain("pop", 1, 1, |heap, given| pop(heap, given[0], false)),
        plain("popleft", 1, 1, |heap, given| pop(heap, given[0], true)),
        full("extend", 2, 2, extend),
        plain("__len__", 1, 1, |heap, given| {
            let length = length(heap, given[0]);
            heap.size(length)
        }),
        plain("__getitem__", 2, 2, get_item),
        plain("__setitem__", 3, 3, set_item),
        plain("__iter__", 1, 1, |heap, given| index_iterator::make(heap, given[0], item)),
    ],
    construct: constructor("deque", 2, 3, construct),
    base_for_classes: true,
    ..TypeDef::named("deque")
};
