//! Before there is a file system: asking a device what it is, looking what is on it, making a new one.

use super::super::on_device::device::{self, BLOCK_SIZE, BlockDevice, Request};
use super::super::on_device::{FileSystem, parts};
use crate::clock;
use crate::errno::{EBUSY, EIO, ENODEV};
use crate::fat::Volume;
use crate::fat::blocks::Blocks;
use crate::fat::format::Format;
use crate::fat::layout::{Layout, partitions};
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, Value, try_copy};
use wigwag_vm::run::{Input, NativeFrame, Step, Vm};

/// What is to come of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The object, whether or not there is a file system.
    Open,
    /// A new file system, and nothing else.
    Make,
    /// A new file system for an object that has none, which is then mounted.
    MakeAndOpen,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Asked(Request),
    /// The first block of what may be a file system is being read; where partitions may be looked for.
    Boot(u32, bool),
    Write,
    Keep,
}

/// The frame.
pub struct Preparing {
    file_system: Value,
    purpose: Purpose,
    stage: Stage,
    buffer: Value,
    format: Option<Format>,
    /// A block to write, and its number: the next of the format.
    next: Option<(u32, Vec<u8>)>,
}

/// The largest block.
const LARGEST_BLOCK: usize = 4096;

impl Preparing {
    /// Not begun yet.
    pub fn new(file_system: Value, purpose: Purpose) -> Preparing {
        Preparing { file_system, purpose, stage: Stage::Start, buffer: Value::NONE, format: None, next: None }
    }

    fn device(&self, vm: &mut Vm) -> Result<BlockDevice, Raised> {
        parts::<Volume>(vm, self.file_system).map(|(device, ..)| device)
    }

    fn change(&self, vm: &mut Vm, change: impl FnOnce(&mut FileSystem<Volume>)) {
        if let Some(system) = vm.heap.as_native_mut::<FileSystem<Volume>>(self.file_system) {
            change(system);
        }
    }

    fn ask(&mut self, vm: &mut Vm, request: Request) -> Result<Step, Raised> {
        let step = self.device(vm)?.control(vm, request, 0)?;
        self.stage = Stage::Asked(request);
        match step {
            Some(step) => Ok(step),
            None => self.answered(vm, request, Value::NONE),
        }
    }

    fn answered(&mut self, vm: &mut Vm, request: Request, answer: Value) -> Result<Step, Raised> {
        let number = match answer.is_none() {
            true => None,
            false => Some(crate::arguments::integer(&mut vm.heap, answer)?),
        };
        match request {
            Request::Init => {
                if number.unwrap_or(0) != 0 {
                    return Err(vm.heap.raise_os(EBUSY));
                }
                self.ask(vm, Request::BlockSize)
            }
            Request::BlockSize => {
                let size = number.map_or(Some(BLOCK_SIZE), |size| usize::try_from(size).ok());
                let is_possible =
                    |size: &usize| (BLOCK_SIZE..=LARGEST_BLOCK).contains(size) && size.is_power_of_two();
                let Some(size) = size.filter(is_possible) else { return Err(vm.heap.raise_os(EIO)) };
                self.change(vm, |system| system.block_size = size);
                self.ask(vm, Request::BlockCount)
            }
            _ => {
                let count = number.map_or(Ok(0), u32::try_from);
                let Ok(count) = count else { return Err(vm.heap.raise_os(EIO)) };
                self.change(vm, |system| system.block_count = count);
                if count == 0 { self.looked(vm, None) } else { self.read_boot(vm, 0, true) }
            }
        }
    }

    fn read_boot(&mut self, vm: &mut Vm, start: u32, with_partitions: bool) -> Result<Step, Raised> {
        let (device, size, _) = parts::<Volume>(vm, self.file_system)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
        bytes.resize(size, 0);
        self.buffer = device::buffer(vm, bytes)?;
        let call = device.read(vm, start, self.buffer, None)?;
        self.stage = Stage::Boot(start, with_partitions);
        Ok(call)
    }

    fn boot_read(&mut self, vm: &mut Vm, start: u32, with_partitions: bool) -> Result<Step, Raised> {
        let bytes = try_copy(vm.heap.as_bytes(self.buffer).unwrap_or(&[]))?;
        let count =
            vm.heap.as_native::<FileSystem<Volume>>(self.file_system).map_or(0, |system| system.block_count);
        let layout = Layout::parse(&bytes, start, count);
        let partition = partitions(&bytes).find(|&start| start < count);
        match (layout, partition) {
            (None, Some(start)) if with_partitions => self.read_boot(vm, start, false),
            (layout, _) => self.looked(vm, layout),
        }
    }

    /// What is on the device is known now.
    fn looked(&mut self, vm: &mut Vm, layout: Option<Layout>) -> Result<Step, Raised> {
        let made = self.format.is_some();
        let (count, size) = match vm.heap.as_native::<FileSystem<Volume>>(self.file_system) {
            Some(system) => (system.block_count, system.block_size),
            None => (0, BLOCK_SIZE),
        };
        if self.purpose != Purpose::Open && !made {
            let serial = clock::epoch_us(vm) as u32;
            match Format::new(count, size, serial) {
                Ok(format) => self.format = Some(format),
                Err(errno) => return Err(vm.heap.raise_os(errno)),
            }
            return self.write(vm);
        }
        self.change(vm, |system| {
            system.volume = layout.map(|layout| Volume::new(Blocks::new(size, count), layout));
        });
        match self.purpose {
            Purpose::MakeAndOpen if layout.is_none() => Err(vm.heap.raise_os(ENODEV)),
            Purpose::MakeAndOpen => Ok(Step::Return(Value::NONE)),
            _ => Ok(Step::Return(self.file_system)),
        }
    }

    /// Writes the next block of a new file system.
    fn write(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let (device, _, is_writable) = parts::<Volume>(vm, self.file_system)?;
        if !is_writable {
            return Err(vm.heap.raise_os(crate::errno::EROFS));
        }
        if self.next.is_none() {
            self.next = self.format.as_mut().and_then(Format::next_block);
        }
        self.stage = Stage::Write;
        let Some((block, bytes)) = &self.next else { return self.keep(vm, device) };
        self.buffer = device::buffer(vm, try_copy(bytes)?)?;
        let call = device.write(vm, *block, self.buffer, None)?;
        self.next = None;
        Ok(call)
    }

    fn keep(&mut self, vm: &mut Vm, device: BlockDevice) -> Result<Step, Raised> {
        self.stage = Stage::Keep;
        match device.control(vm, Request::Sync, 0)? {
            Some(step) => Ok(step),
            None => self.made(vm),
        }
    }

    /// The new file system is there.
    fn made(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        match self.purpose {
            Purpose::MakeAndOpen => self.read_boot(vm, 0, true),
            _ => Ok(Step::Return(Value::NONE)),
        }
    }
}

impl NativeFrame for Preparing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (Stage::Asked(request), Input::Value(answer)) => self.answered(vm, request, answer),
            (Stage::Boot(start, with_partitions), Input::Value(answer)) => {
                device::check::<Volume>(vm, answer)?;
                self.boot_read(vm, start, with_partitions)
            }
            (Stage::Write, Input::Value(answer)) => {
                device::check::<Volume>(vm, answer)?;
                self.write(vm)
            }
            (Stage::Keep, Input::Value(_)) => self.made(vm),
            _ => self.ask(vm, Request::Init),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
        tracer.value(self.buffer);
    }
}
