//! Loops.
//!
//! Both kinds test at the bottom, so that an iteration costs one jump: `while` begins with a jump there, `for` asks its
//! iterator once more at the top. `break` and `continue` find their loop among the contexts, so that they pass through
//! what stands between (see `contexts.rs`).

use super::assigned::Bound;
use super::coder::Coder;
use super::contexts::{Context, Guard};
use super::emit::Label;
use super::error::Failure;
use super::instructions::op;
use super::registers::Held;
use crate::syntax::tree::{ExprId, StmtId};

/// Where a `for` loop begins to repeat.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoopTop {
    /// The register that an item is put into.
    item: u8,
    label: Label,
    /// The line of the loop.
    pub line: u32,
}

impl<'t> Coder<'_, 't> {
    /// `while test: body else: otherwise`
    pub fn while_statement(
        &mut self,
        test: ExprId,
        body: &'t [StmtId],
        otherwise: &'t [StmtId],
    ) -> Result<(), Failure> {
        let truth = self.session.constants.truth(self.tree, test);
        let (top, again, end) = (self.label(), self.label(), self.label());
        if truth != Some(false) {
            let kept = self.keep_constants(Some(test), body)?;
            let entry = self.bound.without(self.deletable);
            let endless = truth == Some(true);
            let continue_label = if endless { top } else { again };
            if !endless {
                self.jump(again);
            }
            self.bound = entry;
            self.place_label(top);
            self.contexts.push(Context::Loop { break_label: end, continue_label });
            self.block(body)?;
            self.contexts.pop();
            if endless {
                self.jump(top);
            } else {
                self.place_label(again);
                self.line(self.tree.expr(test).position);
                self.condition(test, true, top)?;
            }
            self.kept.truncate(kept);
        }
        self.block(otherwise)?;
        self.place_label(end);
        Ok(())
    }

    /// `for target in iterable: body else: otherwise`
    pub fn for_statement(
        &mut self,
        target: ExprId,
        iterable: ExprId,
        body: &'t [StmtId],
        otherwise: &'t [StmtId],
    ) -> Result<(), Failure> {
        let (again, exhausted, end) = (self.label(), self.label(), self.label());
        let iterator = self.registers.hold()?;
        let mark = self.registers.next;
        let source = self.operand(iterable, &[])?;
        match iterator {
            Held::Register(register) => self.emit.word(op::GetIter, register, source, 0),
            Held::Spilled(_) => {
                let work = self.registers.take()?;
                self.emit.word(op::GetIter, work, source, 0);
                self.hold_store(iterator, work);
            }
        }
        self.registers.next = mark;
        let kept = self.keep_constants(None, body)?;
        let mark = self.registers.next;
        self.bound = self.bound.without(self.deletable);
        let register = self.held(iterator)?;
        let first = self.first_item(register, target, exhausted)?;
        self.registers.next = mark;
        self.contexts.push(Context::Loop { break_label: end, continue_label: again });
        self.block(body)?;
        self.contexts.pop();
        self.kept.truncate(kept);
        self.place_label(again);
        self.emit.set_line(first.line);
        let register = self.held(iterator)?;
        self.registers.next = mark;
        self.next_item(register, first);
        self.place_label(exhausted);
        self.block(otherwise)?;
        self.place_label(end);
        Ok(())
    }

    /// target = the first item of an iterator, or a jump to `end`. What follows is repeated.
    pub fn first_item(&mut self, iterator: u8, target: ExprId, end: Label) -> Result<LoopTop, Failure> {
        let line = self.emit.line();
        let top = self.label();
        if let Some(register) = self.local_target(target) {
            self.jump_if(op::ForIter, register, iterator, 0, end);
            self.bound.insert(register);
            self.place_label(top);
            return Ok(LoopTop { item: register, label: top, line });
        }
        let mark = self.registers.next;
        let item = self.registers.take()?;
        self.jump_if(op::ForIter, item, iterator, 0, end);
        self.place_label(top);
        self.assign(target, item)?;
        self.registers.next = mark;
        Ok(LoopTop { item, label: top, line })
    }

    /// The next item, with a jump to where the first one went; or on, when there is none.
    pub fn next_item(&mut self, iterator: u8, top: LoopTop) {
        if self.bound != Bound::UNREACHABLE {
            self.emit.jump_long(op::ForNext, top.item, iterator, 0, top.label);
        }
    }

    /// `async for target in iterable: body else: otherwise`
    pub fn async_for(
        &mut self,
        target: ExprId,
        iterable: ExprId,
        body: &'t [StmtId],
        otherwise: &'t [StmtId],
    ) -> Result<(), Failure> {
        let (top, exhausted, end) = (self.label(), self.label(), self.label());
        let iterator = self.registers.hold()?;
        let exception = self.registers.hold()?;
        let mark = self.registers.next;
        let source = self.operand(iterable, &[])?;
        let work = self.registers.take_run(2)?;
        self.emit.with_site(op::LoadMethod, work, source, 0, "__aiter__");
        self.emit.word(op::CallMethod, work, 0, work);
        self.hold_store(iterator, work);
        self.registers.next = mark;

        let entry = self.bound.without(self.deletable);
        self.bound = entry;
        self.place_label(top);
        let guard = Guard::open(self, exception)?;
        let source = self.held(iterator)?;
        let work = self.registers.take_run(2)?;
        self.emit.with_site(op::LoadMethod, work, source, 0, "__anext__");
        self.emit.word(op::CallMethod, work, 0, work);
        self.await_register(work);
        let handler = guard.close(self);
        self.assign(target, work)?;
        self.registers.next = mark;
        self.contexts.push(Context::Loop { break_label: end, continue_label: top });
        self.block(body)?;
        self.contexts.pop();
        self.jump(top);

        handler.enter(self, entry);
        let raised = self.held(exception)?;
        let other = self.label();
        self.jump_if(op::JumpIfNotStopAsync, raised, 0, 0, other);
        self.jump(exhausted);
        self.place_label(other);
        self.reraise(raised);
        self.registers.next = mark;
        self.place_label(exhausted);
        self.block(otherwise)?;
        self.place_label(end);
        Ok(())
    }

    /// r\[register\] = await r\[register\]
    pub fn await_register(&mut self, register: u8) {
        self.emit.word(op::GetAwaitable, register, register, 0);
        self.emit.word(op::YieldFrom, register, register, 0);
    }
}
