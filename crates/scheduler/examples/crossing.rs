//! The railroad crossing in Rust: two lights that blink alternately, each a task of its own.
//!
//! ```text
//! cargo run -p wigwag-scheduler --example crossing                  for ever, in real time
//! cargo run -p wigwag-scheduler --example crossing -- --virtual     three seconds, at once
//! ```
//!
//! One sees a line every time a light changes: at first the left one on and the right one off, then every 150 ms both
//! the other way round.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use wigwag_scheduler::{Clock, Handle, Loop, VirtualClock, Waited};

async fn blink(asyncio: Handle, name: &'static str, mut on: bool) {
    loop {
        println!("{:>6} ms  {name:<5} {}", asyncio.now_us() / 1000, if on { "on" } else { "off" });
        asyncio.sleep_ms(150).await;
        on = !on;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let at_once = std::env::args().any(|argument| argument == "--virtual");
    let clock: Box<dyn Clock> =
        if at_once { Box::new(VirtualClock::new()) } else { Box::new(RealClock::start()) };

    let event_loop = Loop::new(clock)?;
    let asyncio = event_loop.handle();
    asyncio.create_task(blink(asyncio.clone(), "left", true))?;
    asyncio.create_task(blink(asyncio.clone(), "right", false))?;
    if at_once {
        event_loop.run_until_complete(asyncio.sleep_ms(3000))?;
    } else {
        event_loop.run_forever()?;
    }
    Ok(())
}

/// Time since the start, and sleeping until then. No other thread wakes anybody here, so it has no doorbell.
struct RealClock(Instant);

impl RealClock {
    fn start() -> RealClock {
        RealClock(Instant::now())
    }
}

impl Clock for RealClock {
    fn now_us(&self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }

    fn wait(&self, until_us: Option<u64>) -> Waited {
        let Some(until) = until_us else { return Waited::Forever };
        thread::sleep(Duration::from_micros(until.saturating_sub(self.now_us())));
        Waited::LookAgain
    }
}
