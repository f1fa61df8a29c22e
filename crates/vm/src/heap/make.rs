//! Making values: the one place where the rules about canonical forms are kept.

use super::{Handle, Heap, InstanceObject, OutOfMemory, Raised, ShapeId, Slot, StrObject, Symbol, Value};
use super::{try_box_slice, try_box_str};
use crate::number::int::Int;
use crate::objects::dict::Dict;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

impl Heap {
    /// Any integer of 64 bits.
    #[inline]
    pub fn int(&mut self, integer: i64) -> Result<Value, Raised> {
        match Value::small_int(integer) {
            Some(value) => Ok(value),
            None => Ok(self.allocate(Slot::Int64(integer))?.value()),
        }
    }

    /// An integer that may be beyond 64 bits.
    pub fn integer(&mut self, integer: Int) -> Result<Value, Raised> {
        match integer {
            Int::Small(integer) => self.int(integer),
            Int::Big(_) => {
                self.budget.charge(integer.payload_bytes())?;
                Ok(self.allocate(Slot::BigInt(integer))?.value())
            }
        }
    }

    /// A length or count.
    pub fn size(&mut self, size: usize) -> Result<Value, Raised> {
        self.int(size as i64)
    }

    /// A float.
    #[inline]
    pub fn float(&mut self, float: f64) -> Result<Value, Raised> {
        #[cfg(not(feature = "value32"))]
        {
            Value::inline_float(float).ok_or(Raised::OUT_OF_MEMORY)
        }
        #[cfg(feature = "value32")]
        {
            Ok(self.allocate(Slot::Float(float))?.value())
        }
    }

    /// A complex number.
    pub fn complex(&mut self, real: f64, imaginary: f64) -> Result<Value, Raised> {
        Ok(self.allocate(Slot::Complex(real, imaginary))?.value())
    }

    /// A symbol for a text.
    pub fn intern(&mut self, text: &str) -> Result<Symbol, Raised> {
        Ok(self.symbols.intern(&mut self.budget, text)?)
    }

    /// A symbol for a text that lives as long as the program.
    pub fn intern_static(&mut self, text: &'static str) -> Result<Symbol, Raised> {
        Ok(self.symbols.intern_static(&mut self.budget, text)?)
    }

    /// A string: a symbol where it has no or one small character, else a slot.
    pub fn str(&mut self, text: &str) -> Result<Value, Raised> {
        if let Some(symbol) = short_symbol(text) {
            return Ok(Value::from_symbol(symbol));
        }
        self.budget.charge(text.len())?;
        let copy = try_box_str(text).map_err(|error| self.refund(text.len(), error))?;
        self.finish_str(copy)
    }

    /// The same from a text already on the native heap.
    pub fn string(&mut self, text: String) -> Result<Value, Raised> {
        if let Some(symbol) = short_symbol(&text) {
            return Ok(Value::from_symbol(symbol));
        }
        self.budget.charge(text.len())?;
        self.finish_str(text.into_boxed_str())
    }

    fn finish_str(&mut self, text: Box<str>) -> Result<Value, Raised> {
        let characters = if text.is_ascii() { text.len() } else { text.chars().count() } as u32;
        let object = StrObject { text, hash: Cell::new(0), characters };
        Ok(self.allocate(Slot::Str(object))?.value())
    }

    fn refund(&mut self, bytes: usize, error: OutOfMemory) -> OutOfMemory {
        self.budget.release(bytes);
        error
    }

    /// A character.
    pub fn character(&mut self, character: char) -> Result<Value, Raised> {
        match u8::try_from(character as u32) {
            Ok(latin) => Ok(Value::from_symbol(Symbol::latin(latin))),
            Err(_) => self.str(character.encode_utf8(&mut [0; 4])),
        }
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<Value, Raised> {
        self.budget.charge(bytes.len())?;
        let copy = try_box_slice(bytes).map_err(|error| self.refund(bytes.len(), error))?;
        Ok(self.allocate(Slot::Bytes(copy))?.value())
    }

    /// Bytes from a vector.
    pub fn bytes_from(&mut self, bytes: Vec<u8>) -> Result<Value, Raised> {
        self.budget.charge(bytes.len())?;
        Ok(self.allocate(Slot::Bytes(bytes.into_boxed_slice()))?.value())
    }

    /// A bytearray.
    pub fn bytearray(&mut self, bytes: Vec<u8>) -> Result<Value, Raised> {
        self.budget.charge(bytes.capacity())?;
        Ok(self.allocate(Slot::ByteArray(bytes))?.value())
    }

    /// A tuple.
    pub fn tuple(&mut self, items: &[Value]) -> Result<Value, Raised> {
        if items.is_empty() {
            return Ok(super::kinds::EMPTY_TUPLE.value());
        }
        if items.len() <= 3 {
            let mut inline = [Value::UNBOUND; 3];
            inline[..items.len()].copy_from_slice(items);
            return Ok(self.allocate(Slot::SmallTuple(items.len() as u8, inline))?.value());
        }
        let bytes = size_of_val(items);
        self.budget.charge(bytes)?;
        let copy = try_box_slice(items).map_err(|error| self.refund(bytes, error))?;
        Ok(self.allocate(Slot::Tuple(copy))?.value())
    }

    /// A tuple from a vector whose buffer has been charged (by [`super::Budget::reserve`]).
    pub fn tuple_from(&mut self, items: Vec<Value>) -> Result<Value, Raised> {
        let charged = items.capacity() * size_of::<Value>();
        if items.len() <= 3 {
            self.budget.release(charged);
            return self.tuple(&items);
        }
        let items = items.into_boxed_slice();
        self.budget.release(charged - size_of_val::<[Value]>(&items));
        Ok(self.allocate(Slot::Tuple(items))?.value())
    }

    /// A list from a slice.
    pub fn list(&mut self, items: &[Value]) -> Result<Value, Raised> {
        let mut copy = Vec::new();
        self.budget.reserve(&mut copy, items.len())?;
        copy.extend_from_slice(items);
        self.list_from(copy)
    }

    /// A list from a vector whose buffer has been charged (by [`super::Budget::reserve`]).
    pub fn list_from(&mut self, items: Vec<Value>) -> Result<Value, Raised> {
        Ok(self.allocate(Slot::List(items))?.value())
    }

    /// A list from a vector that was not charged yet.
    pub fn list_uncharged(&mut self, items: Vec<Value>) -> Result<Value, Raised> {
        self.budget.charge(items.capacity() * size_of::<Value>())?;
        self.list_from(items)
    }

    /// An empty dict, or one whose buffers have been charged already.
    pub fn dict(&mut self, dict: Dict) -> Result<Value, Raised> {
        self.charge_table(&dict)?;
        Ok(self.allocate(Slot::Dict(Box::new(dict)))?.value())
    }

    /// Charges for the table of a dict or set; where that fails, the buffers go with it.
    fn charge_table(&mut self, table: &Dict) -> Result<(), Raised> {
        let charged = self.budget.charge(size_of::<Dict>());
        charged.map_err(|error| self.refund(table.bytes(), error).into())
    }

    /// A set with buffers charged already.
    pub fn set(&mut self, table: Dict) -> Result<Value, Raised> {
        self.charge_table(&table)?;
        Ok(self.allocate(Slot::Set(Box::new(table)))?.value())
    }

    /// A frozenset with buffers charged already.
    pub fn frozenset(&mut self, table: Dict) -> Result<Value, Raised> {
        self.charge_table(&table)?;
        Ok(self.allocate(Slot::FrozenSet(Box::new(table)))?.value())
    }

    /// A cell.
    pub fn cell(&mut self, value: Value) -> Result<Value, Raised> {
        Ok(self.allocate(Slot::Cell(value))?.value())
    }

    /// A function bound to its self.
    pub fn bound_method(&mut self, function: Value, receiver: Value) -> Result<Value, Raised> {
        Ok(self.allocate(Slot::BoundMethod(function, receiver))?.value())
    }

    /// An instance of a class made by a `class` statement, without attributes.
    pub fn instance(&mut self, class: Handle, shape: ShapeId) -> Result<Value, Raised> {
        let reserved = self.shapes.count(shape);
        let expected = match self.slot(class) {
            Slot::Class(class) => class.expected_attributes as usize,
            _ => 0,
        };
        let places = reserved.max(expected);
        let bytes = places * size_of::<Value>();
        self.budget.charge(bytes)?;
        let mut values = Vec::new();
        if values.try_reserve_exact(places).is_err() {
            return Err(self.refund(bytes, OutOfMemory).into());
        }
        values.resize(places, Value::UNBOUND);
        let object = InstanceObject { class, shape, values: values.into_boxed_slice() };
        Ok(self.allocate(Slot::Instance(object))?.value())
    }

    /// Empties a list and gives its memory back.
    pub fn release_list(&mut self, list: Value) {
        if let Some((Slot::List(items), budget)) = self.slot_and_budget(list) {
            budget.release_vec(items);
            *items = Vec::new();
        }
    }

    /// Appends to a list.
    #[inline]
    pub fn list_push(&mut self, list: Value, item: Value) -> Result<(), Raised> {
        if let Some((Slot::List(items), budget)) = self.slot_and_budget(list) {
            budget.reserve(items, 1)?;
            items.push(item);
        }
        Ok(())
    }
}

/// The symbol of a string that must be one: of no character, or of one below U+0100.
fn short_symbol(text: &str) -> Option<Symbol> {
    if text.len() > 2 {
        return None;
    }
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (None, _) => Some(super::sym::EMPTY),
        (Some(only), None) => u8::try_from(only as u32).ok().map(Symbol::latin),
        _ => None,
    }
}
