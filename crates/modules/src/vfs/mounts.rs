//! The mount table: which file system a path belongs to.
//!
//! What always holds, as upstream has it: a file system at the root is last in the table, so that those mounted below it
//! are found first; and the current directory is either the root of the table or inside a file system that knows
//! itself where in it.

#[cfg(any(feature = "fat", feature = "littlefs"))]
use super::on_device::detecting::Detecting;
use super::operations::{Operation, Proxy, Then, perform};
use super::posix::{self, Root};
use super::source::SOURCE_FILES;
use crate::arguments;
use crate::errno::{EINVAL, ENODEV, EPERM};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::run::{Arguments, Extension, FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// What a mount is known by as long as it lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MountId(u32);

struct Mount {
    id: MountId,
    path: Vec<u8>,
    /// The file system; unbound for the system's own files until a program asks for the object.
    object: Value,
}

/// Which file systems are mounted where.
#[derive(Default)]
pub struct Mounts {
    table: Vec<Mount>,
    /// The file system that relative paths belong to; none is the root of the table.
    current: Option<MountId>,
    next_id: u32,
}

impl Extension for Mounts {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for mount in &self.table {
            tracer.value(mount.object);
        }
    }
}

impl Mounts {
    fn find(&self, id: MountId) -> Option<&Mount> {
        self.table.iter().find(|mount| mount.id == id)
    }

    fn insert(&mut self, path: Vec<u8>, object: Value) -> MountId {
        let id = MountId(self.next_id);
        self.next_id += 1;
        let at_root = self.table.iter().position(|mount| mount.path.len() == 1);
        self.table.insert(at_root.unwrap_or(self.table.len()), Mount { id, path, object });
        id
    }
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The root of the table, where the mounts are.
    Table,
    /// Nothing is mounted there.
    Nowhere,
    /// A file system.
    Mounted(MountId),
}

/// A place, and the path inside it.
pub struct Located<P> {
    /// Where.
    pub place: Place,
    /// The path as the file system there is given it; as it was where there is none.
    pub path: P,
}

fn mounts(vm: &mut Vm) -> Option<&mut Mounts> {
    vm.extension::<Mounts>()
}

/// Mounts the files of the machine's system at the root, and goes there.
pub fn mount_system(vm: &mut Vm) {
    if let Some(mounts) = mounts(vm) {
        let id = mounts.insert(b"/".into(), Value::UNBOUND);
        mounts.current = Some(id);
        vm.source_files = SOURCE_FILES;
    }
}

/// Which file system a path belongs to, and from where on.
fn locate(mounts: &Mounts, path: &[u8]) -> (Place, Inside) {
    let is_absolute = path.first() == Some(&b'/');
    if let (Some(current), false) = (mounts.current, is_absolute) {
        return (Place::Mounted(current), Inside::From(0));
    }
    let skipped = usize::from(is_absolute);
    let rest = &path[skipped..];
    if rest.is_empty() {
        return (Place::Table, Inside::From(0));
    }
    for mount in &mounts.table {
        let prefix = mount.path.get(1..).unwrap_or(&[]);
        if prefix.is_empty() {
            return (Place::Mounted(mount.id), Inside::From(0));
        }
        match rest.strip_prefix(prefix) {
            Some([]) => return (Place::Mounted(mount.id), Inside::Root),
            Some([b'/', ..]) => return (Place::Mounted(mount.id), Inside::From(skipped + prefix.len())),
            _ => {}
        }
    }
    (Place::Nowhere, Inside::From(0))
}

/// The path inside a file system.
enum Inside {
    /// The given one from this byte on.
    From(usize),
    /// `/`
    Root,
}

/// The bytes of a path: a string's or a bytes object's.
pub fn path_bytes(heap: &mut Heap, path: Value) -> Result<&[u8], Raised> {
    let part = heap.native_part(path);
    if heap.as_str(part).is_none() && !matches!(heap.slot_of(part), Some(Slot::Bytes(_))) {
        // Says what it is not.
        arguments::text(heap, path)?;
    }
    Ok(heap.as_buffer(part).unwrap_or(&[]))
}

/// Where a path leads to.
pub fn locate_value(vm: &mut Vm, path: Value) -> Result<Located<Value>, Raised> {
    let bytes = path_bytes(&mut vm.heap, path)?.to_vec();
    let Some(mounts) = mounts(vm) else { return Ok(Located { place: Place::Nowhere, path }) };
    let (place, inside) = locate(mounts, &bytes);
    let bytes = match inside {
        Inside::From(0) => return Ok(Located { place, path }),
        Inside::From(start) => &bytes[start..],
        Inside::Root => b"/",
    };
    let is_text = {
        let part = vm.heap.native_part(path);
        vm.heap.as_str(part).is_some()
    };
    // The cut is at a slash, so a text stays one.
    let path = match core::str::from_utf8(bytes) {
        Ok(text) if is_text => vm.heap.str(text)?,
        _ => vm.heap.bytes(bytes)?,
    };
    Ok(Located { place, path })
}

/// Where a text leads to.
pub fn locate_text(vm: &mut Vm, path: &str) -> Located<Vec<u8>> {
    let Some(mounts) = mounts(vm) else { return Located { place: Place::Nowhere, path: path.into() } };
    let (place, inside) = locate(mounts, path.as_bytes());
    let path = match inside {
        Inside::From(start) => path.as_bytes()[start..].to_vec(),
        Inside::Root => b"/".to_vec(),
    };
    Located { place, path }
}

/// The root of a mount that is of the system's files; none for other file systems.
pub fn system_root(vm: &mut Vm, id: MountId) -> Option<Root> {
    let object = mounts(vm)?.find(id)?.object;
    if object.is_unbound() { Some(Root::default()) } else { posix::root_of(&vm.heap, object) }
}

/// The object of a mount.
pub fn object_of(vm: &mut Vm, id: MountId) -> Result<Value, Raised> {
    let Some(object) = mounts(vm).and_then(|mounts| mounts.find(id)).map(|mount| mount.object) else {
        return Err(vm.heap.raise_os(ENODEV));
    };
    if !object.is_unbound() {
        return Ok(object);
    }
    let object = posix::make(&mut vm.heap, Root::default())?;
    if let Some(mount) = mounts(vm).and_then(|mounts| mounts.table.iter_mut().find(|mount| mount.id == id)) {
        mount.object = object;
    }
    Ok(object)
}

/// The file system that relative paths belong to.
pub fn current(vm: &mut Vm) -> Option<MountId> {
    mounts(vm)?.current
}

/// Makes a file system, or the root of the table, the one that relative paths belong to.
pub fn set_current(vm: &mut Vm, current: Option<MountId>) {
    if let Some(mounts) = mounts(vm) {
        mounts.current = current;
    }
}

/// The path of a mount.
pub fn path_of(vm: &mut Vm, id: MountId) -> Vec<u8> {
    mounts(vm).and_then(|mounts| mounts.find(id)).map_or(Vec::new(), |mount| mount.path.clone())
}

/// The file system at the root.
pub fn at_root(vm: &mut Vm) -> Option<MountId> {
    Some(mounts(vm)?.table.iter().find(|mount| mount.path.len() == 1)?.id)
}

/// All mounts and their paths, in the order of the table.
pub fn all(vm: &mut Vm) -> Vec<(MountId, Vec<u8>)> {
    mounts(vm).map_or(Vec::new(), |mounts| {
        mounts.table.iter().map(|mount| (mount.id, mount.path.clone())).collect()
    })
}

/// `mount(file system, path, *, readonly=False, mkfs=False)`; without arguments, what is mounted.
pub fn mount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if given.count == 0 && given.names.is_none() {
        return list(vm);
    }
    let [object, path, read_only, make] = given.bind(vm, 0, ["", "", "*readonly", "*mkfs"])?;
    let (Some(object), Some(path)) = (object, path) else {
        return Err(vm.heap.raise(TypeId::TypeError, "'' argument required"));
    };
    let path = arguments::text(&mut vm.heap, path)?.into_bytes();
    let arguments = [read_only.unwrap_or(Value::FALSE), make.unwrap_or(Value::FALSE)];
    Ok(Outcome::Frame(Box::new(Mounting {
        object,
        path,
        arguments,
        stage: MountStage::Start,
        #[cfg(any(feature = "fat", feature = "littlefs"))]
        detecting: Detecting::new(object),
    })))
}

fn list(vm: &mut Vm) -> Result<Outcome, Raised> {
    let list = vm.heap.list(&[])?;
    for (id, path) in all(vm) {
        let object = object_of(vm, id)?;
        let path = vm.heap.string(alloc::string::String::from_utf8_lossy(&path).into_owned())?;
        let entry = vm.heap.tuple(&[object, path])?;
        vm.heap.list_push(list, entry)?;
    }
    Ok(list.into())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MountStage {
    Start,
    Method,
    /// The object is a block device, and is being made into a file system.
    #[cfg(any(feature = "fat", feature = "littlefs"))]
    FileSystem,
    Called,
}

/// Lets a file system mount itself, then enters it in the table.
struct Mounting {
    object: Value,
    path: Vec<u8>,
    arguments: [Value; 2],
    stage: MountStage,
    /// Finds out what is on a block device.
    #[cfg(any(feature = "fat", feature = "littlefs"))]
    detecting: Detecting,
}

impl Mounting {
    #[cfg(any(feature = "fat", feature = "littlefs"))]
    fn find_file_system(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        self.stage = MountStage::FileSystem;
        self.detecting.step(vm, Input::Start)
    }

    #[cfg(not(any(feature = "fat", feature = "littlefs")))]
    fn find_file_system(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        Err(vm.heap.raise_os(ENODEV))
    }

    /// Enters the file system in the table, unless something is there already.
    fn enter(&self, vm: &mut Vm) -> Result<(), Raised> {
        let Some(mounts) = mounts(vm) else { return Ok(()) };
        if let (Place::Mounted(id), _) = locate(mounts, &self.path) {
            // Below a file system at the root others find their place.
            let is_at_root = mounts.find(id).is_some_and(|mount| mount.path.len() == 1);
            if self.path.len() == 1 || !is_at_root {
                return Err(vm.heap.raise_os(EPERM));
            }
        }
        mounts.insert(self.path.clone(), self.object);
        vm.source_files = SOURCE_FILES;
        Ok(())
    }
}

impl NativeFrame for Mounting {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (MountStage::Method, Input::Value(method)) => {
                self.stage = MountStage::Called;
                Ok(Step::Call(method, FewArguments::new(&self.arguments)))
            }
            (MountStage::Method, Input::Raised(exception))
                if vm.heap.is_instance(exception, TypeId::AttributeError.handle()) =>
            {
                // A block device: the file system that may be on it is what is mounted.
                self.find_file_system(vm)
            }
            #[cfg(any(feature = "fat", feature = "littlefs"))]
            (MountStage::FileSystem, input) => {
                match self.detecting.step(vm, input)? {
                    Step::Return(file_system) => self.object = file_system,
                    step => return Ok(step),
                }
                self.stage = MountStage::Start;
                Ok(Step::Again)
            }
            (_, Input::Raised(exception)) => Err(Raised(exception)),
            (MountStage::Called, _) => {
                self.enter(vm)?;
                Ok(Step::Return(Value::NONE))
            }
            _ => {
                let name = vm.heap.intern_static("mount")?;
                self.stage = MountStage::Method;
                Ok(Step::Perform(Request::Attribute(self.object, name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        tracer.values(&self.arguments);
        #[cfg(any(feature = "fat", feature = "littlefs"))]
        self.detecting.trace(tracer);
    }

    fn catches(&self) -> bool {
        #[cfg(any(feature = "fat", feature = "littlefs"))]
        if self.stage == MountStage::FileSystem {
            return self.detecting.catches();
        }
        self.stage == MountStage::Method
    }
}

/// `umount(path or file system)`
pub fn unmount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let wanted = given.at(vm, 0);
    let path = vm.heap.as_str(wanted).map(|path| path.as_bytes().to_vec());
    let mut found = None;
    for (id, mounted) in all(vm) {
        let is_it = match &path {
            Some(path) => *path == mounted,
            None => object_of(vm, id)? == wanted,
        };
        if is_it {
            found = Some(id);
            break;
        }
    }
    let Some(id) = found else { return Err(vm.heap.raise_os(EINVAL)) };
    let object = object_of(vm, id)?;
    // The name may be new, and so need memory: before the table is changed.
    let proxy = Proxy::new(vm, object, UNMOUNT.name, &[], Then::Return)?;
    if let Some(mounts) = mounts(vm) {
        mounts.table.retain(|mount| mount.id != id);
        if mounts.current == Some(id) {
            mounts.current = None;
        }
    }
    Ok(Outcome::Frame(Box::new(proxy)))
}

/// `umount`, as a file system has it.
pub static UNMOUNT: Operation = Operation { name: "umount", of_the_system: |_, _, _| Ok(Value::NONE) };

/// Performs an operation on the file system that a path belongs to, with the path inside it and another argument.
pub fn perform_at(
    vm: &mut Vm,
    operation: &'static Operation,
    path: Value,
    other: Option<Value>,
) -> Result<Outcome, Raised> {
    let located = locate_value(vm, path)?;
    let arguments = [located.path, other.unwrap_or(Value::NONE)];
    let count = 1 + usize::from(other.is_some());
    perform(vm, located.place, operation, &arguments[..count], Then::Return)
}
