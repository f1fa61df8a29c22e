//! `Loop`, a class that is used as if it were an instance, and the functions that run it.

use super::coroutine::{AtOnce, Coroutine};
use super::create::{Promoted, loop_create_task, made_by, promote};
use super::frozen;
use super::future;
use super::get_addresses::loop_get_addresses;
use super::handle;
use super::report;
use super::run_loop::RunLoop;
use super::state::{current, make_ready, shared};
use super::task::{self, Task};
use super::task_queue::TaskQueue;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, NativeCode, NativeDef, TypeDef, VmFunction};
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

const fn of_class(name: &'static str, minimum: u8, maximum: u8, code: VmFunction) -> Member {
    Member::StaticMethod(NativeDef { name, minimum, maximum, keywords: false, code: NativeCode::Vm(code) })
}

const fn with_keywords(name: &'static str, minimum: u8, maximum: u8, code: VmFunction) -> Member {
    Member::StaticMethod(NativeDef { name, minimum, maximum, keywords: true, code: NativeCode::Vm(code) })
}

/// `Loop`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        with_keywords("create_task", 0, 1, loop_create_task),
        of_class("create_future", 0, 0, future::loop_create_future),
        with_keywords("call_soon", 1, ANY, handle::loop_call_soon),
        with_keywords("call_soon_threadsafe", 1, ANY, handle::loop_call_soon),
        with_keywords("call_later", 2, ANY, handle::loop_call_later),
        with_keywords("call_at", 2, ANY, handle::loop_call_at),
        of_class("time", 0, 0, handle::loop_time),
        with_keywords("getaddrinfo", 2, 2, loop_get_addresses),
        with_keywords("create_datagram_endpoint", 1, 3, frozen::create_datagram_endpoint),
        of_class("is_running", 0, 0, is_running),
        of_class("is_closed", 0, 0, |_, _| Ok(Value::FALSE.into())),
        of_class("run_forever", 0, 0, run_forever),
        of_class("run_until_complete", 1, 1, loop_run_until_complete),
        of_class("stop", 0, 0, stop),
        of_class("close", 0, 0, |_, _| Ok(Value::NONE.into())),
        of_class("set_exception_handler", 1, 1, set_exception_handler),
        of_class("get_exception_handler", 0, 0, get_exception_handler),
        of_class("default_exception_handler", 2, 2, default_exception_handler),
        of_class("call_exception_handler", 1, 1, call_exception_handler),
    ],
    ..TypeDef::named("Loop")
};

/// The class.
pub fn class(vm: &mut Vm) -> Result<Value, Raised> {
    Ok(vm.heap.class_for(&TYPE)?.value())
}

/// `get_event_loop(runq_len=0, waitq_len=0)`
pub fn get_event_loop(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(class(vm)?.into())
}

/// `new_event_loop()`: forgets every task that is queued or waits for a stream.
pub fn new_event_loop(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    TaskQueue::replace_run_queue(&mut vm.heap, &shared);
    shared.borrow_mut().streams.clear();
    Ok(class(vm)?.into())
}

/// `current_task()`
pub fn current_task(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    Ok(current(vm, &shared)?.into())
}

fn run_until(vm: &mut Vm, main: Value) -> Result<Outcome, Raised> {
    if !main.is_none() && shared(vm)?.borrow().current == main {
        return Err(task::awaits_itself(&mut vm.heap));
    }
    Ok(Outcome::Frame(Box::new(RunLoop::new(vm, main)?)))
}

/// Runs until a task is over that a function of the program makes.
struct RunMade {
    call: Option<Step>,
}

impl NativeFrame for RunMade {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.call.take(), input) {
            (Some(call), _) => Ok(call),
            (None, Input::Value(task)) => Ok(Step::Become(Box::new(RunLoop::new(vm, task)?))),
            (None, _) => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(Step::Call(callable, arguments)) = &self.call {
            tracer.value(*callable);
            tracer.values(arguments.as_slice());
        }
    }
}

fn run_promoted(vm: &mut Vm, promoted: Promoted) -> Result<Outcome, Raised> {
    match promoted {
        Promoted::Task(task) => run_until(vm, task),
        Promoted::Call(callable, arguments) => {
            Ok(Outcome::Frame(Box::new(RunMade { call: Some(Step::Call(callable, arguments)) })))
        }
    }
}

fn is_running(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let running = !shared(vm)?.borrow().mains.is_empty();
    Ok(Value::from_bool(running).into())
}

/// `get_running_loop()`
pub fn get_running_loop(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    if shared(vm)?.borrow().mains.is_empty() {
        return Err(vm.heap.raise(TypeId::RuntimeError, "no running event loop"));
    }
    Ok(class(vm)?.into())
}

/// `run(coro, *, debug=None)`; there is nothing to debug.
pub fn run(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [coroutine, _debug] = arguments.bind(vm, 0, ["main", "*debug"])?;
    let Some(coroutine) = coroutine else {
        return Err(vm.type_error("function missing 1 required positional arguments"));
    };
    RunLoop::prepare(vm)?;
    let promoted = made_by(vm, coroutine)?;
    run_promoted(vm, promoted)
}

/// `run_until_complete(main_task=None)`
pub fn run_until_complete(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let main = arguments.at(vm, 0);
    run_until(vm, main)
}

/// `Loop.run_until_complete(awaitable)`
fn loop_run_until_complete(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let awaitable = arguments.at(vm, 0);
    RunLoop::prepare(vm)?;
    let promoted = promote(vm, awaitable)?;
    run_promoted(vm, promoted)
}

/// `Loop.run_forever()`: until `stop` queues a task that ends at once, and its turn has come.
fn run_forever(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let coroutine = Coroutine::make(&mut vm.heap, AtOnce)?;
    let task = Task::make(&mut vm.heap, &shared, coroutine)?;
    let frame = RunLoop::new(vm, task)?;
    shared.borrow_mut().stop_task = task;
    Ok(Outcome::Frame(Box::new(frame)))
}

fn stop(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let task = shared.borrow().stop_task;
    if !task.is_none() {
        make_ready(vm, &Rc::clone(&shared), task)?;
        shared.borrow_mut().stop_task = Value::NONE;
    }
    Ok(Value::NONE.into())
}

fn set_exception_handler(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let handler = arguments.at(vm, 0);
    shared(vm)?.borrow_mut().handler = handler;
    Ok(Value::NONE.into())
}

fn get_exception_handler(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let handler = shared(vm)?.borrow().handler;
    Ok(handler.into())
}

fn default_exception_handler(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let context = arguments.at(vm, 1);
    report::print(vm, context)?;
    Ok(Value::NONE.into())
}

fn call_exception_handler(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let context = arguments.at(vm, 0);
    let handler = shared(vm)?.borrow().handler;
    if handler.is_none() {
        report::print(vm, context)?;
        return Ok(Value::NONE.into());
    }
    Ok(Outcome::Frame(Box::new(CallHandler { handler, context })))
}

/// The program's exception handler is called; what it raises itself is reported, and stops nobody who has something to
/// report.
struct CallHandler {
    handler: Value,
    context: Value,
}

impl NativeFrame for CallHandler {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Start => {
                let event_loop = class(vm)?;
                Ok(Step::Call(self.handler, FewArguments::new(&[event_loop, self.context])))
            }
            Input::Raised(exception) => {
                if !vm.heap.is_instance(exception, TypeId::Exception.handle()) {
                    return Err(Raised(exception));
                }
                let context = report::context_of_call(vm, exception, Value::NONE)?;
                report::print(vm, context)?;
                Ok(Step::Return(Value::NONE))
            }
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.handler, self.context]);
    }

    fn catches(&self) -> bool {
        true
    }
}
