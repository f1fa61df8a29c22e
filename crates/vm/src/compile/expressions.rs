//! Expressions: operators, comparisons, choices, assignments in the middle, suspension.

use alloc::vec::Vec;

use super::coder::{Coder, Place};
use super::draft::Constant;
use super::error::{Failure, syntax};
use super::instructions::{LEFT_OUT, op};
use crate::syntax::tree::{BinaryOp, CompareOp, ExprId, ExprKind, NameId, UnaryOp};

/// The comparison's instruction.
pub(super) fn comparison(op: CompareOp) -> u8 {
    match op {
        CompareOp::Equal => op::Equal,
        CompareOp::NotEqual => op::NotEqual,
        CompareOp::Less => op::Less,
        CompareOp::LessEqual => op::LessEqual,
        CompareOp::Greater => op::Greater,
        CompareOp::GreaterEqual => op::GreaterEqual,
        CompareOp::Is => op::Is,
        CompareOp::IsNot => op::IsNot,
        CompareOp::In => op::In,
        CompareOp::NotIn => op::NotIn,
    }
}

impl Coder<'_, '_> {
    /// r\[dest\] = an expression that is neither a constant nor a name.
    pub fn compute(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        let expr = self.tree.expr(id);
        let mark = self.registers.next;
        if !matches!(expr.kind, ExprKind::Binary(..)) {
            // A binary operation stands where its operator does; upstream counts from its first operand.
            self.line_within(expr.position);
        }
        match &expr.kind {
            ExprKind::Binary(..) => self.binary(id, dest)?,
            ExprKind::Unary(op, operand) => self.unary(*op, *operand, dest)?,
            ExprKind::Compare(first, links) => self.compare(*first, links, dest)?,
            ExprKind::And(items) => self.logical(items, false, dest)?,
            ExprKind::Or(items) => self.logical(items, true, dest)?,
            ExprKind::IfElse { .. } => self.if_else(id, dest)?,
            ExprKind::Attribute(..) | ExprKind::Subscript(..) | ExprKind::Call(..) => {
                self.trailers(id, dest)?
            }
            ExprKind::Tuple(items) => self.tuple(items, dest)?,
            ExprKind::List(items) => self.list(items, dest)?,
            ExprKind::Set(items) => self.set(items, dest)?,
            ExprKind::Dict(items) => self.dict(items, dest)?,
            ExprKind::FString(parts) => self.format(parts, dest)?,
            ExprKind::Slice(lower, upper, step) => self.slice([*lower, *upper, *step], dest)?,
            ExprKind::Lambda(parameters, body) => self.lambda(id, parameters, *body, dest)?,
            ExprKind::Comprehension(comprehension) => self.comprehension(id, comprehension, dest)?,
            ExprKind::Walrus(name, value) => self.walrus(*name, *value, dest)?,
            ExprKind::Yield(value) => self.suspend(*value, dest)?,
            ExprKind::YieldFrom(value) => {
                let work = self.temporary_or_new(dest)?;
                let operand = self.operand_at(work, *value, &[])?;
                self.emit.word(op::GetIter, work, operand, 0);
                self.emit.word(op::YieldFrom, dest, work, 0);
            }
            ExprKind::Await(value) => {
                let work = self.temporary_or_new(dest)?;
                let operand = self.operand_at(work, *value, &[])?;
                self.emit.word(op::GetAwaitable, work, operand, 0);
                self.emit.word(op::YieldFrom, dest, work, 0);
            }
            ExprKind::Starred(_) => return Err(syntax("*x must be assignment target", expr.position)),
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Name(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(..)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_) => return Err(syntax("invalid syntax", expr.position)),
        }
        self.registers.next = mark;
        Ok(())
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId, dest: u8) -> Result<(), Failure> {
        let operand = self.operand_at(dest, operand, &[])?;
        let op = match op {
            UnaryOp::Negate => op::Negate,
            UnaryOp::Positive => op::Positive,
            UnaryOp::Invert => op::Invert,
            UnaryOp::Not => op::Not,
        };
        self.emit.word(op, dest, operand, 0);
        Ok(())
    }

    /// A chain of binary operations, from its leftmost operand on.
    fn binary(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        let mut chain: Vec<(BinaryOp, ExprId)> = Vec::new();
        let mut left = id;
        while let ExprKind::Binary(op, operand, right) = self.tree.expr(left).kind
            && !self.session.constants.is_constant(left)
        {
            chain.push((op, right));
            left = operand;
        }
        let first: &[ExprId] = match chain.last() {
            Some((_, right)) => &[*right],
            None => &[],
        };
        let mut work = self.registers.is_temporary(dest).then_some(dest);
        let mut current = match self.in_place(left, first) {
            Some(register) => register,
            None => {
                let register = self.temporary_or_new(dest)?;
                work = Some(register);
                self.evaluate(left, register)?;
                register
            }
        };
        while let Some((op, right)) = chain.pop() {
            let target = match work {
                _ if chain.is_empty() => dest,
                Some(register) => register,
                None => {
                    let register = self.registers.take()?;
                    work = Some(register);
                    register
                }
            };
            self.operation(op, false, target, current, right)?;
            current = target;
        }
        Ok(())
    }

    /// r\[dest\] = r\[left\] op right, or op= if `in_place`.
    pub fn operation(
        &mut self,
        op: BinaryOp,
        in_place: bool,
        dest: u8,
        left: u8,
        right: ExprId,
    ) -> Result<(), Failure> {
        if let Some(number) = self.session.constants.int(self.tree, right)
            && let Ok(small) = i8::try_from(number)
        {
            let op = match (op, in_place) {
                (BinaryOp::Add, false) => Some(op::AddInt),
                (BinaryOp::Add, true) => Some(op::InplaceAddInt),
                (BinaryOp::Subtract, false) => Some(op::SubtractInt),
                (BinaryOp::Subtract, true) => Some(op::InplaceSubtractInt),
                _ => None,
            };
            if let Some(op) = op {
                self.emit.word(op, dest, left, small as u8);
                return Ok(());
            }
        }
        let mark = self.registers.next;
        let right = self.operand(right, &[])?;
        // The operators stand in the instruction set in the order of `BinaryOp`.
        let first = if in_place { op::InplaceOr } else { op::Or };
        self.emit.word(first + op as u8, dest, left, right);
        self.registers.next = mark;
        Ok(())
    }

    /// A comparison, whose operands are evaluated once each, as far as it gets.
    fn compare(&mut self, first: ExprId, links: &[(CompareOp, ExprId)], dest: u8) -> Result<(), Failure> {
        if let [(op, second)] = links {
            let left = self.operand_at(dest, first, &[*second])?;
            let right = self.operand(*second, &[])?;
            self.emit.word(comparison(*op), dest, left, right);
            return Ok(());
        }
        let end = self.label();
        let result = self.temporary_or_new(dest)?;
        // Each operand is the right one of one comparison and the left one of the next, so two places are enough.
        let slots = [self.registers.take()?, self.registers.take()?];
        let mut left = self.link(first, links.first(), slots[1])?;
        for (index, (op, operand)) in links.iter().enumerate() {
            let right = self.link(*operand, links.get(index + 1), slots[index & 1])?;
            self.emit.word(comparison(*op), result, left, right);
            if index + 1 < links.len() {
                self.jump_if(op::JumpIfFalse, result, 0, 0, end);
            }
            left = right;
        }
        self.place_label(end);
        self.copy(dest, result);
        Ok(())
    }

    /// An operand of a chain of comparisons: where it is, or in `slot`.
    pub fn link(&mut self, id: ExprId, next: Option<&(CompareOp, ExprId)>, slot: u8) -> Result<u8, Failure> {
        let later: Vec<ExprId> = next.iter().map(|link| link.1).collect();
        if let Some(register) = self.in_place(id, &later) {
            return Ok(register);
        }
        self.evaluate(id, slot)?;
        Ok(slot)
    }

    /// The value of `and` or `or`.
    fn logical(&mut self, items: &[ExprId], stops_at: bool, dest: u8) -> Result<(), Failure> {
        let constants = self.session.constants;
        let end = self.label();
        let work = self.temporary_or_new(dest)?;
        let op = if stops_at { op::JumpIfTrue } else { op::JumpIfFalse };
        for (index, item) in items.iter().enumerate() {
            let truth = constants.truth(self.tree, *item);
            let is_last = index + 1 == items.len() || truth == Some(stops_at);
            if !is_last && truth.is_some() {
                continue;
            }
            self.evaluate(*item, work)?;
            if is_last {
                break;
            }
            self.jump_if(op, work, 0, 0, end);
        }
        self.place_label(end);
        self.copy(dest, work);
        Ok(())
    }

    /// `a if b else c if d else e` …
    fn if_else(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        let end = self.label();
        let mut current = id;
        while let ExprKind::IfElse { test, body, otherwise } = self.tree.expr(current).kind
            && !self.session.constants.is_constant(current)
        {
            match self.session.constants.truth(self.tree, test) {
                Some(true) => {
                    current = body;
                    break;
                }
                Some(false) => current = otherwise,
                None => {
                    let next = self.label();
                    self.condition(test, false, next)?;
                    self.evaluate(body, dest)?;
                    self.jump(end);
                    self.place_label(next);
                    current = otherwise;
                }
            }
        }
        self.evaluate(current, dest)?;
        self.place_label(end);
        Ok(())
    }

    fn walrus(&mut self, name: NameId, value: ExprId, dest: u8) -> Result<(), Failure> {
        if let Place::Local(register) = self.place(name) {
            self.evaluate(value, register)?;
            self.bound.insert(register);
            self.copy(dest, register);
            return Ok(());
        }
        let work = self.temporary_or_new(dest)?;
        self.evaluate(value, work)?;
        self.store_name(name, work)?;
        self.copy(dest, work);
        Ok(())
    }

    fn suspend(&mut self, value: Option<ExprId>, dest: u8) -> Result<(), Failure> {
        let operand = match value {
            Some(value) => self.operand_at(dest, value, &[])?,
            None => {
                let register = self.temporary_or_new(dest)?;
                self.load(register, Constant::None)?;
                register
            }
        };
        self.emit.word(op::Yield, dest, operand, 0);
        Ok(())
    }

    /// r\[dest\] = r\[container\]\[index\]
    pub fn load_item(&mut self, dest: u8, container: u8, index: ExprId) -> Result<(), Failure> {
        let mark = self.registers.next;
        if let Some(parts) = self.slice_operands(index)? {
            self.emit.long(op::LoadSlice, dest, container, 0, parts);
        } else {
            let index = self.operand(index, &[])?;
            self.emit.word(op::LoadItem, dest, container, index);
        }
        self.registers.next = mark;
        Ok(())
    }

    /// r\[container\]\[index\] = r\[source\]
    pub fn store_item(&mut self, container: u8, index: ExprId, source: u8) -> Result<(), Failure> {
        if let Some(parts) = self.slice_operands(index)? {
            self.emit.long(op::StoreSlice, container, source, 0, parts);
        } else {
            let index = self.operand(index, &[])?;
            self.emit.word(op::StoreItem, container, index, source);
        }
        Ok(())
    }

    /// For a subscript that is a slice: the registers of its parts.
    fn slice_operands(&mut self, index: ExprId) -> Result<Option<u32>, Failure> {
        let expr = self.tree.expr(index);
        let ExprKind::Slice(lower, upper, step) = expr.kind else { return Ok(None) };
        self.line_within(expr.position);
        let later: Vec<ExprId> = [upper, step].into_iter().flatten().collect();
        let mut word = 0;
        for (number, part) in [lower, upper, step].into_iter().enumerate() {
            let register = match part {
                Some(part) => self.operand(part, later.get(number..).unwrap_or(&[]))?,
                None => LEFT_OUT,
            };
            word |= u32::from(register) << (8 * number);
        }
        Ok(Some(word))
    }

    /// `lower:upper:step`, as an object
    fn slice(&mut self, parts: [Option<ExprId>; 3], dest: u8) -> Result<(), Failure> {
        let first = self.registers.take_run(3)?;
        for (index, part) in parts.into_iter().enumerate() {
            let register = first + index as u8;
            match part {
                Some(part) => self.evaluate(part, register)?,
                None => self.load(register, Constant::None)?,
            }
        }
        self.emit.word(op::BuildSlice, dest, first, 0);
        Ok(())
    }
}
