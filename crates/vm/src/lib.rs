//! The language: syntax → code → run, over heap and objects.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod compile;
pub mod number;
pub mod syntax;
pub mod text;
