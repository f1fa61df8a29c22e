//! Functions of numbers and characters: `abs`, `bin`, `hex`, `oct`, `divmod`, `pow`, `round`, `chr`, `ord`.

use crate::heap::{Heap, Raised, Slot, Symbol, TypeId, Value, sym};
use crate::number::{Complex, Int, NumberError, float};
use crate::objects::int::machine_int;
use crate::run::{Arguments, FewArguments, Outcome, Request, Vm};
use crate::syntax::tree::BinaryOp;
use alloc::format;
use alloc::string::String;

/// `abs(x)`
pub fn abs_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    match arguments[0].as_small_int() {
        Some(integer) => Value::small_int(integer.abs()),
        None => Value::inline_float(libm::fabs(heap.as_float(arguments[0])?)),
    }
}

/// `abs(x)`
pub fn abs(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    if let Some(integer) = value.as_small_int() {
        return Ok(vm.heap.int(integer.abs())?.into());
    }
    if let Some(integer) = vm.heap.as_integer(value) {
        return Ok(vm.heap.integer(integer.abs())?.into());
    }
    if let Some(number) = vm.heap.as_float(value) {
        return Ok(vm.heap.float(libm::fabs(number))?.into());
    }
    if let Some(&Slot::Complex(real, imaginary)) = vm.heap.slot_of(value) {
        return Ok(vm.heap.float(Complex { real, imaginary }.abs())?.into());
    }
    if let Some(method) = vm.special_method(value, sym::ABS)? {
        return Ok(Outcome::Call(method, FewArguments::new(&[value])));
    }
    let part = vm.heap.native_part(value);
    if let Some(integer) = vm.heap.as_integer(part) {
        return Ok(vm.heap.integer(integer.abs())?.into());
    }
    if let Some(number) = vm.heap.as_float(part) {
        return Ok(vm.heap.float(libm::fabs(number))?.into());
    }
    let kind = String::from(vm.heap.type_name(value));
    Err(vm.heap.raise_fmt(TypeId::TypeError, format_args!("unsupported type for __abs__: '{kind}'")))
}

/// The text of an integer in a radix, after a prefix.
fn in_radix(heap: &mut Heap, integer: &Int, radix: u32, prefix: &str) -> Result<Value, Raised> {
    let digits = match integer.abs().to_text(radix, heap.bounds()) {
        Ok(digits) => digits,
        Err(error) => return Err(heap.raise_number(error)),
    };
    let sign = if integer.is_negative() { "-" } else { "" };
    heap.string(format!("{sign}{prefix}{digits}"))
}

/// The integer in an argument of `hex` and `oct`.
fn integer(heap: &mut Heap, value: Value) -> Result<Int, Raised> {
    let part = heap.native_part(value);
    match heap.as_integer(part) {
        Some(integer) => Ok(integer),
        // Says what it is.
        None => machine_int(heap, value).map(Int::Small),
    }
}

/// `bin(x)`
pub fn bin(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let part = heap.native_part(arguments[0]);
    match heap.as_integer(part) {
        Some(integer) => in_radix(heap, &integer, 2, "0b"),
        None => {
            let kind = String::from(heap.type_name(arguments[0]));
            Err(heap.raise_fmt(
                TypeId::ValueError,
                format_args!("unknown format code 'b' for object of type '{kind}'"),
            ))
        }
    }
}

/// `hex(x)`
pub fn hex(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let integer = integer(heap, arguments[0])?;
    in_radix(heap, &integer, 16, "0x")
}

/// `oct(x)`
pub fn oct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let integer = integer(heap, arguments[0])?;
    in_radix(heap, &integer, 8, "0o")
}

/// `divmod(a, b)`
pub fn divmod(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (a, b) = (arguments.at(vm, 0), arguments.at(vm, 1));
    if let Some(method) = vm.special_method(a, sym::DIVMOD)? {
        return Ok(Outcome::Call(method, FewArguments::new(&[a, b])));
    }
    let (x, y) = (vm.heap.native_part(a), vm.heap.native_part(b));
    if let (Some(x), Some(y)) = (vm.heap.as_integer(x), vm.heap.as_integer(y)) {
        let (quotient, remainder) = match x.div_mod(&y, vm.heap.bounds()) {
            Ok(pair) => pair,
            Err(error) => return Err(vm.heap.raise_number(error)),
        };
        let pair = [vm.heap.integer(quotient)?, vm.heap.integer(remainder)?];
        return Ok(vm.heap.tuple(&pair)?.into());
    }
    if let (Some(x), Some(y)) = (vm.heap.as_number(x), vm.heap.as_number(y)) {
        let (quotient, remainder) = match float::div_mod(x, y) {
            Ok(pair) => pair,
            Err(error) => return Err(vm.heap.raise_number(error)),
        };
        let pair = [vm.heap.float(quotient)?, vm.heap.float(remainder)?];
        return Ok(vm.heap.tuple(&pair)?.into());
    }
    let (x, y) = (String::from(vm.heap.type_name(a)), String::from(vm.heap.type_name(b)));
    Err(vm.heap.raise_fmt(TypeId::TypeError, format_args!("unsupported types for __divmod__: '{x}', '{y}'")))
}

/// `pow(a, b)`, `pow(a, b, modulus)`
pub fn pow(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (a, b) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let Some(modulus) = arguments.get(vm, 2).filter(|modulus| !modulus.is_none()) else {
        return Ok(Outcome::Perform(Request::Binary(BinaryOp::Power, a, b)));
    };
    let parts = [a, b, modulus].map(|value| vm.heap.native_part(value));
    let [Some(base), Some(exponent), Some(modulus)] = parts.map(|part| vm.heap.as_integer(part)) else {
        return Err(vm.type_error("pow() with 3 arguments requires integers"));
    };
    match base.pow_mod(&exponent, &modulus, vm.heap.bounds()) {
        Ok(power) => Ok(vm.heap.integer(power)?.into()),
        Err(error) => Err(vm.heap.raise_number(error)),
    }
}

/// `round(x)`, `round(x, digits)`
pub fn round(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let value = heap.native_part(arguments[0]);
    let digits = match arguments.get(1) {
        Some(&digits) if !digits.is_none() => Some(machine_int(heap, digits)?),
        _ => None,
    };
    if let Some(integer) = heap.as_integer(value) {
        let rounded = match digits {
            Some(digits) => integer.round(digits, heap.bounds()),
            None => Ok(integer),
        };
        return number(heap, rounded);
    }
    let Some(float) = heap.as_float(value) else {
        let kind = String::from(heap.type_name(value));
        return Err(heap.raise_fmt(TypeId::TypeError, format_args!("can't convert {kind} to float")));
    };
    match digits {
        Some(digits) => heap.float(float::round_to_digits(float, digits)),
        None => number(heap, float::round_to_int(float)),
    }
}

fn number(heap: &mut Heap, result: Result<Int, NumberError>) -> Result<Value, Raised> {
    match result {
        Ok(integer) => heap.integer(integer),
        Err(error) => Err(heap.raise_number(error)),
    }
}

/// `chr(x)`
pub fn chr(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some(code) = arguments[0].as_small_int()
        && let Ok(latin) = u8::try_from(code)
    {
        return Ok(Value::from_symbol(Symbol::latin(latin)));
    }
    let code = machine_int(heap, arguments[0])?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(character) => heap.character(character),
        None => Err(heap.raise(TypeId::ValueError, "char not in range(0x110000)")),
    }
}

/// `ord(x)`
pub fn ord(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some(latin) = arguments[0].as_symbol().and_then(Symbol::as_latin) {
        return Ok(Value::tiny_int(i32::from(latin)));
    }
    let value = heap.native_part(arguments[0]);
    let (length, first) = if let Some(text) = heap.as_str(value) {
        (heap.str_characters(value).unwrap_or(0), text.chars().next().map(|first| first as i32))
    } else if let Some(Slot::Bytes(bytes)) = heap.slot_of(value) {
        (bytes.len(), bytes.first().map(|&byte| i32::from(byte)))
    } else if let Some(Slot::ByteArray(bytes)) = heap.slot_of(value) {
        (bytes.len(), bytes.first().map(|&byte| i32::from(byte)))
    } else {
        let kind = String::from(heap.type_name(value));
        return Err(heap
            .raise_fmt(TypeId::TypeError, format_args!("can't convert '{kind}' object to str implicitly")));
    };
    match first {
        Some(code) if length == 1 => Ok(Value::tiny_int(code)),
        _ => Err(heap.raise_fmt(
            TypeId::TypeError,
            format_args!("ord() expected a character, but string of length {length} found"),
        )),
    }
}
