//! What programs wait for: descriptors, and objects that are asked through their method `ioctl`.

use crate::arguments;
use crate::asyncio;
use crate::errno::EBADF;
use crate::io::{file, ring};
use crate::net::system::{Events, READ, WRITE};
use crate::socket;
#[cfg(feature = "tls")]
use crate::tls;
use wigwag_vm::heap::{Heap, Raised, Slot, TypeId, Value};
use wigwag_vm::run::{Action, Called, FewArguments, Step, Vm};

/// The request of `ioctl` that asks what an object is ready for.
pub const POLL: i64 = 3;
/// The request of `ioctl` that asks for the descriptor of an object.
pub const GET_DESCRIPTOR: i64 = 10;

/// Objects written in Python are asked again after this time.
pub const ASK_EVERY_US: u64 = 1000;

/// How it is found out whether something is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pollable {
    /// The system is asked about this descriptor.
    Descriptor(i32),
    /// Its method `ioctl` is called. Whatever makes it ready wakes the event loop.
    Native,
    /// Its method `ioctl`, written in Python, is called again and again. It may have a descriptor all the same.
    Python,
}

/// What is asked of the descriptor of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What the thing is ready for without asking.
    pub now: Events,
    /// What the descriptor is asked for.
    pub events: Events,
}

impl Watch {
    /// What a thing is ready for whose descriptor was found ready for this.
    pub fn found(self, found: Events, wanted: Events) -> Events {
        // Whatever it had to wait for: it can go on.
        let goes_on = self.events != wanted && found & self.events != 0;
        self.now | if goes_on { found & !(READ | WRITE) | wanted & (READ | WRITE) } else { found }
    }
}

impl Pollable {
    /// What kind of thing a value is.
    ///
    /// # Errors
    /// `OSError` if it is nothing that can be waited for, `ValueError` if it is a negative number.
    pub fn of(vm: &mut Vm, value: Value) -> Result<Pollable, Raised> {
        match Pollable::plain(&vm.heap, value) {
            Some(Pollable::Descriptor(..0)) => return Err(vm.heap.raise_os(EBADF)),
            Some(known) => return Ok(known),
            None => {}
        }
        if let Some(number) = vm.heap.as_int(value) {
            return match i32::try_from(number) {
                Ok(number @ 0..) => Ok(Pollable::Descriptor(number)),
                _ => Err(vm.heap.raise_bare(TypeId::ValueError)),
            };
        }
        let name = vm.heap.intern_static("ioctl")?;
        if matches!(vm.heap.slot_of(value), Some(Slot::Instance(_) | Slot::Object(_)))
            && vm.has_plain_attribute(value, name)? != Some(false)
        {
            return Ok(Pollable::Python);
        }
        Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
    }

    /// The kinds that need no asking.
    fn plain(heap: &Heap, value: Value) -> Option<Pollable> {
        // A socket that is closed has the number -1.
        let descriptor = file::descriptor(heap, value).or_else(|| socket::descriptor(heap, value));
        #[cfg(feature = "tls")]
        let descriptor = descriptor.or_else(|| tls::descriptor(heap, value));
        if let Some(number) = descriptor {
            return Some(Pollable::Descriptor(number));
        }
        #[cfg(feature = "tls")]
        if tls::is_over_object(heap, value) {
            return Some(Pollable::Python);
        }
        (ring::is_ring(heap, value) || asyncio::is_flag(heap, value)).then_some(Pollable::Native)
    }
}

/// What the descriptor of a thing is asked for, by one who wants to know whether the thing is ready for `wanted`, and
/// what it is ready for without asking: the system does not know of what was read ahead.
pub fn watch(vm: &mut Vm, object: Value, wanted: Events) -> Watch {
    #[cfg(feature = "tls")]
    if let Some(watch) = tls::watch(&vm.heap, object, wanted) {
        return watch;
    }
    let is_ahead = wanted & READ != 0 && (file::has_input(vm, object) || socket::has_input(&vm.heap, object));
    let now = if is_ahead { READ } else { 0 };
    Watch { now, events: wanted }
}

/// The method `ioctl` of an object.
pub fn ioctl_of(vm: &mut Vm, object: Value) -> Result<Value, Raised> {
    let name = vm.heap.intern_static("ioctl")?;
    match vm.attribute(object, name, Action::Discard)? {
        Called::Value(method) => Ok(method),
        Called::Stop(_) | Called::Pushed => {
            Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
        }
    }
}

/// Asks an object which of these it is ready for; the result is for [`answered`].
pub fn ask(vm: &mut Vm, object: Value, wanted: Events) -> Result<Step, Raised> {
    let method = ioctl_of(vm, object)?;
    let arguments = [vm.heap.int(POLL)?, vm.heap.int(wanted.into())?];
    Ok(Step::Call(method, FewArguments::new(&arguments)))
}

/// What an object has answered that it is ready for; a negative number is that of an error.
pub fn answered(vm: &mut Vm, answer: Value) -> Result<Events, Raised> {
    let found = arguments::integer(&mut vm.heap, answer)?;
    if found < 0 {
        return Err(vm.heap.raise_os(found.saturating_neg().min(i64::from(i32::MAX)) as i32));
    }
    Ok(found as Events)
}
