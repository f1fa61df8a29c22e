//! `Event`: many wait, one `set` calls them all.

use core::cell::{RefCell, RefMut};

use super::line::Switch;
use super::wait::Wait;
use super::{OnLoop, SchedulerOf};

/// Something that has happened, or has not yet. Many may wait for it.
///
/// It stays set until somebody clears it. Those who were waiting when it was set have all been called, even if it is
/// cleared before they run: as in MicroPython's asyncio, and CPython's.
///
/// ```
/// use wigwag_scheduler::{Loop, VirtualClock, gather, sync::Event};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let ready = Event::new(&asyncio);
/// event_loop.run_until_complete(gather((
///     ready.wait(),
///     ready.wait(),
///     async {
///         asyncio.sleep_ms(5).await;
///         ready.set();
///         ready.clear();
///     },
/// )))?;
/// assert!(!ready.is_set());
/// # Ok(())
/// # }
/// ```
pub struct Event<A: OnLoop> {
    asyncio: A,
    state: RefCell<Switch>,
}

impl<A: OnLoop> Event<A> {
    /// An event that has not happened.
    pub const fn new(asyncio: A) -> Event<A> {
        Event { asyncio, state: RefCell::new(Switch::new()) }
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.state.borrow().is_on()
    }

    /// Sets it and calls everybody who waits, in the order in which they came.
    pub fn set(&self) {
        self.with_state(|switch, scheduler| switch.on(scheduler));
    }

    /// Clears it. Who was called before is not called back.
    pub fn clear(&self) {
        self.state.borrow_mut().off();
    }

    /// Waits until it is set; if it is, goes on at once.
    ///
    /// # Cancellation
    /// Rust: dropping it leaves the line of those who wait; nothing else has happened.
    /// Python: `CancelledError` is raised at the `await`, and the line is left alike.
    pub async fn wait(&self) {
        Wait::new(&self.asyncio, &self.state).await;
    }

    /// What it consists of, for a program whose own tasks stand in the same line. It must not be held while anybody's
    /// code runs.
    #[inline]
    pub fn state(&self) -> RefMut<'_, Switch> {
        self.state.borrow_mut()
    }

    /// For the embedding program's own tasks, which stand in the same line: see [`Line`](super::Line). The function must
    /// not use the loop otherwise.
    pub fn with_state<R>(&self, f: impl FnOnce(&mut Switch, &mut SchedulerOf<A>) -> R) -> R {
        self.asyncio.core().with_scheduler(|scheduler| f(&mut self.state.borrow_mut(), scheduler))
    }
}
