//! `Common`: a lock, an event, a semaphore or a queue that Python and Rust have in common.
//!
//! The state is the scheduler's, and there is one of it: Python's object refers to it, and so does Rust's handle. Tasks of
//! either side wait in the one line, first come, first served.
//!
//! What must always hold: as long as Rust has a handle, the Python object (if there is one) is held too, and with it
//! everybody who waits in the line; the same handle gives the same Python object each time.

use super::object::Roots;
use super::{Data, Object};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use core::ops::Deref;
use wigwag_scheduler::{Handle as EventLoop, sync};

/// Something that tasks of both sides wait for; all that [`sync`] says of it holds. Clones are the same one.
pub struct Common<T>(Rc<Inner<T>>);

struct Inner<T> {
    state: Rc<T>,
    /// Tells whose it is.
    roots: Rc<Roots>,
    object: RefCell<Option<Object>>,
}

/// An event: `asyncio.Event` in Python.
pub type Event = Common<sync::Event<EventLoop>>;
/// A lock: `asyncio.Lock` in Python.
pub type Lock = Common<sync::Lock<(), EventLoop>>;
/// A semaphore: `asyncio.Semaphore` in Python.
pub type Semaphore = Common<sync::Semaphore<EventLoop>>;
/// A bounded queue of values. In Python it has `get`, `put`, `get_nowait`, `put_nowait`, `qsize`, `empty`, `full` and
/// `maxsize`; what was put into it is handed over directly to whoever waits longest.
pub type Queue = Common<sync::Queue<Data, EventLoop, Vec<Option<Data>>>>;

impl<T> Common<T> {
    /// One that Python does not have yet.
    pub(super) fn new(state: T, roots: &Rc<Roots>) -> Common<T> {
        Common(Rc::new(Inner { state: Rc::new(state), roots: Rc::clone(roots), object: RefCell::default() }))
    }

    /// One that came from Python.
    pub(super) fn of_python(state: Rc<T>, roots: &Rc<Roots>, object: Object) -> Common<T> {
        Common(Rc::new(Inner { state, roots: Rc::clone(roots), object: RefCell::new(Some(object)) }))
    }

    /// Whether it belongs to the machine with these roots.
    pub(super) fn belongs_to(&self, roots: &Rc<Roots>) -> bool {
        Rc::ptr_eq(&self.0.roots, roots)
    }

    pub(super) fn state(&self) -> &Rc<T> {
        &self.0.state
    }

    /// What Python has.
    pub(super) fn object(&self) -> Option<Object> {
        self.0.object.borrow().clone()
    }

    /// Notes what Python has from now on.
    pub(super) fn set_object(&self, object: Object) {
        *self.0.object.borrow_mut() = Some(object);
    }
}

impl<T> Clone for Common<T> {
    fn clone(&self) -> Self {
        Common(Rc::clone(&self.0))
    }
}

impl<T> Deref for Common<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.state
    }
}

impl<T> PartialEq for Common<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0.state, &other.0.state)
    }
}

impl<T> fmt::Debug for Common<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Common")
    }
}
