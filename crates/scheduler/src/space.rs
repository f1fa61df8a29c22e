//! Where records are kept: in the caller's memory, or in memory that grows.
//!
//! Everything in this crate that needs room for an unknown number of records asks a [`Space`] for it. On a
//! microcontroller a space is a slice or an array that somebody set aside; with the feature `alloc` it may be a `Vec`.
//! A space that has no more room says so with [`NoRoom`]; it never panics and never aborts.
//!
//! What must always hold: a record keeps its index for as long as the space lives, and a space never shrinks.

use core::fmt;

/// There is no room for one more record, and the space cannot grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room for another task or timer")
    }
}

impl core::error::Error for NoRoom {}

/// A row of records addressed by index.
pub trait Space<T> {
    /// The records there are, used or not.
    fn items(&self) -> &[T];

    /// The same, to be written.
    fn items_mut(&mut self) -> &mut [T];

    /// Makes sure that there are at least `count` records, filling new ones with `T::default()`.
    ///
    /// # Errors
    /// [`NoRoom`] when the space cannot grow that far; it is then unchanged.
    fn ensure(&mut self, count: usize) -> Result<(), NoRoom>;

    /// How many bytes the records occupy, those not yet used included.
    fn bytes(&self) -> usize {
        core::mem::size_of_val(self.items())
    }
}

impl<T> Space<T> for &mut [T] {
    fn items(&self) -> &[T] {
        self
    }

    fn items_mut(&mut self) -> &mut [T] {
        self
    }

    fn ensure(&mut self, count: usize) -> Result<(), NoRoom> {
        if count <= self.len() { Ok(()) } else { Err(NoRoom) }
    }
}

impl<T, const N: usize> Space<T> for [T; N] {
    fn items(&self) -> &[T] {
        self
    }

    fn items_mut(&mut self) -> &mut [T] {
        self
    }

    fn ensure(&mut self, count: usize) -> Result<(), NoRoom> {
        if count <= N { Ok(()) } else { Err(NoRoom) }
    }
}

#[cfg(feature = "alloc")]
impl<T: Default> Space<T> for alloc::vec::Vec<T> {
    fn items(&self) -> &[T] {
        self
    }

    fn items_mut(&mut self) -> &mut [T] {
        self
    }

    fn ensure(&mut self, count: usize) -> Result<(), NoRoom> {
        if let Some(missing) = count.checked_sub(self.len()) {
            self.try_reserve(missing).map_err(|_| NoRoom)?;
            self.resize_with(count, T::default);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.capacity() * size_of::<T>()
    }
}
