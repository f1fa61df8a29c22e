//! Classes: a name, bases, a namespace, and what the interpreter wants to know about the namespace at a glance.

use super::dict::Dict;
use super::function::{Member, TypeDef};
use crate::heap::{Handle, Heap, Raised, ShapeId, Slot, Symbol, Tracer, TypeId, Value, sym};
use alloc::vec::Vec;

/// A class.
pub struct Class {
    /// Its name.
    pub name: Symbol,
    /// The classes it was derived from.
    pub bases: Vec<Handle>,
    /// Every class it inherits from, in the order of look-up: depth first, left to right, as MicroPython searches.
    pub ancestors: Vec<Handle>,
    /// Its namespace.
    pub dict: Dict,
    /// For types written in Rust.
    pub definition: Option<&'static TypeDef>,
    /// Whether the definition's members are in the namespace yet.
    pub filled: bool,
    /// The shape of an instance without attributes.
    pub root_shape: ShapeId,
    /// The type written in Rust that instances contain an object of, if the class derives from one (other than `object` and
    /// the exceptions).
    pub native_base: Option<&'static TypeDef>,
    /// Whether instances are exceptions.
    pub is_exception: bool,
    /// Whether another class derives from it.
    pub is_subclassed: bool,
    /// Whether the class or an ancestor has `__getattr__`.
    pub has_getattr: bool,
    /// Whether the class or an ancestor has `__eq__` or `__ne__`.
    pub has_equality: bool,
    /// Whether the class or an ancestor has `__setattr__` or `__delattr__`.
    pub has_setattr: bool,
    /// Whether the class or an ancestor has properties or other descriptors, so that stores must look.
    pub has_descriptors: bool,
    /// How many attributes instances had so far, to make room for at once.
    pub expected_attributes: u32,
    /// How its instances are made, if that is all there is to it; for the class epoch that it was found in.
    pub(crate) making: Option<(u32, Making)>,
}

/// How instances of a class are made that has neither a `__new__` nor a built-in type among its ancestors.
#[derive(Clone, Copy)]
pub(crate) enum Making {
    /// It has no `__init__`.
    Bare,
    /// `__init__` is this entry of this class.
    Init(Handle, u32),
}

impl Class {
    /// A class with nothing in it.
    pub fn new(name: Symbol, root_shape: ShapeId) -> Class {
        Class {
            name,
            bases: Vec::new(),
            ancestors: Vec::new(),
            dict: Dict::new(),
            definition: None,
            filled: false,
            root_shape,
            native_base: None,
            is_exception: false,
            is_subclassed: false,
            has_getattr: false,
            has_equality: false,
            has_setattr: false,
            has_descriptors: false,
            expected_attributes: 0,
            making: None,
        }
    }

    /// Shows the collector what it holds. Every ancestor is a base, or a base of one and so on: a long chain of classes
    /// costs no more than its length.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        for &base in &self.bases {
            tracer.handle(base);
        }
        tracer.dict(&self.dict);
    }

    /// Bytes beside the slot.
    pub fn bytes(&self) -> usize {
        size_of::<Class>()
            + (self.bases.capacity() + self.ancestors.capacity()) * size_of::<Handle>()
            + self.dict.bytes()
    }
}

/// Where a name was found: the class and the entry of its namespace.
#[derive(Clone, Copy)]
pub struct Place {
    /// The class whose namespace has it.
    pub holder: Handle,
    /// The entry number there.
    pub entry: u32,
    /// The value.
    pub value: Value,
}

impl Heap {
    /// Looks a name up in one class alone.
    pub fn class_own(&mut self, class: Handle, name: Symbol) -> Result<Option<Place>, Raised> {
        if self.class(class).is_some_and(|class| !class.filled && class.definition.is_some()) {
            self.unlocked(|heap| heap.fill_class(class))?;
        }
        let Some(Slot::Class(object)) = self.slot_of(class.value()) else { return Ok(None) };
        let Some(entry) = object.dict.find_symbol(&self.symbols, name) else { return Ok(None) };
        let value = object.dict.entry(entry).map_or(Value::UNBOUND, |entry| entry.value);
        Ok(Some(Place { holder: class, entry: entry as u32, value }))
    }

    /// Looks a name up in a class and its ancestors.
    pub fn class_lookup(&mut self, class: Handle, name: Symbol) -> Result<Option<Place>, Raised> {
        if let Some(place) = self.class_own(class, name)? {
            return Ok(Some(place));
        }
        let mut number = 0;
        while let Some(&ancestor) = self.class(class).and_then(|class| class.ancestors.get(number)) {
            // As upstream: what `object` has is found in `object` itself and through `super()` only.
            if ancestor == TypeId::Object.handle() {
                break;
            }
            if let Some(place) = self.class_own(ancestor, name)? {
                return Ok(Some(place));
            }
            number += 1;
        }
        Ok(None)
    }

    /// The special method of a value's class, for operators; instances' own attributes do not count.
    pub fn special(&mut self, value: Value, name: Symbol) -> Result<Option<Value>, Raised> {
        Ok(self.class_lookup(self.class_of(value), name)?.map(|place| place.value))
    }

    /// Puts a definition's members into the namespace of its class.
    fn fill_class(&mut self, class: Handle) -> Result<(), Raised> {
        let members = match self.class(class).and_then(|class| class.definition) {
            Some(definition) => definition.members,
            None => &[],
        };
        for member in members {
            let name = self.intern_static(Member::name(member))?;
            if self.class(class).is_some_and(|object| object.dict.find_symbol(&self.symbols, name).is_some())
            {
                continue;
            }
            let value = member.value(self)?;
            self.class_set(class, name, value)?;
        }
        if let Some(object) = self.class_mut(class) {
            object.filled = true;
        }
        Ok(())
    }

    /// Sets a name in a class. As upstream has it, the first descriptor, `__setattr__` or `__delattr__` must come before
    /// another class derives from it.
    pub fn class_set(&mut self, class: Handle, name: Symbol, value: Value) -> Result<(), Raised> {
        let hash = self.symbols.hash(name);
        let is_descriptor = self.is_descriptor(value)?;
        let directs_stores = name == sym::SETATTR || name == sym::DELATTR;
        let Some(Slot::Class(object)) = self.slots_mut(class) else { return Ok(()) };
        if object.is_subclassed
            && object.definition.is_none()
            && (is_descriptor || directs_stores)
            && !(object.has_descriptors || object.has_setattr)
        {
            let message = "can't add special method to already-subclassed class";
            return Err(self.raise(TypeId::AttributeError, message));
        }
        let key = Value::from_symbol(name);
        match object.dict.find_identical(key, hash) {
            Some(entry) => object.dict.set_value(entry, value),
            None => {
                let (object, budget) = self.class_and_budget(class)?;
                object.dict.insert_new(budget, key, hash, value)?;
                // Caches remember places, never values: only a new name can mislead them.
                self.class_epoch = self.class_epoch.wrapping_add(1);
            }
        }
        if let Some(object) = self.class_mut(class) {
            object.has_setattr |= directs_stores;
            object.has_descriptors |= is_descriptor;
        }
        if name == sym::GETATTR || name == sym::EQ || name == sym::NE {
            self.note_special_method(class, name);
        }
        Ok(())
    }

    /// A class has got `__getattr__`, `__eq__` or `__ne__`: it and what derives from it must be asked from now on.
    #[cold]
    fn note_special_method(&mut self, class: Handle, name: Symbol) {
        for slot in self.places_mut() {
            if let Slot::Class(object) = slot
                && object.ancestors.contains(&class)
            {
                object.has_getattr |= name == sym::GETATTR;
                object.has_equality |= name != sym::GETATTR;
            }
        }
        if let Some(object) = self.class_mut(class) {
            object.has_getattr |= name == sym::GETATTR;
            object.has_equality |= name != sym::GETATTR;
        }
    }

    /// Removes a name from a class; tells whether it was there.
    pub fn class_delete(&mut self, class: Handle, name: Symbol) -> Result<bool, Raised> {
        let hash = self.symbols.hash(name);
        let Some(object) = self.class_mut(class) else { return Ok(false) };
        let Some(entry) = object.dict.find_identical(Value::from_symbol(name), hash) else {
            return Ok(false);
        };
        object.dict.remove(entry);
        self.class_epoch = self.class_epoch.wrapping_add(1);
        Ok(true)
    }

    fn slots_mut(&mut self, class: Handle) -> Option<&mut Slot> {
        Some(self.slot_mut(class))
    }

    /// A class with the budget that its growth is charged to.
    pub fn class_and_budget(
        &mut self,
        class: Handle,
    ) -> Result<(&mut Class, &mut crate::heap::Budget), Raised> {
        match self.slot_and_budget(class.value()) {
            Some((Slot::Class(object), budget)) => Ok((object, budget)),
            _ => Err(Raised::OUT_OF_MEMORY),
        }
    }

    /// Whether a value in a class namespace intercepts attribute access on instances.
    fn is_descriptor(&mut self, value: Value) -> Result<bool, Raised> {
        match self.slot_of(value) {
            Some(Slot::Property(_) | Slot::NativeProperty(_)) => Ok(true),
            Some(Slot::Instance(instance)) => {
                let class = instance.class;
                for name in [sym::GET, sym::SET, sym::DELETE] {
                    if self.class_lookup(class, name)?.is_some() {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}

fn name(heap: &mut Heap, class: Value) -> Result<Value, Raised> {
    let name =
        heap.as_class(class).and_then(|class| heap.class(class)).map_or(sym::EMPTY, |class| class.name);
    Ok(Value::from_symbol(name))
}

fn bases(heap: &mut Heap, class: Value) -> Result<Value, Raised> {
    let bases: Vec<Value> = heap
        .as_class(class)
        .and_then(|class| heap.class(class))
        .map(|class| class.bases.iter().map(|base| base.value()).collect())
        .unwrap_or_default();
    heap.tuple(&bases)
}

fn namespace(heap: &mut Heap, class: Value) -> Result<Value, Raised> {
    let Some(handle) = heap.as_class(class) else { return Ok(Value::NONE) };
    heap.class_own(handle, sym::EMPTY)?;
    let mut copy = match heap.slot_and_budget(class) {
        Some((Slot::Class(object), budget)) => object.dict.try_clone(budget)?,
        _ => Dict::new(),
    };
    copy.read_only = true;
    heap.dict(copy)
}

/// `type`; its call is the interpreter's (`run/construct.rs`).
pub static TYPE: TypeDef = TypeDef {
    members: &[
        super::function::getter("__name__", name),
        super::function::getter("__bases__", bases),
        super::function::getter("__dict__", namespace),
    ],
    construct: super::function::constructor("type", 1, 3, crate::run::construct::type_call),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Type, "type")
};
