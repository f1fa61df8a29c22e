//! `import` and `from … import`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::Failure;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{ImportedModule, NameId, StmtKind};

impl Parser<'_> {
    /// Reads `import a.b as c, d`.
    pub fn import(&mut self) -> Result<StmtKind, Failure> {
        self.advance()?;
        let mut modules = Vec::new();
        loop {
            let (module, first) = self.dotted_name()?;
            let alias = self.alias()?;
            self.charge(size_of::<ImportedModule>() + module.len())?;
            self.push(&mut modules, ImportedModule { module, first, alias })?;
            if !self.accept(TokenKind::Comma)? {
                return Ok(StmtKind::Import(modules));
            }
        }
    }

    /// Reads `from ..a import b as c, d`.
    pub fn import_from(&mut self) -> Result<StmtKind, Failure> {
        self.advance()?;
        let mut level: u32 = 0;
        loop {
            level = match self.token.kind {
                TokenKind::Dot => level.saturating_add(1),
                TokenKind::Ellipsis => level.saturating_add(3),
                _ => break,
            };
            self.advance()?;
        }
        let module = match self.token.kind {
            TokenKind::Import if level > 0 => Box::default(),
            _ => self.dotted_name()?.0,
        };
        self.charge(module.len())?;
        self.expect(TokenKind::Import)?;
        if self.accept(TokenKind::Star)? {
            return Ok(StmtKind::ImportFrom { level, module, names: None });
        }
        let parenthesized = self.accept(TokenKind::ParenOpen)?;
        let mut names = Vec::new();
        loop {
            let name = self.expect_name()?;
            let alias = self.alias()?;
            self.charge(size_of::<(NameId, Option<NameId>)>())?;
            self.push(&mut names, (name, alias))?;
            // Upstream lets a comma stand after the last name, parenthesized or not.
            if !self.accept(TokenKind::Comma)? || !self.at(TokenKind::Name) {
                break;
            }
        }
        if parenthesized {
            self.expect(TokenKind::ParenClose)?;
        }
        Ok(StmtKind::ImportFrom { level, module, names: Some(names) })
    }

    fn alias(&mut self) -> Result<Option<NameId>, Failure> {
        if self.accept(TokenKind::As)? { self.expect_name().map(Some) } else { Ok(None) }
    }

    /// Reads `a.b.c`: the whole of it, and its first name.
    fn dotted_name(&mut self) -> Result<(Box<str>, NameId), Failure> {
        let first = self.expect_name()?;
        let mut text = String::from(self.tree.name(first));
        while self.accept(TokenKind::Dot)? {
            let token = self.expect(TokenKind::Name)?;
            let part = self.lexer.text(&token);
            text.try_reserve(part.len() + 1)?;
            text.push('.');
            text.push_str(part);
        }
        self.check_length(&text)?;
        Ok((text.into_boxed_str(), first))
    }
}
