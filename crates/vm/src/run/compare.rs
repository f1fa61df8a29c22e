//! Equality, order, hashes, truth; and tables, whose look-ups need equality.
//!
//! Most values compare without Python. Where an instance's `__eq__` or `__hash__` has to be asked from inside a
//! container, a nested run of the dispatch loop asks it: that is one of the few places where one remains.

use super::frame::Action;
use super::{Called, Vm};
use crate::heap::{DictPart, Heap, Raised, Slot, TypeId, Value, sym};
use crate::number::Int;
use crate::objects::dict::{Dict, Entry, Probe};
use crate::syntax::tree::CompareOp;
use alloc::string::String;
use core::cmp::Ordering;

/// Whether two values are equal, as far as that can be told without Python: `None` if it cannot.
pub fn equal_plain(heap: &Heap, a: Value, b: Value) -> Option<bool> {
    if a == b {
        if a.as_symbol().is_some() || a.as_small_int().is_some() {
            return Some(true);
        }
        if let Some(float) = heap.as_float(a) {
            return Some(!float.is_nan());
        }
        return match heap.slot_of(a) {
            Some(Slot::Complex(re, im)) => Some(!re.is_nan() && !im.is_nan()),
            // Even the same object may say that it is not equal to itself.
            Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_))
                if !is_compared_by_identity(heap, a) =>
            {
                None
            }
            _ => Some(true),
        };
    }
    if a.are_small_ints(b) || a.as_symbol().is_some() && b.as_symbol().is_some() {
        return Some(false);
    }
    if let (Some(x), Some(y)) = (heap.as_str(a), heap.as_str(b)) {
        return Some(x == y);
    }
    if let Some(order) = compare_numbers(heap, a, b) {
        return Some(order == Some(Ordering::Equal));
    }
    match (heap.slot_of(a), heap.slot_of(b)) {
        (Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_)), _)
        | (_, Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_))) => {
            let plain = |value| is_compared_by_identity(heap, value);
            if plain(a) && plain(b) { Some(false) } else { None }
        }
        (Some(&Slot::Complex(re, im)), _) => {
            let other = crate::objects::operators::complex_of(heap, b);
            Some(other.is_some_and(|other| other.real == re && other.imaginary == im))
        }
        (_, Some(&Slot::Complex(re, im))) => {
            let other = crate::objects::operators::complex_of(heap, a);
            Some(other.is_some_and(|other| other.real == re && other.imaginary == im))
        }
        (Some(Slot::Bytes(_) | Slot::ByteArray(_) | Slot::MemoryView(_)), _) => {
            Some(heap.as_bytes(a) == heap.as_bytes(b) && heap.as_bytes(b).is_some())
        }
        (Some(Slot::List(_) | Slot::Tuple(_) | Slot::SmallTuple(..)), Some(_)) => {
            let same_kind = heap.as_list(a).is_some() == heap.as_list(b).is_some();
            match (heap.as_sequence(a), heap.as_sequence(b)) {
                // Their items may nest deeper than the native stack: the interpreter compares them.
                (Some(x), Some(y)) if same_kind => {
                    if x.len() != y.len() {
                        Some(false)
                    } else if x.iter().zip(y).all(|(x, y)| x == y && heap.as_float(*x).is_none()) {
                        Some(true)
                    } else {
                        None
                    }
                }
                _ => Some(false),
            }
        }
        (Some(Slot::Dict(_)), Some(Slot::Dict(_))) => None,
        (Some(Slot::Set(_) | Slot::FrozenSet(_)), Some(Slot::Set(_) | Slot::FrozenSet(_))) => None,
        (Some(Slot::Range(x)), Some(Slot::Range(y))) => Some(crate::objects::range::equal(*x, *y)),
        (Some(Slot::Slice(_)), Some(Slot::Slice(_))) => None,
        (Some(Slot::BoundMethod(f, x)), Some(Slot::BoundMethod(g, y))) => Some(f == g && x == y),
        (Some(Slot::UnboundMethod(f, _)), Some(Slot::UnboundMethod(g, _))) => Some(f == g),
        (Some(Slot::DictView(..)), Some(Slot::DictView(..) | Slot::Set(_) | Slot::FrozenSet(_)))
        | (Some(Slot::Set(_) | Slot::FrozenSet(_)), Some(Slot::DictView(..))) => None,
        _ => Some(false),
    }
}

/// Whether a value has no say in what it equals.
fn is_compared_by_identity(heap: &Heap, value: Value) -> bool {
    match heap.slot_of(value) {
        Some(Slot::Instance(instance)) => {
            let class = instance.class;
            let Some(object) = heap.class(class) else { return true };
            if object.native_base.is_some() {
                return false;
            }
            !object.has_equality
        }
        Some(Slot::Object(object)) => heap
            .class(object.class())
            .and_then(|class| class.definition)
            .is_none_or(|definition| definition.members.iter().all(|member| member.name() != "__eq__")),
        Some(Slot::Exception(exception)) => {
            heap.class(exception.class).is_none_or(|class| !class.has_equality)
        }
        _ => true,
    }
}

/// The order of two real numbers: `None` if they are not both numbers, `Some(None)` if one is NaN.
pub fn compare_numbers(heap: &Heap, a: Value, b: Value) -> Option<Option<Ordering>> {
    if let (Some(x), Some(y)) = (heap.as_int(a), heap.as_int(b)) {
        return Some(Some(x.cmp(&y)));
    }
    match (heap.as_float(a), heap.as_float(b)) {
        (Some(x), Some(y)) => Some(x.partial_cmp(&y)),
        (Some(x), None) => {
            let mut y = Int::ZERO;
            Some(heap.integer_ref(b, &mut y)?.compare_f64(x).map(Ordering::reverse))
        }
        (None, Some(y)) => {
            let mut x = Int::ZERO;
            Some(heap.integer_ref(a, &mut x)?.compare_f64(y))
        }
        (None, None) => {
            let (mut x, mut y) = (Int::ZERO, Int::ZERO);
            Some(Some(heap.integer_ref(a, &mut x)?.cmp(heap.integer_ref(b, &mut y)?)))
        }
    }
}

/// The order of two values of types that have one, without Python: `None` if that cannot be told so.
pub fn order_plain(heap: &Heap, a: Value, b: Value) -> Option<Option<Ordering>> {
    if let Some(order) = compare_numbers(heap, a, b) {
        return Some(order);
    }
    if let (Some(x), Some(y)) = (heap.as_str(a), heap.as_str(b)) {
        return Some(Some(x.cmp(y)));
    }
    if let (Some(x), Some(y)) = (heap.as_bytes(a), heap.as_bytes(b)) {
        return Some(Some(x.cmp(y)));
    }
    order_items(heap, a, b)
}

/// The order of two lists or two tuples, which is that of the first items that differ, where those and the ones before
/// them are plain and not sequences themselves.
fn order_items(heap: &Heap, a: Value, b: Value) -> Option<Option<Ordering>> {
    let (x, y) = match (heap.as_tuple(a), heap.as_tuple(b)) {
        (Some(x), Some(y)) => (x, y),
        _ => (heap.as_list(a)?, heap.as_list(b)?),
    };
    for (&x, &y) in x.iter().zip(y) {
        if !equal_plain(heap, x, y)? {
            if heap.as_sequence(x).is_some() {
                return None;
            }
            return order_plain(heap, x, y);
        }
    }
    Some(Some(x.len().cmp(&y.len())))
}

/// Whether an order satisfies a comparison.
pub fn satisfies(op: CompareOp, order: Option<Ordering>) -> bool {
    match (op, order) {
        (CompareOp::NotEqual, None) => true,
        (_, None) => false,
        (CompareOp::Less, Some(order)) => order.is_lt(),
        (CompareOp::LessEqual, Some(order)) => order.is_le(),
        (CompareOp::Greater, Some(order)) => order.is_gt(),
        (CompareOp::GreaterEqual, Some(order)) => order.is_ge(),
        (CompareOp::Equal, Some(order)) => order.is_eq(),
        (CompareOp::NotEqual, Some(order)) => order.is_ne(),
        _ => false,
    }
}

/// The hash of a value, as far as that can be told without Python: `None` if it cannot, or there is none.
pub fn hash_plain(heap: &Heap, value: Value) -> Option<u32> {
    if let Some(hash) = heap.str_hash(value) {
        return Some(hash);
    }
    if let Some(integer) = heap.as_int(value) {
        return Some(hash_int(integer));
    }
    if let Some(float) = heap.as_float(value) {
        return Some(hash_int(crate::number::float::hash_value(float)));
    }
    match heap.slot_of(value) {
        Some(Slot::BigInt(_)) => heap.as_integer(value).map(|integer| hash_int(integer.hash_value())),
        Some(&Slot::Complex(re, im)) => {
            Some(hash_int(crate::number::Complex { real: re, imaginary: im }.hash_value()))
        }
        Some(Slot::Bytes(bytes)) => Some(crate::heap::hash_bytes(bytes)),
        Some(Slot::MemoryView(_)) => heap.as_bytes(value).map(crate::heap::hash_bytes),
        Some(Slot::Tuple(_) | Slot::SmallTuple(..)) => {
            let mut hash = 0x345_678_u32;
            for &item in heap.as_tuple(value)? {
                // Only one level here: deeper ones are the interpreter's, who counts the depth.
                if heap.as_tuple(item).is_some() {
                    return None;
                }
                hash = mix(hash, hash_plain(heap, item)?);
            }
            Some(hash)
        }
        Some(Slot::Range(range)) => {
            let identity = crate::objects::range::identity(*range);
            Some(identity.iter().fold(7, |hash, &part| mix(hash, hash_int(part))))
        }
        Some(Slot::BoundMethod(function, receiver)) => {
            // By the receiver's identity, as they compare: it need not have a hash itself.
            let identity = |value: Value| match value.as_handle() {
                Some(handle) => Some(hash_int(handle.index() as i64)),
                None => hash_plain(heap, value),
            };
            Some(mix(identity(*function)?, identity(*receiver)?))
        }
        Some(Slot::UnboundMethod(function, _)) => hash_plain(heap, *function),
        Some(
            Slot::List(_)
            | Slot::Dict(_)
            | Slot::Set(_)
            | Slot::FrozenSet(_)
            | Slot::ByteArray(_)
            | Slot::Instance(_)
            | Slot::Object(_)
            | Slot::Slice(_)
            | Slot::DictView(_, DictPart::Keys | DictPart::Items),
        ) => None,
        Some(_) => value.as_handle().map(|handle| hash_int(handle.index() as i64)),
        None => value.is_immediate().then_some(match value {
            Value::NONE => 0x0E0E,
            Value::ELLIPSIS => 0x0E11,
            _ => 0x0E12,
        }),
    }
}

/// The hash of an integer, spread over 32 bits.
#[inline]
pub fn hash_int(integer: i64) -> u32 {
    let mixed = (integer as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

fn mix(hash: u32, item: u32) -> u32 {
    (hash ^ item).wrapping_mul(0x0100_0193).rotate_left(5)
}

impl Vm {
    /// What `hash()` shows: an integer; upstream's are whole words, ours the same on every target.
    pub fn hash_number(&mut self, value: Value) -> Result<i64, Raised> {
        if let Some(integer) = self.heap.as_integer(value) {
            return Ok(integer.hash_value());
        }
        if let Some(float) = self.heap.as_float(value) {
            return Ok(crate::number::float::hash_value(float));
        }
        if let Some(&Slot::Complex(real, imaginary)) = self.heap.slot_of(value) {
            return Ok(crate::number::Complex { real, imaginary }.hash_value());
        }
        if let Some(method) = self.python_special(value, sym::HASH)? {
            let result = self.call_bound_nested(method, value, &[])?;
            return match self.heap.as_integer(result) {
                Some(Int::Small(integer)) => Ok(integer),
                Some(big) => Ok(big.low_word()),
                None => Err(self.type_error("__hash__ method should return an integer")),
            };
        }
        let part = self.heap.native_part(value);
        if part != value && self.python_special(value, sym::EQ)?.is_none() {
            return self.hash_number(part);
        }
        Ok(i64::from(self.hash(value)?))
    }

    /// The hash by which tables find a value.
    pub fn hash(&mut self, value: Value) -> Result<u32, Raised> {
        if let Some(hash) = hash_plain(&self.heap, value) {
            return Ok(hash);
        }
        if self.heap.as_tuple(value).is_some() {
            return self.hash_items(value);
        }
        match self.heap.slot_of(value) {
            Some(Slot::FrozenSet(table)) => Ok(table
                .iter()
                .fold(1_927_868_237, |hash, entry| hash ^ entry.hash.wrapping_mul(0x9E37_79B1))),
            Some(Slot::Instance(_) | Slot::Exception(_)) => {
                if let Some(method) = self.python_special(value, sym::HASH)? {
                    self.roots.push(value);
                    let result = self.call_bound_nested(method, value, &[]);
                    self.roots.pop();
                    let result = result?;
                    return match self.heap.as_integer(result) {
                        Some(integer) => Ok(hash_int(integer.low_word())),
                        None => Err(self.type_error("__hash__ method should return an integer")),
                    };
                }
                if self.python_special(value, sym::EQ)?.is_some() {
                    return Err(self.unhashable(value));
                }
                let part = self.heap.native_part(value);
                if part != value {
                    return self.hash(part);
                }
                Ok(value.as_handle().map_or(0, |handle| hash_int(handle.index() as i64)))
            }
            Some(Slot::Object(_)) => match self.heap.special(value, sym::HASH)? {
                Some(method) => {
                    let result = self.call_bound_nested(method, value, &[])?;
                    Ok(hash_int(self.heap.as_int(result).unwrap_or(0)))
                }
                None => Ok(value.as_handle().map_or(0, |handle| hash_int(handle.index() as i64))),
            },
            _ => Err(self.unhashable(value)),
        }
    }

    /// The hash of a tuple whose items may be anything.
    fn hash_items(&mut self, tuple: Value) -> Result<u32, Raised> {
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        self.fiber.nested += 1;
        self.roots.push(tuple);
        let mut hash = Ok(0x345_678);
        let mut number = 0;
        while let Some(&item) = self.heap.as_tuple(tuple).and_then(|items| items.get(number)) {
            number += 1;
            match (hash, self.hash(item)) {
                (Ok(before), Ok(item)) => hash = Ok(mix(before, item)),
                (_, failed) => {
                    hash = failed;
                    break;
                }
            }
        }
        self.roots.pop();
        self.fiber.nested -= 1;
        hash
    }

    /// The hash of a key for a table. Slices have one in an ordered dict alone, where upstream does not hash.
    fn hash_in(&mut self, table: Value, key: Value) -> Result<u32, Raised> {
        if let Some(hash) = hash_plain(&self.heap, key) {
            return Ok(hash);
        }
        if let Some(Slot::Slice(_)) = self.heap.slot_of(key)
            && table_of(&self.heap, table).is_some_and(|dict| dict.ordered)
        {
            return Ok(0);
        }
        self.hash(key)
    }

    #[cold]
    fn unhashable(&mut self, value: Value) -> Raised {
        let kind = String::from(self.heap.type_name(value));
        self.heap.raise_fmt(TypeId::TypeError, format_args!("unsupported type for __hash__: '{kind}'"))
    }

    /// A special method that a Python class defines.
    pub(crate) fn python_special(
        &mut self,
        value: Value,
        name: crate::heap::Symbol,
    ) -> Result<Option<Value>, Raised> {
        match self.heap.slot_of(value) {
            Some(Slot::Instance(_) | Slot::Exception(_)) => {
                let class = self.heap.class_of(value);
                match self.heap.class_lookup(class, name)? {
                    Some(place)
                        if self
                            .heap
                            .class(place.holder)
                            .is_some_and(|holder| holder.definition.is_none()) =>
                    {
                        Ok(Some(place.value))
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// Whether two values are equal, asking Python where it must. What the caller holds must be rooted.
    pub fn equal(&mut self, a: Value, b: Value) -> Result<bool, Raised> {
        if let Some(equal) = equal_plain(&self.heap, a, b) {
            return Ok(equal);
        }
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        self.fiber.nested += 1;
        let depth = self.roots.len();
        self.roots.extend_from_slice(&[a, b]);
        let result = self.equal_deep(a, b);
        self.roots.truncate(depth);
        self.fiber.nested -= 1;
        result
    }

    fn equal_deep(&mut self, a: Value, b: Value) -> Result<bool, Raised> {
        if let (Some(x), Some(y)) = (self.heap.as_sequence(a), self.heap.as_sequence(b)) {
            if x.len() != y.len() {
                return Ok(false);
            }
            // By index: an `__eq__` may change the lists meanwhile.
            let mut number = 0;
            while let (Some(&x), Some(&y)) = (
                self.heap.as_sequence(a).and_then(|items| items.get(number)),
                self.heap.as_sequence(b).and_then(|items| items.get(number)),
            ) {
                if !self.equal(x, y)? {
                    return Ok(false);
                }
                number += 1;
            }
            return Ok(true);
        }
        if let (Some(x), Some(y)) = (self.heap.as_dict(a), self.heap.as_dict(b)) {
            if x.len() != y.len() {
                return Ok(false);
            }
            let ordered = x.ordered && y.ordered;
            return self.equal_entries(a, b, ordered);
        }
        if let (Some(x), Some(y)) = (self.heap.as_set(a), self.heap.as_set(b)) {
            return Ok(x.len() == y.len() && self.equal_entries(a, b, false)?);
        }
        if let Some(equal) = crate::objects::set::views_equal(self, a, b)? {
            return Ok(equal);
        }
        if let (Some(&Slot::Slice(x)), Some(&Slot::Slice(y))) = (self.heap.slot_of(a), self.heap.slot_of(b)) {
            for (x, y) in x.into_iter().zip(y) {
                if !self.equal(x, y)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        for (receiver, other) in [(a, b), (b, a)] {
            let method = match self.heap.slot_of(receiver) {
                Some(Slot::Object(_)) => self.heap.special(receiver, sym::EQ)?,
                _ => self.python_special(receiver, sym::EQ)?,
            };
            if let Some(method) = method {
                let result = self.call_bound_nested(method, receiver, &[other])?;
                if result != Value::NOT_IMPLEMENTED {
                    return self.truth_nested(result);
                }
            }
        }
        let (x, y) = (self.heap.native_part(a), self.heap.native_part(b));
        if (x, y) != (a, b) {
            return self.equal(x, y);
        }
        Ok(a == b)
    }

    /// Whether every entry of one table is in another, which is as long; with the flag, at the same place. By number,
    /// because an `__eq__` may change the tables meanwhile.
    fn equal_entries(&mut self, a: Value, b: Value, ordered: bool) -> Result<bool, Raised> {
        let (mut number, mut other) = (0, 0);
        while let Some(entry) = table_of(&self.heap, a).and_then(|table| table.entry(number)).copied() {
            number += 1;
            if entry.key.is_unbound() {
                continue;
            }
            let depth = self.roots.len();
            self.roots.extend_from_slice(&[entry.key, entry.value]);
            let equal = if ordered {
                self.equal_next(b, &mut other, entry)
            } else {
                self.table_find(b, entry.key, entry.hash).and_then(|found| match found {
                    Some(found) => {
                        let value = self.table_entry(b, found).unwrap_or(Value::UNBOUND);
                        self.equal(entry.value, value)
                    }
                    None => Ok(false),
                })
            };
            self.roots.truncate(depth);
            if !equal? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the next live entry of a table from a number on is equal to another.
    fn equal_next(&mut self, table: Value, number: &mut usize, entry: Entry) -> Result<bool, Raised> {
        while let Some(next) = table_of(&self.heap, table).and_then(|table| table.entry(*number)).copied() {
            *number += 1;
            if !next.key.is_unbound() {
                self.roots.push(next.value);
                let keys = self.equal(entry.key, next.key);
                self.roots.pop();
                return Ok(keys? && self.equal(entry.value, next.value)?);
            }
        }
        Ok(false)
    }

    /// [`truth_plain`] of a value.
    #[inline]
    pub fn truth_plain(&self, value: Value) -> Option<bool> {
        truth_plain(&self.heap, value)
    }

    /// The truth of a value: `True` or `False`. With [`Called::Pushed`] the action gets what `__bool__` or `__len__`
    /// returned.
    pub fn truth(&mut self, value: Value, action: Action) -> Result<Called, Raised> {
        if let Some(truth) = self.truth_plain(value) {
            return Ok(Called::Value(Value::from_bool(truth)));
        }
        for name in [sym::BOOL, sym::LEN] {
            if let Some(method) = self.heap.special(value, name)? {
                let (method, receiver) = self.bind_special(method, value)?;
                let receiver = self.native_receiver(method, receiver);
                return match self.call_with(method, receiver.as_slice(), action)? {
                    Called::Value(result) => {
                        Ok(Called::Value(Value::from_bool(self.truth_plain(result).unwrap_or(true))))
                    }
                    other => Ok(other),
                };
            }
        }
        let part = self.heap.native_part(value);
        if part != value {
            return self.truth(part, action);
        }
        Ok(Called::Value(Value::TRUE))
    }

    /// The truth of a value, by a nested run where Python must be asked.
    pub fn truth_nested(&mut self, value: Value) -> Result<bool, Raised> {
        match self.truth(value, Action::Exit)? {
            Called::Value(truth) => Ok(truth == Value::TRUE),
            Called::Stop(_) => Ok(true),
            Called::Pushed => {
                let result = self.run_nested()?;
                Ok(self.truth_plain(result).unwrap_or(true))
            }
        }
    }

    /// The entry of a key in a dict or set.
    pub fn table_find(&mut self, table: Value, key: Value, hash: u32) -> Result<Option<usize>, Raised> {
        match table_of(&self.heap, table).map(|dict| find_plain(&self.heap, dict, key, hash)) {
            None => Ok(None),
            Some(Search::Found(number)) => Ok(Some(number)),
            Some(Search::Absent) => Ok(None),
            Some(Search::Unclear(_)) => self.table_find_comparing(table, key, hash),
        }
    }

    /// The same where comparing keys may run Python, which may change the table.
    #[inline(never)]
    fn table_find_comparing(&mut self, table: Value, key: Value, hash: u32) -> Result<Option<usize>, Raised> {
        let mut probe = Probe::default();
        loop {
            let Some(dict) = table_of(&self.heap, table) else { return Ok(None) };
            let Some(number) = dict.probe(hash, &mut probe) else { return Ok(None) };
            let Some(candidate) = dict.entry(number).map(|entry| entry.key) else { return Ok(None) };
            if candidate == key {
                return Ok(Some(number));
            }
            match equal_plain(&self.heap, candidate, key) {
                Some(true) => return Ok(Some(number)),
                Some(false) => {}
                None => {
                    let version = dict.version();
                    let depth = self.roots.len();
                    self.roots.extend_from_slice(&[table, key]);
                    let equal = self.equal(candidate, key);
                    self.roots.truncate(depth);
                    if equal? {
                        return Ok(Some(number));
                    }
                    if table_of(&self.heap, table).is_none_or(|dict| dict.version() != version) {
                        // The comparison changed the table: begin again.
                        probe = Probe::default();
                    }
                }
            }
        }
    }

    fn table_entry(&self, table: Value, number: usize) -> Option<Value> {
        table_of(&self.heap, table)?.entry(number).map(|entry| entry.value)
    }

    /// `table[key]`, or `None` where there is no such key.
    #[inline]
    pub fn dict_get(&mut self, table: Value, key: Value) -> Result<Option<Value>, Raised> {
        if let Some(hash) = key_hash(&self.heap, key)
            && let Some(dict) = table_of(&self.heap, table)
        {
            match find_plain(&self.heap, dict, key, hash) {
                Search::Found(number) => return Ok(dict.entry(number).map(|entry| entry.value)),
                Search::Absent => return Ok(None),
                Search::Unclear(_) => {}
            }
        }
        self.dict_get_any(table, key)
    }

    /// The same where hashing the key or comparing it may run Python.
    fn dict_get_any(&mut self, table: Value, key: Value) -> Result<Option<Value>, Raised> {
        if matches!(self.heap.slot_of(key), Some(Slot::Slice(_)))
            && table_of(&self.heap, table).is_some_and(Dict::is_empty)
        {
            return Ok(None);
        }
        let hash = self.hash_in(table, key)?;
        Ok(match self.table_find(table, key, hash)? {
            Some(number) => self.table_entry(table, number),
            None => None,
        })
    }

    /// `table[key] = value` (for a set: adds the key, with None).
    #[inline]
    pub fn dict_set(&mut self, table: Value, key: Value, value: Value) -> Result<(), Raised> {
        let hash = self.hash_in(table, key)?;
        self.dict_set_hashed(table, key, hash, value)
    }

    /// The same with the hash known.
    pub fn dict_set_hashed(
        &mut self,
        table: Value,
        key: Value,
        hash: u32,
        value: Value,
    ) -> Result<(), Raised> {
        let Some(dict) = table_of(&self.heap, table) else { return Ok(()) };
        let (read_only, key) = match dict.namespace {
            true => (dict.read_only, self.name_key(key)?),
            false => (dict.read_only, key),
        };
        let found = self.table_find(table, key, hash)?;
        if read_only {
            return Err(self.type_error("'dict' object doesn't support item assignment"));
        }
        let Some((dict, budget)) = self.heap.table_and_budget(table) else { return Ok(()) };
        match found {
            Some(number) => dict.set_value(number, value),
            None => {
                dict.insert_new(budget, key, hash, value)?;
            }
        }
        Ok(())
    }

    /// Removes a key; gives what it had.
    pub fn dict_remove(&mut self, table: Value, key: Value) -> Result<Option<Value>, Raised> {
        if let Some(removed) = remove_plain(&mut self.heap, table, key) {
            return Ok(removed);
        }
        let hash = self.hash_in(table, key)?;
        let Some(number) = self.table_find(table, key, hash)? else { return Ok(None) };
        if table_of(&self.heap, table).is_some_and(|dict| dict.read_only) {
            return Err(self.type_error("'dict' object doesn't support item deletion"));
        }
        let Some((dict, _)) = self.heap.table_and_budget(table) else { return Ok(None) };
        Ok(dict.remove(number).map(|(_, value)| value))
    }

    /// Whether a dict or set has a key.
    pub fn dict_contains(&mut self, table: Value, key: Value) -> Result<bool, Raised> {
        let hash = self.hash_in(table, key)?;
        Ok(self.table_find(table, key, hash)?.is_some())
    }
}

/// What a search that runs no Python has come to.
pub(super) enum Search {
    /// The entry with this number.
    Found(usize),
    /// There is none.
    Absent,
    /// Whether the one with this number is equal has to be asked in Python.
    Unclear(usize),
}

/// The entry of a key, as far as that can be told without running Python. Mostly the first entry with its hash is the one,
/// by its very word or its text: that needs no call and keeps nothing across one.
#[inline(always)]
fn find_plain(heap: &Heap, dict: &Dict, key: Value, hash: u32) -> Search {
    let Some((number, first)) = dict.first_with(hash) else { return Search::Absent };
    if first == key || same_text(heap, first, key) {
        return Search::Found(number);
    }
    find_comparing(heap, dict, key, hash)
}

/// Whether both are strings, and equal.
#[inline(always)]
fn same_text(heap: &Heap, a: Value, b: Value) -> bool {
    matches!((heap.as_str(a), heap.as_str(b)), (Some(x), Some(y)) if x == y)
}

#[inline(never)]
fn find_comparing(heap: &Heap, dict: &Dict, key: Value, hash: u32) -> Search {
    let mut probe = Probe::default();
    while let Some(number) = dict.probe(hash, &mut probe) {
        let Some(candidate) = dict.entry(number).map(|entry| entry.key) else { break };
        if candidate == key {
            return Search::Found(number);
        }
        match equal_plain(heap, candidate, key) {
            Some(true) => return Search::Found(number),
            Some(false) => {}
            None => return Search::Unclear(number),
        }
    }
    Search::Absent
}

/// [`hash_plain`] of what keys mostly are, strings that know their hash and small integers, without a call.
#[inline(always)]
fn key_hash(heap: &Heap, key: Value) -> Option<u32> {
    if let Some(hash) = heap.known_str_hash(key) {
        return Some(hash);
    }
    match key.as_small_int() {
        Some(integer) => Some(hash_int(integer)),
        None => hash_plain(heap, key),
    }
}

/// What a dict has for a key, if anything; `None` if that cannot be told without running Python.
pub(crate) fn get_plain(heap: &Heap, table: Value, key: Value) -> Option<Option<Value>> {
    get_inline(heap, table, key)
}

/// The same, to be part of a function that does little else.
#[inline(always)]
pub(crate) fn get_inline(heap: &Heap, table: Value, key: Value) -> Option<Option<Value>> {
    let hash = key_hash(heap, key)?;
    let dict = table_of(heap, table)?;
    match find_plain(heap, dict, key, hash) {
        Search::Found(number) => dict.entry(number).map(|entry| Some(entry.value)),
        Search::Absent => Some(None),
        Search::Unclear(_) => None,
    }
}

/// Searches items from the first on, as far as that can be done without running Python.
pub(super) fn search_plain(heap: &Heap, items: &[Value], item: Value) -> Search {
    for (number, &candidate) in items.iter().enumerate() {
        if candidate == item {
            return Search::Found(number);
        }
        // Most items are like what is sought.
        if candidate.are_small_ints(item) {
            continue;
        }
        match equal_plain(heap, candidate, item) {
            Some(true) => return Search::Found(number),
            Some(false) => {}
            None => return Search::Unclear(number),
        }
    }
    Search::Absent
}

/// How many items are searched without counting.
const FEW_ITEMS: usize = 64;

/// Whether a built-in container has an item, if that can be told without running Python.
pub(super) fn contains_plain(heap: &Heap, container: Value, item: Value) -> Option<bool> {
    match heap.slot_of(container)? {
        Slot::Dict(_) | Slot::Set(_) | Slot::FrozenSet(_) => {
            get_plain(heap, container, item).map(|found| found.is_some())
        }
        Slot::List(_) | Slot::Tuple(_) | Slot::SmallTuple(..) => {
            position_plain(heap, container, item).map(|found| found.is_some())
        }
        _ => None,
    }
}

/// The position of an item in a list or tuple, if there is one; `None` if that cannot be told without running Python, and
/// for so long a search that somebody has to mind it.
pub(crate) fn position_plain(heap: &Heap, sequence: Value, item: Value) -> Option<Option<usize>> {
    let items = heap.as_sequence(sequence).filter(|items| items.len() <= FEW_ITEMS)?;
    match search_plain(heap, items, item) {
        Search::Found(number) => Some(Some(number)),
        Search::Absent => Some(None),
        Search::Unclear(_) => None,
    }
}

/// Takes a key out of a dict or set and gives its value, if it has it; `None` if that needs Python, and where something is
/// to be said about it.
pub(crate) fn remove_plain(heap: &mut Heap, table: Value, key: Value) -> Option<Option<Value>> {
    let hash = key_hash(heap, key)?;
    let found = match table_of(heap, table) {
        Some(dict) if !dict.read_only => find_plain(heap, dict, key, hash),
        _ => return None,
    };
    match found {
        Search::Found(number) => {
            let (dict, _) = heap.table_and_budget(table)?;
            Some(dict.remove(number).map(|(_, value)| value))
        }
        Search::Absent => Some(None),
        Search::Unclear(_) => None,
    }
}

/// `dict[key] = value` where that needs no Python; false where it does, and where something is to be said about it.
pub(crate) fn set_plain(heap: &mut Heap, table: Value, key: Value, value: Value) -> bool {
    let Some(hash) = key_hash(heap, key) else { return false };
    let found = match table_of(heap, table) {
        Some(dict) if !dict.namespace && !dict.read_only => find_plain(heap, dict, key, hash),
        _ => return false,
    };
    let Some((dict, budget)) = heap.table_and_budget(table) else { return false };
    match found {
        Search::Found(number) => {
            dict.set_value(number, value);
            true
        }
        Search::Absent => dict.insert_new(budget, key, hash, value).is_ok(),
        Search::Unclear(_) => false,
    }
}

/// The truth of a value without Python; `None` if Python must be asked.
#[inline]
pub fn truth_plain(heap: &Heap, value: Value) -> Option<bool> {
    match value {
        Value::TRUE => return Some(true),
        Value::FALSE | Value::NONE => return Some(false),
        _ => {}
    }
    if let Some(integer) = value.as_small_int() {
        return Some(integer != 0);
    }
    truth_of_object(heap, value)
}

fn truth_of_object(heap: &Heap, value: Value) -> Option<bool> {
    if let Some(float) = heap.as_float(value) {
        return Some(float != 0.0);
    }
    if let Some(symbol) = value.as_symbol() {
        return Some(symbol != sym::EMPTY);
    }
    Some(match heap.slot_of(value) {
        Some(Slot::SmallTuple(length, _)) => *length > 0,
        Some(Slot::Tuple(items)) => !items.is_empty(),
        Some(Slot::List(items)) => !items.is_empty(),
        Some(Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table)) => !table.is_empty(),
        Some(Slot::DictView(table, _)) => heap.as_dict(*table).is_some_and(|table| !table.is_empty()),
        Some(Slot::Bytes(bytes)) => !bytes.is_empty(),
        Some(Slot::ByteArray(bytes)) => !bytes.is_empty(),
        Some(Slot::MemoryView(view)) => view.length > 0,
        Some(Slot::Complex(re, im)) => *re != 0.0 || *im != 0.0,
        Some(Slot::Range(range)) => crate::objects::range::length(*range) > 0,
        Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_)) => return None,
        _ => true,
    })
}

/// The table of a dict, set or frozenset.
pub fn table_of(heap: &Heap, table: Value) -> Option<&Dict> {
    match heap.slot_of(table)? {
        Slot::Dict(dict) | Slot::Set(dict) | Slot::FrozenSet(dict) => Some(dict),
        _ => None,
    }
}
