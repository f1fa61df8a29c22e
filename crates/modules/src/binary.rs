//! Numbers as bytes: the type codes that `struct`, `array` and `memoryview` share.

use crate::arguments;
use crate::settings::Settings;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::number::Int;
use wigwag_vm::run::Vm;

/// What the bytes of an item mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An integer with a sign.
    Signed,
    /// One without.
    Unsigned,
    /// A float of 2, 4 or 8 bytes.
    Float,
}

/// How an item of a type code lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What its bytes mean.
    pub kind: Kind,
    /// How many bytes it has; items are aligned to it where the machine aligns.
    pub size: usize,
}

/// Size 0 in the table: as many bytes as a word of the machine has.
const WORD: usize = 0;

/// Type codes: what they mean, their size as the machine has them, and in standard formats.
const CODES: &[(u8, Kind, usize, usize)] = &[
    (b'b', Kind::Signed, 1, 1),
    (b'B', Kind::Unsigned, 1, 1),
    (b'h', Kind::Signed, 2, 2),
    (b'H', Kind::Unsigned, 2, 2),
    (b'i', Kind::Signed, 4, 4),
    (b'I', Kind::Unsigned, 4, 4),
    (b'l', Kind::Signed, WORD, 4),
    (b'L', Kind::Unsigned, WORD, 4),
    (b'q', Kind::Signed, 8, 8),
    (b'Q', Kind::Unsigned, 8, 8),
    (b'P', Kind::Unsigned, WORD, WORD),
    // An address of a text, as upstream has it; here it is only a number.
    (b'S', Kind::Unsigned, WORD, WORD),
    (b'e', Kind::Float, 2, 2),
    (b'f', Kind::Float, 4, 4),
    (b'd', Kind::Float, 8, 8),
];

/// How many bytes a word of the machine has, as programs see it.
pub fn word_bytes(vm: &mut Vm) -> usize {
    vm.extension::<Settings>().map_or(8, |settings| if settings.word_bits <= 32 { 4 } else { 8 })
}

/// The layout of a type code; `standard` sizes are the same on every machine.
pub fn layout(code: u8, standard: bool, word_bytes: usize) -> Option<Layout> {
    let &(_, kind, native, fixed) = CODES.iter().find(|&&(known, ..)| known == code)?;
    let size = if standard { fixed } else { native };
    Some(Layout { kind, size: if size == WORD { word_bytes } else { size } })
}

/// `ValueError: bad typecode`
#[cold]
pub fn bad_code(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::ValueError, "bad typecode")
}

/// The word that up to eight bytes make. The usual sizes need no loop.
#[inline]
pub fn word(bytes: &[u8], big_endian: bool) -> u64 {
    match (bytes, big_endian) {
        (&[byte], _) => byte.into(),
        (&[a, b], false) => u16::from_le_bytes([a, b]).into(),
        (&[a, b], true) => u16::from_be_bytes([a, b]).into(),
        (&[a, b, c, d], false) => u32::from_le_bytes([a, b, c, d]).into(),
        (&[a, b, c, d], true) => u32::from_be_bytes([a, b, c, d]).into(),
        (_, false) => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
        (_, true) => bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// The number that these bytes (as many as the layout says) stand for.
#[inline(always)]
pub fn load(heap: &mut Heap, layout: Layout, bytes: &[u8], big_endian: bool) -> Result<Value, Raised> {
    let word = word(bytes, big_endian);
    let unused = 64_u32.saturating_sub(8 * layout.size as u32).min(63);
    match (layout.kind, layout.size) {
        (Kind::Signed, _) => heap.int((word << unused) as i64 >> unused),
        (Kind::Unsigned, _) => match i64::try_from(word) {
            Ok(integer) => heap.int(integer),
            Err(_) => large(heap, word),
        },
        (Kind::Float, 2) => heap.float(half_to_float(word as u16)),
        (Kind::Float, 4) => heap.float(f64::from(f32::from_bits(word as u32))),
        (Kind::Float, _) => heap.float(f64::from_bits(word)),
    }
}

/// An integer with the highest bit set.
#[cold]
fn large(heap: &mut Heap, word: u64) -> Result<Value, Raised> {
    let low = Int::Small((word & u64::from(u32::MAX)) as i64);
    let high = Int::Small((word >> 32) as i64);
    match high.shl(&Int::Small(32), 128) {
        Ok(high) => heap.integer(high.add(&low)),
        Err(error) => Err(heap.raise_number(error)),
    }
}

/// The bytes of a number, as a word; what does not fit is cut off, as upstream does.
#[inline]
pub fn store(heap: &mut Heap, layout: Layout, value: Value) -> Result<u64, Raised> {
    match (value.as_small_int(), heap.as_float(value)) {
        (Some(integer), _) if layout.kind != Kind::Float => Ok(integer as u64),
        (_, Some(float)) if layout.kind == Kind::Float => Ok(float_word(float, layout.size)),
        _ => store_any(heap, layout, value),
    }
}

fn float_word(float: f64, size: usize) -> u64 {
    match size {
        2 => u64::from(float_to_half(float)),
        4 => u64::from((float as f32).to_bits()),
        _ => float.to_bits(),
    }
}

/// The same of a number that does not lie in the value itself, or has to be converted.
fn store_any(heap: &mut Heap, layout: Layout, value: Value) -> Result<u64, Raised> {
    if layout.kind == Kind::Float {
        return Ok(float_word(arguments::float(heap, value)?, layout.size));
    }
    let part = heap.native_part(value);
    match heap.as_integer(part) {
        Some(integer) => Ok(integer.low_word() as u64),
        None => Ok(arguments::integer(heap, value)? as u64),
    }
}

/// Writes the low bytes of a word into a place of up to eight. The usual sizes need no loop.
#[inline]
pub fn put(word: u64, place: &mut [u8], big_endian: bool) {
    let (half, quarter) = (word as u32, word as u16);
    match (place, big_endian) {
        ([byte], _) => *byte = word as u8,
        (place @ [_, _], false) => place.copy_from_slice(&quarter.to_le_bytes()),
        (place @ [_, _], true) => place.copy_from_slice(&quarter.to_be_bytes()),
        (place @ [_, _, _, _], false) => place.copy_from_slice(&half.to_le_bytes()),
        (place @ [_, _, _, _], true) => place.copy_from_slice(&half.to_be_bytes()),
        (place, false) => place.iter_mut().zip(word.to_le_bytes()).for_each(|(byte, low)| *byte = low),
        (place, true) => place.iter_mut().rev().zip(word.to_le_bytes()).for_each(|(byte, low)| *byte = low),
    }
}

/// A float of 16 bits: a sign, 5 bits of exponent, 10 of fraction.
fn half_to_float(half: u16) -> f64 {
    let sign = if half & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(half >> 10 & 0x1F);
    let fraction = f64::from(half & 0x3FF);
    sign * match exponent {
        0 => libm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => libm::ldexp(fraction + 1024.0, exponent - 25),
    }
}

/// The nearest float of 16 bits, ties to even.
fn float_to_half(float: f64) -> u16 {
    let sign = if float.is_sign_negative() { 0x8000 } else { 0 };
    let size = float.abs();
    if size.is_nan() {
        return sign | 0x7E00;
    }
    if size == 0.0 {
        return sign;
    }
    let (_, exponent) = libm::frexp(size);
    // Units of the last place: 2^-24 below the smallest normal number, else by the exponent.
    let unit = if size.is_infinite() { 5 } else { (exponent - 11).max(-24) };
    let units = libm::rint(libm::ldexp(size, -unit));
    if unit > 5 || size.is_infinite() || libm::ldexp(units, unit) >= 65_536.0 {
        return sign | 0x7C00;
    }
    // Rounding up to the next power of two carries into the exponent by itself.
    let units = units as u16;
    if unit == -24 { sign | units } else { sign | (((unit + 24) as u16) << 10).wrapping_add(units) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for half in 0..=u16::MAX {
            let float = half_to_float(half);
            if !float.is_nan() {
                assert_eq!(float_to_half(float), half, "{float}");
            }
        }
    }

    #[test]
    fn halves_round_to_even() {
        assert_eq!(float_to_half(1.0 + 1.0 / 2048.0), 0x3C00);
        assert_eq!(float_to_half(1.0 + 3.0 / 2048.0), 0x3C02);
        assert_eq!(float_to_half(65_519.0), 0x7BFF);
        assert_eq!(float_to_half(65_520.0), 0x7C00);
        assert_eq!(float_to_half(1e300), 0x7C00);
        assert_eq!(float_to_half(-1e-300), 0x8000);
    }

    #[test]
    fn words() {
        assert_eq!(word(&[1, 2], false), 0x0201);
        assert_eq!(word(&[1, 2], true), 0x0102);
        for (big_endian, expected) in [(true, [1, 2, 3, 4, 5, 6, 7, 8]), (false, [8, 7, 6, 5, 4, 3, 2, 1])] {
            for size in [1, 2, 3, 4, 8] {
                let mut place = [0; 8];
                put(0x0102_0304_0506_0708, &mut place[..size], big_endian);
                let kept = if big_endian { &expected[8 - size..] } else { &expected[..size] };
                assert_eq!(&place[..size], kept);
                let mask = u64::MAX >> (64 - 8 * size);
                assert_eq!(word(kept, big_endian), 0x0102_0304_0506_0708 & mask);
            }
        }
    }
}
