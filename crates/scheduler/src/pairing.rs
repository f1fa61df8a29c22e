//! The heap of those whose time has not come.
//!
//! A pairing heap whose links live in the nodes: pushing is O(1), taking the first or any other is O(log n) amortised,
//! and it needs no storage of its own. A node links to its first child, its next sibling, and back to its previous
//! sibling or, if it is a first child, to its parent. The back link is what makes removal cheap: nobody is searched for.
//!
//! What must always hold: a child's turn comes after its parent's; a root has neither siblings nor a back link. Ranks
//! are unique, so there are no ties, and the shape of the heap can never be seen in the order.
//!
//! The functions take the row of slots and indices that satisfy **Links** (see [`node`](crate::node)); that is why they
//! index without asking.

use crate::node::{NIL, Slot};

/// Joins two heaps, given by their roots; returns the root of the result. Its sibling and back links are left as they
/// are, for the caller to set.
#[inline]
fn meld(slots: &mut [Slot], a: u32, b: u32) -> u32 {
    let (first, second) = if slots[a as usize].before(&slots[b as usize]) { (a, b) } else { (b, a) };
    let child = slots[first as usize].child;
    slots[second as usize].prev = first;
    slots[second as usize].next = child;
    if child != NIL {
        slots[child as usize].prev = second;
    }
    slots[first as usize].child = second;
    first
}

/// Adds a single node (its child link is `NIL`); returns the new root.
#[inline]
pub(crate) fn push(slots: &mut [Slot], root: u32, node: u32) -> u32 {
    let root = if root == NIL { node } else { meld(slots, root, node) };
    let slot = &mut slots[root as usize];
    slot.next = NIL;
    slot.prev = NIL;
    root
}

/// Joins a list of siblings into one heap: in pairs from the left, then the pairs from the right. Returns its root, or
/// `NIL` for an empty list.
fn join(slots: &mut [Slot], first: u32) -> u32 {
    let mut pairs = NIL;
    let mut at = first;
    while at != NIL {
        let next = slots[at as usize].next;
        let pair = if next == NIL {
            core::mem::replace(&mut at, NIL)
        } else {
            let after = slots[next as usize].next;
            meld(slots, core::mem::replace(&mut at, after), next)
        };
        slots[pair as usize].next = pairs;
        pairs = pair;
    }
    if pairs == NIL {
        return NIL;
    }
    let mut rest = core::mem::replace(&mut slots[pairs as usize].next, NIL);
    let mut root = pairs;
    while rest != NIL {
        let after = slots[rest as usize].next;
        root = meld(slots, root, rest);
        rest = after;
    }
    let slot = &mut slots[root as usize];
    slot.next = NIL;
    slot.prev = NIL;
    root
}

/// Takes the root away; returns the new one.
#[inline]
pub(crate) fn pop(slots: &mut [Slot], root: u32) -> u32 {
    let children = core::mem::replace(&mut slots[root as usize].child, NIL);
    join(slots, children)
}

/// Takes away a node that is not the root, putting its joined children in its place. Needs no knowledge of the root.
pub(crate) fn remove(slots: &mut [Slot], node: u32) {
    let Slot { next, prev, child, .. } = slots[node as usize];
    slots[node as usize].child = NIL;
    let heir = join(slots, child);
    let follower = if heir == NIL {
        next
    } else {
        let slot = &mut slots[heir as usize];
        slot.prev = prev;
        slot.next = next;
        heir
    };
    if next != NIL {
        slots[next as usize].prev = if heir == NIL { prev } else { heir };
    }
    let back = &mut slots[prev as usize];
    if back.child == node {
        back.child = follower;
    } else {
        back.next = follower;
    }
}

/// The node after `node` when the heap is walked parents first, or `NIL`. Visits each sibling list twice at most, so a
/// whole walk is O(n) and needs no stack.
pub(crate) fn after(slots: &[Slot], node: u32) -> u32 {
    let mut at = node;
    if slots[at as usize].child != NIL {
        return slots[at as usize].child;
    }
    loop {
        let Slot { next, prev, .. } = slots[at as usize];
        if next != NIL {
            return next;
        }
        // Back along the siblings to the first one, whose back link is the parent.
        let mut first = at;
        let mut back = prev;
        while back != NIL && slots[back as usize].child != first {
            first = back;
            back = slots[back as usize].prev;
        }
        if back == NIL {
            return NIL;
        }
        at = back;
    }
}
