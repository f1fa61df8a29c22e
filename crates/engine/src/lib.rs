//! The engine puts the parts together and is stepped by whoever embeds it. So far it owns the
//! [event stream](events) of the board.
//!
//! Nothing in here touches an operating system: the crate is `no_std` with `alloc`, so that a desktop, a
//! browser and a microcontroller get the very same one.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod events;
