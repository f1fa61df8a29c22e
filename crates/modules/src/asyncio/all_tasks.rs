//! `all_tasks`: every task that is not over.
//!
//! No list of them is kept, so that a task costs nothing for it: the heap is searched, after a collection, without which
//! tasks would be found that nothing can wake any more.

use super::task::Task;
use wigwag_vm::heap::{Raised, Value};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// `all_tasks(loop=None)`: a set.
pub fn all_tasks(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    vm.collect();
    let set = vm.heap.set(Dict::new())?;
    let is_running = |task: &Task| !task.is_done();
    let tasks = vm.heap.values().filter(|&value| vm.heap.as_native::<Task>(value).is_some_and(is_running));
    let mut found = alloc::vec::Vec::new();
    for task in tasks {
        found.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
        found.push(task);
    }
    // Tasks are told apart by what they are: no Python runs, and so nothing is collected meanwhile.
    for task in found {
        let hash = vm.hash(task)?;
        if let Some((table, budget)) = vm.heap.table_and_budget(set) {
            table.insert_new(budget, task, hash, Value::NONE)?;
        }
    }
    Ok(set.into())
}
