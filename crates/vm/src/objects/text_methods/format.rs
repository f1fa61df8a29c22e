//! `format` with a template, and a single value with a specification.
//!
//! Values are converted by `str()` or `repr()` only where the template says so or gives no specification; else they
//! must be numbers or text. There is no `__format__`, as upstream has none.

use super::{copied_text, make, no_implicit_conversion, receiver};
use crate::heap::{Raised, Slot, Symbol, TypeId, Value, try_copy};
use crate::run::print::TextKind;
use crate::run::{Arguments, Outcome, Vm};
use crate::text::format::attributes_not_supported;
use crate::text::format::{Argument, Field, FormatSpec, Numbering, Piece, Template};
use crate::text::{Bounded, FormatError, Sink};
use alloc::string::String;
use alloc::vec::Vec;

/// How deep specifications may nest in specifications.
const DEEPEST: u32 = 32;

/// `template.format(*arguments, **keywords)`
pub fn format(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let this = arguments.at(vm, 0);
    let (kind, template) = receiver(&mut vm.heap, this)?;
    let template = match vm.heap.as_str(template) {
        Some(text) => copied_text(text)?,
        None => match String::from_utf8(try_copy(vm.heap.as_bytes(template).unwrap_or(&[]))?) {
            Ok(text) => text,
            Err(_) => return Err(vm.heap.raise_bare(TypeId::UnicodeError)),
        },
    };
    let keywords = arguments.keywords(vm);
    let mut filling = Filling { arguments, keywords, numbering: Numbering::new() };
    let mut out = String::new();
    filling.expand(vm, &template, &mut out, 0)?;
    Ok(make(&mut vm.heap, kind, out.into_bytes())?.into())
}

/// What the fields of a template are filled with.
struct Filling {
    arguments: Arguments,
    keywords: Vec<(Symbol, Value)>,
    numbering: Numbering,
}

impl Filling {
    fn expand(&mut self, vm: &mut Vm, template: &str, out: &mut String, depth: u32) -> Result<(), Raised> {
        if depth > DEEPEST {
            return Err(vm.too_deep());
        }
        for piece in Template::new(template) {
            match piece {
                Ok(Piece::Literal(text)) => {
                    let written = Bounded::new(out, vm.heap.max_length()).push_str(text);
                    written.map_err(|error| vm.heap.raise_format(error))?;
                }
                Ok(Piece::Field(field)) => self.fill(vm, field, out, depth)?,
                Err(error) => return Err(vm.heap.raise_format(error)),
            }
        }
        Ok(())
    }

    fn fill(&mut self, vm: &mut Vm, field: Field<'_>, out: &mut String, depth: u32) -> Result<(), Raised> {
        let value = self.value(vm, field).map_err(|error| vm.heap.raise_format(error))?;
        let kind = if field.conversion == Some('r') { TextKind::Repr } else { TextKind::Str };
        let Some(spec) = field.spec else { return vm.write_value(out, value, kind) };
        let mut text = String::new();
        if field.conversion.is_some() {
            vm.write_value(&mut text, value, kind)?;
        }
        let mut nested = String::new();
        let spec = if field.has_nested_fields() {
            self.expand(vm, spec, &mut nested, depth + 1)?;
            nested.as_str()
        } else {
            spec
        };
        if field.conversion.is_some() {
            return write_formatted_text(vm, out, &text, spec);
        }
        write_formatted(vm, out, value, spec)
    }

    /// The argument that a field stands for.
    fn value(&mut self, vm: &Vm, field: Field<'_>) -> Result<Value, FormatError> {
        match self.numbering.resolve(field.name, self.arguments.count.saturating_sub(1))? {
            Argument::Position(position) => Ok(self.arguments.at(vm, position + 1)),
            Argument::Name { name, has_path } => {
                let found = self.keywords.iter().find(|(keyword, _)| vm.heap.symbols.text(*keyword) == name);
                match found {
                    None => Err(FormatError::Key(String::from(name))),
                    Some(_) if has_path => Err(attributes_not_supported()),
                    Some(&(_, value)) => Ok(value),
                }
            }
        }
    }
}

/// Appends a text as a specification says.
pub fn write_formatted_text(vm: &mut Vm, out: &mut String, text: &str, spec: &str) -> Result<(), Raised> {
    let sink = &mut Bounded::new(out, vm.heap.max_length());
    let written = FormatSpec::parse(spec).and_then(|spec| spec.write_str(text, "str", sink));
    written.map_err(|error| vm.heap.raise_format(error))
}

/// Appends a number or a text as a specification says.
pub fn write_formatted(vm: &mut Vm, out: &mut String, value: Value, spec: &str) -> Result<(), Raised> {
    let heap = &vm.heap;
    let part = heap.native_part(value);
    let name = heap.type_name(value);
    let sink = &mut Bounded::new(out, heap.max_length()).until(&heap.interrupt);
    let written = FormatSpec::parse(spec).and_then(|spec| {
        if let Some(integer) = heap.as_integer(part) {
            return spec.write_int(&integer, name, sink).map(|()| true);
        }
        if let Some(float) = heap.as_float(part) {
            return spec.write_float(float, name, sink).map(|()| true);
        }
        if let Some(text) = heap.as_str(part) {
            return spec.write_str(text, name, sink).map(|()| true);
        }
        // Bytes that are text pass for it, as upstream has it.
        if let Some(Slot::Bytes(bytes)) = heap.slot_of(part)
            && let Ok(text) = core::str::from_utf8(bytes)
        {
            return spec.write_str(text, name, sink).map(|()| true);
        }
        // What is wrong with the specification comes before what is wrong with the value.
        spec.write_str("", name, &mut Bounded::new(&mut String::new(), 0)).or_else(|error| match error {
            FormatError::Memory => Ok(()),
            other => Err(other),
        })?;
        Ok(false)
    });
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(no_implicit_conversion(&mut vm.heap, value)),
        Err(error) => Err(vm.heap.raise_format(error)),
    }
}
