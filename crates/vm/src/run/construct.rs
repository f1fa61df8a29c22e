//! Calling classes: instances, subclasses of built-in types, and classes themselves.

use super::frame::{Action, Input};
use super::native_frame::{NativeFrame, Step};
use super::{Arguments, Called, FewArguments, Outcome, Vm};
use crate::heap::{Handle, Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::objects::class::{Class, Making};
use crate::objects::function::{ANY, NativeCode, NativeDef};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

impl Vm {
    /// Calls a class.
    pub(super) fn construct(
        &mut self,
        class: Handle,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let Some(object) = self.heap.class(class) else { return Ok(Called::Value(Value::NONE)) };
        if let Some((epoch, making)) = object.making
            && epoch == self.heap.class_epoch
        {
            let instance = self.heap.instance(class, object.root_shape)?;
            return match self.init_of(making) {
                Some(init) => self.call_init(init, instance, base, count, names, action),
                None => Ok(Called::Value(instance)),
            };
        }
        if let Some(definition) = object.definition {
            return match &definition.construct {
                Some(native) => {
                    let all = count + self.heap.as_tuple(names).map_or(0, <[Value]>::len);
                    self.ensure_window(base + all + 1)?;
                    self.fiber.stack.copy_within(base..base + all, base + 1);
                    self.fiber.stack[base] = class.value();
                    let called = self.call_native_constructor(native, base, count + 1, names, action);
                    self.restore_arguments(base, count, names, called)
                }
                None => Err(self.heap.raise_fmt(
                    TypeId::TypeError,
                    format_args!("can't create '{}' instances", definition.name),
                )),
            };
        }
        let (native_base, is_exception) = (object.native_base, object.is_exception);
        if let Some(place) = self.heap.class_lookup(class, sym::NEW)?
            && place.holder != TypeId::Object.handle()
        {
            let arguments = Arguments { base, count, names };
            let frame = ConstructByNew {
                class: class.value(),
                new: place.value,
                arguments: arguments.to_vec(self),
                keywords: self.keywords_as_dict(arguments)?,
                instance: Value::NONE,
            };
            self.push_native(Box::new(frame), action)?;
            return Ok(Called::Pushed);
        }
        let instance = if is_exception {
            let arguments = self.fiber.stack[base..base + count].to_vec();
            self.heap.new_exception_of(class, &arguments)?
        } else {
            let shape = self.heap.class(class).map_or(crate::heap::ShapeId(0), |class| class.root_shape);
            self.heap.instance(class, shape)?
        };
        let init = self.heap.class_lookup(class, sym::INIT)?;
        let python_init = init
            .filter(|place| self.heap.class(place.holder).is_some_and(|holder| holder.definition.is_none()));
        if native_base.is_none() && !is_exception {
            let making = python_init.map_or(Making::Bare, |place| Making::Init(place.holder, place.entry));
            let epoch = self.heap.class_epoch;
            if let Some(object) = self.heap.class_mut(class) {
                object.making = Some((epoch, making));
            }
        }
        match (python_init, native_base) {
            (Some(place), Some(definition)) if is_immutable(definition) => {
                let arguments = Arguments { base, count, names };
                let base = Some(self.heap.class_for(definition)?.value());
                let init = CallInit { base, ..self.calling_init(place.value, instance, arguments)? };
                self.push_native(Box::new(init), action)?;
                Ok(Called::Pushed)
            }
            (Some(place), _) if is_exception => {
                self.heap.set_incomplete(instance, true);
                let arguments = Arguments { base, count, names };
                let init = self.calling_init(place.value, instance, arguments)?;
                self.push_native(Box::new(init), action)?;
                Ok(Called::Pushed)
            }
            (Some(place), native_base) => {
                if native_base.is_some() {
                    self.make_default_base(instance)?;
                }
                self.call_init(place.value, instance, base, count, names, action)
            }
            (None, Some(definition)) => {
                let arguments = Arguments { base, count, names };
                let frame = BaseInitialiser {
                    instance,
                    class: self.heap.class_for(definition)?.value(),
                    arguments: arguments.to_vec(self),
                    keywords: self.keywords_as_dict(arguments)?,
                    result: instance,
                };
                self.push_native(Box::new(frame), action)?;
                Ok(Called::Pushed)
            }
            // As upstream, which lets any arguments pass here.
            (None, None) => Ok(Called::Value(instance)),
        }
    }

    /// The `__init__` that a class remembers.
    fn init_of(&self, making: Making) -> Option<Value> {
        match making {
            Making::Bare => None,
            Making::Init(holder, entry) => {
                self.heap.class(holder)?.dict.entry(entry as usize).map(|entry| entry.value)
            }
        }
    }

    fn call_native_constructor(
        &mut self,
        native: &'static NativeDef,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        // Messages count what the program gave, without the class.
        if !names.is_none() && !native.keywords {
            return Err(self.type_error("function doesn't take keyword arguments"));
        }
        let (given, minimum) = (count - 1, native.minimum as usize - 1);
        if given < minimum || native.maximum != ANY && count > native.maximum as usize {
            let maximum = native.maximum as usize - 1;
            return Err(if minimum == maximum {
                self.heap.raise_fmt(
                    TypeId::TypeError,
                    format_args!("function takes {minimum} positional arguments but {given} were given"),
                )
            } else if given < minimum {
                self.heap.raise_fmt(
                    TypeId::TypeError,
                    format_args!("function missing {} required positional arguments", minimum - given),
                )
            } else {
                self.heap.raise_fmt(
                    TypeId::TypeError,
                    format_args!("function expected at most {maximum} arguments, got {given}"),
                )
            });
        }
        match native.code {
            NativeCode::Heap(code) => {
                let arguments = &self.fiber.stack[base..base + count];
                code(&mut self.heap, arguments).map(Called::Value)
            }
            NativeCode::Vm(code) | NativeCode::Quick(_, code) => {
                let keywords = self.heap.as_tuple(names).map_or(0, <[Value]>::len);
                let reserved = core::mem::replace(&mut self.fiber.reserved, base + count + keywords);
                let outcome = code(self, Arguments { base, count, names });
                self.fiber.reserved = reserved;
                self.complete(outcome?, action)
            }
        }
    }

    /// Keyword arguments as a dict, or None.
    pub(crate) fn keywords_as_dict(&mut self, arguments: Arguments) -> Result<Value, Raised> {
        let keywords = arguments.keywords(self);
        if keywords.is_empty() {
            return Ok(Value::NONE);
        }
        let dict = self.heap.dict(crate::objects::dict::Dict::new())?;
        if let Some(handle) = dict.as_handle() {
            for (name, value) in keywords {
                self.namespace_set(handle, name, value)?;
            }
        }
        Ok(dict)
    }

    /// Calls `__init__` with an instance before the arguments on the stack; the result is the instance.
    fn call_init(
        &mut self,
        init: Value,
        instance: Value,
        base: usize,
        count: usize,
        names: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let all = count + self.heap.as_tuple(names).map_or(0, <[Value]>::len);
        if let Action::Store(register) = action {
            self.ensure_window(base + all + 1)?;
            self.fiber.stack.copy_within(base..base + all, base + 1);
            self.fiber.stack[base] = instance;
            let called = self.call(init, base, count + 1, names, Action::Instance(register, instance));
            return match self.restore_arguments(base, count, names, called)? {
                Called::Value(_) => Ok(Called::Value(instance)),
                other => Ok(other),
            };
        }
        let init = self.calling_init(init, instance, Arguments { base, count, names })?;
        self.push_native(Box::new(init), action)?;
        Ok(Called::Pushed)
    }

    /// The frame that calls `__init__` with an instance and arguments.
    fn calling_init(
        &mut self,
        init: Value,
        instance: Value,
        arguments: Arguments,
    ) -> Result<CallInit, Raised> {
        let mut given = Vec::with_capacity(arguments.count + 1);
        given.push(instance);
        given.extend_from_slice(arguments.positional(self));
        let keywords = self.keywords_as_dict(arguments)?;
        Ok(CallInit { init, instance, arguments: given, keywords, base: None })
    }

    /// Gives an instance of a subclass of a built-in type an empty built-in object, where the type allows one.
    fn make_default_base(&mut self, instance: Value) -> Result<(), Raised> {
        let class = self.heap.class_of(instance);
        let Some(definition) = self.heap.class(class).and_then(|class| class.native_base) else {
            return Ok(());
        };
        let Some(native) = &definition.construct else { return Ok(()) };
        if native.minimum > 1 {
            return Ok(());
        }
        let base_class = self.heap.class_for(definition)?.value();
        let depth = self.roots.len();
        self.roots.push(instance);
        let made = self.call_nested(base_class, &[]);
        self.roots.truncate(depth);
        let made = made?;
        self.set_native_part(instance, made);
        Ok(())
    }

    fn set_native_part(&mut self, instance: Value, part: Value) {
        if let Some(Slot::Instance(object)) = instance.as_handle().map(|handle| self.heap.slot_mut(handle))
            && let Some(place) = object.values.first_mut()
        {
            *place = part;
        }
    }

    /// What `super().__init__` is in a subclass of a built-in type.
    pub(super) fn base_initialiser(&mut self, object: Value) -> Result<Value, Raised> {
        let native = self.base_initialiser_function()?;
        self.heap.bound_method(native, object)
    }

    /// The same without its self.
    pub(super) fn base_initialiser_function(&mut self) -> Result<Value, Raised> {
        Ok(self.heap.allocate(Slot::Native(&BASE_INIT))?.value())
    }

    /// An instance of a class without running `__init__`: `object.__new__(class, …)`. Immutable built-in objects inside,
    /// and exceptions, get their value from the arguments.
    pub(crate) fn bare_instance(&mut self, arguments: Arguments) -> Result<Outcome, Raised> {
        let Some(handle) = self.heap.as_class(arguments.at(self, 0)) else {
            return Err(self.type_error("arg must be user-type"));
        };
        let Some(object) = self.heap.class(handle) else { return Ok(Value::NONE.into()) };
        if let Some(definition) = object.definition
            && definition.id != Some(TypeId::Object)
        {
            return Err(self.type_error("arg must be user-type"));
        }
        let (shape, is_exception, native) = (object.root_shape, object.is_exception, object.native_base);
        let given = arguments.positional(self).get(1..).unwrap_or(&[]).to_vec();
        if is_exception {
            return Ok(self.heap.new_exception_of(handle, &given)?.into());
        }
        let instance = self.heap.instance(handle, shape)?;
        match native {
            Some(definition) if is_immutable(definition) && !given.is_empty() => {
                Ok(Outcome::Frame(Box::new(BaseInitialiser {
                    instance,
                    class: self.heap.class_for(definition)?.value(),
                    arguments: given,
                    keywords: self.keywords_as_dict(arguments)?,
                    result: instance,
                })))
            }
            Some(_) => {
                self.make_default_base(instance)?;
                Ok(instance.into())
            }
            None => Ok(instance.into()),
        }
    }

    /// Tells the bases of a class that something derives from them.
    fn note_subclass(&mut self, class: Handle) {
        let bases = self.heap.class(class).map(|class| class.bases.clone()).unwrap_or_default();
        for base in bases {
            if let Some(base) = self.heap.class_mut(base) {
                base.is_subclassed = true;
            }
        }
    }

    /// A class from its name, bases and namespace (a dict).
    pub fn make_class(&mut self, name: Symbol, bases: &[Value], namespace: Value) -> Result<Value, Raised> {
        let mut handles = Vec::with_capacity(bases.len());
        for &base in bases {
            let Some(handle) = self.heap.as_class(base) else {
                return Err(self.heap.raise_bare(TypeId::TypeError));
            };
            if let Some(definition) = self.heap.class(handle).and_then(|class| class.definition)
                && !definition.base_for_classes
            {
                return Err(self.heap.raise_fmt(
                    TypeId::TypeError,
                    format_args!("type '{}' isn't an acceptable base type", definition.name),
                ));
            }
            handles.push(handle);
        }
        if handles.is_empty() {
            handles.push(TypeId::Object.handle());
        }
        let object = TypeId::Object.handle();
        let mut ancestors: Vec<Handle> = Vec::new();
        let mut native_base = None;
        let mut is_exception = false;
        let mut flags = (false, false, false);
        let mut has_equality = false;
        for &base in &handles {
            let Some(class) = self.heap.class(base) else { continue };
            // A base brings no class twice: only what the bases before it have brought is compared.
            let before = ancestors.len();
            for &ancestor in core::iter::once(&base).chain(&class.ancestors) {
                if ancestor != object && !ancestors[..before].contains(&ancestor) {
                    ancestors.push(ancestor);
                }
            }
            is_exception |= class.is_exception || self.heap.is_subclass(base, TypeId::BaseException.handle());
            flags.0 |= class.has_getattr;
            has_equality |= class.has_equality;
            flags.1 |= class.has_setattr;
            flags.2 |= class.has_descriptors;
            let native = class.native_base.or(class.definition.filter(|definition| {
                base != object
                    && !self.heap.is_subclass(base, TypeId::BaseException.handle())
                    && definition.name != "object"
            }));
            match (native_base, native) {
                (None, native) => native_base = native,
                (Some(before), Some(now))
                    if !core::ptr::eq::<crate::objects::function::TypeDef>(before, now) =>
                {
                    return Err(self.type_error("multiple bases have instance lay-out conflict"));
                }
                _ => {}
            }
        }
        ancestors.push(object);
        let root = self.heap.shapes.new_root(&mut self.heap.budget, native_base.is_some())?;
        let class = Class {
            bases: handles,
            ancestors,
            native_base,
            is_exception,
            has_getattr: flags.0,
            has_equality,
            has_setattr: flags.1,
            has_descriptors: flags.2,
            filled: true,
            ..Class::new(name, root)
        };
        self.heap.budget.charge(class.bytes())?;
        let handle = self.heap.allocate(Slot::Class(Box::new(class)))?;
        self.note_subclass(handle);
        let entries: Vec<(Value, Value)> = match self.heap.as_dict(namespace) {
            Some(table) => table.iter().map(|entry| (entry.key, entry.value)).collect(),
            None => Vec::new(),
        };
        for (key, value) in entries {
            let Some(name) = self.heap.to_symbol(key)? else { continue };
            let mut value = value;
            if name == sym::NEW && matches!(self.heap.slot_of(value), Some(Slot::Function(_))) {
                value = self.heap.allocate(Slot::StaticMethod(value))?.value();
            }
            self.heap.class_set(handle, name, value)?;
        }
        Ok(handle.value())
    }
}

/// Whether objects of a built-in type are made empty and then filled.
fn is_container(definition: &crate::objects::function::TypeDef) -> bool {
    matches!(
        definition.id,
        Some(TypeId::List | TypeId::Dict | TypeId::OrderedDict | TypeId::Set | TypeId::ByteArray)
    )
}

/// Whether objects of a built-in type get their value when they are made, so that it comes from the arguments even
/// where a `__init__` in Python does not pass them on.
fn is_immutable(definition: &crate::objects::function::TypeDef) -> bool {
    matches!(
        definition.id,
        Some(
            TypeId::Bool
                | TypeId::Int
                | TypeId::Float
                | TypeId::Complex
                | TypeId::Str
                | TypeId::Bytes
                | TypeId::Tuple
                | TypeId::FrozenSet
        )
    )
}

/// Calls `__init__` where the result does not go into a register, or where something is to be done afterwards: where the
/// built-in object inside has to be made unless `__init__` has done so (upstream's order), and for exceptions.
struct CallInit {
    init: Value,
    instance: Value,
    arguments: Vec<Value>,
    keywords: Value,
    /// The class of the built-in object inside; `None` where there is nothing to do after `__init__`.
    base: Option<Value>,
}

impl NativeFrame for CallInit {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (input, self.base) {
            (Input::Value(Value::NONE), Some(class))
                if vm.heap.native_part(self.instance) == self.instance =>
            {
                Ok(Step::Become(Box::new(BaseInitialiser {
                    instance: self.instance,
                    class,
                    arguments: self.arguments.get(1..).unwrap_or(&[]).to_vec(),
                    keywords: self.keywords,
                    result: self.instance,
                })))
            }
            (Input::Value(Value::NONE), _) => {
                vm.heap.set_incomplete(self.instance, false);
                Ok(Step::Return(self.instance))
            }
            (Input::Value(_), _) => Err(vm.type_error("__init__() should return None")),
            _ => Ok(Step::CallMany(self.init, self.arguments.clone(), self.keywords)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.init, self.instance, self.keywords]);
        tracer.values(&self.arguments);
        if let Some(base) = self.base {
            tracer.value(base);
        }
    }
}

/// A class with its own `__new__`: calls it, then `__init__` if an instance of the class came out.
struct ConstructByNew {
    class: Value,
    new: Value,
    arguments: Vec<Value>,
    keywords: Value,
    instance: Value,
}

impl ConstructByNew {
    /// Without an `__init__` in Python, that of the built-in base takes the arguments: lists, dicts and sets are filled
    /// after they are made.
    fn fill_base(&self, vm: &mut Vm, made: Value) -> Result<Step, Raised> {
        let class = vm.heap.class_of(made);
        let base = vm.heap.class(class).and_then(|class| class.native_base);
        match base {
            Some(definition) if is_container(definition) => Ok(Step::Become(Box::new(BaseInitialiser {
                instance: made,
                class: vm.heap.class_for(definition)?.value(),
                arguments: self.arguments.clone(),
                keywords: self.keywords,
                result: made,
            }))),
            _ => Ok(Step::Return(made)),
        }
    }
}

impl NativeFrame for ConstructByNew {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(made) if self.instance.is_none() => {
                let Some(class) = self.class.as_handle() else { return Ok(Step::Return(made)) };
                if !vm.heap.is_instance(made, class) {
                    return Ok(Step::Return(made));
                }
                let Some(init) = vm.python_special(made, sym::INIT)? else { return self.fill_base(vm, made) };
                self.instance = made;
                let mut arguments = alloc::vec![made];
                arguments.extend_from_slice(&self.arguments);
                Ok(Step::CallMany(init, arguments, self.keywords))
            }
            Input::Value(Value::NONE) => Ok(Step::Return(self.instance)),
            Input::Value(_) => Err(vm.type_error("__init__() should return None")),
            _ => {
                let mut arguments = alloc::vec![self.class];
                arguments.extend_from_slice(&self.arguments);
                Ok(Step::CallMany(self.new, arguments, self.keywords))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.class, self.new, self.keywords, self.instance]);
        tracer.values(&self.arguments);
    }
}

/// Makes the built-in object inside an instance.
struct BaseInitialiser {
    instance: Value,
    class: Value,
    arguments: Vec<Value>,
    keywords: Value,
    result: Value,
}

impl NativeFrame for BaseInitialiser {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(made) => {
                vm.set_native_part(self.instance, made);
                Ok(Step::Return(self.result))
            }
            _ => Ok(Step::CallMany(self.class, self.arguments.clone(), self.keywords)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.instance, self.class, self.keywords, self.result]);
        tracer.values(&self.arguments);
    }
}

static BASE_INIT: NativeDef =
    NativeDef { name: "__init__", minimum: 1, maximum: ANY, keywords: true, code: NativeCode::Vm(base_init) };

fn base_init(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let instance = arguments.at(vm, 0);
    let class = vm.heap.class_of(instance);
    let Some(definition) = vm.heap.class(class).and_then(|class| class.native_base) else {
        return Ok(Value::NONE.into());
    };
    let class = vm.heap.class_for(definition)?.value();
    let given = arguments.positional(vm)[1..].to_vec();
    let keywords = vm.keywords_as_dict(arguments)?;
    Ok(Outcome::Frame(Box::new(BaseInitialiser {
        instance,
        class,
        arguments: given,
        keywords,
        result: Value::NONE,
    })))
}

/// `type(x)`, `type(name, bases, namespace)`
pub(crate) fn type_call(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    match arguments.count {
        2 => Ok(vm.heap.class_of(arguments.at(vm, 1)).value().into()),
        4 => {
            let Some(name) = vm.heap.to_symbol(arguments.at(vm, 1))? else {
                let kind = String::from(vm.heap.type_name(arguments.at(vm, 1)));
                let message = format_args!("can't convert '{kind}' object to str implicitly");
                return Err(vm.heap.raise_fmt(TypeId::TypeError, message));
            };
            let bases = match vm.heap.as_tuple(arguments.at(vm, 2)) {
                Some(bases) => bases.to_vec(),
                None => return Err(vm.heap.raise_bare(TypeId::TypeError)),
            };
            if vm.heap.as_dict(arguments.at(vm, 3)).is_none() {
                return Err(vm.heap.raise_bare(TypeId::TypeError));
            }
            Ok(vm.make_class(name, &bases, arguments.at(vm, 3))?.into())
        }
        _ => Err(vm.type_error("type takes 1 or 3 arguments")),
    }
}

/// `__build_class__(body, name, *bases)`
pub(crate) fn build_class(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let given = arguments.to_vec(vm);
    if !arguments.keywords(vm).is_empty() {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    let Some(name) = vm.heap.to_symbol(given[1])? else {
        return Err(vm.type_error("class name must be a str"));
    };
    let namespace = vm.heap.dict(crate::objects::dict::Dict::for_names())?;
    Ok(Outcome::Frame(Box::new(BuildClass {
        body: given[0],
        name,
        bases: given[2..].to_vec(),
        namespace,
        class: Value::UNBOUND,
        pending: Vec::new(),
    })))
}

/// Runs a class body, makes the class, and tells its descriptors their names.
struct BuildClass {
    body: Value,
    name: Symbol,
    bases: Vec<Value>,
    namespace: Value,
    class: Value,
    pending: Vec<(Symbol, Value)>,
}

impl BuildClass {
    fn make(&mut self, vm: &mut Vm, cell: Value) -> Result<(), Raised> {
        let class = vm.make_class(self.name, &self.bases, self.namespace)?;
        if let Some(handle) = cell.as_handle()
            && let Slot::Cell(content) = vm.heap.slot_mut(handle)
        {
            *content = class;
        }
        self.class = class;
        let entries: Vec<(Value, Value)> = match vm.heap.as_dict(self.namespace) {
            Some(table) => table.iter().map(|entry| (entry.key, entry.value)).collect(),
            None => Vec::new(),
        };
        for (key, value) in entries {
            if matches!(vm.heap.slot_of(value), Some(Slot::Instance(_)))
                && vm.heap.special(value, sym::SET_NAME)?.is_some()
                && let Some(name) = key.as_symbol()
            {
                self.pending.push((name, value));
            }
        }
        self.pending.reverse();
        Ok(())
    }
}

impl NativeFrame for BuildClass {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(cell) => {
                if self.class.is_unbound() {
                    self.make(vm, cell)?;
                }
                while let Some((name, value)) = self.pending.pop() {
                    if let Some(method) = vm.heap.special(value, sym::SET_NAME)? {
                        let arguments = [value, self.class, Value::from_symbol(name)];
                        return Ok(Step::Call(method, FewArguments::new(&arguments)));
                    }
                }
                Ok(Step::Return(self.class))
            }
            _ => Ok(Step::Call(self.body, FewArguments::new(&[self.namespace]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.body, self.namespace, self.class]);
        tracer.values(&self.bases);
        for &(_, value) in &self.pending {
            tracer.value(value);
        }
    }
}

impl Vm {
    /// The class name in messages about a class value.
    pub fn class_name(&self, class: Value) -> String {
        let name = self.heap.as_class(class).and_then(|class| self.heap.class(class)).map(|class| class.name);
        String::from(name.map_or("", |name| self.heap.symbols.text(name)))
    }
}
