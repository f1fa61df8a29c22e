//! Rust futures in the same line as everybody else.
//!
//! [`Core`] is a [`Scheduler`] together with a table of Rust tasks. Nodes of other owners pass through it untouched, so
//! one loop runs Python's tasks and Rust's, in one order:
//!
//! ```text
//!   match core.next(now) {
//!       Next::Run(turn) => match turn.owner {
//!           Owner::Caller(word) => resume what the word stands for; core.with_scheduler(|s| s.finish(turn.node, step)),
//!           _                   => core.poll(turn, &mut bodies),
//!       },
//!       Next::Idle { until } => wait; a waker may ring meanwhile
//!   }
//! ```
//!
//! The futures themselves are not in here; they are the caller's ([`Bodies`]), boxed or pinned, so that a task may borrow
//! the core while it is polled by it. What is in here can be reached from inside a future: its sleeps put nodes
//! into the run queue themselves, without a waker and without an atomic operation.
//!
//! ```text
//!   a task's own node    queued when it was spawned, woken, cancelled, or its join came through
//!   a sleep's node       queued from the sleep's first poll until its turn or its drop; its turn is the task's turn
//! ```
//!
//! What must always hold: nothing of the caller's (a future, a drop, a waker, a clock) runs while the state is borrowed.
//! Hooks are the exception, and must not call back.
//!
//! A task is cancelled by a mark; its future is dropped at its next turn, inside the loop, never inside `cancel`.

mod alarm;
mod entry;
mod parts;
mod pinned;
mod place;
mod run;
mod sleep;

use core::cell::{Cell, RefCell, RefMut};
use core::fmt;
use core::mem::ManuallyDrop;
use core::task::{Context, Poll, Waker};

pub use alarm::Alarm;
pub use entry::{Entry, TaskId};
#[cfg(feature = "alloc")]
pub use parts::Growing;
pub use parts::{Fixed, Parts};
pub use pinned::Pinned;
pub(crate) use place::Place;
pub use run::RunError;
pub use sleep::Sleep;

use crate::node::{NodeId, Owner};
use crate::scheduler::{Due, Next, Scheduler, Step, Turn};
use crate::space::{NoRoom, Space};
use crate::waker::{Doorbell, InTurn, Inbox, WakeCell};
use entry::{NEVER, State};

/// Where the futures are.
pub trait Bodies {
    /// Polls the future kept at `body`. `Ready` also when there is none (any more).
    fn poll(&mut self, body: u32, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops the future kept at `body`, if the keeper can; it will not be polled again.
    fn discard(&mut self, body: u32);
}

/// What came of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// The task waits for something.
    Pending,
    /// The task is over: its future is finished, or was cancelled and has been dropped.
    Done(TaskId),
    /// No future was polled: an alarm rang, or the task is over already.
    Nothing,
    /// The turn is the embedding program's; nothing was done.
    NotMine,
}

/// A task asked to cancel itself. (MicroPython: `RuntimeError("can't cancel self")`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelSelf;

impl fmt::Display for CancelSelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("can't cancel self")
    }
}

impl core::error::Error for CancelSelf {}

/// The inbox or the cells are not fit for a new loop: another loop has them, or they do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxInUse;

impl fmt::Display for InboxInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the inbox belongs to another loop, or the wake cells to another inbox")
    }
}

impl core::error::Error for InboxInUse {}

/// A scheduler and the Rust tasks in its line. All methods take `&self`, because tasks call them while they run.
pub struct Core<P: Parts> {
    state: RefCell<State<P>>,
    clock: P::Clock,
    inbox: &'static Inbox,
    running: Cell<bool>,
    /// Whether any sleep ever had to do without a node.
    fallbacks: Cell<bool>,
    /// So many turns have passed since the clock was read, while somebody waited for a time.
    timed_turns: Cell<u32>,
}

impl<'m, C: crate::clock::Clock, H: crate::hooks::Hooks> Core<Fixed<'m, C, H>> {
    /// A core in the caller's memory. There must be a cell for each task there is to be room for, a slot for each task
    /// and each sleep, and an alarm for each sleep that is polled with a foreign waker.
    ///
    /// # Errors
    /// [`InboxInUse`] if the inbox is another loop's or a cell is not its array position's in that inbox.
    pub fn fixed(
        slots: &'m mut [crate::Slot],
        entries: &'m mut [Entry],
        alarms: &'m mut [Alarm],
        inbox: &'static Inbox,
        cells: &'static [WakeCell],
        clock: C,
        hooks: H,
    ) -> Result<Self, InboxInUse> {
        let mut used = 0;
        for (entry, cell) in entries.iter_mut().zip(cells) {
            if cell.index() != used || !cell.reports_to(inbox) {
                return Err(InboxInUse);
            }
            *entry = Entry { cell: Some(cell), ..Entry::VACANT };
            used += 1;
        }
        if !inbox.claim() {
            return Err(InboxInUse);
        }
        Ok(Core::assemble(Scheduler::with_hooks(slots, hooks), entries, used, alarms, clock, inbox))
    }
}

#[cfg(feature = "alloc")]
impl<H: crate::hooks::Hooks> Core<Growing<H>> {
    /// A core that grows.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for the inbox or for the cells it has already.
    pub(crate) fn growing(clock: alloc::boxed::Box<dyn crate::Clock>, hooks: H) -> Result<Self, NoRoom> {
        let inbox = Inbox::obtain()?;
        // An inbox that served another loop brings its cells along. They come newest first.
        let used = inbox.cells().next().map_or(0, |cell| cell.index() + 1);
        let mut entries = alloc::vec::Vec::new();
        if let Err(no_room) = entries.ensure(used as usize) {
            inbox.retire();
            return Err(no_room);
        }
        for cell in inbox.cells() {
            if let Some(entry) = entries.get_mut(cell.index() as usize) {
                *entry = Entry { cell: Some(cell), ..Entry::VACANT };
            }
        }
        let scheduler = Scheduler::with_hooks(alloc::vec::Vec::new(), hooks);
        Ok(Core::assemble(scheduler, entries, used, alloc::vec::Vec::new(), clock, inbox))
    }
}

impl<P: Parts> Core<P> {
    fn assemble(
        scheduler: Scheduler<P::Slots, P::Hooks>,
        entries: P::Entries,
        used: u32,
        alarms: P::Alarms,
        clock: P::Clock,
        inbox: &'static Inbox,
    ) -> Self {
        use crate::clock::Clock;
        inbox.set_doorbell(clock.doorbell());
        let mut state = State::new(scheduler, entries, used, alarms);
        // Wakes meant for the inbox's former loop. Its cells are vacant here, so nobody is disturbed.
        state.drain(inbox);
        Core {
            state: RefCell::new(state),
            clock,
            inbox,
            running: Cell::new(false),
            fallbacks: Cell::new(false),
            timed_turns: Cell::new(0),
        }
    }

    /// What wakers ring from now on, in place of what the clock gave.
    pub fn set_doorbell(&self, doorbell: Option<&'static Doorbell>) {
        self.inbox.set_doorbell(doorbell);
    }

    /// The clock.
    pub const fn clock(&self) -> &P::Clock {
        &self.clock
    }

    /// Does something with the scheduler: nodes and queues of the embedding program. The function must not call the core.
    pub fn with_scheduler<R>(&self, f: impl FnOnce(&mut Scheduler<P::Slots, P::Hooks>) -> R) -> R {
        f(&mut self.state.borrow_mut().scheduler)
    }

    /// The scheduler itself, where a function to be called with it would be in the way. While it is held the core must not
    /// be used otherwise.
    #[inline]
    pub fn scheduler(&self) -> RefMut<'_, Scheduler<P::Slots, P::Hooks>> {
        RefMut::map(self.state.borrow_mut(), |state| &mut state.scheduler)
    }

    /// Enters a task whose future is kept at `body`, and puts it in line.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no entry, cell or node left.
    pub fn add(&self, body: u32) -> Result<TaskId, NoRoom> {
        let task = self.enter()?;
        if let Some(entry) = self.state.borrow_mut().task(task) {
            entry.body = body;
        }
        self.start(task);
        Ok(task)
    }

    /// Enters a task that is not in line yet; its body is its index.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no entry, cell or node left.
    pub fn enter(&self) -> Result<TaskId, NoRoom> {
        self.state.borrow_mut().enter(self.inbox)
    }

    /// Puts a task in line that was entered.
    pub(crate) fn start(&self, task: TaskId) {
        self.state.borrow_mut().ready(task.index);
    }

    /// Forgets a task without polling or dropping its future. Says whether there was such a task.
    pub fn forget(&self, task: TaskId) -> bool {
        let mut state = self.state.borrow_mut();
        let was = state.task(task).is_some();
        state.leave(task);
        was
    }

    /// How many Rust tasks there are.
    pub fn tasks(&self) -> usize {
        self.state.borrow().live as usize
    }

    /// How many bytes of storage the core holds, for a byte budget: nodes, entries, cells and alarms, but not the
    /// futures.
    pub fn bytes(&self) -> usize {
        let state = self.state.borrow();
        let entries = state.entries.items();
        let cells = entries.iter().filter(|entry| entry.cell.is_some()).count();
        state.scheduler.nodes().bytes()
            + state.entries.bytes()
            + cells * size_of::<WakeCell>()
            + state.alarms.bytes()
    }

    /// Whether the task is still there.
    pub fn is_live(&self, task: TaskId) -> bool {
        self.state.borrow_mut().task(task).is_some()
    }

    /// Asks a task to stop: its future is dropped, inside the loop, at the task's next turn, which is brought forward to
    /// now. False if it is over already; true also when it has been asked before.
    ///
    /// # Errors
    /// [`CancelSelf`] when the task asks this of itself.
    pub fn cancel(&self, task: TaskId) -> Result<bool, CancelSelf> {
        let mut state = self.state.borrow_mut();
        if state.task(task).is_some() && self.inbox.is_polled(task.index) {
            return Err(CancelSelf);
        }
        let Some(entry) = state.task(task) else { return Ok(false) };
        if !core::mem::replace(&mut entry.cancelled, true) {
            state.scheduler.nodes_mut().set_plain(task.node, false);
            state.scheduler.note_cancel(task.node);
            state.ready(task.index);
        }
        Ok(true)
    }

    /// Whose turn is it, at `now` microseconds? Those woken from outside are put in line first.
    #[inline]
    pub fn next(&self, now: u64) -> Next {
        let mut state = self.state.borrow_mut();
        state.scheduler.nodes_mut().observe(now);
        state.drain(self.inbox);
        state.scheduler.next(now)
    }

    /// Whether somebody was woken from outside since the last [`next`](Self::next).
    pub fn is_woken(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Takes a turn that [`next`](Self::next) gave and that is not the embedding program's own.
    pub fn poll(&self, turn: Turn, bodies: &mut (impl Bodies + ?Sized)) -> Polled {
        let job = self.state.borrow_mut().prepare(turn);
        let previous = self.inbox.polled();
        let ended = {
            let _in_turn = InTurn::of(self.inbox);
            self.perform(job, bodies)
        };
        self.inbox.resume_turn(previous);
        self.settle(ended)
    }

    /// Polls one future.
    #[inline(always)]
    fn poll_future(
        &self,
        task: TaskId,
        body: u32,
        cell: &'static WakeCell,
        bodies: &mut (impl Bodies + ?Sized),
    ) -> After {
        // Wakes are counted from here on.
        let wakes = cell.wakes();
        self.inbox.begin_turn(task.index);
        let waker = ManuallyDrop::new(cell.waker());
        if bodies.poll(body, &mut Context::from_waker(&waker)).is_ready() {
            return After::Over;
        }
        if self.inbox.woke_itself() {
            return After::Again;
        }
        // An armed cell needs no parking: the inbox will bring it.
        if cell.is_armed() || cell.park(wakes) { After::Waits } else { After::Again }
    }

    /// The state after a poll: those whom the task woke are in line.
    #[inline(always)]
    fn after_poll(&self) -> RefMut<'_, State<P>> {
        let mut state = self.state.borrow_mut();
        state.drain_own(self.inbox);
        state
    }

    /// Does what a turn is for. The state is not borrowed here, and nowhere else does anybody's code run.
    #[inline(never)]
    fn perform(&self, job: Job, bodies: &mut (impl Bodies + ?Sized)) -> Ended {
        match job {
            Job::Poll { task, body, cell } => self.poll_future(task, body, cell, bodies).of(task),
            Job::Discard { task, body } => {
                self.inbox.resume_turn(0);
                bodies.discard(body);
                Ended::Over(task)
            }
            Job::Ring { node, waker } => {
                self.inbox.resume_turn(0);
                if let Some(waker) = waker {
                    waker.wake();
                }
                Ended::Nothing(node, Polled::Nothing)
            }
            Job::Nothing(node, polled) => Ended::Nothing(node, polled),
        }
    }

    /// Ends a turn.
    fn settle(&self, ended: Ended) -> Polled {
        self.after_poll().settle(ended, self.fallbacks.get())
    }

    /// Keeps whoever polls with this waker, to be called later: without a waker, if it is a task of this loop.
    pub fn keep(&self, waker: &Waker) -> Kept {
        match self.own(waker).and_then(|index| self.state.borrow_mut().name(index)) {
            Some(task) => Kept(Keeping::Task(task)),
            None => Kept(Keeping::Waker(waker.clone())),
        }
    }

    /// Calls somebody who was kept, from the loop's own thread. A task of this loop is put in line directly, without
    /// atomics.
    pub fn call(&self, kept: Kept) {
        match kept.0 {
            Keeping::Task(task) => {
                let mut state = self.state.borrow_mut();
                if state.task(task).is_some() {
                    state.ready(task.index);
                }
            }
            Keeping::Waker(waker) => waker.wake(),
        }
    }

    /// Whether anybody may have kept a waker of some task: an interrupt handler, another thread, somebody else's
    /// combinator. What this crate has to wait for keeps none.
    pub fn is_lent(&self) -> bool {
        let state = self.state.borrow();
        state.entries.items().iter().any(|entry| entry.is_live() && entry.cell.is_some_and(WakeCell::is_lent))
    }

    /// The task behind a waker, if it is one of this loop.
    #[inline]
    fn own(&self, waker: &Waker) -> Option<u32> {
        WakeCell::of(waker).filter(|cell| cell.reports_to(self.inbox)).map(WakeCell::index)
    }
}

/// Somebody who is to be called later; see [`Core::keep`].
#[derive(Debug)]
pub struct Kept(Keeping);

#[derive(Debug)]
enum Keeping {
    Task(TaskId),
    Waker(Waker),
}

/// What a turn is for.
enum Job {
    /// A future is to be polled.
    Poll { task: TaskId, body: u32, cell: &'static WakeCell },
    /// A future is to be dropped: its task was cancelled.
    Discard { task: TaskId, body: u32 },
    /// A foreign waker is to be called.
    Ring { node: NodeId, waker: Option<Waker> },
    /// Nothing is to be done here.
    Nothing(NodeId, Polled),
}

/// How the poll of a future went.
enum After {
    /// It is parked, or in the inbox.
    Waits,
    /// It was woken while it was polled.
    Again,
    /// It is finished.
    Over,
}

impl After {
    /// So it went for this task.
    #[inline]
    fn of(self, task: TaskId) -> Ended {
        match self {
            After::Waits => Ended::Waiting(task),
            After::Again => Ended::Woken(task),
            After::Over => Ended::Over(task),
        }
    }
}

/// How a turn went.
enum Ended {
    /// The task waits: it is parked, or in the inbox.
    Waiting(TaskId),
    /// The task was woken while it was polled.
    Woken(TaskId),
    /// The task is over.
    Over(TaskId),
    /// There was no task.
    Nothing(NodeId, Polled),
}

impl<P: Parts> State<P> {
    /// Where the future of a task is, and its cell.
    #[inline(always)]
    fn body_and_cell(&self, index: u32) -> Option<(u32, &'static WakeCell)> {
        let entry = self.entries.items().get(index as usize)?;
        Some((entry.body, entry.cell?))
    }

    /// The task whose sleep's turn it is, or that of what else stands in line for it, if nothing is to be done about it but
    /// to poll it: it is not cancelled, and need not leave any queue.
    #[inline(always)]
    fn sleeper(&self, due: Due) -> Option<(TaskId, u32, &'static WakeCell)> {
        let index = due.word;
        let entry = self.entries.items().get(index as usize).filter(|_| due.is_futures())?;
        let node = entry.node;
        let alone = entry.is_live() && node != due.node && !self.scheduler.nodes().is_queued(node);
        let usual = alone && !entry.cancelled && entry.fallback_us == NEVER;
        Some((TaskId { index, node }, entry.body, entry.cell.filter(|_| usual)?))
    }

    /// As [`prepare`](Self::prepare), where [`sleeper`](Self::sleeper) found nobody.
    #[inline(never)]
    fn prepare_due(&mut self, due: Due) -> Job {
        let (owner, key) = (self.scheduler.nodes().owner(due.node), self.scheduler.nodes().key(due.node));
        match (owner, key) {
            (Some(owner), Some(key)) => self.prepare(Turn { node: due.node, owner, key }),
            _ => Job::Nothing(due.node, Polled::Nothing),
        }
    }

    fn prepare(&mut self, turn: Turn) -> Job {
        let index = match turn.owner {
            Owner::Future(index) => index,
            Owner::Caller(_) => return Job::Nothing(turn.node, Polled::NotMine),
            Owner::Alarm(alarm) => {
                return Job::Ring { node: turn.node, waker: self.alarms.exchange(alarm, None) };
            }
        };
        let Some(entry) = self.entry(index) else { return Job::Nothing(turn.node, Polled::Nothing) };
        entry.fallback_us = NEVER;
        let Entry { node, body, cancelled, cell, .. } = *entry;
        self.scheduler.nodes_mut().set_plain(node, !cancelled);
        let task = TaskId { index, node };
        if turn.node != node {
            // A sleep's turn. Whatever else the task was in line for, this poll will see it.
            self.scheduler.remove(node);
        }
        match cell {
            Some(cell) if !cancelled => Job::Poll { task, body, cell },
            _ => Job::Discard { task, body },
        }
    }

    /// Ends a turn. Those whom it woke are in line.
    #[inline(never)]
    fn settle(&mut self, ended: Ended, fallbacks: bool) -> Polled {
        match ended {
            Ended::Waiting(task) => {
                if fallbacks {
                    self.settle_fallback(task);
                }
                self.scheduler.finish(task.node, Step::Suspended);
                Polled::Pending
            }
            Ended::Woken(task) => {
                let now = self.scheduler.nodes().observed();
                // Refused only if it was put in line during the poll, and then it need not be.
                let _ = self.scheduler.push(task.node, now);
                self.scheduler.finish(task.node, Step::Suspended);
                Polled::Pending
            }
            Ended::Over(task) => {
                self.vacate(task);
                self.scheduler.finish(task.node, Step::Done);
                Polled::Done(task)
            }
            Ended::Nothing(_, Polled::NotMine) => Polled::NotMine,
            Ended::Nothing(node, polled) => {
                self.scheduler.finish(node, Step::Suspended);
                polled
            }
        }
    }

    /// Lets the task's own node stand in for sleeps that found no node.
    #[cold]
    fn settle_fallback(&mut self, task: TaskId) {
        if let Some(until) = self.task(task).map(|entry| entry.fallback_us).filter(|until| *until != NEVER) {
            // Refused if the task is in line already, and then it need not be.
            let _ = self.scheduler.push(task.node, until);
        }
    }
}

impl<P: Parts> Drop for Core<P> {
    fn drop(&mut self) {
        P::retire(self.inbox);
    }
}
