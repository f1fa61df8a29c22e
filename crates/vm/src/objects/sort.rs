//! Sorting: `list.sort` and `sorted`.
//!
//! ```text
//! Begin ─▶ Keys ─▶ Runs ─▶ Merge ─▶ done        keys that compare without Python
//!                   └──────▶ Merge ─▶ done        others: one comparison after another, each may call `__lt__`
//! ```
//!
//! A stable merge sort from the bottom up, in steps of bounded length, so that Ctrl-C and the collector get their turn.
//! Entries are a key and its item (without a key function: the item alone) in a list of the frame's own, with a second
//! one to merge into; the program's list is changed at the very end, or not at all if a comparison raises. Numbers and
//! strings without a key function are sorted where they lie, for there nobody can tell a stable sort from another.
//!
//! What always holds: both lists of the frame are as long as all entries together, so merging allocates nothing.

use crate::heap::{Heap, Raised, Slot, Tracer, Value, sym};
use crate::run::compare::order_plain;
use crate::run::{FewArguments, Input, NativeFrame, Request, Step, Vm};
use crate::syntax::tree::CompareOp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The frame that sorts a list in place. `key` is a function or None; `result` is what the frame returns: None for
/// `list.sort`, the list itself for `sorted`.
pub fn sort_frame(list: Value, key: Value, reverse: bool, result: Value) -> Box<dyn NativeFrame> {
    Box::new(Sort {
        list,
        key,
        reverse,
        result,
        entries: Value::UNBOUND,
        spare: Value::UNBOUND,
        stride: if key.is_none() { 1 } else { 2 },
        phase: Phase::Begin,
        pending: None,
    })
}

/// Up to this many numbers or strings are sorted in one go; longer lists are merged from such runs.
const IN_PLACE: usize = 1 << 17;
/// Entries in a run of plain keys with their items: so few that the standard library's stable sort needs no memory.
const RUN: usize = 256;
/// Entries merged in one step.
const MERGED: usize = 8192;

#[derive(Clone, Copy)]
enum Phase {
    Begin,
    /// Waiting for the key of the item with this number.
    Keys(usize),
    /// The next run begins at this entry.
    Runs(Kind, usize),
    Merge(Kind, Merge),
}

/// What the keys are, and so how they compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ints,
    Floats,
    Texts,
    Others,
}

/// Two neighbouring runs on their way into the spare list. All numbers count entries.
#[derive(Clone, Copy)]
struct Merge {
    /// The length of a run.
    width: usize,
    /// Where the left run begins.
    start: usize,
    left: usize,
    right: usize,
    /// Whether it is known that the runs are not in order already.
    mixed: bool,
}

impl Merge {
    fn at(width: usize, start: usize) -> Merge {
        Merge { width, start, left: start, right: start + width, mixed: false }
    }
}

struct Sort {
    list: Value,
    key: Value,
    reverse: bool,
    result: Value,
    entries: Value,
    spare: Value,
    stride: usize,
    phase: Phase,
    /// What Python is busy comparing.
    pending: Option<(Value, Value)>,
}

/// What a comparison came to.
enum Compared {
    Known(bool),
    Ask(Step),
}

impl NativeFrame for Sort {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match self.phase {
            Phase::Begin => self.begin(vm),
            Phase::Keys(number) => self.take_key(vm, number, input),
            Phase::Runs(kind, start) => self.sort_run(vm, kind, start),
            Phase::Merge(Kind::Others, merge) => self.merge_others(vm, merge, input),
            Phase::Merge(kind, merge) => self.merge_plain(vm, kind, merge),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.list, self.key, self.result, self.entries, self.spare]);
        if let Some((smaller, greater)) = self.pending {
            tracer.values(&[smaller, greater]);
        }
    }
}

impl Sort {
    fn begin(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let items = vm.heap.as_list(self.list).unwrap_or(&[]);
        let length = items.len();
        if self.key.is_none() {
            if length < 2 {
                return Ok(Step::Return(self.result));
            }
            let kind = kind_of(&vm.heap, items, 1);
            if length <= IN_PLACE && kind != Kind::Others {
                sort_in_place(&mut vm.heap, self.list, 0, length, kind, self.reverse);
                return Ok(Step::Return(self.result));
            }
        }
        let size = length.checked_mul(self.stride).ok_or(Raised::OUT_OF_MEMORY)?;
        let mut entries = Vec::new();
        vm.heap.budget.reserve(&mut entries, size)?;
        if self.key.is_none() {
            entries.extend_from_slice(vm.heap.as_list(self.list).unwrap_or(&[]));
        } else {
            for &item in vm.heap.as_list(self.list).unwrap_or(&[]) {
                entries.extend_from_slice(&[Value::NONE, item]);
            }
        }
        // Each is kept in the frame at once: running out between the two only makes the first one again.
        self.entries = vm.heap.list_from(entries)?;
        let mut spare = Vec::new();
        vm.heap.budget.reserve(&mut spare, size)?;
        spare.resize(size, Value::NONE);
        self.spare = vm.heap.list_from(spare)?;
        if self.key.is_none() {
            return Ok(self.order(vm));
        }
        self.phase = Phase::Keys(0);
        Ok(self.ask_key(vm, 0))
    }

    fn ask_key(&mut self, vm: &Vm, number: usize) -> Step {
        match vm.heap.as_list(self.entries).and_then(|entries| entries.get(number * 2 + 1)) {
            Some(&item) => Step::Call(self.key, FewArguments::new(&[item])),
            None => self.order(vm),
        }
    }

    fn take_key(&mut self, vm: &mut Vm, number: usize, input: Input) -> Result<Step, Raised> {
        let Input::Value(key) = input else { return Ok(self.ask_key(vm, number)) };
        if let Some(place) = vm.heap.as_list_mut(self.entries).and_then(|entries| entries.get_mut(number * 2))
        {
            *place = key;
        }
        self.phase = Phase::Keys(number + 1);
        Ok(self.ask_key(vm, number + 1))
    }

    /// All keys are known: chooses how to go on.
    fn order(&mut self, vm: &Vm) -> Step {
        let kind = kind_of(&vm.heap, vm.heap.as_list(self.entries).unwrap_or(&[]), self.stride);
        self.phase = match kind {
            Kind::Others => Phase::Merge(kind, Merge::at(1, 0)),
            _ => Phase::Runs(kind, 0),
        };
        Step::Again
    }

    fn count(&self, vm: &Vm) -> usize {
        vm.heap.as_list(self.entries).map_or(0, <[Value]>::len) / self.stride
    }

    fn run_length(&self) -> usize {
        if self.stride == 1 { IN_PLACE } else { RUN }
    }

    fn sort_run(&mut self, vm: &mut Vm, kind: Kind, start: usize) -> Result<Step, Raised> {
        let (count, run) = (self.count(vm), self.run_length());
        let mut at = start;
        // As many short runs as make a step worth while.
        while at < count && at - start < MERGED {
            let end = (at + run).min(count);
            if run == IN_PLACE {
                sort_in_place(&mut vm.heap, self.entries, at, end, kind, self.reverse);
            } else {
                self.sort_short_run(&mut vm.heap, kind, at, end);
            }
            at = end;
        }
        self.phase = if at < count { Phase::Runs(kind, at) } else { Phase::Merge(kind, Merge::at(run, 0)) };
        Ok(Step::Again)
    }

    fn sort_short_run(&mut self, heap: &mut Heap, kind: Kind, start: usize, end: usize) {
        let mut entries = heap.as_list_mut(self.entries).map(core::mem::take).unwrap_or_default();
        let reverse = self.reverse;
        let order = |a: Value, b: Value| {
            let order = compare(heap, kind, a, b);
            if reverse { order.reverse() } else { order }
        };
        let (pairs, _) = entries[start * 2..end * 2].as_chunks_mut::<2>();
        pairs.sort_by(|a, b| order(a[0], b[0]));
        if let Some(place) = heap.as_list_mut(self.entries) {
            *place = entries;
        }
    }

    /// Merges keys that compare without Python.
    fn merge_plain(&mut self, vm: &mut Vm, kind: Kind, mut merge: Merge) -> Result<Step, Raised> {
        let count = self.count(vm);
        let stride = self.stride;
        let entries = vm.heap.as_list_mut(self.entries).map(core::mem::take).unwrap_or_default();
        let mut spare = vm.heap.as_list_mut(self.spare).map(core::mem::take).unwrap_or_default();
        let mut done = 0;
        let mut swapped = false;
        while done < MERGED {
            if merge.width >= count {
                break;
            }
            if merge.start >= count {
                // Every pair of runs is merged: the lists change places.
                merge = Merge::at(merge.width * 2, 0);
                swapped = true;
                break;
            }
            let middle = (merge.start + merge.width).min(count);
            let end = (merge.start + 2 * merge.width).min(count);
            let precedes = |right: usize, left: usize| {
                let order = compare(&vm.heap, kind, entries[right * stride], entries[left * stride]);
                if self.reverse { order.is_gt() } else { order.is_lt() }
            };
            if !merge.mixed {
                if middle == end || !precedes(middle, middle - 1) {
                    let range = merge.start * stride..end * stride;
                    spare[range.clone()].copy_from_slice(&entries[range]);
                    done += end - merge.start;
                    merge = Merge::at(merge.width, end);
                    continue;
                }
                merge.mixed = true;
            }
            while done < MERGED && merge.left < middle && merge.right < end {
                let to = (merge.left + merge.right - middle) * stride;
                let from = if precedes(merge.right, merge.left) {
                    merge.right += 1;
                    merge.right - 1
                } else {
                    merge.left += 1;
                    merge.left - 1
                };
                spare[to..to + stride].copy_from_slice(&entries[from * stride..(from + 1) * stride]);
                done += 1;
            }
            if merge.left == middle || merge.right == end {
                copy_rest(&entries, &mut spare, stride, merge, middle, end);
                merge = Merge::at(merge.width, end);
            }
        }
        if let Some(place) = vm.heap.as_list_mut(self.entries) {
            *place = entries;
        }
        if let Some(place) = vm.heap.as_list_mut(self.spare) {
            *place = spare;
        }
        if swapped {
            core::mem::swap(&mut self.entries, &mut self.spare);
        }
        if merge.width >= count {
            return self.finish(vm);
        }
        self.phase = Phase::Merge(kind, merge);
        Ok(Step::Again)
    }

    /// Merges keys that only Python may be able to compare: one at a time.
    fn merge_others(&mut self, vm: &mut Vm, mut merge: Merge, input: Input) -> Result<Step, Raised> {
        let count = self.count(vm);
        let stride = self.stride;
        let mut answer = match input {
            Input::Value(value) if self.pending.is_some() => match self.take_answer(vm, value)? {
                Compared::Known(truth) => Some(truth),
                Compared::Ask(step) => return Ok(step),
            },
            _ => None,
        };
        for _ in 0..MERGED / 8 {
            if merge.width >= count {
                return self.finish(vm);
            }
            if merge.start >= count {
                core::mem::swap(&mut self.entries, &mut self.spare);
                merge = Merge::at(merge.width * 2, 0);
                self.phase = Phase::Merge(Kind::Others, merge);
                continue;
            }
            let middle = (merge.start + merge.width).min(count);
            let end = (merge.start + 2 * merge.width).min(count);
            let exhausted = merge.left == middle || merge.right >= end;
            if !exhausted {
                // First whether the runs are in order as they are, then the smaller of their first ones.
                let left = if merge.mixed { merge.left } else { middle - 1 };
                let right = merge.right;
                let right_first = match answer.take() {
                    Some(known) => known,
                    None => match self.right_first(vm, left, right)? {
                        Compared::Known(known) => known,
                        Compared::Ask(step) => {
                            self.phase = Phase::Merge(Kind::Others, merge);
                            return Ok(step);
                        }
                    },
                };
                if merge.mixed {
                    let to = (merge.left + merge.right - middle) * stride;
                    let from = if right_first { merge.right } else { merge.left };
                    if right_first {
                        merge.right += 1;
                    } else {
                        merge.left += 1;
                    }
                    self.move_entry(&mut vm.heap, from, to);
                } else if right_first {
                    merge.mixed = true;
                    self.phase = Phase::Merge(Kind::Others, merge);
                    // Of two single entries this was the only comparison needed.
                    if end - merge.start == 2 {
                        answer = Some(true);
                    }
                    continue;
                } else {
                    merge.left = middle;
                    merge.right = middle;
                    self.copy_entries(&mut vm.heap, merge.start, end);
                    merge = Merge::at(merge.width, end);
                }
            } else {
                let mut spare = vm.heap.as_list_mut(self.spare).map(core::mem::take).unwrap_or_default();
                if let Some(entries) = vm.heap.as_list(self.entries) {
                    copy_rest(entries, &mut spare, stride, merge, middle, end);
                }
                if let Some(place) = vm.heap.as_list_mut(self.spare) {
                    *place = spare;
                }
                merge = Merge::at(merge.width, end);
            }
            self.phase = Phase::Merge(Kind::Others, merge);
        }
        Ok(Step::Again)
    }

    fn move_entry(&mut self, heap: &mut Heap, from: usize, to: usize) {
        for offset in 0..self.stride {
            let value = heap.as_list(self.entries).and_then(|list| list.get(from * self.stride + offset));
            let value = value.copied().unwrap_or(Value::NONE);
            if let Some(place) = heap.as_list_mut(self.spare).and_then(|list| list.get_mut(to + offset)) {
                *place = value;
            }
        }
    }

    fn copy_entries(&mut self, heap: &mut Heap, start: usize, end: usize) {
        let mut spare = heap.as_list_mut(self.spare).map(core::mem::take).unwrap_or_default();
        if let Some(entries) = heap.as_list(self.entries) {
            let range = start * self.stride..end * self.stride;
            spare[range.clone()].copy_from_slice(&entries[range]);
        }
        if let Some(place) = heap.as_list_mut(self.spare) {
            *place = spare;
        }
    }

    /// Whether the right entry must come before the left one.
    fn right_first(&mut self, vm: &mut Vm, left: usize, right: usize) -> Result<Compared, Raised> {
        let key = |number: usize| {
            let place = number * self.stride;
            vm.heap.as_list(self.entries).and_then(|list| list.get(place)).copied().unwrap_or(Value::NONE)
        };
        let (left, right) = (key(left), key(right));
        let (smaller, greater) = if self.reverse { (left, right) } else { (right, left) };
        if let Some(order) = order_plain(&vm.heap, smaller, greater) {
            return Ok(Compared::Known(order == Some(Ordering::Less)));
        }
        if !vm.has_operators(smaller) && !vm.has_operators(greater) {
            let depth = vm.roots.len();
            vm.roots.extend_from_slice(&[self.entries, self.spare, self.list, self.key]);
            let less = vm.compare_nested(CompareOp::Less, smaller, greater);
            vm.roots.truncate(depth);
            return less.map(Compared::Known);
        }
        // The common case is a call at once; the interpreter knows the others.
        self.pending = Some((smaller, greater));
        Ok(Compared::Ask(match vm.operator_method(smaller, sym::LT)? {
            Some(method) if matches!(vm.heap.slot_of(method), Some(Slot::Function(_))) => {
                Step::Call(method, FewArguments::new(&[smaller, greater]))
            }
            _ => Step::Perform(Request::Compare(CompareOp::Less, smaller, greater)),
        }))
    }

    fn take_answer(&mut self, vm: &mut Vm, value: Value) -> Result<Compared, Raised> {
        if let (Value::NOT_IMPLEMENTED, Some((smaller, greater))) = (value, self.pending) {
            return Ok(Compared::Ask(Step::Perform(Request::Compare(CompareOp::Less, smaller, greater))));
        }
        let depth = vm.roots.len();
        vm.roots.extend_from_slice(&[self.entries, self.spare, self.list, self.key, value]);
        let truth = vm.truth_nested(value);
        vm.roots.truncate(depth);
        let truth = truth?;
        self.pending = None;
        Ok(Compared::Known(truth))
    }

    /// Puts the sorted items into the program's list.
    fn finish(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let mut sorted = vm.heap.as_list_mut(self.entries).map(core::mem::take).unwrap_or_default();
        if self.stride == 2 {
            let count = sorted.len() / 2;
            for number in 0..count {
                sorted[number] = sorted[number * 2 + 1];
            }
            sorted.truncate(count);
        }
        if let Some(place) = vm.heap.as_list_mut(self.list) {
            // The buffers change places, and their charges with them.
            core::mem::swap(place, &mut sorted);
        }
        if let Some(place) = vm.heap.as_list_mut(self.entries) {
            *place = sorted;
        }
        vm.heap.release_list(self.entries);
        vm.heap.release_list(self.spare);
        Ok(Step::Return(self.result))
    }
}

/// Copies what is left of two runs of which one is used up.
fn copy_rest(entries: &[Value], spare: &mut [Value], stride: usize, merge: Merge, middle: usize, end: usize) {
    let (from, to) = if merge.left < middle { (merge.left, middle) } else { (merge.right.min(end), end) };
    let target = end - (to - from);
    spare[target * stride..end * stride].copy_from_slice(&entries[from * stride..to * stride]);
}

const NEGATIVE_ZERO: u64 = 1 << 63;

/// What kind all keys are.
fn kind_of(heap: &Heap, entries: &[Value], stride: usize) -> Kind {
    let all = |test: &dyn Fn(Value) -> bool| entries.iter().copied().step_by(stride).all(test);
    // The first key tells which kind it could be at all.
    let Some(&first) = entries.first() else { return Kind::Others };
    if first.as_small_int().is_some() && all(&|key| key.as_small_int().is_some()) {
        Kind::Ints
    } else if heap.as_float(first).is_some()
        // A negative zero is equal to the positive one and yet another, so a stable sort can be told.
        && all(&|key| heap.as_float(key).is_some_and(|it| !it.is_nan() && it.to_bits() != NEGATIVE_ZERO))
    {
        Kind::Floats
    } else if heap.as_str(first).is_some() && all(&|key| heap.as_str(key).is_some()) {
        Kind::Texts
    } else {
        Kind::Others
    }
}

/// The order of two keys of a plain kind.
#[inline]
fn compare(heap: &Heap, kind: Kind, a: Value, b: Value) -> Ordering {
    match kind {
        Kind::Ints => a.as_small_int().cmp(&b.as_small_int()),
        Kind::Floats => match (heap.as_float(a), heap.as_float(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            _ => Ordering::Equal,
        },
        Kind::Texts => heap.as_str(a).cmp(&heap.as_str(b)),
        Kind::Others => Ordering::Equal,
    }
}

/// Sorts a part of a list of numbers or strings where it lies; allocates nothing.
fn sort_in_place(heap: &mut Heap, list: Value, start: usize, end: usize, kind: Kind, reverse: bool) {
    let mut items = heap.as_list_mut(list).map(core::mem::take).unwrap_or_default();
    let part = &mut items[start..end];
    match (kind, reverse) {
        (Kind::Ints, false) => part.sort_unstable_by_key(|item| item.as_small_int()),
        (Kind::Ints, true) => part.sort_unstable_by_key(|item| core::cmp::Reverse(item.as_small_int())),
        (_, false) => part.sort_unstable_by(|a, b| compare(heap, kind, *a, *b)),
        (_, true) => part.sort_unstable_by(|a, b| compare(heap, kind, *b, *a)),
    }
    if let Some(place) = heap.as_list_mut(list) {
        *place = items;
    }
}
