//! How the machine gets at source files: for `import` and `execfile`.
//!
//! The bare machine asks its platform. A library with file systems of its own puts its functions in their place; such a
//! file system may be written in Python, and then the answer comes later, from a frame.

use super::Vm;
use super::native_frame::NativeFrame;
use super::platform::PathKind;
use crate::heap::{Raised, Value, try_copy};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An answer, or what will have it as its result.
pub enum Answer<T> {
    /// Here it is.
    Now(T),
    /// This frame returns it.
    Later(Box<dyn NativeFrame>),
}

/// A question about a path.
pub type Question<T> = fn(&mut Vm, &str) -> Result<Answer<T>, Raised>;

/// The two questions.
#[derive(Clone, Copy)]
pub struct SourceFiles {
    /// What a path leads to. A frame answers with the integer that [`kind_to_value`] makes.
    pub kind: Question<PathKind>,
    /// What is in a file. A frame answers with an object that has a buffer.
    pub read: Question<Vec<u8>>,
}

impl SourceFiles {
    /// Those of the platform.
    pub(super) fn of_the_platform() -> SourceFiles {
        SourceFiles {
            kind: |vm, path| Ok(Answer::Now(vm.platform.path_kind(path))),
            read: |vm, path| match vm.platform.read_file(path) {
                Ok(bytes) => Ok(Answer::Now(bytes)),
                Err(errno) => Err(vm.heap.raise_os(errno)),
            },
        }
    }
}

/// A kind as a frame answers with it.
pub fn kind_to_value(kind: PathKind) -> Value {
    Value::tiny_int(match kind {
        PathKind::Missing => 0,
        PathKind::File => 1,
        PathKind::Directory => 2,
    })
}

/// The kind that a frame has answered with.
pub fn kind_from_value(vm: &Vm, value: Value) -> PathKind {
    match vm.heap.as_int(value) {
        Some(1) => PathKind::File,
        Some(2) => PathKind::Directory,
        _ => PathKind::Missing,
    }
}

/// The contents of a file that a frame has answered with.
pub fn contents_from_value(vm: &Vm, value: Value) -> Result<Vec<u8>, Raised> {
    Ok(try_copy(vm.heap.as_buffer(value).unwrap_or(&[]))?)
}
