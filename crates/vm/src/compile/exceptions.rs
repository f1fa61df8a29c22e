//! `try`, in all its forms.
//!
//! The handler of a `try` with `except` stands behind its `else` block; the exception stays in a register while the
//! clauses run, for a bare `raise`. A `finally` block exists once and keeps what is pending in two registers: a number
//! that says what, and the exception or the value that is returned.

use alloc::vec::Vec;

use super::assigned::Bound;
use super::coder::Coder;
use super::contexts::{Context, Exit, FIRST_EXIT, Guard, NOTHING, RAISED};
use super::draft::Constant;
use super::error::{Failure, syntax};
use super::instructions::op;
use super::registers::Held;
use crate::syntax::tree::{ExceptClause, NameId, StmtId};

impl<'t> Coder<'_, 't> {
    /// `try: body except …: … else: otherwise`
    pub fn try_except(
        &mut self,
        body: &'t [StmtId],
        handlers: &'t [ExceptClause],
        otherwise: &'t [StmtId],
    ) -> Result<(), Failure> {
        let end = self.label();
        let exception = self.registers.hold()?;
        let entry = self.bound;
        let guard = Guard::open(self, exception)?;
        self.contexts.push(Context::Try(guard));
        self.block(body)?;
        let Some(Context::Try(guard)) = self.contexts.pop() else { return Ok(()) };
        let handler = guard.close(self);
        self.block(otherwise)?;
        self.jump(end);

        handler.enter(self, entry);
        let start = self.emit.position();
        self.contexts.push(Context::Handling(exception));
        let mark = self.registers.next;
        let mut catches_all = false;
        for (index, clause) in handlers.iter().enumerate() {
            let next = self.label();
            self.line(clause.position);
            match clause.kind {
                Some(kind) => {
                    let raised = self.held(exception)?;
                    let kind = self.operand(kind, &[])?;
                    self.jump_if(op::JumpIfNoMatch, raised, kind, 0, next);
                }
                None if index + 1 < handlers.len() => {
                    return Err(syntax("default 'except' must be last", clause.position));
                }
                None => catches_all = true,
            }
            self.registers.next = mark;
            match clause.name {
                Some(name) => self.named_handler(exception, name, &clause.body)?,
                None => self.block(&clause.body)?,
            }
            self.jump(end);
            self.place_label(next);
        }
        self.contexts.pop();
        self.emit.handling(start, exception, None);
        if !catches_all {
            let raised = self.held(exception)?;
            self.reraise(raised);
            self.registers.next = mark;
        }
        self.place_label(end);
        Ok(())
    }

    /// The block of `except … as name`: the name is unbound however it ends.
    fn named_handler(&mut self, exception: Held, name: NameId, body: &'t [StmtId]) -> Result<(), Failure> {
        let (mark, base) = (self.registers.next, self.registers.base);
        let raised = self.held(exception)?;
        self.store_name(name, raised)?;
        self.registers.next = mark;
        let entry = self.bound;
        let second = self.registers.hold()?;
        let guard = Guard::open(self, second)?;
        self.contexts.push(Context::Unbinding { guard, name });
        self.block(body)?;
        let Some(Context::Unbinding { guard, .. }) = self.contexts.pop() else { return Ok(()) };
        let handler = guard.close(self);
        let end = self.label();
        if self.bound != Bound::UNREACHABLE {
            self.unbind(name)?;
        }
        self.jump(end);
        handler.enter(self, entry);
        self.unbind(name)?;
        let raised = self.held(second)?;
        self.reraise(raised);
        self.place_label(end);
        self.registers.next = mark;
        self.registers.base = base;
        Ok(())
    }

    /// `try: … finally: finally`
    pub fn try_finally(
        &mut self,
        body: &'t [StmtId],
        handlers: &'t [ExceptClause],
        otherwise: &'t [StmtId],
        finally: &'t [StmtId],
    ) -> Result<(), Failure> {
        let label = self.label();
        let kind = self.registers.hold()?;
        let value = self.registers.hold()?;
        let (mark, base) = (self.registers.next, self.registers.base);
        let entry = self.bound;
        let guard = Guard::open(self, value)?;
        self.contexts.push(Context::Finally { guard, kind, value, label, exits: Vec::new() });
        if handlers.is_empty() {
            self.block(body)?;
            self.block(otherwise)?;
        } else {
            self.try_except(body, handlers, otherwise)?;
        }
        self.registers.next = mark;
        self.registers.base = base;
        let Some(Context::Finally { guard, exits, .. }) = self.contexts.pop() else { return Ok(()) };
        let handler = guard.close(self);
        let ends = self.bound != Bound::UNREACHABLE;
        if ends {
            self.keep_result(value, None)?;
            self.hold_number(kind, NOTHING)?;
            self.jump(label);
        }
        handler.enter(self, entry);
        self.hold_number(kind, RAISED)?;
        self.place_label(label);

        let start = self.emit.position();
        self.contexts.push(Context::Finishing { kind, value });
        self.block(finally)?;
        self.contexts.pop();
        self.emit.handling(start, value, Some(kind));

        let done = self.label();
        let pending = self.held(kind)?;
        if ends {
            self.jump_if(op::JumpIfFalse, pending, 0, 0, done);
        }
        for (index, exit) in exits.iter().enumerate() {
            let next = self.label();
            let inner = self.registers.next;
            let number = self.registers.take()?;
            self.load(number, Constant::Int(FIRST_EXIT + index as i64))?;
            self.jump_if(op::JumpIfEqual, pending, number, 0, next);
            self.registers.next = inner;
            let result = match exit {
                Exit::Return => Some(self.held(value)?),
                _ => None,
            };
            self.exit(*exit, result)?;
            self.registers.next = inner;
            self.place_label(next);
        }
        let raised = self.held(value)?;
        self.reraise(raised);
        self.registers.next = mark;
        self.place_label(done);
        Ok(())
    }
}
