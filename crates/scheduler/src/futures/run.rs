//! Running by oneself: the loop for programs that have nobody else to drive them.
//!
//! ```text
//!   read the clock ─► everybody due has a turn (one drain) ─► anybody due by now? ──yes──► again
//!         ▲                                                        │ no
//!         └────────────────────── wait with the clock ◄────────────┘
//! ```
//!
//! The clock is read once for each drain, not once for each turn. Those who queue again during a drain belong to the
//! next one, so tasks that only ever yield cannot hide a timer that came due.

use core::cell::Cell;
use core::fmt;

use super::{Bodies, Core, NOBODY, Parts, Polled};
use crate::clock::{Clock, Waited};
use crate::space::NoRoom;

/// Why a loop came back without what it was run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunError {
    /// Nobody is due, nobody ever will be, and nothing outside is left that could wake anybody.
    Deadlock {
        /// How many tasks wait in vain.
        parked: usize,
    },
    /// The loop was run from inside one of its own tasks.
    Nested,
    /// There was no room for the task.
    NoRoom,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Deadlock { parked: 0 } => f.write_str("deadlock: no tasks are left to run"),
            RunError::Deadlock { parked: 1 } => {
                f.write_str("deadlock: 1 task waits, and nothing can wake it")
            }
            RunError::Deadlock { parked } => {
                write!(f, "deadlock: {parked} tasks wait, and nothing can wake them")
            }
            RunError::Nested => f.write_str("the loop is running already"),
            RunError::NoRoom => NoRoom.fmt(f),
        }
    }
}

impl core::error::Error for RunError {}

impl From<NoRoom> for RunError {
    fn from(_: NoRoom) -> Self {
        RunError::NoRoom
    }
}

/// Held while a loop runs; also given back when a task panics.
struct Running<'a>(&'a Cell<bool>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl<P: Parts> Core<P> {
    /// Runs tasks until `over` says of a turn that it was the last.
    pub(crate) fn run(
        &self,
        bodies: &mut impl Bodies,
        mut over: impl FnMut(Polled) -> bool,
    ) -> Result<(), RunError> {
        if self.running.replace(true) {
            return Err(RunError::Nested);
        }
        let _running = Running(&self.running);
        self.current.set(NOBODY);
        loop {
            // Asked before the state is borrowed: a clock is somebody else's code.
            let now_us = self.clock.now_us();
            let mark = {
                let mut state = self.state.borrow_mut();
                state.scheduler.nodes_mut().observe(now_us);
                state.drain(self.inbox);
                state.scheduler.mark()
            };
            let mut ended = None;
            loop {
                let job = {
                    let mut state = self.state.borrow_mut();
                    if let Some(ended) = ended
                        && over(state.settle(ended))
                    {
                        return Ok(());
                    }
                    state.drain(self.inbox);
                    match state.scheduler.next_before(mark) {
                        Some(turn) => state.prepare(turn),
                        None => break,
                    }
                };
                ended = Some(self.perform(job, bodies));
            }
            let until = {
                let mut state = self.state.borrow_mut();
                if !self.inbox.is_empty() || state.scheduler.is_due() {
                    continue;
                }
                state.scheduler.idle()
            };
            if self.clock.wait(until) == Waited::Forever && self.inbox.is_empty() {
                return Err(RunError::Deadlock { parked: self.tasks() });
            }
        }
    }
}
