//! `Object`: a Python value that Rust holds without knowing what it is.
//!
//! The value stands in a table of roots, which the collector is shown, and the handle holds its place there. So what Rust
//! holds lives, wherever the handle is kept; when the last clone of a handle goes, the place is free, and the value is
//! garbage if nobody else refers to it.
//!
//! What must always hold: a place is in the vacant list, or exactly one [`Place`] knows it.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use wigwag_vm::heap::{Budget, OutOfMemory, Tracer, Value};

/// What Rust holds of one machine.
#[derive(Default)]
pub struct Roots(RefCell<Table>);

#[derive(Default)]
struct Table {
    values: Vec<Value>,
    vacant: Vec<u32>,
}

impl Roots {
    /// Holds a value; the table's growth is charged to the budget.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the table cannot grow.
    pub fn hold(self: &Rc<Roots>, budget: &mut Budget, value: Value) -> Result<Object, OutOfMemory> {
        let mut table = self.0.borrow_mut();
        let index = match table.vacant.pop() {
            Some(index) => index,
            None => {
                let index = u32::try_from(table.values.len()).map_err(|_| OutOfMemory)?;
                budget.reserve(&mut table.values, 1)?;
                let missing = table.values.capacity() - table.vacant.len();
                // So that giving a place back needs no memory.
                budget.reserve(&mut table.vacant, missing)?;
                table.values.push(Value::NONE);
                index
            }
        };
        if let Some(place) = table.values.get_mut(index as usize) {
            *place = value;
        }
        Ok(Object(Rc::new(Place { roots: Rc::clone(self), index })))
    }

    /// Shows the collector everything that is held.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.0.borrow().values);
    }

    /// Bytes that were charged.
    pub fn bytes(&self) -> usize {
        let table = self.0.borrow();
        table.values.capacity() * size_of::<Value>() + table.vacant.capacity() * size_of::<u32>()
    }
}

struct Place {
    roots: Rc<Roots>,
    index: u32,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(mut table) = self.roots.0.try_borrow_mut() {
            let Table { values, vacant } = &mut *table;
            if let Some(value) = values.get_mut(self.index as usize) {
                *value = Value::NONE;
                vacant.push(self.index);
            }
        }
    }
}

/// A Python value that Rust holds: a function, a task, an instance of a class, anything that has no form of its own in
/// [`Data`](super::Data).
///
/// It lives as long as a clone of the handle does, and is the same object again when it goes back to Python. It belongs to
/// its engine; given to another one it is a `TypeError` there.
#[derive(Clone)]
pub struct Object(Rc<Place>);

impl Object {
    /// The value, if it is one of the machine that has these roots.
    pub(super) fn value(&self, roots: &Rc<Roots>) -> Option<Value> {
        if !Rc::ptr_eq(&self.0.roots, roots) {
            return None;
        }
        self.0.roots.0.borrow().values.get(self.0.index as usize).copied()
    }

    /// Holds another value from now on.
    pub(super) fn set(&self, value: Value) {
        if let Some(place) = self.0.roots.0.borrow_mut().values.get_mut(self.0.index as usize) {
            *place = value;
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", self.0.index)
    }
}

/// Whether it is the very same object.
impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        if Rc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        match (self.value(&self.0.roots), other.value(&self.0.roots)) {
            (Some(one), Some(another)) => one == another,
            _ => false,
        }
    }
}
