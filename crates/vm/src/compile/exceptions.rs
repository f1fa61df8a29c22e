//! `try` and `with`, and how control leaves them.
//!
//! What stands around the present statement is a stack of [`Context`]s. `return`, `break` and `continue` go through
//! it from the inside out ([`Coder::exit`]): a `with` calls `__exit__` there and then; a `finally` block exists only
//! once, so its context notes the exit, leaves its number in a register, and jumps; behind the block a chain of
//! comparisons goes on with whatever was pending.
//!
//! Which words a handler covers is kept by its [`Guard`] while they are written. Code that leaves a context is not
//! covered by it, so an exit makes a hole in the ranges of all that it leaves.

use alloc::vec::Vec;

use super::assigned::Bound;
use super::coder::{Coder, Place};
use super::draft::Constant;
use super::emit::Label;
use super::error::{Failure, syntax};
use super::instructions::op;
use super::registers::Held;
use crate::syntax::tree::{ExceptClause, ExprId, NameId, Position, StmtId};

/// What a `finally` block has pending when it was entered at its end.
const NOTHING: i64 = 0;
/// … when an exception led there.
pub(super) const RAISED: i64 = 1;
/// … and the first of the numbers for exits.
const FIRST_EXIT: i64 = 2;

/// A way out of statements other than by an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Return,
    /// Out of the loop at this place among the contexts.
    Break(usize),
    /// To the next iteration of the loop at this place.
    Continue(usize),
}

/// Something around a statement that matters for leaving it, or for a bare `raise`.
#[derive(Debug)]
pub(super) enum Context {
    Loop {
        break_label: Label,
        continue_label: Label,
    },
    /// The body of a `try` with `except`.
    Try(Guard),
    /// An `except` block.
    Handling(Held),
    /// An `except … as name` block, where the name ends with it.
    Unbinding {
        guard: Guard,
        name: NameId,
    },
    /// The body of a `try` with `finally`.
    Finally {
        guard: Guard,
        kind: Held,
        value: Held,
        label: Label,
        exits: Vec<Exit>,
    },
    /// A `finally` block.
    Finishing {
        kind: Held,
        value: Held,
    },
    /// The body of a `with`: `__exit__` and its object.
    With {
        guard: Guard,
        function: Held,
        object: Held,
    },
    /// The body of an `async with`.
    AsyncWith {
        guard: Guard,
        manager: Held,
    },
}

impl Context {
    fn guard(&mut self) -> Option<&mut Guard> {
        match self {
            Context::Try(guard)
            | Context::Unbinding { guard, .. }
            | Context::Finally { guard, .. }
            | Context::With { guard, .. }
            | Context::AsyncWith { guard, .. } => Some(guard),
            Context::Loop { .. } | Context::Handling(_) | Context::Finishing { .. } => None,
        }
    }
}

/// The words that a handler covers, while they are being written.
#[derive(Debug)]
pub(super) struct Guard {
    handler: HandlerEntry,
    from: Option<u32>,
    ranges: Vec<(u32, u32)>,
}

/// A handler that is still to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct HandlerEntry {
    label: Label,
    register: u8,
    exception: Held,
}

impl Guard {
    /// From here on exceptions are put into `exception` and handled.
    pub fn open(coder: &mut Coder<'_, '_>, exception: Held) -> Result<Guard, Failure> {
        let register = match exception {
            Held::Register(register) => register,
            Held::Spilled(_) => {
                let register = coder.registers.take()?;
                coder.registers.next -= 1;
                register
            }
        };
        let label = coder.label();
        let from = Some(coder.emit.position());
        Ok(Guard { handler: HandlerEntry { label, register, exception }, from, ranges: Vec::new() })
    }

    fn suspend(&mut self, position: u32) {
        if let Some(from) = self.from.take() {
            self.ranges.push((from, position));
        }
    }

    /// Up to here. Guards inside have been closed before, so that the table has the innermost first.
    pub fn close(mut self, coder: &mut Coder<'_, '_>) -> HandlerEntry {
        self.suspend(coder.emit.position());
        for (start, end) in self.ranges {
            coder.emit.handler(start, end, self.handler.label, self.handler.register);
        }
        self.handler
    }
}

impl HandlerEntry {
    /// The handler begins here; `bound` held where its guard was opened.
    pub fn enter(self, coder: &mut Coder<'_, '_>, bound: Bound) {
        coder.bound = bound.without(coder.deletable);
        coder.place_label(self.label);
        if let Held::Spilled(_) = self.exception {
            coder.hold_store(self.exception, self.register);
        }
    }
}

impl<'t> Coder<'_, 't> {
    /// Goes on raising r\[exception\].
    pub fn reraise(&mut self, exception: u8) {
        self.emit.word(op::Reraise, exception, 0, 0);
        self.bound = Bound::UNREACHABLE;
    }

    /// Leaves statements for good; `value` is the register of what is returned.
    pub fn exit(&mut self, exit: Exit, value: Option<u8>) -> Result<(), Failure> {
        let mark = self.registers.next;
        let mut left = Vec::new();
        let mut arrived = false;
        while let Some(mut context) = self.contexts.pop() {
            let position = self.emit.position();
            if let Some(guard) = context.guard() {
                guard.suspend(position);
            }
            let index = self.contexts.len();
            match &mut context {
                Context::Loop { break_label, .. } if exit == Exit::Break(index) => {
                    self.jump(*break_label);
                    arrived = true;
                }
                Context::Loop { continue_label, .. } if exit == Exit::Continue(index) => {
                    self.jump(*continue_label);
                    arrived = true;
                }
                Context::Loop { .. } | Context::Try(_) | Context::Handling(_) | Context::Finishing { .. } => {
                }
                Context::Unbinding { name, .. } => self.unbind(*name)?,
                Context::Finally { kind, value: pending, label, exits, .. } => {
                    let number = exits.iter().position(|it| *it == exit).unwrap_or(exits.len());
                    if number == exits.len() {
                        exits.push(exit);
                    }
                    self.keep_result(*pending, value)?;
                    self.hold_number(*kind, FIRST_EXIT + number as i64)?;
                    self.jump(*label);
                    arrived = true;
                }
                Context::With { function, object, .. } => {
                    let result = self.call_exit(*function, *object, None)?;
                    self.registers.next = u16::from(result);
                }
                Context::AsyncWith { manager, .. } => {
                    let result = self.call_async_exit(*manager, None)?;
                    self.registers.next = u16::from(result);
                }
            }
            left.push(context);
            if arrived {
                break;
            }
        }
        if !arrived {
            match value {
                Some(register) => self.emit.word(op::Return, register, 0, 0),
                None => self.emit.word(op::ReturnNone, 0, 0, 0),
            }
        }
        let position = self.emit.position();
        while let Some(mut context) = left.pop() {
            if let Some(guard) = context.guard() {
                guard.from = Some(position);
            }
            self.contexts.push(context);
        }
        self.registers.next = mark;
        self.bound = Bound::UNREACHABLE;
        Ok(())
    }

    /// What a `finally` block has pending besides the number; it holds something on every way there, so that every
    /// register that is read has been written.
    fn keep_result(&mut self, pending: Held, value: Option<u8>) -> Result<(), Failure> {
        if let Some(register) = value {
            self.hold_store(pending, register);
            return Ok(());
        }
        let mark = self.registers.next;
        let register = match pending {
            Held::Register(register) => register,
            Held::Spilled(_) => self.registers.take()?,
        };
        self.load(register, Constant::None)?;
        self.hold_store(pending, register);
        self.registers.next = mark;
        Ok(())
    }

    fn hold_number(&mut self, held: Held, number: i64) -> Result<(), Failure> {
        let mark = self.registers.next;
        let register = match held {
            Held::Register(register) => register,
            Held::Spilled(_) => self.registers.take()?,
        };
        self.load(register, Constant::Int(number))?;
        self.hold_store(held, register);
        self.registers.next = mark;
        Ok(())
    }

    /// The end of an `except … as name`.
    fn unbind(&mut self, name: NameId) -> Result<(), Failure> {
        let mark = self.registers.next;
        if let Place::Local(register) = self.place(name) {
            // There must be something to delete, whatever the block did with the name.
            self.load(register, Constant::None)?;
            return self.delete_name(name);
        }
        let none = self.registers.take()?;
        self.load(none, Constant::None)?;
        self.store_name(name, none)?;
        self.delete_name(name)?;
        self.registers.next = mark;
        Ok(())
    }

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

        self.contexts.push(Context::Finishing { kind, value });
        self.block(finally)?;
        self.contexts.pop();

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
        let result = self.call_exit(function, object, Some(exception))?;
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
        let result = self.call_async_exit(object, Some(exception))?;
        self.jump_if(op::JumpIfTrue, result, 0, 0, end);
        let raised = self.held(exception)?;
        self.reraise(raised);
        self.registers.next = mark;
        self.place_label(end);
        Ok(())
    }

    /// Calls `__exit__`; gives the temporary with the result, which the caller gives back.
    fn call_exit(&mut self, function: Held, object: Held, exception: Option<Held>) -> Result<u8, Failure> {
        let first = self.registers.take_run(5)?;
        self.held_into(function, first);
        self.held_into(object, first + 1);
        self.exit_arguments(first + 2, exception)?;
        self.emit.word(op::CallMethod, first, 3, first);
        self.registers.next = u16::from(first) + 1;
        Ok(first)
    }

    /// Awaits `__aexit__`; gives the temporary with the result, which the caller gives back.
    fn call_async_exit(&mut self, manager: Held, exception: Option<Held>) -> Result<u8, Failure> {
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
