//! `sys`: what a program may know about the machine it runs on, the standard streams, and how to leave.

use crate::arguments::special_method;
use crate::collections::named_tuple;
use crate::io::file;
use crate::settings::settings;
use alloc::boxed::Box;
use alloc::string::String;
use wigwag_vm::heap::{Heap, Raised, Tracer, TypeId, Value, sym};
use wigwag_vm::objects::function::{Member, full, plain};
use wigwag_vm::run::{
    Arguments, Extension, FewArguments, Input, ModuleDef, NativeFrame, Outcome, Step, Stream, Vm,
};

/// `sys`
pub static MODULE: ModuleDef = ModuleDef {
    name: "sys",
    members: &[
        Member::Machine("argv", arguments_list),
        Member::Machine("path", path),
        Member::Machine("version", |vm| {
            let version = settings(vm).version;
            vm.heap.str(&version)
        }),
        Member::Lazy("version_info", |heap| heap.tuple(&[3, 4, 0].map(Value::tiny_int))),
        Member::Machine("implementation", implementation),
        Member::Machine("platform", |vm| {
            let platform = settings(vm).platform;
            vm.heap.str(&platform)
        }),
        Member::Machine("executable", |vm| {
            let executable = settings(vm).executable.unwrap_or_default();
            vm.heap.str(&executable)
        }),
        Member::Str("byteorder", "little"),
        Member::Machine("maxsize", |vm| {
            let unused = 64_u32.saturating_sub(settings(vm).word_bits).min(62);
            vm.heap.int(i64::MAX >> unused)
        }),
        Member::Str("ps1", ">>> "),
        Member::Str("ps2", "... "),
        Member::Machine("modules", |vm| Ok(vm.modules.value())),
        Member::Lazy("stdin", |heap| file::make_standard(heap, 0, false)),
        Member::Lazy("stdout", |heap| file::make_standard(heap, 1, false)),
        Member::Lazy("stderr", |heap| file::make_standard(heap, 2, false)),
        plain("exit", 0, 1, exit),
        full("atexit", 1, 1, at_exit),
        full("print_exception", 1, 2, print_exception),
        full("exc_info", 0, 0, exception_info),
    ],
};

/// What `sys.atexit()` was given.
#[derive(Default)]
pub struct ExitFunction(Option<Value>);

impl Extension for ExitFunction {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(function) = self.0 {
            tracer.value(function);
        }
    }
}

/// The function to be called when the program has ended, if it wants one; forgotten then.
pub fn take_exit_function(vm: &mut Vm) -> Option<Value> {
    vm.extension::<ExitFunction>()?.0.take().filter(|function| !function.is_none())
}

fn at_exit(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let function = given.at(vm, 0);
    let before = vm.extension::<ExitFunction>().and_then(|state| state.0.replace(function));
    Ok(before.unwrap_or(Value::NONE).into())
}

fn list_of_texts(heap: &mut Heap, texts: &[String]) -> Result<Value, Raised> {
    let list = heap.list(&[])?;
    for text in texts {
        let text = heap.str(text)?;
        heap.list_push(list, text)?;
    }
    Ok(list)
}

fn arguments_list(vm: &mut Vm) -> Result<Value, Raised> {
    let arguments = settings(vm).arguments;
    list_of_texts(&mut vm.heap, &arguments)
}

fn path(vm: &mut Vm) -> Result<Value, Raised> {
    let path = settings(vm).path;
    list_of_texts(&mut vm.heap, &path)
}

fn implementation(vm: &mut Vm) -> Result<Value, Raised> {
    let settings = settings(vm);
    let (major, minor, micro, stage) = &settings.implementation_version;
    let stage = vm.heap.str(stage)?;
    let [major, minor, micro] = [major, minor, micro].map(|&part| Value::tiny_int(i32::from(part)));
    let version = vm.heap.tuple(&[major, minor, micro, stage])?;
    let name = vm.heap.str("micropython")?;
    let machine = vm.heap.str(&settings.machine)?;
    let build = vm.heap.str(&settings.build)?;
    // Without a name such a tuple prints as its fields alone.
    named_tuple::make(
        vm,
        sym::EMPTY,
        &[("name", name), ("version", version), ("_machine", machine), ("_build", build)],
    )
}

fn exit(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    match given.first() {
        Some(&status) => Err(heap.raise_with(TypeId::SystemExit, status)),
        None => Err(heap.raise_bare(TypeId::SystemExit)),
    }
}

/// `exc_info()`: type and value of the exception that is being handled; there are no traceback objects.
fn exception_info(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let information = match vm.handled_exception() {
        Some(exception) => [vm.heap.class_of(exception).value(), exception, Value::NONE],
        None => [Value::NONE; 3],
    };
    Ok(vm.heap.tuple(&information)?.into())
}

/// `print_exception(exception, file=sys.stdout)`
fn print_exception(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let exception = given.at(vm, 0);
    let text = vm.format_exception(exception);
    match given.get(vm, 1) {
        None => {
            vm.write(Stream::Out, &text);
            Ok(Value::NONE.into())
        }
        Some(file) => write_to(vm, file, text),
    }
}

/// Writes a text to any stream.
pub fn write_to(vm: &mut Vm, file: Value, text: String) -> Result<Outcome, Raised> {
    let Some((method, receiver)) = special_method(&mut vm.heap, file, sym::WRITE)? else {
        return Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"));
    };
    let text = vm.heap.string(text)?;
    Ok(Outcome::Frame(Box::new(WriteFrame { method, arguments: [receiver, text] })))
}

/// Calls `write` and drops what it returns.
struct WriteFrame {
    method: Value,
    arguments: [Value; 2],
}

impl NativeFrame for WriteFrame {
    fn step(&mut self, _: &mut Vm, input: Input) -> Result<Step, Raised> {
        Ok(match input {
            Input::Start => Step::Call(self.method, FewArguments::new(&self.arguments)),
            _ => Step::Return(Value::NONE),
        })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.method);
        tracer.values(&self.arguments);
    }
}
