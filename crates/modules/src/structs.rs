//! `struct`: values packed into bytes by a format, and taken out again.

use crate::arguments;
use crate::binary::{self, Layout};
use crate::memory;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::slice::{Iter, IterMut};
use wigwag_vm::heap::{Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{ANY, full};
use wigwag_vm::run::{Arguments, Extension, ModuleDef, Outcome, Vm};

/// `struct`
pub static MODULE: ModuleDef = ModuleDef {
    name: "struct",
    members: &[
        full("calcsize", 1, 1, calculate_size),
        full("pack", 1, ANY, pack),
        full("pack_into", 3, ANY, pack_into),
        full("unpack", 2, 3, unpack_from),
        full("unpack_from", 2, 3, unpack_from),
    ],
};

/// One entry of a format.
#[derive(Clone, Copy)]
enum Entry {
    /// A number of a layout: what most packets are made of, so its way is short.
    Number(Layout),
    /// So many numbers of a layout.
    Numbers(Layout),
    /// So many objects, by their address.
    Objects(Layout),
    /// So many texts that end with a zero byte, by their address.
    Texts(Layout),
    /// Bytes, padded with zeros: one value.
    Bytes,
    /// Bytes without a value.
    Padding,
}

/// An entry with where its first item lies.
struct Field {
    entry: Entry,
    count: usize,
    offset: usize,
}

/// A format taken apart.
struct Format {
    fields: Vec<Field>,
    big_endian: bool,
    size: usize,
    /// How many values it stands for.
    values: usize,
}

/// A format that is not longer than this is remembered.
const LONGEST_REMEMBERED: usize = 64;
/// How many of them.
const REMEMBERED: usize = 4;

/// The formats that were taken apart last: programs use the same few again and again.
#[derive(Default)]
pub struct Formats {
    /// What a program wrote, which cannot change, and what was made of it.
    known: [Option<(Value, Rc<Format>)>; REMEMBERED],
    /// The place of the next one.
    next: usize,
}

impl Extension for Formats {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for (text, _) in self.known.iter().flatten() {
            tracer.value(*text);
        }
    }
}

impl Formats {
    fn find(&self, text: Value) -> Option<Rc<Format>> {
        self.known.iter().flatten().find(|(known, _)| *known == text).map(|(_, format)| format.clone())
    }

    fn remember(&mut self, text: Value, format: Rc<Format>) {
        self.known[self.next] = Some((text, format));
        self.next = (self.next + 1) % REMEMBERED;
    }
}

impl Format {
    /// The format that a program gives: one that was taken apart before, where it is still known.
    fn of(vm: &mut Vm, text: Value) -> Result<Rc<Format>, Raised> {
        if let Some(format) = vm.extension::<Formats>().and_then(|formats| formats.find(text)) {
            return Ok(format);
        }
        let part = vm.heap.native_part(text);
        let codes = match (vm.heap.as_str(part), vm.heap.slot_of(part)) {
            (Some(codes), _) => try_copy(codes.as_bytes())?,
            (None, Some(Slot::Bytes(codes))) => try_copy(codes)?,
            // Says what it is not.
            _ => arguments::text(&mut vm.heap, text)?.into_bytes(),
        };
        let format = Rc::new(Format::parse(vm, &codes)?);
        if codes.len() <= LONGEST_REMEMBERED
            && let Some(formats) = vm.extension::<Formats>()
        {
            formats.remember(part, format.clone());
        }
        Ok(format)
    }

    fn parse(vm: &mut Vm, text: &[u8]) -> Result<Format, Raised> {
        let word_bytes = binary::word_bytes(vm);
        let (standard, big_endian, skip) = match text.first() {
            Some(b'<') => (true, false, 1),
            Some(b'>' | b'!') => (true, true, 1),
            Some(b'@') => (false, false, 1),
            _ => (false, false, 0),
        };
        let mut parsed = Format { fields: Vec::new(), big_endian, size: 0, values: 0 };
        let mut codes = text[skip..].iter().copied();
        while let Some(mut code) = codes.next() {
            let mut count: Option<usize> = None;
            while code.is_ascii_digit() {
                let digit = usize::from(code - b'0');
                count = count.unwrap_or(0).checked_mul(10).and_then(|count| count.checked_add(digit));
                let (Some(_), Some(next)) = (count, codes.next()) else {
                    return Err(binary::bad_code(&mut vm.heap));
                };
                code = next;
            }
            let entry = match code {
                b's' => Entry::Bytes,
                b'x' => Entry::Padding,
                b'O' | b'S' => match binary::layout(b'P', standard, word_bytes) {
                    Some(layout) if code == b'O' => Entry::Objects(layout),
                    Some(layout) => Entry::Texts(layout),
                    None => return Err(binary::bad_code(&mut vm.heap)),
                },
                _ => match binary::layout(code, standard, word_bytes) {
                    Some(layout) if count.is_none() => Entry::Number(layout),
                    Some(layout) => Entry::Numbers(layout),
                    None => return Err(binary::bad_code(&mut vm.heap)),
                },
            };
            let count = count.unwrap_or(1);
            let values = match entry {
                Entry::Padding => 0,
                Entry::Bytes => 1,
                Entry::Number(_) | Entry::Numbers(_) | Entry::Objects(_) | Entry::Texts(_) => count,
            };
            parsed.values = parsed.values.checked_add(values).ok_or(Raised::OUT_OF_MEMORY)?;
            let mut size = 1;
            if let Entry::Number(layout)
            | Entry::Numbers(layout)
            | Entry::Objects(layout)
            | Entry::Texts(layout) = entry
            {
                size = layout.size;
                if !standard {
                    parsed.size = parsed.size.checked_next_multiple_of(size).ok_or(Raised::OUT_OF_MEMORY)?;
                }
            }
            parsed.fields.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
            parsed.fields.push(Field { entry, count, offset: parsed.size });
            parsed.size = count
                .checked_mul(size)
                .and_then(|bytes| parsed.size.checked_add(bytes))
                .filter(|&bytes| isize::try_from(bytes).is_ok())
                .ok_or(Raised::OUT_OF_MEMORY)?;
        }
        Ok(parsed)
    }

    /// Fills bytes (as many as the format has, all zero) with values; missing ones stay zero.
    fn fill(&self, heap: &mut Heap, values: &[Value], bytes: &mut [u8]) -> Result<(), Raised> {
        let mut values = values.iter();
        for field in &self.fields {
            let Entry::Number(layout) = field.entry else {
                self.fill_other(heap, field, &mut values, bytes)?;
                continue;
            };
            let Some(&value) = values.next() else { return Ok(()) };
            let word = binary::store(heap, layout, value)?;
            binary::put(word, &mut bytes[field.offset..field.offset + layout.size], self.big_endian);
        }
        Ok(())
    }

    /// The same for a field that is not a number.
    #[inline(never)]
    fn fill_other(
        &self,
        heap: &mut Heap,
        field: &Field,
        values: &mut Iter<'_, Value>,
        bytes: &mut [u8],
    ) -> Result<(), Raised> {
        match field.entry {
            Entry::Padding => {}
            Entry::Bytes => {
                let Some(&value) = values.next() else { return Ok(()) };
                let text = arguments::buffer(heap, value)?;
                let count = text.len().min(field.count);
                bytes[field.offset..field.offset + count].copy_from_slice(&text[..count]);
            }
            Entry::Number(layout)
            | Entry::Numbers(layout)
            | Entry::Objects(layout)
            | Entry::Texts(layout) => {
                let mut offset = field.offset;
                for &value in values.take(field.count) {
                    let word = match field.entry {
                        Entry::Objects(_) => address(heap, layout, value)?,
                        _ => binary::store(heap, layout, value)?,
                    };
                    binary::put(word, &mut bytes[offset..offset + layout.size], self.big_endian);
                    offset += layout.size;
                }
            }
        }
        Ok(())
    }

    /// Takes values (as many as the format has) out of bytes (likewise).
    fn take(&self, vm: &mut Vm, bytes: &[u8], values: &mut [Value]) -> Result<(), Raised> {
        let mut places = values.iter_mut();
        for field in &self.fields {
            let Entry::Number(layout) = field.entry else {
                self.take_other(vm, field, bytes, &mut places)?;
                continue;
            };
            let Some(place) = places.next() else { return Ok(()) };
            let item = &bytes[field.offset..field.offset + layout.size];
            *place = binary::load(&mut vm.heap, layout, item, self.big_endian)?;
        }
        Ok(())
    }

    /// The same for a field that is not a number.
    #[inline(never)]
    fn take_other(
        &self,
        vm: &mut Vm,
        field: &Field,
        bytes: &[u8],
        places: &mut IterMut<'_, Value>,
    ) -> Result<(), Raised> {
        match field.entry {
            Entry::Padding => {}
            Entry::Bytes => {
                let Some(place) = places.next() else { return Ok(()) };
                *place = vm.heap.bytes(&bytes[field.offset..field.offset + field.count])?;
            }
            Entry::Number(layout)
            | Entry::Numbers(layout)
            | Entry::Objects(layout)
            | Entry::Texts(layout) => {
                let mut offset = field.offset;
                for place in places.take(field.count) {
                    let item = &bytes[offset..offset + layout.size];
                    *place = match field.entry {
                        Entry::Objects(_) => object_at(vm, binary::word(item, self.big_endian))?,
                        Entry::Texts(_) => text_at(vm, binary::word(item, self.big_endian))?,
                        _ => binary::load(&mut vm.heap, layout, item, self.big_endian)?,
                    };
                    offset += layout.size;
                }
            }
        }
        Ok(())
    }
}

/// The address of a value, if it has one that fits the layout.
fn address(heap: &mut Heap, layout: Layout, value: Value) -> Result<u64, Raised> {
    let bits = 8 * layout.size as u32;
    match heap.address(value) {
        Some(address) if bits >= u64::BITS || address >> bits == 0 => Ok(address),
        _ => Err(heap.raise(TypeId::NotImplementedError, "address of what is no object")),
    }
}

/// The value at an address that a program brings.
fn object_at(vm: &mut Vm, address: u64) -> Result<Value, Raised> {
    match vm.heap.at_address(address) {
        Some(value) => Ok(value),
        None => Err(vm.heap.raise(TypeId::ValueError, "no object at this address")),
    }
}

/// The text at an address that a program brings (`uctypes.addressof`), to its zero byte or to the end of the buffer.
fn text_at(vm: &mut Vm, address: u64) -> Result<Value, Raised> {
    let window = memory::window_at(vm, address);
    let bytes = window.and_then(|window| memory::bytes_in(&vm.heap, window, 0, window.length));
    let Some(bytes) = bytes else { return Err(memory::nothing_at(&mut vm.heap, address)) };
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    match String::from_utf8(try_copy(&bytes[..end])?) {
        Ok(text) => vm.heap.string(text),
        Err(_) => Err(vm.heap.raise_bare(TypeId::UnicodeError)),
    }
}

fn calculate_size(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let format = given.at(vm, 0);
    let format = Format::of(vm, format)?;
    Ok(vm.heap.size(format.size)?.into())
}

/// So many bytes, and so many values, need no memory of their own while they are packed or unpacked.
const FEW: usize = 32;

/// Packs the arguments from one on, and does something with the bytes.
fn with_packed<T>(
    vm: &mut Vm,
    format: &Format,
    (given, first): (Arguments, usize),
    then: impl FnOnce(&mut Heap, &[u8]) -> Result<T, Raised>,
) -> Result<T, Raised> {
    let Vm { heap, fiber, .. } = vm;
    let values = fiber.stack.get(given.base + first..given.base + given.count).unwrap_or(&[]);
    let mut few = [0; FEW];
    let mut many = Vec::new();
    let bytes = match few.get_mut(..format.size) {
        Some(few) => few,
        None => {
            if format.size > heap.max_length() {
                return Err(Raised::OUT_OF_MEMORY);
            }
            many.try_reserve_exact(format.size).map_err(|_| Raised::OUT_OF_MEMORY)?;
            many.resize(format.size, 0);
            &mut many[..]
        }
    };
    format.fill(heap, values, bytes)?;
    then(heap, bytes)
}

fn pack(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let format = given.at(vm, 0);
    let format = Format::of(vm, format)?;
    Ok(with_packed(vm, &format, (given, 1), |heap, bytes| heap.bytes(bytes))?.into())
}

/// Where `size` bytes at an offset lie in a buffer of `length`; a negative offset counts from its end.
fn window(vm: &mut Vm, offset: Value, size: usize, length: usize) -> Result<usize, Raised> {
    let offset = arguments::integer(&mut vm.heap, offset)?;
    let offset = if offset < 0 { offset.saturating_add(length as i64) } else { offset };
    match usize::try_from(offset) {
        Ok(offset) if offset <= length && length - offset >= size => Ok(offset),
        _ => Err(vm.heap.raise(TypeId::ValueError, "buffer too small")),
    }
}

fn pack_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [format, target, offset] = [0, 1, 2].map(|number| given.at(vm, number));
    let length = arguments::writable(&mut vm.heap, target)?.len();
    let format = Format::of(vm, format)?;
    let start = window(vm, offset, format.size, length)?;
    with_packed(vm, &format, (given, 3), |heap, bytes| {
        let place = arguments::writable(heap, target)?;
        if let Some(place) = place.get_mut(start..start + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        Ok(())
    })?;
    Ok(Value::NONE.into())
}

fn unpack_from(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (format, source) = (given.at(vm, 0), given.at(vm, 1));
    let format = Format::of(vm, format)?;
    let source = vm.heap.native_part(source);
    let start = match (given.get(vm, 2), vm.heap.as_buffer(source).map(<[u8]>::len)) {
        (_, None) => return Err(vm.heap.raise(TypeId::TypeError, "object with buffer protocol required")),
        (None, Some(length)) if format.size <= length => 0,
        (offset, Some(length)) => window(vm, offset.unwrap_or(Value::tiny_int(0)), format.size, length)?,
    };
    let all = vm.heap.as_buffer(source).unwrap_or(&[]);
    let part = all.get(start..start + format.size).unwrap_or(&[]);
    let mut few = [0; FEW];
    if let (Some(bytes), true) = (few.get_mut(..part.len()), format.values <= FEW) {
        bytes.copy_from_slice(part);
        let mut values = [Value::NONE; FEW];
        let values = &mut values[..format.values];
        format.take(vm, bytes, values)?;
        return Ok(vm.heap.tuple(values)?.into());
    }
    let bytes = try_copy(part)?;
    let mut values = Vec::new();
    values.try_reserve_exact(format.values).map_err(|_| Raised::OUT_OF_MEMORY)?;
    values.resize(format.values, Value::NONE);
    format.take(vm, &bytes, &mut values)?;
    Ok(vm.heap.tuple(&values)?.into())
}
