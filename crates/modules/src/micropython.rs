//! `micropython`: what only MicroPython has.

use crate::arguments;
use crate::callbacks;
use crate::io::ring::RING_IO;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use alloc::{format, vec};
use wigwag_vm::builtins;
use wigwag_vm::heap::{Heap, Raised, Slot, Value};
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

/// The sizes in which upstream counts memory; a free place is as big as one of these.
const BLOCK: usize = 32;

/// How many blocks an object takes.
fn blocks(slot: &Slot) -> usize {
    1 + slot.bytes().div_ceil(BLOCK)
}

/// `mem_info()` reports in upstream's form; with an argument, it shows what lies in every place of the heap.
fn mem_info(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let heap = &vm.heap;
    let (total, used, free) = (heap.budget.limit(), heap.allocated_bytes(), heap.free_bytes());
    let taken = || heap.places().filter(|slot| !matches!(slot, Slot::Free(_))).map(blocks);
    let mut text = format!(
        "mem: total={}, current={used}, peak={}\nstack: {} out of {}\nGC: total: {total}, used: {used}, free: \
         {free}\n No. of 1-blocks: {}, 2-blocks: {}, max blk sz: {}, max free sz: {}\n",
        heap.total_bytes(),
        heap.peak_bytes(),
        stack_bytes(vm),
        vm.fiber.stack.len() * size_of::<Value>(),
        taken().filter(|&count| count == 1).count(),
        taken().filter(|&count| count == 2).count(),
        taken().max().unwrap_or(0),
        free / BLOCK,
    );
    if given.count > 0 {
        text.push_str("GC memory layout; from 1:");
        for (number, slot) in heap.places().enumerate() {
            if number % 64 == 0 {
                text.push_str(&format!("\n{number:05x}: "));
            }
            text.push(letter(slot));
        }
        text.push('\n');
    }
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

/// The letter that stands for an object in the map of the heap; as upstream's, where it has one.
fn letter(slot: &Slot) -> char {
    match slot {
        Slot::Free(_) => '.',
        Slot::Tuple(_) | Slot::SmallTuple(..) => 'T',
        Slot::List(_) => 'L',
        Slot::Dict(_) => 'D',
        Slot::Str(_) | Slot::Bytes(_) => 'S',
        Slot::ByteArray(_) | Slot::MemoryView(_) => 'A',
        Slot::Int64(_) | Slot::BigInt(_) | Slot::Complex(..) => 'F',
        Slot::Function(_) | Slot::Code(_) | Slot::Native(_) => 'B',
        Slot::Module(_) => 'M',
        _ => 'h',
    }
}

/// Every name in tables of built-in modules and the types in them: upstream has these in read-only memory and does not
/// count them.
fn built_in_names(vm: &Vm) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    let mut waiting: Vec<&'static [Member]> = vec![builtins::MEMBERS];
    for module in &vm.native_modules {
        names.insert(module.name);
        waiting.push(module.members);
    }
    while let Some(members) = waiting.pop() {
        for member in members {
            names.insert(member.name());
            match member {
                Member::Type(_, id) => waiting.push(id.definition().members),
                Member::Extension(_, definition) => waiting.push(definition.members),
                _ => {}
            }
        }
    }
    names
}

/// `qstr_info()` counts the strings that were interned for the program; with an argument, it shows them.
fn qstr_info(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let built_in = built_in_names(vm);
    let texts: Vec<&str> = vm.heap.symbols.interned().filter(|text| !built_in.contains(text)).collect();
    let count = texts.len();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let mut report = format!(
        "qstr pool: n_pool=1, n_qstr={count}, n_str_data_bytes={bytes}, n_total_bytes={}\n",
        bytes + count * size_of::<usize>()
    );
    if given.count > 0 {
        for text in texts {
            report.push_str("Q(");
            report.push_str(text);
            report.push_str(")\n");
        }
    }
    vm.write(Stream::Out, &report);
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
    vm.platform.set_interrupt_byte(u8::try_from(character).ok());
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
