//! One file per built-in type, and the operations that many types share.

pub mod bytearray;
pub mod bytes;
pub mod class;
pub mod complex;
pub mod descriptors;
pub mod dict;
pub mod dict_type;
pub mod exception;
pub mod float;
pub mod function;
pub mod generator;
pub mod int;
pub mod iterators;
pub mod list;
pub mod memoryview;
pub mod module;
pub mod native;
pub mod object;
pub mod operators;
pub mod range;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod sort;
pub mod str;
pub mod tuple;
