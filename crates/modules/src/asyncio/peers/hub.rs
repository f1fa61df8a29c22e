//! The hub: what the Rust side of a machine's event loop consists of.
//!
//! ```text
//!   a turn in the run queue          whose it is                    what is done
//!   ───────────────────────────────  ─────────────────────────────  ─────────────────────────────────────────────
//!   of a Rust future in `awaited`    the Python task's that awaits  the task is resumed; its innermost awaitable,
//!                                    it, if it still does           an `Awaitable`, polls the future
//!   of any other Rust future         a task made from Rust          the loop polls it
//!   of the errands' node             nobody's                       what Rust asked of the machine is done
//! ```
//!
//! A future is polled while the machine is borrowed, so it cannot call Python itself. What it wants of the machine it leaves
//! here as an [`Errand`](super::errands::Errand), and the node of the errands joins the run queue: they are done in turn,
//! like everything else.
//!
//! What must always hold: what is in `awaited` at an index is the awaitable whose place in the loop's table has that index;
//! it is taken out when the future is over. Nothing here is borrowed while a future is polled or dropped.

use super::awaitable;
use super::errands::{self, Errand};
use super::object::{Object, Roots};
use crate::asyncio::state::{Shared, wake_if_parked};
use crate::asyncio::told_time::ToldTime;
use crate::clock;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use wigwag_scheduler::sync::OnLoop;
use wigwag_scheduler::{Handle as EventLoop, NodeId, Owner, TaskId, Turn};
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{Stream, Vm};

/// Runs a function and says what it panicked with, if it did: on a platform with `std`, `catch_unwind`.
pub type CatchPanic = fn(&mut dyn FnMut()) -> Result<(), String>;

/// See the module.
pub struct Hub {
    /// The loop.
    pub event_loop: EventLoop,
    /// What futures know of the time.
    pub time: ToldTime,
    /// What Rust holds of Python.
    pub roots: Rc<Roots>,
    /// The awaitables whose futures have begun and are not over, by their index in the loop's table; unbound between.
    awaited: RefCell<Vec<Value>>,
    /// What is to be done with the machine.
    errands: RefCell<VecDeque<Errand>>,
    /// Stands in line for the errands.
    errands_node: Cell<NodeId>,
    /// Exception classes that were registered, by name.
    exceptions: RefCell<BTreeMap<String, Object>>,
    /// What tasks made from Rust are called.
    names: RefCell<BTreeMap<u32, (TaskId, Rc<str>)>>,
    /// How panics are caught, if they are.
    pub catch_panic: Cell<Option<CatchPanic>>,
    /// Bytes of the loop's tables that were charged.
    charged: Cell<usize>,
}

impl Hub {
    /// The hub of a loop.
    pub fn new(event_loop: EventLoop, time: ToldTime) -> Hub {
        Hub {
            event_loop,
            time,
            roots: Rc::default(),
            awaited: RefCell::default(),
            errands: RefCell::default(),
            errands_node: Cell::new(NodeId::NONE),
            exceptions: RefCell::default(),
            names: RefCell::default(),
            catch_panic: Cell::new(None),
            charged: Cell::new(0),
        }
    }

    /// Bytes that were charged for it.
    pub fn bytes(&self) -> usize {
        self.charged.get() + self.roots.bytes()
    }

    /// Notes that so many bytes were charged for what the loop's tables will grow by.
    pub fn note_charged(&self, bytes: usize) {
        self.charged.set(self.charged.get() + bytes);
    }

    /// Charges what the tables have grown by on Rust's account, as far as there is room in the budget.
    pub fn settle_bytes(&self, vm: &mut Vm) {
        let held = self.event_loop.bytes() + self.awaited.borrow().capacity() * size_of::<Value>();
        let missing = held.saturating_sub(self.charged.get());
        if missing > 0 && vm.heap.budget.charge(missing).is_ok() {
            self.note_charged(missing);
        }
    }

    /// Shows the collector what Rust holds, and whoever awaits a future: its waker may be anywhere.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        self.roots.trace(tracer);
        tracer.values(&self.awaited.borrow());
    }

    /// Leaves something to be done with the machine.
    pub fn ask(&self, errand: Errand) {
        self.errands.borrow_mut().push_back(errand);
        self.queue_errands();
    }

    fn queue_errands(&self) {
        let mut scheduler = self.event_loop.scheduler();
        let now = scheduler.nodes().observed();
        let mut node = self.errands_node.get();
        if !scheduler.nodes().is_live(node) {
            // Nobody's alarm: its turn means nothing to the loop. Without room for it the next errand tries again.
            let Ok(made) = scheduler.nodes_mut().alloc(Owner::Alarm(u32::MAX)) else { return };
            self.errands_node.set(made);
            node = made;
        }
        // One that is in line already will do.
        let _ = scheduler.push(node, now);
    }

    /// The machine goes: what was asked of it will never be done.
    pub fn close(&self) {
        while let Some(errand) = self.next_errand() {
            errand.refuse();
        }
    }

    /// Takes the next errand.
    pub fn next_errand(&self) -> Option<Errand> {
        self.errands.borrow_mut().pop_front()
    }

    /// Puts an errand back that could not be done for lack of memory; its turn comes again.
    pub fn once_more(&self, errand: Errand) {
        self.errands.borrow_mut().push_front(errand);
        self.queue_errands();
    }

    /// Tells the futures what time it is.
    pub fn tell_time(&self, vm: &mut Vm) {
        self.time.tell(clock::now_us(vm));
    }

    /// Notes who awaits the future at this place.
    pub fn note_awaited(&self, place: TaskId, awaitable: Value) -> bool {
        let mut awaited = self.awaited.borrow_mut();
        let index = place.index() as usize;
        if index >= awaited.len() {
            let missing = index + 1 - awaited.len();
            if awaited.try_reserve(missing).is_err() {
                return false;
            }
            awaited.resize(index + 1, Value::UNBOUND);
        }
        awaited[index] = awaitable;
        true
    }

    /// Forgets the future at this place and the place itself.
    pub fn forget(&self, place: TaskId) {
        if self.event_loop.core().forget(place)
            && let Ok(mut awaited) = self.awaited.try_borrow_mut()
            && let Some(known) = awaited.get_mut(place.index() as usize)
        {
            *known = Value::UNBOUND;
        }
    }

    /// The class of an exception that was registered.
    pub fn exception_class(&self, name: &str) -> Option<Value> {
        let exceptions = self.exceptions.borrow();
        exceptions.get(name).and_then(|object| object.value(&self.roots))
    }

    /// Registers an exception class.
    pub fn note_exception(&self, name: &str, class: Object) {
        self.exceptions.borrow_mut().insert(String::from(name), class);
    }

    /// Notes what a task is called.
    pub fn note_name(&self, task: TaskId, name: Rc<str>) {
        let mut names = self.names.borrow_mut();
        names.retain(|_, (task, _)| self.event_loop.core().is_live(*task));
        names.insert(task.index(), (task, name));
    }

    /// What the tasks are called that were made from Rust and are not over.
    pub fn names(&self) -> Vec<Rc<str>> {
        let names = self.names.borrow();
        let live = names.values().filter(|(task, _)| self.event_loop.core().is_live(*task));
        live.map(|(_, name)| Rc::clone(name)).collect()
    }

    /// Whether any future waits for something that is not in this loop: a waker of it may be kept by an interrupt handler
    /// or another thread.
    pub fn waits_outside(&self) -> bool {
        let core = self.event_loop.core();
        if core.tasks() == 0 {
            return false;
        }
        let scheduler = core.scheduler();
        let inside: usize = {
            let mut waiting: Vec<u32> = scheduler
                .nodes()
                .iter_live()
                .filter(|(node, _)| scheduler.nodes().is_queued(*node))
                .filter_map(|(_, owner)| match owner {
                    Owner::Future(index) => Some(index),
                    Owner::Caller(_) | Owner::Alarm(_) => None,
                })
                .collect();
            waiting.sort_unstable();
            waiting.dedup();
            waiting.len()
        };
        drop(scheduler);
        inside < core.tasks()
    }

    /// Does something that may panic, if panics are caught here at all.
    pub fn guarded<R>(&self, work: impl FnOnce() -> R) -> Result<R, String> {
        let Some(catch) = self.catch_panic.get() else { return Ok(work()) };
        let (mut work, mut result) = (Some(work), None);
        catch(&mut || result = work.take().map(|work| work()))?;
        result.ok_or_else(|| String::from("nothing was done"))
    }
}

/// A turn that is not a Python task's own. Gives the task that has to be resumed for it, if any.
pub fn turn(vm: &mut Vm, shared: &Shared, turn: Turn) -> Result<Option<Value>, Raised> {
    let hub = Rc::clone(&shared.borrow().hub);
    if turn.node == hub.errands_node.get() {
        return errands::perform(vm, &hub).map(|()| None);
    }
    if let Owner::Future(index) = turn.owner {
        let known = hub.awaited.borrow().get(index as usize).copied();
        if let Some(awaitable) = known.filter(|known| !known.is_unbound()) {
            return Ok(awaitable::waiting_task(&mut vm.heap, awaitable));
        }
    }
    hub.tell_time(vm);
    hub.event_loop.poll(turn);
    hub.settle_bytes(vm);
    wake_if_parked(vm, shared);
    Ok(None)
}

/// Tells of a panic that nobody can be told of otherwise.
pub fn report_panic(vm: &mut Vm, name: &str, text: &str) {
    vm.write(Stream::Error, &alloc::format!("wigwag: Rust task '{name}' panicked: {text}\n"));
}
