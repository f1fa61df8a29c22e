//! Values, slots, handles, the collector, symbols, and the byte budget.
//!
//! The heap is one slab of fixed slots, addressed by `u32` handles; larger payloads lie beside it. Everything that
//! grows is charged to the [`Budget`] first. Nothing here runs Python, so nothing here collects: a function that takes
//! `&mut Heap` may keep values in local variables without care.
//!
//! What always holds: a string of no characters, or of one below U+0100, is a symbol; an integer that fits the inline
//! form is inline; one that fits 64 bits is never a big one. So those need no comparison by content.

mod address;
mod budget;
mod collector;
mod immediates;
mod kinds;
mod make;
mod raise;
mod read;
mod shapes;
mod slot;
pub mod sym;
mod symbols;
#[cfg(not(feature = "value32"))]
mod value;
#[cfg(feature = "value32")]
#[path = "value32.rs"]
mod value;
mod verify;

pub use budget::{Budget, Failure, OutOfMemory, try_box_slice, try_box_str, try_copy};
pub use collector::Tracer;
pub use kinds::TypeId;
pub use raise::Raised;
pub use read::LONGEST_SYMBOL;
pub use shapes::{ShapeId, Shapes};
pub use slot::{DictPart, InstanceObject, MemoryViewObject, Slot, StrObject};
pub use symbols::{Symbol, Symbols, hash_bytes};
pub use value::{FLOATS_INLINE, SMALL_INT_MAX, SMALL_INT_MIN, Value};

use crate::objects::function::TypeDef;
use crate::run::unawaited::Warnings;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, Ordering};

/// The number of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Handle(NonZeroU32);

impl Handle {
    /// The handle of slot `index`; slot 0 is never used.
    pub const fn new(index: usize) -> Option<Handle> {
        match NonZeroU32::new(index as u32) {
            Some(index) => Some(Handle(index)),
            None => None,
        }
    }

    /// The slot's number.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0.get() as usize
    }

    /// As a value.
    #[inline(always)]
    pub const fn value(self) -> Value {
        Value::from_handle(self)
    }
}

/// The heap.
pub struct Heap {
    slots: Vec<Slot>,
    marks: Vec<u32>,
    free: u32,
    free_count: usize,
    /// Slots below this one are never collected: the built-in types.
    permanent: usize,
    /// Values that are kept alive from outside (preallocated exceptions, namespaces).
    pinned: Vec<Value>,
    /// The byte budget.
    pub budget: Budget,
    /// The symbols.
    pub symbols: Symbols,
    /// The shapes.
    pub shapes: Shapes,
    /// Changes whenever a class gains or loses a name; attribute caches compare it.
    pub class_epoch: u32,
    /// Classes made for type definitions of other layers: by the definition's address.
    extension_types: Vec<(usize, Handle)>,
    /// How much may be allocated before the next collection.
    collect_after: usize,
    /// No collection is worth it before this much was allocated.
    pub minimum_growth: usize,
    /// Collections so far.
    pub collections: u64,
    /// `gc.disable()` was called: collect only when memory runs out.
    pub collection_disabled: bool,
    /// Collect when this much was allocated since the last collection, whatever is live: `gc.threshold(…)`.
    pub(crate) threshold: Option<usize>,
    /// Coroutines that nobody awaited, if they are to be reported.
    pub warnings: Option<Warnings>,
    /// Set from outside, at any time, for Ctrl-C: natives whose work grows with a number look here. Whoever embeds the
    /// machine may put a flag of its own in this place.
    pub interrupt: Arc<AtomicBool>,
    /// How much natives have done since the interpreter last looked at signals; see [`Heap::worked`].
    pub(crate) work: usize,
    /// `micropython.heap_lock()` depth: while above zero every allocation fails.
    pub lock_depth: u32,
}

impl Heap {
    /// A heap that may hold `limit` bytes, with the built-in types in it.
    pub fn new(limit: usize) -> Result<Heap, OutOfMemory> {
        let mut budget = Budget::new(limit);
        let symbols = Symbols::new(&mut budget)?;
        let mut heap = Heap {
            slots: Vec::new(),
            marks: Vec::new(),
            free: 0,
            free_count: 0,
            permanent: 1,
            pinned: Vec::new(),
            budget,
            symbols,
            shapes: Shapes::new(),
            class_epoch: 1,
            extension_types: Vec::new(),
            collect_after: 0,
            minimum_growth: 256 * 1024,
            collections: 0,
            collection_disabled: false,
            threshold: None,
            warnings: None,
            interrupt: Arc::default(),
            work: 0,
            lock_depth: 0,
        };
        heap.minimum_growth = (limit / 8).clamp(2 * 1024, 1024 * 1024);
        heap.collect_after = heap.minimum_growth;
        heap.budget.reserve(&mut heap.slots, 256)?;
        heap.slots.push(Slot::Free(0));
        kinds::make_builtin_types(&mut heap)?;
        heap.permanent = heap.slots.len();
        heap.pin_spare_exception()?;
        Ok(heap)
    }

    /// Puts an object into a slot; `bytes` beside the slot have been charged by the caller.
    #[inline]
    pub fn allocate(&mut self, slot: Slot) -> Result<Handle, OutOfMemory> {
        self.budget.since_collection += size_of::<Slot>();
        let index = self.free as usize;
        if index != 0 && self.lock_depth == 0 && !self.budget.counts_allocations() {
            if let Some(cell) = self.slots.get_mut(index)
                && let Slot::Free(next) = *cell
            {
                self.free = next;
                self.free_count -= 1;
                *cell = slot;
                if let Some(handle) = Handle::new(index) {
                    return Ok(handle);
                }
            }
            return Err(OutOfMemory);
        }
        self.allocate_slowly(slot)
    }

    #[cold]
    fn allocate_slowly(&mut self, slot: Slot) -> Result<Handle, OutOfMemory> {
        let bytes = slot.bytes();
        let result = self.grow_and_allocate(slot);
        if result.is_err() {
            // The object is gone with its payload.
            self.budget.release(bytes);
        }
        result
    }

    fn grow_and_allocate(&mut self, slot: Slot) -> Result<Handle, OutOfMemory> {
        if self.lock_depth > 0 && !slot.is_passing() {
            return Err(OutOfMemory);
        }
        self.budget.charge(0)?;
        if self.free != 0 {
            let index = self.free as usize;
            if let Some(cell) = self.slots.get_mut(index)
                && let Slot::Free(next) = *cell
            {
                self.free = next;
                self.free_count -= 1;
                *cell = slot;
                return Handle::new(index).ok_or(OutOfMemory);
            }
        }
        let index = self.slots.len();
        if index >= (1 << 30) - 1 {
            return Err(OutOfMemory);
        }
        if index / 32 >= self.marks.len() {
            self.budget.reserve_for_interpreter(&mut self.marks, 1)?;
            self.marks.push(0);
        }
        self.budget.reserve_for_interpreter(&mut self.slots, 1)?;
        self.slots.push(slot);
        Handle::new(index).ok_or(OutOfMemory)
    }

    /// Locks the heap: until it is unlocked as many times, programs can allocate nothing.
    pub fn lock(&mut self) {
        self.lock_depth = self.lock_depth.saturating_add(1);
        self.budget.locked = true;
    }

    /// Takes one lock away.
    pub fn unlock(&mut self) {
        self.lock_depth = self.lock_depth.saturating_sub(1);
        self.budget.locked = self.lock_depth > 0;
    }

    /// Locks the heap so many times: another fiber runs, and locks are a fiber's own.
    pub fn set_locks(&mut self, depth: u32) {
        self.lock_depth = depth;
        self.budget.locked = depth > 0;
    }

    /// Does something that a locked heap must not stop: what happens once, behind the program's back.
    pub(crate) fn unlocked<T>(&mut self, work: impl FnOnce(&mut Heap) -> T) -> T {
        let locks = (core::mem::take(&mut self.lock_depth), core::mem::take(&mut self.budget.locked));
        let result = work(self);
        (self.lock_depth, self.budget.locked) = locks;
        result
    }

    /// Whether enough was allocated since the last collection to make another worth it.
    #[inline(always)]
    pub fn wants_collection(&self) -> bool {
        self.budget.since_collection >= self.collect_after && !self.collection_disabled
    }

    /// The slot of a handle. A stale handle gives a wrong object or a free slot, never undefined behaviour.
    #[inline(always)]
    pub fn slot(&self, handle: Handle) -> &Slot {
        &self.slots[handle.index()]
    }

    /// The slot of a handle, to change it.
    #[inline(always)]
    pub fn slot_mut(&mut self, handle: Handle) -> &mut Slot {
        &mut self.slots[handle.index()]
    }

    /// The slot of a value, if it is one.
    #[inline(always)]
    pub fn slot_of(&self, value: Value) -> Option<&Slot> {
        self.slots.get(value.slot_number())
    }

    /// The slot of a value, to change it.
    #[inline(always)]
    pub fn slot_of_mut(&mut self, value: Value) -> Option<&mut Slot> {
        self.slots.get_mut(value.slot_number())
    }

    /// The slot of a value, to change it, together with the budget that growth is charged to.
    #[inline(always)]
    pub fn slot_and_budget(&mut self, value: Value) -> Option<(&mut Slot, &mut Budget)> {
        self.slots.get_mut(value.slot_number()).map(|slot| (slot, &mut self.budget))
    }

    /// Every object in the heap, those that nobody can reach any more included.
    pub fn values(&self) -> impl Iterator<Item = Value> + '_ {
        let used = self.slots.iter().enumerate().filter(|(_, slot)| !matches!(slot, Slot::Free(_)));
        used.filter_map(|(index, _)| Handle::new(index).map(Handle::value))
    }

    /// Every place of the heap, to change what is in it.
    pub(crate) fn places_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut()
    }

    /// A native has gone over so many bytes or items. Fuel does not count that, so that time under the virtual clock does
    /// not depend on it; but after much of it signals are looked at soon.
    #[inline]
    pub fn worked(&mut self, amount: usize) {
        self.work = self.work.saturating_add(amount);
    }

    /// How many bytes or items an operator on a value may have to go over.
    pub(crate) fn extent(&self, value: Value) -> usize {
        match self.slot_of(value) {
            Some(Slot::Str(text)) => text.text.len(),
            Some(Slot::Bytes(bytes)) => bytes.len(),
            Some(Slot::ByteArray(bytes)) => bytes.len(),
            Some(Slot::List(items)) => items.len(),
            Some(Slot::Tuple(items)) => items.len(),
            Some(Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table)) => table.len(),
            _ => 0,
        }
    }

    /// Takes a pending Ctrl-C.
    pub fn take_interrupt(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) && self.interrupt.swap(false, Ordering::Acquire)
    }

    /// Keeps a value alive for good.
    pub fn pin(&mut self, value: Value) -> Result<(), OutOfMemory> {
        self.budget.reserve(&mut self.pinned, 1)?;
        self.pinned.push(value);
        Ok(())
    }

    /// Bytes in use by live and not yet collected objects.
    pub fn allocated_bytes(&self) -> usize {
        self.budget.used() - (self.free_count + self.slots.capacity() - self.slots.len()) * size_of::<Slot>()
    }

    /// Bytes allocated since the start, whatever became of them.
    pub fn total_bytes(&self) -> u64 {
        self.budget.charged_before + self.budget.since_collection as u64
    }

    /// The most bytes that were in use, as far as was seen.
    pub fn peak_bytes(&self) -> usize {
        self.budget.peak.max(self.budget.used())
    }

    /// Bytes that may still be used.
    pub fn free_bytes(&self) -> usize {
        self.budget.limit() - self.allocated_bytes().min(self.budget.limit())
    }

    /// How many objects there are, live and not yet collected.
    pub fn objects(&self) -> usize {
        self.slots.len() - self.free_count
    }

    /// Every place for an object, taken or free, in the order of their numbers.
    pub fn places(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().skip(1)
    }

    /// What `gc.threshold(…)` has set.
    pub fn threshold(&self) -> Option<usize> {
        self.threshold
    }

    /// Sets how much may be allocated between two collections; `None` leaves it to the collector.
    pub fn set_threshold(&mut self, threshold: Option<usize>) {
        self.threshold = threshold;
        self.pace();
    }

    /// The class made for a type definition of another layer, made now if it is the first time.
    pub fn class_for(&mut self, definition: &'static TypeDef) -> Result<Handle, Raised> {
        if let Some(id) = definition.id {
            return Ok(id.handle());
        }
        let address = core::ptr::from_ref(definition) as usize;
        if let Some(&(_, class)) = self.extension_types.iter().find(|(known, _)| *known == address) {
            return Ok(class);
        }
        self.unlocked(|heap| heap.make_class_for(definition, address))
    }

    fn make_class_for(&mut self, definition: &'static TypeDef, address: usize) -> Result<Handle, Raised> {
        let class = kinds::make_class(self, definition)?;
        self.pin(class.value())?;
        self.budget.reserve(&mut self.extension_types, 1)?;
        self.extension_types.push((address, class));
        Ok(class)
    }
}
