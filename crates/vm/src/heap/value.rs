//! A value: one copyable word.
//!
//! This is the 64-bit layout: a double is itself (with one NaN only); everything else hides among the negative quiet
//! NaNs, its kind in the top 16 bits.
//!
//! ```text
//! 0xFFF9  handle of a slot in the heap
//! 0xFFFA  immediate: None, True, False, …
//! 0xFFFB  symbol: an interned string; the first 256 symbols are the single characters U+0000–U+00FF
//! 0xFFFF  integer of 48 bits, two's complement
//! ```
//!
//! Integers have all tag bits set, so that the conjunction of two words tells of both at once. Handles come right behind
//! the floats, so that a word less the smallest handle is the number of a slot, or too large for one.
//!
//! What always holds: two values of the same kind other than a handle are equal exactly if their words are; a float
//! never has a word that begins with one of the tags; an integer that fits the inline form is never in a slot.

use super::{Handle, Symbol};
use core::num::NonZeroU32;

/// One word that is a Python value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const HANDLES: u64 = 0xFFF9 << 48;
const IMMEDIATES: u64 = 0xFFFA << 48;
const SYMBOLS: u64 = 0xFFFB << 48;
const INTEGERS: u64 = 0xFFFF << 48;

/// How far an inline integer is shifted where the word's own overflow is its overflow too.
const INT_SHIFT: u32 = 16;

/// The smallest integer that needs no slot.
pub const SMALL_INT_MIN: i64 = -(1 << 47);
/// The largest integer that needs no slot.
pub const SMALL_INT_MAX: i64 = (1 << 47) - 1;

/// Whether floats live in the word itself.
pub const FLOATS_INLINE: bool = true;

impl Value {
    pub(super) const fn immediate(number: u32) -> Value {
        Value(IMMEDIATES | number as u64)
    }

    pub(super) const fn immediate_number(self) -> Option<u32> {
        let number = self.0.wrapping_sub(IMMEDIATES);
        if number <= u32::MAX as u64 { Some(number as u32) } else { None }
    }

    /// The value of a slot.
    #[inline(always)]
    pub const fn from_handle(handle: Handle) -> Value {
        Value(HANDLES | handle.0.get() as u64)
    }

    /// The slot, if the value is one.
    #[inline(always)]
    pub const fn as_handle(self) -> Option<Handle> {
        let number = self.0.wrapping_sub(HANDLES);
        if number <= u32::MAX as u64 {
            match NonZeroU32::new(number as u32) {
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
        usize::try_from(self.0.wrapping_sub(HANDLES)).unwrap_or(usize::MAX)
    }

    /// An interned string.
    #[inline(always)]
    pub const fn from_symbol(symbol: Symbol) -> Value {
        Value(SYMBOLS | symbol.0 as u64)
    }

    /// The symbol, if the value is one.
    #[inline(always)]
    pub const fn as_symbol(self) -> Option<Symbol> {
        let number = self.0.wrapping_sub(SYMBOLS);
        if number <= u32::MAX as u64 { Some(Symbol(number as u32)) } else { None }
    }

    /// An integer, if it fits inline.
    #[inline(always)]
    pub const fn small_int(integer: i64) -> Option<Value> {
        if (integer << INT_SHIFT) >> INT_SHIFT == integer { Some(Value::pack_int(integer)) } else { None }
    }

    /// An integer known to fit 31 bits (lengths, small counts, characters).
    #[inline(always)]
    pub const fn tiny_int(integer: i32) -> Value {
        Value::pack_int(integer as i64)
    }

    #[inline(always)]
    const fn pack_int(integer: i64) -> Value {
        Value(INTEGERS | integer as u64)
    }

    #[inline(always)]
    const fn unpack_int(self) -> i64 {
        ((self.0 << INT_SHIFT) as i64) >> INT_SHIFT
    }

    /// The integer, if the value is an inline one. `True` and `False` are not.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.0 >= INTEGERS { Some(self.unpack_int()) } else { None }
    }

    /// Whether both are inline integers.
    #[inline(always)]
    pub const fn are_small_ints(self, other: Value) -> bool {
        self.0 & other.0 >= INTEGERS
    }

    /// Both integers, if both values are inline ones.
    #[inline(always)]
    pub const fn both_small_ints(self, other: Value) -> Option<(i64, i64)> {
        if self.are_small_ints(other) { Some((self.unpack_int(), other.unpack_int())) } else { None }
    }

    /// What inline integers are ordered by.
    #[inline(always)]
    pub const fn int_order(self) -> i64 {
        (self.0 << INT_SHIFT) as i64
    }

    /// An inline integer from [`Value::int_order`]'s form.
    #[inline(always)]
    const fn from_order(order: i64) -> Value {
        Value(INTEGERS | order as u64 >> INT_SHIFT)
    }

    /// The sum of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_sum(self, other: Value) -> Option<Value> {
        self.int_order().checked_add(other.int_order()).map(Value::from_order)
    }

    /// The difference of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_difference(self, other: Value) -> Option<Value> {
        self.int_order().checked_sub(other.int_order()).map(Value::from_order)
    }

    /// The product of two inline integers, if it is one.
    #[inline(always)]
    pub fn int_product(self, other: Value) -> Option<Value> {
        self.int_order().checked_mul(other.unpack_int()).map(Value::from_order)
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
        Value((self.0 ^ other.0) | INTEGERS)
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
        if self.0 < HANDLES { Some(f64::from_bits(self.0)) } else { None }
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
