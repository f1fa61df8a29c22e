//! Durations: `3s`, `24h`, `150ms`, `2m`, `1.5s`, `250us`.

use std::fmt;

use super::clock::is_number;
use crate::cli::suggest::{DidYouMean, nearest};

/// The units, and their microseconds.
const UNITS: [(&str, u64); 5] =
    [("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

/// What else people write, and the unit that it is.
const SYNONYMS: [(&str, &str); 16] = [
    ("µs", "us"),
    ("μs", "us"),
    ("usec", "us"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
];

/// Not a duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum DurationError {
    /// Neither number nor unit, or one of them is missing.
    Unknown { text: String, meant: Option<String> },
    /// More microseconds than can be counted: half a million years.
    TooLong,
    /// A fraction of a microsecond.
    TooFine,
}

impl fmt::Display for DurationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationError::Unknown { text, meant } => {
                write!(out, "'{text}' is no duration{}", DidYouMean(meant.as_deref()))?;
                out.write_str(" (a number and one of us, ms, s, m, h, as in 1.5s)")
            }
            DurationError::TooLong => out.write_str("longer than time is counted here"),
            DurationError::TooFine => out.write_str("time is counted in whole microseconds here"),
        }
    }
}

impl std::error::Error for DurationError {}

/// Reads a duration, in microseconds.
pub(in crate::cli) fn parse_duration_us(text: &str) -> Result<u64, DurationError> {
    let unknown = || DurationError::Unknown { text: text.into(), meant: meant(text) };
    let (number, unit) = split(text);
    let &(_, unit_us) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(unknown)?;
    if !is_number(number) {
        return Err(unknown());
    }
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let whole_us = whole.parse::<u64>().ok().and_then(|count| count.checked_mul(unit_us));
    let whole_us = whole_us.ok_or(DurationError::TooLong)?;
    whole_us.checked_add(fraction_us(decimals, unit_us)?).ok_or(DurationError::TooLong)
}

/// The microseconds of the decimals, which must come out even. More than ten places never do, for any unit,
/// so nothing is lost where the numbers end.
fn fraction_us(decimals: &str, unit_us: u64) -> Result<u64, DurationError> {
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() {
        return Ok(0);
    }
    let places = u32::try_from(decimals.len()).map_err(|_| DurationError::TooFine)?;
    let parts = decimals.parse::<u64>().map_err(|_| DurationError::TooFine)?;
    let whole = 10_u128.checked_pow(places).ok_or(DurationError::TooFine)?;
    let microseconds = u128::from(parts) * u128::from(unit_us);
    if microseconds % whole != 0 {
        return Err(DurationError::TooFine);
    }
    u64::try_from(microseconds / whole).map_err(|_| DurationError::TooLong)
}

fn split(text: &str) -> (&str, &str) {
    let end =
        text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    text.split_at(end)
}

fn meant(text: &str) -> Option<String> {
    let (number, unit) = split(text.trim());
    if !is_number(number) {
        return None;
    }
    let unit = unit.trim().to_lowercase();
    let synonym = SYNONYMS.iter().find(|(name, _)| *name == unit).map(|(_, unit)| *unit);
    let meant = match unit.as_str() {
        "" => Some("s"),
        _ => synonym.or_else(|| nearest(&unit, UNITS.map(|(name, _)| name))),
    };
    meant.map(|unit| format!("{number}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, microseconds) in [
            ("3s", 3_000_000),
            ("24h", 86_400_000_000),
            ("150ms", 150_000),
            ("2m", 120_000_000),
            ("1.5s", 1_500_000),
            ("250us", 250),
            ("0s", 0),
            ("007ms", 7_000),
            ("0.000001s", 1),
            ("1.50000000000000000000000000s", 1_500_000),
            ("0.0625m", 3_750_000),
            ("0.00000625h", 22_500),
            ("18446744073709551615us", u64::MAX),
            ("5124095576.030431h", 18_446_744_073_709_551_600),
        ] {
            assert_eq!(parse_duration_us(text), Ok(microseconds), "{text}");
        }
    }

    #[test]
    fn too_long_or_too_fine() {
        for text in [
            "18446744073709551616us",
            "18446744073709551615.0s",
            "5124095577h",
            &format!("{}s", "9".repeat(99)),
        ] {
            assert_eq!(parse_duration_us(text), Err(DurationError::TooLong), "{text}");
        }
        for text in ["0.5us", "1.0000001s", "0.00000001m", &format!("0.{}h", "3".repeat(99))] {
            assert_eq!(parse_duration_us(text), Err(DurationError::TooFine), "{text}");
        }
    }

    #[test]
    fn nonsense_and_what_was_meant() {
        for (text, meant) in [
            ("3", Some("3s")),
            ("1.5", Some("1.5s")),
            ("3sec", Some("3s")),
            ("3 s", Some("3s")),
            ("3S", Some("3s")),
            ("10min", Some("10m")),
            ("10µs", Some("10us")),
            ("24hours", Some("24h")),
            ("5ns", Some("5us")),
            ("", None),
            ("s", None),
            ("-3s", None),
            ("+3s", None),
            (".5s", None),
            ("1.s", None),
            ("1.2.3s", None),
            ("1e3s", None),
            ("1h30m", None),
            ("forever", None),
        ] {
            let unknown = DurationError::Unknown { text: text.into(), meant: meant.map(Into::into) };
            assert_eq!(parse_duration_us(text), Err(unknown), "{text}");
        }
        assert_eq!(
            parse_duration_us("3").map_err(|error| error.to_string()),
            Err("'3' is no duration; did you mean '3s'? (a number and one of us, ms, s, m, h, as in 1.5s)"
                .into())
        );
    }
}
