//! What instructions of the dispatch loop need that is too long or too rare to stand in it.

use super::frame::{Action, Input};
use super::native_frame::{Items, NativeFrame, Step, Walk};
use super::{Called, FewArguments, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

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
        if self.heap.as_exception(value).is_some() {
            return Ok(value);
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
        if self.heap.as_exception(value).is_some() {
            return Err(Raised(value));
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
        if let Some(items) = self.heap.as_sequence(source) {
            let items = items.to_vec();
            return self.spread(first, &items, before as usize, after);
        }
        let frame =
            UnpackFrame { walk: Walk::new(source), items: Vec::new(), first, before: before as usize, after };
        self.push_native(Box::new(frame), Action::Discard)
    }

    fn spread(
        &mut self,
        first: u8,
        items: &[Value],
        before: usize,
        after: Option<usize>,
    ) -> Result<(), Raised> {
        let needed = before + after.unwrap_or(0);
        if items.len() < needed {
            return Err(self.heap.raise_fmt(
                TypeId::ValueError,
                format_args!("need more than {} values to unpack", items.len()),
            ));
        }
        let Some(after) = after else {
            if items.len() > needed {
                return Err(self.heap.raise_fmt(
                    TypeId::ValueError,
                    format_args!("too many values to unpack (expected {needed})"),
                ));
            }
            for (offset, &item) in items.iter().enumerate() {
                self.set_register(first.wrapping_add(offset as u8), item);
            }
            return Ok(());
        };
        let middle = self.heap.list(&items[before..items.len() - after])?;
        let parts = items[..before]
            .iter()
            .copied()
            .chain([middle])
            .chain(items[items.len() - after..].iter().copied());
        for (offset, item) in parts.enumerate() {
            self.set_register(first.wrapping_add(offset as u8), item);
        }
        Ok(())
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
struct UnpackFrame {
    walk: Walk,
    items: Vec<Value>,
    first: u8,
    before: usize,
    after: Option<usize>,
}

impl NativeFrame for UnpackFrame {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let mut input = input;
        loop {
            match self.walk.next(vm, input)? {
                Items::Item(item) => {
                    if self.after.is_none() && self.items.len() == self.before {
                        let expected = self.before;
                        return Err(vm.heap.raise_fmt(
                            TypeId::ValueError,
                            format_args!("too many values to unpack (expected {expected})"),
                        ));
                    }
                    self.items.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
                    self.items.push(item);
                    input = Input::Start;
                }
                Items::End => {
                    return Ok(Step::Become(Box::new(SpreadFrame {
                        items: core::mem::take(&mut self.items),
                        first: self.first,
                        before: self.before,
                        after: self.after,
                    })));
                }
                Items::Ask(step) => return Ok(step),
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.values(&self.items);
    }
}

/// Puts gathered items into the registers of the frame below.
struct SpreadFrame {
    items: Vec<Value>,
    first: u8,
    before: usize,
    after: Option<usize>,
}

impl NativeFrame for SpreadFrame {
    fn step(&mut self, vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        // The frame below is the one whose instruction this is: look at it as if it were on top.
        let own = vm.fiber.frames.pop();
        let result = vm.spread(self.first, &self.items, self.before, self.after);
        vm.fiber.frames.extend(own);
        result.map(|()| Step::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.items);
    }
}
