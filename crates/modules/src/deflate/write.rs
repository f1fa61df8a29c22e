//! Writing a `DeflateIO`, and closing it: a frame, because the stream beneath may be anything.

use super::DeflateIo;
use super::compress::Compressor;
use crate::arguments;
use crate::errno::EINVAL;
use crate::io::transfer::{Sink, Transfer};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Slot, Tracer, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::attributes::PlainAttribute;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// How much is compressed in one step.
const PIECE: usize = 1 << 15;

struct Writing {
    object: Value,
    /// What is written, and how much of it has been compressed.
    source: Value,
    range: (usize, usize),
    /// How much there was.
    count: usize,
    sink: Sink,
    /// What came out and is not written.
    out: Vec<u8>,
}

fn compressor(vm: &mut Vm, object: Value) -> Option<&mut Compressor> {
    vm.heap.as_native_mut::<DeflateIo>(object)?.writing.as_deref_mut()
}

/// `write(data)`, `write(data, size)`, `write(data, offset, size)`
pub fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (object, source) = (given.at(vm, 0), given.at(vm, 1));
    let length = arguments::buffer(&mut vm.heap, source)?.len();
    let mut numbers = [None; 2];
    for (place, number) in numbers.iter_mut().zip([2, 3]) {
        if let Some(value) = given.get(vm, number) {
            *place = usize::try_from(arguments::integer(&mut vm.heap, value)?).ok();
        }
    }
    let (offset, size) =
        if given.count > 3 { (numbers[0].unwrap_or(length), numbers[1]) } else { (0, numbers[0]) };
    let start = offset.min(length);
    let end = start + size.unwrap_or(length).min(length - start);
    let Some(deflate) = vm.heap.as_native::<DeflateIo>(object) else { return Ok(Value::NONE.into()) };
    let (stream, format, window_bits) = (deflate.stream, deflate.format, deflate.window_bits);
    let is_new = deflate.writing.is_none();
    let Some(stream) = stream else { return Err(vm.heap.raise_os(EINVAL)) };
    let sink = Sink::new(vm, stream)?;
    if is_new {
        vm.heap.budget.charge(Compressor::bytes_for(Compressor::window(window_bits)))?;
        let made = Compressor::new(format, window_bits).map_err(|_| Raised::OUT_OF_MEMORY)?;
        if let Some(deflate) = vm.heap.as_native_mut::<DeflateIo>(object) {
            deflate.writing = Some(Box::new(made));
        }
    }
    let source = vm.heap.native_part(source);
    let (range, count, out) = ((start, end), end - start, Vec::new());
    Ok(Outcome::Frame(Box::new(Writing { object, source, range, count, sink, out })))
}

impl Writing {
    /// Compresses a piece; what comes out is in `out`.
    fn compress(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        let (start, end) = (self.range.0, self.range.1.min(self.range.0.saturating_add(PIECE)));
        let bytes = vm.heap.as_buffer(self.source).and_then(|bytes| bytes.get(start..end)).unwrap_or(&[]);
        let piece = wigwag_vm::heap::try_copy(bytes)?;
        let Some(compressor) = compressor(vm, self.object) else { return Ok(()) };
        if piece.is_empty() {
            self.range.0 = self.range.1;
        }
        let mut rest = &piece[..];
        while !rest.is_empty() {
            let taken = compressor.feed(rest).map_err(|_| Raised::OUT_OF_MEMORY)?;
            rest = &rest[taken..];
            self.range.0 += taken;
        }
        self.out = core::mem::take(&mut compressor.out);
        vm.heap.worked(piece.len());
        Ok(())
    }
}

impl NativeFrame for Writing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Transfer::Ask(step) = self.sink.write(vm, input, &mut self.out)? {
            return Ok(step);
        }
        if self.range.0 >= self.range.1 {
            return Ok(Step::Return(vm.heap.size(self.count)?));
        }
        self.compress(vm)?;
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.object, self.source]);
        self.sink.trace(tracer);
    }
}

/// `MP_STREAM_CLOSE`, as streams written in Python are asked.
const CLOSE: i32 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Finish,
    Write,
    Method,
    Close,
}

/// Ends what was written, and closes the stream beneath where that was asked for.
struct Closing {
    object: Value,
    stream: Value,
    sink: Option<Sink>,
    closes_stream: bool,
    /// Streams written in Python are closed by `ioctl`.
    is_python: bool,
    out: Vec<u8>,
    stage: Stage,
}

/// Forgets the stream beneath and what belonged to it.
fn shut(vm: &mut Vm, object: Value) {
    if let Some((deflate, budget)) = vm.heap.native_and_budget::<DeflateIo>(object) {
        let before = deflate.bytes();
        deflate.stream = None;
        deflate.reading = None;
        deflate.writing = None;
        budget.release(before - deflate.bytes());
    }
}

/// `close()`
pub fn close(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 0);
    let Some(deflate) = vm.heap.as_native::<DeflateIo>(object) else { return Ok(Value::NONE.into()) };
    let (closes_stream, writes) = (deflate.closes_stream, deflate.writing.is_some());
    let Some(stream) = deflate.stream else { return Ok(Value::NONE.into()) };
    let sink = match writes.then(|| Sink::new(vm, stream)) {
        Some(Err(raised)) if raised != Raised::OUT_OF_MEMORY => {
            shut(vm, object);
            return Err(raised);
        }
        sink => sink.transpose()?,
    };
    let name = vm.heap.intern_static("ioctl")?;
    let is_python = matches!(vm.heap.slot_of(stream), Some(Slot::Instance(_)))
        && matches!(vm.plain_attribute(stream, name)?, PlainAttribute::Value(_));
    let (out, stage) = (Vec::new(), Stage::Finish);
    Ok(Outcome::Frame(Box::new(Closing { object, stream, sink, closes_stream, is_python, out, stage })))
}

impl NativeFrame for Closing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if self.stage == Stage::Finish {
            if let Some(compressor) = compressor(vm, self.object) {
                compressor.finish().map_err(|_| Raised::OUT_OF_MEMORY)?;
                self.out = core::mem::take(&mut compressor.out);
            }
            // From here on it is closed, whatever becomes of the stream beneath.
            shut(vm, self.object);
            self.stage = Stage::Write;
        }
        match (self.stage, input) {
            (Stage::Method, Input::Value(method)) => {
                self.stage = Stage::Close;
                let arguments = [CLOSE, 0].map(Value::tiny_int);
                let count = if self.is_python { 2 } else { 0 };
                return Ok(Step::Call(method, FewArguments::new(&arguments[..count])));
            }
            (Stage::Close, _) => return Ok(Step::Return(Value::NONE)),
            _ => {}
        }
        if let Some(sink) = &mut self.sink
            && let Transfer::Ask(step) = sink.write(vm, input, &mut self.out)?
        {
            return Ok(step);
        }
        if !self.closes_stream {
            return Ok(Step::Return(Value::NONE));
        }
        let name = vm.heap.intern_static(if self.is_python { "ioctl" } else { "close" })?;
        self.stage = Stage::Method;
        Ok(Step::Perform(Request::Attribute(self.stream, name)))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.object, self.stream]);
        if let Some(sink) = &self.sink {
            sink.trace(tracer);
        }
    }
}
