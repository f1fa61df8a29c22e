//! Names: what may be in one, and the short form of 8 and 3 characters that every entry has besides.

use super::{Done, Stop};
use crate::errno::EINVAL;
use alloc::string::String;
use alloc::vec::Vec;

/// The longest name, in units of UTF-16.
pub const LONGEST: usize = 255;

/// A name in a directory: 8 characters, then 3, filled up with blanks.
pub type ShortName = [u8; 11];

/// In a short entry: the first 8 characters, or the other 3, are shown as small letters.
pub const SMALL_BASE: u8 = 0x08;
/// See [`SMALL_BASE`].
pub const SMALL_EXTENSION: u8 = 0x10;

/// A name as it is kept: without the dots and blanks at its end. Some characters cannot be in one.
pub fn cleaned(name: &str) -> Done<&str> {
    let name = name.trim_end_matches(['.', ' ']);
    let is_bad = |character: char| character < ' ' || "\"*/:<>?\\|\x7f".contains(character);
    if name.is_empty() || name.contains(is_bad) || name.encode_utf16().count() > LONGEST {
        return Err(Stop::Failed(EINVAL));
    }
    Ok(name)
}

/// Whether two names are the same here, where capitals make no difference.
pub fn is_same(a: &str, b: &str) -> bool {
    let folded = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_uppercase).collect() };
    a.len() == b.len() && a.eq_ignore_ascii_case(b)
        || !a.is_ascii() && !b.is_ascii() && folded(a) == folded(b)
}

/// A short name as it is shown.
pub fn shown(short: &ShortName, small: u8) -> String {
    let part = |bytes: &[u8], small: bool| -> String {
        let end = bytes.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
        bytes[..end]
            .iter()
            .map(|&byte| char::from(if small { byte.to_ascii_lowercase() } else { byte }))
            .collect()
    };
    let mut name = part(&short[..8], small & SMALL_BASE != 0);
    // An entry may not begin with this byte, which means that it is free: another stands for it.
    if name.starts_with('\x05') {
        name.replace_range(..1, "\u{e5}");
    }
    let extension = part(&short[8..], small & SMALL_EXTENSION != 0);
    if !extension.is_empty() {
        name.push('.');
        name.push_str(&extension);
    }
    name
}

/// The short form of a name, and whether it says the same: then with the flags for small letters, else nothing.
pub struct Short {
    /// What is in the entry.
    pub name: ShortName,
    /// The flags, if the short form is all that is needed.
    pub exact: Option<u8>,
}

/// Finds the short form of a name.
pub fn short_form(name: &str) -> Short {
    let (base, extension) = match name.rsplit_once('.') {
        Some((base, extension)) if !base.is_empty() => (base, extension),
        _ => (name, ""),
    };
    let mut short = [b' '; 11];
    let base_fits = fill(&mut short[..8], base);
    let extension_fits = fill(&mut short[8..], extension);
    let flags = (case_of(base), case_of(extension));
    let exact = match flags {
        (Some(base_small), Some(extension_small)) if base_fits && extension_fits => {
            Some(if base_small { SMALL_BASE } else { 0 } | if extension_small { SMALL_EXTENSION } else { 0 })
        }
        _ => None,
    };
    Short { name: short, exact }
}

/// Puts the part of a name into its place, as capitals; false where that cannot say the same.
fn fill(place: &mut [u8], part: &str) -> bool {
    let mut fits = true;
    let mut at = 0;
    for character in part.chars() {
        let byte = match character {
            ' ' | '.' => {
                fits = false;
                continue;
            }
            '+' | ',' | ';' | '=' | '[' | ']' => {
                fits = false;
                b'_'
            }
            _ if character.is_ascii() => character.to_ascii_uppercase() as u8,
            _ => {
                fits = false;
                b'_'
            }
        };
        match place.get_mut(at) {
            Some(place) => *place = byte,
            None => return false,
        }
        at += 1;
    }
    fits
}

/// Whether the letters are small; none where there are both small ones and capitals.
fn case_of(part: &str) -> Option<bool> {
    let small = part.contains(|character: char| character.is_ascii_lowercase());
    let capital = part.contains(|character: char| character.is_ascii_uppercase());
    (!(small && capital)).then_some(small)
}

/// The short form with a number at its end, so that it is like no other: the first few keep six characters of the name,
/// later ones two and a number made of the whole name.
pub fn numbered(short: &ShortName, long: &str, number: u32) -> ShortName {
    let mut name = *short;
    let mut tail = Vec::new();
    let kept = if number > 5 {
        let sum = long.encode_utf16().fold(number, |sum, unit| sum.rotate_left(5) ^ u32::from(unit));
        tail.extend((0..4).map(|digit| b"0123456789ABCDEF"[(sum >> (4 * digit) & 15) as usize]));
        2
    } else {
        6
    };
    tail.push(b'~');
    tail.push(b'0' + (number % 9 + 1) as u8);
    let base = name[..8].iter().take(kept).take_while(|&&byte| byte != b' ').count();
    name[base..8].fill(b' ');
    for (place, byte) in name[base..8].iter_mut().zip(tail) {
        *place = byte;
    }
    name
}

/// The sum that ties the parts of a long name to their short one.
pub fn checksum(short: &ShortName) -> u8 {
    short.iter().fold(0_u8, |sum, &byte| sum.rotate_right(1).wrapping_add(byte))
}
