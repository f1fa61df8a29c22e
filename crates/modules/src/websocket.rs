//! `websocket`: the frames of RFC 6455 over a stream. Upstream has no page for it; behaviour is that of its module.
//!
//! Reading gives the payloads of data frames, without their masks; control frames are taken and not given, and a frame
//! that closes is answered. Writing makes one frame, without a mask. Lengths of 64 bits are refused, as in upstream.
//!
//! ```text
//! Header ──> Options ──> Payload ──┐
//!   ^                              │
//!   └──────────────────────────────┘
//! ```

use crate::arguments;
use crate::errno::{EINVAL, EIO, ENOBUFS};
use crate::io::transfer::{Sink, Source, Transfer};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, ModuleDef, NativeFrame, Outcome, Request, Step, Vm};

/// `websocket`
pub static MODULE: ModuleDef =
    ModuleDef { name: "websocket", members: &[Member::Extension("websocket", &WEBSOCKET)] };

/// A payload longer than this cannot be written.
const LONGEST: usize = 0xFFFF;

const OPCODE: u8 = 0x0F;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// What `ioctl` can be asked.
const GET_DATA_OPTIONS: i64 = 8;
const SET_DATA_OPTIONS: i64 = 9;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The first two bytes of a frame.
    Header,
    /// A long length, and the mask.
    Options,
    /// What it carries.
    Payload,
}

/// A stream of frames.
struct WebSocket {
    class: Handle,
    stream: Value,
    stage: Stage,
    /// What was read of a header or of options.
    partial: Vec<u8>,
    /// How many bytes are missing there.
    missing: usize,
    /// How much of the payload is still to come, its mask, and how far that has turned.
    left: usize,
    mask: [u8; 4],
    turn: usize,
    /// The first byte of the last frame, and of the last data frame.
    last_flags: u8,
    data_flags: u8,
    /// The kind of frames that are written.
    opcode: u8,
}

impl NativeObject for WebSocket {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.stream);
    }

    fn bytes(&self) -> usize {
        size_of::<WebSocket>() + 8
    }
}

/// What a byte that was read leads to.
#[derive(PartialEq, Eq)]
enum Event {
    /// More is needed.
    Nothing,
    /// A data frame is whole.
    EndOfData,
    /// The other side closes.
    Closed,
    /// A length of 64 bits.
    TooLong,
}

impl WebSocket {
    /// How much is wanted next, where `room` bytes of payload may be given.
    fn wanted(&self, room: usize) -> usize {
        if self.stage == Stage::Payload { self.left.min(room) } else { self.missing }
    }

    /// Takes bytes, no more than are wanted; payload of data goes to `out`.
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Event {
        if self.stage == Stage::Payload {
            for &byte in bytes {
                if !self.is_control() {
                    out.push(byte ^ self.mask[self.turn & 3]);
                }
                self.turn += 1;
            }
            self.left -= bytes.len().min(self.left);
            return self.end_of_payload();
        }
        self.partial.extend_from_slice(bytes);
        self.missing -= bytes.len().min(self.missing);
        if self.missing > 0 {
            return Event::Nothing;
        }
        match (self.stage, &self.partial[..]) {
            (Stage::Header, &[flags, second, ..]) => {
                self.last_flags = flags;
                self.data_flags = match flags & OPCODE {
                    CONTINUATION => self.data_flags & OPCODE | flags & !OPCODE,
                    _ => flags,
                };
                self.mask = [0; 4];
                self.left = usize::from(second & 0x7F);
                if self.left == 127 {
                    return Event::TooLong;
                }
                let long = if self.left == 126 { 2 } else { 0 };
                self.missing = long + if second & 0x80 != 0 { 4 } else { 0 };
                self.stage = if self.missing > 0 { Stage::Options } else { Stage::Payload };
            }
            (_, options) => {
                let length = options.len();
                if length & 2 != 0 {
                    self.left = usize::from(u16::from_be_bytes([options[0], options[1]]));
                }
                if length & 4 != 0 {
                    self.mask.copy_from_slice(&options[length - 4..]);
                }
                self.stage = Stage::Payload;
            }
        }
        self.partial.clear();
        if self.stage == Stage::Payload { self.end_of_payload() } else { Event::Nothing }
    }

    fn is_control(&self) -> bool {
        self.last_flags & OPCODE >= CLOSE
    }

    /// Begins a new frame if the payload is whole.
    fn end_of_payload(&mut self) -> Event {
        if self.left > 0 {
            return Event::Nothing;
        }
        self.stage = Stage::Header;
        self.missing = 2;
        self.turn = 0;
        match (self.is_control(), self.last_flags & OPCODE) {
            (true, CLOSE) => Event::Closed,
            (true, _) => Event::Nothing,
            (false, _) => Event::EndOfData,
        }
    }
}

/// `websocket(stream, blocking=False)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (class, stream) = (given.at(vm, 0), given.at(vm, 1));
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    Source::new(vm, stream)?;
    Sink::new(vm, stream)?;
    let mut partial = Vec::new();
    partial.try_reserve_exact(8).map_err(|_| Raised::OUT_OF_MEMORY)?;
    let object = WebSocket {
        class,
        stream,
        stage: Stage::Header,
        partial,
        missing: 2,
        left: 0,
        mask: [0; 4],
        turn: 0,
        last_flags: 0,
        data_flags: 0,
        opcode: TEXT,
    };
    Ok(arguments::object(&mut vm.heap, object)?.into())
}

/// What to read.
enum Want {
    /// So many bytes, or until the stream ends.
    Count(usize),
    /// A line.
    Line,
    /// Into a buffer, so many.
    Into(Value, usize),
}

struct Reading {
    object: Value,
    want: Want,
    source: Source,
    sink: Sink,
    input: Vec<u8>,
    out: Vec<u8>,
    /// The answer to a frame that closes, while it is written.
    answer: Option<Vec<u8>>,
}

fn begin_read(vm: &mut Vm, object: Value, want: Want) -> Result<Outcome, Raised> {
    let Some(stream) = vm.heap.as_native::<WebSocket>(object).map(|socket| socket.stream) else {
        return Ok(Value::NONE.into());
    };
    let (source, sink) = (Source::new(vm, stream)?, Sink::new(vm, stream)?);
    let (input, out, answer) = (Vec::new(), Vec::new(), None);
    Ok(Outcome::Frame(Box::new(Reading { object, want, source, sink, input, out, answer })))
}

fn count(vm: &mut Vm, given: Arguments, number: usize) -> Result<usize, Raised> {
    match given.get(vm, number).filter(|count| !count.is_none()) {
        None => Ok(usize::MAX),
        Some(count) => Ok(usize::try_from(arguments::integer(&mut vm.heap, count)?).unwrap_or(usize::MAX)),
    }
}

impl Reading {
    /// How many bytes may still be given.
    fn room(&self) -> usize {
        match self.want {
            Want::Count(most) | Want::Into(_, most) => most.saturating_sub(self.out.len()),
            Want::Line if self.out.last() == Some(&b'\n') => 0,
            Want::Line => 1,
        }
    }

    fn finish(&self, vm: &mut Vm) -> Result<Step, Raised> {
        let Want::Into(buffer, _) = self.want else { return Ok(Step::Return(vm.heap.bytes(&self.out)?)) };
        let result = vm.heap.size(self.out.len())?;
        let place = arguments::writable(&mut vm.heap, buffer)?;
        let length = self.out.len().min(place.len());
        place[..length].copy_from_slice(&self.out[..length]);
        Ok(Step::Return(result))
    }
}

impl NativeFrame for Reading {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        if let Some(answer) = &mut self.answer {
            return match self.sink.write(vm, input, answer)? {
                Transfer::Ask(step) => Ok(step),
                Transfer::Done => self.finish(vm),
            };
        }
        loop {
            let room = self.room();
            if room == 0 {
                return self.finish(vm);
            }
            let Some(socket) = vm.heap.as_native::<WebSocket>(self.object) else {
                return Ok(Step::Return(Value::NONE));
            };
            let wanted = socket.wanted(room);
            match self.source.read(vm, input, wanted, wanted, &mut self.input)? {
                Transfer::Ask(step) => return Ok(step),
                Transfer::Done if self.input.is_empty() => return self.finish(vm),
                Transfer::Done => {}
            }
            input = Input::Start;
            self.out.try_reserve(self.input.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
            let Some(socket) = vm.heap.as_native_mut::<WebSocket>(self.object) else {
                return Ok(Step::Return(Value::NONE));
            };
            let event = socket.take(&self.input, &mut self.out);
            self.input.clear();
            match event {
                Event::Nothing | Event::EndOfData => {}
                Event::TooLong => return Err(vm.heap.raise_os(EIO)),
                Event::Closed => {
                    self.answer = Some([0x80 | CLOSE, 0].to_vec());
                    return Ok(Step::Again);
                }
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        self.source.trace(tracer);
        self.sink.trace(tracer);
        if let Want::Into(buffer, _) = self.want {
            tracer.value(buffer);
        }
    }
}

/// Writes a frame.
struct Writing {
    sink: Sink,
    out: Vec<u8>,
    count: usize,
}

/// `write(data)`
fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (object, data) = (given.at(vm, 0), given.at(vm, 1));
    let data = arguments::buffer(&mut vm.heap, data)?;
    if data.len() > LONGEST {
        return Err(vm.heap.raise_os(ENOBUFS));
    }
    let Some(socket) = vm.heap.as_native::<WebSocket>(object) else { return Ok(Value::NONE.into()) };
    let (stream, opcode) = (socket.stream, socket.opcode);
    let mut out = Vec::new();
    out.try_reserve_exact(data.len() + 4).map_err(|_| Raised::OUT_OF_MEMORY)?;
    out.push(0x80 | opcode);
    match u8::try_from(data.len()) {
        Ok(length) if length < 126 => out.push(length),
        _ => {
            out.push(126);
            out.extend_from_slice(&(data.len() as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(&data);
    let sink = Sink::new(vm, stream)?;
    Ok(Outcome::Frame(Box::new(Writing { sink, out, count: data.len() })))
}

impl NativeFrame for Writing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match self.sink.write(vm, input, &mut self.out)? {
            Transfer::Ask(step) => Ok(step),
            Transfer::Done => Ok(Step::Return(vm.heap.size(self.count)?)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.sink.trace(tracer);
    }
}

/// Closes the stream beneath.
struct Closing {
    stream: Value,
    called: bool,
}

impl NativeFrame for Closing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(_) if self.called => Ok(Step::Return(Value::NONE)),
            Input::Value(method) => {
                self.called = true;
                Ok(Step::Call(method, FewArguments::new(&[])))
            }
            _ => {
                let name = vm.heap.intern_static("close")?;
                Ok(Step::Perform(Request::Attribute(self.stream, name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.stream);
    }
}

/// `ioctl(request, argument=0)`: the kind of the last data frame, or of those that are written.
fn control(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let request = arguments::integer(heap, given[1])?;
    let argument = match given.get(2) {
        Some(&argument) => arguments::integer(heap, argument)?,
        None => 0,
    };
    let Some(socket) = heap.as_native_mut::<WebSocket>(given[0]) else { return Ok(Value::NONE) };
    match request {
        GET_DATA_OPTIONS => Ok(Value::tiny_int(i32::from(socket.data_flags & OPCODE))),
        SET_DATA_OPTIONS => {
            let before = core::mem::replace(&mut socket.opcode, argument as u8 & OPCODE);
            Ok(Value::tiny_int(i32::from(before)))
        }
        _ => Err(heap.raise_os(EINVAL)),
    }
}

/// `websocket.websocket`
static WEBSOCKET: TypeDef = TypeDef {
    members: &[
        full("read", 1, 2, |vm, given| {
            let object = given.at(vm, 0);
            let most = count(vm, given, 1)?;
            begin_read(vm, object, Want::Count(most))
        }),
        full("readline", 1, 1, |vm, given| {
            let object = given.at(vm, 0);
            begin_read(vm, object, Want::Line)
        }),
        full("readinto", 2, 3, |vm, given| {
            let (object, buffer) = (given.at(vm, 0), given.at(vm, 1));
            let most = count(vm, given, 2)?.min(arguments::writable(&mut vm.heap, buffer)?.len());
            begin_read(vm, object, Want::Into(buffer, most))
        }),
        full("write", 2, 2, write),
        plain("ioctl", 2, 3, control),
        full("close", 1, 1, |vm, given| {
            let object = given.at(vm, 0);
            match vm.heap.as_native::<WebSocket>(object).map(|socket| socket.stream) {
                Some(stream) => Ok(Outcome::Frame(Box::new(Closing { stream, called: false }))),
                None => Err(vm.heap.raise_bare(TypeId::TypeError)),
            }
        }),
    ],
    construct: full_constructor("websocket", 1, 2, construct),
    ..TypeDef::named("websocket")
};
