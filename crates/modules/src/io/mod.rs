//! `io`: streams in memory, the base of streams written in Python, and files.

pub mod file;
mod input;
pub mod memory;
pub mod ring;
pub mod stream;
pub mod transfer;

use crate::arguments;
use crate::vfs::posix::OPEN;
use crate::vfs::{mounts, posix};
use memory::{BYTES_IO, STRING_IO};
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, full, keyword, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `io`
pub static MODULE: ModuleDef = ModuleDef {
    name: "io",
    members: &[
        keyword("open", 0, 4, open),
        Member::Extension("IOBase", &IO_BASE),
        Member::Extension("StringIO", &STRING_IO),
        Member::Extension("BytesIO", &BYTES_IO),
    ],
};

/// What programs see without importing anything.
pub static BUILTINS: &[Member] = &[keyword("open", 0, 4, open), full("input", 0, 1, input::input)];

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

/// `open(file, mode='r', buffering=-1, encoding=None)`: the last two are accepted and not looked at, as upstream does.
pub fn open(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [path, mode, _, _] = given.bind(vm, 0, ["file", "mode", "buffering", "encoding"])?;
    let Some(path) = path else {
        return Err(vm.heap.raise(TypeId::TypeError, "'file' argument required"));
    };
    let mode = match mode {
        Some(mode) => mode,
        None => Value::from_symbol(vm.heap.intern_static("r")?),
    };
    let Some(number) = vm.heap.as_int(path) else {
        return mounts::perform_at(vm, &OPEN, path, Some(mode));
    };
    let mode = arguments::text(&mut vm.heap, mode)?;
    let number = i32::try_from(number).unwrap_or(-1);
    let binary = posix::is_binary(&mode);
    if file::is_standard(number) {
        return Ok(file::make_standard(&mut vm.heap, number, binary)?.into());
    }
    let opened = posix::ask_for_descriptor(vm, |system| system.open_descriptor(number))?;
    Ok(file::make(&mut vm.heap, opened, binary)?.into())
}
