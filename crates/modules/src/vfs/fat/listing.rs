//! Directories being listed: an iterator that reads on with each entry.

use super::super::listing::name;
use super::super::system::{DIRECTORY, ORDINARY_FILE};
use super::running::{Finished, Running, Work};
use crate::arguments;
use crate::fat::directory::{Cursor, Entry};
use crate::fat::tree::Path;
use crate::fat::{Done, Volume};
use alloc::boxed::Box;
use wigwag_vm::heap::{Handle, Raised, Tracer, Value};
use wigwag_vm::objects::function::TypeDef;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Outcome, Vm};

/// Opens a directory to list it.
pub struct Opening {
    /// Which.
    pub path: Path,
    /// Whether names are given as text.
    pub as_text: bool,
    /// Its beginning, once it is found.
    pub directory: Option<Cursor>,
}

impl Work for Opening {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        let (directory, _) = volume.open_directory(&self.path)?;
        self.directory = Some(volume.beginning(directory));
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, file_system: Value) -> Result<Finished, Raised> {
        let class = vm.heap.class_for(&TYPE)?;
        let listing = Listing { class, file_system, next: self.directory, as_text: self.as_text };
        Ok(Finished::Value(arguments::object(&mut vm.heap, listing)?))
    }
}

struct Listing {
    class: Handle,
    file_system: Value,
    /// Where the next entry is looked for; none at the end.
    next: Option<Cursor>,
    as_text: bool,
}

impl NativeObject for Listing {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
    }

    fn bytes(&self) -> usize {
        size_of::<Listing>()
    }
}

static TYPE: TypeDef = TypeDef { next: Some(next), ..TypeDef::named("iterator") };

fn next(vm: &mut Vm, listing: Value) -> Result<Outcome, Raised> {
    let Some(&Listing { file_system, next: Some(from), as_text, .. }) = vm.heap.as_native(listing) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let work = Reading { listing, from, as_text, found: None };
    Ok(Outcome::Frame(Box::new(Running::new(file_system, work))))
}

/// Reads the next entry.
struct Reading {
    listing: Value,
    from: Cursor,
    as_text: bool,
    found: Option<(Entry, Option<Cursor>)>,
}

impl Work for Reading {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        self.found = volume.next_entry(self.from)?;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let made = match &self.found {
            Some((entry, _)) => {
                let kind = if entry.is_directory() { DIRECTORY } else { ORDINARY_FILE };
                let size = vm.heap.int(entry.size.into())?;
                let name = name(&mut vm.heap, entry.name.as_bytes(), self.as_text)?;
                let items = [name, Value::tiny_int(kind as i32), Value::tiny_int(0), size];
                Finished::Value(vm.heap.tuple(&items)?)
            }
            None => Finished::Stop,
        };
        if let Some(listing) = vm.heap.as_native_mut::<Listing>(self.listing) {
            listing.next = self.found.as_ref().and_then(|(_, next)| *next);
        }
        Ok(made)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.listing);
    }
}
