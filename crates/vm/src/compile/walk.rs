//! Walking over scopes: which names each binds, mentions, declares.
//!
//! A scope is walked after the one around it, which is complete by then. Blocks are taken from a stack in the order
//! of the source, since `global` and `nonlocal` must come before any use; the expressions of a statement from a work
//! list in any order.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;

use super::children::{first_iterable, push_arguments, push_children, push_comprehension, push_defaults};
use super::constants::Constants;
use super::error::{Failure, syntax};
use super::scopes::{Scope, ScopeKind, Scopes, Symbol, SymbolKind, hidden_name};
use crate::syntax::tree::{
    Argument, Clause, Comprehension, ComprehensionKind, ExceptClause, ExprId, ExprKind, NameId, Parameters,
    Position, StmtId, StmtKind, Tree,
};

/// What a scope consists of.
#[derive(Clone, Copy)]
pub(super) enum Body<'t> {
    Block(&'t [StmtId]),
    Expression(ExprId),
    Comprehension(&'t Comprehension),
}

/// What of a scope is still to be walked.
enum Work<'t> {
    Block(&'t [StmtId]),
    Except(&'t ExceptClause),
}

/// The walk over all scopes.
pub(super) struct Walker<'t> {
    pub tree: &'t Tree,
    pub constants: &'t Constants,
    pub scopes: Scopes,
    /// Scopes that have been found but not walked, in the order in which they were found.
    pub waiting: VecDeque<(usize, Body<'t>)>,
    /// Expressions of the present statement that are still to be looked at.
    pub expressions: Vec<ExprId>,
}

impl<'t> Walker<'t> {
    pub fn open(&mut self, kind: ScopeKind, parent: Option<usize>, body: Body<'t>) -> usize {
        self.scopes.all.push(Scope {
            kind,
            name: None,
            parent,
            symbols: BTreeMap::new(),
            locals: Vec::new(),
            parameters: Vec::new(),
            free: Vec::new(),
            generator: false,
        });
        let index = self.scopes.all.len() - 1;
        self.waiting.push_back((index, body));
        index
    }

    fn bind(&mut self, scope: usize, name: NameId) {
        let scope = &mut self.scopes.all[scope];
        let bound = if scope.kind.has_locals() { SymbolKind::Local } else { SymbolKind::Assigned };
        let symbol = scope.symbols.entry(name).or_insert(Symbol::new(SymbolKind::Implicit));
        if symbol.kind == SymbolKind::Implicit {
            symbol.kind = bound;
            if bound == SymbolKind::Local {
                scope.locals.push(name);
            }
        }
    }

    fn mention(&mut self, scope: usize, name: NameId) {
        self.scopes.all[scope].symbols.entry(name).or_insert(Symbol::new(SymbolKind::Implicit));
    }

    fn change(&mut self, scope: usize, name: NameId, change: impl FnOnce(&mut Symbol)) {
        if let Some(symbol) = self.scopes.all[scope].symbols.get_mut(&name) {
            change(symbol);
        }
    }

    /// Names that are only mentioned in a scope mean variables of the functions around it, if these have them.
    pub fn decide(&mut self, scope: usize) {
        let mentioned: Vec<NameId> = self.scopes.all[scope]
            .symbols
            .iter()
            .filter(|(_, symbol)| symbol.kind == SymbolKind::Implicit)
            .map(|(name, _)| *name)
            .collect();
        for name in mentioned {
            if let Some(owner) = self.scopes.binding(scope, name) {
                self.scopes.capture(scope, name, owner);
            }
        }
    }

    pub fn walk(&mut self, scope: usize, body: Body<'t>) -> Result<(), Failure> {
        match body {
            Body::Block(block) => self.block(scope, block),
            Body::Expression(value) => {
                self.expressions.push(value);
                self.drain(scope)
            }
            Body::Comprehension(comprehension) => {
                let hidden = hidden_name(self.tree);
                self.scopes.all[scope].parameters.push(hidden);
                self.scopes.all[scope].symbols.insert(hidden, Symbol::new(SymbolKind::Local));
                for clause in &comprehension.clauses {
                    if let Clause::For { target, .. } = clause {
                        self.target(scope, *target);
                    }
                }
                push_comprehension(comprehension, &mut self.expressions);
                self.drain(scope)
            }
        }
    }

    fn block(&mut self, scope: usize, block: &'t [StmtId]) -> Result<(), Failure> {
        let mut work = vec![Work::Block(block)];
        while let Some(next) = work.pop() {
            match next {
                Work::Block(block) => {
                    if let Some((first, rest)) = block.split_first() {
                        work.push(Work::Block(rest));
                        self.statement(scope, *first, &mut work)?;
                    }
                }
                Work::Except(clause) => {
                    self.expressions.extend(clause.kind);
                    if let Some(name) = clause.name {
                        self.bind(scope, name);
                        self.change(scope, name, |symbol| symbol.deleted = true);
                    }
                }
            }
            self.drain(scope)?;
        }
        Ok(())
    }

    fn statement(&mut self, scope: usize, id: StmtId, work: &mut Vec<Work<'t>>) -> Result<(), Failure> {
        let statement = self.tree.stmt(id);
        match &statement.kind {
            StmtKind::Expression(value) => self.expressions.push(*value),
            StmtKind::Assign(targets, value) => {
                if self.is_hidden_constant(targets, *value) {
                    return Ok(());
                }
                self.expressions.push(*value);
                for target in targets {
                    self.target(scope, *target);
                }
            }
            StmtKind::AugmentedAssign(target, _, value) => {
                self.expressions.push(*value);
                self.target(scope, *target);
            }
            StmtKind::AnnotatedAssign(target, Some(value)) => {
                if self.is_hidden_constant(&[*target], *value) {
                    return Ok(());
                }
                self.expressions.push(*value);
                self.target(scope, *target);
            }
            StmtKind::AnnotatedAssign(target, None) => {
                if self.scopes.all[scope].kind == ScopeKind::Function
                    && let ExprKind::Name(name) = self.tree.expr(*target).kind
                {
                    self.bind(scope, name);
                }
            }
            StmtKind::Return(value) => self.expressions.extend(*value),
            StmtKind::Raise(value, cause) => {
                self.expressions.extend(*value);
                self.expressions.extend(*cause);
            }
            StmtKind::Global(names) => return self.global(scope, names, statement.position),
            StmtKind::Nonlocal(names) => return self.nonlocal(scope, names, statement.position),
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.target_with(scope, *target, true);
                }
            }
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Assert(test, message) => {
                self.expressions.push(*test);
                self.expressions.extend(*message);
            }
            StmtKind::Import(modules) => {
                for module in modules {
                    self.bind(scope, module.alias.unwrap_or(module.first));
                }
            }
            StmtKind::ImportFrom { names, .. } => {
                for (name, alias) in names.iter().flatten() {
                    self.bind(scope, alias.unwrap_or(*name));
                }
            }
            StmtKind::If { branches, otherwise } => {
                work.push(Work::Block(otherwise));
                for (test, block) in branches.iter().rev() {
                    self.expressions.push(*test);
                    work.push(Work::Block(block));
                }
            }
            StmtKind::While { test, body, otherwise } => {
                self.expressions.push(*test);
                work.extend([Work::Block(otherwise), Work::Block(body)]);
            }
            StmtKind::For { target, iterable, body, otherwise, .. } => {
                self.expressions.push(*iterable);
                self.target(scope, *target);
                work.extend([Work::Block(otherwise), Work::Block(body)]);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                work.extend(finally.as_ref().map(|block| Work::Block(block)));
                work.push(Work::Block(otherwise));
                for clause in handlers.iter().rev() {
                    work.extend([Work::Block(&clause.body), Work::Except(clause)]);
                }
                work.push(Work::Block(body));
            }
            StmtKind::With { items, body, .. } => {
                for (manager, target) in items {
                    self.expressions.push(*manager);
                    if let Some(target) = target {
                        self.target(scope, *target);
                    }
                }
                work.push(Work::Block(body));
            }
            StmtKind::Function(function) => {
                self.expressions.extend(&function.decorators);
                push_defaults(&function.parameters, &mut self.expressions);
                let inner = self.open(ScopeKind::Function, Some(scope), Body::Block(&function.body));
                self.scopes.all[inner].generator = function.is_async;
                self.scopes.all[inner].name = Some(function.name);
                self.scopes.by_statement.insert(id.0, inner);
                self.parameters(inner, &function.parameters, statement.position)?;
                self.bind(scope, function.name);
            }
            StmtKind::Class(class) => {
                self.expressions.extend(&class.decorators);
                push_arguments(&class.arguments, &mut self.expressions);
                let inner = self.open(ScopeKind::Class, Some(scope), Body::Block(&class.body));
                self.scopes.all[inner].name = Some(class.name);
                self.scopes.by_statement.insert(id.0, inner);
                self.bind(scope, class.name);
            }
        }
        Ok(())
    }

    /// `_X = const(…)` stores nothing.
    fn is_hidden_constant(&self, targets: &[ExprId], value: ExprId) -> bool {
        self.constants.declared(value).is_some()
            && targets.iter().any(|target| match self.tree.expr(*target).kind {
                ExprKind::Name(name) => self.tree.name(name).starts_with('_'),
                _ => false,
            })
    }

    fn parameters(
        &mut self,
        scope: usize,
        parameters: &Parameters,
        position: Position,
    ) -> Result<(), Failure> {
        let names = (parameters.positional.iter().chain(&parameters.keyword_only).map(|it| it.name))
            .chain(parameters.star)
            .chain(parameters.double_star);
        let scope = &mut self.scopes.all[scope];
        for name in names {
            scope.parameters.push(name);
            if scope.symbols.insert(name, Symbol::new(SymbolKind::Local)).is_some() {
                return Err(syntax("argument name reused", position));
            }
        }
        Ok(())
    }

    fn global(&mut self, scope: usize, names: &[NameId], position: Position) -> Result<(), Failure> {
        for name in names {
            let symbols = &mut self.scopes.all[scope].symbols;
            let old = symbols.insert(*name, Symbol::new(SymbolKind::Global));
            if old.is_some_and(|symbol| symbol.kind != SymbolKind::Global) {
                return Err(syntax("identifier redefined as global", position));
            }
            // In a module that runs in a namespace, a name that a function declares global is global there too.
            self.change(0, *name, |symbol| symbol.kind = SymbolKind::Global);
        }
        Ok(())
    }

    fn nonlocal(&mut self, scope: usize, names: &[NameId], position: Position) -> Result<(), Failure> {
        if self.scopes.all[scope].kind == ScopeKind::Module {
            return Err(syntax("can't declare nonlocal in outer code", position));
        }
        for name in names {
            match self.scopes.all[scope].symbols.get(name).map(|symbol| symbol.kind) {
                None => match self.scopes.binding(scope, *name) {
                    Some(owner) => self.scopes.capture(scope, *name, owner),
                    None => return Err(syntax("no binding for nonlocal found", position)),
                },
                Some(SymbolKind::Free) => {}
                Some(_) => return Err(syntax("identifier redefined as nonlocal", position)),
            }
        }
        Ok(())
    }

    fn target(&mut self, scope: usize, target: ExprId) {
        self.target_with(scope, target, false);
    }

    /// Binds the names in a target and notes what else it evaluates.
    fn target_with(&mut self, scope: usize, target: ExprId, deleted: bool) {
        let mut waiting = vec![target];
        while let Some(id) = waiting.pop() {
            match &self.tree.expr(id).kind {
                ExprKind::Name(name) if !self.constants.is_constant(id) => {
                    self.bind(scope, *name);
                    self.change(scope, *name, |symbol| symbol.deleted |= deleted);
                }
                ExprKind::Tuple(items) | ExprKind::List(items) => waiting.extend(items.iter().rev()),
                ExprKind::Starred(inner) => waiting.push(*inner),
                _ => self.expressions.push(id),
            }
        }
    }

    /// Looks at the expressions that are waiting.
    fn drain(&mut self, scope: usize) -> Result<(), Failure> {
        while let Some(id) = self.expressions.pop() {
            self.expression(scope, id)?;
        }
        Ok(())
    }

    fn expression(&mut self, scope: usize, id: ExprId) -> Result<(), Failure> {
        if self.constants.is_constant(id) {
            return Ok(());
        }
        let expr = self.tree.expr(id);
        match &expr.kind {
            ExprKind::Name(name) => self.mention(scope, *name),
            ExprKind::Call(function, arguments) if self.is_super(scope, *function, arguments) => {
                self.mention(scope, self.scopes.class_name);
            }
            ExprKind::Lambda(parameters, body) => {
                let inner = self.open(ScopeKind::Lambda, Some(scope), Body::Expression(*body));
                self.scopes.by_expression.insert(id.0, inner);
                self.parameters(inner, parameters, expr.position)?;
            }
            ExprKind::Comprehension(comprehension) => {
                if !matches!(self.scopes.all[scope].kind, ScopeKind::Comprehension(_))
                    && self.scopes.has_walrus(id)
                {
                    self.hoist(scope, comprehension);
                }
                let kind = ScopeKind::Comprehension(comprehension.kind);
                let inner = self.open(kind, Some(scope), Body::Comprehension(comprehension));
                self.scopes.all[inner].generator = comprehension.kind == ComprehensionKind::Generator;
                self.scopes.by_expression.insert(id.0, inner);
                self.expressions.push(first_iterable(comprehension));
            }
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
                self.suspends(scope, "'yield' outside function", expr.position)?;
            }
            ExprKind::Await(_) => self.suspends(scope, "'await' outside function", expr.position)?,
            ExprKind::Walrus(name, _) => self.walrus(scope, *name, expr.position)?,
            _ => {}
        }
        push_children(&expr.kind, &mut self.expressions);
        Ok(())
    }

    fn is_super(&self, scope: usize, function: ExprId, arguments: &[Argument]) -> bool {
        arguments.is_empty()
            && self.scopes.all[scope].kind == ScopeKind::Function
            && matches!(self.tree.expr(function).kind, ExprKind::Name(name) if self.tree.name(name) == "super")
    }

    fn suspends(&mut self, scope: usize, message: &'static str, position: Position) -> Result<(), Failure> {
        let scope = &mut self.scopes.all[scope];
        match scope.kind {
            ScopeKind::Function | ScopeKind::Lambda => {
                scope.generator = true;
                Ok(())
            }
            _ => Err(syntax(message, position)),
        }
    }

    /// `:=` in a comprehension binds in the scope around all comprehensions, which is walked first.
    fn hoist(&mut self, scope: usize, comprehension: &'t Comprehension) {
        let mut waiting = Vec::new();
        push_comprehension(comprehension, &mut waiting);
        while let Some(id) = waiting.pop() {
            if !self.scopes.has_walrus(id) {
                continue;
            }
            let kind = &self.tree.expr(id).kind;
            match kind {
                ExprKind::Walrus(name, _) => self.bind(scope, *name),
                ExprKind::Comprehension(inner) => {
                    push_comprehension(inner, &mut waiting);
                    waiting.push(first_iterable(inner));
                }
                _ => {}
            }
            push_children(kind, &mut waiting);
        }
    }

    fn walrus(&mut self, scope: usize, name: NameId, position: Position) -> Result<(), Failure> {
        let is_target = self.scopes.all[scope]
            .symbols
            .get(&name)
            .is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Local | SymbolKind::Cell));
        let in_comprehension = matches!(self.scopes.all[scope].kind, ScopeKind::Comprehension(_));
        if in_comprehension && is_target {
            let around = self.scopes.all[scope].parent.map(|parent| self.scopes.all[parent].kind);
            let message = match around {
                Some(ScopeKind::Module) | None => "identifier redefined as global",
                Some(_) => "identifier redefined as nonlocal",
            };
            return Err(syntax(message, position));
        }
        if !in_comprehension {
            self.bind(scope, name);
            self.change(scope, name, |symbol| symbol.walrus = true);
            return Ok(());
        }
        let mut around = scope;
        while let Some(parent) = self.scopes.all[around].parent {
            around = parent;
            if !matches!(self.scopes.all[around].kind, ScopeKind::Comprehension(_)) {
                break;
            }
        }
        let outer = self.scopes.all[around].symbols.get(&name).map(|symbol| symbol.kind);
        match self.scopes.all[around].kind {
            ScopeKind::Class if outer != Some(SymbolKind::Global) => {
                return Err(syntax("no binding for nonlocal found", position));
            }
            ScopeKind::Module => {
                self.change(around, name, |symbol| symbol.kind = SymbolKind::Global);
                self.scopes.all[scope].symbols.insert(name, Symbol::new(SymbolKind::Global));
            }
            _ if outer == Some(SymbolKind::Global) => {
                self.scopes.all[scope].symbols.insert(name, Symbol::new(SymbolKind::Global));
            }
            _ => {
                if let Some(owner) = self.scopes.binding(scope, name) {
                    self.scopes.capture(scope, name, owner);
                }
            }
        }
        Ok(())
    }
}
