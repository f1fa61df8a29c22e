//! How formatting fails. Each variant is one Python exception; the text is its argument.

use alloc::string::String;

use crate::number::{Message, NumberError};

/// Why a template or a value could not be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// `ValueError`.
    Value(Message),
    /// `TypeError`.
    Type(Message),
    /// `IndexError`.
    Index(Message),
    /// `KeyError`, whose argument is the name that was not found.
    Key(String),
    /// `OverflowError`.
    Overflow(Message),
    /// `ZeroDivisionError`; here only because numbers are converted on the way.
    ZeroDivision(Message),
    /// `NotImplementedError`.
    NotImplemented(Message),
    /// `MemoryError`: the text would exceed the bound that the caller gave, or the allocator refused.
    Memory,
    /// `KeyboardInterrupt`: a long conversion was given up because somebody asked for it.
    Interrupted,
}

impl From<NumberError> for FormatError {
    fn from(error: NumberError) -> FormatError {
        match error {
            NumberError::ZeroDivision(message) => FormatError::ZeroDivision(message),
            NumberError::Overflow(message) => FormatError::Overflow(message),
            NumberError::Value(message) => FormatError::Value(message),
            NumberError::Type(message) => FormatError::Type(message),
            NumberError::Memory => FormatError::Memory,
            NumberError::Interrupted => FormatError::Interrupted,
        }
    }
}
