//! What the caches of instructions know: a place is looked at again, and used if it still is what it was.

use super::attributes::CLASS_KEY;
use super::code::{Cache, Site};
use crate::heap::{Handle, Heap, Slot, Symbol, Value};

/// The method that a cache knows of, and the self that it takes, unbound if it takes none. The method is unbound where the
/// cache does not know.
///
/// Never inlined: it needs more registers than the dispatch loop has left.
#[inline(never)]
pub(super) fn method_in_cache(heap: &Heap, site: &Site, receiver: Value) -> (Value, Value) {
    let cache = site.cache.get();
    let known = match heap.slot_of(receiver) {
        Some(Slot::Instance(instance)) if cache.key != instance.shape.0 => None,
        Some(Slot::Instance(instance)) if cache.holder == 0 => {
            instance.values.get(cache.place as usize).map(|&value| (value, Value::UNBOUND))
        }
        Some(Slot::Instance(_)) => method_in_class(heap, cache, receiver),
        Some(Slot::Module(namespace)) => match heap.slot(*namespace) {
            Slot::Dict(table) => table
                .entry(cache.place as usize)
                .filter(|entry| entry.key == Value::from_symbol(site.name))
                .map(|entry| (entry.value, Value::UNBOUND)),
            _ => None,
        },
        Some(Slot::Class(_) | Slot::Exception(_) | Slot::Super(..)) => None,
        Some(Slot::Object(object)) if cache.key == object.class().index() as u32 | CLASS_KEY => {
            method_in_class(heap, cache, receiver)
        }
        Some(Slot::Object(_)) => None,
        Some(slot) if cache.key == slot.type_id().handle().index() as u32 | CLASS_KEY => {
            method_in_class(heap, cache, receiver)
        }
        None if cache.key == heap.class_of(receiver).index() as u32 | CLASS_KEY => {
            method_in_class(heap, cache, receiver)
        }
        _ => None,
    };
    known.unwrap_or((Value::UNBOUND, Value::UNBOUND))
}

/// A function that a cache says is in a class, and the self that it takes.
#[inline(always)]
fn method_in_class(heap: &Heap, cache: Cache, receiver: Value) -> Option<(Value, Value)> {
    if cache.epoch != heap.class_epoch {
        return None;
    }
    let Slot::Class(class) = heap.slot(Handle::new(cache.holder as usize)?) else { return None };
    // An instance of a Python class gets what is in a built-in one otherwise.
    if class.definition.is_some() && cache.key & CLASS_KEY == 0 {
        return None;
    }
    let method = class.dict.entry(cache.place as usize)?.value;
    let is_function = match heap.slot_of(method)? {
        Slot::Function(_) => true,
        // Only in built-in types: in a Python class it takes no self.
        Slot::Native(_) => class.definition.is_some(),
        _ => false,
    };
    is_function.then_some((method, receiver))
}

/// A global, else a built-in name; and where it was found.
pub(super) fn find_global(
    heap: &Heap,
    globals: Handle,
    builtins: Handle,
    name: Symbol,
) -> Option<(Value, Cache)> {
    let table = heap.as_dict(globals.value())?;
    if let Some(entry) = table.find_symbol(&heap.symbols, name) {
        let value = table.entry(entry)?.value;
        return Some((value, Cache { key: 0, epoch: 0, holder: 0, place: entry as u32 }));
    }
    let version = table.version();
    let table = heap.as_dict(builtins.value())?;
    let entry = table.find_symbol(&heap.symbols, name)?;
    let value = table.entry(entry)?.value;
    Some((value, Cache { key: version, epoch: globals.index() as u32, holder: 1, place: entry as u32 }))
}

/// An attribute that a cache says is in a class, if it is a value that stays the same whoever asks for it.
pub(super) fn value_in_class(heap: &Heap, cache: Cache) -> Option<Value> {
    if cache.epoch != heap.class_epoch {
        return None;
    }
    let class = heap.class(Handle::new(cache.holder as usize)?)?;
    let value = class.dict.entry(cache.place as usize)?.value;
    let is_plain = match heap.slot_of(value) {
        None => !value.is_unbound(),
        Some(slot) => matches!(
            slot,
            Slot::Int64(_)
                | Slot::Str(_)
                | Slot::Bytes(_)
                | Slot::SmallTuple(..)
                | Slot::Tuple(_)
                | Slot::List(_)
                | Slot::Dict(_)
                | Slot::Set(_)
        ),
    };
    is_plain.then_some(value)
}
