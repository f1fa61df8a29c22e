//! Block devices that are built in: bytes that stay, and the block protocol over them. Follows upstream's
//! `vfs.AbstractBlockDev`.
//!
//! A [`Storage`] is where the bytes are: memory ([`Memory`]), or whatever a platform has. A [`BlockObject`] is an object
//! that shows programs a [`Section`] of one as blocks; its methods are [`read_blocks`], [`write_blocks`] and [`control`].
//! What goes wrong on the way to the bytes is a negative number, as devices answer; wrong arguments are exceptions.
//!
//! The simple protocol (no offset) writes over whatever is there. The extended one (with an offset) does so, too: a
//! block need not be erased first, and erasing fills it with ones as flash does.

use super::system::Errno;
use crate::arguments;
use crate::errno::{EINVAL, EIO};
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What erased flash is full of.
pub const ERASED: u8 = 0xFF;

/// Bytes that stay. What is read or written lies inside; implementations say `EIO` otherwise.
pub trait Storage {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Copies bytes from a place on.
    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), Errno>;

    /// Puts bytes to a place.
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Errno>;

    /// Sees to it that what was written is kept.
    fn sync(&mut self) -> Result<(), Errno>;
}

/// A storage in memory.
pub struct Memory(Vec<u8>);

impl Memory {
    /// So many bytes of erased memory, if there are as many; charging a heap for them is up to the caller.
    pub fn new(length: usize) -> Option<Memory> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).ok()?;
        bytes.resize(length, ERASED);
        Some(Memory(bytes))
    }

    fn place(&mut self, at: u64, length: usize) -> Result<&mut [u8], Errno> {
        let start = usize::try_from(at).map_err(|_| EIO)?;
        let end = start.checked_add(length).ok_or(EIO)?;
        self.0.get_mut(start..end).ok_or(EIO)
    }
}

impl Storage for Memory {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), Errno> {
        into.copy_from_slice(self.place(at, into.len())?);
        Ok(())
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.place(at, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

/// Part of a storage, as blocks.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Where it begins, in bytes.
    pub start: u64,
    /// How many bytes it has.
    pub length: u64,
    /// The block of the simple protocol, in bytes.
    pub block_size: u32,
    /// The block of the extended protocol: what can be erased at once.
    pub erase_size: u32,
    /// Whether sizes are told as the extended protocol has them.
    pub is_extended: bool,
}

impl Section {
    /// The block size that `ioctl` tells.
    fn told_size(&self) -> u32 {
        if self.is_extended { self.erase_size } else { self.block_size }
    }

    /// Where bytes lie in the storage: from an offset in a block on, or from its beginning.
    fn place(&self, block: i64, offset: Option<i64>, length: usize) -> Result<u64, Errno> {
        let size = if offset.is_some() { self.erase_size } else { self.block_size };
        if offset.is_none() && !length.is_multiple_of(size as usize) {
            return Err(EINVAL);
        }
        let place = |number: i64| u64::try_from(number).ok();
        let start = place(block)
            .and_then(|block| block.checked_mul(size.into()))
            .and_then(|start| start.checked_add(place(offset.unwrap_or(0))?));
        let end = start.and_then(|start| start.checked_add(length as u64));
        match (start, end) {
            (Some(start), Some(end)) if end <= self.length => Ok(self.start + start),
            _ => Err(EIO),
        }
    }
}

/// An object that is a block device.
pub trait BlockObject: NativeObject + Sized {
    /// Which part of its storage it shows.
    fn section(&self) -> Section;

    /// Its storage, which may be its own or somebody else's.
    fn storage(vm: &mut Vm, device: Value) -> Result<&mut dyn Storage, Errno>;

    /// From now on sizes are asked for and told as in the extended protocol. Whether it can do that.
    fn extend(&mut self) -> bool;
}

/// The requests of `ioctl`.
pub mod request {
    /// To get ready; the argument is 1 for the extended protocol.
    pub const INIT: i64 = 1;
    /// To leave.
    pub const LEAVE: i64 = 2;
    /// To keep what was written.
    pub const SYNC: i64 = 3;
    /// How many blocks there are.
    pub const BLOCK_COUNT: i64 = 4;
    /// How large they are.
    pub const BLOCK_SIZE: i64 = 5;
    /// To erase a block.
    pub const ERASE: i64 = 6;
}

/// Nothing, or minus an error number.
fn answer(done: Result<(), Errno>) -> Outcome {
    let number = done.map_or_else(|errno| -errno, |()| 0);
    Value::tiny_int(number).into()
}

fn section_of<T: BlockObject>(vm: &mut Vm, device: Value) -> Result<Section, Raised> {
    match vm.heap.as_native::<T>(vm.heap.native_part(device)) {
        Some(device) => Ok(device.section()),
        None => Err(vm.heap.raise_os(EINVAL)),
    }
}

/// What `readblocks` and `writeblocks` are given: the block, the buffer, perhaps an offset.
fn place_of<T: BlockObject>(vm: &mut Vm, given: Arguments) -> Result<(Value, Value, Place), Raised> {
    let (device, block, buffer) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
    let section = section_of::<T>(vm, device)?;
    let block = arguments::integer(&mut vm.heap, block)?;
    let offset = match given.get(vm, 3) {
        Some(offset) => Some(arguments::integer(&mut vm.heap, offset)?),
        None => None,
    };
    Ok((device, buffer, Place { section, block, offset }))
}

struct Place {
    section: Section,
    block: i64,
    offset: Option<i64>,
}

impl Place {
    fn of(&self, length: usize) -> Result<u64, Errno> {
        self.section.place(self.block, self.offset, length)
    }
}

/// `readblocks(block, buffer)`, `readblocks(block, buffer, offset)`
pub fn read_blocks<T: BlockObject>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (device, buffer, place) = place_of::<T>(vm, given)?;
    let length = arguments::writable(&mut vm.heap, buffer)?.len();
    let at = match place.of(length) {
        Ok(at) => at,
        Err(errno) => return Ok(answer(Err(errno))),
    };
    // By way of a copy, for both may be in the heap.
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    bytes.resize(length, 0);
    let done = T::storage(vm, device).and_then(|storage| storage.read(at, &mut bytes));
    if done.is_ok() {
        let target = arguments::writable(&mut vm.heap, buffer)?;
        let length = length.min(target.len());
        target[..length].copy_from_slice(&bytes[..length]);
    }
    Ok(answer(done))
}

/// `writeblocks(block, buffer)`, `writeblocks(block, buffer, offset)`
pub fn write_blocks<T: BlockObject>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (device, buffer, place) = place_of::<T>(vm, given)?;
    let bytes = arguments::buffer(&mut vm.heap, buffer)?;
    let done = place.of(bytes.len()).and_then(|at| T::storage(vm, device)?.write(at, &bytes));
    Ok(answer(done))
}

/// `ioctl(request, argument)`
pub fn control<T: BlockObject>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [device, asked, argument] = [0, 1, 2].map(|number| given.at(vm, number));
    let section = section_of::<T>(vm, device)?;
    let asked = arguments::integer(&mut vm.heap, asked)?;
    let size = section.told_size();
    let done = match asked {
        request::INIT => {
            let part = vm.heap.native_part(device);
            let wants_extended = arguments::integer(&mut vm.heap, argument)? == 1;
            let can = !wants_extended || vm.heap.as_native_mut::<T>(part).is_some_and(T::extend);
            return Ok(Value::tiny_int(if can { 0 } else { -1 }).into());
        }
        request::LEAVE | request::SYNC => T::storage(vm, device).and_then(Storage::sync),
        request::BLOCK_COUNT => return Ok(vm.heap.int((section.length / u64::from(size)) as i64)?.into()),
        request::BLOCK_SIZE => return Ok(vm.heap.int(size.into())?.into()),
        request::ERASE => {
            let block = arguments::integer(&mut vm.heap, argument)?;
            erase::<T>(vm, device, &section, block)
        }
        _ => return Ok(Value::NONE.into()),
    };
    Ok(answer(done))
}

fn erase<T: BlockObject>(vm: &mut Vm, device: Value, section: &Section, block: i64) -> Result<(), Errno> {
    const PIECE: [u8; 256] = [ERASED; 256];
    let mut at = section.place(block, Some(0), section.erase_size as usize)?;
    let end = at + u64::from(section.erase_size);
    let storage = T::storage(vm, device)?;
    while at < end {
        let count = (end - at).min(PIECE.len() as u64);
        storage.write(at, &PIECE[..count as usize])?;
        at += count;
    }
    Ok(())
}
