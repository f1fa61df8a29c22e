//! Wigwag runs programs written for MicroPython boards without the board.
//!
//! This crate is the command: [its arguments](cli) and, with them, [a run](driver).

#![forbid(unsafe_code)]

pub mod cli;
pub mod driver;
