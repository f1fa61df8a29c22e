//! From source text to code that can be called.

use super::Vm;
use crate::compile::{self, Options};
use crate::heap::{Handle, Raised, Slot, TypeId, Value, sym};
use crate::objects::exception::TraceLine;
use crate::objects::function::Function;
use crate::syntax::{self, ErrorKind, SyntaxError};
use alloc::boxed::Box;

/// What a source text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceMode {
    /// A module.
    Module,
    /// Module-level code whose names live in a namespace of its own (`exec` with locals).
    Namespace,
    /// A statement at the prompt, whose expressions are shown.
    Single,
    /// An expression.
    Eval,
    /// An expression whose names live in a namespace of its own.
    EvalNamespace,
}

impl Vm {
    /// Compiles a text; gives a code object.
    pub fn compile(&mut self, source: &[u8], file: &str, mode: SourceMode) -> Result<Value, Raised> {
        let limits = syntax::Limits {
            nesting: self.limits.nesting,
            max_bytes: self.heap.free_bytes(),
            debug: self.optimise == 0,
        };
        let (parse_mode, compile_mode) = match mode {
            SourceMode::Module => (syntax::Mode::File, compile::Mode::Module),
            SourceMode::Namespace => (syntax::Mode::File, compile::Mode::Namespace),
            SourceMode::Single => (syntax::Mode::Single, compile::Mode::Single),
            SourceMode::Eval => (syntax::Mode::Eval, compile::Mode::Eval),
            SourceMode::EvalNamespace => (syntax::Mode::Eval, compile::Mode::EvalNamespace),
        };
        let tree = match syntax::parse(source, parse_mode, &limits) {
            Ok(tree) => tree,
            Err(error) => return Err(self.raise_syntax(file, &error)),
        };
        let options = Options {
            mode: compile_mode,
            optimise: self.optimise,
            nesting: self.limits.nesting,
            modules: &self.native_modules,
        };
        let draft = match compile::compile(&tree, file, options) {
            Ok(draft) => draft,
            Err(error) => {
                let kind = match error.kind {
                    compile::ErrorKind::Syntax => ErrorKind::Syntax,
                    compile::ErrorKind::Nesting => ErrorKind::Nesting,
                    compile::ErrorKind::TooLarge => ErrorKind::Memory,
                };
                let error = SyntaxError {
                    kind,
                    message: error.message,
                    position: error.position,
                    scope: error.scope,
                };
                return Err(self.raise_syntax(file, &error));
            }
        };
        drop(tree);
        super::load::load(&mut self.heap, draft)
    }

    #[cold]
    fn raise_syntax(&mut self, file: &str, error: &SyntaxError) -> Raised {
        let kind = match error.kind {
            ErrorKind::Syntax => TypeId::SyntaxError,
            ErrorKind::Indentation => TypeId::IndentationError,
            ErrorKind::NotImplemented => TypeId::NotImplementedError,
            ErrorKind::Nesting | ErrorKind::LongName => TypeId::RuntimeError,
            ErrorKind::Memory => TypeId::MemoryError,
        };
        let raised = self.heap.raise(kind, &error.message);
        self.last_syntax_error = Some(error.position);
        let file = self.heap.intern(file).unwrap_or(sym::EMPTY);
        let function = match &error.scope {
            Some(scope) => self.heap.intern(scope).unwrap_or(sym::EMPTY),
            None => sym::EMPTY,
        };
        self.heap.add_trace(raised.0, TraceLine { file, function, line: error.position.line });
        raised
    }

    /// A code object to run with these globals: the same, or a copy with empty caches if it has run with others before,
    /// for caches may not tell one namespace from another.
    pub fn code_for_globals(&mut self, code: Value, globals: Handle) -> Result<Value, Raised> {
        let Some(Slot::Code(object)) = self.heap.slot_of(code) else { return Ok(code) };
        match object.bound.get() {
            None => {
                object.bound.set(Some(globals));
                Ok(code)
            }
            Some(bound) if bound == globals => Ok(code),
            Some(_) => self.copied_code(code, globals),
        }
    }

    /// A copy of a code object with empty caches, to run with these globals.
    pub fn copied_code(&mut self, code: Value, globals: Handle) -> Result<Value, Raised> {
        let copy = super::load::copy(&mut self.heap, code)?;
        if let Some(Slot::Code(object)) = self.heap.slot_of(copy) {
            object.bound.set(Some(globals));
        }
        Ok(copy)
    }

    /// A function without parameters that runs a code object with these globals.
    pub fn function_of(&mut self, code: Value, globals: Handle) -> Result<Value, Raised> {
        let Some(Slot::Code(code)) = self.heap.slot_of(code) else {
            return Err(self.type_error("code object expected"));
        };
        let code = code.clone();
        self.heap.budget.charge(size_of::<Function>())?;
        let function = Function {
            code,
            globals,
            defaults: Value::NONE,
            keyword_defaults: Value::NONE,
            cells: Box::default(),
        };
        Ok(self.heap.allocate(Slot::Function(Box::new(function)))?.value())
    }

    /// Compiles a text as the main module and puts it on the fiber, for [`Vm::run`].
    pub fn start_main(&mut self, source: &[u8], file: &str, mode: SourceMode) -> Result<(), Raised> {
        if mode == SourceMode::Module {
            let name = self.heap.str(file)?;
            self.namespace_set(self.main, sym::DUNDER_FILE, name)?;
        }
        let code = self.compile(source, file, mode)?;
        // A name in angle brackets stands for a text that is in no file.
        if !file.starts_with('<') {
            let file = self.heap.str(file)?;
            self.namespace_set(self.main, sym::DUNDER_FILE, file)?;
        }
        let function = self.function_of(code, self.main)?;
        self.start(function, &[])
    }
}
