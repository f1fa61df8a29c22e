//! Floats: IEEE doubles with Python's rules.
//!
//! | file | what |
//! |---|---|
//! | `arithmetic` | `// % ** divmod`, rounding, hash |
//! | `extended` | the arithmetic beneath `print` |
//! | `parse` | `float("…")` and decimal literals |
//! | `power` | the arithmetic beneath `**` |
//! | `print` | `repr`, and `%e %f %g` with a precision |
//!
//! `+`, `-`, `*` and comparison are the machine's; division only has to look for zero first.

mod arithmetic;
mod extended;
mod parse;
mod power;
mod print;

pub use arithmetic::{
    as_integer_ratio, div_mod, divide, floor_div, hash_value, is_integer, modulo, pow, round_to_digits,
    round_to_int,
};
pub use parse::{parse, scan_decimal};
pub use print::{FloatText, Notation, SignStyle, Style, format, plain, repr, repr_bare, repr_signed};

pub(crate) use parse::{scan_signed, skip_space};
