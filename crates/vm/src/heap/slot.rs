//! Slots: the fixed-size cells that objects live in. A small payload lies in the slot itself, a larger one beside it.
//!
//! Adding a kind of object is a variant here, an arm in [`Slot::trace`] and one in [`Slot::bytes`].

use super::{Handle, ShapeId, Tracer, TypeId, Value};
use crate::number::int::Int;
use crate::objects::class::Class;
use crate::objects::dict::Dict;
use crate::objects::exception::ExceptionObject;
use crate::objects::function::{Function, NativeDef, PropertyDef};
use crate::objects::generator::Generator;
use crate::objects::native::NativeObject;
use crate::run::code::Code;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

/// A cell of the heap.
pub enum Slot {
    /// Free; the number of the next free one, or 0.
    Free(u32),
    /// A float, where floats do not fit the word.
    #[cfg(feature = "value32")]
    Float(f64),
    /// An integer beyond the inline range.
    Int64(i64),
    /// An integer beyond 64 bits; its words lie beside the slot.
    BigInt(Int),
    /// A complex number.
    Complex(f64, f64),
    /// A string.
    Str(StrObject),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A bytearray.
    ByteArray(Vec<u8>),
    /// A memoryview.
    MemoryView(Box<MemoryViewObject>),
    /// A tuple of up to three items.
    SmallTuple(u8, [Value; 3]),
    /// A longer tuple.
    Tuple(Box<[Value]>),
    /// A list.
    List(Vec<Value>),
    /// A dict.
    Dict(Box<Dict>),
    /// A set.
    Set(Box<Dict>),
    /// A frozenset.
    FrozenSet(Box<Dict>),
    /// `range(start, stop, step)`
    Range([i64; 3]),
    /// `slice(start, stop, step)`
    Slice([Value; 3]),
    /// A variable that closures share; unbound while it has no value.
    Cell(Value),
    /// A Python function.
    Function(Box<Function>),
    /// A built-in function.
    Native(&'static NativeDef),
    /// A built-in attribute with a getter.
    NativeProperty(&'static PropertyDef),
    /// A function with its self.
    BoundMethod(Value, Value),
    /// A method of a built-in type, taken from the type itself: it checks that its self is an instance.
    UnboundMethod(Value, Handle),
    /// A code object.
    Code(Rc<Code>),
    /// A class, built-in or not.
    Class(Box<Class>),
    /// An instance of a class made by a `class` statement.
    Instance(InstanceObject),
    /// An exception.
    Exception(Box<ExceptionObject>),
    /// A module: its namespace, a dict.
    Module(Handle),
    /// A generator or coroutine.
    Generator(Box<Generator>),
    /// `property(get, set, delete)`
    Property([Value; 3]),
    /// `staticmethod(function)`
    StaticMethod(Value),
    /// `classmethod(function)`
    ClassMethod(Value),
    /// `super(class, receiver)`
    Super(Value, Value),
    /// An iterator over a sequence by position: the sequence and the next position.
    SequenceIterator(Value, usize),
    /// An iterator over a range: next, stop, step.
    RangeIterator([i64; 3]),
    /// An iterator over a dict's or set's entries: the table, the next entry number, how many there must be, what it
    /// gives.
    DictIterator(Value, u32, u32, DictPart),
    /// `dict.keys()` and its kin.
    DictView(Value, DictPart),
    /// An object of a type that another layer brings.
    Object(Box<dyn NativeObject>),
}

/// What an iterator over a dict gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DictPart {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// `(key, value)` tuples.
    Items,
}

/// A string's text, with what is worth remembering about it.
pub struct StrObject {
    /// The text, UTF-8.
    pub text: Box<str>,
    /// Its hash; 0 while not computed.
    pub hash: Cell<u32>,
    /// How many characters it has (equal to its bytes exactly if it is ASCII).
    pub characters: u32,
}

/// An instance: its class, and its attributes at the places that its shape says.
pub struct InstanceObject {
    /// The class.
    pub class: Handle,
    /// The shape.
    pub shape: ShapeId,
    /// The attributes; may be longer than the shape's count (the rest is unbound).
    pub values: Box<[Value]>,
}

/// A window on the bytes of another object.
pub struct MemoryViewObject {
    /// The object whose bytes they are.
    pub base: Value,
    /// First byte.
    pub start: usize,
    /// How many items.
    pub length: usize,
    /// `struct`-style type code of an item.
    pub typecode: u8,
    /// Bytes per item.
    pub item_size: u8,
    /// Whether the base can be written through it.
    pub writable: bool,
}

impl Slot {
    /// The built-in type of what is in the slot; for instances and native objects, see [`super::Heap::class_of`].
    #[inline]
    pub fn type_id(&self) -> TypeId {
        match self {
            Slot::Free(_) => TypeId::Object,
            #[cfg(feature = "value32")]
            Slot::Float(_) => TypeId::Float,
            Slot::Int64(_) | Slot::BigInt(_) => TypeId::Int,
            Slot::Complex(..) => TypeId::Complex,
            Slot::Str(_) => TypeId::Str,
            Slot::Bytes(_) => TypeId::Bytes,
            Slot::ByteArray(_) => TypeId::ByteArray,
            Slot::MemoryView(_) => TypeId::MemoryView,
            Slot::SmallTuple(..) | Slot::Tuple(_) => TypeId::Tuple,
            Slot::List(_) => TypeId::List,
            Slot::Dict(dict) => {
                if dict.ordered {
                    TypeId::OrderedDict
                } else {
                    TypeId::Dict
                }
            }
            Slot::Set(_) => TypeId::Set,
            Slot::FrozenSet(_) => TypeId::FrozenSet,
            Slot::Range(_) => TypeId::Range,
            Slot::Slice(_) => TypeId::Slice,
            Slot::Cell(_) => TypeId::Cell,
            Slot::Function(function) => {
                if function.code.flags.generator {
                    TypeId::GeneratorFunction
                } else {
                    TypeId::Function
                }
            }
            Slot::Native(_) | Slot::UnboundMethod(..) => TypeId::NativeFunction,
            Slot::NativeProperty(_) => TypeId::Property,
            Slot::BoundMethod(..) => TypeId::BoundMethod,
            Slot::Code(_) => TypeId::Code,
            Slot::Class(_) => TypeId::Type,
            Slot::Instance(_) | Slot::Object(_) => TypeId::Object,
            Slot::Exception(_) => TypeId::BaseException,
            Slot::Module(_) => TypeId::Module,
            Slot::Generator(_) => TypeId::Generator,
            Slot::Property(_) => TypeId::Property,
            Slot::StaticMethod(_) => TypeId::StaticMethod,
            Slot::ClassMethod(_) => TypeId::ClassMethod,
            Slot::Super(..) => TypeId::Super,
            Slot::SequenceIterator(..) | Slot::RangeIterator(_) | Slot::DictIterator(..) => TypeId::Iterator,
            Slot::DictView(..) => TypeId::DictView,
        }
    }

    /// Whether it is something that the interpreter makes for a moment, where upstream uses the native stack: such
    /// objects may be made while the heap is locked, so that loops, calls and slices work in interrupts.
    pub fn is_passing(&self) -> bool {
        match self {
            Slot::SequenceIterator(..)
            | Slot::RangeIterator(_)
            | Slot::DictIterator(..)
            | Slot::Range(_)
            | Slot::Slice(_)
            | Slot::BoundMethod(..)
            | Slot::Super(..) => true,
            Slot::Object(object) => object.is_passing(),
            _ => false,
        }
    }

    /// Shows the collector every value that the object holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            #[cfg(feature = "value32")]
            Slot::Float(_) => {}
            Slot::Free(_)
            | Slot::Int64(_)
            | Slot::BigInt(_)
            | Slot::Complex(..)
            | Slot::Str(_)
            | Slot::Bytes(_)
            | Slot::ByteArray(_)
            | Slot::Range(_)
            | Slot::RangeIterator(_)
            | Slot::NativeProperty(_)
            | Slot::Native(_) => {}
            Slot::MemoryView(view) => tracer.value(view.base),
            Slot::SmallTuple(_, items) | Slot::Slice(items) | Slot::Property(items) => tracer.values(items),
            Slot::Tuple(items) => tracer.values(items),
            Slot::List(items) => tracer.values(items),
            Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table) => tracer.dict(table),
            Slot::Cell(value)
            | Slot::StaticMethod(value)
            | Slot::ClassMethod(value)
            | Slot::SequenceIterator(value, _)
            | Slot::DictIterator(value, ..)
            | Slot::DictView(value, _) => tracer.value(*value),
            Slot::BoundMethod(first, second) | Slot::Super(first, second) => {
                tracer.value(*first);
                tracer.value(*second);
            }
            Slot::UnboundMethod(function, class) => {
                tracer.value(*function);
                tracer.handle(*class);
            }
            Slot::Function(function) => function.trace(tracer),
            Slot::Code(code) => code.trace(tracer),
            Slot::Class(class) => class.trace(tracer),
            Slot::Instance(instance) => {
                tracer.handle(instance.class);
                tracer.values(&instance.values);
            }
            Slot::Exception(exception) => exception.trace(tracer),
            Slot::Module(namespace) => tracer.handle(*namespace),
            Slot::Generator(generator) => generator.trace(tracer),
            Slot::Object(object) => {
                tracer.handle(object.class());
                object.trace(tracer);
            }
        }
    }

    /// Bytes beside the slot that were charged for it.
    pub fn bytes(&self) -> usize {
        match self {
            Slot::BigInt(integer) => integer.payload_bytes(),
            Slot::Str(text) => text.text.len(),
            Slot::Bytes(bytes) => bytes.len(),
            Slot::ByteArray(bytes) => bytes.capacity(),
            Slot::MemoryView(_) => size_of::<MemoryViewObject>(),
            Slot::Tuple(items) => size_of_val::<[Value]>(items),
            Slot::List(items) => items.capacity() * size_of::<Value>(),
            Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table) => {
                size_of::<Dict>() + table.bytes()
            }
            Slot::Function(function) => size_of::<Function>() + size_of_val::<[Value]>(&function.cells),
            Slot::Code(code) => code.bytes(),
            Slot::Class(class) => class.bytes(),
            Slot::Instance(instance) => size_of_val::<[Value]>(&instance.values),
            Slot::Exception(exception) => exception.bytes(),
            Slot::Generator(generator) => generator.bytes(),
            Slot::Object(object) => object.bytes(),
            _ => 0,
        }
    }
}
