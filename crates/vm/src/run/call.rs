//! Calls: from "this value, these arguments on the stack" to a result or a pushed frame.
//!
//! Arguments always lie on the fiber's stack, positional ones first, then the values of keywords whose names are a
//! tuple. A Python callee's window begins at the first argument, so nothing is copied.

use super::code::Code;
use super::frame::{Action, Frame, FrameKind, Input, PythonFrame, Wait};
use super::native_frame::NativeFrame;
use super::{FewArguments, Request, Vm};
use crate::heap::{Handle, Heap, Raised, Slot, Symbol, TypeId, Value, sym};
use crate::objects::function::{NativeCode, NativeDef};
use crate::objects::generator::{Generator, Spill, State};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What a call came to.
#[derive(Debug)]
pub enum Called {
    /// A result.
    Value(Value),
    /// It has no next item (only from `next`-like calls); the value that came with the end.
    Stop(Value),
    /// A frame was pushed (or the fiber parked); the action will get the result.
    Pushed,
}

/// What a native that takes `&mut Vm` answers with.
pub enum Outcome {
    /// A result.
    Value(Value),
    /// The end of an iteration.
    Stop(Value),
    /// From what is awaited: yield the first value; when resumed, go on with what is to be awaited instead, or, if that is
    /// unbound, with what is sent in as the result. So an awaitable can be used again while its user is suspended.
    Suspend(Value, Value),
    /// The result of calling this.
    Call(Value, FewArguments),
    /// The result of calling this with any number of arguments and keywords (a dict, or None).
    CallMany(Value, Vec<Value>, Value),
    /// What the interpreter makes of this.
    Perform(Request),
    /// The result of this native frame.
    Frame(Box<dyn NativeFrame>),
    /// The next item of this iterator; `StopIteration` when there is none.
    Next(Value),
    /// What this generator yields when a value is sent in; `StopIteration` when it returns.
    Send(Handle, Value),
    /// What this generator yields when an exception is thrown in.
    Throw(Handle, Value),
    /// Park the fiber; the result is None.
    Park(Wait),
}

impl From<Value> for Outcome {
    fn from(value: Value) -> Outcome {
        Outcome::Value(value)
    }
}

/// The arguments of a native: where they lie on the stack.
#[derive(Clone, Copy)]
pub struct Arguments {
    /// Index of the first.
    pub base: usize,
    /// How many are positional.
    pub count: usize,
    /// The names of the keyword arguments after them: a tuple, or None.
    pub names: Value,
}

impl Arguments {
    /// The positional argument with this number.
    pub fn get(&self, vm: &Vm, number: usize) -> Option<Value> {
        if number < self.count { vm.fiber.stack.get(self.base + number).copied() } else { None }
    }

    /// The positional argument with this number, which the native's declared minimum guarantees; None otherwise.
    pub fn at(&self, vm: &Vm, number: usize) -> Value {
        self.get(vm, number).unwrap_or(Value::NONE)
    }

    /// All positional arguments.
    pub fn positional<'a>(&self, vm: &'a Vm) -> &'a [Value] {
        vm.fiber.stack.get(self.base..self.base + self.count).unwrap_or(&[])
    }

    /// All positional arguments, copied.
    pub fn to_vec(&self, vm: &Vm) -> Vec<Value> {
        self.positional(vm).to_vec()
    }

    /// Names and values of the keyword arguments.
    pub fn keywords(&self, vm: &Vm) -> Vec<(Symbol, Value)> {
        let Some(names) = vm.heap.as_tuple(self.names) else { return Vec::new() };
        names
            .iter()
            .enumerate()
            .filter_map(|(number, name)| {
                Some((name.as_symbol()?, *vm.fiber.stack.get(self.base + self.count + number)?))
            })
            .collect()
    }

    /// The keyword argument with this name.
    pub fn keyword(&self, vm: &Vm, name: Symbol) -> Option<Value> {
        let names = vm.heap.as_tuple(self.names)?;
        let number = names.iter().position(|&known| known == Value::from_symbol(name))?;
        vm.fiber.stack.get(self.base + self.count + number).copied()
    }

    /// Binds arguments to named parameters: `skip` positional ones are left alone, the rest go to `names` in order, by
    /// position or by keyword. A name that begins with `*` takes a keyword only. Unknown and doubled ones are
    /// `TypeError`s in upstream's words.
    pub fn bind<const N: usize>(
        &self,
        vm: &mut Vm,
        skip: usize,
        names: [&'static str; N],
    ) -> Result<[Option<Value>; N], Raised> {
        let mut bound = [None; N];
        let positional = names.iter().take_while(|name| !name.starts_with('*')).count();
        for (number, &value) in self.positional(vm).iter().skip(skip).enumerate() {
            match bound.get_mut(number) {
                Some(place) if number < positional => *place = Some(value),
                _ => return Err(vm.heap.raise(TypeId::TypeError, "extra positional arguments given")),
            }
        }
        if self.names.is_none() {
            return Ok(bound);
        }
        for (name, value) in self.keywords(vm) {
            let text = vm.heap.symbols.text(name);
            let number = names.iter().position(|known| known.trim_start_matches('*') == text);
            match number.filter(|&number| bound[number].is_none()) {
                Some(number) => bound[number] = Some(value),
                None => return Err(vm.heap.raise(TypeId::TypeError, "extra keyword arguments given")),
            }
        }
        Ok(bound)
    }
}

/// The window of 256 registers that every frame may address, so that a byte operand needs no check.
pub(super) const WINDOW: usize = 256;

impl Vm {
    /// Makes the stack reach far enough for a window at `base`.
    #[inline]
    pub(super) fn ensure_window(&mut self, base: usize) -> Result<(), Raised> {
        if base + WINDOW <= self.fiber.stack.len() { Ok(()) } else { self.grow_stack(base) }
    }

    #[cold]
    fn grow_stack(&mut self, base: usize) -> Result<(), Raised> {
        let needed = base + WINDOW + 16 - self.fiber.stack.len();
        self.heap.budget.reserve_for_interpreter(&mut self.fiber.stack, needed)?;
        // Use all that was reserved, so that the next call finds room without asking.
        let capacity = self.fiber.stack.capacity();
        self.fiber.stack.resize(capacity, Value::UNBOUND);
        Ok(())
    }

    /// Puts arguments on top of the stack; gives where they begin.
    pub(super) fn put_arguments(&mut self, arguments: &[Value]) -> Result<usize, Raised> {
        let base = self.fiber.top();
        self.ensure_window(base + arguments.len())?;
        self.fiber.stack[base..base + arguments.len()].copy_from_slice(arguments);
        Ok(base)
    }

    /// Calls a value with arguments from anywhere.
    pub fn call_with(
        &mut self,
        callable: Value,
        arguments: &[Value],
        action: Action,
    ) -> Result<Called, Raised> {
        let base = self.put_arguments(arguments)?;
        self.call(callable, base, arguments.len(), Value::NONE, action)
    }

    /// Calls a value with arguments and keywords (a dict, or None) from anywhere.
    pub fn call_many(
        &mut self,
        callable: Value,
        arguments: &[Value],
        keywords: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let mut names = Vec::new();
        let mut all = arguments.to_vec();
        if let Some(dict) = self.heap.as_dict(keywords) {
            let pairs: Vec<(Value, Value)> = dict.iter().map(|entry| (entry.key, entry.value)).collect();
            for (name, value) in pairs {
                let Some(symbol) = self.heap.to_symbol(name)? else {
                    return Err(crate::objects::text_methods::no_implicit_conversion(&mut self.heap, name));
                };
                names.push(Value::from_symbol(symbol));
                all.push(value);
            }
        }
        let base = self.put_arguments(&all)?;
        let names = if names.is_empty() { Value::NONE } else { self.heap.tuple(&names)? };
        self.call(callable, base, arguments.len(), names, action)
    }

    /// Calls a value whose arguments lie at `base` on the stack: `count` positional ones, then one for each of `names`.
    pub fn call(
        &mut self,
        callable: Value,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let Some(handle) = callable.as_handle() else { return self.not_callable(callable) };
        match self.heap.slot(handle) {
            Slot::Function(_) => self.call_function(handle, base, count, names, action),
            Slot::Native(native) => {
                let native: &'static NativeDef = native;
                self.call_native(native, base, count, names, action)
            }
            Slot::BoundMethod(function, receiver) => {
                let (function, receiver) = (*function, *receiver);
                self.insert_argument(base, count, names, receiver)?;
                let called = self.call(function, base, count + 1, names, action);
                self.restore_arguments(base, count, names, called)
            }
            &Slot::UnboundMethod(function, class) => {
                if count > 0 {
                    self.check_receiver(base, class)?;
                }
                self.call(function, base, count, names, action)
            }
            Slot::Class(_) => self.construct(handle, base, count, names, action),
            Slot::StaticMethod(function) => {
                let function = *function;
                self.call(function, base, count, names, action)
            }
            Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_) => {
                match self.heap.special(callable, sym::CALL)? {
                    Some(method) => {
                        let (method, receiver) = self.bind_special(method, callable)?;
                        match receiver {
                            Some(receiver) => {
                                self.insert_argument(base, count, names, receiver)?;
                                let called = self.call(method, base, count + 1, names, action);
                                self.restore_arguments(base, count, names, called)
                            }
                            None => self.call(method, base, count, names, action),
                        }
                    }
                    None => match self.heap.native_part(callable) {
                        part if part == callable => self.not_callable(callable),
                        part => self.call(part, base, count, names, action),
                    },
                }
            }
            _ => self.not_callable(callable),
        }
    }

    /// A special method found in a class: what to call, and the self to pass, if it takes one.
    pub(super) fn bind_special(
        &mut self,
        method: Value,
        receiver: Value,
    ) -> Result<(Value, Option<Value>), Raised> {
        match self.heap.slot_of(method) {
            Some(Slot::StaticMethod(function)) => Ok((*function, None)),
            Some(Slot::ClassMethod(function)) => Ok((*function, Some(self.heap.class_of(receiver).value()))),
            Some(Slot::Function(_) | Slot::Native(_)) => Ok((method, Some(receiver))),
            _ => Ok((method, None)),
        }
    }

    /// The first argument of a built-in type's method that was taken from the type must be an instance of it; of an
    /// instance of a subclass the method gets the built-in object inside.
    fn check_receiver(&mut self, base: usize, class: Handle) -> Result<(), Raised> {
        let receiver = self.fiber.stack.get(base).copied().unwrap_or(Value::NONE);
        let part = self.heap.native_part(receiver);
        if !self.heap.is_instance(part, class) && !self.heap.is_instance(receiver, class) {
            let wanted = self.class_name(class.value());
            let given = alloc::string::String::from(self.heap.type_name(receiver));
            let text = format_args!("argument should be a '{wanted}' not a '{given}'");
            return Err(self.heap.raise_fmt(TypeId::TypeError, text));
        }
        if let Some(place) = self.fiber.stack.get_mut(base) {
            *place = part;
        }
        Ok(())
    }

    /// Calls a special method that was found in the class of its receiver, as whatever it is there: a function, a
    /// static method, a class method, or a method of the built-in type inside.
    pub(crate) fn call_bound(
        &mut self,
        method: Value,
        receiver: Value,
        rest: &[Value],
        action: Action,
    ) -> Result<Called, Raised> {
        let (method, receiver) = self.bind_special(method, receiver)?;
        let Some(receiver) = self.native_receiver(method, receiver) else {
            return self.call_with(method, rest, action);
        };
        let mut arguments = [receiver; 4];
        let count = rest.len().min(3);
        arguments[1..=count].copy_from_slice(&rest[..count]);
        self.call_with(method, &arguments[..=count], action)
    }

    /// The same at once, by a nested run: only where [`Vm::call_nested`] may be used.
    pub(crate) fn call_bound_nested(
        &mut self,
        method: Value,
        receiver: Value,
        rest: &[Value],
    ) -> Result<Value, Raised> {
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        match self.call_bound(method, receiver, rest, Action::Exit)? {
            Called::Value(value) => Ok(value),
            Called::Stop(value) => Err(self.stop_iteration(value)),
            Called::Pushed => self.run_nested(),
        }
    }

    #[cold]
    fn not_callable<T>(&mut self, callable: Value) -> Result<T, Raised> {
        let name = alloc::string::String::from(self.heap.type_name(callable));
        Err(self.heap.raise_fmt(TypeId::TypeError, format_args!("'{name}' object isn't callable")))
    }

    /// Shifts the arguments up by one and puts another before them.
    fn insert_argument(
        &mut self,
        base: usize,
        count: usize,
        names: Value,
        first: Value,
    ) -> Result<(), Raised> {
        let all = count + self.heap.as_tuple(names).map_or(0, <[Value]>::len);
        self.ensure_window(base + all + 1)?;
        self.fiber.stack.copy_within(base..base + all, base + 1);
        self.fiber.stack[base] = first;
        Ok(())
    }

    /// After a call that found no memory: undoes what [`Vm::insert_argument`] did, because the instruction will be done
    /// once more with the arguments that it put there.
    pub(super) fn restore_arguments(
        &mut self,
        base: usize,
        count: usize,
        names: Value,
        called: Result<Called, Raised>,
    ) -> Result<Called, Raised> {
        if matches!(called, Err(Raised::OUT_OF_MEMORY)) {
            let all = count + self.heap.as_tuple(names).map_or(0, <[Value]>::len);
            self.fiber.stack.copy_within(base + 1..base + 1 + all, base);
        }
        called
    }

    pub(super) fn call_native(
        &mut self,
        native: &'static NativeDef,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        if !names.is_none() && !native.keywords {
            return Err(self.type_error("function doesn't take keyword arguments"));
        }
        if !native.takes(count) {
            return Err(wrong_count(&mut self.heap, native, count));
        }
        match native.code {
            NativeCode::Heap(code) => {
                let arguments = &self.fiber.stack[base..base + count];
                let result = code(&mut self.heap, arguments).map(Called::Value);
                self.mind_work();
                result
            }
            NativeCode::Vm(code) | NativeCode::Quick(_, code) => {
                let keywords = self.heap.as_tuple(names).map_or(0, <[Value]>::len);
                let reserved = core::mem::replace(&mut self.fiber.reserved, base + count + keywords);
                let outcome = code(self, Arguments { base, count, names });
                self.fiber.reserved = reserved;
                self.mind_work();
                match outcome? {
                    Outcome::Value(value) => Ok(Called::Value(value)),
                    outcome => self.complete(outcome, action),
                }
            }
        }
    }

    /// Turns what a native answered into a result or a pushed frame.
    pub(super) fn complete(&mut self, outcome: Outcome, action: Action) -> Result<Called, Raised> {
        match outcome {
            Outcome::Value(value) | Outcome::Suspend(value, _) => Ok(Called::Value(value)),
            Outcome::Stop(value) => Ok(Called::Stop(value)),
            Outcome::Call(callable, arguments) => {
                let mut held = [callable; 5];
                held[..arguments.as_slice().len()].copy_from_slice(arguments.as_slice());
                self.with_room(&held, |vm| vm.call_with(callable, arguments.as_slice(), action))
            }
            Outcome::CallMany(callable, arguments, keywords) => {
                let mut held = arguments.clone();
                held.extend_from_slice(&[callable, keywords]);
                self.with_room(&held, |vm| vm.call_many(callable, &arguments, keywords, action))
            }
            Outcome::Perform(request) => self.perform(request, action),
            Outcome::Frame(frame) => {
                self.push_native(frame, action)?;
                Ok(Called::Pushed)
            }
            Outcome::Next(iterator) => self.with_room(&[iterator], |vm| vm.next(iterator, action)),
            Outcome::Send(generator, value) => self.resume(generator, Input::Value(value), action),
            Outcome::Throw(generator, exception) => self.resume(generator, Input::Raised(exception), action),
            Outcome::Park(wait) => {
                if self.fiber.nested > 0 {
                    return self.block(wait);
                }
                // A frame that waits, so that the result has somewhere to come from.
                self.push_native(Box::new(Parked(wait)), action)?;
                Ok(Called::Pushed)
            }
        }
    }

    /// Blocks inside a nested run, where the fiber cannot be parked.
    fn block(&mut self, wait: Wait) -> Result<Called, Raised> {
        if let Wait::Until(until) = wait
            && self.platform.block_until(until)
        {
            return Ok(Called::Value(Value::NONE));
        }
        Err(self.heap.raise(TypeId::RuntimeError, "can't block here"))
    }

    /// Pushes a native frame; it is stepped with [`Input::Start`] by the run loop.
    pub fn push_native(&mut self, frame: Box<dyn NativeFrame>, action: Action) -> Result<(), Raised> {
        self.check_depth()?;
        let top = self.fiber.top();
        self.fiber.frames.push(Frame { action, kind: FrameKind::Native(Some(frame), top as u32) });
        self.fiber.input = Some(Input::Start);
        Ok(())
    }

    /// Makes sure that another frame may be pushed.
    #[inline]
    pub(super) fn check_depth(&mut self) -> Result<(), Raised> {
        if self.fiber.frames.len() >= self.limits.frames {
            return Err(self.too_deep());
        }
        if self.fiber.frames.len() == self.fiber.frames.capacity() {
            self.heap.budget.reserve_for_interpreter(&mut self.fiber.frames, 8)?;
        }
        Ok(())
    }

    /// `RuntimeError: maximum recursion depth exceeded`
    #[cold]
    pub fn too_deep(&mut self) -> Raised {
        self.heap.raise(TypeId::RuntimeError, "maximum recursion depth exceeded")
    }

    fn call_function(
        &mut self,
        function: Handle,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        self.check_depth()?;
        self.ensure_window(base)?;
        let Slot::Function(object) = self.heap.slot(function) else { return Ok(Called::Value(Value::NONE)) };
        let code = object.code.clone();
        let globals = object.globals;
        if code.flags.generator {
            // Made first: once the parameters are bound, the call could not be done again.
            let generator = self.make_generator(code.clone(), globals, base)?;
            self.bind_parameters(function, &code, base, count, names)?;
            let Vm { heap, fiber, .. } = self;
            if let Some((Slot::Generator(object), _)) = heap.slot_and_budget(generator) {
                object.registers.copy_from_slice(&fiber.stack[base..base + code.registers as usize]);
            }
            return Ok(Called::Value(generator));
        }
        if !(code.simple && names.is_none() && count == code.positional as usize) {
            self.bind_parameters(function, &code, base, count, names)?;
        } else {
            self.fiber.stack[base + count..base + code.registers as usize].fill(Value::UNBOUND);
        }
        self.enter(code, globals, base, action);
        Ok(Called::Pushed)
    }

    /// Calls the code of a comprehension; its iterator and then the cells that it closes over lie at `base`.
    pub(super) fn call_code(
        &mut self,
        code: Value,
        globals: Handle,
        base: usize,
        count: usize,
        action: Action,
    ) -> Result<Called, Raised> {
        self.check_depth()?;
        self.ensure_window(base)?;
        let Some(Slot::Code(code)) = self.heap.slot_of(code) else { return self.not_callable(code) };
        let code = code.clone();
        self.fiber.stack[base + count..base + code.registers as usize].fill(Value::UNBOUND);
        if code.flags.generator {
            return self.make_generator(code, globals, base).map(Called::Value);
        }
        self.enter(code, globals, base, action);
        Ok(Called::Pushed)
    }

    /// Puts a frame on the stack, whose registers begin at `base`.
    fn enter(&mut self, code: Rc<Code>, globals: Handle, base: usize, action: Action) {
        let spill = new_spill(&code);
        let frame = PythonFrame { code, spill, pc: 0, base: base as u32, globals, generator: None };
        self.fiber.frames.push(Frame { action, kind: FrameKind::Python(frame) });
    }

    fn make_generator(&mut self, code: Rc<Code>, globals: Handle, base: usize) -> Result<Value, Raised> {
        let registers = &self.fiber.stack[base..base + code.registers as usize];
        self.heap.budget.charge(size_of::<Generator>() + size_of_val(registers))?;
        let registers = crate::heap::try_box_slice(registers)?;
        let spill = new_spill(&code);
        let mut generator = Generator {
            code,
            globals,
            registers,
            pc: 0,
            state: State::Created,
            exiting: false,
            depth: 0,
            delegate: self.place_of_maker(),
            parent: None,
            seldom: None,
        };
        generator.set_spill(spill);
        Ok(self.heap.allocate(Slot::Generator(Box::new(generator)))?.value())
    }

    /// Calls a value and runs until it has returned: only for what cannot be a native frame (`__hash__`, `__eq__` inside
    /// containers, `repr`). What the caller holds must be rooted.
    pub fn call_nested(&mut self, callable: Value, arguments: &[Value]) -> Result<Value, Raised> {
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        match self.call_with(callable, arguments, Action::Exit)? {
            Called::Value(value) => Ok(value),
            Called::Stop(value) => Err(self.stop_iteration(value)),
            Called::Pushed => self.run_nested(),
        }
    }
}

fn new_spill(code: &Code) -> Spill {
    if code.spilled == 0 {
        return None;
    }
    let mut spill = Vec::new();
    spill.resize(code.spilled as usize, Value::UNBOUND);
    Some(Box::new(spill))
}

#[cold]
fn wrong_count(heap: &mut Heap, native: &NativeDef, count: usize) -> Raised {
    let (minimum, maximum) = (native.minimum as usize, native.maximum as usize);
    if minimum == maximum {
        heap.raise_fmt(
            TypeId::TypeError,
            format_args!("function takes {minimum} positional arguments but {count} were given"),
        )
    } else if count < minimum {
        heap.raise_fmt(
            TypeId::TypeError,
            format_args!("function missing {} required positional arguments", minimum - count),
        )
    } else {
        heap.raise_fmt(
            TypeId::TypeError,
            format_args!("function expected at most {maximum} arguments, got {count}"),
        )
    }
}

/// The frame of a native that has parked its fiber and wants nothing more.
struct Parked(Wait);

impl NativeFrame for Parked {
    fn step(&mut self, _vm: &mut Vm, input: Input) -> Result<super::Step, Raised> {
        Ok(match input {
            Input::Start => super::Step::Park(self.0),
            _ => super::Step::Return(Value::NONE),
        })
    }

    fn trace(&self, _tracer: &mut crate::heap::Tracer<'_>) {}
}
