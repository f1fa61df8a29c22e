//! What is open while an expression is read.
//!
//! The parser of expressions has no native stack of its own but a stack of [`Entry`]s. There are two sorts:
//!
//! - an **operator** whose last operand is being read; it binds as soon as a weaker operator follows;
//! - a **barrier**, something that waits for a whole expression: a bracket, the caller of the parser, and so on.
//!   No operator binds across a barrier.
//!
//! Each entry says which operators may stand in the operand that it waits for: those at or above its [`Level`].

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::calls::CallFrame;
use super::comprehensions::ComprehensionFrame;
use super::displays::{BraceFrame, DisplayFrame};
use super::fstrings::StringRun;
use super::parameters::LambdaFrame;
use super::subscripts::SubscriptFrame;
use super::tree::{BinaryOp, CompareOp, ExprId, NameId, Position, UnaryOp};

/// How tightly an operator binds, and what an operand may contain. The names follow upstream's grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `:=`
    Named,
    /// `… if … else …`, `lambda`
    Test,
    /// `or`
    OrTest,
    /// `and`
    AndTest,
    /// `not`
    NotTest,
    /// `<`, `in`, `is` and so on
    Comparison,
    /// `|`: what may be starred or assigned to begins here
    Expression,
    /// `^`
    Xor,
    /// `&`
    And,
    /// `<<`, `>>`
    Shift,
    /// `+`, `-`
    Arithmetic,
    /// `*`, `/`, `//`, `%`, `@`
    Term,
    /// `+x`, `-x`, `~x`
    Factor,
    /// `**`
    Power,
    /// `await`
    Await,
    /// Nothing but an atom and its trailers
    Atom,
}

impl Level {
    /// The next tighter level.
    pub fn tighter(self) -> Level {
        match self {
            Level::Named => Level::Test,
            Level::Test => Level::OrTest,
            Level::OrTest => Level::AndTest,
            Level::AndTest => Level::NotTest,
            Level::NotTest => Level::Comparison,
            Level::Comparison => Level::Expression,
            Level::Expression => Level::Xor,
            Level::Xor => Level::And,
            Level::And => Level::Shift,
            Level::Shift => Level::Arithmetic,
            Level::Arithmetic => Level::Term,
            Level::Term => Level::Factor,
            Level::Factor => Level::Power,
            Level::Power => Level::Await,
            Level::Await | Level::Atom => Level::Atom,
        }
    }
}

/// Something open.
pub(super) enum Entry {
    // Barriers.
    /// The caller of the parser of expressions.
    Root(Level),
    /// A class statement, which waits for its list of bases: the call above this is not a call.
    Bases,
    /// `(…` or `[…`
    Display(DisplayFrame),
    /// `{…`
    Brace(Box<BraceFrame>),
    /// `f(…`
    Call(Box<CallFrame>),
    /// `a[…`
    Subscript(Box<SubscriptFrame>),
    /// `… for …` within a bracket
    Comprehension(Box<ComprehensionFrame>),
    /// The default of a lambda's parameter.
    Default(Box<LambdaFrame>),
    /// A field of an f-string.
    Field(Box<StringRun>),
    /// `yield a, …`: what was read before the comma.
    Yield(Position, Vec<ExprId>),
    /// `yield from …`
    YieldFrom(Position),
    /// `*…`, where a starred expression may stand.
    Star(Position),
    /// `body if …`, which waits for `else`.
    IfTest(ExprId),

    // Operators.
    /// `body if test else …`
    IfElse(ExprId, ExprId),
    /// `lambda …: …`; whether its body may hold no `if … else`.
    Lambda(Box<LambdaFrame>),
    /// `name := …`
    Walrus(NameId, Position),
    /// `a or …`
    Or(Vec<ExprId>, Position),
    /// `a and …`
    And(Vec<ExprId>, Position),
    /// `-…` and its kin, `not …`
    Unary(UnaryOp, Position),
    /// `a < …`, and the links before.
    Compare(ExprId, Vec<(CompareOp, ExprId)>, CompareOp, Position),
    /// `a + …`
    Binary(BinaryOp, Level, ExprId, Position),
    /// `await …`
    Await(Position),
}

impl Entry {
    /// The loosest operator that the operand may contain.
    pub fn level(&self) -> Level {
        match self {
            Entry::Root(level) => *level,
            Entry::Bases => Level::Test,
            Entry::Display(_) => Level::Named,
            Entry::Brace(frame) => frame.level(),
            Entry::Call(frame) => frame.level(),
            Entry::Subscript(_) => Level::Named,
            Entry::Comprehension(frame) => frame.level(),
            Entry::Default(_) | Entry::Field(_) | Entry::Yield(..) | Entry::YieldFrom(_) => Level::Test,
            Entry::Star(_) => Level::Expression,
            Entry::IfTest(_) => Level::OrTest,
            Entry::IfElse(..) | Entry::Walrus(..) => Level::Test,
            Entry::Lambda(frame) => frame.body_level(),
            Entry::Or(..) => Level::AndTest,
            Entry::And(..) => Level::NotTest,
            Entry::Unary(UnaryOp::Not, _) => Level::NotTest,
            Entry::Unary(..) => Level::Factor,
            Entry::Compare(..) => Level::Expression,
            Entry::Binary(BinaryOp::Power, ..) => Level::Factor,
            Entry::Binary(_, level, ..) => level.tighter(),
            Entry::Await(_) => Level::Atom,
        }
    }

    /// Whether the operand may be a lambda.
    pub fn admits_lambda(&self) -> bool {
        match self {
            // Upstream's grammar has a lambda without `if … else` for these two.
            Entry::Comprehension(frame) => frame.in_condition(),
            Entry::Lambda(_) => true,
            _ => self.level() <= Level::Test,
        }
    }

    /// Whether it binds when a weaker operator follows.
    pub fn is_operator(&self) -> bool {
        matches!(
            self,
            Entry::IfElse(..)
                | Entry::Lambda(_)
                | Entry::Walrus(..)
                | Entry::Or(..)
                | Entry::And(..)
                | Entry::Unary(..)
                | Entry::Compare(..)
                | Entry::Binary(..)
                | Entry::Await(_)
        )
    }

    /// Whether an operator of this level goes on with this entry's chain (`a < b < c`, `a or b or c`).
    pub fn continues_at(&self, level: Level) -> bool {
        match self {
            Entry::Compare(..) => level == Level::Comparison,
            Entry::And(..) => level == Level::AndTest,
            Entry::Or(..) => level == Level::OrTest,
            _ => false,
        }
    }

    /// How much this entry adds to the nesting. Brackets count; what can be repeated without a bracket counts where
    /// it is repeated (`- - -x`), not where each is in a bracket of its own (`-(-(-x))`); the rest is bounded by
    /// the number of levels.
    pub fn weight(&self, below: Option<&Entry>) -> u32 {
        match self {
            Entry::Display(_) | Entry::Brace(_) | Entry::Call(_) | Entry::Subscript(_) | Entry::Field(_) => 1,
            Entry::IfElse(..)
            | Entry::IfTest(_)
            | Entry::Lambda(_)
            | Entry::Default(_)
            | Entry::Unary(..)
            | Entry::Await(_)
            | Entry::Binary(BinaryOp::Power, ..) => u32::from(below.is_some_and(Entry::is_operator)),
            _ => 0,
        }
    }
}
