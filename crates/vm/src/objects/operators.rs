//! Operators on built-in values: what needs no Python. `None` means that these two types know nothing of it; then the
//! interpreter asks their special methods.

use crate::heap::{Heap, Raised, Slot, TypeId, Value};
use crate::number::float;
use crate::number::int::{Bounds, Int};
use crate::number::{Complex, NumberError, Power};
use crate::syntax::tree::BinaryOp;
use alloc::vec::Vec;

impl Heap {
    /// A number's error as an exception.
    #[cold]
    pub fn raise_number(&mut self, error: NumberError) -> Raised {
        match error {
            NumberError::ZeroDivision(text) => self.raise(TypeId::ZeroDivisionError, &text),
            NumberError::Overflow(text) => self.raise(TypeId::OverflowError, &text),
            NumberError::Value(text) => self.raise(TypeId::ValueError, &text),
            NumberError::Type(text) => self.raise(TypeId::TypeError, &text),
            NumberError::Memory => Raised::OUT_OF_MEMORY,
            NumberError::Interrupted => self.raise_interrupt(),
        }
    }

    /// The `KeyboardInterrupt` for which a long operation was given up.
    #[cold]
    pub fn raise_interrupt(&mut self) -> Raised {
        self.take_interrupt();
        self.raise_bare(TypeId::KeyboardInterrupt)
    }

    /// What operations on integers may cost: as many bits as the budget could hold at all, and until Ctrl-C.
    pub fn bounds(&self) -> Bounds<'_> {
        let max_bits = (self.budget.limit() as u64).saturating_mul(8);
        Bounds { max_bits, interrupt: Some(&self.interrupt) }
    }

    /// How long a text may get: as long as the budget has room for.
    pub fn max_length(&self) -> usize {
        self.budget.limit()
    }
}

/// `a op b` for built-in values.
pub fn binary(heap: &mut Heap, op: BinaryOp, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    if let (Some(x), Some(y)) = (a.as_bool(), b.as_bool())
        && let Some(result) = bool_binary(op, x, y)
    {
        return Ok(Some(Value::from_bool(result)));
    }
    if let (Some(x), Some(y)) = (heap.as_int(a), heap.as_int(b)) {
        return int_binary(heap, op, x, y).map(Some);
    }
    if let Some(result) = large_binary(heap, op, a, b) {
        return result.map(Some);
    }
    if let Some((x, y)) = complex_operands(heap, a, b) {
        return complex_binary(heap, op, x, y);
    }
    let a_float = heap.as_float(a);
    let b_float = heap.as_float(b);
    if a_float.is_some() || b_float.is_some() {
        let x = a_float.or_else(|| heap.as_number(a));
        let y = b_float.or_else(|| heap.as_number(b));
        if let (Some(x), Some(y)) = (x, y) {
            return float_binary(heap, op, x, y);
        }
    }
    match op {
        BinaryOp::Add => concatenate(heap, a, b),
        BinaryOp::Multiply => match (heap.as_integer(a), heap.as_integer(b)) {
            (None, Some(count)) => repeat(heap, a, &count),
            (Some(count), None) => repeat(heap, b, &count),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Integers of which one at least is beyond 64 bits.
fn large_binary(heap: &mut Heap, op: BinaryOp, a: Value, b: Value) -> Option<Result<Value, Raised>> {
    let is_large = |value| matches!(heap.slot_of(value), Some(Slot::BigInt(_)));
    if !is_large(a) && !is_large(b) {
        return None;
    }
    let (mut x, mut y) = (Int::ZERO, Int::ZERO);
    let (x, y) = (heap.integer_ref(a, &mut x)?, heap.integer_ref(b, &mut y)?);
    let result = match op {
        BinaryOp::Add => x.add(y),
        BinaryOp::Subtract => x.sub(y),
        _ => match big_binary(heap, op, x, y) {
            Ok(Power::Int(integer)) => integer,
            other => return Some(power_value(heap, other)),
        },
    };
    Some(heap.integer(result))
}

/// The operators that stay among truth values.
fn bool_binary(op: BinaryOp, x: bool, y: bool) -> Option<bool> {
    match op {
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        BinaryOp::And => Some(x & y),
        _ => None,
    }
}

fn int_binary(heap: &mut Heap, op: BinaryOp, x: i64, y: i64) -> Result<Value, Raised> {
    let fast = match op {
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        BinaryOp::And => Some(x & y),
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Subtract => x.checked_sub(y),
        BinaryOp::Multiply => x.checked_mul(y),
        BinaryOp::FloorDivide if y > 0 => Some(x.div_euclid(y)),
        BinaryOp::Modulo if y > 0 => Some(x.rem_euclid(y)),
        BinaryOp::RightShift if (0..64).contains(&y) => Some(x >> y),
        BinaryOp::LeftShift if (0..63).contains(&y) && (x << y) >> y == x => Some(x << y),
        BinaryOp::TrueDivide if y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 => {
            return heap.float(x as f64 / y as f64);
        }
        _ => None,
    };
    match fast {
        Some(result) => heap.int(result),
        None => {
            let result = big_binary(heap, op, &Int::Small(x), &Int::Small(y));
            power_value(heap, result)
        }
    }
}

fn big_binary(heap: &Heap, op: BinaryOp, x: &Int, y: &Int) -> Result<Power, NumberError> {
    let bounds = heap.bounds();
    Ok(Power::Int(match op {
        BinaryOp::Or => x.or(y),
        BinaryOp::Xor => x.xor(y),
        BinaryOp::And => x.and(y),
        BinaryOp::LeftShift => x.shl(y, bounds.max_bits)?,
        BinaryOp::RightShift => x.shr(y)?,
        BinaryOp::Add => x.add(y),
        BinaryOp::Subtract => x.sub(y),
        BinaryOp::Multiply => x.mul(y, bounds)?,
        BinaryOp::FloorDivide => x.floor_div(y, bounds)?,
        BinaryOp::Modulo => x.modulo(y, bounds)?,
        BinaryOp::TrueDivide => return x.true_div(y).map(Power::Float),
        BinaryOp::Power => return x.pow(y, bounds),
        BinaryOp::MatrixMultiply => {
            return Err(NumberError::Type("unsupported types for __matmul__: 'int', 'int'".into()));
        }
    }))
}

fn power_value(heap: &mut Heap, power: Result<Power, NumberError>) -> Result<Value, Raised> {
    match power {
        Ok(Power::Int(integer)) => heap.integer(integer),
        Ok(Power::Float(float)) => heap.float(float),
        Ok(Power::Complex(number)) => heap.complex(number.real, number.imaginary),
        Err(error) => Err(heap.raise_number(error)),
    }
}

fn float_binary(heap: &mut Heap, op: BinaryOp, x: f64, y: f64) -> Result<Option<Value>, Raised> {
    let result = match op {
        BinaryOp::Add => Ok(x + y),
        BinaryOp::Subtract => Ok(x - y),
        BinaryOp::Multiply => Ok(x * y),
        BinaryOp::TrueDivide => float::divide(x, y),
        BinaryOp::FloorDivide => float::floor_div(x, y),
        BinaryOp::Modulo => float::modulo(x, y),
        BinaryOp::Power => return power_value(heap, float::pow(x, y)).map(Some),
        _ => return Ok(None),
    };
    match result {
        Ok(float) => heap.float(float).map(Some),
        Err(error) => Err(heap.raise_number(error)),
    }
}

/// The same where a side is a number that has a slot, complex or beyond 64 bits: `None` for anything else, and where it
/// fails: [`binary`] says why then.
#[inline(never)]
pub fn of_numbers_in_slots(heap: &mut Heap, op: BinaryOp, a: Value, b: Value) -> Option<Value> {
    if let Some(result) = large_binary(heap, op, a, b) {
        return result.ok();
    }
    let (x, y) = complex_operands(heap, a, b)?;
    complex_binary(heap, op, x, y).ok()?
}

/// Two numbers of which one at least is complex.
fn complex_operands(heap: &Heap, a: Value, b: Value) -> Option<(Complex, Complex)> {
    if !is_complex(heap, a) && !is_complex(heap, b) {
        return None;
    }
    Some((complex_of(heap, a)?, complex_of(heap, b)?))
}

fn is_complex(heap: &Heap, value: Value) -> bool {
    matches!(heap.slot_of(value), Some(Slot::Complex(..)))
}

/// A value as a complex number, if it is a number at all.
pub fn complex_of(heap: &Heap, value: Value) -> Option<Complex> {
    match heap.slot_of(value) {
        Some(&Slot::Complex(re, im)) => Some(Complex { real: re, imaginary: im }),
        _ => heap.as_number(value).map(|re| Complex { real: re, imaginary: 0.0 }),
    }
}

fn complex_binary(heap: &mut Heap, op: BinaryOp, x: Complex, y: Complex) -> Result<Option<Value>, Raised> {
    let result = match op {
        BinaryOp::Add => Ok(x + y),
        BinaryOp::Subtract => Ok(x - y),
        BinaryOp::Multiply => Ok(x * y),
        BinaryOp::TrueDivide => x.divide(y),
        BinaryOp::FloorDivide => x.floor_div(y),
        BinaryOp::Power => x.pow(y),
        _ => return Ok(None),
    };
    match result {
        Ok(number) => heap.complex(number.real, number.imaginary).map(Some),
        Err(error) => Err(heap.raise_number(error)),
    }
}

/// `a + b` for sequences.
fn concatenate(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    if let (Some(x), Some(y)) = (heap.as_str(a), heap.as_str(b)) {
        if x.is_empty() {
            return Ok(Some(b));
        }
        if y.is_empty() {
            return Ok(Some(a));
        }
        let mut joined = alloc::string::String::new();
        joined.try_reserve_exact(x.len() + y.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        joined.push_str(x);
        joined.push_str(y);
        return heap.string(joined).map(Some);
    }
    if heap.as_sequence(a).is_some() {
        return super::sequence::concatenate(heap, a, b);
    }
    let is_bytearray = matches!(heap.slot_of(a), Some(Slot::ByteArray(_)));
    if !is_bytearray && !matches!(heap.slot_of(a), Some(Slot::Bytes(_))) {
        return Ok(None);
    }
    let Some(y) = heap.as_buffer(b) else { return Ok(None) };
    let x = heap.as_bytes(a).unwrap_or(&[]);
    if !is_bytearray && y.is_empty() {
        return Ok(Some(a));
    }
    if x.is_empty() && matches!(heap.slot_of(b), Some(Slot::Bytes(_))) && !is_bytearray {
        return Ok(Some(b));
    }
    let mut joined = Vec::new();
    joined.try_reserve_exact(x.len() + y.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    joined.extend_from_slice(x);
    joined.extend_from_slice(y);
    if is_bytearray { heap.bytearray(joined) } else { heap.bytes_from(joined) }.map(Some)
}

/// Whether `value * count` is the value so many times.
fn is_repeatable(heap: &Heap, value: Value) -> bool {
    heap.as_str(value).is_some()
        || heap.as_sequence(value).is_some()
        || matches!(heap.slot_of(value), Some(Slot::Bytes(_) | Slot::ByteArray(_)))
}

/// `a * count` for sequences.
fn repeat(heap: &mut Heap, a: Value, count: &Int) -> Result<Option<Value>, Raised> {
    if !is_repeatable(heap, a) {
        return Ok(None);
    }
    let Some(count) = count.to_i64() else { return Err(heap.raise_number(NumberError::MACHINE_WORD)) };
    let count = usize::try_from(count).unwrap_or(0);
    let room = heap.budget.limit();
    let fits = |length: usize, size: usize| -> Result<(), Raised> {
        match length.checked_mul(size).and_then(|bytes| bytes.checked_mul(count)) {
            Some(bytes) if bytes <= room => Ok(()),
            _ => Err(Raised::OUT_OF_MEMORY),
        }
    };
    if let Some(text) = heap.as_str(a) {
        fits(text.len(), 1)?;
        let mut repeated = alloc::string::String::new();
        repeated.try_reserve_exact(text.len() * count).map_err(|_| Raised::OUT_OF_MEMORY)?;
        (0..count).for_each(|_| repeated.push_str(text));
        return heap.string(repeated).map(Some);
    }
    if heap.as_sequence(a).is_some() {
        return super::sequence::repeat(heap, a, count);
    }
    match heap.slot_of(a) {
        Some(Slot::Bytes(bytes)) => {
            fits(bytes.len(), 1)?;
            let repeated = bytes.repeat(count);
            heap.bytes_from(repeated).map(Some)
        }
        Some(Slot::ByteArray(bytes)) => {
            fits(bytes.len(), 1)?;
            let repeated = bytes.repeat(count);
            heap.bytearray(repeated).map(Some)
        }
        _ => Ok(None),
    }
}

/// `-a`, `+a`, `~a` for numbers.
pub fn unary(heap: &mut Heap, op: crate::syntax::tree::UnaryOp, a: Value) -> Result<Option<Value>, Raised> {
    use crate::syntax::tree::UnaryOp;
    if let Some(integer) = heap.as_integer(a) {
        let result = match op {
            UnaryOp::Negate => integer.neg(),
            UnaryOp::Positive => integer,
            UnaryOp::Invert => integer.invert(),
            UnaryOp::Not => return Ok(None),
        };
        return heap.integer(result).map(Some);
    }
    if let Some(float) = heap.as_float(a) {
        return match op {
            UnaryOp::Negate => heap.float(-float).map(Some),
            UnaryOp::Positive => Ok(Some(a)),
            _ => Ok(None),
        };
    }
    if let Some(&Slot::Complex(re, im)) = heap.slot_of(a) {
        return match op {
            UnaryOp::Negate => heap.complex(-re, -im).map(Some),
            UnaryOp::Positive => Ok(Some(a)),
            _ => Ok(None),
        };
    }
    Ok(None)
}
