//! The functions that every program sees.

pub mod format;
pub mod output;
pub mod search;

use crate::heap::TypeId;
use crate::objects::function::{ANY, Member, keyword, plain};

/// Every built-in name.
pub static MEMBERS: &[Member] = &[
    keyword("print", 0, ANY, output::print),
    plain("len", 1, 1, crate::builtins::search::len),
    Member::Type("object", TypeId::Object),
    Member::Type("type", TypeId::Type),
    Member::Type("bool", TypeId::Bool),
    Member::Type("int", TypeId::Int),
    Member::Type("float", TypeId::Float),
    Member::Type("complex", TypeId::Complex),
    Member::Type("str", TypeId::Str),
    Member::Type("bytes", TypeId::Bytes),
    Member::Type("bytearray", TypeId::ByteArray),
    Member::Type("memoryview", TypeId::MemoryView),
    Member::Type("tuple", TypeId::Tuple),
    Member::Type("list", TypeId::List),
    Member::Type("dict", TypeId::Dict),
    Member::Type("set", TypeId::Set),
    Member::Type("frozenset", TypeId::FrozenSet),
    Member::Type("range", TypeId::Range),
    Member::Type("slice", TypeId::Slice),
    Member::Type("property", TypeId::Property),
    Member::Type("staticmethod", TypeId::StaticMethod),
    Member::Type("classmethod", TypeId::ClassMethod),
    Member::Type("super", TypeId::Super),
    Member::Type("BaseException", TypeId::BaseException),
    Member::Type("SystemExit", TypeId::SystemExit),
    Member::Type("KeyboardInterrupt", TypeId::KeyboardInterrupt),
    Member::Type("GeneratorExit", TypeId::GeneratorExit),
    Member::Type("Exception", TypeId::Exception),
    Member::Type("StopIteration", TypeId::StopIteration),
    Member::Type("StopAsyncIteration", TypeId::StopAsyncIteration),
    Member::Type("ArithmeticError", TypeId::ArithmeticError),
    Member::Type("OverflowError", TypeId::OverflowError),
    Member::Type("ZeroDivisionError", TypeId::ZeroDivisionError),
    Member::Type("AssertionError", TypeId::AssertionError),
    Member::Type("AttributeError", TypeId::AttributeError),
    Member::Type("EOFError", TypeId::EofError),
    Member::Type("ImportError", TypeId::ImportError),
    Member::Type("LookupError", TypeId::LookupError),
    Member::Type("IndexError", TypeId::IndexError),
    Member::Type("KeyError", TypeId::KeyError),
    Member::Type("MemoryError", TypeId::MemoryError),
    Member::Type("NameError", TypeId::NameError),
    Member::Type("OSError", TypeId::OsError),
    Member::Type("RuntimeError", TypeId::RuntimeError),
    Member::Type("NotImplementedError", TypeId::NotImplementedError),
    Member::Type("SyntaxError", TypeId::SyntaxError),
    Member::Type("IndentationError", TypeId::IndentationError),
    Member::Type("TypeError", TypeId::TypeError),
    Member::Type("ValueError", TypeId::ValueError),
    Member::Type("UnicodeError", TypeId::UnicodeError),
    Member::Type("ViperTypeError", TypeId::ViperTypeError),
];
