//! What a text can be refused for.
//!
//! Inside the parser an error travels as a [`Failure`], a box, so that the results of the hot paths stay small.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::TryReserveError;

use super::tree::Position;

/// What is raised for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `NotImplementedError`, for what is valid elsewhere and which upstream refuses by this type (`"\N{…}"`).
    NotImplemented,
    /// The text nests deeper than [`super::Limits::nesting`]: a `RuntimeError`, as upstream has it.
    Nesting,
    /// A name longer than upstream's names can be: a `RuntimeError`.
    LongName,
    /// The tree outgrew [`super::Limits::max_bytes`], or the allocator: a `MemoryError`.
    Memory,
}

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which exception it makes.
    pub kind: ErrorKind,
    /// The exception's text.
    pub message: Cow<'static, str>,
    /// Where it was found. Lines past the end of the text are possible: a bracket that is never closed is missed
    /// on the line after the last.
    pub position: Position,
    /// For what upstream's compiler finds rather than its parser: the name of the scope around it (`<module>`, `f`,
    /// `<lambda>`), which upstream's traceback then shows after the line.
    pub scope: Option<Box<str>>,
}

pub(super) type Failure = Box<SyntaxError>;

pub(super) const INVALID_SYNTAX: &str = "invalid syntax";
pub(super) const MALFORMED_FSTRING: &str = "malformed f-string";

impl SyntaxError {
    pub(super) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>, position: Position) -> Failure {
        Box::new(SyntaxError { kind, message: message.into(), position, scope: None })
    }

    pub(super) fn syntax(message: impl Into<Cow<'static, str>>, position: Position) -> Failure {
        SyntaxError::new(ErrorKind::Syntax, message, position)
    }

    pub(super) fn invalid(position: Position) -> Failure {
        SyntaxError::syntax(INVALID_SYNTAX, position)
    }

    pub(super) fn indentation(message: &'static str, position: Position) -> Failure {
        SyntaxError::new(ErrorKind::Indentation, message, position)
    }

    pub(super) fn memory(position: Position) -> Failure {
        SyntaxError::new(ErrorKind::Memory, "memory allocation failed", position)
    }

    pub(super) fn nesting(position: Position) -> Failure {
        SyntaxError::new(ErrorKind::Nesting, "maximum recursion depth exceeded", position)
    }
}

/// An allocation that failed, where the place does not matter.
impl From<TryReserveError> for Failure {
    fn from(_: TryReserveError) -> Failure {
        SyntaxError::memory(Position::default())
    }
}
