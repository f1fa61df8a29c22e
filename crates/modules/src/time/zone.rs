//! Local time: what the clocks on the wall show where a program runs, and back.
//!
//! The platform's [`System`](crate::vfs::system::System) knows the rules of its time zone; here is only the way back,
//! which has two answers, or none, for an hour around each change. What must always hold: what
//! [`from_local`] gives is a time that some part of the zone's year would show as the one asked for.

/// How far local time is from universal time at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneTime {
    /// Seconds that local time is ahead.
    pub offset: i32,
    /// Whether this is daylight saving time.
    pub daylight: bool,
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// How far apart the moments are at which the other half of the year is looked for.
const STRIDE: i64 = 7 * DAY;
/// How often: further than a year, in both directions.
const STRIDES: i64 = 60;

/// The moment at which the clocks show some time, both in seconds since 1970. Where two moments do, or none, `daylight`
/// decides, if it is known, else the earlier of the two rules. `None` if that is out of range.
pub fn from_local(
    local: i64,
    daylight: Option<bool>,
    mut zone_at: impl FnMut(i64) -> ZoneTime,
) -> Option<i64> {
    // A day before and a day after is within reach of whatever changes at the time asked for.
    let before = zone_at(local.checked_sub(DAY)?);
    let after = zone_at(local.checked_add(DAY)?);
    let mut fitting = [before, after].into_iter().filter_map(|zone| {
        let moment = local.checked_sub(i64::from(zone.offset))?;
        let shown = zone_at(moment);
        (shown.offset == zone.offset).then_some((moment, shown.daylight))
    });
    let first = fitting.next();
    let wanted = |&(_, shown): &(i64, bool)| daylight.is_none_or(|daylight| daylight == shown);
    if let Some((moment, _)) = first.into_iter().chain(fitting).find(wanted) {
        return Some(moment);
    }
    // The clocks never show it so: the time is meant as in the part of the year that has the rule asked for.
    let other = daylight.and_then(|daylight| {
        let moments = (0..STRIDES).flat_map(|count| [-count * STRIDE, count * STRIDE]);
        let mut zones = moments.filter_map(|away| local.checked_add(away)).map(&mut zone_at);
        zones.find(|zone| zone.daylight == daylight)
    });
    match (other, first) {
        (Some(zone), _) => local.checked_sub(i64::from(zone.offset)),
        // There is no such part: it is meant as an hour away, as C's libraries take it.
        (None, Some((moment, _))) => moment.checked_add(if daylight == Some(true) { -HOUR } else { HOUR }),
        (None, None) => local.checked_sub(i64::from(before.offset)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour ahead, two between the moments 1000 days and 1200 days.
    fn zone_at(moment: i64) -> ZoneTime {
        let daylight = (1000 * DAY..1200 * DAY).contains(&moment);
        ZoneTime { offset: if daylight { 7200 } else { 3600 }, daylight }
    }

    #[test]
    fn around_the_changes() {
        let spring = 1000 * DAY + 3600;
        let autumn = 1200 * DAY + 7200;
        for (local, daylight, moment) in [
            (spring - 1, None, 1000 * DAY - 1),
            (spring + 1800, None, 1000 * DAY + 1800),
            (spring + 1800, Some(false), 1000 * DAY + 1800),
            (spring + 1800, Some(true), 1000 * DAY - 1800),
            (spring + 3600, None, 1000 * DAY),
            (autumn - 1800, None, 1200 * DAY - 1800),
            (autumn - 1800, Some(true), 1200 * DAY - 1800),
            (autumn - 1800, Some(false), 1200 * DAY + 1800),
            (autumn, None, 1200 * DAY + 3600),
            (1100 * DAY, Some(false), 1100 * DAY - 3600),
            (1300 * DAY, Some(true), 1300 * DAY - 7200),
        ] {
            assert_eq!(from_local(local, daylight, zone_at), Some(moment), "{local} {daylight:?}");
        }
    }

    #[test]
    fn without_rules() {
        assert_eq!(from_local(5, Some(false), |_| ZoneTime::default()), Some(5));
        assert_eq!(from_local(5, Some(true), |_| ZoneTime::default()), Some(5 - HOUR));
        assert_eq!(from_local(i64::MAX, None, |_| ZoneTime::default()), None);
        assert_eq!(from_local(i64::MIN, None, |_| ZoneTime::default()), None);
    }
}
