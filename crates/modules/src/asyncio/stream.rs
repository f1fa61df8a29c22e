//! `Stream`: reading and writing a stream without keeping the loop from other tasks. It is both `StreamReader` and
//! `StreamWriter`, over anything that has `read`, `readinto`, `readline`, `write` and `close` and never blocks.
//!
//! Reading waits for the stream first, then takes what is there. Writing takes what fits at once and keeps the rest in
//! `out_buf`, which `drain` sends.
//!
//! # Cancellation
//! What a cancelled read had taken already is lost; a cancelled drain leaves the rest in `out_buf`.

use super::coroutine::{Body, Coroutine, Resumed, Turn};
use super::io_queue::{Direction, enqueue};
use super::sleep::sleep_for;
use crate::arguments;
use crate::socket;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::objects::function::{Member, PropertyDef, TypeDef, constructor, full, keyword, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::attributes::PlainAttribute;
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// A stream.
pub struct Stream {
    class: Handle,
    /// What it reads and writes.
    inner: Value,
    /// What `get_extra_info` looks in.
    extra: Value,
    /// Bytes that could not be written yet.
    out_buf: Value,
    /// How many of them have been written meanwhile.
    written: usize,
}

impl NativeObject for Stream {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.inner, self.extra, self.out_buf]);
    }

    fn bytes(&self) -> usize {
        size_of::<Stream>()
    }
}

fn new(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [inner, extra] = given.bind(vm, 1, ["s", "e"])?;
    let Some(inner) = inner else {
        return Err(vm.type_error("function missing 1 required positional arguments"));
    };
    let extra = match extra {
        Some(extra) => extra,
        None => vm.heap.dict(Dict::new())?,
    };
    let class = given.at(vm, 0);
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let out_buf = vm.heap.bytes(b"")?;
    socket::read_ahead(&mut vm.heap, inner);
    Ok(arguments::object(&mut vm.heap, Stream { class, inner, extra, out_buf, written: 0 })?.into())
}

/// A method of an object, and the self to pass if it was found in the class: so that finding one makes nothing.
fn method(vm: &mut Vm, object: Value, name: &'static str) -> Result<(Value, Option<Value>), Raised> {
    let name = vm.heap.intern_static(name)?;
    let is_own = matches!(vm.heap.slot_of(object), Some(Slot::Instance(_)))
        && vm.instance_attributes(object).iter().any(|(known, _)| *known == name);
    if !is_own
        && let Some((function, receiver)) = arguments::special_method(&mut vm.heap, object, name)?
        && matches!(vm.heap.slot_of(function), Some(Slot::Function(_) | Slot::Native(_)))
    {
        return Ok((function, Some(receiver)));
    }
    match vm.plain_attribute(object, name)? {
        PlainAttribute::Value(method) => Ok((method, None)),
        PlainAttribute::Nothing | PlainAttribute::Python => {
            Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
        }
    }
}

/// What to call, with what, for a method of a stream's inside.
fn call(
    vm: &mut Vm,
    object: Value,
    name: &'static str,
    rest: &[Value],
) -> Result<(Value, FewArguments), Raised> {
    let (function, receiver) = method(vm, object, name)?;
    let mut all = [Value::NONE; 4];
    let start = usize::from(receiver.is_some());
    all[0] = receiver.unwrap_or(Value::NONE);
    let count = (start + rest.len()).min(4);
    all[start..count].copy_from_slice(&rest[..count - start]);
    Ok((function, FewArguments::new(&all[..count])))
}

fn inner(heap: &Heap, stream: Value) -> Value {
    heap.as_native::<Stream>(stream).map_or(Value::NONE, |stream| stream.inner)
}

/// What a reader is after.
#[derive(Clone, Copy)]
enum Wish {
    /// One piece of up to this size.
    Some(Value),
    /// Everything up to the end.
    All,
    /// So many bytes.
    Exactly(usize),
    /// A line.
    Line,
    /// Whatever fills a buffer.
    Into(Value),
}

/// The coroutine of every method that reads.
struct Reading {
    stream: Value,
    wish: Wish,
    collected: Vec<u8>,
    /// The stream is ready; next it is read.
    ready: bool,
}

impl Reading {
    fn wait(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let object = inner(&vm.heap, self.stream);
        enqueue(vm, object, Direction::Read, true)?;
        self.ready = true;
        Ok(Turn::Yield)
    }

    fn read(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        let object = inner(&vm.heap, self.stream);
        let (function, arguments) = match self.wish {
            Wish::Some(size) => call(vm, object, "read", &[size])?,
            Wish::All => call(vm, object, "read", &[Value::tiny_int(-1)])?,
            Wish::Exactly(count) => {
                let left = vm.heap.size(count.saturating_sub(self.collected.len()))?;
                call(vm, object, "read", &[left])?
            }
            Wish::Line => call(vm, object, "readline", &[])?,
            Wish::Into(buffer) => call(vm, object, "readinto", &[buffer])?,
        };
        Ok(Turn::Call(function, arguments))
    }

    /// Something was read: is it enough?
    fn got(&mut self, vm: &mut Vm, piece: Value) -> Result<Turn, Raised> {
        match self.wish {
            Wish::Into(_) => return Ok(Turn::Return(piece)),
            Wish::Some(_) if !piece.is_none() => return Ok(Turn::Return(piece)),
            _ if piece.is_none() => return self.wait(vm),
            _ => {}
        }
        let part = vm.heap.native_part(piece);
        let Some(bytes) = vm.heap.as_buffer(part) else {
            return Err(vm.type_error("object with buffer protocol required"));
        };
        let before = self.collected.len();
        // Not the heap's, but of the same size: what does not fit there is too much here.
        if before + bytes.len() > vm.heap.free_bytes() || self.collected.try_reserve(bytes.len()).is_err() {
            return Err(Raised::OUT_OF_MEMORY);
        }
        let ended = bytes.is_empty();
        self.collected.extend_from_slice(bytes);
        let enough = match self.wish {
            Wish::Exactly(count) if self.collected.len() >= count => true,
            Wish::Exactly(_) if ended => return Err(vm.heap.raise_bare(TypeId::EofError)),
            Wish::Line => ended || self.collected.last() == Some(&b'\n'),
            _ => ended && !matches!(self.wish, Wish::Exactly(_)),
        };
        let turn = if enough { vm.heap.bytes(&self.collected).map(Turn::Return) } else { self.wait(vm) };
        if matches!(turn, Err(Raised::OUT_OF_MEMORY)) {
            // The same piece will be given once more.
            self.collected.truncate(before);
        }
        turn
    }
}

impl Body for Reading {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match with {
            Resumed::Raised(exception) => Err(Raised(exception)),
            Resumed::Value(piece) => self.got(vm, piece),
            Resumed::Plain if self.ready => self.read(vm),
            Resumed::Plain => match self.wish {
                Wish::Exactly(0) => vm.heap.bytes(b"").map(Turn::Return),
                _ => self.wait(vm),
            },
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.stream);
        if let Wish::Some(value) | Wish::Into(value) = self.wish {
            tracer.value(value);
        }
    }

    fn name(&self) -> &'static str {
        match self.wish {
            Wish::Some(_) | Wish::All => "read",
            Wish::Exactly(_) => "readexactly",
            Wish::Line => "readline",
            Wish::Into(_) => "readinto",
        }
    }
}

fn reading(vm: &mut Vm, given: Arguments, wish: Wish) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    let body = Reading { stream, wish, collected: Vec::new(), ready: false };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}

/// `read(n=-1)`
fn read(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [size] = given.bind(vm, 1, ["n"])?;
    let wish = match size {
        None => Wish::All,
        Some(size) if arguments::integer(&mut vm.heap, size)? < 0 => Wish::All,
        Some(size) => Wish::Some(size),
    };
    reading(vm, given, wish)
}

fn read_exactly(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let size = given.at(vm, 1);
    let size = arguments::integer(&mut vm.heap, size)?;
    match usize::try_from(size) {
        Ok(size) => reading(vm, given, Wish::Exactly(size)),
        Err(_) => Err(vm.heap.raise_bare(TypeId::ValueError)),
    }
}

fn read_line(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    reading(vm, given, Wish::Line)
}

fn read_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let buffer = given.at(vm, 1);
    reading(vm, given, Wish::Into(buffer))
}

/// Bytes that are still to be written.
fn unwritten(heap: &Heap, stream: Value) -> &[u8] {
    let Some(stream) = heap.as_native::<Stream>(stream) else { return &[] };
    heap.as_buffer(stream.out_buf).and_then(|bytes| bytes.get(stream.written..)).unwrap_or(&[])
}

/// Keeps the bytes of a value, from a place on, behind those that are still to be written.
fn keep(vm: &mut Vm, stream: Value, buffer: Value, from: usize) -> Result<(), Raised> {
    let part = vm.heap.native_part(buffer);
    let is_bytes = matches!(vm.heap.slot_of(part), Some(Slot::Bytes(_)));
    let held = unwritten(&vm.heap, stream);
    // All of something that cannot change needs no copy, and so no memory.
    let kept = if held.is_empty() && from == 0 && is_bytes {
        part
    } else {
        let rest = vm.heap.as_buffer(part).and_then(|bytes| bytes.get(from..)).unwrap_or(&[]);
        let mut all = Vec::new();
        all.try_reserve_exact(held.len() + rest.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        all.extend_from_slice(held);
        all.extend_from_slice(rest);
        vm.heap.bytes_from(all)?
    };
    if let Some(stream) = vm.heap.as_native_mut::<Stream>(stream) {
        (stream.out_buf, stream.written) = (kept, 0);
    }
    Ok(())
}

/// Writes what fits at once.
struct Writing {
    stream: Value,
    buffer: Value,
    asked: bool,
}

impl NativeFrame for Writing {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if !self.asked {
            let object = inner(&vm.heap, self.stream);
            let (function, arguments) = call(vm, object, "write", &[self.buffer])?;
            self.asked = true;
            return Ok(Step::Call(function, arguments));
        }
        let length = {
            let part = vm.heap.native_part(self.buffer);
            vm.heap.as_buffer(part).map_or(0, <[u8]>::len)
        };
        let written = match input {
            Input::Value(count) => vm.heap.as_int(count).unwrap_or(0),
            _ => 0,
        };
        let written = usize::try_from(written).unwrap_or(0).min(length);
        if written < length {
            keep(vm, self.stream, self.buffer, written)?;
        }
        Ok(Step::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.stream, self.buffer]);
    }
}

/// `write(buffer)`
fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, buffer) = (given.at(vm, 0), given.at(vm, 1));
    let part = vm.heap.native_part(buffer);
    if vm.heap.as_buffer(part).is_none() {
        return Err(vm.type_error("object with buffer protocol required"));
    }
    if unwritten(&vm.heap, stream).is_empty() {
        return Ok(Outcome::Frame(Box::new(Writing { stream, buffer, asked: false })));
    }
    keep(vm, stream, buffer, 0)?;
    Ok(Value::NONE.into())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DrainStage {
    Beginning,
    /// There was nothing to write: only the others have their turn.
    Yielding,
    /// For the stream to take more.
    Waiting,
    /// The stream is being written.
    Writing,
}

/// Writes what is left. Several tasks may drain one stream: each goes on when all is written.
struct Draining {
    stream: Value,
    stage: DrainStage,
    /// What is to be written before the drain, for `awrite`.
    first: Option<Value>,
}

impl Draining {
    fn go_on(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        if unwritten(&vm.heap, self.stream).is_empty() {
            return Ok(Turn::Return(Value::NONE));
        }
        let object = inner(&vm.heap, self.stream);
        enqueue(vm, object, Direction::Write, false)?;
        self.stage = DrainStage::Waiting;
        Ok(Turn::Yield)
    }

    fn write(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        if unwritten(&vm.heap, self.stream).is_empty() {
            return Ok(Turn::Return(Value::NONE));
        }
        // From here on this is all there is: the next attempt needs no copy.
        let buffer = out_buf(&mut vm.heap, self.stream)?;
        set_out_buf(&mut vm.heap, self.stream, buffer)?;
        let object = inner(&vm.heap, self.stream);
        let (function, arguments) = call(vm, object, "write", &[buffer])?;
        self.stage = DrainStage::Writing;
        Ok(Turn::Call(function, arguments))
    }

    fn begin(&mut self, vm: &mut Vm) -> Result<Turn, Raised> {
        if let Some(buffer) = self.first {
            keep(vm, self.stream, buffer, 0)?;
            self.first = None;
            if !unwritten(&vm.heap, self.stream).is_empty() {
                return self.write(vm);
            }
        }
        if unwritten(&vm.heap, self.stream).is_empty() {
            // So that a task which only writes and drains lets others have their turn.
            let sleep = sleep_for(vm, 0)?;
            self.stage = DrainStage::Yielding;
            return Ok(Turn::Await(sleep));
        }
        self.go_on(vm)
    }
}

impl Body for Draining {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match (self.stage, with) {
            (_, Resumed::Raised(exception)) => Err(Raised(exception)),
            (DrainStage::Beginning, _) => self.begin(vm),
            (DrainStage::Yielding, _) => Ok(Turn::Return(Value::NONE)),
            (DrainStage::Waiting, _) => self.write(vm),
            (DrainStage::Writing, Resumed::Value(count)) => {
                let count = vm.heap.as_int(count).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                let left = unwritten(&vm.heap, self.stream).len();
                if count >= left {
                    let empty = vm.heap.bytes(b"")?;
                    if let Some(stream) = vm.heap.as_native_mut::<Stream>(self.stream) {
                        (stream.out_buf, stream.written) = (empty, 0);
                    }
                } else if let Some(stream) = vm.heap.as_native_mut::<Stream>(self.stream) {
                    stream.written += count;
                }
                // Lest the same count be taken twice, should there be no memory to wait with.
                self.stage = DrainStage::Waiting;
                self.go_on(vm)
            }
            (DrainStage::Writing, Resumed::Plain) => self.go_on(vm),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.stream);
        if let Some(first) = self.first {
            tracer.value(first);
        }
    }

    fn name(&self) -> &'static str {
        "drain"
    }
}

fn drain(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let body = Draining { stream: given.at(vm, 0), stage: DrainStage::Beginning, first: None };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}

/// `awrite(buf, off=0, sz=-1)`, from before `write` and `drain`.
fn write_and_drain(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [buffer, offset, size] = given.bind(vm, 1, ["buf", "off", "sz"])?;
    let buffer = buffer.unwrap_or(Value::NONE);
    let all = arguments::buffer(&mut vm.heap, buffer)?;
    let mut number = |value: Option<Value>, usual| match value {
        Some(value) => arguments::integer(&mut vm.heap, value),
        None => Ok(usual),
    };
    let (offset, size) = (number(offset, 0)?, number(size, -1)?);
    let start = usize::try_from(offset).unwrap_or(0).min(all.len());
    let end = usize::try_from(size).map_or(all.len(), |size| start.saturating_add(size).min(all.len()));
    let part = vm.heap.bytes(&all[start..end])?;
    let body = Draining { stream: given.at(vm, 0), stage: DrainStage::Beginning, first: Some(part) };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}

/// Closes what is inside.
struct Closing {
    stream: Value,
}

impl Body for Closing {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match with {
            Resumed::Plain => {
                let object = inner(&vm.heap, self.stream);
                let (function, arguments) = call(vm, object, "close", &[])?;
                Ok(Turn::Call(function, arguments))
            }
            Resumed::Value(_) => Ok(Turn::Return(Value::NONE)),
            Resumed::Raised(exception) => Err(Raised(exception)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.stream);
    }

    fn name(&self) -> &'static str {
        "wait_closed"
    }
}

fn wait_closed(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let body = Closing { stream: given.at(vm, 0) };
    Ok(Coroutine::make(&mut vm.heap, body)?.into())
}

fn extra_info(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, name) = (given.at(vm, 0), given.at(vm, 1));
    let extra = vm.heap.as_native::<Stream>(stream).map_or(Value::NONE, |stream| stream.extra);
    Ok(Outcome::Perform(Request::Item(extra, name)))
}

/// `out_buf`, without what was written meanwhile.
fn out_buf(heap: &mut Heap, stream: Value) -> Result<Value, Raised> {
    match heap.as_native::<Stream>(stream) {
        Some(object) if object.written == 0 => Ok(object.out_buf),
        _ => {
            let rest = try_copy(unwritten(heap, stream))?;
            heap.bytes_from(rest)
        }
    }
}

fn set_out_buf(heap: &mut Heap, stream: Value, value: Value) -> Result<(), Raised> {
    if let Some(stream) = heap.as_native_mut::<Stream>(stream) {
        (stream.out_buf, stream.written) = (value, 0);
    }
    Ok(())
}

macro_rules! attribute {
    ($name:literal, $field:ident) => {
        Member::Property(PropertyDef {
            name: $name,
            get: |heap, stream| Ok(heap.as_native::<Stream>(stream).map_or(Value::NONE, |it| it.$field)),
            set: Some(|heap, stream, value| {
                if let Some(stream) = heap.as_native_mut::<Stream>(stream) {
                    stream.$field = value;
                }
                Ok(())
            }),
        })
    };
}

/// `Stream`, `StreamReader` and `StreamWriter`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        attribute!("s", inner),
        attribute!("e", extra),
        Member::Property(PropertyDef { name: "out_buf", get: out_buf, set: Some(set_out_buf) }),
        full("get_extra_info", 2, 2, extra_info),
        plain("close", 1, 1, |_, _| Ok(Value::NONE)),
        full("wait_closed", 1, 1, wait_closed),
        full("aclose", 1, 1, wait_closed),
        keyword("read", 1, 2, read),
        full("readinto", 2, 2, read_into),
        full("readexactly", 2, 2, read_exactly),
        full("readline", 1, 1, read_line),
        full("write", 2, 2, write),
        full("drain", 1, 1, drain),
        keyword("awrite", 1, 4, write_and_drain),
        keyword("awritestr", 1, 4, write_and_drain),
    ],
    construct: constructor("Stream", 0, 2, new),
    base_for_classes: true,
    ..TypeDef::named("Stream")
};
