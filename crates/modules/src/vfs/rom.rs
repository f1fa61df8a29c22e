//! `VfsRom`: a file system in memory that is only read. Follows upstream's `romfs` format.
//!
//! An image is records: a kind, a length and so many bytes, both numbers in groups of seven bits. Directories and files
//! begin with their names; a file's data is a record inside it, or a pointer to a place in the image. Files are windows on
//! the image: `memoryview` of one copies nothing. Whatever an image contains, nothing outside it is read.

use super::listing;
use super::mounts::path_bytes;
use super::posix::{is_binary, open_mode};
use super::system::{DIRECTORY, ORDINARY_FILE};
use crate::arguments;
use crate::errno::{EINVAL, EISDIR, ENODEV, ENOENT, EOPNOTSUPP, EPERM, EROFS};
use crate::io::stream::{self, Channel};
use alloc::vec::Vec;
use core::ops::Range;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::native::{NativeObject, Window};
use wigwag_vm::run::{Arguments, Outcome, Vm};

const HEADER: [u8; 3] = [0xD2, 0xCD, b'1'];
const VERBATIM: u64 = 2;
const POINTER: u64 = 3;
const FOLDER: u64 = 4;
const FILE: u64 = 5;
/// What the header is as the kind of a record.
const IMAGE: u64 = 0x14_A6B1;

/// A number at a place, which moves behind it.
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number: u64 = 0;
    loop {
        let &byte = bytes.get(*at)?;
        *at += 1;
        number = number.checked_mul(128)? | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
}

/// The record at a place in part of an image: its kind and where its bytes are.
fn record(image: &[u8], within: Range<usize>) -> Option<(u64, Range<usize>)> {
    let bytes = image.get(..within.end)?;
    let mut at = within.start;
    let kind = number(bytes, &mut at).filter(|&kind| kind != 0)?;
    let length = usize::try_from(number(bytes, &mut at)?).ok()?;
    let end = at.checked_add(length).filter(|&end| end <= within.end)?;
    Some((kind, at..end))
}

/// The data of a file, whose records these are.
fn data(image: &[u8], mut records: Range<usize>) -> Option<Range<usize>> {
    while let Some((kind, bytes)) = record(image, records.clone()) {
        match kind {
            VERBATIM => return Some(bytes),
            POINTER => {
                let mut at = bytes.start;
                let length = usize::try_from(number(&image[..bytes.end], &mut at)?).ok()?;
                let start = usize::try_from(number(&image[..bytes.end], &mut at)?).ok()?;
                let end = start.checked_add(length).filter(|&end| end <= image.len())?;
                return Some(start..end);
            }
            _ => records.start = bytes.end,
        }
    }
    None
}

/// A file or directory: its name and what is in it.
struct Node {
    is_directory: bool,
    name: Range<usize>,
    contents: Range<usize>,
}

/// The next file or directory of a directory's records, which move behind it.
fn next_node(image: &[u8], records: &mut Range<usize>) -> Option<Node> {
    loop {
        let (kind, bytes) = record(image, records.clone())?;
        records.start = bytes.end;
        if kind != FOLDER && kind != FILE {
            continue;
        }
        let mut at = bytes.start;
        let length = usize::try_from(number(&image[..bytes.end], &mut at)?).ok()?;
        let end = at.checked_add(length).filter(|&end| end <= bytes.end)?;
        let rest = end..bytes.end;
        let contents = if kind == FOLDER { rest } else { data(image, rest)? };
        return Some(Node { is_directory: kind == FOLDER, name: at..end, contents });
    }
}

/// What a path leads to: whether it is a directory, and its contents.
fn look_up(image: &[u8], path: &[u8]) -> Option<(bool, Range<usize>)> {
    let mut place = (true, 0..image.len());
    for part in path.split(|&byte| byte == b'/').filter(|part| !part.is_empty()) {
        let (true, mut records) = place else { return None };
        place = loop {
            let node = next_node(image, &mut records)?;
            if image.get(node.name.clone()) == Some(part) {
                break (node.is_directory, node.contents);
            }
        };
    }
    Some(place)
}

/// A file system.
struct RomFileSystem {
    class: Handle,
    image: Window,
}

impl NativeObject for RomFileSystem {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.image.base);
    }

    fn bytes(&self) -> usize {
        size_of::<RomFileSystem>()
    }
}

/// The bytes of a window.
fn bytes_of(heap: &Heap, window: Window) -> &[u8] {
    let bytes = heap.as_bytes(window.base).unwrap_or(&[]);
    let start = window.start.min(bytes.len());
    &bytes[start..start.saturating_add(window.length).min(bytes.len())]
}

fn image(heap: &Heap, object: Value) -> Window {
    let nothing = Window { base: Value::NONE, start: 0, length: 0 };
    heap.as_native::<RomFileSystem>(object).map_or(nothing, |object| object.image)
}

/// `VfsRom(memory)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (class, memory) = (given.at(vm, 0), given.at(vm, 1));
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let part = vm.heap.native_part(memory);
    let Some(window) = vm.heap.window_of(part) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let bytes = bytes_of(&vm.heap, window);
    let found =
        record(bytes, 0..bytes.len()).filter(|(kind, _)| *kind == IMAGE && bytes.starts_with(&HEADER));
    let Some((_, contents)) = found else { return Err(vm.heap.raise_os(ENODEV)) };
    let image = Window { start: window.start + contents.start, length: contents.len(), base: window.base };
    Ok(arguments::object(&mut vm.heap, RomFileSystem { class, image })?.into())
}

/// What the path leads to that is the first argument.
fn place(vm: &mut Vm, given: Arguments) -> Result<(bool, Range<usize>), Raised> {
    let (object, path) = (given.at(vm, 0), given.at(vm, 1));
    let path = path_bytes(&mut vm.heap, path)?.to_vec();
    match look_up(bytes_of(&vm.heap, image(&vm.heap, object)), &path) {
        Some(place) => Ok(place),
        None => Err(vm.heap.raise_os(ENOENT)),
    }
}

/// `open(path, mode)`
fn open(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mode = given.at(vm, 2);
    let mode = arguments::text(&mut vm.heap, mode)?;
    if open_mode(&mode).write {
        return Err(vm.heap.raise_os(EROFS));
    }
    let (is_directory, contents) = place(vm, given)?;
    if is_directory {
        return Err(vm.heap.raise_os(EISDIR));
    }
    let image = image(&vm.heap, given.at(vm, 0));
    let window = Window { start: image.start + contents.start, length: contents.len(), base: image.base };
    let is_text = !is_binary(&mode);
    let class = vm.heap.class_for(if is_text { &TEXT_IO_WRAPPER } else { &FILE_IO })?;
    Ok(arguments::object(&mut vm.heap, RomFile { class, window, position: 0, is_text })?.into())
}

fn numbers(vm: &mut Vm, numbers: [usize; 10]) -> Result<Outcome, Raised> {
    let mut values = [Value::NONE; 10];
    for (value, number) in values.iter_mut().zip(numbers) {
        *value = vm.heap.size(number)?;
    }
    Ok(vm.heap.tuple(&values)?.into())
}

/// `stat(path)`
fn stat(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (is_directory, contents) = place(vm, given)?;
    let mode = if is_directory { DIRECTORY } else { ORDINARY_FILE };
    numbers(vm, [mode as usize, 0, 0, 0, 0, 0, contents.len(), 0, 0, 0])
}

/// A directory being listed.
struct Listing {
    class: Handle,
    image: Window,
    records: Range<usize>,
    names_are_text: bool,
}

impl NativeObject for Listing {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.image.base);
    }

    fn bytes(&self) -> usize {
        size_of::<Listing>()
    }
}

/// `ilistdir(path)`
fn list(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (is_directory, records) = place(vm, given)?;
    if !is_directory {
        return Err(vm.heap.raise_os(ENOENT));
    }
    let (object, path) = (given.at(vm, 0), given.at(vm, 1));
    let names_are_text = vm.heap.as_str(vm.heap.native_part(path)).is_some();
    let (class, image) = (vm.heap.class_for(&LISTING)?, image(&vm.heap, object));
    Ok(arguments::object(&mut vm.heap, Listing { class, image, records, names_are_text })?.into())
}

fn next_entry(vm: &mut Vm, value: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<Listing>(value) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (names_are_text, mut records) = (object.names_are_text, object.records.clone());
    let bytes = bytes_of(&vm.heap, object.image);
    let Some(node) = next_node(bytes, &mut records) else { return Ok(Outcome::Stop(Value::NONE)) };
    let name = bytes[node.name].to_vec();
    let kind = if node.is_directory { DIRECTORY } else { ORDINARY_FILE };
    let name = listing::name(&mut vm.heap, &name, names_are_text)?;
    let size = vm.heap.size(node.contents.len())?;
    let entry = vm.heap.tuple(&[name, Value::tiny_int(kind as i32), Value::tiny_int(0), size])?;
    if let Some(object) = vm.heap.as_native_mut::<Listing>(value) {
        object.records = records;
    }
    Ok(entry.into())
}

static LISTING: TypeDef = TypeDef { next: Some(next_entry), ..TypeDef::named("iterator") };

/// `VfsRom`
pub static VFS_ROM: TypeDef = TypeDef {
    construct: full_constructor("VfsRom", 1, 1, construct),
    members: &[
        full("mount", 3, 3, |vm, given| {
            let format = given.at(vm, 2);
            match vm.truth_plain(format).unwrap_or(true) {
                true => Err(vm.heap.raise_os(EPERM)),
                false => Ok(Value::NONE.into()),
            }
        }),
        full("umount", 1, 1, |_, _| Ok(Value::NONE.into())),
        full("open", 3, 3, open),
        full("chdir", 2, 2, |vm, given| {
            let path = given.at(vm, 1);
            match path_bytes(&mut vm.heap, path)? {
                b"/" => Ok(Value::NONE.into()),
                _ => Err(vm.heap.raise_os(EOPNOTSUPP)),
            }
        }),
        full("getcwd", 1, 1, |vm, _| Ok(vm.heap.str("")?.into())),
        full("ilistdir", 2, 2, list),
        full("stat", 2, 2, stat),
        full("statvfs", 2, 2, |vm, given| {
            let length = image(&vm.heap, given.at(vm, 0)).length;
            numbers(vm, [1, 0, length, 0, 0, 0, 0, 0, 0, 32_767])
        }),
    ],
    ..TypeDef::named("VfsRom")
};

/// An open file.
struct RomFile {
    class: Handle,
    window: Window,
    position: usize,
    is_text: bool,
}

impl NativeObject for RomFile {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.window.base);
    }

    fn bytes(&self) -> usize {
        size_of::<RomFile>()
    }

    fn window(&self) -> Option<Window> {
        (!self.is_text).then_some(self.window)
    }
}

/// A [`RomFile`] that gives text or bytes.
struct Files<const TEXT: bool>;

impl<const TEXT: bool> Channel for Files<TEXT> {
    const TEXT: bool = TEXT;

    fn read(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        let Some(file) = vm.heap.as_native::<RomFile>(value) else { return Ok(()) };
        let rest = bytes_of(&vm.heap, file.window).get(file.position..).unwrap_or(&[]);
        let part = &rest[..most.min(rest.len())];
        into.try_reserve(part.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        into.extend_from_slice(part);
        let count = part.len();
        if let Some(file) = vm.heap.as_native_mut::<RomFile>(value) {
            file.position += count;
        }
        Ok(())
    }

    fn unread(vm: &mut Vm, value: Value, bytes: &[u8]) {
        if let Some(file) = vm.heap.as_native_mut::<RomFile>(value) {
            file.position = file.position.saturating_sub(bytes.len());
        }
    }

    fn write(vm: &mut Vm, _: Value, _: &[u8]) -> Result<usize, Raised> {
        Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
    }

    fn seek(vm: &mut Vm, value: Value, offset: i64, whence: i64) -> Result<u64, Raised> {
        let Some(file) = vm.heap.as_native_mut::<RomFile>(value) else { return Ok(0) };
        let from = match whence {
            0 => 0,
            1 => file.position as i64,
            _ => file.window.length as i64,
        };
        match from.checked_add(offset).and_then(|position| usize::try_from(position).ok()) {
            Some(position) => {
                // Beyond the end is the end.
                file.position = position.min(file.window.length);
                Ok(file.position as u64)
            }
            None => Err(vm.heap.raise_os(EINVAL)),
        }
    }

    fn flush(_: &mut Vm, _: Value) -> Result<(), Raised> {
        Ok(())
    }

    fn close(_: &mut Vm, _: Value) -> Result<(), Raised> {
        Ok(())
    }
}

macro_rules! file_type {
    ($name:literal, $channel:ty) => {
        TypeDef {
            members: &[
                full("read", 1, 2, stream::read::<$channel>),
                full("readinto", 2, 3, stream::read_into::<$channel>),
                full("readline", 1, 2, stream::read_line::<$channel>),
                full("readlines", 1, 1, stream::read_lines::<$channel>),
                full("seek", 2, 3, stream::seek::<$channel>),
                full("tell", 1, 1, stream::tell::<$channel>),
                full("close", 1, 1, stream::close::<$channel>),
                // It can be registered with a poll, and not be polled.
                plain("ioctl", 3, 3, |heap, _| Err(heap.raise_os(EINVAL))),
                plain("__enter__", 1, 1, stream::enter),
                full("__exit__", 1, 4, stream::close::<$channel>),
            ],
            next: Some(stream::next::<$channel>),
            ..TypeDef::named($name)
        }
    };
}

static TEXT_IO_WRAPPER: TypeDef = file_type!("TextIOWrapper", Files<true>);
static FILE_IO: TypeDef = file_type!("FileIO", Files<false>);
