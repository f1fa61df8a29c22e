//! Places: how a future stands in somebody's line.
//!
//! A wait takes a node of its own, as a sleep does, and lets it stand in the line of what it waits for. Whoever calls it
//! moves the node to the run queue, and the node's turn there is the task's turn: no waker is called and nothing
//! atomic is done. Only where a combinator polls with a waker of its own is that waker kept, as an alarm.
//!
//! What must always hold: a place's node is alive until the place is given back.

use core::task::Waker;

use super::{Core, Parts};
use crate::clock::Clock;
use crate::node::{NodeId, Owner};
use crate::scheduler::Scheduler;

/// How long a wait that found no node waits before it looks again.
const LOOK_AGAIN_US: u64 = 1000;

/// A node that stands for one wait.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) node: NodeId,
    alarm: Option<u32>,
}

impl<P: Parts> Core<P> {
    /// A node for whoever polls with this waker, in no queue yet. `None` if there is no room.
    pub(crate) fn take_place(&self, waker: &Waker) -> Option<Place> {
        if let Some(index) = self.own(waker) {
            let mut state = self.state.borrow_mut();
            let node = state.scheduler.nodes_mut().alloc(Owner::Future(index)).ok()?;
            return Some(Place { node, alarm: None });
        }
        // Cloned, and dropped, while nothing is borrowed: it may be anybody's code.
        let alarm = self.keep_alarm(waker.clone())?;
        let node = self.state.borrow_mut().scheduler.nodes_mut().alloc(Owner::Alarm(alarm));
        if node.is_err() {
            self.discard_alarm(Some(alarm));
        }
        Some(Place { node: node.ok()?, alarm: Some(alarm) })
    }

    /// Whoever polls with this waker waits there from now on; the place in line stays.
    pub(crate) fn renew_place(&self, place: &mut Place, waker: &Waker) {
        match (self.own(waker), place.alarm) {
            (Some(index), alarm) => {
                self.state.borrow_mut().scheduler.nodes_mut().set_owner(place.node, Owner::Future(index));
                place.alarm = None;
                self.discard_alarm(alarm);
            }
            (None, Some(alarm)) => {
                if !self.state.borrow().alarms.is(alarm, waker) {
                    let new = waker.clone();
                    let old = self.state.borrow_mut().alarms.exchange(alarm, Some(new));
                    drop(old);
                }
            }
            (None, None) => match self.keep_alarm(waker.clone()) {
                Some(alarm) => {
                    place.alarm = Some(alarm);
                    let mut state = self.state.borrow_mut();
                    state.scheduler.nodes_mut().set_owner(place.node, Owner::Alarm(alarm));
                }
                None => waker.wake_by_ref(),
            },
        }
    }

    /// Gives the node back, wherever in the run queue it stands. It has left every other line.
    pub(crate) fn give_back(&self, place: Place) {
        self.try_with_scheduler(|scheduler| {
            if !scheduler.nodes_mut().free_if_at_large(place.node) {
                scheduler.remove(place.node);
                scheduler.nodes_mut().free(place.node);
            }
        });
        self.discard_alarm(place.alarm);
    }

    /// For a wait that found no room: the task has a turn before long.
    pub(crate) fn look_again_soon(&self, waker: &Waker) {
        let until_us = self.clock.now_us().saturating_add(LOOK_AGAIN_US);
        match self.own(waker) {
            Some(index) => self.fall_back(index, until_us),
            None => waker.wake_by_ref(),
        }
    }

    /// The task's own node stands in, at the latest at this time.
    pub(super) fn fall_back(&self, index: u32, until_us: u64) {
        self.fallbacks.set(true);
        let mut state = self.state.borrow_mut();
        let Some(entry) = state.entry(index) else { return };
        entry.fallback_us = entry.fallback_us.min(until_us);
        let node = entry.node;
        state.scheduler.nodes_mut().set_plain(node, false);
    }

    /// As [`with_scheduler`](Self::with_scheduler), for drops: never while the state is borrowed. If it were so all the
    /// same, a node would be lost, and nothing worse.
    pub(crate) fn try_with_scheduler<R>(
        &self,
        f: impl FnOnce(&mut Scheduler<P::Slots, P::Hooks>) -> R,
    ) -> Option<R> {
        let mut state = self.state.try_borrow_mut().ok()?;
        Some(f(&mut state.scheduler))
    }

    fn keep_alarm(&self, waker: Waker) -> Option<u32> {
        // A refused waker is dropped after the borrow.
        let kept = self.state.borrow_mut().alarms.keep(waker);
        kept.ok()
    }

    fn discard_alarm(&self, alarm: Option<u32>) {
        let Some(alarm) = alarm else { return };
        let waker = match self.state.try_borrow_mut() {
            Ok(mut state) => state.alarms.discard(alarm),
            Err(_) => None,
        };
        drop(waker);
    }
}
