//! `TaskQueue`: a line of tasks, as programs and the primitives use it.
//!
//! It wraps a queue of the scheduler. One of them, made when a program asks for `asyncio.core._task_queue`, stands for
//! the run queue itself. Everybody in a reachable queue is reachable.

use super::state::{self, Shared, not_a_task, now, push_run, queued_already, shared, take_node, task_of};
use super::state::{Core, show_queue};
use super::task::Task;
use super::ticks;
use super::wait::Line;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_scheduler::{PushError, Queue, Waiting};
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What those who stand here wait for; reports name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A program's own queue.
    Plain,
    /// Those who await a task.
    Join,
}

enum Which {
    /// The run queue.
    Run,
    /// A queue of its own.
    Own(Queue),
    /// Those who wait for an `Event` or a `Lock`.
    Line(Value, Line),
}

/// A queue of tasks.
pub struct TaskQueue {
    class: Handle,
    /// What for.
    pub kind: Kind,
    which: Which,
    shared: Shared,
}

impl NativeObject for TaskQueue {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        match &self.which {
            // Shown by the extension.
            Which::Run => {}
            Which::Own(queue) => show_queue(&self.shared.borrow(), queue, tracer),
            Which::Line(source, _) => tracer.value(*source),
        }
    }

    fn bytes(&self) -> usize {
        size_of::<TaskQueue>()
    }
}

impl TaskQueue {
    /// A new queue.
    pub fn make(heap: &mut Heap, shared: &Shared, kind: Kind) -> Result<Value, Raised> {
        TaskQueue::allocate(heap, shared, kind, Which::Own(Queue::new()))
    }

    fn allocate(heap: &mut Heap, shared: &Shared, kind: Kind, which: Which) -> Result<Value, Raised> {
        let known = shared.borrow().queue_class;
        let class = match known {
            Some(class) => class,
            None => *shared.borrow_mut().queue_class.insert(heap.class_for(&TYPE)?),
        };
        heap.budget.charge(size_of::<TaskQueue>())?;
        let object = TaskQueue { class, kind, which, shared: Rc::clone(shared) };
        Ok(heap.allocate(Slot::Object(Box::new(object)))?.value())
    }

    /// The object that stands for the run queue.
    pub fn of_the_loop(heap: &mut Heap, shared: &Shared) -> Result<Value, Raised> {
        let known = shared.borrow().run_object;
        if !known.is_unbound() {
            return Ok(known);
        }
        let made = TaskQueue::allocate(heap, shared, Kind::Plain, Which::Run)?;
        shared.borrow_mut().run_object = made;
        Ok(made)
    }

    /// An object that stands for the line of those who wait for something.
    pub fn of_a_line(heap: &mut Heap, shared: &Shared, source: Value, line: Line) -> Result<Value, Raised> {
        TaskQueue::allocate(heap, shared, Kind::Plain, Which::Line(source, line))
    }

    /// Does something with the queue that an object stands for, if it is not the run queue; `None` for that.
    fn with<R>(
        heap: &mut Heap,
        queue: Value,
        what: impl FnOnce(&mut Core, Option<&mut Queue>) -> R,
    ) -> Option<R> {
        let TaskQueue { which, shared, .. } = heap.as_native_mut::<TaskQueue>(queue)?;
        match which {
            Which::Run => Some(what(&mut shared.borrow_mut(), None)),
            Which::Own(queue) => Some(what(&mut shared.borrow_mut(), Some(queue))),
            Which::Line(source, line) => {
                let (source, line, shared) = (*source, *line, Rc::clone(shared));
                let (mut what, mut result) = (Some(what), None);
                line(heap, source, &mut |line| {
                    result = what.take().map(|what| what(&mut shared.borrow_mut(), Some(line)));
                });
                result
            }
        }
    }

    /// Moves everybody who waits here to the run queue. Says whether there was anybody.
    pub fn release_all(vm: &mut Vm, queue: Value) -> Result<bool, Raised> {
        let Some(TaskQueue { which: Which::Own(waiting), shared, .. }) =
            vm.heap.as_native_mut::<TaskQueue>(queue)
        else {
            return Ok(false);
        };
        // The queue of a task that is over is not used again.
        let (mut waiting, shared) = (core::mem::take(waiting), Rc::clone(shared));
        state::release_all(vm, &shared, &mut waiting)
    }

    /// Gives the loop a new, empty run queue; the object that stood for the old one keeps it.
    pub fn replace_run_queue(heap: &mut Heap, shared: &Shared) {
        let mut core = shared.borrow_mut();
        let mut queue = Queue::new();
        core.event_loop.scheduler().swap_run_queue(&mut queue);
        keep_futures(&core, &mut queue);
        let object = core::mem::replace(&mut core.run_object, Value::UNBOUND);
        if let Some(object) = heap.as_native_mut::<TaskQueue>(object) {
            object.which = Which::Own(queue);
        }
    }

    /// Puts a task into a queue of its own (not the run queue), due at `key`.
    pub fn push(heap: &mut Heap, queue: Value, task: Value, key: Option<u64>) -> Result<(), Raised> {
        let Some(node) = heap.as_native::<Task>(task).map(|task| task.node) else {
            return Err(not_a_task(heap));
        };
        let mut pushed = TaskQueue::push_node(heap, queue, node, key);
        if pushed == Err(PushError::Stale)
            && let Some(handle) = task.as_handle()
            && let Some(shared) = heap.as_native::<TaskQueue>(queue).map(|queue| Rc::clone(&queue.shared))
        {
            let node = take_node(heap, &mut shared.borrow_mut(), handle)?;
            if let Some(task) = heap.as_native_mut::<Task>(task) {
                task.node = node;
            }
            pushed = TaskQueue::push_node(heap, queue, node, key);
        }
        if pushed.is_err() {
            return Err(queued_already(heap));
        }
        if let Some(task) = heap.as_native_mut::<Task>(task) {
            task.data = Value::NONE;
        }
        Ok(())
    }

    fn push_node(
        heap: &mut Heap,
        queue: Value,
        node: wigwag_scheduler::NodeId,
        key: Option<u64>,
    ) -> Result<(), PushError> {
        let pushed = TaskQueue::with(heap, queue, |core, queue| {
            let key = key.unwrap_or_else(|| core.event_loop.scheduler().nodes().observed());
            match queue {
                None => core.event_loop.scheduler().push(node, key),
                Some(queue) => core.event_loop.scheduler().nodes_mut().push(queue, node, key),
            }
        });
        pushed.unwrap_or(Err(PushError::Queued))
    }

    /// Who comes first.
    pub fn peek(heap: &mut Heap, queue: Value) -> Option<Waiting> {
        TaskQueue::with(heap, queue, |core, queue| match queue {
            None => core.event_loop.scheduler().peek(),
            Some(queue) => core.event_loop.scheduler().nodes().peek(queue),
        })?
    }

    /// Takes the first task out.
    pub fn pop(heap: &mut Heap, queue: Value) -> Option<Value> {
        let first = TaskQueue::with(heap, queue, |core, queue| match queue {
            None => core.event_loop.scheduler().pop(),
            Some(queue) => core.event_loop.scheduler().nodes_mut().pop(queue),
        })?;
        first.and_then(|first| task_of(first.owner))
    }

    /// Takes a task out, wherever it stands here.
    pub fn remove(heap: &mut Heap, queue: Value, task: Value) {
        let Some(node) = heap.as_native::<Task>(task).map(|task| task.node) else { return };
        TaskQueue::with(heap, queue, |core, queue| match queue {
            None => core.event_loop.scheduler().remove(node),
            Some(queue) => core.event_loop.scheduler().nodes_mut().remove(queue, node),
        });
    }
}

/// Rust's futures are not the program's to forget: they go on in the new run queue.
fn keep_futures(core: &Core, former: &mut Queue) {
    let mut scheduler = core.event_loop.scheduler();
    let is_rust = |waiting: &Waiting| task_of(waiting.owner).is_none();
    let mut kept: alloc::vec::Vec<Waiting> = scheduler.nodes().iter(former).filter(is_rust).collect();
    kept.sort_by_key(|waiting| waiting.key);
    for waiting in kept {
        scheduler.nodes_mut().remove(former, waiting.node);
        // A node that has just left a queue can join another.
        let _ = scheduler.push(waiting.node, waiting.key);
    }
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    Ok(TaskQueue::make(&mut vm.heap, &shared, Kind::Plain)?.into())
}

fn push(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (queue, task) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let shared = shared(vm)?;
    let key = match arguments.get(vm, 2) {
        Some(key) => ticks::to_key(vm, key)?,
        // Another queue may have somebody who waits for a time.
        None => now(vm, &shared),
    };
    if matches!(vm.heap.as_native::<TaskQueue>(queue), Some(TaskQueue { which: Which::Run, .. })) {
        push_run(&mut vm.heap, &mut shared.borrow_mut(), task, key)?;
        state::wake_if_parked(vm, &shared);
    } else {
        TaskQueue::push(&mut vm.heap, queue, task, Some(key))?;
    }
    Ok(Value::NONE.into())
}

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    match TaskQueue::pop(&mut vm.heap, queue) {
        Some(task) => Ok(task.into()),
        None => Err(vm.heap.raise(TypeId::IndexError, "empty heap")),
    }
}

fn peek(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    let first = TaskQueue::peek(&mut vm.heap, queue).and_then(|first| task_of(first.owner));
    Ok(first.unwrap_or(Value::NONE).into())
}

fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (queue, task) = (arguments.at(vm, 0), arguments.at(vm, 1));
    if vm.heap.as_native::<Task>(task).is_none() {
        return Err(not_a_task(&mut vm.heap));
    }
    TaskQueue::remove(&mut vm.heap, queue, task);
    Ok(Value::NONE.into())
}

/// `TaskQueue`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("push", 2, 3, push),
        full("pop", 1, 1, pop),
        full("peek", 1, 1, peek),
        full("remove", 2, 2, remove),
    ],
    construct: constructor("TaskQueue", 0, 0, new),
    base_for_classes: true,
    ..TypeDef::named("TaskQueue")
};
