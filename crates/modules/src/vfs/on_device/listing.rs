//! Directories being listed: an iterator that reads on with each entry.

use super::running::{Finished, Running, Work};
use crate::arguments;
use crate::vfs::listing::name;
use crate::vfs::system::{DIRECTORY, ORDINARY_FILE};
use crate::vfs::volume::{Done, Listed, Path, Volume};
use alloc::boxed::Box;
use wigwag_vm::heap::{Handle, Raised, Tracer, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Outcome, Vm};

/// Opens a directory to list it.
pub struct Opening<V: Volume> {
    /// Which.
    pub path: Path,
    /// Whether names are given as text.
    pub as_text: bool,
    /// Its beginning, once it is found.
    pub listing: Option<V::Listing>,
}

impl<V: Volume> Work<V> for Opening<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        self.listing = Some(volume.list(&self.path)?);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, file_system: Value) -> Result<Finished, Raised> {
        let [.., kind] = V::types();
        let class = vm.heap.class_for(kind)?;
        let listing = Listing::<V> { class, file_system, next: self.listing.clone(), as_text: self.as_text };
        Ok(Finished::Value(arguments::object(&mut vm.heap, listing)?))
    }
}

struct Listing<V: Volume> {
    class: Handle,
    file_system: Value,
    /// Where the next entry is looked for; none at the end.
    next: Option<V::Listing>,
    as_text: bool,
}

impl<V: Volume> NativeObject for Listing<V> {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
    }

    fn bytes(&self) -> usize {
        size_of::<Listing<V>>()
    }
}

/// The next entry of a directory.
pub fn next<V: Volume>(vm: &mut Vm, listing: Value) -> Result<Outcome, Raised> {
    let Some(Listing { file_system, next: Some(from), as_text, .. }) =
        vm.heap.as_native::<Listing<V>>(listing)
    else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let work = Reading::<V> { listing, from: from.clone(), as_text: *as_text, found: None };
    Ok(Outcome::Frame(Box::new(Running::new(*file_system, work))))
}

/// Reads the next entry.
struct Reading<V: Volume> {
    listing: Value,
    from: V::Listing,
    as_text: bool,
    found: Option<(Listed, V::Listing)>,
}

impl<V: Volume> Work<V> for Reading<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        self.found = volume.next_listed(&self.from)?;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let made = match &self.found {
            Some((entry, _)) => {
                let kind = if entry.is_directory { DIRECTORY } else { ORDINARY_FILE };
                let size = vm.heap.int(entry.size.into())?;
                let name = name(&mut vm.heap, &entry.name, self.as_text)?;
                let items = [name, Value::tiny_int(kind as i32), Value::tiny_int(0), size];
                Finished::Value(vm.heap.tuple(&items)?)
            }
            None => Finished::Stop,
        };
        if let Some(listing) = vm.heap.as_native_mut::<Listing<V>>(self.listing) {
            listing.next = self.found.as_ref().map(|(_, next)| next.clone());
        }
        Ok(made)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.listing);
    }
}
