//! The time zone that a program is in: that of the variable `TZ`, else the system's.
//!
//! What must always hold: whatever `TZ` says and whatever file it names, there is an answer, universal time if nothing
//! better; and a file that it names is read only if it is a file and of reasonable size.

use std::fs::{self, File};
use std::io::Read;

use tz::TimeZone;
use tz::timezone::TimeZoneSettings;
use wigwag_modules::time::zone::ZoneTime;

/// No file of rules is as large.
const LARGEST_FILE: u64 = 1 << 20;
/// What says where the machine is.
const OF_SYSTEM: &str = "localtime";

/// The rules of one time zone, kept until another is asked for.
#[derive(Debug, Default)]
pub struct LocalZone {
    /// What `TZ` was, and what it meant; none is universal time.
    rules: Option<(Option<Vec<u8>>, Option<TimeZone>)>,
}

impl LocalZone {
    /// How far the clocks are from universal time at a moment in seconds since 1970.
    pub fn at(&mut self, variable: Option<Vec<u8>>, seconds: i64) -> ZoneTime {
        if self.rules.as_ref().is_none_or(|(known, _)| *known != variable) {
            let zone = zone_of(variable.as_deref());
            self.rules = Some((variable, zone));
        }
        let zone = self.rules.as_ref().and_then(|(_, zone)| zone.as_ref());
        match zone.map(|zone| zone.find_local_time_type(seconds)) {
            Some(Ok(kind)) => ZoneTime { offset: kind.ut_offset(), daylight: kind.is_dst() },
            _ => ZoneTime::default(),
        }
    }
}

fn zone_of(variable: Option<&[u8]>) -> Option<TimeZone> {
    let name = match variable {
        None => OF_SYSTEM,
        Some(name) => std::str::from_utf8(name).ok()?,
    };
    let settings = TimeZoneSettings::new(TimeZoneSettings::DEFAULT_DIRECTORIES, |path| {
        if !fs::metadata(path)?.is_file() {
            return Err("not a file".into());
        }
        let mut contents = Vec::new();
        File::open(path)?.take(LARGEST_FILE).read_to_end(&mut contents)?;
        Ok(contents)
    });
    settings.parse_posix_tz(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(variable: &str, seconds: i64) -> (i32, bool) {
        let ZoneTime { offset, daylight } = LocalZone::default().at(Some(variable.into()), seconds);
        (offset, daylight)
    }

    #[test]
    fn rules_in_the_variable() {
        let rules = "CET-1CEST,M3.5.0,M10.5.0/3";
        assert_eq!(at(rules, 1_269_737_999), (3600, false));
        assert_eq!(at(rules, 1_269_738_000), (7200, true));
        assert_eq!(at("EST5", 0), (-18_000, false));
    }

    #[test]
    fn whatever_it_says_there_is_an_answer() {
        let odd = [
            "",
            ":",
            "/",
            "nope/nope",
            "/dev/zero",
            "/etc/passwd",
            "../../../etc",
            "A",
            "CET-99999999999",
            "\0",
        ];
        for variable in odd {
            for seconds in [0, i64::MIN, i64::MAX] {
                assert_eq!(at(variable, seconds), (0, false), "{variable:?}");
            }
        }
        assert_eq!(LocalZone::default().at(Some(vec![0xff]), 0), ZoneTime::default());
        at("CET-1CEST,M3.5.0,M10.5.0/3", i64::MIN);
        at("CET-1CEST,M3.5.0,M10.5.0/3", i64::MAX);
    }
}
