//! Work on a file system, as a native frame: run until something is missing, ask the device for it, run again; then have
//! the device do what was changed.
//!
//! ```text
//!          missing                       done                none left
//! run ───────────────► reading    run ─────────► changing ────────────► finish ──► result
//!  ▲                      │                       │    ▲                   │
//!  └──────────────────────┘                       └────┘                   └──► more: run
//! ```
//!
//! Where the file system has to catch up first, that is run in the same way, and then the work again.
//!
//! The blocks belong to the file system, so work that overlaps (a device that waits lets others run) sees what other
//! work has come to, and whoever changes something next does what another has left. A device that raises loses what it
//! was to get; from then on only it knows.

use super::device::{self, BlockDevice, Request};
use super::{FileSystem, parts};
use crate::errno::{EIO, ENODEV, EROFS};
use crate::vfs::volume::{Change, Done, Place, Stop, Volume};
use alloc::vec::Vec;
use core::marker::PhantomData;
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
pub trait Work<V: Volume>: 'static {
    /// Does it; from the beginning each time, until it comes to its end.
    fn run(&mut self, volume: &mut V) -> Done<()>;

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
    Read(Place),
    Change,
    Keep,
    Finish,
}

/// The frame.
pub struct Running<V: Volume, W: Work<V>> {
    file_system: Value,
    work: W,
    stage: Stage,
    /// Whether the file system is catching up, and the work waits for that.
    catches_up: bool,
    /// Whether it was the work that has come to its end, and not that.
    is_worked: bool,
    buffer: Value,
    /// Whether the device got anything.
    has_changed: bool,
    volume: PhantomData<V>,
}

/// A buffer of so many bytes.
fn new_buffer(vm: &mut Vm, length: usize) -> Result<Value, Raised> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    bytes.resize(length, 0);
    device::buffer(vm, bytes)
}

impl<V: Volume, W: Work<V>> Running<V, W> {
    /// Work that has not begun.
    pub fn new(file_system: Value, work: W) -> Running<V, W> {
        Running {
            file_system,
            work,
            stage: Stage::Run,
            catches_up: false,
            is_worked: false,
            buffer: Value::NONE,
            has_changed: false,
            volume: PhantomData,
        }
    }

    /// Has the device keep what it has, whatever the work.
    pub fn keeping(self) -> Running<V, W> {
        Running { has_changed: true, ..self }
    }

    fn volume<'a>(&self, vm: &'a mut Vm) -> Result<&'a mut V, Raised> {
        if vm.heap.as_native::<FileSystem<V>>(self.file_system).is_none_or(|system| system.volume.is_none()) {
            return Err(vm.heap.raise_os(ENODEV));
        }
        let system = vm.heap.as_native_mut::<FileSystem<V>>(self.file_system);
        system.and_then(|system| system.volume.as_mut()).ok_or(Raised::OUT_OF_MEMORY)
    }

    /// Runs the work until it ends, one way or the other.
    fn run(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let free = vm.heap.free_bytes();
        // So that the borrow of the volume does not reach into the errors.
        let volume = self.volume(vm)?;
        volume.discard();
        if volume.bytes_at_hand() > free {
            volume.settle();
            return Err(Raised::OUT_OF_MEMORY);
        }
        self.is_worked = !self.catches_up;
        let done = match self.catches_up {
            true => volume.catch_up().map(|is_done| self.catches_up = !is_done),
            false => self.work.run(volume),
        };
        match done {
            Ok(()) => {
                volume.settle();
                let has_changes = volume.next_change().is_some();
                let (_, _, is_writable) = parts::<V>(vm, self.file_system)?;
                if has_changes && !is_writable {
                    self.volume(vm)?.forget();
                    return Err(vm.heap.raise_os(EROFS));
                }
                self.stage = Stage::Change;
                self.change(vm)
            }
            Err(Stop::Missing(place)) => self.read(vm, place),
            Err(Stop::CatchUp) => {
                self.catches_up = true;
                Ok(Step::Again)
            }
            Err(Stop::Failed(errno)) => {
                volume.discard();
                volume.settle();
                Err(vm.heap.raise_os(errno))
            }
        }
    }

    /// Asks the device for bytes.
    fn read(&mut self, vm: &mut Vm, place: Place) -> Result<Step, Raised> {
        let (device, ..) = parts::<V>(vm, self.file_system)?;
        self.buffer = new_buffer(vm, place.length as usize)?;
        let call = device.read(vm, place.block, self.buffer, V::IS_EXTENDED.then_some(place.offset))?;
        self.stage = Stage::Read(place);
        Ok(call)
    }

    fn learn(&mut self, vm: &mut Vm, place: Place) -> Result<(), Raised> {
        let bytes = try_copy(vm.heap.as_bytes(self.buffer).unwrap_or(&[]))?;
        let volume = self.volume(vm)?;
        if bytes.len() != place.length as usize {
            return Err(vm.heap.raise_os(EIO));
        }
        volume.learn(place, bytes);
        Ok(())
    }

    /// Has the device do the next thing that is to be done.
    fn change(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let (device, ..) = parts::<V>(vm, self.file_system)?;
        let call = match self.volume(vm)?.next_change() {
            None => return self.keep(vm, device),
            Some(Change::Erase(block)) => device.control(vm, Request::Erase, block.into())?,
            // The buffer and the call first: what was taken out must reach the device.
            Some(Change::Write(place)) => {
                self.buffer = new_buffer(vm, place.length as usize)?;
                let offset = V::IS_EXTENDED.then_some(place.offset);
                Some(device.write(vm, place.block, self.buffer, offset)?)
            }
        };
        let bytes = self.volume(vm)?.take_change();
        if let Some(buffer) = vm.heap.as_bytes_mut(self.buffer)
            && buffer.len() == bytes.len()
        {
            buffer.copy_from_slice(&bytes);
        }
        self.has_changed = true;
        Ok(call.unwrap_or(Step::Again))
    }

    fn keep(&mut self, vm: &mut Vm, device: BlockDevice) -> Result<Step, Raised> {
        if !self.is_worked {
            self.stage = Stage::Run;
            return Ok(Step::Again);
        }
        self.stage = Stage::Keep;
        if self.has_changed
            && self.work.is_to_be_kept()
            && let Some(step) = device.control(vm, Request::Sync, 0)?
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

impl<V: Volume, W: Work<V>> NativeFrame for Running<V, W> {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Input::Raised(exception) = input {
            if let Ok(volume) = self.volume(vm) {
                volume.forget();
            }
            return Err(Raised(exception));
        }
        match (self.stage, input) {
            (Stage::Read(place), Input::Value(answer)) => {
                device::check::<V>(vm, answer)?;
                self.learn(vm, place)?;
                self.stage = Stage::Run;
                Ok(Step::Again)
            }
            (Stage::Change, Input::Value(answer)) => {
                if let Err(raised) = device::check::<V>(vm, answer) {
                    if raised != Raised::OUT_OF_MEMORY {
                        self.volume(vm)?.forget();
                    }
                    return Err(raised);
                }
                self.change(vm)
            }
            (Stage::Change, _) => self.change(vm),
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
