//! `platform`: what a program runs on. Follows upstream's `platform` page.

use crate::settings::settings;
use alloc::format;
use wigwag_vm::heap::{Raised, Value};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `platform`
pub static MODULE: ModuleDef = ModuleDef {
    name: "platform",
    members: &[
        full("platform", 0, 0, platform),
        full("python_compiler", 0, 0, |vm, _| {
            Ok(vm.heap.str(concat!("Wigwag ", env!("CARGO_PKG_VERSION")))?.into())
        }),
        full("libc_ver", 0, 0, |vm, _| {
            let nothing = vm.heap.str("")?;
            Ok(vm.heap.tuple(&[nothing, nothing])?.into())
        }),
    ],
};

/// `platform()`: the machine, and the version of MicroPython whose behaviour is followed.
fn platform(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let settings = settings(vm);
    let (major, minor, micro, _) = settings.implementation_version;
    let text: Value = vm.heap.string(format!("{}-{major}.{minor}.{micro}", settings.platform))?;
    Ok(text.into())
}
