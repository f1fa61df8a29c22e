//! The engine puts the parts together and is stepped by whoever embeds it; beside that it owns the two
//! things that every front end shares: the [event stream](events) of the board and the
//! [REPL](repl) with its [line editor](line_editor).
//!
//! Rust futures run on the loop of the Python program's tasks: see [`peers`].
//!
//! Nothing in here touches an operating system: the crate is `no_std` with `alloc`, so that a desktop, a
//! browser and a microcontroller get the very same one.
//!
//! | feature | effect |
//! |---|---|
//! | `wide-characters` (default) | the line editor measures characters by their width on a terminal |

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod clocks;
pub mod engine;
mod fibers;
pub mod line_editor;
pub mod peers;
pub mod repl;
mod surroundings;

/// Compiles the Rust in the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust.md")]
struct Guide;

pub use wigwag_board::events;
