//! What tasks share: [`Event`], [`Lock`], [`Queue`], [`Semaphore`].
//!
//! Their names and meanings are asyncio's. All of them hand over directly, first come, first served: a permit that is
//! given back while somebody waits is the first waiter's at once, before it has run. Nobody barges in, and nobody starves.
//!
//! Each belongs to one loop and stays on its thread; it is made with whatever reaches the loop ([`OnLoop`]): a
//! [`Handle`](crate::Handle), a reference to one, or, without `alloc`, a reference to the [`Core`]. From an interrupt
//! or another thread one sets a [`Flag`](crate::Flag).
//!
//! ```
//! use std::rc::Rc;
//! use wigwag_scheduler::{Loop, VirtualClock, sync::Event};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let event_loop = Loop::new(VirtualClock::new())?;
//! let asyncio = event_loop.handle();
//! let pressed = Rc::new(Event::new(asyncio.clone()));
//!
//! let (button, clock) = (pressed.clone(), asyncio.clone());
//! asyncio.create_task(async move {
//!     clock.sleep_ms(20).await;
//!     button.set();
//! })?;
//! event_loop.run_until_complete(pressed.wait())?;
//! assert_eq!(asyncio.now_us(), 20_000);
//! # Ok(())
//! # }
//! ```
//!
//! # How they are built
//!
//! There are two mechanisms, [`Permits`] and [`Switch`], and a line of nodes beneath both ([`Line`]). A lock is one
//! permit and a value; a semaphore is permits; a queue is two kinds of permits (for room and for items) and a ring. To
//! wait is to let a node stand in a line; to be called is to be moved to the run queue. No waker is called, nothing
//! atomic is done and nothing is allocated.
//!
//! Tasks of the embedding program, Python's, can stand in the same lines: how is said at [`Line`]'s module, and each
//! primitive lends its mechanism for that (`with_state`).

mod event;
pub(crate) mod line;
mod lock;
mod queue;
mod semaphore;
mod wait;

pub use event::Event;
pub use line::{Line, Permits, Switch};
pub use lock::{Lock, LockGuard};
pub use queue::{FixedQueue, Queue, Room};
pub use semaphore::{Permit, Semaphore};

use crate::futures::{Core, Parts};
use crate::scheduler::Scheduler;

/// Something by which a loop can be reached.
pub trait OnLoop {
    /// What the loop is made of.
    type Parts: Parts;

    /// The loop's core.
    fn core(&self) -> &Core<Self::Parts>;
}

/// The scheduler of the loop that is reached so.
pub type SchedulerOf<A> =
    Scheduler<<<A as OnLoop>::Parts as Parts>::Slots, <<A as OnLoop>::Parts as Parts>::Hooks>;

impl<P: Parts> OnLoop for Core<P> {
    type Parts = P;

    #[inline]
    fn core(&self) -> &Core<P> {
        self
    }
}

impl<T: OnLoop + ?Sized> OnLoop for &T {
    type Parts = T::Parts;

    #[inline]
    fn core(&self) -> &Core<T::Parts> {
        (**self).core()
    }
}

#[cfg(feature = "alloc")]
impl<H: crate::hooks::Hooks> OnLoop for crate::event_loop::Handle<H> {
    type Parts = crate::futures::Growing<H>;

    #[inline]
    fn core(&self) -> &Core<Self::Parts> {
        crate::event_loop::Handle::core(self)
    }
}
