//! Writing the code of one scope: what every kind of statement and expression needs.
//!
//! A [`Coder`] walks the body of a scope once. The parts of it are spread over the files of this folder by what they
//! translate; here are the layout of the frame, lines, the counting of nesting, and jumps.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::assigned::Bound;
use super::constants::Constants;
use super::contexts::Context;
use super::draft::{CodeDraft, Flags};
use super::emit::{ConstantKey, Emitter, Label};
use super::error::{Failure, nesting, too_large};
use super::instructions::op;
use super::registers::{Held, Registers};
use super::scopes::{Scope, ScopeKind, Scopes, SymbolKind, hidden_name};
use super::{Mode, Options, boxed};
use crate::syntax::tree::{NameId, Parameters, Position, StmtKind, Tree};

/// What the code of all scopes shares.
pub(super) struct Session<'t> {
    pub tree: &'t Tree,
    pub constants: &'t Constants,
    pub scopes: &'t Scopes,
    pub options: Options<'t>,
    pub codes: Vec<CodeDraft>,
    /// How deep the native stack is in the tree.
    pub depth: u32,
}

/// Where a variable is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a register.
    Local(u8),
    /// In the cell in a register.
    Cell(u8),
    /// In a spilled local.
    SpilledLocal(u32),
    /// In the cell in a spilled local.
    SpilledCell(u32),
    /// Among the globals.
    Global,
    /// In the namespace in `r[0]`.
    Name,
}

/// Locals and what is before them take at most this many registers.
const LOCALS_END: u16 = 180;

/// Writes the code of one scope.
pub(super) struct Coder<'s, 't> {
    pub session: &'s mut Session<'t>,
    pub tree: &'t Tree,
    pub scope: &'t Scope,
    pub scope_index: usize,
    pub emit: Emitter,
    pub registers: Registers,
    pub places: BTreeMap<NameId, Place>,
    /// Which locals hold a value here.
    pub bound: Bound,
    /// Locals that may lose their value somewhere.
    pub deletable: Bound,
    /// Locals that `:=` assigns.
    pub walrus_locals: Bound,
    /// Loops, `try` and `with` statements around the present statement.
    pub contexts: Vec<Context>,
    /// Constants that are kept in registers, because a loop uses them.
    pub kept: Vec<(ConstantKey, u8)>,
    pub free_first: u8,
}

impl<'s, 't> Coder<'s, 't> {
    /// Compiles the module; gives the number of its code.
    pub fn module(session: &mut Session<'t>) -> Result<usize, Failure> {
        let tree = session.tree;
        let options = session.options;
        let mut coder = Coder::new(session, 0)?;
        let returns = matches!(options.mode, Mode::Eval | Mode::EvalNamespace);
        match tree.body.as_slice() {
            [only] if returns => match tree.stmt(*only).kind {
                StmtKind::Expression(value) => {
                    let position = tree.stmt(*only).position;
                    coder.line(position);
                    let register = coder.operand(value, &[])?;
                    coder.emit.word(op::Return, register, 0, 0);
                    coder.bound = Bound::UNREACHABLE;
                }
                _ => coder.block(&tree.body)?,
            },
            _ => coder.block(&tree.body)?,
        }
        let namespace = coder.is_namespace();
        let flags = Flags { namespace, ..Flags::default() };
        coder.finish(boxed("<module>"), flags, None)
    }

    /// Sets out to write the code of a scope.
    pub fn new(session: &'s mut Session<'t>, scope_index: usize) -> Result<Box<Coder<'s, 't>>, Failure> {
        let tree = session.tree;
        let scopes: &'t Scopes = session.scopes;
        let scope = &scopes.all[scope_index];
        let mut coder = Box::new(Coder {
            session,
            tree,
            scope,
            scope_index,
            emit: Emitter::default(),
            registers: Registers::default(),
            places: BTreeMap::new(),
            bound: Bound::default(),
            deletable: Bound::default(),
            walrus_locals: Bound::default(),
            contexts: Vec::new(),
            kept: Vec::new(),
            free_first: 0,
        });
        coder.lay_out()?;
        Ok(coder)
    }

    /// Whether `r[0]` is the namespace that names are bound in.
    pub fn is_namespace(&self) -> bool {
        match self.scope.kind {
            ScopeKind::Class => true,
            ScopeKind::Module => {
                matches!(self.session.options.mode, Mode::Namespace | Mode::EvalNamespace)
            }
            _ => false,
        }
    }

    /// Gives every variable its place and makes the cells.
    fn lay_out(&mut self) -> Result<(), Failure> {
        let scope = self.scope;
        let parameters = scope.parameters.len() + usize::from(self.is_namespace());
        let fixed = parameters + scope.free.len();
        if fixed > usize::from(LOCALS_END) {
            return Err(too_large("too many parameters and free variables", Position::default()));
        }
        let mut cells = Vec::new();
        self.free_first = parameters as u8;
        for (index, name) in scope.parameters.iter().enumerate() {
            let register = index as u8;
            let is_cell = scope.symbols.get(name).is_some_and(|symbol| symbol.kind == SymbolKind::Cell);
            self.bound.insert(register);
            if is_cell {
                cells.push(Place::Cell(register));
            }
            self.places.insert(*name, if is_cell { Place::Cell(register) } else { Place::Local(register) });
        }
        for (index, name) in scope.free.iter().enumerate() {
            self.places.insert(*name, Place::Cell(self.free_first + index as u8));
        }
        let limit = LOCALS_END.saturating_sub(self.widest_closure()).max(fixed as u16);
        let mut next = fixed as u16;
        let mut spilled = 0;
        let own_class = (scope.kind == ScopeKind::Class).then_some(self.session.scopes.class_name);
        for name in scope.locals.iter().copied().chain(own_class) {
            let is_cell = match scope.symbols.get(&name).map(|symbol| symbol.kind) {
                Some(SymbolKind::Cell) => true,
                Some(SymbolKind::Local) => false,
                _ => continue,
            };
            let place = if next < limit {
                next += 1;
                let register = (next - 1) as u8;
                if is_cell { Place::Cell(register) } else { Place::Local(register) }
            } else {
                spilled += 1;
                if is_cell { Place::SpilledCell(spilled - 1) } else { Place::SpilledLocal(spilled - 1) }
            };
            if is_cell {
                cells.push(place);
            }
            self.places.insert(name, place);
        }
        for (name, place) in &self.places {
            if let Place::Local(register) = place
                && let Some(symbol) = scope.symbols.get(name)
            {
                if symbol.deleted {
                    self.deletable.insert(*register);
                }
                if symbol.walrus {
                    self.walrus_locals.insert(*register);
                }
            }
        }
        self.registers = Registers::new(next, spilled);
        for cell in cells {
            match cell {
                Place::Cell(register) => self.emit.word(op::MakeCell, register, 0, 0),
                Place::SpilledCell(number) => {
                    let mark = self.registers.next;
                    let register = self.registers.take()?;
                    self.emit.long(op::LoadSpilled, register, 0, 0, number);
                    self.emit.word(op::MakeCell, register, 0, 0);
                    self.emit.long(op::StoreSpilled, register, 0, 0, number);
                    self.registers.next = mark;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How many cells the largest closure made here takes.
    fn widest_closure(&self) -> u16 {
        if self.scope.locals.len() + self.scope.parameters.len() + self.scope.free.len() < 64 {
            return 0; // there is room for all of them in any case
        }
        let index = Some(self.scope_index);
        let inner = self.session.scopes.all.iter().filter(|scope| scope.parent == index);
        inner.map(|scope| scope.free.len().min(usize::from(LOCALS_END)) as u16).max().unwrap_or(0)
    }

    /// Ends the code and adds it to the draft.
    pub fn finish(
        mut self: Box<Self>,
        name: Box<str>,
        flags: Flags,
        parameters: Option<&Parameters>,
    ) -> Result<usize, Failure> {
        if self.bound != Bound::UNREACHABLE || self.emit.may_run_on() {
            self.emit.word(op::ReturnNone, 0, 0, 0);
        }
        let hidden = hidden_name(self.tree);
        let mut names: Vec<Box<str>> = Vec::new();
        if self.is_namespace() {
            names.push(boxed(""));
        }
        names.extend(self.scope.parameters.iter().map(|name| match *name == hidden {
            true => boxed(""),
            false => boxed(self.tree.name(*name)),
        }));
        let (positional, positional_only, keyword_only) = match parameters {
            Some(it) => (it.positional.len(), it.positional_only, it.keyword_only.len()),
            None => (names.len(), 0, 0),
        };
        let finished = self.emit.finish()?;
        let omit_lines = self.session.options.optimise >= 3;
        // What fits here has been checked when the registers were laid out.
        self.session.codes.push(CodeDraft {
            name,
            words: finished.words,
            constants: finished.constants,
            sites: finished.sites,
            lines: if omit_lines { Vec::new() } else { finished.lines },
            handlers: finished.handlers,
            handling: finished.handling,
            registers: self.registers.highest,
            spilled: self.registers.spilled,
            parameters: names,
            positional: positional as u8,
            positional_only: positional_only as u8,
            keyword_only: keyword_only as u8,
            free_first: self.free_first,
            free_count: self.scope.free.len() as u8,
            flags,
        });
        Ok(self.session.codes.len() - 1)
    }

    // Lines and nesting

    /// A statement begins here.
    pub fn line(&mut self, position: Position) {
        self.emit.set_line(position.line);
    }

    /// A part of an expression begins here: within a statement lines only go up, as upstream counts them.
    pub fn line_within(&mut self, position: Position) {
        if position.line > self.emit.line() {
            self.emit.set_line(position.line);
        }
    }

    /// Counts a level of native recursion.
    pub fn enter(&mut self, levels: u32, position: Position) -> Result<(), Failure> {
        self.session.depth += levels;
        if self.session.depth > self.session.options.nesting {
            return Err(nesting(position));
        }
        Ok(())
    }

    /// The counterpart of [`Coder::enter`].
    pub fn leave(&mut self, levels: u32) {
        self.session.depth -= levels;
    }

    /// Gives an error without a place the line that is being compiled.
    pub fn locate(&self, mut failure: Failure) -> Failure {
        if failure.position.line == 0 {
            failure.position.line = self.emit.line();
        }
        failure
    }

    // Values that statements keep

    /// Keeps r\[source\].
    pub fn hold_store(&mut self, held: Held, source: u8) {
        match held {
            Held::Register(register) => self.copy(register, source),
            Held::Spilled(number) => self.emit.long(op::StoreSpilled, source, 0, 0, number),
        }
    }

    /// The register where a kept value is: its own or a new temporary.
    pub fn held(&mut self, held: Held) -> Result<u8, Failure> {
        match held {
            Held::Register(register) => Ok(register),
            Held::Spilled(number) => {
                let register = self.registers.take()?;
                self.emit.long(op::LoadSpilled, register, 0, 0, number);
                Ok(register)
            }
        }
    }

    /// r\[dest\] = a kept value
    pub fn held_into(&mut self, held: Held, dest: u8) {
        match held {
            Held::Register(register) => self.copy(dest, register),
            Held::Spilled(number) => self.emit.long(op::LoadSpilled, dest, 0, 0, number),
        }
    }

    // Jumps, which carry along what is bound

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.emit.label()
    }

    /// Places a label.
    pub fn place_label(&mut self, label: Label) {
        self.bound = self.emit.place(label, self.bound);
    }

    /// Jumps; what follows is not reached from here.
    pub fn jump(&mut self, label: Label) {
        if self.bound != Bound::UNREACHABLE {
            self.emit.note_jump(label, self.bound);
            self.emit.jump(label);
        }
        self.bound = Bound::UNREACHABLE;
    }

    /// A conditional jump.
    pub fn jump_if(&mut self, op: u8, a: u8, b: u8, c: u8, label: Label) {
        self.emit.note_jump(label, self.bound);
        self.emit.jump_long(op, a, b, c, label);
    }
}
