//! What has code of its own: functions, lambdas, classes, comprehensions.
//!
//! The inner code is compiled when the statement or expression that makes it is met, so that in a draft it comes
//! before the code around it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::assigned::Bound;
use super::children::first_iterable;
use super::coder::{Coder, Place};
use super::draft::{Constant, Flags};
use super::error::{Failure, in_scope, syntax, too_large};
use super::instructions::op;
use super::scopes::SymbolKind;
use crate::syntax::tree::{
    ClassDef, Clause, Comprehension, ComprehensionKind, ExprId, ExprKind, FunctionDef, NameId, Parameters,
    Position, StmtId,
};

/// How many levels of nesting a function counts for: writing it takes more of the native stack than an operator.
const LEVELS: u32 = 3;

impl<'t> Coder<'_, 't> {
    /// Compiles an inner scope with `write`, which gives the flags; gives the number of the code.
    fn inner(
        &mut self,
        scope: usize,
        parameters: Option<&'t Parameters>,
        position: Position,
        write: impl FnOnce(&mut Coder<'_, 't>) -> Result<Flags, Failure>,
    ) -> Result<usize, Failure> {
        self.enter(LEVELS, position)?;
        let title = self.session.scopes.all[scope].title(self.tree);
        let code = self.inner_code(scope, parameters, &title, write);
        let code = code.map_err(|failure| in_scope(failure, title))?;
        self.leave(LEVELS);
        Ok(code)
    }

    fn inner_code(
        &mut self,
        scope: usize,
        parameters: Option<&'t Parameters>,
        title: &str,
        write: impl FnOnce(&mut Coder<'_, 't>) -> Result<Flags, Failure>,
    ) -> Result<usize, Failure> {
        let mut coder: Box<Coder<'_, 't>> = Coder::new(&mut *self.session, scope)?;
        let flags = write(&mut coder)?;
        coder.finish(title.into(), flags, parameters)
    }

    /// r\[dest\] = a function of `code`. Everything that it takes besides is put above what is in use.
    fn make_function(
        &mut self,
        scope: usize,
        code: usize,
        parameters: Option<&'t Parameters>,
        position: Position,
        dest: u8,
    ) -> Result<(), Failure> {
        let mark = self.registers.next;
        let free = &self.session.scopes.all[scope].free;
        let first = self.registers.take_run(2 + free.len() as u16)?;
        let (mut defaults, mut keyword_defaults): (Vec<ExprId>, Vec<(NameId, ExprId)>) = Default::default();
        if let Some(parameters) = parameters {
            for parameter in &parameters.positional {
                match parameter.default {
                    Some(default) => defaults.push(default),
                    None if defaults.is_empty() => {}
                    None => return Err(syntax("non-default argument follows default argument", position)),
                }
            }
            keyword_defaults.extend(
                parameters.keyword_only.iter().filter_map(|it| it.default.map(|default| (it.name, default))),
            );
        }
        let known: Option<Vec<Constant>> =
            defaults.iter().map(|default| self.session.constants.get(self.tree, *default)).collect();
        match known {
            _ if defaults.is_empty() => self.load(first, Constant::None)?,
            Some(constants) => self.load(first, Constant::Tuple(constants))?,
            None => {
                let inner = self.registers.next;
                self.tuple(&defaults, first)?;
                self.registers.next = inner;
            }
        }
        if keyword_defaults.is_empty() {
            self.load(first + 1, Constant::None)?;
        } else {
            self.emit.wide(op::BuildDict, first + 1, keyword_defaults.len() as u16);
            let inner = self.registers.next;
            for (name, default) in keyword_defaults {
                let value = self.operand(default, &[])?;
                let key = self.registers.take()?;
                self.load(key, Constant::Str(self.name(name).into()))?;
                self.emit.word(op::DictInsert, first + 1, key, value);
                self.registers.next = inner;
            }
        }
        let mut count = 0;
        for name in free {
            let register = first + 2 + count;
            match self.places.get(name) {
                Some(Place::Cell(cell)) => self.copy(register, *cell),
                Some(Place::SpilledCell(number)) => {
                    self.emit.long(op::LoadSpilled, register, 0, 0, *number);
                }
                _ => return Err(too_large("closure without its cell", position)),
            }
            count += 1;
        }
        let code = self.emit.constant(Constant::Code(code));
        self.emit.long(op::MakeFunction, dest, first, count, code);
        self.registers.next = mark;
        Ok(())
    }

    /// `lambda …: …`
    pub fn lambda(
        &mut self,
        id: ExprId,
        parameters: &'t Parameters,
        body: ExprId,
        dest: u8,
    ) -> Result<(), Failure> {
        let position = self.tree.expr(id).position;
        let Some(&scope) = self.session.scopes.by_expression.get(&id.0) else { return Ok(()) };
        let generator = self.session.scopes.all[scope].generator;
        let code = self.inner(scope, Some(parameters), position, |coder| {
            coder.line(position);
            let value = coder.operand(body, &[])?;
            if generator {
                coder.emit.word(op::ReturnNone, 0, 0, 0);
            } else {
                coder.emit.word(op::Return, value, 0, 0);
            }
            coder.bound = Bound::UNREACHABLE;
            Ok(parameter_flags(parameters, generator, false))
        })?;
        self.make_function(scope, code, Some(parameters), position, dest)
    }

    /// `def …`
    pub fn function(
        &mut self,
        id: StmtId,
        function: &'t FunctionDef,
        position: Position,
    ) -> Result<(), Failure> {
        let Some(&scope) = self.session.scopes.by_statement.get(&id.0) else { return Ok(()) };
        let generator = self.session.scopes.all[scope].generator;
        let parameters = &function.parameters;
        let decorators = self.decorators(&function.decorators)?;
        let native = function.decorators.iter().any(|it| self.compiler_decorator(*it) == Some("native"));
        self.line(position);
        let code = self.inner(scope, Some(parameters), position, |coder| {
            coder.block(&function.body)?;
            Ok(Flags { native, ..parameter_flags(parameters, generator, function.is_async) })
        })?;
        if decorators.is_empty()
            && let Place::Local(register) = self.place(function.name)
        {
            self.make_function(scope, code, Some(parameters), position, register)?;
            self.bound.insert(register);
            return Ok(());
        }
        let made = self.registers.take()?;
        self.make_function(scope, code, Some(parameters), position, made)?;
        self.decorate(&function.decorators, &decorators, made, function.name)
    }

    /// Evaluates decorators into registers in a row; those that tell upstream how to compile are left out.
    fn decorators(&mut self, decorators: &[ExprId]) -> Result<Vec<u8>, Failure> {
        let mut registers = Vec::new();
        for decorator in decorators {
            if self.is_compiler_decorator(*decorator)? {
                continue;
            }
            self.line(self.tree.expr(*decorator).position);
            let register = self.registers.take()?;
            self.evaluate(*decorator, register)?;
            registers.push(register);
        }
        Ok(registers)
    }

    /// Whether a decorator is `@micropython.native` or the like, which need nothing at run time.
    fn is_compiler_decorator(&self, decorator: ExprId) -> Result<bool, Failure> {
        match self.compiler_decorator(decorator) {
            None => Ok(false),
            Some("bytecode" | "native") => Ok(true),
            // Here as in upstream's ports without machine code.
            Some(_) => Err(syntax("invalid micropython decorator", self.tree.expr(decorator).position)),
        }
    }

    /// The last name of a decorator that begins with `micropython`; what stands there tells how to compile.
    fn compiler_decorator(&self, decorator: ExprId) -> Option<&'t str> {
        let mut last = None;
        let mut at = decorator;
        loop {
            match self.tree.expr(at).kind {
                ExprKind::Attribute(object, name) => {
                    // Only one name may follow: a longer chain is nothing that upstream knows.
                    last = Some(if last.is_none() { self.name(name) } else { "" });
                    at = object;
                }
                ExprKind::Name(name) if self.name(name) == "micropython" => return last.or(Some("")),
                _ => return None,
            }
        }
    }

    /// Calls decorators on r\[made\], which stands behind them, and stores what comes out.
    fn decorate(
        &mut self,
        written: &[ExprId],
        decorators: &[u8],
        made: u8,
        name: NameId,
    ) -> Result<(), Failure> {
        let mut result = made;
        if let Some(&first) = written.first() {
            self.line(self.tree.expr(first).position);
        }
        for decorator in decorators.iter().rev() {
            self.emit.word(op::Call, *decorator, 1, *decorator);
            result = *decorator;
        }
        self.store_name(name, result)
    }

    /// `class …`
    pub fn class(&mut self, id: StmtId, class: &'t ClassDef, position: Position) -> Result<(), Failure> {
        let Some(&scope) = self.session.scopes.by_statement.get(&id.0) else { return Ok(()) };
        let decorators = self.decorators(&class.decorators)?;
        self.line(position);
        let class_name = self.session.scopes.class_name;
        let name: &'t str = self.name(class.name);
        let code = self.inner(scope, None, position, |coder| {
            let register = coder.registers.take()?;
            coder.emit.with_name(op::LoadGlobal, register, "__name__")?;
            coder.emit.with_name(op::StoreName, register, "__module__")?;
            coder.load(register, Constant::Str(name.into()))?;
            coder.emit.with_name(op::StoreName, register, "__qualname__")?;
            coder.registers.next -= 1;
            coder.block(&class.body)?;
            let own_cell = coder.scope.symbols.get(&class_name).is_some_and(|it| it.kind == SymbolKind::Cell);
            match coder.places.get(&class_name) {
                Some(Place::Cell(cell)) if own_cell => coder.emit.word(op::Return, *cell, 0, 0),
                Some(Place::SpilledCell(number)) if own_cell => {
                    coder.emit.long(op::LoadSpilled, register, 0, 0, *number);
                    coder.emit.word(op::Return, register, 0, 0);
                }
                _ => coder.emit.word(op::ReturnNone, 0, 0, 0),
            }
            coder.bound = Bound::UNREACHABLE;
            Ok(Flags { namespace: true, ..Flags::default() })
        })?;
        let callee = self.registers.take()?;
        self.emit.word(op::LoadBuildClass, callee, 0, 0);
        if self.is_spread(&class.arguments) {
            let list = self.registers.take_run(2)?;
            let leading = self.registers.take_run(2)?;
            self.make_function(scope, code, None, position, leading)?;
            self.load(leading + 1, Constant::Str(name.into()))?;
            self.spread(&class.arguments, list, (leading, 2))?;
            self.emit.word(op::CallSpread, callee, callee, 0);
        } else {
            let leading = self.registers.take_run(2)?;
            self.make_function(scope, code, None, position, leading)?;
            self.load(leading + 1, Constant::Str(name.into()))?;
            let names = self.arguments(&class.arguments)?;
            self.call_row(callee, class.arguments.len() + 2, names, callee);
        }
        self.decorate(&class.decorators, &decorators, callee, class.name)
    }

    /// A comprehension: a function of the iterator of its first clause.
    pub fn comprehension(
        &mut self,
        id: ExprId,
        comprehension: &'t Comprehension,
        dest: u8,
    ) -> Result<(), Failure> {
        let position = self.tree.expr(id).position;
        let Some(&scope) = self.session.scopes.by_expression.get(&id.0) else { return Ok(()) };
        let generator = comprehension.kind == ComprehensionKind::Generator;
        let code = self.inner(scope, None, position, |coder| {
            coder.line(position);
            coder.comprehension_body(comprehension, position)?;
            Ok(Flags { generator, ..Flags::default() })
        })?;
        let function = self.top_or_new(dest)?;
        self.make_function(scope, code, None, position, function)?;
        let iterator = self.registers.take()?;
        let iterable = self.operand_at(iterator, first_iterable(comprehension), &[])?;
        self.emit.word(op::GetIter, iterator, iterable, 0);
        self.emit.word(op::Call, function, 1, dest);
        Ok(())
    }

    fn comprehension_body(
        &mut self,
        comprehension: &'t Comprehension,
        position: Position,
    ) -> Result<(), Failure> {
        let all = self.registers.take()?;
        match comprehension.kind {
            ComprehensionKind::List => self.emit.word(op::BuildList, all, 0, 0),
            ComprehensionKind::Set => self.emit.word(op::BuildSet, all, 0, 0),
            ComprehensionKind::Dict => self.emit.wide(op::BuildDict, all, 0),
            ComprehensionKind::Generator => {}
        }
        self.registers.base = self.registers.next;
        self.keep_constants_of(comprehension)?;
        let mut loops = Vec::new();
        for clause in &comprehension.clauses {
            match clause {
                Clause::For { is_async: true, .. } => return Err(syntax("invalid syntax", position)),
                Clause::For { target, iterable, .. } => {
                    let iterator = if loops.is_empty() {
                        0 // the parameter
                    } else {
                        let iterator = self.registers.take()?;
                        let mark = self.registers.next;
                        let iterable = self.operand_at(iterator, *iterable, &[])?;
                        self.emit.word(op::GetIter, iterator, iterable, 0);
                        self.registers.next = mark;
                        self.registers.base = mark;
                        iterator
                    };
                    let (again, end) = (self.label(), self.label());
                    let top = self.first_item(iterator, *target, end)?;
                    loops.push((iterator, top, again, end));
                }
                Clause::If(condition) => {
                    if let Some((.., again, _)) = loops.last() {
                        self.condition(*condition, false, *again)?;
                    }
                }
            }
        }
        let element = comprehension.element;
        self.line(self.tree.expr(element).position);
        match (comprehension.kind, comprehension.value) {
            (ComprehensionKind::Dict, Some(value)) => {
                let value = self.operand(value, &[element])?;
                let key = self.operand(element, &[])?;
                self.emit.word(op::DictInsert, all, key, value);
            }
            (ComprehensionKind::Generator, _) => {
                let value = self.operand(element, &[])?;
                self.emit.word(op::Yield, all, value, 0);
            }
            (kind, _) => {
                let value = self.operand(element, &[])?;
                let add = if kind == ComprehensionKind::List { op::ListAppend } else { op::SetAdd };
                self.emit.word(add, all, value, 0);
            }
        }
        for (iterator, top, again, end) in loops.into_iter().rev() {
            self.place_label(again);
            self.emit.set_line(top.line);
            self.next_item(iterator, top);
            self.place_label(end);
        }
        if comprehension.kind != ComprehensionKind::Generator {
            self.emit.word(op::Return, all, 0, 0);
            self.bound = Bound::UNREACHABLE;
        }
        Ok(())
    }
}

fn parameter_flags(parameters: &Parameters, generator: bool, coroutine: bool) -> Flags {
    Flags {
        star: parameters.star.is_some(),
        double_star: parameters.double_star.is_some(),
        generator,
        coroutine,
        ..Flags::default()
    }
}
