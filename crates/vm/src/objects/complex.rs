//! `complex`

use super::conversion::{self, Target, no_conversion};
use super::function::{TypeDef, full_constructor, getter};
use super::operators::complex_of;
use crate::heap::{Heap, Raised, Tracer, TypeId, Value};
use crate::number::Complex;
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;

/// `complex()`, `complex(value)`, `complex(real, imaginary)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(first) = arguments.get(vm, 1) else { return Ok(vm.heap.complex(0.0, 0.0)?.into()) };
    let part = vm.heap.native_part(first);
    if let Some(second) = arguments.get(vm, 2) {
        let real = component(&mut vm.heap, first)?;
        let imaginary = component(&mut vm.heap, second)?;
        let (real, imaginary) = (real.real - imaginary.imaginary, real.imaginary + imaginary.real);
        return Ok(vm.heap.complex(real, imaginary)?.into());
    }
    if let Some(text) = vm.heap.as_str(part) {
        return match Complex::parse(text.as_bytes()) {
            Ok(number) => Ok(vm.heap.complex(number.real, number.imaginary)?.into()),
            Err(error) => Err(vm.heap.raise_number(error)),
        };
    }
    if vm.heap.type_id(part) == TypeId::Complex {
        return Ok(part.into());
    }
    if let Some(number) = complex_of(&vm.heap, part) {
        return Ok(vm.heap.complex(number.real, number.imaginary)?.into());
    }
    if let Some(method) = conversion::method(vm, first, Target::Float)? {
        return Ok(Outcome::Frame(Box::new(FromFloat { method, value: first })));
    }
    match conversion::ask(vm, first, Target::Complex)? {
        Some(outcome) => Ok(outcome),
        None => Err(no_conversion(&mut vm.heap, first, Target::Complex)),
    }
}

/// One of two arguments.
fn component(heap: &mut Heap, value: Value) -> Result<Complex, Raised> {
    let part = heap.native_part(value);
    match complex_of(heap, part) {
        Some(number) => Ok(number),
        None => Err(no_conversion(heap, value, Target::Float)),
    }
}

/// Calls `__float__`; the result is the complex number with that real part.
struct FromFloat {
    method: Value,
    value: Value,
}

impl NativeFrame for FromFloat {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(answer) => match vm.heap.as_float(answer) {
                Some(real) => vm.heap.complex(real, 0.0).map(Step::Return),
                None => Err(no_conversion(&mut vm.heap, self.value, Target::Float)),
            },
            _ => Ok(Step::Call(self.method, FewArguments::new(&[self.value]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.value]);
    }
}

fn parts(heap: &Heap, value: Value) -> Complex {
    complex_of(heap, heap.native_part(value)).unwrap_or(Complex { real: 0.0, imaginary: 0.0 })
}

/// `complex`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        getter("imag", |heap, value| heap.float(parts(heap, value).imaginary)),
        getter("real", |heap, value| heap.float(parts(heap, value).real)),
    ],
    construct: full_constructor("complex", 0, 2, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Complex, "complex")
};
