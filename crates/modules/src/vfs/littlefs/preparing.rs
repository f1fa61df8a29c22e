//! Before there is a file system: asking a device what it is, then making one or reading what is there.

use super::super::on_device::device::Request;
use super::super::on_device::running::{Finished, Running, Work};
use super::super::on_device::{FileSystem, parts};
use crate::arguments;
use crate::errno::EINVAL;
use crate::littlefs::mount::Mounting;
use crate::littlefs::{Done, Geometry, Volume};
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{Input, NativeFrame, Step, Vm};

/// What the program has said of a file system.
#[derive(Clone, Copy)]
pub struct Settings {
    /// What is read at least at once.
    pub read_size: u32,
    /// What is written at least at once.
    pub write_size: u32,
    /// Whether files note when they were changed.
    pub notes_changes: bool,
    /// Whether a new one is to be made.
    pub makes: bool,
}

/// The frame.
pub struct Preparing {
    file_system: Value,
    settings: Settings,
    /// What the device was asked last.
    asked: Option<Request>,
    running: Option<Running<Volume, Beginning>>,
}

impl Preparing {
    /// Not begun yet.
    pub fn new(file_system: Value, settings: Settings) -> Preparing {
        Preparing { file_system, settings, asked: None, running: None }
    }

    fn ask(&mut self, vm: &mut Vm, request: Request) -> Result<Step, Raised> {
        let (device, ..) = parts::<Volume>(vm, self.file_system)?;
        // The argument is for the first: the protocol is the extended one.
        let step = device.control(vm, request, 1)?;
        self.asked = Some(request);
        match step {
            Some(step) => Ok(step),
            // The older kind of device.
            None => Err(vm.heap.raise_os(EINVAL)),
        }
    }

    fn number(&self, vm: &mut Vm, answer: Value) -> Result<u32, Raised> {
        let number = arguments::integer(&mut vm.heap, answer)?;
        u32::try_from(number).map_err(|_| vm.heap.raise_os(EINVAL))
    }

    fn begin(&mut self, vm: &mut Vm, block_count: u32) -> Result<Step, Raised> {
        let (_, block_size, _) = parts::<Volume>(vm, self.file_system)?;
        let Settings { read_size, write_size, notes_changes, makes } = self.settings;
        let block_size = u32::try_from(block_size).unwrap_or(0);
        let geometry = Geometry { block_size, block_count, read_size, write_size };
        if !geometry.is_possible() {
            return Err(vm.heap.raise_os(EINVAL));
        }
        if let Some(system) = vm.heap.as_native_mut::<FileSystem<Volume>>(self.file_system) {
            system.volume = Some(Volume::new(geometry, notes_changes));
        }
        let work = Beginning { mounting: (!makes).then(Mounting::default), is_done: false };
        self.running = Some(Running::new(self.file_system, work));
        Ok(Step::Again)
    }
}

impl NativeFrame for Preparing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Some(running) = &mut self.running {
            return running.step(vm, input);
        }
        match (self.asked, input) {
            (_, Input::Raised(exception)) => Err(Raised(exception)),
            (Some(Request::Init), Input::Value(_)) => self.ask(vm, Request::BlockSize),
            (Some(Request::BlockSize), Input::Value(answer)) => {
                let size = self.number(vm, answer)?;
                if let Some(system) = vm.heap.as_native_mut::<FileSystem<Volume>>(self.file_system) {
                    system.block_size = size as usize;
                }
                self.ask(vm, Request::BlockCount)
            }
            (Some(Request::BlockCount), Input::Value(answer)) => {
                let count = self.number(vm, answer)?;
                self.begin(vm, count)
            }
            _ => self.ask(vm, Request::Init),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
        if let Some(running) = &self.running {
            running.trace(tracer);
        }
    }

    fn catches(&self) -> bool {
        true
    }
}

/// Makes a file system, or mounts the one that is there.
struct Beginning {
    /// None to make one.
    mounting: Option<Mounting>,
    is_done: bool,
}

impl Work<Volume> for Beginning {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        self.is_done = match &mut self.mounting {
            None => volume.format().map(|()| true)?,
            Some(mounting) => volume.mount(mounting)?,
        };
        Ok(())
    }

    fn finish(&mut self, _: &mut Vm, file_system: Value) -> Result<Finished, Raised> {
        Ok(match (self.is_done, &self.mounting) {
            (false, _) => Finished::More,
            (true, None) => Finished::Value(Value::NONE),
            (true, Some(_)) => Finished::Value(file_system),
        })
    }
}
