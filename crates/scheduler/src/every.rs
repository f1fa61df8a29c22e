//! `every_ms`: again and again, without drift.
//!
//! A loop that works and then sleeps is late by its work each time round. An [`Every`] counts its ticks from when it was
//! made. What becomes of ticks that the program was too busy for is for it to say:
//!
//! ```text
//!   period 100 ms; after the tick at 100 the program is busy until 350
//!
//!   Burst    100 ·········· 350(200) 350(300) 400 500     none is left out, those missed come at once
//!   Delay    100 ·········· 350(200)          450 550     goes on from the late one
//!   Skip     100 ·········· 350(200)          400 500     left out; back in step
//! ```

use crate::clock::Clock;
use crate::futures::{Core, Parts};

/// What becomes of ticks that were missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Late {
    /// Each of them comes, one after the other, until all are made up for: for counting.
    #[default]
    Burst,
    /// The next tick comes one period after the late one: for keeping a distance.
    Delay,
    /// They are left out; the next tick comes when it would have come anyway: for keeping in step.
    Skip,
}

/// Ticks in regular distance; see [`Core::every_ms`].
pub struct Every<'a, P: Parts> {
    core: &'a Core<P>,
    period_us: u64,
    due_us: u64,
    late: Late,
}

impl<P: Parts> Core<P> {
    /// Ticks every so many milliseconds, the first one period from now. A period of 0 counts as a microsecond.
    ///
    /// ```
    /// use wigwag_scheduler::{Late, Loop, VirtualClock};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let event_loop = Loop::new(VirtualClock::new())?;
    /// let asyncio = event_loop.handle();
    /// event_loop.run_until_complete(async {
    ///     let mut ticks = asyncio.every_ms(100, Late::Skip);
    ///     assert_eq!(ticks.next().await, 0);
    ///     asyncio.sleep_ms(250).await; // until 350
    ///     assert_eq!(ticks.next().await, 1); // that of 200, and one more was missed
    ///     assert_eq!(ticks.next().await, 0);
    ///     assert_eq!(asyncio.now_us(), 400_000);
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn every_ms(&self, period_ms: u64, late: Late) -> Every<'_, P> {
        self.every_us(period_ms.saturating_mul(1000), late)
    }

    /// As [`every_ms`](Self::every_ms), in microseconds.
    pub fn every_us(&self, period_us: u64, late: Late) -> Every<'_, P> {
        let period_us = period_us.max(1);
        let due_us = self.clock().now_us().saturating_add(period_us);
        Every { core: self, period_us, due_us, late }
    }
}

impl<P: Parts> Every<'_, P> {
    /// Waits for the next tick. The result is the lag: how many whole periods late the tick is, 0 if the program keeps
    /// up. Under [`Late::Skip`] so many ticks are left out after it, under [`Late::Burst`] so many follow at once.
    ///
    /// # Cancellation
    /// Rust: dropping it before it is ready loses nothing; the next call waits for the same tick.
    /// Python: has no such wait; a loop over `sleep_ms` drifts.
    pub async fn next(&mut self) -> u64 {
        self.core.sleep_until_us(self.due_us).await;
        let now_us = self.core.clock().now_us();
        let lag = now_us.saturating_sub(self.due_us) / self.period_us;
        let periods_us = |count: u64| self.period_us.saturating_mul(count);
        self.due_us = match self.late {
            Late::Burst => self.due_us.saturating_add(self.period_us),
            Late::Delay if lag > 0 => now_us.saturating_add(self.period_us),
            Late::Delay => self.due_us.saturating_add(self.period_us),
            Late::Skip => self.due_us.saturating_add(periods_us(lag.saturating_add(1))),
        };
        lag
    }

    /// When the next tick is due, in microseconds of the loop's clock.
    pub const fn due_us(&self) -> u64 {
        self.due_us
    }

    /// Starts over: the next tick is due one period from now.
    pub fn reset(&mut self) {
        self.due_us = self.core.clock().now_us().saturating_add(self.period_us);
    }
}
