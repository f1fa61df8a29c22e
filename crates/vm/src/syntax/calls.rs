//! Arguments of a call, and bases of a class.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::comprehensions::Element;
use super::entries::{Entry, Level};
use super::error::Failure;
use super::expressions::Step;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Argument, ComprehensionKind, ExprId, ExprKind, NameId, Position};

/// An open `f(`.
pub(super) struct CallFrame {
    callee: ExprId,
    position: Position,
    arguments: Vec<Argument>,
    /// What the next expression is.
    awaits: Awaits,
    keyword_seen: bool,
    double_star_seen: bool,
}

#[derive(Clone, Copy)]
enum Awaits {
    Positional,
    Star,
    Keyword(NameId),
    DoubleStar,
}

impl CallFrame {
    pub fn level(&self) -> Level {
        match self.awaits {
            Awaits::Positional => Level::Named,
            _ => Level::Test,
        }
    }
}

impl Parser<'_> {
    /// Reads the list of bases that stands here, as the arguments of a call.
    pub fn bases(&mut self) -> Result<Vec<Argument>, Failure> {
        self.open(Entry::Bases)?;
        // The callee is never looked at: the call is taken apart below.
        let first = self.open_call(ExprId(0))?;
        self.run(first)?;
        match self.tree.expressions.pop().map(|call| call.kind) {
            Some(ExprKind::Call(_, arguments)) => Ok(arguments),
            _ => Err(self.unexpected()),
        }
    }

    /// Opens the `(` that stands here after a callee.
    pub fn open_call(&mut self, callee: ExprId) -> Result<Step, Failure> {
        let position = match self.innermost() {
            Some(Entry::Bases) => self.token.position,
            _ => self.position_of(callee),
        };
        self.advance()?;
        self.next_argument(Box::new(CallFrame {
            callee,
            position,
            arguments: Vec::new(),
            awaits: Awaits::Positional,
            keyword_seen: false,
            double_star_seen: false,
        }))
    }

    /// Begins an argument, unless the bracket is closed.
    fn next_argument(&mut self, mut frame: Box<CallFrame>) -> Result<Step, Failure> {
        frame.awaits = match self.token.kind {
            TokenKind::ParenClose => return self.close_call(*frame),
            TokenKind::Star => {
                if frame.double_star_seen {
                    self.refuse("* arg after **", self.token.position);
                } else if frame.keyword_seen {
                    self.refuse("* arg after kwarg", self.token.position);
                }
                self.advance()?;
                Awaits::Star
            }
            TokenKind::DoubleStar => {
                self.advance()?;
                frame.double_star_seen = true;
                Awaits::DoubleStar
            }
            _ => Awaits::Positional,
        };
        self.open(Entry::Call(frame))?;
        Ok(Step::Operand)
    }

    /// Goes on after the expression of an argument.
    pub fn argument(&mut self, mut frame: Box<CallFrame>, value: ExprId) -> Result<Step, Failure> {
        let argument = match frame.awaits {
            Awaits::Positional => match self.token.kind {
                TokenKind::For | TokenKind::Async => {
                    let kind = ComprehensionKind::Generator;
                    let position = self.position_of(value);
                    self.open(Entry::Call(frame))?;
                    return self.open_comprehension(Element { kind, element: value, value: None, position });
                }
                TokenKind::Equal => return self.keyword(frame, value),
                _ => {
                    if frame.double_star_seen {
                        self.refuse("positional arg after **", self.position_of(value));
                    } else if frame.keyword_seen {
                        self.refuse("positional arg after keyword arg", self.position_of(value));
                    }
                    Argument::Positional(value)
                }
            },
            Awaits::Star => Argument::Star(value),
            Awaits::Keyword(name) => Argument::Keyword(name, value),
            Awaits::DoubleStar => Argument::DoubleStar(value),
        };
        self.push(&mut frame.arguments, argument)?;
        if self.accept(TokenKind::Comma)? {
            self.next_argument(frame)
        } else if self.at(TokenKind::ParenClose) {
            self.close_call(*frame)
        } else {
            Err(self.unexpected())
        }
    }

    /// Goes on at the `=` after what must be a name.
    fn keyword(&mut self, mut frame: Box<CallFrame>, value: ExprId) -> Result<Step, Failure> {
        frame.awaits = match self.tree.expr(value).kind {
            ExprKind::Name(name) => Awaits::Keyword(name),
            _ => {
                self.refuse("LHS of keyword arg must be an id", self.position_of(value));
                Awaits::Star
            }
        };
        frame.keyword_seen = true;
        self.advance()?;
        self.open(Entry::Call(frame))?;
        Ok(Step::Operand)
    }

    fn close_call(&mut self, frame: CallFrame) -> Result<Step, Failure> {
        self.advance()?;
        let call = self.expr(ExprKind::Call(frame.callee, frame.arguments), frame.position)?;
        if let Some(Entry::Bases) = self.innermost() {
            self.close();
            return Ok(Step::Done(call));
        }
        Ok(Step::Primary(call))
    }
}
