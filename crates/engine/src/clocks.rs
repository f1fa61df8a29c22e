//! What drives a program's time.
//!
//! The virtual clock is `base + spent`: a fixed cost for each call and back-edge since the last jump, so that a busy
//! loop takes time, however fast the machine is and however its fuel was dealt out. A jump moves the base to a deadline.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use wigwag_modules::clock::Clock;

/// What a call or back-edge costs under the virtual clock, in nanoseconds.
pub const COST_NS: u64 = 1000;

/// The start of the virtual epoch: 2024-01-01 00:00:00 UTC.
pub const VIRTUAL_EPOCH_US: u64 = 1_704_067_200_000_000;

/// Where the virtual clock ends, and with it any program that sleeps for so long: after 146 000 years.
pub const END_OF_TIME_US: u64 = 1 << 62;

/// The state of the virtual clock, shared by the engine, which makes it jump, and the library, which reads it.
#[derive(Debug, Default)]
pub struct VirtualTime {
    base_us: Cell<u64>,
    work_at_base: Cell<u64>,
    latest_work: Cell<u64>,
}

impl VirtualTime {
    /// The time, given the work done. A program may sleep past the end of it.
    pub fn at(&self, work: u64) -> u64 {
        self.latest_work.set(work);
        let spent = work.saturating_sub(self.work_at_base.get());
        self.base_us.get().saturating_add(spent.saturating_mul(COST_NS) / 1000)
    }

    /// Makes the time at least `until_us`, given the work done.
    pub fn jump(&self, until_us: u64, work: u64) {
        if self.at(work) < until_us {
            self.base_us.set(until_us);
            self.work_at_base.set(work);
        }
    }

    /// The same where the work done is not known: from when the clock was last read.
    pub fn jump_from_latest(&self, until_us: u64) {
        self.jump(until_us, self.latest_work.get());
    }

    /// How much work fits before a time.
    pub fn work_until(&self, until_us: u64, work: u64) -> u64 {
        let left_us = until_us.saturating_sub(self.at(work));
        left_us.saturating_mul(1000).div_ceil(COST_NS)
    }
}

/// The library's view of the virtual clock.
pub struct VirtualClock(pub Rc<VirtualTime>);

impl Clock for VirtualClock {
    fn now_us(&mut self, work: u64) -> u64 {
        self.0.at(work)
    }

    fn epoch_at_start_us(&self) -> u64 {
        VIRTUAL_EPOCH_US
    }
}

/// Which clock a program runs by.
pub enum ClockSource {
    /// Time jumps to the next deadline.
    Virtual,
    /// Time is what the driver says.
    Driver(Box<dyn Clock>),
}
