//! Hooks: seeing who ran and who waited.
//!
//! A scheduler tells its hooks what happens, as it happens. Hooks are a type parameter: with [`NoHooks`] nothing is
//! called and nothing is stored, and the compiler removes even the arguments. A timeline, a trace, a test that asserts an
//! order of events are all a type that implements [`Hooks`].
//!
//! ```text
//!   Spawn ─► Ready ─► Begin ─► End ─┬─► (Ready came before End: it put itself in line again)
//!               ▲                   ├─► Park ──► Ready … (somebody wakes it)
//!               └───────────────────┘   Done
//! ```

use crate::node::{NodeId, Owner};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A node was taken for a new task.
    Spawn {
        /// The task's node.
        node: NodeId,
        /// Whose it is.
        owner: Owner,
    },
    /// A node joined the run queue.
    Ready {
        /// The node.
        node: NodeId,
        /// When it is due, in microseconds; later than now for a sleep.
        key: u64,
    },
    /// A turn began.
    Begin {
        /// Whose turn it is.
        node: NodeId,
        /// Its owner.
        owner: Owner,
        /// When it was due, in microseconds.
        key: u64,
        /// The time it is, in microseconds; `now - key` is how late it is.
        now: u64,
    },
    /// The turn ended.
    End {
        /// Whose turn it was.
        node: NodeId,
    },
    /// The turn ended and the node is in no queue at all: it waits for somebody who will put it into one.
    Park {
        /// The node.
        node: NodeId,
    },
    /// Somebody asked the task to stop; it will learn of it at its next turn.
    Cancel {
        /// The task's node.
        node: NodeId,
    },
    /// The task is over and its node was given back.
    Done {
        /// The name the node had.
        node: NodeId,
    },
    /// Nobody is due.
    Idle {
        /// When the first will be, in microseconds, if anybody waits for a time at all.
        until: Option<u64>,
    },
}

/// Somebody who wants to know.
pub trait Hooks {
    /// False switches everything off at compile time.
    const ON: bool = true;

    /// Something happened. Called in the middle of things: it may note, but the scheduler cannot be asked anything now.
    fn event(&mut self, event: Event);
}

/// Nobody wants to know. Costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

impl Hooks for NoHooks {
    const ON: bool = false;

    #[inline]
    fn event(&mut self, _: Event) {}
}
