//! The object that `select.poll()` gives: what is registered with it, in the order in which that was done.

use super::polling;
use crate::arguments;
use crate::errno::ENOENT;
use crate::net::pollable::{GET_DESCRIPTOR, Pollable, ioctl_of};
use crate::net::system::{Events, READ, WRITE};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

/// The flag of `ipoll` that lets each thing be reported only once.
const ONE_SHOT: i64 = 1;

/// Something that is registered.
pub struct Entry {
    /// What the program registered.
    pub object: Value,
    /// How it is asked.
    pub kind: Pollable,
    /// What it is asked for.
    pub wanted: Events,
    /// What it was found ready for when it was last asked.
    pub found: Events,
}

/// A poll object. It is the iterator that `ipoll` gives, too.
pub struct Poll {
    class: Handle,
    /// What is registered.
    pub entries: Vec<Entry>,
    /// Where the iteration is.
    at: usize,
    flags: i64,
    /// The pair that every item of the iteration is, or None.
    pair: Value,
}

impl NativeObject for Poll {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.pair);
        for entry in &self.entries {
            tracer.value(entry.object);
        }
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        size_of::<Poll>() + self.entries.capacity() * size_of::<Entry>()
    }
}

impl Poll {
    /// One with nothing registered.
    pub fn make(heap: &mut Heap) -> Result<Value, Raised> {
        let class = heap.class_for(&TYPE)?;
        let poll = Poll { class, entries: Vec::new(), at: usize::MAX, flags: 0, pair: Value::NONE };
        arguments::object(heap, poll)
    }

    fn find(&mut self, object: Value) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.object == object)
    }

    /// Registers something, or changes what it is asked for. `more`: for this besides what it was asked for already.
    pub fn register(
        heap: &mut Heap,
        poll: Value,
        object: Value,
        kind: Pollable,
        wanted: Events,
        more: bool,
    ) -> Result<(), Raised> {
        let Some((poll, budget)) = heap.native_and_budget::<Poll>(poll) else { return Ok(()) };
        if let Some(entry) = poll.find(object) {
            entry.wanted = wanted | if more { entry.wanted } else { 0 };
            return Ok(());
        }
        budget.reserve(&mut poll.entries, 1)?;
        poll.entries.push(Entry { object, kind, wanted, found: 0 });
        Ok(())
    }
}

/// `poll()`
pub fn make(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(Poll::make(&mut vm.heap)?.into())
}

/// `register(object, eventmask=POLLIN | POLLOUT)`
fn register(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (poll, object) = (given.at(vm, 0), given.at(vm, 1));
    let wanted = match given.get(vm, 2) {
        Some(wanted) => arguments::integer(&mut vm.heap, wanted)? as Events,
        None => READ | WRITE,
    };
    let kind = Pollable::of(vm, object)?;
    let is_new = vm.heap.as_native_mut::<Poll>(poll).is_some_and(|poll| poll.find(object).is_none());
    if kind == Pollable::Python && is_new {
        let method = ioctl_of(vm, object)?;
        return Ok(Outcome::Frame(Box::new(Registering { poll, object, method, wanted, asked: false })));
    }
    Poll::register(&mut vm.heap, poll, object, kind, wanted, false)?;
    Ok(Value::NONE.into())
}

/// Asks an object written in Python whether it stands for a descriptor, then registers it.
struct Registering {
    poll: Value,
    object: Value,
    method: Value,
    wanted: Events,
    asked: bool,
}

impl NativeFrame for Registering {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if !self.asked {
            self.asked = true;
            let request = vm.heap.int(GET_DESCRIPTOR)?;
            return Ok(Step::Call(self.method, FewArguments::new(&[request, Value::tiny_int(0)])));
        }
        let number = match input {
            Input::Value(answer) => vm.heap.as_int(answer),
            _ => None,
        };
        let kind = match number.map(i32::try_from) {
            Some(Ok(number @ 0..)) => Pollable::Descriptor(number),
            _ => Pollable::Python,
        };
        Poll::register(&mut vm.heap, self.poll, self.object, kind, self.wanted, false)?;
        Ok(Step::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.poll, self.object, self.method]);
    }
}

/// `modify(object, eventmask)`
fn modify(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let wanted = arguments::integer(heap, given[2])? as Events;
    match heap.as_native_mut::<Poll>(given[0]).and_then(|poll| poll.find(given[1])) {
        Some(entry) => {
            entry.wanted = wanted;
            Ok(Value::NONE)
        }
        None => Err(heap.raise_os(ENOENT)),
    }
}

/// `unregister(object)`
fn unregister(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    if let Some(poll) = heap.as_native_mut::<Poll>(given[0])
        && let Some(place) = poll.entries.iter().position(|entry| entry.object == given[1])
    {
        poll.entries.remove(place);
        if place < poll.at && poll.at != usize::MAX {
            poll.at -= 1;
        }
    }
    Ok(Value::NONE)
}

/// Begins to iterate over what was found.
pub fn begin(heap: &mut Heap, poll: Value, flags: i64) -> Result<(), Raised> {
    if heap.as_native::<Poll>(poll).is_some_and(|poll| poll.pair.is_none()) {
        let pair = heap.tuple(&[Value::NONE, Value::NONE])?;
        if let Some(poll) = heap.as_native_mut::<Poll>(poll) {
            poll.pair = pair;
        }
    }
    if let Some(poll) = heap.as_native_mut::<Poll>(poll) {
        (poll.at, poll.flags) = (0, flags);
    }
    Ok(())
}

/// The next one that is ready: in the same pair every time, as upstream does.
fn next(vm: &mut Vm, value: Value) -> Result<Outcome, Raised> {
    let Some(poll) = vm.heap.as_native_mut::<Poll>(value) else { return Ok(Outcome::Stop(Value::NONE)) };
    let rest = poll.entries.iter_mut().enumerate().skip(poll.at);
    let Some((place, entry)) = rest.into_iter().find(|(_, entry)| entry.found != 0) else {
        poll.at = usize::MAX;
        return Ok(Outcome::Stop(Value::NONE));
    };
    if poll.flags & ONE_SHOT != 0 {
        // Not asked again until the program says for what.
        entry.wanted = 0;
    }
    let item = [entry.object, Value::tiny_int(entry.found as i32)];
    poll.at = place + 1;
    let pair = poll.pair;
    if let Some(Slot::SmallTuple(_, items)) = pair.as_handle().map(|handle| vm.heap.slot_mut(handle)) {
        items[..2].copy_from_slice(&item);
    }
    Ok(Outcome::Value(pair))
}

/// `poll`
static TYPE: TypeDef = TypeDef {
    members: &[
        full("register", 2, 3, register),
        plain("unregister", 2, 2, unregister),
        plain("modify", 3, 3, modify),
        full("poll", 1, 3, polling::poll),
        full("ipoll", 1, 3, polling::ipoll),
    ],
    next: Some(next),
    ..TypeDef::named("poll")
};
