//! `VfsPosix`: the files of the platform's [system], or those below one of its directories.

use super::listing::{self, SystemListing};
use super::mounts::{UNMOUNT, path_bytes};
use super::operations::Operation;
use super::system::{self, DIRECTORY, Errno, KIND, ORDINARY_FILE, OpenMode, System, TenNumbers};
use crate::arguments;
use crate::errno::{ENODEV, EPERM, EROFS};
use crate::io::file;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Value};
use wigwag_vm::objects::function::{TypeDef, full, full_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::platform::PathKind;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// Which part of the system's files a file system shows, and whether they can be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// The directory that absolute paths begin at, with a slash at its end; empty for all files.
    directory: Vec<u8>,
    read_only: bool,
}

impl Root {
    /// A path as the system has it. Relative ones are the system's anyway.
    pub fn path(&self, path: &[u8]) -> Vec<u8> {
        match self.directory.split_last() {
            Some((_, directory)) if path.first() == Some(&b'/') => [directory, path].concat(),
            _ => path.to_vec(),
        }
    }

    /// A path that a module is looked for at: here a relative one begins at the root, too.
    pub fn path_of_source(&self, path: &[u8]) -> Vec<u8> {
        [&self.directory, path].concat()
    }

    /// The argument with this number as a path of the system.
    fn argument(&self, vm: &mut Vm, arguments: &[Value], number: usize) -> Result<Vec<u8>, Raised> {
        let path = arguments.get(number).copied().unwrap_or(Value::NONE);
        Ok(self.path(path_bytes(&mut vm.heap, path)?))
    }

    fn require_writable(&self, vm: &mut Vm) -> Result<(), Raised> {
        if self.read_only { Err(vm.heap.raise_os(EROFS)) } else { Ok(()) }
    }
}

/// A file system of the system's files.
struct PosixFileSystem {
    class: Handle,
    root: Root,
}

impl NativeObject for PosixFileSystem {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<PosixFileSystem>() + self.root.directory.capacity()
    }
}

/// The root of a `VfsPosix`.
pub fn root_of(heap: &Heap, object: Value) -> Option<Root> {
    heap.as_native::<PosixFileSystem>(object).map(|object| object.root.clone())
}

/// A `VfsPosix` of this root.
pub fn make(heap: &mut Heap, root: Root) -> Result<Value, Raised> {
    let class = heap.class_for(&VFS_POSIX)?;
    arguments::object(heap, PosixFileSystem { class, root })
}

/// `VfsPosix(root='')`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mut root = Root::default();
    if let Some(directory) = given.get(vm, 1) {
        let directory = path_bytes(&mut vm.heap, directory)?.to_vec();
        if !directory.is_empty() && directory[0] != b'/' {
            // Later changes of the current directory must not change what it means.
            root.directory = ask(vm, |system| system.current_directory())?;
            root.directory.push(b'/');
        }
        root.directory.extend_from_slice(&directory);
        root.directory.push(b'/');
    }
    Ok(make(&mut vm.heap, root)?.into())
}

/// Asks the machine's system; its error number becomes an `OSError`.
pub fn ask<T>(vm: &mut Vm, question: impl FnOnce(&mut dyn System) -> Result<T, Errno>) -> Result<T, Raised> {
    let answer = match system::system(vm) {
        Some(system) => question(system),
        None => Err(ENODEV),
    };
    answer.map_err(|errno| vm.heap.raise_os(errno))
}

/// The process, or the system, has no descriptors left.
const OUT_OF_DESCRIPTORS: [Errno; 2] = [24, 23];

/// Asks for something that takes a descriptor: when there is none left, once more after a collection, for files that
/// the program has forgotten may hold some. So the caller must keep no values that nothing else holds.
pub fn ask_for_descriptor<T>(
    vm: &mut Vm,
    mut question: impl FnMut(&mut dyn System) -> Result<T, Errno>,
) -> Result<T, Raised> {
    match system::system(vm).map(&mut question) {
        Some(Err(errno)) if OUT_OF_DESCRIPTORS.contains(&errno) && vm.heap.lock_depth == 0 => {
            vm.collect();
            ask(vm, question)
        }
        Some(Ok(answer)) => Ok(answer),
        Some(Err(errno)) => Err(vm.heap.raise_os(errno)),
        None => Err(vm.heap.raise_os(ENODEV)),
    }
}

/// Ten numbers as a tuple.
fn tuple_of(heap: &mut Heap, numbers: TenNumbers) -> Result<Value, Raised> {
    let mut values = [Value::NONE; 10];
    for (value, number) in values.iter_mut().zip(numbers) {
        *value = heap.integer(number.into())?;
    }
    heap.tuple(&values)
}

/// How a mode like `rb+` opens a file. Letters without a meaning are passed over, as upstream does.
pub fn open_mode(mode: &str) -> OpenMode {
    let mut open = OpenMode { read: true, ..OpenMode::default() };
    for letter in mode.chars() {
        open = match letter {
            'r' => OpenMode { read: true, write: false, ..open },
            'w' => OpenMode { read: false, write: true, create: true, truncate: true, ..open },
            'a' => OpenMode { read: false, write: true, create: true, append: true, ..open },
            'x' => OpenMode { read: false, write: true, create: true, create_new: true, ..open },
            '+' => OpenMode { read: true, write: true, ..open },
            _ => open,
        };
    }
    open
}

/// Whether a file opened with this mode gives bytes.
pub fn is_binary(mode: &str) -> bool {
    mode.chars().rfind(|letter| matches!(letter, 'b' | 't')) == Some('b')
}

/// `open(path, mode)`
pub static OPEN: Operation = Operation {
    name: "open",
    of_the_system: |vm, root, given| {
        let mode = given.get(1).copied().unwrap_or(Value::NONE);
        let mode = arguments::text(&mut vm.heap, mode)?;
        let open = open_mode(&mode);
        if open.write {
            root.require_writable(vm)?;
        }
        let path = root.argument(vm, given, 0)?;
        let file = ask_for_descriptor(vm, |system| system.open(&path, open))?;
        file::make(&mut vm.heap, file, is_binary(&mode))
    },
};

/// `stat(path)`
pub static STAT: Operation = Operation {
    name: "stat",
    of_the_system: |vm, root, given| {
        let path = root.argument(vm, given, 0)?;
        let numbers = ask(vm, |system| system.stat(&path))?;
        tuple_of(&mut vm.heap, numbers)
    },
};

/// `statvfs(path)`
pub static STATVFS: Operation = Operation {
    name: "statvfs",
    of_the_system: |vm, root, given| {
        let path = root.argument(vm, given, 0)?;
        let numbers = ask(vm, |system| system.stat_file_system(&path))?;
        tuple_of(&mut vm.heap, numbers)
    },
};

/// `ilistdir(path)`
pub static ILISTDIR: Operation = Operation {
    name: "ilistdir",
    of_the_system: |vm, root, given| {
        let given_path = given.first().copied().unwrap_or(Value::NONE);
        let mut path = root.argument(vm, given, 0)?;
        if path.is_empty() {
            path.push(b'.');
        }
        let names_are_text = vm.heap.as_str(vm.heap.native_part(given_path)).is_some();
        let directory = ask_for_descriptor(vm, |system| system.directory(&path))?;
        SystemListing::make(&mut vm.heap, directory, names_are_text)
    },
};

/// `mkdir(path)`
pub static MKDIR: Operation = Operation {
    name: "mkdir",
    of_the_system: |vm, root, given| change(vm, root, given, |system, path| system.make_directory(path)),
};

/// `rmdir(path)`
pub static RMDIR: Operation = Operation {
    name: "rmdir",
    of_the_system: |vm, root, given| change(vm, root, given, |system, path| system.remove_directory(path)),
};

/// `remove(path)`
pub static REMOVE: Operation = Operation {
    name: "remove",
    of_the_system: |vm, root, given| change(vm, root, given, |system, path| system.remove(path)),
};

/// `rename(old path, new path)`
pub static RENAME: Operation = Operation {
    name: "rename",
    of_the_system: |vm, root, given| {
        root.require_writable(vm)?;
        let from = root.argument(vm, given, 0)?;
        let to = root.argument(vm, given, 1)?;
        ask(vm, |system| system.rename(&from, &to))?;
        Ok(Value::NONE)
    },
};

/// `chdir(path)`
pub static CHDIR: Operation = Operation {
    name: "chdir",
    of_the_system: |vm, root, given| {
        let path = root.argument(vm, given, 0)?;
        ask(vm, |system| system.change_directory(&path))?;
        Ok(Value::NONE)
    },
};

/// `getcwd()`
pub static GETCWD: Operation = Operation {
    name: "getcwd",
    of_the_system: |vm, root, _| {
        let path = ask(vm, |system| system.current_directory())?;
        let start = root.directory.len().saturating_sub(1);
        // Outside of what the file system shows, the whole path is the only true answer.
        let inside = if path.starts_with(&root.directory[..start]) { &path[start..] } else { &path };
        listing::name(&mut vm.heap, inside, true)
    },
};

fn change(
    vm: &mut Vm,
    root: &Root,
    given: &[Value],
    how: fn(&mut dyn System, &[u8]) -> Result<(), Errno>,
) -> Result<Value, Raised> {
    root.require_writable(vm)?;
    let path = root.argument(vm, given, 0)?;
    ask(vm, |system| how(system, &path))?;
    Ok(Value::NONE)
}

/// What a path of the system leads to, as the search for modules asks.
pub fn path_kind(vm: &mut Vm, path: &[u8]) -> PathKind {
    match system::system(vm).map(|system| system.stat(path)) {
        Some(Ok([mode, ..])) if mode as u32 & KIND == DIRECTORY => PathKind::Directory,
        Some(Ok([mode, ..])) if mode as u32 & KIND == ORDINARY_FILE => PathKind::File,
        _ => PathKind::Missing,
    }
}

/// An operation as a method of `VfsPosix`.
fn method(vm: &mut Vm, given: Arguments, operation: &'static Operation) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let root = root_of(&vm.heap, object).unwrap_or_default();
    let arguments = given.to_vec(vm);
    Ok((operation.of_the_system)(vm, &root, arguments.get(1..).unwrap_or(&[]))?.into())
}

/// `mount(readonly, mkfs)`: it cannot be made anew.
fn mount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [object, read_only, make] = [0, 1, 2].map(|number| given.at(vm, number));
    if vm.truth_plain(make).unwrap_or(true) {
        return Err(vm.heap.raise_os(EPERM));
    }
    let read_only = vm.truth_plain(read_only).unwrap_or(true);
    if let Some(object) = vm.heap.as_native_mut::<PosixFileSystem>(object) {
        object.root.read_only |= read_only;
    }
    Ok(Value::NONE.into())
}

/// `VfsPosix`
pub static VFS_POSIX: TypeDef = TypeDef {
    construct: full_constructor("VfsPosix", 0, 1, construct),
    members: &[
        full("chdir", 2, 2, |vm, given| method(vm, given, &CHDIR)),
        full("getcwd", 1, 1, |vm, given| method(vm, given, &GETCWD)),
        full("ilistdir", 2, 2, |vm, given| method(vm, given, &ILISTDIR)),
        full("mkdir", 2, 2, |vm, given| method(vm, given, &MKDIR)),
        full("mount", 3, 3, mount),
        full("open", 3, 3, |vm, given| method(vm, given, &OPEN)),
        full("remove", 2, 2, |vm, given| method(vm, given, &REMOVE)),
        full("rename", 3, 3, |vm, given| method(vm, given, &RENAME)),
        full("rmdir", 2, 2, |vm, given| method(vm, given, &RMDIR)),
        full("stat", 2, 2, |vm, given| method(vm, given, &STAT)),
        full("statvfs", 2, 2, |vm, given| method(vm, given, &STATVFS)),
        full("umount", 1, 1, |vm, given| method(vm, given, &UNMOUNT)),
    ],
    ..TypeDef::named("VfsPosix")
};
