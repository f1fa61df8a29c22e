//! Reading from and writing to any stream, for natives that work on one: `json.load`, `deflate`, `websocket`.
//!
//! Streams in memory and open files are asked directly; others (sockets, standard input, streams written in Python) by
//! their methods `readinto` and `write`, so a native that uses them is a frame. A frame keeps a [`Source`] or a [`Sink`],
//! hands it every input, and returns the step it is given. What always holds: a step that is done again for lack of
//! memory takes nothing twice, because what was read stands in the frame's own vector before anything else can fail.

use super::file::{self, Files};
use super::memory::{self, Memory};
use super::stream::Channel;
use crate::arguments;
use crate::errno::{EAGAIN, EIO};
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value, try_copy};
use wigwag_vm::run::attributes::PlainAttribute;
use wigwag_vm::run::{FewArguments, Input, Step, Vm};

/// How a stream is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Memory,
    File,
    Methods,
}

/// How a stream is asked, and what: of an instance of a subclass of a built-in stream the stream inside.
fn way(vm: &Vm, stream: Value) -> (Way, Value) {
    let part = vm.heap.native_part(stream);
    if memory::is_memory(&vm.heap, part) {
        (Way::Memory, part)
    } else if file::is_open_file(&vm.heap, part) {
        (Way::File, part)
    } else {
        (Way::Methods, stream)
    }
}

/// A method of a stream; what has none is no stream.
fn method(vm: &mut Vm, stream: Value, name: &'static str) -> Result<Value, Raised> {
    let name = vm.heap.intern_static(name)?;
    match vm.plain_attribute(stream, name)? {
        PlainAttribute::Value(method) => Ok(method),
        PlainAttribute::Nothing | PlainAttribute::Python => {
            Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
        }
    }
}

/// What a method of a stream has answered: a count, or the error that `None` and negative numbers stand for.
fn count_of(vm: &mut Vm, answer: Value) -> Result<usize, Raised> {
    if answer.is_none() {
        return Err(vm.heap.raise_os(EAGAIN));
    }
    let count = arguments::integer(&mut vm.heap, answer)?;
    match usize::try_from(count) {
        Ok(count) => Ok(count),
        Err(_) => {
            let errno = i32::try_from(count.wrapping_neg()).unwrap_or(EIO);
            Err(vm.heap.raise_os(errno))
        }
    }
}

/// How far a transfer has got.
pub enum Transfer {
    /// It is done; of reading, nothing more in the vector is the end of the stream.
    Done,
    /// Return this step, and come again with the input that follows it.
    Ask(Step),
}

/// A stream being read.
pub struct Source {
    stream: Value,
    way: Way,
    /// Where `readinto` puts what it reads.
    buffer: Value,
    asked: bool,
}

impl Source {
    /// Reads a stream from where it is.
    pub fn new(vm: &mut Vm, stream: Value) -> Result<Source, Raised> {
        let (way, stream) = way(vm, stream);
        if way == Way::Methods {
            method(vm, stream, "readinto")?;
        }
        Ok(Source { stream, way, buffer: Value::NONE, asked: false })
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.stream, self.buffer]);
    }

    /// Appends up to `direct` bytes; from a stream that may have to wait for all that it is asked for, and cannot take back
    /// what was too much, up to `patient` bytes.
    pub fn read(
        &mut self,
        vm: &mut Vm,
        input: Input,
        direct: usize,
        patient: usize,
        into: &mut Vec<u8>,
    ) -> Result<Transfer, Raised> {
        match self.way {
            Way::Memory => Memory::<false>::read(vm, self.stream, direct, into)?,
            Way::File => {
                let most = if file::can_go_back(&vm.heap, self.stream) { direct } else { patient };
                Files::<false>::read(vm, self.stream, most, into)?;
            }
            Way::Methods => return self.read_by_method(vm, input, patient, into),
        }
        Ok(Transfer::Done)
    }

    fn read_by_method(
        &mut self,
        vm: &mut Vm,
        input: Input,
        most: usize,
        into: &mut Vec<u8>,
    ) -> Result<Transfer, Raised> {
        if let (true, Input::Value(answer)) = (self.asked, input) {
            let count = count_of(vm, answer)?;
            let Some(bytes) = vm.heap.as_bytes(self.buffer).and_then(|buffer| buffer.get(..count)) else {
                // More than it was asked for.
                return Err(vm.heap.raise_os(EIO));
            };
            into.try_reserve(bytes.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
            into.extend_from_slice(bytes);
            self.asked = false;
            return Ok(Transfer::Done);
        }
        if vm.heap.as_bytes(self.buffer).is_none_or(|buffer| buffer.len() != most) {
            let mut buffer = Vec::new();
            buffer.try_reserve_exact(most).map_err(|_| Raised::OUT_OF_MEMORY)?;
            buffer.resize(most, 0);
            self.buffer = vm.heap.bytearray(buffer)?;
        }
        let method = method(vm, self.stream, "readinto")?;
        self.asked = true;
        Ok(Transfer::Ask(Step::Call(method, FewArguments::new(&[self.buffer]))))
    }

    /// Puts bytes back that were read last, where the stream allows it.
    pub fn unread(&self, vm: &mut Vm, bytes: &[u8]) {
        match self.way {
            Way::Memory => Memory::<false>::unread(vm, self.stream, bytes),
            Way::File => Files::<false>::unread(vm, self.stream, bytes),
            Way::Methods => {}
        }
    }
}

/// A stream being written.
pub struct Sink {
    stream: Value,
    way: Way,
    /// What `write` was given.
    buffer: Value,
    asked: bool,
}

impl Sink {
    /// Writes to a stream from where it is; one that is closed is refused even if nothing comes to be written.
    pub fn new(vm: &mut Vm, stream: Value) -> Result<Sink, Raised> {
        let (way, stream) = way(vm, stream);
        match way {
            Way::Methods => {
                method(vm, stream, "write")?;
            }
            Way::Memory => {
                Memory::<false>::write(vm, stream, &[])?;
            }
            // It is open.
            Way::File => {}
        }
        Ok(Sink { stream, way, buffer: Value::NONE, asked: false })
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.stream, self.buffer]);
    }

    /// Writes bytes; what was taken goes from the front of the vector, and when it is empty, that is done.
    pub fn write(&mut self, vm: &mut Vm, input: Input, bytes: &mut Vec<u8>) -> Result<Transfer, Raised> {
        if let (true, Input::Value(answer)) = (self.asked, input) {
            let count = count_of(vm, answer)?;
            self.asked = false;
            if count == 0 || count > bytes.len() {
                return Err(vm.heap.raise_os(EIO));
            }
            bytes.drain(..count);
        }
        while !bytes.is_empty() {
            let count = match self.way {
                Way::Memory => Memory::<false>::write(vm, self.stream, bytes)?,
                Way::File => Files::<false>::write(vm, self.stream, bytes)?,
                Way::Methods => {
                    let method = method(vm, self.stream, "write")?;
                    let copy = try_copy(bytes)?;
                    self.buffer = vm.heap.bytearray(copy)?;
                    self.asked = true;
                    return Ok(Transfer::Ask(Step::Call(method, FewArguments::new(&[self.buffer]))));
                }
            };
            if count == 0 || count > bytes.len() {
                return Err(vm.heap.raise_os(EIO));
            }
            bytes.drain(..count);
        }
        Ok(Transfer::Done)
    }
}
