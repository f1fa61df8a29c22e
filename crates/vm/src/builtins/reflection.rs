//! What a program asks about values: `callable`, `hash`, `id`, `isinstance`, `issubclass`, `repr`.

use crate::heap::{Heap, Raised, Slot, TypeId, Value, sym};
use crate::number::Int;
use crate::run::{Arguments, Outcome, Vm};

impl Heap {
    /// Whether a value can be called.
    ///
    /// # Errors
    /// When there is no memory to make its class.
    pub fn is_callable(&mut self, value: Value) -> Result<bool, Raised> {
        Ok(match self.slot_of(value) {
            Some(
                Slot::Function(_)
                | Slot::Native(_)
                | Slot::BoundMethod(..)
                | Slot::UnboundMethod(..)
                | Slot::Class(_),
            ) => true,
            Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_)) => {
                self.special(value, sym::CALL)?.is_some()
            }
            _ => false,
        })
    }
}

/// `callable(x)`
pub fn callable(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    heap.is_callable(arguments[0]).map(Value::from_bool)
}

/// `hash(x)`
pub fn hash(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    let hash = vm.hash_number(value)?;
    Ok(vm.heap.int(hash)?.into())
}

/// `id(x)`: for what lives in a slot, the address that `repr` shows; for the rest, a number that nothing else has.
pub fn id(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let value = arguments[0];
    let id = match heap.address(value) {
        Some(address) => i128::from(address),
        // Floats in the word itself: between the addresses of everything else.
        None => i128::from(heap.as_float(value).map_or(0, f64::to_bits)) * 32 + 24,
    };
    heap.integer(Int::from(id))
}

/// Whether a class is one of the classes given: a class, or a tuple of classes.
fn derives(heap: &mut Heap, class: Value, given: Value) -> Result<bool, Raised> {
    let one;
    let candidates = match heap.as_tuple(given) {
        Some(candidates) => candidates,
        None if heap.as_class(given).is_some() => {
            one = [given];
            &one
        }
        None => {
            let message = "issubclass() arg 2 must be a class or a tuple of classes";
            return Err(heap.raise(TypeId::TypeError, message));
        }
    };
    let Some(class) = heap.as_class(class) else { return Ok(false) };
    Ok(candidates.iter().any(|&candidate| {
        // Upstream says so of everything, whatever the class derives from.
        candidate == TypeId::Object.value()
            || heap.as_class(candidate).is_some_and(|candidate| heap.is_subclass(class, candidate))
    }))
}

/// `isinstance(x, class or tuple of classes)`
pub fn isinstance(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let class = heap.class_of(arguments[0]).value();
    if class == arguments[1] {
        return Ok(Value::TRUE);
    }
    derives(heap, class, arguments[1]).map(Value::from_bool)
}

/// `issubclass(class, class or tuple of classes)`
pub fn issubclass(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if heap.as_class(arguments[0]).is_none() {
        return Err(heap.raise(TypeId::TypeError, "issubclass() arg 1 must be a class"));
    }
    derives(heap, arguments[0], arguments[1]).map(Value::from_bool)
}

/// `repr(x)`
pub fn repr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    let text = vm.repr(value)?;
    Ok(vm.heap.string(text)?.into())
}
