//! Conditions: expressions that are only asked whether they are true become jumps.

use super::coder::Coder;
use super::emit::Label;
use super::error::Failure;
use super::instructions::op;
use crate::syntax::tree::{CompareOp, ExprId, ExprKind, UnaryOp};

/// The fused compare-and-branch for a comparison, and whether it asks the opposite.
fn fused(op: CompareOp) -> (u8, bool) {
    match op {
        CompareOp::Equal => (op::JumpIfEqual, false),
        CompareOp::NotEqual => (op::JumpIfNotEqual, false),
        CompareOp::Less => (op::JumpIfLess, false),
        CompareOp::LessEqual => (op::JumpIfLessEqual, false),
        CompareOp::Greater => (op::JumpIfGreater, false),
        CompareOp::GreaterEqual => (op::JumpIfGreaterEqual, false),
        CompareOp::Is => (op::JumpIfIs, false),
        CompareOp::IsNot => (op::JumpIfIs, true),
        CompareOp::In => (op::JumpIfIn, false),
        CompareOp::NotIn => (op::JumpIfIn, true),
    }
}

impl Coder<'_, '_> {
    /// Jumps to `label` if the truth of an expression is `sense`.
    pub fn condition(&mut self, id: ExprId, sense: bool, label: Label) -> Result<(), Failure> {
        if let Some(truth) = self.session.constants.truth(self.tree, id) {
            if truth == sense {
                self.jump(label);
            }
            return Ok(());
        }
        let expr = self.tree.expr(id);
        let is_operator = matches!(
            expr.kind,
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Unary(UnaryOp::Not, _) | ExprKind::Compare(..)
        );
        let mark = self.registers.next;
        if !is_operator || self.session.constants.is_constant(id) {
            let operand = self.operand(id, &[])?;
            let op = if sense { op::JumpIfTrue } else { op::JumpIfFalse };
            self.jump_if(op, operand, 0, 0, label);
            self.registers.next = mark;
            return Ok(());
        }
        self.enter(1, expr.position)?;
        self.line_within(expr.position);
        match &expr.kind {
            ExprKind::And(items) => self.junction(items, false, sense, label)?,
            ExprKind::Or(items) => self.junction(items, true, sense, label)?,
            ExprKind::Unary(_, operand) => self.condition(*operand, !sense, label)?,
            ExprKind::Compare(first, links) => self.comparison(*first, links, sense, label)?,
            _ => {}
        }
        self.registers.next = mark;
        self.leave(1);
        Ok(())
    }

    /// `and` (which `stops_at` false) or `or`.
    fn junction(
        &mut self,
        items: &[ExprId],
        stops_at: bool,
        sense: bool,
        label: Label,
    ) -> Result<(), Failure> {
        if stops_at == sense {
            for item in items {
                self.condition(*item, sense, label)?;
            }
            return Ok(());
        }
        let Some((last, others)) = items.split_last() else { return Ok(()) };
        let end = self.label();
        for item in others {
            self.condition(*item, stops_at, end)?;
        }
        self.condition(*last, sense, label)?;
        self.place_label(end);
        Ok(())
    }

    fn comparison(
        &mut self,
        first: ExprId,
        links: &[(CompareOp, ExprId)],
        sense: bool,
        label: Label,
    ) -> Result<(), Failure> {
        let end = self.label();
        let slots = [self.registers.take()?, self.registers.take()?];
        let mut left = self.link(first, links.first(), slots[1])?;
        for (index, (op, operand)) in links.iter().enumerate() {
            let is_last = index + 1 == links.len();
            let right = self.link(*operand, links.get(index + 1), slots[index & 1])?;
            let (op, opposite) = fused(*op);
            if is_last {
                self.jump_if(op, left, right, u8::from(sense != opposite), label);
            } else {
                let away = if sense { end } else { label };
                self.jump_if(op, left, right, u8::from(opposite), away);
            }
            left = right;
        }
        self.place_label(end);
        Ok(())
    }
}
