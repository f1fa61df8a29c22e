//! Addresses, made up: what `uctypes.addressof` gives out, and how an address leads back to the bytes it stands for.
//!
//! Every object that was asked for its address gets a stretch of numbers of its own, with a gap behind it. An address
//! keeps nothing alive, as upstream's do not: when the object is gone, its address leads nowhere, or to whatever lies
//! in the same place of the heap now, but always to a living object or to none.

use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::native::Window;
use wigwag_vm::run::{Extension, Vm};

/// Where the first object lies: on a machine of 32-bit words as on a board, in RAM.
const FIRST: u64 = 0x2000_0000;
/// Addresses end here, so that they fit words of 32 bits.
const END: u64 = 0xF000_0000;
/// Objects begin at multiples of this, and at least as much lies between them.
const ALIGNMENT: u64 = 16;

/// An object's stretch of addresses.
struct Region {
    start: u64,
    length: u64,
    object: Value,
}

/// Which objects have addresses.
pub struct Addresses {
    /// In order of `start`.
    regions: Vec<Region>,
    next: u64,
    /// So many regions make it worth looking which of them are of use.
    tidy_at: usize,
}

impl Default for Addresses {
    fn default() -> Addresses {
        Addresses { regions: Vec::new(), next: FIRST, tidy_at: 64 }
    }
}

impl Extension for Addresses {
    // Nothing: addresses keep no object alive.
    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn bytes(&self) -> usize {
        self.regions.capacity() * size_of::<Region>()
    }
}

/// Does something with the table while the heap is at hand too.
fn with_table<T>(vm: &mut Vm, work: impl FnOnce(&mut Addresses, &mut Heap) -> T) -> T {
    let mut table = vm.extension::<Addresses>().map(core::mem::take).unwrap_or_default();
    let result = work(&mut table, &mut vm.heap);
    if let Some(place) = vm.extension::<Addresses>() {
        *place = table;
    }
    result
}

impl Addresses {
    /// The address of a buffer's first byte.
    fn of(&mut self, heap: &mut Heap, object: Value, length: usize) -> Result<u64, Raised> {
        let length = length as u64;
        let known =
            self.regions.iter().rev().find(|region| region.object == object && region.length >= length);
        if let Some(region) = known {
            return Ok(region.start);
        }
        if self.regions.len() >= self.tidy_at {
            self.regions.retain(|region| heap.as_buffer(region.object).is_some());
            self.tidy_at = (2 * self.regions.len()).max(64);
        }
        let taken =
            length.checked_next_multiple_of(ALIGNMENT).and_then(|length| length.checked_add(ALIGNMENT));
        let taken = taken.filter(|&taken| taken < END - FIRST).ok_or(Raised::OUT_OF_MEMORY)?;
        if taken > END - self.next {
            // All numbers have been used once: who still has old ones learns that they lead nowhere.
            heap.budget.release_vec(&self.regions);
            *self = Addresses::default();
        }
        heap.budget.reserve(&mut self.regions, 1)?;
        let start = self.next;
        self.regions.push(Region { start, length, object });
        self.next += taken;
        Ok(start)
    }

    /// What lies at an address: from there to the end of its object.
    fn at(&self, heap: &Heap, address: u64) -> Option<Window> {
        let after = self.regions.partition_point(|region| region.start <= address);
        let region = self.regions.get(after.checked_sub(1)?)?;
        let start = usize::try_from(address - region.start).ok()?;
        let length = heap.as_buffer(region.object)?.len().checked_sub(start)?;
        (address - region.start <= region.length).then_some(Window { base: region.object, start, length })
    }
}

/// The address of the first byte of anything with the buffer protocol.
pub fn address_of(vm: &mut Vm, value: Value) -> Result<u64, Raised> {
    let part = vm.heap.native_part(value);
    let window = match vm.heap.as_str(part) {
        Some(text) => Some(Window { base: part, start: 0, length: text.len() }),
        None => vm.heap.window_of(part),
    };
    let base_length = window.and_then(|window| vm.heap.as_buffer(window.base)).map(<[u8]>::len);
    let (Some(window), Some(length)) = (window, base_length) else {
        return Err(vm.heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    let base = with_table(vm, |table, heap| table.of(heap, window.base, length))?;
    Ok(base.saturating_add(window.start as u64))
}

/// What lies at an address, from there to the end of the object that it is in; `None` where nothing does.
pub fn window_at(vm: &mut Vm, address: u64) -> Option<Window> {
    with_table(vm, |table, heap| table.at(heap, address))
}

/// `ValueError: nothing at address 0x10`
#[cold]
pub fn nothing_at(heap: &mut Heap, address: u64) -> Raised {
    heap.raise_fmt(TypeId::ValueError, format_args!("nothing at address {address:#x}"))
}

/// The bytes of a window that has at least so many.
pub fn bytes_in(heap: &Heap, window: Window, offset: u64, count: usize) -> Option<&[u8]> {
    let start = window.start.checked_add(usize::try_from(offset).ok()?)?;
    heap.as_buffer(window.base)?.get(start..start.checked_add(count)?)
}

/// The same, to change them; `None` also where they cannot be changed.
pub fn bytes_in_mut(heap: &mut Heap, window: Window, offset: u64, count: usize) -> Option<&mut [u8]> {
    let start = window.start.checked_add(usize::try_from(offset).ok()?)?;
    heap.as_bytes_mut(window.base)?.get_mut(start..start.checked_add(count)?)
}
