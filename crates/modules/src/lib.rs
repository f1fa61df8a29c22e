//! The Python library: what programs import. Nothing here touches an operating system; the engine's driver supplies
//! time and the rest through traits.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod callbacks;
pub mod clock;

use wigwag_vm::run::{ModuleDef, Vm};

/// Every module of this crate.
pub static MODULES: &[&ModuleDef] = &[];

/// Makes the modules of this crate known to a machine.
pub fn install(vm: &mut Vm) {
    for module in MODULES {
        vm.add_module(module);
    }
}
