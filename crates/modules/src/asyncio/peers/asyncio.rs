//! `Asyncio`: the machine's event loop as Rust reaches it.

use super::common::{Common, Event, Lock, Queue, Semaphore};
use super::crossing;
use super::errands::{self, Call, Errand, PythonTask, Work};
use super::guarded::Guarded;
use super::hub::{CatchPanic, Hub};
use super::{Data, Object};
use crate::asyncio::state;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::future::Future;
use wigwag_scheduler::sync::{self, OnLoop};
use wigwag_scheduler::{Clock, Core, CreateError, Every, Growing, Handle, JoinHandle, Late, Sleep, Timeout};
use wigwag_scheduler::{Doorbell, NoRoom};
use wigwag_vm::heap::OutOfMemory;
use wigwag_vm::run::Vm;

/// The event loop on which Python's tasks and Rust's run. Cloning it is cheap; it stays on its engine's thread.
///
/// It has asyncio's verbs, and is what [`sync`](wigwag_scheduler::sync)'s primitives and [`gather`](wigwag_scheduler::gather)
/// are used with. The loop runs while the Python program runs it (`asyncio.run`); tasks stand in line until then.
#[derive(Clone)]
pub struct Asyncio {
    hub: Rc<Hub>,
}

impl Asyncio {
    pub(super) fn new(hub: &Rc<Hub>) -> Asyncio {
        Asyncio { hub: Rc::clone(hub) }
    }

    /// The loop of a machine. None if there was no memory for it.
    pub fn of(vm: &mut Vm) -> Option<Asyncio> {
        let hub = Rc::clone(&state::shared(vm).ok()?.borrow().hub);
        hub.tell_time(vm);
        Some(Asyncio { hub })
    }

    /// The names of the tasks that were made from Rust and are not over.
    pub fn task_names(&self) -> Vec<Rc<str>> {
        self.hub.names()
    }

    /// Catches panics of futures from now on; see the module.
    pub fn catch_panics(&self, catch: CatchPanic) {
        self.hub.catch_panic.set(Some(catch));
    }

    /// What is rung when a waker is called while the loop may be idle, from another thread or an interrupt.
    pub fn set_doorbell(&self, doorbell: Option<&'static Doorbell>) {
        self.hub.event_loop.core().set_doorbell(doorbell);
    }

    /// The program's time in microseconds, as of this turn.
    pub fn now_us(&self) -> u64 {
        self.hub.time.now_us()
    }

    /// Sleeps for so many milliseconds from now. With 0, everybody else who is due has a turn first.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: `CancelledError` at the `await` of the function that sleeps drops it.
    pub fn sleep_ms(&self, ms: u64) -> Sleep<'_, Growing> {
        self.hub.event_loop.sleep_ms(ms)
    }

    /// Sleeps for so many microseconds from now.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: `CancelledError` at the `await` of the function that sleeps drops it.
    pub fn sleep_us(&self, us: u64) -> Sleep<'_, Growing> {
        self.hub.event_loop.sleep_us(us)
    }

    /// Gives a future so many milliseconds from now.
    ///
    /// # Cancellation
    /// Rust: dropping it drops the future, as the end of its time does.
    /// Python: `CancelledError` at the `await` of the function that waits drops it.
    pub fn timeout_ms<F: Future>(&self, ms: u64, future: F) -> Timeout<'_, F, Growing> {
        self.hub.event_loop.timeout_ms(ms, future)
    }

    /// Ticks every so many milliseconds, the first one period from now.
    pub fn every_ms(&self, period_ms: u64, late: Late) -> Every<'_, Growing> {
        self.hub.event_loop.every_ms(period_ms, late)
    }

    /// Makes a task of a Rust future. The name is for reports. Dropping the handle lets the task go on.
    ///
    /// # Errors
    /// [`CreateError`] without memory, or when the engine is gone.
    pub fn create_task<F>(&self, name: &str, future: F) -> Result<JoinHandle<F::Output>, CreateError>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let name: Rc<str> = Rc::from(name);
        let id = Rc::new(Cell::new(None));
        let task = self.hub.event_loop.create_task(Guarded::new(future, &name, &id, &self.hub))?;
        id.set(Some(task.id()));
        self.hub.note_name(task.id(), name);
        Ok(task)
    }

    /// An event for both sides. Python gets it as a value: registered with a module, returned, passed.
    pub fn event(&self) -> Event {
        Common::new(sync::Event::new(self.hub.event_loop.clone()), &self.hub.roots)
    }

    /// A lock for both sides.
    pub fn lock(&self) -> Lock {
        Common::new(sync::Lock::new(self.hub.event_loop.clone(), ()), &self.hub.roots)
    }

    /// A semaphore for both sides, with so many places.
    pub fn semaphore(&self, places: usize) -> Semaphore {
        Common::new(sync::Semaphore::new(self.hub.event_loop.clone(), places), &self.hub.roots)
    }

    /// A queue for both sides, with room for so many items.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for so many.
    pub fn queue(&self, capacity: usize) -> Result<Queue, NoRoom> {
        let queue = sync::Queue::bounded(self.hub.event_loop.clone(), capacity)?;
        Ok(Common::new(queue, &self.hub.roots))
    }

    /// Calls a Python function; if what it returns can be awaited, awaits it. It runs as a task of its own.
    ///
    /// # Cancellation
    /// Rust: dropping it cancels the task, which ends by itself.
    /// Python: `CancelledError` at the `await` of the function that calls drops it, and so cancels the task.
    pub fn call(&self, function: &Object, arguments: impl Into<Vec<Data>>) -> Call {
        Call::new(&self.hub, Work::Call(function.clone(), errands::arguments(arguments.into())))
    }

    /// Awaits something of Python's: a coroutine, a task, a future.
    ///
    /// # Cancellation
    /// Rust: dropping it cancels what is awaited.
    /// Python: `CancelledError` at the `await` of the function that waits drops it, and so cancels what is awaited.
    pub fn result_of(&self, awaitable: &Object) -> Call {
        Call::new(&self.hub, Work::Await(awaitable.clone()))
    }

    /// As [`call`](Self::call), but it runs whether or not anybody waits for it.
    pub fn create_python_task(&self, function: &Object, arguments: impl Into<Vec<Data>>) -> PythonTask {
        PythonTask::start(&self.hub, Work::Call(function.clone(), errands::arguments(arguments.into())))
    }

    /// Has a `CancelledError` raised in a Python task, as its `cancel()` does. Anything else is left alone.
    pub fn cancel(&self, task: &Object) {
        self.hub.ask(Errand::Cancel(task.clone()));
    }

    /// The loop as the scheduler's crate knows it. A panic in a task made with it is not caught.
    pub fn handle(&self) -> &Handle {
        &self.hub.event_loop
    }
}

impl OnLoop for Asyncio {
    type Parts = Growing;

    fn core(&self) -> &Core<Growing> {
        self.hub.event_loop.core()
    }
}
