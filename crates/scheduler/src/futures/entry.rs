//! The table of Rust tasks: an entry says which node stands in line for a task, and which cell wakes it.
//!
//! What must always hold: entry `i` has cell `i` of the loop's inbox, for ever; a vacant entry is in the vacant list; the
//! node of a task that was cancelled, or has a fallback deadline, is not *plain*: the loop asks what its turn is for.

use super::parts::Parts;
use crate::hooks::Hooks;
use crate::node::{NIL, NodeId, Owner};
use crate::scheduler::{Due, Scheduler};
use crate::space::{NoRoom, Space};
use crate::waker::{Inbox, WakeCell};

/// No deadline.
pub(super) const NEVER: u64 = u64::MAX;

/// Room for one Rust task. Only its size is of interest outside: without `alloc` one sets aside an array of these.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub(super) cell: Option<&'static WakeCell>,
    /// The task's own node; `NodeId::NONE` in a vacant entry.
    pub(super) node: NodeId,
    /// The earliest deadline of sleeps that found no node of their own; the task's node stands in for them.
    pub(super) fallback_us: u64,
    /// Where the caller keeps the future. In a vacant entry: the next vacant one.
    pub(super) body: u32,
    /// It is to be dropped at its next turn.
    pub(super) cancelled: bool,
}

impl Entry {
    /// An entry that nobody has used yet.
    pub const VACANT: Entry =
        Entry { cell: None, node: NodeId::NONE, fallback_us: NEVER, body: NIL, cancelled: false };

    pub(super) fn is_live(&self) -> bool {
        self.node != NodeId::NONE
    }
}

impl Default for Entry {
    fn default() -> Self {
        Entry::VACANT
    }
}

/// A Rust task's name. One that outlived its task is refused, not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId {
    pub(crate) index: u32,
    pub(crate) node: NodeId,
}

impl TaskId {
    /// The task's place in the table; the word in its [`Owner::Future`].
    pub const fn index(self) -> u32 {
        self.index
    }

    /// The node that stands in line for the task.
    pub const fn node(self) -> NodeId {
        self.node
    }
}

/// All that changes while tasks run.
pub(super) struct State<P: Parts> {
    pub(super) scheduler: Scheduler<P::Slots, P::Hooks>,
    pub(super) entries: P::Entries,
    vacant: u32,
    used: u32,
    pub(super) live: u32,
    pub(super) alarms: super::alarm::Alarms<P::Alarms>,
}

impl<P: Parts> State<P> {
    pub(super) fn new(
        scheduler: Scheduler<P::Slots, P::Hooks>,
        entries: P::Entries,
        used: u32,
        alarms: P::Alarms,
    ) -> Self {
        let mut state: Self = State {
            scheduler,
            entries,
            vacant: NIL,
            used,
            live: 0,
            alarms: super::alarm::Alarms::new(alarms),
        };
        // Entries that came with their cells are vacant ones, the first to be used first.
        for index in (0..used).rev() {
            if let Some(entry) = state.entries.items_mut().get_mut(index as usize) {
                if let Some(cell) = entry.cell {
                    cell.forget_former_loop();
                }
                entry.body = core::mem::replace(&mut state.vacant, index);
            }
        }
        state
    }

    #[inline]
    pub(super) fn entry(&mut self, index: u32) -> Option<&mut Entry> {
        self.entries.items_mut().get_mut(index as usize).filter(|entry| entry.is_live())
    }

    /// The entry of a task that may be over.
    pub(super) fn task(&mut self, task: TaskId) -> Option<&mut Entry> {
        self.entry(task.index).filter(|entry| entry.node == task.node)
    }

    /// The name of the task that is there now.
    pub(super) fn name(&mut self, index: u32) -> Option<TaskId> {
        self.entry(index).map(|entry| TaskId { index, node: entry.node })
    }

    /// Enters a task; its node is in no queue yet.
    pub(super) fn enter(&mut self, inbox: &'static Inbox) -> Result<TaskId, NoRoom> {
        if self.vacant == NIL {
            let index = self.used;
            self.entries.ensure(index as usize + 1)?;
            let cell = P::add_cell(inbox)?;
            // Entry `i` has cell `i`: both rows grow here and nowhere else.
            let entry = self.entries.items_mut().get_mut(index as usize).ok_or(NoRoom)?;
            *entry = Entry { cell: Some(cell), ..Entry::VACANT };
            self.used = index + 1;
            self.vacant = index;
        }
        let index = self.vacant;
        let node = self.scheduler.spawn(Owner::Future(index))?;
        self.scheduler.nodes_mut().set_plain(node, true);
        let entry = self.entries.items_mut().get_mut(index as usize).ok_or(NoRoom)?;
        self.vacant = entry.body;
        if let Some(cell) = entry.cell {
            cell.begin_task();
        }
        *entry = Entry { cell: entry.cell, node, body: index, ..Entry::VACANT };
        self.live += 1;
        Ok(TaskId { index, node })
    }

    /// Ends a task and gives back its node and its entry.
    pub(super) fn leave(&mut self, task: TaskId) {
        if self.vacate(task) {
            self.scheduler.retire(task.node);
        }
    }

    /// Ends a task and gives back its entry; its node is given back by others. Says whether there was such a task.
    pub(super) fn vacate(&mut self, task: TaskId) -> bool {
        let vacant = self.vacant;
        let Some(entry) = self.task(task) else { return false };
        *entry = Entry { cell: entry.cell, body: vacant, ..Entry::VACANT };
        self.vacant = task.index;
        self.live -= 1;
        true
    }

    /// Ends all tasks.
    pub(super) fn leave_all(&mut self) {
        for index in 0..self.used {
            if let Some(node) = self.entry(index).map(|entry| entry.node) {
                self.leave(TaskId { index, node });
            }
        }
    }

    /// Puts a task in line, now; one already due keeps its place.
    #[inline]
    pub(super) fn ready(&mut self, index: u32) {
        if let Some(node) = self.entry(index).map(|entry| entry.node) {
            self.scheduler.ready(node);
        }
    }

    /// Puts everybody in line who was woken: in the loop's own turns first, then from outside, each in the order of
    /// waking.
    #[inline(always)]
    pub(super) fn drain(&mut self, inbox: &'static Inbox) {
        self.drain_own(inbox);
        self.drain_outside(inbox);
    }

    /// Puts everybody in line who was woken from outside, in the order of waking.
    #[inline(always)]
    pub(super) fn drain_outside(&mut self, inbox: &'static Inbox) {
        if !inbox.is_quiet_outside() {
            self.drain_inbox(inbox);
        }
    }

    /// Puts everybody in line who was woken in the loop's own turns, in the order of waking.
    #[inline(always)]
    pub(super) fn drain_own(&mut self, inbox: &'static Inbox) {
        if inbox.has_own() {
            self.drain_list(inbox);
        }
    }

    /// Gives the turn directly to a task that was just woken in the loop's own turns, if nobody else can have it: nobody
    /// stands in line and nobody else was woken. In line it would be alone, and the next.
    #[inline(always)]
    pub(super) fn hand_over(&mut self, inbox: &'static Inbox) -> Option<Due> {
        if P::Hooks::ON || !self.scheduler.is_empty() || !inbox.is_quiet_outside() {
            return None;
        }
        let entry = self.entries.items().get(inbox.latest_own() as usize)?;
        let (cell, node) = (entry.cell?, entry.node);
        let due = self.scheduler.plain(node)?;
        inbox.take_only(cell).then(|| self.scheduler.begin_plain(due))
    }

    #[inline(never)]
    fn drain_list(&mut self, inbox: &'static Inbox) {
        let State { scheduler, entries, .. } = self;
        let entries = entries.items();
        inbox.drain_own(
            |index| entries.get(index as usize).and_then(|entry| Some((entry.cell?, entry.node))),
            |node| scheduler.ready(node),
        );
    }

    #[inline(never)]
    fn drain_inbox(&mut self, inbox: &'static Inbox) {
        let State { scheduler, entries, .. } = self;
        let entries = entries.items();
        inbox.drain(
            |index| entries.get(index as usize)?.cell,
            |index| {
                if let Some(entry) = entries.get(index as usize) {
                    // Refused for a vacant entry: nobody's node.
                    scheduler.ready(entry.node);
                }
            },
        );
    }
}
