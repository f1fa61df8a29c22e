//! `wigwag`: what Wigwag has and upstream has no name for.
//!
//! `wigwag.RAMBlockDev(block_size, num_blocks)` is a block device in memory, for file systems that need no board. It has
//! the methods of upstream's `vfs.AbstractBlockDev`, in both protocols, and takes the arguments of the class with that
//! name in upstream's documentation. Its memory is the program's heap.

use crate::arguments;
use crate::vfs::storage::{self, BlockObject, Memory, Section, Storage};
use crate::vfs::system::Errno;
use wigwag_vm::heap::{Handle, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, full, full_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `wigwag`
pub static MODULE: ModuleDef =
    ModuleDef { name: "wigwag", members: &[Member::Extension("RAMBlockDev", &RAM_BLOCK_DEVICE)] };

/// A block device in memory.
struct RamBlockDevice {
    class: Handle,
    memory: Memory,
    block_size: u32,
}

impl NativeObject for RamBlockDevice {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<RamBlockDevice>() + self.memory.length() as usize
    }
}

impl BlockObject for RamBlockDevice {
    fn section(&self) -> Section {
        Section {
            start: 0,
            length: self.memory.length(),
            block_size: self.block_size,
            erase_size: self.block_size,
            is_extended: true,
        }
    }

    fn storage(vm: &mut Vm, device: Value) -> Result<&mut dyn Storage, Errno> {
        let device = vm.heap.native_part(device);
        match vm.heap.as_native_mut::<RamBlockDevice>(device) {
            Some(device) => Ok(&mut device.memory),
            None => Err(crate::errno::EINVAL),
        }
    }

    fn extend(&mut self) -> bool {
        true
    }
}

static RAM_BLOCK_DEVICE: TypeDef = TypeDef {
    construct: full_constructor("RAMBlockDev", 2, 2, construct),
    members: &[
        full("readblocks", 3, 4, storage::read_blocks::<RamBlockDevice>),
        full("writeblocks", 3, 4, storage::write_blocks::<RamBlockDevice>),
        full("ioctl", 3, 3, storage::control::<RamBlockDevice>),
    ],
    base_for_classes: true,
    ..TypeDef::named("RAMBlockDev")
};

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [size, count] = [1, 2].map(|number| given.at(vm, number));
    let (size, count) = (arguments::integer(&mut vm.heap, size)?, arguments::integer(&mut vm.heap, count)?);
    let (Ok(block_size @ 1..), Ok(count)) = (u32::try_from(size), u32::try_from(count)) else {
        return Err(vm.heap.raise_bare(TypeId::ValueError));
    };
    let length = usize::try_from(u64::from(block_size) * u64::from(count)).ok();
    let memory = length.filter(|&length| length <= vm.heap.free_bytes()).and_then(Memory::new);
    let memory = memory.ok_or(Raised::OUT_OF_MEMORY)?;
    let class = vm.heap.class_for(&RAM_BLOCK_DEVICE)?;
    Ok(arguments::object(&mut vm.heap, RamBlockDevice { class, memory, block_size })?.into())
}
