//! Signals: a bit that is set anywhere, and one waker kept until then.
//!
//! It is for the other direction than a wake cell: somebody outside has something to say, and a future of any executor
//! waits for it. Who may touch the waker is decided by the bit BUSY:
//!
//! ```text
//!   set, anywhere: never waits                         the waiter's poll
//!     1. OR in SET and BUSY                              1. SET: take it, done
//!     2. BUSY was set: whoever set it sees SET           2. 0 → BUSY; leave the waker; BUSY → 0
//!     3. else take the waker, clear BUSY, call it        3. that failed: SET came meanwhile, take it, done
//! ```
//!
//! - **Busy-owns.** The waker is touched only by who changed BUSY from 0 to 1, until it clears it.
//! - **Seen-or-called.** A SET that comes while the waiter has BUSY fails its last step; one that comes before is seen by
//!   its first; one that comes after finds the waker. One that comes while another `set` has BUSY needs nothing: that
//!   one's call is still to come, or the waiter, which could not leave its waker, polls again.

#[cfg(not(loom))]
use core::{
    cell::UnsafeCell,
    sync::atomic::{AtomicUsize, Ordering},
};
#[cfg(loom)]
use loom::{
    cell::UnsafeCell,
    sync::atomic::{AtomicUsize, Ordering},
};

use core::task::Waker;

/// The event has happened.
const SET: usize = 1;
/// Somebody has the waker in hand.
const BUSY: usize = 2;
/// Somebody waits.
const AWAITED: usize = 4;

/// A bit that is set from anywhere, and the waker of the one who waits for it.
#[derive(Debug)]
pub(crate) struct Signal {
    state: AtomicUsize,
    waker: UnsafeCell<Option<Waker>>,
}

// SAFETY: by Busy-owns nobody touches the waker at the same time as another; a `Waker` may be sent.
unsafe impl Sync for Signal {}

impl Signal {
    const_unless_loom! {
        /// Not set, and nobody waits.
        pub fn new() -> Signal {
            Signal { state: AtomicUsize::new(0), waker: UnsafeCell::new(None) }
        }
    }

    /// Puts another waker in the slot; the one before is for the caller to call or to drop.
    ///
    /// # Safety
    /// The caller has changed BUSY from 0 to 1 and not cleared it since.
    unsafe fn exchange(&self, waker: Option<Waker>) -> Option<Waker> {
        #[cfg(not(loom))]
        // SAFETY: by Busy-owns nobody else has a reference to it.
        return core::mem::replace(unsafe { &mut *self.waker.get() }, waker);
        #[cfg(loom)]
        // SAFETY: as above; loom checks it.
        return self.waker.with_mut(|slot| core::mem::replace(unsafe { &mut *slot }, waker));
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self) -> bool {
        self.state.load(Ordering::Acquire) & SET != 0
    }

    /// Sets it and calls who waits. From anywhere, at any moment.
    pub(crate) fn set(&self) {
        if self.state.fetch_or(SET | BUSY, Ordering::AcqRel) & BUSY != 0 {
            return;
        }
        // SAFETY: it is this call that set BUSY.
        let waker = unsafe { self.exchange(None) };
        self.state.fetch_and(!BUSY, Ordering::AcqRel);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Unsets it; says whether it was set.
    pub(crate) fn take(&self) -> bool {
        self.state.fetch_and(!SET, Ordering::AcqRel) & SET != 0
    }

    /// Becomes the one who waits. False if somebody does already.
    pub(crate) fn claim(&self) -> bool {
        self.state.fetch_or(AWAITED, Ordering::AcqRel) & AWAITED == 0
    }

    /// Stops being the one who waits.
    pub(crate) fn unclaim(&self) {
        let waker = if self.state.fetch_or(BUSY, Ordering::AcqRel) & BUSY == 0 {
            // SAFETY: it is this call that set BUSY.
            let waker = unsafe { self.exchange(None) };
            self.state.fetch_and(!(BUSY | AWAITED), Ordering::AcqRel);
            waker
        } else {
            // A `set` has it, and takes the waker.
            self.state.fetch_and(!AWAITED, Ordering::AcqRel);
            None
        };
        drop(waker);
    }

    /// For the one who waits: true, and it is unset, if it was set; otherwise the waker is called when it is.
    pub(crate) fn poll(&self, waker: &Waker) -> bool {
        if self.is_set() && self.take() {
            return true;
        }
        let entered =
            self.state.compare_exchange(AWAITED, AWAITED | BUSY, Ordering::AcqRel, Ordering::Relaxed);
        if entered.is_err() {
            // Set just now, or a `set` is about to call the former waker. Either way it is soon decided.
            waker.wake_by_ref();
            return false;
        }
        // SAFETY: it is this call that set BUSY.
        let former = unsafe { self.exchange(Some(waker.clone())) };
        let left = self.state.compare_exchange(AWAITED | BUSY, AWAITED, Ordering::AcqRel, Ordering::Relaxed);
        let mut mine = None;
        if left.is_err() {
            // SAFETY: BUSY is still this call's: a `set` that finds it leaves it.
            mine = unsafe { self.exchange(None) };
            self.state.fetch_and(!BUSY, Ordering::AcqRel);
        }
        let is_set = mine.is_some() && self.take();
        if mine.is_some() && !is_set {
            waker.wake_by_ref();
        }
        drop((former, mine));
        is_set
    }
}
