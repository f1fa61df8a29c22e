//! `pyb.Flash`: the flash that a board keeps its files in, as a block device. Follows upstream's
//! <https://docs.micropython.org/en/latest/library/pyb.Flash.html>.
//!
//! `Flash(start=…, len=…)` shows part of it; `Flash()` all of it as upstream's older firmware does, with a table of
//! partitions made up in front, so that the flash begins at block 0x100.
//!
//! What differs: it is erased at the start, where a new board comes with a FAT file system. Its bytes are in memory and
//! gone after the run, unless whoever set up the machine gave it another [`Storage`] by [`set_flash`].

use crate::boards::FLASH_BLOCK;
use crate::state::state;
use alloc::boxed::Box;
use core::fmt::Write;
use wigwag_modules::arguments;
use wigwag_modules::errno::{EIO, ENOMEM};
use wigwag_modules::vfs::storage::{self, BlockObject, Memory, Section, Storage};
use wigwag_modules::vfs::system::Errno;
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The block at which the flash begins behind the partition table.
const FIRST_BLOCK: u64 = 0x100;

/// Gives a board other bytes for its flash, of any length that is a multiple of what is erased at once.
pub fn set_flash(vm: &mut Vm, storage: Box<dyn Storage>) {
    if let Some(state) = state(vm) {
        state.flash = Some(Partitioned(storage));
    }
}

/// Takes the bytes of the flash out of a board, if it was used: a flash stays what it is when a board starts anew.
pub fn take_flash(vm: &mut Vm) -> Option<Box<dyn Storage>> {
    state(vm)?.flash.take().map(|flash| flash.0)
}

/// A flash with a table of partitions in front, which has one: the flash.
pub struct Partitioned(Box<dyn Storage>);

/// Where the flash begins behind the table.
const FLASH_START: u64 = FIRST_BLOCK * FLASH_BLOCK as u64;

impl Partitioned {
    /// The first block of a disk with one partition of type 1, FAT12.
    fn table(&self) -> [u8; FLASH_BLOCK as usize] {
        const ENTRY: usize = 446;
        let count = (self.0.length() / u64::from(FLASH_BLOCK)) as u32;
        let mut table = [0; FLASH_BLOCK as usize];
        table[ENTRY + 4] = 1;
        table[ENTRY + 8..ENTRY + 12].copy_from_slice(&(FIRST_BLOCK as u32).to_le_bytes());
        table[ENTRY + 12..ENTRY + 16].copy_from_slice(&count.to_le_bytes());
        table[510..].copy_from_slice(&[0x55, 0xAA]);
        table
    }
}

impl Storage for Partitioned {
    fn length(&self) -> u64 {
        FLASH_START + self.0.length()
    }

    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), Errno> {
        match (at.checked_sub(FLASH_START), into.len() == FLASH_BLOCK as usize) {
            (Some(at), _) => self.0.read(at, into),
            (None, true) if at == 0 => {
                into.copy_from_slice(&self.table());
                Ok(())
            }
            _ => Err(EIO),
        }
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        match (at.checked_sub(FLASH_START), bytes.len() == FLASH_BLOCK as usize) {
            (Some(at), _) => self.0.write(at, bytes),
            // The table is made up, and stays as it is.
            (None, true) if at == 0 => Ok(()),
            _ => Err(EIO),
        }
    }

    fn sync(&mut self) -> Result<(), Errno> {
        self.0.sync()
    }
}

/// The bytes of the flash; those in memory come into being now.
fn flash(vm: &mut Vm) -> Result<&mut Partitioned, Errno> {
    let state = state(vm).ok_or(EIO)?;
    match &mut state.flash {
        Some(flash) => Ok(flash),
        empty => {
            let memory = Memory::new(state.board.flash.bytes as usize).ok_or(ENOMEM)?;
            Ok(empty.insert(Partitioned(Box::new(memory))))
        }
    }
}

/// How many bytes the flash has, and how many are erased at once.
fn sizes(vm: &mut Vm) -> (u64, u32) {
    match state(vm) {
        Some(state) => {
            let bytes = state.flash.as_ref().map_or(state.board.flash.bytes.into(), |flash| flash.0.length());
            (bytes, state.board.flash.erase_size)
        }
        None => (0, FLASH_BLOCK),
    }
}

/// Part of the flash.
struct FlashObject {
    class: Handle,
    section: Section,
}

impl NativeObject for FlashObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<FlashObject>()
    }
}

impl BlockObject for FlashObject {
    fn section(&self) -> Section {
        self.section
    }

    fn storage(vm: &mut Vm, _: Value) -> Result<&mut dyn Storage, Errno> {
        flash(vm).map(|flash| flash as &mut dyn Storage)
    }

    fn extend(&mut self) -> bool {
        // Not with a table in front.
        self.section.is_extended = self.section.start > 0;
        self.section.is_extended
    }
}

/// `pyb.Flash`
pub static FLASH_TYPE: TypeDef = TypeDef {
    construct: constructor("Flash", 0, 2, construct),
    members: &[
        full("readblocks", 3, 4, storage::read_blocks::<FlashObject>),
        full("writeblocks", 3, 4, storage::write_blocks::<FlashObject>),
        full("ioctl", 3, 3, storage::control::<FlashObject>),
    ],
    repr: Some(repr),
    ..TypeDef::named("Flash")
};

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let given = given.bind(vm, 1, ["*start", "*len"])?;
    let class = vm.heap.class_for(&FLASH_TYPE)?;
    let mut numbers = [-1; 2];
    for (number, value) in numbers.iter_mut().zip(given) {
        if let Some(value) = value {
            *number = arguments::integer(&mut vm.heap, value)?;
        }
    }
    let (bytes, erase_size) = sizes(vm);
    let (start, length) = match numbers {
        [-1, -1] => (0, FLASH_START + bytes),
        numbers => match part(numbers, bytes, erase_size) {
            Some((start, length)) => (FLASH_START + start, length),
            None => return Err(vm.heap.raise_bare(TypeId::ValueError)),
        },
    };
    let section = Section { start, length, block_size: FLASH_BLOCK, erase_size, is_extended: false };
    Ok(arguments::object(&mut vm.heap, FlashObject { class, section })?.into())
}

/// Start and length of a part, where -1 stands for the beginning and for all that is left.
fn part([start, length]: [i64; 2], bytes: u64, erase_size: u32) -> Option<(u64, u64)> {
    let whole_blocks = |number: i64| {
        let number = u64::try_from(number).ok()?;
        number.is_multiple_of(erase_size.into()).then_some(number)
    };
    let start = if start == -1 { 0 } else { whole_blocks(start)? };
    let left = bytes.checked_sub(start)?;
    let length = if length == -1 { left } else { whole_blocks(length)? };
    (0 < length && length <= left).then_some((start, length))
}

fn repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    match heap.as_native::<FlashObject>(value) {
        Some(FlashObject { section, .. }) if section.start > 0 => {
            write!(out, "Flash(start={}, len={})", section.start - FLASH_START, section.length)
        }
        _ => out.write_str("Flash()"),
    }
}
