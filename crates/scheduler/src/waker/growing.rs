//! Inboxes and cells that are made at run time: leaked once, and used again and again.
//!
//! What must always hold: the pool holds inboxes that no loop has, each once; whoever takes any takes all, keeps one and puts
//! the others back.

#[cfg(not(loom))]
use core::sync::atomic::{AtomicPtr, Ordering};
#[cfg(loom)]
use loom::sync::atomic::Ordering;

use alloc::vec::Vec;
use core::ptr;

use super::{Inbox, WakeCell};
use crate::space::NoRoom;

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
