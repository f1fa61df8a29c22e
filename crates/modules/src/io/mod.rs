//! `io`: streams in memory, the base of streams written in Python, and files.

pub mod memory;
pub mod ring;
pub mod standard;
pub mod stream;

use crate::arguments;
use memory::{BYTES_IO, MemoryStream, STRING_IO};
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, keyword, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `io`
pub static MODULE: ModuleDef = ModuleDef {
    name: "io",
    members: &[
        keyword("open", 1, 3, open),
        Member::Extension("IOBase", &IO_BASE),
        Member::Extension("StringIO", &STRING_IO),
        Member::Extension("BytesIO", &BYTES_IO),
    ],
};

/// What programs see without importing anything.
pub static BUILTINS: &[Member] = &[keyword("open", 1, 3, open)];

/// What a stream class written in Python derives from: it brings `readinto`, `write` and `ioctl` itself.
struct StreamBase {
    class: Handle,
}

impl NativeObject for StreamBase {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<StreamBase>()
    }
}

fn construct_base(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    arguments::object(heap, StreamBase { class })
}

/// `io.IOBase`
pub static IO_BASE: TypeDef = TypeDef {
    construct: plain_constructor("IOBase", 0, wigwag_vm::objects::function::ANY, construct_base),
    base_for_classes: true,
    ..TypeDef::named("IOBase")
};

/// A text file opened for reading.
static TEXT_FILE: TypeDef = TypeDef {
    members: memory::TEXT_FILE_MEMBERS,
    next: Some(stream::next::<memory::Memory<true>>),
    ..TypeDef::named("TextIOWrapper")
};

/// A binary file opened for reading.
static BINARY_FILE: TypeDef = TypeDef {
    members: memory::BINARY_FILE_MEMBERS,
    next: Some(stream::next::<memory::Memory<false>>),
    ..TypeDef::named("FileIO")
};

/// `open(file, mode='r', …)`: for reading; writing files is not there yet and says so.
pub fn open(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [file, mode, _, _] = given.bind(vm, 0, ["file", "mode", "buffering", "encoding"])?;
    let path = arguments::text(&mut vm.heap, file.unwrap_or(Value::NONE))?;
    let mode = match mode {
        Some(mode) => arguments::text(&mut vm.heap, mode)?,
        None => "r".into(),
    };
    if mode.contains(['w', 'a', '+', 'x']) {
        return Err(vm.heap.raise(TypeId::NotImplementedError, "writing files"));
    }
    let data = match vm.platform.read_file(&path) {
        Ok(data) => data,
        Err(errno) => return Err(vm.heap.raise_os(errno)),
    };
    let definition = if mode.contains('b') { &BINARY_FILE } else { &TEXT_FILE };
    let class = vm.heap.class_for(definition)?;
    Ok(arguments::object(&mut vm.heap, MemoryStream::new(class, data, true))?.into())
}
