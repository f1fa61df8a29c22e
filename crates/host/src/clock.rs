//! Real time, for programs that run at real pace or at a multiple of it.
//!
//! A program's clock counts microseconds from its start and never goes back, whatever happens to the time
//! of day. What must always hold: after waiting until [`instant_of`](RealClock::instant_of) a deadline, the
//! clock reads no less than the deadline, at any speed; else a driver would spin on the last microsecond.

use std::num::NonZeroU32;
use std::time::{Duration, Instant, SystemTime};

/// How fast a program's clock runs, in thousandths of real pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(NonZeroU32);

impl Speed {
    /// A second in a second.
    pub const REAL: Speed = Speed(NonZeroU32::MIN.saturating_add(999));

    /// So many thousandths of real pace; `None` for a clock that stands still.
    pub fn from_thousandths(thousandths: u32) -> Option<Self> {
        NonZeroU32::new(thousandths).map(Speed)
    }

    /// The speed in thousandths of real pace.
    pub fn thousandths(self) -> u32 {
        self.0.get()
    }
}

/// A clock that started when it was made.
#[derive(Clone, Copy, Debug)]
pub struct RealClock {
    start: Instant,
    speed: Speed,
}

impl RealClock {
    /// Starts a clock.
    pub fn start(speed: Speed) -> Self {
        RealClock { start: Instant::now(), speed }
    }

    /// Microseconds of the program's time since the start.
    pub fn now_us(&self) -> u64 {
        self.at_us(Instant::now())
    }

    /// The program's time at an instant; zero before the start.
    pub fn at_us(&self, instant: Instant) -> u64 {
        let real_ns = instant.saturating_duration_since(self.start).as_nanos();
        let thousandths = real_ns * u128::from(self.speed.thousandths());
        match u64::try_from(thousandths) {
            // For half a year at real pace: a division of 64 bits is one instruction.
            Ok(thousandths) => thousandths / NS_THOUSANDTHS_PER_US,
            Err(_) => u64::try_from(thousandths / u128::from(NS_THOUSANDTHS_PER_US)).unwrap_or(u64::MAX),
        }
    }

    /// The first instant at which the clock reads `deadline_us` or more; `None` when that is further away
    /// than the system can say, which is as good as never.
    pub fn instant_of(&self, deadline_us: u64) -> Option<Instant> {
        let thousandths = u128::from(self.speed.thousandths());
        let real_ns = (u128::from(deadline_us) * u128::from(NS_THOUSANDTHS_PER_US)).div_ceil(thousandths);
        self.start.checked_add(Duration::from_nanos(u64::try_from(real_ns).ok()?))
    }
}

/// Thousandths of a nanosecond in a microsecond of program time.
const NS_THOUSANDTHS_PER_US: u64 = 1_000 * 1_000;

/// Nanoseconds since 1970 by the system's time of day; zero if that is set to before.
pub fn epoch_ns() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(thousandths: u32) -> RealClock {
        RealClock::start(Speed::from_thousandths(thousandths).expect("not zero"))
    }

    #[test]
    fn real_pace() {
        assert_eq!(Speed::REAL.thousandths(), 1000);
        let clock = RealClock::start(Speed::REAL);
        assert_eq!(clock.at_us(clock.start + Duration::from_millis(150)), 150_000);
        // Longer than a number of 64 bits can count in thousandths of a nanosecond.
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        assert_eq!(u128::from(clock.at_us(clock.start + year)), year.as_micros());
        assert!(clock.now_us() < 60_000_000);
    }

    #[test]
    fn scaled_pace() {
        let fast = clock(10_000);
        assert_eq!(fast.at_us(fast.start + Duration::from_secs(1)), 10_000_000);
        let slow = clock(500);
        assert_eq!(slow.at_us(slow.start + Duration::from_secs(1)), 500_000);
        assert_eq!(Speed::from_thousandths(0), None);
    }

    #[test]
    fn a_deadline_is_reached_at_its_instant_and_not_before() {
        for thousandths in [1, 3, 500, 999, 1000, 1001, 7_777, 1_000_000, u32::MAX] {
            let clock = clock(thousandths);
            for deadline in [1_u64, 2, 999, 1_000_000, 123_456_789] {
                let instant = clock.instant_of(deadline).expect("near");
                assert!(clock.at_us(instant) >= deadline, "{thousandths} {deadline}");
                let before = instant - Duration::from_nanos(1);
                assert!(clock.at_us(before) < deadline, "{thousandths} {deadline}");
            }
        }
    }

    #[test]
    fn the_ends_of_time() {
        let clock = clock(1);
        assert_eq!(clock.instant_of(u64::MAX), None);
        assert_eq!(clock.at_us(clock.start - Duration::from_secs(1)), 0);
        assert!(epoch_ns() > 1_700_000_000_000_000_000);
    }
}
