//! `import` and `from … import`.

use super::coder::Coder;
use super::draft::Constant;
use super::error::{Failure, syntax, too_large};
use super::instructions::op;
use super::scopes::ScopeKind;
use crate::syntax::tree::{ImportedModule, NameId, Position};

impl Coder<'_, '_> {
    /// `import a.b.c`, which binds `a`; `import a.b.c as d`, which binds what the names lead to.
    pub fn import(&mut self, module: &ImportedModule) -> Result<(), Failure> {
        let mark = self.registers.next;
        let result = self.registers.take()?;
        let names = self.registers.take()?;
        self.load(names, Constant::None)?;
        self.emit.with_site(op::ImportName, result, names, 0, &module.module);
        match module.alias {
            None => self.store_name(module.first, result)?,
            Some(alias) => {
                for part in module.module.split('.').skip(1) {
                    self.emit.with_site(op::LoadAttribute, result, result, 0, part);
                }
                self.store_name(alias, result)?;
            }
        }
        self.registers.next = mark;
        Ok(())
    }

    /// `from ..module import a as b`, or `import *` where there are no names.
    pub fn import_from(
        &mut self,
        level: u32,
        module: &str,
        names: Option<&[(NameId, Option<NameId>)]>,
        position: Position,
    ) -> Result<(), Failure> {
        let level = u8::try_from(level).map_err(|_| too_large("too many dots in import", position))?;
        if names.is_none() && self.scope.kind != ScopeKind::Module {
            return Err(syntax("import * not at module level", position));
        }
        let wanted = match names {
            None => alloc::vec![Constant::Str("*".into())],
            Some(names) => names.iter().map(|(name, _)| Constant::Str(self.name(*name).into())).collect(),
        };
        let result = self.registers.take()?;
        let work = self.registers.take()?;
        self.load(work, Constant::Tuple(wanted))?;
        self.emit.with_site(op::ImportName, result, work, level, module);
        let Some(names) = names else {
            self.emit.word(op::ImportStar, result, 0, 0);
            return Ok(());
        };
        for (name, alias) in names {
            self.emit.with_site(op::ImportFrom, work, result, 0, self.name(*name));
            self.store_name(alias.unwrap_or(*name), work)?;
        }
        Ok(())
    }
}
