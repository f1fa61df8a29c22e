//! `with` and `async with`.
//!
//! `__exit__` is looked up before `__enter__` is called, `__aexit__` only when it is needed: so does upstream.

use super::assigned::Bound;
use super::coder::Coder;
use super::contexts::{Context, Guard};
use super::draft::Constant;
use super::error::Failure;
use super::instructions::op;
use super::registers::Held;
use crate::syntax::tree::{ExprId, Position, StmtId};

impl<'t> Coder<'_, 't> {
    /// `with a as b, c: body`
    pub fn with(
        &mut self,
        items: &'t [(ExprId, Option<ExprId>)],
        body: &'t [StmtId],
        is_async: bool,
        position: Position,
    ) -> Result<(), Failure> {
        let Some(((manager, target), rest)) = items.split_first() else { return self.block(body) };
        self.enter(1, position)?;
        let (mark, base) = (self.registers.next, self.registers.base);
        if is_async {
            self.async_with_item(*manager, *target, rest, body, position)?;
        } else {
            self.with_item(*manager, *target, rest, body, position)?;
        }
        self.registers.next = mark;
        self.registers.base = base;
        self.leave(1);
        Ok(())
    }

    fn with_item(
        &mut self,
        manager: ExprId,
        target: Option<ExprId>,
        rest: &'t [(ExprId, Option<ExprId>)],
        body: &'t [StmtId],
        position: Position,
    ) -> Result<(), Failure> {
        let end = self.label();
        let function = self.registers.hold()?;
        let object = self.registers.hold()?;
        let exception = self.registers.hold()?;
        let mark = self.registers.next;
        let source = self.operand(manager, &[])?;
        let work = self.registers.take_run(2)?;
        self.emit.with_site(op::LoadMethod, work, source, 0, "__exit__");
        self.hold_store(function, work);
        self.hold_store(object, work + 1);
        self.emit.with_site(op::LoadMethod, work, source, 0, "__enter__");
        self.emit.word(op::CallMethod, work, 0, work);
        let entry = self.bound;
        let guard = Guard::open(self, exception)?;
        self.contexts.push(Context::With { guard, function, object });
        if let Some(target) = target {
            self.assign(target, work)?;
        }
        self.registers.next = mark;
        self.with(rest, body, false, position)?;
        let Some(Context::With { guard, .. }) = self.contexts.pop() else { return Ok(()) };
        let handler = guard.close(self);
        if self.bound != Bound::UNREACHABLE {
            self.call_exit(function, object, None)?;
            self.registers.next = mark;
            self.jump(end);
        }
        handler.enter(self, entry);
        let start = self.emit.position();
        let result = self.call_exit(function, object, Some(exception))?;
        self.emit.handling(start, exception, None);
        self.jump_if(op::JumpIfTrue, result, 0, 0, end);
        let raised = self.held(exception)?;
        self.reraise(raised);
        self.registers.next = mark;
        self.place_label(end);
        Ok(())
    }

    fn async_with_item(
        &mut self,
        manager: ExprId,
        target: Option<ExprId>,
        rest: &'t [(ExprId, Option<ExprId>)],
        body: &'t [StmtId],
        position: Position,
    ) -> Result<(), Failure> {
        let end = self.label();
        let object = self.registers.hold()?;
        let exception = self.registers.hold()?;
        let mark = self.registers.next;
        let source = self.operand(manager, &[])?;
        self.hold_store(object, source);
        let work = self.registers.take_run(2)?;
        self.emit.with_site(op::LoadMethod, work, source, 0, "__aenter__");
        self.emit.word(op::CallMethod, work, 0, work);
        self.await_register(work);
        if let Some(target) = target {
            self.assign(target, work)?;
        }
        self.registers.next = mark;
        let entry = self.bound;
        let guard = Guard::open(self, exception)?;
        self.contexts.push(Context::AsyncWith { guard, manager: object });
        self.with(rest, body, true, position)?;
        let Some(Context::AsyncWith { guard, .. }) = self.contexts.pop() else { return Ok(()) };
        let handler = guard.close(self);
        if self.bound != Bound::UNREACHABLE {
            self.call_async_exit(object, None)?;
            self.registers.next = mark;
            self.jump(end);
        }
        handler.enter(self, entry);
        let start = self.emit.position();
        let result = self.call_async_exit(object, Some(exception))?;
        self.emit.handling(start, exception, None);
        self.jump_if(op::JumpIfTrue, result, 0, 0, end);
        let raised = self.held(exception)?;
        self.reraise(raised);
        self.registers.next = mark;
        self.place_label(end);
        Ok(())
    }

    /// Calls `__exit__`; gives the temporary with the result, which the caller gives back.
    pub fn call_exit(
        &mut self,
        function: Held,
        object: Held,
        exception: Option<Held>,
    ) -> Result<u8, Failure> {
        let first = self.registers.take_run(5)?;
        self.held_into(function, first);
        self.held_into(object, first + 1);
        self.exit_arguments(first + 2, exception)?;
        self.emit.word(op::CallMethod, first, 3, first);
        self.registers.next = u16::from(first) + 1;
        Ok(first)
    }

    /// Awaits `__aexit__`; gives the temporary with the result, which the caller gives back.
    pub fn call_async_exit(&mut self, manager: Held, exception: Option<Held>) -> Result<u8, Failure> {
        let first = self.registers.take_run(5)?;
        self.held_into(manager, first);
        self.emit.with_site(op::LoadMethod, first, first, 0, "__aexit__");
        self.exit_arguments(first + 2, exception)?;
        self.emit.word(op::CallMethod, first, 3, first);
        self.await_register(first);
        self.registers.next = u16::from(first) + 1;
        Ok(first)
    }

    fn exit_arguments(&mut self, first: u8, exception: Option<Held>) -> Result<(), Failure> {
        match exception {
            Some(exception) => {
                let mark = self.registers.next;
                let raised = self.held(exception)?;
                self.emit.word(op::LoadExceptionParts, first, raised, 0);
                self.registers.next = mark;
            }
            None => {
                for register in first..first + 3 {
                    self.load(register, Constant::None)?;
                }
            }
        }
        Ok(())
    }
}
