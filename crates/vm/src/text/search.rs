//! Searching, splitting, stripping and replacing, for `str` and `bytes` alike.
//!
//! Everything works on bytes and answers byte ranges: in UTF-8 the pattern of one text is found in another only
//! where characters begin, so a range cuts no character of a `str`. Where a `str` differs (an empty pattern matches
//! between characters, `strip` takes a set of characters) there are two functions. The caller turns ranges into
//! objects, and positions into character indices with [`super::index`].
//!
//! Searches are linear in the text, whatever the pattern.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::memmem;

use super::FormatError;
use super::classes::is_space;
use super::sink::{Bounded, Sink};

/// What an empty separator comes to, in `split`, `rsplit`, `partition` and `rpartition`.
pub fn empty_separator() -> FormatError {
    FormatError::Value("empty separator".into())
}

/// What `index` and `rindex` come to where `find` and `rfind` find nothing.
pub fn substring_not_found() -> FormatError {
    FormatError::Value("substring not found".into())
}

/// Which occurrence to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The first: `find`, `index`, `partition`.
    First,
    /// The last: `rfind`, `rindex`, `rpartition`.
    Last,
}

/// Where `needle` begins in `haystack`.
pub fn find(haystack: &[u8], needle: &[u8], direction: Direction) -> Option<usize> {
    match (direction, needle) {
        (Direction::First, [byte]) => memchr::memchr(*byte, haystack),
        (Direction::First, _) => memmem::find(haystack, needle),
        (Direction::Last, _) => memmem::rfind(haystack, needle),
    }
}

/// `bytes.count(needle)`: how often `needle` occurs without overlap. An empty one occurs before, between and after
/// what `utf8` says the units are: characters, or bytes. (Upstream counts characters in `bytes` too.)
pub fn count(haystack: &[u8], needle: &[u8], utf8: bool) -> usize {
    if needle.is_empty() {
        return 1 + if utf8 {
            haystack.iter().filter(|byte| !is_continuation(**byte)).count()
        } else {
            haystack.len()
        };
    }
    memmem::find_iter(haystack, needle).count()
}

/// `text.replace(old, new, most)`, or `None` where nothing is replaced. With an empty `old`, `new` goes before,
/// between and after characters or bytes, as `utf8` says. `Memory` beyond `max_len`.
pub fn replace(
    text: &[u8],
    old: &[u8],
    new: &[u8],
    most: Option<usize>,
    utf8: bool,
    max_len: usize,
) -> Result<Option<Vec<u8>>, FormatError> {
    let most = most.unwrap_or(usize::MAX);
    let mut out = Vec::new();
    let mut sink = Bounded::new(&mut out, max_len);
    let mut done = 0;
    let mut copied = 0;
    let mut replace_at = |range: Range<usize>| -> Result<(), FormatError> {
        sink.push_bytes(text.get(copied..range.start).unwrap_or_default())?;
        copied = range.end;
        sink.push_bytes(new)
    };
    if old.is_empty() {
        let starts = (0..=text.len())
            .filter(|start| !utf8 || text.get(*start).is_none_or(|byte| !is_continuation(*byte)));
        for start in starts.take(most) {
            replace_at(start..start)?;
            done += 1;
        }
    } else {
        for start in memmem::find_iter(text, old).take(most) {
            replace_at(start..start + old.len())?;
            done += 1;
        }
    }
    if done == 0 {
        return Ok(None);
    }
    sink.push_bytes(text.get(copied..).unwrap_or_default())?;
    Ok(Some(out))
}

/// `text.split(separator, most)`: the pieces as ranges, from left to right. The separator must not be empty.
pub fn split<'a>(
    text: &'a [u8],
    separator: &'a [u8],
    most: Option<usize>,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut left = most.unwrap_or(usize::MAX);
    let mut next = Some(0);
    core::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..)?;
        let found = if left == 0 { None } else { find(rest, separator, Direction::First) };
        left = left.saturating_sub(1);
        // An empty separator would be found at the same place for ever.
        next = found.map(|length| start + length + separator.len()).filter(|next| *next > start);
        Some(start..start + found.unwrap_or(rest.len()))
    })
}

/// `text.rsplit(separator, most)`: the pieces as ranges, from right to left. The separator must not be empty.
pub fn rsplit<'a>(
    text: &'a [u8],
    separator: &'a [u8],
    most: Option<usize>,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut left = most.unwrap_or(usize::MAX);
    let mut next = Some(text.len());
    core::iter::from_fn(move || {
        let end = next?;
        let found = if left == 0 { None } else { find(text.get(..end)?, separator, Direction::Last) };
        left = left.saturating_sub(1);
        next = found.filter(|start| *start < end);
        Some(found.map_or(0, |start| start + separator.len())..end)
    })
}

/// `text.split(None, most)`: the words between whitespace, as ranges, from left to right. After `most` splits the
/// rest follows with its whitespace at the end.
pub fn split_whitespace(text: &[u8], most: Option<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut left = most.unwrap_or(usize::MAX);
    let mut position = 0;
    core::iter::from_fn(move || {
        let skip = |from: usize, space: bool| {
            text.iter()
                .skip(from)
                .position(|byte| is_space(*byte) != space)
                .map_or(text.len(), |length| from + length)
        };
        let start = skip(position, true);
        if start == text.len() {
            return None;
        }
        let end = if left == 0 { text.len() } else { skip(start, false) };
        left = left.saturating_sub(1);
        position = end;
        Some(start..end)
    })
}

/// `text.splitlines(keepends)`: the lines as ranges. They end with a newline, a carriage return, or both.
pub fn split_lines(text: &[u8], keep_ends: bool) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    core::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let end = start + length;
        let ending = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        let line = start..end + if keep_ends { ending } else { 0 };
        start = end + ending;
        Some(line)
    })
}

/// From which ends to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
    /// `strip`
    Both,
}

/// What `bytes.strip(set)` leaves, as a range; `None` is whitespace.
pub fn strip_bytes(text: &[u8], set: Option<&[u8]>, ends: Ends) -> Range<usize> {
    let strips = |byte: &u8| match set {
        Some(set) => set.contains(byte),
        None => is_space(*byte),
    };
    let mut range = 0..text.len();
    if ends != Ends::Right {
        range.start = text.iter().position(|byte| !strips(byte)).unwrap_or(text.len());
    }
    if ends != Ends::Left {
        range.end = text.iter().rposition(|byte| !strips(byte)).map_or(range.start, |last| last + 1);
    }
    range.end = range.end.max(range.start);
    range
}

/// What `str.strip(set)` leaves, as a range; `None` is whitespace. The set is one of characters.
pub fn strip_str(text: &str, set: Option<&str>, ends: Ends) -> Range<usize> {
    let Some(set) = set.filter(|set| !set.is_ascii()) else {
        return strip_bytes(text.as_bytes(), set.map(str::as_bytes), ends);
    };
    let strips = |character: char| set.contains(character);
    let from_left = if ends == Ends::Right { text } else { text.trim_start_matches(strips) };
    let start = text.len() - from_left.len();
    let kept = if ends == Ends::Left { from_left } else { from_left.trim_end_matches(strips) };
    start..start + kept.len()
}

/// How many spaces go before and after a text of `length` characters in `text.center(width)`.
pub fn center(length: usize, width: usize) -> (usize, usize) {
    let missing = width.saturating_sub(length);
    // The odd one goes to the left where the width is odd, as in CPython.
    let left = missing / 2 + (missing & width & 1);
    (left, missing - left)
}

/// `text.upper()` or `text.lower()`: only ASCII letters have case. `Memory` if the allocator refuses.
pub fn change_case(text: &[u8], upper: bool) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    Bounded::new(&mut out, usize::MAX).push_bytes(text)?;
    if upper {
        out.make_ascii_uppercase();
    } else {
        out.make_ascii_lowercase();
    }
    Ok(out)
}

/// Whether a byte goes on with a character that an earlier one began.
pub(crate) fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    /// Pieces in one line, with bars between them.
    fn show(text: &str, pieces: impl Iterator<Item = Range<usize>>) -> String {
        pieces.map(|range| &text[range]).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn finding() {
        let cases = [
            ("abcabc", "bc", Some(1), Some(4)),
            ("abcabc", "c", Some(2), Some(5)),
            ("abc", "x", None, None),
            ("abc", "", Some(0), Some(3)),
            ("", "", Some(0), Some(0)),
            ("", "a", None, None),
            ("é€", "€", Some(2), Some(2)),
        ];
        for (text, needle, first, last) in cases {
            let (text, needle) = (text.as_bytes(), needle.as_bytes());
            assert_eq!(find(text, needle, Direction::First), first);
            assert_eq!(find(text, needle, Direction::Last), last);
        }
    }

    #[test]
    fn counting() {
        let cases =
            [("aaaa", "aa", 2), ("abc", "", 4), ("", "", 1), ("é€", "", 3), ("éé", "é", 2), ("abc", "d", 0)];
        for (text, needle, expected) in cases {
            assert_eq!(count(text.as_bytes(), needle.as_bytes(), true), expected, "{text:?} {needle:?}");
        }
        assert_eq!(count("é".as_bytes(), b"", false), 3);
    }

    #[test]
    fn replacing() {
        let cases = [
            ("aXbXc", "X", "--", None, Some("a--b--c")),
            ("aXbXc", "X", "", Some(1), Some("abXc")),
            ("aXbXc", "X", "y", Some(0), None),
            ("abc", "d", "e", None, None),
            ("abc", "abcd", "e", None, None),
            ("ab", "", "-", None, Some("-a-b-")),
            ("ab", "", "-", Some(1), Some("-ab")),
            ("ab", "", "-", Some(2), Some("-a-b")),
            ("", "", "-", None, Some("-")),
            ("é€", "", "-", None, Some("-é-€-")),
            ("aaa", "aa", "b", None, Some("ba")),
        ];
        for (text, old, new, most, expected) in cases {
            let replaced = replace(text.as_bytes(), old.as_bytes(), new.as_bytes(), most, true, 100);
            assert_eq!(
                replaced,
                Ok(expected.map(|text| text.as_bytes().to_vec())),
                "{text:?}.replace({old:?}, {new:?})"
            );
        }
        assert_eq!(replace(&[b'a'; 100], b"a", &[b'b'; 100], None, true, 9_999), Err(FormatError::Memory));
    }

    #[test]
    fn splitting() {
        let cases = [
            ("a,b,c", ",", None, "a|b|c", "c|b|a"),
            ("a,b,c", ",", Some(1), "a|b,c", "c|a,b"),
            ("a,b,c", ",", Some(0), "a,b,c", "a,b,c"),
            (",a,", ",", None, "|a|", "|a|"),
            ("", ",", None, "", ""),
            ("abc", "abc", None, "|", "|"),
            ("abcabc", "abc", Some(1), "|abc", "|abc"),
            ("aaa", "aa", None, "|a", "|a"),
            ("aéb", "é", None, "a|b", "b|a"),
            ("abc", "", None, "", "abc|"),
        ];
        for (text, separator, most, forwards, backwards) in cases {
            assert_eq!(show(text, split(text.as_bytes(), separator.as_bytes(), most)), forwards, "{text:?}");
            if !separator.is_empty() {
                assert_eq!(
                    show(text, rsplit(text.as_bytes(), separator.as_bytes(), most)),
                    backwards,
                    "{text:?}"
                );
            }
        }
        // An empty separator is the caller's error; it must not hang.
        assert_eq!(split(b"abc", b"", None).count(), 1);
        assert!(rsplit(b"abc", b"", None).take(10).count() < 10);
    }

    #[test]
    fn splitting_at_whitespace() {
        let cases = [
            ("  a b\t\nc ", None, "a|b|c"),
            ("  a b  c ", Some(1), "a|b  c "),
            ("  a b ", Some(0), "a b "),
            ("a", Some(5), "a"),
            ("", None, ""),
            ("   ", Some(1), ""),
            ("a b ", Some(2), "a|b"),
        ];
        for (text, most, expected) in cases {
            assert_eq!(show(text, split_whitespace(text.as_bytes(), most)), expected, "{text:?}");
        }
    }

    #[test]
    fn splitting_lines() {
        let cases = [
            ("", "", ""),
            ("a", "a", "a"),
            ("a\nb\r\nc\rd", "a|b|c|d", "a\n|b\r\n|c\r|d"),
            ("a\n", "a", "a\n"),
            ("\n\n", "|", "\n|\n"),
            ("\n\r", "|", "\n|\r"),
        ];
        for (text, without, with) in cases {
            assert_eq!(show(text, split_lines(text.as_bytes(), false)), without, "{text:?}");
            assert_eq!(show(text, split_lines(text.as_bytes(), true)), with, "{text:?}");
        }
    }

    #[test]
    fn stripping() {
        let cases = [
            (" \x0ba ", None, "a ", " \x0ba", "a"),
            ("xxaxx", Some("x"), "axx", "xxa", "a"),
            ("xyx", Some("xy"), "", "", ""),
            ("abc", Some(""), "abc", "abc", "abc"),
            ("", None, "", "", ""),
            ("   ", None, "", "", ""),
            ("éaè", Some("é"), "aè", "éaè", "aè"),
            ("éé", Some("é"), "", "", ""),
        ];
        for (text, set, left, right, both) in cases {
            for (ends, expected) in [(Ends::Left, left), (Ends::Right, right), (Ends::Both, both)] {
                assert_eq!(&text[strip_str(text, set, ends)], expected, "{text:?} {set:?} {ends:?}");
            }
        }
    }

    #[test]
    fn cases_and_centers() {
        assert_eq!(change_case("aBé1".as_bytes(), true), Ok("ABé1".as_bytes().to_vec()));
        assert_eq!(change_case("aBÉ1".as_bytes(), false), Ok("abÉ1".as_bytes().to_vec()));
        assert_eq!(center(3, 6), (1, 2));
        assert_eq!(center(3, 2), (0, 0));
    }
}
