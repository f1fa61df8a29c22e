//! The built-in types: each has a fixed number, and its class object lies in the slot of that number.

use super::{Handle, Heap, OutOfMemory, Raised, Slot, Symbol};
use crate::objects::class::Class;
use crate::objects::function::TypeDef;
use alloc::boxed::Box;
use alloc::vec::Vec;

macro_rules! types {
    ($($(#[doc = $doc:literal])? $name:ident: $definition:path;)+) => {
        /// The number of a built-in type.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TypeId { $($name),+ }

        /// Their definitions, in the order of their numbers.
        static DEFINITIONS: &[&TypeDef] = &[$(&$definition),+];
    };
}

types! {
    Object: crate::objects::object::TYPE;
    Type: crate::objects::class::TYPE;
    NoneType: crate::objects::singletons::NONE_TYPE;
    Bool: crate::objects::int::BOOL_TYPE;
    Int: crate::objects::int::TYPE;
    Float: crate::objects::float::TYPE;
    Complex: crate::objects::complex::TYPE;
    Str: crate::objects::str::TYPE;
    Bytes: crate::objects::bytes::TYPE;
    ByteArray: crate::objects::bytearray::TYPE;
    MemoryView: crate::objects::memoryview::TYPE;
    Tuple: crate::objects::tuple::TYPE;
    List: crate::objects::list::TYPE;
    Dict: crate::objects::dict_type::TYPE;
    OrderedDict: crate::objects::dict_type::ORDERED_TYPE;
    Set: crate::objects::set::TYPE;
    FrozenSet: crate::objects::set::FROZEN_TYPE;
    Range: crate::objects::range::TYPE;
    Slice: crate::objects::slice::TYPE;
    Ellipsis: crate::objects::singletons::ELLIPSIS_TYPE;
    NotImplemented: crate::objects::singletons::NOT_IMPLEMENTED_TYPE;
    Cell: crate::objects::function::CELL_TYPE;
    Function: crate::objects::function::FUNCTION_TYPE;
    GeneratorFunction: crate::objects::function::GENERATOR_FUNCTION_TYPE;
    NativeFunction: crate::objects::function::NATIVE_TYPE;
    BoundMethod: crate::objects::function::BOUND_METHOD_TYPE;
    Code: crate::objects::function::CODE_TYPE;
    Module: crate::objects::module::TYPE;
    Generator: crate::objects::generator::TYPE;
    Property: crate::objects::descriptors::PROPERTY_TYPE;
    StaticMethod: crate::objects::descriptors::STATIC_METHOD_TYPE;
    ClassMethod: crate::objects::descriptors::CLASS_METHOD_TYPE;
    Super: crate::objects::descriptors::SUPER_TYPE;
    Iterator: crate::objects::iterators::TYPE;
    DictView: crate::objects::dict_type::VIEW_TYPE;
    BaseException: crate::objects::exception::types::BASE_EXCEPTION;
    SystemExit: crate::objects::exception::types::SYSTEM_EXIT;
    KeyboardInterrupt: crate::objects::exception::types::KEYBOARD_INTERRUPT;
    GeneratorExit: crate::objects::exception::types::GENERATOR_EXIT;
    Exception: crate::objects::exception::types::EXCEPTION;
    StopIteration: crate::objects::exception::types::STOP_ITERATION;
    StopAsyncIteration: crate::objects::exception::types::STOP_ASYNC_ITERATION;
    ArithmeticError: crate::objects::exception::types::ARITHMETIC_ERROR;
    OverflowError: crate::objects::exception::types::OVERFLOW_ERROR;
    ZeroDivisionError: crate::objects::exception::types::ZERO_DIVISION_ERROR;
    AssertionError: crate::objects::exception::types::ASSERTION_ERROR;
    AttributeError: crate::objects::exception::types::ATTRIBUTE_ERROR;
    EofError: crate::objects::exception::types::EOF_ERROR;
    ImportError: crate::objects::exception::types::IMPORT_ERROR;
    LookupError: crate::objects::exception::types::LOOKUP_ERROR;
    IndexError: crate::objects::exception::types::INDEX_ERROR;
    KeyError: crate::objects::exception::types::KEY_ERROR;
    MemoryError: crate::objects::exception::types::MEMORY_ERROR;
    NameError: crate::objects::exception::types::NAME_ERROR;
    OsError: crate::objects::exception::types::OS_ERROR;
    RuntimeError: crate::objects::exception::types::RUNTIME_ERROR;
    NotImplementedError: crate::objects::exception::types::NOT_IMPLEMENTED_ERROR;
    SyntaxError: crate::objects::exception::types::SYNTAX_ERROR;
    IndentationError: crate::objects::exception::types::INDENTATION_ERROR;
    TypeError: crate::objects::exception::types::TYPE_ERROR;
    ValueError: crate::objects::exception::types::VALUE_ERROR;
    UnicodeError: crate::objects::exception::types::UNICODE_ERROR;
    BaseExceptionGroup: crate::objects::exception::group::BASE_EXCEPTION_GROUP;
    ExceptionGroup: crate::objects::exception::group::EXCEPTION_GROUP;
    ViperTypeError: crate::objects::exception::types::VIPER_TYPE_ERROR;
}

impl TypeId {
    /// Its class object.
    #[inline(always)]
    pub const fn handle(self) -> Handle {
        match Handle::new(self as usize + 1) {
            Some(handle) => handle,
            None => unreachable!(),
        }
    }

    /// Its class object, as a value.
    #[inline(always)]
    pub const fn value(self) -> super::Value {
        self.handle().value()
    }

    /// The type whose class object this is.
    pub fn of_class(class: Handle) -> Option<TypeId> {
        DEFINITIONS.get(class.index().wrapping_sub(1)).and_then(|definition| definition.id)
    }

    /// The definition of a built-in type.
    pub fn definition(self) -> &'static TypeDef {
        DEFINITIONS[self as usize]
    }
}

/// The only empty tuple.
pub(super) const EMPTY_TUPLE: Handle = match Handle::new(TypeId::ViperTypeError as usize + 2) {
    Some(handle) => handle,
    None => unreachable!(),
};

pub(super) fn make_builtin_types(heap: &mut Heap) -> Result<(), OutOfMemory> {
    for definition in DEFINITIONS {
        debug_assert_eq!(definition.id.map(|id| id as usize + 1), Some(heap.slots.len()));
        make_class(heap, definition).map_err(|_| OutOfMemory)?;
    }
    let empty = heap.allocate(Slot::SmallTuple(0, [super::Value::UNBOUND; 3]))?;
    debug_assert_eq!(empty, EMPTY_TUPLE);
    Ok(())
}

/// Makes the class object of a definition; its members are filled in when a name is first looked up.
pub(super) fn make_class(heap: &mut Heap, definition: &'static TypeDef) -> Result<Handle, Raised> {
    let name: Symbol = heap.intern_static(definition.name)?;
    let base = match definition.parent {
        Some(parent) => Some(heap.class_for(parent)?),
        None => definition.base.map(TypeId::handle),
    };
    let mut ancestors = Vec::new();
    if let Some(base) = base {
        ancestors.push(base);
        // Bases come before their heirs in the table, but for `object`'s own heirs they may not exist yet.
        if let Some(class) = heap.class(base) {
            ancestors.extend_from_slice(&class.ancestors);
        }
    }
    if let Some(second) = definition.second_base {
        // After the first base, and before what both derive from.
        ancestors.insert(ancestors.len().min(1), second.handle());
    }
    let root = heap.shapes.new_root(&mut heap.budget, false)?;
    let class = Class {
        definition: Some(definition),
        bases: base.into_iter().chain(definition.second_base.map(TypeId::handle)).collect(),
        ancestors,
        ..Class::new(name, root)
    };
    heap.budget.charge(class.bytes())?;
    Ok(heap.allocate(Slot::Class(Box::new(class)))?)
}
