//! Tests of the compiler: listings of small sources, errors, and what is large or deep.

extern crate std;

mod errors;
mod large;
mod listings;

use alloc::string::{String, ToString};

use super::draft::Draft;
use super::verify::verify;
use super::{CompileError, Mode, Options, compile};
use crate::syntax::{self, Limits};

/// Parses and compiles a source. A draft that is not sound fails the test.
fn compiled(source: &str, options: Options<'_>) -> Result<Draft, CompileError> {
    let mode = match options.mode {
        Mode::Single => syntax::Mode::Single,
        Mode::Eval | Mode::EvalNamespace => syntax::Mode::Eval,
        Mode::Module | Mode::Namespace => syntax::Mode::File,
    };
    let limits = Limits { nesting: u32::MAX, ..Limits::default() };
    let tree = match syntax::parse(source.as_bytes(), mode, &limits) {
        Ok(tree) => tree,
        Err(error) => panic!("line {}: {}", error.position.line, error.message),
    };
    let draft = compile(&tree, "test.py", options)?;
    if let Err(fault) = verify(&draft) {
        panic!("{fault:?}\n{}", draft.codes[fault.code]);
    }
    Ok(draft)
}

/// The listing of a module.
fn listing(source: &str) -> String {
    match compiled(source, Options::default()) {
        Ok(draft) => draft.to_string(),
        Err(error) => error.message.to_string(),
    }
}
