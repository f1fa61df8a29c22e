//! The byte budget: every growth of the heap is counted here first, so that memory running out is an error that a
//! program can catch, and never an abort.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::size_of;

/// An allocation that the budget or the system refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl core::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the heap has no room")
    }
}

impl core::error::Error for OutOfMemory {}

/// For tests of running out: an allocation that is refused although there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How many allocations succeed before it.
    pub number: u64,
    /// Whether every later one is refused as well.
    pub lasting: bool,
}

/// Bytes in use and bytes allowed.
#[derive(Debug)]
pub struct Budget {
    used: usize,
    limit: usize,
    /// Bytes charged since the last collection; what the collector is paced by.
    pub(crate) since_collection: usize,
    /// Bytes charged until the last collection.
    pub(crate) charged_before: u64,
    /// The most bytes in use when a collection began.
    pub(crate) peak: usize,
    /// While the heap is locked no vector of an object may grow.
    pub(crate) locked: bool,
    /// What is to be refused; counts down.
    failure: Option<Failure>,
    /// Whether it has been.
    failed: bool,
}

impl Budget {
    /// A budget of `limit` bytes.
    pub fn new(limit: usize) -> Budget {
        Budget {
            used: 0,
            limit,
            since_collection: 0,
            charged_before: 0,
            peak: 0,
            locked: false,
            failure: None,
            failed: false,
        }
    }

    /// Counts `bytes` as in use.
    #[inline]
    pub fn charge(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if self.failure.is_some() {
            self.count_down()?;
        }
        match self.used.checked_add(bytes) {
            Some(used) if used <= self.limit => {
                self.used = used;
                self.since_collection += bytes;
                Ok(())
            }
            _ => Err(OutOfMemory),
        }
    }

    /// From now on allocations fail as the test asks; `None` lets all succeed again.
    pub fn fail(&mut self, failure: Option<Failure>) {
        self.failure = failure;
        self.failed = false;
    }

    /// Whether an allocation has been refused because a test asked for it.
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whether every allocation has to be counted, even one that takes no new bytes.
    #[inline]
    pub(super) fn counts_allocations(&self) -> bool {
        self.failure.is_some()
    }

    #[cold]
    fn count_down(&mut self) -> Result<(), OutOfMemory> {
        let Some(failure) = &mut self.failure else { return Ok(()) };
        if failure.number > 0 {
            failure.number -= 1;
            return Ok(());
        }
        self.failed = true;
        if !failure.lasting {
            self.failure = None;
        }
        Err(OutOfMemory)
    }

    /// Counts `bytes` as no longer in use.
    #[inline]
    pub fn release(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Bytes allowed.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Changes how many bytes are allowed.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Makes room in a vector for `additional` more items and charges what it grew by. Vectors double, within half of what
    /// is left of the budget.
    #[inline]
    pub fn reserve<T>(&mut self, vector: &mut Vec<T>, additional: usize) -> Result<(), OutOfMemory> {
        if vector.capacity() - vector.len() >= additional {
            return Ok(());
        }
        if self.locked {
            return Err(OutOfMemory);
        }
        self.grow(vector, additional)
    }

    /// The same for what the interpreter needs to run at all: a locked heap does not keep it from that.
    #[inline]
    pub fn reserve_for_interpreter<T>(
        &mut self,
        vector: &mut Vec<T>,
        additional: usize,
    ) -> Result<(), OutOfMemory> {
        if vector.capacity() - vector.len() >= additional {
            return Ok(());
        }
        self.grow(vector, additional)
    }

    #[cold]
    fn grow<T>(&mut self, vector: &mut Vec<T>, additional: usize) -> Result<(), OutOfMemory> {
        let before = vector.capacity();
        let capacity = self.charge_growth(before, vector.len(), additional, size_of::<T>())?;
        if vector.try_reserve_exact(capacity - vector.len()).is_err() {
            self.release((capacity - before) * size_of::<T>());
            return Err(OutOfMemory);
        }
        // The allocator may have given more than was asked for.
        let surplus = (vector.capacity() - capacity) * size_of::<T>();
        self.used += surplus;
        Ok(())
    }

    /// Decides what capacity a vector grows to, and charges the difference. The same for vectors of any items, so that there
    /// is one of it.
    fn charge_growth(
        &mut self,
        before: usize,
        length: usize,
        additional: usize,
        item_bytes: usize,
    ) -> Result<usize, OutOfMemory> {
        let needed = length.checked_add(additional).ok_or(OutOfMemory)?;
        let wanted = needed.max(before.saturating_mul(2)).max(4);
        // Never more than half of what is left: what is held in reserve is no use to anybody else.
        let affordable = before + self.limit.saturating_sub(self.used) / item_bytes.max(1) / 2;
        let capacity = wanted.min(affordable).max(needed);
        self.charge((capacity - before).checked_mul(item_bytes).ok_or(OutOfMemory)?)?;
        Ok(capacity)
    }

    /// Gives back what a vector's buffer was charged.
    pub fn release_vec<T>(&mut self, vector: &Vec<T>) {
        self.release(vector.capacity() * size_of::<T>());
    }
}

/// A boxed copy of a string; the caller has charged its bytes.
pub fn try_box_str(text: &str) -> Result<Box<str>, OutOfMemory> {
    let mut copy = alloc::string::String::new();
    copy.try_reserve_exact(text.len()).map_err(|_| OutOfMemory)?;
    copy.push_str(text);
    Ok(copy.into_boxed_str())
}

/// A boxed copy of a slice; the caller has charged its bytes.
pub fn try_box_slice<T: Copy>(items: &[T]) -> Result<Box<[T]>, OutOfMemory> {
    try_copy(items).map(Vec::into_boxed_slice)
}

/// A copy of items that may not fit in memory; it counts against no budget.
pub fn try_copy<T: Copy>(items: &[T]) -> Result<Vec<T>, OutOfMemory> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(items.len()).map_err(|_| OutOfMemory)?;
    copy.extend_from_slice(items);
    Ok(copy)
}
