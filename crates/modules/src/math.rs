//! `math`: real functions.
//!
//! A result that is not a number although the arguments are, or infinite although they are finite, is a `math domain
//! error`, whatever the function.

use crate::arguments::{self, float};
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::number::Int;
use wigwag_vm::objects::conversion::Target;
use wigwag_vm::objects::function::{Member, full, keyword, plain};
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

const DEGREE: f64 = core::f64::consts::PI / 180.0;

fn domain_error(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::ValueError, "math domain error")
}

fn checked(heap: &mut Heap, arguments: &[f64], result: f64) -> Result<Value, Raised> {
    let nan_from_numbers = result.is_nan() && !arguments.iter().any(|argument| argument.is_nan());
    let infinite_from_finite =
        result.is_infinite() && !arguments.iter().any(|argument| argument.is_infinite());
    if nan_from_numbers || infinite_from_finite {
        return Err(domain_error(heap));
    }
    heap.float(result)
}

/// A function of numbers that cannot run Python itself.
macro_rules! numbers {
    ($name:expr, $minimum:literal, $maximum:literal, $function:expr) => {
        full($name, $minimum, $maximum, |vm, given| {
            arguments::with_numbers(vm, given, Target::Float, $function)
        })
    };
}

/// A function of one number.
macro_rules! real {
    ($name:literal, $function:expr) => {
        numbers!($name, 1, 1, |heap, given| {
            let x = float(heap, given[0])?;
            let function: fn(f64) -> f64 = $function;
            checked(heap, &[x], function(x))
        })
    };
}

/// A function of two numbers.
macro_rules! real_of_two {
    ($name:literal, $function:expr) => {
        numbers!($name, 2, 2, |heap, given| {
            let (x, y) = (float(heap, given[0])?, float(heap, given[1])?);
            let function: fn(f64, f64) -> f64 = $function;
            checked(heap, &[x, y], function(x, y))
        })
    };
}

/// A question about a number.
macro_rules! question {
    ($name:literal, $function:expr) => {
        numbers!($name, 1, 1, |heap, given| {
            let function: fn(f64) -> bool = $function;
            Ok(Value::from_bool(function(float(heap, given[0])?)))
        })
    };
}

/// A function whose result is an integer.
macro_rules! whole {
    ($name:literal, $function:expr) => {
        numbers!($name, 1, 1, |heap, given| {
            let function: fn(f64) -> f64 = $function;
            let x = float(heap, given[0])?;
            match Int::from_f64(function(x)) {
                Ok(integer) => heap.integer(integer),
                Err(error) => Err(heap.raise_number(error)),
            }
        })
    };
}

/// `math`
pub static MODULE: ModuleDef = ModuleDef {
    name: "math",
    members: &[
        Member::Float("e", core::f64::consts::E),
        Member::Float("pi", core::f64::consts::PI),
        Member::Float("tau", core::f64::consts::TAU),
        Member::Float("inf", f64::INFINITY),
        Member::Float("nan", f64::NAN),
        real!("sqrt", libm::sqrt),
        real_of_two!("pow", libm::pow),
        real!("exp", libm::exp),
        real!("expm1", libm::expm1),
        numbers!("log", 1, 2, log),
        real!("log2", libm::log2),
        real!("log10", libm::log10),
        real!("cosh", libm::cosh),
        real!("sinh", libm::sinh),
        real!("tanh", libm::tanh),
        real!("acosh", libm::acosh),
        real!("asinh", libm::asinh),
        real!("atanh", libm::atanh),
        real!("cos", libm::cos),
        real!("sin", libm::sin),
        real!("tan", libm::tan),
        real!("acos", libm::acos),
        real!("asin", libm::asin),
        real!("atan", libm::atan),
        real_of_two!("atan2", libm::atan2),
        whole!("ceil", libm::ceil),
        whole!("floor", libm::floor),
        whole!("trunc", libm::trunc),
        real_of_two!("copysign", libm::copysign),
        real!("fabs", libm::fabs),
        real_of_two!("fmod", libm::fmod),
        question!("isfinite", f64::is_finite),
        question!("isinf", f64::is_infinite),
        question!("isnan", f64::is_nan),
        keyword("isclose", 2, 2, is_close),
        numbers!("frexp", 1, 1, frexp),
        numbers!("ldexp", 2, 2, ldexp),
        numbers!("modf", 1, 1, modf),
        numbers!("radians", 1, 1, |heap, given| {
            let x = float(heap, given[0])?;
            heap.float(x * DEGREE)
        }),
        numbers!("degrees", 1, 1, |heap, given| {
            let x = float(heap, given[0])?;
            heap.float(x * (180.0 / core::f64::consts::PI))
        }),
        plain("factorial", 1, 1, factorial),
        real!("erf", libm::erf),
        real!("erfc", libm::erfc),
        numbers!("gamma", 1, 1, |heap, given| {
            let x = float(heap, given[0])?;
            if x == f64::NEG_INFINITY {
                return Err(domain_error(heap));
            }
            checked(heap, &[x], libm::tgamma(x))
        }),
        real!("lgamma", libm::lgamma),
    ],
};

fn log(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let x = float(heap, given[0])?;
    if x <= 0.0 {
        return Err(domain_error(heap));
    }
    let Some(&base) = given.get(1) else { return heap.float(libm::log(x)) };
    let base = float(heap, base)?;
    if base <= 0.0 {
        return Err(domain_error(heap));
    }
    if base == 1.0 {
        return Err(heap.raise(TypeId::ZeroDivisionError, "divide by zero"));
    }
    heap.float(libm::log(x) / libm::log(base))
}

fn frexp(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (significand, exponent) = libm::frexp(float(heap, given[0])?);
    let items = [heap.float(significand)?, Value::tiny_int(exponent)];
    heap.tuple(&items)
}

fn ldexp(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let x = float(heap, given[0])?;
    // Beyond these every float is zero or infinite.
    let exponent = arguments::integer(heap, given[1])?.clamp(-10_000, 10_000) as i32;
    heap.float(libm::ldexp(x, exponent))
}

fn modf(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let x = float(heap, given[0])?;
    let whole = libm::trunc(x);
    let fraction = if x.is_infinite() { 0.0 } else { x - whole };
    let items = [heap.float(libm::copysign(fraction, x))?, heap.float(whole)?];
    heap.tuple(&items)
}

fn is_close(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [relative, absolute] = given.bind(vm, 2, ["*rel_tol", "*abs_tol"])?;
    let (a, b) = (given.at(vm, 0), given.at(vm, 1));
    let (a, b) = (float(&mut vm.heap, a)?, float(&mut vm.heap, b)?);
    let relative = relative.map_or(Ok(1e-9), |value| float(&mut vm.heap, value))?;
    let absolute = absolute.map_or(Ok(0.0), |value| float(&mut vm.heap, value))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(domain_error(&mut vm.heap));
    }
    let distance = (a - b).abs();
    let close = a == b
        || !distance.is_infinite()
            && (distance <= absolute || distance <= (relative * a).abs() || distance <= (relative * b).abs());
    Ok(Value::from_bool(close).into())
}

/// The product of the integers up to a number, multiplied pairwise, so that the factors are of about the same size.
fn factorial(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let count = arguments::integer(heap, given[0])?;
    if count < 0 {
        return Err(heap.raise(TypeId::ValueError, "negative factorial"));
    }
    // The result has at least one bit for each factor.
    if count as u64 > heap.bounds().max_bits {
        return Err(Raised::OUT_OF_MEMORY);
    }
    // Partial products, each with its level; equal levels are multiplied at once.
    let mut products: Vec<(u32, Int)> = Vec::new();
    for factor in 1..=count {
        let mut level = 0;
        let mut product = Int::Small(factor);
        while let Some((below, _)) = products.last()
            && *below == level
            && let Some((_, other)) = products.pop()
        {
            product = other.mul(&product, heap.bounds()).map_err(|error| heap.raise_number(error))?;
            level += 1;
        }
        products.push((level, product));
    }
    let mut result = Int::Small(1);
    while let Some((_, product)) = products.pop() {
        result = result.mul(&product, heap.bounds()).map_err(|error| heap.raise_number(error))?;
    }
    heap.integer(result)
}
