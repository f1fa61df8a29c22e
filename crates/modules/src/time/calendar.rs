//! Dates: from seconds to years, months and days, and back. The Gregorian calendar reaches both ways without end;
//! there are no time zones and no leap seconds.

/// A day's seconds.
const DAY: i64 = 86_400;

/// Days from 1 January 1970 to 1 January 2000.
pub const DAYS_TO_2000: i64 = 10_957;

/// A point in time, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year, such as 2000.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// Monday is 0.
    pub weekday: i64,
    /// 1 January is 1.
    pub day_of_year: i64,
}

/// Days from 1 January 1970 to the first of a month. Years are counted from March, so that the leap day is the last, and
/// in eras of 400 years, which are all equally long.
fn days_to_month(year: i128, month: i128) -> i128 {
    let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
    let year = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Seconds since 1970 to a date.
pub fn date(seconds: i64) -> Date {
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let from_march_0 = days + 719_468;
    let (era, day_of_era) = (from_march_0.div_euclid(146_097), from_march_0.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_from_march + 2) / 153;
    let day = day_from_march - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let day_of_year = i128::from(days) - days_to_month(i128::from(year), 1) + 1;
    Date {
        year,
        month,
        day,
        hour: rest / 3600,
        minute: rest / 60 % 60,
        second: rest % 60,
        // 1 January 1970 was a Thursday.
        weekday: (days + 3).rem_euclid(7),
        day_of_year: day_of_year as i64,
    }
}

/// The fields year, month, day, hour, minute, second to seconds since 1970. Fields may be out of their range: the 32nd
/// of January is the first of February. `None` where the result is beyond 64 bits.
pub fn seconds([year, month, day, hour, minute, second]: [i64; 6]) -> Option<i64> {
    let days = days_to_month(i128::from(year), i128::from(month)) + i128::from(day) - 1;
    let time = i128::from(hour) * 3600 + i128::from(minute) * 60 + i128::from(second);
    i64::try_from(days * i128::from(DAY) + time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for moment in
            [0, -1, 951_782_400, 1_700_000_000, -62_135_596_800, 253_402_300_799, i64::MAX, i64::MIN]
        {
            let date = date(moment);
            let fields = [date.year, date.month, date.day, date.hour, date.minute, date.second];
            assert_eq!(seconds(fields), Some(moment), "{date:?}");
        }
    }

    #[test]
    fn known_days() {
        let leap_day = date(951_782_400);
        assert_eq!((leap_day.year, leap_day.month, leap_day.day), (2000, 2, 29));
        assert_eq!((leap_day.weekday, leap_day.day_of_year), (1, 60));
        assert_eq!(date(DAYS_TO_2000 * DAY).year, 2000);
        assert_eq!(seconds([2023, 14, 14, 22, 13, 20]), Some(1_707_948_800));
        assert_eq!(seconds([i64::MAX, 1, 1, 0, 0, 0]), None);
    }
}
