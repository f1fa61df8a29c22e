//! `Queue`, `LifoQueue` and `PriorityQueue`: from those who produce to those who consume, with a bound if wanted.
//!
//! Putting wakes whoever waits longest for an item, getting whoever waits longest for room. As in CPython the woken one
//! takes its item when it runs, so one that does not wait may come before it. Handing an item over allocates nothing
//! while the queue has room for it.
//!
//! # Cancellation
//! The task leaves its line; if it had been woken, the next one is woken in its place. No item is lost.

use super::exceptions::{QUEUE_EMPTY, QUEUE_FULL, QUEUE_SHUT_DOWN, raise};
use super::queue_items::{self, Items, Order};
use super::state::{Shared, shared, show_queue};
use super::wait::{self, Attempt, Line, Operation, nothing_to_undo};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, keyword, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A queue.
struct Queue {
    class: Handle,
    items: Items,
    /// As the program gave it; none above zero is no bound.
    maxsize: i64,
    /// Items that were put and not yet reported done.
    unfinished: usize,
    is_shut_down: bool,
    getters: wigwag_scheduler::Queue,
    putters: wigwag_scheduler::Queue,
    joiners: wigwag_scheduler::Queue,
    shared: Shared,
}

impl NativeObject for Queue {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.items.trace(tracer);
        let core = self.shared.borrow();
        for line in [&self.getters, &self.putters, &self.joiners] {
            show_queue(&core, line, tracer);
        }
    }

    fn bytes(&self) -> usize {
        size_of::<Queue>() + self.items.bytes()
    }
}

impl Queue {
    fn is_full(&self) -> bool {
        usize::try_from(self.maxsize).is_ok_and(|most| most > 0 && self.items.len() >= most)
    }
}

static GET: Operation = Operation {
    name: "get",
    waits_for: "an item of a Queue",
    line: getters,
    attempt: |vm, Attempt { source, .. }| try_get(vm, source),
    certain: None,
    abandon: |vm, queue| match view(vm, queue)?.items.is_empty() {
        true => Ok(()),
        false => wake(vm, queue, getters),
    },
};

static PUT: Operation = Operation {
    name: "put",
    waits_for: "room in a Queue",
    line: putters,
    attempt: |vm, Attempt { source, argument, .. }| Ok(try_put(vm, source, argument)?.then_some(Value::NONE)),
    certain: None,
    abandon: |vm, queue| match view(vm, queue)?.is_full() {
        true => Ok(()),
        false => wake(vm, queue, putters),
    },
};

static JOIN: Operation = Operation {
    name: "join",
    waits_for: "the last item of a Queue",
    line: joiners,
    attempt: |vm, Attempt { source, woken, .. }| {
        Ok((woken || view(vm, source)?.unfinished == 0).then_some(Value::NONE))
    },
    certain: None,
    abandon: nothing_to_undo,
};

fn getters(heap: &mut Heap, queue: Value, with: &mut dyn FnMut(&mut wigwag_scheduler::Queue)) {
    if let Some(queue) = heap.as_native_mut::<Queue>(queue) {
        with(&mut queue.getters);
    }
}

fn putters(heap: &mut Heap, queue: Value, with: &mut dyn FnMut(&mut wigwag_scheduler::Queue)) {
    if let Some(queue) = heap.as_native_mut::<Queue>(queue) {
        with(&mut queue.putters);
    }
}

fn joiners(heap: &mut Heap, queue: Value, with: &mut dyn FnMut(&mut wigwag_scheduler::Queue)) {
    if let Some(queue) = heap.as_native_mut::<Queue>(queue) {
        with(&mut queue.joiners);
    }
}

fn items(vm: &mut Vm, queue: Value) -> Option<&mut Items> {
    vm.heap.as_native_mut::<Queue>(queue).map(|queue| &mut queue.items)
}

fn view(vm: &mut Vm, queue: Value) -> Result<&mut Queue, Raised> {
    if vm.heap.as_native::<Queue>(queue).is_none() {
        return Err(vm.type_error("Queue expected"));
    }
    vm.heap.as_native_mut::<Queue>(queue).ok_or(Raised::OUT_OF_MEMORY)
}

fn shared_of(vm: &mut Vm, queue: Value) -> Result<Shared, Raised> {
    view(vm, queue).map(|queue| Rc::clone(&queue.shared))
}

fn wake(vm: &mut Vm, queue: Value, line: Line) -> Result<(), Raised> {
    let shared = shared_of(vm, queue)?;
    wait::wake_first(vm, &shared, line, queue).map(|_| ())
}

fn wake_all(vm: &mut Vm, queue: Value, line: Line) -> Result<(), Raised> {
    let shared = shared_of(vm, queue)?;
    wait::wake_all(vm, &shared, line, queue)
}

/// Takes an item, if there is one.
fn try_get(vm: &mut Vm, queue: Value) -> Result<Option<Value>, Raised> {
    let object = view(vm, queue)?;
    if object.items.is_empty() {
        return match object.is_shut_down {
            true => Err(raise(&mut vm.heap, &QUEUE_SHUT_DOWN)),
            false => Ok(None),
        };
    }
    let item = queue_items::take(vm, queue, items)?;
    wake(vm, queue, putters)?;
    Ok(item)
}

/// Puts an item, if there is room for it.
fn try_put(vm: &mut Vm, queue: Value, item: Value) -> Result<bool, Raised> {
    let object = view(vm, queue)?;
    if object.is_shut_down {
        return Err(raise(&mut vm.heap, &QUEUE_SHUT_DOWN));
    }
    if object.is_full() {
        return Ok(false);
    }
    if let Some((object, budget)) = vm.heap.native_and_budget::<Queue>(queue) {
        object.items.reserve(budget)?;
    }
    queue_items::insert(vm, queue, items, item)?;
    view(vm, queue)?.unfinished += 1;
    wake(vm, queue, getters)?;
    Ok(true)
}

fn make(
    vm: &mut Vm,
    arguments: Arguments,
    definition: &'static TypeDef,
    order: Order,
) -> Result<Outcome, Raised> {
    let [maxsize] = arguments.bind(vm, 1, ["maxsize"])?;
    let maxsize = maxsize.unwrap_or(Value::tiny_int(0));
    let Some(maxsize) = vm.heap.as_int(maxsize) else { return Err(vm.type_error("can't convert to int")) };
    let shared = shared(vm)?;
    let queue = Queue {
        class: vm.heap.class_for(definition)?,
        items: Items::new(order),
        maxsize,
        unfinished: 0,
        is_shut_down: false,
        getters: wigwag_scheduler::Queue::new(),
        putters: wigwag_scheduler::Queue::new(),
        joiners: wigwag_scheduler::Queue::new(),
        shared,
    };
    Ok(arguments::object(&mut vm.heap, queue)?.into())
}

fn waiting_for(
    vm: &mut Vm,
    arguments: Arguments,
    operation: &'static Operation,
    argument: Value,
) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    let shared = shared_of(vm, queue)?;
    Ok(wait::make(vm, &shared, operation, queue, argument)?.into())
}

fn get(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    waiting_for(vm, arguments, &GET, Value::NONE)
}

fn put(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let item = arguments.at(vm, 1);
    waiting_for(vm, arguments, &PUT, item)
}

fn join(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    waiting_for(vm, arguments, &JOIN, Value::NONE)
}

fn get_nowait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    match try_get(vm, queue)? {
        Some(item) => Ok(item.into()),
        None => Err(raise(&mut vm.heap, &QUEUE_EMPTY)),
    }
}

fn put_nowait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (queue, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    match try_put(vm, queue, item)? {
        true => Ok(Value::NONE.into()),
        false => Err(raise(&mut vm.heap, &QUEUE_FULL)),
    }
}

fn task_done(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    let object = view(vm, queue)?;
    match object.unfinished.checked_sub(1) {
        None => Err(vm.heap.raise(TypeId::ValueError, "task_done() called too many times")),
        Some(left) => {
            object.unfinished = left;
            if left == 0 {
                wake_all(vm, queue, joiners)?;
            }
            Ok(Value::NONE.into())
        }
    }
}

/// `shutdown(immediate=False)`: no more puts; gets until the queue is empty, or none any more.
fn shutdown(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [immediate] = arguments.bind(vm, 1, ["immediate"])?;
    let immediate = match immediate {
        Some(value) => vm.truth_nested(value)?,
        None => false,
    };
    let queue = arguments.at(vm, 0);
    let object = view(vm, queue)?;
    object.is_shut_down = true;
    if immediate {
        let dropped = object.items.clear();
        object.unfinished = object.unfinished.saturating_sub(dropped);
        if object.unfinished == 0 {
            wake_all(vm, queue, joiners)?;
        }
    }
    wake_all(vm, queue, getters)?;
    wake_all(vm, queue, putters)?;
    Ok(Value::NONE.into())
}

fn ask<R>(heap: &mut Heap, arguments: &[Value], what: impl Fn(&Queue) -> R) -> Option<R> {
    arguments.first().and_then(|&queue| heap.as_native::<Queue>(queue)).map(what)
}

fn empty(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    Ok(Value::from_bool(ask(heap, arguments, |queue| queue.items.is_empty()).unwrap_or(true)))
}

fn full_method(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    Ok(Value::from_bool(ask(heap, arguments, Queue::is_full).unwrap_or(false)))
}

fn qsize(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let size = ask(heap, arguments, |queue| queue.items.len()).unwrap_or(0);
    heap.size(size)
}

fn get_maxsize(heap: &mut Heap, queue: Value) -> Result<Value, Raised> {
    let maxsize = heap.as_native::<Queue>(queue).map_or(0, |queue| queue.maxsize);
    heap.int(maxsize)
}

/// `Queue`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("get", 1, 1, get),
        full("put", 2, 2, put),
        full("get_nowait", 1, 1, get_nowait),
        full("put_nowait", 2, 2, put_nowait),
        full("task_done", 1, 1, task_done),
        full("join", 1, 1, join),
        keyword("shutdown", 1, 2, shutdown),
        plain("empty", 1, 1, empty),
        plain("full", 1, 1, full_method),
        plain("qsize", 1, 1, qsize),
        getter("maxsize", get_maxsize),
    ],
    construct: constructor("Queue", 0, 1, |vm, arguments| make(vm, arguments, &TYPE, Order::Fifo)),
    base_for_classes: true,
    ..TypeDef::named("Queue")
};

/// `LifoQueue`
pub static LIFO_TYPE: TypeDef = TypeDef {
    parent: Some(&TYPE),
    construct: constructor("LifoQueue", 0, 1, |vm, arguments| make(vm, arguments, &LIFO_TYPE, Order::Lifo)),
    base_for_classes: true,
    ..TypeDef::named("LifoQueue")
};

/// `PriorityQueue`
pub static PRIORITY_TYPE: TypeDef = TypeDef {
    parent: Some(&TYPE),
    construct: constructor("PriorityQueue", 0, 1, |vm, arguments| {
        make(vm, arguments, &PRIORITY_TYPE, Order::Priority)
    }),
    base_for_classes: true,
    ..TypeDef::named("PriorityQueue")
};
