//! What is in a queue, in the order in which it comes out: first in first out, last in first out, or smallest first.
//!
//! The smallest-first order is a binary heap whose comparisons may run `__lt__` of the program. So all comparing is done
//! before anything changes, and what a comparison does to the queue meanwhile is found out, not trusted.

use alloc::collections::VecDeque;
use wigwag_vm::heap::{Budget, OutOfMemory, Raised, Tracer, TypeId, Value};
use wigwag_vm::run::Vm;
use wigwag_vm::syntax::tree::CompareOp;

/// Which item comes out next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The oldest.
    Fifo,
    /// The youngest.
    Lifo,
    /// The smallest.
    Priority,
}

/// The items of a queue.
pub struct Items {
    items: VecDeque<Value>,
    order: Order,
    /// How much room was charged for.
    room: usize,
}

/// Finds the items in the object that has them. Comparing may run Python, so they are looked up anew each time.
pub type Find = fn(&mut Vm, Value) -> Option<&mut Items>;

impl Items {
    /// None yet.
    pub fn new(order: Order) -> Items {
        Items { items: VecDeque::new(), order, room: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes that were charged.
    pub fn bytes(&self) -> usize {
        self.room * size_of::<Value>()
    }

    /// Shows the collector the items.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        let (front, back) = self.items.as_slices();
        tracer.values(front);
        tracer.values(back);
    }

    /// Makes room for one more.
    pub fn reserve(&mut self, budget: &mut Budget) -> Result<(), OutOfMemory> {
        if self.items.len() < self.room {
            return Ok(());
        }
        let additional = self.room.max(4);
        let bytes = additional * size_of::<Value>();
        budget.charge(bytes)?;
        if self.items.try_reserve_exact(additional).is_err() {
            budget.release(bytes);
            return Err(OutOfMemory);
        }
        self.room += additional;
        Ok(())
    }

    /// Forgets all of them; gives how many there were.
    pub fn clear(&mut self) -> usize {
        let count = self.items.len();
        self.items.clear();
        count
    }

    fn at(&self, number: usize) -> Value {
        self.items.get(number).copied().unwrap_or(Value::NONE)
    }

    fn put(&mut self, number: usize, item: Value) {
        if let Some(place) = self.items.get_mut(number) {
            *place = item;
        }
    }
}

/// The longest way from a leaf of the heap to its root.
const DEEPEST: usize = usize::BITS as usize;

fn less(vm: &mut Vm, a: Value, b: Value) -> Result<bool, Raised> {
    vm.compare_nested(CompareOp::Less, a, b)
}

#[cold]
fn changed(vm: &mut Vm) -> Raised {
    vm.heap.raise(TypeId::RuntimeError, "queue changed while its items were compared")
}

/// Puts an item in; there is room for it.
pub fn insert(vm: &mut Vm, queue: Value, find: Find, item: Value) -> Result<(), Raised> {
    let Some(items) = find(vm, queue) else { return Ok(()) };
    if items.order != Order::Priority {
        items.items.push_back(item);
        return Ok(());
    }
    let count = items.len();
    // It rises past every ancestor that is greater.
    let mut place = count;
    while place > 0 {
        let parent = (place - 1) / 2;
        let Some(other) = find(vm, queue).map(|items| items.at(parent)) else { return Ok(()) };
        if !less(vm, item, other)? {
            break;
        }
        place = parent;
    }
    let Some(items) = find(vm, queue) else { return Ok(()) };
    if items.len() != count || items.room <= count {
        return Err(changed(vm));
    }
    items.items.push_back(item);
    let mut from = count;
    while from > place {
        let parent = (from - 1) / 2;
        let other = items.at(parent);
        items.put(from, other);
        from = parent;
    }
    items.put(place, item);
    Ok(())
}

/// Takes the next item out.
pub fn take(vm: &mut Vm, queue: Value, find: Find) -> Result<Option<Value>, Raised> {
    let Some(items) = find(vm, queue) else { return Ok(None) };
    match items.order {
        Order::Fifo => Ok(items.items.pop_front()),
        Order::Lifo => Ok(items.items.pop_back()),
        Order::Priority if items.len() < 2 => Ok(items.items.pop_back()),
        Order::Priority => take_smallest(vm, queue, find).map(Some),
    }
}

/// The hole that the first leaves goes down to a leaf, past the smaller child each time, and the last item rises from
/// there: fewer comparisons than sinking it from the top, because what was last is seldom small.
fn take_smallest(vm: &mut Vm, queue: Value, find: Find) -> Result<Value, Raised> {
    let count = find(vm, queue).map_or(0, |items| items.len());
    let end = count - 1;
    let mut path = [0; DEEPEST];
    let mut depth = 0;
    loop {
        let mut child = 2 * path[depth] + 1;
        if child >= end || depth + 1 == DEEPEST {
            break;
        }
        if child + 1 < end {
            let Some((left, right)) = find(vm, queue).map(|items| (items.at(child), items.at(child + 1)))
            else {
                return Err(changed(vm));
            };
            if !less(vm, left, right)? {
                child += 1;
            }
        }
        depth += 1;
        path[depth] = child;
    }
    while depth > 0 {
        let Some((last, other)) = find(vm, queue).map(|items| (items.at(end), items.at(path[depth]))) else {
            return Err(changed(vm));
        };
        if !less(vm, last, other)? {
            break;
        }
        depth -= 1;
    }
    match find(vm, queue) {
        Some(items) if items.len() == count => {
            let smallest = items.at(0);
            let last = items.items.pop_back().unwrap_or(Value::NONE);
            for step in 0..depth {
                let other = items.at(path[step + 1]);
                items.put(path[step], other);
            }
            items.put(path[depth], last);
            Ok(smallest)
        }
        _ => Err(changed(vm)),
    }
}
