//! Tree → code: scopes, registers, and the instruction set, which is declared once, as data.
//!
//! [`compile`] turns a [`Tree`] into a [`Draft`]. Three passes: `constants.rs` and `scopes.rs` each go over the whole
//! tree without recursion and decide what is known about every expression and every name; then each scope is walked
//! once and its code written, an inner one when the statement or expression that makes it is met.
//!
//! What always holds:
//!
//! - An instruction writes the register it names only if it succeeds, and a local is written by the last instruction
//!   of the expression that is assigned to it, never by an earlier one; so whoever catches an exception finds the
//!   locals as they were before the instruction that failed.
//! - A local that is an operand is used where it is, without a copy, unless something evaluated between may assign it.
//! - Native recursion is counted against [`Options::nesting`]; left-leaning chains are walked in loops.
//! - Every draft passes [`verify::verify`]; debug builds check.
//!
//! | file | what it does |
//! |---|---|
//! | `constants.rs` | what is known before the program runs: folding, `const()` |
//! | `scopes.rs`, `walk.rs`, `children.rs` | which variable a name means |
//! | `registers.rs`, `assigned.rs` | which registers are free, which locals certainly hold a value |
//! | `loop_constants.rs` | which constants stay in registers |
//! | `emit.rs` | words, labels, lines, constants, sites |
//! | `coder.rs`, `variables.rs`, `evaluation.rs` | what every part of the code writer uses |
//! | `expressions.rs`, `conditions.rs`, `calls.rs`, `displays.rs` | expressions |
//! | `statements.rs`, `assignment.rs`, `loops.rs`, `exceptions.rs`, `with.rs`, `contexts.rs`, `imports.rs` | statements |
//! | `functions.rs` | what makes code of its own: functions, classes, comprehensions |
//! | `operands.rs`, `flow.rs`, `verify.rs`, `disassembly.rs` | checking and showing drafts |

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::run::ModuleDef;
use crate::syntax::tree::Tree;

mod assigned;
mod assignment;
mod calls;
mod children;
mod coder;
mod conditions;
mod constants;
mod contexts;
pub mod disassembly;
mod displays;
pub mod draft;
mod emit;
mod error;
mod evaluation;
mod exceptions;
mod expressions;
mod flow;
mod functions;
mod imports;
pub mod instructions;
mod loop_constants;
mod loops;
mod operands;
mod registers;
mod scopes;
mod statements;
#[cfg(test)]
mod tests;
mod variables;
pub mod verify;
mod walk;
mod with;

use coder::{Coder, Session};
use constants::Constants;
pub use contexts::RAISED;
use draft::Draft;
pub use error::{CompileError, ErrorKind};
pub use registers::Held;
use scopes::Scopes;

/// What a tree is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A file: its names are globals.
    Module,
    /// `exec` with a dict of locals, which is `r[0]`: names are looked up and bound there first.
    Namespace,
    /// A line of the REPL: what expression statements give is shown.
    Single,
    /// `eval`: the value of the one expression is returned.
    Eval,
    /// `eval` with a dict of locals, which is `r[0]`.
    EvalNamespace,
}

/// How to compile.
#[derive(Clone, Copy)]
pub struct Options<'m> {
    /// What for.
    pub mode: Mode,
    /// The `-O` level: above 0, `assert` is left out; from 3 on, line numbers are.
    pub optimise: u8,
    /// How deep expressions and statements may nest.
    pub nesting: u32,
    /// The built-in modules, whose numbers can be used in `const(…)`.
    pub modules: &'m [&'static ModuleDef],
}

impl Default for Options<'_> {
    /// A module on a desktop.
    fn default() -> Self {
        Options { mode: Mode::Module, optimise: 0, nesting: 6000, modules: &[] }
    }
}

/// Compiles a tree; `file` is what tracebacks call it.
///
/// # Errors
///
/// The first error in the order in which scopes nest, with upstream's text.
pub fn compile(tree: &Tree, file: &str, options: Options<'_>) -> Result<Draft, CompileError> {
    compile_boxed(tree, file, options).map_err(|failure| *failure)
}

fn compile_boxed(tree: &Tree, file: &str, options: Options<'_>) -> Result<Draft, error::Failure> {
    let constants = Constants::new(tree, options.modules)?;
    let scopes = Scopes::new(tree, &constants)?;
    let mut session =
        Session { tree, constants: &constants, scopes: &scopes, options, codes: Vec::new(), depth: 0 };
    let main = Coder::module(&mut session).map_err(|failure| error::in_scope(failure, boxed("<module>")))?;
    let draft = Draft { file: file.into(), codes: session.codes, main };
    debug_assert_eq!(verify::verify(&draft), Ok(()));
    Ok(draft)
}

/// A name for a scope that has none in the source.
fn boxed(name: &str) -> Box<str> {
    name.into()
}
