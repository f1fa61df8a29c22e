//! Requests: what a native may ask of the interpreter besides a call, because Python may have to run for it.
//!
//! A native that ends with one answers [`super::Outcome::Perform`]; a native frame that goes on with the result answers
//! [`super::Step::Perform`] and is stepped with it.

use super::frame::{Action, Input};
use super::native_frame::{NativeFrame, Step};
use super::operators::{Operation, Tried};
use super::{Called, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use alloc::boxed::Box;
use core::cell::Cell;

/// Something that Python may have to run for.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    /// `iter(x)`
    Iter(Value),
    /// `x.name`
    Attribute(Value, Symbol),
    /// `x.name = value`; with an unbound value, `del x.name`
    SetAttribute(Value, Symbol, Value),
    /// `x[index]`
    Item(Value, Value),
    /// `item in x`: the container, the item; the result is what `__contains__` returned
    Contains(Value, Value),
    /// `a op b`
    Binary(BinaryOp, Value, Value),
    /// `a < b` and its kin
    Compare(CompareOp, Value, Value),
    /// `-a` and its kin
    Unary(UnaryOp, Value),
    /// `len(x)`
    Length(Value),
    /// `import name`, as the code that is running would: with the flag, the result is the module named last; the number
    /// is the level of a relative import, which begins at the module with these globals
    Import(Symbol, bool, u8, Handle),
    /// Whether x is true. The result is `True`, `False` or what `__bool__` or `__len__` returned: ask
    /// [`Vm::truth_plain`] about it.
    Truth(Value),
}

impl Request {
    /// The values in it, for the collector.
    fn values(&self) -> [Value; 3] {
        let none = Value::NONE;
        match *self {
            Request::Iter(x) | Request::Unary(_, x) | Request::Length(x) | Request::Truth(x) => {
                [x, none, none]
            }
            Request::Attribute(x, _) => [x, none, none],
            Request::Import(.., globals) => [globals.value(), none, none],
            Request::SetAttribute(x, _, value) => [x, value, none],
            Request::Item(x, y)
            | Request::Contains(x, y)
            | Request::Binary(_, x, y)
            | Request::Compare(_, x, y) => [x, y, none],
        }
    }
}

impl Vm {
    /// Does what a native asked for; the action gets the result if a frame had to be pushed.
    pub(super) fn perform(&mut self, request: Request, action: Action) -> Result<Called, Raised> {
        self.with_room(&request.values(), |vm| match request {
            Request::Iter(source) => vm.iter(source, action),
            Request::Attribute(receiver, name) => vm.attribute(receiver, name, action),
            Request::SetAttribute(receiver, name, value) => vm.store_attribute(receiver, name, value, action),
            Request::Item(container, index) => vm.get_item(container, index, action),
            Request::Contains(container, item) => vm.contains(container, item, action),
            Request::Binary(op, a, b) => vm.operate_from_native(Operation::Binary(op, false), a, b, action),
            Request::Compare(op, a, b) => vm.operate_from_native(Operation::Compare(op), a, b, action),
            Request::Unary(op, a) => vm.unary(op, a, action),
            Request::Length(value) => vm.length(value, action),
            Request::Truth(value) => vm.truth(value, action),
            Request::Import(name, last, level, globals) => {
                let name = alloc::string::String::from(vm.heap.symbols.text(name));
                vm.import(&name, last, u32::from(level), globals, action)
            }
        })
    }

    /// Does something that a native has left to the interpreter, which must not run the native again when memory runs
    /// out: collects, and tries this part alone once more.
    pub(super) fn with_room(
        &mut self,
        held: &[Value],
        mut work: impl FnMut(&mut Vm) -> Result<Called, Raised>,
    ) -> Result<Called, Raised> {
        let depth = self.fiber.frames.len();
        let answer = work(self);
        if answer.as_ref().err() != Some(&Raised::OUT_OF_MEMORY) || self.fiber.frames.len() != depth {
            return answer;
        }
        if self.heap.lock_depth == 0 {
            let depth = self.roots.len();
            self.roots.extend_from_slice(held);
            self.collect();
            self.roots.truncate(depth);
            match work(self) {
                Err(Raised::OUT_OF_MEMORY) => {}
                answer => return answer,
            }
        }
        Err(Raised(self.memory_error()))
    }

    fn operate_from_native(
        &mut self,
        operation: Operation,
        a: Value,
        b: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        if let Some(value) = self.operate_builtin(operation, a, b)? {
            return Ok(Called::Value(value));
        }
        self.push_native(Box::new(Attempts { operation, a, b, attempt: Cell::new(0) }), action)?;
        Ok(Called::Pushed)
    }

    /// `len(value)`
    pub fn length(&mut self, value: Value, action: Action) -> Result<Called, Raised> {
        if let Some(length) = crate::builtins::search::length(&self.heap, value) {
            return self.heap.size(length).map(Called::Value);
        }
        if let Some(method) = self.special_method(value, sym::LEN)? {
            return self.call_bound(method, value, &[], action);
        }
        let part = self.heap.native_part(value);
        if part != value {
            return self.length(part, action);
        }
        let kind = alloc::string::String::from(self.heap.type_name(value));
        Err(self.heap.raise_fmt(TypeId::TypeError, format_args!("object of type '{kind}' has no len()")))
    }

    /// A special method to call with the value first: of a class written in Python, or of a type of another layer.
    pub fn special_method(&mut self, value: Value, name: Symbol) -> Result<Option<Value>, Raised> {
        match self.heap.slot_of(value) {
            Some(Slot::Object(_)) => self.heap.special(value, name),
            _ => self.python_special(value, name),
        }
    }
}

/// An operator that needs special methods, asked for by a native: tries one method after another.
struct Attempts {
    operation: Operation,
    a: Value,
    b: Value,
    /// The attempt that is under way.
    attempt: Cell<u8>,
}

impl NativeFrame for Attempts {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let first = match input {
            Input::Value(Value::NOT_IMPLEMENTED) => self.attempt.get() + 1,
            Input::Value(value) => return Ok(Step::Return(value)),
            Input::Stop(value) => return Err(vm.stop_iteration(value)),
            _ => 0,
        };
        let attempt = &self.attempt;
        let tried = vm.operate(self.operation, self.a, self.b, first, |number| {
            attempt.set(number);
            Action::Native
        })?;
        Ok(match tried {
            Tried::Value(value) => Step::Return(value),
            Tried::Pushed => Step::Pushed,
        })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.a);
        tracer.value(self.b);
    }
}
