//! What `int()`, `float()` and `complex()` do with an instance: they ask its special method, and insist on the type of
//! what it answers.

use crate::heap::{Heap, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::run::{FewArguments, Input, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;
use alloc::string::String;

/// What a value is to become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// An integer.
    Int,
    /// A float.
    Float,
    /// A complex number.
    Complex,
}

impl Target {
    const fn method(self) -> Symbol {
        match self {
            Target::Int => sym::INT,
            Target::Float => sym::FLOAT,
            Target::Complex => sym::COMPLEX,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Target::Int => "int",
            Target::Float => "float",
            Target::Complex => "complex",
        }
    }
}

/// `TypeError: can't convert list to int`
#[cold]
pub fn no_conversion(heap: &mut Heap, value: Value, target: Target) -> Raised {
    let kind = String::from(heap.type_name(value));
    heap.raise_fmt(TypeId::TypeError, format_args!("can't convert {kind} to {}", target.name()))
}

/// The special method by which an instance can be converted, if its class has one.
pub fn method(vm: &mut Vm, value: Value, target: Target) -> Result<Option<Value>, Raised> {
    match vm.heap.slot_of(value) {
        Some(Slot::Object(_)) => vm.heap.special(value, target.method()),
        Some(Slot::Instance(_) | Slot::Exception(_)) => vm.python_special(value, target.method()),
        _ => Ok(None),
    }
}

/// Asks the special method; `None` if there is none.
pub fn ask(vm: &mut Vm, value: Value, target: Target) -> Result<Option<Outcome>, Raised> {
    let method = method(vm, value, target)?;
    Ok(method
        .map(|method| Outcome::Frame(Box::new(Convert { method, value, target }) as Box<dyn NativeFrame>)))
}

/// The same by a nested run, for where a text is being put together.
pub fn ask_nested(vm: &mut Vm, value: Value, target: Target) -> Result<Value, Raised> {
    match method(vm, value, target)? {
        Some(method) => {
            let answer = vm.call_nested(method, &[value])?;
            check(&mut vm.heap, value, target, answer)
        }
        None => Err(no_conversion(&mut vm.heap, value, target)),
    }
}

/// The answer of a special method, if it is of the type that was asked for.
pub fn check(heap: &mut Heap, value: Value, target: Target, answer: Value) -> Result<Value, Raised> {
    let fits = match target {
        Target::Int => heap.type_id(answer) == TypeId::Int,
        Target::Float => heap.as_float(answer).is_some(),
        Target::Complex => heap.type_id(answer) == TypeId::Complex,
    };
    if fits {
        return Ok(answer);
    }
    Err(match target {
        Target::Int => heap.raise_bare(TypeId::TypeError),
        _ => no_conversion(heap, value, target),
    })
}

/// Calls the special method and checks its answer.
struct Convert {
    method: Value,
    value: Value,
    target: Target,
}

impl NativeFrame for Convert {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(answer) => check(&mut vm.heap, self.value, self.target, answer).map(Step::Return),
            _ => Ok(Step::Call(self.method, FewArguments::new(&[self.value]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.value]);
    }
}
