//! Characters of a `str` by number: between character indices and byte offsets, and slices.
//!
//! Where the text is known to be ASCII the two are the same and everything is O(1); otherwise a walk over the text
//! finds them, from whichever end the index counts. `ascii` says that it is known; false is always right.

use alloc::string::String;
use core::ops::Range;

use super::FormatError;
use super::search::is_continuation;
use super::sink::{Bounded, Sink};

/// `len(text)`. O(n), but many bytes at a time.
pub fn char_count(text: &str) -> usize {
    text.chars().count()
}

/// The number of the character that begins at a byte offset: what `find` answers. O(n).
pub fn char_index(text: &str, ascii: bool, offset: usize) -> usize {
    if ascii {
        return offset.min(text.len());
    }
    text.as_bytes().iter().take(offset).filter(|byte| !is_continuation(**byte)).count()
}

/// The byte offset of a character by its number, from the end where it is negative, clamped to the text as slices
/// and search bounds are. O(index) unless ASCII.
pub fn byte_offset(text: &str, ascii: bool, index: i64) -> usize {
    let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    match (ascii, index < 0) {
        (true, false) => distance.min(text.len()),
        (true, true) => text.len().saturating_sub(distance),
        (false, false) => text.char_indices().nth(distance).map_or(text.len(), |(offset, _)| offset),
        (false, true) => text.char_indices().rev().nth(distance - 1).map_or(0, |(offset, _)| offset),
    }
}

/// `text[index]`, or `None` out of range. O(index) unless ASCII.
pub fn char_at(text: &str, ascii: bool, index: i64) -> Option<char> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if ascii {
        let offset = if index < 0 { text.len().checked_sub(distance)? } else { distance };
        return text.as_bytes().get(offset).map(|byte| char::from(*byte));
    }
    if index < 0 { text.chars().rev().nth(distance - 1) } else { text.chars().nth(distance) }
}

/// What `text[index]` comes to out of range.
pub fn index_out_of_range() -> FormatError {
    FormatError::Index("string index out of range".into())
}

/// What a slice with another step than one comes to, of `str` and `bytes`.
pub fn step_not_supported() -> FormatError {
    FormatError::NotImplemented("only slices with step=1 (aka None) are supported".into())
}

/// `text[start:stop]` as a range of bytes. O(start + stop) unless ASCII.
pub fn slice_range(text: &str, ascii: bool, start: Option<i64>, stop: Option<i64>) -> Range<usize> {
    let start = start.map_or(0, |start| byte_offset(text, ascii, start));
    let stop = stop.map_or(text.len(), |stop| byte_offset(text, ascii, stop));
    start..stop.max(start)
}

/// The positions that a slice takes of a sequence, in the order in which it takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first position; with a negative step it may be -1, for none.
    pub start: i64,
    /// The position at which it stops, without taking it; -1 for before the first.
    pub stop: i64,
    /// From one position to the next; not zero.
    pub step: i64,
}

impl Slice {
    /// `slice(start, stop, step).indices(length)`. O(1).
    pub fn resolve(
        length: usize,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Slice, FormatError> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(FormatError::Value("slice step can't be zero".into()));
        }
        let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
        let clamp = |bound: i64| {
            let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
            bound.clamp(lowest, highest)
        };
        let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
        Ok(Slice { start: start.map_or(first, clamp), stop: stop.map_or(last, clamp), step })
    }

    /// How many positions there are. O(1).
    pub fn len(self) -> usize {
        let distance = if self.step > 0 { self.stop - self.start } else { self.start - self.stop };
        let step = self.step.unsigned_abs().max(1);
        u64::try_from(distance)
            .ok()
            .and_then(|distance| usize::try_from(distance.div_ceil(step)).ok())
            .unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter_map(move |count| {
            let offset = i64::try_from(count).ok()?.checked_mul(self.step)?;
            usize::try_from(self.start.checked_add(offset)?).ok()
        })
    }
}

/// The characters of a text at the positions of a slice, appended to `out`. O(n) in the whole text, for it is walked
/// once in the direction of the step. `Memory` beyond `max_len`.
pub fn slice_with_step(
    text: &str,
    slice: Slice,
    out: &mut String,
    max_len: usize,
) -> Result<(), FormatError> {
    let mut sink = Bounded::new(out, max_len);
    let Ok(start) = usize::try_from(slice.start) else { return Ok(()) };
    let step = usize::try_from(slice.step.unsigned_abs()).unwrap_or(usize::MAX).max(1);
    let mut push_all = |characters: &mut dyn Iterator<Item = char>| {
        characters.step_by(step).take(slice.len()).try_for_each(|character| sink.push(character))
    };
    if slice.step > 0 {
        push_all(&mut text.chars().skip(start))
    } else {
        // Up to and with the first character, backwards from there.
        let end = byte_offset(text, false, i64::try_from(start).unwrap_or(i64::MAX).saturating_add(1));
        push_all(&mut text.get(..end).unwrap_or(text).chars().rev())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn offsets_and_indices() {
        let text = "aé€😀z";
        let offsets = [0, 1, 3, 6, 10];
        for (index, offset) in offsets.iter().enumerate() {
            assert_eq!(byte_offset(text, false, index as i64), *offset);
            assert_eq!(byte_offset(text, false, index as i64 - 5), *offset);
            assert_eq!(char_index(text, false, *offset), index);
        }
        for far in [5, 6, i64::MAX] {
            assert_eq!(byte_offset(text, false, far), text.len());
        }
        for far in [-6, -7, i64::MIN] {
            assert_eq!(byte_offset(text, false, far), 0);
        }
        for index in [-9, -3, -1, 0, 1, 3, 9, i64::MAX, i64::MIN] {
            assert_eq!(byte_offset("abc", true, index), byte_offset("abc", false, index), "{index}");
            assert_eq!(char_at("abc", true, index), char_at("abc", false, index), "{index}");
        }
        assert_eq!(char_count(text), 5);
        assert_eq!(char_at(text, false, 2), Some('€'));
        assert_eq!(char_at(text, false, -2), Some('😀'));
        assert_eq!(char_at(text, false, 5), None);
        assert_eq!(char_at(text, false, -6), None);
        assert_eq!(char_at("", true, 0), None);
    }

    #[test]
    fn ranges() {
        let text = "aé€z";
        let cases = [
            (None, None, "aé€z"),
            (Some(1), None, "é€z"),
            (Some(1), Some(3), "é€"),
            (Some(-2), None, "€z"),
            (Some(-100), Some(-1), "aé€"),
            (Some(3), Some(1), ""),
            (Some(100), None, ""),
        ];
        for (start, stop, expected) in cases {
            assert_eq!(&text[slice_range(text, false, start, stop)], expected, "{start:?} {stop:?}");
        }
        assert_eq!(slice_range("abcd", true, Some(-3), Some(-1)), 1..3);
    }

    #[test]
    fn slices() {
        let cases = [
            (None, None, Some(2), "ace"),
            (None, None, Some(-1), "fedcba"),
            (Some(4), Some(1), Some(-2), "ec"),
            (Some(-1), Some(-100), Some(-3), "fc"),
            (Some(1), Some(5), Some(3), "be"),
            (Some(5), Some(1), Some(1), ""),
            (Some(1), Some(5), Some(-1), ""),
            (Some(-100), None, Some(-1), ""),
            (Some(100), None, Some(-4), "fb"),
            (None, None, Some(i64::MAX), "a"),
            (None, None, Some(i64::MIN), "f"),
        ];
        for (start, stop, step, expected) in cases {
            let slice = Slice::resolve(6, start, stop, step).unwrap_or(Slice { start: 0, stop: 0, step: 1 });
            let mut text = String::new();
            assert_eq!(slice_with_step("abcdef", slice, &mut text, 100), Ok(()));
            assert_eq!(text, expected, "[{start:?}:{stop:?}:{step:?}]");
            let positions: Vec<u8> = slice.positions().map(|position| b"abcdef"[position]).collect();
            assert_eq!(positions, expected.as_bytes());
            assert_eq!(slice.len(), expected.len());
            assert_eq!(slice.is_empty(), expected.is_empty());
        }
        let zero = Err(FormatError::Value("slice step can't be zero".into()));
        assert_eq!(Slice::resolve(6, None, None, Some(0)), zero);
        let mut text = String::new();
        let backwards = Slice { start: 2, stop: -1, step: -1 };
        assert_eq!(slice_with_step("aé€", backwards, &mut text, 100), Ok(()));
        assert_eq!(text, "€éa");
    }
}
