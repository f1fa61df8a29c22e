//! `cmath`: complex functions.

use crate::arguments::{self, complex, float};
use libm::{atan2, cos, cosh, exp, log, log10, pow, sin, sinh, sqrt};
use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::objects::conversion::Target;
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// A function of numbers that cannot run Python itself.
macro_rules! numbers {
    ($name:expr, $minimum:literal, $maximum:literal, $function:expr) => {
        full($name, $minimum, $maximum, |vm, given| {
            arguments::with_numbers(vm, given, Target::Complex, $function)
        })
    };
}

/// A function from a complex number to a complex number, by real and imaginary part.
macro_rules! function {
    ($name:literal, $function:expr) => {
        numbers!($name, 1, 1, |heap, given| {
            let (real, imaginary) = complex(heap, given[0])?;
            let function: fn(f64, f64) -> (f64, f64) = $function;
            let (real, imaginary) = function(real, imaginary);
            heap.complex(real, imaginary)
        })
    };
}

/// `cmath`
pub static MODULE: ModuleDef = ModuleDef {
    name: "cmath",
    members: &[
        Member::Float("e", core::f64::consts::E),
        Member::Float("pi", core::f64::consts::PI),
        numbers!("phase", 1, 1, |heap, given| {
            let (x, y) = complex(heap, given[0])?;
            heap.float(atan2(y, x))
        }),
        numbers!("polar", 1, 1, polar),
        numbers!("rect", 2, 2, rect),
        function!("exp", |x, y| (exp(x) * cos(y), exp(x) * sin(y))),
        function!("log", |x, y| (0.5 * log(x * x + y * y), atan2(y, x))),
        function!("log10", |x, y| (0.5 * log10(x * x + y * y), core::f64::consts::LOG10_E * atan2(y, x))),
        function!("sqrt", |x, y| {
            let (size, angle) = (pow(x * x + y * y, 0.25), 0.5 * atan2(y, x));
            (size * cos(angle), size * sin(angle))
        }),
        function!("cos", |x, y| (cos(x) * cosh(y), -sin(x) * sinh(y))),
        function!("sin", |x, y| (sin(x) * cosh(y), cos(x) * sinh(y))),
    ],
};

fn polar(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (x, y) = complex(heap, given[0])?;
    let items = [heap.float(sqrt(x * x + y * y))?, heap.float(atan2(y, x))?];
    heap.tuple(&items)
}

fn rect(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (size, angle) = (float(heap, given[0])?, float(heap, given[1])?);
    heap.complex(size * cos(angle), size * sin(angle))
}
