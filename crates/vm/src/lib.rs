//! The language: syntax → code → run, over heap and objects.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod builtins;
pub mod compile;
pub mod heap;
pub mod number;
pub mod objects;
pub mod run;
pub mod syntax;
pub mod text;
