//! `binascii`: bytes as hexadecimal digits and in base 64, and their CRC-32. Follows upstream's `binascii` page.

use crate::arguments;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{keyword, plain};
use wigwag_vm::objects::text_methods::{from_hex, hex};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `binascii`
pub static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    members: &[
        plain("hexlify", 1, 2, |heap, given| {
            let digits = hex(heap, given)?;
            let bytes = arguments::buffer(heap, digits)?;
            heap.bytes_from(bytes)
        }),
        plain("unhexlify", 1, 1, |heap, given| from_hex(heap, &[TypeId::Bytes.value(), given[0]])),
        plain("a2b_base64", 1, 1, from_base64),
        keyword("b2a_base64", 1, 2, to_base64),
        plain("crc32", 1, 2, crc32),
    ],
};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What a digit of base 64 stands for.
fn sextet(digit: u8) -> Option<u32> {
    let number = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(number.into())
}

/// The bytes that digits stand for; what is no digit is passed over. `None` if they do not come out even.
fn decode(digits: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (mut word, mut bits, mut had_padding) = (0_u32, 0, false);
    for &digit in digits {
        if digit == b'=' {
            if bits == 2 || bits == 4 && had_padding {
                return Some(());
            }
            had_padding = true;
        }
        let Some(sextet) = sextet(digit) else { continue };
        had_padding = false;
        word = word << 6 | sextet;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    (bits == 0).then_some(())
}

fn from_base64(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let digits = arguments::buffer(heap, given[0])?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(digits.len() / 4 * 3 + 3).map_err(|_| Raised::OUT_OF_MEMORY)?;
    match decode(&digits, &mut bytes) {
        Some(()) => heap.bytes_from(bytes),
        None => Err(heap.raise(TypeId::ValueError, "incorrect padding")),
    }
}

/// `b2a_base64(data, *, newline=True)`
fn to_base64(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [newline] = given.bind(vm, 1, ["newline"])?;
    let newline = newline.is_none_or(|newline| vm.truth_plain(newline).unwrap_or(true));
    let data = given.at(vm, 0);
    let data = arguments::buffer(&mut vm.heap, data)?;
    let mut digits = Vec::new();
    digits.try_reserve_exact(data.len().div_ceil(3) * 4 + 1).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for bytes in data.chunks(3) {
        let byte = |number: usize| u32::from(bytes.get(number).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for number in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * number)) as usize & 63];
            digits.push(if number as usize <= bytes.len() { digit } else { b'=' });
        }
    }
    if newline {
        digits.push(b'\n');
    }
    Ok(vm.heap.bytes_from(digits)?.into())
}

/// `crc32(data, crc=0)`
fn crc32(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let start = match given.get(1) {
        // Upstream cuts off what does not fit.
        Some(&start) => match heap.as_integer(start) {
            Some(start) => start.low_word() as u32,
            None => arguments::integer(heap, start)? as u32,
        },
        None => 0,
    };
    let part = heap.native_part(given[0]);
    let Some(data) = heap.as_buffer(part) else {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    let length = data.len();
    let mut hasher = crc32fast::Hasher::new_with_initial(start);
    hasher.update(data);
    heap.worked(length / 16);
    heap.int(hasher.finalize().into())
}
