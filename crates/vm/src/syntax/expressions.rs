//! Expressions: operands and operators over the stack of what is open.
//!
//! A loop over three steps, until the entry that the caller opened has its expression:
//!
//! ```text
//!            prefix operator, opening bracket
//!            ┌──────┐
//!            ▼      │      atom                    no operator that may stand here
//!         Operand ──┴───────────────► Primary ───────────────────────────► Deliver
//!            ▲                        │     ▲                                │ │
//!            └────────────────────────┘     └────────────────────────────────┘ └──► Done
//!              operator, opening bracket              closing bracket
//!            ▲                                                               │
//!            └───────────────────────────────────────────────────────────────┘
//!                              comma, colon, `for`, `else`, …
//! ```
//!
//! **Operand**: an operand is due. **Primary**: an atom or a bracketed expression was read; trailers and operators
//! may follow. An operator first binds what waits on the stack for its last operand and is tighter. **Deliver**: the
//! operators down to the innermost barrier are bound, and the barrier decides by the next token.

use alloc::vec::Vec;

use super::entries::{Entry, Level};
use super::error::{Failure, SyntaxError};
use super::numbers;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{BinaryOp, CompareOp, ExprId, ExprKind, Position, UnaryOp};

/// What is to be done next.
pub(super) enum Step {
    /// Read an operand.
    Operand,
    /// Go on after this atom.
    Primary(ExprId),
    /// Give this expression to the innermost barrier.
    Deliver(ExprId),
    /// The caller has its expression.
    Done(ExprId),
}

/// An operator between two operands.
#[derive(Clone, Copy)]
enum Infix {
    Walrus,
    If,
    Or,
    And,
    Compare(CompareOp),
    /// `not` or `is`, which may be two words.
    Words,
    Binary(BinaryOp),
}

/// The operator that a token is after an operand, and how tightly it binds.
fn infix(kind: TokenKind) -> Option<(Level, Infix)> {
    let binary = |level, operator| Some((level, Infix::Binary(operator)));
    let compare = |operator| Some((Level::Comparison, Infix::Compare(operator)));
    match kind {
        TokenKind::Assign => Some((Level::Named, Infix::Walrus)),
        TokenKind::If => Some((Level::Test, Infix::If)),
        TokenKind::Or => Some((Level::OrTest, Infix::Or)),
        TokenKind::And => Some((Level::AndTest, Infix::And)),
        TokenKind::Less => compare(CompareOp::Less),
        TokenKind::Greater => compare(CompareOp::Greater),
        TokenKind::LessEqual => compare(CompareOp::LessEqual),
        TokenKind::GreaterEqual => compare(CompareOp::GreaterEqual),
        TokenKind::EqualEqual => compare(CompareOp::Equal),
        TokenKind::NotEqual => compare(CompareOp::NotEqual),
        TokenKind::In => compare(CompareOp::In),
        TokenKind::Not | TokenKind::Is => Some((Level::Comparison, Infix::Words)),
        TokenKind::Pipe => binary(Level::Expression, BinaryOp::Or),
        TokenKind::Caret => binary(Level::Xor, BinaryOp::Xor),
        TokenKind::Ampersand => binary(Level::And, BinaryOp::And),
        TokenKind::LeftShift => binary(Level::Shift, BinaryOp::LeftShift),
        TokenKind::RightShift => binary(Level::Shift, BinaryOp::RightShift),
        TokenKind::Plus => binary(Level::Arithmetic, BinaryOp::Add),
        TokenKind::Minus => binary(Level::Arithmetic, BinaryOp::Subtract),
        TokenKind::Star => binary(Level::Term, BinaryOp::Multiply),
        TokenKind::At => binary(Level::Term, BinaryOp::MatrixMultiply),
        TokenKind::Slash => binary(Level::Term, BinaryOp::TrueDivide),
        TokenKind::DoubleSlash => binary(Level::Term, BinaryOp::FloorDivide),
        TokenKind::Percent => binary(Level::Term, BinaryOp::Modulo),
        TokenKind::DoubleStar => binary(Level::Power, BinaryOp::Power),
        _ => None,
    }
}

impl Parser<'_> {
    /// Reads one expression that may hold operators down to `level`.
    pub fn expression(&mut self, level: Level) -> Result<ExprId, Failure> {
        self.open(Entry::Root(level))?;
        self.run(Step::Operand)
    }

    /// Goes on with what was opened until its root or its bases are done.
    pub fn run(&mut self, first: Step) -> Result<ExprId, Failure> {
        let mut step = first;
        loop {
            step = match step {
                Step::Operand => self.operand()?,
                Step::Primary(value) => self.operator(value)?,
                Step::Deliver(value) => self.deliver(value)?,
                Step::Done(value) => return Ok(value),
            }
        }
    }

    /// Reads an operand, or what it begins with.
    fn operand(&mut self) -> Result<Step, Failure> {
        let position = self.token.position;
        let kind = match self.token.kind {
            TokenKind::Name => {
                let token = self.advance()?;
                ExprKind::Name(self.name(self.lexer.text(&token))?)
            }
            TokenKind::Integer | TokenKind::Float => return self.number(),
            TokenKind::String | TokenKind::FStringStart => return self.string_literals(),
            TokenKind::None => self.constant(ExprKind::None)?,
            TokenKind::True => self.constant(ExprKind::True)?,
            TokenKind::False => self.constant(ExprKind::False)?,
            TokenKind::Debug => {
                let value = if self.limits.debug { ExprKind::True } else { ExprKind::False };
                self.constant(value)?
            }
            TokenKind::Ellipsis => self.constant(ExprKind::Ellipsis)?,
            TokenKind::ParenOpen | TokenKind::BracketOpen => return self.open_display(),
            TokenKind::BraceOpen => return self.open_brace(),
            TokenKind::Minus => return self.prefix(Level::Factor, Entry::Unary(UnaryOp::Negate, position)),
            TokenKind::Plus => return self.prefix(Level::Factor, Entry::Unary(UnaryOp::Positive, position)),
            TokenKind::Tilde => return self.prefix(Level::Factor, Entry::Unary(UnaryOp::Invert, position)),
            TokenKind::Not => return self.prefix(Level::NotTest, Entry::Unary(UnaryOp::Not, position)),
            TokenKind::Await => return self.prefix(Level::Await, Entry::Await(position)),
            TokenKind::Lambda if self.innermost().is_some_and(Entry::admits_lambda) => {
                return self.open_lambda();
            }
            _ => return Err(self.unexpected()),
        };
        Ok(Step::Primary(self.expr(kind, position)?))
    }

    fn constant(&mut self, kind: ExprKind) -> Result<ExprKind, Failure> {
        self.advance()?;
        Ok(kind)
    }

    fn number(&mut self) -> Result<Step, Failure> {
        let token = self.token;
        let text = self.lexer.text(&token);
        let kind = match token.kind {
            TokenKind::Integer => numbers::integer(text),
            _ => numbers::float(text),
        };
        let kind = kind.map_err(|message| SyntaxError::syntax(message, token.position))?;
        self.advance()?;
        Ok(Step::Primary(self.expr(kind, token.position)?))
    }

    /// Opens a prefix operator, where the innermost entry admits it.
    fn prefix(&mut self, level: Level, entry: Entry) -> Result<Step, Failure> {
        if self.innermost().is_none_or(|outer| outer.level() > level) {
            return Err(self.unexpected());
        }
        self.open(entry)?;
        self.advance()?;
        Ok(Step::Operand)
    }

    /// Reads trailers and operators after an atom.
    fn operator(&mut self, atom: ExprId) -> Result<Step, Failure> {
        let mut value = atom;
        let position = self.position_of(atom);
        loop {
            match self.token.kind {
                TokenKind::Dot => {
                    self.advance()?;
                    let name = self.expect_name()?;
                    value = self.expr(ExprKind::Attribute(value, name), position)?;
                }
                TokenKind::ParenOpen => return self.open_call(value),
                TokenKind::BracketOpen => return self.open_subscript(value),
                _ => break,
            }
        }
        match infix(self.token.kind) {
            Some((level, operator)) => self.infix(value, level, operator),
            None => Ok(Step::Deliver(value)),
        }
    }

    /// Binds what is tighter than the operator that follows, and opens that operator.
    fn infix(&mut self, value: ExprId, level: Level, operator: Infix) -> Result<Step, Failure> {
        let mut value = value;
        loop {
            match self.innermost() {
                Some(entry) if entry.continues_at(level) => return self.extend_chain(value, operator),
                Some(entry) if entry.is_operator() && entry.level() > level => value = self.bind(value)?,
                _ => break,
            }
        }
        let position = self.token.position;
        if self.innermost().is_none_or(|entry| entry.level() > level) {
            return Ok(Step::Deliver(value));
        }
        let entry = match operator {
            Infix::Walrus => match self.tree.expr(value).kind {
                ExprKind::Name(name) => Entry::Walrus(name, self.position_of(value)),
                ExprKind::Walrus(..) => return Err(self.unexpected()),
                _ => {
                    self.refuse("can't assign to expression", self.position_of(value));
                    self.advance()?;
                    return Ok(Step::Operand);
                }
            },
            Infix::If => Entry::IfTest(value),
            Infix::Or => Entry::Or(self.list_of(value)?, position),
            Infix::And => Entry::And(self.list_of(value)?, position),
            Infix::Binary(operator) => Entry::Binary(operator, level, value, position),
            Infix::Compare(_) | Infix::Words => {
                let operator = self.comparison(operator)?;
                self.open(Entry::Compare(value, Vec::new(), operator, position))?;
                return Ok(Step::Operand);
            }
        };
        self.open(entry)?;
        self.advance()?;
        Ok(Step::Operand)
    }

    /// Goes on with `a < b < …`, `a and b and …` or `a or b or …`.
    fn extend_chain(&mut self, value: ExprId, operator: Infix) -> Result<Step, Failure> {
        match self.close() {
            Some(Entry::Compare(first, mut links, last, position)) => {
                self.push(&mut links, (last, value))?;
                let operator = self.comparison(operator)?;
                self.open(Entry::Compare(first, links, operator, position))?;
            }
            Some(Entry::And(mut items, position)) => {
                self.push(&mut items, value)?;
                self.open(Entry::And(items, position))?;
                self.advance()?;
            }
            Some(Entry::Or(mut items, position)) => {
                self.push(&mut items, value)?;
                self.open(Entry::Or(items, position))?;
                self.advance()?;
            }
            _ => return Err(self.unexpected()),
        }
        Ok(Step::Operand)
    }

    /// Takes a comparison operator of one or two words.
    fn comparison(&mut self, operator: Infix) -> Result<CompareOp, Failure> {
        let token = self.advance()?;
        match (operator, token.kind) {
            (Infix::Compare(operator), _) => Ok(operator),
            (_, TokenKind::Is) if self.accept(TokenKind::Not)? => Ok(CompareOp::IsNot),
            (_, TokenKind::Is) => Ok(CompareOp::Is),
            _ => {
                self.expect(TokenKind::In)?;
                Ok(CompareOp::NotIn)
            }
        }
    }

    pub fn list_of(&self, item: ExprId) -> Result<Vec<ExprId>, Failure> {
        let mut list = Vec::new();
        self.push(&mut list, item)?;
        Ok(list)
    }

    /// Gives the innermost operator its last operand.
    fn bind(&mut self, value: ExprId) -> Result<ExprId, Failure> {
        let Some(entry) = self.close() else {
            return Err(self.unexpected());
        };
        let (kind, position) = match entry {
            Entry::Binary(operator, _, left, position) => (ExprKind::Binary(operator, left, value), position),
            Entry::Unary(operator, position) => (ExprKind::Unary(operator, value), position),
            Entry::Await(position) => (ExprKind::Await(value), position),
            Entry::Compare(first, mut links, operator, position) => {
                self.push(&mut links, (operator, value))?;
                (ExprKind::Compare(first, links), position)
            }
            Entry::And(mut items, position) => {
                self.push(&mut items, value)?;
                (ExprKind::And(items), position)
            }
            Entry::Or(mut items, position) => {
                self.push(&mut items, value)?;
                (ExprKind::Or(items), position)
            }
            Entry::IfElse(body, test) => {
                (ExprKind::IfElse { test, body, otherwise: value }, self.position_of(body))
            }
            Entry::Walrus(name, position) => (ExprKind::Walrus(name, value), position),
            Entry::Lambda(frame) => {
                let position = frame.position;
                (frame.finish(self, value)?, position)
            }
            _ => return Err(self.unexpected()),
        };
        self.expr(kind, position)
    }

    /// Gives an expression to the innermost barrier.
    fn deliver(&mut self, value: ExprId) -> Result<Step, Failure> {
        let mut value = value;
        while self.innermost().is_some_and(Entry::is_operator) {
            value = self.bind(value)?;
        }
        match self.close() {
            Some(Entry::Root(_)) => Ok(Step::Done(value)),
            Some(Entry::Display(frame)) => self.display_item(frame, value),
            Some(Entry::Brace(frame)) => self.brace_item(frame, value),
            Some(Entry::Call(frame)) => self.argument(frame, value),
            Some(Entry::Subscript(frame)) => self.subscript_item(frame, value),
            Some(Entry::Comprehension(frame)) => self.clause_part(frame, value),
            Some(Entry::Default(frame)) => self.lambda_default(frame, value),
            Some(Entry::Field(run)) => self.field_value(run, value),
            Some(Entry::Yield(position, items)) => self.yield_item(position, items, value),
            Some(Entry::YieldFrom(position)) => {
                Ok(Step::Deliver(self.expr(ExprKind::YieldFrom(value), position)?))
            }
            Some(Entry::Star(position)) => Ok(Step::Deliver(self.expr(ExprKind::Starred(value), position)?)),
            Some(Entry::IfTest(body)) => {
                self.expect(TokenKind::Else)?;
                self.open(Entry::IfElse(body, value))?;
                Ok(Step::Operand)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Begins an item that may be starred.
    pub fn starred_item(&mut self) -> Result<Step, Failure> {
        if self.at(TokenKind::Star) {
            let token = self.advance()?;
            self.open(Entry::Star(token.position))?;
        }
        Ok(Step::Operand)
    }

    /// Whether an item of a list can begin here.
    pub fn at_item(&self) -> bool {
        self.at(TokenKind::Star) || self.token.kind.starts_expression()
    }

    /// Begins a `yield`, which stands here; it goes to the innermost entry as a whole.
    pub fn open_yield(&mut self) -> Result<Step, Failure> {
        let position = self.advance()?.position;
        if self.accept(TokenKind::From)? {
            self.open(Entry::YieldFrom(position))?;
            Ok(Step::Operand)
        } else if self.at_item() {
            self.open(Entry::Yield(position, Vec::new()))?;
            self.starred_item()
        } else {
            Ok(Step::Deliver(self.expr(ExprKind::Yield(None), position)?))
        }
    }

    fn yield_item(&mut self, at: Position, mut items: Vec<ExprId>, value: ExprId) -> Result<Step, Failure> {
        if self.at(TokenKind::Comma) || !items.is_empty() {
            self.push(&mut items, value)?;
            if self.accept(TokenKind::Comma)? && self.at_item() {
                self.open(Entry::Yield(at, items))?;
                return self.starred_item();
            }
        }
        let value = self.tuple_or_item(items, value)?;
        Ok(Step::Deliver(self.expr(ExprKind::Yield(Some(value)), at)?))
    }

    /// A tuple of the items if a comma made it one, else the item alone, which must not be starred.
    pub fn tuple_or_item(&mut self, items: Vec<ExprId>, item: ExprId) -> Result<ExprId, Failure> {
        match items.first() {
            Some(&first) => {
                let position = self.position_of(first);
                self.expr(ExprKind::Tuple(items), position)
            }
            None => {
                self.check_not_starred(item);
                Ok(item)
            }
        }
    }

    /// Refuses `*x` where no list takes it apart.
    pub fn check_not_starred(&mut self, item: ExprId) {
        if matches!(self.tree.expr(item).kind, ExprKind::Starred(_)) {
            self.refuse("*x must be assignment target", self.position_of(item));
        }
    }
}
