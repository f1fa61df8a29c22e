//! `range`: start, stop and step as machine integers, as upstream has them.

use super::function::{TypeDef, getter, plain_constructor};
use super::slice::Span;
use crate::heap::{Heap, Raised, Slot, TypeId, Value};

/// How many items a range has.
pub fn length([start, stop, step]: [i64; 3]) -> usize {
    let span =
        if step > 0 { i128::from(stop) - i128::from(start) } else { i128::from(start) - i128::from(stop) };
    if span <= 0 {
        return 0;
    }
    let step = i128::from(step).abs();
    usize::try_from((span + step - 1) / step).unwrap_or(usize::MAX)
}

/// The item at a position that is within the range.
pub fn item([start, _, step]: [i64; 3], position: usize) -> i64 {
    start.wrapping_add(step.wrapping_mul(position as i64))
}

/// Whether an integer is in a range.
pub fn contains(range: [i64; 3], integer: i64) -> bool {
    let [start, stop, step] = range;
    let inside =
        if step > 0 { start <= integer && integer < stop } else { stop < integer && integer <= start };
    inside && (i128::from(integer) - i128::from(start)) % i128::from(step) == 0
}

/// Whether two ranges give the same items.
pub fn equal(x: [i64; 3], y: [i64; 3]) -> bool {
    identity(x) == identity(y)
}

/// What ranges with the same items have in common: how many there are, the first, and the step, as far as there are
/// such. Their hash comes from it.
pub fn identity(range: [i64; 3]) -> [i64; 3] {
    let [start, _, step] = range;
    match length(range) {
        0 => [0, 0, 0],
        1 => [1, start, 0],
        count => [i64::try_from(count).unwrap_or(i64::MAX), start, step],
    }
}

/// A part of a range, by the positions where it begins and ends, the distance between them, and how many there are.
/// `None` where a step is needed that is no machine integer.
///
/// The end of a part may lie beyond the machine integers, and so may a step that nobody takes: the last integer stands
/// for them. A step is never zero.
pub fn slice([first, _, each]: [i64; 3], span: Span) -> Option<[i64; 3]> {
    let nearest = |integer: i128| integer.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    let at = |position: i64| nearest(i128::from(first) + i128::from(each) * i128::from(position));
    let step = i128::from(each) * i128::from(span.step);
    if span.count > 1 && i64::try_from(step).is_err() {
        return None;
    }
    Some([at(span.start), at(span.stop), nearest(step)])
}

fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let mut parts = [0_i64; 3];
    for (place, &argument) in parts.iter_mut().zip(&arguments[1..]) {
        *place = super::int::machine_int(heap, argument)?;
    }
    let range = match arguments.len() {
        2 => [0, parts[0], 1],
        3 => [parts[0], parts[1], 1],
        _ => parts,
    };
    if range[2] == 0 {
        return Err(heap.raise(TypeId::ValueError, "zero step"));
    }
    Ok(heap.allocate(Slot::Range(range))?.value())
}

fn part(heap: &mut Heap, value: Value, number: usize) -> Result<Value, Raised> {
    match heap.slot_of(value) {
        Some(Slot::Range(range)) => {
            let integer = range[number];
            heap.int(integer)
        }
        _ => Ok(Value::NONE),
    }
}

/// `range`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        getter("start", |heap, value| part(heap, value, 0)),
        getter("stop", |heap, value| part(heap, value, 1)),
        getter("step", |heap, value| part(heap, value, 2)),
    ],
    construct: plain_constructor("range", 1, 3, construct),
    ..TypeDef::builtin(TypeId::Range, "range")
};
