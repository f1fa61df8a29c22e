//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use super::stream::{self, Channel, EBADF};
use crate::arguments;
use alloc::vec::Vec;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Extension, Stream, Vm};

/// One of the three standard streams.
pub struct StandardStream {
    class: Handle,
    /// 0, 1 or 2, as the system numbers them.
    number: u8,
}

impl NativeObject for StandardStream {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<StandardStream>()
    }
}

/// What was read from standard input and not yet asked for.
#[derive(Default)]
pub struct StandardInput {
    pending: Vec<u8>,
    /// How much of `pending` is consumed.
    at: usize,
}

impl Extension for StandardInput {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// The number of a standard stream.
fn number(heap: &Heap, value: Value) -> u8 {
    heap.as_native::<StandardStream>(value).map_or(1, |stream| stream.number)
}

/// Standard streams as text or bytes.
pub struct Standard<const TEXT: bool>;

impl<const TEXT: bool> Channel for Standard<TEXT> {
    const TEXT: bool = TEXT;

    fn read(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        if number(&vm.heap, value) != 0 {
            return Err(vm.heap.raise_os(EBADF));
        }
        let mut left = most;
        while left > 0 {
            let Some(input) = vm.extension::<StandardInput>() else { return Ok(()) };
            let rest = input.pending.get(input.at..).unwrap_or(&[]);
            if rest.is_empty() {
                // The platform gives whole lines without their ends.
                let Some(mut line) = vm.platform.read_line() else {
                    return match vm.platform.interrupted() {
                        true => Err(vm.heap.raise_bare(TypeId::KeyboardInterrupt)),
                        false => Ok(()),
                    };
                };
                line.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
                line.push(b'\n');
                if let Some(input) = vm.extension::<StandardInput>() {
                    *input = StandardInput { pending: line, at: 0 };
                }
                continue;
            }
            let part = &rest[..left.min(rest.len())];
            into.try_reserve(part.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
            into.extend_from_slice(part);
            left -= part.len();
            input.at += part.len();
        }
        Ok(())
    }

    fn unread(vm: &mut Vm, _: Value, bytes: &[u8]) {
        if let Some(input) = vm.extension::<StandardInput>() {
            input.pending.splice(..input.at, bytes.iter().copied());
            input.at = 0;
        }
    }

    fn write(vm: &mut Vm, value: Value, bytes: &[u8]) -> Result<usize, Raised> {
        let stream = match number(&vm.heap, value) {
            1 => Stream::Out,
            2 => Stream::Error,
            _ => return Err(vm.heap.raise_os(EBADF)),
        };
        if !bytes.is_empty() {
            vm.platform.write(stream, bytes);
        }
        Ok(bytes.len())
    }

    fn seek(vm: &mut Vm, _: Value, _: i64, _: i64) -> Result<u64, Raised> {
        Err(vm.heap.raise_os(ESPIPE))
    }

    fn close(_: &mut Vm, _: Value) -> Result<(), Raised> {
        // The streams of the process stay open: other programs on the machine print to them.
        Ok(())
    }
}

/// Illegal seek, as the system numbers it.
const ESPIPE: i32 = 29;

fn write_repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    write!(out, "<io.{} {}>", heap.type_name(value), number(heap, value))
}

fn get_number(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    Ok(Value::tiny_int(i32::from(number(heap, given[0]))))
}

macro_rules! standard_members {
    ($channel:ty $(, $more:expr)*) => {
        &[
            full("read", 1, 2, stream::read::<$channel>),
            full("readinto", 2, 3, stream::read_into::<$channel>),
            full("readline", 1, 2, stream::read_line::<$channel>),
            full("readlines", 1, 1, stream::read_lines::<$channel>),
            full("write", 2, 4, stream::write::<$channel>),
            full("seek", 2, 3, stream::seek::<$channel>),
            full("tell", 1, 1, stream::tell::<$channel>),
            full("flush", 1, 1, stream::flush::<$channel>),
            full("close", 1, 1, stream::close::<$channel>),
            plain("fileno", 1, 1, get_number),
            plain("__enter__", 1, 1, stream::enter),
            full("__exit__", 1, 4, stream::close::<$channel>),
            $($more),*
        ]
    };
}

/// `io.TextIOWrapper`
pub static TEXT_IO_WRAPPER: TypeDef = TypeDef {
    members: standard_members!(
        Standard<true>,
        getter("buffer", |heap, value| {
            let number = number(heap, value);
            make(heap, &FILE_IO, number)
        })
    ),
    repr: Some(write_repr),
    next: Some(stream::next::<Standard<true>>),
    ..TypeDef::named("TextIOWrapper")
};

/// `io.FileIO`
pub static FILE_IO: TypeDef = TypeDef {
    members: standard_members!(Standard<false>),
    repr: Some(write_repr),
    next: Some(stream::next::<Standard<false>>),
    ..TypeDef::named("FileIO")
};

/// A standard stream as an object.
pub fn make(heap: &mut Heap, definition: &'static TypeDef, number: u8) -> Result<Value, Raised> {
    let class = heap.class_for(definition)?;
    arguments::object(heap, StandardStream { class, number })
}
