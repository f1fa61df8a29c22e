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
//! The life of a cell, as its loop sees it:
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
//! | `index`, `inbox`, `older` | nobody | fixed when made | anybody |
//! | `Inbox::head` | anybody | push; the loop: swap to 0 | anybody |
//! | `Inbox::newest` | the loop | a cell is added | the loop |
//! | `Inbox::claimed` | whoever makes or drops a loop | | the same |
//! | `Inbox::doorbell` | the loop | when it is made and dropped | anybody, in `wake` |
//!
//! ## What must always hold
//!
//! - **Eternal.** Every cell, inbox and doorbell is `'static`. Nothing here is ever freed.
//! - **Once-listed.** A cell is in its inbox at most once. Only the waker that clears PARKED pushes, and PARKED is set only
//!   while the cell is not `armed`, that is, not parked, not in the inbox and not on its way there.
//! - **One-loop.** An inbox, and with it its cells, belongs to one loop at a time ([`Inbox::claim`]); the loop's side is
//!   used by one thread at a time. Handing an inbox on is a release and an acquire.
//! - **No-lost-wake.** A wake either precedes the load of the count before a poll, and then that poll sees all that the
//!   waker wrote; or it changes the count after that load, and then `park` fails; or it finds PARKED, and pushes.
//!   (The count would have to go round exactly once within one poll to be missed: 2^31 wakes on 32-bit machines.)
//!
//! Cost: a wake of a waiting task is two compare-and-swaps, of a task that is being polled one; a poll that goes back to
//! waiting is one. A poll after a timer, a join or a spawn while the cell is parked needs none.
//!
//! All of the crate's `unsafe` is in this file: pointers to cells, inboxes and doorbells that become references again, each
//! by **Eternal**, and the waker made of one.

#![allow(unsafe_code)]

#[cfg(not(loom))]
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use core::ptr;
use core::task::{RawWaker, RawWakerVTable, Waker};

#[cfg(feature = "alloc")]
use crate::space::NoRoom;

/// The task waits, and the next wake has to push its cell.
const PARKED: usize = 1;
/// One wake. The count is above the flag.
const TICK: usize = 2;
/// No cell: the end of a chain, the empty inbox.
const NOBODY: u32 = 0;

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

    /// Whether nobody was woken. One plain load.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head.load(Ordering::Relaxed) == NOBODY
    }

    /// Takes everybody who was woken, in the order of waking. `cell` finds a cell of this inbox by index.
    pub(crate) fn drain(
        &self,
        mut cell: impl FnMut(u32) -> Option<&'static WakeCell>,
        mut woken: impl FnMut(u32),
    ) {
        if self.is_empty() {
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
            woken(this.index);
        }
    }

    #[inline]
    fn push(&self, cell: &WakeCell) {
        let position = cell.index.wrapping_add(1);
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
    index: u32,
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
                index,
                inbox,
                #[cfg(feature = "alloc")]
                older: None,
            }
        }
    }

    /// Asks that the cell's task be polled once more. From anywhere, at any moment; allocates nothing, waits for nobody.
    #[inline]
    pub fn wake(&self) {
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

    /// Its place among the cells of its inbox.
    #[inline]
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// Whether the cell reports to this inbox.
    pub(crate) fn reports_to(&self, inbox: &'static Inbox) -> bool {
        ptr::eq(self.inbox, inbox)
    }

    /// A waker for this cell. Making, cloning and dropping it do nothing.
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
    unsafe { WakeCell::from_raw(data) }.raw()
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
            let index = older.map_or(0, |cell| cell.index + 1);
            let cell = leak(WakeCell { older, ..WakeCell::new(self, index) })?;
            self.newest.store(ptr::from_ref(cell).cast_mut(), Ordering::Relaxed);
            Ok(cell)
        }
    }
}

#[cfg(test)]
mod tests;
