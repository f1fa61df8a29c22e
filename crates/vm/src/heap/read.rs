//! Reading values: from a word to what it means.

use super::{Handle, Heap, MemoryViewObject, Raised, Slot, Symbol, TypeId, Value};
use crate::number::int::Int;
use crate::objects::class::Class;
use crate::objects::dict::Dict;
use crate::objects::exception::ExceptionObject;
use crate::objects::native::{NativeObject, Window};
use alloc::vec::Vec;

/// The most bytes that a name can have, as upstream's.
pub const LONGEST_SYMBOL: usize = 255;

impl Heap {
    /// The text, if the value is a `str` itself (not an instance of a subclass).
    #[inline]
    pub fn as_str(&self, value: Value) -> Option<&str> {
        match value.as_symbol() {
            Some(symbol) => Some(self.symbols.text(symbol)),
            None => match self.slot_of(value) {
                Some(Slot::Str(text)) => Some(&text.text),
                _ => None,
            },
        }
    }

    /// How many characters a string has.
    pub fn str_characters(&self, value: Value) -> Option<usize> {
        match value.as_symbol() {
            Some(symbol) => Some(self.symbols.characters(symbol)),
            None => match self.slot_of(value) {
                Some(Slot::Str(text)) => Some(text.characters as usize),
                _ => None,
            },
        }
    }

    /// The hash of a string that knows it: of any symbol, and of others once they were asked.
    #[inline(always)]
    pub fn known_str_hash(&self, value: Value) -> Option<u32> {
        match value.as_symbol() {
            Some(symbol) => Some(self.symbols.hash(symbol)),
            None => match self.slot_of(value) {
                Some(Slot::Str(text)) if text.hash.get() != 0 => Some(text.hash.get()),
                _ => None,
            },
        }
    }

    /// The hash of a string.
    #[inline]
    pub fn str_hash(&self, value: Value) -> Option<u32> {
        match value.as_symbol() {
            Some(symbol) => Some(self.symbols.hash(symbol)),
            None => match self.slot_of(value) {
                Some(Slot::Str(text)) => {
                    if text.hash.get() == 0 {
                        text.hash.set(super::hash_bytes(text.text.as_bytes()));
                    }
                    Some(text.hash.get())
                }
                _ => None,
            },
        }
    }

    /// The symbol of a string value, interning it if needed; `None` if it is no string. One that is too long for a name is a
    /// `RuntimeError`.
    pub fn to_symbol(&mut self, value: Value) -> Result<Option<Symbol>, Raised> {
        if let Some(symbol) = value.as_symbol() {
            return Ok(Some(symbol));
        }
        let Some(handle) = value.as_handle() else { return Ok(None) };
        let Some(Slot::Str(text)) = self.slots.get(handle.index()) else { return Ok(None) };
        if text.text.len() > LONGEST_SYMBOL {
            return Err(self.raise(TypeId::RuntimeError, "name too long"));
        }
        Ok(Some(self.symbols.intern(&mut self.budget, &text.text)?))
    }

    /// The bytes of a bytes-like object (`str` is not one).
    pub fn as_bytes(&self, value: Value) -> Option<&[u8]> {
        match self.slot_of(value)? {
            Slot::Bytes(bytes) => Some(bytes),
            Slot::ByteArray(bytes) => Some(bytes),
            Slot::MemoryView(view) => self.window_bytes(view_window(view)),
            Slot::Object(object) => match object.window() {
                Some(window) => self.window_bytes(window),
                None => object.buffer(),
            },
            _ => None,
        }
    }

    fn window_bytes(&self, window: Window) -> Option<&[u8]> {
        let bytes = match self.slot_of(window.base)? {
            Slot::Bytes(bytes) => &bytes[..],
            Slot::ByteArray(bytes) => &bytes[..],
            Slot::Object(object) => object.buffer()?,
            _ => return None,
        };
        let start = window.start.min(bytes.len());
        let end = window.start.saturating_add(window.length).clamp(start, bytes.len());
        Some(&bytes[start..end])
    }

    /// Which bytes of which object a bytes-like object shows.
    pub fn window_of(&self, value: Value) -> Option<Window> {
        match self.slot_of(value)? {
            Slot::MemoryView(view) => Some(view_window(view)),
            Slot::Object(object) => match object.window() {
                Some(window) => Some(window),
                None => object.buffer().map(|bytes| Window { base: value, start: 0, length: bytes.len() }),
            },
            _ => self.as_bytes(value).map(|bytes| Window { base: value, start: 0, length: bytes.len() }),
        }
    }

    /// The bytes of a bytes-like object, to change them; `None` where they cannot be changed.
    pub fn as_bytes_mut(&mut self, value: Value) -> Option<&mut [u8]> {
        if let Some(Slot::MemoryView(view)) = self.slot_of(value)
            && !view.writable
        {
            return None;
        }
        let window = self.window_of(value)?;
        let bytes = match self.slot_mut(window.base.as_handle()?) {
            Slot::ByteArray(bytes) => &mut bytes[..],
            Slot::Object(object) => object.buffer_mut()?,
            _ => return None,
        };
        let start = window.start.min(bytes.len());
        let end = window.start.saturating_add(window.length).clamp(start, bytes.len());
        bytes.get_mut(start..end)
    }

    /// The bytes of a bytes-like object or the UTF-8 of a string.
    pub fn as_buffer(&self, value: Value) -> Option<&[u8]> {
        match self.as_str(value) {
            Some(text) => Some(text.as_bytes()),
            None => self.as_bytes(value),
        }
    }

    /// An integer of up to 64 bits; `True` and `False` count.
    #[inline]
    pub fn as_int(&self, value: Value) -> Option<i64> {
        if let Some(integer) = value.as_small_int() {
            return Some(integer);
        }
        match value.as_bool() {
            Some(truth) => Some(truth as i64),
            None => match self.slot_of(value) {
                Some(Slot::Int64(integer)) => Some(*integer),
                _ => None,
            },
        }
    }

    /// An integer of any size; `True` and `False` count.
    pub fn as_integer(&self, value: Value) -> Option<Int> {
        if let Some(integer) = self.as_int(value) {
            return Some(Int::Small(integer));
        }
        match self.slot_of(value) {
            Some(Slot::BigInt(integer)) => Some(integer.clone()),
            _ => None,
        }
    }

    /// The same without a copy of a large one; a small one is put where the caller says.
    #[inline]
    pub fn integer_ref<'a>(&'a self, value: Value, small: &'a mut Int) -> Option<&'a Int> {
        if let Some(integer) = self.as_int(value) {
            *small = Int::Small(integer);
            return Some(small);
        }
        match self.slot_of(value) {
            Some(Slot::BigInt(integer)) => Some(integer),
            _ => None,
        }
    }

    /// A float (not an integer).
    #[inline]
    pub fn as_float(&self, value: Value) -> Option<f64> {
        #[cfg(not(feature = "value32"))]
        {
            value.as_inline_float()
        }
        #[cfg(feature = "value32")]
        {
            match self.slot_of(value) {
                Some(Slot::Float(float)) => Some(*float),
                _ => None,
            }
        }
    }

    /// A float, or an integer as one.
    pub fn as_number(&self, value: Value) -> Option<f64> {
        if let Some(float) = self.as_float(value) {
            return Some(float);
        }
        if let Some(integer) = self.as_int(value) {
            return Some(integer as f64);
        }
        self.as_integer(value).map(|integer| integer.to_f64())
    }

    /// The items of a tuple itself.
    pub fn as_tuple(&self, value: Value) -> Option<&[Value]> {
        match self.slot_of(value)? {
            Slot::SmallTuple(length, items) => items.get(..*length as usize),
            Slot::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list itself.
    pub fn as_list(&self, value: Value) -> Option<&[Value]> {
        match self.slot_of(value)? {
            Slot::List(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list itself, to change them (growth goes through [`Heap::slot_and_budget`]).
    pub fn as_list_mut(&mut self, value: Value) -> Option<&mut Vec<Value>> {
        match value.as_handle().map(|handle| self.slot_mut(handle)) {
            Some(Slot::List(items)) => Some(items),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub fn as_sequence(&self, value: Value) -> Option<&[Value]> {
        self.as_list(value).or_else(|| self.as_tuple(value))
    }

    /// The table of a dict.
    pub fn as_dict(&self, value: Value) -> Option<&Dict> {
        match self.slot_of(value)? {
            Slot::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// The table of a set or frozenset.
    pub fn as_set(&self, value: Value) -> Option<&Dict> {
        match self.slot_of(value)? {
            Slot::Set(table) | Slot::FrozenSet(table) => Some(table),
            _ => None,
        }
    }

    /// The table of a dict, set or frozenset, to change it, with the budget.
    pub fn table_and_budget(&mut self, value: Value) -> Option<(&mut Dict, &mut super::Budget)> {
        match self.slot_and_budget(value)? {
            (Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table), budget) => Some((table, budget)),
            _ => None,
        }
    }

    /// The class object behind a handle.
    #[inline]
    pub fn class(&self, handle: Handle) -> Option<&Class> {
        match self.slots.get(handle.index()) {
            Some(Slot::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// The class object behind a handle, to change it.
    pub fn class_mut(&mut self, handle: Handle) -> Option<&mut Class> {
        match self.slots.get_mut(handle.index()) {
            Some(Slot::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// The class, if the value is one.
    pub fn as_class(&self, value: Value) -> Option<Handle> {
        let handle = value.as_handle()?;
        self.class(handle).map(|_| handle)
    }

    /// The exception object, if the value is one.
    pub fn as_exception(&self, value: Value) -> Option<&ExceptionObject> {
        match self.slot_of(value)? {
            Slot::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// The native object of type `T`, if the value is one.
    pub fn as_native<T: NativeObject>(&self, value: Value) -> Option<&T> {
        match self.slot_of(value)? {
            Slot::Object(object) => (&**object as &dyn core::any::Any).downcast_ref(),
            _ => None,
        }
    }

    /// The native object of type `T`, to change it.
    pub fn as_native_mut<T: NativeObject>(&mut self, value: Value) -> Option<&mut T> {
        match value.as_handle().map(|handle| self.slot_mut(handle)) {
            Some(Slot::Object(object)) => (&mut **object as &mut dyn core::any::Any).downcast_mut(),
            _ => None,
        }
    }

    /// The native object of type `T`, to change it, together with the budget that growth is charged to.
    pub fn native_and_budget<T: NativeObject>(
        &mut self,
        value: Value,
    ) -> Option<(&mut T, &mut super::Budget)> {
        match self.slot_and_budget(value)? {
            (Slot::Object(object), budget) => {
                (&mut **object as &mut dyn core::any::Any).downcast_mut().map(|object| (object, budget))
            }
            _ => None,
        }
    }

    /// The class of any value.
    #[inline]
    pub fn class_of(&self, value: Value) -> Handle {
        match self.slot_of(value) {
            Some(Slot::Instance(instance)) => instance.class,
            Some(Slot::Exception(exception)) => exception.class,
            Some(Slot::Object(object)) => object.class(),
            _ => self.type_id(value).handle(),
        }
    }

    /// The built-in type of a value; `Object` for instances, `BaseException` for all exceptions.
    pub fn type_id(&self, value: Value) -> TypeId {
        if value.as_small_int().is_some() {
            return TypeId::Int;
        }
        if let Some(slot) = self.slot_of(value) {
            return slot.type_id();
        }
        if value.as_symbol().is_some() {
            return TypeId::Str;
        }
        match value {
            Value::NONE => TypeId::NoneType,
            Value::TRUE | Value::FALSE => TypeId::Bool,
            Value::ELLIPSIS => TypeId::Ellipsis,
            Value::NOT_IMPLEMENTED => TypeId::NotImplemented,
            _ if value.is_immediate() => TypeId::Object,
            _ => TypeId::Float,
        }
    }

    /// The name of a value's class, as messages show it.
    pub fn type_name(&self, value: Value) -> &str {
        self.class(self.class_of(value)).map_or("object", |class| self.symbols.text(class.name))
    }

    /// Whether `class` is `base` or derives from it.
    pub fn is_subclass(&self, class: Handle, base: Handle) -> bool {
        if class == base {
            return true;
        }
        self.class(class).is_some_and(|class| class.ancestors.contains(&base))
    }

    /// Whether the value is an instance of the class.
    pub fn is_instance(&self, value: Value, class: Handle) -> bool {
        self.is_subclass(self.class_of(value), class)
    }

    /// For an instance of a subclass of a built-in type, the built-in object inside; else the value itself.
    #[inline]
    pub fn native_part(&self, value: Value) -> Value {
        match self.slot_of(value) {
            Some(Slot::Instance(instance)) => match self.class(instance.class) {
                Some(class) if class.native_base.is_some() => {
                    instance.values.first().copied().filter(|part| !part.is_unbound()).unwrap_or(value)
                }
                _ => value,
            },
            _ => value,
        }
    }
}

fn view_window(view: &MemoryViewObject) -> Window {
    let length = view.length.saturating_mul(usize::from(view.item_size));
    Window { base: view.base, start: view.start, length }
}
