//! Drafts become code objects: names are interned, constants made.

use super::code::{Cache, Code, Site};
use crate::compile::draft::{CodeDraft, Constant, Draft};
use crate::heap::{Heap, Raised, Slot, Symbol, TypeId, Value};
use crate::number::int::Int;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

/// Puts everything of a draft into the heap; gives the main code object. The heap is not collected meanwhile, because
/// nothing here runs Python.
pub fn load(heap: &mut Heap, draft: Draft) -> Result<Value, Raised> {
    let file = heap.intern(&draft.file)?;
    let mut loaded: Vec<Value> = Vec::with_capacity(draft.codes.len());
    for code in draft.codes {
        let value = load_code(heap, file, code, &loaded)?;
        loaded.push(value);
    }
    loaded.get(draft.main).copied().ok_or(Raised::OUT_OF_MEMORY)
}

fn load_code(heap: &mut Heap, file: Symbol, draft: CodeDraft, loaded: &[Value]) -> Result<Value, Raised> {
    let name = heap.intern(&draft.name)?;
    let mut constants = Vec::with_capacity(draft.constants.len());
    for value in &draft.constants {
        constants.push(constant(heap, value, loaded)?);
    }
    let mut sites = Vec::with_capacity(draft.sites.len());
    for site in &draft.sites {
        sites.push(Site { name: heap.intern(site)?, cache: Cell::new(Cache::default()) });
    }
    let mut parameters = Vec::with_capacity(draft.parameters.len());
    for parameter in &draft.parameters {
        parameters.push(heap.intern(parameter)?);
    }
    let flags = draft.flags;
    let simple = !flags.star
        && !flags.double_star
        && !flags.generator
        && draft.keyword_only == 0
        && draft.free_count == 0
        && draft.spilled == 0;
    let code = Code {
        name,
        file,
        words: draft.words.into_boxed_slice(),
        constants: constants.into_boxed_slice(),
        sites: sites.into_boxed_slice(),
        lines: draft.lines.into_boxed_slice(),
        handlers: draft.handlers.into_boxed_slice(),
        handling: draft.handling.into_boxed_slice(),
        parameters: parameters.into_boxed_slice(),
        registers: draft.registers,
        spilled: draft.spilled,
        positional: draft.positional,
        positional_only: draft.positional_only,
        keyword_only: draft.keyword_only,
        free_first: draft.free_first,
        free_count: draft.free_count,
        flags,
        simple,
        bound: Cell::new(None),
        handle: Cell::new(None),
    };
    finish(heap, code)
}

fn constant(heap: &mut Heap, constant_draft: &Constant, loaded: &[Value]) -> Result<Value, Raised> {
    match constant_draft {
        Constant::None => Ok(Value::NONE),
        Constant::True => Ok(Value::TRUE),
        Constant::False => Ok(Value::FALSE),
        Constant::Ellipsis => Ok(Value::ELLIPSIS),
        Constant::Int(integer) => heap.int(*integer),
        Constant::BigInt(digits, radix) => {
            match Int::parse(digits.as_bytes(), i64::from(*radix), heap.bounds()) {
                Ok(integer) => heap.integer(integer),
                Err(_) => Err(heap.raise(TypeId::SyntaxError, "invalid syntax")),
            }
        }
        Constant::Float(float) => heap.float(*float),
        Constant::Imaginary(imaginary) => heap.complex(0.0, *imaginary),
        Constant::Str(text) => constant_str(heap, text),
        Constant::Bytes(bytes) => heap.bytes(bytes),
        Constant::Tuple(items) => {
            let items: Result<Vec<Value>, Raised> =
                items.iter().map(|item| constant(heap, item, loaded)).collect();
            heap.tuple(&items?)
        }
        Constant::Code(number) => Ok(loaded.get(*number).copied().unwrap_or(Value::NONE)),
    }
}

/// Short strings in the source are likely names and keys: interned, they compare by their word. Names must be: those of
/// keyword arguments are among the constants.
fn constant_str(heap: &mut Heap, text: &str) -> Result<Value, Raised> {
    let is_name = |text: &str| {
        text.len() <= crate::heap::LONGEST_SYMBOL
            && text.chars().all(|character| character == '_' || character.is_alphanumeric())
    };
    if text.len() <= 20 || is_name(text) {
        Ok(Value::from_symbol(heap.intern(text)?))
    } else {
        heap.str(text)
    }
}

/// A copy of a code object, and of those among its constants, with empty caches.
pub fn copy(heap: &mut Heap, code: Value) -> Result<Value, Raised> {
    // Inner ones come first in `order`, reversed; code cannot contain itself.
    let mut order = alloc::vec![code];
    let mut next = 0;
    while let Some(&code) = order.get(next) {
        next += 1;
        if let Some(Slot::Code(object)) = heap.slot_of(code) {
            let inner = object.constants.iter().copied();
            order.extend(inner.filter(|&value| matches!(heap.slot_of(value), Some(Slot::Code(_)))));
        }
    }
    let mut copies: Vec<(Value, Value)> = Vec::with_capacity(order.len());
    for &code in order.iter().rev() {
        if !copies.iter().any(|&(original, _)| original == code) {
            let copy = copy_one(heap, code, &copies)?;
            copies.push((code, copy));
        }
    }
    Ok(copies.last().map_or(code, |&(_, copy)| copy))
}

fn copy_one(heap: &mut Heap, code: Value, copies: &[(Value, Value)]) -> Result<Value, Raised> {
    let Some(Slot::Code(object)) = heap.slot_of(code) else { return Ok(code) };
    let object = object.clone();
    let constants = object.constants.iter().map(|&value| {
        copies.iter().find(|&&(original, _)| original == value).map_or(value, |&(_, copy)| copy)
    });
    let copy = Code {
        constants: constants.collect(),
        sites: object
            .sites
            .iter()
            .map(|site| Site { name: site.name, cache: Cell::new(Cache::default()) })
            .collect(),
        words: object.words.clone(),
        lines: object.lines.clone(),
        handlers: object.handlers.clone(),
        handling: object.handling.clone(),
        parameters: object.parameters.clone(),
        bound: Cell::new(None),
        handle: Cell::new(None),
        ..*object
    };
    finish(heap, copy)
}

fn finish(heap: &mut Heap, code: Code) -> Result<Value, Raised> {
    heap.budget.charge(code.bytes())?;
    let code = Rc::new(code);
    let handle = heap.allocate(Slot::Code(code.clone()))?;
    code.handle.set(Some(handle));
    Ok(handle.value())
}
