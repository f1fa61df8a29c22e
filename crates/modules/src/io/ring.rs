//! `micropython.RingIO`: a queue of bytes of a fixed size, for passing data from interrupts to the program.

use super::stream::{self, Channel};
use crate::arguments;
use crate::callbacks;
use crate::errno::EINVAL;
use crate::net::pollable::POLL;
use crate::net::system::{READ, WRITE};
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, plain, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::Vm;

/// A ring of bytes.
struct Ring {
    class: Handle,
    bytes: Vec<u8>,
    first: usize,
    count: usize,
}

impl NativeObject for Ring {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Ring>() + self.bytes.capacity()
    }
}

/// Reading and writing never wait: as much as is there, as much as fits.
struct RingChannel;

impl Channel for RingChannel {
    const TEXT: bool = false;

    fn read(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        let Some(ring) = vm.heap.as_native_mut::<Ring>(value) else { return Ok(()) };
        let count = most.min(ring.count);
        into.try_reserve(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
        let length = ring.bytes.len();
        into.extend((0..count).map(|number| ring.bytes[(ring.first + number) % length]));
        ring.first = (ring.first + count) % length.max(1);
        ring.count -= count;
        Ok(())
    }

    fn unread(vm: &mut Vm, value: Value, bytes: &[u8]) {
        // Nothing was written in between, so the bytes are still in their places.
        if let Some(ring) = vm.heap.as_native_mut::<Ring>(value) {
            let length = ring.bytes.len().max(1);
            ring.first = (ring.first + length - bytes.len() % length) % length;
            ring.count = (ring.count + bytes.len()).min(ring.bytes.len());
        }
    }

    fn write(vm: &mut Vm, value: Value, bytes: &[u8]) -> Result<usize, Raised> {
        let Some(ring) = vm.heap.as_native_mut::<Ring>(value) else { return Ok(0) };
        let length = ring.bytes.len();
        let count = bytes.len().min(length - ring.count);
        for &byte in &bytes[..count] {
            let place = (ring.first + ring.count) % length;
            ring.bytes[place] = byte;
            ring.count += 1;
        }
        // A task may wait for something to read.
        callbacks::wake_loop(vm);
        Ok(count)
    }

    fn seek(vm: &mut Vm, _: Value, _: i64, _: i64) -> Result<u64, Raised> {
        Err(vm.heap.raise_os(EINVAL))
    }

    fn flush(_: &mut Vm, _: Value) -> Result<(), Raised> {
        Ok(())
    }

    fn close(_: &mut Vm, _: Value) -> Result<(), Raised> {
        Ok(())
    }
}

/// Whether a value is a ring.
pub fn is_ring(heap: &Heap, value: Value) -> bool {
    heap.as_native::<Ring>(value).is_some()
}

/// `ioctl(request, argument)`: what it is ready for, for `select` and streams.
fn control(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(ring) = heap.as_native::<Ring>(given[0]) else { return Ok(Value::tiny_int(-1)) };
    let (readable, writable) = (ring.count > 0, ring.count < ring.bytes.len());
    Ok(match (heap.as_int(given[1]), heap.as_int(given[2])) {
        (Some(POLL), Some(wanted)) => {
            let ready = if readable { READ } else { 0 } | if writable { WRITE } else { 0 };
            Value::tiny_int((wanted as u32 & ready) as i32)
        }
        _ => Value::tiny_int(-1),
    })
}

/// Upstream keeps positions in 16 bits.
const LARGEST: usize = 65_534;

/// `RingIO(size)`, or with a buffer whose size it takes; one byte of that stays free, as in upstream's.
fn construct(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    let size = match heap.as_bytes(given[1]) {
        Some(buffer) => buffer.len() as i64 - 1,
        None => arguments::integer(heap, given[1])?,
    };
    let size = match usize::try_from(size) {
        Ok(size @ 1..=LARGEST) => size,
        _ => return Err(heap.raise_bare(TypeId::ValueError)),
    };
    if size > heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
    bytes.resize(size, 0);
    arguments::object(heap, Ring { class, bytes, first: 0, count: 0 })
}

/// `micropython.RingIO`
pub static RING_IO: TypeDef = TypeDef {
    members: &[
        plain("any", 1, 1, |heap, given| {
            let count = heap.as_native::<Ring>(given[0]).map_or(0, |ring| ring.count);
            heap.size(count)
        }),
        full("read", 1, 2, stream::read::<RingChannel>),
        full("readinto", 2, 3, stream::read_into::<RingChannel>),
        full("readline", 1, 2, stream::read_line::<RingChannel>),
        full("write", 2, 4, stream::write::<RingChannel>),
        full("close", 1, 1, stream::close::<RingChannel>),
        plain("ioctl", 3, 3, control),
    ],
    construct: plain_constructor("RingIO", 1, 1, construct),
    ..TypeDef::named("RingIO")
};
