//! Attributes: where a name is looked for, what binding it to an object means, and what the caches remember.
//!
//! The order is MicroPython's: an instance's own attributes come first, then its class and the classes above it; only
//! then do descriptors and `__getattr__` have a say.

use super::code::Cache;
use super::frame::Action;
use super::{Called, Vm};
use crate::heap::{Handle, Raised, ShapeId, Slot, Symbol, TypeId, Value, sym};
use crate::objects::class::Place;
use crate::objects::dict::Dict;
use alloc::string::String;
use alloc::vec::Vec;

/// A cache key for values other than instances: their class, with this bit set.
pub(super) const CLASS_KEY: u32 = 1 << 31;

/// What `LoadMethod` found.
pub enum Method {
    /// A function and the self to pass.
    Bound(Value, Value),
    /// A value to call as it is.
    Plain(Value),
    /// A frame was pushed; its result is the value to call.
    Pushed,
}

impl Vm {
    /// `receiver.name`. The action gets the result if Python has to run for it.
    pub fn attribute(&mut self, receiver: Value, name: Symbol, action: Action) -> Result<Called, Raised> {
        self.attribute_cached(receiver, name, action).map(|(called, _)| called)
    }

    /// The same; and what a cache may remember of it.
    pub(super) fn attribute_cached(
        &mut self,
        receiver: Value,
        name: Symbol,
        action: Action,
    ) -> Result<(Called, Option<Cache>), Raised> {
        match self.find(receiver, name)? {
            Found::Value(value, cache) => Ok((Called::Value(value), cache)),
            Found::InClass(place, class, cache) => {
                let receiver = self.receiver_for(receiver, place);
                Ok((self.bind(place.value, receiver, class, action)?, cache))
            }
            Found::Getattr(method, with_self) => {
                Ok((self.call_getattr(method, with_self.map(|()| receiver), name, action)?, None))
            }
            Found::Nothing => Err(self.no_attribute(receiver, name)),
        }
    }

    /// `receiver.name`, about to be called.
    pub(super) fn method(
        &mut self,
        receiver: Value,
        name: Symbol,
        action: Action,
    ) -> Result<(Method, Option<Cache>), Raised> {
        match self.find(receiver, name)? {
            Found::Value(value, cache) => Ok((Method::Plain(value), cache)),
            Found::InClass(place, class, cache) => {
                let receiver = self.receiver_for(receiver, place);
                match self.heap.slot_of(place.value) {
                    Some(Slot::Function(_) | Slot::Native(_)) => {
                        Ok((Method::Bound(place.value, receiver), cache))
                    }
                    Some(Slot::ClassMethod(function)) => Ok((Method::Bound(*function, class.value()), None)),
                    _ => Ok((
                        match self.bind(place.value, receiver, class, action)? {
                            Called::Value(value) => Method::Plain(value),
                            Called::Stop(value) => return Err(self.stop_iteration(value)),
                            Called::Pushed => Method::Pushed,
                        },
                        None,
                    )),
                }
            }
            Found::Getattr(method, with_self) => {
                match self.call_getattr(method, with_self.map(|()| receiver), name, action)? {
                    Called::Value(value) => Ok((Method::Plain(value), None)),
                    Called::Stop(value) => Err(self.stop_iteration(value)),
                    Called::Pushed => Ok((Method::Pushed, None)),
                }
            }
            Found::Nothing => Err(self.no_attribute(receiver, name)),
        }
    }

    fn call_getattr(
        &mut self,
        method: Value,
        receiver: Option<Value>,
        name: Symbol,
        action: Action,
    ) -> Result<Called, Raised> {
        let name = Value::from_symbol(name);
        match receiver {
            Some(receiver) => self.call_with(method, &[receiver, name], action),
            None => self.call_with(method, &[name], action),
        }
    }

    /// A method of a built-in base gets the built-in object inside an instance as its self.
    fn receiver_for(&self, receiver: Value, place: Place) -> Value {
        match self.heap.slot_of(receiver) {
            Some(Slot::Instance(_)) => match self.heap.class(place.holder) {
                Some(class) if class.definition.is_some() && place.holder != TypeId::Object.handle() => {
                    self.heap.native_part(receiver)
                }
                _ => receiver,
            },
            _ => receiver,
        }
    }

    /// An attribute, as far as it can be had without running Python.
    pub fn plain_attribute(&mut self, receiver: Value, name: Symbol) -> Result<PlainAttribute, Raised> {
        Ok(match self.find(receiver, name)? {
            Found::Value(value, _) => PlainAttribute::Value(value),
            Found::InClass(place, ..)
                if matches!(self.heap.slot_of(place.value), Some(Slot::Property(_) | Slot::Instance(_))) =>
            {
                PlainAttribute::Python
            }
            Found::InClass(place, class, _) => {
                let receiver = self.receiver_for(receiver, place);
                match self.bind(place.value, receiver, class, Action::Discard) {
                    Ok(Called::Value(value)) => PlainAttribute::Value(value),
                    Ok(Called::Stop(_) | Called::Pushed) => PlainAttribute::Python,
                    Err(Raised(exception))
                        if self.heap.is_instance(exception, TypeId::AttributeError.handle()) =>
                    {
                        PlainAttribute::Nothing
                    }
                    Err(raised) => return Err(raised),
                }
            }
            Found::Getattr(..) => PlainAttribute::Python,
            Found::Nothing => PlainAttribute::Nothing,
        })
    }

    /// Whether a value has an attribute, without running Python; `None` where only Python could tell.
    pub fn has_plain_attribute(&mut self, receiver: Value, name: Symbol) -> Result<Option<bool>, Raised> {
        Ok(match self.plain_attribute(receiver, name)? {
            PlainAttribute::Value(_) => Some(true),
            PlainAttribute::Nothing => Some(false),
            PlainAttribute::Python => None,
        })
    }

    fn find(&mut self, receiver: Value, name: Symbol) -> Result<Found, Raised> {
        match self.heap.slot_of(receiver) {
            Some(Slot::Instance(instance)) => {
                let (class, shape) = (instance.class, instance.shape);
                if let Some(place) = self.heap.shapes.place(&mut self.heap.budget, shape, name) {
                    let value = match self.heap.slot_of(receiver) {
                        Some(Slot::Instance(instance)) => {
                            instance.values.get(place).copied().unwrap_or(Value::UNBOUND)
                        }
                        _ => Value::UNBOUND,
                    };
                    let cache = Cache { key: shape.0, epoch: 0, holder: 0, place: place as u32 };
                    return Ok(Found::Value(value, Some(cache)));
                }
                if let Some(place) = self.heap.class_lookup(class, name)? {
                    if self.is_plain_value(place) {
                        return Ok(Found::Value(place.value, None));
                    }
                    let cache = Cache {
                        key: shape.0,
                        epoch: self.heap.class_epoch,
                        holder: place.holder.index() as u32,
                        place: place.entry,
                    };
                    return Ok(Found::InClass(place, class, Some(cache)));
                }
                if name == sym::DUNDER_CLASS {
                    return Ok(Found::Value(class.value(), None));
                }
                if name == sym::DUNDER_DICT {
                    let dict = self.instance_dict(receiver)?;
                    return Ok(Found::Value(dict, None));
                }
                self.find_getattr(class)
            }
            Some(Slot::Class(_)) => self.find_in_class_object(receiver, name),
            Some(Slot::Module(namespace)) => {
                let namespace = *namespace;
                let Some(table) = self.heap.as_dict(namespace.value()) else { return Ok(Found::Nothing) };
                if let Some(entry) = table.find_symbol(&self.heap.symbols, name) {
                    let value = table.entry(entry).map_or(Value::UNBOUND, |entry| entry.value);
                    let cache = Cache { key: 0, epoch: 0, holder: 0, place: entry as u32 };
                    return Ok(Found::Value(value, Some(cache)));
                }
                if name == sym::DUNDER_DICT {
                    return Ok(Found::Value(namespace.value(), None));
                }
                if name == sym::DUNDER_CLASS {
                    return Ok(Found::Value(TypeId::Module.value(), None));
                }
                if name != sym::GETATTR
                    && let Some(method) = self.namespace_get(namespace, sym::GETATTR)
                {
                    return Ok(Found::Getattr(method, None));
                }
                Ok(Found::Nothing)
            }
            Some(&Slot::Super(class, object)) => self.find_super(class, object, name),
            Some(Slot::Exception(exception)) => {
                let (class, shape) = (exception.class, exception.shape);
                if let Some(place) = self.heap.shapes.place(&mut self.heap.budget, shape, name)
                    && let Some(exception) = self.heap.as_exception(receiver)
                {
                    let value = exception.attributes.get(place).copied().unwrap_or(Value::UNBOUND);
                    return Ok(Found::Value(value, None));
                }
                if let Some(place) = self.heap.class_lookup(class, name)? {
                    if self.is_plain_value(place) {
                        return Ok(Found::Value(place.value, None));
                    }
                    return Ok(Found::InClass(place, class, None));
                }
                if name == sym::DUNDER_CLASS {
                    return Ok(Found::Value(class.value(), None));
                }
                self.find_getattr(class)
            }
            _ => {
                let class = self.heap.class_of(receiver);
                if let Some(place) = self.heap.class_lookup(class, name)? {
                    let cache = Cache {
                        key: class.index() as u32 | CLASS_KEY,
                        epoch: self.heap.class_epoch,
                        holder: place.holder.index() as u32,
                        place: place.entry,
                    };
                    return Ok(Found::InClass(place, class, Some(cache)));
                }
                if name == sym::DUNDER_CLASS {
                    return Ok(Found::Value(class.value(), None));
                }
                self.find_getattr(class)
            }
        }
    }

    /// Built-in functions are methods only in the types that they were made for: in a class written in Python they are
    /// values like any other.
    fn is_plain_value(&self, place: Place) -> bool {
        matches!(self.heap.slot_of(place.value), Some(Slot::Native(_)))
            && self.heap.class(place.holder).is_some_and(|class| class.definition.is_none())
    }

    fn find_getattr(&mut self, class: Handle) -> Result<Found, Raised> {
        if self.heap.class(class).is_some_and(|class| class.has_getattr)
            && let Some(place) = self.heap.class_lookup(class, sym::GETATTR)?
        {
            return Ok(Found::Getattr(place.value, Some(())));
        }
        Ok(Found::Nothing)
    }

    fn find_in_class_object(&mut self, receiver: Value, name: Symbol) -> Result<Found, Raised> {
        let Some(class) = receiver.as_handle() else { return Ok(Found::Nothing) };
        // The names that `type` itself gives to classes come before what instances get.
        if matches!(name, sym::DUNDER_NAME | sym::DUNDER_BASES | sym::DUNDER_DICT)
            && let Some(place) = self.heap.class_lookup(TypeId::Type.handle(), name)?
        {
            return Ok(Found::InClass(place, TypeId::Type.handle(), None));
        }
        if let Some(place) = self.heap.class_lookup(class, name)? {
            let has_get = matches!(self.heap.slot_of(place.value), Some(Slot::Instance(_)))
                && self.heap.special(place.value, sym::GET)?.is_some();
            return Ok(match self.heap.slot_of(place.value) {
                Some(Slot::StaticMethod(function)) => Found::Value(*function, None),
                Some(Slot::ClassMethod(function)) => {
                    let function = *function;
                    Found::Value(self.heap.bound_method(function, receiver)?, None)
                }
                Some(Slot::Instance(_)) if has_get => Found::InClass(place, class, None),
                Some(Slot::Native(_)) => self.find_native_in_class(class, place, name)?,
                _ => Found::Value(place.value, None),
            });
        }
        if name == sym::DUNDER_CLASS {
            return Ok(Found::Value(TypeId::Type.value(), None));
        }
        if let Some(found) = self.find_making(class, name)? {
            return Ok(found);
        }
        if let Some(place) = self.heap.class_lookup(TypeId::Type.handle(), name)?
            && name != sym::INIT
        {
            return Ok(Found::InClass(place, TypeId::Type.handle(), None));
        }
        Ok(Found::Nothing)
    }

    /// `list.__init__`, `str.__new__` and their kin: the types have none, but subclasses may ask for them by name.
    fn find_making(&mut self, class: Handle, name: Symbol) -> Result<Option<Found>, Raised> {
        if self.heap.class(class).is_none_or(|class| class.definition.is_none()) {
            return Ok(None);
        }
        Ok(match name {
            sym::INIT => Some(Found::Value(self.base_initialiser_function()?, None)),
            sym::NEW => {
                let place = self.heap.class_own(TypeId::Object.handle(), name)?;
                match place.and_then(|place| self.heap.slot_of(place.value)) {
                    Some(&Slot::StaticMethod(function)) => Some(Found::Value(function, None)),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// A built-in function found in a class object: a method of a built-in type checks its self.
    fn find_native_in_class(&mut self, class: Handle, place: Place, name: Symbol) -> Result<Found, Raised> {
        let is_object = class == TypeId::Object.handle();
        if is_object || name == sym::INIT || self.is_plain_value(place) {
            return Ok(Found::Value(place.value, None));
        }
        let method = self.heap.allocate(Slot::UnboundMethod(place.value, place.holder))?;
        Ok(Found::Value(method.value(), None))
    }

    fn find_super(&mut self, class: Value, object: Value, name: Symbol) -> Result<Found, Raised> {
        let Some(class) = self.heap.as_class(class) else { return Ok(Found::Nothing) };
        // The classes after `class` in the order of look-up.
        let mut number = 0;
        while let Some(&ancestor) = self.heap.class(class).and_then(|class| class.ancestors.get(number)) {
            number += 1;
            if name == sym::INIT && ancestor == TypeId::Object.handle() && self.has_native_base(object) {
                return self.base_initialiser(object).map(|method| Found::Value(method, None));
            }
            if let Some(place) = self.heap.class_own(ancestor, name)? {
                let object_class = match self.heap.as_class(object) {
                    Some(class) => class,
                    None => self.heap.class_of(object),
                };
                return match self.heap.slot_of(place.value) {
                    Some(&Slot::StaticMethod(function)) => Ok(Found::Value(function, None)),
                    Some(&Slot::ClassMethod(function)) => {
                        Ok(Found::Value(self.heap.bound_method(function, object_class.value())?, None))
                    }
                    Some(Slot::Function(_)) => {
                        Ok(Found::Value(self.heap.bound_method(place.value, object)?, None))
                    }
                    Some(Slot::Native(_)) if self.is_plain_value(place) => {
                        Ok(Found::Value(place.value, None))
                    }
                    Some(Slot::Native(_)) => {
                        // `__init__` of a built-in base works on the instance, to put the built-in object into it.
                        let receiver =
                            if name == sym::INIT { object } else { self.receiver_for(object, place) };
                        Ok(Found::Value(self.heap.bound_method(place.value, receiver)?, None))
                    }
                    Some(Slot::Property(_) | Slot::NativeProperty(_)) => {
                        Ok(Found::InClass(place, object_class, None))
                    }
                    _ => Ok(Found::Value(place.value, None)),
                };
            }
        }
        Ok(Found::Nothing)
    }

    fn has_native_base(&self, object: Value) -> bool {
        match self.heap.slot_of(object) {
            Some(Slot::Instance(instance)) => {
                self.heap.class(instance.class).is_some_and(|class| class.native_base.is_some())
            }
            _ => false,
        }
    }

    /// Binds a value found in a class to an object.
    fn bind(
        &mut self,
        value: Value,
        receiver: Value,
        class: Handle,
        action: Action,
    ) -> Result<Called, Raised> {
        match self.heap.slot_of(value) {
            Some(Slot::Function(_) | Slot::Native(_)) => {
                self.heap.bound_method(value, receiver).map(Called::Value)
            }
            Some(Slot::StaticMethod(function)) => Ok(Called::Value(*function)),
            Some(Slot::ClassMethod(function)) => {
                let function = *function;
                self.heap.bound_method(function, class.value()).map(Called::Value)
            }
            Some(Slot::Property([get, ..])) => {
                let get = *get;
                if get.is_none() {
                    return Err(self.heap.raise(TypeId::AttributeError, "unreadable attribute"));
                }
                let receiver = self.super_object(receiver);
                self.call_with(get, &[receiver], action)
            }
            Some(Slot::NativeProperty(property)) => {
                let get = property.get;
                let receiver = self.super_object(receiver);
                get(&mut self.heap, receiver).map(Called::Value)
            }
            Some(Slot::Instance(_)) => match self.heap.special(value, sym::GET)? {
                Some(get) => {
                    let is_class = self.heap.as_class(receiver) == Some(class);
                    let object = if is_class { Value::NONE } else { receiver };
                    self.call_with(get, &[value, object, class.value()], action)
                }
                None => Ok(Called::Value(value)),
            },
            _ => Ok(Called::Value(value)),
        }
    }

    fn super_object(&self, receiver: Value) -> Value {
        match self.heap.slot_of(receiver) {
            Some(Slot::Super(_, object)) => *object,
            _ => receiver,
        }
    }

    /// The attributes of an instance as a dict that cannot be changed, as upstream gives it.
    fn instance_dict(&mut self, receiver: Value) -> Result<Value, Raised> {
        let mut table = Dict::new();
        for (name, value) in self.instance_attributes(receiver) {
            let hash = self.heap.symbols.hash(name);
            table.insert_new(&mut self.heap.budget, Value::from_symbol(name), hash, value)?;
        }
        table.read_only = true;
        self.heap.dict(table)
    }

    /// Names and values of an instance's own attributes.
    pub fn instance_attributes(&self, receiver: Value) -> Vec<(Symbol, Value)> {
        let (shape, values): (ShapeId, &[Value]) = match self.heap.slot_of(receiver) {
            Some(Slot::Instance(instance)) => (instance.shape, &instance.values),
            Some(Slot::Exception(exception)) => (exception.shape, &exception.attributes),
            _ => return Vec::new(),
        };
        self.heap
            .shapes
            .names(shape)
            .into_iter()
            .filter_map(|(place, name)| Some((name, *values.get(place)?)))
            .collect()
    }

    #[cold]
    pub(crate) fn no_attribute(&mut self, receiver: Value, name: Symbol) -> Raised {
        let name = String::from(self.heap.symbols.text(name));
        if let Some(class) = self.heap.as_class(receiver) {
            let class_name = self.heap.class(class).map_or(sym::EMPTY, |class| class.name);
            let class_name = String::from(self.heap.symbols.text(class_name));
            return self.heap.raise_fmt(
                TypeId::AttributeError,
                format_args!("type object '{class_name}' has no attribute '{name}'"),
            );
        }
        if let Some(&Slot::Module(namespace)) = self.heap.slot_of(receiver) {
            let own = self.namespace_get(namespace, sym::DUNDER_NAME).unwrap_or(Value::NONE);
            let own = String::from(self.heap.as_str(own).unwrap_or(""));
            return self
                .heap
                .raise_fmt(TypeId::AttributeError, format_args!("module '{own}' has no attribute '{name}'"));
        }
        self.cannot_store(receiver, &name)
    }

    #[cold]
    pub(super) fn cannot_store(&mut self, receiver: Value, name: &str) -> Raised {
        let kind = String::from(self.heap.type_name(receiver));
        self.heap.raise_fmt(TypeId::AttributeError, format_args!("'{kind}' object has no attribute '{name}'"))
    }

    /// Puts a cache into the site whose index is in a word of the frame on top.
    pub(super) fn remember(&mut self, site_word: usize, cache: Cache) {
        if let Some(frame) = self.top_frame()
            && let Some(site) =
                frame.code.words.get(site_word).and_then(|&site| frame.code.sites.get(site as usize))
        {
            site.cache.set(cache);
        }
    }
}

/// What an attribute is, without running Python.
pub enum PlainAttribute {
    /// This.
    Value(Value),
    /// There is none.
    Nothing,
    /// Only Python could tell.
    Python,
}

/// What a look-up found.
enum Found {
    /// The value as it is; and what a cache may remember.
    Value(Value, Option<Cache>),
    /// In a class, to be bound.
    InClass(Place, Handle, Option<Cache>),
    /// Only this `__getattr__` can tell; a class's takes the object first, a module's does not.
    Getattr(Value, Option<()>),
    /// Not at all.
    Nothing,
}
