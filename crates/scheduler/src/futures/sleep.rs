//! Sleeping.
//!
//! A sleep takes a node of its own at its first poll and puts it into the run queue with the deadline as its key; the
//! sleep is over when that node has had its turn. So sleeps are ordered with everything else, to the microsecond; a
//! sleep of 0 is a yield; two sleeps in one task (a `select`) do not disturb each other; and dropping one takes its node
//! out of the queue and gives it back.
//!
//! Where there is no node to be had, the task's own node stands in: the task is then polled at the earliest deadline
//! of its sleeps and has to poll the others again, as every ordinary combinator does. A sleep polled with a
//! foreign waker that finds neither node nor alarm asks to be polled again and again until its time has come.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::{Core, Parts};
use crate::clock::Clock;
use crate::node::{NodeId, Owner};

/// A sleep; see [`Core::sleep_ms`].
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep<'a, P: Parts> {
    core: &'a Core<P>,
    until_us: u64,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// Not polled yet. It is at least so late, which spares the queue from taking a deadline of "now" for a later one.
    Nowhere { now_us: u64 },
    /// Its node is in the run queue, or has had its turn.
    Queued { node: NodeId, alarm: Option<u32> },
    /// There was no room. The task's own node, or nobody, looks after it.
    Fallback,
    /// It is over.
    Over,
}

impl<P: Parts> Core<P> {
    /// Sleeps for so many milliseconds from now. With 0, everybody else who is due has a turn first.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: `CancelledError` is raised at the `await`, and the deadline is forgotten.
    pub fn sleep_ms(&self, ms: u64) -> Sleep<'_, P> {
        self.sleep_us(ms.saturating_mul(1000))
    }

    /// Sleeps for so many microseconds from now.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: has no such sleep; `sleep_ms` behaves alike.
    pub fn sleep_us(&self, us: u64) -> Sleep<'_, P> {
        let now_us = self.clock.now_us();
        Sleep { core: self, until_us: now_us.saturating_add(us), place: Place::Nowhere { now_us } }
    }

    /// Sleeps until the clock shows `until_us`. A time that has passed is a yield.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: has no such sleep; `sleep_ms` behaves alike.
    pub fn sleep_until_us(&self, until_us: u64) -> Sleep<'_, P> {
        Sleep { core: self, until_us, place: Place::Nowhere { now_us: 0 } }
    }
}

impl<P: Parts> Sleep<'_, P> {
    /// When it ends, in microseconds of the loop's clock.
    pub const fn until_us(&self) -> u64 {
        self.until_us
    }

    /// The first poll: finds the sleep a place. Mostly the waker is that of a task of the loop's, and there is room.
    #[inline]
    fn lie_down(&mut self, now_us: u64, waker: &Waker) {
        if let Some(index) = self.core.own(waker) {
            let mut state = self.core.state.borrow_mut();
            state.scheduler.nodes_mut().observe(now_us);
            if let Ok(node) = state.scheduler.nodes_mut().alloc(Owner::Future(index)) {
                // A node just taken is in no queue, so the push cannot be refused.
                let _ = state.scheduler.push(node, self.until_us);
                self.place = Place::Queued { node, alarm: None };
                return;
            }
        }
        self.lie_down_elsewhere(now_us, waker);
    }

    /// The same, where the waker is somebody else's or there is no room.
    #[inline(never)]
    fn lie_down_elsewhere(&mut self, now_us: u64, waker: &Waker) {
        let core = self.core;
        let own = core.own(waker);
        // Cloned before the state is borrowed: it may be anybody's code.
        let foreign = if own.is_none() { Some(waker.clone()) } else { None };
        let mut state = core.state.borrow_mut();
        state.scheduler.nodes_mut().observe(now_us);
        let mut refused = None;
        let owner = match (own, foreign) {
            (Some(index), _) => Some(Owner::Future(index)),
            (None, Some(waker)) => match state.alarms.keep(waker) {
                Ok(alarm) => Some(Owner::Alarm(alarm)),
                Err((_, waker)) => {
                    refused = Some(waker);
                    None
                }
            },
            (None, None) => None,
        };
        let alarm = if let Some(Owner::Alarm(alarm)) = owner { Some(alarm) } else { None };
        if let Some(node) = owner.and_then(|owner| state.scheduler.nodes_mut().alloc(owner).ok()) {
            // A node just taken is in no queue, so the push cannot be refused.
            let _ = state.scheduler.push(node, self.until_us);
            self.place = Place::Queued { node, alarm };
            return;
        }
        self.place = Place::Fallback;
        if let Some(alarm) = alarm {
            refused = state.alarms.discard(alarm);
        }
        drop(state);
        drop(refused);
        self.rely_on_fallback(waker);
    }

    fn rely_on_fallback(&self, waker: &Waker) {
        if let Some(index) = self.core.own(waker) {
            self.core.fall_back(index, self.until_us);
        } else {
            waker.wake_by_ref();
        }
    }

    /// A poll while the node waits: its turn must be that of whoever polls now.
    fn turn_over(&mut self, node: NodeId, alarm: Option<u32>, waker: &Waker) {
        let core = self.core;
        let own = core.own(waker);
        {
            let mut state = core.state.borrow_mut();
            let settled = match (own, alarm) {
                (Some(index), None) => state.scheduler.nodes_mut().set_owner(node, Owner::Future(index)),
                (None, Some(alarm)) => state.alarms.is(alarm, waker),
                _ => false,
            };
            if settled {
                return;
            }
        }
        // It moved between a task of ours and somebody else's waker, or from one foreign waker to another.
        self.rise();
        self.lie_down(0, waker);
    }

    /// Whether the node has had its turn; if so, the sleep is over and the node is given back.
    #[inline]
    fn has_had_its_turn(&mut self, node: NodeId, alarm: Option<u32>) -> bool {
        let mut state = self.core.state.borrow_mut();
        if !state.scheduler.nodes_mut().free_if_at_large(node) {
            return false;
        }
        self.place = Place::Over;
        if alarm.is_some() {
            let waker = alarm.and_then(|alarm| state.alarms.discard(alarm));
            drop(state);
            drop(waker);
        }
        true
    }

    /// Leaves its place before its time.
    fn rise(&mut self) {
        let Place::Queued { node, alarm } = core::mem::replace(&mut self.place, Place::Over) else { return };
        // Never while the state is borrowed; if it were so all the same, a node would be lost, and nothing worse.
        let Ok(mut state) = self.core.state.try_borrow_mut() else { return };
        state.scheduler.remove(node);
        state.scheduler.nodes_mut().free(node);
        let waker = alarm.and_then(|alarm| state.alarms.discard(alarm));
        drop(state);
        drop(waker);
    }
}

impl<P: Parts> Future for Sleep<'_, P> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match this.place {
            Place::Nowhere { now_us } => this.lie_down(now_us, cx.waker()),
            Place::Queued { node, alarm } => {
                if this.has_had_its_turn(node, alarm) {
                    return Poll::Ready(());
                }
                this.turn_over(node, alarm, cx.waker());
            }
            Place::Fallback => {
                if this.core.clock.now_us() >= this.until_us {
                    this.place = Place::Over;
                    return Poll::Ready(());
                }
                this.rely_on_fallback(cx.waker());
            }
            Place::Over => return Poll::Ready(()),
        }
        Poll::Pending
    }
}

impl<P: Parts> Drop for Sleep<'_, P> {
    fn drop(&mut self) {
        self.rise();
    }
}
