//! `import`: from a name to a module, whether written in Rust or in a file.
//!
//! The search follows upstream: a module already in `sys.modules`; then, for each entry of `sys.path`, a package
//! directory or a `.py` file; the empty entry stands for the current directory. Modules written in Rust are found
//! before files unless they are ones that upstream lets a file extend (see [`EXTENSIBLE`]).

use super::frame::{Action, Input};
use super::native_frame::{NativeFrame, Step};
use super::platform::PathKind;
use super::source::SourceMode;
use super::{Called, FewArguments, ModuleDef, Request, Vm};
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

/// What a program may put something else in the place of in `sys`, the one module written in Rust that lets it.
const REPLACEABLE: &[Symbol] = &[sym::PATH, sym::PS1, sym::PS2];

/// Where in `sys.path` the frozen modules are.
const FROZEN_ENTRY: &str = ".frozen";

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
        let frame =
            ImportFrame { name, at: 0, last, first: Value::UNBOUND, parent: Value::UNBOUND, loading: None };
        let frame = match frame.loaded_already(self) {
            Ok(module) => return Ok(Called::Value(module)),
            Err(frame) => frame,
        };
        self.push_native(Box::new(frame), action)?;
        Ok(Called::Pushed)
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

    /// A new module with its name, entered in `sys.modules`.
    pub fn new_module(&mut self, name: &str) -> Result<(Value, Handle), Raised> {
        let symbol = self.heap.intern(name)?;
        let namespace = self.heap.dict(Dict::for_names())?;
        let Some(handle) = namespace.as_handle() else { return Err(Raised::OUT_OF_MEMORY) };
        self.namespace_set(handle, sym::DUNDER_NAME, Value::from_symbol(symbol))?;
        let module = self.heap.allocate(Slot::Module(handle))?.value();
        self.namespace_set(self.modules, symbol, module)?;
        Ok((module, handle))
    }

    /// Loads a module written in Rust.
    fn load_native(&mut self, definition: &'static ModuleDef) -> Result<Value, Raised> {
        let (module, namespace) = self.new_module(definition.name)?;
        let depth = self.roots.len();
        self.roots.push(module);
        let filled = self.fill_namespace(namespace, definition.members);
        self.roots.truncate(depth);
        if let Err(raised) = filled {
            // A module that failed is not there: the next attempt begins anew.
            if let Some(name) = self.heap.symbols.find(definition.name) {
                self.namespace_delete(self.modules, name);
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

    /// Whether a program may set this name of a module written in Rust.
    pub(super) fn is_replaceable(&self, namespace: Handle, name: Symbol) -> bool {
        let is_sys = || {
            let name = self.namespace_get(namespace, sym::DUNDER_NAME);
            name.and_then(|name| self.heap.as_str(name)) == Some("sys")
        };
        REPLACEABLE.contains(&name) && is_sys()
    }

    /// The name under which a module written in Rust is known: `usys`, and `u` before the name of an extensible one,
    /// mean the module itself, whatever files there are.
    fn forced_native<'a>(&self, name: &'a str) -> Option<&'a str> {
        let plain = name.strip_prefix('u')?;
        let known = |name: &str| self.native_modules.iter().any(|module| module.name == name);
        (!known(name) && (plain == "sys" || EXTENSIBLE.contains(&plain)) && known(plain)).then_some(plain)
    }

    /// A module written in Rust by its name, loaded if need be.
    pub fn native_module(&mut self, name: &str) -> Result<Option<Value>, Raised> {
        if let Some(module) = self.loaded_module(name) {
            return Ok(Some(module));
        }
        match self.native_modules.iter().find(|module| module.name == name) {
            Some(&definition) => self.load_native(definition).map(Some),
            None if name == "builtins" => {
                let module = self.heap.allocate(Slot::Module(self.builtins))?.value();
                self.namespace_set(self.modules, sym::BUILTINS, module)?;
                Ok(Some(module))
            }
            None => Ok(None),
        }
    }

    fn search_path(&mut self) -> Vec<String> {
        let path = self
            .loaded_module("sys")
            .and_then(|module| match self.heap.slot_of(module) {
                Some(Slot::Module(namespace)) => self.namespace_get(*namespace, sym::PATH),
                _ => None,
            })
            .or_else(|| self.namespace_get(self.modules, sym::EMPTY));
        match path.and_then(|path| self.heap.as_sequence(path)) {
            Some(entries) => {
                entries.iter().filter_map(|&entry| self.heap.as_str(entry)).map(String::from).collect()
            }
            None => alloc::vec![String::new()],
        }
    }

    /// A module file or package below a directory.
    fn find_file(&mut self, directory: &str, name: &str) -> Option<FoundFile> {
        let stem = if directory.is_empty() { name.to_string() } else { format!("{directory}/{name}") };
        match self.platform.path_kind(&stem) {
            PathKind::Directory => {
                let init = format!("{stem}/__init__.py");
                let has_init = self.platform.path_kind(&init) == PathKind::File;
                return Some(FoundFile { path: has_init.then_some(init), package: Some(stem) });
            }
            PathKind::File | PathKind::Missing => {}
        }
        let file = format!("{stem}.py");
        (self.platform.path_kind(&file) == PathKind::File)
            .then_some(FoundFile { path: Some(file), package: None })
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

struct FoundFile {
    /// The file to run; none for a package without `__init__.py`.
    path: Option<String>,
    /// The directory, for a package.
    package: Option<String>,
}

/// Loads the components of a dotted name one after another.
struct ImportFrame {
    name: String,
    /// Where the next component begins.
    at: usize,
    last: bool,
    first: Value,
    parent: Value,
    /// The module whose file is running: its symbol, the module.
    loading: Option<(Symbol, Value)>,
}

impl ImportFrame {
    /// The result, if every component is loaded already.
    fn loaded_already(self, vm: &Vm) -> Result<Value, ImportFrame> {
        let first_end = self.name.find('.').unwrap_or(self.name.len());
        let wanted = if self.last { &self.name } else { &self.name[..first_end] };
        match (vm.loaded_module(&self.name), vm.loaded_module(wanted)) {
            (Some(_), Some(module)) => Ok(module),
            _ => Err(self),
        }
    }

    fn component_end(&self) -> usize {
        self.name[self.at..].find('.').map_or(self.name.len(), |dot| self.at + dot)
    }

    /// A component is there: link it to its parent and go on.
    fn arrived(&mut self, vm: &mut Vm, module: Value) -> Result<Option<Value>, Raised> {
        let end = self.component_end();
        if let Some(Slot::Module(namespace)) = vm.heap.slot_of(self.parent) {
            let namespace = *namespace;
            let name = vm.heap.intern(&self.name[self.at..end])?;
            vm.namespace_set(namespace, name, module)?;
        }
        if self.first.is_unbound() {
            self.first = module;
        }
        self.parent = module;
        if end == self.name.len() {
            return Ok(Some(if self.last { module } else { self.first }));
        }
        self.at = end + 1;
        Ok(None)
    }

    fn find(&self, vm: &mut Vm) -> Result<Option<FoundFile>, Raised> {
        let component = &self.name[self.at..self.component_end()];
        if let Some(Slot::Module(namespace)) = vm.heap.slot_of(self.parent) {
            let namespace = *namespace;
            let path = vm.namespace_get(namespace, sym::DUNDER_PATH).unwrap_or(Value::NONE);
            let Some(directory) = vm.heap.as_str(path).map(String::from) else { return Ok(None) };
            return Ok(vm.find_file(&directory, component));
        }
        let frozen = FROZEN.contains(&component);
        for directory in vm.search_path() {
            if frozen && directory == FROZEN_ENTRY {
                return Ok(None);
            }
            if let Some(found) = vm.find_file(&directory, component) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn parent_is_package(&self, vm: &Vm) -> bool {
        match vm.heap.slot_of(self.parent) {
            Some(Slot::Module(namespace)) => vm.namespace_get(*namespace, sym::DUNDER_PATH).is_some(),
            _ => false,
        }
    }

    fn load(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        loop {
            let full = self.name[..self.component_end()].to_string();
            if let Some(module) = vm.loaded_module(&full) {
                match self.arrived(vm, module)? {
                    Some(result) => return Ok(Step::Return(result)),
                    None => continue,
                }
            }
            if let Some(plain) = vm.forced_native(&full)
                && let Some(module) = vm.native_module(plain)?
            {
                match self.arrived(vm, module)? {
                    Some(result) => return Ok(Step::Return(result)),
                    None => continue,
                }
            }
            // A package made of files has no parts written in Rust, even if one of that name has.
            let in_package = self.parent_is_package(vm);
            let is_native = !in_package
                && (vm.native_modules.iter().any(|module| module.name == full) || full == "builtins");
            let extensible = EXTENSIBLE.contains(&full.as_str()) || FROZEN.contains(&full.as_str());
            let found = if is_native && !extensible { None } else { self.find(vm)? };
            if found.is_none()
                && !in_package
                && let Some(module) = vm.native_module(&full)?
            {
                match self.arrived(vm, module)? {
                    Some(result) => return Ok(Step::Return(result)),
                    None => continue,
                }
            }
            let Some(found) = found else {
                return Err(vm.heap.raise_fmt(TypeId::ImportError, format_args!("no module named '{full}'")));
            };
            let (module, namespace) = vm.new_module(&full)?;
            if let Some(package) = &found.package {
                let package = vm.heap.str(package)?;
                vm.namespace_set(namespace, sym::DUNDER_PATH, package)?;
            }
            let Some(path) = found.path else {
                match self.arrived(vm, module)? {
                    Some(result) => return Ok(Step::Return(result)),
                    None => continue,
                }
            };
            let file = vm.heap.str(&path)?;
            vm.namespace_set(namespace, sym::DUNDER_FILE, file)?;
            let symbol = vm.heap.intern(&full)?;
            self.loading = Some((symbol, module));
            let source = match vm.platform.read_file(&path) {
                Ok(source) => source,
                Err(errno) => return Err(vm.heap.raise_os(errno)),
            };
            let code = vm.compile(&source, &path, SourceMode::Module)?;
            let function = vm.function_of(code, namespace)?;
            return Ok(Step::Call(function, FewArguments::new(&[])));
        }
    }
}

impl NativeFrame for ImportFrame {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(_) => {
                if let Some((symbol, module)) = self.loading.take() {
                    // A module may have put another one in its place.
                    let module = vm.namespace_get(vm.modules, symbol).unwrap_or(module);
                    if let Some(result) = self.arrived(vm, module)? {
                        return Ok(Step::Return(result));
                    }
                }
                self.load(vm)
            }
            Input::Raised(exception) => {
                // A module that failed is not there.
                if let Some((symbol, _)) = self.loading {
                    vm.namespace_delete(vm.modules, symbol);
                }
                Err(Raised(exception))
            }
            _ => {
                let result = self.load(vm);
                if let (Err(_), Some((symbol, _))) = (&result, self.loading) {
                    vm.namespace_delete(vm.modules, symbol);
                }
                result
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.first);
        tracer.value(self.parent);
        if let Some((_, module)) = self.loading {
            tracer.value(module);
        }
    }

    fn catches(&self) -> bool {
        true
    }
}
