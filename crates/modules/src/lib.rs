//! The Python library: what programs import. Nothing here touches an operating system; the engine's driver supplies
//! time and the rest through traits.
//!
//! # Features
//!
//! Firmware takes the modules it wants: each of these is a feature of this crate, all on by default.
//!
//! | feature | what a program imports |
//! |---|---|
//! | `array`, `binascii`, `cmath`, `cryptolib`, `deflate`, `framebuf`, `hashlib`, `heapq`, `json`, `math`, `mip`, `platform`, `random`, `re`, `struct`, `uctypes`, `websocket` | the module of that name |
//! | `fat`, `littlefs`, `rom` | `VfsFat`, `VfsLfs2` and `VfsRom` in `vfs` |
//! | `machine` | `machine` where no board brings its own |
//! | `thread` | `_thread` |
//! | `tls` | `tls` and `ssl` |
//!
//! What is left has no feature, because the rest is made of it:
//!
//! - `asyncio`: what the engine is for. Its streams are over `socket`, and what it waits for is asked as `select` asks.
//! - `io`, `os` and `vfs`: `open` and `import` go through them, and every stream is built from them.
//! - `time` and `errno`: files have times, and all that fails has a number.
//! - `collections`, `gc`, `micropython` and `sys`: small, and expected in any program.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod arguments;
#[cfg(feature = "array")]
pub mod array;
pub mod asyncio;
pub mod binary;
#[cfg(feature = "binascii")]
pub mod binascii;
pub mod callbacks;
pub mod clock;
#[cfg(feature = "cmath")]
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
#[cfg(feature = "math")]
pub mod math;
pub mod memory;
pub mod micropython;
#[cfg(feature = "mip")]
pub mod mip;
pub mod net;
pub mod os;
#[cfg(feature = "platform")]
pub mod platform;
#[cfg(feature = "random")]
pub mod random;
#[cfg(feature = "re")]
pub mod re;
pub mod select;
pub mod settings;
pub mod socket;
#[cfg(feature = "struct")]
pub mod structs;
pub mod sys;
#[cfg(feature = "thread")]
pub mod thread;
pub mod time;
#[cfg(feature = "tls")]
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
    #[cfg(feature = "array")]
    &array::MODULE,
    #[cfg(feature = "binascii")]
    &binascii::MODULE,
    #[cfg(feature = "cmath")]
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
    #[cfg(feature = "math")]
    &math::MODULE,
    &micropython::MODULE,
    #[cfg(feature = "mip")]
    &mip::MODULE,
    &os::MODULE,
    #[cfg(feature = "platform")]
    &platform::MODULE,
    #[cfg(feature = "random")]
    &random::MODULE,
    #[cfg(feature = "re")]
    &re::MODULE,
    &select::MODULE,
    &socket::MODULE,
    #[cfg(feature = "struct")]
    &structs::MODULE,
    &sys::MODULE,
    #[cfg(feature = "thread")]
    &thread::MODULE,
    &time::MODULE,
    #[cfg(feature = "tls")]
    &tls::MODULE,
    #[cfg(feature = "tls")]
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
    #[cfg(feature = "struct")]
    provide(vm, structs::Formats::default());
    if vm.extension::<settings::Settings>().is_none() {
        vm.extensions.push(Box::new(settings::Settings::default()));
    }
    #[cfg(feature = "random")]
    let seed = vm.extension::<settings::Settings>().map_or(0, |settings| settings.seed);
    #[cfg(feature = "random")]
    provide(vm, random::Generator::new(seed as u32));
    provide(vm, callbacks::Callbacks::default());
    provide(vm, vfs::mounts::Mounts::default());
    provide(vm, memory::Addresses::default());
    provide(vm, os::ErrorNumber::default());
    provide(vm, sys::ExitFunction::default());
    #[cfg(feature = "thread")]
    provide(vm, thread::StackSize::default());
    asyncio::install(vm);
    for module in MODULES.iter().chain(asyncio::MODULES) {
        vm.add_module(module);
    }
    // The language itself has no files; `open` comes with the library.
    let _ = vm.fill_namespace(vm.builtins, io::BUILTINS);
}
