//! `gc`: the collector, as far as programs may ask and steer it.

use crate::arguments;
use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::objects::function::{full, plain};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// Upstream's collector counts in blocks of this size, and rounds the threshold down to them.
const BLOCK: usize = 32;

/// `gc`
pub static MODULE: ModuleDef = ModuleDef {
    name: "gc",
    members: &[
        full("collect", 0, 0, collect),
        plain("enable", 0, 0, |heap, _| {
            heap.collection_disabled = false;
            Ok(Value::NONE)
        }),
        plain("disable", 0, 0, |heap, _| {
            heap.collection_disabled = true;
            Ok(Value::NONE)
        }),
        plain("isenabled", 0, 0, |heap, _| Ok(Value::from_bool(!heap.collection_disabled))),
        plain("mem_free", 0, 0, |heap, _| heap.size(heap.free_bytes())),
        plain("mem_alloc", 0, 0, |heap, _| heap.size(heap.allocated_bytes())),
        plain("threshold", 0, 1, threshold),
    ],
};

/// Collects now; the result is how many objects were freed.
fn collect(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let before = vm.heap.objects();
    // With the heap locked upstream collects nothing either: the program is in an interrupt.
    if vm.heap.lock_depth == 0 {
        vm.collect();
    }
    let freed = before.saturating_sub(vm.heap.objects());
    Ok(vm.heap.size(freed)?.into())
}

fn threshold(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    match given {
        [] => match heap.threshold() {
            Some(bytes) => heap.size(bytes),
            None => heap.int(-1),
        },
        [bytes, ..] => {
            let bytes = arguments::integer(heap, *bytes)?;
            heap.set_threshold(usize::try_from(bytes).ok().map(|bytes| bytes / BLOCK * BLOCK));
            Ok(Value::NONE)
        }
    }
}
