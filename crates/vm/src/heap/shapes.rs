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
    /// The number of its index, counted from 1; 0 for none.
    index: u32,
}

impl Shape {
    fn new(parent: u32, name: Symbol, count: u32, next_sibling: u32) -> Shape {
        Shape { parent, name, count, first_child: 0, next_sibling, index: 0 }
    }
}

/// The table of all shapes, with a small cache of look-ups that serves call sites without one, and an index for each
/// large shape that attributes were found in.
pub struct Shapes {
    pub(super) shapes: Vec<Shape>,
    recent: [(u32, Symbol, u32); RECENT],
    indexes: Vec<Index>,
}

const RECENT: usize = 64;

/// From how many attributes on a shape gets an index.
const INDEXED: u32 = 16;

/// The shapes that a large shape descends from, by the hash of the name that each adds; 0 where there is none.
struct Index(Vec<u32>);

impl Index {
    /// The shapes from the place on where a name would be.
    fn candidates(&self, name: Symbol) -> impl Iterator<Item = u32> {
        let start = name.0.wrapping_mul(0x9E37_79B1) as usize >> 8;
        let mask = self.0.len() - 1;
        (0..self.0.len()).map(move |offset| self.0[(start + offset) & mask])
    }

    fn insert(&mut self, name: Symbol, shape: u32) {
        let start = name.0.wrapping_mul(0x9E37_79B1) as usize >> 8;
        let mask = self.0.len() - 1;
        let free = (0..self.0.len()).map(|offset| (start + offset) & mask).find(|&place| self.0[place] == 0);
        if let Some(place) = free {
            self.0[place] = shape;
        }
    }
}

impl Shapes {
    pub(super) fn new() -> Shapes {
        Shapes { shapes: Vec::new(), recent: [(0, Symbol(0), 0); RECENT], indexes: Vec::new() }
    }

    /// A new root. With `reserved`, place 0 is taken by the instance of the built-in base.
    pub fn new_root(&mut self, budget: &mut Budget, reserved: bool) -> Result<ShapeId, OutOfMemory> {
        let root = self.push(budget, Shape::new(0, Symbol(0), 0, 0))?;
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
        let child = self.push(budget, Shape::new(shape.0, name, count + 1, first))?;
        if let Some(parent) = self.shapes.get_mut(shape.0 as usize - 1) {
            parent.first_child = child.0;
        }
        Ok(child)
    }

    /// The place of an attribute in instances of a shape. Costs a walk over the attributes, unless looked up lately or
    /// indexed.
    pub fn place(&mut self, budget: &mut Budget, shape: ShapeId, name: Symbol) -> Option<usize> {
        let slot = (shape.0 ^ name.0.wrapping_mul(0x9E37)) as usize % RECENT;
        let (recent_shape, recent_name, place) = self.recent[slot];
        if recent_shape == shape.0 && recent_name == name {
            return Some(place as usize);
        }
        let start = self.get(shape.0)?;
        let place = match self.indexes.get((start.index as usize).wrapping_sub(1)) {
            Some(index) => self.place_by_index(index, name)?,
            None => {
                let large = start.count >= INDEXED;
                let place = self.place_by_walk(shape, name)?;
                // Not before something is found: while an instance gets its attributes, nothing is.
                if large {
                    self.build_index(budget, shape);
                }
                place
            }
        };
        self.recent[slot] = (shape.0, name, place);
        Some(place as usize)
    }

    fn place_by_walk(&self, shape: ShapeId, name: Symbol) -> Option<u32> {
        let mut at = shape.0;
        while let Some(here) = self.get(at)
            && here.count > 0
        {
            if here.name == name {
                return Some(here.count - 1);
            }
            at = here.parent;
        }
        None
    }

    fn place_by_index(&self, index: &Index, name: Symbol) -> Option<u32> {
        let mut candidates = index.candidates(name).map_while(|shape| self.get(shape));
        candidates.find(|shape| shape.name == name).map(|shape| shape.count - 1)
    }

    /// Gives a shape its index; where there is no room, it goes on without.
    fn build_index(&mut self, budget: &mut Budget, shape: ShapeId) {
        let length = (2 * self.count(shape)).next_power_of_two();
        let mut index = Index(Vec::new());
        if budget.reserve(&mut self.indexes, 1).is_err() || budget.reserve(&mut index.0, length).is_err() {
            return;
        }
        index.0.resize(length, 0);
        let mut at = shape.0;
        while let Some(here) = self.get(at)
            && here.count > 0
        {
            index.insert(here.name, at);
            at = here.parent;
        }
        self.indexes.push(index);
        let number = self.indexes.len() as u32;
        if let Some(shape) = self.shapes.get_mut((shape.0 as usize).wrapping_sub(1)) {
            shape.index = number;
        }
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
            + self.indexes.capacity() * size_of::<Index>()
            + self.indexes.iter().map(|index| index.0.capacity() * size_of::<u32>()).sum::<usize>()
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
