//! `deflate`: reading and writing compressed data, raw or in the formats of zlib and gzip. Follows upstream's `deflate`
//! page.
//!
//! [`inflate`] reads: the decoder is `miniz_oxide`'s, whose window is as large as the data says or the program allows.
//! [`compress`] writes with a compressor of our own: those of the crates take hundreds of kilobytes whatever the window
//! is, and this module's point is that a small window needs little memory.
//!
//! What always holds: as little is read of the underlying stream as can be, and what was read beyond the end of the
//! compressed data is put back where that is possible.

mod compress;
mod header;
mod inflate;
mod read;
mod write;

use crate::arguments;
use alloc::boxed::Box;
use wigwag_vm::heap::{Handle, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `deflate`
pub static MODULE: ModuleDef = ModuleDef {
    name: "deflate",
    members: &[
        Member::Extension("DeflateIO", &DEFLATE_IO),
        Member::Int("AUTO", Format::Auto as i64),
        Member::Int("RAW", Format::Raw as i64),
        Member::Int("ZLIB", Format::Zlib as i64),
        Member::Int("GZIP", Format::Gzip as i64),
    ],
};

/// What is around the compressed data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    /// Reading: whichever of zlib's and gzip's there is. Writing: nothing.
    Auto,
    /// Nothing.
    Raw,
    /// A header of two bytes and an Adler-32 sum.
    Zlib,
    /// A header of ten bytes or more, a CRC-32 sum and the length.
    Gzip,
}

/// The window where neither the program nor the data says how large it is: 2 to this.
const USUAL_WINDOW_BITS: u8 = 8;

/// A compressed stream over another one.
struct DeflateIo {
    class: Handle,
    /// None once it is closed.
    stream: Option<Value>,
    format: Format,
    /// 0: not given.
    window_bits: u8,
    closes_stream: bool,
    reading: Option<Box<inflate::Inflate>>,
    writing: Option<Box<compress::Compressor>>,
}

impl NativeObject for DeflateIo {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(stream) = self.stream {
            tracer.value(stream);
        }
    }

    fn bytes(&self) -> usize {
        size_of::<DeflateIo>()
            + self.reading.as_ref().map_or(0, |reading| reading.bytes())
            + self.writing.as_ref().map_or(0, |writing| writing.bytes())
    }
}

/// `DeflateIO(stream, format=AUTO, wbits=0, close=False)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (class, stream) = (given.at(vm, 0), given.at(vm, 1));
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let mut numbers = [0; 2];
    for (place, number) in numbers.iter_mut().zip([2, 3]) {
        if let Some(value) = given.get(vm, number) {
            *place = arguments::integer(&mut vm.heap, value)?;
        }
    }
    let format = match numbers[0] {
        0 => Format::Auto,
        1 => Format::Raw,
        2 => Format::Zlib,
        3 => Format::Gzip,
        _ => return Err(vm.heap.raise(TypeId::ValueError, "format")),
    };
    let window_bits = match numbers[1] {
        bits @ (0 | 5..=15) => bits as u8,
        _ => return Err(vm.heap.raise(TypeId::ValueError, "wbits")),
    };
    let closes_stream = given.get(vm, 4).is_some_and(|close| vm.truth_plain(close).unwrap_or(true));
    let (stream, reading, writing) = (Some(stream), None, None);
    let object = DeflateIo { class, stream, format, window_bits, closes_stream, reading, writing };
    Ok(arguments::object(&mut vm.heap, object)?.into())
}

/// `deflate.DeflateIO`
static DEFLATE_IO: TypeDef = TypeDef {
    members: &[
        full("read", 1, 2, read::read),
        full("readinto", 2, 3, read::read_into),
        full("readline", 1, 2, read::read_line),
        full("write", 2, 4, write::write),
        full("close", 1, 1, write::close),
        plain("__enter__", 1, 1, crate::io::stream::enter),
        full("__exit__", 1, 4, write::close),
    ],
    construct: full_constructor("DeflateIO", 1, 4, construct),
    ..TypeDef::named("DeflateIO")
};
