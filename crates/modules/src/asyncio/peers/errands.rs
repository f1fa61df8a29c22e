//! Errands: what Rust asks of the machine from where it cannot reach it, and the Python tasks that come of that.
//!
//! A Python task made from Rust runs a coroutine written in Rust that calls the function, awaits what it returns if that
//! can be awaited, and leaves the result in a [`Ticket`] that the Rust side looks at.
//!
//! ```text
//!   Waiting ── returned, raised, cancelled ──▶ Done ── awaited in Rust ──▶ Taken
//! ```

use super::crossing;
use super::hub::{self, Hub};
use super::{Data, Exception, Object};
use crate::asyncio::cancel;
use crate::asyncio::coroutine::{Body, Coroutine, Resumed, Turn};
use crate::asyncio::exceptions::is_cancelled;
use crate::asyncio::task::{self, Task};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use wigwag_scheduler::TaskId;
use wigwag_scheduler::sync::OnLoop;
use wigwag_vm::heap::{Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::Vm;

/// Something to be done with the machine.
#[derive(Clone)]
pub enum Errand {
    /// A task is to be made that does this.
    Start(Work, Rc<Ticket>),
    /// The task that was made for this ticket is to be cancelled.
    Stop(Rc<Ticket>),
    /// This Python task is to be cancelled.
    Cancel(Object),
    /// A future has panicked: its task is to be dropped, and the text told.
    Panicked(TaskId, Rc<str>, String),
}

impl Errand {
    /// It will not be done.
    pub fn refuse(self) {
        if let Errand::Start(_, ticket) = self {
            ticket.finish(Err(Exception::cancelled()));
        }
    }
}

/// What a Python task made from Rust does.
#[derive(Clone)]
pub enum Work {
    /// Calls a function, and awaits what it returns if that can be awaited.
    Call(Object, Rc<[Data]>),
    /// Awaits something.
    Await(Object),
}

/// Does what was asked for until now. For lack of memory, what is left is done at a later turn.
pub fn perform(vm: &mut Vm, hub: &Rc<Hub>) -> Result<(), Raised> {
    while let Some(errand) = hub.next_errand() {
        if perform_one(vm, hub, &errand) == Err(Raised::OUT_OF_MEMORY) {
            hub.once_more(errand);
            return Err(Raised::OUT_OF_MEMORY);
        }
    }
    Ok(())
}

fn perform_one(vm: &mut Vm, hub: &Rc<Hub>, errand: &Errand) -> Result<(), Raised> {
    match errand {
        Errand::Start(work, ticket) => start(vm, hub, work, ticket),
        Errand::Stop(ticket) => {
            let task = ticket.task.borrow().as_ref().and_then(|task| task.value(&hub.roots));
            // What cannot be cancelled is over already, or ends by itself.
            task.map_or(Ok(()), |task| cancel::cancel(vm, task, Value::NONE).map(|_| ()))
        }
        Errand::Cancel(task) => {
            let task = task.value(&hub.roots).filter(|&task| vm.heap.as_native::<Task>(task).is_some());
            task.map_or(Ok(()), |task| cancel::cancel(vm, task, Value::NONE).map(|_| ()))
        }
        Errand::Panicked(task, name, text) => {
            let _ = hub.event_loop.core().cancel(*task);
            hub::report_panic(vm, name, text);
            Ok(())
        }
    }
}

fn start(vm: &mut Vm, hub: &Rc<Hub>, work: &Work, ticket: &Rc<Ticket>) -> Result<(), Raised> {
    match make_task(vm, hub, work, ticket) {
        Err(Raised::OUT_OF_MEMORY) => Err(Raised::OUT_OF_MEMORY),
        Err(Raised(exception)) => {
            let exception = crossing::exception_to_rust(&mut vm.heap, hub, exception)?;
            ticket.finish(Err(exception));
            Ok(())
        }
        Ok(task) => {
            *ticket.task.borrow_mut() = Some(task);
            Ok(())
        }
    }
}

fn make_task(vm: &mut Vm, hub: &Rc<Hub>, work: &Work, ticket: &Rc<Ticket>) -> Result<Object, Raised> {
    // First, because a task that is in line is not to be made again.
    let held = hub.roots.hold(&mut vm.heap.budget, Value::NONE)?;
    let body =
        Started { work: work.clone(), stage: Stage::Begun, ticket: Rc::clone(ticket), hub: Rc::clone(hub) };
    let coroutine = Coroutine::make(&mut vm.heap, body)?;
    let task = task::create(vm, coroutine)?;
    held.set(task);
    Ok(held)
}

/// What the two sides of a Python task made from Rust share.
pub struct Ticket {
    outcome: RefCell<Outcome>,
    waker: Cell<Option<Waker>>,
    task: RefCell<Option<Object>>,
}

enum Outcome {
    Waiting,
    Done(Result<Data, Exception>),
    Taken,
}

impl Ticket {
    fn new() -> Rc<Ticket> {
        Rc::new(Ticket {
            outcome: RefCell::new(Outcome::Waiting),
            waker: Cell::new(None),
            task: RefCell::new(None),
        })
    }

    fn is_over(&self) -> bool {
        !matches!(*self.outcome.borrow(), Outcome::Waiting)
    }

    fn finish(&self, result: Result<Data, Exception>) {
        if self.is_over() {
            return;
        }
        *self.outcome.borrow_mut() = Outcome::Done(result);
        // The task object is of no use any more.
        let task = self.task.borrow_mut().take();
        drop(task);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The coroutine of a Python task made from Rust.
struct Started {
    work: Work,
    stage: Stage,
    ticket: Rc<Ticket>,
    hub: Rc<Hub>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has been asked for yet.
    Begun,
    /// The function has been called.
    Called,
    /// What it returned is awaited.
    Awaited,
}

impl Started {
    fn begin(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let (Work::Call(object, _) | Work::Await(object)) = &self.work;
        let Some(value) = object.value(&self.hub.roots) else {
            return Err(vm.type_error("the object belongs to another engine"));
        };
        let Work::Call(_, arguments) = &self.work else {
            self.stage = Stage::Awaited;
            return Ok(Turn::Await(value));
        };
        let depth = vm.roots.len();
        let made = crossing::all_to_python(vm, &self.hub, arguments);
        vm.roots.truncate(depth);
        let arguments = made?;
        self.stage = Stage::Called;
        Ok(Turn::CallMany(value, arguments))
    }

    fn returned(&mut self, vm: &mut Vm, value: Value) -> Result<Turn, Raised> {
        if self.stage == Stage::Called && is_awaitable(vm, value)? {
            self.stage = Stage::Awaited;
            return Ok(Turn::Await(value));
        }
        let data = crossing::to_rust(&mut vm.heap, &self.hub, value)?;
        self.ticket.finish(Ok(data));
        Ok(Turn::Return(Value::NONE))
    }

    /// An exception goes to whoever waits in Rust; if nobody does, or it ends the program, it goes its way in Python.
    fn raised(&mut self, vm: &mut Vm, exception: Value) -> Result<Turn, Raised> {
        let crossed = crossing::exception_to_rust(&mut vm.heap, &self.hub, exception)?;
        let is_ours = vm.heap.is_instance(exception, TypeId::Exception.handle());
        let is_awaited = Rc::strong_count(&self.ticket) > 1;
        let ends_as_cancelled = is_cancelled(&mut vm.heap, exception)?;
        self.ticket.finish(Err(crossed));
        if is_ours && is_awaited && !ends_as_cancelled {
            return Ok(Turn::Return(Value::NONE));
        }
        Err(Raised(exception))
    }
}

impl Body for Started {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match with {
            Resumed::Raised(exception) => self.raised(vm, exception),
            Resumed::Value(value) => self.returned(vm, value),
            Resumed::Plain => match self.begin(vm) {
                Err(raised) if raised != Raised::OUT_OF_MEMORY => self.raised(vm, raised.0),
                turn => turn,
            },
        }
    }

    // What it refers to is held by its objects.
    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn name(&self) -> &'static str {
        match self.work {
            Work::Call(..) => "call from Rust",
            Work::Await(_) => "await from Rust",
        }
    }
}

impl Drop for Started {
    /// Dropped before its end: its task was cancelled before it ran, or is garbage.
    fn drop(&mut self) {
        if self.ticket.task.borrow().is_some() {
            self.ticket.finish(Err(Exception::cancelled()));
        }
    }
}

/// Whether something can be awaited: a coroutine, a task or future, an instance with `__await__` or `__iter__` and `send`.
fn is_awaitable(vm: &mut Vm, value: Value) -> Result<bool, Raised> {
    match vm.heap.slot_of(value) {
        Some(Slot::Generator(_)) => Ok(true),
        Some(Slot::Object(object)) => Ok(NativeObject::next_function(&**object).is_some()),
        Some(Slot::Instance(_)) => {
            let name = vm.heap.intern_static("__await__")?;
            Ok(vm.has_plain_attribute(value, name)? == Some(true))
        }
        _ => Ok(false),
    }
}

/// A Python task that was made from Rust. Awaited, it gives what the function returned or raised.
///
/// # Cancellation
/// Rust: dropping it, or a future that awaits it, lets the task go on; [`cancel`](Self::cancel) stops it.
/// Python: `CancelledError` is raised in the task; what awaits it in Rust gets it as an [`Exception`].
pub struct PythonTask {
    ticket: Rc<Ticket>,
    hub: Rc<Hub>,
}

impl PythonTask {
    pub(super) fn start(hub: &Rc<Hub>, work: Work) -> PythonTask {
        let ticket = Ticket::new();
        hub.ask(Errand::Start(work, Rc::clone(&ticket)));
        PythonTask { ticket, hub: Rc::clone(hub) }
    }

    /// Has a `CancelledError` raised in the task at its next turn. The task may catch it.
    pub fn cancel(&self) {
        if !self.ticket.is_over() {
            self.hub.ask(Errand::Stop(Rc::clone(&self.ticket)));
        }
    }

    /// Whether it is over.
    pub fn done(&self) -> bool {
        self.ticket.is_over()
    }

    /// What it came to, if it is over and nobody has taken that yet.
    pub fn try_result(&self) -> Option<Result<Data, Exception>> {
        let mut outcome = self.ticket.outcome.borrow_mut();
        match core::mem::replace(&mut *outcome, Outcome::Taken) {
            Outcome::Done(result) => Some(result),
            other => {
                *outcome = other;
                None
            }
        }
    }
}

impl Future for PythonTask {
    type Output = Result<Data, Exception>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(result) = self.try_result() {
            return Poll::Ready(result);
        }
        if self.ticket.is_over() {
            return Poll::Ready(Err(Exception::from("the task's result was taken already")));
        }
        self.ticket.waker.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

/// Something that Python does for whoever awaits this; see [`Asyncio::call`](super::Asyncio::call).
///
/// # Cancellation
/// Rust: dropping it cancels what it has begun in Python, which then ends by itself.
/// Python: `CancelledError` is raised where it is.
#[must_use = "futures do nothing until they are awaited"]
pub struct Call {
    hub: Rc<Hub>,
    work: Option<Work>,
    task: Option<PythonTask>,
}

impl Call {
    pub(super) fn new(hub: &Rc<Hub>, work: Work) -> Call {
        Call { hub: Rc::clone(hub), work: Some(work), task: None }
    }
}

impl Future for Call {
    type Output = Result<Data, Exception>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(work) = self.work.take() {
            self.task = Some(PythonTask::start(&self.hub, work));
        }
        match &mut self.task {
            Some(task) => Pin::new(task).poll(cx),
            None => Poll::Pending,
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.cancel();
        }
    }
}

/// The arguments of a call, shared with the errand that makes it.
pub(super) fn arguments(all: Vec<Data>) -> Rc<[Data]> {
    all.into()
}
