//! The table beneath `dict`, `set`, class and module namespaces: insertion-ordered, with its own probing.
//!
//! Entries lie in a vector in the order they were inserted; a removed one leaves an unbound key behind, at the end until
//! it is trimmed, elsewhere until the table grows. Up to [`LINEAR`] entries are searched from the front; beyond that an open-addressing index of entry numbers
//! is kept, of the live entries alone. The table compares nothing itself, because comparing keys may have to run Python: [`Dict::probe`] hands
//! out the entries whose hash matches, one after another, and the caller compares.
//!
//! What always holds: an entry keeps its number until the [`Dict::version`] changes, so a cache may remember the
//! number and check the key.

use crate::heap::{Budget, OutOfMemory, Symbol, Symbols, Value};
use alloc::vec::Vec;

/// Up to this many entries there is no index.
const LINEAR: usize = 8;

/// One key with its value.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The key; unbound where the entry was removed.
    pub key: Value,
    /// The value (in a set: None).
    pub value: Value,
    /// The key's hash.
    pub hash: u32,
}

/// An insertion-ordered hash table.
#[derive(Default)]
pub struct Dict {
    entries: Vec<Entry>,
    /// Open addressing over entry numbers + 1; a power of two, at most half full, so that a search seldom looks twice; empty
    /// while the table is small.
    index: Vec<u32>,
    live: usize,
    /// All entries before this one are removed ones.
    head: usize,
    version: u32,
    /// `dict.fromkeys`-style fixed dicts (a class's `__dict__`) refuse changes.
    pub read_only: bool,
    /// Whether `repr` calls it `OrderedDict`.
    pub ordered: bool,
    /// Names are looked up in it by symbol: every string among its keys is one.
    pub namespace: bool,
}

/// Where a search for a hash has got to.
#[derive(Clone, Copy, Default)]
pub struct Probe {
    at: usize,
    started: bool,
}

impl Dict {
    /// An empty table; allocates nothing.
    pub const fn new() -> Dict {
        Dict {
            entries: Vec::new(),
            index: Vec::new(),
            live: 0,
            head: 0,
            version: 0,
            read_only: false,
            ordered: false,
            namespace: false,
        }
    }

    /// An empty table with room for so many entries; where that fails, nothing stays charged.
    pub fn with_room(budget: &mut Budget, entries: usize) -> Result<Dict, OutOfMemory> {
        let mut table = Dict::new();
        match table.reserve(budget, entries) {
            Ok(()) => Ok(table),
            Err(error) => {
                budget.release(table.bytes());
                Err(error)
            }
        }
    }

    /// An empty table that remembers whether it is an `OrderedDict`.
    pub const fn with_order(ordered: bool) -> Dict {
        let mut table = Dict::new();
        table.ordered = ordered;
        table
    }

    /// An empty table for names.
    pub const fn for_names() -> Dict {
        let mut table = Dict::new();
        table.namespace = true;
        table
    }

    /// Replaces the key of an entry by an equal one.
    pub fn replace_key(&mut self, number: usize, key: Value) {
        if let Some(entry) = self.entries.get_mut(number).filter(|entry| !entry.key.is_unbound()) {
            entry.key = key;
        }
    }

    /// How many entries it has.
    #[inline]
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Changes whenever a key is added or removed, or entries move.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The entries in order, removed ones included (their key is unbound).
    pub fn raw_entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The live entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.key.is_unbound())
    }

    /// The entry with this number, live or not.
    #[inline(always)]
    pub fn entry(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number)
    }

    /// Replaces the value of an entry.
    #[inline(always)]
    pub fn set_value(&mut self, number: usize, value: Value) {
        if let Some(entry) = self.entries.get_mut(number) {
            entry.value = value;
        }
    }

    /// The number of the next entry with this hash. A probe starts with `Probe::default()`; the table must not be
    /// changed between two calls with the same probe.
    #[inline]
    pub fn probe(&self, hash: u32, probe: &mut Probe) -> Option<usize> {
        if self.index.is_empty() {
            while let Some(entry) = self.entries.get(probe.at) {
                probe.at += 1;
                if entry.hash == hash && !entry.key.is_unbound() {
                    return Some(probe.at - 1);
                }
            }
            return None;
        }
        let mask = self.index.len() - 1;
        if !probe.started {
            *probe = Probe { at: hash as usize & mask, started: true };
        }
        loop {
            let number = self.index[probe.at & mask];
            if number == 0 {
                return None;
            }
            probe.at += 1;
            if let Some(entry) = self.entries.get(number as usize - 1)
                && entry.hash == hash
                && !entry.key.is_unbound()
            {
                return Some(number as usize - 1);
            }
        }
    }

    /// The first entry with this hash: what a [`Dict::probe`] would give first, and its key.
    #[inline(always)]
    pub fn first_with(&self, hash: u32) -> Option<(usize, Value)> {
        let Some(mask) = self.index.len().checked_sub(1) else {
            let mut entries = self.entries.iter().enumerate();
            let (number, entry) = entries.find(|(_, entry)| entry.hash == hash && !entry.key.is_unbound())?;
            return Some((number, entry.key));
        };
        let mut at = hash as usize & mask;
        loop {
            // The index knows live entries alone.
            let number = (self.index[at] as usize).checked_sub(1)?;
            let entry = self.entries.get(number)?;
            if entry.hash == hash {
                return Some((number, entry.key));
            }
            at = (at + 1) & mask;
        }
    }

    /// The entry of a symbol in a table that has only symbols as string keys (namespaces), or of the same text in any
    /// table when `text_of` is given the chance to compare.
    #[inline]
    pub fn find_symbol(&self, symbols: &Symbols, symbol: Symbol) -> Option<usize> {
        self.find_identical(Value::from_symbol(symbol), symbols.hash(symbol))
    }

    /// The entry whose key is this very word.
    #[inline]
    pub fn find_identical(&self, key: Value, hash: u32) -> Option<usize> {
        let mut probe = Probe::default();
        while let Some(number) = self.probe(hash, &mut probe) {
            if self.entries[number].key == key {
                return Some(number);
            }
        }
        None
    }

    /// Adds a key that is not in the table. Returns its entry number.
    pub fn insert_new(
        &mut self,
        budget: &mut Budget,
        key: Value,
        hash: u32,
        value: Value,
    ) -> Result<usize, OutOfMemory> {
        if self.entries.len() == self.entries.capacity() && self.live < self.entries.len() * 3 / 4 {
            self.compact();
        }
        budget.reserve(&mut self.entries, 1)?;
        let number = self.entries.len();
        if number >= LINEAR && (number + 1) * 2 > self.index.len() {
            self.rebuild_index(budget, ((number + 1) * 2).next_power_of_two())?;
        }
        self.entries.push(Entry { key, value, hash });
        if !self.index.is_empty() {
            self.link(hash, number);
        }
        self.live += 1;
        self.version = self.version.wrapping_add(1);
        Ok(number)
    }

    /// Makes room for `additional` entries, so that adding them cannot fail.
    pub fn reserve(&mut self, budget: &mut Budget, additional: usize) -> Result<(), OutOfMemory> {
        budget.reserve(&mut self.entries, additional)?;
        let total = self.entries.len() + additional;
        if total > LINEAR && total * 2 > self.index.len() {
            self.rebuild_index(budget, (total * 2).next_power_of_two())?;
        }
        Ok(())
    }

    fn link(&mut self, hash: u32, number: usize) {
        let mask = self.index.len() - 1;
        let mut at = hash as usize & mask;
        while self.index[at] != 0 {
            at = (at + 1) & mask;
        }
        self.index[at] = number as u32 + 1;
    }

    /// Takes an entry out of the index and closes the gap, so that no search ends too early.
    fn unlink(&mut self, hash: u32, number: usize) {
        let mask = self.index.len() - 1;
        let mut gap = hash as usize & mask;
        while self.index[gap] != number as u32 + 1 {
            if self.index[gap] == 0 {
                return;
            }
            gap = (gap + 1) & mask;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let Some(entry) = (self.index[at] as usize).checked_sub(1).and_then(|at| self.entries.get(at))
            else {
                break;
            };
            let home = entry.hash as usize & mask;
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(gap) & mask {
                self.index[gap] = self.index[at];
                gap = at;
            }
        }
        self.index[gap] = 0;
    }

    fn rebuild_index(&mut self, budget: &mut Budget, size: usize) -> Result<(), OutOfMemory> {
        let mut index = Vec::new();
        budget.reserve(&mut index, size)?;
        index.resize(size, 0);
        budget.release_vec(&self.index);
        self.index = index;
        self.relink();
        Ok(())
    }

    fn relink(&mut self) {
        for number in 0..self.entries.len() {
            if !self.entries[number].key.is_unbound() {
                self.link(self.entries[number].hash, number);
            }
        }
    }

    fn compact(&mut self) {
        self.entries.retain(|entry| !entry.key.is_unbound());
        self.head = 0;
        if !self.index.is_empty() {
            self.index.fill(0);
            self.relink();
        }
        self.version = self.version.wrapping_add(1);
    }

    /// Removes an entry; gives its key and value.
    pub fn remove(&mut self, number: usize) -> Option<(Value, Value)> {
        let entry = self.entries.get_mut(number)?;
        if entry.key.is_unbound() {
            return None;
        }
        let removed = (entry.key, entry.value);
        let hash = entry.hash;
        if !self.index.is_empty() {
            self.unlink(hash, number);
        }
        if let Some(entry) = self.entries.get_mut(number) {
            entry.key = Value::UNBOUND;
            entry.value = Value::UNBOUND;
        }
        self.live -= 1;
        self.version = self.version.wrapping_add(1);
        // Nothing refers to removed entries: the tail shrinks, and the head moves up, so that taking from either end
        // again and again stays cheap.
        while self.entries.last().is_some_and(|entry| entry.key.is_unbound()) {
            self.entries.pop();
        }
        self.head = self.head.min(self.entries.len());
        while self.entries.get(self.head).is_some_and(|entry| entry.key.is_unbound()) {
            self.head += 1;
        }
        Some(removed)
    }

    /// Removes everything and gives the memory back.
    pub fn clear(&mut self, budget: &mut Budget) {
        budget.release(self.bytes());
        self.entries = Vec::new();
        self.index = Vec::new();
        self.live = 0;
        self.head = 0;
        self.version = self.version.wrapping_add(1);
    }

    /// The number of the last live entry.
    pub fn last(&self) -> Option<usize> {
        self.entries.len().checked_sub(1)
    }

    /// The number of the first live entry.
    pub fn first(&self) -> Option<usize> {
        if self.live == 0 { None } else { Some(self.head) }
    }

    /// No entry before this number is live.
    #[inline]
    pub fn head(&self) -> usize {
        self.head
    }

    /// A copy with the same entries.
    pub fn try_clone(&self, budget: &mut Budget) -> Result<Dict, OutOfMemory> {
        let mut copy = Dict::with_order(self.ordered);
        let filled = copy.reserve(budget, self.live).and_then(|()| {
            self.iter()
                .try_for_each(|entry| copy.insert_new(budget, entry.key, entry.hash, entry.value).map(drop))
        });
        match filled {
            Ok(()) => Ok(copy),
            Err(error) => {
                budget.release(copy.bytes());
                Err(error)
            }
        }
    }

    /// Bytes of its buffers.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.index.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(table: &Dict, key: i32, hash: u32) -> Option<usize> {
        table.find_identical(Value::tiny_int(key), hash)
    }

    /// Few different hashes, so that searches run over many entries and removing closes many gaps.
    fn hash_of(key: i32) -> u32 {
        (key as u32 % 23).wrapping_mul(0x9E37_79B1)
    }

    /// Random insertions and removals against a vector of pairs in order.
    #[test]
    fn keeps_order_and_finds_what_is_there() {
        let mut budget = Budget::new(1 << 24);
        for seed in 1..20_u64 {
            let mut state = seed;
            let mut random = move |bound: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % bound
            };
            let mut table = Dict::new();
            let mut model: Vec<(i32, i32)> = Vec::new();
            for step in 0..2000 {
                let key = random(60) as i32;
                let hash = hash_of(key);
                let found = number(&table, key, hash);
                assert_eq!(found.is_some(), model.iter().any(|&(known, _)| known == key));
                match random(5) {
                    0 | 1 => match found {
                        Some(number) => {
                            table.set_value(number, Value::tiny_int(step));
                            model
                                .iter_mut()
                                .filter(|(known, _)| *known == key)
                                .for_each(|pair| pair.1 = step);
                        }
                        None => {
                            table
                                .insert_new(&mut budget, Value::tiny_int(key), hash, Value::tiny_int(step))
                                .expect("the budget is large");
                            model.push((key, step));
                        }
                    },
                    2 => {
                        if let Some(number) = found {
                            assert!(table.remove(number).is_some());
                            model.retain(|&(known, _)| known != key);
                        }
                    }
                    3 => {
                        let first = table.first().and_then(|first| table.remove(first));
                        let expected = (!model.is_empty()).then(|| model.remove(0));
                        assert_eq!(first.map(|pair| pair.0), expected.map(|pair| Value::tiny_int(pair.0)));
                    }
                    _ => {
                        let last = table.last().and_then(|last| table.remove(last));
                        let expected = model.pop();
                        assert_eq!(last.map(|pair| pair.0), expected.map(|pair| Value::tiny_int(pair.0)));
                    }
                }
                let got: Vec<(Value, Value)> = table.iter().map(|entry| (entry.key, entry.value)).collect();
                let expected: Vec<(Value, Value)> = model
                    .iter()
                    .map(|&(key, value)| (Value::tiny_int(key), Value::tiny_int(value)))
                    .collect();
                assert_eq!(got, expected);
                assert_eq!(table.len(), model.len());
            }
            table.clear(&mut budget);
        }
        assert_eq!(budget.used(), 0);
    }

    /// A queue of keys takes no more room than its length asks for, and each turn costs the same.
    #[test]
    fn a_queue_stays_small() {
        let mut budget = Budget::new(1 << 20);
        let mut table = Dict::new();
        for key in 0..100_000 {
            table
                .insert_new(&mut budget, Value::tiny_int(key), hash_of(key), Value::NONE)
                .expect("the budget is large");
            if key >= 10 {
                let first = table.first().expect("ten are there");
                assert_eq!(table.remove(first), Some((Value::tiny_int(key - 10), Value::NONE)));
            }
        }
        assert!(table.bytes() < 4096);
    }
}
