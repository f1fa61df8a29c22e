//! The interpreter: frames, the dispatch loop, calls, native frames, caches, exceptions.
//!
//! The way of an instruction that needs Python to run (an operator on an instance, a property, the next item of a
//! generator): the loop pushes a frame with an [`Action`] that says what becomes of its result, and goes on with that
//! frame. When it ends, [`Vm::deliver`] does what the action says. So Python calling Python never recurses here.

mod attribute_stores;
pub mod attributes;
pub mod call;
pub mod code;
pub mod compare;
pub mod construct;
mod dispatch;
pub mod each;
pub mod extensions;
pub mod fibers;
pub mod frame;
pub mod generators;
mod helpers;
pub mod import;
mod import_frame;
pub mod iteration;
mod keywords;
pub mod load;
pub mod native_frame;
pub mod operators;
mod parameters;
pub mod platform;
pub mod print;
pub mod request;
pub mod run_loop;
pub mod source;
pub mod source_files;
pub mod traceback;
pub mod unawaited;
mod unwind;

pub use call::{Arguments, Called, Outcome};
pub use extensions::Extensions;
pub use fibers::Fibers;
pub use frame::{Action, Fiber, Frame, FrameKind, Input, Wait};
pub use native_frame::{FewArguments, NativeFrame, Step};
pub use platform::{Extension, Platform, Signals, Stream};
pub use request::Request;
pub use run_loop::RunResult;
pub use source_files::SourceFiles;

use crate::heap::{Handle, Heap, OutOfMemory, Raised, Symbol, Tracer, TypeId, Value, sym};
use crate::objects::dict::Dict;
use crate::objects::function::Member;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use dispatch::Instruction;

/// How much a program may use of what is not the heap.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How deep calls may nest.
    pub frames: usize,
    /// How deep source may nest.
    pub nesting: u32,
    /// How deep `__eq__`, `__hash__` and `__repr__` may nest natively.
    pub nested_runs: u32,
    /// How many threads there may be besides the main program.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { frames: 4000, nesting: 6000, nested_runs: 120, threads: 1024 }
    }
}

/// A module written in Rust: its name and what is in it.
pub struct ModuleDef {
    /// The name it is imported under.
    pub name: &'static str,
    /// What is in it.
    pub members: &'static [Member],
}

/// The virtual machine: one heap, the fiber that is running, and what programs share.
pub struct Vm {
    /// The heap.
    pub heap: Heap,
    /// The fiber that is running (or is about to).
    pub fiber: Fiber,
    /// Fibers that are not running; the engine moves them in and out.
    pub fibers: Fibers,
    /// What the world provides: output, files.
    pub platform: Box<dyn Platform>,
    /// State of the layers above: scheduler, board.
    pub extensions: Extensions,
    /// The namespace of built-in names, a dict.
    pub builtins: Handle,
    /// `sys.modules`, a dict.
    pub modules: Handle,
    /// The loaded modules that are written in Rust, a dict.
    natives: Handle,
    /// How `import` and `execfile` get at files.
    pub source_files: SourceFiles,
    /// The namespace of `__main__`, a dict.
    pub main: Handle,
    /// Values that natives keep alive while they run Python.
    pub roots: Vec<Value>,
    /// How many back-edges and calls until the slow path looks around.
    pub fuel: i64,
    /// Back-edges and calls so far, not counting those that `fuel` stands for.
    pub spent: u64,
    /// What `fuel` was when it was last set.
    pub fuel_granted: i64,
    /// Fuel that is not yet granted in this step.
    pub fuel_reserve: u64,
    /// The fiber's turn is over when [`Vm::work_done`] reaches this.
    pub turn_ends: u64,
    /// Limits.
    pub limits: Limits,
    /// Set from outside: Ctrl-C, interrupts.
    pub signals: Arc<Signals>,
    /// Collect at every n-th safepoint (0: when needed).
    pub collect_every: u32,
    collect_countdown: u32,
    /// `-O` level.
    pub optimise: u8,
    /// Modules written in Rust, by name.
    pub native_modules: Vec<&'static ModuleDef>,
    /// The current instruction, for doing it again after a collection.
    instruction: Instruction,
    /// The instruction that was last done again: frame depth, word, fuel spent then other than in nested runs.
    repeated: (usize, Option<u32>, u64),
    /// Fuel spent in nested runs.
    nested_work: u64,
    /// Where the last syntax error was found, for whoever shows the line itself.
    pub last_syntax_error: Option<crate::syntax::tree::Position>,
    /// The exception that was last shown to the outside, for `sys.print_exception` and the REPL.
    pub last_exception: Value,
}

impl Vm {
    /// A machine with the built-in names and nothing else.
    pub fn new(limit: usize, platform: Box<dyn Platform>) -> Result<Vm, OutOfMemory> {
        let mut heap = Heap::new(limit)?;
        let mut table = || match heap.dict(Dict::for_names()) {
            Ok(value) => {
                heap.pin(value)?;
                value.as_handle().ok_or(OutOfMemory)
            }
            Err(_) => Err(OutOfMemory),
        };
        let (builtins, modules, natives, main) = (table()?, table()?, table()?, table()?);
        let mut vm = Vm {
            heap,
            fiber: Fiber::new(),
            fibers: Fibers::new(),
            platform,
            extensions: Extensions::default(),
            builtins,
            modules,
            natives,
            source_files: SourceFiles::of_the_platform(),
            main,
            roots: Vec::new(),
            fuel: 0,
            spent: 0,
            fuel_granted: 0,
            fuel_reserve: 0,
            turn_ends: fibers::NEVER,
            limits: Limits::default(),
            signals: Arc::new(Signals::default()),
            collect_every: 0,
            collect_countdown: 0,
            optimise: 0,
            native_modules: Vec::new(),
            instruction: Instruction::NONE,
            repeated: (0, None, 0),
            nested_work: 0,
            last_syntax_error: None,
            last_exception: Value::NONE,
        };
        vm.reserve_fibers()?;
        vm.fill_namespace(builtins, crate::builtins::MEMBERS).map_err(|_| OutOfMemory)?;
        vm.namespace_set(main, sym::DUNDER_NAME, Value::from_symbol(sym::MAIN)).map_err(|_| OutOfMemory)?;
        let module = vm.heap.allocate(crate::heap::Slot::Module(main))?;
        vm.namespace_set(modules, sym::MAIN, module.value()).map_err(|_| OutOfMemory)?;
        Ok(vm)
    }

    /// Makes a module known that `import` will find.
    pub fn add_module(&mut self, module: &'static ModuleDef) {
        self.native_modules.push(module);
    }

    /// Puts the members of a table into a namespace.
    pub fn fill_namespace(&mut self, namespace: Handle, members: &'static [Member]) -> Result<(), Raised> {
        if let Some((table, budget)) = self.heap.table_and_budget(namespace.value()) {
            table.reserve(budget, members.len())?;
        }
        for member in members {
            let name = self.heap.intern_static(member.name())?;
            let value = match member {
                Member::Machine(_, make) => make(self)?,
                Member::Shared(_, module) => self.member_of(module, name)?,
                Member::AllOf(module) => {
                    self.copy_members(module, namespace)?;
                    continue;
                }
                member => member.value(&mut self.heap)?,
            };
            self.namespace_set(namespace, name, value)?;
        }
        Ok(())
    }

    fn member_of(&mut self, module: &str, name: Symbol) -> Result<Value, Raised> {
        let module = self.native_module(module)?.unwrap_or(Value::NONE);
        Ok(match self.heap.slot_of(module) {
            Some(crate::heap::Slot::Module(namespace)) => self.namespace_get(*namespace, name),
            _ => None,
        }
        .unwrap_or(Value::NONE))
    }

    /// Puts everything in a built-in module into a namespace, but for the module's name.
    fn copy_members(&mut self, module: &str, namespace: Handle) -> Result<(), Raised> {
        let module = self.native_module(module)?.unwrap_or(Value::NONE);
        let members: Vec<(Value, Value)> = match self.heap.slot_of(module) {
            Some(crate::heap::Slot::Module(from)) => match self.heap.as_dict(from.value()) {
                Some(table) => table.iter().map(|entry| (entry.key, entry.value)).collect(),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        for (name, value) in members {
            if let Some(name) = name.as_symbol().filter(|&name| name != sym::DUNDER_NAME) {
                self.namespace_set(namespace, name, value)?;
            }
        }
        Ok(())
    }

    /// A name in a namespace (a dict with symbols as keys).
    pub fn namespace_get(&self, namespace: Handle, name: Symbol) -> Option<Value> {
        let table = self.heap.as_dict(namespace.value())?;
        let entry = table.find_symbol(&self.heap.symbols, name)?;
        table.entry(entry).map(|entry| entry.value)
    }

    /// Sets a name in a namespace.
    pub fn namespace_set(&mut self, namespace: Handle, name: Symbol, value: Value) -> Result<(), Raised> {
        let hash = self.heap.symbols.hash(name);
        let key = Value::from_symbol(name);
        if let Some((table, budget)) = self.heap.table_and_budget(namespace.value()) {
            match table.find_identical(key, hash) {
                Some(entry) => table.set_value(entry, value),
                None => {
                    table.insert_new(budget, key, hash, value)?;
                }
            }
        }
        Ok(())
    }

    /// A key of a namespace: the symbol, for a string that can be a name.
    pub(crate) fn name_key(&mut self, key: Value) -> Result<Value, Raised> {
        match self.heap.as_str(key) {
            Some(text) if text.len() <= crate::heap::LONGEST_SYMBOL => {
                Ok(self.heap.to_symbol(key)?.map_or(key, Value::from_symbol))
            }
            _ => Ok(key),
        }
    }

    /// Makes a namespace of a dict that a program brought: its string keys become symbols.
    pub fn make_namespace(&mut self, dict: Handle) -> Result<(), Raised> {
        let Some(table) = self.heap.as_dict(dict.value()).filter(|table| !table.namespace) else {
            return Ok(());
        };
        let keys: Vec<Value> = table.raw_entries().iter().map(|entry| entry.key).collect();
        for (number, key) in keys.into_iter().enumerate() {
            if key.as_symbol().is_none()
                && self.heap.as_str(key).is_some()
                && let key = self.name_key(key)?
                && let Some((table, _)) = self.heap.table_and_budget(dict.value())
            {
                table.replace_key(number, key);
            }
        }
        if let Some((table, _)) = self.heap.table_and_budget(dict.value()) {
            table.namespace = true;
        }
        Ok(())
    }

    /// Removes a name from a namespace; tells whether it was there.
    pub fn namespace_delete(&mut self, namespace: Handle, name: Symbol) -> bool {
        let hash = self.heap.symbols.hash(name);
        match self.heap.table_and_budget(namespace.value()) {
            Some((table, _)) => match table.find_identical(Value::from_symbol(name), hash) {
                Some(entry) => table.remove(entry).is_some(),
                None => false,
            },
            None => false,
        }
    }

    /// The state of a layer above, by its type.
    pub fn extension<T: Extension>(&mut self) -> Option<&mut T> {
        self.extensions.get()
    }

    /// Collects garbage now. Only the dispatch loop and natives that keep nothing unrooted may call it.
    pub fn collect(&mut self) {
        let Vm { heap, fiber, fibers, extensions, roots, last_exception, .. } = self;
        heap.collect(&|tracer: &mut Tracer<'_>| {
            fiber.trace(tracer);
            fibers.trace(tracer);
            for extension in extensions.iter() {
                extension.trace(tracer);
            }
            tracer.values(roots);
            tracer.value(*last_exception);
        });
        self.report_unawaited();
    }

    /// Collects, and tells whether the heap is sound; for tests. `beside` is what fibers that this machine does not know
    /// of have charged to the budget.
    ///
    /// # Errors
    /// What is not as it must be.
    pub fn verify(&mut self, beside: usize) -> Result<(), alloc::string::String> {
        self.collect();
        let fibers = self.fiber.bytes() + self.fibers.bytes();
        let extensions: usize = self.extensions.iter().map(Extension::bytes).sum();
        self.heap.verify(fibers + extensions + beside)
    }

    /// Back-edges and calls so far: what the virtual clock computes the time spent from.
    pub fn work_done(&self) -> u64 {
        self.spent + (self.fuel_granted - self.fuel) as u64
    }

    /// Writes text to an output.
    pub fn write(&mut self, stream: Stream, text: &str) {
        self.platform.write(stream, text.as_bytes());
    }

    /// A `TypeError` with a message.
    #[cold]
    pub fn type_error(&mut self, message: &str) -> Raised {
        self.heap.raise(TypeId::TypeError, message)
    }
}
