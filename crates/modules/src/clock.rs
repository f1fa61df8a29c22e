//! Time, as the library sees it. The engine decides what drives it: a real clock, a virtual one, a scaled one.

use alloc::boxed::Box;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// A source of time.
pub trait Clock {
    /// Microseconds since the program started, never going back. `work` is [`Vm::work_done`]: the virtual clock computes
    /// from it what the program has spent.
    fn now_us(&mut self, work: u64) -> u64;

    /// Microseconds of the Unix epoch at the program's start.
    fn epoch_at_start_us(&self) -> u64;
}

/// The clock of a machine, and how wide its ticks are.
pub struct Timekeeper {
    clock: Box<dyn Clock>,
    /// `time.ticks_ms()` and its kin wrap at this power of two.
    pub ticks_period: u64,
}

impl Extension for Timekeeper {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

impl Timekeeper {
    /// Ticks of a 64-bit port.
    pub const TICKS_64: u64 = 1 << 62;
    /// Ticks of a microcontroller.
    pub const TICKS_32: u64 = 1 << 30;

    /// A timekeeper.
    pub fn new(clock: Box<dyn Clock>, ticks_period: u64) -> Timekeeper {
        Timekeeper { clock, ticks_period }
    }

    /// The clock.
    pub fn clock_mut(&mut self) -> &mut dyn Clock {
        &mut *self.clock
    }
}

/// Microseconds since the program started.
pub fn now_us(vm: &mut Vm) -> u64 {
    let work = vm.work_done();
    vm.extension::<Timekeeper>().map_or(0, |timekeeper| timekeeper.clock.now_us(work))
}

/// Microseconds of the Unix epoch now.
pub fn epoch_us(vm: &mut Vm) -> u64 {
    let now = now_us(vm);
    vm.extension::<Timekeeper>().map_or(0, |timekeeper| timekeeper.clock.epoch_at_start_us() + now)
}

/// What ticks wrap at.
pub fn ticks_period(vm: &mut Vm) -> u64 {
    vm.extension::<Timekeeper>().map_or(Timekeeper::TICKS_64, |timekeeper| timekeeper.ticks_period)
}
