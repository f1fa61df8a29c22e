//! `set` and `frozenset`.
//!
//! Both are a [`Dict`] whose values are None. Operations between two tables run straight through, by
//! entry number, because an `__eq__` may change a table meanwhile; other iterables are walked by a native frame.

use super::dict::Dict;
use super::function::{ANY, Member, TypeDef, constructor, full, plain, quick};
use super::list::no_keywords;
use crate::heap::{DictPart, Heap, Raised, Slot, Tracer, TypeId, Value};
use crate::run::compare::table_of;
use crate::run::compare::{remove_plain, set_plain};
use crate::run::each::{Each, Taken, Taker};
use crate::run::native_frame::{Items, Walk};
use crate::run::{Action, Arguments, Called, Input, NativeFrame, Outcome, Step, Vm};
use crate::syntax::tree::{BinaryOp, CompareOp};
use alloc::boxed::Box;
use core::ops::ControlFlow;

/// What another collection does to a set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// `|`
    Add,
    /// `-`
    Remove,
    /// `&`
    Keep,
    /// `^`
    Toggle,
}

fn change_of(op: BinaryOp) -> Option<Change> {
    match op {
        BinaryOp::Or => Some(Change::Add),
        BinaryOp::Subtract => Some(Change::Remove),
        BinaryOp::And => Some(Change::Keep),
        BinaryOp::Xor => Some(Change::Toggle),
        _ => None,
    }
}

/// A new set of the same kind as another, with the same items.
fn set_like(heap: &mut Heap, like: Value) -> Result<Value, Raised> {
    let frozen = matches!(heap.slot_of(like), Some(Slot::FrozenSet(_)));
    let table = match heap.table_and_budget(like) {
        Some((table, budget)) => table.try_clone(budget)?,
        _ => Dict::new(),
    };
    if frozen { heap.frozenset(table) } else { heap.set(table) }
}

/// Calls a function for the key of each entry of a table, which may change meanwhile.
fn each_key<B>(
    vm: &mut Vm,
    table: Value,
    mut run: impl FnMut(&mut Vm, Value, u32) -> Result<ControlFlow<B>, Raised>,
) -> Result<Option<B>, Raised> {
    let mut number = 0;
    while let Some(entry) = table_of(&vm.heap, table).and_then(|table| table.entry(number)).copied() {
        number += 1;
        if entry.key.is_unbound() {
            continue;
        }
        // The table may lose the key meanwhile.
        let flow = with_roots(vm, [entry.key], |vm| run(vm, entry.key, entry.hash))?;
        if let ControlFlow::Break(result) = flow {
            return Ok(Some(result));
        }
    }
    Ok(None)
}

/// Changes a set by another table. Both are rooted by the caller.
fn change_by_table(vm: &mut Vm, set: Value, change: Change, other: Value) -> Result<(), Raised> {
    if matches!(change, Change::Add | Change::Toggle) {
        // Room first: running out half-way must not happen.
        let more = table_of(&vm.heap, other).map_or(0, |table| table.len());
        if set != other
            && let Some((table, budget)) = vm.heap.table_and_budget(set)
        {
            table.reserve(budget, more)?;
        }
    }
    if change == Change::Keep {
        let dropped = each_key(vm, set, |vm, key, hash| {
            if vm.table_find(other, key, hash)?.is_none() {
                remove_key(vm, set, key, hash)?;
            }
            Ok(ControlFlow::<()>::Continue(()))
        });
        return dropped.map(drop);
    }
    let changed = each_key(vm, other, |vm, key, hash| {
        let present = vm.table_find(set, key, hash)?.is_some();
        match change {
            Change::Add | Change::Toggle if !present => vm.dict_set_hashed(set, key, hash, Value::NONE)?,
            Change::Remove | Change::Toggle if present => remove_key(vm, set, key, hash)?,
            _ => {}
        }
        Ok(ControlFlow::<()>::Continue(()))
    });
    changed.map(drop)
}

fn remove_key(vm: &mut Vm, set: Value, key: Value, hash: u32) -> Result<(), Raised> {
    if let Some(number) = vm.table_find(set, key, hash)?
        && let Some((table, _)) = vm.heap.table_and_budget(set)
    {
        table.remove(number);
    }
    Ok(())
}

/// Runs an operation while some values are rooted.
fn with_roots<R, const N: usize>(
    vm: &mut Vm,
    roots: [Value; N],
    run: impl FnOnce(&mut Vm) -> Result<R, Raised>,
) -> Result<R, Raised> {
    let depth = vm.roots.len();
    vm.roots.extend_from_slice(&roots);
    let result = run(vm);
    vm.roots.truncate(depth);
    result
}

/// An operand of a set operator as a table: a set itself, or a new set of what a view of keys or items shows.
fn operand(vm: &mut Vm, value: Value) -> Result<Option<Value>, Raised> {
    let (dict, part) = match vm.heap.slot_of(value) {
        Some(Slot::Set(_) | Slot::FrozenSet(_)) => return Ok(Some(value)),
        Some(&Slot::DictView(dict, part)) if part != DictPart::Values => (dict, part),
        _ => return Ok(None),
    };
    let set = vm.heap.set(Dict::new())?;
    with_roots(vm, [set, dict], |vm| {
        let mut number = 0;
        while let Some(entry) = vm.heap.as_dict(dict).and_then(|table| table.entry(number)).copied() {
            number += 1;
            if entry.key.is_unbound() {
                continue;
            }
            if part == DictPart::Keys {
                vm.dict_set_hashed(set, entry.key, entry.hash, Value::NONE)?;
            } else {
                let pair = vm.heap.tuple(&[entry.key, entry.value])?;
                vm.roots.push(pair);
                let added = vm.dict_set(set, pair, Value::NONE);
                vm.roots.pop();
                added?;
            }
        }
        Ok(Some(set))
    })
}

/// `a op b` for sets and views; `None` if either is something else.
pub fn binary(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let Some(change) = change_of(op) else { return Ok(None) };
    let Some([x, y]) = operands(vm, a, b)? else { return Ok(None) };
    with_roots(vm, [x, y], |vm| {
        let result = set_like(&mut vm.heap, x)?;
        with_roots(vm, [result, y], |vm| change_by_table(vm, result, change, y))?;
        Ok(Some(result))
    })
}

/// `a op= b` for a set `a`; `None` if `b` is no set.
pub fn binary_in_place(vm: &mut Vm, op: BinaryOp, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let Some(change) = change_of(op) else { return Ok(None) };
    let Some(other) = operand(vm, b)? else { return Ok(None) };
    with_roots(vm, [a, other], |vm| change_by_table(vm, a, change, other))?;
    Ok(Some(a))
}

/// Whether everything in one table is in another.
fn is_subset(vm: &mut Vm, a: Value, b: Value) -> Result<bool, Raised> {
    with_roots(vm, [a, b], |vm| {
        let missing = each_key(vm, a, |vm, key, hash| {
            Ok(match vm.table_find(b, key, hash)? {
                Some(_) => ControlFlow::Continue(()),
                None => ControlFlow::Break(()),
            })
        })?;
        Ok(missing.is_none())
    })
}

/// Both operands as tables, where both are sets or views of keys or items. The caller roots them.
fn operands(vm: &mut Vm, a: Value, b: Value) -> Result<Option<[Value; 2]>, Raised> {
    let set_like = |value| match vm.heap.slot_of(value) {
        Some(Slot::Set(_) | Slot::FrozenSet(_)) => true,
        Some(Slot::DictView(_, part)) => *part != DictPart::Values,
        _ => false,
    };
    if !set_like(a) || !set_like(b) {
        return Ok(None);
    }
    let Some(x) = operand(vm, a)? else { return Ok(None) };
    vm.roots.push(x);
    let y = operand(vm, b);
    vm.roots.pop();
    Ok(y?.map(|y| [x, y]))
}

/// `a < b` and its kin: subset and superset; `None` if either is something else.
pub fn compare(vm: &mut Vm, op: CompareOp, a: Value, b: Value) -> Result<Option<bool>, Raised> {
    let Some([a, b]) = operands(vm, a, b)? else { return Ok(None) };
    let size = |value: Value| table_of(&vm.heap, value).map_or(0, |table| table.len());
    let (x, y) = (size(a), size(b));
    let holds = match op {
        CompareOp::Less => x < y && is_subset(vm, a, b)?,
        CompareOp::LessEqual => x <= y && is_subset(vm, a, b)?,
        CompareOp::Greater => x > y && is_subset(vm, b, a)?,
        CompareOp::GreaterEqual => x >= y && is_subset(vm, b, a)?,
        _ => return Ok(None),
    };
    Ok(Some(holds))
}

/// Whether two sets or views show the same; `None` if either is something else.
pub fn views_equal(vm: &mut Vm, a: Value, b: Value) -> Result<Option<bool>, Raised> {
    let Some([a, b]) = operands(vm, a, b)? else { return Ok(None) };
    let size = |value: Value| table_of(&vm.heap, value).map_or(0, |table| table.len());
    Ok(Some(size(a) == size(b) && is_subset(vm, a, b)?))
}

/// Changes a set by other iterables, one after another: a frame of its own, because there may be many of them.
struct ChangeBy {
    change: Change,
    /// The set to change.
    set: Value,
    /// What the frame returns.
    result: Value,
    /// A tuple of iterables, and which comes next.
    sources: Value,
    next: usize,
    /// The iterable being walked through; where its items go: the set itself if they are only added, else a set of
    /// their own.
    walk: Option<Walk>,
    gathered: Value,
    /// An item that is not in a set yet.
    taken: Value,
}

impl ChangeBy {
    fn values(&self) -> [Value; 5] {
        [self.set, self.result, self.sources, self.gathered, self.taken]
    }

    fn advance(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            let Some(walk) = &mut self.walk else {
                let sources = vm.heap.as_tuple(self.sources).unwrap_or(&[]);
                let Some(&source) = sources.get(self.next) else { return Ok(Step::Return(self.result)) };
                if table_of(&vm.heap, source).is_some() {
                    change_by_table(vm, self.set, self.change, source)?;
                } else {
                    self.gathered = match self.change {
                        Change::Add => self.set,
                        _ => vm.heap.set(Dict::new())?,
                    };
                    self.walk = Some(Walk::new(source));
                }
                self.next += 1;
                input = Input::Start;
                continue;
            };
            if self.taken.is_unbound() {
                match walk.next(vm, input)? {
                    Items::Item(item) => self.taken = item,
                    Items::End => {
                        if self.change != Change::Add {
                            with_roots(vm, [self.gathered, self.set], |vm| {
                                change_by_table(vm, self.set, self.change, self.gathered)
                            })?;
                        }
                        self.walk = None;
                        return Ok(Step::Again);
                    }
                    Items::Ask(step) => return Ok(step),
                }
            }
            let iterator = walk.iterator();
            if !set_plain(&mut vm.heap, self.gathered, self.taken, Value::NONE) {
                with_roots(vm, [iterator, self.gathered, self.taken], |vm| {
                    vm.dict_set(self.gathered, self.taken, Value::NONE)
                })?;
            }
            self.taken = Value::UNBOUND;
            if let Input::Value(_) = input {
                return Ok(Step::Next(iterator));
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }
}

impl NativeFrame for ChangeBy {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let depth = vm.roots.len();
        vm.roots.extend_from_slice(&self.values());
        let step = self.advance(vm, input);
        vm.roots.truncate(depth);
        step
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        set_plain(heap, self.gathered, item, Value::NONE)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.values());
        if let Some(walk) = &self.walk {
            walk.trace(tracer);
        }
    }
}

/// Changes `set` by all of a tuple of iterables; the result is `result`.
fn change_frame(change: Change, set: Value, sources: Value, result: Value) -> Box<dyn NativeFrame> {
    Box::new(ChangeBy {
        change,
        set,
        result,
        sources,
        next: 0,
        walk: None,
        gathered: set,
        taken: Value::UNBOUND,
    })
}

/// Changes `set` by the arguments after the first.
fn change_by_arguments(
    vm: &mut Vm,
    arguments: Arguments,
    change: Change,
    set: Value,
    result: Value,
) -> Result<Outcome, Raised> {
    let sources = arguments.positional(vm).get(1..).unwrap_or(&[]).to_vec();
    if let [source] = sources[..]
        && table_of(&vm.heap, source).is_some()
    {
        with_roots(vm, [set, source], |vm| change_by_table(vm, set, change, source))?;
        return Ok(result.into());
    }
    let sources = vm.heap.tuple(&sources)?;
    Ok(Outcome::Frame(change_frame(change, set, sources, result)))
}

/// A method that gives a changed copy.
fn changed_copy(vm: &mut Vm, arguments: Arguments, change: Change) -> Result<Outcome, Raised> {
    let own = arguments.at(vm, 0);
    let set = set_like(&mut vm.heap, own)?;
    change_by_arguments(vm, arguments, change, set, set)
}

/// A method that changes the set.
fn change_in_place(vm: &mut Vm, arguments: Arguments, change: Change) -> Result<Outcome, Raised> {
    let set = arguments.at(vm, 0);
    change_by_arguments(vm, arguments, change, set, Value::NONE)
}

/// Everything in an iterable into a set.
pub fn update(vm: &mut Vm, set: Value, source: Value, action: Action) -> Result<Called, Raised> {
    let sources = vm.heap.tuple(&[source])?;
    vm.push_native(change_frame(Change::Add, set, sources, Value::NONE), action)?;
    Ok(Called::Pushed)
}

/// `set(iterable=())`, `frozenset(iterable=())`
fn construct(vm: &mut Vm, arguments: Arguments, frozen: bool) -> Result<Outcome, Raised> {
    no_keywords(vm, arguments)?;
    let source = arguments.get(vm, 1);
    if let Some(source) = source
        && frozen
        && matches!(vm.heap.slot_of(source), Some(Slot::FrozenSet(_)))
    {
        return Ok(source.into());
    }
    let table = Dict::new();
    let set = if frozen { vm.heap.frozenset(table)? } else { vm.heap.set(table)? };
    match source {
        Some(_) => change_by_arguments(vm, arguments, Change::Add, set, set),
        None => Ok(set.into()),
    }
}

/// A question about a set and another iterable, which ends with the first item that decides it.
struct Relation {
    set: Value,
    /// The item that decides: one that the set has, or one that it lacks.
    decisive: bool,
}

impl Taker for Relation {
    fn held(&self) -> [Value; 4] {
        [self.set, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        let found = vm.dict_contains(self.set, item)?;
        Ok(if found == self.decisive { Taken::Done(Value::FALSE) } else { Taken::More })
    }

    fn finish(&mut self, _vm: &mut Vm) -> Result<Step, Raised> {
        Ok(Step::Return(Value::TRUE))
    }
}

/// `isdisjoint` (no item is there) and `issuperset` (none is missing).
fn relation(vm: &mut Vm, arguments: Arguments, decisive: bool) -> Result<Outcome, Raised> {
    let (set, source) = (arguments.at(vm, 0), arguments.at(vm, 1));
    Ok(Outcome::Frame(Box::new(Each::new(source, Relation { set, decisive }))))
}

/// Gathers an iterable, then tells whether the set is a subset of it.
struct SubsetOf {
    set: Value,
    gathered: Value,
}

impl Taker for SubsetOf {
    fn held(&self) -> [Value; 4] {
        [self.set, self.gathered, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        vm.dict_set(self.gathered, item, Value::NONE)?;
        Ok(Taken::More)
    }

    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        is_subset(vm, self.set, self.gathered).map(|truth| Step::Return(Value::from_bool(truth)))
    }
}

fn is_subset_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (set, source) = (arguments.at(vm, 0), arguments.at(vm, 1));
    if table_of(&vm.heap, source).is_some() {
        return Ok(Value::from_bool(is_subset(vm, set, source)?).into());
    }
    let gathered = vm.heap.set(Dict::new())?;
    Ok(Outcome::Frame(Box::new(Each::new(source, SubsetOf { set, gathered }))))
}

fn add_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    set_plain(heap, arguments[0], arguments[1], Value::NONE).then_some(Value::NONE)
}

fn add(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (set, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    vm.dict_set(set, item, Value::NONE)?;
    Ok(Value::NONE.into())
}

fn discard_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    remove_plain(heap, arguments[0], arguments[1]).map(|_| Value::NONE)
}

fn discard(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (set, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    vm.dict_remove(set, item)?;
    Ok(Value::NONE.into())
}

fn remove_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    remove_plain(heap, arguments[0], arguments[1])?.map(|_| Value::NONE)
}

fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (set, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    match vm.dict_remove(set, item)? {
        Some(_) => Ok(Value::NONE.into()),
        None => Err(vm.heap.raise_key(item)),
    }
}

fn contains(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (set, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    Ok(Value::from_bool(vm.dict_contains(set, item)?).into())
}

fn pop(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let removed = heap.table_and_budget(arguments[0]).and_then(|(table, _)| {
        let first = table.first()?;
        table.remove(first)
    });
    match removed {
        Some((key, _)) => Ok(key),
        None => Err(heap.raise(TypeId::KeyError, "pop from an empty set")),
    }
}

fn clear(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some((table, budget)) = heap.table_and_budget(arguments[0]) {
        table.clear(budget);
    }
    Ok(Value::NONE)
}

fn copy(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    set_like(heap, arguments[0])
}

/// What both types have.
const COPY: Member = plain("copy", 1, 1, copy);
const DIFFERENCE: Member =
    full("difference", 1, ANY, |vm, arguments| changed_copy(vm, arguments, Change::Remove));
const INTERSECTION: Member =
    full("intersection", 1, ANY, |vm, arguments| changed_copy(vm, arguments, Change::Keep));
const SYMMETRIC_DIFFERENCE: Member =
    full("symmetric_difference", 2, 2, |vm, arguments| changed_copy(vm, arguments, Change::Toggle));
const UNION: Member = full("union", 1, ANY, |vm, arguments| changed_copy(vm, arguments, Change::Add));
const IS_DISJOINT: Member = full("isdisjoint", 2, 2, |vm, arguments| relation(vm, arguments, true));
const IS_SUBSET: Member = full("issubset", 2, 2, is_subset_method);
const IS_SUPERSET: Member = full("issuperset", 2, 2, |vm, arguments| relation(vm, arguments, false));
const CONTAINS: Member = full("__contains__", 2, 2, contains);

/// `set`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        quick("add", 2, 2, add_quickly, add),
        plain("clear", 1, 1, clear),
        COPY,
        quick("discard", 2, 2, discard_quickly, discard),
        DIFFERENCE,
        full("difference_update", 1, ANY, |vm, arguments| change_in_place(vm, arguments, Change::Remove)),
        INTERSECTION,
        full("intersection_update", 1, ANY, |vm, arguments| change_in_place(vm, arguments, Change::Keep)),
        IS_DISJOINT,
        IS_SUBSET,
        IS_SUPERSET,
        plain("pop", 1, 1, pop),
        quick("remove", 2, 2, remove_quickly, remove),
        SYMMETRIC_DIFFERENCE,
        full("symmetric_difference_update", 2, 2, |vm, arguments| {
            change_in_place(vm, arguments, Change::Toggle)
        }),
        UNION,
        full("update", 1, ANY, |vm, arguments| change_in_place(vm, arguments, Change::Add)),
        CONTAINS,
    ],
    construct: constructor("set", 0, 1, |vm, arguments| construct(vm, arguments, false)),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::Set, "set")
};

/// `frozenset`
pub static FROZEN_TYPE: TypeDef = TypeDef {
    members: &[
        COPY,
        DIFFERENCE,
        INTERSECTION,
        IS_DISJOINT,
        IS_SUBSET,
        IS_SUPERSET,
        SYMMETRIC_DIFFERENCE,
        UNION,
        CONTAINS,
    ],
    construct: constructor("frozenset", 0, 1, |vm, arguments| construct(vm, arguments, true)),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::FrozenSet, "frozenset")
};
