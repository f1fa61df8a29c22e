//! Clocks: what the stand-alone loop needs of time.
//!
//! The scheduler itself is told the time. Only [`Loop`](crate::Loop) and
//! [`Core::run_pinned`](crate::Core::run_pinned), which run by themselves, need somebody to ask and somebody to wait
//! with. The real clock belongs to the platform (`crates/host` has Linux's); the virtual one is here.

use core::cell::Cell;

use crate::waker::Doorbell;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The time has come, or the bell rang, or neither: look again.
    LookAgain,
    /// There was no deadline, and nobody is left who could ring: waiting would be for ever.
    Forever,
}

/// Somebody who knows the time and can wait.
pub trait Clock {
    /// Microseconds since some fixed moment. Never goes back.
    fn now_us(&self) -> u64;

    /// Waits until `until_us`, or without end for `None`, or until the [`doorbell`](Self::doorbell) rings. Returning
    /// early is allowed. A bell that rang since the last wait must be noticed: it may have rung just before.
    fn wait(&self, until_us: Option<u64>) -> Waited;

    /// What a waker rings when it wakes a task from outside. `None` if nothing ever does.
    fn doorbell(&self) -> Option<&'static Doorbell> {
        None
    }
}

/// A clock without time of its own: waiting for a deadline makes it be that late. Starts at 0.
///
/// With it a program that only sleeps runs as fast as the machine can, and the same way each time. When nobody waits for
/// a time, nothing will ever happen: that is a deadlock, and it says so.
#[derive(Debug, Default)]
pub struct VirtualClock {
    now_us: Cell<u64>,
    reading_us: u64,
}

impl VirtualClock {
    /// A clock at 0 that moves only by waiting.
    pub const fn new() -> VirtualClock {
        VirtualClock { now_us: Cell::new(0), reading_us: 0 }
    }

    /// Each reading also costs `reading_us` microseconds, so that tasks that only ever yield see time pass.
    pub const fn with_reading_cost(reading_us: u64) -> VirtualClock {
        VirtualClock { now_us: Cell::new(0), reading_us }
    }

    /// Moves the clock forward to `now_us`; an earlier time changes nothing.
    pub fn advance_to(&self, now_us: u64) {
        self.now_us.set(self.now_us.get().max(now_us));
    }
}

impl Clock for VirtualClock {
    fn now_us(&self) -> u64 {
        let now = self.now_us.get().saturating_add(self.reading_us);
        self.now_us.set(now);
        now
    }

    fn wait(&self, until_us: Option<u64>) -> Waited {
        match until_us {
            Some(until) => {
                self.advance_to(until);
                Waited::LookAgain
            }
            None => Waited::Forever,
        }
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now_us(&self) -> u64 {
        (**self).now_us()
    }

    fn wait(&self, until_us: Option<u64>) -> Waited {
        (**self).wait(until_us)
    }

    fn doorbell(&self) -> Option<&'static Doorbell> {
        (**self).doorbell()
    }
}

#[cfg(feature = "alloc")]
macro_rules! clock_behind_pointer {
    ($($pointer:ident :: $module:ident),*) => {$(
        impl<C: Clock + ?Sized> Clock for alloc::$module::$pointer<C> {
            fn now_us(&self) -> u64 {
                (**self).now_us()
            }

            fn wait(&self, until_us: Option<u64>) -> Waited {
                (**self).wait(until_us)
            }

            fn doorbell(&self) -> Option<&'static Doorbell> {
                (**self).doorbell()
            }
        }
    )*};
}

#[cfg(feature = "alloc")]
clock_behind_pointer!(Box::boxed, Rc::rc);
