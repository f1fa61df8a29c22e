//! Waiting in a line, as a future.
//!
//! ```text
//!              nobody ahead                    called: the node moves to the run queue
//!   nowhere ────────────────► over      in line ────────────────────────────────────► called
//!      │  first poll, somebody is ahead    ▲ │ dropped: leaves the line                  │ polled: over
//!      └───────────────────────────────────┘ ▼                                           ▼ dropped: passes it on
//! ```
//!
//! Where there is no node to be had, the wait has no place in line and looks again every millisecond.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::OnLoop;
use super::line::{Line, Permits, Switch};
use crate::futures::{Parts, Place};
use crate::hooks::Hooks;
use crate::node::Slot;
use crate::scheduler::Scheduler;
use crate::space::Space;

/// Something to wait for.
pub(super) trait Gate {
    /// Passes, if nobody has to wait just now.
    fn pass(&mut self) -> bool;

    /// Those who wait.
    fn line(&mut self) -> &mut Line;

    /// Somebody was called and does not come.
    fn pass_on<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>);
}

impl Gate for Permits {
    fn pass(&mut self) -> bool {
        self.take()
    }

    fn line(&mut self) -> &mut Line {
        self.line_mut()
    }

    fn pass_on<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>) {
        self.give(scheduler);
    }
}

impl Gate for Switch {
    fn pass(&mut self) -> bool {
        self.is_on()
    }

    fn line(&mut self) -> &mut Line {
        self.line_mut()
    }

    fn pass_on<S: Space<Slot>, H: Hooks>(&mut self, _: &mut Scheduler<S, H>) {}
}

/// A wait at a gate. Ready once it has passed.
pub(super) struct Wait<'a, A: OnLoop, G: Gate> {
    asyncio: &'a A,
    gate: &'a RefCell<G>,
    seat: Seat,
}

enum Seat {
    /// Not polled yet, or there was no room.
    Nowhere,
    /// In line, or called.
    Taken(Place),
    /// It has passed.
    Over,
}

impl<'a, A: OnLoop, G: Gate> Wait<'a, A, G> {
    pub(super) fn new(asyncio: &'a A, gate: &'a RefCell<G>) -> Self {
        Wait { asyncio, gate, seat: Seat::Nowhere }
    }

    fn arrive(&mut self, waker: &Waker) -> Poll<()> {
        if self.gate.borrow_mut().pass() {
            self.seat = Seat::Over;
            return Poll::Ready(());
        }
        let core = self.asyncio.core();
        let Some(place) = core.take_place(waker) else {
            core.look_again_soon(waker);
            return Poll::Pending;
        };
        // A node just taken is in no queue, so it cannot be refused.
        let _ = core.with_scheduler(|scheduler| self.gate.borrow_mut().line().join(scheduler, place.node));
        self.seat = Seat::Taken(place);
        Poll::Pending
    }

    fn is_in_line(&self, place: &Place) -> bool {
        let core = self.asyncio.core();
        core.with_scheduler(|scheduler| self.gate.borrow_mut().line().contains(scheduler, place.node))
    }
}

impl<A: OnLoop, G: Gate> Future for Wait<'_, A, G> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match core::mem::replace(&mut this.seat, Seat::Over) {
            Seat::Over => Poll::Ready(()),
            Seat::Nowhere => {
                this.seat = Seat::Nowhere;
                this.arrive(cx.waker())
            }
            Seat::Taken(mut place) => {
                let core = this.asyncio.core();
                if this.is_in_line(&place) {
                    core.renew_place(&mut place, cx.waker());
                    this.seat = Seat::Taken(place);
                    return Poll::Pending;
                }
                core.give_back(place);
                Poll::Ready(())
            }
        }
    }
}

impl<A: OnLoop, G: Gate> Drop for Wait<'_, A, G> {
    fn drop(&mut self) {
        let Seat::Taken(place) = core::mem::replace(&mut self.seat, Seat::Over) else { return };
        leave(self.asyncio.core(), self.gate, place);
    }
}

fn leave<P: Parts, G: Gate>(core: &crate::Core<P>, gate: &RefCell<G>, place: Place) {
    core.try_with_scheduler(|scheduler| {
        let mut gate = gate.borrow_mut();
        if !gate.line().leave(scheduler, place.node) {
            gate.pass_on(scheduler);
        }
    });
    core.give_back(place);
}
