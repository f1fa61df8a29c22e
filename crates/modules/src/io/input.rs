//! Reading standard input without keeping other threads and the event loop from their turns.
//!
//! What reads it is put off until enough has come: a [`Gather`] frame parks its fiber while nothing is there, keeps what
//! comes in the file object, and calls the same function again, which then finds all it wants. Where a fiber cannot be
//! parked (inside `__eq__` and its kin, or without a platform that could say when there is something), the platform waits.

use super::{file, stream};
use crate::net::system::{self, Polled, READ};
use crate::net::wait::Waiting;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::run::platform::EINTR;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Stream, Vm};

const STDIN: i32 = 0;

/// How much is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// So many bytes.
    Bytes(usize),
    /// So many characters, the last one whole.
    Characters(usize),
    /// A line, or so many bytes of it.
    Line(usize),
    /// Everything up to the end.
    All,
}

/// How far bytes have been looked over for what is wanted: as more come, only those are.
pub struct Gauge {
    want: Want,
    at: usize,
    characters: usize,
}

impl Gauge {
    /// One that has looked at nothing yet.
    pub fn new(want: Want) -> Gauge {
        Gauge { want, at: 0, characters: 0 }
    }

    /// Whether these bytes are enough; they begin with those that it has looked at.
    pub fn is_met(&mut self, bytes: &[u8]) -> bool {
        match self.want {
            Want::Bytes(count) => bytes.len() >= count,
            Want::Line(most) => {
                let more = bytes.get(self.at..).unwrap_or(&[]);
                self.at = bytes.len();
                bytes.len() >= most || more.contains(&b'\n')
            }
            Want::All => false,
            Want::Characters(count) => {
                while self.characters < count && self.at < bytes.len() {
                    self.at += stream::character_length(bytes[self.at]);
                    self.characters += 1;
                }
                self.characters >= count && self.at <= bytes.len()
            }
        }
    }
}

/// Whether standard input can be read at once.
fn is_ready(vm: &mut Vm) -> bool {
    if vm.platform.has_input() {
        return true;
    }
    let mut polled = [Polled { descriptor: STDIN, wanted: READ, found: 0 }];
    match system::network(vm) {
        // What cannot be asked about is read, and says itself what is wrong.
        Some(network) => network.poll(&mut polled).is_err() || polled[0].found != 0,
        None => true,
    }
}

/// One byte, none at the end.
fn next_byte(vm: &mut Vm) -> Result<Option<u8>, Raised> {
    let mut byte = [0];
    match vm.platform.read(&mut byte) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(byte[0])),
        Err(EINTR) => Err(vm.heap.raise_bare(TypeId::KeyboardInterrupt)),
        Err(errno) => Err(vm.heap.raise_os(errno)),
    }
}

/// Whether a wait for standard input has to be, and can be, one of a parked fiber.
fn can_park(vm: &mut Vm) -> bool {
    vm.fiber.nested == 0 && system::network(vm).is_some()
}

/// Parks the fiber until standard input has something.
fn park(vm: &mut Vm, waiting: &mut Option<Waiting>) -> Step {
    // A person may have been asked something.
    vm.platform.flush();
    let mut wait = Waiting::new(vm, None);
    wait.watch(STDIN, READ);
    let parked = wait.park();
    *waiting = Some(wait);
    Step::Park(parked)
}

/// Gathers what a method wants of standard input, then calls it again.
struct Gather {
    method: Value,
    arguments: FewArguments,
    stream: Value,
    want: Want,
    waiting: Option<Waiting>,
    /// The method has been called: what comes is its result.
    called: bool,
    /// Nothing is the end of an iteration.
    iterates: bool,
}

impl NativeFrame for Gather {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(result)) = (self.called, input) {
            let is_end = self.iterates && vm.heap.as_buffer(result).is_some_and(<[u8]>::is_empty);
            return Ok(if is_end { Step::Stop(Value::NONE) } else { Step::Return(result) });
        }
        self.waiting = None;
        // While the fiber was parked, others may have taken what was gathered: this one begins anew.
        let mut gauge = Gauge::new(self.want);
        while !file::has_gathered(&vm.heap, self.stream, &mut gauge) {
            if !is_ready(vm) {
                return Ok(park(vm, &mut self.waiting));
            }
            file::reserve(vm, self.stream)?;
            match next_byte(vm)? {
                Some(byte) => file::gather(&mut vm.heap, self.stream, byte),
                None => file::note_end(&mut vm.heap, self.stream),
            }
        }
        self.called = true;
        Ok(Step::Call(self.method, self.arguments))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.stream]);
        tracer.values(self.arguments.as_slice());
    }
}

/// What a method of a file has to do first if the file is standard input: nothing if enough was gathered.
pub fn gather(
    vm: &mut Vm,
    given: Arguments,
    name: &'static str,
    want: Want,
) -> Result<Option<Outcome>, Raised> {
    let stream = given.at(vm, 0);
    if has_enough(vm, stream, want) {
        return Ok(None);
    }
    let arguments = FewArguments::new(given.positional(vm));
    gather_for(vm, stream, name, arguments, want, false)
}

/// The same for the next line of an iteration.
pub fn gather_line(vm: &mut Vm, stream: Value) -> Result<Option<Outcome>, Raised> {
    let want = Want::Line(usize::MAX);
    if has_enough(vm, stream, want) {
        return Ok(None);
    }
    gather_for(vm, stream, "readline", FewArguments::new(&[stream]), want, true)
}

fn has_enough(vm: &mut Vm, stream: Value, want: Want) -> bool {
    !file::is_standard_input(&vm.heap, stream)
        || file::has_gathered(&vm.heap, stream, &mut Gauge::new(want))
        || !can_park(vm)
}

fn gather_for(
    vm: &mut Vm,
    stream: Value,
    name: &'static str,
    arguments: FewArguments,
    want: Want,
    iterates: bool,
) -> Result<Option<Outcome>, Raised> {
    let class = vm.heap.class_of(stream);
    let name = vm.heap.intern_static(name)?;
    let Some(place) = vm.heap.class_lookup(class, name)? else { return Ok(None) };
    let method = place.value;
    let frame = Gather { method, arguments, stream, want, waiting: None, called: false, iterates };
    Ok(Some(Outcome::Frame(Box::new(frame))))
}

/// A line for `input()`.
struct ReadLine {
    line: Vec<u8>,
    ended: bool,
    waiting: Option<Waiting>,
}

impl NativeFrame for ReadLine {
    fn step(&mut self, vm: &mut Vm, _: Input) -> Result<Step, Raised> {
        self.waiting = None;
        while !self.ended {
            if !is_ready(vm) {
                return Ok(park(vm, &mut self.waiting));
            }
            if self.line.len() > vm.heap.free_bytes() || self.line.try_reserve(1).is_err() {
                return Err(Raised::OUT_OF_MEMORY);
            }
            match next_byte(vm)? {
                None if self.line.is_empty() => return Err(vm.heap.raise_bare(TypeId::EofError)),
                None | Some(b'\n') => self.ended = true,
                Some(byte) => self.line.push(byte),
            }
        }
        vm.heap.str(&String::from_utf8_lossy(&self.line)).map(Step::Return)
    }

    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// `input(prompt)`: in place of the language's own, which cannot park its fiber.
pub fn input(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if !can_park(vm) {
        return wigwag_vm::builtins::output::input(vm, given);
    }
    if let Some(prompt) = given.get(vm, 0) {
        let prompt = vm.str(prompt)?;
        vm.write(Stream::Out, &prompt);
    }
    Ok(Outcome::Frame(Box::new(ReadLine { line: Vec::new(), ended: false, waiting: None })))
}
