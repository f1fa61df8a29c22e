//! Scopes: tasks that do not outlive the place they were made in.
//!
//! What can be promised about children without `unsafe`:
//!
//! | children | may borrow from the parent | when the parent goes | made with |
//! |---|---|---|---|
//! | futures inside the parent's own | yes | are dropped with it, at once | [`gather`](crate::gather), [`select`](crate::select), `timeout_ms` |
//! | tasks of their own | no (`'static`; share by `Rc`) | are cancelled: dropped at their next turn, which is brought forward to now | [`Scope`] |
//!
//! A task that borrows would need a parent that cannot be forgotten: `mem::forget` is safe, and after it nobody would
//! stop the child before what it borrows is gone. So a child that is a task of its own owns what it uses.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::event_loop::{CreateError, Handle};
use crate::futures::TaskId;
use crate::hooks::{Hooks, NoHooks};
use crate::join::JoinHandle;
use crate::sync::Event;

/// Tasks that belong together. Dropping it cancels those that are not finished.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// use wigwag_scheduler::{Loop, VirtualClock};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let blinks = Rc::new(Cell::new(0));
/// event_loop.run_until_complete(async {
///     let scope = asyncio.scope();
///     let (clock, count) = (asyncio.clone(), blinks.clone());
///     scope.create_task(async move {
///         loop {
///             clock.sleep_ms(100).await;
///             count.set(count.get() + 1);
///         }
///     })?;
///     asyncio.sleep_ms(550).await;
///     Ok::<_, wigwag_scheduler::CreateError>(())
/// })??; // the scope ends here, and the blinking with it
/// event_loop.run_until_complete(asyncio.sleep_ms(1000))?;
/// assert_eq!((blinks.get(), asyncio.tasks()), (5, 0));
/// # Ok(())
/// # }
/// ```
pub struct Scope<H: Hooks = NoHooks> {
    handle: Handle<H>,
    /// Children, some of which may be finished.
    children: RefCell<Vec<TaskId>>,
    state: Rc<State<H>>,
}

struct State<H: Hooks> {
    left: Cell<usize>,
    /// Set while no child is left.
    empty: Event<Handle<H>>,
}

/// One child; its end is noted when this goes, however it goes.
struct Member<H: Hooks>(Rc<State<H>>);

impl<H: Hooks> Drop for Member<H> {
    fn drop(&mut self) {
        let left = self.0.left.get().saturating_sub(1);
        self.0.left.set(left);
        if left == 0 {
            self.0.empty.set();
        }
    }
}

pin_project! {
    struct Child<F, H: Hooks> {
        #[pin]
        future: F,
        member: Member<H>,
    }
}

impl<F: Future, H: Hooks> Future for Child<F, H> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

impl<H: Hooks> Handle<H> {
    /// A scope for tasks that belong together.
    pub fn scope(&self) -> Scope<H> {
        let empty = Event::new(self.clone());
        empty.set();
        let state = Rc::new(State { left: Cell::new(0), empty });
        Scope { handle: self.clone(), children: RefCell::new(Vec::new()), state }
    }
}

impl<H: Hooks + 'static> Scope<H> {
    /// As [`Handle::create_task`]; the task is cancelled when the scope ends.
    ///
    /// # Errors
    /// [`CreateError`] as there.
    pub fn create_task<F>(&self, future: F) -> Result<JoinHandle<F::Output, H>, CreateError>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.make_room()?;
        self.state.left.set(self.state.left.get() + 1);
        self.state.empty.clear();
        let child = Child { future, member: Member(self.state.clone()) };
        let task = self.handle.create_task(child)?;
        self.children.borrow_mut().push(task.id());
        Ok(task)
    }

    /// Finds room for one more child; forgets those that are finished before it asks for more.
    fn make_room(&self) -> Result<(), CreateError> {
        let mut children = self.children.borrow_mut();
        if children.len() == children.capacity() {
            children.retain(|child| self.handle.core().is_live(*child));
        }
        children.try_reserve(1).map_err(|_| CreateError::NoRoom)
    }

    /// How many children are not finished.
    pub fn tasks(&self) -> usize {
        self.state.left.get()
    }

    /// Waits until all children are finished. More may be created meanwhile, also by children that share the scope.
    ///
    /// # Cancellation
    /// Rust: dropping it changes nothing; the children go on as long as the scope.
    /// Python: a `TaskGroup` cancels its tasks when the wait for them is cancelled.
    pub async fn join(&self) {
        while self.tasks() > 0 {
            self.state.empty.wait().await;
        }
    }
}

impl<H: Hooks> Scope<H> {
    /// Cancels all children that are not finished. They are dropped at their next turn, which is brought forward to now.
    /// A child that calls this is left out.
    pub fn cancel(&self) {
        for child in self.children.borrow().iter() {
            // Refused only for the task that calls.
            let _ = self.handle.core().cancel(*child);
        }
    }
}

impl<H: Hooks> Drop for Scope<H> {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// A [`JoinHandle`] that cancels its task when it is dropped, instead of letting it go on.
///
/// # Cancellation
/// Rust: dropping it, or a future that awaits it, cancels the task.
/// Python: `CancelledError` at `await task` is passed on to the task that is awaited.
pub struct Scoped<T, H: Hooks = NoHooks>(JoinHandle<T, H>);

impl<T, H: Hooks> JoinHandle<T, H> {
    /// From now on the task is cancelled when its handle is dropped.
    ///
    /// ```
    /// use wigwag_scheduler::{Loop, VirtualClock};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let event_loop = Loop::new(VirtualClock::new())?;
    /// let asyncio = event_loop.handle();
    /// let clock = asyncio.clone();
    /// let slow = asyncio.create_task(async move { clock.sleep_ms(1000).await })?.scoped();
    /// let waited = event_loop.run_until_complete(asyncio.timeout_ms(10, slow))?;
    /// assert!(waited.is_err());
    /// event_loop.run_until_complete(asyncio.sleep_ms(0))?;
    /// assert_eq!(asyncio.tasks(), 0); // the task is gone, too
    /// # Ok(())
    /// # }
    /// ```
    pub fn scoped(self) -> Scoped<T, H> {
        Scoped(self)
    }
}

impl<T, H: Hooks> Scoped<T, H> {
    /// The handle.
    pub const fn handle(&self) -> &JoinHandle<T, H> {
        &self.0
    }
}

impl<T, H: Hooks> Future for Scoped<T, H> {
    type Output = <JoinHandle<T, H> as Future>::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T, H: Hooks> Drop for Scoped<T, H> {
    fn drop(&mut self) {
        // Refused only for a task that drops its own handle: it goes on.
        let _ = self.0.cancel();
    }
}
