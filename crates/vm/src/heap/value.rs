//! A value: one copyable word.
//!
//! This is the 64-bit layout: a double is itself (with one NaN only); everything else hides among the negative quiet
//! NaNs, its kind in the top 16 bits.
//!
//! ```text
//! 0xFFF9  integer of 48 bits, two's complement
//! 0xFFFA  handle of a slot in the heap
//! 0xFFFB  immediate: None, True, False, …
//! 0xFFFC  symbol: an interned string; the first 256 symbols are the single characters U+0000–U+00FF
//! ```
//!
//! What always holds: two values of the same kind other than a handle are equal exactly if their words are; a float
//! never has a word that begins with one of the tags; an integer that fits the inline form is never in a slot.

use super::{Handle, Symbol};
use core::num::NonZeroU32;

/// One word that is a Python value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const TAG_SHIFT: u32 = 48;
const INT_TAG: u64 = 0xFFF9;
const HANDLE_TAG: u64 = 0xFFFA;
const IMMEDIATE_TAG: u64 = 0xFFFB;
const SYMBOL_TAG: u64 = 0xFFFC;

/// The smallest integer that needs no slot.
pub const SMALL_INT_MIN: i64 = -(1 << 47);
/// The largest integer that needs no slot.
pub const SMALL_INT_MAX: i64 = (1 << 47) - 1;

/// Whether floats live in the word itself.
pub const FLOATS_INLINE: bool = true;

impl Value {
    pub(super) const fn immediate(number: u32) -> Value {
        Value(IMMEDIATE_TAG << TAG_SHIFT | number as u64)
    }

    pub(super) const fn immediate_number(self) -> Option<u32> {
        if self.0 >> TAG_SHIFT == IMMEDIATE_TAG { Some(self.0 as u32) } else { None }
    }

    /// The value of a slot.
    #[inline(always)]
    pub const fn from_handle(handle: Handle) -> Value {
        Value(HANDLE_TAG << TAG_SHIFT | handle.0.get() as u64)
    }

    /// The slot, if the value is one.
    #[inline(always)]
    pub const fn as_handle(self) -> Option<Handle> {
        if self.0 >> TAG_SHIFT == HANDLE_TAG {
            match NonZeroU32::new(self.0 as u32) {
                Some(index) => Some(Handle(index)),
                None => None,
            }
        } else {
            None
        }
    }

    /// An interned string.
    #[inline(always)]
    pub const fn from_symbol(symbol: Symbol) -> Value {
        Value(SYMBOL_TAG << TAG_SHIFT | symbol.0 as u64)
    }

    /// The symbol, if the value is one.
    #[inline(always)]
    pub const fn as_symbol(self) -> Option<Symbol> {
        if self.0 >> TAG_SHIFT == SYMBOL_TAG { Some(Symbol(self.0 as u32)) } else { None }
    }

    /// An integer, if it fits inline.
    #[inline(always)]
    pub const fn small_int(integer: i64) -> Option<Value> {
        if (integer << 16) >> 16 == integer { Some(Value::pack_int(integer)) } else { None }
    }

    /// An integer known to fit 31 bits (lengths, small counts, characters).
    #[inline(always)]
    pub const fn tiny_int(integer: i32) -> Value {
        Value::pack_int(integer as i64)
    }

    #[inline(always)]
    const fn pack_int(integer: i64) -> Value {
        Value(INT_TAG << TAG_SHIFT | (integer as u64 & 0xFFFF_FFFF_FFFF))
    }

    /// The integer, if the value is an inline one. `True` and `False` are not.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.0 >> TAG_SHIFT == INT_TAG { Some(((self.0 << 16) as i64) >> 16) } else { None }
    }

    /// Both integers, if both values are inline ones.
    #[inline(always)]
    pub const fn both_small_ints(self, other: Value) -> Option<(i64, i64)> {
        // One comparison serves both: the tag differs from INT_TAG in either word exactly if it does in this sum.
        if self.0 >> TAG_SHIFT == INT_TAG && other.0 >> TAG_SHIFT == INT_TAG {
            Some((((self.0 << 16) as i64) >> 16, ((other.0 << 16) as i64) >> 16))
        } else {
            None
        }
    }

    /// A float in the word itself; `None` where floats live in slots.
    #[inline(always)]
    pub fn inline_float(float: f64) -> Option<Value> {
        // All NaNs become one, so that none can look like a tag.
        if float.is_nan() { Some(Value(0x7FF8_0000_0000_0000)) } else { Some(Value(float.to_bits())) }
    }

    /// The float in the word itself.
    #[inline(always)]
    pub const fn as_inline_float(self) -> Option<f64> {
        if self.0 >> TAG_SHIFT < INT_TAG { Some(f64::from_bits(self.0)) } else { None }
    }

    /// The number in the word itself, an integer or a float, as a float: exact, for inline integers are short.
    #[inline(always)]
    pub const fn as_inline_number(self) -> Option<f64> {
        match self.as_small_int() {
            Some(integer) => Some(integer as f64),
            None => self.as_inline_float(),
        }
    }
}
