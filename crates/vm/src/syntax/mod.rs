//! Text → tokens → tree.
//!
//! [`parse`] takes the bytes of a source text and gives the [`tree::Tree`] that the compiler reads, or a
//! [`SyntaxError`] in upstream's words with the place where it was found. It accepts all that MicroPython accepts,
//! and a little of what CPython accepts beyond (`/` in parameters, any expression as a decorator, unpacking in
//! displays, `async for` in comprehensions).
//!
//! What always holds:
//!
//! - Neither statements nor expressions recurse natively: what is open waits on explicit stacks, so the native stack
//!   stays small whatever the text. How deep a text may nest is [`Limits::nesting`].
//! - Time and memory are linear in the length of the text.
//! - No input makes it panic.
//!
//! | file | what it does |
//! |---|---|
//! | `lexer.rs`, `token.rs` | bytes to tokens, with indentation and the inside of f-strings |
//! | `numbers.rs`, `strings.rs` | what a literal stands for |
//! | `names.rs` | identifiers to numbers |
//! | `parser.rs` | what every part of the parser uses: the next token, the arenas, the limits |
//! | `expressions.rs`, `entries.rs` | operands and operators, over the stack of what is open |
//! | `displays.rs`, `calls.rs`, `subscripts.rs`, `comprehensions.rs`, `fstrings.rs`, `parameters.rs` | what stands in brackets |
//! | `statements.rs`, `blocks.rs`, `imports.rs`, `targets.rs` | lines and indented blocks |

mod blocks;
mod calls;
mod comprehensions;
mod displays;
pub mod dump;
mod entries;
mod error;
mod expressions;
mod fstrings;
mod imports;
pub mod lexer;
mod names;
mod numbers;
mod parameters;
mod parser;
mod statements;
mod strings;
mod subscripts;
mod targets;
pub mod token;
pub mod tree;

pub use error::{ErrorKind, SyntaxError};
use parser::Parser;
use tree::Tree;

/// What a text consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Any number of statements.
    File,
    /// One statement, simple or compound, as typed at a prompt; or nothing.
    Single,
    /// One expression, which becomes the one expression statement of the tree.
    Eval,
}

/// How much a text may ask for, and what `__debug__` means in it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How deep brackets, operators without end (`- - -x`), lambdas and blocks may nest; deeper is
    /// [`ErrorKind::Nesting`].
    pub nesting: u32,
    /// How many bytes the tree may take; more is [`ErrorKind::Memory`].
    pub max_bytes: usize,
    /// What `__debug__` stands for.
    pub debug: bool,
}

impl Default for Limits {
    /// What suits a desktop.
    fn default() -> Limits {
        Limits { nesting: 6000, max_bytes: usize::MAX, debug: true }
    }
}

/// Parses a source text.
///
/// # Errors
///
/// The first error that upstream's parser would report; if there is none, the first that upstream's compiler would
/// report and that shows without knowing scopes (such as `1 = x`): those name a [`SyntaxError::scope`].
pub fn parse(source: &[u8], mode: Mode, limits: &Limits) -> Result<Tree, SyntaxError> {
    parse_boxed(source, mode, limits).map_err(|failure| *failure)
}

fn parse_boxed(source: &[u8], mode: Mode, limits: &Limits) -> Result<Tree, error::Failure> {
    let source = lexer::decode(source)?;
    let mut parser = Parser::new(source, mode, limits)?;
    match mode {
        Mode::File => parser.file()?,
        Mode::Single => parser.single()?,
        Mode::Eval => parser.eval()?,
    }
    parser.finish()
}
