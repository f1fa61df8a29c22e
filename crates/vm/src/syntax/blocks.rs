//! Compound statements and their indented blocks.
//!
//! Open blocks lie on a stack, [`Parser::blocks`]. A header (`if x:`, `else:`) opens one; a dedent closes it, and
//! what follows decides whether the statement goes on with another header or is complete:
//!
//! ```text
//!             ┌──────── elif, else, except, finally ────────┐
//!             ▼                                             │
//!   header ─► Pending ─► ':' NEWLINE INDENT … DEDENT ─► after_block ─► statement
//!                    └─► ':' simple statements ────────────▲
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::take;

use super::entries::Level;
use super::error::{ErrorKind, Failure, SyntaxError};
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{
    Block, ClassDef, ExceptClause, ExprId, FunctionDef, NameId, Parameters, Position, StmtKind,
};

/// An indented block that is being read.
pub(super) struct OpenBlock {
    pending: Pending,
    body: Block,
}

/// A compound statement whose next block is due or being read.
struct Pending {
    /// Where the statement begins.
    position: Position,
    part: Part,
}

/// Which block of which statement, with what is known of the statement so far.
enum Part {
    If { branches: Vec<(ExprId, Block)>, test: ExprId },
    IfElse { branches: Vec<(ExprId, Block)> },
    While { test: ExprId },
    WhileElse { test: ExprId, body: Block },
    For(ForHeader),
    ForElse(ForHeader, Block),
    Try,
    Except(Box<TryParts>, ExceptHeader),
    TryElse(Box<TryParts>),
    Finally(Box<TryParts>),
    With { items: Vec<(ExprId, Option<ExprId>)>, is_async: bool },
    Function(Box<FunctionDef>),
    Class(Box<ClassDef>),
}

struct ForHeader {
    target: ExprId,
    iterable: ExprId,
    is_async: bool,
}

struct ExceptHeader {
    kind: Option<ExprId>,
    name: Option<NameId>,
    position: Position,
}

#[derive(Default)]
struct TryParts {
    body: Block,
    handlers: Vec<ExceptClause>,
    otherwise: Block,
}

impl TryParts {
    fn finish(self, finally: Option<Block>) -> StmtKind {
        StmtKind::Try { body: self.body, handlers: self.handlers, otherwise: self.otherwise, finally }
    }
}

impl Parser<'_> {
    /// Reads a line, a header or the end of a block.
    pub fn statement(&mut self) -> Result<(), Failure> {
        match self.token.kind {
            TokenKind::Dedent => {
                let Some(block) = self.blocks.pop() else {
                    return Err(self.unexpected());
                };
                self.advance()?;
                let next = self.after_block(block.pending, block.body)?;
                self.read_blocks(next)
            }
            _ => match self.header()? {
                Some(pending) => self.read_blocks(Some(pending)),
                None => {
                    let mut block = take(self.block());
                    let result = self.line(&mut block);
                    *self.block() = block;
                    result
                }
            },
        }
    }

    /// The innermost open block.
    fn block(&mut self) -> &mut Block {
        match self.blocks.last_mut() {
            Some(block) => &mut block.body,
            None => &mut self.tree.body,
        }
    }

    /// The name of the scope that the innermost open block belongs to.
    pub fn scope_name(&self) -> &str {
        let scope = self.blocks.iter().rev().find_map(|block| match &block.pending.part {
            Part::Function(function) => Some(function.name),
            Part::Class(class) => Some(class.name),
            _ => None,
        });
        scope.map_or("<module>", |name| self.tree.name(name))
    }

    fn complete(&mut self, position: Position, kind: StmtKind) -> Result<(), Failure> {
        let statement = self.stmt(kind, position)?;
        let block = self.block();
        block.try_reserve(1)?;
        block.push(statement);
        Ok(())
    }

    /// Opens the block that is due, or reads it whole if it stands on the line of its header; then the next.
    fn read_blocks(&mut self, first: Option<Pending>) -> Result<(), Failure> {
        let mut next = first;
        while let Some(pending) = next {
            self.expect(TokenKind::Colon)?;
            if self.accept(TokenKind::Newline)? {
                if !self.at(TokenKind::Indent) {
                    return Err(self.unexpected());
                }
                if self.blocks.len() >= self.limits.nesting as usize {
                    return Err(SyntaxError::nesting(self.token.position));
                }
                self.advance()?;
                self.blocks.try_reserve(1)?;
                self.blocks.push(OpenBlock { pending, body: Vec::new() });
                return Ok(());
            }
            // The block stays on the stack while its line is read, for the names of scopes.
            self.blocks.try_reserve(1)?;
            self.blocks.push(OpenBlock { pending, body: Vec::new() });
            let mut body = Vec::new();
            self.line(&mut body)?;
            let Some(block) = self.blocks.pop() else {
                return Ok(());
            };
            next = self.after_block(block.pending, body)?;
        }
        Ok(())
    }

    /// Reads the header of a compound statement up to its colon, if one stands here.
    fn header(&mut self) -> Result<Option<Pending>, Failure> {
        let mut position = self.token.position;
        let part = match self.token.kind {
            TokenKind::If => {
                self.advance()?;
                Part::If { branches: Vec::new(), test: self.expression(Level::Named)? }
            }
            TokenKind::While => {
                self.advance()?;
                Part::While { test: self.expression(Level::Named)? }
            }
            TokenKind::For => self.for_header(false)?,
            TokenKind::Try => {
                self.advance()?;
                Part::Try
            }
            TokenKind::With => self.with_header(false)?,
            TokenKind::Def => self.function_header(Vec::new(), false)?,
            TokenKind::Class => self.class_header(Vec::new())?,
            TokenKind::Async => {
                self.advance()?;
                match self.token.kind {
                    TokenKind::Def => self.function_header(Vec::new(), true)?,
                    TokenKind::For => self.for_header(true)?,
                    TokenKind::With => self.with_header(true)?,
                    _ => return Err(self.unexpected()),
                }
            }
            TokenKind::At => {
                let decorators = self.decorators()?;
                position = self.token.position;
                match self.token.kind {
                    TokenKind::Def => self.function_header(decorators, false)?,
                    TokenKind::Class => self.class_header(decorators)?,
                    TokenKind::Async => {
                        self.advance()?;
                        self.function_header(decorators, true)?
                    }
                    _ => return Err(self.unexpected()),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(Pending { position, part }))
    }

    fn decorators(&mut self) -> Result<Vec<ExprId>, Failure> {
        let mut decorators = Vec::new();
        while self.accept(TokenKind::At)? {
            let decorator = self.expression(Level::Named)?;
            self.push(&mut decorators, decorator)?;
            self.expect(TokenKind::Newline)?;
        }
        Ok(decorators)
    }

    fn for_header(&mut self, is_async: bool) -> Result<Part, Failure> {
        self.advance()?;
        let target = self.for_target()?;
        self.expect(TokenKind::In)?;
        let iterable = self.expression_list()?;
        Ok(Part::For(ForHeader { target, iterable, is_async }))
    }

    fn with_header(&mut self, is_async: bool) -> Result<Part, Failure> {
        self.advance()?;
        let mut items = Vec::new();
        loop {
            let manager = self.expression(Level::Test)?;
            let target = if self.accept(TokenKind::As)? {
                let target = self.expression(Level::Expression)?;
                self.check_target(target)?;
                Some(target)
            } else {
                None
            };
            self.push(&mut items, (manager, target))?;
            if !self.accept(TokenKind::Comma)? {
                return Ok(Part::With { items, is_async });
            }
        }
    }

    fn function_header(&mut self, decorators: Vec<ExprId>, is_async: bool) -> Result<Part, Failure> {
        let position = self.expect(TokenKind::Def)?.position;
        let name = self.expect_name()?;
        self.expect(TokenKind::ParenOpen)?;
        let parameters: Parameters = self.function_parameters(name, position)?;
        self.expect(TokenKind::ParenClose)?;
        if self.accept(TokenKind::Arrow)? {
            self.expression(Level::Test)?;
        }
        self.charge(size_of::<FunctionDef>())?;
        Ok(Part::Function(Box::new(FunctionDef { name, parameters, body: Vec::new(), decorators, is_async })))
    }

    fn class_header(&mut self, decorators: Vec<ExprId>) -> Result<Part, Failure> {
        self.advance()?;
        let name = self.expect_name()?;
        let arguments = if self.at(TokenKind::ParenOpen) { self.bases()? } else { Vec::new() };
        self.charge(size_of::<ClassDef>())?;
        Ok(Part::Class(Box::new(ClassDef { name, arguments, body: Vec::new(), decorators })))
    }

    /// Puts a block in its place, and reads the header that goes on with the statement, if one follows.
    fn after_block(&mut self, pending: Pending, body: Block) -> Result<Option<Pending>, Failure> {
        let position = pending.position;
        let go_on = |part| Ok(Some(Pending { position, part }));
        let kind = match pending.part {
            Part::If { mut branches, test } => {
                self.push(&mut branches, (test, body))?;
                self.charge(size_of::<(ExprId, Block)>())?;
                if self.accept(TokenKind::Elif)? {
                    let test = self.expression(Level::Named)?;
                    return go_on(Part::If { branches, test });
                }
                if self.accept(TokenKind::Else)? {
                    return go_on(Part::IfElse { branches });
                }
                StmtKind::If { branches, otherwise: Vec::new() }
            }
            Part::IfElse { branches } => StmtKind::If { branches, otherwise: body },
            Part::While { test } => {
                if self.accept(TokenKind::Else)? {
                    return go_on(Part::WhileElse { test, body });
                }
                StmtKind::While { test, body, otherwise: Vec::new() }
            }
            Part::WhileElse { test, body: first } => StmtKind::While { test, body: first, otherwise: body },
            Part::For(header) => {
                if self.accept(TokenKind::Else)? {
                    return go_on(Part::ForElse(header, body));
                }
                header.finish(body, Vec::new())
            }
            Part::ForElse(header, first) => header.finish(first, body),
            Part::Try => {
                let parts = Box::new(TryParts { body, ..TryParts::default() });
                return match self.token.kind {
                    TokenKind::Except => {
                        let header = self.except_header()?;
                        go_on(Part::Except(parts, header))
                    }
                    TokenKind::Finally => {
                        self.advance()?;
                        go_on(Part::Finally(parts))
                    }
                    _ => Err(self.unexpected()),
                };
            }
            Part::Except(mut parts, ExceptHeader { kind, name, position: at }) => {
                self.push(&mut parts.handlers, ExceptClause { kind, name, body, position: at })?;
                self.charge(size_of::<ExceptClause>())?;
                match self.token.kind {
                    TokenKind::Except => {
                        if kind.is_none() {
                            self.refuse("default 'except' must be last", at);
                        }
                        let header = self.except_header()?;
                        return go_on(Part::Except(parts, header));
                    }
                    TokenKind::Else => {
                        self.advance()?;
                        return go_on(Part::TryElse(parts));
                    }
                    TokenKind::Finally => {
                        self.advance()?;
                        return go_on(Part::Finally(parts));
                    }
                    _ => parts.finish(None),
                }
            }
            Part::TryElse(mut parts) => {
                parts.otherwise = body;
                if self.accept(TokenKind::Finally)? {
                    return go_on(Part::Finally(parts));
                }
                parts.finish(None)
            }
            Part::Finally(parts) => parts.finish(Some(body)),
            Part::With { items, is_async } => StmtKind::With { items, body, is_async },
            Part::Function(mut function) => {
                function.body = body;
                StmtKind::Function(function)
            }
            Part::Class(mut class) => {
                class.body = body;
                StmtKind::Class(class)
            }
        };
        self.complete(position, kind)?;
        Ok(None)
    }

    fn except_header(&mut self) -> Result<ExceptHeader, Failure> {
        let position = self.advance()?.position;
        if self.at(TokenKind::Colon) {
            return Ok(ExceptHeader { kind: None, name: None, position });
        }
        if self.at(TokenKind::Star) {
            return Err(SyntaxError::new(ErrorKind::Syntax, "'except*' is not supported", position));
        }
        let kind = Some(self.expression(Level::Test)?);
        let name = if self.accept(TokenKind::As)? { Some(self.expect_name()?) } else { None };
        Ok(ExceptHeader { kind, name, position })
    }
}

impl ForHeader {
    fn finish(self, body: Block, otherwise: Block) -> StmtKind {
        let ForHeader { target, iterable, is_async } = self;
        StmtKind::For { target, iterable, body, otherwise, is_async }
    }
}
