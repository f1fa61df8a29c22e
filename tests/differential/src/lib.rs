//! The differential tester: programs from a grammar, run on Wigwag and on CPython, and made small where they differ.
//!
//! ```text
//! grammar/*.txt ──▶ generate ──▶ program ──▶ compare ──▶ shrink ──▶ differences.txt explains it, or it is a bug
//!                                               │
//!                                               └──▶ coverage: has every rule, method and exception occurred?
//! ```
//!
//! What a program may do is in the grammar's text files; where MicroPython differs by design is in `differences.txt`.

#![forbid(unsafe_code)]

pub mod compare;
pub mod coverage;
pub mod differences;
pub mod generate;
pub mod grammar;
pub mod program;
pub mod random;
pub mod runtimes;
pub mod shrink;
pub mod tree;
