//! Wakers: how something outside says "look at this task again".
//!
//! A Rust future is told its waker when it is polled, and may hand it to anybody: an interrupt handler, another thread, a
//! list of waiters. Waking must therefore be possible from anywhere at any moment, must allocate nothing, and must
//! never wait. And a waker may be kept for ever, long after its task and even its loop are gone.
//!
//! So a waker is a plain pointer to a [`WakeCell`], which is never freed. Cells are recycled: with their loop's
//! next task, and, with their [`Inbox`], by the next loop. A waker kept for too long wakes a stranger, who looks, finds
//! nothing to do, and waits on: Rust allows that. (Python frames do not, and are never woken through here.)
//! Cloning and dropping a waker do nothing at all.
//!
//! ```text
//!   anybody, anywhere                                   the loop's thread
//!   ─────────────────                                   ─────────────────
//!   WakeCell::wake                                      Inbox::drain
//!     1. count one wake, clear PARKED   (one CAS)         1. load head; nothing there: done (no write)
//!     2. if PARKED was set, push the                      2. swap head for "empty"
//!        cell on the inbox's stack      (one CAS)         3. reverse the chain: the stack was last in,
//!     3. if the stack was empty,                             first out; the order of waking is restored
//!        ring the doorbell                                4. each cell: armed = false, its task is ready
//! ```
//!
//! Most wakes come from the loop's own thread, while one of its tasks has a turn. Where that can be told (feature `std`: a
//! thread-local says whose turn it is), such a wake takes a shorter way, without a single read-modify-write: a list that
//! only this thread touches, with plain loads and stores.
//!
//! ```text
//!   WakeCell::wake, in a turn of its own loop           the loop's thread
//!     1. the task whose turn it is: note AGAIN            after the turn: AGAIN means one more turn
//!     2. a signal handler that interrupts 3:              Inbox::drain_own
//!        the way above                                      1. take the whole list, reverse it
//!     3. not listed yet: put the cell on the list           2. each cell: unlisted, its task is ready
//! ```
//!
//! The life of a cell, as its loop sees it (a wake in a turn of its own changes nothing here):
//!
//!
//! ```text
//!                      park: CAS from the count seen before the poll
//!    awake ──────────────────────────────────────────────────────────► PARKED (armed)
//!      ▲  │ the CAS fails: somebody woke it during the poll.                │ wake (one of them clears PARKED)
//!      │  ▼ It stays awake and gets another turn; no list is touched.       ▼
//!      └────────────────────────────── drain ◄────────────── on its way to, or in, the inbox (armed)
//! ```
//!
//! ## Who may touch what
//!
//! | field | written by | when | read by |
//! |---|---|---|---|
//! | `state` count | anybody | `wake` | the loop, before and after a poll |
//! | `state` PARKED, set | the loop | `park`, only while not `armed` | anybody, in `wake` |
//! | `state` PARKED, cleared | anybody | `wake`; exactly one waker sees it go | – |
//! | `next` | the waker that cleared PARKED | before its push succeeds | the loop, after `drain` took the chain |
//! | | the loop | in `drain`, once the chain is its own | the loop |
//! | `armed` | the loop | set by `park`, cleared by `drain` | the loop |
//! | `listed` | the loop's thread | a wake in a turn of its own, `drain_own` | the same |
//! | `lent` | anybody | a waker is cloned; the loop: a new task has the cell | the loop, when nothing else is left to wait for |
//! | `position`, `inbox`, `older` | nobody | fixed when made | anybody |
//! | `Inbox::head` | anybody | push; the loop: swap to 0 | anybody |
//! | `Inbox::own`, `busy` | the loop's thread | a wake in a turn of its own, `drain_own` | the same |
//! | `Inbox::polled` | the loop's thread | around a poll, a wake in it | the same |
//! | `Inbox::newest` | the loop | a cell is added | the loop |
//! | `Inbox::claimed` | whoever makes or drops a loop | | the same |
//! | `Inbox::doorbell` | the loop | when it is made and dropped, and when it is given another | anybody, in `wake` |
//!
//! ## What must always hold
//!
//! - **Eternal.** Every cell, inbox and doorbell is `'static`. Nothing here is ever freed.
//! - **Once-listed.** A cell is in its inbox at most once. Only the waker that clears PARKED pushes, and PARKED is set only
//!   while the cell is not `armed`, that is, not parked, not in the inbox and not on its way there.
//! - **One-loop.** An inbox, and with it its cells, belongs to one loop at a time ([`Inbox::claim`]); the loop's side is
//!   used by one thread at a time. Handing an inbox on is a release and an acquire.
//! - **Own-turn.** The list of `own` is touched only by the thread that is in a turn of the loop. A signal handler on that
//!   thread may come between any two steps; `busy` sends it the long way round while the list is being changed. All of it
//!   is relaxed atomics, so even a thread that was mistaken for another could lose a wake but do no other harm.
//! - **No-lost-wake.** A wake either precedes the load of the count before a poll, and then that poll sees all that the
//!   waker wrote; or it changes the count after that load, and then `park` fails; or it finds PARKED, and pushes.
//!   (The count would have to go round exactly once within one poll to be missed: 2^31 wakes on 32-bit machines.)
//!
//! Cost: in a turn of one's own, a wake is a few loads and stores. From elsewhere a wake of a waiting task is two
//! compare-and-swaps, of a task that is being polled one; a poll that goes back to waiting is one. A poll after a
//! timer, a join or a spawn while the cell is parked needs none.
//!
//! ## Signals
//!
//! A [`Signal`] is for the other direction: a bit that is set anywhere, and one waker kept until then. Who may touch the
//! waker is decided by the bit BUSY:
//!
//! ```text
//!   set, anywhere: never waits                         the waiter's poll
//!     1. OR in SET and BUSY                              1. SET: take it, done
//!     2. BUSY was set: whoever set it sees SET           2. 0 → BUSY; leave the waker; BUSY → 0
//!     3. else take the waker, clear BUSY, call it        3. that failed: SET came meanwhile, take it, done
//! ```
//!
//! - **Busy-owns.** The waker is touched only by who changed BUSY from 0 to 1, until it clears it.
//! - **Seen-or-called.** A SET that comes while the waiter has BUSY fails its last step; one that comes before is seen by
//!   its first; one that comes after finds the waker. One that comes while another `set` has BUSY needs nothing: that
//!   one's call is still to come, or the waiter, which could not leave its waker, polls again.
//!
//! All of the crate's `unsafe` is in this file: pointers to cells, inboxes and doorbells that become references again, each
//! by **Eternal**, the waker made of one, and the waker kept in a signal, by **Busy-owns**.

#![allow(unsafe_code)]

#[cfg(not(loom))]
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, compiler_fence};
#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use core::ptr;
#[cfg(loom)]
use core::sync::atomic::compiler_fence;
use core::task::{RawWaker, RawWakerVTable, Waker};

#[cfg(feature = "alloc")]
use crate::space::NoRoom;

/// The task waits, and the next wake has to push its cell.
const PARKED: usize = 1;
/// One wake. The count is above the flag.
const TICK: usize = 2;
/// No cell: the end of a chain, the empty inbox.
const NOBODY: u32 = 0;
/// The cell is not in the list of those woken in a turn of their own.
const UNLISTED: u32 = u32::MAX;
/// Beside the position of the one who has its turn: it has woken itself.
const AGAIN: u32 = 1 << 31;

/// What to ring when a task is woken while the loop may be asleep.
///
/// It rings on the waker's side: in an interrupt handler, on another thread. It must not wait. A ring while the loop is
/// awake must be remembered until its next wait.
#[derive(Debug)]
pub struct Doorbell {
    /// What to call.
    pub ring: fn(token: usize),
    /// What to call it with.
    pub token: usize,
}

/// Where a loop finds the cells of those who were woken.
#[derive(Debug)]
pub struct Inbox {
    /// The position (index + 1) of the cell woken last, or `NOBODY`.
    head: AtomicU32,
    /// The position of the cell woken last in a turn of the loop itself, or `NOBODY`.
    own: AtomicU32,
    /// The list of `own` is being changed.
    busy: AtomicBool,
    /// The position of the cell whose task has its turn, and `AGAIN` once the task has woken itself.
    polled: AtomicU32,
    claimed: AtomicBool,
    doorbell: AtomicPtr<Doorbell>,
    /// The cell added last, from which `older` leads to all others. Only for cells made by [`Inbox::add_cell`].
    #[cfg(feature = "alloc")]
    newest: AtomicPtr<WakeCell>,
    /// The next inbox in the pool.
    #[cfg(all(feature = "alloc", not(loom)))]
    pooled: AtomicPtr<Inbox>,
}

impl Inbox {
    const_unless_loom! {
        /// An inbox with nobody in it. Without `alloc` it is made as a `static`.
        pub fn new() -> Inbox {
            Inbox {
                head: AtomicU32::new(NOBODY),
                own: AtomicU32::new(NOBODY),
                busy: AtomicBool::new(false),
                polled: AtomicU32::new(NOBODY),
                claimed: AtomicBool::new(false),
                doorbell: AtomicPtr::new(ptr::null_mut()),
                #[cfg(feature = "alloc")]
                newest: AtomicPtr::new(ptr::null_mut()),
                #[cfg(all(feature = "alloc", not(loom)))]
                pooled: AtomicPtr::new(ptr::null_mut()),
            }
        }
    }

    /// Takes possession for one loop. False if some loop has it.
    pub(crate) fn claim(&self) -> bool {
        self.claimed.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Ends the possession.
    pub(crate) fn release(&self) {
        self.set_doorbell(None);
        self.claimed.store(false, Ordering::Release);
    }

    pub(crate) fn set_doorbell(&self, doorbell: Option<&'static Doorbell>) {
        let pointer = doorbell.map_or(ptr::null_mut(), |doorbell| ptr::from_ref(doorbell).cast_mut());
        self.doorbell.store(pointer, Ordering::Release);
    }

    /// Whether nobody was woken. Two plain loads.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head.load(Ordering::Relaxed) == NOBODY && self.own.load(Ordering::Relaxed) == NOBODY
    }

    /// Whether nobody was woken from outside the loop's own turns.
    #[inline]
    pub(crate) fn is_quiet_outside(&self) -> bool {
        self.head.load(Ordering::Relaxed) == NOBODY
    }

    /// Whether anybody was woken in a turn of the loop itself.
    #[inline(always)]
    pub(crate) fn has_own(&self) -> bool {
        turn::CAN_BE_TOLD && self.own.load(Ordering::Relaxed) != NOBODY
    }

    /// The index of the one woken last in a turn of the loop itself; without meaning if there is nobody.
    #[inline(always)]
    pub(crate) fn latest_own(&self) -> u32 {
        self.own.load(Ordering::Relaxed).wrapping_sub(1)
    }

    /// Takes a cell off the list of those woken in a turn of the loop itself, if it is the only one there.
    #[inline(always)]
    pub(crate) fn take_only(&self, cell: &WakeCell) -> bool {
        self.set_busy(true);
        let is_only = cell.listed.load(Ordering::Relaxed) == NOBODY
            && self.own.load(Ordering::Relaxed) == cell.position;
        if is_only {
            self.own.store(NOBODY, Ordering::Relaxed);
            cell.listed.store(UNLISTED, Ordering::Relaxed);
        }
        self.set_busy(false);
        is_only
    }

    /// Takes everybody who was woken in a turn of the loop itself, in the order of waking, and hands over what `find`
    /// knows beside the cell of an index. Mostly there is nobody or one.
    #[inline(always)]
    pub(crate) fn drain_own<T>(
        &self,
        find: impl Fn(u32) -> Option<(&'static WakeCell, T)>,
        mut woken: impl FnMut(T),
    ) {
        let newest = self.own.load(Ordering::Relaxed);
        if newest == NOBODY {
            return;
        }
        let Some((cell, known)) = find(newest.wrapping_sub(1)) else {
            // A waker from the time when the inbox belonged to a loop with more tasks.
            return self.own.store(NOBODY, Ordering::Relaxed);
        };
        if self.take_only(cell) {
            return woken(known);
        }
        self.set_busy(true);
        let mut chain = self.take_own(&|index| find(index).map(|(cell, _)| cell));
        self.set_busy(false);
        while let Some((this, known)) = chain.checked_sub(1).and_then(&find) {
            chain = this.listed.load(Ordering::Relaxed);
            this.listed.store(UNLISTED, Ordering::Relaxed);
            woken(known);
        }
    }

    /// The list of those woken in a turn of the loop itself, turned round: the first comes first. It is empty afterwards.
    #[inline(never)]
    fn take_own(&self, cell: &impl Fn(u32) -> Option<&'static WakeCell>) -> u32 {
        let mut at = self.own.load(Ordering::Relaxed);
        self.own.store(NOBODY, Ordering::Relaxed);
        let mut chain = NOBODY;
        while let Some(this) = at.checked_sub(1).and_then(cell) {
            let next = this.listed.load(Ordering::Relaxed);
            this.listed.store(chain, Ordering::Relaxed);
            chain = core::mem::replace(&mut at, next);
        }
        chain
    }

    /// Notes whose turn it is, by the index of its cell.
    #[inline(always)]
    pub(crate) fn begin_turn(&self, index: u32) {
        self.polled.store(index.wrapping_add(1), Ordering::Relaxed);
    }

    /// Whether the task that had its turn has woken itself in it.
    #[inline(always)]
    pub(crate) fn woke_itself(&self) -> bool {
        turn::CAN_BE_TOLD && self.polled.load(Ordering::Relaxed) & AGAIN != 0
    }

    /// Whether the task with this cell has its turn.
    pub(crate) fn is_polled(&self, index: u32) -> bool {
        self.polled.load(Ordering::Relaxed) & !AGAIN == index.wrapping_add(1)
    }

    /// Whose turn it is, for [`resume_turn`](Self::resume_turn); 0 if nobody has one.
    #[inline]
    pub(crate) fn polled(&self) -> u32 {
        self.polled.load(Ordering::Relaxed)
    }

    /// Notes whose turn it was before.
    pub(crate) fn resume_turn(&self, polled: u32) {
        self.polled.store(polled, Ordering::Relaxed);
    }

    /// Keeps signal handlers on this thread away from the list of `own`, or lets them again.
    #[inline(always)]
    fn set_busy(&self, busy: bool) {
        compiler_fence(Ordering::SeqCst);
        self.busy.store(busy, Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }

    /// Takes everybody who was woken, in the order of waking. `cell` finds a cell of this inbox by index.
    pub(crate) fn drain(
        &self,
        mut cell: impl FnMut(u32) -> Option<&'static WakeCell>,
        mut woken: impl FnMut(u32),
    ) {
        if self.is_quiet_outside() {
            return;
        }
        let mut at = self.head.swap(NOBODY, Ordering::Acquire);
        let mut chain = NOBODY;
        while let Some(this) = at.checked_sub(1).and_then(&mut cell) {
            let next = this.next.load(Ordering::Relaxed);
            this.next.store(chain, Ordering::Relaxed);
            chain = core::mem::replace(&mut at, next);
        }
        while let Some(this) = chain.checked_sub(1).and_then(&mut cell) {
            chain = this.next.load(Ordering::Relaxed);
            this.armed.store(false, Ordering::Relaxed);
            woken(this.index());
        }
    }

    #[inline]
    fn push(&self, cell: &WakeCell) {
        let position = cell.position;
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            cell.next.store(head, Ordering::Relaxed);
            match self.head.compare_exchange_weak(head, position, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break,
                Err(current) => head = current,
            }
        }
        if head == NOBODY {
            let doorbell = self.doorbell.load(Ordering::Acquire);
            // SAFETY: by Eternal; `set_doorbell` is the only writer and is given `&'static Doorbell` or nothing.
            if let Some(doorbell) = unsafe { doorbell.as_ref::<'static>() } {
                (doorbell.ring)(doorbell.token);
            }
        }
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Inbox::new()
    }
}

/// What a waker points to. One for each Rust task that there is room for, recycled and never freed.
#[derive(Debug)]
pub struct WakeCell {
    state: AtomicUsize,
    next: AtomicU32,
    armed: AtomicBool,
    /// The next in the list of those woken in a turn of their own loop, or `UNLISTED`.
    listed: AtomicU32,
    /// Somebody has cloned a waker of the task, and may keep it.
    lent: AtomicBool,
    /// Its index + 1, as it is in lists.
    position: u32,
    inbox: &'static Inbox,
    /// The cell that was added before this one.
    #[cfg(feature = "alloc")]
    older: Option<&'static WakeCell>,
}

impl WakeCell {
    const_unless_loom! {
        /// The cell number `index` of an inbox. Without `alloc` cells are made as a `static` array, whose indices must be
        /// those of the array: see [`cells!`](crate::cells).
        pub fn new(inbox: &'static Inbox, index: u32) -> WakeCell {
            WakeCell {
                state: AtomicUsize::new(0),
                next: AtomicU32::new(NOBODY),
                armed: AtomicBool::new(false),
                listed: AtomicU32::new(UNLISTED),
                lent: AtomicBool::new(false),
                position: index.wrapping_add(1),
                inbox,
                #[cfg(feature = "alloc")]
                older: None,
            }
        }
    }

    /// Asks that the cell's task be polled once more. From anywhere, at any moment; allocates nothing, waits for nobody.
    #[inline]
    pub fn wake(&self) {
        if !(turn::is_of(self.inbox) && self.wake_in_own_turn()) {
            self.wake_from_outside();
        }
    }

    /// On the loop's thread, while one of its tasks has its turn. False for a signal handler that interrupted just this.
    #[inline]
    fn wake_in_own_turn(&self) -> bool {
        let inbox = self.inbox;
        let position = self.position;
        if inbox.polled.load(Ordering::Relaxed) & !AGAIN == position {
            inbox.polled.store(position | AGAIN, Ordering::Relaxed);
            return true;
        }
        if inbox.busy.load(Ordering::Relaxed) {
            return false;
        }
        inbox.set_busy(true);
        if self.listed.load(Ordering::Relaxed) == UNLISTED {
            self.listed.store(inbox.own.load(Ordering::Relaxed), Ordering::Relaxed);
            inbox.own.store(position, Ordering::Relaxed);
        }
        inbox.set_busy(false);
        true
    }

    /// From any thread or interrupt.
    fn wake_from_outside(&self) {
        let mut seen = self.state.load(Ordering::Relaxed);
        loop {
            let woken = seen.wrapping_add(TICK) & !PARKED;
            match self.state.compare_exchange_weak(seen, woken, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break,
                Err(current) => seen = current,
            }
        }
        if seen & PARKED != 0 {
            self.inbox.push(self);
        }
    }

    /// Whether the cell is parked or has been woken since and not yet been drained: then the inbox will bring it.
    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.armed.load(Ordering::Relaxed)
    }

    /// The count before a poll, to be given to [`park`](Self::park) after it.
    #[inline]
    pub(crate) fn wakes(&self) -> usize {
        self.state.load(Ordering::Acquire)
    }

    /// Lets the task wait, unless somebody woke it since `wakes` was read. Only for a cell that is not armed.
    #[inline]
    pub(crate) fn park(&self, wakes: usize) -> bool {
        let parked = self.state.load(Ordering::Relaxed) == wakes
            && self
                .state
                .compare_exchange(wakes, wakes | PARKED, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok();
        if parked {
            self.armed.store(true, Ordering::Relaxed);
        }
        parked
    }

    /// Forgets the list that it was on when its former loop went away. Only for the loop that has the inbox.
    pub(crate) fn forget_former_loop(&self) {
        self.inbox.own.store(NOBODY, Ordering::Relaxed);
        self.listed.store(UNLISTED, Ordering::Relaxed);
    }

    /// Whether anybody has cloned a waker of the task, since it was made.
    pub(crate) fn is_lent(&self) -> bool {
        self.lent.load(Ordering::Relaxed)
    }

    /// Another task has the cell from now on.
    pub(crate) fn begin_task(&self) {
        self.lent.store(false, Ordering::Relaxed);
    }

    /// Its place among the cells of its inbox.
    #[inline]
    pub(crate) fn index(&self) -> u32 {
        self.position.wrapping_sub(1)
    }

    /// Whether the cell reports to this inbox.
    pub(crate) fn reports_to(&self, inbox: &'static Inbox) -> bool {
        ptr::eq(self.inbox, inbox)
    }

    /// A waker for this cell. Making and dropping it do nothing; cloning it is noted.
    #[inline]
    pub(crate) fn waker(&'static self) -> Waker {
        // SAFETY: VTABLE keeps the contract of `RawWaker`: its functions may be called from any thread at any moment,
        // because all that they touch is atomic or fixed, and for ever, by Eternal.
        unsafe { Waker::from_raw(self.raw()) }
    }

    #[inline]
    fn raw(&'static self) -> RawWaker {
        RawWaker::new(ptr::from_ref(self).cast(), &VTABLE)
    }

    /// The cell behind a waker, if it is one of ours.
    #[inline]
    pub(crate) fn of(waker: &Waker) -> Option<&'static WakeCell> {
        if ptr::eq(waker.vtable(), &VTABLE) {
            // SAFETY: only `raw` makes wakers with this table (it is a private static, so it has an address of its own).
            Some(unsafe { WakeCell::from_raw(waker.data()) })
        } else {
            None
        }
    }

    /// # Safety
    /// The pointer comes from [`raw`](Self::raw).
    #[inline]
    unsafe fn from_raw(data: *const ()) -> &'static WakeCell {
        // SAFETY: `raw` was given a `&'static WakeCell`, which lives for ever (Eternal) and is only ever shared.
        unsafe { &*data.cast::<WakeCell>() }
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, drop_nothing);

/// # Safety
/// As for all functions of [`VTABLE`]: the pointer comes from [`WakeCell::raw`].
unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: passed on from the caller.
    let cell = unsafe { WakeCell::from_raw(data) };
    cell.lent.store(true, Ordering::Relaxed);
    cell.raw()
}

/// # Safety
/// As [`clone`].
unsafe fn wake(data: *const ()) {
    // SAFETY: passed on from the caller.
    unsafe { WakeCell::from_raw(data) }.wake();
}

/// # Safety
/// None needed; a cell is not owned by its wakers.
unsafe fn drop_nothing(_: *const ()) {}

/// Whose turn it is on this thread: how a waker learns that it is called by a task of its own loop.
#[cfg(all(feature = "std", not(loom)))]
mod turn {
    use super::Inbox;
    use core::cell::Cell;
    use core::ptr;

    /// Whether it can be told at all.
    pub(super) const CAN_BE_TOLD: bool = true;

    std::thread_local! {
        /// The inbox of the loop that is running on this thread. Only compared, never followed.
        static RUNNING: Cell<*const Inbox> = const { Cell::new(ptr::null()) };
    }

    /// Whether this thread is in a turn of the loop that has this inbox.
    #[inline]
    pub(super) fn is_of(inbox: &Inbox) -> bool {
        RUNNING.try_with(|running| ptr::eq(running.get(), inbox)).unwrap_or(false)
    }

    pub(super) fn exchange(inbox: *const Inbox) -> *const Inbox {
        RUNNING.try_with(|running| running.replace(inbox)).unwrap_or(ptr::null())
    }
}

/// Without threads that could be told apart, every wake may come from anywhere.
#[cfg(any(not(feature = "std"), loom))]
mod turn {
    use super::Inbox;

    pub(super) const CAN_BE_TOLD: bool = cfg!(loom);

    #[inline]
    pub(super) const fn is_of(_: &Inbox) -> bool {
        false
    }

    #[inline]
    pub(super) const fn exchange(_: *const Inbox) -> *const Inbox {
        core::ptr::null()
    }
}

/// Held while the tasks of a loop have their turns on this thread; or, with no loop, while somebody waits in between.
pub(crate) struct InTurn(*const Inbox);

impl InTurn {
    #[inline]
    pub(crate) fn of(inbox: &'static Inbox) -> InTurn {
        InTurn(turn::exchange(inbox))
    }

    #[inline]
    pub(crate) fn of_nobody() -> InTurn {
        InTurn(turn::exchange(ptr::null()))
    }
}

impl Drop for InTurn {
    #[inline]
    fn drop(&mut self) {
        turn::exchange(self.0);
    }
}

/// Makes the static inbox and cells of a loop that must not allocate.
///
/// ```
/// use wigwag_scheduler::{cells, Inbox, WakeCell};
///
/// static INBOX: Inbox = Inbox::new();
/// static CELLS: [WakeCell; 4] = cells!(&INBOX; 0, 1, 2, 3);
/// ```
#[macro_export]
macro_rules! cells {
    ($inbox:expr; $($index:literal),* $(,)?) => { [$($crate::WakeCell::new($inbox, $index)),*] };
}

#[cfg(not(loom))]
use core::cell::UnsafeCell;
#[cfg(loom)]
use loom::cell::UnsafeCell;

/// The event has happened.
const SET: usize = 1;
/// Somebody has the waker in hand.
const BUSY: usize = 2;
/// Somebody waits.
const AWAITED: usize = 4;

/// A bit that is set from anywhere, and the waker of the one who waits for it.
#[derive(Debug)]
pub(crate) struct Signal {
    state: AtomicUsize,
    waker: UnsafeCell<Option<Waker>>,
}

// SAFETY: by Busy-owns nobody touches the waker at the same time as another; a `Waker` may be sent.
unsafe impl Sync for Signal {}

impl Signal {
    const_unless_loom! {
        /// Not set, and nobody waits.
        pub fn new() -> Signal {
            Signal { state: AtomicUsize::new(0), waker: UnsafeCell::new(None) }
        }
    }

    /// Puts another waker in the slot; the one before is for the caller to call or to drop.
    ///
    /// # Safety
    /// The caller has changed BUSY from 0 to 1 and not cleared it since.
    unsafe fn exchange(&self, waker: Option<Waker>) -> Option<Waker> {
        #[cfg(not(loom))]
        // SAFETY: by Busy-owns nobody else has a reference to it.
        return core::mem::replace(unsafe { &mut *self.waker.get() }, waker);
        #[cfg(loom)]
        // SAFETY: as above; loom checks it.
        return self.waker.with_mut(|slot| core::mem::replace(unsafe { &mut *slot }, waker));
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self) -> bool {
        self.state.load(Ordering::Acquire) & SET != 0
    }

    /// Sets it and calls who waits. From anywhere, at any moment.
    pub(crate) fn set(&self) {
        if self.state.fetch_or(SET | BUSY, Ordering::AcqRel) & BUSY != 0 {
            return;
        }
        // SAFETY: it is this call that set BUSY.
        let waker = unsafe { self.exchange(None) };
        self.state.fetch_and(!BUSY, Ordering::AcqRel);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Unsets it; says whether it was set.
    pub(crate) fn take(&self) -> bool {
        self.state.fetch_and(!SET, Ordering::AcqRel) & SET != 0
    }

    /// Becomes the one who waits. False if somebody does already.
    pub(crate) fn claim(&self) -> bool {
        self.state.fetch_or(AWAITED, Ordering::AcqRel) & AWAITED == 0
    }

    /// Stops being the one who waits.
    pub(crate) fn unclaim(&self) {
        let waker = if self.state.fetch_or(BUSY, Ordering::AcqRel) & BUSY == 0 {
            // SAFETY: it is this call that set BUSY.
            let waker = unsafe { self.exchange(None) };
            self.state.fetch_and(!(BUSY | AWAITED), Ordering::AcqRel);
            waker
        } else {
            // A `set` has it, and takes the waker.
            self.state.fetch_and(!AWAITED, Ordering::AcqRel);
            None
        };
        drop(waker);
    }

    /// For the one who waits: true, and it is unset, if it was set; otherwise the waker is called when it is.
    pub(crate) fn poll(&self, waker: &Waker) -> bool {
        if self.is_set() && self.take() {
            return true;
        }
        let entered =
            self.state.compare_exchange(AWAITED, AWAITED | BUSY, Ordering::AcqRel, Ordering::Relaxed);
        if entered.is_err() {
            // Set just now, or a `set` is about to call the former waker. Either way it is soon decided.
            waker.wake_by_ref();
            return false;
        }
        // SAFETY: it is this call that set BUSY.
        let former = unsafe { self.exchange(Some(waker.clone())) };
        let left = self.state.compare_exchange(AWAITED | BUSY, AWAITED, Ordering::AcqRel, Ordering::Relaxed);
        let mut mine = None;
        if left.is_err() {
            // SAFETY: BUSY is still this call's: a `set` that finds it leaves it.
            mine = unsafe { self.exchange(None) };
            self.state.fetch_and(!BUSY, Ordering::AcqRel);
        }
        let is_set = mine.is_some() && self.take();
        if mine.is_some() && !is_set {
            waker.wake_by_ref();
        }
        drop((former, mine));
        is_set
    }
}

/// Inboxes and cells that are made at run time: leaked once, and used again and again.
#[cfg(feature = "alloc")]
mod growing {
    use super::*;
    use alloc::vec::Vec;

    /// Puts a value where it can stay for ever.
    fn leak<T>(value: T) -> Result<&'static T, NoRoom> {
        let mut room = Vec::new();
        room.try_reserve_exact(1).map_err(|_| NoRoom)?;
        room.push(value);
        room.leak().first().ok_or(NoRoom)
    }

    /// The inboxes of loops that are gone, linked by `pooled`. Taken as a whole, so that no element can change under
    /// somebody who looks at it.
    #[cfg(not(loom))]
    static POOL: AtomicPtr<Inbox> = AtomicPtr::new(ptr::null_mut());

    impl Inbox {
        /// An inbox for a new loop, claimed: one that a former loop left, with its cells, or a new one.
        pub(crate) fn obtain() -> Result<&'static Inbox, NoRoom> {
            #[cfg(not(loom))]
            {
                let taken = POOL.swap(ptr::null_mut(), Ordering::Acquire);
                // SAFETY: by Eternal; `retire` puts only `&'static Inbox` into the pool.
                if let Some(inbox) = unsafe { taken.as_ref::<'static>() } {
                    let mut rest = inbox.pooled.swap(ptr::null_mut(), Ordering::Relaxed);
                    // SAFETY: as above.
                    while let Some(other) = unsafe { rest.as_ref::<'static>() } {
                        rest = other.pooled.load(Ordering::Relaxed);
                        other.put_into_pool();
                    }
                    if inbox.claim() {
                        return Ok(inbox);
                    }
                }
            }
            let inbox = leak(Inbox::new())?;
            inbox.claim();
            Ok(inbox)
        }

        /// The end of a loop made with [`obtain`](Self::obtain).
        pub(crate) fn retire(&'static self) {
            self.release();
            #[cfg(not(loom))]
            self.put_into_pool();
        }

        #[cfg(not(loom))]
        fn put_into_pool(&'static self) {
            let mut head = POOL.load(Ordering::Relaxed);
            loop {
                self.pooled.store(head, Ordering::Relaxed);
                let this = ptr::from_ref(self).cast_mut();
                match POOL.compare_exchange_weak(head, this, Ordering::AcqRel, Ordering::Relaxed) {
                    Ok(_) => return,
                    Err(current) => head = current,
                }
            }
        }

        /// The cells this inbox already has, newest first.
        pub(crate) fn cells(&'static self) -> impl Iterator<Item = &'static WakeCell> {
            let newest = self.newest.load(Ordering::Relaxed);
            // SAFETY: by Eternal; `add_cell` is the only writer and stores a `&'static WakeCell`.
            let newest = unsafe { newest.as_ref::<'static>() };
            core::iter::successors(newest, |cell| cell.older)
        }

        /// One more cell.
        pub(crate) fn add_cell(&'static self) -> Result<&'static WakeCell, NoRoom> {
            let older = self.cells().next();
            let index = older.map_or(0, |cell| cell.position);
            let cell = leak(WakeCell { older, ..WakeCell::new(self, index) })?;
            self.newest.store(ptr::from_ref(cell).cast_mut(), Ordering::Relaxed);
            Ok(cell)
        }
    }
}

#[cfg(test)]
mod tests;
