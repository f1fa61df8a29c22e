//! Items of arrays and memoryviews: numbers in bytes, by the type codes that `struct` and `array` use, in the machine's
//! byte order.
//!
//! How large an item of a type code is, whoever owns the bytes says: a simulated board has other sizes than the machine
//! that simulates it. Stores cut integers to the size of the item, as upstream does, and never fail for a number that is
//! too large.

use super::conversion::{Target, no_conversion};
use crate::heap::{Heap, Raised, Value};
use crate::number::Int;

/// What the items of a buffer are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ItemType {
    /// The type code: `f` and `d` are floats, other capitals integers without a sign, the rest integers with one.
    pub code: u8,
    /// Bytes of an item, from 1 to 8.
    pub size: u8,
}

/// An item out of its buffer: its bits, and what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    kind: ItemType,
    word: u64,
}

impl ItemType {
    /// Bytes.
    pub const BYTE: ItemType = ItemType { code: b'B', size: 1 };

    fn range(self, position: usize) -> Option<core::ops::Range<usize>> {
        let size = usize::from(self.size);
        let start = position.checked_mul(size)?;
        Some(start..start.checked_add(size)?)
    }

    /// The item at a position; `None` past the end.
    pub fn load(self, bytes: &[u8], position: usize) -> Option<Item> {
        let bytes = bytes.get(self.range(position)?)?;
        let add = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        let word = if cfg!(target_endian = "little") {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        };
        Some(Item { kind: self, word })
    }

    /// A number as an item.
    pub fn item(self, heap: &mut Heap, value: Value) -> Result<Item, Raised> {
        let part = heap.native_part(value);
        let word = if matches!(self.code, b'f' | b'd') {
            let Some(float) = heap.as_number(part) else {
                return Err(no_conversion(heap, value, Target::Float));
            };
            if self.size == 4 { u64::from((float as f32).to_bits()) } else { float.to_bits() }
        } else {
            match heap.as_integer(part) {
                Some(integer) => integer.low_word() as u64,
                None => return Err(no_conversion(heap, value, Target::Int)),
            }
        };
        Ok(Item { kind: self, word })
    }
}

impl Item {
    /// The number that it is.
    pub fn value(self, heap: &mut Heap) -> Result<Value, Raised> {
        let unused = 64_u32.saturating_sub(8 * u32::from(self.kind.size)).min(63);
        match self.kind.code {
            b'f' | b'd' if self.kind.size == 4 => heap.float(f64::from(f32::from_bits(self.word as u32))),
            b'f' | b'd' => heap.float(f64::from_bits(self.word)),
            code if code.is_ascii_uppercase() => heap.integer(Int::from(self.word)),
            _ => heap.int((self.word << unused) as i64 >> unused),
        }
    }

    /// Puts the item at a position; past the end nothing happens.
    pub fn store(self, bytes: &mut [u8], position: usize) {
        let word = self.word.to_ne_bytes();
        let size = usize::from(self.kind.size).min(8);
        let part = if cfg!(target_endian = "little") { &word[..size] } else { &word[8 - size..] };
        if let Some(place) = self.kind.range(position).and_then(|range| bytes.get_mut(range)) {
            place.copy_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_go_in_and_come_out() {
        for size in 1..=8 {
            let kind = ItemType { code: b'Q', size };
            let item = Item { kind, word: 0x0102_0304_0506_0708 };
            let mut bytes = [0xAA_u8; 24];
            item.store(&mut bytes, 1);
            let kept = if size == 8 { u64::MAX } else { (1 << (size * 8)) - 1 };
            assert_eq!(kind.load(&bytes, 1), Some(Item { kind, word: item.word & kept }));
            let size = usize::from(size);
            assert_eq!(bytes[..size], [0xAA; 8][..size]);
            assert_eq!(bytes[2 * size], 0xAA);
            assert_eq!(kind.load(&bytes, 24 / size), None);
            assert_eq!(kind.load(&bytes, usize::MAX), None);
            item.store(&mut bytes, usize::MAX);
        }
    }
}
