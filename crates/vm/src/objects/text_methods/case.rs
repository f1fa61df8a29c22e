//! Stripping, case, centering, and questions about the kind of characters.

use super::{bytes_of, is_single_byte, make, operand, part, receiver};
use crate::heap::{Heap, Raised, Value};
use crate::text::classes::{Class, is_class};
use crate::text::search::{self, Ends};
use alloc::vec::Vec;

/// `strip(characters)`
pub fn strip(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    strip_ends(heap, arguments, Ends::Both)
}

/// `lstrip(characters)`
pub fn lstrip(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    strip_ends(heap, arguments, Ends::Left)
}

/// `rstrip(characters)`
pub fn rstrip(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    strip_ends(heap, arguments, Ends::Right)
}

fn strip_ends(heap: &mut Heap, arguments: &[Value], ends: Ends) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let set = match arguments.get(1) {
        Some(&set) => Some(operand(heap, kind, set)?),
        None => None,
    };
    let range = match heap.as_str(whole) {
        Some(text) => search::strip_str(text, set.and_then(|set| heap.as_str(set)), ends),
        None => search::strip_bytes(bytes_of(heap, whole), set.map(|set| bytes_of(heap, set)), ends),
    };
    part(heap, kind, whole, range)
}

/// `lower()`
pub fn lower(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    change_case(heap, arguments, false)
}

/// `upper()`
pub fn upper(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    change_case(heap, arguments, true)
}

fn change_case(heap: &mut Heap, arguments: &[Value], to_upper: bool) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    match search::change_case(bytes_of(heap, whole), to_upper) {
        Ok(bytes) => make(heap, kind, bytes),
        Err(error) => Err(heap.raise_format(error)),
    }
}

/// `center(width)`
pub fn center(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let width = crate::objects::int::machine_int(heap, arguments[1])?;
    let width = usize::try_from(width).unwrap_or(0);
    let bytes = bytes_of(heap, whole).len();
    let length =
        if is_single_byte(heap, kind, whole) { bytes } else { heap.str_characters(whole).unwrap_or(bytes) };
    let (left, right) = search::center(length, width);
    if left + right == 0 {
        return part(heap, kind, whole, 0..bytes);
    }
    let total = (left + right).saturating_add(bytes);
    if total > heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut centered = Vec::new();
    centered.try_reserve_exact(total).map_err(|_| Raised::OUT_OF_MEMORY)?;
    centered.resize(left, b' ');
    centered.extend_from_slice(bytes_of(heap, whole));
    centered.resize(total, b' ');
    make(heap, kind, centered)
}

/// `isspace()`
pub fn is_space(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    ask(heap, arguments, Class::Space)
}

/// `isalpha()`
pub fn is_alpha(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    ask(heap, arguments, Class::Alpha)
}

/// `isdigit()`
pub fn is_digit(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    ask(heap, arguments, Class::Digit)
}

/// `isupper()`
pub fn is_upper(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    ask(heap, arguments, Class::Upper)
}

/// `islower()`
pub fn is_lower(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    ask(heap, arguments, Class::Lower)
}

fn ask(heap: &mut Heap, arguments: &[Value], class: Class) -> Result<Value, Raised> {
    let (_, whole) = receiver(heap, arguments[0])?;
    Ok(Value::from_bool(is_class(bytes_of(heap, whole), class)))
}
