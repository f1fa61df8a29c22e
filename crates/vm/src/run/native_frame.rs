//! Native frames: built-ins that call back into Python, as state machines on the frame stack.
//!
//! A native frame is stepped with an [`Input`] and answers with a [`Step`]. While what it asked for runs, it lies on the
//! stack like any frame: the collector sees its state, the fiber can be put down, and no native stack is used.
//!
//! What always holds: a step that answers with an error for lack of memory has changed nothing that a second step with
//! the same input would trip over, because the interpreter collects and steps once more.

use super::frame::{Input, Wait};
use super::{Request, Vm};
use crate::heap::{Handle, Heap, Raised, Tracer, Value};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Up to four arguments, without allocation.
#[derive(Clone, Copy, Debug)]
pub struct FewArguments {
    items: [Value; 4],
    count: u8,
}

impl FewArguments {
    /// These arguments; more than four are cut off, so callers use [`Step::CallMany`] for those.
    pub fn new(arguments: &[Value]) -> FewArguments {
        debug_assert!(arguments.len() <= 4);
        let mut items = [Value::UNBOUND; 4];
        let count = arguments.len().min(4);
        items[..count].copy_from_slice(&arguments[..count]);
        FewArguments { items, count: count as u8 }
    }

    /// The arguments.
    pub fn as_slice(&self) -> &[Value] {
        &self.items[..self.count as usize]
    }
}

/// What a native frame wants next.
pub enum Step {
    /// It is done, with this result.
    Return(Value),
    /// It was asked for an item and has none.
    Stop(Value),
    /// Call this; the result comes as [`Input::Value`].
    Call(Value, FewArguments),
    /// Call this with any number of arguments and keywords (a dict, or None).
    CallMany(Value, Vec<Value>, Value),
    /// The next item of this iterator: [`Input::Value`], or [`Input::Stop`].
    Next(Value),
    /// Perform this; the result comes as [`Input::Value`].
    Perform(Request),
    /// `iter()` of this; the iterator comes as [`Input::Value`].
    Iter(Value),
    /// To be stepped again with [`Input::Unparked`], after a look at signals and the collector: for long loops.
    Again,
    /// Resume this generator with a value sent in: [`Input::Value`] when it yields, [`Input::Stop`] when it returns.
    Send(Handle, Value),
    /// Resume this generator with an exception.
    Throw(Handle, Value),
    /// Nothing: it has pushed a frame itself, with [`super::Action::Native`], and waits for the result.
    Pushed,
    /// Park the fiber; [`Input::Unparked`] follows.
    Park(Wait),
    /// Become this frame instead.
    Become(Box<dyn NativeFrame>),
}

/// A built-in that calls back into Python.
pub trait NativeFrame {
    /// Takes the state machine one step further.
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised>;

    /// Shows the collector every value it holds.
    fn trace(&self, tracer: &mut Tracer<'_>);

    /// Whether exceptions of what it called come to it as [`Input::Raised`]; else they pass through.
    fn catches(&self) -> bool {
        false
    }

    /// Takes the item that it asked for by [`Step::Next`] and would ask for another: the generator that yields it then
    /// goes on where it is, and neither frame is put down. Where more is needed than the heap (Python, an answer, an
    /// error), nothing is changed and the result is false: the frame is stepped with the item.
    fn accept(&mut self, _heap: &mut Heap, _item: Value) -> bool {
        false
    }
}

/// How far a native frame has got with an iterable.
pub enum Items {
    /// Here is the next item.
    Item(Value),
    /// There are no more.
    End,
    /// Ask again with the input that follows this step.
    Ask(Step),
}

/// An iterable being walked through by a native frame: built-in containers straight through, others step by step.
///
/// A frame that walks keeps one of these, passes every input on to [`Walk::next`] and returns the step it is given.
#[derive(Clone, Copy)]
pub struct Walk {
    source: Value,
    iterator: Value,
}

impl Walk {
    /// A walk through an iterable.
    pub fn new(source: Value) -> Walk {
        Walk { source, iterator: Value::UNBOUND }
    }

    /// A walk with an iterator.
    pub fn over(iterator: Value) -> Walk {
        Walk { source: Value::NONE, iterator }
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.source);
        tracer.value(self.iterator);
    }

    /// The iterable, or None where the walk began with an iterator.
    pub fn source(&self) -> Value {
        self.source
    }

    /// The iterator, once it is known.
    pub fn iterator(&self) -> Value {
        self.iterator
    }

    /// The next item. `input` is what the frame was stepped with, or [`Input::Start`] to ask for another item without a
    /// step in between.
    pub fn next(&mut self, vm: &mut Vm, input: Input) -> Result<Items, Raised> {
        use super::iteration::{Item, is_plain, iter_plain, next_plain};
        if self.iterator.is_unbound() {
            match input {
                Input::Value(iterator) => {
                    // A step of its own, so that this input is not taken for an item if the next step is done again.
                    self.iterator = iterator;
                    return Ok(Items::Ask(Step::Again));
                }
                _ => match iter_plain(&mut vm.heap, self.source)? {
                    Some(iterator) => self.iterator = iterator,
                    None => return Ok(Items::Ask(Step::Iter(self.source))),
                },
            }
        } else {
            // A built-in iterator was never asked in a step: an input that comes with one answers something else, or
            // comes a second time because memory ran out.
            match input {
                Input::Value(item) if !is_plain(&vm.heap, self.iterator) => return Ok(Items::Item(item)),
                Input::Stop(_) if !is_plain(&vm.heap, self.iterator) => return Ok(Items::End),
                _ => {}
            }
        }
        match next_plain(&mut vm.heap, self.iterator)? {
            Item::Some(item) => Ok(Items::Item(item)),
            Item::End => Ok(Items::End),
            Item::Other => Ok(Items::Ask(Step::Next(self.iterator))),
        }
    }
}
