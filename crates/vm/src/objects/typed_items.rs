//! Items of arrays and memoryviews: numbers in bytes, by the type codes that `struct` and `array` use, in the machine's
//! own sizes and byte order.
//!
//! Stores cut integers to the size of the item, as upstream does, and never fail for a number that is too large.

use super::conversion::{Target, no_conversion};
use crate::heap::{Heap, Raised, Value};
use crate::number::Int;

/// Bytes of a C `long` here.
const LONG: usize = size_of::<core::ffi::c_long>();

/// How many bytes an item takes; `None` for an unknown code.
pub const fn size(code: u8) -> Option<usize> {
    Some(match code {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => LONG,
        b'q' | b'Q' | b'd' => 8,
        _ => return None,
    })
}

/// The number that an item is.
pub fn read(heap: &mut Heap, code: u8, item: Item) -> Result<Value, Raised> {
    let word = item.0;
    match code {
        b'b' => heap.int(i64::from(word as i8)),
        b'B' => heap.int(i64::from(word as u8)),
        b'h' => heap.int(i64::from(word as i16)),
        b'H' => heap.int(i64::from(word as u16)),
        b'i' => heap.int(i64::from(word as i32)),
        b'I' => heap.int(i64::from(word as u32)),
        b'l' if LONG == 4 => heap.int(i64::from(word as i32)),
        b'L' if LONG == 4 => heap.int(i64::from(word as u32)),
        b'l' | b'q' => heap.int(word as i64),
        b'L' | b'Q' => heap.integer(Int::from(word)),
        b'f' => heap.float(f64::from(f32::from_bits(word as u32))),
        b'd' => heap.float(f64::from_bits(word)),
        _ => Ok(Value::NONE),
    }
}

/// The bits of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item(u64);

impl Item {
    /// The item at a position; `None` past the end.
    pub fn load(bytes: &[u8], code: u8, position: usize) -> Option<Item> {
        let size = size(code)?;
        let start = position.checked_mul(size)?;
        let bytes = bytes.get(start..start.checked_add(size)?)?;
        let mut word = [0; 8];
        if cfg!(target_endian = "little") {
            word.get_mut(..size)?.copy_from_slice(bytes);
        } else {
            word.get_mut(8 - size..)?.copy_from_slice(bytes);
        }
        Some(Item(u64::from_ne_bytes(word)))
    }

    /// Puts the item at a position; past the end nothing happens.
    pub fn store(self, bytes: &mut [u8], code: u8, position: usize) {
        let Some(size) = size(code) else { return };
        let word = self.0.to_ne_bytes();
        let part = if cfg!(target_endian = "little") { &word[..size] } else { &word[8 - size..] };
        if let Some(place) = position
            .checked_mul(size)
            .and_then(|start| Some(start..start.checked_add(size)?))
            .and_then(|range| bytes.get_mut(range))
        {
            place.copy_from_slice(part);
        }
    }

    /// A number as an item of this code.
    pub fn of(heap: &mut Heap, code: u8, value: Value) -> Result<Item, Raised> {
        let part = heap.native_part(value);
        let word = match code {
            b'f' | b'd' => {
                let Some(float) = heap.as_number(part) else {
                    return Err(no_conversion(heap, value, Target::Float));
                };
                if code == b'f' { u64::from((float as f32).to_bits()) } else { float.to_bits() }
            }
            _ => match heap.as_integer(part) {
                Some(integer) => integer.low_word() as u64,
                None => return Err(no_conversion(heap, value, Target::Int)),
            },
        };
        Ok(Item(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_go_in_and_come_out() {
        let codes = [b'b', b'B', b'h', b'H', b'i', b'I', b'l', b'L', b'q', b'Q', b'f', b'd'];
        for code in codes {
            let Some(size) = size(code) else { panic!("{code} has a size") };
            let mut bytes = [0xAA_u8; 24];
            Item(0x0102_0304_0506_0708).store(&mut bytes, code, 1);
            let kept = if size == 8 { u64::MAX } else { (1 << (size * 8)) - 1 };
            assert_eq!(Item::load(&bytes, code, 1), Some(Item(0x0102_0304_0506_0708 & kept)));
            assert_eq!(bytes[..size], [0xAA; 8][..size]);
            assert_eq!(bytes[2 * size], 0xAA);
            assert_eq!(Item::load(&bytes, code, 24 / size), None);
            assert_eq!(Item::load(&bytes, code, usize::MAX), None);
        }
        assert_eq!(size(b'x'), None);
    }
}
