//! Tests of the parser as a whole: what a text becomes, what is refused and how, what limits hold, and that nothing
//! makes it panic.

extern crate std;

mod accepted;
mod limits;
mod positions;
mod refused;
mod robustness;
mod tokens;

use alloc::string::{String, ToString};

use super::dump::Dump;
use super::{Limits, Mode, SyntaxError, parse};

/// The tree of a file as an S-expression.
fn dump(source: &str) -> Result<String, SyntaxError> {
    parse(source.as_bytes(), Mode::File, &Limits::default()).map(|tree| Dump(&tree).to_string())
}

/// Checks that each text becomes the tree beside it.
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        match dump(source) {
            Ok(tree) => assert_eq!(&tree, expected, "{source}"),
            Err(error) => panic!("{source}: {error:?}"),
        }
    }
}

/// The same for expressions.
fn check_expressions(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        match parse(source.as_bytes(), Mode::Eval, &Limits::default()) {
            Ok(tree) => {
                assert_eq!(Dump(&tree).to_string(), std::format!("(do {expected})"), "{source}");
            }
            Err(error) => panic!("{source}: {error:?}"),
        }
    }
}
