//! Reading a `DeflateIO`: a frame, because the stream beneath may be anything.

use super::DeflateIo;
use super::inflate::Inflate;
use crate::arguments;
use crate::errno::EINVAL;
use crate::io::transfer::{Source, Transfer};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value, try_copy};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// How much is read at once where all of the data, or much of it, is wanted.
const PIECE: usize = 4096;

/// What to read.
enum Want {
    /// So many bytes; the result is bytes.
    Count(usize),
    /// All; the result is bytes.
    All,
    /// A line of so many bytes at the most.
    Line(usize),
    /// So many bytes into a buffer; the result is how many there were.
    Into(Value, usize),
}

impl Want {
    /// How much of what came out is to be given, if that is known by now.
    fn satisfied(&self, out: &[u8]) -> Option<usize> {
        match *self {
            Want::Count(count) | Want::Into(_, count) => (out.len() >= count).then_some(count),
            Want::All => None,
            Want::Line(most) => {
                let window = &out[..most.min(out.len())];
                match window.iter().position(|&byte| byte == b'\n') {
                    Some(end) => Some(end + 1),
                    None => (out.len() >= most).then_some(most),
                }
            }
        }
    }

    /// How much of the stream beneath may be read at once: no byte too many for a small request.
    fn piece(&self, out: &[u8]) -> usize {
        match *self {
            Want::All => PIECE,
            Want::Count(count) | Want::Into(_, count) if count - out.len().min(count) > 64 * PIECE => PIECE,
            _ => 1,
        }
    }
}

struct Reading {
    object: Value,
    want: Want,
    source: Source,
    /// What was read and not yet decompressed.
    input: Vec<u8>,
}

fn begin(vm: &mut Vm, object: Value, want: Want) -> Result<Outcome, Raised> {
    let Some(deflate) = vm.heap.as_native::<DeflateIo>(object) else { return Ok(Value::NONE.into()) };
    let (stream, format, window_bits) = (deflate.stream, deflate.format, deflate.window_bits);
    let is_new = deflate.reading.is_none();
    let Some(stream) = stream else { return Err(vm.heap.raise_os(EINVAL)) };
    let source = Source::new(vm, stream)?;
    if is_new {
        let inflate = Inflate::new(format, window_bits);
        vm.heap.budget.charge(inflate.bytes())?;
        if let Some(deflate) = vm.heap.as_native_mut::<DeflateIo>(object) {
            deflate.reading = Some(Box::new(inflate));
        }
    }
    Ok(Outcome::Frame(Box::new(Reading { object, want, source, input: Vec::new() })))
}

/// A count among the arguments: none or a negative one is no bound.
fn count(vm: &mut Vm, given: Arguments, at: usize) -> Result<Option<usize>, Raised> {
    match given.get(vm, at).filter(|count| !count.is_none()) {
        None => Ok(None),
        Some(count) => Ok(usize::try_from(arguments::integer(&mut vm.heap, count)?).ok()),
    }
}

/// `read(size=-1)`
pub fn read(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let want = count(vm, given, 1)?.map_or(Want::All, Want::Count);
    begin(vm, object, want)
}

/// `readline(size=-1)`
pub fn read_line(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let most = count(vm, given, 1)?.unwrap_or(usize::MAX);
    begin(vm, object, Want::Line(most))
}

/// `readinto(buffer, size=len(buffer))`
pub fn read_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (object, buffer) = (given.at(vm, 0), given.at(vm, 1));
    let room = arguments::writable(&mut vm.heap, buffer)?.len();
    let most = count(vm, given, 2)?.unwrap_or(room).min(room);
    begin(vm, object, Want::Into(buffer, most))
}

impl Reading {
    /// Decompresses what was read, into no more memory than is free.
    fn inflate(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        let most = vm.heap.free_bytes();
        let Some(inflate) = reading(vm, self.object) else { return Ok(()) };
        let before = inflate.out.len();
        let fed = inflate.feed(&self.input, most);
        let fresh = inflate.out.len() - before;
        vm.heap.worked(fresh);
        match fed {
            Ok(fed) => {
                self.input.drain(..fed.used);
                if fed.is_starved { Err(Raised::OUT_OF_MEMORY) } else { Ok(()) }
            }
            Err(_) => Err(vm.heap.raise_os(EINVAL)),
        }
    }

    /// Gives this much of what came out.
    fn give(&mut self, vm: &mut Vm, count: usize) -> Result<Step, Raised> {
        let out = reading(vm, self.object).map_or(&[][..], |inflate| &inflate.out);
        let bytes = try_copy(&out[..count.min(out.len())])?;
        let length = bytes.len();
        let result = match self.want {
            Want::Into(buffer, _) => {
                let result = vm.heap.size(length)?;
                let place = arguments::writable(&mut vm.heap, buffer)?;
                let count = length.min(place.len());
                place[..count].copy_from_slice(&bytes[..count]);
                result
            }
            _ => vm.heap.bytes_from(bytes)?,
        };
        self.source.unread(vm, &self.input);
        if let Some(inflate) = reading(vm, self.object) {
            inflate.out.drain(..length);
        }
        Ok(Step::Return(result))
    }
}

fn reading(vm: &mut Vm, object: Value) -> Option<&mut Inflate> {
    vm.heap.as_native_mut::<DeflateIo>(object)?.reading.as_deref_mut()
}

impl NativeFrame for Reading {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        loop {
            let Some(inflate) = reading(vm, self.object) else { return Ok(Step::Return(Value::NONE)) };
            let is_done = inflate.is_done();
            let has_more = inflate.has_more();
            let (satisfied, length) = (self.want.satisfied(&inflate.out), inflate.out.len());
            let piece = self.want.piece(&inflate.out);
            if let Some(count) = satisfied {
                return self.give(vm, count);
            }
            if is_done {
                return self.give(vm, length);
            }
            if self.input.is_empty() && !has_more {
                match self.source.read(vm, input, piece, 1, &mut self.input)? {
                    Transfer::Ask(step) => return Ok(step),
                    Transfer::Done if self.input.is_empty() => {
                        return Err(vm.heap.raise_bare(TypeId::EofError));
                    }
                    Transfer::Done => {}
                }
                input = Input::Start;
            }
            self.inflate(vm)?;
            if piece > 1 {
                return Ok(Step::Again);
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        self.source.trace(tracer);
        if let Want::Into(buffer, _) = self.want {
            tracer.value(buffer);
        }
    }
}
