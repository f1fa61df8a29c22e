//! `namedtuple`: classes made at run time whose instances are tuples with names for their items.
//!
//! Such a class is an ordinary class derived from `tuple`. An instance holds its tuple, as those of every class derived
//! from a built-in type do, and the items once more as attributes, so that a name is found the quick way. Attributes
//! cannot be changed, so the two never differ.

use crate::arguments;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Slot, Symbol, TypeId, Value, sym};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::objects::function::{ANY, NativeCode, NativeDef};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The entry of the class that holds the names of the fields. It is no identifier, so programs do not meet it.
const FIELDS: &str = "<fields>";

static NEW: NativeDef =
    NativeDef { name: "__new__", minimum: 1, maximum: ANY, keywords: true, code: NativeCode::Vm(new) };
static REPR: NativeDef =
    NativeDef { name: "__repr__", minimum: 1, maximum: 1, keywords: false, code: NativeCode::Vm(repr) };
static SETATTR: NativeDef = NativeDef {
    name: "__setattr__",
    minimum: 3,
    maximum: 3,
    keywords: false,
    code: NativeCode::Vm(set_attribute),
};
static DELATTR: NativeDef = NativeDef {
    name: "__delattr__",
    minimum: 2,
    maximum: 2,
    keywords: false,
    code: NativeCode::Vm(set_attribute),
};

/// `namedtuple(name, fields)`
pub fn named_tuple(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (name, fields) = (given.at(vm, 0), given.at(vm, 1));
    let name = arguments::text(&mut vm.heap, name)?;
    let name = vm.heap.intern(&name)?;
    let names = match vm.heap.as_str(fields).map(String::from) {
        Some(text) => {
            let mut names = Vec::new();
            for name in text.split_ascii_whitespace() {
                names.push(vm.heap.intern(name)?);
            }
            names
        }
        None => {
            let items = arguments::sequence(&mut vm.heap, fields)?;
            let mut names = Vec::new();
            for item in items {
                let name = arguments::text(&mut vm.heap, item)?;
                names.push(vm.heap.intern(&name)?);
            }
            names
        }
    };
    Ok(make_class(vm, name, &names)?.value().into())
}

/// A class for tuples with these names.
pub fn make_class(vm: &mut Vm, name: Symbol, fields: &[Symbol]) -> Result<Handle, Raised> {
    let namespace = vm.heap.dict(Dict::new())?;
    let class = vm.make_class(name, &[TypeId::Tuple.value()], namespace)?;
    let Some(class) = class.as_handle() else { return Err(Raised::OUT_OF_MEMORY) };
    for (special, native) in
        [(sym::NEW, &NEW), (sym::REPR, &REPR), (sym::SETATTR, &SETATTR), (sym::DELATTR, &DELATTR)]
    {
        let mut function = vm.heap.allocate(Slot::Native(native))?.value();
        if special == sym::NEW {
            function = vm.heap.allocate(Slot::StaticMethod(function))?.value();
        }
        vm.heap.class_set(class, special, function)?;
    }
    let names: Vec<Value> = fields.iter().map(|&field| Value::from_symbol(field)).collect();
    let names = vm.heap.tuple(&names)?;
    let entry = vm.heap.intern_static(FIELDS)?;
    vm.heap.class_set(class, entry, names)?;
    Ok(class)
}

/// A tuple with names, of a class of its own.
pub fn make(vm: &mut Vm, name: Symbol, fields: &[(&'static str, Value)]) -> Result<Value, Raised> {
    let mut names = Vec::new();
    for (field, _) in fields {
        names.push(vm.heap.intern_static(field)?);
    }
    let class = make_class(vm, name, &names)?;
    let items: Vec<Value> = fields.iter().map(|&(_, item)| item).collect();
    instance(vm, class, &names, &items)
}

/// The names of the fields of a class or one derived from it.
fn fields_of(vm: &mut Vm, class: Handle) -> Result<Vec<Symbol>, Raised> {
    let entry = vm.heap.intern_static(FIELDS)?;
    let names = vm.heap.class_lookup(class, entry)?.map_or(Value::NONE, |place| place.value);
    Ok(vm.heap.as_tuple(names).unwrap_or(&[]).iter().filter_map(|name| name.as_symbol()).collect())
}

/// An instance; no collection can happen in here.
fn instance(vm: &mut Vm, class: Handle, names: &[Symbol], items: &[Value]) -> Result<Value, Raised> {
    let tuple = vm.heap.tuple(items)?;
    let shape = match vm.heap.class(class) {
        Some(class) => class.root_shape,
        None => return Err(Raised::OUT_OF_MEMORY),
    };
    let instance = vm.heap.instance(class, shape)?;
    if let Some(Slot::Instance(object)) = instance.as_handle().map(|handle| vm.heap.slot_mut(handle))
        && let Some(place) = object.values.first_mut()
    {
        *place = tuple;
    }
    for (&name, &item) in names.iter().zip(items) {
        vm.store_own_attribute(instance, name, item)?;
    }
    Ok(instance)
}

fn new(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let class = given.at(vm, 0);
    let Some(class) = vm.heap.as_class(class) else { return Err(vm.type_error("argument must be a class")) };
    let names = fields_of(vm, class)?;
    let mut items: Vec<Value> = given.positional(vm).iter().skip(1).copied().collect();
    let keywords = given.keywords(vm);
    let count = items.len() + keywords.len();
    if count != names.len() {
        let class = vm.heap.class(class).map_or(sym::EMPTY, |class| class.name);
        let class = String::from(vm.heap.symbols.text(class));
        return Err(vm.heap.raise_fmt(
            TypeId::TypeError,
            format_args!("{class}() takes {} positional arguments but {count} were given", names.len()),
        ));
    }
    items.resize(names.len(), Value::UNBOUND);
    for (name, value) in keywords {
        let text = || String::from(vm.heap.symbols.text(name));
        match names.iter().position(|&known| known == name) {
            Some(number) if items[number].is_unbound() => items[number] = value,
            Some(_) => {
                let text = text();
                let message = format_args!("function got multiple values for argument '{text}'");
                return Err(vm.heap.raise_fmt(TypeId::TypeError, message));
            }
            None => {
                let text = text();
                let message = format_args!("unexpected keyword argument '{text}'");
                return Err(vm.heap.raise_fmt(TypeId::TypeError, message));
            }
        }
    }
    Ok(instance(vm, class, &names, &items)?.into())
}

fn repr(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let receiver = given.at(vm, 0);
    let class = vm.heap.class_of(receiver);
    let names = fields_of(vm, class)?;
    let tuple = vm.heap.native_part(receiver);
    let mut text = String::from(vm.heap.type_name(receiver));
    text.push('(');
    for (number, name) in names.into_iter().enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        text.push_str(vm.heap.symbols.text(name));
        text.push('=');
        let item = vm.heap.as_tuple(tuple).and_then(|items| items.get(number)).copied();
        vm.write_value(&mut text, item.unwrap_or(Value::NONE), wigwag_vm::run::print::TextKind::Repr)?;
    }
    text.push(')');
    Ok(vm.heap.string(text)?.into())
}

/// Fields cannot be changed; other attributes only in classes derived from the tuple's.
fn set_attribute(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (receiver, name) = (given.at(vm, 0), given.at(vm, 1));
    let value = given.get(vm, 2).unwrap_or(Value::UNBOUND);
    let class = vm.heap.class_of(receiver);
    let entry = vm.heap.intern_static(FIELDS)?;
    let is_own = vm.heap.class_own(class, entry)?.is_some();
    let Some(name) = vm.heap.to_symbol(name)? else { return Err(vm.type_error("name must be a str")) };
    if is_own || fields_of(vm, class)?.contains(&name) {
        return Err(vm.heap.raise(TypeId::AttributeError, "can't set attribute"));
    }
    vm.store_own_attribute(receiver, name, value)?;
    Ok(Value::NONE.into())
}
