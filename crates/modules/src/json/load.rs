//! From JSON to objects.
//!
//! A frame takes token after token. `loads` scans the string or buffer where it lies; `load` reads a stream, one that can
//! take bytes back in larger pieces, others byte by byte as upstream does, so that it waits for no more than it needs.
//! What always holds: the scanner moves on only when what a token stands for has its place, so a step that ran out of
//! memory can be done again.

use super::scan::{BadText, Scanner, Token, unescape};
use crate::io::transfer::{Source, Transfer};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::number::{Int, float};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// Tokens taken in one step.
const STRIDE: usize = 1000;
/// How much is read at once from a stream that takes bytes back.
const PIECE: usize = 4096;
/// How many names of dict entries are remembered, so that equal ones are one object: a power of two.
const NAMES: usize = 64;

/// Where the text is.
enum Text {
    /// In a string or buffer.
    Given(Value),
    /// What was read of a stream, whether that was all, and the stream.
    Read(Vec<u8>, bool, Source),
}

/// What the documents are made of.
struct Load {
    text: Text,
    scanner: Scanner,
    /// Where the text goes on behind the token at hand.
    behind: usize,
    /// The containers that are open, outermost first.
    open: Vec<Value>,
    /// The key that waits for its value; unbound if none does.
    key: Value,
    /// The document, once it is whole.
    result: Value,
    names: Vec<Value>,
    scratch: Vec<u8>,
}

impl Load {
    fn new(text: Text) -> Load {
        Load {
            text,
            scanner: Scanner::default(),
            behind: 0,
            open: Vec::new(),
            key: Value::UNBOUND,
            result: Value::UNBOUND,
            names: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// What is there of the text, and whether it is all.
    fn text<'a>(&'a self, vm: &'a Vm) -> (&'a [u8], bool) {
        match &self.text {
            Text::Given(value) => (vm.heap.as_buffer(*value).unwrap_or(&[]), true),
            Text::Read(bytes, whole, _) => (bytes, *whole),
        }
    }

    #[cold]
    fn wrong(&mut self, vm: &mut Vm) -> Raised {
        if let Text::Read(bytes, _, source) = &self.text {
            // What is wrong has been read, what follows it has not.
            source.unread(vm, bytes.get(self.behind..).unwrap_or(&[]));
        }
        vm.heap.raise(TypeId::ValueError, "syntax error in JSON")
    }

    /// Reads more of a stream. `None`: there is more of the text now.
    fn read(&mut self, vm: &mut Vm, input: Input) -> Result<Option<Step>, Raised> {
        let Text::Read(bytes, whole, source) = &mut self.text else { return Ok(None) };
        bytes.drain(..self.scanner.rebase().min(bytes.len()));
        if bytes.len() > vm.heap.max_length() {
            return Err(Raised::OUT_OF_MEMORY);
        }
        let before = bytes.len();
        match source.read(vm, input, PIECE, 1, bytes)? {
            Transfer::Ask(step) => return Ok(Some(step)),
            Transfer::Done => *whole = bytes.len() == before,
        }
        Ok(None)
    }

    /// The string of a token.
    fn string(
        &mut self,
        vm: &mut Vm,
        (start, end): (usize, usize),
        escaped: bool,
        is_name: bool,
    ) -> Result<Value, Raised> {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.try_reserve(end - start).map_err(|_| Raised::OUT_OF_MEMORY)?;
        let inside = self.text(vm).0.get(start..end).unwrap_or(&[]);
        let mut result = Ok(());
        if escaped {
            // Without its escapes a string is shorter, so the room is enough.
            result = unescape(inside, |piece| scratch.extend_from_slice(piece));
        } else {
            scratch.extend_from_slice(inside);
        }
        self.scratch = scratch;
        match (result, core::str::from_utf8(&self.scratch)) {
            (Ok(()), Ok(text)) if is_name => remembered(vm, &mut self.names, text),
            (Ok(()), Ok(text)) => vm.heap.str(text),
            (Err(BadText::Syntax), _) => Err(self.wrong(vm)),
            _ => Err(vm.heap.raise_bare(TypeId::UnicodeError)),
        }
    }

    fn number(&mut self, vm: &mut Vm, (start, end): (usize, usize), float: bool) -> Result<Value, Raised> {
        let digits = self.text(vm).0.get(start..end).unwrap_or(&[]);
        if float {
            return match float::parse(digits) {
                Ok(number) => vm.heap.float(number),
                Err(error) => Err(vm.heap.raise_number(error)),
            };
        }
        if let Some(number) = small_number(digits) {
            return vm.heap.int(number);
        }
        match Int::parse(digits, 10, vm.heap.bounds()) {
            Ok(number) => vm.heap.integer(number),
            Err(error) => Err(vm.heap.raise_number(error)),
        }
    }

    /// Takes a token; true when the document is whole.
    fn take(&mut self, vm: &mut Vm, token: Token) -> Result<bool, Raised> {
        let innermost = self.open.last().copied();
        let in_dict = innermost.is_some_and(|container| vm.heap.as_dict(container).is_some());
        let is_name = in_dict && self.key.is_unbound();
        let value = match token {
            Token::Null => Value::NONE,
            Token::True => Value::TRUE,
            Token::False => Value::FALSE,
            Token::Text { start, end, escaped } => self.string(vm, (start, end), escaped, is_name)?,
            Token::Number { start, end, float } => self.number(vm, (start, end), float)?,
            Token::List | Token::Dict if is_name => return Err(self.wrong(vm)),
            Token::List => vm.heap.list(&[])?,
            Token::Dict => vm.heap.dict(Dict::new())?,
            Token::Close => {
                let Some(closed) = self.open.pop() else { return Err(self.wrong(vm)) };
                if self.open.is_empty() {
                    self.result = closed;
                }
                // A key without a value goes with its dict.
                self.key = Value::UNBOUND;
                return Ok(self.open.is_empty());
            }
            Token::End | Token::More | Token::Wrong => return Err(self.wrong(vm)),
        };
        let opens = matches!(token, Token::List | Token::Dict);
        if opens {
            self.open.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
        }
        match innermost {
            None if !opens => {
                self.result = value;
                return Ok(true);
            }
            None => {}
            Some(_) if is_name => self.key = value,
            Some(dict) if in_dict => {
                vm.dict_set(dict, self.key, value)?;
                self.key = Value::UNBOUND;
            }
            Some(list) => vm.heap.list_push(list, value)?,
        }
        if opens {
            self.open.push(value);
        }
        Ok(false)
    }
}

/// A number of so few digits that it cannot overflow; `None` for any other.
fn small_number(digits: &[u8]) -> Option<i64> {
    let (negative, digits) = match digits {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut number = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -number } else { number })
}

/// The string for a name: the one that was made last time, where it is still remembered.
fn remembered(vm: &mut Vm, names: &mut Vec<Value>, text: &str) -> Result<Value, Raised> {
    if names.is_empty() {
        names.try_reserve_exact(NAMES).map_err(|_| Raised::OUT_OF_MEMORY)?;
        names.resize(NAMES, Value::NONE);
    }
    let hash = text.bytes().fold(text.len(), |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let place = &mut names[hash % NAMES];
    if vm.heap.as_str(*place) != Some(text) {
        *place = vm.heap.str(text)?;
    }
    Ok(*place)
}

impl NativeFrame for Load {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..STRIDE {
            if self.result.is_unbound() {
                let mut scanner = self.scanner;
                let (text, whole) = self.text(vm);
                let token = scanner.next(text, whole);
                if token != Token::More {
                    self.behind = scanner.at + usize::from(token == Token::Wrong);
                    self.take(vm, token)?;
                    self.scanner = scanner;
                    continue;
                }
                self.scanner = scanner;
            } else {
                let mut scanner = self.scanner;
                let (text, whole) = self.text(vm);
                let at_end = scanner.at_end(text, whole);
                self.scanner = scanner;
                self.behind = scanner.at + 1;
                match at_end {
                    Some(true) => return Ok(Step::Return(self.result)),
                    Some(false) => return Err(self.wrong(vm)),
                    None => {}
                }
            }
            if let Some(step) = self.read(vm, input)? {
                return Ok(step);
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        match &self.text {
            Text::Given(value) => tracer.value(*value),
            Text::Read(_, _, source) => source.trace(tracer),
        }
        tracer.values(&self.open);
        tracer.values(&[self.key, self.result]);
        tracer.values(&self.names);
    }
}

/// `load(stream)`
pub fn load(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    let source = Source::new(vm, stream)?;
    Ok(Outcome::Frame(Box::new(Load::new(Text::Read(Vec::new(), false, source)))))
}

/// `loads(text)`
pub fn loads(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let text = given.at(vm, 0);
    let part = vm.heap.native_part(text);
    if vm.heap.as_buffer(part).is_none() {
        return Err(vm.heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    }
    Ok(Outcome::Frame(Box::new(Load::new(Text::Given(part)))))
}
