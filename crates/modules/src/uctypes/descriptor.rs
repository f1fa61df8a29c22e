//! Descriptors: what the numbers, tuples and dicts mean that a structure is described by, and how much room they take.
//!
//! A scalar is a number with its type in the upper 4 bits of 31 and its offset in the rest (for bit fields also position
//! and length); an aggregate is a tuple whose first number has its kind in the upper 2 bits. The encoding is upstream's,
//! because programs compute with it.

use crate::binary::{Kind, Layout};
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};

/// Bits of a scalar's type.
const TYPE_BITS: u32 = 4;
/// Bits of an aggregate's kind.
const KIND_BITS: u32 = 2;
/// Bits of a bit field's offset; its position and then its length lie above.
pub const OFFSET_BITS: u32 = 17;
/// Bits of a bit field's position.
const POSITION_BITS: u32 = 5;
/// Where a bit field's length begins.
pub const LENGTH_SHIFT: u32 = OFFSET_BITS + POSITION_BITS;

/// The types of scalars, in upstream's numbering: from 0 to 7 integers of growing size, those without a sign first,
/// from 8 to 13 bit fields, 14 and 15 floats.
pub const UINT8: i64 = 0;
/// `UINT32`; the one with a sign follows.
pub const UINT32: i64 = 4;
/// `UINT64`
pub const UINT64: i64 = 6;
/// `BFUINT8`
pub const BIT_FIELDS: i64 = 8;
/// `FLOAT32`
pub const FLOAT32: i64 = 14;

/// The constant of a scalar's type.
pub const fn scalar(number: i64) -> i64 {
    tagged(number, TYPE_BITS)
}

/// The constant of an aggregate's kind.
pub const fn aggregate(kind: AggregateKind) -> i64 {
    tagged(kind as i64, KIND_BITS)
}

/// A tag in the upper bits of 31, with a sign.
const fn tagged(number: i64, bits: u32) -> i64 {
    (((number as u32) << (32 - bits)) as i32 >> 1) as i64
}

const fn tag(number: i64, bits: u32) -> i64 {
    (number >> (31 - bits)) & ((1 << bits) - 1)
}

const fn rest(number: i64, bits: u32) -> i64 {
    number & ((1 << (31 - bits)) - 1)
}

/// Aggregates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AggregateKind {
    /// A structure inside.
    Struct = 0,
    /// An address.
    Pointer = 1,
    /// Many of the same.
    Array = 2,
}

/// How fields lie in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Packed, low bytes first.
    Little,
    /// Packed, high bytes first.
    Big,
    /// As the machine has it; sizes are rounded up to the largest field.
    Native,
}

impl Order {
    /// The order with upstream's number; what is neither big nor native is little.
    pub fn numbered(number: i64) -> Order {
        match number {
            1 => Order::Big,
            2 => Order::Native,
            _ => Order::Little,
        }
    }
}

/// A scalar: what it is and how far from the start.
#[derive(Clone, Copy, Debug)]
pub struct Scalar {
    /// How it lies there.
    pub layout: Layout,
    /// Bytes from the start; of an array's element type, how many elements.
    pub offset: u64,
    /// For a bit field: the lowest bit and how many.
    pub bits: Option<(u32, u32)>,
    /// Whether it is a plain byte, arrays of which are bytearrays.
    pub is_byte: bool,
}

impl Scalar {
    /// What a number describes.
    pub fn decode(number: i64) -> Scalar {
        let kind = tag(number, TYPE_BITS);
        let rest = rest(number, TYPE_BITS) as u64;
        let is_field = (BIT_FIELDS..FLOAT32).contains(&kind);
        let layout = match kind {
            FLOAT32 => Layout { kind: Kind::Float, size: 4 },
            15 => Layout { kind: Kind::Float, size: 8 },
            _ if kind & 1 == 0 => Layout { kind: Kind::Unsigned, size: 1 << ((kind & 7) >> 1) },
            _ => Layout { kind: Kind::Signed, size: 1 << ((kind & 7) >> 1) },
        };
        let bits =
            is_field.then_some(((rest >> OFFSET_BITS) as u32 & 31, (rest >> LENGTH_SHIFT) as u32 & 31));
        let offset = if is_field { rest & ((1 << OFFSET_BITS) - 1) } else { rest };
        Scalar { layout, offset, bits, is_byte: kind == UINT8 }
    }
}

/// An aggregate: its kind, how far from the start, and the tuple that describes it.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate {
    /// What it is; `None` for the one number that means nothing.
    pub kind: Option<AggregateKind>,
    /// Bytes from the start.
    pub offset: u64,
    /// What follows the first number.
    pub parts: [Value; 2],
    /// How many parts follow.
    pub count: usize,
}

/// What a value describes.
#[derive(Clone, Copy, Debug)]
pub enum Descriptor {
    /// A number: a scalar.
    Scalar(Scalar),
    /// A tuple.
    Aggregate(Aggregate),
    /// A dict: fields by name.
    Fields(Value),
    /// Anything else.
    Nothing,
}

/// What a value describes; a tuple that begins with no number is nothing.
pub fn decode(heap: &Heap, value: Value) -> Descriptor {
    if heap.as_dict(value).is_some() {
        return Descriptor::Fields(value);
    }
    if let Some(parts) = heap.as_tuple(value) {
        let Some(first) = parts.first().and_then(|&first| heap.as_int(first)) else {
            return Descriptor::Nothing;
        };
        let part = |number: usize| parts.get(number).copied().unwrap_or(Value::NONE);
        let kinds = [AggregateKind::Struct, AggregateKind::Pointer, AggregateKind::Array];
        return Descriptor::Aggregate(Aggregate {
            kind: kinds.into_iter().find(|&kind| kind as i64 == tag(first, KIND_BITS)),
            offset: rest(first, KIND_BITS) as u64,
            parts: [part(1), part(2)],
            count: parts.len() - 1,
        });
    }
    heap.as_int(value).map_or(Descriptor::Nothing, |number| Descriptor::Scalar(Scalar::decode(number)))
}

/// `TypeError: syntax error in uctypes descriptor`
#[cold]
pub fn syntax_error(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::TypeError, "syntax error in uctypes descriptor")
}

/// How deep descriptors lie in each other at most, and how many fields are looked at for one size: descriptors may
/// contain themselves.
const DEEPEST: u32 = 64;
const MOST_FIELDS: usize = 1 << 16;

/// Computes sizes.
pub struct Measure {
    order: Order,
    word_bytes: u64,
    /// The size of the largest scalar seen, which the machine aligns structures to.
    largest: u64,
    depth: u32,
    fields: usize,
}

impl Measure {
    /// To measure descriptors in this order, on a machine with words of this size.
    pub fn new(order: Order, word_bytes: usize) -> Measure {
        Measure { order, word_bytes: word_bytes as u64, largest: 1, depth: 0, fields: 0 }
    }

    /// How many bytes a structure or an aggregate takes.
    pub fn size(&mut self, heap: &mut Heap, descriptor: Value) -> Result<u64, Raised> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(heap));
        }
        let size = match decode(heap, descriptor) {
            Descriptor::Fields(fields) => self.fields(heap, fields),
            Descriptor::Aggregate(aggregate) => self.aggregate(heap, aggregate),
            Descriptor::Scalar(_) => {
                Err(heap.raise(TypeId::TypeError, "can't unambiguously get sizeof scalar"))
            }
            Descriptor::Nothing => Err(syntax_error(heap)),
        };
        self.depth -= 1;
        size
    }

    /// How many bytes an aggregate takes.
    pub fn aggregate(&mut self, heap: &mut Heap, aggregate: Aggregate) -> Result<u64, Raised> {
        match (aggregate.kind, aggregate.count) {
            (Some(AggregateKind::Struct), 1) => self.size(heap, aggregate.parts[0]),
            (Some(AggregateKind::Pointer), 1) => {
                self.largest = self.largest.max(self.word_bytes);
                Ok(self.word_bytes)
            }
            (Some(AggregateKind::Array), 1 | 2) => {
                let Some(number) = heap.as_int(aggregate.parts[0]) else { return Err(syntax_error(heap)) };
                let item = Scalar::decode(number);
                let size = if aggregate.count == 1 {
                    self.largest = self.largest.max(item.layout.size as u64);
                    item.layout.size as u64
                } else {
                    self.size(heap, aggregate.parts[1])?
                };
                let count = rest(number, TYPE_BITS) as u64;
                size.checked_mul(count).ok_or_else(|| too_large(heap))
            }
            _ => Err(syntax_error(heap)),
        }
    }

    fn fields(&mut self, heap: &mut Heap, fields: Value) -> Result<u64, Raised> {
        let mut values = Vec::new();
        if let Some(dict) = heap.as_dict(fields) {
            values.try_reserve_exact(dict.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
            values.extend(dict.iter().map(|entry| entry.value));
        }
        self.fields = self.fields.saturating_add(values.len());
        if self.fields > MOST_FIELDS {
            return Err(too_deep(heap));
        }
        let mut total = 0;
        for value in values {
            let (offset, size) = match decode(heap, value) {
                Descriptor::Scalar(scalar) => {
                    self.largest = self.largest.max(scalar.layout.size as u64);
                    (scalar.offset, scalar.layout.size as u64)
                }
                Descriptor::Aggregate(aggregate) => (aggregate.offset, self.aggregate(heap, aggregate)?),
                _ => return Err(syntax_error(heap)),
            };
            let end = offset.checked_add(size);
            total = end.ok_or_else(|| too_large(heap))?.max(total);
        }
        if self.order == Order::Native {
            let rounded = total.checked_next_multiple_of(self.largest);
            total = rounded.ok_or_else(|| too_large(heap))?;
        }
        Ok(total)
    }
}

#[cold]
fn too_deep(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::RuntimeError, "maximum recursion depth exceeded")
}

#[cold]
fn too_large(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::OverflowError, "overflow converting long int to machine word")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_upstream_s() {
        assert_eq!(scalar(UINT8), 0);
        assert_eq!(scalar(UINT32 + 1), 0x2800_0000);
        assert_eq!(scalar(BIT_FIELDS), -0x4000_0000);
        assert_eq!(scalar(FLOAT32), -0x1000_0000);
        assert_eq!(aggregate(AggregateKind::Pointer), 0x2000_0000);
        assert_eq!(aggregate(AggregateKind::Array), -0x4000_0000);
    }

    #[test]
    fn numbers_mean_what_was_put_together() {
        let field = Scalar::decode(scalar(10) | 3 | 5 << OFFSET_BITS | 7 << LENGTH_SHIFT);
        assert_eq!((field.layout.size, field.offset, field.bits), (2, 3, Some((5, 7))));
        let float = Scalar::decode(scalar(15) | 1000);
        assert_eq!((float.layout.size, float.offset, float.bits), (8, 1000, None));
    }
}
