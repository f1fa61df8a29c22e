//! Coroutines written in Rust: `wait_for`, `gather` and what they run behind the scenes.
//!
//! A [`Body`] is a state machine that says what it wants next: to yield to the loop, to await something, to call
//! something, to return. [`Coroutine`] is the object around it, with `send`, `throw` and `close` as any coroutine has
//! them; it passes them on to what the body awaits. While it runs, a [`Drive`] frame on the fiber's stack holds the body.
//!
//! ```text
//! Created ──resume──▶ Running ──Yield, or what is awaited yields──▶ Suspended ──resume──▶ Running ──Return──▶ Finished
//! ```
//!
//! What always holds: a body that answers with an error for lack of memory has changed nothing, because it is asked once
//! more after a collection.

use super::state::shared;
use super::task::disown;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, sym};
use wigwag_vm::objects::function::{NextFunction, TypeDef, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::{Action, Arguments, Called, Input, NativeFrame, Outcome, Step, Vm};

/// What a body wants next.
pub enum Turn {
    /// To be suspended; goes on when the loop resumes it.
    Yield,
    /// The result of this awaitable.
    Await(Value),
    /// The result of calling this.
    Call(Value, FewArguments),
    /// The result of calling this with any number of arguments.
    CallMany(Value, Vec<Value>),
    /// To end with this result.
    Return(Value),
}

/// What a body goes on with.
#[derive(Clone, Copy)]
pub enum Resumed {
    /// The first time, or after [`Turn::Yield`].
    Plain,
    /// What it awaited or called gave this.
    Value(Value),
    /// What it awaited or called raised this, or this was thrown in.
    Raised(Value),
}

/// The insides of a coroutine.
pub trait Body {
    /// Takes it to the next thing it wants.
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised>;

    /// Shows the collector what it holds.
    fn trace(&self, tracer: &mut Tracer<'_>);

    /// Its name, as that of a function.
    fn name(&self) -> &'static str;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Created,
    Suspended,
    Running,
    Finished,
}

/// A coroutine written in Rust.
pub struct Coroutine {
    class: Handle,
    body: Option<Box<dyn Body>>,
    bytes: usize,
    /// What it awaits, or unbound.
    pub delegate: Value,
    /// The name of its body.
    pub name: &'static str,
    state: State,
}

impl NativeObject for Coroutine {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.delegate);
        if let Some(body) = &self.body {
            body.trace(tracer);
        }
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Coroutine {
    /// A coroutine that has not begun.
    pub fn make<B: Body + 'static>(heap: &mut Heap, body: B) -> Result<Value, Raised> {
        let class = heap.class_for(&TYPE)?;
        let bytes = size_of::<Coroutine>() + size_of::<B>();
        heap.budget.charge(bytes)?;
        let name = body.name();
        let body: Option<Box<dyn Body>> = Some(Box::new(body));
        let object = Coroutine { class, body, bytes, delegate: Value::UNBOUND, name, state: State::Created };
        Ok(heap.allocate(Slot::Object(Box::new(object)))?.value())
    }
}

/// What the frame asked for, and so what its next input means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nothing yet.
    Nothing,
    /// A call, for the body.
    Call,
    /// The iterator of what is to be awaited.
    Iterator,
    /// The next turn of what is awaited.
    Delegate,
}

/// Runs a coroutine until it is suspended or over.
struct Drive {
    coroutine: Value,
    body: Box<dyn Body>,
    delegate: Value,
    /// What is sent in, or thrown in; also what the body has to be resumed with.
    first: Resumed,
    asked: Asked,
    /// It is being closed: the end is a result, and another turn an error.
    closing: bool,
}

/// How far a step came without the interpreter.
enum Progress {
    /// This is for the interpreter.
    Step(Step),
    /// The body goes on with this.
    Resume(Resumed),
}

impl Drive {
    /// Has the awaited object take its next turn.
    fn turn(&mut self) -> Step {
        self.asked = Asked::Delegate;
        Step::Next(self.delegate)
    }

    /// Passes an exception on to what is awaited.
    fn throw(&mut self, vm: &mut Vm, exception: Value) -> Result<Progress, Raised> {
        if let Some(handle) = self.delegate.as_handle()
            && let Some(Slot::Generator(_)) = vm.heap.slot_of(self.delegate)
        {
            self.asked = Asked::Delegate;
            return Ok(Progress::Step(Step::Throw(handle, exception)));
        }
        if vm.has_plain_attribute(self.delegate, sym::THROW)? != Some(false)
            && let Called::Value(method) = vm.attribute(self.delegate, sym::THROW, Action::Discard)?
        {
            self.asked = Asked::Delegate;
            return Ok(Progress::Step(Step::Call(method, FewArguments::new(&[exception]))));
        }
        self.delegate = Value::UNBOUND;
        Ok(Progress::Resume(Resumed::Raised(exception)))
    }

    /// Puts the coroutine down.
    fn suspend(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        if self.closing {
            self.finish(vm);
            return Err(vm.heap.raise(TypeId::RuntimeError, "generator ignored GeneratorExit"));
        }
        if let Some(object) = vm.heap.as_native_mut::<Coroutine>(self.coroutine) {
            object.body = Some(core::mem::replace(&mut self.body, Box::new(Nothing)));
            object.delegate = self.delegate;
            object.state = State::Suspended;
        }
        Ok(Step::Return(Value::NONE))
    }

    fn finish(&mut self, vm: &mut Vm) {
        if let Some(object) = vm.heap.as_native_mut::<Coroutine>(self.coroutine) {
            object.state = State::Finished;
            object.delegate = Value::UNBOUND;
        }
    }

    /// The body goes on.
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Step, Raised> {
        let turn = match self.body.resume(vm, with) {
            Ok(turn) => turn,
            Err(Raised::OUT_OF_MEMORY) => {
                // Asked once more, with the same.
                self.asked = Asked::Nothing;
                self.first = with;
                self.delegate = Value::UNBOUND;
                return Err(Raised::OUT_OF_MEMORY);
            }
            Err(raised) => {
                self.finish(vm);
                return Err(raised);
            }
        };
        match turn {
            Turn::Yield => self.suspend(vm),
            Turn::Return(value) => {
                self.finish(vm);
                Ok(if self.closing { Step::Return(Value::NONE) } else { Step::Stop(value) })
            }
            Turn::Call(callable, arguments) => {
                self.asked = Asked::Call;
                Ok(Step::Call(callable, arguments))
            }
            Turn::CallMany(callable, arguments) => {
                self.asked = Asked::Call;
                Ok(Step::CallMany(callable, arguments, Value::NONE))
            }
            Turn::Await(awaitable) => {
                // It is resumed by hand from here on, so nobody else may use it meanwhile.
                let shared = shared(vm)?;
                disown(&mut vm.heap, &mut shared.borrow_mut(), awaitable);
                self.asked = Asked::Iterator;
                Ok(Step::Iter(awaitable))
            }
        }
    }

    fn go_on(&mut self, vm: &mut Vm, progress: Progress) -> Result<Step, Raised> {
        match progress {
            Progress::Step(step) => Ok(step),
            Progress::Resume(with) => self.resume(vm, with),
        }
    }

    fn advance(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let progress = match (self.asked, input) {
            (Asked::Nothing, _) => {
                if self.delegate.is_unbound() {
                    Progress::Resume(self.first)
                } else if let Resumed::Raised(exception) = self.first {
                    self.throw(vm, exception)?
                } else {
                    Progress::Step(self.turn())
                }
            }
            (Asked::Iterator, Input::Value(iterator)) => {
                self.delegate = iterator;
                Progress::Step(self.turn())
            }
            (Asked::Delegate, Input::Value(_)) => Progress::Step(self.suspend(vm)?),
            (Asked::Delegate, Input::Stop(value)) => {
                self.delegate = Value::UNBOUND;
                Progress::Resume(Resumed::Value(value))
            }
            (Asked::Delegate, Input::Raised(exception)) => {
                self.delegate = Value::UNBOUND;
                let ended = vm.heap.is_instance(exception, TypeId::StopIteration.handle());
                Progress::Resume(match ended {
                    true => Resumed::Value(vm.heap.exception_value(exception)),
                    false => Resumed::Raised(exception),
                })
            }
            (Asked::Call, Input::Value(value) | Input::Stop(value)) => {
                Progress::Resume(Resumed::Value(value))
            }
            (Asked::Call | Asked::Iterator, Input::Raised(exception)) => {
                Progress::Resume(Resumed::Raised(exception))
            }
            (Asked::Call, _) => Progress::Resume(Resumed::Plain),
            (Asked::Iterator | Asked::Delegate, _) => Progress::Step(self.turn()),
        };
        self.go_on(vm, progress)
    }
}

impl NativeFrame for Drive {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let answer = self.advance(vm, input);
        if let (true, Err(Raised(exception))) = (self.closing, &answer)
            && [TypeId::GeneratorExit, TypeId::StopIteration]
                .iter()
                .any(|kind| vm.heap.is_instance(*exception, kind.handle()))
        {
            return Ok(Step::Return(Value::NONE));
        }
        answer
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.coroutine, self.delegate]);
        if let Resumed::Value(value) | Resumed::Raised(value) = self.first {
            tracer.value(value);
        }
        self.body.trace(tracer);
    }

    fn catches(&self) -> bool {
        true
    }
}

/// Stands where a body was taken from; boxing it allocates nothing.
struct Nothing;

impl Body for Nothing {
    fn resume(&mut self, _vm: &mut Vm, _with: Resumed) -> Result<Turn, Raised> {
        Ok(Turn::Return(Value::NONE))
    }

    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn name(&self) -> &'static str {
        ""
    }
}

fn resume(vm: &mut Vm, coroutine: Value, first: Resumed, closing: bool) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Coroutine>(coroutine) else {
        return Err(vm.type_error("not a generator"));
    };
    match object.state {
        State::Running => Err(vm.heap.raise(TypeId::ValueError, "generator already executing")),
        State::Finished => match first {
            Resumed::Raised(_) if closing => Ok(Value::NONE.into()),
            Resumed::Raised(exception) => Err(Raised(exception)),
            _ => Ok(Outcome::Stop(Value::NONE)),
        },
        State::Created if matches!(first, Resumed::Raised(_)) => {
            // The body is never entered.
            object.state = State::Finished;
            object.body = None;
            match first {
                Resumed::Raised(exception) if !closing => Err(Raised(exception)),
                _ => Ok(Value::NONE.into()),
            }
        }
        State::Created | State::Suspended => {
            let Some(body) = object.body.take() else { return Ok(Outcome::Stop(Value::NONE)) };
            object.state = State::Running;
            let delegate = core::mem::replace(&mut object.delegate, Value::UNBOUND);
            let asked = Asked::Nothing;
            Ok(Outcome::Frame(Box::new(Drive { coroutine, body, delegate, first, asked, closing })))
        }
    }
}

fn next(vm: &mut Vm, coroutine: Value) -> Result<Outcome, Raised> {
    resume(vm, coroutine, Resumed::Plain, false)
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let coroutine = arguments.at(vm, 0);
    resume(vm, coroutine, Resumed::Plain, false)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Raised(exception) = thrown(vm, arguments)?;
    let coroutine = arguments.at(vm, 0);
    resume(vm, coroutine, Resumed::Raised(exception), false)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let exit = vm.heap.new_exception(TypeId::GeneratorExit, &[])?;
    let coroutine = arguments.at(vm, 0);
    resume(vm, coroutine, Resumed::Raised(exit), true)
}

/// The exception that the arguments of `throw` stand for: an exception, or a class with an argument.
pub fn thrown(vm: &mut Vm, arguments: Arguments) -> Result<Raised, Raised> {
    let (kind, value) = (arguments.at(vm, 1), arguments.at(vm, 2));
    if vm.heap.as_exception(value).is_some() {
        return Ok(Raised(value));
    }
    if vm.heap.as_exception(kind).is_some() {
        return Ok(Raised(kind));
    }
    match vm.heap.as_class(kind) {
        Some(class) if vm.heap.is_subclass(class, TypeId::BaseException.handle()) => {
            let arguments: &[Value] = if value.is_none() { &[] } else { &[value] };
            vm.heap.new_exception_of(class, arguments).map(Raised)
        }
        _ => Err(vm.type_error("exceptions must derive from BaseException")),
    }
}

/// How a coroutine made in Rust is shown: as every other one.
pub fn write_coroutine(value: Value, name: &str, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let number = value.as_handle().map_or(0, Handle::index);
    write!(out, "<generator object '{name}' at {number:x}>")
}

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    write_coroutine(value, heap.as_native::<Coroutine>(value).map_or("", |coroutine| coroutine.name), out)
}

/// As upstream, a coroutine is a `generator`.
static TYPE: TypeDef = TypeDef {
    members: &[full("send", 2, 2, send), full("throw", 2, 4, throw), full("close", 1, 1, close)],
    next: Some(next),
    repr: Some(repr),
    ..TypeDef::named("generator")
};

/// A coroutine that is over as soon as it runs.
pub struct AtOnce;

impl Body for AtOnce {
    fn resume(&mut self, _vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match with {
            Resumed::Raised(exception) => Err(Raised(exception)),
            _ => Ok(Turn::Return(Value::NONE)),
        }
    }

    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn name(&self) -> &'static str {
        "_stopper"
    }
}
