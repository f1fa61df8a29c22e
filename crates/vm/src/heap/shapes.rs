//! Shapes: which attributes an instance has, and at which place each lies.
//!
//! Every class has a root shape; adding an attribute moves an instance along an edge to a child shape, so instances
//! that are built alike share a shape, and a cache at a place in the code can remember "this shape: that place".
//! Shapes are never freed; they count against the budget.

use super::{Budget, OutOfMemory, Symbol};
use alloc::vec::Vec;

/// A shape's number; 0 is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShapeId(pub(crate) u32);

pub(super) struct Shape {
    pub(super) parent: u32,
    name: Symbol,
    /// How many attributes an instance of this shape has.
    pub(super) count: u32,
    pub(super) first_child: u32,
    pub(super) next_sibling: u32,
}

/// The table of all shapes, with a small cache of look-ups that serves call sites without one.
pub struct Shapes {
    pub(super) shapes: Vec<Shape>,
    recent: [(u32, Symbol, u32); RECENT],
}

const RECENT: usize = 64;

impl Shapes {
    pub(super) fn new() -> Shapes {
        Shapes { shapes: Vec::new(), recent: [(0, Symbol(0), 0); RECENT] }
    }

    /// A new root. With `reserved`, place 0 is taken by the instance of the built-in base.
    pub fn new_root(&mut self, budget: &mut Budget, reserved: bool) -> Result<ShapeId, OutOfMemory> {
        let root = self
            .push(budget, Shape { parent: 0, name: Symbol(0), count: 0, first_child: 0, next_sibling: 0 })?;
        if reserved { self.child(budget, root, super::sym::NATIVE_BASE) } else { Ok(root) }
    }

    fn push(&mut self, budget: &mut Budget, shape: Shape) -> Result<ShapeId, OutOfMemory> {
        budget.reserve(&mut self.shapes, 1)?;
        self.shapes.push(shape);
        Ok(ShapeId(self.shapes.len() as u32))
    }

    fn get(&self, id: u32) -> Option<&Shape> {
        self.shapes.get((id as usize).wrapping_sub(1))
    }

    /// The shape that `shape` becomes when `name` is added at the end.
    pub fn child(
        &mut self,
        budget: &mut Budget,
        shape: ShapeId,
        name: Symbol,
    ) -> Result<ShapeId, OutOfMemory> {
        let Some(parent) = self.get(shape.0) else { return Err(OutOfMemory) };
        let (mut at, count, first) = (parent.first_child, parent.count, parent.first_child);
        while let Some(child) = self.get(at) {
            if child.name == name {
                return Ok(ShapeId(at));
            }
            at = child.next_sibling;
        }
        let child = self.push(
            budget,
            Shape { parent: shape.0, name, count: count + 1, first_child: 0, next_sibling: first },
        )?;
        if let Some(parent) = self.shapes.get_mut(shape.0 as usize - 1) {
            parent.first_child = child.0;
        }
        Ok(child)
    }

    /// The place of an attribute in instances of a shape. Costs a walk over the attributes, unless looked up lately.
    pub fn place(&mut self, shape: ShapeId, name: Symbol) -> Option<usize> {
        let slot = (shape.0 ^ name.0.wrapping_mul(0x9E37)) as usize % RECENT;
        let (recent_shape, recent_name, place) = self.recent[slot];
        if recent_shape == shape.0 && recent_name == name {
            return Some(place as usize);
        }
        let mut at = shape.0;
        while let Some(shape_here) = self.get(at) {
            if shape_here.count == 0 {
                return None;
            }
            if shape_here.name == name {
                let place = shape_here.count - 1;
                self.recent[slot] = (shape.0, name, place);
                return Some(place as usize);
            }
            at = shape_here.parent;
        }
        None
    }

    /// How many attributes instances of a shape have.
    pub fn count(&self, shape: ShapeId) -> usize {
        self.get(shape.0).map_or(0, |shape| shape.count as usize)
    }

    /// The names of the attributes, by place; the reserved place is left out.
    pub fn names(&self, shape: ShapeId) -> Vec<(usize, Symbol)> {
        let mut names = Vec::new();
        let mut at = shape.0;
        while let Some(shape) = self.get(at) {
            if shape.count > 0 && shape.name != super::sym::NATIVE_BASE {
                names.push((shape.count as usize - 1, shape.name));
            }
            at = shape.parent;
        }
        names.reverse();
        names
    }

    /// Bytes that the table takes.
    pub(super) fn bytes(&self) -> usize {
        self.shapes.capacity() * size_of::<Shape>()
    }

    /// The root that a shape descends from (with its reserved place, if it has one).
    pub fn root(&self, shape: ShapeId) -> ShapeId {
        let mut at = shape.0;
        while let Some(here) = self.get(at) {
            if here.count == 0 || here.name == super::sym::NATIVE_BASE {
                return ShapeId(at);
            }
            at = here.parent;
        }
        shape
    }
}
