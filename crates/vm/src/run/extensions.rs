//! The state that layers above keep in the machine: scheduler, clock, board, and what the host provides.
//!
//! There is one of each type, and few of them; they are asked for by type, often. The types stand beside them, so that no
//! object has to be asked what it is.

use super::Extension;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::{Any, TypeId};

/// What layers above keep.
#[derive(Default)]
pub struct Extensions(Vec<(TypeId, Box<dyn Extension>)>);

impl Extensions {
    /// Adds the state of a layer. The first of a type is the one that is found.
    pub fn push<T: Extension>(&mut self, extension: Box<T>) {
        self.0.push((TypeId::of::<T>(), extension));
    }

    /// The same for what is asked for at each turn: it is found before all that is there now.
    pub fn push_first<T: Extension>(&mut self, extension: Box<T>) {
        self.0.insert(0, (TypeId::of::<T>(), extension));
    }

    /// The state of a layer, by its type.
    pub fn get<T: Extension>(&mut self) -> Option<&mut T> {
        let (_, extension) = self.0.iter_mut().find(|(kind, _)| *kind == TypeId::of::<T>())?;
        let any: &mut dyn Any = &mut **extension;
        any.downcast_mut()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Extension> {
        self.0.iter().map(|(_, extension)| &**extension)
    }
}
