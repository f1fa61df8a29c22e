//! Getting the value of an expression into a register, or finding the register where it is.
//!
//! There are three ways to ask:
//!
//! - [`Coder::evaluate`] puts it into a given register. If that is a temporary, it may be used on the way; if it is a
//!   local, only the last instruction writes it.
//! - [`Coder::operand`] gives the register where it is: a local's own, a kept constant's, or a new temporary.
//! - [`Coder::operand_at`] does the same but may use a given temporary.
//!
//! Temporaries are a stack: who takes some remembers `registers.next` before and sets it back afterwards.

use super::coder::{Coder, Place};
use super::draft::Constant;
use super::error::Failure;
use super::instructions::op;
use super::registers::{CARRY, SPILL_AT, USUAL_NEED};
use crate::syntax::tree::{ExprId, ExprKind};

impl Coder<'_, '_> {
    /// Whether something that is evaluated in `later` may assign the local in `register`.
    pub fn changes(&self, register: u8, later: &[ExprId]) -> bool {
        self.walrus_locals.contains(register) && later.iter().any(|id| self.session.scopes.has_walrus(*id))
    }

    /// The register of a local that an expression names, if it can be used where it is although `later` is evaluated
    /// before it is used. Checks that the local holds a value. Or the register of a constant that is kept in one.
    pub fn in_place(&mut self, id: ExprId, later: &[ExprId]) -> Option<u8> {
        if self.session.constants.is_constant(id) {
            return self.kept_constant(id);
        }
        match self.tree.expr(id).kind {
            ExprKind::Name(name) => match self.place(name) {
                Place::Local(register) if !self.changes(register, later) => {
                    self.check(register);
                    Some(register)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The register where the value of an expression is: a local's or a constant's own, or a new temporary. It is used
    /// after `later` has been evaluated.
    pub fn operand(&mut self, id: ExprId, later: &[ExprId]) -> Result<u8, Failure> {
        if let Some(register) = self.where_it_is(id, later)? {
            return Ok(register);
        }
        let register = self.registers.take()?;
        self.evaluate(id, register)?;
        Ok(register)
    }

    /// The register where the value of an expression is, if it has one: it names a local, assigns one by `:=`, or is a
    /// constant that is kept.
    fn where_it_is(&mut self, id: ExprId, later: &[ExprId]) -> Result<Option<u8>, Failure> {
        if let ExprKind::Walrus(name, value) = self.tree.expr(id).kind
            && let Place::Local(register) = self.place(name)
            && !self.changes(register, later)
        {
            self.evaluate(value, register)?;
            self.bound.insert(register);
            return Ok(Some(register));
        }
        Ok(self.in_place(id, later))
    }

    /// As [`Coder::operand`], but `dest` serves as the temporary if it is one.
    pub fn operand_at(&mut self, dest: u8, id: ExprId, later: &[ExprId]) -> Result<u8, Failure> {
        if let Some(register) = self.where_it_is(id, later)? {
            return Ok(register);
        }
        let register = self.temporary_or_new(dest)?;
        self.evaluate(id, register)?;
        Ok(register)
    }

    /// `dest` if it is a temporary, else a new one.
    pub fn temporary_or_new(&mut self, dest: u8) -> Result<u8, Failure> {
        if self.registers.is_temporary(dest) { Ok(dest) } else { self.registers.take() }
    }

    /// `dest` if it is the temporary that was taken last, else a new one: the first of a row.
    pub fn top_or_new(&mut self, dest: u8) -> Result<u8, Failure> {
        let is_top = self.registers.is_temporary(dest) && u16::from(dest) + 1 == self.registers.next;
        if is_top { Ok(dest) } else { self.registers.take() }
    }

    /// r\[dest\] = a constant
    pub fn load(&mut self, dest: u8, constant: Constant) -> Result<(), Failure> {
        self.emit.load_constant(dest, constant)
    }

    /// r\[dest\] = an expression
    pub fn evaluate(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        if let Some(constant) = self.session.constants.get(self.tree, id) {
            return self.load(dest, constant);
        }
        let expr = self.tree.expr(id);
        if let ExprKind::Name(name) = expr.kind {
            return self.load_name(name, dest);
        }
        self.enter(1, expr.position)?;
        if self.registers.next > SPILL_AT || !self.registers.has_room(self.need(id)) {
            self.evaluate_with_room(id, dest)?;
        } else {
            self.compute(id, dest)?;
        }
        self.leave(1);
        Ok(())
    }

    /// How many registers in a row an expression may take that cannot be split.
    fn need(&self, id: ExprId) -> u16 {
        match self.tree.expr(id).kind {
            ExprKind::Lambda(..) | ExprKind::Comprehension(_) => self.closure_need(id),
            _ => USUAL_NEED,
        }
    }

    fn closure_need(&self, id: ExprId) -> u16 {
        let scopes = self.session.scopes;
        let free = scopes.by_expression.get(&id.0).map_or(0, |scope| scopes.all[*scope].free.len());
        (free as u16 + 8).max(USUAL_NEED)
    }

    /// As [`Coder::evaluate`], with the temporaries in use out of the way.
    fn evaluate_with_room(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        let (base, next) = (self.registers.base, self.registers.next);
        for register in base..next {
            self.emit.word(op::SpillPush, register as u8, 0, 0);
        }
        self.registers.next = base;
        let register = self.registers.take()?;
        self.compute(id, register)?;
        self.copy(CARRY, register);
        self.registers.highest = u16::from(CARRY) + 1;
        for register in (base..next).rev() {
            self.emit.word(op::SpillPop, register as u8, 0, 0);
        }
        self.registers.next = next;
        self.copy(dest, CARRY);
        Ok(())
    }
}
