//! Running by oneself: the loop for programs that have nobody else to drive them.
//!
//! ```text
//!   read the clock ─► whoever is due has a turn, 32 of them at most ─► anybody due by now? ──yes──► again
//!         ▲                                                                 │ no
//!         └──────────────────────── wait with the clock ◄───────────────────┘
//! ```
//!
//! The clock is read once for so many turns, not once for each. So tasks that only ever yield cannot hide a timer that
//! came due; and while nobody waits for a time at all, the clock need not be read.
//!
//! A turn is bound by its loads and stores, some ninety of them, a third of which are the task's own. Hence the short ways
//! here: what a [plain](crate::node::PLAIN) node stands for is not asked; the state is borrowed from the end of one poll to
//! the beginning of the next; and who was woken while nobody else can have the turn has it without standing in line.

use core::cell::Cell;
use core::fmt;

use super::entry::State;
use super::{After, Bodies, Core, Parts, Polled, TaskId};
use crate::clock::{Clock, Waited};
use crate::hooks::Hooks;
use crate::scheduler::Due;
use crate::space::NoRoom;
use crate::waker::InTurn;

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

/// So many turns may pass before the clock is read again, if somebody waits for a time.
const CLOCK_INTERVAL: u32 = 32;

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
        let _in_turn = InTurn::of(self.inbox);
        loop {
            // Asked before the state is borrowed: a clock is somebody else's code.
            let now_us = self.clock.now_us();
            self.state.borrow_mut().scheduler.nodes_mut().observe(now_us);
            if self.take_turns(bodies, &mut over) {
                return Ok(());
            }
            let until = {
                let mut state = self.state.borrow_mut();
                if !self.inbox.is_empty() || state.scheduler.is_due() {
                    continue;
                }
                state.scheduler.idle()
            };
            let waited = {
                let _in_no_turn = InTurn::of_nobody();
                self.clock.wait(until)
            };
            let is_due = || self.state.borrow().scheduler.is_due();
            if waited == Waited::Forever && self.inbox.is_empty() && !is_due() {
                return Err(RunError::Deadlock { parked: self.tasks() });
            }
        }
    }

    /// Gives turns to those who are due, until nobody is or the clock wants to be read. True if `over` said that it was
    /// the last one.
    fn take_turns(&self, bodies: &mut impl Bodies, over: &mut impl FnMut(Polled) -> bool) -> bool {
        let _between = Between(self);
        let seen = <P::Hooks as Hooks>::ON;
        self.timed_turns.set(0);
        // Borrowed all the time but for the polls.
        let mut state = self.state.borrow_mut();
        let mut is_drained = false;
        loop {
            let Some(due) = self.due(&mut state, core::mem::take(&mut is_drained)) else { return false };
            let plain = if due.is_plain() { state.body_and_cell(due.word) } else { None };
            let ended = if let Some((body, cell)) = plain {
                drop(state);
                let task = TaskId { index: due.word, node: due.node };
                match self.poll_future(task, body, cell, bodies) {
                    After::Waits if !seen && !self.fallbacks.get() => {
                        state = self.state.borrow_mut();
                        continue;
                    }
                    After::Again if !seen => {
                        state = self.after_poll();
                        is_drained = true;
                        state.scheduler.ready(due.node);
                        continue;
                    }
                    after => after.of(task),
                }
            } else if let Some((task, body, cell)) = state.sleeper(due) {
                drop(state);
                match self.poll_future(task, body, cell, bodies) {
                    After::Waits if !seen && !self.fallbacks.get() => {
                        state = self.state.borrow_mut();
                        continue;
                    }
                    after => after.of(task),
                }
            } else {
                let job = state.prepare_due(due);
                drop(state);
                self.perform(job, bodies)
            };
            state = self.after_poll();
            if over(state.settle(ended, self.fallbacks.get())) {
                return true;
            }
        }
    }

    /// Whose turn it is. `None` if nobody is due, or the clock wants to be read. Those who were woken in a turn of the loop's
    /// may be in line already.
    #[inline(always)]
    fn due(&self, state: &mut State<P>, is_drained: bool) -> Option<Due> {
        if !is_drained && self.inbox.has_own() {
            if let Some(due) = state.hand_over(self.inbox) {
                return Some(due);
            }
            state.drain_own(self.inbox);
        }
        state.drain_outside(self.inbox);
        if state.scheduler.waits_for_time() && self.wants_clock() {
            return None;
        }
        state.scheduler.due()
    }

    /// Whether so many turns have passed that the clock is to be read.
    #[inline(always)]
    fn wants_clock(&self) -> bool {
        let turns = self.timed_turns.get();
        self.timed_turns.set(turns + 1);
        turns == CLOCK_INTERVAL
    }
}

/// Held while turns are taken: afterwards it is nobody's, also when a task panicked.
struct Between<'a, P: Parts>(&'a Core<P>);

impl<P: Parts> Drop for Between<'_, P> {
    fn drop(&mut self) {
        self.0.inbox.resume_turn(0);
        if let Ok(mut state) = self.0.state.try_borrow_mut() {
            state.scheduler.between_turns();
        }
    }
}
