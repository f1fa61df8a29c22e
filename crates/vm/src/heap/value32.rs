//! A value in 32 bits, for microcontrollers (feature `value32`).
//!
//! ```text
//! …xxx1   integer of 31 bits
//! …xx00   handle of a slot in the heap
//! …xx10   bit 2 clear: symbol, bit 2 set: immediate
//! ```
//!
//! Floats live in slots, so making one can fail. The rules of the 64-bit layout hold here too.

use super::{Handle, Symbol};
use core::num::NonZeroU32;

/// One word that is a Python value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u32);

/// The smallest integer that needs no slot.
pub const SMALL_INT_MIN: i64 = -(1 << 30);
/// The largest integer that needs no slot.
pub const SMALL_INT_MAX: i64 = (1 << 30) - 1;

/// Whether floats live in the word itself.
pub const FLOATS_INLINE: bool = false;

impl Value {
    pub(super) const fn immediate(number: u32) -> Value {
        Value(number << 3 | 0b110)
    }

    pub(super) const fn immediate_number(self) -> Option<u32> {
        if self.0 & 0b111 == 0b110 { Some(self.0 >> 3) } else { None }
    }

    /// The value of a slot.
    #[inline(always)]
    pub const fn from_handle(handle: Handle) -> Value {
        Value(handle.0.get() << 2)
    }

    /// The slot, if the value is one.
    #[inline(always)]
    pub const fn as_handle(self) -> Option<Handle> {
        if self.0 & 0b11 == 0 {
            match NonZeroU32::new(self.0 >> 2) {
                Some(index) => Some(Handle(index)),
                None => None,
            }
        } else {
            None
        }
    }

    /// The number of its slot; beyond all slots if it has none. For one look that answers both.
    #[inline(always)]
    pub(super) fn slot_number(self) -> usize {
        if self.0 & 0b11 == 0 { self.0 as usize >> 2 } else { usize::MAX }
    }

    /// An interned string.
    #[inline(always)]
    pub const fn from_symbol(symbol: Symbol) -> Value {
        Value(symbol.0 << 3 | 0b010)
    }

    /// The symbol, if the value is one.
    #[inline(always)]
    pub const fn as_symbol(self) -> Option<Symbol> {
        if self.0 & 0b111 == 0b010 { Some(Symbol(self.0 >> 3)) } else { None }
    }

    /// An integer, if it fits inline.
    #[inline(always)]
    pub const fn small_int(integer: i64) -> Option<Value> {
        if integer >= SMALL_INT_MIN && integer <= SMALL_INT_MAX {
            Some(Value::tiny_int(integer as i32))
        } else {
            None
        }
    }

    /// An integer known to fit 31 bits (lengths, small counts, characters).
    #[inline(always)]
    pub const fn tiny_int(integer: i32) -> Value {
        Value((integer as u32) << 1 | 1)
    }

    /// The integer, if the value is an inline one. `True` and `False` are not.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.0 & 1 == 1 { Some((self.0 as i32 >> 1) as i64) } else { None }
    }

    /// Whether both are inline integers.
    #[inline(always)]
    pub const fn are_small_ints(self, other: Value) -> bool {
        self.0 & other.0 & 1 == 1
    }

    /// Both integers, if both values are inline ones.
    #[inline(always)]
    pub const fn both_small_ints(self, other: Value) -> Option<(i64, i64)> {
        if self.are_small_ints(other) {
            Some(((self.0 as i32 >> 1) as i64, (other.0 as i32 >> 1) as i64))
        } else {
            None
        }
    }

    /// What inline integers are ordered by.
    #[inline(always)]
    pub const fn int_order(self) -> i32 {
        self.0 as i32
    }

    /// The sum of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_sum(self, other: Value) -> Option<Value> {
        (self.0 as i32).checked_add(other.0 as i32 & !1).map(|word| Value(word as u32))
    }

    /// The difference of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_difference(self, other: Value) -> Option<Value> {
        (self.0 as i32).checked_sub(other.0 as i32 & !1).map(|word| Value(word as u32))
    }

    /// The product of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_product(self, other: Value) -> Option<Value> {
        (self.0 as i32 & !1).checked_mul(other.0 as i32 >> 1).map(|word| Value(word as u32 | 1))
    }

    /// The bits that two inline integers have in common.
    #[inline(always)]
    pub const fn int_and(self, other: Value) -> Value {
        Value(self.0 & other.0)
    }

    /// The bits of both inline integers.
    #[inline(always)]
    pub const fn int_or(self, other: Value) -> Value {
        Value(self.0 | other.0)
    }

    /// The bits in which two inline integers differ.
    #[inline(always)]
    pub const fn int_xor(self, other: Value) -> Value {
        Value((self.0 ^ other.0) | 1)
    }

    /// A float in the word itself; `None` where floats live in slots.
    #[inline(always)]
    pub fn inline_float(_float: f64) -> Option<Value> {
        None
    }

    /// The float in the word itself.
    #[inline(always)]
    pub const fn as_inline_float(self) -> Option<f64> {
        None
    }

    /// The number in the word itself as a float: `None`, so that what comes of it is never wanted as an inline float.
    #[inline(always)]
    pub const fn as_inline_number(self) -> Option<f64> {
        None
    }
}
