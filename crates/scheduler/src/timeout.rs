//! `timeout_ms`: not longer than that.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::futures::{Core, Parts, Sleep};

/// The time was over first. (Python: `asyncio.TimeoutError`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl core::error::Error for TimedOut {}

pin_project! {
    /// A future with a deadline; see [`Core::timeout_ms`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Timeout<'a, F, P: Parts> {
        #[pin]
        future: F,
        #[pin]
        sleep: Sleep<'a, P>,
    }
}

impl<P: Parts> Core<P> {
    /// Gives the future so many milliseconds from now; then it is dropped and the result is [`TimedOut`]. A future that
    /// is finished in the turn in which its time is over has made it. asyncio calls this `wait_for`.
    ///
    /// ```
    /// use wigwag_scheduler::{Loop, TimedOut, VirtualClock, sync::Event};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let event_loop = Loop::new(VirtualClock::new())?;
    /// let asyncio = event_loop.handle();
    /// let never = Event::new(&asyncio);
    /// let waited = event_loop.run_until_complete(asyncio.timeout_ms(50, never.wait()))?;
    /// assert_eq!((waited, asyncio.now_us()), (Err(TimedOut), 50_000));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancellation
    /// Rust: dropping it drops the future, as the end of its time does, and forgets the deadline.
    /// Python: `CancelledError` is passed on into the awaited; at the end of the time it is what stops the awaited.
    pub fn timeout_ms<F: Future>(&self, ms: u64, future: F) -> Timeout<'_, F, P> {
        Timeout { future, sleep: self.sleep_ms(ms) }
    }

    /// As [`timeout_ms`](Self::timeout_ms), in microseconds.
    ///
    /// # Cancellation
    /// Rust: dropping it drops the future, as the end of its time does, and forgets the deadline.
    /// Python: has no such timeout; `wait_for_ms` behaves alike.
    pub fn timeout_us<F: Future>(&self, us: u64, future: F) -> Timeout<'_, F, P> {
        Timeout { future, sleep: self.sleep_us(us) }
    }
}

impl<F: Future, P: Parts> Future for Timeout<'_, F, P> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        this.sleep.poll(cx).map(|()| Err(TimedOut))
    }
}
