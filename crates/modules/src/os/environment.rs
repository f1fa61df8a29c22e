//! The part of `os` that is not about paths: the environment, commands, error numbers, random bytes.

use crate::arguments;
use crate::errno::ENOSYS;
use crate::vfs::listing;
use crate::vfs::mounts::path_bytes;
use crate::vfs::posix::ask;
use crate::vfs::system::system;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::run::{Arguments, Extension, Outcome, Vm};

fn bytes_argument(vm: &mut Vm, given: Arguments, number: usize) -> Result<Vec<u8>, Raised> {
    let value = given.at(vm, number);
    Ok(path_bytes(&mut vm.heap, value)?.to_vec())
}

/// `getenv(name, default=None)`
pub fn get(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let name = bytes_argument(vm, given, 0)?;
    let value = system(vm).and_then(|system| system.variable(&name));
    match value {
        Some(value) => Ok(listing::name(&mut vm.heap, &value, true)?.into()),
        None => Ok(given.at(vm, 1).into()),
    }
}

/// `putenv(name, value)`
pub fn put(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (name, value) = (bytes_argument(vm, given, 0)?, bytes_argument(vm, given, 1)?);
    ask(vm, |system| system.set_variable(&name, Some(&value)))?;
    Ok(Value::NONE.into())
}

/// `unsetenv(name)`
pub fn unset(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let name = bytes_argument(vm, given, 0)?;
    ask(vm, |system| system.set_variable(&name, None))?;
    Ok(Value::NONE.into())
}

/// `system(command)`: what was printed before is written first.
pub fn run_command(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let command = bytes_argument(vm, given, 0)?;
    vm.platform.flush();
    let status = ask(vm, |system| system.run_command(&command))?;
    Ok(vm.heap.int(status.into())?.into())
}

/// What `os.errno()` remembers.
#[derive(Default)]
pub struct ErrorNumber(i32);

impl Extension for ErrorNumber {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// `errno()`, `errno(number)`: a number that is kept; here nothing but the program changes it.
pub fn error_number(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let Some(number) = given.get(vm, 0) else {
        let number = vm.extension::<ErrorNumber>().map_or(0, |kept| kept.0);
        return Ok(vm.heap.int(number.into())?.into());
    };
    let number = arguments::integer(&mut vm.heap, number)?;
    if let Some(kept) = vm.extension::<ErrorNumber>() {
        kept.0 = number as i32;
    }
    Ok(Value::NONE.into())
}

/// `urandom(count)`
pub fn random_bytes(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let count = given.at(vm, 0);
    let count = arguments::integer(&mut vm.heap, count)?;
    let Ok(count) = usize::try_from(count) else { return Err(vm.heap.raise_bare(TypeId::ValueError)) };
    if count > vm.heap.max_length() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
    bytes.resize(count, 0);
    match system(vm).map(|system| system.random(&mut bytes)) {
        Some(Ok(())) => Ok(vm.heap.bytes_from(bytes)?.into()),
        Some(Err(errno)) => Err(vm.heap.raise_os(errno)),
        None => Err(vm.heap.raise_os(ENOSYS)),
    }
}
