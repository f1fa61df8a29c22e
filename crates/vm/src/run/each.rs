//! One action for each item of an iterable: what `list`, `set.update`, `dict` and their like have in common.
//!
//! A [`Taker`] says what happens to an item; [`Each`] is the native frame that walks. It keeps the item that it took
//! until the taker is done with it, so that a step that ran out of memory can be done again without losing or doubling
//! one, and it roots what it and the taker hold while the taker runs.

use super::native_frame::{Items, NativeFrame, Step, Walk};
use super::{Input, Vm};
use crate::heap::{Heap, Raised, Tracer, Value};

/// What became of an item.
pub enum Taken {
    /// On with the next.
    More,
    /// The walk ends here, with this result.
    Done(Value),
    /// Only this step can tell; its result goes to [`Taker::answer`].
    Ask(Step),
}

/// What happens to the items of an iterable.
pub trait Taker: 'static {
    /// The values it holds; unbound where it holds fewer.
    fn held(&self) -> [Value; 4];

    /// Takes an item. May fail for lack of memory, and then gets the same item again.
    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised>;

    /// The same where that takes nothing but the heap and more items are wanted; else nothing changes, and the result is
    /// false ([`NativeFrame::accept`]).
    fn accept(&mut self, _heap: &mut Heap, _item: Value) -> bool {
        false
    }

    /// Takes what it had asked for. May fail for lack of memory, and then gets the same answer again.
    fn answer(&mut self, _vm: &mut Vm, _answer: Value) -> Result<Taken, Raised> {
        Ok(Taken::More)
    }

    /// There are no more items.
    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised>;
}

/// The frame that walks.
pub struct Each<T: Taker> {
    walk: Walk,
    /// An item that the taker is not done with.
    taken: Value,
    /// Whether the next input is the answer to a step that the taker asked for.
    asking: bool,
    taker: T,
}

/// Items taken in one step.
const STRIDE: usize = 1000;

impl<T: Taker> Each<T> {
    /// Gives every item of an iterable to a taker.
    pub fn new(source: Value, taker: T) -> Each<T> {
        Each { walk: Walk::new(source), taken: Value::UNBOUND, asking: false, taker }
    }

    /// Lets the taker run with a value while that and everything that the frame holds is rooted.
    fn rooted(
        &mut self,
        vm: &mut Vm,
        value: Value,
        run: impl FnOnce(&mut T, &mut Vm, Value) -> Result<Taken, Raised>,
    ) -> Result<Taken, Raised> {
        let depth = vm.roots.len();
        vm.roots.extend_from_slice(&self.taker.held());
        vm.roots.extend_from_slice(&[self.walk.source(), self.walk.iterator(), value]);
        let result = run(&mut self.taker, vm, value);
        vm.roots.truncate(depth);
        result
    }
}

impl<T: Taker> NativeFrame for Each<T> {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(answer)) = (self.asking, input) {
            let became = self.rooted(vm, answer, Taker::answer)?;
            self.asking = matches!(became, Taken::Ask(_));
            return Ok(match became {
                // In a step of its own, because this input must not be taken for an item.
                Taken::More => Step::Again,
                Taken::Done(result) => Step::Return(result),
                Taken::Ask(step) => step,
            });
        }
        for _ in 0..STRIDE {
            if self.taken.is_unbound() {
                match self.walk.next(vm, input)? {
                    Items::Item(item) => self.taken = item,
                    Items::End => return self.taker.finish(vm),
                    Items::Ask(step) => return Ok(step),
                }
            }
            let became = self.rooted(vm, self.taken, Taker::take)?;
            self.taken = Value::UNBOUND;
            match became {
                Taken::More => {}
                Taken::Done(result) => return Ok(Step::Return(result)),
                Taken::Ask(step) => {
                    self.asking = true;
                    return Ok(step);
                }
            }
            if let Input::Value(_) = input {
                // The item was the input: it must not be seen again when the rest of this step fails.
                return Ok(Step::Next(self.walk.iterator()));
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        !self.asking && self.taker.accept(heap, item)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.value(self.taken);
        tracer.values(&self.taker.held());
    }
}
