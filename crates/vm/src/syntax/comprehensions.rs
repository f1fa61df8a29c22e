//! The clauses of a comprehension, `for … in …` and `if …`, within whatever bracket holds them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::entries::{Entry, Level};
use super::error::Failure;
use super::expressions::Step;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Clause, Comprehension, ComprehensionKind, ExprId, ExprKind, Position};

/// What a comprehension builds, and from what.
pub(super) struct Element {
    pub kind: ComprehensionKind,
    /// The element, or the key.
    pub element: ExprId,
    /// For a dict.
    pub value: Option<ExprId>,
    /// Where the comprehension begins.
    pub position: Position,
}

/// An open comprehension.
pub(super) struct ComprehensionFrame {
    element: Element,
    clauses: Vec<Clause>,
    stage: Stage,
}

/// What the next expression is.
enum Stage {
    /// An item of a clause's target; the items before the last comma.
    Target { items: Vec<ExprId>, is_async: bool },
    /// What is iterated over.
    Iterable { target: ExprId, is_async: bool },
    /// What is tested.
    Condition,
}

impl ComprehensionFrame {
    pub fn level(&self) -> Level {
        match self.stage {
            Stage::Target { .. } => Level::Expression,
            Stage::Iterable { .. } | Stage::Condition => Level::OrTest,
        }
    }

    pub fn in_condition(&self) -> bool {
        matches!(self.stage, Stage::Condition)
    }
}

impl Parser<'_> {
    /// Opens a comprehension, whose first `for` or `async` stands here.
    pub fn open_comprehension(&mut self, element: Element) -> Result<Step, Failure> {
        if matches!(self.tree.expr(element.element).kind, ExprKind::Starred(_)) {
            return Err(self.unexpected());
        }
        let frame = ComprehensionFrame { element, clauses: Vec::new(), stage: Stage::Condition };
        self.next_clause(Box::new(frame))
    }

    /// Begins a clause, or ends the comprehension.
    fn next_clause(&mut self, mut frame: Box<ComprehensionFrame>) -> Result<Step, Failure> {
        match self.token.kind {
            TokenKind::For | TokenKind::Async => {
                let is_async = self.accept(TokenKind::Async)?;
                self.expect(TokenKind::For)?;
                frame.stage = Stage::Target { items: Vec::new(), is_async };
                self.open(Entry::Comprehension(frame))?;
                self.starred_item()
            }
            TokenKind::If => {
                self.advance()?;
                frame.stage = Stage::Condition;
                self.open(Entry::Comprehension(frame))?;
                Ok(Step::Operand)
            }
            _ => {
                let Element { kind, element, value, position } = frame.element;
                let clauses = frame.clauses;
                let comprehension = Box::new(Comprehension { kind, element, value, clauses });
                Ok(Step::Deliver(self.expr(ExprKind::Comprehension(comprehension), position)?))
            }
        }
    }

    /// Goes on after a target's item, an iterable or a condition.
    pub fn clause_part(
        &mut self,
        mut frame: Box<ComprehensionFrame>,
        value: ExprId,
    ) -> Result<Step, Failure> {
        match frame.stage {
            Stage::Target { mut items, is_async } => {
                if self.at(TokenKind::Comma) || !items.is_empty() {
                    self.push(&mut items, value)?;
                    if self.accept(TokenKind::Comma)? && !self.at(TokenKind::In) {
                        frame.stage = Stage::Target { items, is_async };
                        self.open(Entry::Comprehension(frame))?;
                        return self.starred_item();
                    }
                }
                self.expect(TokenKind::In)?;
                let target = match items.first() {
                    Some(&first) => {
                        let position = self.position_of(first);
                        self.expr(ExprKind::Tuple(items), position)?
                    }
                    None => value,
                };
                self.check_target(target);
                frame.stage = Stage::Iterable { target, is_async };
                self.open(Entry::Comprehension(frame))?;
                Ok(Step::Operand)
            }
            Stage::Iterable { target, is_async } => {
                self.push(&mut frame.clauses, Clause::For { target, iterable: value, is_async })?;
                self.charge(size_of::<Clause>())?;
                frame.stage = Stage::Condition;
                self.next_clause(frame)
            }
            Stage::Condition => {
                self.push(&mut frame.clauses, Clause::If(value))?;
                self.charge(size_of::<Clause>())?;
                self.next_clause(frame)
            }
        }
    }
}
