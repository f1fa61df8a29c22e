//! What is on a block device that is mounted as it is: littlefs, if one of the first two blocks says so, or else FAT.

#[cfg(feature = "littlefs")]
use wigwag_vm::heap::TypeId;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Step, Vm};

#[cfg(feature = "littlefs")]
use super::device::{self, BlockDevice};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// The device was asked for what is in this block.
    #[cfg(feature = "littlefs")]
    Asked(u32),
    /// The file system is being made.
    Made,
}

/// Finds out what is on a device, and gives the file system. A device that raises, as those without the extended protocol
/// may, has no littlefs.
pub struct Detecting {
    device: Value,
    stage: Stage,
    buffer: Value,
}

impl Detecting {
    /// Not begun yet.
    pub fn new(device: Value) -> Detecting {
        Detecting { device, stage: Stage::Start, buffer: Value::NONE }
    }

    /// Asks for a block; after the second it is FAT, if anything.
    #[cfg(feature = "littlefs")]
    fn look(&mut self, vm: &mut Vm, block: u32) -> Result<Step, Raised> {
        /// Where the name of the file system is in the block.
        const NAME_AT: u32 = 8;
        if block > 1 {
            return self.make_fat(vm);
        }
        let device = BlockDevice::new(vm, self.device)?;
        self.buffer = device::buffer(vm, alloc::vec![0; NAME_AT as usize])?;
        let call = device.read(vm, block, self.buffer, Some(NAME_AT))?;
        self.stage = Stage::Asked(block);
        Ok(call)
    }

    #[cfg(not(feature = "littlefs"))]
    fn look(&mut self, vm: &mut Vm, _: u32) -> Result<Step, Raised> {
        self.make_fat(vm)
    }

    #[cfg(feature = "littlefs")]
    fn answered(&mut self, vm: &mut Vm, block: u32, answer: Value) -> Result<Step, Raised> {
        let is_read = answer.is_none() || vm.heap.as_int(answer) == Some(0);
        let is_littlefs =
            is_read && vm.heap.as_bytes(self.buffer).is_some_and(crate::littlefs::mount::is_magic);
        match is_littlefs {
            true => self.make(vm, &super::super::littlefs::VFS_LFS2),
            false => self.look(vm, block + 1),
        }
    }

    #[cfg(feature = "fat")]
    fn make_fat(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        self.make(vm, &super::super::fat::VFS_FAT)
    }

    #[cfg(not(feature = "fat"))]
    fn make_fat(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        Err(vm.heap.raise_os(crate::errno::ENODEV))
    }

    fn make(
        &mut self,
        vm: &mut Vm,
        kind: &'static wigwag_vm::objects::function::TypeDef,
    ) -> Result<Step, Raised> {
        let class = vm.heap.class_for(kind)?.value();
        self.stage = Stage::Made;
        Ok(Step::Call(class, FewArguments::new(&[self.device])))
    }
}

impl NativeFrame for Detecting {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (Stage::Made, Input::Value(file_system)) => Ok(Step::Return(file_system)),
            #[cfg(feature = "littlefs")]
            (Stage::Asked(block), Input::Value(answer)) => self.answered(vm, block, answer),
            #[cfg(feature = "littlefs")]
            (Stage::Asked(_), Input::Raised(exception))
                if vm.heap.is_instance(exception, TypeId::Exception.handle()) =>
            {
                self.make_fat(vm)
            }
            (_, Input::Raised(exception)) => Err(Raised(exception)),
            _ => self.look(vm, 0),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.device);
        tracer.value(self.buffer);
    }

    fn catches(&self) -> bool {
        true
    }
}
