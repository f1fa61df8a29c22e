//! `join`: over lists and tuples at once, over anything else as a native frame that gathers the items first.

use super::{Kind, bytes_of, kind_of, make, receiver};
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::run::each::{Each, Taken, Taker};
use crate::run::{Arguments, Outcome, Step, Vm};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// `separator.join(parts)`
pub fn join(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let this = arguments.at(vm, 0);
    let (kind, separator) = receiver(&mut vm.heap, this)?;
    let source = arguments.at(vm, 1);
    if vm.heap.as_sequence(source).is_some() {
        return Ok(join_sequence(&mut vm.heap, kind, separator, source)?.into());
    }
    let parts = vm.heap.list(&[])?;
    Ok(Outcome::Frame(Box::new(Each::new(source, Gather { kind, separator, parts }))))
}

/// Joins the items of a list or tuple.
fn join_sequence(heap: &mut Heap, kind: Kind, separator: Value, parts: Value) -> Result<Value, Raised> {
    let items = heap.as_sequence(parts).unwrap_or(&[]);
    let between = bytes_of(heap, separator);
    let mut length = between.len().saturating_mul(items.len().saturating_sub(1));
    for &item in items {
        let item = heap.native_part(item);
        let fits = match kind_of(heap, item) {
            Some(Kind::Str) => kind == Kind::Str,
            Some(Kind::Bytes | Kind::ByteArray) => kind != Kind::Str,
            None => false,
        };
        if !fits {
            let message = "join expects a list of str/bytes objects consistent with self object";
            return Err(heap.raise(TypeId::TypeError, message));
        }
        length = length.saturating_add(bytes_of(heap, item).len());
    }
    // One string alone is the result itself.
    if let (&[only], Kind::Str) = (items, kind) {
        return Ok(heap.native_part(only));
    }
    if length > heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut joined = Vec::new();
    joined.try_reserve_exact(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for (number, &item) in items.iter().enumerate() {
        if number > 0 {
            joined.extend_from_slice(between);
        }
        joined.extend_from_slice(bytes_of(heap, heap.native_part(item)));
    }
    make(heap, kind, joined)
}

/// Gathers the items of an iterable in a list, then joins them.
struct Gather {
    kind: Kind,
    separator: Value,
    parts: Value,
}

impl Taker for Gather {
    fn held(&self) -> [Value; 4] {
        [self.separator, self.parts, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        vm.heap.list_push(self.parts, item)?;
        Ok(Taken::More)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        heap.list_push(self.parts, item).is_ok()
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        join_sequence(&mut vm.heap, self.kind, self.separator, self.parts).map(Step::Return)
    }
}
