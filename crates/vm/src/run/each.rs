//! One action for each item of an iterable: what `list`, `set.update`, `dict` and their like have in common.
//!
//! A [`Taker`] says what happens to an item; [`Each`] is the native frame that walks. It keeps the item that it took
//! until the taker is done with it, so that a step that ran out of memory can be done again without losing or doubling
//! one, and it roots what it and the taker hold while the taker runs.

use super::native_frame::{Items, NativeFrame, Step, Walk};
use super::{Input, Vm};
use crate::heap::{Raised, Tracer, Value};

/// What happens to the items of an iterable.
pub trait Taker: 'static {
    /// The values it holds; unbound where it holds fewer.
    fn held(&self) -> [Value; 2];

    /// Takes an item. A value ends the walk with that result. May fail for lack of memory, and then gets the same item
    /// again.
    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Option<Value>, Raised>;

    /// There are no more items.
    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised>;
}

/// The frame that walks.
pub struct Each<T: Taker> {
    walk: Walk,
    taken: Value,
    taker: T,
}

/// Items taken in one step.
const STRIDE: usize = 1000;

impl<T: Taker> Each<T> {
    /// Gives every item of an iterable to a taker.
    pub fn new(source: Value, taker: T) -> Each<T> {
        Each { walk: Walk::new(source), taken: Value::UNBOUND, taker }
    }
}

impl<T: Taker> NativeFrame for Each<T> {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..STRIDE {
            if self.taken.is_unbound() {
                match self.walk.next(vm, input)? {
                    Items::Item(item) => self.taken = item,
                    Items::End => return self.taker.finish(vm),
                    Items::Ask(step) => return Ok(step),
                }
            }
            let depth = vm.roots.len();
            let [first, second] = self.taker.held();
            vm.roots.extend_from_slice(&[self.walk.iterator(), self.taken, first, second]);
            let ended = self.taker.take(vm, self.taken);
            vm.roots.truncate(depth);
            let ended = ended?;
            self.taken = Value::UNBOUND;
            if let Some(result) = ended {
                return Ok(Step::Return(result));
            }
            if let Input::Value(_) = input {
                // The item was the input: it must not be seen again when the rest of this step fails.
                return Ok(Step::Next(self.walk.iterator()));
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.value(self.taken);
        tracer.values(&self.taker.held());
    }
}
