//! `Handle` and `TimerHandle`: functions that the loop calls when their turn comes, in line with the tasks.
//!
//! A handle has a place in the run queue as a task has, due now or at a time. Its function runs between two turns of
//! tasks, while there is no current task.
//!
//! ```text
//!   Waiting ── its turn, or cancelled ──▶ Over
//! ```
//!
//! What must always hold: a handle in the run queue is kept alive by it; one that is over has no place there.

use super::state::{self, Shared, shared, take_node};
use crate::arguments;
use crate::clock;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_scheduler::NodeId;
use wigwag_vm::heap::{Handle as Slot, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::function::{TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What a handle does.
#[derive(Clone, Copy)]
pub enum Call {
    /// Calls a function of the program with a tuple of arguments.
    Python(Value, Value),
    /// Ours, with the object that it belongs to.
    Native(fn(&mut Vm, Value) -> Result<(), Raised>, Value),
    /// Nothing any more.
    Nothing,
}

/// A function in line.
pub struct Handle {
    class: Slot,
    call: Call,
    node: NodeId,
    /// When it is due, in seconds of the loop's time.
    when: f64,
    cancelled: bool,
    shared: Shared,
}

impl NativeObject for Handle {
    fn class(&self) -> Slot {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        match self.call {
            Call::Python(function, arguments) => tracer.values(&[function, arguments]),
            Call::Native(_, value) => tracer.value(value),
            Call::Nothing => {}
        }
    }

    fn bytes(&self) -> usize {
        size_of::<Handle>()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Ok(core) = self.shared.try_borrow() {
            core.event_loop.scheduler().retire(self.node);
        }
    }
}

impl Handle {
    /// What is to be done now that its turn has come.
    pub fn call(&self) -> Call {
        self.call
    }
}

fn make(
    vm: &mut Vm,
    shared: &Shared,
    definition: &'static TypeDef,
    call: Call,
    (when, key): (f64, u64),
) -> Result<Value, Raised> {
    let class = vm.heap.class_for(definition)?;
    let shared = Rc::clone(shared);
    let object =
        Handle { class, call, node: NodeId::NONE, when, cancelled: false, shared: Rc::clone(&shared) };
    let handle = arguments::object(&mut vm.heap, object)?;
    let Some(slot) = handle.as_handle() else { return Err(Raised::OUT_OF_MEMORY) };
    {
        let core = &mut *shared.borrow_mut();
        let node = take_node(&mut vm.heap, core, slot)?;
        if let Some(object) = vm.heap.as_native_mut::<Handle>(handle) {
            object.node = node;
        }
        // A node just taken is in no queue.
        let _ = core.event_loop.scheduler().push(node, key);
    }
    state::wake_if_parked(vm, &shared);
    Ok(handle)
}

/// Has a function called with a tuple of arguments as soon as its turn comes.
pub fn call_soon(vm: &mut Vm, shared: &Shared, function: Value, arguments: Value) -> Result<Value, Raised> {
    let key = state::key_for_now(vm, shared);
    make(vm, shared, &TYPE, Call::Python(function, arguments), (0.0, key))
}

/// Has something done at a time, in seconds of the loop; never earlier.
pub fn call_at(vm: &mut Vm, shared: &Shared, when: f64, call: Call) -> Result<Value, Raised> {
    let key = key_of(when).max(state::now(vm, shared));
    make(vm, shared, &TIMER_TYPE, call, (when, key))
}

/// The first whole millisecond that is not before a time.
fn key_of(seconds: f64) -> u64 {
    // Floats that are too large, or no numbers, end at a bound.
    ((seconds * 1_000_000.0 + 0.5) as u64).div_ceil(1000).saturating_mul(1000)
}

/// The time of the loop, in seconds.
pub fn time(vm: &mut Vm) -> f64 {
    clock::now_us(vm) as f64 / 1_000_000.0
}

/// A handle is over: gives its place back.
pub fn finish(heap: &mut Heap, shared: &Shared, handle: Value) {
    if let Some(object) = heap.as_native_mut::<Handle>(handle) {
        object.call = Call::Nothing;
        let node = core::mem::replace(&mut object.node, NodeId::NONE);
        let core = shared.borrow();
        core.event_loop.scheduler().remove(node);
        core.event_loop.scheduler().retire(node);
    }
}

/// It will not be called.
pub fn cancel(heap: &mut Heap, handle: Value) {
    if let Some(object) = heap.as_native_mut::<Handle>(handle)
        && !object.cancelled
    {
        object.cancelled = true;
        let shared = Rc::clone(&object.shared);
        finish(heap, &shared, handle);
    }
}

/// Its turn comes again: there was no memory to do what it does.
pub fn once_more(heap: &Heap, shared: &Shared, handle: Value) {
    if let Some(object) = heap.as_native::<Handle>(handle) {
        let core = shared.borrow();
        let now = core.event_loop.scheduler().nodes().observed();
        let _ = core.event_loop.scheduler().push(object.node, now);
    }
}

/// The positional arguments after the first `skip`, as a tuple. Keyword arguments can only be `context`, which nothing
/// here has.
fn rest(vm: &mut Vm, arguments: Arguments, skip: usize) -> Result<Value, Raised> {
    let [_context] = arguments.bind(vm, arguments.count, ["*context"])?;
    let values: Vec<Value> = arguments.positional(vm).iter().skip(skip).copied().collect();
    vm.heap.tuple(&values)
}

/// `Loop.call_soon(callback, *args)`
pub fn loop_call_soon(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let (function, rest) = (arguments.at(vm, 0), rest(vm, arguments, 1)?);
    Ok(call_soon(vm, &shared, function, rest)?.into())
}

/// A number of seconds.
pub fn seconds(vm: &mut Vm, value: Value) -> Result<f64, Raised> {
    match vm.heap.as_number(value) {
        Some(number) => Ok(number),
        None => Err(vm.type_error("can't convert to float")),
    }
}

/// `Loop.call_later(delay, callback, *args)`
pub fn loop_call_later(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let delay = arguments.at(vm, 0);
    let when = time(vm) + seconds(vm, delay)?;
    timer(vm, arguments, when)
}

/// `Loop.call_at(when, callback, *args)`
pub fn loop_call_at(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let when = arguments.at(vm, 0);
    let when = seconds(vm, when)?;
    timer(vm, arguments, when)
}

fn timer(vm: &mut Vm, arguments: Arguments, when: f64) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let (function, rest) = (arguments.at(vm, 1), rest(vm, arguments, 2)?);
    Ok(call_at(vm, &shared, when, Call::Python(function, rest))?.into())
}

/// `Loop.time()`
pub fn loop_time(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let time = time(vm);
    Ok(vm.heap.float(time)?.into())
}

fn cancel_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let handle = arguments.at(vm, 0);
    cancel(&mut vm.heap, handle);
    Ok(Value::NONE.into())
}

fn cancelled(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let handle = arguments.first().and_then(|&handle| heap.as_native::<Handle>(handle));
    Ok(Value::from_bool(handle.is_some_and(|handle| handle.cancelled)))
}

fn when(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let when = arguments.first().and_then(|&handle| heap.as_native::<Handle>(handle)).map_or(0.0, |h| h.when);
    heap.float(when)
}

/// `Handle`
pub static TYPE: TypeDef = TypeDef {
    members: &[full("cancel", 1, 1, cancel_method), plain("cancelled", 1, 1, cancelled)],
    ..TypeDef::named("Handle")
};

/// `TimerHandle`
pub static TIMER_TYPE: TypeDef =
    TypeDef { parent: Some(&TYPE), members: &[plain("when", 1, 1, when)], ..TypeDef::named("TimerHandle") };
