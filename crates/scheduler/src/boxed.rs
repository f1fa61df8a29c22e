//! Boxed futures: the table in which a stand-alone loop keeps them.
//!
//! While tasks run, the table is lent to whoever runs them, so that each future is polled where it is, at the cost of an
//! index. A task created meanwhile cannot be put into the table; its future waits among the newborn until it is first
//! asked for.
//!
//! What must always hold: a future is in the table at the index of its task, or among the newborn with that index, or it
//! has been dropped.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell, RefMut};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::futures::{Bodies, TaskId};
use crate::space::{NoRoom, Space};

pub(crate) type Body = Pin<Box<dyn Future<Output = ()>>>;

/// All futures of a loop.
#[derive(Default)]
pub(crate) struct Boxes {
    table: RefCell<Vec<Option<Body>>>,
    newborn: RefCell<Vec<(u32, Body)>>,
    /// The loop went away while the table was lent.
    closed: Cell<bool>,
}

impl Boxes {
    /// Makes sure that the future of this task will find a place.
    pub(crate) fn reserve(&self, task: TaskId) -> Result<(), NoRoom> {
        match self.table.try_borrow_mut() {
            Ok(mut table) => table.ensure(task.index() as usize + 1),
            Err(_) => self.newborn.borrow_mut().try_reserve(1).map_err(|_| NoRoom),
        }
    }

    /// Keeps the future of a task that was just created. Its place was reserved.
    pub(crate) fn keep(&self, task: TaskId, body: Body) {
        match self.table.try_borrow_mut() {
            Ok(mut table) => {
                if let Some(place) = table.get_mut(task.index() as usize) {
                    *place = Some(body);
                }
            }
            Err(_) => self.newborn.borrow_mut().push((task.index(), body)),
        }
    }

    fn next_newborn(&self) -> Option<(u32, Body)> {
        self.newborn.borrow_mut().pop()
    }

    /// Lends the table; `None` while somebody has it.
    pub(crate) fn lend(&self) -> Option<Lent<'_>> {
        Some(Lent { table: self.table.try_borrow_mut().ok()?, boxes: self })
    }

    /// Drops all futures.
    pub(crate) fn clear(&self) {
        self.closed.set(true);
        // Dropping the borrower clears it.
        drop(self.lend());
    }

    /// How many bytes the table holds, as far as it can be seen: a lent one cannot.
    pub(crate) fn bytes(&self) -> usize {
        self.table.try_borrow().map_or(0, |table| table.bytes())
            + self.newborn.borrow().capacity() * size_of::<(u32, Body)>()
    }
}

/// The table, while tasks run.
pub(crate) struct Lent<'a> {
    table: RefMut<'a, Vec<Option<Body>>>,
    boxes: &'a Boxes,
}

impl Lent<'_> {
    #[cold]
    #[inline(never)]
    fn poll_newborn(&mut self, body: u32, cx: &mut Context<'_>) -> Poll<()> {
        self.settle_newborn();
        match self.table.get_mut(body as usize) {
            Some(Some(future)) => {
                let polled = future.as_mut().poll(cx);
                if polled.is_ready() {
                    self.discard(body);
                }
                polled
            }
            // A task without a future is over: the one that stops the loop.
            _ => Poll::Ready(()),
        }
    }

    /// Gives the newborn their places. One for which there is no memory is dropped: its handle learns that it was
    /// cancelled.
    fn settle_newborn(&mut self) {
        // What is dropped here may create tasks, hence one at a time.
        while let Some((task, body)) = self.boxes.next_newborn() {
            if self.table.ensure(task as usize + 1).is_ok()
                && let Some(place) = self.table.get_mut(task as usize)
            {
                *place = Some(body);
            }
        }
    }
}

impl Bodies for Lent<'_> {
    #[inline(always)]
    fn poll(&mut self, body: u32, cx: &mut Context<'_>) -> Poll<()> {
        let Some(Some(future)) = self.table.get_mut(body as usize) else {
            return self.poll_newborn(body, cx);
        };
        let polled = future.as_mut().poll(cx);
        if polled.is_ready() {
            self.discard(body);
        }
        polled
    }

    fn discard(&mut self, body: u32) {
        self.settle_newborn();
        if let Some(place) = self.table.get_mut(body as usize) {
            drop(place.take());
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.settle_newborn();
        if self.boxes.closed.get() {
            self.table.clear();
        }
    }
}

/// The loop's own futures, and one that lives on the stack of `run_until_complete`.
pub(crate) struct WithMain<'a, F: Future> {
    pub(crate) others: Lent<'a>,
    pub(crate) task: TaskId,
    pub(crate) main: Pin<&'a mut F>,
    pub(crate) result: &'a mut Option<F::Output>,
}

impl<F: Future> WithMain<'_, F> {
    #[inline(never)]
    fn poll_main(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.main.as_mut().poll(cx).map(|result| *self.result = Some(result))
    }
}

impl<F: Future> Bodies for WithMain<'_, F> {
    // Out of line, it costs as much as all the rest of a turn.
    #[inline(always)]
    fn poll(&mut self, body: u32, cx: &mut Context<'_>) -> Poll<()> {
        if body == self.task.index() { self.poll_main(cx) } else { self.others.poll(body, cx) }
    }

    fn discard(&mut self, body: u32) {
        if body != self.task.index() {
            self.others.discard(body);
        }
    }
}
