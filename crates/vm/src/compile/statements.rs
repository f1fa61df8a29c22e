//! Statements: blocks of them, and the simple ones.

use super::Mode;
use super::assigned::Bound;
use super::coder::Coder;
use super::contexts::{Context, Exit};
use super::draft::Constant;
use super::emit::Label;
use super::error::{Failure, syntax};
use super::instructions::op;
use super::scopes::ScopeKind;
use crate::syntax::tree::{Block, ExprId, ExprKind, Position, StmtId, StmtKind};

impl<'t> Coder<'_, 't> {
    /// Statements one after the other.
    pub fn block(&mut self, block: &'t [StmtId]) -> Result<(), Failure> {
        for id in block {
            let (mark, base) = (self.registers.next, self.registers.base);
            self.registers.base = mark;
            self.statement(*id).map_err(|failure| self.locate(failure))?;
            self.registers.next = mark;
            self.registers.base = base;
        }
        Ok(())
    }

    fn statement(&mut self, id: StmtId) -> Result<(), Failure> {
        let statement = self.tree.stmt(id);
        let position = statement.position;
        self.line(position);
        match &statement.kind {
            StmtKind::Expression(value) => self.expression_statement(*value),
            StmtKind::Assign(targets, value) => self.assign_statement(targets, *value),
            StmtKind::AugmentedAssign(target, op, value) => self.augmented(*target, *op, *value),
            StmtKind::AnnotatedAssign(target, Some(value)) => {
                self.assign_statement(core::slice::from_ref(target), *value)
            }
            StmtKind::AnnotatedAssign(_, None)
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Pass => Ok(()),
            StmtKind::Return(value) => self.return_statement(*value, position),
            StmtKind::Raise(value, cause) => self.raise(*value, *cause),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.delete(*target)),
            StmtKind::Break | StmtKind::Continue => {
                let is_loop = |context: &Context| matches!(context, Context::Loop { .. });
                let Some(index) = self.contexts.iter().rposition(is_loop) else {
                    return Err(syntax("'break'/'continue' outside loop", position));
                };
                let is_break = matches!(statement.kind, StmtKind::Break);
                self.exit(if is_break { Exit::Break(index) } else { Exit::Continue(index) }, None)
            }
            StmtKind::Assert(test, message) => self.assert(*test, *message),
            StmtKind::Import(modules) => modules.iter().try_for_each(|module| self.import(module)),
            StmtKind::ImportFrom { level, module, names } => {
                self.import_from(*level, module, names.as_deref(), position)
            }
            _ => {
                self.enter(1, position)?;
                self.compound(id)?;
                self.leave(1);
                Ok(())
            }
        }
    }

    fn compound(&mut self, id: StmtId) -> Result<(), Failure> {
        let statement = self.tree.stmt(id);
        let position = statement.position;
        match &statement.kind {
            StmtKind::If { branches, otherwise } => self.if_statement(branches, otherwise),
            StmtKind::While { test, body, otherwise } => self.while_statement(*test, body, otherwise),
            StmtKind::For { target, iterable, body, otherwise, is_async: false } => {
                self.for_statement(*target, *iterable, body, otherwise)
            }
            StmtKind::For { target, iterable, body, otherwise, is_async: true } => {
                self.needs_async(position)?;
                self.async_for(*target, *iterable, body, otherwise)
            }
            StmtKind::Try { body, handlers, otherwise, finally } => match finally {
                Some(finally) => self.try_finally(body, handlers, otherwise, finally),
                None => self.try_except(body, handlers, otherwise),
            },
            StmtKind::With { items, body, is_async } => {
                if *is_async {
                    self.needs_async(position)?;
                }
                self.with(items, body, *is_async, position)
            }
            StmtKind::Function(function) => self.function(id, function, position),
            StmtKind::Class(class) => self.class(id, class, position),
            _ => Ok(()),
        }
    }

    fn needs_async(&self, position: Position) -> Result<(), Failure> {
        if self.scope.generator {
            return Ok(());
        }
        Err(syntax("async for/with outside async function", position))
    }

    fn expression_statement(&mut self, value: ExprId) -> Result<(), Failure> {
        let shows = self.session.options.mode == Mode::Single && self.scope.kind == ScopeKind::Module;
        if !shows && self.session.constants.is_constant(value) {
            return Ok(());
        }
        let register = self.operand(value, &[])?;
        if shows {
            self.emit.word(op::ShowExpression, register, 0, 0);
        }
        Ok(())
    }

    fn return_statement(&mut self, value: Option<ExprId>, position: Position) -> Result<(), Failure> {
        if self.scope.kind != ScopeKind::Function {
            return Err(syntax("'return' outside function", position));
        }
        let value = value.filter(|value| !matches!(self.tree.expr(*value).kind, ExprKind::None));
        let Some(mut value) = value else { return self.exit(Exit::Return, None) };
        while let ExprKind::IfElse { test, body, otherwise } = self.tree.expr(value).kind
            && self.session.constants.truth(self.tree, test).is_none()
        {
            let next = self.label();
            self.condition(test, false, next)?;
            self.return_value(body)?;
            self.place_label(next);
            value = otherwise;
        }
        self.return_value(value)
    }

    fn return_value(&mut self, value: ExprId) -> Result<(), Failure> {
        let mark = self.registers.next;
        let mut register = self.operand(value, &[])?;
        let unbinds = self.contexts.iter().any(|context| matches!(context, Context::Unbinding { .. }));
        if unbinds && !self.registers.is_temporary(register) {
            // It may be the very name that is unbound on the way out.
            let copy = self.registers.take()?;
            self.copy(copy, register);
            register = copy;
        }
        self.exit(Exit::Return, Some(register))?;
        self.registers.next = mark;
        Ok(())
    }

    fn assert(&mut self, test: ExprId, message: Option<ExprId>) -> Result<(), Failure> {
        if self.session.options.optimise > 0 {
            return Ok(());
        }
        let end = self.label();
        self.condition(test, true, end)?;
        let error = self.registers.take()?;
        self.emit.with_name(op::LoadGlobal, error, "AssertionError")?;
        if let Some(message) = message {
            let argument = self.registers.take()?;
            self.evaluate(message, argument)?;
            self.emit.word(op::Call, error, 1, error);
        }
        self.emit.word(op::Raise, error, 0, 0);
        self.bound = Bound::UNREACHABLE;
        self.place_label(end);
        Ok(())
    }

    fn if_statement(
        &mut self,
        branches: &'t [(ExprId, Block)],
        otherwise: &'t [StmtId],
    ) -> Result<(), Failure> {
        let end = self.label();
        for (index, (test, block)) in branches.iter().enumerate() {
            match self.session.constants.truth(self.tree, *test) {
                Some(false) => continue,
                Some(true) => {
                    self.block(block)?;
                    self.place_label(end);
                    return Ok(());
                }
                None => {}
            }
            if index > 0 {
                self.line(self.tree.expr(*test).position);
            }
            if let Some(label) = self.mere_jump(block) {
                self.condition(*test, true, label)?;
                continue;
            }
            let next = self.label();
            self.condition(*test, false, next)?;
            self.block(block)?;
            let is_last = index + 1 == branches.len() && otherwise.is_empty();
            if !is_last {
                self.jump(end);
            }
            self.place_label(next);
        }
        self.block(otherwise)?;
        self.place_label(end);
        Ok(())
    }

    /// Where a block goes that only leaves or continues the loop right around it.
    fn mere_jump(&self, block: &[StmtId]) -> Option<Label> {
        let [only] = block else { return None };
        match (&self.tree.stmt(*only).kind, self.contexts.last()) {
            (StmtKind::Break, Some(Context::Loop { break_label, .. })) => Some(*break_label),
            (StmtKind::Continue, Some(Context::Loop { continue_label, .. })) => Some(*continue_label),
            _ => None,
        }
    }

    fn raise(&mut self, value: Option<ExprId>, cause: Option<ExprId>) -> Result<(), Failure> {
        match (value, cause) {
            (None, _) => self.raise_again()?,
            (Some(value), None) => {
                let value = self.operand(value, &[])?;
                self.emit.word(op::Raise, value, 0, 0);
            }
            (Some(value), Some(cause)) => {
                let value = self.operand(value, &[cause])?;
                let cause = self.operand(cause, &[])?;
                self.emit.word(op::RaiseFrom, value, cause, 0);
            }
        }
        self.bound = Bound::UNREACHABLE;
        Ok(())
    }

    /// A bare `raise`: the exception of the innermost `except` or `finally` that is handling one.
    fn raise_again(&mut self) -> Result<(), Failure> {
        for index in (0..self.contexts.len()).rev() {
            match self.contexts[index] {
                Context::Handling(exception) => {
                    let exception = self.held(exception)?;
                    self.emit.word(op::Reraise, exception, 0, 0);
                    return Ok(());
                }
                Context::Finishing { kind, value } => {
                    let mark = self.registers.next;
                    let next = self.label();
                    let kind = self.held(kind)?;
                    let raised = self.registers.take()?;
                    self.load(raised, Constant::Int(super::contexts::RAISED))?;
                    self.jump_if(op::JumpIfEqual, kind, raised, 0, next);
                    let value = self.held(value)?;
                    self.emit.word(op::Reraise, value, 0, 0);
                    self.place_label(next);
                    self.registers.next = mark;
                }
                _ => {}
            }
        }
        self.emit.word(op::RaiseNothing, 0, 0, 0);
        Ok(())
    }
}
