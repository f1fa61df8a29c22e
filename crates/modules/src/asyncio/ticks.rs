//! Between the deadlines of the scheduler, microseconds that never wrap, and the ticks that Python sees, milliseconds
//! that do.

use super::state::now_truncated;
use crate::clock::ticks_period;
use wigwag_vm::heap::{Raised, TypeId, Value};
use wigwag_vm::run::Vm;

/// The deadline that lies `delay` milliseconds from now; one in the past counts as now.
pub fn deadline(vm: &mut Vm, delay: i64) -> Result<u64, Raised> {
    let delay = u64::try_from(delay).unwrap_or(0);
    if delay >= ticks_period(vm) / 2 {
        return Err(overflow(vm));
    }
    Ok(now_truncated(vm).saturating_add(delay.saturating_mul(1000)))
}

/// `OverflowError: ticks interval overflow`
#[cold]
pub fn overflow(vm: &mut Vm) -> Raised {
    vm.heap.raise(TypeId::OverflowError, "ticks interval overflow")
}

/// The key that a program means by a number of ticks: the moment nearest to now that shows as this number.
pub fn to_key(vm: &mut Vm, ticks: Value) -> Result<u64, Raised> {
    let Some(ticks) = vm.heap.as_int(ticks) else { return Err(vm.type_error("can't convert to int")) };
    let period = ticks_period(vm);
    let now_ms = now_truncated(vm) / 1000;
    let ahead = (ticks as u64).wrapping_sub(now_ms).wrapping_add(period / 2) & (period - 1);
    let ms = now_ms.saturating_add(ahead).saturating_sub(period / 2);
    Ok(ms.saturating_mul(1000))
}

/// What a key shows as.
pub fn from_key(key: u64, period: u64) -> i64 {
    ((key / 1000) & (period - 1)) as i64
}
