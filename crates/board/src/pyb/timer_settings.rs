//! How a hardware timer is set: a clock divided by a prescaler, and a counter that turns round at a period.
//!
//! The searches for a prescaler and a period are those of the boards, to the number: programs print what they find.

use super::timer::Width;

/// The largest divisor that a prescaler can be.
const LARGEST_DIVISOR: u32 = 0x1_0000;

/// Why no prescaler and period were found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// A frequency that is none.
    NotPositive,
    /// The counter is too short for it.
    FrequencyTooSmall,
    /// The same, of a period.
    PeriodTooLarge,
}

impl Unfit {
    /// What a program is told.
    pub fn text(self) -> &'static str {
        match self {
            Unfit::NotPositive => "must have positive freq",
            Unfit::FrequencyTooSmall => "freq too small",
            Unfit::PeriodTooLarge => "period too large",
        }
    }
}

/// A prescaler and a period, as the registers hold them: each one less than what it divides by.
pub type Divisors = (u32, u32);

/// For a whole frequency.
pub fn by_frequency(source_hz: u32, width: Width, hertz: i64) -> Result<Divisors, Unfit> {
    let hertz = u64::try_from(hertz).ok().filter(|&hertz| hertz > 0).ok_or(Unfit::NotPositive)?;
    fit_frequency(width, 1, (u64::from(source_hz) / hertz) as u32)
}

/// For any frequency.
pub fn by_real_frequency(source_hz: u32, width: Width, hertz: f64) -> Result<Divisors, Unfit> {
    let mut hertz = hertz as f32;
    if hertz.is_nan() || hertz <= 0.0 {
        return Err(Unfit::NotPositive);
    }
    let mut divisor = 1;
    while hertz < 1.0 && divisor < 6553 {
        divisor *= 10;
        hertz *= 10.0;
    }
    fit_frequency(width, divisor, (source_hz as f32 / hertz) as u32)
}

fn fit_frequency(width: Width, mut divisor: u32, period: u32) -> Result<Divisors, Unfit> {
    let mut period = period.max(1);
    while period > width.mask() {
        if period.is_multiple_of(5) && divisor * 5 <= LARGEST_DIVISOR {
            divisor *= 5;
            period /= 5;
        } else if period.is_multiple_of(3) && divisor * 3 <= LARGEST_DIVISOR {
            divisor *= 3;
            period /= 3;
        } else if divisor * 2 <= LARGEST_DIVISOR {
            divisor *= 2;
            period /= 2;
        } else if divisor < LARGEST_DIVISOR {
            period = (u64::from(period) * u64::from(divisor) / u64::from(LARGEST_DIVISOR)) as u32;
            divisor = LARGEST_DIVISOR;
        } else {
            return Err(Unfit::FrequencyTooSmall);
        }
    }
    Ok(((divisor - 1) & 0xffff, (period - 1) & width.mask()))
}

/// For a period of so many parts of a second.
pub fn by_period(source_hz: u32, width: Width, count: i64, parts: i64) -> Result<Divisors, Unfit> {
    let positive = |number: i64| i32::try_from(number).ok().filter(|&number| number > 0);
    let (Some(count), Some(parts)) = (positive(count), positive(parts)) else {
        return Err(Unfit::NotPositive);
    };
    // The largest clock and the largest count have a product below 2^63.
    let mut period = u64::from(source_hz) * count as u64 / parts as u64;
    let mut divisor: u64 = 1;
    while period > u64::from(width.mask()) {
        if divisor <= 13107 && period.is_multiple_of(5) {
            divisor *= 5;
            period /= 5;
        } else if divisor <= 21845 && period.is_multiple_of(3) {
            divisor *= 3;
            period /= 3;
        } else {
            let last_bit = period & 1;
            divisor *= 2;
            period /= 2;
            if period < divisor {
                // Rounds the division up.
                divisor |= last_bit;
            }
            if divisor > u64::from(LARGEST_DIVISOR) {
                return Err(Unfit::PeriodTooLarge);
            }
        }
    }
    Ok(((divisor as u32 - 1) & 0xffff, (period as u32).wrapping_sub(1) & width.mask()))
}

/// Dead time as the eight bits of its register hold it: coarser the longer it is.
pub fn dead_time(ticks: i64) -> u32 {
    match ticks {
        ..1 => 0,
        1..128 => ticks as u32,
        128..256 => 0x80 | ((ticks - 128) / 2) as u32,
        256..512 => 0xC0 | ((ticks - 256) / 8) as u32,
        512..1008 => 0xE0 | ((ticks - 512) / 16) as u32,
        _ => 0xFF,
    }
}

/// The dead time that such a register stands for.
pub fn dead_ticks(register: u32) -> u32 {
    match register {
        0..0x80 => register,
        0x80..0xC0 => 128 + (register & 0x3F) * 2,
        0xC0..0xE0 => 256 + (register & 0x1F) * 8,
        _ => 512 + (register & 0x1F) * 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: u32 = 84_000_000;

    #[test]
    fn a_frequency_that_divides_exactly_is_met() {
        for (hertz, width) in
            [(100, Width::Short), (100, Width::Long), (3, Width::Short), (50_000, Width::Short)]
        {
            let (prescaler, period) = by_frequency(SLOW, width, hertz).unwrap();
            assert_eq!(u64::from(prescaler + 1) * u64::from(period + 1) * hertz as u64, u64::from(SLOW));
        }
    }

    #[test]
    fn ends() {
        assert_eq!(by_frequency(SLOW, Width::Short, 0), Err(Unfit::NotPositive));
        assert_eq!(by_real_frequency(SLOW, Width::Short, f64::NAN), Err(Unfit::NotPositive));
        assert_eq!(by_real_frequency(SLOW, Width::Short, 1e-6), Err(Unfit::FrequencyTooSmall));
        assert_eq!(by_frequency(SLOW, Width::Short, i64::MAX), Ok((0, 0)));
        assert_eq!(by_period(SLOW, Width::Short, 1 << 30, 1), Err(Unfit::PeriodTooLarge));
    }

    #[test]
    fn a_period_is_met() {
        let (prescaler, period) = by_period(SLOW, Width::Short, 500, 1000).unwrap();
        assert_eq!(u64::from(prescaler + 1) * u64::from(period + 1), u64::from(SLOW) / 2);
    }

    #[test]
    fn dead_time_is_coarser_the_longer_it_is() {
        for (ticks, kept) in [(0, 0), (100, 100), (129, 128), (300, 296), (1000, 992), (5000, 1008)] {
            assert_eq!(dead_ticks(dead_time(ticks)), kept);
        }
    }
}
