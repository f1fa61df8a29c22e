//! The immediate values: the same in both layouts.

use super::Value;

impl Value {
    /// No value: an unassigned local, an empty cell. Programs never see it.
    pub const UNBOUND: Value = Value::immediate(0);
    /// `None`
    pub const NONE: Value = Value::immediate(1);
    /// `False`
    pub const FALSE: Value = Value::immediate(2);
    /// `True`
    pub const TRUE: Value = Value::immediate(3);
    /// `Ellipsis`
    pub const ELLIPSIS: Value = Value::immediate(4);
    /// `NotImplemented`
    pub const NOT_IMPLEMENTED: Value = Value::immediate(5);
    /// Stands in [`super::Raised`] for an allocation that failed and may be tried again after a collection.
    pub const OUT_OF_MEMORY: Value = Value::immediate(6);

    /// `True` or `False`.
    #[inline(always)]
    pub const fn from_bool(truth: bool) -> Value {
        if truth { Value::TRUE } else { Value::FALSE }
    }

    /// The truth, if the value is `True` or `False`.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        if self == Value::TRUE {
            Some(true)
        } else if self == Value::FALSE {
            Some(false)
        } else {
            None
        }
    }

    /// Whether it is `None`.
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self == Value::NONE
    }

    /// Whether it is no value at all.
    #[inline(always)]
    pub fn is_unbound(self) -> bool {
        self == Value::UNBOUND
    }

    /// Whether it is an immediate (and so neither number, string nor slot).
    pub fn is_immediate(self) -> bool {
        self.immediate_number().is_some()
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if let Some(integer) = self.as_small_int() {
            write!(out, "int {integer}")
        } else if let Some(handle) = self.as_handle() {
            write!(out, "slot {}", handle.0)
        } else if let Some(symbol) = self.as_symbol() {
            write!(out, "symbol {}", symbol.0)
        } else if let Some(number) = self.immediate_number() {
            write!(out, "immediate {number}")
        } else {
            write!(out, "float {:?}", self.as_inline_float())
        }
    }
}
