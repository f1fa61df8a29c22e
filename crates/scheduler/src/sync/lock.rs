//! `Lock`: one at a time.

use core::cell::{RefCell, RefMut};
use core::fmt;
use core::ops::{Deref, DerefMut};

use super::line::Permits;
use super::wait::Wait;
use super::{OnLoop, SchedulerOf};

/// A value that one task at a time may use, also across an `await`.
///
/// Those who wait get it in the order in which they came, handed over directly.
///
/// ```
/// use wigwag_scheduler::{Loop, VirtualClock, gather, sync::Lock};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let total = Lock::new(&asyncio, 0);
/// let add = async |amount: u32| {
///     let mut total = total.acquire().await;
///     let before = *total;
///     asyncio.sleep_ms(1).await; // nobody else changes it meanwhile
///     *total = before + amount;
/// };
/// event_loop.run_until_complete(gather((add(1), add(20), add(300))))?;
/// assert_eq!(total.into_inner(), 321);
/// # Ok(())
/// # }
/// ```
///
/// What must always hold: who borrows the value holds the lock's only permit.
pub struct Lock<T, A: OnLoop> {
    asyncio: A,
    state: RefCell<Permits>,
    value: RefCell<T>,
}

impl<T, A: OnLoop> Lock<T, A> {
    /// A lock that nobody holds.
    pub const fn new(asyncio: A, value: T) -> Lock<T, A> {
        Lock { asyncio, state: RefCell::new(Permits::new(1)), value: RefCell::new(value) }
    }

    /// Whether somebody holds it, or it has been handed to somebody.
    pub fn locked(&self) -> bool {
        self.state.borrow().free() == 0
    }

    /// Waits for the lock, if need be behind everybody who came before.
    ///
    /// # Cancellation
    /// Rust: dropping it loses its place in line; a lock that was handed to it already is handed on to the next.
    /// Python: `CancelledError` is raised at the `await`, and place and lock are given up alike.
    pub async fn acquire(&self) -> LockGuard<'_, T, A> {
        loop {
            Wait::new(&self.asyncio, &self.state).await;
            // Always so, because of the permit.
            if let Ok(value) = self.value.try_borrow_mut() {
                return LockGuard { lock: self, value };
            }
        }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_acquire(&self) -> Option<LockGuard<'_, T, A>> {
        if !self.state.borrow_mut().take() {
            return None;
        }
        let value = self.value.try_borrow_mut().ok()?;
        Some(LockGuard { lock: self, value })
    }

    /// The value, once nobody can hold the lock any more.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    /// What it consists of, for a program whose own tasks stand in the same line. It must not be held while anybody's
    /// code runs.
    #[inline]
    pub fn state(&self) -> RefMut<'_, Permits> {
        self.state.borrow_mut()
    }

    /// For the embedding program's own tasks, which stand in the same line: see [`Line`](super::Line). The function must
    /// not use the loop otherwise.
    pub fn with_state<R>(&self, f: impl FnOnce(&mut Permits, &mut SchedulerOf<A>) -> R) -> R {
        self.asyncio.core().with_scheduler(|scheduler| f(&mut self.state.borrow_mut(), scheduler))
    }
}

/// Holds the lock; dropping it hands the lock to the first in line.
#[must_use = "a guard that is dropped gives the lock back"]
pub struct LockGuard<'a, T, A: OnLoop> {
    lock: &'a Lock<T, A>,
    value: RefMut<'a, T>,
}

impl<T, A: OnLoop> Deref for LockGuard<'_, T, A> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T, A: OnLoop> DerefMut for LockGuard<'_, T, A> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug, A: OnLoop> fmt::Debug for LockGuard<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T, A: OnLoop> Drop for LockGuard<'_, T, A> {
    fn drop(&mut self) {
        // The heir runs later, when the value's borrow is over.
        let Lock { asyncio, state, .. } = self.lock;
        asyncio.core().try_with_scheduler(|scheduler| state.borrow_mut().give(scheduler));
    }
}
