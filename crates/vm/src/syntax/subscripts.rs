//! Indices and slices.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::entries::Entry;
use super::error::Failure;
use super::expressions::Step;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{ExprId, ExprKind, Position};

/// An open `a[`.
pub(super) struct SubscriptFrame {
    value: ExprId,
    /// The items before the last comma.
    items: Vec<ExprId>,
    /// The slice being read.
    slice: Option<Slice>,
}

struct Slice {
    position: Position,
    /// Lower, upper, step.
    parts: [Option<ExprId>; 3],
    /// Which part is being read.
    index: usize,
}

impl Parser<'_> {
    /// Opens the `[` that stands here after a value.
    pub fn open_subscript(&mut self, value: ExprId) -> Result<Step, Failure> {
        self.advance()?;
        self.next_subscript(Box::new(SubscriptFrame { value, items: Vec::new(), slice: None }))
    }

    fn next_subscript(&mut self, mut frame: Box<SubscriptFrame>) -> Result<Step, Failure> {
        if self.at(TokenKind::Colon) {
            let position = self.token.position;
            frame.slice = Some(Slice { position, parts: [None; 3], index: 0 });
            return self.slice_part(frame);
        }
        self.open(Entry::Subscript(frame))?;
        self.starred_item()
    }

    /// Goes on after an index or a part of a slice.
    pub fn subscript_item(&mut self, mut frame: Box<SubscriptFrame>, value: ExprId) -> Result<Step, Failure> {
        if let Some(slice) = &mut frame.slice {
            slice.parts[slice.index] = Some(value);
            return self.slice_part(frame);
        }
        if self.at(TokenKind::Colon) && !matches!(self.tree.expr(value).kind, ExprKind::Starred(_)) {
            let position = self.position_of(value);
            frame.slice = Some(Slice { position, parts: [Some(value), None, None], index: 0 });
            return self.slice_part(frame);
        }
        self.subscript_end(frame, value)
    }

    /// Goes on at a colon of a slice or after its last part.
    fn slice_part(&mut self, mut frame: Box<SubscriptFrame>) -> Result<Step, Failure> {
        let Some(slice) = &mut frame.slice else {
            return Err(self.unexpected());
        };
        while slice.index < 2 && self.at(TokenKind::Colon) {
            self.advance()?;
            slice.index += 1;
            if !matches!(self.token.kind, TokenKind::Colon | TokenKind::Comma | TokenKind::BracketClose) {
                self.open(Entry::Subscript(frame))?;
                return Ok(Step::Operand);
            }
        }
        let [lower, upper, step] = slice.parts;
        let position = slice.position;
        frame.slice = None;
        let value = self.expr(ExprKind::Slice(lower, upper, step), position)?;
        self.subscript_end(frame, value)
    }

    /// Goes on after an item: a comma or the bracket.
    fn subscript_end(&mut self, mut frame: Box<SubscriptFrame>, value: ExprId) -> Result<Step, Failure> {
        if self.at(TokenKind::Comma) || !frame.items.is_empty() {
            self.push(&mut frame.items, value)?;
            if self.accept(TokenKind::Comma)? && !self.at(TokenKind::BracketClose) {
                return self.next_subscript(frame);
            }
        }
        self.expect(TokenKind::BracketClose)?;
        let index = self.tuple_or_item(frame.items, value)?;
        let position = self.position_of(frame.value);
        Ok(Step::Primary(self.expr(ExprKind::Subscript(frame.value, index), position)?))
    }
}
