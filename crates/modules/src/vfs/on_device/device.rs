//! Block devices: objects of a program's with the methods `readblocks`, `writeblocks` and `ioctl`, or in the older way
//! `sync` and `count` in place of `ioctl`. Follows upstream's `vfs.AbstractBlockDev`.

use crate::vfs::volume::Volume;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{MemoryViewObject, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::run::attributes::PlainAttribute;
use wigwag_vm::run::{FewArguments, Step, Vm};

/// What `ioctl` can be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// To get ready.
    Init = 1,
    /// To keep what was written.
    Sync = 3,
    /// How many blocks there are.
    BlockCount = 4,
    /// How large they are.
    BlockSize = 5,
    /// To erase a block.
    Erase = 6,
}

/// A block of a device that does not say otherwise.
pub const BLOCK_SIZE: usize = 512;

/// A block device: its methods. Those that it does not have are None.
#[derive(Clone, Copy)]
pub struct BlockDevice {
    read: Value,
    write: Value,
    control: Value,
    sync: Value,
    count: Value,
}

fn method(vm: &mut Vm, device: Value, name: &'static str) -> Result<Option<Value>, Raised> {
    let name = vm.heap.intern_static(name)?;
    Ok(match vm.plain_attribute(device, name)? {
        PlainAttribute::Value(method) => Some(method),
        PlainAttribute::Nothing | PlainAttribute::Python => None,
    })
}

fn needed(vm: &mut Vm, device: Value, name: &'static str) -> Result<Value, Raised> {
    match method(vm, device, name)? {
        Some(method) => Ok(method),
        None => {
            let kind = String::from(vm.heap.type_name(device));
            let text = format_args!("'{kind}' object has no attribute '{name}'");
            Err(vm.heap.raise_fmt(TypeId::AttributeError, text))
        }
    }
}

impl BlockDevice {
    /// The device that an object is.
    pub fn new(vm: &mut Vm, device: Value) -> Result<BlockDevice, Raised> {
        // Methods are objects of their own, and those found first must outlive the search for the others.
        let read = needed(vm, device, "readblocks")?;
        let write = method(vm, device, "writeblocks")?.unwrap_or(Value::NONE);
        let control = method(vm, device, "ioctl")?.unwrap_or(Value::NONE);
        let (mut sync, mut count) = (Value::NONE, Value::NONE);
        if control.is_none() {
            sync = method(vm, device, "sync")?.unwrap_or(Value::NONE);
            count = needed(vm, device, "count")?;
        }
        Ok(BlockDevice { read, write, control, sync, count })
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.read, self.write, self.control, self.sync, self.count]);
    }

    /// Whether it can be written.
    pub fn is_writable(&self) -> bool {
        !self.write.is_none()
    }

    /// Asks for bytes, into a buffer: from a block on, or from an offset in it.
    pub fn read(&self, vm: &mut Vm, block: u32, buffer: Value, offset: Option<u32>) -> Result<Step, Raised> {
        transfer(vm, self.read, block, buffer, offset)
    }

    /// Gives it bytes from a buffer: from a block on, or from an offset in it.
    pub fn write(&self, vm: &mut Vm, block: u32, buffer: Value, offset: Option<u32>) -> Result<Step, Raised> {
        transfer(vm, self.write, block, buffer, offset)
    }

    /// Asks it something; `None` where the older kind has no answer.
    pub fn control(&self, vm: &mut Vm, request: Request, argument: i64) -> Result<Option<Step>, Raised> {
        if !self.control.is_none() {
            let arguments = [Value::tiny_int(request as i32), vm.heap.int(argument)?];
            return Ok(Some(Step::Call(self.control, FewArguments::new(&arguments))));
        }
        let method = match request {
            Request::Sync => self.sync,
            Request::BlockCount => self.count,
            Request::Init | Request::BlockSize | Request::Erase => Value::NONE,
        };
        Ok((!method.is_none()).then(|| Step::Call(method, FewArguments::new(&[]))))
    }
}

fn transfer(
    vm: &mut Vm,
    method: Value,
    block: u32,
    buffer: Value,
    offset: Option<u32>,
) -> Result<Step, Raised> {
    let block = vm.heap.int(block.into())?;
    Ok(Step::Call(
        method,
        match offset {
            None => FewArguments::new(&[block, buffer]),
            Some(offset) => FewArguments::new(&[block, buffer, vm.heap.int(offset.into())?]),
        },
    ))
}

/// A buffer for a device: a view of a bytearray, so that the device cannot change its length.
pub fn buffer(vm: &mut Vm, bytes: Vec<u8>) -> Result<Value, Raised> {
    let length = bytes.len();
    let base = vm.heap.bytearray(bytes)?;
    vm.heap.budget.charge(size_of::<MemoryViewObject>())?;
    let view = MemoryViewObject { base, start: 0, length, typecode: b'B', item_size: 1, writable: true };
    Ok(vm.heap.allocate(Slot::MemoryView(Box::new(view)))?.value())
}

/// What a device has answered to being asked to do something: nothing or 0, or else it has failed.
pub fn check<V: Volume>(vm: &mut Vm, answer: Value) -> Result<(), Raised> {
    if answer.is_none() {
        return Ok(());
    }
    match crate::arguments::integer(&mut vm.heap, answer)? {
        0 => Ok(()),
        failed => Err(vm.heap.raise_os(V::device_error(failed))),
    }
}
