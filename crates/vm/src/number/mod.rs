//! Numbers as Python sees them: integers of any size, floats and complex numbers.
//!
//! Everything here is a pure function of its arguments. Nothing knows of heap, values or the virtual machine; the
//! object types call these functions and turn a [`NumberError`] into the exception of the same name. Behaviour and
//! message texts are those of MicroPython's 64-bit unix port (double floats, detailed error messages).
//!
//! What must always hold: no function panics, whatever its arguments, and none allocates more than its caller
//! allowed. A function whose result could outgrow its operands takes a bound (`max_bits`, `max_len`) and answers
//! [`NumberError::Memory`] instead of exceeding it; it also says how its work grows, so that the caller can count it.

pub mod complex;
pub mod error;
pub mod float;
pub mod int;

pub use complex::Complex;
pub use error::{Message, NumberError};
pub use int::Int;

/// The result of raising one number to the power of another: which kind of number depends on their values.
#[derive(Clone, Debug, PartialEq)]
pub enum Power {
    /// Integer to the power of a non-negative integer.
    Int(Int),
    /// A float was involved, or the exponent was negative.
    Float(f64),
    /// A negative base to the power of a fraction.
    Complex(Complex),
}
