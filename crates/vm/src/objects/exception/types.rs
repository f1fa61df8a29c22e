//! The hierarchy of built-in exceptions, as a table.

use super::{construct, get_args, get_errno, get_traceback, get_value, init, set_traceback};
use crate::heap::TypeId;
use crate::objects::function::{ANY, Member, PropertyDef, TypeDef, getter, plain, plain_constructor};

static MEMBERS: [Member; 5] = [
    plain("__init__", 1, ANY, init),
    getter("args", get_args),
    getter("value", get_value),
    getter("errno", get_errno),
    Member::Property(PropertyDef { name: "__traceback__", get: get_traceback, set: Some(set_traceback) }),
];

macro_rules! exceptions {
    ($($constant:ident $id:ident $name:literal : $base:ident;)+) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub static $constant: TypeDef = TypeDef {
                base: Some(TypeId::$base),
                construct: plain_constructor($name, 0, ANY, construct),
                base_for_classes: true,
                ..TypeDef::builtin(TypeId::$id, $name)
            };
        )+
    };
}

/// `BaseException`
pub static BASE_EXCEPTION: TypeDef = TypeDef {
    construct: plain_constructor("BaseException", 0, ANY, construct),
    members: &MEMBERS,
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::BaseException, "BaseException")
};

exceptions! {
    SYSTEM_EXIT SystemExit "SystemExit": BaseException;
    KEYBOARD_INTERRUPT KeyboardInterrupt "KeyboardInterrupt": BaseException;
    GENERATOR_EXIT GeneratorExit "GeneratorExit": BaseException;
    EXCEPTION Exception "Exception": BaseException;
    STOP_ITERATION StopIteration "StopIteration": Exception;
    STOP_ASYNC_ITERATION StopAsyncIteration "StopAsyncIteration": Exception;
    ARITHMETIC_ERROR ArithmeticError "ArithmeticError": Exception;
    OVERFLOW_ERROR OverflowError "OverflowError": ArithmeticError;
    ZERO_DIVISION_ERROR ZeroDivisionError "ZeroDivisionError": ArithmeticError;
    ASSERTION_ERROR AssertionError "AssertionError": Exception;
    ATTRIBUTE_ERROR AttributeError "AttributeError": Exception;
    EOF_ERROR EofError "EOFError": Exception;
    IMPORT_ERROR ImportError "ImportError": Exception;
    LOOKUP_ERROR LookupError "LookupError": Exception;
    INDEX_ERROR IndexError "IndexError": LookupError;
    KEY_ERROR KeyError "KeyError": LookupError;
    MEMORY_ERROR MemoryError "MemoryError": Exception;
    NAME_ERROR NameError "NameError": Exception;
    OS_ERROR OsError "OSError": Exception;
    RUNTIME_ERROR RuntimeError "RuntimeError": Exception;
    NOT_IMPLEMENTED_ERROR NotImplementedError "NotImplementedError": RuntimeError;
    SYNTAX_ERROR SyntaxError "SyntaxError": Exception;
    INDENTATION_ERROR IndentationError "IndentationError": SyntaxError;
    TYPE_ERROR TypeError "TypeError": Exception;
    VALUE_ERROR ValueError "ValueError": Exception;
    UNICODE_ERROR UnicodeError "UnicodeError": ValueError;
    VIPER_TYPE_ERROR ViperTypeError "ViperTypeError": TypeError;
}
