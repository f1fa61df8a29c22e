//! `wait_for`: a result, or a `TimeoutError`.
//!
//! Two parties: the caller sleeps for the time given; a *runner*, a task of its own, awaits what is waited for and, when
//! that is over, ends the sleep by cancelling it with a `CancelledError` that carries the outcome: two values, where a
//! cancellation that comes from elsewhere carries a message or nothing. A runner that was cancelled itself says nothing.
//!
//! # Cancellation
//! The runner, and so what it awaits, is cancelled; the caller does not wait for its end.

use super::cancel;
use super::coroutine::{Body, Coroutine, Resumed, Turn};
use super::create::{Promoted, promote};
use super::exceptions::{TIMEOUT_ERROR, cancelled, is_cancelled};
use super::sleep::sleep_for;
use super::state::{current, shared};
use super::task::{Task, raised_again};
use super::task_extras;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// How the time is given.
#[derive(Clone, Copy)]
enum Sleep {
    /// In seconds.
    Seconds,
    /// In milliseconds.
    Milliseconds,
    /// As the argument of this function, which returns something to await.
    With(Value),
}

#[derive(Clone, Copy)]
enum Stage {
    /// A task is to be made of what is waited for.
    Promoting,
    /// That task is awaited without a limit.
    Unlimited,
    /// The runner is to be made.
    MakingRunner,
    /// The function that makes the sleep is being called.
    MakingSleep,
    /// Asleep.
    Sleeping,
    /// Too late: the runner's end is awaited.
    Ending,
}

struct WaitFor {
    /// What is waited for; a task from the second stage on.
    awaited: Value,
    timeout: Value,
    sleep: Sleep,
    runner: Value,
    stage: Stage,
}

impl WaitFor {
    fn promoted(&mut self, vm: &mut Vm, task: Value) -> Result<Turn, Raised> {
        self.awaited = task;
        if self.timeout.is_none() {
            self.stage = Stage::Unlimited;
            return Ok(Turn::Await(task));
        }
        self.stage = Stage::MakingRunner;
        self.make_runner(vm)
    }

    fn make_runner(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let shared = shared(vm)?;
        let waiter = current(vm, &shared)?;
        let runner = Coroutine::make(&mut vm.heap, Runner { waiter, awaited: self.awaited, started: false })?;
        match promote(vm, runner)? {
            Promoted::Task(runner) => self.fall_asleep(vm, runner),
            Promoted::Call(callable, arguments) => Ok(Turn::Call(callable, arguments)),
        }
    }

    fn fall_asleep(&mut self, vm: &mut Vm, runner: Value) -> Result<Turn, Raised> {
        self.runner = runner;
        let name = match self.sleep {
            Sleep::With(function) => {
                self.stage = Stage::MakingSleep;
                return Ok(Turn::Call(function, FewArguments::new(&[self.timeout])));
            }
            Sleep::Seconds => "sleep",
            Sleep::Milliseconds => "sleep_ms",
        };
        // A time that makes no sense is found out by the function that takes it.
        if let (Sleep::Milliseconds, Some(ms)) = (self.sleep, vm.heap.as_int(self.timeout))
            && ms < i64::from(u32::MAX)
        {
            let sleeper = sleep_for(vm, ms)?;
            self.stage = Stage::Sleeping;
            return Ok(Turn::Await(sleeper));
        }
        match super::core_member(vm, name)? {
            Some(function) => {
                self.stage = Stage::MakingSleep;
                Ok(Turn::Call(function, FewArguments::new(&[self.timeout])))
            }
            None => Err(vm.type_error("no sleep")),
        }
    }

    /// The sleep was ended by an exception.
    fn woken(&mut self, vm: &mut Vm, exception: Value) -> Result<Turn, Raised> {
        if !is_cancelled(&mut vm.heap, exception)? {
            return Err(Raised(exception));
        }
        match *vm.heap.exception_arguments(exception) {
            // From the runner, with the outcome.
            [Value::TRUE, result] => Ok(Turn::Return(result)),
            [failure, _] => Err(raised_again(vm, failure)),
            // From outside, with a message or without.
            _ => {
                cancel::cancel(vm, self.runner, Value::NONE)?;
                Err(Raised(exception))
            }
        }
    }
}

impl Body for WaitFor {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match (self.stage, with) {
            (Stage::Sleeping, Resumed::Raised(exception)) => self.woken(vm, exception),
            (_, Resumed::Raised(exception)) => Err(Raised(exception)),
            (Stage::Promoting, Resumed::Value(task)) => self.promoted(vm, task),
            (Stage::Promoting, Resumed::Plain) => match promote(vm, self.awaited)? {
                Promoted::Task(task) => self.promoted(vm, task),
                Promoted::Call(callable, arguments) => Ok(Turn::Call(callable, arguments)),
            },
            (Stage::Unlimited, Resumed::Value(value)) => Ok(Turn::Return(value)),
            (Stage::MakingRunner, Resumed::Value(runner)) => self.fall_asleep(vm, runner),
            (Stage::MakingRunner, Resumed::Plain) => self.make_runner(vm),
            (Stage::MakingSleep, Resumed::Value(awaitable)) => {
                self.stage = Stage::Sleeping;
                Ok(Turn::Await(awaitable))
            }
            (Stage::Sleeping, _) => {
                // Not in time.
                cancel::cancel(vm, self.runner, Value::NONE)?;
                self.stage = Stage::Ending;
                Ok(Turn::Await(self.runner))
            }
            (Stage::Ending, _) => {
                let class = vm.heap.class_for(&TIMEOUT_ERROR)?;
                Err(Raised(vm.heap.new_exception_of(class, &[])?))
            }
            (Stage::Unlimited | Stage::MakingSleep, Resumed::Plain) => Ok(Turn::Yield),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.awaited, self.timeout, self.runner]);
        if let Sleep::With(function) = self.sleep {
            tracer.value(function);
        }
    }

    fn name(&self) -> &'static str {
        "wait_for"
    }
}

/// Awaits for somebody who sleeps.
struct Runner {
    waiter: Value,
    awaited: Value,
    started: bool,
}

impl Body for Runner {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        let (status, result) = match with {
            Resumed::Plain if !self.started => {
                self.started = true;
                return Ok(Turn::Await(self.awaited));
            }
            Resumed::Plain => (Value::TRUE, Value::NONE),
            Resumed::Value(value) => (Value::TRUE, value),
            Resumed::Raised(exception) => (exception, Value::NONE),
        };
        // The waiter has given up, and may sleep elsewhere by now.
        let shared = shared(vm)?;
        let itself = current(vm, &shared)?;
        let given_up = task_extras::cancels(&vm.heap, itself) > 0;
        if given_up || vm.heap.as_native::<Task>(self.waiter).is_none_or(|waiter| !waiter.data.is_none()) {
            return Ok(Turn::Return(Value::NONE));
        }
        let message = cancelled(&mut vm.heap, &[status, result])?;
        // Asleep still: end that with the outcome.
        if cancel::interrupt(vm, self.waiter, Value::NONE)?
            && let Some(waiter) = vm.heap.as_native_mut::<Task>(self.waiter)
        {
            waiter.data = message;
        }
        Ok(Turn::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.waiter, self.awaited]);
    }

    fn name(&self) -> &'static str {
        "_run"
    }
}

fn make(vm: &mut Vm, awaited: Value, timeout: Value, sleep: Sleep) -> Result<Outcome, Raised> {
    let body = WaitFor { awaited, timeout, sleep, runner: Value::NONE, stage: Stage::Promoting };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}

/// `wait_for(aw, timeout, sleep=asyncio.sleep)`
pub fn wait_for(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [awaited, timeout, sleep] = arguments.bind(vm, 0, ["aw", "timeout", "sleep"])?;
    let (Some(awaited), Some(timeout)) = (awaited, timeout) else {
        return Err(vm.type_error("function missing 2 required positional arguments"));
    };
    make(vm, awaited, timeout, sleep.map_or(Sleep::Seconds, Sleep::With))
}

/// `wait_for_ms(aw, timeout)`
pub fn wait_for_ms(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [awaited, timeout] = arguments.bind(vm, 0, ["aw", "timeout"])?;
    let (Some(awaited), Some(timeout)) = (awaited, timeout) else {
        return Err(vm.type_error("function missing 2 required positional arguments"));
    };
    make(vm, awaited, timeout, Sleep::Milliseconds)
}
