//! The world as the machine sees it: the driver's, with a clock that can jump where nothing else can wait.

use crate::clocks::VirtualTime;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};

/// The driver's platform, and the virtual clock if there is one.
pub(crate) struct Surroundings {
    pub(crate) inner: Box<dyn Platform>,
    pub(crate) virtual_time: Option<Rc<VirtualTime>>,
}

impl Platform for Surroundings {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        self.inner.write(stream, bytes);
    }

    fn path_kind(&mut self, path: &str) -> PathKind {
        self.inner.path_kind(path)
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, i32> {
        self.inner.read_file(path)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, i32> {
        self.inner.read(buffer)
    }

    fn has_input(&mut self) -> bool {
        self.inner.has_input()
    }

    fn flush(&mut self) {
        self.inner.flush();
    }

    fn set_interrupt_byte(&mut self, byte: Option<u8>) {
        self.inner.set_interrupt_byte(byte);
    }

    fn look_around(&mut self) -> bool {
        self.inner.look_around()
    }

    fn block_until(&mut self, until_us: u64) -> bool {
        match &self.virtual_time {
            Some(time) => {
                time.jump_from_latest(until_us);
                true
            }
            None => self.inner.block_until(until_us),
        }
    }
}
