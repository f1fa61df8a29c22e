//! `map` and `filter`: iterators that call a function for each item.
//!
//! Both are types, whose `next` answers with a native frame wherever an iterator or the function may be Python.

use crate::heap::{Handle, Raised, Slot, Tracer, Value, try_copy};
use crate::objects::function::{TypeDef, constructor, full};
use crate::objects::native::NativeObject;
use crate::run::iteration::{Item, iter_plain, next_plain};
use crate::run::native_frame::{Items, Walk};
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A `map`, `filter` or `zip` object: a function, or None, and iterators.
pub(super) struct Lazy {
    class: Handle,
    pub(super) function: Value,
    pub(super) iterators: Vec<Value>,
    /// Items taken for the next result while memory was short, and kept for the next attempt.
    pub(super) held: Vec<Value>,
}

impl NativeObject for Lazy {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.function);
        tracer.values(&self.iterators);
        tracer.values(&self.held);
    }

    fn bytes(&self) -> usize {
        size_of::<Lazy>() + (self.iterators.capacity() + self.held.capacity()) * size_of::<Value>()
    }
}

/// Makes a lazy iterator of a class from a function and iterables, of which it first gets the iterators.
pub(super) struct MakeLazy {
    pub(super) class: &'static TypeDef,
    pub(super) function: Value,
    pub(super) sources: Vec<Value>,
    pub(super) iterators: Vec<Value>,
}

impl NativeFrame for MakeLazy {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Input::Value(iterator) = input {
            self.iterators.push(iterator);
            // In a step of its own, so that it is not pushed again when what follows runs out of memory.
            return Ok(Step::Again);
        }
        while let Some(&source) = self.sources.get(self.iterators.len()) {
            match iter_plain(&mut vm.heap, source)? {
                Some(iterator) => self.iterators.push(iterator),
                None => return Ok(Step::Iter(source)),
            }
        }
        let class = vm.heap.class_for(self.class)?;
        let mut held = Vec::new();
        held.try_reserve_exact(self.iterators.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        let iterators = try_copy(&self.iterators)?;
        let object = Lazy { class, function: self.function, iterators, held };
        vm.heap.budget.charge(object.bytes())?;
        Ok(Step::Return(vm.heap.allocate(Slot::Object(Box::new(object)))?.value()))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.function);
        tracer.values(&self.sources);
        tracer.values(&self.iterators);
    }
}

impl MakeLazy {
    /// The frame for a call: the iterables are the arguments after the first `skip`.
    pub(super) fn outcome(
        vm: &Vm,
        arguments: Arguments,
        skip: usize,
        class: &'static TypeDef,
        function: Value,
    ) -> Result<Outcome, Raised> {
        let sources = try_copy(arguments.positional(vm).get(skip..).unwrap_or(&[]))?;
        let mut iterators = Vec::new();
        iterators.try_reserve_exact(sources.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        Ok(Outcome::Frame(Box::new(MakeLazy { class, function, sources, iterators })))
    }
}

/// Takes an item from each iterator; gives them to the function, or makes a tuple of them.
pub(super) struct Gather {
    pub(super) object: Value,
    pub(super) called: bool,
}

impl Gather {
    fn take_held(&self, vm: &mut Vm) -> Vec<Value> {
        match vm.heap.as_native_mut::<Lazy>(self.object) {
            Some(lazy) => {
                let items = lazy.held.clone();
                lazy.held.clear();
                items
            }
            None => Vec::new(),
        }
    }
}

impl NativeFrame for Gather {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(result) if self.called => return Ok(Step::Return(result)),
            Input::Stop(value) if self.called => return Err(vm.stop_iteration(value)),
            Input::Stop(value) => {
                self.take_held(vm);
                return Ok(Step::Stop(value));
            }
            _ => {}
        }
        loop {
            let Some(lazy) = vm.heap.as_native::<Lazy>(self.object) else {
                return Ok(Step::Stop(Value::NONE));
            };
            let function = lazy.function;
            let Some(&iterator) = lazy.iterators.get(lazy.held.len()) else {
                if lazy.iterators.is_empty() {
                    return Ok(Step::Stop(Value::NONE));
                }
                if function.is_unbound() {
                    let items = lazy.held.clone();
                    let tuple = vm.heap.tuple(&items)?;
                    self.take_held(vm);
                    return Ok(Step::Return(tuple));
                }
                self.called = true;
                let items = self.take_held(vm);
                return Ok(if items.len() <= 4 {
                    Step::Call(function, FewArguments::new(&items))
                } else {
                    Step::CallMany(function, items, Value::NONE)
                });
            };
            match Walk::over(iterator).next(vm, input)? {
                Items::Item(item) => {
                    if let Some(lazy) = vm.heap.as_native_mut::<Lazy>(self.object) {
                        lazy.held.push(item);
                    }
                }
                Items::End => {
                    self.take_held(vm);
                    return Ok(Step::Stop(Value::NONE));
                }
                Items::Ask(step) => return Ok(step),
            }
            input = Input::Start;
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
    }
}

/// The next result. Without a frame where the iterators are built-in ones, and few.
fn gather(vm: &mut Vm, object: Value) -> Result<Outcome, Raised> {
    let with_frame = Ok(Outcome::Frame(Box::new(Gather { object, called: false })));
    let Some(lazy) = vm.heap.as_native::<Lazy>(object) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (function, count) = (lazy.function, lazy.iterators.len());
    let mut iterators = [Value::UNBOUND; 4];
    if !lazy.held.is_empty() || count == 0 || count > iterators.len() {
        return with_frame;
    }
    iterators[..count].copy_from_slice(&lazy.iterators);
    let mut items = [Value::UNBOUND; 4];
    for number in 0..count {
        match next_plain(&mut vm.heap, iterators[number]) {
            Ok(Item::Some(item)) => items[number] = item,
            Ok(Item::End) => return Ok(Outcome::Stop(Value::NONE)),
            Ok(Item::Other) => {
                hold(vm, object, &items[..number]);
                return with_frame;
            }
            Err(raised) => {
                hold(vm, object, &items[..number]);
                return Err(raised);
            }
        }
    }
    if !function.is_unbound() {
        return Ok(Outcome::Call(function, FewArguments::new(&items[..count])));
    }
    match vm.heap.tuple(&items[..count]) {
        Ok(tuple) => Ok(Outcome::Value(tuple)),
        Err(raised) => {
            hold(vm, object, &items[..count]);
            Err(raised)
        }
    }
}

/// Keeps items that were taken for the next attempt; there is room for as many as there are iterators.
fn hold(vm: &mut Vm, object: Value, items: &[Value]) {
    if let Some(lazy) = vm.heap.as_native_mut::<Lazy>(object) {
        lazy.held.extend_from_slice(items);
    }
}

/// `__next__` of every lazy iterator.
pub(super) fn dunder_next(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Next(arguments.at(vm, 0)))
}

/// `map(function, iterable, …)`
fn make_map(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let function = arguments.at(vm, 1);
    MakeLazy::outcome(vm, arguments, 2, &MAP, function)
}

/// `map`
pub static MAP: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, dunder_next)],
    construct: constructor("map", 2, crate::objects::function::ANY, make_map),
    next: Some(gather),
    base_for_classes: true,
    ..TypeDef::named("map")
};

/// `zip(iterable, …)`
fn make_zip(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    MakeLazy::outcome(vm, arguments, 1, &ZIP, Value::UNBOUND)
}

/// `zip`
pub static ZIP: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, dunder_next)],
    construct: constructor("zip", 0, crate::objects::function::ANY, make_zip),
    next: Some(gather),
    base_for_classes: true,
    ..TypeDef::named("zip")
};

/// `filter(function, iterable)`
fn make_filter(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let function = arguments.at(vm, 1);
    MakeLazy::outcome(vm, arguments, 2, &FILTER, function)
}

fn next_filtered(vm: &mut Vm, object: Value) -> Result<Outcome, Raised> {
    let Some(lazy) = vm.heap.as_native::<Lazy>(object) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (iterator, function) = (lazy.iterators.first().copied().unwrap_or(Value::NONE), lazy.function);
    if function.is_none() {
        for _ in 0..1000 {
            let item = match next_plain(&mut vm.heap, iterator)? {
                Item::Some(item) => item,
                Item::End => return Ok(Outcome::Stop(Value::NONE)),
                Item::Other => break,
            };
            match vm.truth_plain(item) {
                Some(true) => return Ok(Outcome::Value(item)),
                Some(false) => {}
                // Python has to be asked, about this very item.
                None => {
                    let walk = Walk::over(iterator);
                    return Ok(Outcome::Frame(Box::new(Sift { walk, function, item, asked: Asked::Begin })));
                }
            }
        }
    }
    Ok(Outcome::Frame(Box::new(Sift {
        walk: Walk::over(iterator),
        function,
        item: Value::UNBOUND,
        asked: Asked::Item,
    })))
}

/// What a [`Sift`] is waiting for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nothing yet: the item was taken already.
    Begin,
    Item,
    Verdict,
    Truth,
}

/// Takes items until the function, or their own truth, accepts one.
struct Sift {
    walk: Walk,
    function: Value,
    item: Value,
    asked: Asked,
}

impl NativeFrame for Sift {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            let verdict = match (self.asked, input) {
                (Asked::Verdict, Input::Stop(value)) => return Err(vm.stop_iteration(value)),
                (Asked::Begin, _) => self.item,
                (Asked::Verdict | Asked::Truth, Input::Value(answer)) => answer,
                _ => match self.walk.next(vm, input)? {
                    Items::Item(item) => {
                        self.item = item;
                        if !self.function.is_none() {
                            self.asked = Asked::Verdict;
                            return Ok(Step::Call(self.function, FewArguments::new(&[item])));
                        }
                        item
                    }
                    Items::End => return Ok(Step::Stop(Value::NONE)),
                    Items::Ask(step) => return Ok(step),
                },
            };
            match vm.truth_plain(verdict) {
                Some(true) => return Ok(Step::Return(self.item)),
                None if self.asked == Asked::Truth => return Ok(Step::Return(self.item)),
                None => {
                    self.asked = Asked::Truth;
                    return Ok(Step::Perform(Request::Truth(verdict)));
                }
                Some(false) => {
                    self.asked = Asked::Item;
                    input = Input::Start;
                }
            }
        }
        self.asked = Asked::Item;
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.values(&[self.function, self.item]);
    }
}

/// `filter`
pub static FILTER: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, dunder_next)],
    construct: constructor("filter", 2, 2, make_filter),
    next: Some(next_filtered),
    base_for_classes: true,
    ..TypeDef::named("filter")
};
