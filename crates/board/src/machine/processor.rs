//! What `machine` and `pyb` say of the processor itself: its clocks, its number, sleeping, interrupts, starting anew.
//!
//! Nothing here makes a program faster or slower: the clock is the engine's. A reset ends the program, as it does on a
//! board before that starts again.

use crate::interrupts::set_disabled;
use crate::state::state;
use alloc::format;
use wigwag_modules::clock::{epoch_us, now_us};
use wigwag_vm::heap::{Raised, TypeId, Value};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::run::{Arguments, Outcome, Stream, Vm, Wait};

/// `unique_id()`: the same on every run.
pub fn unique_id(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let id = state(vm).map_or([0; 12], |state| state.board.unique_id);
    Ok(vm.heap.bytes(&id)?.into())
}

/// `freq()`: processor, memory, slow and fast peripherals, in hertz.
pub fn freq(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if given.count > 0 {
        let message = "changing the processor's frequency is not simulated yet";
        return Err(vm.heap.raise(TypeId::NotImplementedError, message));
    }
    let hertz = state(vm).map_or([0; 4], |state| state.board.frequencies_hz);
    let mut values = [Value::NONE; 4];
    for (value, hertz) in values.iter_mut().zip(hertz) {
        *value = vm.heap.int(i64::from(hertz))?;
    }
    Ok(vm.heap.tuple(&values)?.into())
}

/// `info()`: prints what there is to know.
pub fn info(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let Some(board) = state(vm).map(|state| state.board) else { return Ok(Value::NONE.into()) };
    let mut text = alloc::string::String::from("ID=");
    for (place, byte) in board.unique_id.iter().enumerate() {
        let separator = if place > 0 && place % 4 == 0 { ":" } else { "" };
        text.push_str(&format!("{separator}{byte:02x}"));
    }
    let [system, memory, slow, fast] = board.frequencies_hz;
    text.push_str(&format!("\nS={system}\nH={memory}\nP1={slow}\nP2={fast}\n"));
    let (used, free) = (vm.heap.allocated_bytes(), vm.heap.free_bytes());
    text.push_str(&format!("GC:\n  {} total\n  {used} : {free}\n", used.saturating_add(free)));
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

/// `rng()`: thirty bits of chance. The generator starts from the date, so under the virtual clock every run draws the
/// same.
pub fn random(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let seed = epoch_us(vm) | 1;
    let Some(state) = state(vm) else { return Ok(Value::tiny_int(0).into()) };
    let mut number = if state.random == 0 { seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) } else { state.random };
    number ^= number >> 12;
    number ^= number << 25;
    number ^= number >> 27;
    state.random = number;
    let bits = number.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 34;
    Ok(vm.heap.int(bits as i64)?.into())
}

/// `idle()`: waits for an interrupt; on a board the next one is at most a millisecond away.
pub fn idle(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let now = now_us(vm);
    Ok(Outcome::Park(Wait::Until((now / 1000 + 1).saturating_mul(1000))))
}

/// `lightsleep([milliseconds])`
pub fn lightsleep(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let Some(milliseconds) = given.get(vm, 0) else {
        let message = "lightsleep() without a time is not simulated yet";
        return Err(vm.heap.raise(TypeId::NotImplementedError, message));
    };
    sleep(vm, milliseconds, 1000)
}

/// Parks the fiber for an integer number of units; not at all for a negative one.
pub fn sleep(vm: &mut Vm, count: Value, unit_us: u64) -> Result<Outcome, Raised> {
    let count = machine_int(&mut vm.heap, count)?;
    match u64::try_from(count) {
        Ok(count) => {
            let until = now_us(vm).saturating_add(count.saturating_mul(unit_us));
            Ok(Outcome::Park(Wait::Until(until)))
        }
        Err(_) => Ok(Value::NONE.into()),
    }
}

/// `disable_irq()`: tells whether interrupts were on.
pub fn disable_irq(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(Value::from_bool(set_disabled(vm, true)).into())
}

/// `enable_irq(state=True)`
pub fn enable_irq(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let enable = match given.get(vm, 0) {
        Some(state) => vm.truth_nested(state)?,
        None => true,
    };
    set_disabled(vm, !enable);
    Ok(Value::NONE.into())
}

/// `reset()`, `soft_reset()`: the program ends.
pub fn reset(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Err(vm.heap.raise_bare(TypeId::SystemExit))
}

/// `reset_cause()`: the power was switched on.
pub fn reset_cause(_: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(Value::tiny_int(POWER_ON as i32).into())
}

/// `machine.PWRON_RESET`
pub const POWER_ON: i64 = 1;
