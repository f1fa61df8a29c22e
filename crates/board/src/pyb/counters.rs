//! The counters of `pyb`: milliseconds and microseconds since the start, and delays.
//!
//! Both counters wrap at the period of the machine's ticks. The `elapsed_` functions take the wrap into account.

use crate::machine::processor::sleep;
use wigwag_modules::clock::{now_us, ticks_period};
use wigwag_vm::heap::{Raised, Value};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A counter of this many microseconds a count.
fn count(vm: &mut Vm, unit_us: u64) -> u64 {
    (now_us(vm) / unit_us) & (ticks_period(vm) - 1)
}

/// `millis()`, `micros()`
pub fn now(vm: &mut Vm, unit_us: u64) -> Result<Outcome, Raised> {
    let count = count(vm, unit_us);
    Ok(vm.heap.int(count as i64)?.into())
}

/// `elapsed_millis(start)`, `elapsed_micros(start)`
pub fn elapsed(vm: &mut Vm, given: Arguments, unit_us: u64) -> Result<Outcome, Raised> {
    let start = given.at(vm, 0);
    let start = machine_int(&mut vm.heap, start)? as u64;
    let elapsed = count(vm, unit_us).wrapping_sub(start) & 0x3FFF_FFFF;
    Ok(vm.heap.int(elapsed as i64)?.into())
}

/// `delay(milliseconds)`, `udelay(microseconds)`
pub fn delay(vm: &mut Vm, given: Arguments, unit_us: u64) -> Result<Outcome, Raised> {
    let count = given.at(vm, 0);
    sleep(vm, count, unit_us)
}

/// What there is nothing to do for: there are no faults to debug, nothing to write out, no country to set.
pub fn nothing(_: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(Value::NONE.into())
}

/// `have_cdc()`: the terminal stands for the board's serial connection.
pub fn always(_: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(Value::TRUE.into())
}
