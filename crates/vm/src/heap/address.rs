//! Values as numbers: what `id` tells, and what `struct` packs for an object.
//!
//! The number of an object is where its slot would lie if slots were 32 bytes apart; no two values share one. Going back
//! is safe whatever the number is: one that no value has gives none, and a stale one gives what lies there now.

use super::{Handle, Heap, Slot, Symbol, Value};

/// The distance of two objects' addresses; what is no object lies between.
const STEP: u64 = 32;
const SYMBOL: u64 = 8;
const IMMEDIATE: u64 = 16;

/// The immediate values that programs see.
const IMMEDIATES: [Value; 5] =
    [Value::NONE, Value::TRUE, Value::FALSE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED];

impl Heap {
    /// The number of a value; `None` for a float that is no object.
    pub fn address(&self, value: Value) -> Option<u64> {
        if let Some(handle) = value.as_handle() {
            return Some(handle.index() as u64 * STEP);
        }
        if let Some(integer) = value.as_small_int() {
            return Some((integer as u64) << 1 | 1);
        }
        if let Some(symbol) = value.as_symbol() {
            return Some(u64::from(symbol.number()) * STEP + SYMBOL);
        }
        let number = IMMEDIATES.iter().position(|&known| known == value)?;
        Some(number as u64 * STEP + IMMEDIATE)
    }

    /// The value that a number stands for.
    pub fn at_address(&self, address: u64) -> Option<Value> {
        if address & 1 == 1 {
            return Value::small_int(address as i64 >> 1);
        }
        let number = usize::try_from(address / STEP).ok()?;
        match address % STEP {
            0 => {
                let handle = Handle::new(number)?;
                let taken = self.slots.get(number).is_some_and(|slot| !matches!(slot, Slot::Free(_)));
                taken.then(|| handle.value())
            }
            SYMBOL if number < self.symbols.count() => {
                Some(Value::from_symbol(Symbol::from_number(u32::try_from(number).ok()?)))
            }
            IMMEDIATE => IMMEDIATES.get(number).copied(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        let mut heap = Heap::new(1 << 20).unwrap();
        let list = heap.list_from([Value::NONE].to_vec()).unwrap();
        let text = heap.str("a text that is too long for a symbol of its own").unwrap();
        let values = [list, text, Value::NONE, Value::NOT_IMPLEMENTED, Value::tiny_int(-7), Value::TRUE];
        for value in values {
            let address = heap.address(value).unwrap();
            assert!(heap.at_address(address) == Some(value));
        }
    }

    #[test]
    fn no_value_for_other_numbers() {
        let heap = Heap::new(1 << 20).unwrap();
        for address in [0, 2, 16 + 32 * 5, 8 + 32 * 0xFFFF_FFFF, u64::MAX - 1, 32 * 0x1_0000_0000, 24] {
            assert!(heap.at_address(address).is_none(), "{address}");
        }
    }
}
