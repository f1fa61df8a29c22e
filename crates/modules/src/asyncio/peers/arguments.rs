//! `Arguments`: what a Rust function was called with from Python.

use super::{Asyncio, Data, Exception};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The arguments of a call from Python. They are taken one after the other; [`end`](Self::end) sees that none is left.
///
/// ```
/// use wigwag_modules::asyncio::peers::{Arguments, Data, Exception};
///
/// fn scale(mut arguments: Arguments) -> Result<i64, Exception> {
///     let number: i64 = arguments.take()?;
///     let by: i64 = arguments.keyword("by", 10)?;
///     arguments.end()?;
///     Ok(number * by)
/// }
/// ```
pub struct Arguments {
    positional: vec::IntoIter<Data>,
    keywords: Vec<(String, Data)>,
    asyncio: Asyncio,
}

impl Arguments {
    pub(super) fn new(positional: Vec<Data>, keywords: Vec<(String, Data)>, asyncio: Asyncio) -> Arguments {
        Arguments { positional: positional.into_iter(), keywords, asyncio }
    }

    /// The loop that the caller runs on.
    pub fn asyncio(&self) -> &Asyncio {
        &self.asyncio
    }

    /// The next positional argument.
    ///
    /// # Errors
    /// A `TypeError` when there is none, or it is something else.
    pub fn take<T: TryFrom<Data>>(&mut self) -> Result<T, Exception>
    where
        Exception: From<T::Error>,
    {
        match self.positional.next() {
            Some(data) => Ok(T::try_from(data)?),
            None => Err(Exception::new("TypeError", "function missing required positional arguments")),
        }
    }

    /// The next positional argument, or this where there is none.
    ///
    /// # Errors
    /// A `TypeError` when it is something else.
    pub fn take_or<T: TryFrom<Data>>(&mut self, otherwise: T) -> Result<T, Exception>
    where
        Exception: From<T::Error>,
    {
        match self.positional.next() {
            Some(data) => Ok(T::try_from(data)?),
            None => Ok(otherwise),
        }
    }

    /// The keyword argument of this name, or this where there is none.
    ///
    /// # Errors
    /// A `TypeError` when it is something else.
    pub fn keyword<T: TryFrom<Data>>(&mut self, name: &str, otherwise: T) -> Result<T, Exception>
    where
        Exception: From<T::Error>,
    {
        match self.keywords.iter().position(|(known, _)| known == name) {
            Some(number) => Ok(T::try_from(self.keywords.swap_remove(number).1)?),
            None => Ok(otherwise),
        }
    }

    /// All positional arguments that are left.
    pub fn rest(&mut self) -> Vec<Data> {
        self.positional.by_ref().collect()
    }

    /// Sees that there are no more arguments.
    ///
    /// # Errors
    /// A `TypeError` when there are.
    pub fn end(&mut self) -> Result<(), Exception> {
        if let Some((name, _)) = self.keywords.first() {
            return Err(Exception::new("TypeError", format_args!("unexpected keyword argument '{name}'")));
        }
        match self.positional.len() {
            0 => Ok(()),
            more => Err(Exception::new("TypeError", format_args!("{more} arguments too many"))),
        }
    }
}
