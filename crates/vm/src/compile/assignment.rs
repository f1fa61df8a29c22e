//! Assignments: to names, attributes, items and patterns of these; in place; and `del`.
//!
//! The value is evaluated first, then the targets are assigned from left to right. A value that goes to a local is
//! computed straight into its register.

use alloc::vec::Vec;

use super::coder::{Coder, Place};
use super::contexts::Context;
use super::error::{Failure, syntax, too_large};
use super::instructions::op;
use crate::syntax::tree::{BinaryOp, ExprId, ExprKind};

/// The most items of a tuple that are assigned to those of another without making it.
const MOST_PARALLEL: usize = 16;

/// The value for one target of a parallel assignment.
enum Item {
    /// In a register.
    Ready(u8),
    /// A constant, loaded when it is stored.
    Constant(ExprId),
}

impl Coder<'_, '_> {
    /// `a = b = value`
    pub fn assign_statement(&mut self, targets: &[ExprId], value: ExprId) -> Result<(), Failure> {
        let mut value = value;
        if let Some(constant) = self.session.constants.declared(value) {
            let is_hidden = targets.iter().any(|target| {
                matches!(self.tree.expr(*target).kind, ExprKind::Name(name) if self.name(name).starts_with('_'))
            });
            if is_hidden {
                return Ok(());
            }
            value = constant;
        }
        if let [target] = targets {
            return self.assign_one(*target, value);
        }
        let all_names = targets.iter().all(|it| matches!(self.tree.expr(*it).kind, ExprKind::Name(_)));
        let first_local = match targets.first() {
            Some(first) if all_names => self.local_target(*first),
            _ => None,
        };
        let source = match first_local {
            Some(register) => {
                self.evaluate(value, register)?;
                register
            }
            None if all_names => self.operand(value, &[])?,
            None => {
                // Assigning one target may change a local that is the value, so the value is put aside.
                let register = self.registers.take()?;
                self.evaluate(value, register)?;
                register
            }
        };
        targets.iter().try_for_each(|target| self.assign(*target, source))
    }

    /// The register of a target that is a local.
    pub fn local_target(&self, target: ExprId) -> Option<u8> {
        match self.tree.expr(target).kind {
            ExprKind::Name(name) if !self.session.constants.is_constant(target) => match self.place(name) {
                Place::Local(register) => Some(register),
                _ => None,
            },
            _ => None,
        }
    }

    fn assign_one(&mut self, target: ExprId, value: ExprId) -> Result<(), Failure> {
        if let Some(register) = self.local_target(target) {
            self.evaluate(value, register)?;
            self.bound.insert(register);
            return Ok(());
        }
        if let ExprKind::Tuple(targets) | ExprKind::List(targets) = &self.tree.expr(target).kind
            && let ExprKind::Tuple(values) = &self.tree.expr(value).kind
            && self.is_parallel(targets, values)
        {
            return self.parallel(targets, values);
        }
        let source = self.operand(value, &[target])?;
        self.assign(target, source)
    }

    fn is_parallel(&self, targets: &[ExprId], values: &[ExprId]) -> bool {
        let is_starred = |id: &ExprId| matches!(self.tree.expr(*id).kind, ExprKind::Starred(_));
        targets.len() == values.len()
            && targets.len() <= MOST_PARALLEL
            && !targets.iter().chain(values).any(is_starred)
    }

    /// `a, b = c, d` without a tuple.
    fn parallel(&mut self, targets: &[ExprId], values: &[ExprId]) -> Result<(), Failure> {
        let mut items = Vec::new();
        for (index, value) in values.iter().enumerate() {
            if self.session.constants.is_constant(*value) {
                items.push(Item::Constant(*value));
                continue;
            }
            let later: Vec<ExprId> = values.iter().skip(index + 1).chain(targets).copied().collect();
            let before = targets.get(..index).unwrap_or(&[]);
            let register = match self.in_place(*value, &later) {
                Some(register) if !self.may_assign(before, register) => register,
                _ => {
                    let register = self.registers.take()?;
                    self.evaluate(*value, register)?;
                    register
                }
            };
            items.push(Item::Ready(register));
        }
        for (target, item) in targets.iter().zip(items) {
            let mark = self.registers.next;
            match item {
                Item::Ready(register) => self.assign(*target, register)?,
                Item::Constant(value) => self.assign_one(*target, value)?,
            }
            self.registers.next = mark;
        }
        Ok(())
    }

    /// Whether assigning `targets` may change the local in `register`.
    fn may_assign(&self, targets: &[ExprId], register: u8) -> bool {
        targets.iter().any(|target| match self.tree.expr(*target).kind {
            ExprKind::Name(_) => self.local_target(*target) == Some(register),
            ExprKind::Attribute(..) | ExprKind::Subscript(..) => false,
            _ => true,
        })
    }

    /// target = r\[source\]
    pub fn assign(&mut self, target: ExprId, source: u8) -> Result<(), Failure> {
        let expr = self.tree.expr(target);
        let mark = self.registers.next;
        match &expr.kind {
            ExprKind::Name(name) if !self.session.constants.is_constant(target) => {
                self.store_name(*name, source)?;
            }
            ExprKind::Attribute(object, name) => {
                self.line_within(expr.position);
                let object = self.operand(*object, &[])?;
                self.emit.with_site(op::StoreAttribute, object, source, 0, self.name(*name));
            }
            ExprKind::Subscript(object, index) => {
                self.line_within(expr.position);
                let object = self.operand(*object, &[*index])?;
                self.store_item(object, *index, source)?;
            }
            // An empty tuple is no target for upstream, an empty list is.
            ExprKind::Tuple(items) if !items.is_empty() => self.unpack(items, source)?,
            ExprKind::List(items) => self.unpack(items, source)?,
            _ => return Err(syntax("can't assign to expression", expr.position)),
        }
        self.registers.next = mark;
        Ok(())
    }

    /// a, *b, c = r\[source\]
    fn unpack(&mut self, targets: &[ExprId], source: u8) -> Result<(), Failure> {
        let inner = |id: &ExprId| match self.tree.expr(*id).kind {
            ExprKind::Starred(target) => Some(target),
            _ => None,
        };
        let star = targets.iter().position(|target| inner(target).is_some());
        let position = targets.first().map(|it| self.tree.expr(*it).position).unwrap_or_default();
        if let Some(star) = star
            && targets.iter().skip(star + 1).any(|target| inner(target).is_some())
        {
            return Err(syntax("multiple *x in assignment", position));
        }
        let targets: Vec<ExprId> = targets.iter().map(|target| inner(target).unwrap_or(*target)).collect();
        let count = u8::try_from(targets.len()).map_err(|_| too_large("too many targets", position))?;
        if star.is_none()
            && let Some(first) = self.row_of_locals(&targets)
        {
            self.emit.word(op::Unpack, first, source, count);
            for index in 0..count {
                self.bound.insert(first + index);
            }
            return Ok(());
        }
        if !self.registers.has_room(u16::from(count) + 8) {
            return Err(too_large("too many targets", position));
        }
        self.enter(1, position)?;
        let first = self.registers.take_run(u16::from(count).max(1))?;
        match star {
            None => self.emit.word(op::Unpack, first, source, count),
            Some(star) => {
                let after = u32::from(count) - star as u32 - 1;
                self.emit.long(op::UnpackStar, first, source, star as u8, after);
            }
        }
        for (index, target) in targets.iter().enumerate() {
            self.assign(*target, first + index as u8)?;
        }
        self.leave(1);
        Ok(())
    }

    /// The first of targets that are locals in a row, if nobody can see them assigned by halves.
    fn row_of_locals(&self, targets: &[ExprId]) -> Option<u8> {
        let guarded = self.contexts.iter().any(|context| {
            !matches!(context, Context::Loop { .. } | Context::Handling(_) | Context::Finishing { .. })
        });
        let first = self.local_target(*targets.first()?)?;
        let in_row = targets.iter().enumerate().all(|(index, target)| {
            self.local_target(*target).is_some_and(|it| usize::from(it) == usize::from(first) + index)
        });
        (in_row && !guarded).then_some(first)
    }

    /// `target op= value`: what the target consists of is evaluated once.
    pub fn augmented(&mut self, target: ExprId, op: BinaryOp, value: ExprId) -> Result<(), Failure> {
        let expr = self.tree.expr(target);
        match &expr.kind {
            ExprKind::Name(name) if !self.session.constants.is_constant(target) => {
                if let Some(register) = self.local_target(target) {
                    let left = self.operand(target, &[value])?;
                    return self.operation(op, true, register, left, value);
                }
                let work = self.registers.take()?;
                self.load_name(*name, work)?;
                self.operation(op, true, work, work, value)?;
                self.store_name(*name, work)
            }
            ExprKind::Attribute(object, name) => {
                self.line_within(expr.position);
                let name = self.name(*name);
                let object = self.operand(*object, &[value])?;
                let work = self.registers.take()?;
                self.emit.with_site(op::LoadAttribute, work, object, 0, name);
                self.operation(op, true, work, work, value)?;
                self.emit.with_site(op::StoreAttribute, object, work, 0, name);
                Ok(())
            }
            ExprKind::Subscript(object, index) => {
                self.line_within(expr.position);
                let object = self.operand(*object, &[*index, value])?;
                let index = self.operand(*index, &[value])?;
                let work = self.registers.take()?;
                self.emit.word(op::LoadItem, work, object, index);
                self.operation(op, true, work, work, value)?;
                self.emit.word(op::StoreItem, object, index, work);
                Ok(())
            }
            _ => Err(syntax("can't assign to expression", expr.position)),
        }
    }

    /// `del target`
    pub fn delete(&mut self, target: ExprId) -> Result<(), Failure> {
        let expr = self.tree.expr(target);
        let mark = self.registers.next;
        match &expr.kind {
            ExprKind::Name(name) if !self.session.constants.is_constant(target) => self.delete_name(*name)?,
            ExprKind::Attribute(object, name) => {
                let object = self.operand(*object, &[])?;
                self.emit.with_site(op::DeleteAttribute, object, 0, 0, self.name(*name));
            }
            ExprKind::Subscript(object, index) => {
                let object = self.operand(*object, &[*index])?;
                let index = self.operand(*index, &[])?;
                self.emit.word(op::DeleteItem, object, index, 0);
            }
            ExprKind::Tuple(items) if !items.is_empty() => {
                self.enter(1, expr.position)?;
                items.iter().try_for_each(|item| self.delete(*item))?;
                self.leave(1);
            }
            _ => return Err(syntax("can't delete expression", expr.position)),
        }
        self.registers.next = mark;
        Ok(())
    }
}
