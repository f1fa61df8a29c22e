//! `import`: from a name to a module, whether written in Rust or in a file.
//!
//! This file knows what is loaded and which modules are written in Rust; [`ImportFrame`] searches for the others. What
//! always holds: `sys.modules` has the modules made from files (and those that upstream has frozen), and a table of its
//! own those written in Rust, so a file can stand in the place of one without taking it from whoever asks for the
//! built-in itself.

use super::frame::{Action, Input};
use super::import_frame::ImportFrame;
use super::native_frame::{NativeFrame, Step};
use super::{Called, ModuleDef, Request, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::objects::dict::Dict;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Built-in modules that a file or package of the same name replaces, as upstream's extensible modules.
const EXTENSIBLE: &[&str] = &[
    "array",
    "binascii",
    "collections",
    "cryptolib",
    "deflate",
    "errno",
    "framebuf",
    "hashlib",
    "heapq",
    "io",
    "json",
    "machine",
    "os",
    "platform",
    "random",
    "re",
    "select",
    "socket",
    "ssl",
    "struct",
    "time",
    "websocket",
    "zlib",
    "uctypes",
];

/// Built-in modules that upstream has in Python, frozen into the binary: they are found where `sys.path` says `.frozen`,
/// so a file in an entry before that comes first.
const FROZEN: &[&str] = &["asyncio", "uasyncio"];

/// What a program may assign to in `sys`.
const CHANGEABLE_IN_SYS: &[&str] = &["path", "ps1", "ps2"];

/// Where in `sys.path` the frozen modules are.
pub(super) const FROZEN_ENTRY: &str = ".frozen";

/// Whether a module, or the package it is in, is one that upstream has frozen.
pub(super) fn is_frozen(name: &str) -> bool {
    FROZEN.contains(&name.split('.').next().unwrap_or(name))
}

/// Whether a file may come in the place of a built-in module.
pub(super) fn can_be_replaced(name: &str) -> bool {
    EXTENSIBLE.contains(&name) || is_frozen(name)
}

impl Vm {
    /// The `import` statement.
    pub(super) fn import_statement(
        &mut self,
        name: Symbol,
        from_list: Value,
        level: u8,
        action: Action,
    ) -> Result<Called, Raised> {
        let globals = self.current_globals();
        if let Some(hook) = self.namespace_get(self.builtins, sym::DUNDER_IMPORT)
            && !matches!(self.heap.slot_of(hook), Some(Slot::Native(_)))
        {
            let arguments = [
                Value::from_symbol(name),
                globals.value(),
                Value::NONE,
                from_list,
                Value::tiny_int(i32::from(level)),
            ];
            return self.call_many(hook, &arguments, Value::NONE, action);
        }
        let text = String::from(self.heap.symbols.text(name));
        self.import(&text, !from_list.is_none(), u32::from(level), globals, action)
    }

    /// `__import__`: with `last`, the module named last (for `from … import`), else the first.
    pub fn import(
        &mut self,
        name: &str,
        last: bool,
        level: u32,
        globals: Handle,
        action: Action,
    ) -> Result<Called, Raised> {
        let name = if level > 0 { self.resolve_relative(name, level, globals)? } else { name.to_string() };
        if name.is_empty() {
            return Err(self.heap.raise(TypeId::ValueError, "empty module name"));
        }
        if let Some(module) = self.imported_already(&name, last) {
            return Ok(Called::Value(module));
        }
        self.push_native(Box::new(ImportFrame::new(name, last)), action)?;
        Ok(Called::Pushed)
    }

    /// What importing a dotted name gives, if every component is in `sys.modules`.
    fn imported_already(&self, name: &str, last: bool) -> Option<Value> {
        if self.search_path().is_empty() {
            return None;
        }
        let first_end = name.find('.').unwrap_or(name.len());
        let module = self.loaded_module(name)?;
        if last { Some(module) } else { self.loaded_module(&name[..first_end]) }
    }

    fn resolve_relative(&mut self, name: &str, level: u32, globals: Handle) -> Result<String, Raised> {
        let own = self.namespace_get(globals, sym::DUNDER_NAME).unwrap_or(Value::NONE);
        let mut own = String::from(self.heap.as_str(own).unwrap_or(""));
        if own == "__main__"
            && let Some(real) = self.namespace_get(globals, sym::MAIN)
            && let Some(real) = self.heap.as_str(real)
        {
            // A module run with `-m`: its real name is kept there.
            own = String::from(real);
        }
        let is_package = self.namespace_get(globals, sym::DUNDER_PATH).is_some();
        let mut package: &str = &own;
        let up = if is_package { level - 1 } else { level };
        for _ in 0..up {
            package = match package.rfind('.') {
                Some(dot) => &package[..dot],
                None if package.is_empty() => {
                    return Err(self.heap.raise(TypeId::ImportError, "can't perform relative import"));
                }
                None => "",
            };
        }
        if package.is_empty() || (own == "__main__" && !is_package) {
            return Err(self.heap.raise(TypeId::ImportError, "can't perform relative import"));
        }
        Ok(if name.is_empty() { package.to_string() } else { format!("{package}.{name}") })
    }

    /// A module in `sys.modules`.
    pub fn loaded_module(&self, name: &str) -> Option<Value> {
        let symbol = self.heap.symbols.find(name)?;
        self.namespace_get(self.modules, symbol)
    }

    /// Puts the run of a module as the program on the fiber, for `-m`: of a package, its `__main__` module.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn start_module(&mut self, name: &str) -> Result<(), Raised> {
        if name.is_empty() {
            return Err(self.heap.raise(TypeId::ValueError, "empty module name"));
        }
        self.push_native(Box::new(ImportFrame::of_program(name.to_string())), Action::Exit)
    }

    /// The module `__main__` as the one of another name, by which what it imports relatively is found.
    pub(super) fn name_program(&mut self, name: &str) -> Result<(Value, Handle), Raised> {
        let symbol = self.heap.intern(name)?;
        let module = match self.namespace_get(self.modules, sym::MAIN) {
            Some(module) => module,
            None => self.heap.allocate(Slot::Module(self.main))?.value(),
        };
        self.namespace_set(self.main, sym::MAIN, Value::from_symbol(symbol))?;
        self.namespace_set(self.modules, symbol, module)?;
        Ok((module, self.main))
    }

    /// A new module with its name, entered in `sys.modules`.
    pub fn new_module(&mut self, name: &str) -> Result<(Value, Handle), Raised> {
        self.new_module_in(self.modules, name)
    }

    fn new_module_in(&mut self, table: Handle, name: &str) -> Result<(Value, Handle), Raised> {
        let symbol = self.heap.intern(name)?;
        let namespace = self.heap.dict(Dict::for_names())?;
        let Some(handle) = namespace.as_handle() else { return Err(Raised::OUT_OF_MEMORY) };
        self.namespace_set(handle, sym::DUNDER_NAME, Value::from_symbol(symbol))?;
        let module = self.heap.allocate(Slot::Module(handle))?.value();
        self.namespace_set(table, symbol, module)?;
        Ok((module, handle))
    }

    /// Where a module written in Rust is kept once it is loaded: those that upstream has in Python are in `sys.modules`.
    fn table_for_native(&self, name: &str) -> Handle {
        if is_frozen(name) { self.modules } else { self.natives }
    }

    /// Loads a module written in Rust.
    fn load_native(&mut self, definition: &'static ModuleDef) -> Result<Value, Raised> {
        let table = self.table_for_native(definition.name);
        let (module, namespace) = self.new_module_in(table, definition.name)?;
        let depth = self.roots.len();
        self.roots.push(module);
        let filled = self.fill_namespace(namespace, definition.members);
        self.roots.truncate(depth);
        if let Err(raised) = filled {
            // A module that failed is not there: the next attempt begins anew.
            if let Some(name) = self.heap.symbols.find(definition.name) {
                self.namespace_delete(table, name);
            }
            return Err(raised);
        }
        // As upstream: a program cannot change modules that are not written in Python there.
        if !definition.name.ends_with("asyncio")
            && let Some((table, _)) = self.heap.table_and_budget(namespace.value())
        {
            table.read_only = true;
        }
        Ok(module)
    }

    /// The name under which a module written in Rust is known: `usys`, and `u` before the name of an extensible one,
    /// mean the module itself, whatever files there are.
    pub(super) fn forced_native<'a>(&self, name: &'a str) -> Option<&'a str> {
        let plain = name.strip_prefix('u')?;
        let known = |name: &str| self.native_modules.iter().any(|module| module.name == name);
        (!known(name) && (plain == "sys" || EXTENSIBLE.contains(&plain)) && known(plain)).then_some(plain)
    }

    /// Whether a module of this name is written in Rust.
    pub(super) fn has_native(&self, name: &str) -> bool {
        name == "builtins" || self.native_modules.iter().any(|module| module.name == name)
    }

    /// A module written in Rust that is loaded already.
    fn loaded_native(&self, name: &str) -> Option<Value> {
        let symbol = self.heap.symbols.find(name)?;
        self.namespace_get(self.table_for_native(name), symbol)
    }

    /// A module written in Rust by its name, loaded if need be.
    pub fn native_module(&mut self, name: &str) -> Result<Option<Value>, Raised> {
        if let Some(module) = self.loaded_native(name) {
            return Ok(Some(module));
        }
        match self.native_modules.iter().find(|module| module.name == name) {
            Some(&definition) => self.load_native(definition).map(Some),
            None if name == "builtins" => {
                let module = self.heap.allocate(Slot::Module(self.builtins))?.value();
                self.namespace_set(self.natives, sym::BUILTINS, module)?;
                Ok(Some(module))
            }
            None => Ok(None),
        }
    }

    /// The namespace of `sys`, if there is one.
    pub fn sys_namespace(&self) -> Option<Handle> {
        match self.heap.slot_of(self.loaded_native("sys")?) {
            Some(Slot::Module(namespace)) => Some(*namespace),
            _ => None,
        }
    }

    /// Whether a name of a built-in module is one of the few in `sys` that programs may change.
    pub(super) fn is_changeable_in_sys(&self, namespace: Handle, name: Symbol) -> bool {
        self.sys_namespace() == Some(namespace) && CHANGEABLE_IN_SYS.contains(&self.heap.symbols.text(name))
    }

    /// The entries of `sys.path`; without `sys`, the current directory.
    pub(super) fn search_path(&self) -> &[Value] {
        const CURRENT_DIRECTORY: &[Value] = &[Value::from_symbol(sym::EMPTY)];
        match self.sys_namespace() {
            Some(sys) => self
                .namespace_get(sys, sym::PATH)
                .and_then(|path| self.heap.as_sequence(path))
                .unwrap_or(CURRENT_DIRECTORY),
            None => CURRENT_DIRECTORY,
        }
    }

    /// `from module import name`
    pub(super) fn import_from(
        &mut self,
        module: Value,
        name: Symbol,
        action: Action,
    ) -> Result<Called, Raised> {
        match self.attribute(module, name, action) {
            Err(Raised(exception)) if self.heap.is_instance(exception, TypeId::AttributeError.handle()) => {
                if let Some(&Slot::Module(namespace)) = self.heap.slot_of(module)
                    && let Some(own) = self.namespace_get(namespace, sym::DUNDER_NAME)
                    && let Some(own) = self.heap.as_str(own)
                {
                    let full = format!("{own}.{}", self.heap.symbols.text(name));
                    // The submodule may be loading just now.
                    if let Some(module) = self.loaded_module(&full) {
                        return Ok(Called::Value(module));
                    }
                    if self.namespace_get(namespace, sym::DUNDER_PATH).is_some() {
                        let full = self.heap.intern(&full)?;
                        return self.import_statement(full, Value::TRUE, 0, action);
                    }
                }
                let text = String::from(self.heap.symbols.text(name));
                Err(self.heap.raise_fmt(TypeId::ImportError, format_args!("can't import name {text}")))
            }
            other => other,
        }
    }

    /// `from module import *`, whatever the module is.
    pub(super) fn import_star(&mut self, module: Value, action: Action) -> Result<(), Raised> {
        let target = match self.top_frame() {
            Some(frame) if frame.code.flags.namespace => {
                let first = self.register(0);
                first.as_handle().unwrap_or(self.main)
            }
            Some(frame) => frame.globals,
            None => self.main,
        };
        let frame = ImportStar { module, target, names: Vec::new(), asked: Asked::All };
        self.push_native(Box::new(frame), action)
    }
}

/// What an [`ImportStar`] is waiting for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    All,
    Dict,
    /// The attribute of the last of the names.
    Name,
}

/// Puts the public names of a module, or of what stands for one, into a namespace: those in `__all__`, or those in
/// `__dict__` that do not begin with an underscore.
struct ImportStar {
    module: Value,
    target: Handle,
    names: Vec<Symbol>,
    asked: Asked,
}

impl ImportStar {
    fn next_name(&mut self) -> Step {
        match self.names.last() {
            Some(&name) => {
                self.asked = Asked::Name;
                Step::Perform(Request::Attribute(self.module, name))
            }
            None => Step::Return(Value::NONE),
        }
    }
}

impl NativeFrame for ImportStar {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.asked, input) {
            (Asked::All, Input::Value(all)) => {
                let Some(items) = vm.heap.as_sequence(all).map(<[Value]>::to_vec) else {
                    return Err(vm.type_error("object not a tuple or list"));
                };
                self.names.clear();
                for item in items.into_iter().rev() {
                    match vm.heap.to_symbol(item)? {
                        Some(name) => self.names.push(name),
                        None => {
                            let kind = String::from(vm.heap.type_name(item));
                            let message = format_args!("can't convert '{kind}' object to str implicitly");
                            return Err(vm.heap.raise_fmt(TypeId::TypeError, message));
                        }
                    }
                }
                Ok(self.next_name())
            }
            (Asked::All, Input::Raised(exception))
                if vm.heap.is_instance(exception, TypeId::AttributeError.handle()) =>
            {
                self.asked = Asked::Dict;
                Ok(Step::Perform(Request::Attribute(self.module, sym::DUNDER_DICT)))
            }
            (Asked::Dict, Input::Value(dict)) => {
                let entries: Vec<(Value, Value)> = match vm.heap.as_dict(dict) {
                    Some(table) => table.iter().map(|entry| (entry.key, entry.value)).collect(),
                    None => Vec::new(),
                };
                for (key, value) in entries {
                    if vm.heap.as_str(key).is_some_and(|name| !name.starts_with('_'))
                        && let Some(name) = vm.heap.to_symbol(key)?
                    {
                        vm.namespace_set(self.target, name, value)?;
                    }
                }
                Ok(Step::Return(Value::NONE))
            }
            (Asked::Name, Input::Value(value)) => {
                if let Some(&name) = self.names.last() {
                    vm.namespace_set(self.target, name, value)?;
                    self.names.pop();
                }
                Ok(self.next_name())
            }
            (_, Input::Raised(exception)) => Err(Raised(exception)),
            _ => Ok(Step::Perform(Request::Attribute(self.module, sym::DUNDER_ALL))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.module);
        tracer.handle(self.target);
    }

    fn catches(&self) -> bool {
        true
    }
}
