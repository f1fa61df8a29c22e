//! Splitting into lists of pieces.

use super::{Kind, bytes_of, limit, operand, part, receiver};
use crate::heap::{Heap, Raised, TypeId, Value};
use crate::run::{Arguments, Outcome, Vm};
use crate::text::search;
use alloc::vec::Vec;
use core::ops::Range;

/// `split(separator, most)`
pub fn split(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let most = limit(heap, arguments.get(2))?;
    let separator = match arguments.get(1) {
        Some(&separator) if !separator.is_none() => operand(heap, kind, separator)?,
        _ => {
            let ranges = collect(search::split_whitespace(bytes_of(heap, whole), most))?;
            return list(heap, kind, whole, ranges.into_iter());
        }
    };
    if bytes_of(heap, separator).is_empty() {
        return Err(heap.raise_format(search::empty_separator()));
    }
    let ranges = collect(search::split(bytes_of(heap, whole), bytes_of(heap, separator), most))?;
    list(heap, kind, whole, ranges.into_iter())
}

/// `rsplit(separator, most)`
pub fn rsplit(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let most = limit(heap, arguments.get(2))?;
    let separator = match arguments.get(1) {
        Some(&separator) if !separator.is_none() => separator,
        // Without a limit it does not matter from which side words are found.
        _ if most.is_none() => return split(heap, arguments),
        _ => return Err(heap.raise(TypeId::NotImplementedError, "rsplit(None,n)")),
    };
    let (kind, whole) = receiver(heap, arguments[0])?;
    let separator = operand(heap, kind, separator)?;
    if bytes_of(heap, separator).is_empty() {
        return Err(heap.raise_format(search::empty_separator()));
    }
    let ranges = collect(search::rsplit(bytes_of(heap, whole), bytes_of(heap, separator), most))?;
    list(heap, kind, whole, ranges.into_iter().rev())
}

/// `splitlines(keepends)`
pub fn split_lines(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let this = arguments.at(vm, 0);
    let (kind, whole) = receiver(&mut vm.heap, this)?;
    let [keep_ends] = arguments.bind(vm, 1, ["keepends"])?;
    let keep_ends = match keep_ends {
        Some(value) => vm.truth_nested(value)?,
        None => false,
    };
    let ranges = collect(search::split_lines(bytes_of(&vm.heap, whole), keep_ends))?;
    Ok(list(&mut vm.heap, kind, whole, ranges.into_iter())?.into())
}

/// Where the pieces lie, so that the text is no longer borrowed when they are made.
fn collect(ranges: impl Iterator<Item = Range<usize>>) -> Result<Vec<Range<usize>>, Raised> {
    let mut all = Vec::new();
    for range in ranges {
        all.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
        all.push(range);
    }
    Ok(all)
}

fn list(
    heap: &mut Heap,
    kind: Kind,
    whole: Value,
    ranges: impl ExactSizeIterator<Item = Range<usize>>,
) -> Result<Value, Raised> {
    let mut pieces = Vec::new();
    pieces.try_reserve_exact(ranges.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for range in ranges {
        pieces.push(part(heap, kind, whole, range)?);
    }
    heap.list_uncharged(pieces)
}
