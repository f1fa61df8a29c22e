//! The scheduler: whose turn it is.
//!
//! It is a data structure. It never waits, never calls the tasks, never reads a clock. Whoever embeds it asks, runs what
//! it was told to run, and says how that went:
//!
//! ```text
//!   loop {
//!       match scheduler.next(now) {
//!           Next::Run(turn) => {
//!               // resume the task that turn.owner stands for; nothing is borrowed meanwhile.
//!               // It queues itself again (a sleep), or into somebody else's queue (an Event), or nowhere.
//!               scheduler.finish(turn.node, Step::Suspended or Step::Done)
//!           }
//!           Next::Idle { until } => wait until then, in one's own way
//!       }
//!   }
//! ```
//!
//! What must always hold: time never goes back (an earlier `now` counts as the latest one told); the order of turns is
//! that of [`Queue`], whatever owner the nodes have.

use crate::hooks::{Event, Hooks, NoHooks};
use crate::node::{FUTURE, NodeId, Nodes, Owner, PLAIN, Slot};
use crate::queue::{Iter, PushError, Queue, Waiting};
use crate::space::{NoRoom, Space};

/// Whose turn it is.
pub type Turn = Waiting;

/// What the scheduler says when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is this one's turn. It has left the run queue.
    Run(Turn),
    /// Nobody is due.
    Idle {
        /// When the first will be, in microseconds. `None`: nobody waits for a time; only somebody else can wake a task.
        until: Option<u64>,
    },
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The task goes on later. It has queued itself, or parked itself where somebody will find it.
    Suspended,
    /// The task is over: its node is given back.
    Done,
}

/// The run queue over a row of nodes.
#[derive(Debug)]
pub struct Scheduler<S, H = NoHooks> {
    nodes: Nodes<S>,
    /// Always numbered: see [`Nodes::join_line`].
    run: Queue,
    current: NodeId,
    hooks: H,
}

impl<S: Space<Slot>> Scheduler<S> {
    /// A scheduler that keeps its nodes in `slots` and tells nobody.
    pub const fn new(slots: S) -> Self {
        Scheduler::with_hooks(slots, NoHooks)
    }
}

impl<S: Space<Slot>, H> Scheduler<S, H> {
    /// A scheduler that tells `hooks` what happens.
    pub const fn with_hooks(slots: S, hooks: H) -> Self {
        let mut nodes = Nodes::new(slots);
        let mut run = Queue::new();
        nodes.number(&mut run);
        Scheduler { nodes, run, current: NodeId::NONE, hooks }
    }

    /// The nodes, to look at, and for queues of one's own.
    pub const fn nodes(&self) -> &Nodes<S> {
        &self.nodes
    }

    /// The nodes, for queues of one's own (those of an Event, a Lock, a program's `TaskQueue`).
    pub const fn nodes_mut(&mut self) -> &mut Nodes<S> {
        &mut self.nodes
    }

    /// The hooks.
    pub const fn hooks(&mut self) -> &mut H {
        &mut self.hooks
    }

    /// Whose turn it is now; `None` between turns.
    pub fn current(&self) -> Option<NodeId> {
        (self.current != NodeId::NONE).then_some(self.current)
    }

    /// Who comes first in the run queue, due or not.
    pub fn peek(&self) -> Option<Waiting> {
        self.nodes.peek(&self.run)
    }

    /// Whether anybody in the run queue waits for a time. If not, whoever is pushed as due now comes behind all others
    /// whatever the time is, so the caller need not ask its clock.
    #[inline]
    pub const fn waits_for_time(&self) -> bool {
        self.run.has_timed()
    }

    /// Whether nobody stands in the run queue.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.run.is_empty()
    }

    /// Whether the node stands in the run queue.
    pub fn is_ready(&self, node: NodeId) -> bool {
        self.nodes.contains(&self.run, node)
    }

    /// Everybody in the run queue: the roots of a collector.
    pub fn iter(&self) -> Iter<'_, S> {
        self.nodes.iter(&self.run)
    }

    /// Exchanges the run queue for another (`new_event_loop` does that). The nodes of the old one stay in it.
    pub const fn swap_run_queue(&mut self, other: &mut Queue) {
        self.nodes.number(other);
        core::mem::swap(&mut self.run, other);
    }
}

impl<S: Space<Slot>, H: Hooks> Scheduler<S, H> {
    #[inline]
    fn tell(&mut self, event: Event) {
        if H::ON {
            self.hooks.event(event);
        }
    }

    /// Takes a node for a new task. It is in no queue yet.
    ///
    /// # Errors
    /// [`NoRoom`] when the storage is full and cannot grow.
    pub fn spawn(&mut self, owner: Owner) -> Result<NodeId, NoRoom> {
        let node = self.nodes.alloc(owner)?;
        self.tell(Event::Spawn { node, owner });
        Ok(node)
    }

    /// Puts a node into the run queue, due at `key` microseconds: a sleep, or `TaskQueue.push(task, key)`.
    ///
    /// # Errors
    /// [`PushError`] when the node is gone or waits somewhere already.
    #[inline]
    pub fn push(&mut self, node: NodeId, key: u64) -> Result<(), PushError> {
        self.nodes.push(&mut self.run, node, key)?;
        self.tell(Event::Ready { node, key });
        Ok(())
    }

    /// Puts a node into the run queue, due now.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline]
    pub fn push_now(&mut self, node: NodeId, now: u64) -> Result<(), PushError> {
        self.nodes.observe(now);
        self.push(node, now)
    }

    /// Takes the first out of the run queue, due or not (`TaskQueue.pop()`).
    pub fn pop(&mut self) -> Option<Waiting> {
        self.nodes.pop(&mut self.run)
    }

    /// Takes a node out of the run queue; says whether it was there.
    pub fn remove(&mut self, node: NodeId) -> bool {
        self.nodes.remove(&mut self.run, node)
    }

    /// Lets everybody who waits in `queue` run, in order, due now. Returns how many there were. (`Event.set()`, the end
    /// of a joined task.)
    pub fn release_all(&mut self, queue: &mut Queue, now: u64) -> usize {
        let mut count = 0;
        while let Some(waiting) = self.nodes.pop(queue) {
            if self.push_now(waiting.node, now).is_ok() {
                count += 1;
            }
        }
        count
    }

    /// Brings a node of the run queue forward: one due later becomes due now, one already due keeps its place. A node in
    /// no queue is pushed. False for a node that is gone or waits in some other queue, which must let go of it first.
    ///
    /// This is the run queue's half of MicroPython's `Task.cancel` (`extmod/modasyncio.c`).
    pub fn expedite(&mut self, node: NodeId, now: u64) -> bool {
        let now = self.nodes.observe(now);
        match self.nodes.slot(node) {
            Some(slot) if slot.queue == 0 => self.push(node, now).is_ok(),
            _ => self.bring_forward(node, now),
        }
    }

    /// Makes a node due at the latest time told, as [`expedite`](Self::expedite) does.
    #[inline(always)]
    pub(crate) fn ready(&mut self, node: NodeId) {
        if self.nodes.join_line(&mut self.run, node) {
            self.tell(Event::Ready { node, key: self.nodes.observed });
        } else {
            self.bring_forward_or_push(node);
        }
    }

    #[inline(never)]
    fn bring_forward_or_push(&mut self, node: NodeId) {
        self.expedite(node, self.nodes.observed);
    }

    /// [`expedite`](Self::expedite) for a node that is in a queue.
    fn bring_forward(&mut self, node: NodeId, now: u64) -> bool {
        match self.nodes.key(node) {
            Some(key) if self.is_ready(node) => {
                key <= now || (self.remove(node) && self.push(node, now).is_ok())
            }
            _ => false,
        }
    }

    /// Notes for the hooks that a task was asked to stop. The caller has done the rest.
    #[inline]
    pub fn note_cancel(&mut self, node: NodeId) {
        self.tell(Event::Cancel { node });
    }

    /// Whose turn is it, at `now` microseconds? The one returned has left the queue.
    #[inline]
    pub fn next(&mut self, now: u64) -> Next {
        let now = self.nodes.observe(now);
        match self.nodes.pop_due(&mut self.run) {
            Some((index, slot)) => {
                let turn = slot.waiting(index);
                self.begin(turn, now);
                Next::Run(turn)
            }
            None => Next::Idle { until: self.idle() },
        }
    }

    /// Whether somebody is due at the latest time told.
    pub fn is_due(&self) -> bool {
        self.peek().is_some_and(|first| first.key <= self.nodes.observed)
    }

    /// Notes that the embedding program is about to wait; returns until when at most.
    #[inline(never)]
    pub fn idle(&mut self) -> Option<u64> {
        let until = self.peek().map(|first| first.key);
        self.tell(Event::Idle { until });
        until
    }

    /// Marks the end of what is in the run queue at this moment. With [`next_before`](Self::next_before) this makes one
    /// *drain*: everybody due now has one turn, and who queues again meanwhile belongs to the next one.
    pub const fn mark(&self) -> Mark {
        Mark(self.nodes.sequence)
    }

    /// As [`next`](Self::next), at the latest time told, but only for those who queued before the mark.
    pub fn next_before(&mut self, mark: Mark) -> Option<Turn> {
        let now = self.nodes.observed;
        let limit = mark.0 + crate::node::RANK_STEP;
        let due = |slot: &Slot| slot.key <= now && slot.rank < limit;
        let turn = self.nodes.pop_if(&mut self.run, due).map(|(index, slot)| slot.waiting(index))?;
        self.begin(turn, now);
        Some(turn)
    }

    /// As [`next`](Self::next), at the latest time told, and no more of the turn than the loop needs.
    #[inline(always)]
    pub(crate) fn due(&mut self) -> Option<Due> {
        let (index, slot) = self.nodes.pop_due(&mut self.run)?;
        let due = Due { node: slot.id(index), word: slot.word(), owner: slot.owner_flags() };
        self.begin_due(due);
        Some(due)
    }

    /// The turn that a node would have if it stood in line; `None` for one that stands somewhere, or whose turn is more
    /// than a poll.
    #[inline(always)]
    pub(crate) fn plain(&self, node: NodeId) -> Option<Due> {
        let slot = self.nodes.slot(node).filter(|slot| slot.queue == 0 && slot.owner_flags() == PLAIN)?;
        Some(Due { node, word: slot.word(), owner: PLAIN })
    }

    /// Begins such a turn without standing in line.
    #[inline(always)]
    pub(crate) fn begin_plain(&mut self, due: Due) -> Due {
        self.current = due.node;
        due
    }

    #[inline(always)]
    fn begin_due(&mut self, due: Due) {
        self.current = due.node;
        if H::ON
            && let (Some(owner), Some(key)) = (self.nodes.owner(due.node), self.nodes.key(due.node))
        {
            self.begin(Turn { node: due.node, owner, key }, self.nodes.observed);
        }
    }

    #[inline]
    fn begin(&mut self, turn: Turn, now: u64) {
        self.current = turn.node;
        self.tell(Event::Begin { node: turn.node, owner: turn.owner, key: turn.key, now });
    }

    /// Notes that nobody has a turn any more, for whoever takes turns without [`finish`](Self::finish)ing them.
    pub(crate) fn between_turns(&mut self) {
        self.current = NodeId::NONE;
    }

    /// Ends a turn.
    #[inline]
    pub fn finish(&mut self, node: NodeId, step: Step) {
        self.current = NodeId::NONE;
        self.tell(Event::End { node });
        match step {
            Step::Suspended => {
                if H::ON && !self.nodes.is_queued(node) {
                    self.tell(Event::Park { node });
                }
            }
            Step::Done => {
                self.retire(node);
            }
        }
    }

    /// Gives a task's node back, taking it out of the run queue first. Says whether there was such a node.
    pub fn retire(&mut self, node: NodeId) -> bool {
        self.remove(node);
        let freed = self.nodes.free(node);
        if freed {
            self.tell(Event::Done { node });
        }
        freed
    }
}

/// A turn, no more of it than the usual one needs.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    pub(crate) node: NodeId,
    /// The owner's word.
    pub(crate) word: u32,
    /// What sort of owner it is. Kept as the bits they are: anything tidier makes the compiler pack and unpack it.
    owner: u64,
}

impl Due {
    /// Whether it is a future's own node, and the turn is a poll and nothing else.
    #[inline(always)]
    pub(crate) fn is_plain(self) -> bool {
        self.owner == PLAIN
    }

    /// Whether it is some other node of a future's: its sleep's, say.
    #[inline(always)]
    pub(crate) fn is_futures(self) -> bool {
        self.owner == FUTURE
    }
}

/// A point in the order of pushes; see [`Scheduler::mark`].
#[derive(Clone, Copy, Debug)]
pub struct Mark(u64);
