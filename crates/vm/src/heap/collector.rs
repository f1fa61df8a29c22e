//! Mark and sweep: precise, and nothing moves.
//!
//! Marking keeps a bounded stack; where it would overflow, the object is only marked, and a scan over the marks later
//! finds it again. So a collection allocates nothing. Sweeping drops what is not marked and threads the free list
//! through it. Collections happen only at safepoints of the dispatch loop, so natives never see one.

use super::{Handle, Heap, Slot, Value};
use crate::objects::dict::Dict;

/// How many objects can wait to be scanned before the collector falls back to scanning the marks.
const STACK: usize = 256;

/// Which slots are reachable, and which of them still have to be scanned.
pub struct Tracer<'a> {
    marks: &'a mut [u32],
    stack: [u32; STACK],
    depth: usize,
    overflowed: bool,
}

impl Tracer<'_> {
    /// Shows the collector a value.
    #[inline]
    pub fn value(&mut self, value: Value) {
        if let Some(handle) = value.as_handle() {
            self.handle(handle);
        }
    }

    /// Shows the collector a slot.
    #[inline]
    pub fn handle(&mut self, handle: Handle) {
        let index = handle.index();
        let Some(word) = self.marks.get_mut(index / 32) else { return };
        let bit = 1 << (index % 32);
        if *word & bit != 0 {
            return;
        }
        *word |= bit;
        if self.depth < STACK {
            self.stack[self.depth] = index as u32;
            self.depth += 1;
        } else {
            self.overflowed = true;
        }
    }

    /// Shows the collector several values.
    #[inline]
    pub fn values(&mut self, values: &[Value]) {
        for &value in values {
            self.value(value);
        }
    }

    /// Shows the collector every key and value of a table.
    pub fn dict(&mut self, dict: &Dict) {
        for entry in dict.raw_entries() {
            self.value(entry.key);
            self.value(entry.value);
        }
    }
}

impl Heap {
    /// Collects. `roots` shows the tracer everything that is reachable from outside the heap.
    pub fn collect(&mut self, roots: &dyn Fn(&mut Tracer<'_>)) {
        self.budget.peak = self.budget.peak.max(self.budget.used());
        self.marks.fill(0);
        let mut tracer = Tracer { marks: &mut self.marks, stack: [0; STACK], depth: 0, overflowed: false };
        for index in 1..self.permanent {
            if let Some(handle) = Handle::new(index) {
                tracer.handle(handle);
            }
        }
        for &value in &self.pinned {
            tracer.value(value);
        }
        roots(&mut tracer);
        loop {
            while tracer.depth > 0 {
                tracer.depth -= 1;
                let index = tracer.stack[tracer.depth] as usize;
                if let Some(slot) = self.slots.get(index) {
                    slot.trace(&mut tracer);
                }
            }
            if !tracer.overflowed {
                break;
            }
            // Some marked objects were not scanned: scan every marked one once more. What they hold is marked by now
            // or goes on the stack, so each round gets further.
            tracer.overflowed = false;
            for index in 0..self.slots.len() {
                if tracer.marks[index / 32] & 1 << (index % 32) != 0 {
                    self.slots[index].trace(&mut tracer);
                    while tracer.depth > 0 {
                        tracer.depth -= 1;
                        let index = tracer.stack[tracer.depth] as usize;
                        if let Some(slot) = self.slots.get(index) {
                            slot.trace(&mut tracer);
                        }
                    }
                }
            }
        }
        self.sweep();
    }

    fn sweep(&mut self) {
        let mut free = 0;
        let mut free_count = 0;
        for index in (1..self.slots.len()).rev() {
            if self.marks[index / 32] & 1 << (index % 32) != 0 {
                continue;
            }
            match &mut self.slots[index] {
                Slot::Free(next) => *next = free,
                slot => {
                    if let (Some(warnings), Slot::Generator(generator)) = (&mut self.warnings, &*slot) {
                        warnings.note(generator);
                    }
                    self.budget.release(slot.bytes());
                    *slot = Slot::Free(free);
                }
            }
            free = index as u32;
            free_count += 1;
        }
        self.free = free;
        self.free_count = free_count;
        self.collections += 1;
        self.budget.charged_before += self.budget.since_collection as u64;
        self.budget.since_collection = 0;
        self.pace();
    }

    /// Decides when the next collection is due.
    pub(super) fn pace(&mut self) {
        // Let the heap grow by as much as is live before the next collection, but by no less than this, so that small
        // heaps do not collect all the time.
        let used = self.budget.used();
        self.collect_after = self.threshold.unwrap_or(used.max(self.minimum_growth));
    }
}
