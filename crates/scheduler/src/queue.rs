//! Queues: who comes first.
//!
//! The order is MicroPython's: by key, and among equal keys first in, first out. Its pairing heap is stable, so that
//! order can be had from any structure that sorts by (key, sequence of the push), and the cheapest one is two of them:
//!
//! ```text
//!   line   a FIFO of those that are already due          push, pop, remove: O(1)
//!   heap   those whose time has not come (pairing heap)  push: O(1); pop, remove: O(log n)
//!
//!   first of the queue = the smaller (key, sequence) of line head and heap root
//! ```
//!
//! A push joins the line only if its key is not after the latest time told ([`Nodes::observe`]) and not before the key of
//! the line's last; otherwise it goes into the heap. So the line is sorted without ever being sorted, and all who stand in
//! it are due: while nobody is in the heap, taking the first looks at no key.
//!
//! The same structure is the run queue, the waiters of an `Event` or a `Lock`, and a program's own `TaskQueue`. A
//! [`Queue`] is 16 bytes; its nodes are in the shared row.
//!
//! What must always hold: a queue is used only with the [`Nodes`] it was first pushed with. The first push gives it a
//! number, by which its nodes know it; a node asked to leave a queue it is not in stays where it is.

use core::fmt;

use crate::node::{HEAPED, NIL, NodeId, Nodes, Owner, RANK_STEP, Slot};
use crate::pairing;
use crate::space::Space;

/// The ends of one queue. Cheap to make (`const`), 16 bytes.
#[derive(Debug)]
pub struct Queue {
    head: u32,
    tail: u32,
    root: u32,
    /// By which its nodes know it; 0 until the first push. (After 2^32 queues numbers come round again; then a wrong
    /// removal from a queue with the same number would be believed. The links stay consistent even so.)
    number: u32,
}

impl Queue {
    /// An empty queue.
    pub const fn new() -> Queue {
        Queue { head: NIL, tail: NIL, root: NIL, number: 0 }
    }

    /// Whether nobody waits here.
    pub const fn is_empty(&self) -> bool {
        self.head == NIL && self.root == NIL
    }

    /// Whether anybody stands in the heap: was pushed with a time that had not come, or out of order.
    #[inline(always)]
    pub const fn has_timed(&self) -> bool {
        self.root != NIL
    }

    /// The index of the one whose turn comes first.
    ///
    /// A slot that does not know this queue can only be there if a node was freed while it waited here. Then what is
    /// left of the queue cannot be trusted, and the answer is that there is nobody.
    #[inline(always)]
    fn first(&self, slots: &[Slot]) -> Option<u32> {
        let index = if self.root == NIL { self.head } else { self.first_of_both(slots) };
        let slot = slots.get(index as usize)?;
        (slot.queue == self.number).then_some(index)
    }

    /// Kept out of line, as is all that has to do with the heap: the way through the line stays short.
    #[inline(never)]
    fn first_of_both(&self, slots: &[Slot]) -> u32 {
        match (slots.get(self.head as usize), slots.get(self.root as usize)) {
            (Some(head), Some(root)) if head.before(root) => self.head,
            _ => self.root,
        }
    }

    /// The index of the one whose turn comes first if it is due at `now`, the latest time told; or `NIL`.
    #[inline(always)]
    fn first_due(&self, slots: &[Slot], now: u64) -> u32 {
        if self.root == NIL { self.head } else { self.first_due_of_both(slots, now) }
    }

    #[inline(never)]
    fn first_due_of_both(&self, slots: &[Slot], now: u64) -> u32 {
        let first = self.first_of_both(slots);
        match slots.get(first as usize) {
            Some(slot) if slot.key <= now => first,
            _ => NIL,
        }
    }

    /// Takes `index`, which comes first, out of the queue; the slot is as it was. `None` for one that does not know this
    /// queue, as in [`first`](Self::first), and for `NIL`.
    #[inline(always)]
    fn take_first(&mut self, slots: &mut [Slot], index: u32) -> Option<(u32, Slot)> {
        let slot = slots.get_mut(index as usize).filter(|slot| slot.queue == self.number)?;
        // Read before anything is written: then nothing is read twice.
        let taken = *slot;
        slot.queue = 0;
        if taken.rank & HEAPED == 0 {
            self.head = taken.next;
            if taken.next == NIL {
                self.tail = NIL;
            }
        } else {
            self.pop_root(slots);
        }
        Some((index, taken))
    }

    /// Puts `node` at the end of the line, with this key and sequence. False, with nothing changed, if it is in a queue
    /// or gone. The queue has a number.
    #[inline(always)]
    fn append(&mut self, slots: &mut [Slot], node: NodeId, key: u64, sequence: u64) -> bool {
        match slots.get_mut(node.index as usize) {
            Some(slot) if slot.queue == 0 && slot.is_named(node) => {
                slot.key = key;
                slot.set_rank(sequence);
                slot.queue = self.number;
                slot.next = NIL;
                slot.prev = self.tail;
            }
            _ => return false,
        }
        match slots.get_mut(self.tail as usize) {
            Some(last) => last.next = node.index,
            None => self.head = node.index,
        }
        self.tail = node.index;
        true
    }

    /// Takes `index`, which is in the line, out of it. False if it turns out to be in another queue's line.
    ///
    /// The link back of a line's first may be an old one: nobody cleared it when the one ahead was taken. That one is in no
    /// queue now, or in another place, where its link does not lead here.
    #[inline]
    fn leave_line(&mut self, slots: &mut [Slot], index: u32) -> bool {
        let Slot { next, prev, queue, .. } = slots[index as usize];
        if next == NIL && self.tail != index {
            return false;
        }
        let ahead = if self.head == index {
            self.head = next;
            NIL
        } else {
            match slots.get_mut(prev as usize) {
                Some(ahead) if ahead.next == index && ahead.queue == queue => ahead.next = next,
                _ => return false,
            }
            prev
        };
        match next {
            NIL => self.tail = ahead,
            behind => slots[behind as usize].prev = ahead,
        }
        true
    }

    #[inline(never)]
    fn pop_root(&mut self, slots: &mut [Slot]) {
        self.root = pairing::pop(slots, self.root);
    }

    #[inline(never)]
    fn join_heap(&mut self, slots: &mut [Slot], index: u32) {
        slots[index as usize].rank |= HEAPED;
        slots[index as usize].child = NIL;
        self.root = pairing::push(slots, self.root, index);
    }

    /// Takes `index`, which is in the heap, out of it. False if it turns out to be another queue's root.
    #[inline]
    fn leave_heap(&mut self, slots: &mut [Slot], index: u32) -> bool {
        if self.root == index {
            self.root = pairing::pop(slots, index);
            true
        } else if slots[index as usize].prev == NIL {
            false
        } else {
            pairing::remove(slots, index);
            true
        }
    }

    #[inline]
    fn leave(&mut self, slots: &mut [Slot], index: u32) -> bool {
        let left = if slots[index as usize].rank & HEAPED == 0 {
            self.leave_line(slots, index)
        } else {
            self.leave_heap(slots, index)
        };
        if left {
            slots[index as usize].queue = 0;
        }
        left
    }
}

impl Default for Queue {
    fn default() -> Self {
        Queue::new()
    }
}

/// Why a node was not pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// There is no such node any more.
    Stale,
    /// It already stands in a queue, this one or another.
    Queued,
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PushError::Stale => "the node was freed",
            PushError::Queued => "the node is in a queue already",
        })
    }
}

impl core::error::Error for PushError {}

/// One node of a queue, as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The node.
    pub node: NodeId,
    /// Whose it is.
    pub owner: Owner,
    /// When it is due, in microseconds.
    pub key: u64,
}

impl Slot {
    #[inline]
    pub(crate) fn waiting(&self, index: u32) -> Waiting {
        Waiting { node: self.id(index), owner: self.owner(), key: self.key }
    }
}

/// The number of one more queue.
const fn next_number(queues: &mut u32) -> u32 {
    *queues = if *queues == u32::MAX { 1 } else { *queues + 1 };
    *queues
}

impl<S> Nodes<S> {
    /// Gives a queue its number before its first push.
    pub(crate) const fn number(&mut self, queue: &mut Queue) {
        if queue.number == 0 {
            queue.number = next_number(&mut self.queues);
        }
    }
}

impl<S: Space<Slot>> Nodes<S> {
    /// Puts a node into a queue, due at `key` microseconds, behind everybody with the same key. O(1).
    ///
    /// # Errors
    /// [`PushError`] when the node is gone or waits somewhere already; nothing has changed then.
    #[inline]
    pub fn push(&mut self, queue: &mut Queue, node: NodeId, key: u64) -> Result<(), PushError> {
        let slots = self.slots.items_mut();
        let Some(slot) = slots.get_mut(node.index as usize).filter(|slot| slot.is(node)) else {
            return Err(PushError::Stale);
        };
        if slot.queue != 0 {
            return Err(PushError::Queued);
        }
        if queue.number == 0 {
            queue.number = next_number(&mut self.queues);
        }
        self.sequence += RANK_STEP;
        slot.key = key;
        slot.set_rank(self.sequence);
        slot.queue = queue.number;
        slot.next = NIL;
        let index = node.index;
        if key > self.observed {
            queue.join_heap(slots, index);
            return Ok(());
        }
        slot.prev = queue.tail;
        match slots.get_mut(queue.tail as usize) {
            Some(last) if last.key <= key => last.next = index,
            None => queue.head = index,
            Some(_) => {
                queue.join_heap(slots, index);
                return Ok(());
            }
        }
        queue.tail = index;
        Ok(())
    }

    /// Puts a node that was alive a moment ago at the end of a queue's line, due at the latest time told. False, with
    /// nothing changed, if there is anything unusual about that: the general way is [`push`](Self::push). Who stands in the
    /// line is due, so nobody's key is after this one's. The queue has its [number](Self::number).
    #[inline(always)]
    pub(crate) fn join_line(&mut self, queue: &mut Queue, node: NodeId) -> bool {
        let sequence = self.sequence + RANK_STEP;
        let joined = queue.append(self.slots.items_mut(), node, self.observed, sequence);
        if joined {
            self.sequence = sequence;
        }
        joined
    }

    /// Puts a node into a queue, due at once: `key` is the time it is now. O(1).
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline]
    pub fn push_now(&mut self, queue: &mut Queue, node: NodeId, now: u64) -> Result<(), PushError> {
        self.observe(now);
        self.push(queue, node, now)
    }

    /// Who comes first in a queue.
    #[inline]
    pub fn peek(&self, queue: &Queue) -> Option<Waiting> {
        let slots = self.slots.items();
        let index = queue.first(slots)?;
        slots.get(index as usize).map(|slot| slot.waiting(index))
    }

    /// Takes the first out of a queue. O(1) from the line, O(log n) amortised from the heap.
    #[inline]
    pub fn pop(&mut self, queue: &mut Queue) -> Option<Waiting> {
        self.pop_if(queue, |_| true).map(|(index, slot)| slot.waiting(index))
    }

    /// Takes the first out of a queue if it is due. While nobody waits for a time, whoever is first in the line is.
    #[inline(always)]
    pub(crate) fn pop_due(&mut self, queue: &mut Queue) -> Option<(u32, Slot)> {
        let slots = self.slots.items_mut();
        let first = queue.first_due(slots, self.observed);
        queue.take_first(slots, first)
    }

    /// Takes the first out of a queue if it suits.
    #[inline]
    pub(crate) fn pop_if(
        &mut self,
        queue: &mut Queue,
        suits: impl FnOnce(&Slot) -> bool,
    ) -> Option<(u32, Slot)> {
        let slots = self.slots.items_mut();
        let first = queue.first(slots).filter(|first| slots.get(*first as usize).is_some_and(suits))?;
        queue.take_first(slots, first)
    }

    /// Takes a node out of a queue wherever it stands there; a node that is not in that queue is left alone. Says
    /// whether it was there.
    pub fn remove(&mut self, queue: &mut Queue, node: NodeId) -> bool {
        self.contains(queue, node) && queue.leave(self.slots.items_mut(), node.index)
    }

    /// Whether the node stands in this queue.
    #[inline]
    pub fn contains(&self, queue: &Queue, node: NodeId) -> bool {
        queue.number != 0 && self.slot(node).is_some_and(|slot| slot.queue == queue.number)
    }

    /// Everybody in a queue: the line from its head, then the heap in no particular order. Made for collectors, to which
    /// whoever waits in a reachable queue is reachable. Allocates nothing.
    pub fn iter<'a>(&'a self, queue: &Queue) -> Iter<'a, S> {
        Iter { nodes: self, line: queue.head, heap: queue.root, number: queue.number }
    }
}

/// Everybody in a queue; see [`Nodes::iter`].
pub struct Iter<'a, S> {
    nodes: &'a Nodes<S>,
    line: u32,
    heap: u32,
    number: u32,
}

impl<S: Space<Slot>> Iterator for Iter<'_, S> {
    type Item = Waiting;

    fn next(&mut self) -> Option<Waiting> {
        let slots = self.nodes.slots.items();
        let index = if self.line != NIL {
            let index = self.line;
            self.line = slots.get(index as usize)?.next;
            index
        } else if self.heap != NIL {
            let index = self.heap;
            self.heap = pairing::after(slots, index);
            index
        } else {
            return None;
        };
        let slot = slots.get(index as usize)?;
        // As in `Queue::first`: a slot that does not know the queue ends the walk.
        if slot.queue != self.number {
            self.line = NIL;
            self.heap = NIL;
            return None;
        }
        Some(slot.waiting(index))
    }
}
