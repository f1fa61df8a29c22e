//! Lines: who waits for something, the first to come first.
//!
//! A line is a [`Queue`] of the loop's own nodes. What stands in it is a node, and a node does not tell whose it is:
//!
//! | who waits | its node | what its turn does |
//! |---|---|---|
//! | a Rust future | one of its own, [`Owner::Future`](crate::Owner::Future) | the task is polled; the wait sees that it was called |
//! | a Rust future inside somebody's combinator | one of its own, [`Owner::Alarm`](crate::Owner::Alarm) | the combinator's waker is called |
//! | a task of the embedding program (Python's) | the task's, [`Owner::Caller`](crate::Owner::Caller) | the program resumes it; to be resumed is to have been called |
//!
//! So one lock, event, queue or semaphore serves all of them, in one order. The embedding program's tasks use the same
//! [`Permits`] and [`Switch`] as the futures do, through the `state` of a primitive:
//!
//! ```text
//!   acquire:  scheduler.with(|s| permits.enter(s, node))     true: has it; false: stands in line, suspend the task
//!   (resumed: it has it)
//!   release:  permits.give(s)                                the first in line is called, Rust's or Python's
//!   cancel:   if !permits.leave(s, node) { permits.give(s) } it had been called already: pass it on; then push the node
//! ```
//!
//! What must always hold: a node is in one line at most (the scheduler sees to that); who was called is in the run queue
//! or has had its turn, and what it was called for is its own until it takes it or passes it on.

use crate::hooks::Hooks;
use crate::node::{NodeId, Slot};
use crate::queue::{PushError, Queue, Waiting};
use crate::scheduler::Scheduler;
use crate::space::Space;

/// Those who wait for one thing. All operations are O(1); nothing is allocated.
#[derive(Debug, Default)]
pub struct Line {
    waiting: Queue,
}

impl Line {
    /// A line with nobody in it.
    pub const fn new() -> Line {
        Line { waiting: Queue::new() }
    }

    /// Whether nobody waits.
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The queue of nodes: for collectors, to which whoever waits in a reachable line is reachable.
    pub const fn queue(&self) -> &Queue {
        &self.waiting
    }

    /// The queue of nodes, for a program that lets its tasks in and out itself.
    pub const fn queue_mut(&mut self) -> &mut Queue {
        &mut self.waiting
    }

    /// Stands in line, behind all others.
    ///
    /// # Errors
    /// [`PushError`] when the node is gone or waits somewhere already.
    pub fn join<S: Space<Slot>, H>(
        &mut self,
        scheduler: &mut Scheduler<S, H>,
        node: NodeId,
    ) -> Result<(), PushError> {
        let nodes = scheduler.nodes_mut();
        let key = nodes.observed();
        nodes.push(&mut self.waiting, node, key)
    }

    /// Leaves the line. False for one that is not in it: it was called, or never came.
    pub fn leave<S: Space<Slot>, H>(&mut self, scheduler: &mut Scheduler<S, H>, node: NodeId) -> bool {
        scheduler.nodes_mut().remove(&mut self.waiting, node)
    }

    /// Whether the node stands in this line.
    pub fn contains<S: Space<Slot>, H>(&self, scheduler: &Scheduler<S, H>, node: NodeId) -> bool {
        scheduler.nodes().contains(&self.waiting, node)
    }

    /// Calls the first in line: it joins the run queue, due now.
    pub fn call<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>) -> Option<Waiting> {
        let first = scheduler.nodes_mut().pop(&mut self.waiting)?;
        let now = scheduler.nodes().observed();
        // A node that has just left a queue can join another.
        let _ = scheduler.push(first.node, now);
        Some(first)
    }

    /// Calls everybody, in order. Returns how many there were.
    pub fn call_all<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>) -> usize {
        let mut count = 0;
        while self.call(scheduler).is_some() {
            count += 1;
        }
        count
    }
}

/// A number of permits, and those who wait for one: what locks, semaphores and queues are made of.
///
/// A permit given back while somebody waits is handed over directly to the first in line; nobody can barge in.
/// What must always hold: while a permit is free, nobody waits.
#[derive(Debug)]
pub struct Permits {
    free: usize,
    line: Line,
}

impl Permits {
    /// So many permits, all free.
    pub const fn new(free: usize) -> Permits {
        Permits { free, line: Line::new() }
    }

    /// How many are free.
    pub const fn free(&self) -> usize {
        self.free
    }

    /// Those who wait.
    pub const fn line(&self) -> &Line {
        &self.line
    }

    /// Those who wait, for a program that lets its tasks in and out itself. While a permit is free nobody may come in.
    pub const fn line_mut(&mut self) -> &mut Line {
        &mut self.line
    }

    /// One more is free: for a program that has found nobody waiting.
    pub const fn put_back(&mut self) {
        self.free = self.free.saturating_add(1);
    }

    /// Takes a permit if one is free.
    pub const fn take(&mut self) -> bool {
        let is_free = self.free > 0;
        if is_free {
            self.free -= 1;
        }
        is_free
    }

    /// Gives a permit back: to the first in line, or to whoever comes next.
    pub fn give<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>) {
        if self.line.call(scheduler).is_none() {
            self.free = self.free.saturating_add(1);
        }
    }

    /// Takes a permit, true; or stands in line for one, false. One that stood in line has its permit when it is resumed.
    ///
    /// # Errors
    /// [`PushError`] when the node is gone or waits somewhere already.
    pub fn enter<S: Space<Slot>, H>(
        &mut self,
        scheduler: &mut Scheduler<S, H>,
        node: NodeId,
    ) -> Result<bool, PushError> {
        Ok(self.take() || self.line.join(scheduler, node).map(|()| false)?)
    }

    /// Gives up waiting. False if the node was called already: then it has a permit, to be used or given back.
    pub fn leave<S: Space<Slot>, H>(&mut self, scheduler: &mut Scheduler<S, H>, node: NodeId) -> bool {
        self.line.leave(scheduler, node)
    }
}

/// On or off, and those who wait for it to be on: what events are made of.
#[derive(Debug, Default)]
pub struct Switch {
    is_on: bool,
    line: Line,
}

impl Switch {
    /// Off, with nobody waiting.
    pub const fn new() -> Switch {
        Switch { is_on: false, line: Line::new() }
    }

    /// Whether it is on.
    pub const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Those who wait.
    pub const fn line(&self) -> &Line {
        &self.line
    }

    /// Those who wait, for a program that lets its tasks in and out itself.
    pub const fn line_mut(&mut self) -> &mut Line {
        &mut self.line
    }

    /// Switches on and calls nobody: for a program that calls those in line itself.
    pub const fn set_on(&mut self) {
        self.is_on = true;
    }

    /// Switches on and calls everybody, in order. Returns how many there were.
    pub fn on<S: Space<Slot>, H: Hooks>(&mut self, scheduler: &mut Scheduler<S, H>) -> usize {
        self.is_on = true;
        self.line.call_all(scheduler)
    }

    /// Switches off.
    pub const fn off(&mut self) {
        self.is_on = false;
    }

    /// True if it is on; otherwise stands in line.
    ///
    /// # Errors
    /// [`PushError`] when the node is gone or waits somewhere already.
    pub fn enter<S: Space<Slot>, H>(
        &mut self,
        scheduler: &mut Scheduler<S, H>,
        node: NodeId,
    ) -> Result<bool, PushError> {
        Ok(self.is_on || self.line.join(scheduler, node).map(|()| false)?)
    }

    /// Gives up waiting. False if the node was called already.
    pub fn leave<S: Space<Slot>, H>(&mut self, scheduler: &mut Scheduler<S, H>, node: NodeId) -> bool {
        self.line.leave(scheduler, node)
    }
}
