//! Parts of modules that are written in Python: compiled when one of their names is first looked up.
//!
//! They are what nobody does in a tight loop, and what is clearer so. Each is a module of its own below the one that has
//! its names.

use alloc::boxed::Box;
use alloc::string::String;
use wigwag_vm::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value};
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// A part.
pub struct Part {
    /// The module that has its names.
    pub home: &'static str,
    /// The module's own name.
    pub module: &'static str,
    /// The file, as tracebacks show it.
    pub file: &'static str,
    /// What is compiled.
    pub source: &'static str,
    /// What `home` has of it.
    pub names: &'static [&'static str],
}

/// `__getattr__(name)` of a module whose other names are those of its parts.
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "the modules that need it may be left out"))]
pub fn attribute(vm: &mut Vm, parts: &'static [Part], given: Arguments) -> Result<Outcome, Raised> {
    let name = given.at(vm, 0);
    let text = String::from(vm.heap.as_str(name).unwrap_or(""));
    match look_up(vm, parts, &text)? {
        Some(outcome) => Ok(outcome),
        None => Err(no_attribute(vm, &text)),
    }
}

/// A name that one of the parts has, if one has it.
pub fn look_up(vm: &mut Vm, parts: &'static [Part], name: &str) -> Result<Option<Outcome>, Raised> {
    let Some(part) = parts.iter().find(|part| part.names.contains(&name)) else { return Ok(None) };
    let name = vm.heap.intern(name)?;
    if let Some(&Slot::Module(namespace)) =
        vm.loaded_module(part.module).and_then(|module| vm.heap.slot_of(module))
        && let Some(value) = vm.namespace_get(namespace, name)
    {
        return Ok(Some(value.into()));
    }
    let code = vm.compile(part.source.as_bytes(), part.file, SourceMode::Module)?;
    let (module, namespace) = vm.new_module(part.module)?;
    let body = vm.function_of(code, namespace)?;
    let frame = Load { part, name, module, namespace, body, started: false };
    Ok(Some(Outcome::Frame(Box::new(frame))))
}

/// Runs a part and gives one of its names.
struct Load {
    part: &'static Part,
    name: Symbol,
    module: Value,
    namespace: Handle,
    body: Value,
    started: bool,
}

impl Load {
    /// From now on the module has the names itself.
    fn publish(&self, vm: &mut Vm) -> Result<(), Raised> {
        let Some(&Slot::Module(home)) =
            vm.loaded_module(self.part.home).and_then(|module| vm.heap.slot_of(module))
        else {
            return Ok(());
        };
        for name in self.part.names {
            let name = vm.heap.intern_static(name)?;
            if let Some(value) = vm.namespace_get(self.namespace, name) {
                vm.namespace_set(home, name, value)?;
            }
        }
        Ok(())
    }
}

impl NativeFrame for Load {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Raised(exception) => {
                // The next attempt begins anew.
                if let Some(name) = vm.heap.symbols.find(self.part.module) {
                    vm.namespace_delete(vm.modules, name);
                }
                Err(Raised(exception))
            }
            _ if !self.started => {
                self.started = true;
                Ok(Step::Call(self.body, FewArguments::new(&[])))
            }
            _ => {
                self.publish(vm)?;
                Ok(Step::Return(vm.namespace_get(self.namespace, self.name).unwrap_or(Value::NONE)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.module, self.body]);
        tracer.handle(self.namespace);
    }

    fn catches(&self) -> bool {
        true
    }
}

/// The exception for a name that a module does not have.
#[cold]
pub fn no_attribute(vm: &mut Vm, name: &str) -> Raised {
    vm.heap.raise_fmt(TypeId::AttributeError, format_args!("'module' object has no attribute '{name}'"))
}
