//! Alarms: wakers of others, kept for sleeps.
//!
//! A sleep usually belongs to the task that is being polled, and then its node in the run queue is all it needs: the
//! node's turn is the task's turn. But a combinator such as `FuturesUnordered` polls its children with wakers of its
//! own. Then the waker is kept here, and the node's turn is to call it.

use core::task::Waker;

use crate::node::NIL;
use crate::space::{NoRoom, Space};

/// Room for one such waker. Without `alloc` one sets aside an array of these, or an empty one.
#[derive(Debug)]
pub struct Alarm {
    waker: Option<Waker>,
    next: u32,
}

impl Alarm {
    /// An alarm that nobody has used yet.
    pub const VACANT: Alarm = Alarm { waker: None, next: NIL };
}

impl Default for Alarm {
    fn default() -> Self {
        Alarm::VACANT
    }
}

/// The row of alarms. Wakers are cloned and dropped by the caller, outside: that may run anybody's code.
pub(super) struct Alarms<A> {
    rows: A,
    vacant: u32,
    used: u32,
}

impl<A: Space<Alarm>> Alarms<A> {
    pub(super) fn new(rows: A) -> Self {
        Alarms { rows, vacant: NIL, used: 0 }
    }

    /// Keeps a waker, or gives it back when there is no room.
    pub(super) fn keep(&mut self, waker: Waker) -> Result<u32, (NoRoom, Waker)> {
        let index = if self.vacant == NIL {
            if let Err(no_room) = self.rows.ensure(self.used as usize + 1) {
                return Err((no_room, waker));
            }
            self.used
        } else {
            self.vacant
        };
        let Some(alarm) = self.rows.items_mut().get_mut(index as usize) else { return Err((NoRoom, waker)) };
        if self.vacant == index {
            self.vacant = alarm.next;
        } else {
            self.used += 1;
        }
        alarm.waker = Some(waker);
        Ok(index)
    }

    /// Whether the waker kept there would do the same as this one.
    pub(super) fn is(&self, index: u32, waker: &Waker) -> bool {
        let kept = self.rows.items().get(index as usize).and_then(|alarm| alarm.waker.as_ref());
        kept.is_some_and(|kept| kept.will_wake(waker))
    }

    /// Exchanges the waker kept there; the other one is for the caller to call or to drop.
    pub(super) fn exchange(&mut self, index: u32, waker: Option<Waker>) -> Option<Waker> {
        let alarm = self.rows.items_mut().get_mut(index as usize)?;
        core::mem::replace(&mut alarm.waker, waker)
    }

    /// Gives the place back.
    pub(super) fn discard(&mut self, index: u32) -> Option<Waker> {
        let alarm = self.rows.items_mut().get_mut(index as usize)?;
        alarm.next = core::mem::replace(&mut self.vacant, index);
        alarm.waker.take()
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes()
    }
}
