//! What the fuzz targets run, where a stable compiler can run it as well: the test beside it puts every input of the
//! corpus and every input that once found a mistake through the same functions.
//!
//! | target | what its bytes are |
//! |---|---|
//! | [`source`] | a source text |
//! | [`program`] | settings and a program: a text as it is, or choices for the [grammar] that writes one |
//! | those of the [library] | settings and what a script gives to a module of the library |
//!
//! What must hold for any bytes: nothing panics, nothing runs much longer than its fuel, memory stays near the heap's
//! budget, the native stack suffices, and the heap is sound afterwards.

#![forbid(unsafe_code)]

mod files;
pub mod grammar;
pub mod library;
mod machine;
mod program;
mod settings;
mod source;

pub use program::{program, text_of};
pub use source::source;
