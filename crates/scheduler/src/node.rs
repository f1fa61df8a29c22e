//! Nodes: the places in line.
//!
//! A node is what stands in a queue on behalf of a task. It is a slot in one shared row ([`Nodes`]), named by index and
//! generation ([`NodeId`]), and it holds links, a key, and one word that means something only to its owner. It does not
//! hold the task: in the VM a task is an object that points to its node, for Rust it is an entry in a table.
//!
//! ```text
//!            alloc                 push                     pop, remove
//!   vacant ─────────► at large ─────────────► queued ─────────────────────► at large
//!     ▲                   │      (in exactly one Queue: in its line when
//!     └───────────────────┘       already due, in its heap when not)
//!             free
//! ```
//!
//! What must always hold:
//!
//! - **Live-odd.** A slot's generation is odd exactly while it is allocated. It steps at every `alloc` and `free`, so a
//!   [`NodeId`] kept for too long is refused. (After 2^31 reuses of one slot an old id would fit again.)
//! - **One-queue.** A node is in at most one queue; its slot names that queue by number, 0 for none.
//! - **Links.** Every link of a queued node is `NIL` or the index of a node in the same queue.
//!
//! Cost: 40 bytes a node; alloc and free are O(1).

use crate::space::{NoRoom, Space};

/// No node: the end of a list, the empty queue.
pub(crate) const NIL: u32 = u32::MAX;

/// Whose node it is, and the owner's word for it.
///
/// The word is never looked at here. The VM keeps the handle of its task object in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The embedding program's: it knows how to resume what the word stands for. In the VM: a Python task.
    Caller(u32),
    /// A Rust future that this crate polls; the word is its index in the table of tasks.
    Future(u32),
    /// A timer whose waker belongs to somebody else; the word is the waker's index.
    Alarm(u32),
}

impl Owner {
    const fn word(self) -> u32 {
        match self {
            Owner::Caller(word) | Owner::Future(word) | Owner::Alarm(word) => word,
        }
    }

    const fn flags(self) -> u64 {
        match self {
            Owner::Caller(_) => CALLER,
            Owner::Future(_) => FUTURE,
            Owner::Alarm(_) => ALARM,
        }
    }
}

/// A node's name. Cheap to copy and to keep; one that outlived its node is refused, not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

impl NodeId {
    /// A name that never was and never will be a node's.
    pub const NONE: NodeId = NodeId { index: NIL, generation: 0 };

    /// The slot's position, for tables kept beside the nodes.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// The name as one word, for owners that keep words.
    pub const fn to_bits(self) -> u64 {
        (self.generation as u64) << 32 | self.index as u64
    }

    /// The inverse of [`to_bits`](Self::to_bits). Any word is accepted; one that names no node is refused when used.
    pub const fn from_bits(bits: u64) -> NodeId {
        NodeId { index: bits as u32, generation: (bits >> 32) as u32 }
    }
}

/// The flags in the low bits of a rank. They never decide an order, because the sequence above them is unique.
pub(crate) const HEAPED: u64 = 1;
const CALLER: u64 = 0;
pub(crate) const FUTURE: u64 = 2;
const ALARM: u64 = 4;
/// A future's own node, while its turn is a poll and nothing else: the loop need not ask what the turn is for.
pub(crate) const PLAIN: u64 = FUTURE | ALARM;
const OWNER: u64 = FUTURE | ALARM;
/// One step of the sequence. 61 bits of it: at a push each nanosecond, 73 years.
pub(crate) const RANK_STEP: u64 = 8;

/// Room for one node. Only its size is of interest outside: a microcontroller sets aside an array of these.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// When it is due, in microseconds.
    pub(crate) key: u64,
    /// The push's sequence number, above the flags. Orders equal keys.
    pub(crate) rank: u64,
    /// Line: the one behind. Heap: the next sibling. Vacant: the next vacant slot.
    pub(crate) next: u32,
    /// Line: the one ahead. Heap: the previous sibling, or the parent of a first child.
    pub(crate) prev: u32,
    /// Heap: the first child.
    pub(crate) child: u32,
    /// The number of the queue it is in, or 0.
    pub(crate) queue: u32,
    generation: u32,
    word: u32,
}

impl Slot {
    /// A slot that nobody has used yet.
    pub const VACANT: Slot =
        Slot { key: 0, rank: 0, next: NIL, prev: NIL, child: NIL, queue: 0, generation: 0, word: 0 };

    #[inline]
    pub(crate) fn owner(&self) -> Owner {
        match self.rank & OWNER {
            CALLER => Owner::Caller(self.word),
            ALARM => Owner::Alarm(self.word),
            _ => Owner::Future(self.word),
        }
    }

    /// What sort of owner it has.
    #[inline(always)]
    pub(crate) fn owner_flags(&self) -> u64 {
        self.rank & OWNER
    }

    /// The owner's word.
    #[inline(always)]
    pub(crate) fn word(&self) -> u32 {
        self.word
    }

    #[inline]
    pub(crate) fn id(&self, index: u32) -> NodeId {
        NodeId { index, generation: self.generation }
    }

    #[inline]
    pub(crate) fn is(&self, node: NodeId) -> bool {
        self.generation == node.generation && self.generation & 1 == 1
    }

    /// As [`is`](Self::is), for a name that was a node's once.
    #[inline(always)]
    pub(crate) fn is_named(&self, node: NodeId) -> bool {
        self.generation == node.generation
    }

    /// Sets the rank for a new push, keeping whose node it is.
    #[inline]
    pub(crate) fn set_rank(&mut self, sequence: u64) {
        self.rank = sequence | (self.rank & OWNER);
    }

    /// Whether this one's turn comes before the other's.
    #[inline]
    pub(crate) fn before(&self, other: &Slot) -> bool {
        self.key < other.key || (self.key == other.key && self.rank < other.rank)
    }
}

impl Default for Slot {
    fn default() -> Self {
        Slot::VACANT
    }
}

/// The row of all nodes of one scheduler, whatever queue they are in.
///
/// Queues ([`Queue`](crate::Queue)) are separate small values; the operations that need both are methods here and are
/// found in the module of queues.
#[derive(Debug)]
pub struct Nodes<S> {
    pub(crate) slots: S,
    /// Vacant slots that were used before, linked by `next`.
    vacant: u32,
    /// Slots from here on were never used.
    fresh: u32,
    live: u32,
    pub(crate) sequence: u64,
    /// The latest time anybody has told us.
    pub(crate) observed: u64,
    /// The number that the latest queue got.
    pub(crate) queues: u32,
}

impl<S: Space<Slot>> Nodes<S> {
    /// Nodes kept in `slots`, none of them in use.
    pub const fn new(slots: S) -> Self {
        Nodes { slots, vacant: NIL, fresh: 0, live: 0, sequence: 0, observed: 0, queues: 0 }
    }

    /// Takes a node, in no queue yet.
    ///
    /// # Errors
    /// [`NoRoom`] when the storage is full and cannot grow.
    #[inline]
    pub fn alloc(&mut self, owner: Owner) -> Result<NodeId, NoRoom> {
        if self.vacant == NIL {
            self.freshen()?;
        }
        let index = self.vacant;
        let slot = self.slots.items_mut().get_mut(index as usize).ok_or(NoRoom)?;
        self.vacant = slot.next;
        slot.generation = slot.generation.wrapping_add(1);
        slot.rank = owner.flags();
        slot.word = owner.word();
        slot.queue = 0;
        self.live += 1;
        Ok(NodeId { index, generation: slot.generation })
    }

    /// Makes a slot vacant that was never used.
    #[inline(never)]
    fn freshen(&mut self) -> Result<(), NoRoom> {
        let index = self.fresh;
        if index == NIL {
            return Err(NoRoom);
        }
        self.slots.ensure(index as usize + 1)?;
        self.slots.items_mut().get_mut(index as usize).ok_or(NoRoom)?.next = NIL;
        self.fresh = index + 1;
        self.vacant = index;
        Ok(())
    }

    /// Gives a node back. Its name is refused from then on. Says whether there was such a node.
    ///
    /// A node should have left its queue before. A collector that finds a queue and all its nodes dead together may
    /// free them in any order, as long as that queue is never used again.
    pub fn free(&mut self, node: NodeId) -> bool {
        let vacant = self.vacant;
        let Some(slot) = self.slot_mut(node) else { return false };
        slot.generation = slot.generation.wrapping_add(1);
        slot.queue = 0;
        slot.next = vacant;
        self.vacant = node.index;
        self.live -= 1;
        true
    }

    /// Gives a node back unless it stands in some queue. False only if it does.
    #[inline]
    pub(crate) fn free_if_at_large(&mut self, node: NodeId) -> bool {
        let vacant = self.vacant;
        let Some(slot) = self.slot_mut(node) else { return true };
        if slot.queue != 0 {
            return false;
        }
        slot.generation = slot.generation.wrapping_add(1);
        slot.next = vacant;
        self.vacant = node.index;
        self.live -= 1;
        true
    }

    /// Whether `node` names a node in use.
    pub fn is_live(&self, node: NodeId) -> bool {
        self.slot(node).is_some()
    }

    /// Whether the node stands in some queue.
    pub fn is_queued(&self, node: NodeId) -> bool {
        self.slot(node).is_some_and(|slot| slot.queue != 0)
    }

    /// Whose node it is.
    pub fn owner(&self, node: NodeId) -> Option<Owner> {
        self.slot(node).map(Slot::owner)
    }

    /// Hands the node to another owner. Its place in line stays.
    pub fn set_owner(&mut self, node: NodeId, owner: Owner) -> bool {
        let Some(slot) = self.slot_mut(node) else { return false };
        slot.rank = slot.rank & !OWNER | owner.flags();
        slot.word = owner.word();
        true
    }

    /// Notes of a future's node whether its turn is a poll of that future and nothing else.
    pub(crate) fn set_plain(&mut self, node: NodeId, is_plain: bool) {
        if let Some(slot) = self.slot_mut(node) {
            slot.rank = slot.rank & !OWNER | if is_plain { PLAIN } else { FUTURE };
        }
    }

    /// The key the node was last pushed with, in microseconds (Python shows it as `ph_key`).
    pub fn key(&self, node: NodeId) -> Option<u64> {
        self.slot(node).map(|slot| slot.key)
    }

    /// How many nodes are in use.
    pub fn live(&self) -> usize {
        self.live as usize
    }

    /// How many more nodes can be taken before the storage has to grow.
    pub fn spare(&self) -> usize {
        self.slots.items().len() - self.live as usize
    }

    /// How many bytes the storage holds, for a byte budget.
    pub fn bytes(&self) -> usize {
        self.slots.bytes()
    }

    /// Makes room for `additional` more nodes, so that taking them will not fail.
    ///
    /// # Errors
    /// [`NoRoom`] when the storage cannot grow that far.
    pub fn reserve(&mut self, additional: usize) -> Result<(), NoRoom> {
        let wanted = (self.live as usize).checked_add(additional).ok_or(NoRoom)?;
        if wanted >= NIL as usize {
            return Err(NoRoom);
        }
        self.slots.ensure(wanted)
    }

    /// All nodes in use, queued or not, with their owners.
    pub fn iter_live(&self) -> impl Iterator<Item = (NodeId, Owner)> + '_ {
        let used = self.slots.items().get(..self.fresh as usize).unwrap_or_default();
        used.iter()
            .enumerate()
            .filter(|(_, slot)| slot.generation & 1 == 1)
            .map(|(index, slot)| (NodeId { index: index as u32, generation: slot.generation }, slot.owner()))
    }

    /// Tells the time. Keys up to the latest time told are "already due" and take the short way into a queue.
    /// Returns that latest time: it never goes back.
    #[inline]
    pub fn observe(&mut self, now: u64) -> u64 {
        self.observed = self.observed.max(now);
        self.observed
    }

    /// The latest time told.
    pub const fn observed(&self) -> u64 {
        self.observed
    }

    #[inline]
    pub(crate) fn slot(&self, node: NodeId) -> Option<&Slot> {
        self.slots.items().get(node.index as usize).filter(|slot| slot.is(node))
    }

    #[inline]
    pub(crate) fn slot_mut(&mut self, node: NodeId) -> Option<&mut Slot> {
        self.slots.items_mut().get_mut(node.index as usize).filter(|slot| slot.is(node))
    }
}
