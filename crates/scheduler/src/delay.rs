//! A loop as the delay that drivers ask for (feature `embedded-hal-async`).
//!
//! A driver that waits for its device lets everybody else run meanwhile. Delays are rounded up to whole microseconds.
//!
//! ```
//! use embedded_hal_async::delay::DelayNs;
//! use wigwag_scheduler::{Loop, VirtualClock};
//!
//! /// What a driver looks like: it knows no loop.
//! async fn reset(delay: &mut impl DelayNs) {
//!     delay.delay_ms(2).await;
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let event_loop = Loop::new(VirtualClock::new())?;
//! let mut asyncio = event_loop.handle();
//! event_loop.run_until_complete(reset(&mut asyncio))?;
//! assert_eq!(asyncio.now_us(), 2000);
//! # Ok(())
//! # }
//! ```

use embedded_hal_async::delay::DelayNs;

use crate::futures::{Core, Parts};

/// Without `alloc` it is a reference to the core.
impl<P: Parts> DelayNs for &Core<P> {
    async fn delay_ns(&mut self, ns: u32) {
        self.sleep_us(ns.div_ceil(1000).into()).await;
    }

    async fn delay_us(&mut self, us: u32) {
        self.sleep_us(us.into()).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.sleep_ms(ms.into()).await;
    }
}

#[cfg(feature = "alloc")]
impl<H: crate::hooks::Hooks> DelayNs for crate::event_loop::Handle<H> {
    async fn delay_ns(&mut self, ns: u32) {
        self.sleep_us(ns.div_ceil(1000).into()).await;
    }

    async fn delay_us(&mut self, us: u32) {
        self.sleep_us(us.into()).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.sleep_ms(ms.into()).await;
    }
}
