//! Objects that other layers bring: tasks, LEDs, files.

use super::function::NextFunction;
use super::typed_items::ItemType;
use crate::heap::{Handle, Tracer, Value};
use core::any::Any;

/// A stretch of the bytes of another object: of `bytes`, a `bytearray`, or a native object that has a buffer of its own,
/// never of something that is itself only a window, so that nobody has to follow a chain.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The object whose bytes they are.
    pub base: Value,
    /// The first byte.
    pub start: usize,
    /// How many bytes. The base may have become shorter than they reach.
    pub length: usize,
}

/// An object whose insides are Rust. Its behaviour is in its class: a [`super::function::TypeDef`] whose members are
/// natives that look the object up with [`crate::heap::Heap::as_native`].
pub trait NativeObject: Any {
    /// Its class, from [`crate::heap::Heap::class_for`].
    fn class(&self) -> Handle;

    /// Shows the collector every value that the object holds.
    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    /// Bytes beside the slot that were charged for it; must not change unless the charge does.
    fn bytes(&self) -> usize;

    /// How it gives its next item, the same as its class says: for what is awaited often, the short way to it.
    fn next_function(&self) -> Option<NextFunction> {
        None
    }

    /// Whether it is made for a moment only, such as an iterator: then it may be made while the heap is locked.
    fn is_passing(&self) -> bool {
        false
    }

    /// Its bytes, for objects with the buffer protocol.
    fn buffer(&self) -> Option<&[u8]> {
        None
    }

    /// Its bytes, to change them.
    fn buffer_mut(&mut self) -> Option<&mut [u8]> {
        None
    }

    /// What [`NativeObject::buffer`] consists of.
    fn buffer_item(&self) -> ItemType {
        ItemType::BYTE
    }

    /// Whether [`NativeObject::buffer_mut`] gives them.
    fn is_buffer_writable(&self) -> bool {
        false
    }

    /// For objects that show bytes of another one as theirs: which. Those have no [`NativeObject::buffer`].
    fn window(&self) -> Option<Window> {
        None
    }
}
