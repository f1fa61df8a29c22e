//! `struct`: values packed into bytes by a format, and taken out again.

use crate::arguments;
use crate::binary::{self, Layout};
use crate::memory;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{ANY, full};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

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
}

impl Format {
    fn parse(vm: &mut Vm, format: Value) -> Result<Format, Raised> {
        let part = vm.heap.native_part(format);
        let text = match vm.heap.as_buffer(part) {
            Some(text) => text.to_vec(),
            None => arguments::text(&mut vm.heap, format)?.into_bytes(),
        };
        let word_bytes = binary::word_bytes(vm);
        let (standard, big_endian, skip) = match text.first() {
            Some(b'<') => (true, false, 1),
            Some(b'>' | b'!') => (true, true, 1),
            Some(b'@') => (false, false, 1),
            _ => (false, false, 0),
        };
        let mut parsed = Format { fields: Vec::new(), big_endian, size: 0 };
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
                    Some(layout) => Entry::Numbers(layout),
                    None => return Err(binary::bad_code(&mut vm.heap)),
                },
            };
            let count = count.unwrap_or(1);
            let mut size = 1;
            if let Entry::Numbers(layout) | Entry::Objects(layout) | Entry::Texts(layout) = entry {
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
                .ok_or(Raised::OUT_OF_MEMORY)?;
        }
        Ok(parsed)
    }

    /// Fills bytes (as many as the format has, all zero) with values; missing ones stay zero.
    fn fill(&self, vm: &mut Vm, values: &[Value], bytes: &mut [u8]) -> Result<(), Raised> {
        let mut values = values.iter().copied();
        for field in &self.fields {
            match field.entry {
                Entry::Padding => {}
                Entry::Bytes => {
                    let Some(value) = values.next() else { return Ok(()) };
                    let text = arguments::buffer(&mut vm.heap, value)?;
                    let count = text.len().min(field.count);
                    bytes[field.offset..field.offset + count].copy_from_slice(&text[..count]);
                }
                Entry::Numbers(layout) | Entry::Objects(layout) | Entry::Texts(layout) => {
                    let place = &mut bytes[field.offset..field.offset + field.count * layout.size];
                    for item in place.chunks_exact_mut(layout.size) {
                        let Some(value) = values.next() else { return Ok(()) };
                        let word = match field.entry {
                            Entry::Objects(_) => address(vm, layout, value)?,
                            _ => binary::store(&mut vm.heap, layout, value)?,
                        };
                        binary::put(word, item, self.big_endian);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The address of a value, if it has one that fits the layout.
fn address(vm: &mut Vm, layout: Layout, value: Value) -> Result<u64, Raised> {
    let bits = 8 * layout.size as u32;
    match vm.heap.address(value) {
        Some(address) if bits >= u64::BITS || address >> bits == 0 => Ok(address),
        _ => Err(vm.heap.raise(TypeId::NotImplementedError, "address of what is no object")),
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
    let format = Format::parse(vm, format)?;
    Ok(vm.heap.size(format.size)?.into())
}

/// The bytes of values in a format.
fn packed(vm: &mut Vm, format: Value, values: &[Value]) -> Result<Vec<u8>, Raised> {
    let format = Format::parse(vm, format)?;
    if format.size > vm.heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(format.size).map_err(|_| Raised::OUT_OF_MEMORY)?;
    bytes.resize(format.size, 0);
    format.fill(vm, values, &mut bytes)?;
    Ok(bytes)
}

fn pack(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let all = given.to_vec(vm);
    let bytes = packed(vm, all[0], &all[1..])?;
    Ok(vm.heap.bytes_from(bytes)?.into())
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
    let all = given.to_vec(vm);
    let length = arguments::writable(&mut vm.heap, all[1])?.len();
    let size = Format::parse(vm, all[0])?.size;
    let start = window(vm, all[2], size, length)?;
    let bytes = packed(vm, all[0], &all[3..])?;
    let place = arguments::writable(&mut vm.heap, all[1])?;
    if let Some(place) = place.get_mut(start..start + bytes.len()) {
        place.copy_from_slice(&bytes);
    }
    Ok(Value::NONE.into())
}

fn unpack_from(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (format, source) = (given.at(vm, 0), given.at(vm, 1));
    let offset = given.get(vm, 2).unwrap_or(Value::tiny_int(0));
    let format = Format::parse(vm, format)?;
    let bytes = arguments::buffer(&mut vm.heap, source)?;
    let start = window(vm, offset, format.size, bytes.len())?;
    let bytes = &bytes[start..start + format.size];
    let mut values = Vec::new();
    for field in &format.fields {
        match field.entry {
            Entry::Padding => {}
            Entry::Bytes => {
                values.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)?;
                values.push(vm.heap.bytes(&bytes[field.offset..field.offset + field.count])?);
            }
            Entry::Numbers(layout) | Entry::Objects(layout) | Entry::Texts(layout) => {
                values.try_reserve(field.count).map_err(|_| Raised::OUT_OF_MEMORY)?;
                let items = &bytes[field.offset..field.offset + field.count * layout.size];
                for item in items.chunks_exact(layout.size) {
                    let value = match field.entry {
                        Entry::Objects(_) => {
                            let address = binary::word(item, format.big_endian);
                            object_at(vm, address)?
                        }
                        Entry::Texts(_) => {
                            let address = binary::word(item, format.big_endian);
                            text_at(vm, address)?
                        }
                        _ => binary::load(&mut vm.heap, layout, item, format.big_endian)?,
                    };
                    values.push(value);
                }
            }
        }
    }
    Ok(vm.heap.tuple(&values)?.into())
}
