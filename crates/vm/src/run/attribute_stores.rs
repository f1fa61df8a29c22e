//! Attributes that are set or deleted: who takes a store, how an instance grows, and what the caches remember of it.
//!
//! Descriptors of the class come first, then its `__setattr__` or `__delattr__`, then the instance itself. What always
//! holds: an instance has a value for each attribute of its shape.

use super::code::Cache;
use super::frame::Action;
use super::{Called, Vm};
use crate::heap::{Raised, ShapeId, Slot, Symbol, TypeId, Value, sym};
use alloc::string::String;
use alloc::vec::Vec;

/// In a cache's place: it was remembered by a store.
pub(super) const STORE_PLACE: u32 = 1 << 31;

impl Vm {
    /// There is nothing to set or delete by this name: classes and modules have no text of their own for that.
    #[cold]
    fn no_such_place(&mut self, receiver: Value, name: Symbol) -> Raised {
        let name = String::from(self.heap.symbols.text(name));
        self.cannot_store(receiver, &name)
    }

    /// `receiver.name = value`; with an unbound value, `del receiver.name`.
    pub fn store_attribute(
        &mut self,
        receiver: Value,
        name: Symbol,
        value: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        match self.heap.slot_of(receiver) {
            Some(Slot::Instance(_) | Slot::Exception(_)) => {
                let class = self.heap.class_of(receiver);
                if class == TypeId::Object.handle() {
                    return Err(self.no_attribute(receiver, name));
                }
                let (descriptors, setattr) = self
                    .heap
                    .class(class)
                    .map_or((false, false), |class| (class.has_descriptors, class.has_setattr));
                if (descriptors || matches!(self.heap.slot_of(receiver), Some(Slot::Exception(_))))
                    && let Some(place) = self.heap.class_lookup(class, name)?
                    && let Some(called) =
                        self.store_descriptor(place.value, (receiver, name), value, action)?
                {
                    return Ok(called);
                }
                if setattr {
                    let (special, arguments): (Symbol, &[Value]) = if value.is_unbound() {
                        (sym::DELATTR, &[receiver, Value::from_symbol(name)])
                    } else {
                        (sym::SETATTR, &[receiver, Value::from_symbol(name), value])
                    };
                    if let Some(place) = self.heap.class_lookup(class, special)? {
                        return self.call_with(place.value, arguments, action);
                    }
                }
                self.store_own_attribute(receiver, name, value)?;
                Ok(Called::Value(Value::NONE))
            }
            Some(Slot::Class(class)) => {
                if class.definition.is_some() {
                    return Err(self.no_such_place(receiver, name));
                }
                let Some(handle) = receiver.as_handle() else {
                    return Err(self.no_such_place(receiver, name));
                };
                if value.is_unbound() {
                    if !self.heap.class_delete(handle, name)? {
                        return Err(self.no_such_place(receiver, name));
                    }
                } else {
                    self.heap.class_set(handle, name, value)?;
                }
                Ok(Called::Value(Value::NONE))
            }
            Some(Slot::Module(namespace)) => {
                let namespace = *namespace;
                if self.heap.as_dict(namespace.value()).is_some_and(|table| table.read_only)
                    && (value.is_unbound() || !self.is_changeable_in_sys(namespace, name))
                {
                    return Err(self.no_such_place(receiver, name));
                }
                if value.is_unbound() {
                    if !self.namespace_delete(namespace, name) {
                        return Err(self.no_such_place(receiver, name));
                    }
                } else {
                    self.namespace_set(namespace, name, value)?;
                }
                Ok(Called::Value(Value::NONE))
            }
            _ => {
                let class = self.heap.class_of(receiver);
                if let Some(place) = self.heap.class_lookup(class, name)?
                    && let Some(called) =
                        self.store_descriptor(place.value, (receiver, name), value, action)?
                {
                    return Ok(called);
                }
                if !value.is_unbound()
                    && self.heap.class(class).is_some_and(|class| class.has_setattr)
                    && let Some(place) = self.heap.class_lookup(class, sym::SETATTR)?
                {
                    return self.call_with(place.value, &[receiver, Value::from_symbol(name), value], action);
                }
                Err(self.no_such_place(receiver, name))
            }
        }
    }

    /// Whether a store into the attributes of a value is one into the instance itself, whatever the name: its class
    /// has neither descriptors nor `__setattr__` or `__delattr__`.
    pub fn stores_plainly(&self, receiver: Value) -> bool {
        match self.heap.slot_of(receiver) {
            Some(Slot::Instance(instance)) if instance.class != TypeId::Object.handle() => self
                .heap
                .class(instance.class)
                .is_some_and(|class| !class.has_descriptors && !class.has_setattr),
            _ => false,
        }
    }

    /// [`Vm::store_attribute`] for an instruction whose site index is in the word `site_word` of the frame on top.
    pub(super) fn store_attribute_cached(
        &mut self,
        receiver: Value,
        name: Symbol,
        value: Value,
        site_word: usize,
    ) -> Result<Called, Raised> {
        let before = match self.heap.slot_of(receiver) {
            Some(Slot::Instance(instance)) => Some(instance.shape),
            _ => None,
        };
        let called = self.store_attribute(receiver, name, value, Action::Discard)?;
        if let Some(shape) = before
            && self.stores_plainly(receiver)
            && let Some(Slot::Instance(instance)) = self.heap.slot_of(receiver)
        {
            let after = instance.shape;
            if let Some(place) = self.heap.shapes.place(&mut self.heap.budget, after, name) {
                let cache = Cache {
                    key: shape.0,
                    epoch: self.heap.class_epoch,
                    holder: after.0,
                    place: place as u32 | STORE_PLACE,
                };
                self.remember(site_word, cache);
            }
        }
        Ok(called)
    }

    /// Lets a property or descriptor found in the class take a store; `None` if it is neither.
    fn store_descriptor(
        &mut self,
        descriptor: Value,
        (receiver, name): (Value, Symbol),
        value: Value,
        action: Action,
    ) -> Result<Option<Called>, Raised> {
        match self.heap.slot_of(descriptor) {
            Some(Slot::Property([_, set, delete])) => {
                let function = if value.is_unbound() { *delete } else { *set };
                if function.is_none() {
                    return Err(self.no_attribute(receiver, name));
                }
                let arguments = [receiver, value];
                let count = if value.is_unbound() { 1 } else { 2 };
                self.call_with(function, &arguments[..count], action).map(Some)
            }
            Some(Slot::NativeProperty(property)) => match property.set {
                Some(set) if !value.is_unbound() => {
                    let part = self.heap.native_part(receiver);
                    set(&mut self.heap, part, value)?;
                    Ok(Some(Called::Value(Value::NONE)))
                }
                _ if matches!(self.heap.slot_of(receiver), Some(Slot::Exception(_) | Slot::Instance(_))) => {
                    Ok(None)
                }
                _ => Err(self.no_attribute(receiver, name)),
            },
            Some(Slot::Instance(_)) => {
                let name = if value.is_unbound() { sym::DELETE } else { sym::SET };
                match self.heap.special(descriptor, name)? {
                    Some(method) => {
                        let arguments = [descriptor, receiver, value];
                        let count = if value.is_unbound() { 2 } else { 3 };
                        self.call_with(method, &arguments[..count], action).map(Some)
                    }
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// Stores into an instance itself, whatever its class says; unbound deletes.
    pub fn store_own_attribute(&mut self, receiver: Value, name: Symbol, value: Value) -> Result<(), Raised> {
        let Some(handle) = receiver.as_handle() else { return Err(self.no_such_place(receiver, name)) };
        let shape = match self.heap.slot(handle) {
            Slot::Instance(instance) => instance.shape,
            Slot::Exception(exception) if exception.shape.0 != 0 => exception.shape,
            Slot::Exception(exception) => {
                let class = exception.class;
                match self.heap.class(class) {
                    Some(class) if class.definition.is_none() => class.root_shape,
                    _ => return Err(self.no_such_place(receiver, name)),
                }
            }
            _ => return Err(self.no_such_place(receiver, name)),
        };
        if let Some(place) = self.heap.shapes.place(&mut self.heap.budget, shape, name) {
            if value.is_unbound() {
                return self.remove_own_attribute(receiver, shape, place);
            }
            if let Some(cell) = self.own_values(receiver).and_then(|values| values.get_mut(place)) {
                *cell = value;
            }
            return Ok(());
        }
        if value.is_unbound() {
            return Err(self.no_such_place(receiver, name));
        }
        let next = self.heap.shapes.child(&mut self.heap.budget, shape, name)?;
        let place = self.heap.shapes.count(next) - 1;
        self.extend_instance(receiver, next, place, value)
    }

    /// Gives an instance one more attribute.
    pub(super) fn extend_instance(
        &mut self,
        receiver: Value,
        shape: ShapeId,
        place: usize,
        value: Value,
    ) -> Result<(), Raised> {
        let length = self.own_values(receiver).map_or(0, |values| values.len());
        if place >= length {
            let room = (place + 1).max(length + length / 2).max(2);
            self.heap.budget.charge((room - length) * size_of::<Value>())?;
            let mut grown = Vec::new();
            grown.try_reserve_exact(room).map_err(|_| Raised::OUT_OF_MEMORY)?;
            if let Some(values) = self.own_values(receiver) {
                grown.extend_from_slice(values);
            }
            grown.resize(room, Value::UNBOUND);
            let grown = grown.into_boxed_slice();
            match receiver.as_handle().map(|handle| self.heap.slot_mut(handle)) {
                Some(Slot::Instance(instance)) => instance.values = grown,
                Some(Slot::Exception(exception)) => exception.attributes = grown,
                _ => {}
            }
            let class = self.heap.class_of(receiver);
            if let Some(class) = self.heap.class_mut(class) {
                // Later instances get room for as many at once, within reason.
                class.expected_attributes = class.expected_attributes.max(place as u32 + 1).min(16);
            }
        }
        match receiver.as_handle().map(|handle| self.heap.slot_mut(handle)) {
            Some(Slot::Instance(instance)) => {
                instance.shape = shape;
                instance.values[place] = value;
            }
            Some(Slot::Exception(exception)) => {
                exception.shape = shape;
                exception.attributes[place] = value;
            }
            _ => {}
        }
        Ok(())
    }

    fn own_values(&mut self, receiver: Value) -> Option<&mut [Value]> {
        match receiver.as_handle().map(|handle| self.heap.slot_mut(handle)) {
            Some(Slot::Instance(instance)) => Some(&mut instance.values),
            Some(Slot::Exception(exception)) => Some(&mut exception.attributes),
            _ => None,
        }
    }

    /// Removes an attribute: the instance gets the shape that it would have had without it.
    fn remove_own_attribute(
        &mut self,
        receiver: Value,
        shape: ShapeId,
        removed: usize,
    ) -> Result<(), Raised> {
        let names = self.heap.shapes.names(shape);
        let mut next = self.heap.shapes.root(shape);
        let mut order = Vec::new();
        for (place, name) in names {
            if place != removed {
                next = self.heap.shapes.child(&mut self.heap.budget, next, name)?;
                order.push(place);
            }
        }
        let first = self.heap.shapes.count(next) - order.len();
        if let Some(values) = self.own_values(receiver) {
            for (offset, &place) in order.iter().enumerate() {
                values[first + offset] = values[place];
            }
            values[first + order.len()] = Value::UNBOUND;
        }
        match receiver.as_handle().map(|handle| self.heap.slot_mut(handle)) {
            Some(Slot::Instance(instance)) => instance.shape = next,
            Some(Slot::Exception(exception)) => exception.shape = next,
            _ => {}
        }
        Ok(())
    }
}
