//! Chains of attributes, items and calls, from the object at their left end on.
//!
//! A call takes its function and arguments from registers in a row and forgets them, so they are evaluated above
//! everything that is in use. `obj.name(…)` looks the method up and calls it without making a bound method. Calls
//! with `*a` or `**k`, or with more arguments than there are registers for, collect them in a list and a dict.

use alloc::vec::Vec;

use super::coder::Coder;
use super::draft::Constant;
use super::error::{Failure, syntax};
use super::instructions::op;
use super::scopes::ScopeKind;
use crate::syntax::tree::{Argument, ExprId, ExprKind, Position};

/// The most arguments that are passed in registers.
const MOST_ARGUMENTS: usize = 100;

/// Behind more arguments than these upstream takes no `*a`.
const MOST_BEFORE_STAR: usize = 61;

/// The expression in an argument.
fn value_of(argument: &Argument) -> ExprId {
    match argument {
        Argument::Positional(value)
        | Argument::Star(value)
        | Argument::Keyword(_, value)
        | Argument::DoubleStar(value) => *value,
    }
}

impl<'t> Coder<'_, 't> {
    /// `a.b[c](d)…`
    pub fn trailers(&mut self, id: ExprId, dest: u8) -> Result<(), Failure> {
        let tree = self.tree;
        let mut chain: Vec<ExprId> = Vec::new();
        let mut start = id;
        while let ExprKind::Attribute(object, _) | ExprKind::Subscript(object, _) | ExprKind::Call(object, _) =
            tree.expr(start).kind
            && !self.session.constants.is_constant(start)
        {
            chain.push(start);
            start = object;
        }
        let mark = self.registers.next;
        let later: Vec<ExprId> = match chain.last().map(|trailer| &tree.expr(*trailer).kind) {
            Some(ExprKind::Subscript(_, index)) => alloc::vec![*index],
            _ => Vec::new(),
        };
        // Where the value so far is: in `work` once anything has been computed.
        let mut work = None;
        let mut current = match (chain.last().map(|trailer| &tree.expr(*trailer).kind), start) {
            // What is called goes where the call wants it.
            (Some(ExprKind::Call(..)), _) => {
                let register = self.top_or_new(dest)?;
                self.evaluate(start, register)?;
                work = Some(register);
                register
            }
            _ => match self.in_place(start, &later) {
                Some(register) => register,
                None => {
                    let register = self.top_or_new(dest)?;
                    self.evaluate(start, register)?;
                    work = Some(register);
                    register
                }
            },
        };
        while let Some(trailer) = chain.pop() {
            let is_last = chain.is_empty();
            let expr = tree.expr(trailer);
            let register = match work {
                Some(register) => register,
                None if is_last => dest,
                None => self.top_or_new(dest)?,
            };
            let target = if is_last { dest } else { register };
            match &expr.kind {
                ExprKind::Attribute(_, name) => {
                    let called = chain.last().map(|next| (*next, &tree.expr(*next).kind));
                    if let Some((call, ExprKind::Call(_, arguments))) = called {
                        chain.pop();
                        let first = match work {
                            Some(register) if u16::from(register) + 1 == self.registers.next => register,
                            Some(_) => self.registers.take()?,
                            None => self.top_or_new(dest)?,
                        };
                        let target = if chain.is_empty() { dest } else { first };
                        self.method_call(call, current, self.name(*name), arguments, first, target)?;
                        work = Some(first);
                        current = target;
                        continue;
                    }
                    self.emit.with_site(op::LoadAttribute, target, current, 0, self.name(*name));
                }
                ExprKind::Subscript(_, index) => {
                    self.load_item(target, current, *index)?;
                }
                ExprKind::Call(function, arguments) => {
                    // What is called is always the temporary that was taken last: see above and below.
                    self.line_within(expr.position);
                    if self.is_super(*function, arguments) {
                        self.super_call(register, target, expr.position)?;
                    } else {
                        self.copy(register, current);
                        self.call(register, arguments, target)?;
                    }
                }
                _ => {}
            }
            work = work.or(Some(register));
            current = target;
        }
        self.registers.next = mark;
        Ok(())
    }

    fn is_super(&self, function: ExprId, arguments: &[Argument]) -> bool {
        arguments.is_empty()
            && self.scope.kind == ScopeKind::Function
            && matches!(self.tree.expr(function).kind, ExprKind::Name(name) if self.name(name) == "super")
    }

    /// `super()`: the class around and the first parameter are the arguments.
    fn super_call(&mut self, callee: u8, dest: u8, position: Position) -> Result<(), Failure> {
        let Some(own) = self.scope.parameters.first() else {
            return Err(syntax("super() can't find self", position));
        };
        let mark = self.registers.next;
        let class = self.registers.take()?;
        self.load_name(self.session.scopes.class_name, class)?;
        let object = self.registers.take()?;
        self.load_name(*own, object)?;
        self.emit.word(op::Call, callee, 2, dest);
        self.registers.next = mark;
        Ok(())
    }

    /// Calls `r[object].name(…)`; `first` is the temporary that was taken last.
    fn method_call(
        &mut self,
        call: ExprId,
        object: u8,
        name: &str,
        arguments: &'t [Argument],
        first: u8,
        dest: u8,
    ) -> Result<(), Failure> {
        let mark = self.registers.next;
        if self.is_spread(arguments) {
            self.emit.with_site(op::LoadAttribute, first, object, 0, name);
            self.line_within(self.tree.expr(call).position);
            return self.call_spread(first, arguments, dest);
        }
        self.emit.with_site(op::LoadMethod, first, object, 0, name);
        self.registers.take()?;
        let count = arguments.len();
        let names = self.arguments(arguments)?;
        match names {
            None => self.emit.word(op::CallMethod, first, count as u8, dest),
            Some((keywords, names)) => {
                let names = self.emit.constant(names);
                self.emit.long(op::CallMethodKeyword, first, count as u8 - keywords, dest, names);
            }
        }
        self.registers.next = mark;
        Ok(())
    }

    /// Calls r\[callee\], the temporary that was taken last.
    pub fn call(&mut self, callee: u8, arguments: &'t [Argument], dest: u8) -> Result<(), Failure> {
        let mark = self.registers.next;
        if self.is_spread(arguments) {
            return self.call_spread(callee, arguments, dest);
        }
        let names = self.arguments(arguments)?;
        self.call_row(callee, arguments.len(), names, dest);
        self.registers.next = mark;
        Ok(())
    }

    /// Calls r\[callee\] with `count` arguments behind it.
    pub fn call_row(&mut self, callee: u8, count: usize, names: Option<(u8, Constant)>, dest: u8) {
        match names {
            None => self.emit.word(op::Call, callee, count as u8, dest),
            Some((keywords, names)) => {
                let names = self.emit.constant(names);
                self.emit.long(op::CallKeyword, callee, count as u8 - keywords, dest, names);
            }
        }
    }

    /// Whether arguments have to be collected.
    pub fn is_spread(&self, arguments: &[Argument]) -> bool {
        arguments.len() > MOST_ARGUMENTS
            || !self.registers.has_room(arguments.len() as u16 + 8)
            || arguments.iter().any(|it| matches!(it, Argument::Star(_) | Argument::DoubleStar(_)))
    }

    /// Evaluates arguments into registers in a row. Gives how many are passed by keyword, and their names.
    pub fn arguments(&mut self, arguments: &'t [Argument]) -> Result<Option<(u8, Constant)>, Failure> {
        let mut names = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Keyword(name, _) => names.push(Constant::Str(self.name(*name).into())),
                _ if !names.is_empty() => {
                    let position = self.tree.expr(value_of(argument)).position;
                    return Err(syntax("positional arg after keyword arg", position));
                }
                _ => {}
            }
            let register = self.registers.take()?;
            self.evaluate(value_of(argument), register)?;
        }
        if names.is_empty() {
            return Ok(None);
        }
        Ok(Some((names.len() as u8, Constant::Tuple(names))))
    }

    fn call_spread(&mut self, callee: u8, arguments: &'t [Argument], dest: u8) -> Result<(), Failure> {
        let mark = self.registers.next;
        let list = self.registers.take_run(2)?;
        self.spread(arguments, list, (0, 0))?;
        self.emit.word(op::CallSpread, callee, dest, 0);
        self.registers.next = mark;
        Ok(())
    }

    /// r\[list\], r\[list + 1\] = a list and a dict (or None) of arguments. The first `count` of the list are in
    /// registers from `first` on already.
    pub fn spread(
        &mut self,
        arguments: &'t [Argument],
        list: u8,
        (first, count): (u8, u8),
    ) -> Result<(), Failure> {
        let dict = list + 1;
        let mark = self.registers.next;
        self.emit.word(op::BuildList, list, first, count);
        let has_keywords =
            arguments.iter().any(|it| matches!(it, Argument::Keyword(..) | Argument::DoubleStar(_)));
        if has_keywords {
            self.emit.wide(op::BuildDict, dict, 0);
        } else {
            self.load(dict, Constant::None)?;
        }
        let (mut keywords, mut spreads) = (false, false);
        for (number, argument) in arguments.iter().enumerate() {
            let value = value_of(argument);
            let position = self.tree.expr(value).position;
            match argument {
                Argument::Star(_) if number > MOST_BEFORE_STAR => {
                    return Err(syntax("too many args", position));
                }
                Argument::Star(_) | Argument::Positional(_) if spreads || keywords => {
                    let is_star = matches!(argument, Argument::Star(_));
                    let message = match (is_star, spreads) {
                        (true, true) => "* arg after **",
                        (true, false) => "* arg after kwarg",
                        (false, true) => "positional arg after **",
                        (false, false) => "positional arg after keyword arg",
                    };
                    return Err(syntax(message, position));
                }
                Argument::Positional(_) => {
                    let value = self.operand(value, &[])?;
                    self.emit.word(op::ListAppend, list, value, 0);
                }
                Argument::Star(_) => {
                    let value = self.operand(value, &[])?;
                    self.emit.word(op::ListExtend, list, value, 0);
                }
                Argument::Keyword(name, _) => {
                    keywords = true;
                    let value = self.operand(value, &[])?;
                    let key = self.registers.take()?;
                    self.load(key, Constant::Str(self.name(*name).into()))?;
                    if spreads {
                        // The name may be in what was spread before: merging finds out.
                        let one = self.registers.take()?;
                        self.emit.wide(op::BuildDict, one, 1);
                        self.emit.word(op::DictInsert, one, key, value);
                        self.emit.word(op::DictMerge, dict, one, 0);
                    } else {
                        self.emit.word(op::DictInsert, dict, key, value);
                    }
                }
                Argument::DoubleStar(_) => {
                    spreads = true;
                    let value = self.operand(value, &[])?;
                    self.emit.word(op::DictMerge, dict, value, 0);
                }
            }
            self.registers.next = mark;
        }
        Ok(())
    }
}
