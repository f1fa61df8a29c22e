//! `print` and `input`.

use crate::heap::{Raised, Slot, Tracer, TypeId, Value, sym};
use crate::objects::int::machine_int;
use crate::run::platform::EINTR;
use crate::run::print::TextKind;
use crate::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Stream, Vm};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The text of `sep` or `end`.
fn text_of(vm: &mut Vm, value: Value) -> Result<String, Raised> {
    let part = vm.heap.native_part(value);
    if let Some(text) = vm.heap.as_str(part) {
        return Ok(String::from(text));
    }
    if let Some(Slot::Bytes(bytes)) = vm.heap.slot_of(part) {
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    let kind = String::from(vm.heap.type_name(value));
    Err(vm.heap.raise_fmt(TypeId::TypeError, format_args!("can't convert '{kind}' object to str implicitly")))
}

/// `print(*values, sep=' ', end='\n', file=sys.stdout)`
pub fn print(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let mut separator = String::from(" ");
    let mut end = String::from("\n");
    let mut file = None;
    if !arguments.names.is_none() {
        for (name, value) in arguments.keywords(vm) {
            match name {
                sym::SEP => separator = text_of(vm, value)?,
                sym::END => end = text_of(vm, value)?,
                sym::FILE => file = Some(value),
                _ => return Err(vm.type_error("extra keyword arguments given")),
            }
        }
    }
    if let Some(file) = file {
        let write = writer(vm, file)?;
        let mut pieces = Vec::new();
        for number in 0..arguments.count {
            if number > 0 {
                pieces.push(separator.clone());
            }
            let value = arguments.at(vm, number);
            pieces.push(vm.str(value)?);
        }
        pieces.push(end);
        pieces.reverse();
        return Ok(Outcome::Frame(Box::new(Pieces { file, write, pieces, at: 0, asked: false })));
    }
    let mut text = String::new();
    for number in 0..arguments.count {
        if number > 0 {
            text.push_str(&separator);
        }
        let value = arguments.at(vm, number);
        if let Err(raised) = vm.write_value(&mut text, value, TextKind::Str) {
            // What came before it has been printed, as upstream, which prints piece by piece.
            if raised != Raised::OUT_OF_MEMORY {
                vm.write(Stream::Out, &text);
            }
            return Err(raised);
        }
    }
    text.push_str(&end);
    vm.write(Stream::Out, &text);
    Ok(Value::NONE.into())
}

/// The `write` method of a stream.
fn writer(vm: &mut Vm, file: Value) -> Result<Value, Raised> {
    match vm.heap.special(file, sym::WRITE)? {
        Some(method) => Ok(method),
        None => {
            let message = "stream operation not supported";
            Err(vm.heap.raise(TypeId::OsError, message))
        }
    }
}

/// Writes one piece after another to a stream.
struct Pieces {
    file: Value,
    write: Value,
    /// The last is next.
    pieces: Vec<String>,
    /// How much of the next one a stream written in Python has taken.
    at: usize,
    /// Whether that stream is to say how much it takes.
    asked: bool,
}

impl Pieces {
    fn next_piece(&mut self) {
        self.pieces.pop();
        self.at = 0;
    }

    /// As upstream: what derives from a stream type says how much it has written, and is given the rest. It may say None
    /// when it can take nothing now, and a negative error number.
    fn take_count(&mut self, vm: &mut Vm, count: Value) -> Result<(), Raised> {
        const EIO: i32 = 5;
        let left = self.pieces.last().map_or(0, String::len).saturating_sub(self.at);
        if count.is_none() {
            self.next_piece();
            return Ok(());
        }
        match usize::try_from(machine_int(&mut vm.heap, count)?) {
            Ok(0) => self.next_piece(),
            Ok(count) if count <= left => self.at += count,
            Ok(_) => return Err(vm.heap.raise_os(EIO)),
            Err(_) => {
                let error = vm.heap.as_int(count).and_then(|count| i32::try_from(count.wrapping_neg()).ok());
                return Err(vm.heap.raise_os(error.unwrap_or(EIO)));
            }
        }
        Ok(())
    }
}

impl NativeFrame for Pieces {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(count)) = (self.asked, input) {
            self.asked = false;
            self.take_count(vm, count)?;
        }
        let rest = loop {
            match self.pieces.last() {
                Some(piece) if piece.len() <= self.at => self.next_piece(),
                Some(piece) => break &piece.as_bytes()[self.at..],
                None => return Ok(Step::Return(Value::NONE)),
            };
        };
        let is_instance = matches!(vm.heap.slot_of(self.file), Some(Slot::Instance(_)));
        // As upstream: a stream written in Python is given bytes.
        let derives = is_instance && vm.heap.native_part(self.file) != self.file;
        let data = if derives {
            vm.heap.bytearray(rest.to_vec())?
        } else {
            let text = vm.heap.string(String::from_utf8_lossy(rest).into_owned())?;
            self.next_piece();
            text
        };
        self.asked = derives;
        let receiver = match vm.heap.slot_of(self.write) {
            Some(Slot::Native(_)) => vm.heap.native_part(self.file),
            _ => self.file,
        };
        Ok(Step::Call(self.write, FewArguments::new(&[receiver, data])))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.file, self.write]);
    }
}

/// `input()`, `input(prompt)`
pub fn input(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    if let Some(prompt) = arguments.get(vm, 0) {
        let text = vm.str(prompt)?;
        vm.write(Stream::Out, &text);
    }
    match vm.platform.read_line() {
        Ok(Some(line)) => {
            let line = String::from_utf8_lossy(&line).into_owned();
            Ok(vm.heap.string(line)?.into())
        }
        Ok(None) => Err(vm.heap.raise_bare(TypeId::EofError)),
        Err(EINTR) => Err(vm.heap.raise_bare(TypeId::KeyboardInterrupt)),
        Err(errno) => Err(vm.heap.raise_os(errno)),
    }
}

/// `__repl_print__(x)`: shows a value unless it is None, and keeps it as `_`.
pub fn repl_print(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    vm.show_expression(value)?;
    Ok(Value::NONE.into())
}
