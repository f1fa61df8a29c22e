//! Resuming, suspending and closing generators; and their methods.

use super::frame::{Action, Frame, FrameKind, Input, PythonFrame};
use super::native_frame::{NativeFrame, Step};
use super::run_loop::Delivered;
use super::{Arguments, Called, Outcome, Vm};
use crate::compile::instructions::a_of;
use crate::heap::{Handle, Raised, Slot, Tracer, TypeId, Value, sym};
use crate::objects::exception::TraceLine;
use crate::objects::function::{Member, TypeDef, full};
use crate::objects::generator::State;
use crate::objects::native::NativeObject;
use alloc::boxed::Box;

impl Vm {
    /// Resumes a generator: with a value sent in, or an exception thrown in. Walks to the innermost generator that it
    /// delegates to and pushes only that one's frame.
    pub fn resume(&mut self, generator: Handle, input: Input, action: Action) -> Result<Called, Raised> {
        if let Slot::Generator(object) = self.heap.slot_mut(generator)
            && object.state != State::Running
        {
            object.parent = None;
        }
        self.resume_for_parent(generator, input, action)
    }

    /// The same for whoever delegates to it, its parent.
    #[inline]
    pub(super) fn resume_for_parent(
        &mut self,
        generator: Handle,
        input: Input,
        action: Action,
    ) -> Result<Called, Raised> {
        if let Input::Value(value) = input
            && let Slot::Generator(object) = self.heap.slot_mut(generator)
            && object.pending().is_none()
        {
            match object.state {
                // It waits at a `yield` of its own: nobody else has to be asked.
                State::Suspended if object.delegate.is_unbound() => {
                    let pc = object.pc;
                    self.push_generator_frame(generator, action)?;
                    self.set_register_before(pc, value);
                    return Ok(Called::Pushed);
                }
                State::Created if value.is_none() => {
                    self.push_generator_frame(generator, action)?;
                    return Ok(Called::Pushed);
                }
                _ => {}
            }
        }
        self.resume_innermost(generator, input, action)
    }

    /// The same where the generator delegates to another, has ended, or is to raise something.
    fn resume_innermost(
        &mut self,
        generator: Handle,
        input: Input,
        action: Action,
    ) -> Result<Called, Raised> {
        let mut leaf = generator;
        let mut input = input;
        let mut exiting = is_exit(&self.heap, input);
        loop {
            let Slot::Generator(object) = self.heap.slot_mut(leaf) else {
                return Err(self.type_error("not a generator"));
            };
            match object.state {
                State::Running => {
                    return Err(self.heap.raise(TypeId::ValueError, "generator already executing"));
                }
                // Whatever is sent or thrown: upstream says that it has ended.
                State::Finished => return Ok(Called::Stop(Value::NONE)),
                State::Created => {
                    let pending = object.take_pending();
                    if let Input::Value(value) = input
                        && !value.is_none()
                    {
                        return Err(self.type_error("can't send non-None value to a just-started generator"));
                    }
                    let thrown = match input {
                        Input::Raised(exception) => Some(exception),
                        _ => pending,
                    };
                    if let Some(exception) = thrown {
                        let exception = self.exception_for(exception)?;
                        return self.throw_before_start(leaf, exception, action);
                    }
                    self.push_generator_frame(leaf, action)?;
                    return Ok(Called::Pushed);
                }
                State::Suspended => {
                    let delegate = object.delegate;
                    if delegate.is_unbound() {
                        break;
                    }
                    if let Some(pending) = object.take_pending() {
                        input = Input::Raised(pending);
                        exiting = is_exit(&self.heap, input);
                        continue;
                    }
                    let Some(child) = delegate.as_handle() else { break };
                    match self.heap.slot_mut(child) {
                        // One that is running keeps its parent; the next time round says that it is.
                        Slot::Generator(object) if object.state == State::Running => leaf = child,
                        Slot::Generator(object) if object.state != State::Finished => {
                            object.parent = Some(leaf);
                            if let Slot::Generator(object) = self.heap.slot_mut(leaf) {
                                object.exiting = exiting;
                            }
                            leaf = child;
                        }
                        _ => break,
                    }
                }
            }
        }
        let Slot::Generator(object) = self.heap.slot_mut(leaf) else { return Ok(Called::Stop(Value::NONE)) };
        let delegate = object.delegate;
        let input = object.take_pending().map_or(input, Input::Raised);
        self.push_generator_frame(leaf, action)?;
        let register = match self.top_frame() {
            Some(frame) => a_of(frame.code.words.get(frame.pc as usize - 1).copied().unwrap_or(0)),
            None => 0,
        };
        if !delegate.is_unbound() {
            if delegate.is_immediate() {
                // No object to ask: it is the result of what was awaited.
                return match input {
                    Input::Raised(exception) => Err(Raised(exception)),
                    _ => {
                        self.set_register(register, delegate);
                        Ok(Called::Pushed)
                    }
                };
            }
            return match self.step_delegate(register, delegate, input)? {
                Delivered::Go => Ok(Called::Pushed),
                Delivered::Exit(value) => Ok(Called::Value(value)),
            };
        }
        match input {
            Input::Raised(exception) => Err(Raised(self.exception_for(exception)?)),
            Input::Value(value) => {
                self.set_register(register, value);
                Ok(Called::Pushed)
            }
            _ => Ok(Called::Pushed),
        }
    }

    /// Gives the instruction before `pc`, of the frame on top, its result.
    fn set_register_before(&mut self, pc: u32, value: Value) {
        if let Some(Frame { kind: FrameKind::Python(frame), .. }) = self.fiber.frames.last()
            && let Some(&word) = frame.code.words.get(pc as usize - 1)
            && let Some(place) = self.fiber.stack.get_mut(frame.base as usize + usize::from(a_of(word)))
        {
            *place = value;
        }
    }

    /// Whether what a generator delegates to in the end is no generator.
    fn delegates_to_foreign(&self, generator: Handle) -> bool {
        let mut leaf = generator;
        while let Slot::Generator(object) = self.heap.slot(leaf) {
            match object.delegate.as_handle() {
                Some(delegate) if object.state == State::Suspended => leaf = delegate,
                _ => return false,
            }
        }
        true
    }

    /// An exception thrown into a generator that has not begun: its body is never entered, but the traceback shows its
    /// first line.
    #[cold]
    fn throw_before_start(
        &mut self,
        generator: Handle,
        exception: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        if let Slot::Generator(object) = self.heap.slot(generator) {
            let code = &object.code;
            let line = TraceLine { file: code.file, function: code.name, line: code.line_at(0) };
            self.heap.add_trace(exception, line);
        }
        if let Some(parent) = self.finish_generator(generator) {
            self.push_generator_frame(parent, action)?;
        }
        Err(Raised(self.leaving_generator(exception)))
    }

    /// Puts a generator's frame on the stack.
    pub(super) fn push_generator_frame(&mut self, generator: Handle, action: Action) -> Result<(), Raised> {
        self.check_depth()?;
        let base = self.fiber.top();
        self.ensure_window(base)?;
        let Slot::Generator(object) = self.heap.slot_mut(generator) else { return Ok(()) };
        let registers = &object.registers;
        self.fiber.stack[base..base + registers.len()].copy_from_slice(registers);
        object.state = State::Running;
        object.delegate = Value::UNBOUND;
        let frame = PythonFrame {
            code: object.code.clone(),
            spill: object.take_spill(),
            pc: object.pc,
            base: base as u32,
            globals: object.globals,
            generator: Some(generator),
        };
        self.fiber.frames.push(Frame { action, kind: FrameKind::Python(frame) });
        Ok(())
    }

    /// Saves the generator frame on top into its generator, which now waits at a `yield` (delegate unbound) or for a
    /// delegate. The frame stays on the stack until it is popped.
    pub(super) fn suspend_top(&mut self, delegate: Value) {
        let Some(Frame { kind: FrameKind::Python(frame), .. }) = self.fiber.frames.last_mut() else { return };
        let Some(generator) = frame.generator else { return };
        let base = frame.base as usize;
        if let Slot::Generator(object) = self.heap.slot_mut(generator) {
            let length = object.registers.len();
            if let Some(registers) = self.fiber.stack.get(base..base + length) {
                object.registers.copy_from_slice(registers);
            }
            object.pc = frame.pc;
            object.state = State::Suspended;
            object.delegate = delegate;
            object.set_spill(frame.spill.take());
        }
    }

    /// Whether the native frame below the generator frame on top has asked for an item and takes this one where it is.
    #[inline]
    pub(super) fn accepted_below(&mut self, item: Value) -> bool {
        match self.fiber.frames.as_mut_slice() {
            [
                ..,
                Frame { kind: FrameKind::Native(Some(native), _), .. },
                Frame { action: Action::NativeItem, .. },
            ] => native.accept(&mut self.heap, item),
            _ => false,
        }
    }

    /// The generator frame on top, saved already, yields a value to whoever resumed it.
    pub(super) fn yield_from_top(&mut self, value: Value) -> Result<Delivered, Raised> {
        let Some(action) = self.fiber.frames.last().map(|frame| frame.action) else {
            return Ok(Delivered::Go);
        };
        self.fiber.drop_top();
        self.deliver(action, value)
    }
}

/// Whether a `GeneratorExit` is thrown in.
fn is_exit(heap: &crate::heap::Heap, input: Input) -> bool {
    match input {
        Input::Raised(exception) => {
            let class = heap.as_class(exception).unwrap_or_else(|| heap.class_of(exception));
            heap.is_subclass(class, TypeId::GeneratorExit.handle())
        }
        _ => false,
    }
}

/// A generator's methods.
pub const MEMBERS: &[Member] = &[
    full("__next__", 1, 1, next),
    full("send", 2, 2, send),
    full("throw", 2, 4, throw),
    full("close", 1, 1, close),
    full("pend_throw", 2, 2, pend_throw),
];

fn next(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Next(arguments.at(vm, 0)))
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    match arguments.at(vm, 0).as_handle() {
        Some(generator) => Ok(Outcome::Send(generator, arguments.at(vm, 1))),
        None => Err(vm.type_error("not a generator")),
    }
}

/// `throw(exception)`, `throw(type, exception, traceback)`. As upstream: what is neither an instance nor a class goes to a
/// `throw` method written in Python as it is.
fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let thrown = match arguments.get(vm, 2).filter(|given| !given.is_none()) {
        Some(given) => given,
        None => arguments.at(vm, 1),
    };
    let Some(generator) = arguments.at(vm, 0).as_handle() else {
        return Err(vm.type_error("not a generator"));
    };
    let needs_python = vm.heap.as_class(thrown).is_some_and(|class| {
        vm.heap.class(class).is_some_and(|class| class.definition.is_none() && class.is_exception)
    });
    if !needs_python || vm.delegates_to_foreign(generator) {
        return Ok(Outcome::Throw(generator, thrown));
    }
    Ok(Outcome::Frame(Box::new(ThrowNew { generator, class: thrown, made: false })))
}

/// Makes an exception of a class written in Python, then throws it into a generator.
struct ThrowNew {
    generator: Handle,
    class: Value,
    made: bool,
}

impl NativeFrame for ThrowNew {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(exception) if !self.made => {
                self.made = true;
                // A `__new__` may have made anything.
                let exception = match vm.heap.as_exception(exception) {
                    Some(_) => exception,
                    None => vm.type_error("exceptions must derive from BaseException").0,
                };
                Ok(Step::Throw(self.generator, exception))
            }
            Input::Value(yielded) => Ok(Step::Return(yielded)),
            Input::Stop(value) => Ok(Step::Stop(value)),
            _ => Ok(Step::Call(self.class, super::FewArguments::new(&[]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.handle(self.generator);
        tracer.value(self.class);
    }
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let generator = arguments.at(vm, 0);
    let Some(handle) = generator.as_handle() else { return Ok(Value::NONE.into()) };
    match vm.heap.slot_mut(handle) {
        Slot::Generator(object) => match object.state {
            State::Finished => return Ok(Value::NONE.into()),
            State::Created => {
                object.state = State::Finished;
                return Ok(Value::NONE.into());
            }
            State::Running | State::Suspended => {}
        },
        _ => return Ok(Value::NONE.into()),
    }
    Ok(Outcome::Frame(Box::new(Close { generator: handle })))
}

/// Throws `GeneratorExit` into a generator and sees to it that it ends.
struct Close {
    generator: Handle,
}

impl NativeFrame for Close {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(_) => Err(vm.heap.raise(TypeId::RuntimeError, "generator ignored GeneratorExit")),
            Input::Stop(_) => Ok(Step::Return(Value::NONE)),
            Input::Raised(exception) => {
                let ended = [TypeId::GeneratorExit, TypeId::StopIteration]
                    .iter()
                    .any(|kind| vm.heap.is_instance(exception, kind.handle()));
                if ended { Ok(Step::Return(Value::NONE)) } else { Err(Raised(exception)) }
            }
            Input::Start | Input::Unparked => {
                let exit = vm.heap.new_exception(TypeId::GeneratorExit, &[])?;
                Ok(Step::Throw(self.generator, exit))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.handle(self.generator);
    }

    fn catches(&self) -> bool {
        true
    }
}

fn pend_throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let exception = arguments.at(vm, 1);
    match arguments.at(vm, 0).as_handle().map(|handle| vm.heap.slot_mut(handle)) {
        Some(Slot::Generator(object)) => {
            if object.state == State::Running {
                return Err(vm.heap.raise(TypeId::ValueError, "generator already executing"));
            }
            let before = object.set_pending((!exception.is_none()).then_some(exception));
            Ok(before.unwrap_or(Value::NONE).into())
        }
        _ => Err(vm.type_error("not a generator")),
    }
}

/// The iterator of an object that has only `__getitem__`.
pub struct GetitemIterator {
    class: Handle,
    source: Value,
    position: i32,
}

impl GetitemIterator {
    pub(super) fn make(vm: &mut Vm, source: Value) -> Result<Value, Raised> {
        let class = vm.heap.class_for(&GETITEM_ITERATOR)?;
        vm.heap.budget.charge(size_of::<GetitemIterator>())?;
        let object = GetitemIterator { class, source, position: 0 };
        Ok(vm.heap.allocate(Slot::Object(Box::new(object)))?.value())
    }
}

impl NativeObject for GetitemIterator {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.source);
    }

    fn bytes(&self) -> usize {
        size_of::<GetitemIterator>()
    }
}

static GETITEM_ITERATOR: TypeDef = TypeDef { next: Some(next_by_getitem), ..TypeDef::named("iterator") };

fn next_by_getitem(vm: &mut Vm, iterator: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<GetitemIterator>(iterator) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let (source, position) = (object.source, object.position);
    object.position = position.saturating_add(1);
    match vm.heap.special(source, sym::GETITEM)? {
        Some(method) => {
            Ok(Outcome::Frame(Box::new(ItemOrEnd { method, source, position: Value::tiny_int(position) })))
        }
        None => Ok(Outcome::Stop(Value::NONE)),
    }
}

/// Calls `__getitem__`; an `IndexError` or `StopIteration` is the end.
struct ItemOrEnd {
    method: Value,
    source: Value,
    position: Value,
}

impl NativeFrame for ItemOrEnd {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(item) => Ok(Step::Return(item)),
            Input::Stop(value) => Ok(Step::Stop(value)),
            Input::Raised(exception) => {
                let end = [TypeId::IndexError, TypeId::StopIteration]
                    .iter()
                    .any(|kind| vm.heap.is_instance(exception, kind.handle()));
                if end { Ok(Step::Stop(Value::NONE)) } else { Err(Raised(exception)) }
            }
            Input::Start | Input::Unparked => {
                Ok(Step::Call(self.method, super::FewArguments::new(&[self.source, self.position])))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.method);
        tracer.value(self.source);
    }

    fn catches(&self) -> bool {
        true
    }
}
