//! Listing directories: the iterators that `ilistdir` gives, and the list that `listdir` makes of one.
//!
//! An entry is a tuple: the name (bytes, if the path was given as bytes), the kind, the inode.

use super::mounts::{self, MountId};
use super::posix;
use super::system::{DIRECTORY, Directory, Entry};
use crate::arguments;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::TypeDef;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::native_frame::{Items, Walk};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// A name as text or bytes. A name that is no text is a `UnicodeError`, as upstream has it.
pub fn name(heap: &mut Heap, name: &[u8], as_text: bool) -> Result<Value, Raised> {
    if !as_text {
        return heap.bytes(name);
    }
    match core::str::from_utf8(name) {
        Ok(name) => heap.str(name),
        Err(_) => Err(heap.raise_bare(TypeId::UnicodeError)),
    }
}

fn entry_tuple(heap: &mut Heap, entry: &Entry, as_text: bool) -> Result<Value, Raised> {
    let name = name(heap, &entry.name, as_text)?;
    let inode = heap.integer(entry.inode.into())?;
    heap.tuple(&[name, Value::tiny_int(entry.kind as i32), inode])
}

/// A directory of the system being listed.
pub struct SystemListing {
    class: Handle,
    /// None once it has come to its end: it is closed then.
    directory: Option<Box<dyn Directory>>,
    /// An entry that was read and could not be given for lack of memory.
    pending: Option<Entry>,
    names_are_text: bool,
}

impl NativeObject for SystemListing {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<SystemListing>()
    }
}

impl SystemListing {
    /// An iterator over the entries of a directory.
    pub fn make(
        heap: &mut Heap,
        directory: Box<dyn Directory>,
        names_are_text: bool,
    ) -> Result<Value, Raised> {
        let class = heap.class_for(&SYSTEM_LISTING)?;
        let listing = SystemListing { class, directory: Some(directory), pending: None, names_are_text };
        arguments::object(heap, listing)
    }
}

fn next_of_system(vm: &mut Vm, listing: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<SystemListing>(listing) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let as_text = object.names_are_text;
    let entry = match (object.pending.take(), &mut object.directory) {
        (Some(entry), _) => Ok(Some(entry)),
        (None, Some(directory)) => directory.next(),
        (None, None) => Ok(None),
    };
    let entry = match entry {
        Ok(Some(entry)) => entry,
        Ok(None) => {
            object.directory = None;
            return Ok(Outcome::Stop(Value::NONE));
        }
        Err(errno) => {
            object.directory = None;
            return Err(vm.heap.raise_os(errno));
        }
    };
    let made = entry_tuple(&mut vm.heap, &entry, as_text);
    if made == Err(Raised::OUT_OF_MEMORY)
        && let Some(object) = vm.heap.as_native_mut::<SystemListing>(listing)
    {
        object.pending = Some(entry);
    }
    Ok(made?.into())
}

static SYSTEM_LISTING: TypeDef = TypeDef { next: Some(next_of_system), ..TypeDef::named("iterator") };

/// The root of the mount table being listed: the paths of the mounts, then what is in the file system at the root.
struct TableListing {
    class: Handle,
    /// The mounts still to come, the next one last.
    mounts: Vec<(MountId, Vec<u8>)>,
    /// What the file system at the root goes on with.
    inner: Option<Value>,
    names_are_text: bool,
}

impl NativeObject for TableListing {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(inner) = self.inner {
            tracer.value(inner);
        }
    }

    fn bytes(&self) -> usize {
        size_of::<TableListing>()
    }
}

/// An iterator over what is mounted.
pub fn list_table(vm: &mut Vm, names_are_text: bool) -> Result<Value, Raised> {
    let class = vm.heap.class_for(&TABLE_LISTING)?;
    let mut mounts = mounts::all(vm);
    mounts.reverse();
    arguments::object(&mut vm.heap, TableListing { class, mounts, inner: None, names_are_text })
}

fn next_of_table(vm: &mut Vm, listing: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<TableListing>(listing) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    if let Some(inner) = object.inner {
        return Ok(Outcome::Next(inner));
    }
    let as_text = object.names_are_text;
    let Some((id, path)) = object.mounts.last().cloned() else { return Ok(Outcome::Stop(Value::NONE)) };
    let outcome = if path.len() == 1 {
        let file_system = mounts::object_of(vm, id)?;
        Outcome::Frame(Box::new(ListRoot { listing, file_system, stage: RootStage::Start }))
    } else {
        let name = path.get(1..).unwrap_or(&[]).to_vec();
        entry_tuple(&mut vm.heap, &Entry { name, kind: DIRECTORY, inode: 0 }, as_text)?.into()
    };
    if let Some(object) = vm.heap.as_native_mut::<TableListing>(listing) {
        object.mounts.pop();
    }
    Ok(outcome)
}

static TABLE_LISTING: TypeDef = TypeDef { next: Some(next_of_table), ..TypeDef::named("iterator") };

#[derive(Clone, Copy, PartialEq, Eq)]
enum RootStage {
    Start,
    Method,
    Iterator,
    Item,
}

/// Begins to list the file system at the root, for a [`TableListing`].
struct ListRoot {
    listing: Value,
    file_system: Value,
    stage: RootStage,
}

impl NativeFrame for ListRoot {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (RootStage::Method, Input::Value(method)) => {
                let root = Value::from_symbol(vm.heap.intern_static("/")?);
                self.stage = RootStage::Iterator;
                Ok(Step::Call(method, FewArguments::new(&[root])))
            }
            (RootStage::Iterator, Input::Value(iterator)) => {
                if let Some(object) = vm.heap.as_native_mut::<TableListing>(self.listing) {
                    object.inner = Some(iterator);
                }
                self.stage = RootStage::Item;
                Ok(Step::Next(iterator))
            }
            (RootStage::Item, Input::Value(entry)) => Ok(Step::Return(entry)),
            (RootStage::Item, _) => Ok(Step::Stop(Value::NONE)),
            _ => {
                let name = vm.heap.intern_static(posix::ILISTDIR.name)?;
                self.stage = RootStage::Method;
                Ok(Step::Perform(Request::Attribute(self.file_system, name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.listing);
        tracer.value(self.file_system);
    }
}

/// Makes a list of the names in an iterator over entries.
pub struct ListNames {
    walk: Walk,
    list: Value,
    asking_name: bool,
}

impl ListNames {
    /// Takes the iterator.
    pub fn new(vm: &mut Vm, iterator: Value) -> Result<ListNames, Raised> {
        Ok(ListNames { walk: Walk::new(iterator), list: vm.heap.list(&[])?, asking_name: false })
    }
}

impl NativeFrame for ListNames {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let input = match input {
            Input::Value(name) if self.asking_name => {
                vm.heap.list_push(self.list, name)?;
                self.asking_name = false;
                return Ok(Step::Again);
            }
            input => input,
        };
        match self.walk.next(vm, input)? {
            Items::Item(entry) => {
                self.asking_name = true;
                Ok(Step::Perform(Request::Item(entry, Value::tiny_int(0))))
            }
            Items::End => Ok(Step::Return(self.list)),
            Items::Ask(step) => Ok(step),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.walk.trace(tracer);
        tracer.value(self.list);
    }
}
