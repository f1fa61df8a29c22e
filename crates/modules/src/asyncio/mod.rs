//! MicroPython's `asyncio`, and the one place where the scheduler and the machine meet.
//!
//! | file | what |
//! |---|---|
//! | `state` | what all share: nodes, run queue, whose turn it is |
//! | `run_loop` | the loop, a native frame |
//! | `task`, `task_queue` | the types of `_asyncio` |
//! | `sleep`, `event`, `lock`, `flag` | what tasks wait for |
//! | `semaphore`, `queue`, `queue_items` | the same, with CPython's names |
//! | `future`, `shield`, `timeout`, `handle` | results to come; limits; functions that the loop calls |
//! | `io_queue`, `io_queue_outside`, `stream` | waiting for streams, reading and writing them |
//! | `get_addresses` | the addresses of names, without keeping the loop |
//! | `listeners`, `task_extras`, `task_methods`, `all_tasks`, `cancel` | what CPython's tasks have more |
//! | `frozen` | what is written in Python: `TaskGroup`, `Condition`, `Barrier`, `wait`, `Runner`, `to_thread`, connections and servers |
//! | `wait` | the awaitable that those share who have a line |
//! | `coroutine` | coroutines written in Rust: `gather`, `wait_for` |
//! | `peers` | Rust futures on the same loop, and what they and Python have of each other |
//! | `event_loop`, `create`, `report` | `Loop` and the functions around it |
//! | `parked` | who waits for what, for reports of a deadlock |
//!
//! Order and time are upstream's: whoever is due earlier comes first, in whole milliseconds, and among equals first come,
//! first served. A switch between tasks, a sleep and an `Event` handed over allocate nothing.

mod all_tasks;
mod cancel;
mod coroutine;
mod create;
mod event;
mod event_loop;
mod exceptions;
mod flag;
mod frozen;
mod future;
mod gather;
mod get_addresses;
mod handle;
mod io_queue;
mod io_queue_outside;
mod listeners;
mod lock;
mod parked;
pub mod peers;
mod queue;
mod queue_items;
mod ready;
mod report;
mod run_loop;
mod semaphore;
mod shield;
mod sleep;
mod state;
mod stream;
mod task;
mod task_extras;
mod task_methods;
mod task_queue;
mod ticks;
mod timeout;
mod told_time;
mod wait;
mod wait_for;

pub use flag::is_flag;
pub use parked::{ParkedTask, parked_tasks};

use crate::frozen::no_attribute;
use wigwag_scheduler::sync::OnLoop;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Value};
use wigwag_vm::objects::function::{ANY, Member, full, keyword};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

const ASYNCIO: &str = "asyncio";
const CORE: &str = "asyncio.core";

/// `asyncio.core`: what belongs to the loop itself.
static CORE_MODULE: ModuleDef = ModuleDef {
    name: CORE,
    members: &[
        keyword("run", 0, 1, event_loop::run),
        full("run_until_complete", 0, 1, event_loop::run_until_complete),
        keyword("create_task", 0, 1, create::create_task),
        full("current_task", 0, 0, event_loop::current_task),
        full("sleep", 1, 1, sleep::sleep),
        full("sleep_ms", 1, 2, sleep::sleep_ms),
        keyword("get_event_loop", 0, 2, event_loop::get_event_loop),
        full("new_event_loop", 0, 0, event_loop::new_event_loop),
        Member::Extension("Loop", &event_loop::TYPE),
        Member::Extension("Task", &task::TYPE),
        Member::Extension("TaskQueue", &task_queue::TYPE),
        Member::Extension("SingletonGenerator", &sleep::TYPE),
        Member::Extension("IOQueue", &io_queue::TYPE),
        Member::Extension("CancelledError", &exceptions::CANCELLED_ERROR),
        Member::Extension("TimeoutError", &exceptions::TIMEOUT_ERROR),
        full("__getattr__", 1, 1, core_attribute),
    ],
};

/// `_asyncio`
static TYPES_MODULE: ModuleDef = ModuleDef {
    name: "_asyncio",
    members: &[
        Member::Extension("Task", &task::TYPE),
        Member::Extension("TaskQueue", &task_queue::TYPE),
        Member::Str("__name__", "_asyncio"),
    ],
};

/// `asyncio`
static MODULE: ModuleDef = ModuleDef {
    name: ASYNCIO,
    members: &[
        Member::Machine("core", |vm| Ok(vm.native_module(CORE)?.unwrap_or(Value::NONE))),
        Member::Shared("run", CORE),
        Member::Shared("run_until_complete", CORE),
        Member::Shared("create_task", CORE),
        Member::Shared("current_task", CORE),
        Member::Shared("sleep", CORE),
        Member::Shared("sleep_ms", CORE),
        Member::Shared("get_event_loop", CORE),
        Member::Shared("new_event_loop", CORE),
        Member::Extension("Loop", &event_loop::TYPE),
        Member::Extension("Task", &task::TYPE),
        Member::Extension("TaskQueue", &task_queue::TYPE),
        Member::Extension("SingletonGenerator", &sleep::TYPE),
        Member::Extension("CancelledError", &exceptions::CANCELLED_ERROR),
        Member::Extension("TimeoutError", &exceptions::TIMEOUT_ERROR),
        Member::Extension("IOQueue", &io_queue::TYPE),
        Member::Extension("StreamReader", &stream::TYPE),
        Member::Extension("StreamWriter", &stream::TYPE),
        Member::Extension("Event", &event::TYPE),
        Member::Extension("Lock", &lock::TYPE),
        Member::Extension("ThreadSafeFlag", &flag::TYPE),
        Member::Extension("Queue", &queue::TYPE),
        Member::Extension("LifoQueue", &queue::LIFO_TYPE),
        Member::Extension("PriorityQueue", &queue::PRIORITY_TYPE),
        Member::Extension("QueueEmpty", &exceptions::QUEUE_EMPTY),
        Member::Extension("QueueFull", &exceptions::QUEUE_FULL),
        Member::Extension("QueueShutDown", &exceptions::QUEUE_SHUT_DOWN),
        Member::Extension("Future", &future::TYPE),
        Member::Extension("Handle", &handle::TYPE),
        Member::Extension("TimerHandle", &handle::TIMER_TYPE),
        Member::Extension("InvalidStateError", &exceptions::INVALID_STATE_ERROR),
        Member::Extension("BrokenBarrierError", &exceptions::BROKEN_BARRIER_ERROR),
        full("shield", 1, 1, shield::shield),
        keyword("ensure_future", 0, 1, create::ensure_future),
        full("get_running_loop", 0, 0, event_loop::get_running_loop),
        full("all_tasks", 0, 1, all_tasks::all_tasks),
        keyword("timeout", 0, 1, timeout::timeout),
        keyword("timeout_at", 0, 1, timeout::timeout_at),
        Member::Extension("Timeout", &timeout::TYPE),
        Member::Extension("Semaphore", &semaphore::TYPE),
        Member::Extension("BoundedSemaphore", &semaphore::BOUNDED_TYPE),
        keyword("gather", 0, ANY, gather::gather),
        keyword("wait_for", 0, 3, wait_for::wait_for),
        keyword("wait_for_ms", 0, 2, wait_for::wait_for_ms),
        Member::Lazy("cur_task", |_| Ok(Value::NONE)),
        Member::Lazy("__version__", version),
        full("__getattr__", 1, 1, module_attribute),
    ],
};

/// Where upstream has the parts that come with `asyncio` when they are asked for.
static PARTS: [ModuleDef; 4] = [
    ModuleDef {
        name: "asyncio.funcs",
        members: &[
            Member::Shared("gather", ASYNCIO),
            Member::Shared("wait_for", ASYNCIO),
            Member::Shared("wait_for_ms", ASYNCIO),
        ],
    },
    ModuleDef {
        name: "asyncio.event",
        members: &[
            Member::Extension("Event", &event::TYPE),
            Member::Extension("ThreadSafeFlag", &flag::TYPE),
        ],
    },
    ModuleDef { name: "asyncio.lock", members: &[Member::Extension("Lock", &lock::TYPE)] },
    ModuleDef {
        name: "asyncio.stream",
        members: &[
            Member::Extension("Stream", &stream::TYPE),
            Member::Extension("StreamReader", &stream::TYPE),
            Member::Extension("StreamWriter", &stream::TYPE),
            full("__getattr__", 1, 1, module_attribute),
        ],
    },
];

/// `uasyncio`: the old name, for everything.
static OLD_MODULE: ModuleDef = ModuleDef { name: "uasyncio", members: &[Member::AllOf(ASYNCIO)] };

/// The modules of this folder.
pub static MODULES: &[&ModuleDef] =
    &[&MODULE, &CORE_MODULE, &TYPES_MODULE, &OLD_MODULE, &PARTS[0], &PARTS[1], &PARTS[2], &PARTS[3]];

/// Makes a machine ready for these modules. Its clock should be known by then.
pub fn install(vm: &mut Vm) {
    let period = crate::clock::ticks_period(vm);
    // Without the memory for it, each use says that there is no asyncio.
    if let Ok(state) = state::AsyncState::new(period) {
        vm.extensions.push_first(alloc::boxed::Box::new(state));
    }
}

/// Has a loop that has parked its fiber look again, if there is something for it: a waker was called, or Rust outside the
/// machine has made somebody ready.
pub fn rouse(vm: &mut Vm) {
    let Some(state) = vm.extension::<state::AsyncState>() else { return };
    let core = state.shared.borrow();
    let is_roused =
        core.parked > 0 && (core.event_loop.core().is_woken() || core.event_loop.scheduler().is_due());
    drop(core);
    if is_roused {
        crate::callbacks::wake_loop(vm);
    }
}

/// Whether a Rust future waits for something that the machine does not know of.
pub fn waits_outside(vm: &mut Vm) -> bool {
    vm.extension::<state::AsyncState>().is_some_and(|state| state.shared.borrow().hub.waits_outside())
}

fn version(heap: &mut Heap) -> Result<Value, Raised> {
    heap.tuple(&[Value::tiny_int(3), Value::tiny_int(0), Value::tiny_int(0)])
}

/// The namespace of `asyncio.core`, once it is loaded. A module of that name that a program brings is another one.
fn core_namespace(vm: &mut Vm) -> Option<Handle> {
    let namespace = match vm.heap.slot_of(vm.loaded_module(CORE)?) {
        Some(Slot::Module(namespace)) => *namespace,
        _ => return None,
    };
    let name = vm.heap.intern_static("Loop").ok()?;
    let event_loop = vm.namespace_get(namespace, name)?;
    (event_loop == event_loop::class(vm).ok()?).then_some(namespace)
}

/// A name of `asyncio.core`, which the program may have replaced.
fn core_member(vm: &mut Vm, name: &'static str) -> Result<Option<Value>, Raised> {
    let name = vm.heap.intern_static(name)?;
    Ok(core_namespace(vm).and_then(|namespace| vm.namespace_get(namespace, name)))
}

/// The names of `asyncio.core` that stand for the state of the loop.
fn core_attribute(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let name = arguments.at(vm, 0);
    let shared = state::shared(vm)?;
    let value = match vm.heap.as_str(name) {
        Some("cur_task") => shared.borrow().current,
        Some("_stop_task") => shared.borrow().stop_task,
        Some("_task_queue") => task_queue::TaskQueue::of_the_loop(&mut vm.heap, &shared)?,
        Some("_io_queue") => io_queue::queue_object(vm, &shared)?,
        Some("_exc_context") => report::shared_context(vm, &shared)?,
        _ => {
            let text = alloc::string::String::from(vm.heap.as_str(name).unwrap_or(""));
            return Err(no_attribute(vm, &text));
        }
    };
    Ok(value.into())
}

fn module_attribute(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let name = arguments.at(vm, 0);
    let text = alloc::string::String::from(vm.heap.as_str(name).unwrap_or(""));
    match crate::frozen::look_up(vm, &frozen::PARTS, &text)? {
        Some(outcome) => Ok(outcome),
        None => Err(no_attribute(vm, &text)),
    }
}
