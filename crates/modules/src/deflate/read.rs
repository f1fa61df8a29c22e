//! Reading a `DeflateIO`: a frame, because the stream beneath may be anything.

use super::DeflateIo;
use super::inflate::{Fed, Inflate};
use crate::arguments;
use crate::errno::EINVAL;
use crate::io::transfer::{Source, Transfer};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value, try_copy};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// How much is read at once of a stream that takes bytes back.
const PIECE: usize = 4096;
/// No byte of compressed data stands for more than this: two bits are enough for 258.
const MOST_OF_A_BYTE: usize = 4 * 258;
/// So many bytes may be in the decoder and not have come out.
const MOST_WITHIN: usize = 8;
/// How much comes out in one step.
const STRIDE: usize = 1 << 16;

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
    /// How much of what came out is to be given, if that is known by now; of a line so much has been looked at before.
    fn satisfied(&self, out: &[u8], looked_at: usize) -> Option<usize> {
        match *self {
            Want::Count(count) | Want::Into(_, count) => (out.len() >= count).then_some(count),
            Want::All => None,
            Want::Line(most) => {
                let window = &out[looked_at.min(most)..most.min(out.len())];
                match memchr::memchr(b'\n', window) {
                    Some(end) => Some(looked_at + end + 1),
                    None => (out.len() >= most).then_some(most),
                }
            }
        }
    }

    /// How many bytes are certain to be needed for what is still to come out, but one at least: so no byte is taken that
    /// upstream would have left.
    fn needed(&self, out: &[u8]) -> usize {
        match *self {
            Want::All => usize::MAX,
            Want::Count(count) | Want::Into(_, count) => {
                (count.saturating_sub(out.len()) / MOST_OF_A_BYTE).saturating_sub(MOST_WITHIN).max(1)
            }
            Want::Line(_) => 1,
        }
    }
}

struct Reading {
    object: Value,
    want: Want,
    source: Source,
    /// What was read and not yet decompressed.
    input: Vec<u8>,
    /// How much of what came out has no end of a line in it.
    looked_at: usize,
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
    Ok(Outcome::Frame(Box::new(Reading { object, want, source, input: Vec::new(), looked_at: 0 })))
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
    /// Decompresses what was read, as far as it is needed, into no more memory than is free.
    fn inflate(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        let most = vm.heap.free_bytes();
        let Some(inflate) = reading(vm, self.object) else { return Ok(()) };
        let before = inflate.out.len();
        let (mut used, mut fed) = (0, Ok(Fed { used: 0, is_starved: false }));
        while matches!(fed, Ok(Fed { is_starved: false, .. }))
            && !inflate.is_done()
            && inflate.out.len() - before < STRIDE
        {
            let rest = &self.input[used..];
            if rest.is_empty() && !inflate.has_more() {
                break;
            }
            fed = inflate.feed(&rest[..rest.len().min(self.want.needed(&inflate.out))], most);
            used += fed.map_or(0, |fed| fed.used);
            if self.want.satisfied(&inflate.out, self.looked_at).is_some() {
                break;
            }
            self.looked_at = inflate.out.len();
        }
        let fresh = inflate.out.len() - before;
        self.input.drain(..used);
        vm.heap.worked(fresh);
        match fed {
            // What has come out may be enough: then nobody minds.
            Ok(Fed { is_starved: true, .. }) if fresh == 0 => Err(Raised::OUT_OF_MEMORY),
            Ok(_) => Ok(()),
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
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let Some(inflate) = reading(vm, self.object) else { return Ok(Step::Return(Value::NONE)) };
        let (is_done, has_more, length) = (inflate.is_done(), inflate.has_more(), inflate.out.len());
        if let Some(count) = self.want.satisfied(&inflate.out, self.looked_at) {
            return self.give(vm, count);
        }
        if is_done {
            return self.give(vm, length);
        }
        if self.input.is_empty() && !has_more {
            match self.source.read(vm, input, PIECE, 1, &mut self.input)? {
                Transfer::Ask(step) => return Ok(step),
                Transfer::Done if self.input.is_empty() => return Err(vm.heap.raise_bare(TypeId::EofError)),
                Transfer::Done => {}
            }
        }
        self.inflate(vm)?;
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        self.source.trace(tracer);
        if let Want::Into(buffer, _) = self.want {
            tracer.value(buffer);
        }
    }
}
