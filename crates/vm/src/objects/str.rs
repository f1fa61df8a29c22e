//! `str`: text, immutable, in UTF-8.

use super::function::{ANY, Member, TypeDef, constructor, full, keyword, plain};
use super::text_methods as methods;
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::number::int::{WORD_DIGITS, word_digits};
use crate::run::{Arguments, Outcome, Vm};
use alloc::string::String;

/// The strings, joined without a separator.
pub fn join_plain(heap: &mut Heap, parts: &[Value]) -> Result<Value, Raised> {
    let mut length = 0_usize;
    for &part in parts {
        length = length.saturating_add(heap.as_str(part).map_or(0, str::len));
    }
    if length > heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut joined = String::new();
    joined.try_reserve_exact(length).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for &part in parts {
        joined.push_str(heap.as_str(part).unwrap_or(""));
    }
    heap.string(joined)
}

/// `str()`, `str(value)`, `str(bytes, encoding, errors)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    if !arguments.names.is_none() {
        let message = "keyword argument(s) not implemented - use normal args instead";
        return Err(vm.heap.raise(TypeId::NotImplementedError, message));
    }
    let Some(value) = arguments.get(vm, 1) else { return Ok(vm.heap.str("")?.into()) };
    if let Some(encoding) = arguments.get(vm, 2) {
        let errors = arguments.get(vm, 3);
        return Ok(methods::decoded(&mut vm.heap, value, Some(encoding), errors)?.into());
    }
    if vm.heap.as_str(value).is_some() {
        return Ok(value.into());
    }
    if let Some(integer) = value.as_small_int() {
        return Ok(decimal(&mut vm.heap, integer)?.into());
    }
    let text = vm.str(value)?;
    Ok(vm.heap.string(text)?.into())
}

/// `str(integer)`
fn decimal(heap: &mut Heap, integer: i64) -> Result<Value, Raised> {
    let (mut digits, mut text) = ([0; WORD_DIGITS], String::new());
    let digits = word_digits(integer.unsigned_abs(), 10, false, &mut digits);
    if integer >= 0 {
        return heap.str(digits);
    }
    text.try_reserve_exact(digits.len() + 1).map_err(|_| Raised::OUT_OF_MEMORY)?;
    text.push('-');
    text.push_str(digits);
    heap.string(text)
}

/// The methods, in alphabetical order.
const MEMBERS: &[Member] = &[
    plain("center", 2, 2, methods::center),
    plain("count", 2, 4, methods::count),
    plain("encode", 1, 3, methods::encode),
    plain("endswith", 2, 4, methods::ends_with),
    plain("find", 2, 4, methods::find),
    keyword("format", 1, ANY, methods::format),
    plain("index", 2, 4, methods::index),
    plain("isalpha", 1, 1, methods::is_alpha),
    plain("isdigit", 1, 1, methods::is_digit),
    plain("islower", 1, 1, methods::is_lower),
    plain("isspace", 1, 1, methods::is_space),
    plain("isupper", 1, 1, methods::is_upper),
    full("join", 2, 2, methods::join),
    plain("lower", 1, 1, methods::lower),
    plain("lstrip", 1, 2, methods::lstrip),
    plain("partition", 2, 2, methods::partition),
    plain("replace", 3, 4, methods::replace),
    plain("rfind", 2, 4, methods::rfind),
    plain("rindex", 2, 4, methods::rindex),
    plain("rpartition", 2, 2, methods::rpartition),
    plain("rsplit", 1, 3, methods::rsplit),
    plain("rstrip", 1, 2, methods::rstrip),
    plain("split", 1, 3, methods::split),
    keyword("splitlines", 1, ANY, methods::split_lines),
    plain("startswith", 2, 4, methods::starts_with),
    plain("strip", 1, 2, methods::strip),
    plain("upper", 1, 1, methods::upper),
];

/// `str`
pub static TYPE: TypeDef = TypeDef {
    members: MEMBERS,
    construct: constructor("str", 0, 3, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Str, "str")
};
