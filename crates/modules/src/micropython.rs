//! `micropython`: what only MicroPython has.

use crate::arguments;
use crate::callbacks;
use crate::io::ring::RING_IO;
use crate::settings::Settings;
use alloc::format;
use wigwag_vm::heap::{Heap, Raised, Slot, Symbol, Value};
use wigwag_vm::objects::function::{Member, full, plain};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Stream, Vm};

/// `micropython`
pub static MODULE: ModuleDef = ModuleDef {
    name: "micropython",
    members: &[
        plain("const", 1, 1, |_, given| Ok(given[0])),
        full("opt_level", 0, 1, opt_level),
        plain("mem_total", 0, 0, |heap, _| heap.int(heap.total_bytes() as i64)),
        plain("mem_current", 0, 0, |heap, _| heap.size(heap.allocated_bytes())),
        plain("mem_peak", 0, 0, |heap, _| heap.size(heap.peak_bytes())),
        full("mem_info", 0, 1, mem_info),
        full("qstr_info", 0, 1, qstr_info),
        full("stack_use", 0, 0, stack_use),
        // Exceptions in interrupts need no reserve here: the heap keeps a spare one.
        plain("alloc_emergency_exception_buf", 1, 1, |heap, given| {
            arguments::integer(heap, given[0])?;
            Ok(Value::NONE)
        }),
        plain("heap_lock", 0, 0, heap_lock),
        plain("heap_unlock", 0, 0, heap_unlock),
        plain("heap_locked", 0, 0, |heap, _| Ok(Value::tiny_int(heap.lock_depth as i32))),
        full(KBD_INTR, 1, 1, kbd_intr),
        Member::Extension("RingIO", &RING_IO),
        full("schedule", 2, 2, schedule),
    ],
};

const KBD_INTR: &str = "kbd_intr";

fn opt_level(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    match given.get(vm, 0) {
        None => Ok(Value::tiny_int(i32::from(vm.optimise)).into()),
        Some(level) => {
            vm.optimise = arguments::integer(&mut vm.heap, level)?.clamp(0, 255) as u8;
            Ok(Value::NONE.into())
        }
    }
}

/// Bytes of the fiber's stack in use.
fn stack_bytes(vm: &Vm) -> usize {
    vm.fiber.top() * size_of::<Value>()
}

fn mem_info(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let (total, used, free) = (vm.heap.budget.limit(), vm.heap.allocated_bytes(), vm.heap.free_bytes());
    let text = format!(
        "mem: total={}, current={used}, peak={}\nstack: {} out of {}\nGC: total: {total}, used: {used}, free: \
         {free}\n No. of objects: {}, collections: {}\n",
        vm.heap.total_bytes(),
        vm.heap.peak_bytes(),
        stack_bytes(vm),
        vm.fiber.stack.len() * size_of::<Value>(),
        vm.heap.objects(),
        vm.heap.collections,
    );
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

fn qstr_info(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let count = vm.heap.symbols.count();
    let bytes: usize =
        (0..count as u32).map(|number| vm.heap.symbols.text(Symbol::from_number(number)).len()).sum();
    let text = format!(
        "qstr pool: n_pool=1, n_qstr={count}, n_str_data_bytes={bytes}, n_total_bytes={}\n",
        bytes + count * size_of::<usize>()
    );
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

fn stack_use(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let bytes = stack_bytes(vm);
    Ok(vm.heap.size(bytes)?.into())
}

fn heap_lock(heap: &mut Heap, _: &[Value]) -> Result<Value, Raised> {
    heap.lock();
    Ok(Value::NONE)
}

fn heap_unlock(heap: &mut Heap, _: &[Value]) -> Result<Value, Raised> {
    heap.unlock();
    Ok(Value::tiny_int(heap.lock_depth as i32))
}

/// Chooses the character that interrupts a program; -1 for none.
fn kbd_intr(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let character = given.at(vm, 0);
    let character = arguments::integer(&mut vm.heap, character)?;
    if let Some(settings) = vm.extension::<Settings>() {
        settings.interrupt_character = character;
    }
    Ok(Value::NONE.into())
}

fn schedule(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (function, argument) = (given.at(vm, 0), given.at(vm, 1));
    if matches!(vm.heap.slot_of(function), Some(Slot::Native(native)) if native.name == KBD_INTR) {
        // Upstream's way for a program to interrupt itself.
        vm.signals.interrupt();
        vm.look_soon();
        return Ok(Value::NONE.into());
    }
    callbacks::schedule(vm, function, argument)?;
    Ok(Value::NONE.into())
}
