//! `gather`: waits for several tasks at once.
//!
//! Nothing starts before it is awaited. Each running task gets a hook as its `state`; the loop tells the hook when the
//! task ends, and the hook makes the gathering task ready when all are over, or one has failed.
//!
//! # Cancellation
//! Every task that still runs is cancelled, without waiting for their ends.

use super::cancel;
use super::coroutine::{Body, Coroutine, Resumed, Turn};
use super::create::{Promoted, promote};
use super::exceptions::is_cancelled;
use super::state::{current, make_ready, shared};
use super::task::{self, Task};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What gathered tasks report their end to; the `state` of each, and the `data` of the task that gathers.
pub struct GatherHook {
    class: Handle,
    /// The task that gathers.
    waiter: Value,
    /// How many are still to come.
    left: usize,
    /// The first exception, or unbound.
    error: Value,
    return_exceptions: bool,
}

impl NativeObject for GatherHook {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.waiter, self.error]);
    }

    fn bytes(&self) -> usize {
        size_of::<GatherHook>()
    }
}

impl GatherHook {
    /// A gathered task has ended, with an exception or without.
    pub fn child_done(vm: &mut Vm, hook: Value, failure: Option<Value>) -> Result<(), Raised> {
        let Some(object) = vm.heap.as_native::<GatherHook>(hook) else { return Ok(()) };
        let waiter = object.waiter;
        // Woken already, by another one's failure or from outside.
        if vm.heap.as_native::<Task>(waiter).is_none_or(|task| task.data != hook) {
            return Ok(());
        }
        let shared = shared(vm)?;
        let Some(object) = vm.heap.as_native_mut::<GatherHook>(hook) else { return Ok(()) };
        match failure {
            Some(error) if !object.return_exceptions => object.error = error,
            _ => {
                object.left = object.left.saturating_sub(1);
                if object.left > 0 {
                    return Ok(());
                }
            }
        }
        make_ready(vm, &shared, waiter)
    }
}

/// As a completion hook of a task it may be called from Python too: `hook(task, exception)`.
fn call_hook(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (hook, exception) = (arguments.at(vm, 0), arguments.at(vm, 2));
    let ended = vm.heap.is_instance(exception, TypeId::StopIteration.handle());
    GatherHook::child_done(vm, hook, (!ended).then_some(exception))?;
    Ok(Value::NONE.into())
}

static HOOK_TYPE: TypeDef = TypeDef {
    members: &[full("__call__", 3, 3, call_hook), plain("remove", 2, 2, |_, _| Ok(Value::NONE))],
    ..TypeDef::named("closure")
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Making tasks of the arguments; the first ones are tasks already.
    Promoting(usize),
    /// The hook has been given to the tasks.
    Waiting,
}

struct Gather {
    tasks: Vec<Value>,
    return_exceptions: bool,
    hook: Value,
    stage: Stage,
}

impl Gather {
    /// Gives the hook to every task that runs; tells whether there is anything to wait for.
    fn attach(&mut self, vm: &mut Vm) -> Result<bool, Raised> {
        let mut failed = false;
        let mut left = 0;
        for (number, &task) in self.tasks.iter().enumerate() {
            let Some(object) = vm.heap.as_native_mut::<Task>(task) else { continue };
            if object.state == Value::TRUE {
                object.state = self.hook;
                left += 1;
            } else if object.is_done() {
                failed |= object.outcome().is_err() && !self.return_exceptions;
            } else {
                // Somebody waits for it, or it is here twice.
                self.detach(vm, number);
                return Err(vm.heap.raise(TypeId::RuntimeError, "can't gather"));
            }
        }
        if let Some(hook) = vm.heap.as_native_mut::<GatherHook>(self.hook) {
            hook.left = left;
        }
        Ok(left > 0 && !failed)
    }

    /// The first `count` tasks are not gathered any more.
    fn detach(&self, vm: &mut Vm, count: usize) {
        for &task in self.tasks.iter().take(count) {
            if let Some(object) = vm.heap.as_native_mut::<Task>(task)
                && object.state == self.hook
            {
                object.state = Value::TRUE;
            }
        }
    }

    /// Cancels every task that still runs. One after the other is not gathered any more: where memory runs out, the next
    /// attempt goes on from there.
    fn cancel_all(&self, vm: &mut Vm) -> Result<(), Raised> {
        for &task in &self.tasks {
            if vm.heap.as_native::<Task>(task).is_some_and(|object| object.state == self.hook) {
                cancel::cancel(vm, task, Value::NONE)?;
                if let Some(object) = vm.heap.as_native_mut::<Task>(task) {
                    object.state = Value::TRUE;
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let shared = shared(vm)?;
        let waiter = current(vm, &shared)?;
        if self.tasks.contains(&waiter) {
            return Err(task::awaits_itself(&mut vm.heap));
        }
        if self.hook.is_unbound() {
            let class = vm.heap.class_for(&HOOK_TYPE)?;
            vm.heap.budget.charge(size_of::<GatherHook>())?;
            let return_exceptions = self.return_exceptions;
            let hook = GatherHook { class, waiter, left: 0, error: Value::UNBOUND, return_exceptions };
            self.hook = vm.heap.allocate(Slot::Object(Box::new(hook)))?.value();
        }
        if self.attach(vm)? {
            if let Some(waiter) = vm.heap.as_native_mut::<Task>(waiter) {
                waiter.data = self.hook;
            }
            self.stage = Stage::Waiting;
            return Ok(Turn::Yield);
        }
        let finished = self.finish(vm);
        if finished.is_err() {
            self.detach(vm, self.tasks.len());
        }
        finished
    }

    /// Everybody is over, or one has failed: the results, or the exception.
    fn finish(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let mut results: Vec<Value> = Vec::new();
        vm.heap.budget.reserve(&mut results, self.tasks.len())?;
        let mut error = vm.heap.as_native::<GatherHook>(self.hook).map_or(Value::UNBOUND, |hook| hook.error);
        for &task in &self.tasks {
            let (hooked, outcome) = match vm.heap.as_native::<Task>(task) {
                Some(task) => (task.state == self.hook, task.outcome()),
                None => (true, Ok(task)),
            };
            match outcome {
                // Still running: it goes on by itself.
                _ if hooked => results.push(task),
                Ok(value) => results.push(value),
                Err(exception) => {
                    if !self.return_exceptions && error.is_unbound() {
                        error = exception;
                    }
                    results.push(exception);
                }
            }
        }
        if !error.is_unbound() {
            vm.heap.budget.release_vec(&results);
            self.detach(vm, self.tasks.len());
            return Err(task::raised_again(vm, error));
        }
        let list = vm.heap.list_from(results)?;
        self.detach(vm, self.tasks.len());
        Ok(Turn::Return(list))
    }
}

impl Body for Gather {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match self.stage {
            Stage::Promoting(from) => {
                let mut number = from;
                match with {
                    Resumed::Value(made) => {
                        if let Some(place) = self.tasks.get_mut(number) {
                            *place = made;
                        }
                        number += 1;
                    }
                    Resumed::Raised(exception) => return Err(Raised(exception)),
                    Resumed::Plain => {}
                }
                while let Some(&awaitable) = self.tasks.get(number) {
                    match promote(vm, awaitable)? {
                        Promoted::Task(task) => self.tasks[number] = task,
                        Promoted::Call(callable, arguments) => {
                            self.stage = Stage::Promoting(number);
                            return Ok(Turn::Call(callable, arguments));
                        }
                    }
                    number += 1;
                }
                self.stage = Stage::Promoting(number);
                self.start(vm)
            }
            Stage::Waiting => match with {
                Resumed::Raised(exception) => {
                    if is_cancelled(&mut vm.heap, exception)? {
                        self.cancel_all(vm)?;
                    }
                    self.detach(vm, self.tasks.len());
                    Err(Raised(exception))
                }
                _ => self.finish(vm),
            },
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.tasks);
        tracer.value(self.hook);
    }

    fn name(&self) -> &'static str {
        "gather"
    }
}

/// `gather(*awaitables, return_exceptions=False)`
pub fn gather(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [return_exceptions] = arguments.bind(vm, arguments.count, ["*return_exceptions"])?;
    let return_exceptions = match return_exceptions {
        Some(value) => vm.truth_nested(value)?,
        None => false,
    };
    let mut tasks = Vec::new();
    tasks.try_reserve_exact(arguments.count).map_err(|_| Raised::OUT_OF_MEMORY)?;
    tasks.extend_from_slice(arguments.positional(vm));
    let body = Gather { tasks, return_exceptions, hook: Value::UNBOUND, stage: Stage::Promoting(0) };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}
