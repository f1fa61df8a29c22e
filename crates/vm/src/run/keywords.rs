//! `**mapping` in a call: its items into the dict of keywords that the call will get.

use super::frame::{Action, Input};
use super::native_frame::{FewArguments, Items, NativeFrame, Step, Walk};
use super::{Called, Request, Vm};
use crate::heap::{Raised, Symbol, Tracer, TypeId, Value, sym};
use alloc::boxed::Box;
use alloc::string::String;

impl Vm {
    /// Adds the items of a mapping to the keywords of a call. A name that is there already is a `TypeError`.
    pub(super) fn merge_keywords(
        &mut self,
        keywords: Value,
        mapping: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let part = self.heap.native_part(mapping);
        let Some(table) = self.heap.as_dict(part) else {
            let frame = Merge { keywords, mapping, walk: None, name: None, asked: Asked::Keys };
            self.push_native(Box::new(frame), action)?;
            return Ok(Called::Pushed);
        };
        let length = table.len();
        // Names and room first: once one is in, doing this again would find it doubled.
        let mut number = 0;
        while let Some(entry) = self.heap.as_dict(part).and_then(|table| table.entry(number)) {
            let key = entry.key;
            if key.as_symbol().is_none() && !key.is_unbound() {
                self.keyword_name(key)?;
            }
            number += 1;
        }
        if let Some((table, budget)) = self.heap.table_and_budget(keywords) {
            table.reserve(budget, length)?;
        }
        number = 0;
        while let Some(&entry) = self.heap.as_dict(part).and_then(|table| table.entry(number)) {
            if !entry.key.is_unbound() {
                let name = self.keyword_name(entry.key)?;
                self.add_keyword(keywords, name, entry.value)?;
            }
            number += 1;
        }
        Ok(Called::Value(Value::NONE))
    }

    /// A call whose arguments were collected: a list of positional ones, a dict of keywords or None.
    pub(super) fn call_spread(
        &mut self,
        callable: Value,
        list: Value,
        keywords: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        let base = self.fiber.top();
        let count = self.heap.as_sequence(list).map_or(0, <[Value]>::len);
        let named = self.heap.as_dict(keywords).map_or(0, |table| table.len());
        self.ensure_window(base + count + named)?;
        if let Some(items) = self.heap.as_sequence(list) {
            self.fiber.stack[base..base + count].copy_from_slice(items);
        }
        if named == 0 {
            return self.call(callable, base, count, Value::NONE, action);
        }
        let mut names = [Value::NONE; 8];
        if named > names.len() {
            let arguments = self.fiber.stack[base..base + count].to_vec();
            return self.call_many(callable, &arguments, keywords, action);
        }
        if let Some(table) = self.heap.as_dict(keywords) {
            for (number, entry) in table.iter().enumerate() {
                names[number] = entry.key;
                self.fiber.stack[base + count + number] = entry.value;
            }
        }
        let names = self.heap.tuple(&names[..named])?;
        self.call(callable, base, count, names, action)
    }

    fn keyword_name(&mut self, key: Value) -> Result<Symbol, Raised> {
        match self.heap.to_symbol(key)? {
            Some(name) => Ok(name),
            None => {
                let kind = String::from(self.heap.type_name(key));
                let message = format_args!("can't convert '{kind}' object to str implicitly");
                Err(self.heap.raise_fmt(TypeId::TypeError, message))
            }
        }
    }
}

/// What a [`Merge`] is waiting for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The method `keys`.
    Keys,
    /// What it returns.
    Iterable,
    Key,
    Item,
}

/// Merges a mapping that is no dict: asks for `keys()`, then for each item.
struct Merge {
    keywords: Value,
    mapping: Value,
    walk: Option<Walk>,
    name: Option<Symbol>,
    asked: Asked,
}

impl NativeFrame for Merge {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        match (self.asked, input) {
            (Asked::Keys, Input::Value(keys)) => {
                self.asked = Asked::Iterable;
                return Ok(Step::Call(keys, FewArguments::new(&[])));
            }
            (Asked::Keys, _) => return Ok(Step::Perform(Request::Attribute(self.mapping, sym::KEYS))),
            (Asked::Iterable, Input::Value(keys)) => {
                self.walk = Some(Walk::new(keys));
                self.asked = Asked::Key;
                input = Input::Start;
            }
            (Asked::Item, Input::Value(value)) => {
                if let Some(name) = self.name {
                    vm.add_keyword(self.keywords, name, value)?;
                }
                self.asked = Asked::Key;
                input = Input::Start;
            }
            _ => {}
        }
        let Some(walk) = &mut self.walk else { return Ok(Step::Return(Value::NONE)) };
        match walk.next(vm, input)? {
            Items::Item(key) => {
                self.name = Some(vm.keyword_name(key)?);
                self.asked = Asked::Item;
                Ok(Step::Perform(Request::Item(self.mapping, key)))
            }
            Items::End => Ok(Step::Return(Value::NONE)),
            Items::Ask(step) => Ok(step),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.keywords, self.mapping]);
        if let Some(walk) = &self.walk {
            walk.trace(tracer);
        }
    }
}
