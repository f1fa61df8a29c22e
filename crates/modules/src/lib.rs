//! The Python library: what programs import. Nothing here touches an operating system; the engine's driver supplies
//! time and the rest through traits.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod asyncio;
pub mod callbacks;
pub mod clock;

use wigwag_vm::run::{ModuleDef, Vm};

/// Every module of this crate.
pub static MODULES: &[&[&ModuleDef]] = &[asyncio::MODULES];

/// Makes the modules of this crate known to a machine. Its clock and its callbacks are there already.
pub fn install(vm: &mut Vm) {
    asyncio::install(vm);
    for module in MODULES.iter().copied().flatten() {
        vm.add_module(module);
    }
}
