//! `Flag`: how an interrupt handler or another thread tells a task that something happened.
//!
//! The primitives of [`sync`](crate::sync) belong to their loop's thread; a flag belongs to nobody. It is usually a
//! `static`. To set it takes one atomic operation, and another two if somebody waits; it never waits itself and allocates
//! nothing. A loop that is idle is woken by its [`Doorbell`](crate::Doorbell).
//!
//! It is MicroPython's `ThreadSafeFlag`, and like that it is for one waiter at a time: a second one is an error, and takes
//! nothing from the first.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::waker::Signal;

/// Something that is set from anywhere, and unset by the one who waits for it.
///
/// ```
/// use std::{thread, time::Duration};
/// use wigwag_scheduler::{Clock, Doorbell, Flag, Loop, Waited};
///
/// static PRESSED: Flag = Flag::new();
///
/// // Real time, and a bell that ends the wait.
/// struct Real(std::time::Instant, thread::Thread);
/// # impl Real {
/// #     fn bell(thread: thread::Thread) -> &'static Doorbell {
/// #         static THREAD: std::sync::OnceLock<thread::Thread> = std::sync::OnceLock::new();
/// #         static BELL: Doorbell =
/// #             Doorbell { ring: |_| THREAD.get().into_iter().for_each(thread::Thread::unpark), token: 0 };
/// #         THREAD.get_or_init(|| thread);
/// #         &BELL
/// #     }
/// # }
/// impl Clock for Real {
///     fn now_us(&self) -> u64 {
///         self.0.elapsed().as_micros() as u64
///     }
///     fn wait(&self, until_us: Option<u64>) -> Waited {
///         let left_us = until_us.unwrap_or(u64::MAX).saturating_sub(self.now_us());
///         thread::park_timeout(Duration::from_micros(left_us));
///         Waited::LookAgain
///     }
///     fn doorbell(&self) -> Option<&'static Doorbell> {
///         Some(Real::bell(self.1.clone()))
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(Real(std::time::Instant::now(), thread::current()))?;
/// thread::spawn(|| PRESSED.set());
/// event_loop.run_until_complete(PRESSED.wait())??;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Flag(Signal);

impl Flag {
    const_unless_loom! {
        /// A flag that is not set.
        pub fn new() -> Flag {
            Flag(Signal::new())
        }
    }

    /// Sets it and wakes who waits. From anywhere: any thread, any interrupt.
    pub fn set(&self) {
        self.0.set();
    }

    /// Unsets it; says whether it was set.
    pub fn clear(&self) -> bool {
        self.0.take()
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.0.is_set()
    }

    /// Waits until it is set, and unsets it. Set several times, it is set once.
    ///
    /// The result is [`AlreadyAwaited`] while somebody else waits.
    ///
    /// # Cancellation
    /// Rust: dropping it forgets that it waited; a flag that was set meanwhile stays set for the next.
    /// Python: `CancelledError` is raised at the `await`, and the flag stays set alike.
    pub fn wait(&self) -> FlagWait<'_> {
        FlagWait { flag: self, waits: false }
    }
}

impl Default for Flag {
    fn default() -> Self {
        Flag::new()
    }
}

/// Somebody else waits for the flag. (MicroPython: `RuntimeError("can't wait")`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyAwaited;

impl fmt::Display for AlreadyAwaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody else waits for the flag")
    }
}

impl core::error::Error for AlreadyAwaited {}

/// A wait; see [`Flag::wait`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct FlagWait<'a> {
    flag: &'a Flag,
    waits: bool,
}

impl FlagWait<'_> {
    fn leave(&mut self) {
        if core::mem::take(&mut self.waits) {
            self.flag.0.unclaim();
        }
    }
}

impl Future for FlagWait<'_> {
    type Output = Result<(), AlreadyAwaited>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let signal = &self.flag.0;
        if !self.waits {
            if !signal.claim() {
                return Poll::Ready(Err(AlreadyAwaited));
            }
            self.waits = true;
        }
        if !signal.poll(cx.waker()) {
            return Poll::Pending;
        }
        self.leave();
        Poll::Ready(Ok(()))
    }
}

impl Drop for FlagWait<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}
