//! What instructions of the dispatch loop need that is too long or too rare to stand in it.

use super::each::{Each, Taken, Taker};
use super::frame::{Action, Input};
use super::native_frame::{NativeFrame, Step};
use super::{Called, FewArguments, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use alloc::boxed::Box;
use alloc::string::String;

impl Vm {
    /// The globals of the Python frame on top, or those of the main module.
    pub fn current_globals(&self) -> Handle {
        self.fiber
            .frames
            .iter()
            .rev()
            .find_map(|frame| match &frame.kind {
                super::FrameKind::Python(frame) => Some(frame.globals),
                super::FrameKind::Native(..) => None,
            })
            .unwrap_or(self.main)
    }

    /// The namespace of the class body or module-level code that is being executed: what upstream takes for the locals
    /// everywhere, even in functions.
    pub fn current_locals(&self) -> Handle {
        self.fiber
            .frames
            .iter()
            .rev()
            .find_map(|frame| match &frame.kind {
                super::FrameKind::Python(frame) if frame.code.flags.namespace => {
                    self.fiber.stack.get(frame.base as usize).and_then(|value| value.as_handle())
                }
                super::FrameKind::Python(frame) if frame.code.name == sym::MODULE => Some(frame.globals),
                _ => None,
            })
            .unwrap_or_else(|| self.current_globals())
    }

    #[cold]
    pub(super) fn name_not_defined(&mut self, name: Symbol) -> Raised {
        let name = String::from(self.heap.symbols.text(name));
        self.heap.raise_fmt(TypeId::NameError, format_args!("name '{name}' isn't defined"))
    }

    #[cold]
    pub(super) fn unbound_local(&mut self) -> Raised {
        self.heap.raise(TypeId::NameError, "local variable referenced before assignment")
    }

    pub(super) fn spill_push(&mut self, value: Value) -> Result<(), Raised> {
        if let Some(frame) = self.top_frame() {
            let spill = frame.spill.get_or_insert_with(Box::default);
            spill.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
            spill.push(value);
        }
        Ok(())
    }

    pub(super) fn spill_pop(&mut self) -> Value {
        self.top_frame()
            .and_then(|frame| frame.spill.as_mut())
            .and_then(|spill| spill.pop())
            .unwrap_or(Value::UNBOUND)
    }

    pub(super) fn spilled(&mut self, number: usize) -> Value {
        self.top_frame()
            .and_then(|frame| frame.spill.as_ref())
            .and_then(|spill| spill.get(number).copied())
            .unwrap_or(Value::UNBOUND)
    }

    pub(super) fn set_spilled(&mut self, number: usize, value: Value) {
        if let Some(place) =
            self.top_frame().and_then(|frame| frame.spill.as_mut()).and_then(|spill| spill.get_mut(number))
        {
            *place = value;
        }
    }

    /// Whether an exception is an instance of a type, or of one of a tuple of types. What is no exception type is a
    /// `TypeError`.
    pub fn exception_matches(&mut self, exception: Value, types: Value) -> Result<bool, Raised> {
        let one;
        let types = match self.heap.as_tuple(types) {
            Some(types) => types,
            None => {
                one = [types];
                &one
            }
        };
        for &kind in types {
            match self.heap.as_class(kind) {
                Some(class) if self.heap.is_subclass(class, TypeId::BaseException.handle()) => {
                    if self.heap.is_instance(exception, class) {
                        return Ok(true);
                    }
                }
                _ => {
                    let (x, y) = (self.heap.type_name(exception), self.heap.type_name(kind));
                    let (x, y) = (String::from(x), String::from(y));
                    let message = format_args!("unsupported types for : '{x}', '{y}'");
                    return Err(self.heap.raise_fmt(TypeId::TypeError, message));
                }
            }
        }
        Ok(false)
    }

    /// The exception that raising a value means, without running Python: a new one for a class, a `TypeError` for what
    /// cannot be raised.
    pub(super) fn exception_for(&mut self, value: Value) -> Result<Value, Raised> {
        if let Some(exception) = self.heap.raisable(value) {
            return Ok(exception);
        }
        match self.heap.as_class(value) {
            Some(class) if self.heap.is_subclass(class, TypeId::BaseException.handle()) => {
                self.heap.new_exception_of(class, &[])
            }
            _ => Ok(self.type_error("exceptions must derive from BaseException").0),
        }
    }

    /// `raise value`: makes an instance of a class first. Always ends with an error or a pushed frame.
    pub(super) fn prepare_raise(&mut self, value: Value) -> Result<(), Raised> {
        if let Some(exception) = self.heap.raisable(value) {
            return Err(Raised(exception));
        }
        if let Some(class) = self.heap.as_class(value)
            && self.heap.is_subclass(class, TypeId::BaseException.handle())
        {
            if self.heap.class(class).is_some_and(|class| class.definition.is_some()) {
                return Err(Raised(self.heap.new_exception_of(class, &[])?));
            }
            return self.push_native(Box::new(RaiseNew(value)), Action::Discard);
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// Spreads an iterable over registers. With `after`, the middle becomes a list.
    pub(super) fn unpack(
        &mut self,
        first: u8,
        source: Value,
        before: u8,
        after: Option<usize>,
    ) -> Result<(), Raised> {
        let before = before as usize;
        if self.heap.as_sequence(source).is_some() {
            return self.spread(first, source, before, after);
        }
        let list = self.heap.list(&[])?;
        let frame = Each::new(source, Gather { list, first, before, after });
        self.push_native(Box::new(frame), Action::Discard)
    }

    /// The same for a list or tuple.
    fn spread(
        &mut self,
        first: u8,
        source: Value,
        before: usize,
        after: Option<usize>,
    ) -> Result<(), Raised> {
        let count = self.heap.as_sequence(source).map_or(0, <[Value]>::len);
        let needed = before + after.unwrap_or(0);
        if count < needed {
            let text = format_args!("need more than {count} values to unpack");
            return Err(self.heap.raise_fmt(TypeId::ValueError, text));
        }
        let item = |vm: &Vm, number: usize| {
            vm.heap.as_sequence(source).and_then(|items| items.get(number)).copied().unwrap_or(Value::NONE)
        };
        let Some(after) = after else {
            if count > needed {
                return Err(self.too_many_values(needed));
            }
            for number in 0..count {
                let item = item(self, number);
                self.set_register(first.wrapping_add(number as u8), item);
            }
            return Ok(());
        };
        let middle = crate::objects::sequence::list_of(&mut self.heap, source, before, count - needed)?;
        for number in 0..=needed {
            let item = match number {
                _ if number < before => item(self, number),
                _ if number == before => middle,
                _ => item(self, count - after + number - before - 1),
            };
            self.set_register(first.wrapping_add(number as u8), item);
        }
        Ok(())
    }

    #[cold]
    fn too_many_values(&mut self, expected: usize) -> Raised {
        let text = format_args!("too many values to unpack (expected {expected})");
        self.heap.raise_fmt(TypeId::ValueError, text)
    }

    /// What `await source` delegates to.
    pub(super) fn awaitable(&mut self, source: Value, action: Action) -> Result<Called, Raised> {
        if self.native_next(source).is_some() {
            return Ok(Called::Value(source));
        }
        if let Some(Slot::Instance(_)) = self.heap.slot_of(source)
            && self.heap.special(source, sym::ITER)?.is_none()
            && let Some(method) = self.heap.special(source, sym::AWAIT)?
        {
            return self.call_with(method, &[source], action);
        }
        self.iter(source, action)
    }

    /// A set of these items.
    pub fn build_set(&mut self, items: &[Value]) -> Result<Value, Raised> {
        let set = self.heap.set(crate::objects::dict::Dict::new())?;
        self.fill_set(set, items)?;
        Ok(set)
    }

    /// Adds items to a set that nothing else refers to yet.
    pub fn fill_set(&mut self, set: Value, items: &[Value]) -> Result<(), Raised> {
        let depth = self.roots.len();
        self.roots.push(set);
        self.roots.extend_from_slice(items);
        let mut result = Ok(());
        for &item in items {
            result = self.dict_set(set, item, Value::NONE);
            if result.is_err() {
                break;
            }
        }
        self.roots.truncate(depth);
        result
    }

    /// The REPL shows an expression's value unless it is None, and keeps it as `_`.
    pub(crate) fn show_expression(&mut self, value: Value) -> Result<(), Raised> {
        if value.is_none() {
            return Ok(());
        }
        self.namespace_set(self.builtins, Symbol::latin(b'_'), value)?;
        let mut text = self.repr(value)?;
        text.push('\n');
        self.write(super::Stream::Out, &text);
        Ok(())
    }
}

/// Makes an exception of a Python class, then raises it.
struct RaiseNew(Value);

impl NativeFrame for RaiseNew {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(exception) if vm.heap.as_exception(exception).is_some() => Err(Raised(exception)),
            Input::Value(_) => Err(vm.type_error("exceptions must derive from BaseException")),
            _ => Ok(Step::Call(self.0, FewArguments::new(&[]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.0);
    }
}

/// Gathers the items of an iterable for an unpacking assignment.
struct Gather {
    list: Value,
    first: u8,
    before: usize,
    after: Option<usize>,
}

impl Taker for Gather {
    fn held(&self) -> [Value; 4] {
        [self.list, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        let count = vm.heap.as_list(self.list).map_or(0, <[Value]>::len);
        if self.after.is_none() && count == self.before {
            return Err(vm.too_many_values(self.before));
        }
        vm.heap.list_push(self.list, item)?;
        Ok(Taken::More)
    }

    fn finish(&mut self, _vm: &mut Vm) -> Result<Step, Raised> {
        let Gather { list, first, before, after } = *self;
        Ok(Step::Become(Box::new(SpreadFrame { list, first, before, after })))
    }
}

/// Puts gathered items into the registers of the frame below.
struct SpreadFrame {
    list: Value,
    first: u8,
    before: usize,
    after: Option<usize>,
}

impl NativeFrame for SpreadFrame {
    fn step(&mut self, vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        // The frame below is the one whose instruction this is: look at it as if it were on top.
        let own = vm.fiber.frames.pop();
        let result = vm.spread(self.first, self.list, self.before, self.after);
        vm.fiber.frames.extend(own);
        result.map(|()| Step::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.list);
    }
}
