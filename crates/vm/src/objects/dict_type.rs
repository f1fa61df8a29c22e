//! `dict`, `OrderedDict` and their views.

use super::dict::Dict;
use super::function::{Member, NativeCode, NativeDef, TypeDef, constructor, full, keyword, plain, quick};
use crate::heap::{DictPart, Heap, Raised, Slot, TypeId, Value, sym};
use crate::run::compare::{get_inline, remove_plain, set_plain};
use crate::run::each::{Each, Taken, Taker};
use crate::run::native_frame::FewArguments;
use crate::run::{Action, Arguments, Called, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;

/// A copy of a dict, of the same kind, that can be changed.
pub fn copy_of(heap: &mut Heap, dict: Value) -> Result<Value, Raised> {
    let table = match heap.table_and_budget(dict) {
        Some((table, budget)) => table.try_clone(budget)?,
        None => Dict::new(),
    };
    heap.dict(table)
}

/// `a | b` for dicts.
pub fn union(vm: &mut Vm, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    if vm.heap.as_dict(b).is_none() {
        return Ok(None);
    }
    let merged = copy_of(&mut vm.heap, a)?;
    let depth = vm.roots.len();
    vm.roots.push(merged);
    let result = update_in_place(vm, merged, b);
    vm.roots.truncate(depth);
    result
}

/// `a |= b` for dicts: takes over the entries of `b`, which may change meanwhile.
pub fn update_in_place(vm: &mut Vm, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    if vm.heap.as_dict(b).is_none() {
        return Ok(None);
    }
    refuse_read_only(vm, a)?;
    let mut number = 0;
    while a != b
        && let Some(entry) = vm.heap.as_dict(b).and_then(|table| table.entry(number)).copied()
    {
        number += 1;
        if !entry.key.is_unbound() {
            // An `__eq__` may take the entry out of `b` meanwhile.
            vm.roots.extend_from_slice(&[entry.key, entry.value]);
            let set = vm.dict_set_hashed(a, entry.key, entry.hash, entry.value);
            vm.roots.truncate(vm.roots.len() - 2);
            set?;
        }
    }
    Ok(Some(a))
}

/// A class's or an instance's `__dict__` cannot be changed.
fn refuse_read_only(vm: &mut Vm, dict: Value) -> Result<(), Raised> {
    if vm.heap.as_dict(dict).is_some_and(|table| table.read_only) {
        return Err(vm.type_error("'dict' object is read-only"));
    }
    Ok(())
}

/// Fills a dict from an iterable of pairs.
struct Pairs {
    dict: Value,
    keywords: Value,
    result: Value,
}

impl Pairs {
    fn add(&self, vm: &mut Vm, pair: &[Value]) -> Result<Taken, Raised> {
        let &[key, value] = pair else {
            return Err(vm.heap.raise(TypeId::ValueError, "dict update sequence has wrong length"));
        };
        vm.dict_set(self.dict, key, value)?;
        Ok(Taken::More)
    }
}

impl Taker for Pairs {
    fn held(&self) -> [Value; 4] {
        [self.dict, self.keywords, self.result, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        match vm.heap.as_sequence(item) {
            Some(&[key, value]) => self.add(vm, &[key, value]),
            Some(_) => self.add(vm, &[]),
            // Anything else that can be iterated over: a list tells what is in it.
            None => Ok(Taken::Ask(Step::Call(TypeId::List.value(), FewArguments::new(&[item])))),
        }
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        match heap.as_sequence(item) {
            Some(&[key, value]) => set_plain(heap, self.dict, key, value),
            _ => false,
        }
    }

    fn answer(&mut self, vm: &mut Vm, answer: Value) -> Result<Taken, Raised> {
        match vm.heap.as_list(answer) {
            Some(&[key, value]) => self.add(vm, &[key, value]),
            _ => self.add(vm, &[]),
        }
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        update_in_place(vm, self.dict, self.keywords)?;
        Ok(Step::Return(self.result))
    }
}

/// Fills a dict from an object that has `keys` and `__getitem__`.
struct Mapping {
    dict: Value,
    mapping: Value,
    keywords: Value,
    result: Value,
    key: Value,
}

impl Taker for Mapping {
    /// Not the result: it is the dict, or whoever asked holds it.
    fn held(&self) -> [Value; 4] {
        [self.dict, self.mapping, self.keywords, self.key]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        self.key = item;
        match vm.heap.special(self.mapping, sym::GETITEM)? {
            Some(method) => Ok(Taken::Ask(Step::Call(method, FewArguments::new(&[self.mapping, item])))),
            None => {
                let name = alloc::string::String::from(vm.heap.type_name(self.mapping));
                let text = format_args!("'{name}' object isn't subscriptable");
                Err(vm.heap.raise_fmt(TypeId::TypeError, text))
            }
        }
    }

    fn answer(&mut self, vm: &mut Vm, answer: Value) -> Result<Taken, Raised> {
        vm.dict_set(self.dict, self.key, answer)?;
        Ok(Taken::More)
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        update_in_place(vm, self.dict, self.keywords)?;
        Ok(Step::Return(self.result))
    }
}

/// Asks an object for its keys, then becomes the frame that takes them.
struct Keys {
    keys: Value,
    taker: Option<Mapping>,
}

impl NativeFrame for Keys {
    fn step(&mut self, _vm: &mut Vm, input: crate::run::Input) -> Result<Step, Raised> {
        match (input, self.taker.take()) {
            (crate::run::Input::Value(keys), Some(taker)) => {
                Ok(Step::Become(Box::new(Each::new(keys, taker))))
            }
            (_, taker) => {
                let receiver = taker.as_ref().map_or(Value::NONE, |taker| taker.mapping);
                self.taker = taker;
                Ok(Step::Call(self.keys, FewArguments::new(&[receiver])))
            }
        }
    }

    fn trace(&self, tracer: &mut crate::heap::Tracer<'_>) {
        tracer.value(self.keys);
        if let Some(taker) = &self.taker {
            tracer.values(&taker.held());
        }
    }
}

/// The frame of `a |= b` where `b` is no dict: anything that fills one.
pub fn merge_frame(
    vm: &mut Vm,
    dict: Value,
    source: Value,
    result: Value,
) -> Result<Box<dyn NativeFrame>, Raised> {
    refuse_read_only(vm, dict)?;
    if let Some(frame) = mapping_frame(vm, dict, source, Value::NONE, result)? {
        return Ok(frame);
    }
    Ok(Box::new(Each::new(source, Pairs { dict, keywords: Value::NONE, result })))
}

/// The frame that fills a dict from an object with `keys`; `None` if it has none.
fn mapping_frame(
    vm: &mut Vm,
    dict: Value,
    source: Value,
    keywords: Value,
    result: Value,
) -> Result<Option<Box<dyn NativeFrame>>, Raised> {
    if !matches!(vm.heap.slot_of(source), Some(Slot::Instance(_) | Slot::Object(_)))
        || vm.heap.native_part(source) != source
    {
        return Ok(None);
    }
    let Some(keys) = vm.heap.special(source, sym::KEYS)? else { return Ok(None) };
    let taker = Mapping { dict, mapping: source, keywords, result, key: Value::UNBOUND };
    Ok(Some(Box::new(Keys { keys, taker: Some(taker) })))
}

/// What fills a dict from a mapping or an iterable of pairs, and then from keywords (a dict, or None). `result` is
/// None, or the dict itself.
fn fill(vm: &mut Vm, dict: Value, source: Value, keywords: Value, result: Value) -> Result<Outcome, Raised> {
    refuse_read_only(vm, dict)?;
    let part = vm.heap.native_part(source);
    if vm.heap.as_dict(part).is_some() {
        let depth = vm.roots.len();
        vm.roots.extend_from_slice(&[dict, keywords]);
        let updated = update_in_place(vm, dict, part).and_then(|_| update_in_place(vm, dict, keywords));
        vm.roots.truncate(depth);
        return updated.map(|_| result.into());
    }
    if let Some(frame) = mapping_frame(vm, dict, source, keywords, result)? {
        return Ok(Outcome::Frame(frame));
    }
    Ok(Outcome::Frame(Box::new(Each::new(source, Pairs { dict, keywords, result }))))
}

/// Everything in a mapping into a dict.
pub fn update(vm: &mut Vm, dict: Value, source: Value, action: Action) -> Result<Called, Raised> {
    match fill(vm, dict, source, Value::NONE, Value::NONE)? {
        Outcome::Frame(frame) => {
            vm.push_native(frame, action)?;
            Ok(Called::Pushed)
        }
        _ => Ok(Called::Value(Value::NONE)),
    }
}

/// `dict(source=(), **keywords)`, and the same for `OrderedDict`.
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let ordered = arguments.at(vm, 0) == TypeId::OrderedDict.value();
    let dict = vm.heap.dict(Dict::with_order(ordered))?;
    let keywords = vm.keywords_as_dict(arguments)?;
    match arguments.get(vm, 1) {
        Some(source) => fill(vm, dict, source, keywords, dict),
        None => {
            update_in_place(vm, dict, keywords)?;
            Ok(dict.into())
        }
    }
}

fn update_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let dict = arguments.at(vm, 0);
    refuse_read_only(vm, dict)?;
    let keywords = vm.keywords_as_dict(arguments)?;
    match arguments.get(vm, 1) {
        Some(source) => fill(vm, dict, source, keywords, Value::NONE),
        None => {
            update_in_place(vm, dict, keywords)?;
            Ok(Value::NONE.into())
        }
    }
}

/// Gives every item of an iterable the same value.
struct FromKeys {
    dict: Value,
    value: Value,
}

impl Taker for FromKeys {
    fn held(&self) -> [Value; 4] {
        [self.dict, self.value, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        vm.dict_set(self.dict, item, self.value)?;
        Ok(Taken::More)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        set_plain(heap, self.dict, item, self.value)
    }

    fn finish(&mut self, _vm: &mut Vm) -> Result<Step, Raised> {
        Ok(Step::Return(self.dict))
    }
}

/// `dict.fromkeys(iterable, value=None)`
fn from_keys(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let ordered = arguments.at(vm, 0) == TypeId::OrderedDict.value();
    let dict = vm.heap.dict(Dict::with_order(ordered))?;
    let value = arguments.get(vm, 2).unwrap_or(Value::NONE);
    Ok(Outcome::Frame(Box::new(Each::new(arguments.at(vm, 1), FromKeys { dict, value }))))
}

fn clear(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let dict = arguments.at(vm, 0);
    refuse_read_only(vm, dict)?;
    if let Some((table, budget)) = vm.heap.table_and_budget(dict) {
        table.clear(budget);
    }
    Ok(Value::NONE.into())
}

fn copy(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    copy_of(heap, arguments[0])
}

fn get_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    let found = get_inline(heap, arguments[0], arguments[1])?;
    Some(found.or_else(|| arguments.get(2).copied()).unwrap_or(Value::NONE))
}

fn get(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let found = vm.dict_get(dict, key)?;
    Ok(found.or_else(|| arguments.get(vm, 2)).unwrap_or(Value::NONE).into())
}

fn pop_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    remove_plain(heap, arguments[0], arguments[1])?.or_else(|| arguments.get(2).copied())
}

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key) = (arguments.at(vm, 0), arguments.at(vm, 1));
    refuse_read_only(vm, dict)?;
    match vm.dict_remove(dict, key)?.or_else(|| arguments.get(vm, 2)) {
        Some(value) => Ok(value.into()),
        None => Err(vm.heap.raise_key(key)),
    }
}

fn popitem(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let dict = arguments.at(vm, 0);
    refuse_read_only(vm, dict)?;
    let last = vm
        .heap
        .as_dict(dict)
        .and_then(|table| table.last().map(|number| (number, table.entry(number).copied())));
    let Some((number, Some(entry))) = last else {
        return Err(vm.heap.raise(TypeId::KeyError, "popitem(): dictionary is empty"));
    };
    let pair = vm.heap.tuple(&[entry.key, entry.value])?;
    if let Some((table, _)) = vm.heap.table_and_budget(dict) {
        table.remove(number);
    }
    Ok(pair.into())
}

fn set_default(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key) = (arguments.at(vm, 0), arguments.at(vm, 1));
    refuse_read_only(vm, dict)?;
    let hash = vm.hash(key)?;
    if let Some(number) = vm.table_find(dict, key, hash)? {
        let entry = vm.heap.as_dict(dict).and_then(|table| table.entry(number));
        return Ok(entry.map_or(Value::NONE, |entry| entry.value).into());
    }
    let value = arguments.get(vm, 2).unwrap_or(Value::NONE);
    vm.dict_set_hashed(dict, key, hash, value)?;
    Ok(value.into())
}

fn get_item(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key) = (arguments.at(vm, 0), arguments.at(vm, 1));
    match vm.dict_get(dict, key)? {
        Some(value) => Ok(value.into()),
        None => Err(vm.heap.raise_key(key)),
    }
}

fn set_item(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key, value) = (arguments.at(vm, 0), arguments.at(vm, 1), arguments.at(vm, 2));
    vm.dict_set(dict, key, value)?;
    Ok(Value::NONE.into())
}

fn delete_item(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (dict, key) = (arguments.at(vm, 0), arguments.at(vm, 1));
    match vm.dict_remove(dict, key)? {
        Some(_) => Ok(Value::NONE.into()),
        None => Err(vm.heap.raise_key(key)),
    }
}

fn view(heap: &mut Heap, arguments: &[Value], part: DictPart) -> Result<Value, Raised> {
    Ok(heap.allocate(Slot::DictView(arguments[0], part))?.value())
}

/// `dict`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("clear", 1, 1, clear),
        plain("copy", 1, 1, copy),
        Member::ClassMethod(NativeDef {
            name: "fromkeys",
            minimum: 2,
            maximum: 3,
            keywords: false,
            code: NativeCode::Vm(from_keys),
        }),
        quick("get", 2, 3, get_quickly, get),
        plain("items", 1, 1, |heap, arguments| view(heap, arguments, DictPart::Items)),
        plain("keys", 1, 1, |heap, arguments| view(heap, arguments, DictPart::Keys)),
        quick("pop", 2, 3, pop_quickly, pop),
        full("popitem", 1, 1, popitem),
        full("setdefault", 2, 3, set_default),
        keyword("update", 1, 2, update_method),
        plain("values", 1, 1, |heap, arguments| view(heap, arguments, DictPart::Values)),
        full("__getitem__", 2, 2, get_item),
        full("__setitem__", 3, 3, set_item),
        full("__delitem__", 2, 2, delete_item),
    ],
    construct: constructor("dict", 0, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Dict, "dict")
};
/// `OrderedDict`
pub static ORDERED_TYPE: TypeDef = TypeDef {
    base: Some(TypeId::Dict),
    construct: constructor("OrderedDict", 0, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::OrderedDict, "OrderedDict")
};
/// `dict_view`
pub static VIEW_TYPE: TypeDef = TypeDef::builtin(TypeId::DictView, "dict_view");
