//! Functions over iterables: `all`, `any`, `sum`, `min`, `max`, `sorted`; and `iter`, `next`.
//!
//! Each that walks is a native frame: built-in containers straight through, anything else one item at a time.

use crate::heap::{Heap, Raised, Tracer, TypeId, Value, sym};
use crate::objects::list::{fill_frame, sort_arguments, sort_frame};
use crate::run::compare::{order_plain, satisfies, truth_plain};
use crate::run::native_frame::{Items, Walk};
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};
use crate::syntax::tree::{BinaryOp, CompareOp};
use alloc::boxed::Box;

/// How many items a frame takes before it lets the interpreter look around.
const ITEMS_PER_STEP: usize = 1000;

/// `iter(x)`
pub fn iter(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Perform(Request::Iter(arguments.at(vm, 0))))
}

/// `next(iterator)`, `next(iterator, default)`
pub fn next(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let iterator = arguments.at(vm, 0);
    Ok(match arguments.get(vm, 1) {
        None => Outcome::Next(iterator),
        Some(default) => Outcome::Frame(Box::new(NextOr { iterator, default })),
    })
}

/// The next item, or a default at the end.
struct NextOr {
    iterator: Value,
    default: Value,
}

impl NativeFrame for NextOr {
    fn step(&mut self, _vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        Ok(match input {
            Input::Value(item) => Step::Return(item),
            Input::Stop(_) => Step::Return(self.default),
            _ => Step::Next(self.iterator),
        })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.iterator, self.default]);
    }
}

/// `all(iterable)`
pub fn all(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Frame(Box::new(Truths { walk: Walk::new(arguments.at(vm, 0)), sought: false, asked: false })))
}

/// `any(iterable)`
pub fn any(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Frame(Box::new(Truths { walk: Walk::new(arguments.at(vm, 0)), sought: true, asked: false })))
}

/// Looks for an item of one truth: finding it is the result, and its opposite when there is none.
struct Truths {
    walk: Walk,
    sought: bool,
    /// The answer of a `__bool__` is awaited.
    asked: bool,
}

impl NativeFrame for Truths {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..ITEMS_PER_STEP {
            let truth = if core::mem::take(&mut self.asked)
                && let Input::Value(answer) = input
            {
                vm.truth_plain(answer).unwrap_or(true)
            } else {
                match self.walk.next(vm, input)? {
                    Items::Item(item) => match vm.truth_plain(item) {
                        Some(truth) => truth,
                        None => {
                            self.asked = true;
                            return Ok(Step::Perform(Request::Truth(item)));
                        }
                    },
                    Items::End => return Ok(Step::Return(Value::from_bool(!self.sought))),
                    Items::Ask(step) => return Ok(step),
                }
            };
            if truth == self.sought {
                return Ok(Step::Return(Value::from_bool(self.sought)));
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        !self.asked && truth_plain(heap, item) == Some(!self.sought)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
    }
}

/// `sum(iterable)`, `sum(iterable, start)`
pub fn sum(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let total = arguments.get(vm, 1).unwrap_or(Value::tiny_int(0));
    Ok(Outcome::Frame(Box::new(Sum {
        walk: Walk::new(arguments.at(vm, 0)),
        total,
        item: Value::UNBOUND,
        asked: false,
    })))
}

/// Adds items up.
struct Sum {
    walk: Walk,
    total: Value,
    /// An item that was taken and not yet added, because memory ran out.
    item: Value,
    /// The answer of an `__add__` is awaited.
    asked: bool,
}

impl NativeFrame for Sum {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        if self.asked
            && let Input::Value(total) = input
        {
            (self.asked, self.total) = (false, total);
            input = Input::Start;
        }
        for _ in 0..ITEMS_PER_STEP {
            if self.item.is_unbound() {
                match self.walk.next(vm, input)? {
                    Items::Item(item) => self.item = item,
                    Items::End => return Ok(Step::Return(self.total)),
                    Items::Ask(step) => return Ok(step),
                }
            }
            let plain = match self.total.both_small_ints(self.item) {
                Some((x, y)) => Some(vm.heap.int(x + y)?),
                None => {
                    crate::objects::operators::binary(&mut vm.heap, BinaryOp::Add, self.total, self.item)?
                }
            };
            let item = core::mem::replace(&mut self.item, Value::UNBOUND);
            match plain {
                Some(total) => self.total = total,
                None => {
                    self.asked = true;
                    return Ok(Step::Perform(Request::Binary(BinaryOp::Add, self.total, item)));
                }
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn accept(&mut self, _heap: &mut Heap, item: Value) -> bool {
        let total = match (self.total.as_inline_number(), item.as_inline_number()) {
            _ if self.asked => None,
            _ if self.total.are_small_ints(item) => self.total.int_sum(item),
            (Some(total), Some(item)) => Value::inline_float(total + item),
            _ => None,
        };
        if let Some(total) = total {
            self.total = total;
        }
        total.is_some()
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.values(&[self.total, self.item]);
    }
}

/// `max(iterable, key=, default=)`, `max(a, b, …, key=)`
pub fn max(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    best(vm, arguments, CompareOp::Greater)
}

/// `min(iterable, key=, default=)`, `min(a, b, …, key=)`
pub fn min(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    best(vm, arguments, CompareOp::Less)
}

/// `max(a, b, …)` of what compares without Python.
pub fn max_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    few_arguments(arguments).and_then(|items| best_plain(heap, items, CompareOp::Greater))
}

/// `min(a, b, …)` of what compares without Python.
pub fn min_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    few_arguments(arguments).and_then(|items| best_plain(heap, items, CompareOp::Less))
}

/// A single argument is an iterable.
fn few_arguments(arguments: &[Value]) -> Option<&[Value]> {
    (arguments.len() > 1).then_some(arguments)
}

fn best(vm: &mut Vm, arguments: Arguments, op: CompareOp) -> Result<Outcome, Raised> {
    let key = arguments.keyword(vm, sym::KEY);
    let (source, default) = if arguments.count == 1 {
        (arguments.at(vm, 0), arguments.keyword(vm, sym::DEFAULT))
    } else {
        if key.is_none()
            && let Some(best) = best_plain(&vm.heap, arguments.positional(vm), op)
        {
            return Ok(best.into());
        }
        let given = arguments.to_vec(vm);
        (vm.heap.tuple(&given)?, None)
    };
    Ok(Outcome::Frame(Box::new(Best {
        walk: Walk::new(source),
        op,
        key,
        default,
        best: Value::UNBOUND,
        best_key: Value::UNBOUND,
        item: Value::UNBOUND,
        item_key: Value::UNBOUND,
        asked: Asked::Item,
    })))
}

/// The largest or smallest of values that compare without Python; `None` if one does not.
fn best_plain(heap: &Heap, items: &[Value], op: CompareOp) -> Option<Value> {
    let (&first, rest) = items.split_first()?;
    let mut best = first;
    for &item in rest {
        if satisfies(op, order_plain(heap, item, best)?) {
            best = item;
        }
    }
    Some(best)
}

/// What a [`Best`] is waiting for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Item,
    Key,
    Comparison,
    Truth,
}

/// Finds the largest or smallest item.
struct Best {
    walk: Walk,
    op: CompareOp,
    key: Option<Value>,
    default: Option<Value>,
    best: Value,
    best_key: Value,
    item: Value,
    item_key: Value,
    asked: Asked,
}

impl Best {
    fn take(&mut self) {
        (self.best, self.best_key) = (self.item, self.item_key);
    }
}

impl NativeFrame for Best {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..ITEMS_PER_STEP {
            match (self.asked, input) {
                (Asked::Key, Input::Value(key)) => self.item_key = key,
                (Asked::Comparison | Asked::Truth, Input::Value(answer)) => {
                    let truth = match vm.truth_plain(answer) {
                        Some(truth) => truth,
                        // What a `__bool__` returned is not asked again.
                        None if self.asked == Asked::Truth => true,
                        None => {
                            self.asked = Asked::Truth;
                            return Ok(Step::Perform(Request::Truth(answer)));
                        }
                    };
                    self.asked = Asked::Item;
                    if truth {
                        self.take();
                    }
                    input = Input::Start;
                    continue;
                }
                _ => {
                    match self.walk.next(vm, input)? {
                        Items::Item(item) => self.item = item,
                        Items::End if self.best.is_unbound() => {
                            return match self.default {
                                Some(default) => Ok(Step::Return(default)),
                                None => Err(vm.heap.raise(TypeId::ValueError, "arg is an empty sequence")),
                            };
                        }
                        Items::End => return Ok(Step::Return(self.best)),
                        Items::Ask(step) => return Ok(step),
                    }
                    if let Some(key) = self.key {
                        self.asked = Asked::Key;
                        return Ok(Step::Call(key, FewArguments::new(&[self.item])));
                    }
                    self.item_key = self.item;
                }
            }
            input = Input::Start;
            self.asked = Asked::Item;
            if self.best.is_unbound() {
                self.take();
                continue;
            }
            match order_plain(&vm.heap, self.item_key, self.best_key) {
                Some(order) => {
                    if satisfies(self.op, order) {
                        self.take();
                    }
                }
                None => {
                    self.asked = Asked::Comparison;
                    return Ok(Step::Perform(Request::Compare(self.op, self.item_key, self.best_key)));
                }
            }
        }
        Ok(Step::Again)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        if self.key.is_some() || self.asked != Asked::Item || self.best.is_unbound() {
            return false;
        }
        let Some(order) = order_plain(heap, item, self.best_key) else { return false };
        if satisfies(self.op, order) {
            (self.best, self.best_key) = (item, item);
        }
        true
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.values(&[self.best, self.best_key, self.item, self.item_key]);
        tracer.values(self.key.as_slice());
        tracer.values(self.default.as_slice());
    }
}

/// `sorted(iterable, key=, reverse=)`: a new list is filled, then sorted in place.
pub fn sorted(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    if arguments.count > 1 {
        return Err(vm.type_error("must use keyword argument for key function"));
    }
    let (key, reverse) = sort_arguments(vm, arguments, 1)?;
    let list = vm.heap.list(&[])?;
    let fill = fill_frame(list, arguments.at(vm, 0), list);
    Ok(Outcome::Frame(Box::new(Sorted { fill, key, reverse })))
}

/// Fills a list, then becomes the frame that sorts it.
struct Sorted {
    fill: Box<dyn NativeFrame>,
    key: Value,
    reverse: bool,
}

impl NativeFrame for Sorted {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        Ok(match self.fill.step(vm, input)? {
            Step::Return(list) => Step::Become(sort_frame(list, self.key, self.reverse, list)),
            step => step,
        })
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        self.fill.accept(heap, item)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.fill.trace(tracer);
        tracer.value(self.key);
    }
}
