//! `Queue`: items handed from task to task.

use core::cell::{RefCell, RefMut};
use core::marker::PhantomData;

use super::line::Permits;
use super::wait::Wait;
use super::{OnLoop, SchedulerOf};
#[cfg(feature = "alloc")]
use crate::space::NoRoom;
use crate::space::Space;

/// A queue whose room is part of it: nothing is allocated.
pub type FixedQueue<T, A, const N: usize> = Queue<T, A, [Option<T>; N]>;

/// A queue with room for a number of items. Many may put, many may get; items come out in the order in which they were
/// put, and those who wait are served in the order in which they came.
///
/// ```
/// use wigwag_scheduler::{Loop, VirtualClock, gather, sync::Queue};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let readings = Queue::bounded(&asyncio, 4)?;
/// let (_, sum) = event_loop.run_until_complete(gather((
///     async {
///         for reading in 1..=10 {
///             readings.put(reading).await; // waits while four are in it
///         }
///     },
///     async {
///         let mut sum = 0;
///         for _ in 0..10 {
///             sum += readings.get().await;
///         }
///         sum
///     },
/// )))?;
/// assert_eq!(sum, 55);
/// # Ok(())
/// # }
/// ```
///
/// What must always hold: items in the ring = free permits for items + getters that were called and have not come; room
/// likewise.
pub struct Queue<T, A: OnLoop, S: Space<Option<T>>> {
    asyncio: A,
    room: RefCell<Permits>,
    items: RefCell<Permits>,
    ring: RefCell<Ring<T, S>>,
}

struct Ring<T, S> {
    places: S,
    first: usize,
    count: usize,
    holds: PhantomData<T>,
}

impl<T, S: Space<Option<T>>> Ring<T, S> {
    /// Puts an item behind the others; gives it back if there is no room.
    fn push(&mut self, item: T) -> Result<(), T> {
        let places = self.places.items_mut();
        let at = self.first + self.count;
        let at = if at < places.len() { at } else { at - places.len() };
        match places.get_mut(at) {
            Some(place @ None) => {
                *place = Some(item);
                self.count += 1;
                Ok(())
            }
            _ => Err(item),
        }
    }

    fn pop(&mut self) -> Option<T> {
        let places = self.places.items_mut();
        let item = places.get_mut(self.first)?.take()?;
        self.count -= 1;
        self.first = if self.first + 1 < places.len() { self.first + 1 } else { 0 };
        Some(item)
    }
}

impl<T, A: OnLoop, const N: usize> FixedQueue<T, A, N> {
    /// A queue with room for `N` items.
    pub const fn fixed(asyncio: A) -> Self {
        Queue::with_places(asyncio, [const { None }; N], N)
    }
}

#[cfg(feature = "alloc")]
impl<T, A: OnLoop> Queue<T, A, alloc::vec::Vec<Option<T>>> {
    /// A queue with room for `capacity` items, allocated here and never again.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for so many.
    pub fn bounded(asyncio: A, capacity: usize) -> Result<Self, NoRoom> {
        let mut places = alloc::vec::Vec::new();
        places.ensure(capacity)?;
        Ok(Queue::with_places(asyncio, places, capacity))
    }
}

impl<T, A: OnLoop, S: Space<Option<T>>> Queue<T, A, S> {
    const fn with_places(asyncio: A, places: S, capacity: usize) -> Self {
        Queue {
            asyncio,
            room: RefCell::new(Permits::new(capacity)),
            items: RefCell::new(Permits::new(0)),
            ring: RefCell::new(Ring { places, first: 0, count: 0, holds: PhantomData }),
        }
    }

    /// How many items are in it, those included that somebody was called for.
    pub fn len(&self) -> usize {
        self.ring.borrow().count
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many items there is room in all.
    pub fn capacity(&self) -> usize {
        self.ring.borrow().places.items().len()
    }

    /// Puts an item, when there is room and everybody who came before has put theirs.
    ///
    /// # Cancellation
    /// Rust: dropping it drops the item and loses the place in line, or passes the room on; see [`room`](Self::room).
    /// Python: `CancelledError` is raised at the `await`, and the caller still has the item.
    pub async fn put(&self, item: T) {
        self.room().await.put(item);
    }

    /// Waits for room for one item, which is put into it later. So an item need not be given away before it is known
    /// that it will be put.
    ///
    /// # Cancellation
    /// Rust: dropping it loses its place in line; room that was handed to it already is passed on to the next.
    /// Python: has no such wait; `put` keeps the item with the caller.
    pub async fn room(&self) -> Room<'_, T, A, S> {
        Wait::new(&self.asyncio, &self.room).await;
        Room { queue: self }
    }

    /// Takes the first item, when there is one and everybody who came before has got theirs.
    ///
    /// # Cancellation
    /// Rust: dropping it loses its place in line; an item that it was called for stays, for the next.
    /// Python: `CancelledError` is raised at the `await`, and the item stays alike.
    pub async fn get(&self) -> T {
        loop {
            Wait::new(&self.asyncio, &self.items).await;
            // Always so, because of the permit.
            if let Some(item) = self.take() {
                return item;
            }
        }
    }

    /// Puts an item if there is room and nobody waits to put theirs.
    ///
    /// # Errors
    /// The item, if there is no room.
    pub fn try_put(&self, item: T) -> Result<(), T> {
        if !self.room.borrow_mut().take() {
            return Err(item);
        }
        self.fill(item)
    }

    /// Takes the first item if there is one that nobody else was called for.
    pub fn try_get(&self) -> Option<T> {
        if self.items.borrow_mut().take() { self.take() } else { None }
    }

    /// Puts an item for which there is room, and calls who waits for one.
    fn fill(&self, item: T) -> Result<(), T> {
        self.ring.borrow_mut().push(item)?;
        self.with_items(|items, scheduler| items.give(scheduler));
        Ok(())
    }

    /// Takes an item that is the caller's, and calls who waits for room.
    fn take(&self) -> Option<T> {
        let item = self.ring.borrow_mut().pop()?;
        self.with_room(|room, scheduler| room.give(scheduler));
        Some(item)
    }

    /// The permits for room, for a program whose own tasks stand in the same lines. They must not be held while anybody's
    /// code runs.
    pub fn room_state(&self) -> RefMut<'_, Permits> {
        self.room.borrow_mut()
    }

    /// The permits for items, likewise.
    pub fn items_state(&self) -> RefMut<'_, Permits> {
        self.items.borrow_mut()
    }

    /// Looks at the first item. The function must not use the queue.
    pub fn with_first<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        let ring = self.ring.borrow();
        ring.places.items().get(ring.first)?.as_ref().map(f)
    }

    /// For the embedding program's own tasks that want to put: see [`Line`](super::Line). With a permit they call
    /// [`put_with_permit`](Self::put_with_permit). The function must not use the loop otherwise.
    pub fn with_room<R>(&self, f: impl FnOnce(&mut Permits, &mut SchedulerOf<A>) -> R) -> R {
        self.asyncio.core().with_scheduler(|scheduler| f(&mut self.room.borrow_mut(), scheduler))
    }

    /// For the embedding program's own tasks that want to get: see [`Line`](super::Line). With a permit they call
    /// [`get_with_permit`](Self::get_with_permit). The function must not use the loop otherwise.
    pub fn with_items<R>(&self, f: impl FnOnce(&mut Permits, &mut SchedulerOf<A>) -> R) -> R {
        self.asyncio.core().with_scheduler(|scheduler| f(&mut self.items.borrow_mut(), scheduler))
    }

    /// Puts an item, for a task of the embedding program that has a permit for room.
    ///
    /// # Errors
    /// The item, if there was no such permit and no room.
    pub fn put_with_permit(&self, item: T) -> Result<(), T> {
        self.fill(item)
    }

    /// Takes an item, for a task of the embedding program that has a permit for one. `None` if there was no such permit
    /// and no item.
    pub fn get_with_permit(&self) -> Option<T> {
        self.take()
    }
}

/// Room for one item in a [`Queue`]; dropping it gives it to the next who wants to put.
#[must_use = "room that is dropped is given back"]
pub struct Room<'a, T, A: OnLoop, S: Space<Option<T>>> {
    queue: &'a Queue<T, A, S>,
}

impl<T, A: OnLoop, S: Space<Option<T>>> Room<'_, T, A, S> {
    /// Puts the item.
    pub fn put(self, item: T) {
        let queue = self.queue;
        // There is room, because of the permit that this value is; it goes to the item.
        if queue.fill(item).is_ok() {
            core::mem::forget(self);
        }
    }
}

impl<T, A: OnLoop, S: Space<Option<T>>> Drop for Room<'_, T, A, S> {
    fn drop(&mut self) {
        let Queue { asyncio, room, .. } = self.queue;
        asyncio.core().try_with_scheduler(|scheduler| room.borrow_mut().give(scheduler));
    }
}
