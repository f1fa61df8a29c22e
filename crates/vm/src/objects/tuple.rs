//! `tuple`

use super::function::{TypeDef, constructor, full, quick};
use super::list::{count, index, index_quickly, no_keywords};
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::run::each::{Each, Taken, Taker};
use crate::run::{Arguments, Outcome, Step, Vm};
use alloc::boxed::Box;

/// Gathers items in a list, then makes the tuple.
struct Gather {
    list: Value,
}

impl Taker for Gather {
    fn held(&self) -> [Value; 4] {
        [self.list, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        vm.heap.list_push(self.list, item)?;
        Ok(Taken::More)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        heap.list_push(self.list, item).is_ok()
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let tuple = super::sequence::tuple_of(&mut vm.heap, self.list)?;
        vm.heap.release_list(self.list);
        Ok(Step::Return(tuple))
    }
}

/// `tuple(iterable=())`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    no_keywords(vm, arguments)?;
    let Some(source) = arguments.get(vm, 1) else { return Ok(vm.heap.tuple(&[])?.into()) };
    if vm.heap.as_tuple(source).is_some() {
        return Ok(source.into());
    }
    if vm.heap.as_list(source).is_some() {
        return Ok(super::sequence::tuple_of(&mut vm.heap, source)?.into());
    }
    let list = vm.heap.list(&[])?;
    Ok(Outcome::Frame(Box::new(Each::new(source, Gather { list }))))
}

/// `tuple`
pub static TYPE: TypeDef = TypeDef {
    members: &[full("count", 2, 2, count), quick("index", 2, 4, index_quickly, index)],
    construct: constructor("tuple", 0, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Tuple, "tuple")
};
