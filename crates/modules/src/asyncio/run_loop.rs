//! The loop: a native frame that resumes whoever's turn it is, and parks its fiber when nobody's is.
//!
//! ```text
//!            ┌──────────────── yielded: it has queued itself ────────────────┐
//!            ▼                                                               │
//!   Looking ── somebody is due ──▶ Turn ── returned or raised ──▶ settle ────┤
//!      │ ▲                                                          │        │
//!      │ └── woken, or the time has come                            ├ hook in Python, handler: call, then back
//!      ├── a function is due (`call_soon`): call, then back          │
//!      └──── nobody: park the fiber                                 └ the main task: the loop ends
//! ```
//!
//! The loops of several threads are one: the first gives all tasks their turns, whoever made them; the others wait for the
//! ends of their main tasks, and take over when the first has ended.
//!
//! A task that fails while nobody awaits it is queued once more: if somebody has awaited it by then, well; if not, the
//! exception handler is told.
//!
//! What always holds: while the loop looks or is parked there is no current task; when it ends, however it ends, the
//! current task is the one that was current when it began (a loop may run inside a task).

use super::exceptions::is_cancelled;
use super::gather::GatherHook;
use super::handle::{self, Call, Handle};
use super::io_queue::{self, AskAll};
use super::peers::hub;
use super::report;
use super::sleep;
use super::state::{Shared, key_for_now, now_truncated, push_run, shared, task_of, wake_if_parked};
use super::task::{self, Task};
use super::task_extras;
use super::task_queue::TaskQueue;
use super::wait;
use crate::clock;
use crate::net::pollable::ASK_EVERY_US;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_scheduler::{Handle as EventLoop, Next, NodeId, Turn};
use wigwag_vm::heap::{Handle as ObjectHandle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use wigwag_vm::run::fibers::{CALLBACK, MAIN};
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::{Action, Called, Input, NativeFrame, Step, Vm, Wait};

/// How often streams that are objects are asked while there are turns; before the loop parks they are asked once more.
const ASK_BUSY_EVERY_US: u64 = 100;

#[derive(Clone, Copy)]
enum Stage {
    /// For the next one whose turn it is, or parked.
    Looking,
    /// For the next one: whatever came last has been dealt with. Where there is no memory for a step it is repeated, with
    /// what came last, from here.
    Repeated,
    /// A task's turn has come, and there was no memory to begin it: the task, and its node.
    Due(Value, NodeId),
    /// Streams that are objects are being asked what they are ready for.
    Asking,
    /// A task's coroutine runs.
    Turn(Value),
    /// The exception to be thrown into a task is being made by its class.
    Making(Value),
    /// A completion hook written in Python runs: the task, and its exception if it failed.
    Hook(Value, Result<Value, Value>),
    /// An exception handler written in Python runs.
    Reporting,
    /// A function runs that somebody had called by the loop: its handle.
    Calling(Value),
}

/// A running loop.
pub struct RunLoop {
    shared: Shared,
    /// The same as in there, the short way.
    event_loop: EventLoop,
    /// The task whose end ends the loop, or None.
    main: Value,
    /// The place of its fiber.
    fiber: usize,
    /// It gives the tasks their turns. The loop of another thread may be doing that: then it waits.
    drives: bool,
    /// The task that was current before.
    previous: Value,
    stage: Stage,
    /// Its fiber is parked.
    parked: bool,
    /// Streams that are objects have been asked since the latest turn.
    asked: bool,
    /// While there are turns, they are not asked again before this time.
    ask_from_us: u64,
}

impl Drop for RunLoop {
    fn drop(&mut self) {
        if let Ok(mut core) = self.shared.try_borrow_mut() {
            if self.drives {
                core.current = self.previous;
                core.current_node = NodeId::NONE;
                core.driver = match core.driver {
                    Some((fiber, loops @ 2..)) => Some((fiber, loops - 1)),
                    _ => None,
                };
            }
            if let Some(place) = core.mains.iter().rposition(|&main| main == self.main) {
                core.mains.remove(place);
            }
            core.parked = core.parked.saturating_sub(u32::from(self.parked));
            if let Stage::Due(_, node) = self.stage {
                // For the next loop.
                let mut scheduler = core.event_loop.scheduler();
                let now = scheduler.nodes().observed();
                let _ = scheduler.push(node, now);
            }
        }
    }
}

impl RunLoop {
    /// Makes what every loop needs, so that a program whose heap is locked can sleep, and its failures can be told.
    /// Whoever makes a task for a loop calls this before: making the loop cannot fail then, and no second task is made
    /// because memory ran out after the first.
    pub fn prepare(vm: &mut Vm) -> Result<Shared, Raised> {
        let shared = shared(vm)?;
        sleep::usual(&mut vm.heap, &shared)?;
        report::shared_context(vm, &shared)?;
        vm.heap.budget.reserve(&mut shared.borrow_mut().mains, 1)?;
        Ok(shared)
    }

    /// A loop that ends with a task; with None, when there is nothing to run.
    pub fn new(vm: &mut Vm, main: Value) -> Result<RunLoop, Raised> {
        let shared = RunLoop::prepare(vm)?;
        shared.borrow_mut().mains.push(main);
        let event_loop = shared.borrow().event_loop.clone();
        // The main program waits beneath a callback: their loops are one inside the other.
        let place = vm.fibers.current().unwrap_or(MAIN);
        let fiber = if place == CALLBACK { MAIN } else { place };
        let mut made = RunLoop {
            shared,
            event_loop,
            main,
            fiber,
            drives: false,
            previous: Value::NONE,
            stage: Stage::Looking,
            parked: false,
            asked: false,
            ask_from_us: 0,
        };
        made.drive();
        Ok(made)
    }

    /// Takes the wheel, if no other thread has it.
    fn drive(&mut self) {
        let mut core = self.shared.borrow_mut();
        let loops = match core.driver {
            None => 1,
            Some((fiber, loops)) if fiber == self.fiber => loops + 1,
            Some(_) => return,
        };
        core.driver = Some((self.fiber, loops));
        core.current_node = NodeId::NONE;
        self.previous = core::mem::replace(&mut core.current, Value::NONE);
        self.drives = true;
    }

    /// The loop of another thread gives the turns: waits until that has brought the main task to its end, or has ended.
    #[cold]
    fn ride_along(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Input::Raised(exception) = input {
            return Err(Raised(exception));
        }
        if let Some(main) = vm.heap.as_native::<Task>(self.main).filter(|main| main.is_done()) {
            return match main.outcome() {
                Ok(value) => Ok(Step::Return(value)),
                Err(exception) => Err(task::raised_again(vm, exception)),
            };
        }
        self.drive();
        let mut core = self.shared.borrow_mut();
        core.parked = core.parked.saturating_sub(u32::from(self.parked)) + u32::from(!self.drives);
        self.parked = !self.drives;
        drop(core);
        if self.drives { self.look(vm) } else { Ok(Step::Park(Wait::Woken)) }
    }

    /// Whether a loop ends with this task.
    fn is_main(&self, task: Value) -> bool {
        self.shared.borrow().mains.contains(&task)
    }

    /// Looks for the next one, after the streams that have to be asked, if there are any.
    #[inline]
    fn look(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        if self.shared.borrow().streams.has_objects() && clock::now_us(vm) >= self.ask_from_us {
            return self.ask(vm);
        }
        self.choose(vm)
    }

    /// Asks the streams that are objects what they are ready for, then chooses.
    #[cold]
    fn ask(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        self.stage = Stage::Repeated;
        vm.push_native(Box::new(AskAll::new(&self.shared)), Action::Native)?;
        self.stage = Stage::Asking;
        self.asked = true;
        self.ask_from_us = clock::now_us(vm).saturating_add(ASK_BUSY_EVERY_US);
        Ok(Step::Pushed)
    }

    /// Resumes the next one, or parks, or ends.
    fn choose(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        self.stage = Stage::Repeated;
        if self.shared.borrow().streams.has_ready() {
            io_queue::take_ready(vm, &self.shared)?;
        }
        loop {
            let flagged = !self.shared.borrow().flagged.is_empty();
            if flagged {
                self.poll_flags(vm)?;
            }
            match self.next(vm) {
                Next::Run(turn) => {
                    let task = match task_of(turn.owner) {
                        Some(task) => task,
                        None => match self.begin_peer(vm, turn)? {
                            Some(task) => task,
                            // Futures that always have something to do must not keep the engine from looking around.
                            None => {
                                self.stage = Stage::Looking;
                                return Ok(Step::Again);
                            }
                        },
                    };
                    if let Some(step) = self.begin(vm, task)? {
                        return Ok(step);
                    }
                }
                Next::Idle { .. } if !self.asked && self.shared.borrow().streams.has_objects() => {
                    return self.ask(vm);
                }
                Next::Idle { until } => {
                    let until = self.until_asking(vm, until);
                    return self.park(vm, until);
                }
            }
        }
    }

    /// Whose turn it is: at the latest time told, and if it is nobody's then, at the time it is.
    #[inline(always)]
    fn next(&mut self, vm: &mut Vm) -> Next {
        let (mut now, mut is_told) = (0, false);
        loop {
            match self.event_loop.next(now) {
                Next::Idle { until: Some(until) } if !is_told => {
                    is_told = true;
                    // Python's times are whole milliseconds; a Rust future's need not be.
                    now = if until % 1000 == 0 { now_truncated(vm) } else { clock::now_us(vm) };
                }
                next => return next,
            }
        }
    }

    /// Those whose flag was set come behind all that is due.
    fn poll_flags(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        let key = key_for_now(vm, &self.shared);
        let core = &mut *self.shared.borrow_mut();
        loop {
            let first = core.event_loop.scheduler().nodes_mut().pop(&mut core.flagged);
            let Some(waiting) = first else { return Ok(()) };
            if let Some(task) = task_of(waiting.owner) {
                push_run(&mut vm.heap, core, task, key)?;
            }
        }
    }

    /// Streams that are objects in Python have to be asked again soon.
    fn until_asking(&self, vm: &mut Vm, until: Option<u64>) -> Option<u64> {
        if !self.shared.borrow().streams.has_python_objects() {
            return until;
        }
        let soon = clock::now_us(vm).saturating_add(ASK_EVERY_US);
        Some(until.map_or(soon, |until| until.min(soon)))
    }

    fn park(&mut self, vm: &mut Vm, until: Option<u64>) -> Result<Step, Raised> {
        let over = match vm.heap.as_native::<Task>(self.main) {
            Some(main) => main.is_done(),
            None => true,
        };
        let mut core = self.shared.borrow_mut();
        core.end_turn();
        if over && until.is_none() && core.streams.is_empty() && !core.hub.waits_outside() {
            return Ok(Step::Return(Value::NONE));
        }
        core.parked += u32::from(!self.parked);
        self.parked = true;
        self.stage = Stage::Looking;
        Ok(Step::Park(match until {
            Some(until) => Wait::WokenOrUntil(until),
            None => Wait::Woken,
        }))
    }

    /// A task's turn, if it is a coroutine with nothing to be thrown into it: the coroutine. Most are.
    #[inline(always)]
    fn begin_coroutine(&mut self, vm: &mut Vm, task: Value) -> Option<ObjectHandle> {
        let object = vm.heap.as_native::<Task>(task)?;
        if object.is_done() || !object.data.is_none() {
            return None;
        }
        let (coroutine, node) = (object.coro().as_handle()?, object.node);
        let Slot::Generator(_) = vm.heap.slot(coroutine) else { return None };
        self.enter_turn(task, node);
        Some(coroutine)
    }

    /// From now on it is this task's turn.
    #[inline(always)]
    fn enter_turn(&mut self, task: Value, node: NodeId) {
        self.asked = false;
        let mut core = self.shared.borrow_mut();
        core.current = task;
        core.current_node = if core.foreign.is_unbound() { node } else { NodeId::NONE };
        self.stage = Stage::Turn(task);
    }

    /// A task's turn. `None` if there is nothing to be done for it.
    #[inline(always)]
    fn begin(&mut self, vm: &mut Vm, task: Value) -> Result<Option<Step>, Raised> {
        match self.begin_coroutine(vm, task) {
            Some(coroutine) => Ok(Some(Step::Send(coroutine, Value::NONE))),
            None => self.begin_other(vm, task),
        }
    }

    /// The same of what is no such coroutine.
    #[inline(never)]
    fn begin_other(&mut self, vm: &mut Vm, task: Value) -> Result<Option<Step>, Raised> {
        let Some(object) = vm.heap.as_native_mut::<Task>(task) else { return self.begin_call(vm, task) };
        if object.is_done() {
            return self.begin_done(vm, task);
        }
        let (coro, thrown, node) = (object.coro(), object.data, object.node);
        self.enter_turn(task, node);
        if thrown.is_none() {
            return self.send(vm, task, coro).map(Some);
        }
        self.begin_throw(vm, task, thrown).map(Some)
    }

    /// It is a Rust future's turn. Gives the task that awaits it, or has it polled.
    #[inline(never)]
    fn begin_peer(&mut self, vm: &mut Vm, turn: Turn) -> Result<Option<Value>, Raised> {
        self.shared.borrow_mut().end_turn();
        hub::turn(vm, &self.shared, turn)
    }

    /// It is no task's turn but that of a function.
    #[inline(never)]
    fn begin_call(&mut self, vm: &mut Vm, handle: Value) -> Result<Option<Step>, Raised> {
        let Some(call) = vm.heap.as_native::<Handle>(handle).map(Handle::call) else { return Ok(None) };
        self.asked = false;
        self.shared.borrow_mut().end_turn();
        match call {
            Call::Python(function, arguments) => {
                handle::finish(&mut vm.heap, &self.shared, handle);
                self.stage = Stage::Calling(handle);
                let arguments = vm.heap.as_tuple(arguments).map_or(Vec::new(), <[Value]>::to_vec);
                Ok(Some(Step::CallMany(function, arguments, Value::NONE)))
            }
            Call::Native(function, argument) => match function(vm, argument) {
                Err(Raised::OUT_OF_MEMORY) => {
                    handle::once_more(&vm.heap, &self.shared, handle);
                    Err(Raised::OUT_OF_MEMORY)
                }
                done => {
                    handle::finish(&mut vm.heap, &self.shared, handle);
                    done.map(|()| None)
                }
            },
            Call::Nothing => Ok(None),
        }
    }

    /// What a function called by the loop raised, or an exception handler: the loop goes on.
    #[cold]
    fn call_failed(&mut self, vm: &mut Vm, handle: Value, exception: Value) -> Result<Step, Raised> {
        if !vm.heap.is_instance(exception, TypeId::Exception.handle())
            && !is_cancelled(&mut vm.heap, exception)?
        {
            return Err(Raised(exception));
        }
        let context = report::context_of_call(vm, exception, handle)?;
        let handler = self.shared.borrow().handler;
        if handler.is_none() || handle.is_none() {
            report::print(vm, context)?;
            return self.look(vm);
        }
        let event_loop = super::event_loop::class(vm)?;
        self.stage = Stage::Reporting;
        Ok(Step::Call(handler, FewArguments::new(&[event_loop, context])))
    }

    /// A task that is over was queued because it failed: has anybody awaited it meanwhile?
    #[cold]
    fn begin_done(&mut self, vm: &mut Vm, task: Value) -> Result<Option<Step>, Raised> {
        let Some(object) = vm.heap.as_native::<Task>(task) else { return Ok(None) };
        let (node, unheard) = (object.node, object.state.is_none() && object.outcome().is_err());
        let exception = object.data;
        if unheard {
            let handler = self.shared.borrow().handler;
            let prepared = report::context(vm, &self.shared, exception, task).and_then(|context| {
                if handler.is_none() {
                    report::print(vm, context)?;
                }
                Ok((context, super::event_loop::class(vm)?))
            });
            let (context, event_loop) = match prepared {
                Err(Raised::OUT_OF_MEMORY) => return Err(self.once_more(vm, task)),
                prepared => prepared?,
            };
            self.shared.borrow().event_loop.scheduler().retire(node);
            if handler.is_none() {
                return Ok(None);
            }
            {
                let mut core = self.shared.borrow_mut();
                core.current = task;
                core.current_node = NodeId::NONE;
            }
            self.stage = Stage::Reporting;
            return Ok(Some(Step::Call(handler, FewArguments::new(&[event_loop, context]))));
        }
        self.shared.borrow().event_loop.scheduler().retire(node);
        Ok(None)
    }

    /// Resumes a coroutine that is not a generator.
    fn send(&mut self, vm: &mut Vm, task: Value, coro: Value) -> Result<Step, Raised> {
        if matches!(vm.heap.slot_of(coro), Some(Slot::Object(_))) {
            return Ok(Step::Next(coro));
        }
        match method(vm, coro, sym::SEND) {
            Ok(method) => Ok(Step::Call(method, FewArguments::new(&[Value::NONE]))),
            Err(raised) => self.cannot_resume(vm, task, raised),
        }
    }

    /// A coroutine turned out to be none: that ends its task. For lack of memory, its turn comes again.
    #[cold]
    fn cannot_resume(&mut self, vm: &mut Vm, task: Value, raised: Raised) -> Result<Step, Raised> {
        if raised == Raised::OUT_OF_MEMORY {
            return Err(self.once_more(vm, task));
        }
        self.raised(vm, task, raised.0)
    }

    /// Resumes a coroutine with an exception: an object, or a class, of which a generator gets an instance.
    #[cold]
    fn begin_throw(&mut self, vm: &mut Vm, task: Value, thrown: Value) -> Result<Step, Raised> {
        let coro = vm.heap.as_native::<Task>(task).map_or(Value::NONE, Task::coro);
        if wait::is_line(&vm.heap, thrown) {
            // Called by Rust, which cannot reach the task.
            if let Some(object) = vm.heap.as_native_mut::<Task>(task) {
                object.data = Value::NONE;
            }
            return match coro.as_handle() {
                Some(handle) if matches!(vm.heap.slot(handle), Slot::Generator(_)) => {
                    Ok(Step::Send(handle, Value::NONE))
                }
                _ => self.send(vm, task, coro),
            };
        }
        let Some(class) = vm.heap.as_class(thrown) else { return self.throw(vm, task, thrown) };
        if !matches!(vm.heap.slot_of(coro), Some(Slot::Generator(_))) {
            return self.throw(vm, task, thrown);
        }
        if vm.heap.class(class).is_some_and(|class| class.definition.is_some())
            && vm.heap.is_subclass(class, TypeId::BaseException.handle())
        {
            return match vm.heap.new_exception_of(class, &[]) {
                Ok(exception) => self.throw(vm, task, exception),
                Err(_) => Err(self.once_more(vm, task)),
            };
        }
        self.stage = Stage::Making(task);
        Ok(Step::Call(thrown, FewArguments::new(&[])))
    }

    /// There was no room for what a turn begins with: it begins again, after a collection.
    fn once_more(&mut self, vm: &mut Vm, task: Value) -> Raised {
        let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
        self.stage = Stage::Due(task, node);
        Raised::OUT_OF_MEMORY
    }

    fn throw(&mut self, vm: &mut Vm, task: Value, exception: Value) -> Result<Step, Raised> {
        let coro = vm.heap.as_native::<Task>(task).map_or(Value::NONE, Task::coro);
        self.stage = Stage::Turn(task);
        let step = match coro.as_handle() {
            Some(handle) if matches!(vm.heap.slot(handle), Slot::Generator(_)) => {
                Step::Throw(handle, exception)
            }
            _ => match method(vm, coro, sym::THROW) {
                Ok(method) => Step::Call(method, FewArguments::new(&[exception])),
                Err(raised) => return self.cannot_resume(vm, task, raised),
            },
        };
        if let Some(object) = vm.heap.as_native_mut::<Task>(task) {
            object.data = Value::NONE;
        }
        Ok(step)
    }

    /// What a coroutine raised.
    #[cold]
    fn raised(&mut self, vm: &mut Vm, task: Value, exception: Value) -> Result<Step, Raised> {
        if vm.heap.is_instance(exception, TypeId::StopIteration.handle()) {
            let value = vm.heap.exception_value(exception);
            return self.settle(vm, task, Ok(value));
        }
        if vm.heap.is_instance(exception, TypeId::Exception.handle())
            || is_cancelled(&mut vm.heap, exception)?
        {
            return self.settle(vm, task, Err(exception));
        }
        self.leave(vm, task, exception)
    }

    /// SystemExit and its kin end the loop at once. The task is over with that, for whoever waits for it in the next loop.
    #[cold]
    fn leave(&mut self, vm: &mut Vm, task: Value, exception: Value) -> Result<Step, Raised> {
        task_extras::tell_all(vm, &self.shared, task, Err(exception))?;
        let state = vm.heap.as_native::<Task>(task).map_or(Value::NONE, |task| task.state);
        if vm.heap.as_native::<TaskQueue>(state).is_some() {
            TaskQueue::release_all(vm, state)?;
        } else if vm.heap.as_native::<GatherHook>(state).is_some() {
            GatherHook::child_done(vm, state, Some(exception))?;
        }
        if let Some(object) = vm.heap.as_native_mut::<Task>(task)
            && !object.is_done()
        {
            let node = object.end(Err(exception), true);
            self.shared.borrow().event_loop.scheduler().retire(node);
        }
        Err(Raised(exception))
    }

    /// A task is over: tells whoever wants to know.
    fn settle(&mut self, vm: &mut Vm, task: Value, end: Result<Value, Value>) -> Result<Step, Raised> {
        let taken = task_extras::tell_all(vm, &self.shared, task, end)?;
        let Some(object) = vm.heap.as_native::<Task>(task) else { return self.look(vm) };
        let state = object.state;
        if state == Value::TRUE {
            let heard = taken || self.is_main(task);
            return self.conclude(vm, task, end, heard);
        }
        if object.is_done() {
            // It was declared over from outside while it ran.
            return self.conclude(vm, task, end, true);
        }
        if vm.heap.as_native::<TaskQueue>(state).is_some() {
            let heard = TaskQueue::release_all(vm, state)?;
            return self.conclude(vm, task, end, taken || heard || self.is_main(task));
        }
        if vm.heap.as_native::<GatherHook>(state).is_some() {
            GatherHook::child_done(vm, state, end.err())?;
            return self.conclude(vm, task, end, true);
        }
        // A hook of the program's own: hook(task, exception).
        let exception = match end {
            Ok(value) => vm.heap.new_exception(TypeId::StopIteration, &[value])?,
            Err(exception) => exception,
        };
        self.stage = Stage::Hook(task, end);
        Ok(Step::Call(state, FewArguments::new(&[task, exception])))
    }

    /// The last of a task. `heard`: somebody has its result.
    fn conclude(
        &mut self,
        vm: &mut Vm,
        task: Value,
        end: Result<Value, Value>,
        heard: bool,
    ) -> Result<Step, Raised> {
        let again = match end {
            Err(exception) if !heard => !is_cancelled(&mut vm.heap, exception)?,
            _ => false,
        };
        if again {
            let key = key_for_now(vm, &self.shared);
            push_run(&mut vm.heap, &mut self.shared.borrow_mut(), task, key)?;
        }
        let Some(object) = vm.heap.as_native_mut::<Task>(task) else { return self.look(vm) };
        let node = object.end(end, heard);
        if !again {
            self.shared.borrow().event_loop.scheduler().retire(node);
        }
        if task == self.main {
            return match end {
                Ok(value) => Ok(Step::Return(value)),
                Err(exception) => Err(task::raised_again(vm, exception)),
            };
        }
        if self.is_main(task) {
            // The loop of another thread waits for it.
            wake_if_parked(vm, &self.shared);
        }
        self.look(vm)
    }

    fn advance(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (Stage::Turn(_) | Stage::Reporting | Stage::Calling(_), Input::Value(_)) => self.look(vm),
            (Stage::Turn(task), Input::Stop(value)) => self.settle(vm, task, Ok(value)),
            (Stage::Turn(task), Input::Raised(exception)) => self.raised(vm, task, exception),
            (Stage::Calling(handle), Input::Raised(exception)) => self.call_failed(vm, handle, exception),
            (Stage::Reporting, Input::Raised(exception)) => self.call_failed(vm, Value::NONE, exception),
            (Stage::Looking | Stage::Hook(..), Input::Raised(exception)) => Err(Raised(exception)),
            (Stage::Making(task), Input::Value(exception)) => match vm.heap.as_exception(exception) {
                Some(_) => self.throw(vm, task, exception),
                None => {
                    let raised = vm.type_error("exceptions must derive from BaseException");
                    self.cannot_resume(vm, task, raised)
                }
            },
            (Stage::Making(task), Input::Raised(exception)) => self.raised(vm, task, exception),
            (Stage::Hook(task, end), _) => self.conclude(vm, task, end, true),
            (Stage::Repeated, _) => self.look(vm),
            (Stage::Due(task, _), _) => match self.begin(vm, task)? {
                Some(step) => Ok(step),
                None => self.look(vm),
            },
            (Stage::Looking, _) => {
                let parked = u32::from(core::mem::take(&mut self.parked));
                let mut core = self.shared.borrow_mut();
                core.parked = core.parked.saturating_sub(parked);
                drop(core);
                self.asked &= parked == 0;
                self.look(vm)
            }
            (Stage::Asking, Input::Raised(exception)) => {
                self.stage = Stage::Looking;
                Err(Raised(exception))
            }
            (Stage::Asking, _) => self.choose(vm),
            (Stage::Turn(_) | Stage::Making(_) | Stage::Reporting | Stage::Calling(_), _) => self.look(vm),
        }
    }
}

/// A method of a coroutine that is not a generator.
fn method(vm: &mut Vm, coro: Value, name: Symbol) -> Result<Value, Raised> {
    match vm.attribute(coro, name, Action::Discard)? {
        Called::Value(method) => Ok(method),
        Called::Stop(_) | Called::Pushed => Err(vm.type_error("coroutine expected")),
    }
}

impl NativeFrame for RunLoop {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if !self.drives {
            return self.ride_along(vm, input);
        }
        let step = self.advance(vm, input);
        if matches!(step, Ok(Step::Return(_)) | Err(_)) {
            // What is still queued is for the loop of another thread, if there is one.
            wake_if_parked(vm, &self.shared);
        }
        step
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.main, self.previous]);
        match self.stage {
            Stage::Turn(value) | Stage::Making(value) | Stage::Calling(value) | Stage::Due(value, _) => {
                tracer.value(value);
            }
            Stage::Hook(task, Ok(value) | Err(value)) => tracer.values(&[task, value]),
            Stage::Looking | Stage::Repeated | Stage::Asking | Stage::Reporting => {}
        }
    }

    fn catches(&self) -> bool {
        true
    }
}
