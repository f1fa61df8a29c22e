//! `BaseExceptionGroup` and `ExceptionGroup`: several exceptions at once, as a `TaskGroup` raises them.
//!
//! A group's arguments are its message and the sequence of its exceptions, as they were given. A group of nothing but
//! `Exception`s is an `ExceptionGroup` whatever it was asked to be, so that `except Exception` catches it.

use crate::heap::{Handle, Heap, Raised, TypeId, Value};
use crate::objects::function::{Member, TypeDef, full, getter, plain, plain_constructor};
use crate::run::{Action, Arguments, Called, Outcome, Vm};
use alloc::vec::Vec;

/// How deep groups in groups are looked into.
const DEEPEST: usize = 100;

impl Heap {
    /// The exceptions of a group; empty for other exceptions.
    pub fn exceptions_of_group(&self, exception: Value) -> &[Value] {
        if !self.is_instance(exception, TypeId::BaseExceptionGroup.handle()) {
            return &[];
        }
        match self.exception_arguments(exception) {
            [_, exceptions, ..] => self.as_sequence(*exceptions).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// `ExceptionGroup(message, exceptions)`
fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let &[class, message, exceptions] = arguments else { return Err(heap.raise_bare(TypeId::TypeError)) };
    let Some(class) = heap.as_class(class) else { return Err(heap.raise_bare(TypeId::TypeError)) };
    if heap.as_str(message).is_none() {
        let kind = alloc::string::String::from(heap.type_name(message));
        let text = format_args!("argument 1 must be str, not {kind}");
        return Err(heap.raise_fmt(TypeId::TypeError, text));
    }
    let Some(items) = heap.as_sequence(exceptions) else {
        return Err(heap.raise(TypeId::TypeError, "second argument (exceptions) must be a sequence"));
    };
    if items.is_empty() {
        let text = "second argument (exceptions) must be a non-empty sequence";
        return Err(heap.raise(TypeId::ValueError, text));
    }
    if let Some(number) = items.iter().position(|&item| heap.as_exception(item).is_none()) {
        let text = format_args!("Item {number} of second argument (exceptions) is not an exception");
        return Err(heap.raise_fmt(TypeId::ValueError, text));
    }
    let ordinary = items.iter().all(|&item| heap.is_instance(item, TypeId::Exception.handle()));
    let class = match (class == TypeId::ExceptionGroup.handle(), ordinary) {
        (true, false) => {
            return Err(heap.raise(TypeId::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup"));
        }
        (false, true) => TypeId::ExceptionGroup.handle(),
        _ => class,
    };
    heap.new_exception_of(class, &[message, exceptions])
}

fn get_message(heap: &mut Heap, group: Value) -> Result<Value, Raised> {
    Ok(heap.exception_arguments(group).first().copied().unwrap_or(Value::NONE))
}

fn get_exceptions(heap: &mut Heap, group: Value) -> Result<Value, Raised> {
    let exceptions = heap.exceptions_of_group(group).to_vec();
    heap.tuple(&exceptions)
}

/// `derive(exceptions)`: a group like this one of other exceptions.
fn derive(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let &[group, exceptions] = arguments else { return Err(heap.raise_bare(TypeId::TypeError)) };
    let message = get_message(heap, group)?;
    construct(heap, &[TypeId::BaseExceptionGroup.value(), message, exceptions])
}

/// Which exceptions are looked for.
enum Wanted {
    /// Those of any of these classes.
    Classes(Vec<Handle>),
    /// Those for which this function says so.
    Function(Value),
}

impl Wanted {
    fn of(vm: &mut Vm, given: Value) -> Result<Wanted, Raised> {
        let is_exception = |class: &Handle| vm.heap.is_subclass(*class, TypeId::BaseException.handle());
        if let Some(class) = vm.heap.as_class(given).filter(is_exception) {
            return Ok(Wanted::Classes(alloc::vec![class]));
        }
        if let Some(classes) = vm.heap.as_tuple(given) {
            let classes: Option<Vec<Handle>> =
                classes.iter().map(|&class| vm.heap.as_class(class).filter(is_exception)).collect();
            if let Some(classes) = classes {
                return Ok(Wanted::Classes(classes));
            }
        } else if vm.heap.as_class(given).is_none() && given.as_handle().is_some() {
            return Ok(Wanted::Function(given));
        }
        Err(vm.type_error("expected a function, exception type or tuple of exception types"))
    }

    fn matches(&self, vm: &mut Vm, exception: Value) -> Result<bool, Raised> {
        match self {
            Wanted::Classes(classes) => {
                Ok(classes.iter().any(|&class| vm.heap.is_instance(exception, class)))
            }
            Wanted::Function(function) => {
                let answer = vm.call_nested(*function, &[exception])?;
                vm.truth_nested(answer)
            }
        }
    }
}

/// The two parts of a group: what is wanted, and the rest; each a group, or None. New groups are kept in the machine's
/// roots, which the caller cuts back.
fn split_into(
    vm: &mut Vm,
    exception: Value,
    wanted: &Wanted,
    depth: usize,
) -> Result<(Value, Value), Raised> {
    if depth > DEEPEST {
        return Err(vm.too_deep());
    }
    if wanted.matches(vm, exception)? {
        return Ok((exception, Value::NONE));
    }
    let children = vm.heap.exceptions_of_group(exception).to_vec();
    if children.is_empty() {
        return Ok((Value::NONE, exception));
    }
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for child in children {
        let (yes, no) = split_into(vm, child, wanted, depth + 1)?;
        matching.extend((!yes.is_none()).then_some(yes));
        rest.extend((!no.is_none()).then_some(no));
    }
    if matching.is_empty() {
        return Ok((Value::NONE, exception));
    }
    Ok((derived(vm, exception, &matching)?, derived(vm, exception, &rest)?))
}

/// What the group's `derive` makes of these, with the group's traceback; None of nothing.
fn derived(vm: &mut Vm, group: Value, exceptions: &[Value]) -> Result<Value, Raised> {
    if exceptions.is_empty() {
        return Ok(Value::NONE);
    }
    let list = vm.heap.list(exceptions)?;
    vm.roots.push(list);
    let name = vm.heap.intern_static("derive")?;
    let made = match vm.attribute(group, name, Action::Discard)? {
        Called::Value(method) => vm.call_nested(method, &[list])?,
        Called::Stop(_) | Called::Pushed => return Err(vm.type_error("derive must be a method")),
    };
    vm.roots.push(made);
    let lines = vm.heap.as_exception(group).map_or(Vec::new(), |group| group.traceback.clone());
    for line in lines {
        vm.heap.add_trace(made, line);
    }
    Ok(made)
}

fn both_parts(vm: &mut Vm, arguments: Arguments) -> Result<(Value, Value), Raised> {
    let (group, given) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let wanted = Wanted::of(vm, given)?;
    let depth = vm.roots.len();
    let parts = split_into(vm, group, &wanted, 0);
    vm.roots.truncate(depth);
    parts
}

/// `split(condition)`
fn split(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (matching, rest) = both_parts(vm, arguments)?;
    Ok(vm.heap.tuple(&[matching, rest])?.into())
}

/// `subgroup(condition)`
fn subgroup(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    both_parts(vm, arguments).map(|(matching, _)| matching.into())
}

static MEMBERS: [Member; 5] = [
    getter("message", get_message),
    getter("exceptions", get_exceptions),
    plain("derive", 2, 2, derive),
    full("split", 2, 2, split),
    full("subgroup", 2, 2, subgroup),
];

/// `BaseExceptionGroup`
pub static BASE_EXCEPTION_GROUP: TypeDef = TypeDef {
    base: Some(TypeId::BaseException),
    construct: plain_constructor("BaseExceptionGroup", 2, 2, construct),
    members: &MEMBERS,
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::BaseExceptionGroup, "BaseExceptionGroup")
};

/// `ExceptionGroup`: both a group and an `Exception`.
pub static EXCEPTION_GROUP: TypeDef = TypeDef {
    base: Some(TypeId::BaseExceptionGroup),
    second_base: Some(TypeId::Exception),
    construct: plain_constructor("ExceptionGroup", 2, 2, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::ExceptionGroup, "ExceptionGroup")
};
