//! Displays: tuples, lists, sets, dicts, f-strings.
//!
//! Short ones are built from registers in a row. Longer ones, and those with `*a` in them, start as the first part and
//! get the rest one by one, so that the number of registers does not grow with their length.

use alloc::string::String;
use alloc::vec::Vec;

use super::coder::Coder;
use super::draft::Constant;
use super::error::Failure;
use super::instructions::op;
use crate::syntax::tree::{ExprId, ExprKind, FStringPart};

/// The most elements that are put into registers at once.
const CHUNK: usize = 32;

enum Piece<'t> {
    Text(String),
    Field(ExprId, Option<char>, &'t [FStringPart]),
}

impl<'t> Coder<'_, 't> {
    fn is_starred(&self, id: ExprId) -> bool {
        matches!(self.tree.expr(id).kind, ExprKind::Starred(_))
    }

    /// How many elements at the front can be put into registers at once.
    fn at_once(&self, items: &[ExprId]) -> usize {
        let plain = items.iter().take_while(|item| !self.is_starred(**item)).count();
        plain.min(CHUNK)
    }

    /// Evaluates expressions into registers in a row, the first of which may be `dest`; gives the first.
    fn row(&mut self, items: &[ExprId], dest: u8) -> Result<u8, Failure> {
        let mut first = None;
        for item in items {
            let register = match first {
                None => self.top_or_new(dest)?,
                Some(_) => self.registers.take()?,
            };
            first.get_or_insert(register);
            self.evaluate(*item, register)?;
        }
        Ok(first.unwrap_or(0))
    }

    /// `(a, b)`
    pub fn tuple(&mut self, items: &[ExprId], dest: u8) -> Result<(), Failure> {
        let count = self.at_once(items);
        if count == items.len() {
            let first = self.row(items, dest)?;
            self.emit.word(op::BuildTuple, dest, first, count as u8);
            return Ok(());
        }
        let list = self.temporary_or_new(dest)?;
        self.list(items, list)?;
        self.emit.word(op::ListToTuple, dest, list, 0);
        Ok(())
    }

    /// `[a, b]`
    pub fn list(&mut self, items: &[ExprId], dest: u8) -> Result<(), Failure> {
        self.collect(items, dest, [op::BuildList, op::ListAppend, op::ListExtend])
    }

    /// `{a, b}`
    pub fn set(&mut self, items: &[ExprId], dest: u8) -> Result<(), Failure> {
        self.collect(items, dest, [op::BuildSet, op::SetAdd, op::SetUpdate])
    }

    fn collect(&mut self, items: &[ExprId], dest: u8, [build, add, extend]: [u8; 3]) -> Result<(), Failure> {
        let mark = self.registers.next;
        let count = self.at_once(items);
        if count == items.len() {
            let first = self.row(items, dest)?;
            self.emit.word(build, dest, first, count as u8);
            self.registers.next = mark;
            return Ok(());
        }
        let all = self.temporary_or_new(dest)?;
        let inner = self.registers.next;
        let (front, rest) = items.split_at(count);
        let first = self.row(front, all)?;
        self.emit.word(build, all, first, count as u8);
        for item in rest {
            self.registers.next = inner;
            match self.tree.expr(*item).kind {
                ExprKind::Starred(value) => {
                    let operand = self.operand(value, &[])?;
                    self.emit.word(extend, all, operand, 0);
                }
                _ => {
                    let operand = self.operand(*item, &[])?;
                    self.emit.word(add, all, operand, 0);
                }
            }
        }
        self.copy(dest, all);
        self.registers.next = mark;
        Ok(())
    }

    /// `{k: v, **m}`; the value is evaluated before the key, as upstream does.
    pub fn dict(&mut self, items: &[(Option<ExprId>, ExprId)], dest: u8) -> Result<(), Failure> {
        let all = if items.is_empty() { dest } else { self.temporary_or_new(dest)? };
        self.emit.wide(op::BuildDict, all, items.len().min(usize::from(u16::MAX)) as u16);
        let mark = self.registers.next;
        for (key, value) in items {
            match key {
                Some(key) => {
                    self.line_within(self.tree.expr(*key).position);
                    let value = self.operand(*value, &[*key])?;
                    let key = self.operand(*key, &[])?;
                    self.emit.word(op::DictInsert, all, key, value);
                }
                None => {
                    let mapping = self.operand(*value, &[])?;
                    self.emit.word(op::DictUpdate, all, mapping, 0);
                }
            }
            self.registers.next = mark;
        }
        self.copy(dest, all);
        Ok(())
    }

    /// An f-string.
    pub fn format(&mut self, parts: &'t [FStringPart], dest: u8) -> Result<(), Failure> {
        let mut pieces: Vec<Piece<'t>> = Vec::new();
        for part in parts {
            match part {
                FStringPart::Literal(text) => match pieces.last_mut() {
                    Some(Piece::Text(before)) => before.push_str(text),
                    _ => pieces.push(Piece::Text(String::from(&**text))),
                },
                FStringPart::Field { value, conversion, spec } => {
                    pieces.push(Piece::Field(*value, *conversion, spec));
                }
            }
        }
        match pieces.as_slice() {
            [] => return self.load(dest, Constant::Str("".into())),
            [piece] => return self.piece(piece, dest),
            _ => {}
        }
        let mark = self.registers.next;
        let first = self.top_or_new(dest)?;
        let mut count: u8 = 0;
        for (index, piece) in pieces.iter().enumerate() {
            let register = if count == 0 { first } else { self.registers.take()? };
            self.piece(piece, register)?;
            count += 1;
            if usize::from(count) == CHUNK && index + 1 < pieces.len() {
                self.emit.word(op::BuildString, first, first, count);
                self.registers.next = u16::from(first) + 1;
                count = 1;
            }
        }
        self.emit.word(op::BuildString, dest, first, count);
        self.registers.next = mark;
        Ok(())
    }

    /// One piece of an f-string: a text or a formatted value.
    fn piece(&mut self, piece: &Piece<'t>, dest: u8) -> Result<(), Failure> {
        match piece {
            Piece::Text(text) => self.load(dest, Constant::Str(text.as_str().into())),
            Piece::Field(value, conversion, spec) => {
                let mark = self.registers.next;
                let position = self.tree.expr(*value).position;
                let value = self.operand_at(dest, *value, &fields(spec))?;
                let conversion = match conversion {
                    None => 0,
                    Some('s') => 1,
                    Some('r') => 2,
                    Some(_) => 3,
                };
                let spec = if spec.is_empty() {
                    256
                } else {
                    let register = self.registers.take()?;
                    self.enter(1, position)?;
                    self.format(spec, register)?;
                    self.leave(1);
                    u32::from(register)
                };
                self.emit.long(op::FormatValue, dest, value, conversion, spec);
                self.registers.next = mark;
                Ok(())
            }
        }
    }
}

/// The expressions in a format spec.
fn fields(parts: &[FStringPart]) -> Vec<ExprId> {
    let mut found = Vec::new();
    let mut waiting = alloc::vec![parts];
    while let Some(parts) = waiting.pop() {
        for part in parts {
            if let FStringPart::Field { value, spec, .. } = part {
                found.push(*value);
                waiting.push(spec);
            }
        }
    }
    found
}
