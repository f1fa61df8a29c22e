//! Looking over a heap: for tests that make allocations fail, collect all the time, or run what a fuzzer wrote.
//!
//! Everything here is read, nothing changed, and no cost is spared. It is to be called right after a collection: then
//! the marks tell what is reachable, and all that is not has been freed.

use super::{Heap, Shapes, Slot, Symbols};
use crate::objects::dict::Dict;
use alloc::format;
use alloc::string::String;
use alloc::vec;

/// Turns a condition that does not hold into the text that says so.
macro_rules! must {
    ($holds:expr, $($text:tt)+) => {
        if !$holds {
            return Err(format!($($text)+));
        }
    };
}

impl Heap {
    /// Whether everything in the heap agrees with everything else; `beside` is what others have charged to the budget.
    ///
    /// # Errors
    /// What does not agree.
    pub fn verify(&self, beside: usize) -> Result<(), String> {
        self.verify_places()?;
        self.symbols.verify()?;
        self.shapes.verify()?;
        for (index, slot) in self.slots.iter().enumerate() {
            self.verify_object(slot).map_err(|text| format!("object {index}: {text}"))?;
        }
        let counted = self.counted_bytes() + beside;
        must!(
            counted == self.budget.used(),
            "{counted} bytes are in use, {} were charged",
            self.budget.used()
        );
        Ok(())
    }

    /// Every handle that was seen names an object, and the free places are linked, each once.
    fn verify_places(&self) -> Result<(), String> {
        let is_marked = |index: usize| self.marks[index / 32] & 1 << (index % 32) != 0;
        for (index, slot) in self.slots.iter().enumerate().skip(1) {
            let is_free = matches!(slot, Slot::Free(_));
            must!(!(is_free && is_marked(index)), "a handle of free place {index} is in use");
            must!(is_free || is_marked(index), "object {index} is not reachable and was not freed");
        }
        for index in self.slots.len()..self.marks.len() * 32 {
            must!(!is_marked(index), "a handle is beyond the end: {index}");
        }
        let (mut at, mut count) = (self.free as usize, 0);
        while at != 0 {
            let Some(Slot::Free(next)) = self.slots.get(at) else {
                return Err(format!("place {at} is taken and in the list of free ones"));
            };
            at = *next as usize;
            count += 1;
            must!(count <= self.slots.len(), "the list of free places has no end");
        }
        let free = self.slots.iter().skip(1).filter(|slot| matches!(slot, Slot::Free(_))).count();
        must!(count == free, "{free} places are free, {count} are in the list");
        must!(count == self.free_count, "{count} places are in the list, {} were counted", self.free_count);
        Ok(())
    }

    fn verify_object(&self, slot: &Slot) -> Result<(), String> {
        match slot {
            Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table) => table.verify(),
            Slot::Class(class) => class.dict.verify(),
            Slot::Instance(instance) => {
                let places = self.shapes.count(instance.shape);
                must!(places <= instance.values.len(), "{places} attributes do not fit");
                must!(matches!(self.slot(instance.class), Slot::Class(_)), "its class is none");
                Ok(())
            }
            Slot::Module(namespace) => {
                must!(matches!(self.slot(*namespace), Slot::Dict(_)), "its namespace is no dict");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What everything in the heap takes, counted anew.
    fn counted_bytes(&self) -> usize {
        let objects: usize = self.slots.iter().map(Slot::bytes).sum();
        objects
            + self.slots.capacity() * size_of::<Slot>()
            + self.marks.capacity() * size_of::<u32>()
            + self.pinned.capacity() * size_of::<super::Value>()
            + self.extension_types.capacity() * size_of::<(usize, super::Handle)>()
            + self.symbols.bytes()
            + self.shapes.bytes()
    }
}

impl Symbols {
    fn verify(&self) -> Result<(), String> {
        let linked = self.index.iter().filter(|&&number| number != 0).count();
        must!(linked == self.entries.len(), "{linked} of {} symbols can be found", self.entries.len());
        for (number, entry) in self.entries.iter().enumerate() {
            let found = self.find(entry.text.as_str());
            must!(
                found.is_some_and(|symbol| symbol.number() as usize == number),
                "symbol {number} is found as {found:?}"
            );
        }
        Ok(())
    }
}

impl Shapes {
    fn verify(&self) -> Result<(), String> {
        let mut times_linked = vec![0; self.shapes.len() + 1];
        for (index, shape) in self.shapes.iter().enumerate() {
            let mut child = shape.first_child as usize;
            while child != 0 {
                must!(child > index + 1 && child <= self.shapes.len(), "shape {child} is below a later one");
                times_linked[child] += 1;
                must!(times_linked[child] == 1, "shape {child} is linked twice");
                let here = &self.shapes[child - 1];
                must!(here.parent as usize == index + 1, "shape {child} has another parent");
                must!(here.count == shape.count + 1, "shape {child} adds more than one attribute");
                child = here.next_sibling as usize;
            }
        }
        for (index, shape) in self.shapes.iter().enumerate() {
            let expected = i32::from(shape.parent != 0);
            must!(times_linked[index + 1] == expected, "shape {} cannot be found", index + 1);
        }
        Ok(())
    }
}

impl Dict {
    fn verify(&self) -> Result<(), String> {
        let live = self.iter().count();
        must!(live == self.len(), "{live} entries are live, {} were counted", self.len());
        for (number, entry) in self.raw_entries().iter().enumerate() {
            if entry.key.is_unbound() {
                continue;
            }
            must!(number >= self.head(), "entry {number} lies before the first");
            let mut probe = Default::default();
            let mut found = false;
            while let Some(other) = self.probe(entry.hash, &mut probe) {
                found |= other == number;
            }
            must!(found, "entry {number} cannot be found");
        }
        Ok(())
    }
}
