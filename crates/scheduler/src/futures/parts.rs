//! What a [`Core`](super::Core) is made of: whose storage, which clock, which hooks.
//!
//! One type parameter stands for all of it, so that a function that takes a handle to the loop need not name five.

use core::marker::PhantomData;

use super::alarm::Alarm;
use super::entry::Entry;
use crate::clock::Clock;
use crate::hooks::{Hooks, NoHooks};
use crate::node::Slot;
use crate::space::{NoRoom, Space};
use crate::waker::{Inbox, WakeCell};

/// The parts of a loop that polls Rust futures.
pub trait Parts {
    /// Where the nodes are kept: one for each task, one for each sleep.
    type Slots: Space<Slot>;
    /// Where the tasks are entered.
    type Entries: Space<Entry>;
    /// Where wakers of others are kept for sleeps that were polled with them (inside a `FuturesUnordered`, say).
    type Alarms: Space<Alarm>;
    /// What knows the time.
    type Clock: Clock;
    /// Who is told what happens.
    type Hooks: Hooks;

    /// One more wake cell for this inbox.
    ///
    /// # Errors
    /// [`NoRoom`] when there is none.
    fn add_cell(inbox: &'static Inbox) -> Result<&'static WakeCell, NoRoom>;

    /// The loop is gone; its inbox may be used by another.
    fn retire(inbox: &'static Inbox);
}

/// Everything in the caller's memory: nothing is ever allocated.
pub struct Fixed<'m, C, H = NoHooks>(PhantomData<(&'m mut (), C, H)>);

impl<'m, C: Clock, H: Hooks> Parts for Fixed<'m, C, H> {
    type Slots = &'m mut [Slot];
    type Entries = &'m mut [Entry];
    type Alarms = &'m mut [Alarm];
    type Clock = C;
    type Hooks = H;

    fn add_cell(_: &'static Inbox) -> Result<&'static WakeCell, NoRoom> {
        Err(NoRoom)
    }

    fn retire(inbox: &'static Inbox) {
        inbox.release();
    }
}

/// Storage that grows.
#[cfg(feature = "alloc")]
pub struct Growing<H = NoHooks>(PhantomData<H>);

#[cfg(feature = "alloc")]
impl<H: Hooks> Parts for Growing<H> {
    type Slots = alloc::vec::Vec<Slot>;
    type Entries = alloc::vec::Vec<Entry>;
    type Alarms = alloc::vec::Vec<Alarm>;
    type Clock = alloc::boxed::Box<dyn Clock>;
    type Hooks = H;

    fn add_cell(inbox: &'static Inbox) -> Result<&'static WakeCell, NoRoom> {
        inbox.add_cell()
    }

    fn retire(inbox: &'static Inbox) {
        inbox.retire();
    }
}
