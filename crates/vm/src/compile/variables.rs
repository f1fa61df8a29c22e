//! Reading, assigning and deleting variables, wherever they are kept.

use super::assigned::Bound;
use super::coder::{Coder, Place};
use super::error::Failure;
use super::instructions::op;
use super::scopes::SymbolKind;
use crate::syntax::tree::NameId;

impl<'t> Coder<'_, 't> {
    /// Where a variable is kept.
    pub fn place(&self, name: NameId) -> Place {
        if let Some(place) = self.places.get(&name) {
            let in_namespace =
                self.scope.symbols.get(&name).is_some_and(|symbol| symbol.kind == SymbolKind::Assigned);
            if !in_namespace {
                return *place;
            }
        }
        match self.scope.symbols.get(&name).map(|symbol| symbol.kind) {
            Some(SymbolKind::Implicit | SymbolKind::Assigned) if self.is_namespace() => Place::Name,
            _ => Place::Global,
        }
    }

    /// The text of a name.
    pub fn name(&self, name: NameId) -> &'t str {
        match self.tree.names.get(name.0 as usize) {
            Some(text) => text,
            None => "__class__",
        }
    }

    /// r\[dest\] = a variable
    pub fn load_name(&mut self, name: NameId, dest: u8) -> Result<(), Failure> {
        match self.place(name) {
            Place::Local(register) => {
                self.check(register);
                self.copy(dest, register);
            }
            Place::Cell(cell) => self.emit.word(op::LoadCell, dest, cell, 0),
            Place::SpilledLocal(number) => {
                let mark = self.registers.next;
                let register = self.temporary_or_new(dest)?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                self.emit.word(op::CheckBound, register, 0, 0);
                self.copy(dest, register);
                self.registers.next = mark;
            }
            Place::SpilledCell(number) => {
                let mark = self.registers.next;
                let register = self.temporary_or_new(dest)?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                self.emit.word(op::LoadCell, dest, register, 0);
                self.registers.next = mark;
            }
            Place::Global => self.emit.with_name(op::LoadGlobal, dest, self.name(name))?,
            Place::Name => self.emit.with_name(op::LoadName, dest, self.name(name))?,
        }
        Ok(())
    }

    /// a variable = r\[source\]
    pub fn store_name(&mut self, name: NameId, source: u8) -> Result<(), Failure> {
        match self.place(name) {
            Place::Local(register) => {
                self.copy(register, source);
                self.bound.insert(register);
            }
            Place::Cell(cell) => self.emit.word(op::StoreCell, cell, source, 0),
            Place::SpilledLocal(number) => self.emit.long(op::StoreSpilled, source, 0, 0, number),
            Place::SpilledCell(number) => {
                let mark = self.registers.next;
                let register = self.registers.take()?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                self.emit.word(op::StoreCell, register, source, 0);
                self.registers.next = mark;
            }
            Place::Global => self.emit.with_name(op::StoreGlobal, source, self.name(name))?,
            Place::Name => self.emit.with_name(op::StoreName, source, self.name(name))?,
        }
        Ok(())
    }

    /// del a variable
    pub fn delete_name(&mut self, name: NameId) -> Result<(), Failure> {
        match self.place(name) {
            Place::Local(register) => {
                self.emit.word(op::DeleteLocal, register, 0, 0);
                if self.bound != Bound::UNREACHABLE {
                    self.bound.remove(register);
                }
            }
            Place::Cell(cell) => self.emit.word(op::DeleteCell, cell, 0, 0),
            Place::SpilledLocal(number) => {
                let mark = self.registers.next;
                let register = self.registers.take()?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                self.emit.word(op::DeleteLocal, register, 0, 0);
                self.emit.long(op::StoreSpilled, register, 0, 0, number);
                self.registers.next = mark;
            }
            Place::SpilledCell(number) => {
                let mark = self.registers.next;
                let register = self.registers.take()?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                self.emit.word(op::DeleteCell, register, 0, 0);
                self.registers.next = mark;
            }
            Place::Global => self.emit.with_name(op::DeleteGlobal, 0, self.name(name))?,
            Place::Name => self.emit.with_name(op::DeleteName, 0, self.name(name))?,
        }
        Ok(())
    }

    /// Raises NameError here if a local may hold nothing.
    pub fn check(&mut self, register: u8) {
        if !self.bound.contains(register) {
            self.emit.word(op::CheckBound, register, 0, 0);
            self.bound.insert(register);
        }
    }

    /// r\[dest\] = r\[source\], unless they are one.
    pub fn copy(&mut self, dest: u8, source: u8) {
        if dest != source {
            self.emit.word(op::Move, dest, source, 0);
        }
    }
}
