//! Rust functions as Python calls them.

use super::awaitable::{self, Body};
use super::crossing;
use super::hub::Hub;
use super::{Arguments, Asyncio, Data, Exception};
use crate::arguments;
use crate::asyncio::state::Shared;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::function::{ANY, TypeDef, getter, keyword};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Input, NativeFrame, Outcome, Step, Vm};

/// What a function does.
#[derive(Clone)]
pub enum Code {
    /// It gives its result at once.
    AtOnce(Rc<dyn Fn(Arguments) -> Result<Data, Exception>>),
    /// It gives a future.
    Later(Rc<dyn Fn(Arguments) -> Body>),
}

struct Function {
    class: Handle,
    name: Rc<str>,
    code: Code,
    shared: Shared,
    hub: Rc<Hub>,
}

impl NativeObject for Function {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Function>()
    }
}

/// A function for Python.
pub fn make(
    heap: &mut Heap,
    shared: &Shared,
    hub: &Rc<Hub>,
    name: &str,
    code: Code,
) -> Result<Value, Raised> {
    let class = heap.class_for(&TYPE)?;
    let (shared, hub) = (Rc::clone(shared), Rc::clone(hub));
    arguments::object(heap, Function { class, name: Rc::from(name), code, shared, hub })
}

fn call(vm: &mut Vm, given: wigwag_vm::run::Arguments) -> Result<Outcome, Raised> {
    let function = given.at(vm, 0);
    let Some(Function { name, code, shared, hub, .. }) = vm.heap.as_native::<Function>(function) else {
        return Err(vm.type_error("function expected"));
    };
    let (name, code) = (Rc::clone(name), code.clone());
    let (shared, hub) = (Rc::clone(shared), Rc::clone(hub));
    let mut positional = Vec::new();
    for value in given.to_vec(vm).into_iter().skip(1) {
        positional.push(crossing::to_rust(&mut vm.heap, &hub, value)?);
    }
    let mut keywords = Vec::new();
    for (name, value) in given.keywords(vm) {
        let data = crossing::to_rust(&mut vm.heap, &hub, value)?;
        keywords.push((String::from(vm.heap.symbols.text(name)), data));
    }
    hub.tell_time(vm);
    let crossed = Arguments::new(positional, keywords, Asyncio::new(&hub));
    match code {
        Code::AtOnce(code) => {
            let result = hub.guarded(|| code(crossed)).unwrap_or_else(|text| Err(awaitable::panicked(&text)));
            Ok(Outcome::Frame(Box::new(Give { result, hub })))
        }
        Code::Later(code) => {
            // First, because the function is not to be called again for lack of memory.
            let made = awaitable::make(vm, &shared, &hub, &name)?;
            let body = hub
                .guarded(|| code(crossed))
                .unwrap_or_else(|text| Box::pin(core::future::ready(Err(awaitable::panicked(&text)))));
            awaitable::fill(&mut vm.heap, made, body);
            Ok(made.into())
        }
    }
}

/// Gives a result, again and again until there is memory for it: the function is called once.
struct Give {
    result: Result<Data, Exception>,
    hub: Rc<Hub>,
}

impl NativeFrame for Give {
    fn step(&mut self, vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        match &self.result {
            Ok(data) => crossing::to_python(vm, &self.hub, data).map(Step::Return),
            Err(exception) => Err(crossing::raise(vm, &self.hub, exception)),
        }
    }

    // What it refers to is held by its objects.
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let name = heap.as_native::<Function>(value).map_or("", |function| &function.name);
    write!(out, "<function {name}>")
}

fn name(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    match heap.as_native::<Function>(value).map(|function| Rc::clone(&function.name)) {
        Some(name) => heap.str(&name),
        None => Ok(Value::NONE),
    }
}

static TYPE: TypeDef = TypeDef {
    members: &[keyword("__call__", 1, ANY, call), getter("__name__", name)],
    repr: Some(repr),
    ..TypeDef::named("function")
};
