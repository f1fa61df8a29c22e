//! Running text: `compile`, `eval`, `exec`, `execfile`; and `__import__`.
//!
//! Text given to `compile` is compiled so that its names live in a namespace that is handed over when it runs, because
//! which one is not known before. Text given to `exec` without a namespace of its own runs like a module.

use crate::heap::{Handle, Raised, Slot, Tracer, TypeId, Value, sym, try_copy};
use crate::run::source::SourceMode;
use crate::run::source_files::{Answer, contents_from_value};
use crate::run::{Action, Arguments, FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A copy of the text of a string argument.
fn text(vm: &mut Vm, value: Value) -> Result<String, Raised> {
    match vm.heap.as_str(value) {
        Some(text) => Ok(String::from(text)),
        None => {
            let kind = String::from(vm.heap.type_name(value));
            Err(vm.heap.raise_fmt(
                TypeId::TypeError,
                format_args!("can't convert '{kind}' object to str implicitly"),
            ))
        }
    }
}

/// `compile(source, file name, mode)`; flags and other arguments are ignored.
pub fn compile(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let source = arguments.at(vm, 0);
    let source = source_bytes(vm, source)?;
    let file = arguments.at(vm, 1);
    let file = text(vm, file)?;
    let mode = arguments.at(vm, 2);
    let mode = match text(vm, mode)?.as_str() {
        "single" => SourceMode::Single,
        "exec" => SourceMode::Namespace,
        "eval" => SourceMode::EvalNamespace,
        _ => return Err(vm.heap.raise(TypeId::ValueError, "bad compile mode")),
    };
    Ok(vm.compile(&source, &file, mode)?.into())
}

fn source_bytes(vm: &mut Vm, value: Value) -> Result<Vec<u8>, Raised> {
    let part = vm.heap.native_part(value);
    match vm.heap.as_buffer(part) {
        Some(bytes) => Ok(try_copy(bytes)?),
        None => Err(vm.type_error("object with buffer protocol required")),
    }
}

/// `eval(source, globals=None, locals=None)`
pub fn eval(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (globals, locals) = namespaces(vm, arguments)?;
    let source = arguments.at(vm, 0);
    if let Some(Slot::Code(_)) = vm.heap.slot_of(source) {
        return execute(vm, source, globals, locals);
    }
    let mode = if globals == locals { SourceMode::Eval } else { SourceMode::EvalNamespace };
    let source = source_bytes(vm, source)?;
    let code = vm.compile(&source, "<string>", mode)?;
    execute(vm, code, globals, locals)
}

/// `exec(source, globals=None, locals=None)`
pub fn exec(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let source = arguments.at(vm, 0);
    if let Some(Slot::Code(_)) = vm.heap.slot_of(source) {
        let (globals, locals) = namespaces(vm, arguments)?;
        return execute(vm, source, globals, locals);
    }
    let source = source_bytes(vm, source)?;
    run_text(vm, arguments, &source, "<string>")
}

/// `execfile(path, globals=None, locals=None)`
pub fn execfile(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let path = arguments.at(vm, 0);
    let path = text(vm, path)?;
    let (globals, locals) = namespaces(vm, arguments)?;
    Ok(Outcome::Frame(Box::new(ExecFile { path, globals, locals, running: false })))
}

/// Runs a file, which a frame may have to read.
struct ExecFile {
    path: String,
    globals: Handle,
    locals: Handle,
    running: bool,
}

impl ExecFile {
    fn run(&mut self, vm: &mut Vm, source: &[u8]) -> Result<Step, Raised> {
        let (function, arguments) = function_of_text(vm, source, &self.path, self.globals, self.locals)?;
        self.running = true;
        Ok(Step::Call(function, arguments))
    }
}

impl NativeFrame for ExecFile {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(result) if self.running => Ok(Step::Return(result)),
            Input::Value(source) => {
                let source = contents_from_value(vm, source)?;
                self.run(vm, &source)
            }
            _ => match (vm.source_files.read)(vm, &self.path)? {
                Answer::Now(source) => self.run(vm, &source),
                Answer::Later(reading) => {
                    vm.push_native(reading, Action::Native)?;
                    Ok(Step::Pushed)
                }
            },
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.handle(self.globals);
        tracer.handle(self.locals);
    }
}

fn run_text(vm: &mut Vm, arguments: Arguments, source: &[u8], file: &str) -> Result<Outcome, Raised> {
    let (globals, locals) = namespaces(vm, arguments)?;
    let (function, arguments) = function_of_text(vm, source, file, globals, locals)?;
    Ok(Outcome::Call(function, arguments))
}

/// A function that runs a text in these namespaces, and its arguments.
fn function_of_text(
    vm: &mut Vm,
    source: &[u8],
    file: &str,
    globals: Handle,
    locals: Handle,
) -> Result<(Value, FewArguments), Raised> {
    let mode = if globals == locals { SourceMode::Module } else { SourceMode::Namespace };
    let code = vm.compile(source, file, mode)?;
    function_to_execute(vm, code, globals, locals)
}

/// The namespaces that the second and third argument ask for; as upstream, globals given alone are the locals too.
fn namespaces(vm: &mut Vm, arguments: Arguments) -> Result<(Handle, Handle), Raised> {
    let mut globals = vm.current_globals();
    let mut locals = vm.current_locals();
    for number in 1..3 {
        let Some(given) = arguments.get(vm, number).filter(|given| !given.is_none()) else { continue };
        let Some(namespace) = given.as_handle().filter(|_| vm.heap.as_dict(given).is_some()) else {
            return Err(vm.heap.raise_bare(TypeId::TypeError));
        };
        vm.make_namespace(namespace)?;
        locals = namespace;
        if number == 1 {
            globals = namespace;
        }
    }
    Ok((globals, locals))
}

/// Runs a code object.
fn execute(vm: &mut Vm, code: Value, globals: Handle, locals: Handle) -> Result<Outcome, Raised> {
    let (function, arguments) = function_to_execute(vm, code, globals, locals)?;
    Ok(Outcome::Call(function, arguments))
}

/// A function that runs a code object in these namespaces, and its arguments.
fn function_to_execute(
    vm: &mut Vm,
    code: Value,
    globals: Handle,
    locals: Handle,
) -> Result<(Value, FewArguments), Raised> {
    let Some(Slot::Code(object)) = vm.heap.slot_of(code) else {
        return Err(vm.type_error("code object expected"));
    };
    let namespace = object.flags.namespace;
    let code = vm.code_for_globals(code, globals)?;
    let function = vm.function_of(code, globals)?;
    let arguments: &[Value] = if namespace { &[locals.value()] } else { &[] };
    Ok((function, FewArguments::new(arguments)))
}

/// `__import__(name, globals=None, locals=None, fromlist=None, level=0)`
pub fn import(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let name = arguments.at(vm, 0);
    let Some(name) = vm.heap.to_symbol(name)? else {
        text(vm, name)?;
        return Ok(Value::NONE.into());
    };
    let last = arguments.get(vm, 3).is_some_and(|names| !names.is_none());
    let level = match arguments.get(vm, 4) {
        Some(level) => crate::objects::int::machine_int(&mut vm.heap, level)?,
        None => 0,
    };
    let globals = match arguments.get(vm, 1).filter(|globals| level > 0 && !globals.is_none()) {
        Some(globals) if vm.heap.as_dict(globals).is_none() => {
            return Err(vm.heap.raise_bare(TypeId::TypeError));
        }
        Some(globals) => globals.as_handle(),
        None => None,
    };
    let globals = globals.unwrap_or_else(|| vm.current_globals());
    match u8::try_from(level) {
        Ok(level) if name != sym::EMPTY || level > 0 => {
            Ok(Outcome::Perform(Request::Import(name, last, level, globals)))
        }
        _ => Err(vm.heap.raise_bare(TypeId::ValueError)),
    }
}
