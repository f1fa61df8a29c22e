//! `Semaphore`: so many at a time.

use core::cell::{RefCell, RefMut};
use core::mem::ManuallyDrop;

use super::line::Permits;
use super::wait::Wait;
use super::{OnLoop, SchedulerOf};

/// A number of permits. Who takes one holds it until the [`Permit`] is dropped.
///
/// Permits go to those who wait in the order in which they came, handed over directly.
///
/// ```
/// use wigwag_scheduler::{Loop, VirtualClock, gather, sync::Semaphore};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let bus = Semaphore::new(&asyncio, 2);
/// let transfer = async || {
///     let _permit = bus.acquire().await;
///     asyncio.sleep_ms(10).await;
/// };
/// event_loop.run_until_complete(gather([transfer(), transfer(), transfer(), transfer()]))?;
/// assert_eq!(asyncio.now_us(), 20_000); // two at a time
/// # Ok(())
/// # }
/// ```
pub struct Semaphore<A: OnLoop> {
    asyncio: A,
    state: RefCell<Permits>,
}

impl<A: OnLoop> Semaphore<A> {
    /// So many permits, all free.
    pub const fn new(asyncio: A, permits: usize) -> Semaphore<A> {
        Semaphore { asyncio, state: RefCell::new(Permits::new(permits)) }
    }

    /// How many permits are free. While somebody waits, none is.
    pub fn available(&self) -> usize {
        self.state.borrow().free()
    }

    /// Takes a permit, if need be after everybody who came before.
    ///
    /// # Cancellation
    /// Rust: dropping it loses its place in line; a permit that was handed to it already is passed on to the next.
    /// Python: `CancelledError` is raised at the `await`, and place and permit are given up alike.
    pub async fn acquire(&self) -> Permit<'_, A> {
        Wait::new(&self.asyncio, &self.state).await;
        Permit(self)
    }

    /// Takes a permit, if one is free.
    pub fn try_acquire(&self) -> Option<Permit<'_, A>> {
        self.state.borrow_mut().take().then(|| Permit(self))
    }

    /// One permit more, or one back that was taken with [`Permit::keep`].
    pub fn release(&self) {
        self.with_state(|permits, scheduler| permits.give(scheduler));
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

/// A permit; dropping it gives it back.
#[must_use = "a permit that is dropped is given back"]
pub struct Permit<'a, A: OnLoop>(&'a Semaphore<A>);

impl<A: OnLoop> Permit<'_, A> {
    /// Keeps the permit beyond this value's life: only [`Semaphore::release`] gives it back.
    pub fn keep(self) {
        let _ = ManuallyDrop::new(self);
    }
}

impl<A: OnLoop> Drop for Permit<'_, A> {
    fn drop(&mut self) {
        let Semaphore { asyncio, state } = self.0;
        asyncio.core().try_with_scheduler(|scheduler| state.borrow_mut().give(scheduler));
    }
}
