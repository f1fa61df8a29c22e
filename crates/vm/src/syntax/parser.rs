//! What every part of the parser uses: the next token, the arenas, the limits, and how errors are made.
//!
//! The parser looks one token ahead. Its parts are `impl` blocks of [`Parser`] in the files of this folder; what they
//! share is here.
//!
//! Upstream finds some errors in its compiler, and those only in a text that its parser accepts. So such an error is
//! put aside ([`Parser::refuse`]) and reported at the end; the tree that goes with it is never seen.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::size_of;

use super::blocks::OpenBlock;
use super::entries::Entry;
use super::error::{ErrorKind, Failure, SyntaxError};
use super::lexer::Lexer;
use super::names::NameTable;
use super::token::{Token, TokenKind};
use super::tree::{Expr, ExprId, ExprKind, FStringPart, NameId, Position, Stmt, StmtId, StmtKind, Tree};
use super::{Limits, Mode};

/// A text being parsed.
pub(super) struct Parser<'s> {
    pub lexer: Lexer<'s>,
    /// The next token, which nobody has taken yet.
    pub token: Token,
    pub tree: Tree,
    names: NameTable,
    /// What is open in the expression being read.
    entries: Vec<Entry>,
    nesting: u32,
    /// The open blocks, outermost first.
    pub blocks: Vec<OpenBlock>,
    pub limits: Limits,
    bytes: usize,
    refused: Option<Failure>,
}

/// The most bytes that a name can have, as upstream's.
const LONGEST_NAME: usize = 255;

impl<'s> Parser<'s> {
    pub fn new(source: &'s str, mode: Mode, limits: &Limits) -> Result<Parser<'s>, Failure> {
        let mut lexer = Lexer::new(source);
        let token = lexer.next_token()?;
        let starts_blank = source.trim_start_matches([' ', '\t']).starts_with(['\n', '\r', '#']);
        let parser = Parser {
            lexer,
            token,
            tree: Tree::default(),
            names: NameTable::new(),
            entries: Vec::new(),
            nesting: 0,
            blocks: Vec::new(),
            limits: *limits,
            bytes: 0,
            refused: None,
        };
        // As upstream: nothing but the expression's own line may come first; a statement at the prompt may be a blank
        // line, but not nothing at all, and not a blank line and something else.
        let refused = match mode {
            Mode::Eval => starts_blank,
            Mode::Single => starts_blank != parser.at(TokenKind::End),
            Mode::File => false,
        };
        if refused {
            return Err(parser.unexpected());
        }
        Ok(parser)
    }

    /// The tree, unless something was refused.
    pub fn finish(self) -> Result<Tree, Failure> {
        match self.refused {
            Some(failure) => Err(failure),
            None => Ok(self.tree),
        }
    }

    // Tokens.

    /// Takes the next token.
    pub fn advance(&mut self) -> Result<Token, Failure> {
        let next = self.lexer.next_token()?;
        Ok(core::mem::replace(&mut self.token, next))
    }

    /// Whether the next token is of this kind.
    pub fn at(&self, kind: TokenKind) -> bool {
        self.token.kind == kind
    }

    /// Takes the next token if it is of this kind.
    pub fn accept(&mut self, kind: TokenKind) -> Result<bool, Failure> {
        let found = self.at(kind);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes the next token, which must be of this kind.
    pub fn expect(&mut self, kind: TokenKind) -> Result<Token, Failure> {
        if self.at(kind) { self.advance() } else { Err(self.unexpected()) }
    }

    /// Takes an identifier.
    pub fn expect_name(&mut self) -> Result<NameId, Failure> {
        let token = self.expect(TokenKind::Name)?;
        self.name(self.lexer.text(&token))
    }

    /// The number of an identifier.
    pub fn name(&mut self, text: &str) -> Result<NameId, Failure> {
        self.check_length(text)?;
        let (name, new) = self.names.intern(&mut self.tree.names, text)?;
        if new {
            self.charge(size_of::<Box<str>>() + text.len())?;
        }
        Ok(name)
    }

    /// Refuses a name, be it one with dots, that is longer than names may be.
    pub fn check_length(&self, name: &str) -> Result<(), Failure> {
        if name.len() <= LONGEST_NAME {
            return Ok(());
        }
        Err(SyntaxError::new(ErrorKind::LongName, "name too long", self.token.position))
    }

    // Errors.

    /// The error for a next token that nothing admits here.
    pub fn unexpected(&self) -> Failure {
        match self.token.kind {
            TokenKind::Indent => SyntaxError::indentation("unexpected indent", self.token.position),
            _ => SyntaxError::invalid(self.token.position),
        }
    }

    /// Puts aside an error that upstream's compiler would report.
    pub fn refuse(&mut self, message: impl Into<Cow<'static, str>>, position: Position) {
        if self.refused.is_none() {
            let mut failure = SyntaxError::syntax(message, position);
            failure.scope = Some(self.scope_name().into());
            self.refused = Some(failure);
        }
    }

    /// The same, in a scope that is not open (yet).
    pub fn refuse_in(&mut self, message: impl Into<Cow<'static, str>>, position: Position, scope: &str) {
        if self.refused.is_none() {
            let mut failure = SyntaxError::syntax(message, position);
            failure.scope = Some(scope.into());
            self.refused = Some(failure);
        }
    }

    // Arenas.

    /// Counts bytes that the tree will keep.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.limits.max_bytes {
            return Err(SyntaxError::memory(self.token.position));
        }
        Ok(())
    }

    /// Adds to a list that grows with the text.
    pub fn push<T>(&self, list: &mut Vec<T>, item: T) -> Result<(), Failure> {
        list.try_reserve(1).map_err(|_| SyntaxError::memory(self.token.position))?;
        list.push(item);
        Ok(())
    }

    /// Adds an expression to the tree.
    pub fn expr(&mut self, kind: ExprKind, position: Position) -> Result<ExprId, Failure> {
        self.charge(size_of::<Expr>() + heap_bytes(&kind))?;
        self.tree.expressions.try_reserve(1).map_err(|_| SyntaxError::memory(position))?;
        let id = ExprId(self.tree.expressions.len() as u32);
        self.tree.expressions.push(Expr { kind, position });
        Ok(id)
    }

    /// Adds a statement to the tree.
    pub fn stmt(&mut self, kind: StmtKind, position: Position) -> Result<StmtId, Failure> {
        self.charge(size_of::<Stmt>() + size_of::<StmtId>())?;
        self.tree.statements.try_reserve(1).map_err(|_| SyntaxError::memory(position))?;
        let id = StmtId(self.tree.statements.len() as u32);
        self.tree.statements.push(Stmt { kind, position });
        Ok(id)
    }

    /// Where an expression begins.
    pub fn position_of(&self, id: ExprId) -> Position {
        self.tree.expr(id).position
    }

    // The stack of what is open in an expression.

    /// Opens something.
    pub fn open(&mut self, entry: Entry) -> Result<(), Failure> {
        self.nesting += entry.weight(self.entries.last());
        if self.nesting > self.limits.nesting {
            return Err(SyntaxError::nesting(self.token.position));
        }
        self.entries.try_reserve(1).map_err(|_| SyntaxError::memory(self.token.position))?;
        self.entries.push(entry);
        Ok(())
    }

    /// Takes off what was opened last.
    pub fn close(&mut self) -> Option<Entry> {
        let entry = self.entries.pop()?;
        self.nesting -= entry.weight(self.entries.last());
        Some(entry)
    }

    /// What was opened last.
    pub fn innermost(&self) -> Option<&Entry> {
        self.entries.last()
    }
}

/// What a node keeps outside the arena.
fn heap_bytes(kind: &ExprKind) -> usize {
    const ID: usize = size_of::<ExprId>();
    match kind {
        ExprKind::BigInt(text, _) | ExprKind::Str(text) => text.len(),
        ExprKind::Bytes(bytes) => bytes.len(),
        ExprKind::FString(parts) => parts_bytes(parts),
        ExprKind::Tuple(items)
        | ExprKind::List(items)
        | ExprKind::Set(items)
        | ExprKind::And(items)
        | ExprKind::Or(items) => items.len() * ID,
        ExprKind::Dict(items) => items.len() * 3 * ID,
        ExprKind::Compare(_, links) => links.len() * 2 * ID,
        ExprKind::Call(_, arguments) => arguments.len() * 3 * ID,
        ExprKind::Comprehension(_) | ExprKind::Lambda(..) => 128,
        _ => 0,
    }
}

fn parts_bytes(parts: &[FStringPart]) -> usize {
    let own: usize = parts
        .iter()
        .map(|part| match part {
            FStringPart::Literal(text) => text.len(),
            FStringPart::Field { .. } => 0,
        })
        .sum();
    size_of_val(parts) + own
}
