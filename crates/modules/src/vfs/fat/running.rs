//! Work on a file system, as a native frame: run until a block is missing, ask the device for it, run again; then give
//! the device what was changed.
//!
//! ```text
//!          missing                       done                none left
//! run ───────────────► reading    run ─────────► writing ─────────────► finish ──► result
//!  ▲                      │                       │    ▲                   │
//!  └──────────────────────┘                       └────┘                   └──► more: run
//! ```
//!
//! The blocks belong to the file system, so work that overlaps (a device that waits lets others run) sees what other
//! work has come to, and whoever writes next writes what another has left. A device that raises loses what it was to
//! get; from then on only it knows.

use super::device::{self, Request};
use super::{FatFileSystem, file_system};
use crate::errno::{EIO, ENODEV, EROFS};
use crate::fat::{Done, Stop, Volume};
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, Value, try_copy};
use wigwag_vm::run::{Input, NativeFrame, Step, Vm};

/// What has become of work that has come to its end.
pub enum Finished {
    /// It has this result.
    Value(Value),
    /// It was asked for an item and has none.
    Stop,
    /// It goes on with more of the same.
    More,
}

/// Something to do with a file system.
pub trait Work: 'static {
    /// Does it; from the beginning each time, until it comes to its end.
    fn run(&mut self, volume: &mut Volume) -> Done<()>;

    /// Makes a result of what has come of it. May fail for lack of memory, and is then called again.
    fn finish(&mut self, vm: &mut Vm, file_system: Value) -> Result<Finished, Raised>;

    /// Shows the collector what it holds.
    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    /// Whether the device is to keep at once what it got.
    fn is_to_be_kept(&self) -> bool {
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Run,
    Read(u32),
    Write,
    Keep,
    Finish,
}

/// The frame.
pub struct Running<W: Work> {
    file_system: Value,
    work: W,
    stage: Stage,
    buffer: Value,
    /// Whether the device got anything.
    has_written: bool,
}

impl<W: Work> Running<W> {
    /// Work that has not begun.
    pub fn new(file_system: Value, work: W) -> Running<W> {
        Running { file_system, work, stage: Stage::Run, buffer: Value::NONE, has_written: false }
    }

    /// Has the device keep what it has, whatever the work.
    pub fn keeping(self) -> Running<W> {
        Running { has_written: true, ..self }
    }

    fn volume<'a>(&self, vm: &'a mut Vm) -> Result<&'a mut Volume, Raised> {
        if vm.heap.as_native::<FatFileSystem>(self.file_system).is_none_or(|system| system.volume.is_none()) {
            return Err(vm.heap.raise_os(ENODEV));
        }
        let system = vm.heap.as_native_mut::<FatFileSystem>(self.file_system);
        system.and_then(|system| system.volume.as_mut()).ok_or(Raised::OUT_OF_MEMORY)
    }

    /// Runs the work until it ends, one way or the other.
    fn run(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let free = vm.heap.free_bytes();
        // So that the borrow of the volume does not reach into the errors.
        let volume = self.volume(vm)?;
        volume.blocks.discard();
        if volume.blocks.bytes() > free {
            volume.blocks.settle();
            return Err(Raised::OUT_OF_MEMORY);
        }
        match self.work.run(volume) {
            Ok(()) => {
                let (device, _, is_writable) = file_system(vm, self.file_system)?;
                let volume = self.volume(vm)?;
                volume.blocks.settle();
                if volume.blocks.unwritten().is_some() && !(is_writable && device.is_writable()) {
                    volume.blocks.forget();
                    return Err(vm.heap.raise_os(EROFS));
                }
                self.stage = Stage::Write;
                self.write(vm)
            }
            Err(Stop::Missing(place)) => self.read(vm, place.block),
            Err(Stop::CatchUp) => Err(vm.heap.raise_os(EIO)),
            Err(Stop::Failed(errno)) => {
                volume.blocks.discard();
                volume.blocks.settle();
                Err(vm.heap.raise_os(errno))
            }
        }
    }

    /// Asks the device for a block.
    fn read(&mut self, vm: &mut Vm, block: u32) -> Result<Step, Raised> {
        let (device, size, _) = file_system(vm, self.file_system)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
        bytes.resize(size, 0);
        self.buffer = device::buffer(vm, bytes)?;
        let call = device.read(vm, block, self.buffer)?;
        self.stage = Stage::Read(block);
        Ok(call)
    }

    fn learn(&mut self, vm: &mut Vm, block: u32) -> Result<(), Raised> {
        let bytes = try_copy(vm.heap.as_bytes(self.buffer).unwrap_or(&[]))?;
        let volume = self.volume(vm)?;
        if bytes.len() != volume.blocks.size() {
            return Err(vm.heap.raise_os(EIO));
        }
        volume.blocks.learn(block, bytes);
        Ok(())
    }

    /// Gives the device the next block that was changed.
    fn write(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let (device, size, _) = file_system(vm, self.file_system)?;
        let volume = self.volume(vm)?;
        if let Some(block) = volume.blocks.unwritten() {
            // The buffer and the call first: a block that was taken out must reach the device.
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
            bytes.resize(size, 0);
            self.buffer = device::buffer(vm, bytes)?;
            let call = device.write(vm, block, self.buffer)?;
            let mut copy = Vec::new();
            copy.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
            if let Some(bytes) = self.volume(vm)?.blocks.next_to_write() {
                copy.extend_from_slice(bytes);
            }
            if let Some(place) = vm.heap.as_bytes_mut(self.buffer)
                && place.len() == copy.len()
            {
                place.copy_from_slice(&copy);
            }
            self.has_written = true;
            return Ok(call);
        }
        self.stage = Stage::Keep;
        if self.has_written
            && self.work.is_to_be_kept()
            && let Some(step) = device.control(Request::Sync)
        {
            return Ok(step);
        }
        self.finish(vm)
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        self.stage = Stage::Finish;
        match self.work.finish(vm, self.file_system)? {
            Finished::Value(value) => Ok(Step::Return(value)),
            Finished::Stop => Ok(Step::Stop(Value::NONE)),
            Finished::More => {
                self.stage = Stage::Run;
                Ok(Step::Again)
            }
        }
    }
}

impl<W: Work> NativeFrame for Running<W> {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Input::Raised(exception) = input {
            if let Ok(volume) = self.volume(vm) {
                volume.blocks.forget();
            }
            return Err(Raised(exception));
        }
        match (self.stage, input) {
            (Stage::Read(block), Input::Value(answer)) => {
                device::check(vm, answer)?;
                self.learn(vm, block)?;
                self.stage = Stage::Run;
                Ok(Step::Again)
            }
            (Stage::Write, Input::Value(answer)) => {
                if let Err(raised) = device::check(vm, answer) {
                    if raised != Raised::OUT_OF_MEMORY {
                        self.volume(vm)?.blocks.forget();
                    }
                    return Err(raised);
                }
                self.write(vm)
            }
            (Stage::Write, _) => self.write(vm),
            (Stage::Keep | Stage::Finish, _) => self.finish(vm),
            _ => self.run(vm),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
        tracer.value(self.buffer);
        self.work.trace(tracer);
    }

    fn catches(&self) -> bool {
        true
    }
}
