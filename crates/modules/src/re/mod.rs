//! `re`: follows upstream's `re` page, with the same syntax, the same bounds and the same peculiarities: `split` and `sub`
//! stop at an empty match, flags are not looked at, `\n` in a pattern is the letter.
//!
//! [`compile`] makes a [program] of a pattern, and the [matcher] runs it, in linear memory and, however the
//! pattern is made, in bounded time.
//!
//! What differs: in text, `.` and sets stand for whole characters, and the places given to `match` and `search` count
//! characters; there is no recursion, so no text is too long. A loop that matches nothing is a `RuntimeError`, as in
//! upstream.

mod compile;
mod matcher;
mod objects;
mod program;
mod substitute;

use crate::arguments;
use alloc::rc::Rc;
use alloc::vec::Vec;
use compile::PatternError;
use matcher::{Matcher, Scratch, Stop};
use objects::Pattern;
use program::Program;
use substitute::text_of;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `re`
pub static MODULE: ModuleDef = ModuleDef {
    name: "re",
    members: &[
        full("compile", 1, 2, |vm, given| {
            let pattern = given.at(vm, 0);
            let program = compiled(&mut vm.heap, pattern)?;
            Ok(objects::make_pattern(&mut vm.heap, program)?.into())
        }),
        full("match", 2, 4, match_at),
        full("search", 2, 4, search),
        full("sub", 3, 5, substitute::substitute),
    ],
};

/// The program of a pattern that is a string or bytes.
fn compiled(heap: &mut Heap, pattern: Value) -> Result<Program, Raised> {
    let is_text = heap.as_str(heap.native_part(pattern)).is_some();
    let bytes = text_of(heap, pattern)?;
    let mut units = Vec::new();
    units.try_reserve_exact(bytes.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    match core::str::from_utf8(bytes) {
        Ok(text) if is_text => units.extend(text.chars().map(u32::from)),
        _ => units.extend(bytes.iter().copied().map(u32::from)),
    }
    compile::compile(&units, is_text).map_err(|error| match error {
        PatternError::Memory => Raised::OUT_OF_MEMORY,
        PatternError::Unbalanced => heap.raise(TypeId::ValueError, "error in regex"),
        PatternError::TooComplex => heap.raise(TypeId::ValueError, "regex too complex"),
    })
}

/// The program of a pattern, compiled now unless it is.
fn program_of(vm: &mut Vm, pattern: Value) -> Result<Rc<Program>, Raised> {
    match vm.heap.as_native::<Pattern>(pattern) {
        Some(pattern) => Ok(pattern.program.clone()),
        None => Ok(Rc::new(compiled(&mut vm.heap, pattern)?)),
    }
}

/// Searches a subject between two places (the second may be beyond its end); the places of the match are in the scratch.
fn find(
    vm: &mut Vm,
    program: &Program,
    subject: Value,
    (from, to): (usize, usize),
    anchored: bool,
    scratch: &mut Scratch,
) -> Result<bool, Raised> {
    let part = vm.heap.native_part(subject);
    let is_text = vm.heap.as_str(part).is_some();
    text_of(&mut vm.heap, subject)?;
    let text = vm.heap.as_buffer(part).unwrap_or(&[]);
    let text = &text[..to.min(text.len())];
    let before = scratch.steps;
    let most_bytes = vm.heap.free_bytes();
    let mut matcher =
        Matcher { program, text, is_text, most_bytes, interrupt: &vm.heap.interrupt, scratch: &mut *scratch };
    let found = matcher.search(from.min(text.len()), anchored);
    vm.heap.worked(scratch.steps.saturating_sub(before));
    found.map_err(|stop| match stop {
        Stop::Memory => Raised::OUT_OF_MEMORY,
        Stop::Interrupted => vm.heap.raise_interrupt(),
        Stop::Endless => vm.too_deep(),
    })
}

/// A place in a subject that is given in characters, as one in bytes.
fn byte_place(vm: &mut Vm, subject: Value, place: Value) -> Result<usize, Raised> {
    let place = usize::try_from(arguments::integer(&mut vm.heap, place)?).unwrap_or(0);
    let part = vm.heap.native_part(subject);
    Ok(match vm.heap.as_str(part) {
        Some(text) if vm.heap.str_characters(part) != Some(text.len()) => {
            text.char_indices().nth(place).map_or(text.len(), |(place, _)| place)
        }
        _ => place,
    })
}

fn execute(vm: &mut Vm, given: Arguments, anchored: bool) -> Result<Outcome, Raised> {
    let (pattern, subject) = (given.at(vm, 0), given.at(vm, 1));
    let program = program_of(vm, pattern)?;
    text_of(&mut vm.heap, subject)?;
    let (mut from, mut to) = (0, usize::MAX);
    // Upstream looks at the places only where the pattern is compiled.
    if vm.heap.as_native::<Pattern>(pattern).is_some() {
        if let Some(place) = given.get(vm, 2) {
            from = byte_place(vm, subject, place)?;
        }
        if let Some(place) = given.get(vm, 3) {
            to = byte_place(vm, subject, place)?.max(from);
        }
    }
    let mut scratch = Scratch::default();
    if !find(vm, &program, subject, (from, to), anchored, &mut scratch)? {
        return Ok(Value::NONE.into());
    }
    let places = &scratch.registers[..2 * (usize::from(program.groups) + 1)];
    Ok(objects::make_match(&mut vm.heap, subject, places)?.into())
}

/// `match(pattern, subject)`, and the method of a pattern with the places `pos` and `endpos`
fn match_at(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    execute(vm, given, true)
}

/// `search`, likewise
fn search(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    execute(vm, given, false)
}

/// `split(subject, max_split=-1)` of a pattern
fn split(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (pattern, subject) = (given.at(vm, 0), given.at(vm, 1));
    let program = program_of(vm, pattern)?;
    let mut left = match given.get(vm, 2) {
        Some(most) => arguments::integer(&mut vm.heap, most)?,
        None => 0,
    };
    let length = text_of(&mut vm.heap, subject)?.len();
    let parts = vm.heap.list(&[])?;
    let mut scratch = Scratch::default();
    let mut at = 0;
    while find(vm, &program, subject, (at, usize::MAX), false, &mut scratch)? {
        let &[begin, end, ..] = &scratch.registers[..] else { break };
        if begin == end {
            break;
        }
        if program.groups > 0 {
            return Err(vm.heap.raise(TypeId::NotImplementedError, "splitting with sub-captures"));
        }
        let part = objects::part(&mut vm.heap, subject, at, begin)?;
        vm.heap.list_push(parts, part)?;
        at = end;
        left -= 1;
        if left == 0 {
            break;
        }
    }
    let rest = objects::part(&mut vm.heap, subject, at, length)?;
    vm.heap.list_push(parts, rest)?;
    Ok(parts.into())
}
