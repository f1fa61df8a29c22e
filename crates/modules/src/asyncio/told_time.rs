//! The time as Rust futures know it: what the loop told them last.
//!
//! The machine's clock belongs to the machine, which futures cannot reach while they run; and reading it once for each
//! turn is enough. So the loop tells the time before it polls.

use alloc::rc::Rc;
use core::cell::Cell;
use wigwag_scheduler::{Clock, Waited};

/// A clock that is told the time. Clones show the same.
#[derive(Clone, Default)]
pub struct ToldTime(Rc<Cell<u64>>);

impl ToldTime {
    /// It is now so many microseconds since the program started; it never goes back.
    pub fn tell(&self, now_us: u64) {
        self.0.set(self.0.get().max(now_us));
    }
}

impl Clock for ToldTime {
    fn now_us(&self) -> u64 {
        self.0.get()
    }

    fn wait(&self, _until_us: Option<u64>) -> Waited {
        // The engine waits; this loop never runs by itself.
        Waited::Forever
    }
}
