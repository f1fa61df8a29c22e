//! What can be done with a file system, and how: the platform's by a function, others by their method of that name.

use super::listing::ListNames;
use super::mounts::{self, MountId, Place};
use super::posix::Root;
use crate::errno::{ENODEV, EPERM};
use alloc::boxed::Box;
use alloc::string::String;
use wigwag_vm::heap::{Raised, Symbol, Tracer, Value};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// What an operation does where the files are the system's: gets the root of the mount and the arguments.
pub type SystemOperation = fn(&mut Vm, &Root, &[Value]) -> Result<Value, Raised>;

/// Something that can be done with a file system.
pub struct Operation {
    /// The method's name.
    pub name: &'static str,
    /// How it is done with the system's files.
    pub of_the_system: SystemOperation,
}

/// What becomes of the result of an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is the result.
    Return,
    /// It is an iterator over entries, whose names are to be listed.
    ListNames,
    /// It does not matter; from now on relative paths belong to this mount.
    Enter(MountId),
    /// It is a path in this mount, to be made one of the whole table.
    Outside(MountId),
}

impl Then {
    fn finish(self, vm: &mut Vm, result: Value) -> Result<Step, Raised> {
        match self {
            Then::Return => Ok(Step::Return(result)),
            Then::ListNames => Ok(Step::Become(Box::new(ListNames::new(vm, result)?))),
            Then::Enter(mount) => {
                mounts::set_current(vm, Some(mount));
                Ok(Step::Return(Value::NONE))
            }
            Then::Outside(mount) => {
                let mut path = mounts::path_of(vm, mount);
                if path.len() == 1 {
                    return Ok(Step::Return(result));
                }
                let inside = mounts::path_bytes(&mut vm.heap, result)?;
                if inside != b"/" {
                    path.extend_from_slice(inside);
                }
                let path = String::from_utf8_lossy(&path).into_owned();
                Ok(Step::Return(vm.heap.string(path)?))
            }
        }
    }
}

/// Performs an operation at a place.
pub fn perform(
    vm: &mut Vm,
    place: Place,
    operation: &'static Operation,
    arguments: &[Value],
    then: Then,
) -> Result<Outcome, Raised> {
    let mount = match place {
        Place::Mounted(mount) => mount,
        Place::Nowhere => return Err(vm.heap.raise_os(ENODEV)),
        Place::Table => return Err(vm.heap.raise_os(EPERM)),
    };
    if let Some(root) = mounts::system_root(vm, mount) {
        let result = (operation.of_the_system)(vm, &root, arguments)?;
        return finish(vm, then, result);
    }
    let object = mounts::object_of(vm, mount)?;
    Ok(Outcome::Frame(Box::new(Proxy::new(vm, object, operation.name, arguments, then)?)))
}

/// What an operation comes to that has a result already.
pub fn finish(vm: &mut Vm, then: Then, result: Value) -> Result<Outcome, Raised> {
    Ok(match then.finish(vm, result)? {
        Step::Become(frame) => Outcome::Frame(frame),
        Step::Return(result) => Outcome::Value(result),
        _ => Outcome::Value(Value::NONE),
    })
}

/// Calls a method of a file system.
pub struct Proxy {
    object: Value,
    name: Symbol,
    arguments: FewArguments,
    then: Then,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Method,
    Called,
}

impl Proxy {
    /// A call that has not begun.
    pub fn new(
        vm: &mut Vm,
        object: Value,
        name: &'static str,
        arguments: &[Value],
        then: Then,
    ) -> Result<Proxy, Raised> {
        let name = vm.heap.intern_static(name)?;
        Ok(Proxy { object, name, arguments: FewArguments::new(arguments), then, stage: Stage::Start })
    }
}

impl NativeFrame for Proxy {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (Stage::Method, Input::Value(method)) => {
                self.stage = Stage::Called;
                Ok(Step::Call(method, self.arguments))
            }
            (Stage::Called, Input::Value(result)) => self.then.finish(vm, result),
            _ => {
                self.stage = Stage::Method;
                Ok(Step::Perform(Request::Attribute(self.object, self.name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        tracer.values(self.arguments.as_slice());
    }
}
