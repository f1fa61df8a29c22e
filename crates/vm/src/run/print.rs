//! `str` and `repr` of anything.
//!
//! Containers may nest, and instances may have a `__repr__` in Python; each level counts as a nested run, so that depth
//! is bounded. What is being printed is rooted meanwhile.

use super::Vm;
use crate::heap::{DictPart, Raised, Slot, Symbol, TypeId, Value, sym};
use crate::text::FormatError;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Which text is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextKind {
    /// `str(x)`
    Str,
    /// `repr(x)`
    Repr,
}

/// A writer bounded by the heap's budget, so that a text that cannot fit ends early.
struct Guarded<'a> {
    text: &'a mut String,
    limit: usize,
}

impl Write for Guarded<'_> {
    fn write_str(&mut self, more: &str) -> core::fmt::Result {
        if self.text.len() + more.len() > self.limit || self.text.try_reserve(more.len()).is_err() {
            return Err(core::fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}

impl Vm {
    /// `str(value)`
    pub fn str(&mut self, value: Value) -> Result<String, Raised> {
        let mut text = String::new();
        self.write_value(&mut text, value, TextKind::Str)?;
        Ok(text)
    }

    /// `repr(value)`
    pub fn repr(&mut self, value: Value) -> Result<String, Raised> {
        let mut text = String::new();
        self.write_value(&mut text, value, TextKind::Repr)?;
        Ok(text)
    }

    /// Appends the text of a value.
    pub fn write_value(&mut self, out: &mut String, value: Value, kind: TextKind) -> Result<(), Raised> {
        if kind == TextKind::Str
            && let Some(text) = self.heap.as_str(value)
        {
            return push(out, text, self.heap.max_length());
        }
        if self.write_simple(out, value)? {
            return Ok(());
        }
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        self.fiber.nested += 1;
        let depth = self.roots.len();
        self.roots.push(value);
        let result = self.write_compound(out, value, kind);
        self.roots.truncate(depth);
        self.fiber.nested -= 1;
        result
    }

    /// Values that contain no others.
    fn write_simple(&mut self, out: &mut String, value: Value) -> Result<bool, Raised> {
        let limit = self.heap.max_length();
        let formatted = |result: Result<(), FormatError>| match result {
            Ok(()) => Ok(true),
            Err(_) => Err(Raised::OUT_OF_MEMORY),
        };
        if let Some(integer) = value.as_small_int() {
            return written(write!(Guarded { text: out, limit }, "{integer}"));
        }
        if let Some(text) = self.heap.as_str(value) {
            return formatted(crate::text::repr::write_str(text, out, limit));
        }
        if let Some(float) = self.heap.as_float(value) {
            push(out, crate::number::float::repr(float).as_str(), limit)?;
            return Ok(true);
        }
        let text = match value {
            Value::NONE => "None",
            Value::TRUE => "True",
            Value::FALSE => "False",
            Value::ELLIPSIS => "Ellipsis",
            Value::NOT_IMPLEMENTED => "NotImplemented",
            Value::UNBOUND => "",
            _ => match self.heap.slot_of(value) {
                Some(Slot::Int64(integer)) => {
                    let integer = *integer;
                    return written(write!(Guarded { text: out, limit }, "{integer}"));
                }
                Some(Slot::BigInt(_)) => {
                    let Some(integer) = self.heap.as_integer(value) else { return Ok(true) };
                    return match integer.to_text(10, self.heap.bounds()) {
                        Ok(text) => push(out, &text, limit).map(|()| true),
                        Err(error) => Err(self.heap.raise_number(error)),
                    };
                }
                Some(&Slot::Complex(re, im)) => {
                    let text = crate::number::Complex { real: re, imaginary: im }.repr();
                    return push(out, &text, limit).map(|()| true);
                }
                Some(Slot::Bytes(bytes)) => {
                    return formatted(crate::text::repr::write_bytes(bytes, out, limit));
                }
                Some(Slot::MemoryView(view)) if view.is_bytearray => {
                    let bytes = self.heap.as_bytes(value).unwrap_or(&[]);
                    return formatted(crate::text::repr::write_bytearray(bytes, out, limit));
                }
                Some(Slot::ByteArray(bytes)) => {
                    return formatted(crate::text::repr::write_bytearray(bytes, out, limit));
                }
                Some(Slot::Range([start, stop, step])) => {
                    let mut out = Guarded { text: out, limit };
                    return written(if *step == 1 {
                        write!(out, "range({start}, {stop})")
                    } else {
                        write!(out, "range({start}, {stop}, {step})")
                    });
                }
                _ => return Ok(false),
            },
        };
        push(out, text, limit)?;
        Ok(true)
    }

    fn write_compound(&mut self, out: &mut String, value: Value, kind: TextKind) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        let address = value.as_handle().map_or(0, |handle| handle.index() * 32);
        match self.heap.slot_of(value) {
            Some(Slot::List(_)) => self.write_items(out, value, "[", "]"),
            Some(Slot::SmallTuple(length, _)) => {
                let close = if *length == 1 { ",)" } else { ")" };
                self.write_items(out, value, "(", close)
            }
            Some(Slot::Tuple(_)) => self.write_items(out, value, "(", ")"),
            Some(Slot::Dict(dict)) => {
                if dict.ordered {
                    push(out, "OrderedDict(", limit)?;
                    self.write_entries(out, value, DictPart::Items, ("{", "}"))?;
                    return push(out, ")", limit);
                }
                self.write_entries(out, value, DictPart::Items, ("{", "}"))
            }
            Some(Slot::DictView(dict, part)) => {
                let (dict, part) = (*dict, *part);
                let (name, open, close) = match part {
                    DictPart::Keys => ("dict_keys(", "[", "])"),
                    DictPart::Values => ("dict_values(", "[", "])"),
                    DictPart::Items => ("dict_items(", "[", "])"),
                };
                push(out, name, limit)?;
                if part == DictPart::Items {
                    return self.write_item_pairs(out, dict, (open, close));
                }
                self.write_entries(out, dict, part, (open, close))
            }
            Some(Slot::Set(table)) => {
                if table.is_empty() {
                    return push(out, "set()", limit);
                }
                self.write_entries(out, value, DictPart::Keys, ("{", "}"))
            }
            Some(Slot::FrozenSet(table)) => {
                if table.is_empty() {
                    return push(out, "frozenset()", limit);
                }
                self.write_entries(out, value, DictPart::Keys, ("frozenset({", "})"))
            }
            Some(&Slot::Slice(parts)) => {
                push(out, "slice(", limit)?;
                for (number, part) in parts.into_iter().enumerate() {
                    push(out, if number > 0 { ", " } else { "" }, limit)?;
                    self.write_value(out, part, TextKind::Repr)?;
                }
                push(out, ")", limit)
            }
            Some(Slot::Function(function)) if !function.code.flags.generator => {
                let name = self.heap.symbols.text(function.code.name);
                finish(write!(Guarded { text: out, limit }, "<function {name} at 0x{address:x}>"))
            }
            Some(Slot::Native(_) | Slot::UnboundMethod(..)) => push(out, "<function>", limit),
            Some(&Slot::BoundMethod(function, receiver)) => {
                finish(write!(Guarded { text: out, limit }, "<bound_method {address:x} "))?;
                self.write_value(out, receiver, TextKind::Repr)?;
                push(out, ".", limit)?;
                self.write_value(out, function, TextKind::Repr)?;
                push(out, ">", limit)
            }
            Some(Slot::Generator(generator)) => {
                let name = self.heap.symbols.text(generator.code.name);
                finish(write!(Guarded { text: out, limit }, "<generator object '{name}' at {address:x}>"))
            }
            Some(Slot::Class(class)) => {
                let name = self.heap.symbols.text(class.name);
                finish(write!(Guarded { text: out, limit }, "<class '{name}'>"))
            }
            Some(Slot::Module(namespace)) => {
                let namespace = *namespace;
                self.write_module(out, namespace)
            }
            Some(Slot::Code(code)) => {
                let (name, file) = (self.heap.symbols.text(code.name), self.heap.symbols.text(code.file));
                let line = code.lines.first().map_or(1, |line| line.1);
                finish(write!(
                    Guarded { text: out, limit },
                    "<code object {name} at 0x{address:x}, file \"{file}\", line {line}>"
                ))
            }
            Some(&Slot::Super(class, receiver)) => {
                push(out, "<super: ", limit)?;
                self.write_value(out, class, TextKind::Repr)?;
                push(out, ", ", limit)?;
                self.write_value(out, receiver, TextKind::Repr)?;
                push(out, ">", limit)
            }
            Some(Slot::Exception(_)) => self.write_exception(out, value, kind),
            Some(Slot::Instance(_)) => self.write_instance(out, value, kind),
            Some(Slot::Object(object)) => {
                let class = object.class();
                let repr = self
                    .heap
                    .class(class)
                    .and_then(|class| class.definition)
                    .and_then(|definition| definition.repr);
                if let Some(repr) = repr {
                    return finish(repr(&self.heap, value, &mut Guarded { text: out, limit }));
                }
                if self.write_by_method(out, value, kind)? {
                    return Ok(());
                }
                let name = self.heap.type_name(value);
                finish(write!(Guarded { text: out, limit }, "<{name}>"))
            }
            _ => {
                let name = self.heap.type_name(value);
                if self.heap.type_id(value) == TypeId::Object {
                    return finish(write!(Guarded { text: out, limit }, "<{name} object at {address:x}>"));
                }
                finish(write!(Guarded { text: out, limit }, "<{name}>"))
            }
        }
    }

    fn write_items(&mut self, out: &mut String, value: Value, open: &str, close: &str) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        push(out, open, limit)?;
        let mut number = 0;
        // By index, because a `__repr__` may change the list.
        while let Some(&item) = self.heap.as_sequence(value).and_then(|items| items.get(number)) {
            push(out, if number > 0 { ", " } else { "" }, limit)?;
            self.write_value(out, item, TextKind::Repr)?;
            number += 1;
        }
        push(out, close, limit)
    }

    fn write_entries(
        &mut self,
        out: &mut String,
        table: Value,
        part: DictPart,
        (open, close): (&str, &str),
    ) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        push(out, open, limit)?;
        let mut first = true;
        let mut number = 0;
        while let Some(entry) =
            super::compare::table_of(&self.heap, table).and_then(|table| table.entry(number)).copied()
        {
            number += 1;
            if entry.key.is_unbound() {
                continue;
            }
            push(out, if first { "" } else { ", " }, limit)?;
            first = false;
            if part != DictPart::Values {
                // A `__repr__` may take the entry out of the table.
                self.roots.push(entry.value);
                let written = self.write_value(out, entry.key, TextKind::Repr);
                self.roots.pop();
                written?;
            }
            if part == DictPart::Items {
                push(out, ": ", limit)?;
            }
            if part != DictPart::Keys {
                self.write_value(out, entry.value, TextKind::Repr)?;
            }
        }
        push(out, close, limit)
    }

    fn write_item_pairs(
        &mut self,
        out: &mut String,
        dict: Value,
        (open, close): (&str, &str),
    ) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        push(out, open, limit)?;
        let entries: Vec<(Value, Value)> = match self.heap.as_dict(dict) {
            Some(dict) => dict.iter().map(|entry| (entry.key, entry.value)).collect(),
            None => Vec::new(),
        };
        for (number, (key, value)) in entries.into_iter().enumerate() {
            push(out, if number > 0 { ", (" } else { "(" }, limit)?;
            self.write_value(out, key, TextKind::Repr)?;
            push(out, ", ", limit)?;
            self.write_value(out, value, TextKind::Repr)?;
            push(out, ")", limit)?;
        }
        push(out, close, limit)
    }

    fn write_module(&mut self, out: &mut String, namespace: crate::heap::Handle) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        let name = self.namespace_get(namespace, sym::DUNDER_NAME).unwrap_or(Value::NONE);
        let file = self.namespace_get(namespace, sym::DUNDER_FILE);
        let name = String::from(self.heap.as_str(name).unwrap_or(""));
        finish(write!(Guarded { text: out, limit }, "<module '{name}'"))?;
        if let Some(file) = file.and_then(|file| self.heap.as_str(file)) {
            finish(write!(Guarded { text: out, limit }, " from '{file}'"))?;
        }
        push(out, ">", limit)
    }

    fn write_exception(&mut self, out: &mut String, value: Value, kind: TextKind) -> Result<(), Raised> {
        if self.write_by_method(out, value, kind)? {
            return Ok(());
        }
        self.write_plain_exception(out, value, kind)
    }

    /// The text of an exception whose class has no methods for it.
    pub(super) fn write_plain_exception(
        &mut self,
        out: &mut String,
        value: Value,
        kind: TextKind,
    ) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        let arguments = self.heap.as_exception(value).map_or(Value::NONE, |exception| exception.arguments);
        if kind == TextKind::Repr {
            let name = String::from(self.heap.type_name(value));
            push(out, &name, limit)?;
            return self.write_value(out, arguments, TextKind::Repr);
        }
        let items = self.heap.as_tuple(arguments).unwrap_or(&[]).to_vec();
        match items[..] {
            [] => Ok(()),
            [only] => {
                if self.heap.is_instance(value, TypeId::OsError.handle())
                    && let Some(number) = self.heap.as_int(only)
                    && let Some(name) = crate::objects::exception::errno_name(number)
                {
                    return finish(write!(Guarded { text: out, limit }, "[Errno {number}] {name}"));
                }
                self.write_value(out, only, TextKind::Str)
            }
            [number, details]
                if self.heap.is_instance(value, TypeId::OsError.handle())
                    && let Some(number) = self.heap.as_int(number)
                    && let Some(name) = crate::objects::exception::errno_name(number) =>
            {
                finish(write!(Guarded { text: out, limit }, "[Errno {number}] {name}: "))?;
                self.write_value(out, details, TextKind::Str)
            }
            [message, _] if !self.heap.exceptions_of_group(value).is_empty() => {
                let count = self.heap.exceptions_of_group(value).len();
                let plural = if count == 1 { "" } else { "s" };
                self.write_value(out, message, TextKind::Str)?;
                finish(write!(Guarded { text: out, limit }, " ({count} sub-exception{plural})"))
            }
            _ => self.write_value(out, arguments, TextKind::Repr),
        }
    }

    fn write_instance(&mut self, out: &mut String, value: Value, kind: TextKind) -> Result<(), Raised> {
        let limit = self.heap.max_length();
        if self.write_by_method(out, value, kind)? {
            return Ok(());
        }
        let part = self.heap.native_part(value);
        if part != value {
            return self.write_value(out, part, kind);
        }
        let address = value.as_handle().map_or(0, |handle| handle.index() * 32);
        let name = String::from(self.heap.type_name(value));
        finish(write!(Guarded { text: out, limit }, "<{name} object at {address:x}>"))
    }

    /// Asks `__str__` or `__repr__`, if a class has them.
    fn write_by_method(&mut self, out: &mut String, value: Value, kind: TextKind) -> Result<bool, Raised> {
        let names: &[Symbol] = if kind == TextKind::Str { &[sym::STR, sym::REPR] } else { &[sym::REPR] };
        for &name in names {
            let method = match self.heap.slot_of(value) {
                Some(Slot::Object(_)) => self.heap.special(value, name)?,
                _ => self.python_special(value, name)?,
            };
            let Some(method) = method.filter(|_| !self.base_comes_first(value, name)) else { continue };
            let text = match self.bind_special(method, value)? {
                (method, Some(receiver)) => self.call_nested(method, &[receiver])?,
                (method, None) => self.call_nested(method, &[])?,
            };
            let text = self.heap.native_part(text);
            // As upstream has it, what is no text is printed in its turn.
            self.write_value(out, text, TextKind::Str)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether a built-in type stands before the class that has a method among the ancestors: as upstream has it, the way
    /// that type prints comes first then.
    fn base_comes_first(&self, value: Value, method: Symbol) -> bool {
        let class = self.heap.class_of(value);
        let Some(object) = self.heap.class(class).filter(|object| object.native_base.is_some()) else {
            return false;
        };
        let has_method = |class: &crate::objects::class::Class| {
            class.definition.is_none() && class.dict.find_symbol(&self.heap.symbols, method).is_some()
        };
        if has_method(object) {
            return false;
        }
        let first =
            object.ancestors.iter().filter_map(|&ancestor| self.heap.class(ancestor)).find(|ancestor| {
                let is_base =
                    ancestor.definition.zip(object.native_base).is_some_and(|(x, y)| core::ptr::eq(x, y));
                is_base || has_method(ancestor)
            });
        first.is_some_and(|first| first.definition.is_some())
    }
}

fn push(out: &mut String, text: &str, limit: usize) -> Result<(), Raised> {
    finish(Guarded { text: out, limit }.write_str(text))
}

fn finish(result: core::fmt::Result) -> Result<(), Raised> {
    result.map_err(|_| Raised::OUT_OF_MEMORY)
}

fn written(result: core::fmt::Result) -> Result<bool, Raised> {
    finish(result).map(|()| true)
}
