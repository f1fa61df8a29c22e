//! The Python library: what programs import. Nothing here touches an operating system; the engine's driver supplies
//! time and the rest through traits.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod arguments;
pub mod array;
pub mod asyncio;
pub mod binary;
#[cfg(feature = "binascii")]
pub mod binascii;
pub mod callbacks;
pub mod clock;
pub mod cmath;
pub mod collections;
#[cfg(feature = "cryptolib")]
pub mod cryptolib;
#[cfg(feature = "deflate")]
pub mod deflate;
pub mod errno;
#[cfg(feature = "fat")]
pub mod fat;
#[cfg(feature = "framebuf")]
pub mod framebuf;
mod frozen;
pub mod gc;
#[cfg(feature = "hashlib")]
pub mod hashlib;
#[cfg(feature = "heapq")]
pub mod heapq;
pub mod index_iterator;
pub mod io;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "littlefs")]
pub mod littlefs;
#[cfg(feature = "machine")]
pub mod machine;
pub mod math;
pub mod memory;
pub mod micropython;
#[cfg(feature = "mip")]
pub mod mip;
pub mod net;
pub mod os;
#[cfg(feature = "platform")]
pub mod platform;
pub mod random;
#[cfg(feature = "re")]
pub mod re;
pub mod select;
pub mod settings;
pub mod socket;
pub mod structs;
pub mod sys;
pub mod thread;
pub mod time;
pub mod tls;
#[cfg(feature = "uctypes")]
pub mod uctypes;
pub mod vfs;
#[cfg(feature = "websocket")]
pub mod websocket;
pub mod wigwag;

use alloc::boxed::Box;
use wigwag_vm::run::{Extension, ModuleDef, Vm};

/// Every module of this crate.
pub static MODULES: &[&ModuleDef] = &[
    &array::MODULE,
    #[cfg(feature = "binascii")]
    &binascii::MODULE,
    &cmath::MODULE,
    &collections::MODULE,
    #[cfg(feature = "cryptolib")]
    &cryptolib::MODULE,
    #[cfg(feature = "deflate")]
    &deflate::MODULE,
    &errno::MODULE,
    #[cfg(feature = "framebuf")]
    &framebuf::MODULE,
    &gc::MODULE,
    #[cfg(feature = "hashlib")]
    &hashlib::MODULE,
    #[cfg(feature = "heapq")]
    &heapq::MODULE,
    &io::MODULE,
    #[cfg(feature = "json")]
    &json::MODULE,
    &math::MODULE,
    &micropython::MODULE,
    #[cfg(feature = "mip")]
    &mip::MODULE,
    &os::MODULE,
    #[cfg(feature = "platform")]
    &platform::MODULE,
    &random::MODULE,
    #[cfg(feature = "re")]
    &re::MODULE,
    &select::MODULE,
    &socket::MODULE,
    &structs::MODULE,
    &sys::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tls::MODULE,
    &tls::SSL_MODULE,
    #[cfg(feature = "uctypes")]
    &uctypes::MODULE,
    &vfs::MODULE,
    #[cfg(feature = "websocket")]
    &websocket::MODULE,
    &wigwag::MODULE,
];

/// Puts an extension into a machine that has none of its kind.
fn provide<T: Extension>(vm: &mut Vm, extension: T) {
    if vm.extension::<T>().is_none() {
        vm.extensions.push(Box::new(extension));
    }
}

/// Gives a machine without a board its `machine`; one that has a board gets the board's.
pub fn install_without_board(vm: &mut Vm) {
    #[cfg(feature = "machine")]
    vm.add_module(&machine::MODULE);
    #[cfg(not(feature = "machine"))]
    let _ = vm;
}

/// Makes the modules of this crate known to a machine, and gives it the state they need. What an engine wants
/// otherwise ([`settings::Settings`], [`clock::Timekeeper`]) it puts into the machine first.
pub fn install(vm: &mut Vm) {
    // Looked for whenever something is packed: before the others it is found sooner.
    provide(vm, structs::Formats::default());
    provide(vm, settings::Settings::default());
    let seed = vm.extension::<settings::Settings>().map_or(0, |settings| settings.seed);
    provide(vm, random::Generator::new(seed as u32));
    provide(vm, callbacks::Callbacks::default());
    provide(vm, vfs::mounts::Mounts::default());
    provide(vm, memory::Addresses::default());
    provide(vm, os::ErrorNumber::default());
    provide(vm, sys::ExitFunction::default());
    provide(vm, thread::StackSize::default());
    asyncio::install(vm);
    for module in MODULES.iter().chain(asyncio::MODULES) {
        vm.add_module(module);
    }
    // The language itself has no files; `open` comes with the library.
    let _ = vm.fill_namespace(vm.builtins, io::BUILTINS);
    // `import` looks for files where `sys.path` says. A heap too small for it is one that `import sys` reports.
    let _ = vm.native_module("sys");
}
