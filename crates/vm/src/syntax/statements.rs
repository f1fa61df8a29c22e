//! The three kinds of texts, and the statements that stand on a line.

use alloc::vec::Vec;

use super::entries::{Entry, Level};
use super::error::Failure;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Block, ExprId, ExprKind, NameId, StmtKind};

impl Parser<'_> {
    /// Reads a whole file.
    pub fn file(&mut self) -> Result<(), Failure> {
        while !self.at(TokenKind::End) {
            self.statement()?;
        }
        Ok(())
    }

    /// Reads what was typed at a prompt.
    pub fn single(&mut self) -> Result<(), Failure> {
        if !self.at(TokenKind::End) {
            self.statement()?;
            while !self.blocks.is_empty() {
                self.statement()?;
            }
        }
        self.expect(TokenKind::End)?;
        Ok(())
    }

    /// Reads one expression, which may be a tuple without brackets.
    pub fn eval(&mut self) -> Result<(), Failure> {
        let position = self.token.position;
        let value = self.expression_list()?;
        self.accept(TokenKind::Newline)?;
        self.expect(TokenKind::End)?;
        let statement = self.stmt(StmtKind::Expression(value), position)?;
        self.tree.body.push(statement);
        Ok(())
    }

    /// Reads the simple statements of a line, through its end.
    pub fn line(&mut self, block: &mut Block) -> Result<(), Failure> {
        loop {
            let position = self.token.position;
            let kind = self.simple_statement()?;
            let statement = self.stmt(kind, position)?;
            self.push(block, statement)?;
            if !self.accept(TokenKind::Semicolon)? || self.at(TokenKind::Newline) {
                break;
            }
        }
        self.expect(TokenKind::Newline)?;
        Ok(())
    }

    fn simple_statement(&mut self) -> Result<StmtKind, Failure> {
        match self.token.kind {
            TokenKind::Pass => self.word(StmtKind::Pass),
            TokenKind::Break => self.word(StmtKind::Break),
            TokenKind::Continue => self.word(StmtKind::Continue),
            TokenKind::Return => {
                self.advance()?;
                let value = if self.at_item() { Some(self.expression_list()?) } else { None };
                Ok(StmtKind::Return(value))
            }
            TokenKind::Raise => self.raise(),
            TokenKind::Global => {
                self.advance()?;
                Ok(StmtKind::Global(self.name_list()?))
            }
            TokenKind::Nonlocal => {
                self.advance()?;
                Ok(StmtKind::Nonlocal(self.name_list()?))
            }
            TokenKind::Del => {
                self.advance()?;
                let (targets, _) = self.items(Level::Expression)?;
                Ok(StmtKind::Delete(self.deleted(targets)?))
            }
            TokenKind::Assert => {
                self.advance()?;
                let test = self.expression(Level::Test)?;
                let comma = self.accept(TokenKind::Comma)?;
                let message = if comma { Some(self.expression(Level::Test)?) } else { None };
                Ok(StmtKind::Assert(test, message))
            }
            TokenKind::Import => self.import(),
            TokenKind::From => self.import_from(),
            _ => self.expression_statement(),
        }
    }

    fn word(&mut self, kind: StmtKind) -> Result<StmtKind, Failure> {
        self.advance()?;
        Ok(kind)
    }

    fn raise(&mut self) -> Result<StmtKind, Failure> {
        self.advance()?;
        if !self.token.kind.starts_expression() {
            return Ok(StmtKind::Raise(None, None));
        }
        let exception = self.expression(Level::Test)?;
        let from = self.accept(TokenKind::From)?;
        let cause = if from { Some(self.expression(Level::Test)?) } else { None };
        Ok(StmtKind::Raise(Some(exception), cause))
    }

    fn name_list(&mut self) -> Result<Vec<NameId>, Failure> {
        let mut names = Vec::new();
        loop {
            let name = self.expect_name()?;
            self.charge(size_of::<NameId>())?;
            self.push(&mut names, name)?;
            if !self.accept(TokenKind::Comma)? {
                return Ok(names);
            }
        }
    }

    /// Reads an expression for its effects, or an assignment of any kind.
    fn expression_statement(&mut self) -> Result<StmtKind, Failure> {
        let first = self.yield_or_list()?;
        if let Some(operator) = self.token.kind.augmented() {
            self.check_augmented_target(first);
            self.advance()?;
            let value = self.value()?;
            return Ok(StmtKind::AugmentedAssign(first, operator, value));
        }
        match self.token.kind {
            TokenKind::Colon => {
                self.check_target(first);
                self.advance()?;
                self.expression(Level::Test)?;
                let assigned = self.accept(TokenKind::Equal)?;
                let value = if assigned { Some(self.value()?) } else { None };
                Ok(StmtKind::AnnotatedAssign(first, value))
            }
            TokenKind::Equal => {
                let mut targets = Vec::new();
                let mut value = first;
                while self.accept(TokenKind::Equal)? {
                    self.check_target(value);
                    self.charge(size_of::<ExprId>())?;
                    self.push(&mut targets, value)?;
                    value = self.yield_or_list()?;
                }
                self.check_not_starred(value);
                Ok(StmtKind::Assign(targets, value))
            }
            _ => {
                self.check_not_starred(first);
                Ok(StmtKind::Expression(first))
            }
        }
    }

    fn value(&mut self) -> Result<ExprId, Failure> {
        let value = self.yield_or_list()?;
        self.check_not_starred(value);
        Ok(value)
    }

    /// Reads a `yield` or a list of expressions; a single one may be starred, for it may prove to be a target.
    fn yield_or_list(&mut self) -> Result<ExprId, Failure> {
        if self.at(TokenKind::Yield) {
            self.open(Entry::Root(Level::Test))?;
            let first = self.open_yield()?;
            return self.run(first);
        }
        self.list(Level::Test)
    }

    /// Reads expressions up to where no comma follows: a tuple, or the one alone, which is not starred.
    pub fn expression_list(&mut self) -> Result<ExprId, Failure> {
        let value = self.list(Level::Test)?;
        self.check_not_starred(value);
        Ok(value)
    }

    /// Reads the target of a `for`.
    pub fn for_target(&mut self) -> Result<ExprId, Failure> {
        let target = self.list(Level::Expression)?;
        self.check_target(target);
        Ok(target)
    }

    fn list(&mut self, level: Level) -> Result<ExprId, Failure> {
        let position = self.token.position;
        match self.items(level)? {
            (items, true) => self.expr(ExprKind::Tuple(items), position),
            (items, false) => items.first().copied().ok_or_else(|| self.unexpected()),
        }
    }

    /// Reads items, each perhaps starred, and says whether there was a comma.
    fn items(&mut self, level: Level) -> Result<(Vec<ExprId>, bool), Failure> {
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            self.open(Entry::Root(level))?;
            let first = self.starred_item()?;
            let item = self.run(first)?;
            self.push(&mut items, item)?;
            if !self.accept(TokenKind::Comma)? {
                return Ok((items, comma));
            }
            comma = true;
            if !self.at_item() {
                return Ok((items, comma));
            }
        }
    }
}
