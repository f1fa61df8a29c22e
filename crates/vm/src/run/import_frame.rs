//! Loading the components of a dotted name one after another, as a frame, because a file system may be written in
//! Python and because the modules' own code runs.
//!
//! ```text
//!   Component ──loaded or built in──▶ the next one, or done
//!       │ a file is to be found
//!       ▼
//!   Searching: directory? __init__.py? .py? .mpy? in each entry of the path
//!       │ found
//!       ▼
//!   Reading ──▶ Running the module's code ──▶ the next one, or done
//! ```
//!
//! What always holds: an answer from outside is kept in the frame until it has been used, so a step that ran out of
//! memory can be done again; and a module whose code failed is not in `sys.modules`.

use super::frame::{Action, Input};
use super::import::{FROZEN_ENTRY, can_be_replaced, is_frozen};
use super::native_frame::{NativeFrame, Step};
use super::platform::PathKind;
use super::source::SourceMode;
use super::source_files::{Answer, contents_from_value, kind_from_value};
use super::{FewArguments, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What upstream's compiler makes of a `.py` file. Its instructions are those of upstream's machine.
const COMPILED_SUFFIX: &str = ".mpy";
const SOURCE_SUFFIX: &str = ".py";
/// What of a package is run when the package is the program.
const PROGRAM_OF_PACKAGE: &str = ".__main__";

/// A candidate below a directory, in the order of the search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Candidate {
    /// A directory of the name: a package.
    Package,
    Source,
    Compiled,
    /// Its `__init__.py`.
    PackageSource,
    /// Its `__init__.mpy`.
    PackageCompiled,
}

/// The search for one component.
struct Search {
    /// The directories still to be looked at, the next one last.
    directories: Vec<String>,
    /// The path without a suffix in the directory at hand.
    stem: String,
    candidate: Candidate,
}

impl Search {
    fn path(&self) -> String {
        let stem = &self.stem;
        match self.candidate {
            Candidate::Package => stem.clone(),
            Candidate::Source => format!("{stem}{SOURCE_SUFFIX}"),
            Candidate::Compiled => format!("{stem}{COMPILED_SUFFIX}"),
            Candidate::PackageSource => format!("{stem}/__init__{SOURCE_SUFFIX}"),
            Candidate::PackageCompiled => format!("{stem}/__init__{COMPILED_SUFFIX}"),
        }
    }

    /// The path that belongs to a component in the next directory, if there is one.
    fn next_directory(&mut self, component: &str) -> bool {
        let Some(directory) = self.directories.pop() else { return false };
        self.stem =
            if directory.is_empty() { component.to_string() } else { format!("{directory}/{component}") };
        self.candidate = Candidate::Package;
        true
    }

    /// Takes note of what the candidate is.
    fn learn(&mut self, component: &str, kind: PathKind) -> Found {
        let is_file = kind == PathKind::File;
        match self.candidate {
            Candidate::Package if kind == PathKind::Directory => self.candidate = Candidate::PackageSource,
            Candidate::Package => self.candidate = Candidate::Source,
            Candidate::Source | Candidate::Compiled if is_file => {
                return Found::File(FoundFile { path: Some(self.path()), package: None });
            }
            Candidate::Source => self.candidate = Candidate::Compiled,
            Candidate::Compiled => {
                if !self.next_directory(component) {
                    return Found::Nothing;
                }
            }
            Candidate::PackageSource if !is_file => self.candidate = Candidate::PackageCompiled,
            Candidate::PackageSource | Candidate::PackageCompiled => {
                let path = is_file.then(|| self.path());
                return Found::File(FoundFile { path, package: Some(self.stem.clone()) });
            }
        }
        Found::NotYet
    }
}

/// How far a search has come.
enum Found {
    NotYet,
    Nothing,
    File(FoundFile),
}

/// Where a module is.
#[derive(Clone)]
struct FoundFile {
    /// The file to run; none for a package without `__init__.py`.
    path: Option<String>,
    /// The directory, for a package.
    package: Option<String>,
}

enum Stage {
    Component,
    Searching(Search),
    Reading(FoundFile),
    /// The module whose code is running, with its name.
    Running(Symbol, Value),
}

/// Loads the components of a dotted name one after another.
pub(super) struct ImportFrame {
    name: String,
    /// Where the next component begins.
    at: usize,
    last: bool,
    /// Whether the module named last is the program: it runs as `__main__`.
    program: bool,
    first: Value,
    parent: Value,
    stage: Stage,
    /// Whether the next input answers a question, and the answer until it is used.
    asked: bool,
    answer: Option<Value>,
}

impl ImportFrame {
    /// A frame that loads this name; with the flag, its result is the last module, else the first.
    pub(super) fn new(name: String, last: bool) -> ImportFrame {
        ImportFrame {
            name,
            at: 0,
            last,
            program: false,
            first: Value::UNBOUND,
            parent: Value::UNBOUND,
            stage: Stage::Component,
            asked: false,
            answer: None,
        }
    }

    /// A frame that runs the module of this name as the program; of a package, its `__main__` module.
    pub(super) fn of_program(name: String) -> ImportFrame {
        ImportFrame { program: true, ..ImportFrame::new(name, true) }
    }

    fn component_end(&self) -> usize {
        self.name[self.at..].find('.').map_or(self.name.len(), |dot| self.at + dot)
    }

    fn component(&self) -> &str {
        &self.name[self.at..self.component_end()]
    }

    /// The name up to the component at hand.
    fn full_name(&self) -> &str {
        &self.name[..self.component_end()]
    }

    /// A component is there: link it to its parent and go on.
    fn arrived(&mut self, vm: &mut Vm, module: Value) -> Result<Step, Raised> {
        if let Some(&Slot::Module(namespace)) = vm.heap.slot_of(self.parent) {
            let name = vm.heap.intern(self.component())?;
            vm.namespace_set(namespace, name, module)?;
        }
        if self.first.is_unbound() {
            self.first = module;
        }
        let end = self.component_end();
        if end == self.name.len() && self.is_package_to_run(vm, module) {
            self.name.push_str(PROGRAM_OF_PACKAGE);
        }
        if end == self.name.len() {
            return Ok(Step::Return(if self.last { module } else { self.first }));
        }
        self.parent = module;
        self.at = end + 1;
        self.stage = Stage::Component;
        self.component_step(vm)
    }

    /// Whether the program is this package's `__main__` module.
    fn is_package_to_run(&self, vm: &Vm, module: Value) -> bool {
        self.program && !self.name.ends_with(PROGRAM_OF_PACKAGE) && path_of_package(vm, module).is_some()
    }

    /// Finds a component among what is loaded and what is built in, or begins to search for its file.
    fn component_step(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let full = self.full_name();
        // With an empty path a program asks for the built-in, whatever has taken its place.
        if !vm.search_path().is_empty()
            && let Some(module) = vm.loaded_module(full)
        {
            return self.arrived(vm, module);
        }
        // A package made of files has no parts written in Rust, even if one of that name has.
        let in_package = self.package_path(vm).is_some();
        let native = vm.forced_native(full).unwrap_or(full);
        let takes_file = native == full && can_be_replaced(full);
        if !in_package && !takes_file && vm.has_native(native) {
            let native = native.to_string();
            if let Some(module) = vm.native_module(&native)? {
                return self.arrived(vm, module);
            }
        }
        // `sys.path` says where to look.
        vm.native_module("sys")?;
        let mut directories = self.directories(vm);
        directories.reverse();
        let mut search = Search { directories, stem: String::new(), candidate: Candidate::Package };
        if search.next_directory(self.component()) {
            self.stage = Stage::Searching(search);
            self.searching_step(vm)
        } else {
            self.no_file(vm)
        }
    }

    /// The `__path__` of the package that the component is in.
    fn package_path(&self, vm: &Vm) -> Option<Value> {
        path_of_package(vm, self.parent)
    }

    /// Where the component's file may be.
    fn directories(&self, vm: &Vm) -> Vec<String> {
        let text = |value: Value| vm.heap.as_str(value).map(String::from);
        if self.at > 0 {
            return self.package_path(vm).and_then(text).into_iter().collect();
        }
        let frozen = is_frozen(self.component());
        let entries = vm.search_path().iter().filter_map(|&entry| text(entry));
        entries.take_while(|entry| !frozen || entry != FROZEN_ENTRY).collect()
    }

    /// Waits for a frame's answer.
    fn ask(&mut self, vm: &mut Vm, frame: Box<dyn NativeFrame>) -> Result<Step, Raised> {
        vm.push_native(frame, Action::Native)?;
        self.asked = true;
        Ok(Step::Pushed)
    }

    fn searching_step(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        loop {
            let Stage::Searching(search) = &self.stage else { return self.component_step(vm) };
            let kind = match self.answer.take() {
                Some(answer) => kind_from_value(vm, answer),
                None => match (vm.source_files.kind)(vm, &search.path())? {
                    Answer::Now(kind) => kind,
                    Answer::Later(frame) => return self.ask(vm, frame),
                },
            };
            let component = self.component().to_string();
            let Stage::Searching(search) = &mut self.stage else { return self.component_step(vm) };
            match search.learn(&component, kind) {
                Found::NotYet => {}
                Found::Nothing => return self.no_file(vm),
                Found::File(found) => {
                    self.stage = Stage::Reading(found);
                    return self.reading_step(vm);
                }
            }
        }
    }

    /// There is no file: a built-in module that a file may replace, or nothing.
    fn no_file(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let full = self.full_name().to_string();
        if self.package_path(vm).is_none()
            && let Some(module) = vm.native_module(&full)?
        {
            return self.arrived(vm, module);
        }
        Err(vm.heap.raise_fmt(TypeId::ImportError, format_args!("no module named '{full}'")))
    }

    fn reading_step(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let Stage::Reading(found) = &self.stage else { return self.component_step(vm) };
        let FoundFile { path, package } = found.clone();
        let Some(path) = path else {
            let (module, _) = self.new_module(vm, package.as_deref(), None)?;
            return self.arrived(vm, module);
        };
        let source = match self.answer {
            Some(answer) => contents_from_value(vm, answer)?,
            None => match (vm.source_files.read)(vm, &path)? {
                Answer::Now(source) => source,
                Answer::Later(frame) => return self.ask(vm, frame),
            },
        };
        if path.ends_with(COMPILED_SUFFIX) {
            let message = format_args!(
                "incompatible .mpy file: '{path}' holds instructions for another virtual machine; import the .py file \
                 that it was made from"
            );
            return Err(vm.heap.raise_fmt(TypeId::ValueError, message));
        }
        let code = vm.compile(&source, &path, SourceMode::Module)?;
        let (module, namespace) = self.new_module(vm, package.as_deref(), Some(&path))?;
        let symbol = vm.heap.intern(self.full_name())?;
        let function = vm.function_of(code, namespace)?;
        self.answer = None;
        self.stage = Stage::Running(symbol, module);
        Ok(Step::Call(function, FewArguments::new(&[])))
    }

    /// The module of the component at hand, with nothing in it but what tells where it is from.
    fn new_module(
        &self,
        vm: &mut Vm,
        package: Option<&str>,
        file: Option<&str>,
    ) -> Result<(Value, Handle), Raised> {
        let is_program = self.program && package.is_none() && self.component_end() == self.name.len();
        let (module, namespace) =
            if is_program { vm.name_program(self.full_name())? } else { vm.new_module(self.full_name())? };
        for (name, text) in [(sym::DUNDER_PATH, package), (sym::DUNDER_FILE, file)] {
            if let Some(text) = text {
                let text = vm.heap.str(text)?;
                vm.namespace_set(namespace, name, text)?;
            }
        }
        Ok((module, namespace))
    }

    fn go_on(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        match self.stage {
            Stage::Component => self.component_step(vm),
            Stage::Searching(_) => self.searching_step(vm),
            Stage::Reading(_) => self.reading_step(vm),
            Stage::Running(symbol, module) => {
                // A module may have put another one in its place.
                let module = vm.namespace_get(vm.modules, symbol).unwrap_or(module);
                self.arrived(vm, module)
            }
        }
    }
}

/// The `__path__` of a module that is a package.
fn path_of_package(vm: &Vm, module: Value) -> Option<Value> {
    match vm.heap.slot_of(module) {
        Some(Slot::Module(namespace)) => vm.namespace_get(*namespace, sym::DUNDER_PATH),
        _ => None,
    }
}

impl NativeFrame for ImportFrame {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Raised(exception) => {
                if let Stage::Running(symbol, _) = self.stage {
                    vm.namespace_delete(vm.modules, symbol);
                }
                return Err(Raised(exception));
            }
            Input::Value(answer) if self.asked => {
                self.asked = false;
                self.answer = Some(answer);
            }
            _ => {}
        }
        let result = self.go_on(vm);
        if let (Err(_), Stage::Reading(_)) = (&result, &self.stage)
            && let Some(symbol) = vm.heap.symbols.find(self.full_name())
        {
            vm.namespace_delete(vm.modules, symbol);
        }
        result
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.first);
        tracer.value(self.parent);
        if let Some(answer) = self.answer {
            tracer.value(answer);
        }
        if let Stage::Running(_, module) = self.stage {
            tracer.value(module);
        }
    }

    fn catches(&self) -> bool {
        true
    }
}
