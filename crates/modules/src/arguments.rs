//! Arguments of natives, with upstream's words for those that do not fit.

use alloc::boxed::Box;
use alloc::string::String;
use wigwag_vm::heap::{Heap, Raised, Slot, Symbol, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::conversion::{self, Target};
use wigwag_vm::objects::function::HeapFunction;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

pub use wigwag_vm::objects::int::machine_int as integer;

/// A number as a float.
pub fn float(heap: &mut Heap, value: Value) -> Result<f64, Raised> {
    let part = heap.native_part(value);
    match heap.as_number(part) {
        Some(number) => Ok(number),
        None => {
            let kind = String::from(heap.type_name(value));
            Err(heap.raise_fmt(TypeId::TypeError, format_args!("can't convert {kind} to float")))
        }
    }
}

/// An optional count: `None` and negative ones mean no bound.
pub fn bound(vm: &mut Vm, given: Arguments, at: usize) -> Result<usize, Raised> {
    match given.get(vm, at).filter(|value| !value.is_none()) {
        None => Ok(usize::MAX),
        Some(value) => Ok(usize::try_from(integer(&mut vm.heap, value)?).unwrap_or(usize::MAX)),
    }
}

/// A number as a complex one: its parts.
pub fn complex(heap: &mut Heap, value: Value) -> Result<(f64, f64), Raised> {
    let part = heap.native_part(value);
    match wigwag_vm::objects::operators::complex_of(heap, part) {
        Some(number) => Ok((number.real, number.imaginary)),
        None => {
            let kind = String::from(heap.type_name(value));
            Err(heap.raise_fmt(TypeId::TypeError, format_args!("can't convert {kind} to complex")))
        }
    }
}

/// The items of a list or tuple, copied.
pub fn sequence(heap: &mut Heap, value: Value) -> Result<alloc::vec::Vec<Value>, Raised> {
    let part = heap.native_part(value);
    match heap.as_sequence(part) {
        Some(items) => Ok(items.to_vec()),
        None => {
            let kind = String::from(heap.type_name(value));
            Err(heap.raise_fmt(TypeId::TypeError, format_args!("object '{kind}' isn't a tuple or list")))
        }
    }
}

/// The text of a string.
pub fn text(heap: &mut Heap, value: Value) -> Result<String, Raised> {
    let part = heap.native_part(value);
    match heap.as_str(part) {
        Some(text) => Ok(String::from(text)),
        None => {
            let kind = String::from(heap.type_name(value));
            let message = format_args!("can't convert '{kind}' object to str implicitly");
            Err(heap.raise_fmt(TypeId::TypeError, message))
        }
    }
}

/// The bytes of a bytes-like object or string, copied.
pub fn buffer(heap: &mut Heap, value: Value) -> Result<alloc::vec::Vec<u8>, Raised> {
    let part = heap.native_part(value);
    let Some(bytes) = heap.as_buffer(part) else {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    Ok(try_copy(bytes)?)
}

/// The bytes of a buffer that can be written.
pub fn writable(heap: &mut Heap, value: Value) -> Result<&mut [u8], Raised> {
    let part = heap.native_part(value);
    if heap.as_bytes_mut(part).is_none() {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    }
    Ok(heap.as_bytes_mut(part).unwrap_or(&mut []))
}

/// A special method of a value with the self to pass: a method of a built-in base gets the built-in object inside an
/// instance.
pub fn special_method(heap: &mut Heap, value: Value, name: Symbol) -> Result<Option<(Value, Value)>, Raised> {
    let class = heap.class_of(value);
    let Some(place) = heap.class_lookup(class, name)? else { return Ok(None) };
    let is_built_in = heap.class(place.holder).is_some_and(|holder| holder.definition.is_some());
    Ok(Some((place.value, if is_built_in { heap.native_part(value) } else { value })))
}

/// Puts an object of another layer's type into the heap.
pub fn object<T: NativeObject>(heap: &mut Heap, object: T) -> Result<Value, Raised> {
    heap.budget.charge(object.bytes())?;
    Ok(heap.allocate(Slot::Object(Box::new(object)))?.value())
}

/// Calls a function of numbers. Instances among its arguments are first asked for their number by `__float__` or
/// `__complex__`.
pub fn with_numbers(
    vm: &mut Vm,
    given: Arguments,
    target: Target,
    function: HeapFunction,
) -> Result<Outcome, Raised> {
    let mut values = [Value::NONE; MOST_NUMBERS];
    let count = given.count.min(MOST_NUMBERS);
    values[..count].copy_from_slice(&given.positional(vm)[..count]);
    let is_object =
        |&value: &Value| matches!(vm.heap.slot_of(value), Some(Slot::Instance(_) | Slot::Object(_)));
    if values[..count].iter().any(is_object) {
        return Ok(Outcome::Frame(Box::new(WithNumbers {
            values,
            count,
            at: 0,
            asking: false,
            target,
            function,
        })));
    }
    function(&mut vm.heap, &values[..count]).map(Outcome::Value)
}

/// No function of numbers has more arguments.
const MOST_NUMBERS: usize = 2;

/// Asks the special methods of arguments one after another, then calls the function.
struct WithNumbers {
    values: [Value; MOST_NUMBERS],
    count: usize,
    at: usize,
    /// Whether the argument at hand has been asked and not yet answered: a step that is done again for lack of memory
    /// must not take its answer twice.
    asking: bool,
    target: Target,
    function: HeapFunction,
}

impl WithNumbers {
    /// The method to ask the argument at hand with: what has a complex number may have just a float.
    fn method(&self, vm: &mut Vm) -> Result<Option<Value>, Raised> {
        let value = self.values[self.at];
        match conversion::method(vm, value, self.target)? {
            None if self.target == Target::Complex => conversion::method(vm, value, Target::Float),
            method => Ok(method),
        }
    }
}

impl NativeFrame for WithNumbers {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(answer)) = (self.asking, input) {
            // What has a complex number may have answered with a float.
            let target = if vm.heap.as_float(answer).is_some() { Target::Float } else { self.target };
            self.values[self.at] = conversion::check(&mut vm.heap, self.values[self.at], target, answer)?;
            self.asking = false;
            self.at += 1;
        }
        while self.at < self.count {
            if let Some(method) = self.method(vm)? {
                self.asking = true;
                return Ok(Step::Call(method, FewArguments::new(&[self.values[self.at]])));
            }
            self.at += 1;
        }
        (self.function)(&mut vm.heap, &self.values[..self.count]).map(Step::Return)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.values);
    }
}
