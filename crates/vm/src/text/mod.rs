//! Text as Python sees it: formatting, quoting, searching and slicing.
//!
//! Pure functions of `&str` and `&[u8]`, which know nothing of heap, values or the virtual machine. Writers append to
//! a buffer that the caller gives and stop at its bound: whatever a width or precision asks for, the result is text
//! or [`FormatError::Memory`], never an abort. Behaviour and message texts are those of MicroPython's unix port.

pub mod classes;
pub mod error;
pub mod format;
pub mod percent;
pub mod repr;
pub mod search;
pub mod sink;

pub use error::FormatError;
pub use sink::{Bounded, Sink};
