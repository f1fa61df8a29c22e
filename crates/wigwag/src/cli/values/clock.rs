//! `--clock real`, `--clock virtual`, `--clock 10x`.

use std::fmt;

use wigwag_host::clock::Speed;

use crate::cli::options::ClockChoice;
use crate::cli::suggest::{DidYouMean, nearest};

const NAMES: [&str; 2] = ["real", "virtual"];

/// There is no such clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ClockError {
    /// Neither a name nor a pace.
    Unknown {
        text: String,
        meant: Option<String>,
    },
    StandsStill,
    TooFast,
    TooFine,
}

impl fmt::Display for ClockError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClockError::Unknown { text, meant } => {
                write!(out, "unknown clock '{text}'{}", DidYouMean(meant.as_deref()))?;
                out.write_str(" (there are: real, virtual, and a pace such as 10x or 0.5x)")
            }
            ClockError::StandsStill => out.write_str("a clock at this pace stands still"),
            ClockError::TooFast => write!(out, "too fast: at most {}x", u32::MAX / 1000),
            ClockError::TooFine => out.write_str("a pace has at most three decimals"),
        }
    }
}

impl std::error::Error for ClockError {}

pub(in crate::cli) fn parse_clock(text: &str) -> Result<ClockChoice, ClockError> {
    match text {
        "real" => return Ok(ClockChoice::Real),
        "virtual" => return Ok(ClockChoice::Virtual),
        _ => {}
    }
    let pace = text.strip_suffix('x').filter(|pace| is_number(pace));
    let Some(pace) = pace else {
        return Err(ClockError::Unknown { text: text.into(), meant: meant(text) });
    };
    let (whole, decimals) = pace.split_once('.').unwrap_or((pace, ""));
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 3 {
        return Err(ClockError::TooFine);
    }
    // Thousandths: the whole number followed by three decimals.
    let thousandths = format!("{whole}{decimals:0<3}").parse::<u32>().map_err(|_| ClockError::TooFast)?;
    Speed::from_thousandths(thousandths).map(ClockChoice::Scaled).ok_or(ClockError::StandsStill)
}

/// Digits, perhaps with a point between them.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').map_or(digits(text), |(whole, decimals)| digits(whole) && digits(decimals))
}

fn meant(text: &str) -> Option<String> {
    let pace = text.trim().trim_matches(['x', 'X', '×', '*']);
    if is_number(pace) { Some(format!("{pace}x")) } else { nearest(text, NAMES).map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(thousandths: u32) -> Result<ClockChoice, ClockError> {
        Speed::from_thousandths(thousandths).map(ClockChoice::Scaled).ok_or(ClockError::StandsStill)
    }

    #[test]
    fn clocks() {
        assert_eq!(parse_clock("real"), Ok(ClockChoice::Real));
        assert_eq!(parse_clock("virtual"), Ok(ClockChoice::Virtual));
        assert_eq!(parse_clock("10x"), scaled(10_000));
        assert_eq!(parse_clock("0.5x"), scaled(500));
        assert_eq!(parse_clock("1.2500x"), scaled(1250));
        assert_eq!(parse_clock("0.001x"), scaled(1));
        assert_eq!(parse_clock("4294967x"), scaled(4_294_967_000));
    }

    #[test]
    fn no_clocks() {
        assert_eq!(parse_clock("0x"), Err(ClockError::StandsStill));
        assert_eq!(parse_clock("0.000x"), Err(ClockError::StandsStill));
        assert_eq!(parse_clock("0.0001x"), Err(ClockError::TooFine));
        assert_eq!(parse_clock("4294968x"), Err(ClockError::TooFast));
        assert_eq!(parse_clock(&format!("{}x", "9".repeat(100))), Err(ClockError::TooFast));
        for (text, meant) in [
            ("vitual", Some("virtual")),
            ("Real", Some("real")),
            ("10", Some("10x")),
            ("10X", Some("10x")),
            ("x10", Some("10x")),
            ("", None),
            ("x", None),
            ("-1x", None),
            (".5x", None),
            ("5.x", None),
            ("1e3x", None),
            ("sundial", None),
        ] {
            let unknown = ClockError::Unknown { text: text.into(), meant: meant.map(Into::into) };
            assert_eq!(parse_clock(text), Err(unknown), "{text}");
        }
        assert_eq!(
            parse_clock("vitual").map_err(|error| error.to_string()),
            Err("unknown clock 'vitual'; did you mean 'virtual'? \
                 (there are: real, virtual, and a pace such as 10x or 0.5x)"
                .into())
        );
    }
}
