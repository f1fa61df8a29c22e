//! Compiled patterns and matches, as programs have them.

use super::matcher::UNSET;
use super::program::Program;
use super::substitute::text_of;
use crate::arguments;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;

/// A compiled pattern.
pub struct Pattern {
    class: Handle,
    /// What it was compiled to.
    pub program: Rc<Program>,
}

impl NativeObject for Pattern {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Pattern>() + self.program.bytes()
    }
}

/// A program as an object.
pub fn make_pattern(heap: &mut Heap, program: Program) -> Result<Value, Raised> {
    let class = heap.class_for(&PATTERN_TYPE)?;
    arguments::object(heap, Pattern { class, program: Rc::new(program) })
}

/// What was found.
struct Match {
    class: Handle,
    subject: Value,
    /// Begin and end of the whole match and of each group.
    places: Box<[usize]>,
}

impl NativeObject for Match {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.subject);
    }

    fn bytes(&self) -> usize {
        size_of::<Match>() + size_of_val(&self.places[..])
    }
}

/// A match in a subject as an object.
pub fn make_match(heap: &mut Heap, subject: Value, places: &[usize]) -> Result<Value, Raised> {
    let class = heap.class_for(&MATCH_TYPE)?;
    let places = wigwag_vm::heap::try_copy(places)?.into_boxed_slice();
    arguments::object(heap, Match { class, subject, places })
}

/// Part of a subject, as what the subject is.
pub fn part(heap: &mut Heap, subject: Value, begin: usize, end: usize) -> Result<Value, Raised> {
    let bytes = text_of(heap, subject)?.get(begin..end).unwrap_or(&[]);
    let copy = wigwag_vm::heap::try_copy(bytes)?;
    bytes_like(heap, subject, copy)
}

/// Bytes as what the subject is: text or bytes.
pub fn bytes_like(heap: &mut Heap, subject: Value, bytes: Vec<u8>) -> Result<Value, Raised> {
    if heap.as_str(heap.native_part(subject)).is_none() {
        return heap.bytes_from(bytes);
    }
    match alloc::string::String::from_utf8(bytes) {
        Ok(text) => heap.string(text),
        Err(_) => Err(heap.raise_bare(TypeId::UnicodeError)),
    }
}

/// The subject of a match and the place of the group with this number, which is checked.
fn place(heap: &mut Heap, found: Value, number: Option<Value>) -> Result<(Value, [usize; 2]), Raised> {
    let number = number.unwrap_or(Value::tiny_int(0));
    let index = usize::try_from(arguments::integer(heap, number)?).unwrap_or(usize::MAX);
    let place = heap.as_native::<Match>(found).and_then(|found| {
        let start = index.checked_mul(2)?;
        let pair = found.places.get(start..start.checked_add(2)?)?;
        Some((found.subject, [pair[0], pair[1]]))
    });
    match place {
        Some(place) => Ok(place),
        None => Err(heap.raise_with(TypeId::IndexError, number)),
    }
}

fn group(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (subject, [begin, end]) = place(heap, given[0], given.get(1).copied())?;
    if begin == UNSET || end == UNSET {
        return Ok(Value::NONE);
    }
    part(heap, subject, begin, end)
}

fn groups(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let count = heap.as_native::<Match>(given[0]).map_or(0, |found| found.places.len() / 2);
    let mut groups = Vec::new();
    for number in 1..count {
        groups.push(group(heap, &[given[0], Value::tiny_int(number as i32)])?);
    }
    heap.tuple(&groups)
}

/// The place of a group, counted in characters; -1 for one that has matched nothing.
fn characters(heap: &mut Heap, given: &[Value]) -> Result<[Value; 2], Raised> {
    let (subject, places) = place(heap, given[0], given.get(1).copied())?;
    let mut result = [Value::tiny_int(-1); 2];
    for (result, place) in result.iter_mut().zip(places) {
        if places.contains(&UNSET) {
            break;
        }
        let part = heap.native_part(subject);
        let is_wide = heap.as_str(part).is_some_and(|text| heap.str_characters(part) != Some(text.len()));
        let before = text_of(heap, subject)?.get(..place).unwrap_or(&[]);
        let count = match is_wide {
            true => before.iter().filter(|&&byte| byte & 0xC0 != 0x80).count(),
            false => before.len(),
        };
        *result = heap.size(count)?;
    }
    Ok(result)
}

fn write_match(heap: &Heap, found: Value, out: &mut dyn Write) -> core::fmt::Result {
    let count = heap.as_native::<Match>(found).map_or(0, |found| found.places.len() / 2);
    write!(out, "<match num={count}>")
}

fn write_pattern(_: &Heap, pattern: Value, out: &mut dyn Write) -> core::fmt::Result {
    let address = pattern.as_handle().map_or(0, |handle| handle.index() * 32);
    write!(out, "<re {address:x}>")
}

/// What `match` and `search` give.
pub static MATCH_TYPE: TypeDef = TypeDef {
    members: &[
        plain("group", 1, 2, group),
        plain("groups", 1, 1, groups),
        plain("span", 1, 2, |heap, given| {
            let span = characters(heap, given)?;
            heap.tuple(&span)
        }),
        plain("start", 1, 2, |heap, given| Ok(characters(heap, given)?[0])),
        plain("end", 1, 2, |heap, given| Ok(characters(heap, given)?[1])),
    ],
    repr: Some(write_match),
    ..TypeDef::named("match")
};

/// What `compile` gives.
pub static PATTERN_TYPE: TypeDef = TypeDef {
    members: &[
        full("match", 2, 4, super::match_at),
        full("search", 2, 4, super::search),
        full("split", 2, 3, super::split),
        full("sub", 3, 5, super::substitute::substitute),
    ],
    repr: Some(write_pattern),
    ..TypeDef::named("re")
};
