//! How arithmetic fails. Each variant is one Python exception; the text is its argument.

use alloc::borrow::Cow;

/// The text of an exception: fixed, or made from the offending input.
pub type Message = Cow<'static, str>;

/// Why a number could not be computed, read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// `ZeroDivisionError`.
    ZeroDivision(Message),
    /// `OverflowError`.
    Overflow(Message),
    /// `ValueError`.
    Value(Message),
    /// `TypeError`.
    Type(Message),
    /// `MemoryError`: the result would exceed the bound that the caller gave, or the allocator refused.
    Memory,
    /// `KeyboardInterrupt`: a long operation was given up because somebody asked for it.
    Interrupted,
}

impl NumberError {
    /// Division of a real number by zero.
    pub const DIVIDE_BY_ZERO: NumberError = NumberError::ZeroDivision(Cow::Borrowed("divide by zero"));
    /// An integer too large for a place that holds a machine word: a shift count, an index, a width.
    pub const MACHINE_WORD: NumberError =
        NumberError::Overflow(Cow::Borrowed("overflow converting long int to machine word"));
    /// Text that is not a float or complex number.
    pub const INVALID_NUMBER: NumberError = NumberError::Value(Cow::Borrowed("invalid syntax for number"));
}
