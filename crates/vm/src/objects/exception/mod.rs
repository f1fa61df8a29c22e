//! Exceptions: their class, arguments and traceback.

pub mod group;
pub mod types;

use crate::heap::{Handle, Heap, Raised, ShapeId, Slot, Symbol, Tracer, TypeId, Value};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// One line of a traceback.
#[derive(Clone, Copy)]
pub struct TraceLine {
    /// The source.
    pub file: Symbol,
    /// The function.
    pub function: Symbol,
    /// The line.
    pub line: u32,
}

/// An exception.
pub struct ExceptionObject {
    /// Its class.
    pub class: Handle,
    /// Its arguments, a tuple.
    pub arguments: Value,
    /// Innermost first.
    pub traceback: Vec<TraceLine>,
    /// Its `__init__` in Python is running and has not called the built-in one yet: it cannot be raised so far.
    pub incomplete: bool,
    /// Attributes of an instance of a Python class: shape and places.
    pub shape: ShapeId,
    /// The attributes.
    pub attributes: Box<[Value]>,
}

impl ExceptionObject {
    /// An exception without traceback and attributes.
    pub fn new(class: Handle, arguments: Value) -> ExceptionObject {
        ExceptionObject {
            class,
            arguments,
            traceback: Vec::new(),
            incomplete: false,
            shape: ShapeId(0),
            attributes: Box::default(),
        }
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.handle(self.class);
        tracer.value(self.arguments);
        tracer.values(&self.attributes);
    }

    /// Bytes beside the slot.
    pub fn bytes(&self) -> usize {
        size_of::<ExceptionObject>()
            + self.traceback.capacity() * size_of::<TraceLine>()
            + size_of_val::<[Value]>(&self.attributes)
    }
}

/// More lines than this are not recorded: endless recursion has a traceback too long to be of use.
const MOST_TRACE_LINES: usize = 100;

impl Heap {
    /// Adds a line to an exception's traceback; does without where there is no room.
    pub fn add_trace(&mut self, exception: Value, line: TraceLine) {
        if let Some((Slot::Exception(object), budget)) = self.slot_and_budget(exception)
            && object.traceback.len() < MOST_TRACE_LINES
            && budget.reserve_for_interpreter(&mut object.traceback, 1).is_ok()
        {
            object.traceback.push(line);
        }
    }

    /// Forgets an exception's traceback (it is raised anew).
    pub fn clear_trace(&mut self, exception: Value) {
        if let Some((Slot::Exception(object), budget)) = self.slot_and_budget(exception) {
            budget.release_vec(&object.traceback);
            object.traceback = Vec::new();
        }
    }

    /// Says whether an exception's `__init__` in Python has yet to finish.
    pub(crate) fn set_incomplete(&mut self, exception: Value, incomplete: bool) {
        if let Some((Slot::Exception(object), _)) = self.slot_and_budget(exception) {
            object.incomplete = incomplete;
        }
    }

    /// The exception that a value is, if it can be raised.
    pub(crate) fn raisable(&self, value: Value) -> Option<Value> {
        self.as_exception(value).filter(|object| !object.incomplete).map(|_| value)
    }

    /// The arguments of an exception.
    pub fn exception_arguments(&self, exception: Value) -> &[Value] {
        self.as_exception(exception).and_then(|object| self.as_tuple(object.arguments)).unwrap_or(&[])
    }

    /// The first argument of an exception, or None: the value of a `StopIteration`.
    pub fn exception_value(&self, exception: Value) -> Value {
        self.exception_arguments(exception).first().copied().unwrap_or(Value::NONE)
    }
}

pub(crate) fn get_args(heap: &mut Heap, exception: Value) -> Result<Value, Raised> {
    let exception = heap.native_part(exception);
    match heap.as_exception(exception) {
        Some(object) => Ok(object.arguments),
        None => heap.tuple(&[]),
    }
}

pub(crate) fn get_value(heap: &mut Heap, exception: Value) -> Result<Value, Raised> {
    Ok(heap.exception_value(exception))
}

pub(crate) fn get_errno(heap: &mut Heap, exception: Value) -> Result<Value, Raised> {
    Ok(heap.exception_value(exception))
}

/// `exception.__traceback__` cannot be read, only set to None.
pub(crate) fn get_traceback(heap: &mut Heap, exception: Value) -> Result<Value, Raised> {
    let kind = alloc::string::String::from(heap.type_name(exception));
    let message = format_args!("'{kind}' object has no attribute '__traceback__'");
    Err(heap.raise_fmt(TypeId::AttributeError, message))
}

/// `exception.__traceback__ = None` forgets the traceback.
pub(crate) fn set_traceback(heap: &mut Heap, exception: Value, value: Value) -> Result<(), Raised> {
    if !value.is_none() {
        return get_traceback(heap, exception).map(|_| ());
    }
    if let Some((Slot::Exception(object), _)) = heap.slot_and_budget(exception) {
        // Its room is kept: the next traceback may have to do without new memory.
        object.traceback.clear();
    }
    Ok(())
}

/// Makes an exception of any class: the class and the arguments.
pub(crate) fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let Some((&class, rest)) = arguments.split_first() else {
        return Err(heap.raise_bare(TypeId::TypeError));
    };
    match heap.as_class(class) {
        Some(class) => heap.new_exception_of(class, rest),
        None => Err(heap.raise_bare(TypeId::TypeError)),
    }
}

/// `BaseException.__init__`: replaces the arguments.
pub(crate) fn init(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some((&exception, rest)) = arguments.split_first() {
        let tuple = heap.tuple(rest)?;
        if let Some((Slot::Exception(object), _)) = heap.slot_and_budget(exception) {
            object.arguments = tuple;
            object.incomplete = false;
        }
    }
    Ok(Value::NONE)
}

/// The symbolic name of an error number, for messages; upstream knows these.
pub fn errno_name(number: i64) -> Option<&'static str> {
    ERRNO_NAMES.iter().find(|&&(known, _)| known == number).map(|&(_, name)| name)
}

/// Error numbers as upstream's `errno` module has them (Linux values).
pub const ERRNO_NAMES: &[(i64, &str)] = &[
    (1, "EPERM"),
    (2, "ENOENT"),
    (5, "EIO"),
    (9, "EBADF"),
    (11, "EAGAIN"),
    (12, "ENOMEM"),
    (13, "EACCES"),
    (17, "EEXIST"),
    (19, "ENODEV"),
    (21, "EISDIR"),
    (22, "EINVAL"),
    (95, "EOPNOTSUPP"),
    (98, "EADDRINUSE"),
    (103, "ECONNABORTED"),
    (104, "ECONNRESET"),
    (105, "ENOBUFS"),
    (107, "ENOTCONN"),
    (110, "ETIMEDOUT"),
    (111, "ECONNREFUSED"),
    (113, "EHOSTUNREACH"),
    (114, "EALREADY"),
    (115, "EINPROGRESS"),
];
