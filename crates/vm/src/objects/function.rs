//! Functions: those compiled from Python, those written in Rust, and what binds them to a self.
//!
//! Everything that Rust brings to Python is declared in tables of [`Member`]s: a type's methods, a module's contents.
//! There are two kinds of natives, and the type system keeps them apart: one that takes `&mut Heap` cannot run Python,
//! so no collection can happen under it; one that takes `&mut Vm` can, and roots what it keeps.

use crate::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use crate::run::code::Code;
use crate::run::{Arguments, Outcome, Vm};
use alloc::boxed::Box;
use alloc::rc::Rc;

/// A Python function.
pub struct Function {
    /// Its code.
    pub code: Rc<Code>,
    /// The namespace that its globals are in.
    pub globals: Handle,
    /// Tuple of the defaults of the last positional parameters, or None.
    pub defaults: Value,
    /// Dict of the defaults of keyword-only parameters, or None.
    pub keyword_defaults: Value,
    /// The cells it closes over.
    pub cells: Box<[Value]>,
}

impl Function {
    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(code) = self.code.handle.get() {
            tracer.handle(code);
        }
        tracer.handle(self.globals);
        tracer.value(self.defaults);
        tracer.value(self.keyword_defaults);
        tracer.values(&self.cells);
    }
}

/// A native that cannot run Python.
pub type HeapFunction = fn(&mut Heap, &[Value]) -> Result<Value, Raised>;
/// A native that can run Python, push frames or park the fiber.
pub type VmFunction = fn(&mut Vm, Arguments) -> Result<Outcome, Raised>;

/// What a native can do without Python for most arguments, quickly: `None` leaves it to the whole function, after nothing
/// was changed.
pub type QuickFunction = fn(&mut Heap, &[Value]) -> Option<Value>;

/// The code of a native.
#[derive(Clone, Copy)]
pub enum NativeCode {
    /// Cannot run Python.
    Heap(HeapFunction),
    /// Can.
    Vm(VmFunction),
    /// Can, but seldom has to.
    Quick(QuickFunction, VmFunction),
}

/// A function written in Rust.
pub struct NativeDef {
    /// Its name.
    pub name: &'static str,
    /// How many positional arguments it needs (a method's self is one).
    pub minimum: u8,
    /// How many it takes; [`ANY`] for any number.
    pub maximum: u8,
    /// Whether it takes keyword arguments (only [`NativeCode::Vm`] can).
    pub keywords: bool,
    /// What it does.
    pub code: NativeCode,
}

impl NativeDef {
    /// Whether it can be called with so many positional arguments.
    #[inline(always)]
    pub fn takes(&self, count: usize) -> bool {
        count >= usize::from(self.minimum) && (self.maximum == ANY || count <= usize::from(self.maximum))
    }
}

/// As [`NativeDef::maximum`]: any number.
pub const ANY: u8 = u8::MAX;

/// Reads an attribute of an object.
pub type Getter = fn(&mut Heap, Value) -> Result<Value, Raised>;
/// Changes an attribute of an object.
pub type Setter = fn(&mut Heap, Value, Value) -> Result<(), Raised>;
/// Writes what `repr` shows of an object.
pub type Printer = fn(&Heap, Value, &mut dyn core::fmt::Write) -> core::fmt::Result;

/// A built-in attribute with a getter, and a setter unless it is read-only.
pub struct PropertyDef {
    /// Its name.
    pub name: &'static str,
    /// Reads it from the object.
    pub get: Getter,
    /// Changes it.
    pub set: Option<Setter>,
}

/// One name of a type or a module.
pub enum Member {
    /// A function; in a type, a method.
    Function(NativeDef),
    /// In a type: a function that gets the class as its first argument.
    ClassMethod(NativeDef),
    /// In a type: a function without self.
    StaticMethod(NativeDef),
    /// In a type: an attribute of the instances.
    Property(PropertyDef),
    /// An integer.
    Int(&'static str, i64),
    /// A float.
    Float(&'static str, f64),
    /// A string.
    Str(&'static str, &'static str),
    /// Anything made when the name is first looked up.
    Lazy(&'static str, fn(&mut Heap) -> Result<Value, Raised>),
    /// In a module: anything made from the state of the machine when the module is loaded.
    Machine(&'static str, fn(&mut Vm) -> Result<Value, Raised>),
    /// A built-in type.
    Type(&'static str, TypeId),
    /// A type of another layer.
    Extension(&'static str, &'static TypeDef),
    /// In a module: the very object that another built-in module has under this name.
    Shared(&'static str, &'static str),
    /// In a module: everything that the built-in module of this name has.
    AllOf(&'static str),
}

impl Member {
    /// The name under which it is found.
    pub const fn name(&self) -> &'static str {
        match self {
            Member::Function(native) | Member::ClassMethod(native) | Member::StaticMethod(native) => {
                native.name
            }
            Member::Property(property) => property.name,
            Member::Int(name, _)
            | Member::Float(name, _)
            | Member::Str(name, _)
            | Member::Lazy(name, _)
            | Member::Machine(name, _)
            | Member::Type(name, _)
            | Member::Extension(name, _)
            | Member::Shared(name, _)
            | Member::AllOf(name) => name,
        }
    }

    /// Its value, as it is put into the class or the module.
    pub fn value(&'static self, heap: &mut Heap) -> Result<Value, Raised> {
        use crate::heap::Slot;
        match self {
            Member::Function(native) => Ok(heap.allocate(Slot::Native(native))?.value()),
            Member::ClassMethod(native) => {
                let function = heap.allocate(Slot::Native(native))?.value();
                Ok(heap.allocate(Slot::ClassMethod(function))?.value())
            }
            Member::StaticMethod(native) => {
                let function = heap.allocate(Slot::Native(native))?.value();
                Ok(heap.allocate(Slot::StaticMethod(function))?.value())
            }
            Member::Property(property) => Ok(heap.allocate(Slot::NativeProperty(property))?.value()),
            Member::Int(_, integer) => heap.int(*integer),
            Member::Float(_, float) => heap.float(*float),
            Member::Str(_, text) => Ok(Value::from_symbol(heap.intern_static(text)?)),
            Member::Lazy(_, make) => make(heap),
            // Only modules have these, and `Vm::fill_namespace` makes them.
            Member::Machine(..) => Ok(Value::NONE),
            Member::Type(_, id) => Ok(id.value()),
            Member::Extension(_, definition) => Ok(heap.class_for(definition)?.value()),
            // These need the machine: see `Vm::fill_namespace`.
            Member::Shared(..) | Member::AllOf(_) => Ok(Value::NONE),
        }
    }
}

/// A function or method that cannot run Python, with `minimum` to `maximum` positional arguments.
pub const fn plain(name: &'static str, minimum: u8, maximum: u8, code: HeapFunction) -> Member {
    Member::Function(NativeDef { name, minimum, maximum, keywords: false, code: NativeCode::Heap(code) })
}

/// A function or method that can run Python.
pub const fn full(name: &'static str, minimum: u8, maximum: u8, code: VmFunction) -> Member {
    Member::Function(NativeDef { name, minimum, maximum, keywords: false, code: NativeCode::Vm(code) })
}

/// The same where most calls need no Python.
pub const fn quick(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    quick: QuickFunction,
    code: VmFunction,
) -> Member {
    Member::Function(two_ways(name, minimum, maximum, quick, code))
}

/// The same for one that takes keyword arguments; quick without them.
pub const fn quick_keyword(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    quick: QuickFunction,
    code: VmFunction,
) -> Member {
    Member::Function(NativeDef { keywords: true, ..two_ways(name, minimum, maximum, quick, code) })
}

const fn two_ways(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    quick: QuickFunction,
    code: VmFunction,
) -> NativeDef {
    NativeDef { name, minimum, maximum, keywords: false, code: NativeCode::Quick(quick, code) }
}

/// A function or method that can run Python and takes keyword arguments.
pub const fn keyword(name: &'static str, minimum: u8, maximum: u8, code: VmFunction) -> Member {
    Member::Function(NativeDef { name, minimum, maximum, keywords: true, code: NativeCode::Vm(code) })
}

/// An attribute of a built-in type's instances that cannot be changed.
pub const fn getter(name: &'static str, get: fn(&mut Heap, Value) -> Result<Value, Raised>) -> Member {
    Member::Property(PropertyDef { name, get, set: None })
}

/// Gives the next item of an iterator: [`Outcome::Value`], or [`Outcome::Stop`] at the end, or anything that leads there.
pub type NextFunction = fn(&mut Vm, Value) -> Result<Outcome, Raised>;

/// A type written in Rust.
pub struct TypeDef {
    /// Its name.
    pub name: &'static str,
    /// Its number, for the VM's own types.
    pub id: Option<TypeId>,
    /// What it derives from.
    pub base: Option<TypeId>,
    /// What it derives from besides.
    pub second_base: Option<TypeId>,
    /// What it derives from in place of `base`, where that is a type of another layer too.
    pub parent: Option<&'static TypeDef>,
    /// Its methods and attributes.
    pub members: &'static [Member],
    /// Makes an instance: called with the class and the arguments. `None`: programs cannot.
    pub construct: Option<NativeDef>,
    /// How an instance prints; `None` is `<name>`.
    pub repr: Option<Printer>,
    /// For iterators: gives the next item. `iter()` of such an object is the object itself.
    pub next: Option<NextFunction>,
    /// Whether `class` statements may derive from it.
    pub base_for_classes: bool,
}

impl TypeDef {
    /// A type with nothing in it, to be completed with struct update syntax.
    pub const fn named(name: &'static str) -> TypeDef {
        TypeDef {
            name,
            id: None,
            base: Some(TypeId::Object),
            second_base: None,
            parent: None,
            members: &[],
            construct: None,
            repr: None,
            next: None,
            base_for_classes: false,
        }
    }

    /// The same for one of the VM's own types.
    pub const fn builtin(id: TypeId, name: &'static str) -> TypeDef {
        TypeDef { id: Some(id), ..TypeDef::named(name) }
    }
}

/// A constructor that cannot run Python: gets the class and the positional arguments.
pub const fn plain_constructor(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    code: HeapFunction,
) -> Option<NativeDef> {
    let maximum = if maximum == ANY { ANY } else { maximum + 1 };
    Some(NativeDef { name, minimum: minimum + 1, maximum, keywords: false, code: NativeCode::Heap(code) })
}

/// A constructor that can run Python and takes keyword arguments: gets the class and the arguments.
pub const fn constructor(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    code: VmFunction,
) -> Option<NativeDef> {
    let maximum = if maximum == ANY { ANY } else { maximum + 1 };
    Some(NativeDef { name, minimum: minimum + 1, maximum, keywords: true, code: NativeCode::Vm(code) })
}

/// A constructor that can run Python and takes no keywords: gets the class and the positional arguments.
pub const fn full_constructor(
    name: &'static str,
    minimum: u8,
    maximum: u8,
    code: VmFunction,
) -> Option<NativeDef> {
    let maximum = if maximum == ANY { ANY } else { maximum + 1 };
    Some(NativeDef { name, minimum: minimum + 1, maximum, keywords: false, code: NativeCode::Vm(code) })
}

/// A method that gets its class in place of a self, and cannot run Python; `minimum` and `maximum` count the class.
pub const fn class_method(name: &'static str, minimum: u8, maximum: u8, code: HeapFunction) -> Member {
    Member::ClassMethod(NativeDef { name, minimum, maximum, keywords: false, code: NativeCode::Heap(code) })
}

fn function_name(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    use crate::heap::Slot;
    let name = match heap.slot_of(value) {
        Some(Slot::Function(function)) => function.code.name,
        Some(Slot::Native(native)) => {
            let name = native.name;
            heap.intern_static(name)?
        }
        Some(Slot::BoundMethod(function, _) | Slot::UnboundMethod(function, _)) => {
            let function = *function;
            return function_name(heap, function);
        }
        _ => crate::heap::sym::EMPTY,
    };
    Ok(Value::from_symbol(name))
}

fn function_globals(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    use crate::heap::Slot;
    match heap.slot_of(value) {
        Some(Slot::Function(function)) => Ok(function.globals.value()),
        _ => Ok(Value::NONE),
    }
}

fn function_code(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    use crate::heap::Slot;
    match heap.slot_of(value) {
        Some(Slot::Function(function)) if function.code.flags.native => {
            let message = "'function' object has no attribute '__code__'";
            Err(heap.raise(TypeId::AttributeError, message))
        }
        Some(Slot::Function(function)) => Ok(function.code.handle.get().map_or(Value::NONE, Handle::value)),
        _ => Ok(Value::NONE),
    }
}

/// `function(code, globals)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    use crate::heap::Slot;
    let (code, globals) = (arguments.at(vm, 1), arguments.at(vm, 2));
    let namespace = globals.as_handle().filter(|_| vm.heap.as_dict(globals).is_some());
    let (Some(Slot::Code(object)), Some(namespace)) = (vm.heap.slot_of(code), namespace) else {
        return Err(vm.heap.raise_bare(TypeId::TypeError));
    };
    // Cells cannot be given, and the code of a class body wants a namespace.
    if object.free_count > 0 || object.flags.namespace {
        return Err(vm.heap.raise_bare(TypeId::TypeError));
    }
    vm.make_namespace(namespace)?;
    let code = vm.copied_code(code, namespace)?;
    Ok(vm.function_of(code, namespace)?.into())
}

/// `function`
pub static FUNCTION_TYPE: TypeDef = TypeDef {
    construct: constructor("function", 2, 2, construct),
    members: &[
        getter("__name__", function_name),
        getter("__globals__", function_globals),
        getter("__code__", function_code),
    ],
    ..TypeDef::builtin(TypeId::Function, "function")
};
/// `generator` as upstream names generator functions too.
pub static GENERATOR_FUNCTION_TYPE: TypeDef = TypeDef {
    members: &[
        getter("__name__", function_name),
        getter("__globals__", function_globals),
        getter("__code__", function_code),
    ],
    ..TypeDef::builtin(TypeId::GeneratorFunction, "generator")
};
/// Built-in functions are `function`s too.
pub static NATIVE_TYPE: TypeDef = TypeDef {
    members: &[getter("__name__", function_name)],
    ..TypeDef::builtin(TypeId::NativeFunction, "function")
};
/// `bound_method`
pub static BOUND_METHOD_TYPE: TypeDef = TypeDef {
    members: &[getter("__name__", function_name)],
    ..TypeDef::builtin(TypeId::BoundMethod, "bound_method")
};
/// `code`
pub static CODE_TYPE: TypeDef = TypeDef::builtin(TypeId::Code, "code");
/// `cell`
pub static CELL_TYPE: TypeDef = TypeDef::builtin(TypeId::Cell, "cell");
