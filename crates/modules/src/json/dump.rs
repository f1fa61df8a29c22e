//! From objects to JSON.
//!
//! Lists, tuples and dicts are walked with a stack of our own; anything else is written as `repr` has it, as upstream
//! does. A frame writes so many items a step; a text for a stream leaves in pieces.

use crate::arguments;
use crate::io::transfer::{Sink, Transfer};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Slot, Tracer, TypeId, Value, sym};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// Items written in one step.
const STRIDE: usize = 1000;
/// How much text is gathered for a stream before it is written.
const PIECE: usize = 4096;
/// How deep containers may nest: deeper than programs do, and soon reached by a list that is in itself.
const DEEPEST: usize = 10_000;

/// A container that is being written.
struct Level {
    container: Value,
    /// The number of the next item or entry.
    number: usize,
    /// Whether nothing has been written of it.
    first: bool,
    is_dict: bool,
    /// A container that is a key stands in quotes.
    quoted: bool,
    /// The value to be written after the key that is being written; else unbound.
    value: Value,
}

struct Dump {
    value: Value,
    item_separator: String,
    key_separator: String,
    levels: Vec<Level>,
    out: Vec<u8>,
    sink: Option<Sink>,
    begun: bool,
}

fn push(vm: &Vm, out: &mut Vec<u8>, more: &[u8]) -> Result<(), Raised> {
    if out.len() + more.len() > vm.heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    out.try_reserve(more.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    out.extend_from_slice(more);
    Ok(())
}

/// Writes a string in quotes.
fn push_text(vm: &Vm, out: &mut Vec<u8>, text: &[u8]) -> Result<(), Raised> {
    push(vm, out, b"\"")?;
    let mut rest = text;
    while let Some(length) = rest.iter().position(|&byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        push(vm, out, &rest[..length])?;
        match rest[length] {
            b'\n' => push(vm, out, b"\\n")?,
            b'\r' => push(vm, out, b"\\r")?,
            b'\t' => push(vm, out, b"\\t")?,
            byte @ (b'"' | b'\\') => push(vm, out, &[b'\\', byte])?,
            byte => {
                let digits = b"0123456789abcdef";
                let (high, low) = (digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]);
                push(vm, out, &[b'\\', b'u', b'0', b'0', high, low])?;
            }
        }
        rest = &rest[length + 1..];
    }
    push(vm, out, rest)?;
    push(vm, out, b"\"")
}

/// Whether the text of a value may be a matter for Python.
fn may_run_python(vm: &Vm, value: Value) -> bool {
    let plain = |slot: &Slot| {
        matches!(
            slot,
            Slot::Str(_)
                | Slot::Int64(_)
                | Slot::BigInt(_)
                | Slot::Bytes(_)
                | Slot::List(_)
                | Slot::Tuple(_)
                | Slot::SmallTuple(..)
                | Slot::Dict(_)
        )
    };
    vm.heap.slot_of(value).is_some_and(|slot| !plain(slot))
}

/// Writes a value that is no container; false if it is one.
fn push_plain(vm: &mut Vm, out: &mut Vec<u8>, value: Value) -> Result<bool, Raised> {
    if let Some(text) = vm.heap.as_str(value) {
        push_text(vm, out, text.as_bytes())?;
        return Ok(true);
    }
    match value {
        Value::NONE => push(vm, out, b"null")?,
        Value::TRUE => push(vm, out, b"true")?,
        Value::FALSE => push(vm, out, b"false")?,
        _ => match vm.heap.slot_of(value) {
            Some(Slot::Bytes(bytes)) => push_text(vm, out, bytes)?,
            Some(Slot::List(_) | Slot::Tuple(_) | Slot::SmallTuple(..) | Slot::Dict(_)) => return Ok(false),
            _ => {
                let text = vm.repr(value)?;
                push(vm, out, text.as_bytes())?;
            }
        },
    }
    Ok(true)
}

/// An instance of a class that derives from a built-in type is written as that, unless it has a `__repr__` of its own.
fn written_as(vm: &mut Vm, value: Value) -> Result<Value, Raised> {
    let part = vm.heap.native_part(value);
    if part == value {
        return Ok(value);
    }
    let name = sym::REPR;
    let class = vm.heap.class_of(value);
    let holder = vm.heap.class_lookup(class, name)?.map(|place| place.holder);
    let is_own =
        holder.and_then(|holder| vm.heap.class(holder)).is_some_and(|holder| holder.definition.is_none());
    Ok(if is_own { value } else { part })
}

impl Dump {
    /// Writes a value, or opens the container that it is.
    fn write(&mut self, vm: &mut Vm, value: Value, is_key: bool) -> Result<(), Raised> {
        let value = written_as(vm, value)?;
        let is_text =
            vm.heap.as_str(value).is_some() || matches!(vm.heap.slot_of(value), Some(Slot::Bytes(_)));
        let quoted = is_key && !is_text;
        if quoted {
            push(vm, &mut self.out, b"\"")?;
        }
        let depth = vm.roots.len();
        if may_run_python(vm, value) {
            // The frame is not on the stack while it is stepped: what it holds is rooted here.
            vm.roots.push(self.value);
            vm.roots.extend(self.levels.iter().flat_map(|level| [level.container, level.value]));
        }
        let written = push_plain(vm, &mut self.out, value);
        vm.roots.truncate(depth);
        if written? {
            return if quoted { push(vm, &mut self.out, b"\"") } else { Ok(()) };
        }
        if self.levels.len() >= DEEPEST {
            return Err(vm.too_deep());
        }
        let is_dict = vm.heap.as_dict(value).is_some();
        self.levels.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
        push(vm, &mut self.out, if is_dict { b"{" } else { b"[" })?;
        let level =
            Level { container: value, number: 0, first: true, is_dict, quoted, value: Value::UNBOUND };
        self.levels.push(level);
        Ok(())
    }

    /// Writes the next item, key or value; false at the end.
    fn advance(&mut self, vm: &mut Vm) -> Result<bool, Raised> {
        if !self.begun {
            let value = self.value;
            self.write(vm, value, false)?;
            self.begun = true;
            return Ok(true);
        }
        let depth = self.levels.len();
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        if !level.value.is_unbound() {
            let value = level.value;
            push(vm, &mut self.out, self.key_separator.as_bytes())?;
            self.write(vm, value, false)?;
            if let Some(level) = self.levels.get_mut(depth - 1) {
                level.value = Value::UNBOUND;
            }
            return Ok(true);
        }
        let next = next_of(vm, level);
        let Some((number, item, value)) = next else {
            push(vm, &mut self.out, if level.is_dict { b"}" } else { b"]" })?;
            if level.quoted {
                push(vm, &mut self.out, b"\"")?;
            }
            self.levels.pop();
            return Ok(true);
        };
        let is_dict = level.is_dict;
        if !level.first {
            push(vm, &mut self.out, self.item_separator.as_bytes())?;
        }
        self.write(vm, item, is_dict)?;
        if let Some(level) = self.levels.get_mut(depth - 1) {
            level.number = number + 1;
            level.first = false;
            level.value = value;
        }
        Ok(true)
    }

    /// The same, so that what it wrote before it failed is gone.
    fn advance_whole(&mut self, vm: &mut Vm) -> Result<bool, Raised> {
        let (length, depth) = (self.out.len(), self.levels.len());
        let result = self.advance(vm);
        if result.is_err() {
            self.out.truncate(length);
            self.levels.truncate(depth);
        }
        result
    }
}

/// The next item of a container with its number, or the next key with its value.
fn next_of(vm: &Vm, level: &Level) -> Option<(usize, Value, Value)> {
    if !level.is_dict {
        let &item = vm.heap.as_sequence(level.container)?.get(level.number)?;
        return Some((level.number, item, Value::UNBOUND));
    }
    let table = vm.heap.as_dict(level.container)?;
    let mut number = level.number;
    loop {
        let entry = table.entry(number)?;
        if !entry.key.is_unbound() {
            return Some((number, entry.key, entry.value));
        }
        number += 1;
    }
}

impl NativeFrame for Dump {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..STRIDE {
            let is_waiting = matches!(input, Input::Value(_)) && self.sink.is_some();
            if is_waiting || self.sink.is_some() && self.out.len() >= PIECE {
                if let Some(step) = self.send(vm, input)? {
                    return Ok(step);
                }
                input = Input::Start;
            }
            if !self.advance_whole(vm)? {
                return self.finish(vm);
            }
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.value);
        for level in &self.levels {
            tracer.values(&[level.container, level.value]);
        }
        if let Some(sink) = &self.sink {
            sink.trace(tracer);
        }
    }
}

impl Dump {
    /// Writes what was gathered to the stream.
    fn send(&mut self, vm: &mut Vm, input: Input) -> Result<Option<Step>, Raised> {
        let Some(sink) = &mut self.sink else { return Ok(None) };
        match sink.write(vm, input, &mut self.out)? {
            Transfer::Done => Ok(None),
            Transfer::Ask(step) => Ok(Some(step)),
        }
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        if self.sink.is_some() {
            return Ok(match self.send(vm, Input::Start)? {
                Some(step) => step,
                None => Step::Return(Value::NONE),
            });
        }
        match core::str::from_utf8(&self.out) {
            Ok(text) => Ok(Step::Return(vm.heap.str(text)?)),
            Err(_) => Err(vm.heap.raise_bare(TypeId::UnicodeError)),
        }
    }
}

/// What `separators=` gives.
fn separators(vm: &mut Vm, given: Option<Value>) -> Result<[String; 2], Raised> {
    let Some(pair) = given.filter(|pair| !pair.is_none()) else {
        return Ok([String::from(", "), String::from(": ")]);
    };
    let items = arguments::sequence(&mut vm.heap, pair)?;
    let &[item, key] = &items[..] else {
        let count = items.len();
        let message = format_args!("requested length 2 but object has length {count}");
        return Err(vm.heap.raise_fmt(TypeId::ValueError, message));
    };
    Ok([arguments::text(&mut vm.heap, item)?, arguments::text(&mut vm.heap, key)?])
}

fn begin(vm: &mut Vm, given: Arguments, positional: usize, sink: Option<Sink>) -> Result<Outcome, Raised> {
    let [wanted] = given.bind(vm, positional, ["*separators"])?;
    let [item_separator, key_separator] = separators(vm, wanted)?;
    let value = given.at(vm, 0);
    Ok(Outcome::Frame(Box::new(Dump {
        value,
        item_separator,
        key_separator,
        levels: Vec::new(),
        out: Vec::new(),
        sink,
        begun: false,
    })))
}

/// `dump(object, stream, *, separators=(', ', ': '))`
pub fn dump(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 1);
    let sink = Sink::new(vm, stream)?;
    begin(vm, given, 2, Some(sink))
}

/// `dumps(object, *, separators=(', ', ': '))`
pub fn dumps(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    begin(vm, given, 1, None)
}
