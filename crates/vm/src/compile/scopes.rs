//! Which variable a name means.
//!
//! Every function, class body, lambda and comprehension is a scope; so is the module. The tree is walked once, scope
//! by scope, an enclosing one before those in it, so that a scope is decided as soon as it has been walked: all that
//! it can see from outside is known by then. Within a statement the order does not matter, so expressions are taken
//! from a work list and nothing here recurses, however deep the program nests.
//!
//! What always holds afterwards: every name that a scope mentions has a symbol there; a name that is free in a scope
//! is a cell in one around it, and is passed on by all the scopes between.
//!
//! A class body binds in a namespace and is not seen by the functions in it, except for `__class__`, which the class
//! keeps in a cell for them.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use super::children::find_walrus;
use super::constants::Constants;
use super::error::{Failure, in_scope};
use super::walk::{Body, Walker};
use crate::syntax::tree::{ComprehensionKind, ExprId, NameId, Tree};

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Function,
    Lambda,
    Class,
    Comprehension(ComprehensionKind),
}

impl ScopeKind {
    /// Whether names bound in it are locals (and not entries of a namespace).
    pub fn has_locals(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }
}

/// Where the value of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SymbolKind {
    /// Never bound in this scope or around it: a name of the namespace, a global, or a built-in.
    Implicit,
    /// Bound in the namespace of this module or class.
    Assigned,
    /// Declared `global`.
    Global,
    /// A local of this function.
    Local,
    /// A local that functions inside use too.
    Cell,
    /// A local of a function around this one.
    Free,
}

/// What is known about a name in a scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub kind: SymbolKind,
    /// `del`eted somewhere, or unbound at the end of an `except … as`.
    pub deleted: bool,
    /// Bound by `:=`, that is, in the middle of an expression.
    pub walrus: bool,
}

/// A scope.
#[derive(Debug)]
pub(super) struct Scope {
    pub kind: ScopeKind,
    /// The name of a function or class.
    pub name: Option<NameId>,
    pub parent: Option<usize>,
    pub symbols: BTreeMap<NameId, Symbol>,
    /// Locals other than parameters, in the order in which they are first mentioned.
    pub locals: Vec<NameId>,
    /// Parameters in register order.
    pub parameters: Vec<NameId>,
    /// Cells that come from outside, in the order of the closure.
    pub free: Vec<NameId>,
    /// Calling it makes a generator.
    pub generator: bool,
}

/// All scopes of a tree.
#[derive(Debug)]
pub(super) struct Scopes {
    pub all: Vec<Scope>,
    pub by_statement: BTreeMap<u32, usize>,
    pub by_expression: BTreeMap<u32, usize>,
    /// For each expression whether there is a `:=` in it; empty when the tree has none.
    pub walrus: Vec<bool>,
    /// The identifier `__class__`, whether or not the tree has it.
    pub class_name: NameId,
}

impl Scope {
    /// What tracebacks call the code of this scope.
    pub fn title(&self, tree: &Tree) -> Box<str> {
        let title = match (self.kind, self.name) {
            (ScopeKind::Function | ScopeKind::Class, Some(name)) => tree.name(name),
            (ScopeKind::Lambda, _) => "<lambda>",
            (ScopeKind::Comprehension(ComprehensionKind::List), _) => "<listcomp>",
            (ScopeKind::Comprehension(ComprehensionKind::Set), _) => "<setcomp>",
            (ScopeKind::Comprehension(ComprehensionKind::Dict), _) => "<dictcomp>",
            (ScopeKind::Comprehension(ComprehensionKind::Generator), _) => "<genexpr>",
            _ => "<module>",
        };
        title.into()
    }
}

/// The name of the parameter of a comprehension: no program can mention it.
pub(super) fn hidden_name(tree: &Tree) -> NameId {
    NameId(tree.names.len() as u32 + 1)
}

impl Scopes {
    /// Finds all scopes of a tree and decides every name in them.
    pub fn new(tree: &Tree, constants: &Constants) -> Result<Scopes, Failure> {
        let class_name = tree
            .names
            .iter()
            .position(|name| &**name == "__class__")
            .map_or(NameId(tree.names.len() as u32), |index| NameId(index as u32));
        let scopes = Scopes {
            all: Vec::new(),
            by_statement: BTreeMap::new(),
            by_expression: BTreeMap::new(),
            walrus: find_walrus(tree),
            class_name,
        };
        let mut walker =
            Walker { tree, constants, scopes, waiting: VecDeque::new(), expressions: Vec::new() };
        walker.open(ScopeKind::Module, None, Body::Block(&tree.body));
        while let Some((scope, body)) = walker.waiting.pop_front() {
            walker
                .walk(scope, body)
                .map_err(|failure| in_scope(failure, walker.scopes.all[scope].title(tree)))?;
            walker.decide(scope);
        }
        Ok(walker.scopes)
    }

    /// Whether there is a `:=` somewhere in an expression.
    pub fn has_walrus(&self, id: ExprId) -> bool {
        self.walrus.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// The scope around `scope` in which a free name is a local, if any.
    pub fn binding(&self, scope: usize, name: NameId) -> Option<usize> {
        let mut around = self.all[scope].parent;
        while let Some(index) = around {
            let candidate = &self.all[index];
            match candidate.kind {
                ScopeKind::Module => return None,
                ScopeKind::Class if name == self.class_name => return Some(index),
                ScopeKind::Class => {}
                _ => match candidate.symbols.get(&name).map(|symbol| symbol.kind) {
                    Some(SymbolKind::Local | SymbolKind::Cell | SymbolKind::Free) => return Some(index),
                    Some(SymbolKind::Global) => return None,
                    _ => {}
                },
            }
            around = candidate.parent;
        }
        None
    }

    /// Makes a name free in `scope` that is a local of `owner`, and passes it through the scopes between.
    pub fn capture(&mut self, scope: usize, name: NameId, owner: usize) {
        let mut index = scope;
        loop {
            let here = &mut self.all[index];
            let is_scope = index == scope;
            if index == owner {
                if here.kind == ScopeKind::Class {
                    here.symbols.entry(name).or_insert(Symbol::new(SymbolKind::Cell)).kind = SymbolKind::Cell;
                    return;
                }
                if let Some(symbol) = here.symbols.get_mut(&name)
                    && symbol.kind == SymbolKind::Local
                {
                    symbol.kind = SymbolKind::Cell;
                }
                return;
            }
            if !here.free.contains(&name) {
                here.free.push(name);
            }
            if is_scope || here.kind != ScopeKind::Class {
                here.symbols.entry(name).or_insert(Symbol::new(SymbolKind::Free)).kind = SymbolKind::Free;
            }
            match here.parent {
                Some(parent) => index = parent,
                None => return,
            }
        }
    }
}

impl Symbol {
    pub fn new(kind: SymbolKind) -> Symbol {
        Symbol { kind, deleted: false, walrus: false }
    }
}
