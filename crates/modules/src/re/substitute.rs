//! `sub`: a frame, because what replaces a match may be a function.

use super::matcher::{Scratch, UNSET};
use super::objects::{bytes_like, make_match};
use super::program::Program;
use super::{find, program_of};
use crate::arguments;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_vm::builtins::reflection::callable;
use wigwag_vm::heap::{Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

/// Matches replaced in one step.
const STRIDE: usize = 500;

/// The bytes of a string or bytes object.
pub fn text_of(heap: &mut Heap, value: Value) -> Result<&[u8], Raised> {
    let part = heap.native_part(value);
    if heap.as_str(part).is_none() && !matches!(heap.slot_of(part), Some(Slot::Bytes(_))) {
        // Says what it is not.
        arguments::text(heap, value)?;
    }
    Ok(heap.as_buffer(part).unwrap_or(&[]))
}

struct Substitute {
    program: Rc<Program>,
    subject: Value,
    replacement: Value,
    is_called: bool,
    /// How many matches may still be replaced; none is any number.
    left: Option<i64>,
    /// Where the part of the subject begins that is not in `out` yet.
    at: usize,
    out: Vec<u8>,
    has_changed: bool,
    /// Whether the function has been asked about the match at hand.
    asked: bool,
    scratch: Scratch,
}

/// `sub(pattern, replacement, subject, count=0, flags=0)`, and the method of a pattern
pub fn substitute(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [pattern, replacement, subject] = [0, 1, 2].map(|number| given.at(vm, number));
    let program = program_of(vm, pattern)?;
    let count = match given.get(vm, 3) {
        Some(count) => arguments::integer(&mut vm.heap, count)?,
        None => 0,
    };
    text_of(&mut vm.heap, subject)?;
    let part = vm.heap.native_part(replacement);
    let is_called =
        vm.heap.as_buffer(part).is_none() && callable(&mut vm.heap, &[replacement])? == Value::TRUE;
    Ok(Outcome::Frame(Box::new(Substitute {
        program,
        subject,
        replacement,
        is_called,
        left: (count > 0).then_some(count),
        at: 0,
        out: Vec::new(),
        has_changed: false,
        asked: false,
        scratch: Scratch::default(),
    })))
}

impl Substitute {
    /// Puts what lies before the match and what replaces it into `out`, and goes on behind the match.
    fn replace(&mut self, vm: &mut Vm, replacement: Value) -> Result<(), Raised> {
        let replacement = try_copy(text_of(&mut vm.heap, replacement)?)?;
        let places = &self.scratch.registers[..2 * (usize::from(self.program.groups) + 1)];
        let subject = text_of(&mut vm.heap, self.subject)?;
        let length = self.out.len();
        let result = push(&mut self.out, subject.get(self.at..places[0]).unwrap_or(&[]))
            .and_then(|()| expand(&replacement, subject, places, &mut self.out));
        let most = vm.heap.max_length();
        match result {
            Ok(()) if self.out.len() <= most => {}
            Ok(()) | Err(Bad::Memory) => {
                self.out.truncate(length);
                return Err(Raised::OUT_OF_MEMORY);
            }
            Err(Bad::Group(number)) => {
                let number = vm.heap.size(number)?;
                return Err(vm.heap.raise_with(TypeId::IndexError, number));
            }
        }
        self.at = places[1];
        self.has_changed = true;
        self.left = self.left.map(|left| left - 1);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        if !self.has_changed {
            return Ok(Step::Return(self.subject));
        }
        let rest = text_of(&mut vm.heap, self.subject)?.get(self.at..).unwrap_or(&[]);
        let mut whole = Vec::new();
        whole.try_reserve_exact(self.out.len() + rest.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        whole.extend_from_slice(&self.out);
        whole.extend_from_slice(rest);
        Ok(Step::Return(bytes_like(&mut vm.heap, self.subject, whole)?))
    }
}

enum Bad {
    Memory,
    Group(usize),
}

fn push(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Bad> {
    out.try_reserve(bytes.len()).map_err(|_| Bad::Memory)?;
    out.extend_from_slice(bytes);
    Ok(())
}

/// Writes a replacement: `\1` and `\g<1>` stand for groups, `\\` for a backslash; any other backslash is dropped.
fn expand(replacement: &[u8], subject: &[u8], places: &[usize], out: &mut Vec<u8>) -> Result<(), Bad> {
    let mut rest = replacement;
    while let Some(length) = rest.iter().position(|&byte| byte == b'\\') {
        push(out, &rest[..length])?;
        rest = &rest[length + 1..];
        let bracketed = rest.strip_prefix(b"g<");
        rest = bracketed.unwrap_or(rest);
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            if let Some(tail) = rest.strip_prefix(b"\\") {
                push(out, b"\\")?;
                rest = tail;
            }
            continue;
        }
        let add =
            |number: usize, &digit: &u8| number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        let number = rest[..digits].iter().fold(0, add);
        rest = &rest[digits..];
        if bracketed.is_some() {
            rest = rest.strip_prefix(b">").unwrap_or(rest);
        }
        match number.checked_mul(2).and_then(|start| places.get(start..start + 2)) {
            None => return Err(Bad::Group(number)),
            Some(&[begin, end]) if begin != UNSET && end != UNSET => {
                push(out, subject.get(begin..end).unwrap_or(&[]))?;
            }
            Some(_) => {}
        }
    }
    push(out, rest)
}

impl NativeFrame for Substitute {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(answer)) = (self.asked, input) {
            self.replace(vm, answer)?;
            self.asked = false;
        }
        for _ in 0..STRIDE {
            let program = self.program.clone();
            let is_over = self.left == Some(0)
                || !find(vm, &program, self.subject, (self.at, usize::MAX), false, &mut self.scratch)?;
            // Upstream stops at an empty match.
            if is_over || self.scratch.registers.first() == self.scratch.registers.get(1) {
                return self.finish(vm);
            }
            if self.is_called {
                let count = 2 * (usize::from(program.groups) + 1);
                let found = make_match(&mut vm.heap, self.subject, &self.scratch.registers[..count])?;
                self.asked = true;
                return Ok(Step::Call(self.replacement, FewArguments::new(&[found])));
            }
            let replacement = self.replacement;
            self.replace(vm, replacement)?;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.subject, self.replacement]);
    }
}
