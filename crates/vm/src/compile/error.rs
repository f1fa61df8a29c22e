//! What a tree can be refused for.
//!
//! Inside the compiler an error travels as a [`Failure`], a box, so that the results of the hot paths stay small.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use crate::syntax::tree::Position;

/// What is raised for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// Expressions or statements nest deeper than [`super::Options::nesting`]: a `RuntimeError`, as upstream has it.
    Nesting,
    /// Something has more parts than an instruction can count; the message says what.
    TooLarge,
}

/// Why a tree was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Which exception it makes.
    pub kind: ErrorKind,
    /// The exception's text.
    pub message: Cow<'static, str>,
    /// Where it was found.
    pub position: Position,
    /// The name of the scope around it (`<module>`, `f`, `<lambda>`), which upstream's traceback shows after the
    /// line.
    pub scope: Option<Box<str>>,
}

pub(super) type Failure = Box<CompileError>;

pub(super) fn syntax(message: &'static str, position: Position) -> Failure {
    Box::new(CompileError { kind: ErrorKind::Syntax, message: message.into(), position, scope: None })
}

pub(super) fn nesting(position: Position) -> Failure {
    let message = "maximum recursion depth exceeded".into();
    Box::new(CompileError { kind: ErrorKind::Nesting, message, position, scope: None })
}

pub(super) fn too_large(message: &'static str, position: Position) -> Failure {
    Box::new(CompileError { kind: ErrorKind::TooLarge, message: message.into(), position, scope: None })
}

/// Says in which scope an error is, if it does not yet.
pub(super) fn in_scope(mut failure: Failure, title: Box<str>) -> Failure {
    failure.scope.get_or_insert(title);
    failure
}
