//! Iteration: `iter`, `next`, `yield from`, unpacking.
//!
//! Built-in iterators advance right here. For generators and objects with `__next__` a frame is pushed, and the action
//! tells what an item or the end means to whoever asked.

use super::frame::{Action, Input};
use super::native_frame::{NativeFrame, Step};
use super::run_loop::Delivered;
use super::{Called, FewArguments, Outcome, Vm};
use crate::heap::{DictPart, Handle, Heap, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::objects::function::NextFunction;
use crate::objects::generator::State;

/// The next item of a built-in iterator.
pub enum Item {
    /// An item.
    Some(Value),
    /// There is none.
    End,
    /// It is no built-in iterator.
    Other,
}

/// Whether [`next_plain`] knows an iterator.
pub fn is_plain(heap: &Heap, iterator: Value) -> bool {
    matches!(
        heap.slot_of(iterator),
        Some(Slot::RangeIterator(_) | Slot::SequenceIterator(..) | Slot::DictIterator(..))
    )
}

/// Advances the iterators that most loops have, over a range or a list; what [`next_plain`] does for these, without a call.
#[inline(always)]
pub(super) fn next_quickly(heap: &mut Heap, iterator: Value) -> Item {
    match heap.slot_of_mut(iterator) {
        Some(Slot::RangeIterator([next, stop, step])) if *step > 0 => {
            let current = *next;
            if current >= *stop {
                return Item::End;
            }
            match (Value::small_int(current), current.checked_add(*step)) {
                (Some(value), Some(following)) => {
                    *next = following;
                    Item::Some(value)
                }
                _ => Item::Other,
            }
        }
        Some(&mut Slot::SequenceIterator(source, position)) => {
            let Some(Slot::List(items)) = heap.slot_of(source) else { return Item::Other };
            let Some(&item) = items.get(position) else { return Item::End };
            if let Some(Slot::SequenceIterator(_, position)) = heap.slot_of_mut(iterator) {
                *position += 1;
            }
            Item::Some(item)
        }
        _ => Item::Other,
    }
}

/// Advances a built-in iterator.
#[inline]
pub fn next_plain(heap: &mut Heap, iterator: Value) -> Result<Item, Raised> {
    let Some(handle) = iterator.as_handle() else { return Ok(Item::Other) };
    match heap.slot_mut(handle) {
        Slot::RangeIterator([next, stop, step]) => {
            let current = *next;
            let more = if *step > 0 { current < *stop } else { current > *stop };
            if !more {
                return Ok(Item::End);
            }
            let step = *step;
            let value = match Value::small_int(current) {
                Some(value) => value,
                None => heap.int(current)?,
            };
            if let Slot::RangeIterator([next, stop, _]) = heap.slot_mut(handle) {
                *next = current.checked_add(step).unwrap_or(*stop);
            }
            Ok(Item::Some(value))
        }
        &mut Slot::SequenceIterator(source, position) => {
            // In a text the position counts bytes, so that no item needs a walk from the start.
            let ascii = match heap.slot_of(source) {
                Some(Slot::Str(object)) => object.text.as_bytes().get(position).copied().filter(u8::is_ascii),
                _ => None,
            };
            let (item, step) = match ascii {
                Some(character) => (Some(Value::from_symbol(Symbol::latin(character))), 1),
                None => {
                    let item = sequence_item(heap, source, position)?;
                    let step = match item.and_then(|item| heap.as_str(item)) {
                        Some(character) if heap.as_str(source).is_some() => character.len(),
                        _ => 1,
                    };
                    (item, step)
                }
            };
            let Some(item) = item else { return Ok(Item::End) };
            if let Slot::SequenceIterator(_, position) = heap.slot_mut(handle) {
                *position += step;
            }
            Ok(Item::Some(item))
        }
        &mut Slot::DictIterator(table, position, expected, part) => {
            next_entry(heap, handle, table, position, expected, part)
        }
        _ => Ok(Item::Other),
    }
}

fn next_entry(
    heap: &mut Heap,
    handle: crate::heap::Handle,
    table: Value,
    position: u32,
    expected: u32,
    part: DictPart,
) -> Result<Item, Raised> {
    let dict = match heap.slot_of(table) {
        Some(Slot::Dict(dict) | Slot::Set(dict) | Slot::FrozenSet(dict)) => dict,
        _ => return Ok(Item::End),
    };
    if dict.len() as u32 != expected {
        return Err(heap.raise(TypeId::RuntimeError, "dictionary changed size during iteration"));
    }
    let mut number = (position as usize).max(dict.head());
    while let Some(entry) = dict.entry(number) {
        number += 1;
        if entry.key.is_unbound() {
            continue;
        }
        let (key, value) = (entry.key, entry.value);
        let item = match part {
            DictPart::Keys => key,
            DictPart::Values => value,
            DictPart::Items => heap.tuple(&[key, value])?,
        };
        if let Slot::DictIterator(_, position, ..) = heap.slot_mut(handle) {
            *position = number as u32;
        }
        return Ok(Item::Some(item));
    }
    Ok(Item::End)
}

/// The item of a built-in sequence at a position; for a string the position counts bytes of the text.
fn sequence_item(heap: &mut Heap, source: Value, position: usize) -> Result<Option<Value>, Raised> {
    if let Some(items) = heap.as_sequence(source) {
        return Ok(items.get(position).copied());
    }
    if let Some(text) = heap.as_str(source) {
        let character = text.get(position..).and_then(|rest| rest.chars().next());
        return character.map(|character| heap.character(character)).transpose();
    }
    if let Some(Slot::MemoryView(_)) = heap.slot_of(source) {
        return crate::objects::memoryview::item(heap, source, position);
    }
    if let Some(bytes) = heap.as_bytes(source) {
        return Ok(bytes.get(position).map(|&byte| Value::tiny_int(byte as i32)));
    }
    Ok(None)
}

/// `iter` of a built-in container or iterator; `None` for anything else.
pub fn iter_plain(heap: &mut Heap, source: Value) -> Result<Option<Value>, Raised> {
    let slot = match heap.slot_of(source) {
        Some(Slot::List(_) | Slot::Tuple(_) | Slot::SmallTuple(..) | Slot::Str(_)) => {
            Slot::SequenceIterator(source, 0)
        }
        Some(Slot::Bytes(_) | Slot::ByteArray(_) | Slot::MemoryView(_)) => Slot::SequenceIterator(source, 0),
        Some(&Slot::Range(range)) => Slot::RangeIterator(range),
        Some(Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table)) => {
            Slot::DictIterator(source, 0, table.len() as u32, DictPart::Keys)
        }
        Some(&Slot::DictView(table, part)) => {
            let length = heap.as_dict(table).map_or(0, |dict| dict.len() as u32);
            Slot::DictIterator(table, 0, length, part)
        }
        Some(
            Slot::Generator(_) | Slot::SequenceIterator(..) | Slot::RangeIterator(_) | Slot::DictIterator(..),
        ) => return Ok(Some(source)),
        Some(Slot::Object(object)) => {
            let class = object.class();
            let is_iterator = heap
                .class(class)
                .and_then(|class| class.definition)
                .is_some_and(|definition| definition.next.is_some());
            return Ok(is_iterator.then_some(source));
        }
        None if source.as_symbol().is_some() => Slot::SequenceIterator(source, 0),
        _ => return Ok(None),
    };
    Ok(Some(heap.allocate(slot)?.value()))
}

impl Vm {
    /// `iter(source)`
    pub fn iter(&mut self, source: Value, action: Action) -> Result<Called, Raised> {
        if let Some(iterator) = iter_plain(&mut self.heap, source)? {
            return Ok(Called::Value(iterator));
        }
        if let Some(method) = self.heap.special(source, sym::ITER)? {
            let (method, receiver) = self.bind_special(method, source)?;
            let receiver = self.native_receiver(method, receiver);
            return match receiver {
                Some(receiver) => self.call_with(method, &[receiver], action),
                None => self.call_with(method, &[], action),
            };
        }
        let part = self.heap.native_part(source);
        if part != source {
            return self.iter(part, action);
        }
        if self.heap.special(source, sym::GETITEM)?.is_some() {
            let iterator = super::generators::GetitemIterator::make(self, source)?;
            return Ok(Called::Value(iterator));
        }
        let kind = alloc::string::String::from(self.heap.type_name(source));
        Err(self.heap.raise_fmt(TypeId::TypeError, format_args!("'{kind}' object isn't iterable")))
    }

    /// For a built-in method found on an instance of a Python class, the built-in object inside.
    pub(super) fn native_receiver(&self, method: Value, receiver: Option<Value>) -> Option<Value> {
        match self.heap.slot_of(method) {
            Some(Slot::Native(_)) => receiver.map(|receiver| self.heap.native_part(receiver)),
            _ => receiver,
        }
    }

    /// The next item of an iterator: [`Called::Value`], or [`Called::Stop`] at the end.
    pub fn next(&mut self, iterator: Value, action: Action) -> Result<Called, Raised> {
        match next_plain(&mut self.heap, iterator)? {
            Item::Some(value) => Ok(Called::Value(value)),
            Item::End => Ok(Called::Stop(Value::NONE)),
            Item::Other => self.next_other(iterator, action),
        }
    }

    /// The same of an iterator that [`next_plain`] does not know.
    pub(super) fn next_other(&mut self, iterator: Value, action: Action) -> Result<Called, Raised> {
        match self.heap.slot_of(iterator) {
            Some(Slot::Generator(_)) => match iterator.as_handle() {
                Some(generator) => self.resume(generator, Input::Value(Value::NONE), action),
                None => Ok(Called::Stop(Value::NONE)),
            },
            Some(Slot::Object(object)) => {
                let definition = self.heap.class(object.class()).and_then(|class| class.definition);
                match definition.and_then(|definition| definition.next) {
                    Some(next) => match next(self, iterator)? {
                        Outcome::Value(value) => Ok(Called::Value(value)),
                        outcome => self.complete(outcome, action),
                    },
                    None => self.next_special(iterator, action),
                }
            }
            _ => self.next_special(iterator, action),
        }
    }

    fn next_special(&mut self, iterator: Value, action: Action) -> Result<Called, Raised> {
        if let Some(method) = self.heap.special(iterator, sym::NEXT)? {
            let called = match self.bind_special(method, iterator)? {
                (method, Some(receiver)) => self.call_with(method, &[receiver], action),
                (method, None) => self.call_with(method, &[], action),
            };
            return self.stop_as_end(called);
        }
        let part = self.heap.native_part(iterator);
        if part != iterator {
            return self.next(part, action);
        }
        let kind = alloc::string::String::from(self.heap.type_name(iterator));
        Err(self.heap.raise_fmt(TypeId::TypeError, format_args!("'{kind}' object isn't an iterator")))
    }

    /// A native `__next__` says the end with an exception.
    fn stop_as_end(&mut self, called: Result<Called, Raised>) -> Result<Called, Raised> {
        match called {
            Err(Raised(exception)) if self.heap.is_instance(exception, TypeId::StopIteration.handle()) => {
                Ok(Called::Stop(self.heap.exception_value(exception)))
            }
            other => other,
        }
    }

    /// The generator frame on top delegates to an iterator: `yield from`, `await`. The result goes into `register`.
    pub(super) fn delegate(&mut self, register: u8, iterator: Value) -> Result<Delivered, Raised> {
        if let Some(Slot::Generator(object)) = self.heap.slot_of(iterator)
            && let Some(child) = iterator.as_handle()
        {
            match object.state {
                State::Finished => {
                    self.set_register(register, Value::NONE);
                    return Ok(Delivered::Go);
                }
                State::Running => {
                    return Err(self.heap.raise(TypeId::ValueError, "generator already executing"));
                }
                State::Created | State::Suspended => {}
            }
            let Some(action) = self.fiber.frames.last().map(|frame| frame.action) else {
                return Ok(Delivered::Go);
            };
            if let Some(parent) = self.top_frame().and_then(|frame| frame.generator) {
                let depth = match self.heap.slot(parent) {
                    Slot::Generator(object) => object.depth + 1,
                    _ => 0,
                };
                // They take no frames, so it is counted here that a chain cannot grow forever.
                if usize::from(depth) > self.limits.frames.saturating_mul(4).min(usize::from(u16::MAX - 1)) {
                    return Err(self.too_deep());
                }
                self.suspend_top(iterator);
                self.fiber.frames.pop();
                if let Slot::Generator(object) = self.heap.slot_mut(child) {
                    object.parent = Some(parent);
                    object.depth = depth;
                }
                let frames = self.fiber.frames.len();
                return match self.resume_for_parent(child, Input::Value(Value::NONE), action) {
                    Ok(Called::Pushed) => Ok(Delivered::Go),
                    Ok(Called::Value(value)) => self.deliver(action, value),
                    Ok(Called::Stop(value)) => self.deliver_stop(action, value),
                    Err(raised) => {
                        if self.fiber.frames.len() == frames {
                            self.take_back(parent, child, action)?;
                        }
                        Err(raised)
                    }
                };
            }
        }
        self.step_delegate(register, iterator, Input::Value(Value::NONE))
    }

    /// What a generator delegated to could not even be resumed: the generator goes on itself, for the error to be raised
    /// in it.
    #[cold]
    fn take_back(&mut self, parent: Handle, child: Handle, action: Action) -> Result<(), Raised> {
        if let Slot::Generator(object) = self.heap.slot_mut(child) {
            object.parent = None;
        }
        // There was room for its frame a moment ago.
        self.push_generator_frame(parent, action)
    }

    /// How a value gives its next item, if it is an object of a type written in Rust that can.
    #[inline]
    pub(super) fn native_next(&self, iterator: Value) -> Option<NextFunction> {
        let Some(Slot::Object(object)) = self.heap.slot_of(iterator) else { return None };
        match object.next_function() {
            Some(next) => Some(next),
            None => self.heap.class(object.class())?.definition?.next,
        }
    }

    /// Resumes what the generator frame on top delegates to, where that is not a generator itself.
    pub(super) fn step_delegate(
        &mut self,
        register: u8,
        iterator: Value,
        input: Input,
    ) -> Result<Delivered, Raised> {
        if let Input::Value(Value::NONE) = input
            && let Some(next) = self.native_next(iterator)
        {
            let outcome = match next(self, iterator) {
                Ok(outcome) => outcome,
                Err(raised) => return self.delegate_answered(register, iterator, Err(raised)),
            };
            return match outcome {
                Outcome::Suspend(value, then) => {
                    self.suspend_top(then);
                    self.yield_from_top(value)
                }
                Outcome::Value(value) => {
                    self.suspend_top(iterator);
                    self.yield_from_top(value)
                }
                Outcome::Stop(value) => {
                    self.set_register(register, value);
                    Ok(Delivered::Go)
                }
                outcome => {
                    self.note_delegate(iterator);
                    let called = self.complete(outcome, Action::Delegate(register));
                    self.delegate_answered(register, iterator, called)
                }
            };
        }
        self.step_other_delegate(register, iterator, input)
    }

    #[inline(never)]
    fn step_other_delegate(
        &mut self,
        register: u8,
        iterator: Value,
        input: Input,
    ) -> Result<Delivered, Raised> {
        let action = Action::Delegate(register);
        self.note_delegate(iterator);
        let called = match input {
            Input::Raised(exception) => {
                if self.heap.is_instance(exception, TypeId::GeneratorExit.handle()) {
                    // As upstream: the delegate is closed, and the generator gets the exception whatever comes of that.
                    return match self.delegate_method(iterator, sym::CLOSE)? {
                        Some(close) => {
                            let frame = CloseDelegate { close, exception };
                            self.push_native(alloc::boxed::Box::new(frame), Action::Discard)?;
                            Ok(Delivered::Go)
                        }
                        None => Err(Raised(exception)),
                    };
                }
                match self.delegate_method(iterator, sym::THROW)? {
                    Some(method) => self.call_with(method, &[exception], action),
                    None => return Err(Raised(self.exception_for(exception)?)),
                }
            }
            Input::Value(value) if !value.is_none() => match self.delegate_method(iterator, sym::SEND)? {
                Some(method) => self.call_with(method, &[value], action),
                None => return Err(self.no_attribute(iterator, sym::SEND)),
            },
            _ => self.next(iterator, action),
        };
        self.delegate_answered(register, iterator, called)
    }

    fn delegate_answered(
        &mut self,
        register: u8,
        iterator: Value,
        called: Result<Called, Raised>,
    ) -> Result<Delivered, Raised> {
        match self.stop_as_end(called)? {
            Called::Value(value) => {
                self.suspend_top(iterator);
                self.yield_from_top(value)
            }
            Called::Stop(value) => {
                self.set_register(register, value);
                Ok(Delivered::Go)
            }
            Called::Pushed => Ok(Delivered::Go),
        }
    }

    /// While what the generator frame on top delegates to runs, the collector must see it, and whoever delivers what it
    /// yields must know it.
    fn note_delegate(&mut self, delegate: Value) {
        if let Some(generator) = self.top_frame().and_then(|frame| frame.generator)
            && let Slot::Generator(object) = self.heap.slot_mut(generator)
        {
            object.delegate = delegate;
        }
    }

    fn delegate_method(
        &mut self,
        iterator: Value,
        name: crate::heap::Symbol,
    ) -> Result<Option<Value>, Raised> {
        match self.heap.slot_of(iterator) {
            Some(Slot::Instance(_) | Slot::Object(_)) => match self.heap.special(iterator, name)? {
                Some(method) => match self.bind_special(method, iterator)? {
                    (method, Some(receiver)) => self.heap.bound_method(method, receiver).map(Some),
                    (method, None) => Ok(Some(method)),
                },
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// Closes what a generator delegates to; then the generator gets the `GeneratorExit`.
struct CloseDelegate {
    close: Value,
    exception: Value,
}

impl NativeFrame for CloseDelegate {
    fn step(&mut self, _vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(_) | Input::Stop(_) => Err(Raised(self.exception)),
            _ => Ok(Step::Call(self.close, FewArguments::new(&[]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.close, self.exception]);
    }
}
