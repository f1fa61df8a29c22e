//! `Module`: names that Rust gives a Python program.

use super::awaitable::Body;
use super::crossing;
use super::function::{self, Code};
use super::hub::Hub;
use super::{Arguments, Data, Exception};
use crate::asyncio::state::{self, Shared};
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::future::Future;
use wigwag_vm::heap::{Handle, OutOfMemory, Raised, Value};
use wigwag_vm::run::Vm;

/// A module written in Rust, while it is filled. Programs import it under its name.
///
/// Made by the engine (`Engine::module`); see its examples.
pub struct Module<'a> {
    vm: &'a mut Vm,
    shared: Shared,
    hub: Rc<Hub>,
    namespace: Handle,
}

/// Whatever is raised while nobody runs is a lack of memory.
fn no_memory(_: Raised) -> OutOfMemory {
    OutOfMemory
}

impl<'a> Module<'a> {
    /// A module of this name, empty; one that was there before is replaced.
    ///
    /// # Errors
    /// [`OutOfMemory`]
    pub fn new(vm: &'a mut Vm, name: &str) -> Result<Module<'a>, OutOfMemory> {
        let shared = state::shared(vm).map_err(no_memory)?;
        let hub = Rc::clone(&shared.borrow().hub);
        let (_, namespace) = vm.new_module(name).map_err(no_memory)?;
        Ok(Module { vm, shared, hub, namespace })
    }

    fn set(&mut self, name: &str, value: Value) -> Result<&mut Self, OutOfMemory> {
        let symbol = self.vm.heap.intern(name).map_err(no_memory)?;
        self.vm.namespace_set(self.namespace, symbol, value).map_err(no_memory)?;
        Ok(self)
    }

    fn add(&mut self, name: &str, code: Code) -> Result<&mut Self, OutOfMemory> {
        let function =
            function::make(&mut self.vm.heap, &self.shared, &self.hub, name, code).map_err(no_memory)?;
        self.set(name, function)
    }

    /// A function that gives its result at once.
    ///
    /// # Errors
    /// [`OutOfMemory`]
    pub fn function<T, E>(
        &mut self,
        name: &str,
        code: impl Fn(Arguments) -> Result<T, E> + 'static,
    ) -> Result<&mut Self, OutOfMemory>
    where
        T: Into<Data>,
        E: Into<Exception>,
    {
        let code = move |arguments: Arguments| code(arguments).map(T::into).map_err(E::into);
        self.add(name, Code::AtOnce(Rc::new(code)))
    }

    /// An `async` function: what it returns in Python can be awaited, made a task, gathered, given a timeout.
    ///
    /// # Cancellation
    /// Rust: it cannot cancel itself; the future ends by returning.
    /// Python: `CancelledError` drops the future where it waits, before the exception goes on.
    ///
    /// # Errors
    /// [`OutOfMemory`]
    pub fn async_function<F, T, E>(
        &mut self,
        name: &str,
        code: impl Fn(Arguments) -> F + 'static,
    ) -> Result<&mut Self, OutOfMemory>
    where
        F: Future<Output = Result<T, E>> + 'static,
        T: Into<Data>,
        E: Into<Exception>,
    {
        let code = move |arguments: Arguments| -> Body {
            let future = code(arguments);
            Box::pin(async move { future.await.map(T::into).map_err(E::into) })
        };
        self.add(name, Code::Later(Rc::new(code)))
    }

    /// A value.
    ///
    /// # Errors
    /// [`OutOfMemory`]
    pub fn value(&mut self, name: &str, value: impl Into<Data>) -> Result<&mut Self, OutOfMemory> {
        let value = crossing::to_python(self.vm, &self.hub, &value.into()).map_err(no_memory)?;
        self.set(name, value)
    }

    /// An exception class of its own, derived from a built-in one. [`Exception::new`] with its name raises it.
    ///
    /// # Errors
    /// [`OutOfMemory`]; a base that is no exception counts as `Exception`.
    pub fn exception(&mut self, name: &str, base: &str) -> Result<&mut Self, OutOfMemory> {
        let base = crossing::class_of(self.vm, &self.hub, base).map_err(no_memory)?;
        let base = base.unwrap_or(wigwag_vm::heap::TypeId::Exception.handle());
        let symbol = self.vm.heap.intern(name).map_err(no_memory)?;
        let class = self.vm.make_class(symbol, &[base.value()], Value::NONE).map_err(no_memory)?;
        let held = self.hub.roots.hold(&mut self.vm.heap.budget, class)?;
        self.hub.note_exception(name, held);
        self.set(name, class)
    }
}
