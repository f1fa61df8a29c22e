//! What a certificate says of itself that rustls keeps to itself: how long it is valid, and its common name.
//!
//! Certificates are DER, a tree of values each with a tag and a length. Whatever cannot be read is no certificate here;
//! nothing is taken for granted, because they come from strangers.

use webpki::EndEntityCert;

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// Version and extensions have tags of their own.
const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1D, 0x11];

/// The values that are still to be read.
#[derive(Clone, Copy)]
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    /// The next value: its tag and its contents.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
                (bytes.iter().fold(0, |length, &byte| length << 8 | usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, contents))
    }

    /// The contents of the next value, which has this tag.
    fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, contents)| contents)
    }

    /// The next value's insides.
    fn enter(&mut self, wanted: u8) -> Option<Values<'a>> {
        self.expect(wanted).map(Values)
    }
}

/// What a certificate says.
#[derive(Debug, PartialEq, Eq)]
pub struct Facts {
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// Whose it is, if it says so in that form.
    common_name: Option<String>,
    /// Whether it names its owner in the other form, which takes precedence.
    pub has_alternative_names: bool,
}

impl Facts {
    /// Reads a certificate; none for what is none.
    pub fn read(der: &rustls::pki_types::CertificateDer<'_>) -> Option<Facts> {
        EndEntityCert::try_from(der).ok()?;
        let mut fields = Values(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
        let start = fields;
        if fields.next()?.0 != VERSION {
            fields = start;
        }
        fields.expect(INTEGER)?;
        fields.enter(SEQUENCE)?;
        fields.enter(SEQUENCE)?;
        let mut validity = fields.enter(SEQUENCE)?;
        let (not_before, not_after) = (time(validity.next()?)?, time(validity.next()?)?);
        let common_name = common_name(fields.enter(SEQUENCE)?);
        let mut has_alternative_names = false;
        while let Some((tag, contents)) = fields.next() {
            if tag == EXTENSIONS {
                let mut extensions = Values(contents).enter(SEQUENCE)?;
                while let Some(mut extension) = extensions.enter(SEQUENCE) {
                    has_alternative_names |= extension.expect(OBJECT_IDENTIFIER)? == ALTERNATIVE_NAMES;
                }
            }
        }
        Some(Facts { not_before, not_after, common_name, has_alternative_names })
    }

    /// Whether the common name is this one, or stands for it: `*.example.org` does for `www.example.org`.
    pub fn common_name_is(&self, name: &str) -> bool {
        let Some(common_name) = &self.common_name else { return false };
        if common_name.eq_ignore_ascii_case(name) {
            return true;
        }
        match (common_name.strip_prefix("*."), name.split_once('.')) {
            (Some(domain), Some((host, rest))) => !host.is_empty() && domain.eq_ignore_ascii_case(rest),
            _ => false,
        }
    }
}

fn common_name(mut subject: Values<'_>) -> Option<String> {
    while let Some(mut parts) = subject.enter(SET) {
        while let Some(mut part) = parts.enter(SEQUENCE) {
            if part.expect(OBJECT_IDENTIFIER)? == COMMON_NAME {
                return String::from_utf8(part.next()?.1.to_vec()).ok();
            }
        }
    }
    None
}

/// A point in time, in seconds since 1970: `YYMMDDHHMMSSZ`, with four digits for the year in the newer form.
fn time((tag, text): (u8, &[u8])) -> Option<i64> {
    let digits = text.strip_suffix(b"Z")?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2])?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4])?, &digits[4..]),
        _ => return None,
    };
    let mut parts = rest.chunks(2).map(number);
    let mut part = || parts.next().flatten();
    let (month, day, hour, minute, second) = (part()?, part()?, part()?, part()?, part()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// Days in the calendar that has always been as it is now; years begin in March, so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds() {
        assert_eq!(time((UTC_TIME, b"700101000000Z")), Some(0));
        assert_eq!(time((UTC_TIME, b"250114033500Z")), Some(1_736_825_700));
        assert_eq!(time((UTC_TIME, b"491231235959Z")), Some(2_524_607_999));
        assert_eq!(time((GENERALIZED_TIME, b"20500101000000Z")), Some(2_524_608_000));
        assert_eq!(time((GENERALIZED_TIME, b"20240229120000Z")), Some(1_709_208_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            [&b"2501140335Z"[..], b"250114033500", b"25011403350xZ", b"251314033500Z", b"250100033500Z", b""]
        {
            assert_eq!(time((UTC_TIME, text)), None);
        }
    }

    #[test]
    fn lengths_beyond_the_end_are_no_values() {
        for bytes in [&[][..], &[2], &[2, 1], &[2, 0x81], &[2, 0x84, 0, 0, 0, 1, 0], &[2, 0x80, 0, 0]] {
            assert_eq!(Values(bytes).next(), None);
        }
        assert_eq!(Values(&[2, 0x81, 1, 7]).next(), Some((2, &[7][..])));
    }

    #[test]
    fn a_star_stands_for_one_part_of_a_name() {
        let facts = |name: &str| Facts {
            not_before: 0,
            not_after: 0,
            common_name: Some(String::from(name)),
            has_alternative_names: false,
        };
        assert!(facts("example.org").common_name_is("EXAMPLE.org"));
        assert!(facts("*.example.org").common_name_is("www.example.org"));
        assert!(!facts("*.example.org").common_name_is("a.www.example.org"));
        assert!(!facts("*.example.org").common_name_is(".example.org"));
        assert!(!facts("example.org").common_name_is("www.example.org"));
    }
}
