//! The `%` operator of `str` and `bytes`.

use super::{Kind, make};
use crate::heap::{LONGEST_SYMBOL, Raised, Slot, TypeId, Value, try_copy};
use crate::number::Int;
use crate::objects::conversion::{Target, ask_nested};
use crate::run::Vm;
use crate::run::print::TextKind;
use crate::text::percent::{Count, Field, Piece, Source, Template, Wanted};
use crate::text::{Bounded, Sink};
use alloc::string::String;
use alloc::vec::Vec;

/// `template % arguments`: the arguments are a tuple's items, or a dict for its keys, or one value.
pub fn percent(vm: &mut Vm, template: Value, arguments: Value) -> Result<Value, Raised> {
    let kind = if vm.heap.as_str(template).is_some() { Kind::Str } else { Kind::Bytes };
    let text = try_copy(vm.heap.as_buffer(template).unwrap_or(&[]))?;
    let items = match vm.heap.as_tuple(vm.heap.native_part(arguments)) {
        Some(items) => items.to_vec(),
        None => [arguments].to_vec(),
    };
    let mut out = Vec::new();
    // Mostly about as long as the template: then the text is made in one piece.
    out.try_reserve(text.len() + 8).map_err(|_| Raised::OUT_OF_MEMORY)?;
    let depth = vm.roots.len();
    vm.roots.extend_from_slice(&[template, arguments]);
    let is_mapping = vm.heap.as_dict(arguments).is_some();
    let mut work = Work { kind, text: &text, arguments, items, out };
    let result = work.run(vm, is_mapping);
    vm.roots.truncate(depth);
    result?;
    let out = work.out;
    make(&mut vm.heap, kind, out)
}

struct Work<'a> {
    kind: Kind,
    text: &'a [u8],
    arguments: Value,
    items: Vec<Value>,
    out: Vec<u8>,
}

impl Work<'_> {
    fn run(&mut self, vm: &mut Vm, is_mapping: bool) -> Result<(), Raised> {
        let room = vm.heap.max_length();
        for piece in Template::new(self.text, self.items.len(), is_mapping) {
            let written = match piece {
                Ok(Piece::Literal(range)) => {
                    Bounded::new(&mut self.out, room).push_bytes(self.text.get(range).unwrap_or(&[]))
                }
                Ok(Piece::Field(field)) => {
                    self.write(vm, &field)?;
                    continue;
                }
                Err(error) => Err(error),
            };
            written.map_err(|error| vm.heap.raise_format(error))?;
        }
        Ok(())
    }

    fn write(&mut self, vm: &mut Vm, field: &Field) -> Result<(), Raised> {
        let room = vm.heap.max_length();
        let value = self.value(vm, field)?;
        let width = self.count(vm, field.width)?.unwrap_or(0);
        let precision = match field.precision {
            Some(count) => self.count(vm, count)?,
            None => None,
        };
        let part = vm.heap.native_part(value);
        let written = match field.wanted {
            Wanted::IntOrFloat => {
                let integer = match vm.heap.as_float(part) {
                    Some(float) => Int::from_f64(float).map_err(|error| vm.heap.raise_number(error))?,
                    None => integer(vm, value)?,
                };
                let sink = Bounded::new(&mut self.out, room);
                let sink = &mut sink.until(&vm.heap.interrupt);
                field.write_int(&integer, width, precision, sink)
            }
            Wanted::Int => {
                let integer = integer(vm, value)?;
                let sink = Bounded::new(&mut self.out, room);
                let sink = &mut sink.until(&vm.heap.interrupt);
                field.write_int(&integer, width, precision, sink)
            }
            Wanted::Float => {
                let float = float(vm, value)?;
                field.write_float(float, width, precision, &mut Bounded::new(&mut self.out, room))
            }
            Wanted::Character => {
                let sink = &mut Bounded::new(&mut self.out, room);
                match (vm.heap.as_str(part), vm.heap.as_integer(part)) {
                    (Some(text), _) => field.write_character(text, width, sink),
                    (None, Some(code)) => field.write_code(&code, width, sink),
                    (None, None) => Err(Field::not_a_character()),
                }
            }
            Wanted::Str | Wanted::Repr => {
                let sink = &mut Bounded::new(&mut self.out, room);
                match vm.heap.slot_of(part) {
                    Some(Slot::Bytes(bytes)) if field.wanted == Wanted::Str && self.kind == Kind::Bytes => {
                        field.write_bytes(bytes, width, precision, sink)
                    }
                    _ => {
                        let kind = if field.wanted == Wanted::Str { TextKind::Str } else { TextKind::Repr };
                        let mut text = String::new();
                        vm.write_value(&mut text, value, kind)?;
                        field.write_text(&text, width, precision, sink)
                    }
                }
            }
        };
        written.map_err(|error| vm.heap.raise_format(error))
    }

    fn value(&self, vm: &mut Vm, field: &Field) -> Result<Value, Raised> {
        match &field.source {
            Source::Position(position) => Ok(self.items.get(*position).copied().unwrap_or(Value::NONE)),
            Source::Key(range) => {
                let key = String::from_utf8_lossy(self.text.get(range.clone()).unwrap_or(&[]));
                if key.len() > LONGEST_SYMBOL {
                    return Err(vm.heap.raise(TypeId::RuntimeError, "name too long"));
                }
                let key = vm.heap.str(&key)?;
                match vm.dict_get(self.arguments, key)? {
                    Some(value) => Ok(value),
                    None => Err(vm.heap.raise_key(key)),
                }
            }
        }
    }

    /// A width or precision; `None` for a negative one.
    fn count(&self, vm: &mut Vm, count: Count) -> Result<Option<usize>, Raised> {
        match count {
            Count::Given(count) => Ok(Some(count)),
            Count::Argument(position) => {
                let value = self.items.get(position).copied().unwrap_or(Value::NONE);
                let count = integer(vm, value)?;
                let count = count.to_word().map_err(|error| vm.heap.raise_number(error))?;
                Ok(usize::try_from(count).ok())
            }
        }
    }
}

/// An integer, or what an instance says that it is.
fn integer(vm: &mut Vm, value: Value) -> Result<Int, Raised> {
    let part = vm.heap.native_part(value);
    if let Some(integer) = vm.heap.as_integer(part) {
        return Ok(integer);
    }
    let answer = ask_nested(vm, value, Target::Int)?;
    Ok(vm.heap.as_integer(answer).unwrap_or(Int::ZERO))
}

/// A number as a float, or what an instance says that it is.
fn float(vm: &mut Vm, value: Value) -> Result<f64, Raised> {
    let part = vm.heap.native_part(value);
    if let Some(float) = vm.heap.as_number(part) {
        return Ok(float);
    }
    let answer = ask_nested(vm, value, Target::Float)?;
    Ok(vm.heap.as_number(answer).unwrap_or(0.0))
}
