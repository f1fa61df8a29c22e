//! The stand-alone loop: asyncio's verbs for Rust.
//!
//! A [`Loop`] owns the tasks; a [`Handle`] is what tasks and the program hold to reach it. The names are asyncio's, and a
//! handle called `asyncio` reads as its Python counterpart does:
//!
//! ```
//! use wigwag_scheduler::{Handle, Loop, VirtualClock};
//!
//! async fn blink(asyncio: Handle, times: u32) -> u32 {
//!     for _ in 0..times {
//!         // toggle a LED here
//!         asyncio.sleep_ms(150).await;
//!     }
//!     times
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let event_loop = Loop::new(VirtualClock::new())?;
//! let asyncio = event_loop.handle();
//! let task = asyncio.create_task(blink(asyncio.clone(), 20))?;
//! assert_eq!(event_loop.run_until_complete(task)?, Ok(20));
//! assert_eq!(asyncio.now_us(), 3_000_000);
//! # Ok(())
//! # }
//! ```
//!
//! What must always hold: futures hold handles and handles hold the table of futures, in a circle; the loop's drop
//! empties the table and so breaks it.
//!
//! A future is boxed when its task is created; nothing is allocated after that, whatever it awaits.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefMut};
use core::fmt;
use core::future::Future;
use core::pin::pin;

use crate::boxed::{Boxes, WithMain};
use crate::clock::Clock;
use crate::every::{Every, Late};
use crate::futures::{Core, Growing, Polled, RunError, Sleep, TaskId};
use crate::hooks::{Hooks, NoHooks};
use crate::join::{self, JoinHandle};
use crate::scheduler::{Next, Scheduler, Turn};
use crate::space::NoRoom;
use crate::timeout::Timeout;

/// Why a task was not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateError {
    /// There is no memory for its node, its entry or its wake cell.
    NoRoom,
    /// The loop is gone.
    Closed,
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CreateError::NoRoom => NoRoom.fmt(f),
            CreateError::Closed => f.write_str("the loop is gone"),
        }
    }
}

impl core::error::Error for CreateError {}

impl From<NoRoom> for CreateError {
    fn from(_: NoRoom) -> Self {
        CreateError::NoRoom
    }
}

struct Shared<H: Hooks> {
    core: Core<Growing<H>>,
    bodies: Boxes,
    /// The task that ends `run_forever`, while that runs.
    stopper: Cell<Option<TaskId>>,
    closed: Cell<bool>,
}

/// The way to a loop, for its tasks and for the program around it. Cloning it is cheap. It stays on the loop's thread.
pub struct Handle<H: Hooks = NoHooks>(Rc<Shared<H>>);

impl<H: Hooks> Clone for Handle<H> {
    fn clone(&self) -> Self {
        Handle(self.0.clone())
    }
}

impl<H: Hooks> Handle<H> {
    #[inline]
    pub(crate) fn core(&self) -> &Core<Growing<H>> {
        &self.0.core
    }

    /// Makes a task of a future and puts it in line. It runs whether or not anybody waits for it; dropping the handle
    /// detaches it.
    ///
    /// # Errors
    /// [`CreateError::NoRoom`], or [`CreateError::Closed`] after the loop was dropped.
    pub fn create_task<F>(&self, future: F) -> Result<JoinHandle<F::Output, H>, CreateError>
    where
        F: Future + 'static,
        F::Output: 'static,
        H: 'static,
    {
        if self.0.closed.get() {
            return Err(CreateError::Closed);
        }
        let task = self.0.core.enter()?;
        if self.0.bodies.reserve(task).is_err() {
            self.0.core.forget(task);
            return Err(CreateError::NoRoom);
        }
        let (body, handle) = join::join(future, self, task);
        self.0.bodies.keep(task, Box::pin(body));
        self.0.core.start(task);
        Ok(handle)
    }

    /// Sleeps for so many milliseconds from now. With 0, everybody else who is due has a turn first.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: `CancelledError` is raised at the `await`, and the deadline is forgotten.
    pub fn sleep_ms(&self, ms: u64) -> Sleep<'_, Growing<H>> {
        self.0.core.sleep_ms(ms)
    }

    /// Sleeps for so many microseconds from now.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: has no such sleep; `sleep_ms` behaves alike.
    pub fn sleep_us(&self, us: u64) -> Sleep<'_, Growing<H>> {
        self.0.core.sleep_us(us)
    }

    /// Sleeps until the clock shows `until_us`. A time that has passed is a yield.
    ///
    /// # Cancellation
    /// Rust: dropping it takes it out of the run queue; nothing else has happened.
    /// Python: has no such sleep; `sleep_ms` behaves alike.
    pub fn sleep_until_us(&self, until_us: u64) -> Sleep<'_, Growing<H>> {
        self.0.core.sleep_until_us(until_us)
    }

    /// Gives the future so many milliseconds from now; see [`Core::timeout_ms`].
    ///
    /// # Cancellation
    /// Rust: dropping it drops the future, as the end of its time does, and forgets the deadline.
    /// Python: `CancelledError` is passed on into the awaited; at the end of the time it is what stops the awaited.
    pub fn timeout_ms<F: Future>(&self, ms: u64, future: F) -> Timeout<'_, F, Growing<H>> {
        self.0.core.timeout_ms(ms, future)
    }

    /// Ticks every so many milliseconds, the first one period from now; see [`Core::every_ms`].
    pub fn every_ms(&self, period_ms: u64, late: Late) -> Every<'_, Growing<H>> {
        self.0.core.every_ms(period_ms, late)
    }

    /// The loop's time, in microseconds.
    pub fn now_us(&self) -> u64 {
        self.0.core.clock().now_us()
    }

    /// Lets [`Loop::run_forever`] return, after those who are in line before this call. Without it, nothing happens.
    pub fn stop(&self) {
        if let Some(stopper) = self.0.stopper.take() {
            self.0.core.start(stopper);
        }
    }

    /// How many tasks there are.
    pub fn tasks(&self) -> usize {
        self.0.core.tasks()
    }

    /// How many bytes of storage the loop holds, not counting what the futures are boxed in.
    pub fn bytes(&self) -> usize {
        self.0.core.bytes() + self.0.bodies.bytes()
    }

    /// For a program that drives the loop itself: whose turn is it, at `now_us` microseconds? See [`Core::next`].
    pub fn next(&self, now_us: u64) -> Next {
        self.0.core.next(now_us)
    }

    /// For a program that drives the loop itself: takes a turn that is not the program's own. See [`Core::poll`]. From
    /// inside a task it does nothing.
    pub fn poll(&self, turn: Turn) -> Polled {
        match self.0.bodies.lend() {
            Some(mut bodies) => self.0.core.poll(turn, &mut bodies),
            None => Polled::Nothing,
        }
    }

    /// For a program that drives the loop itself: its own nodes and queues. The function must not use the handle.
    pub fn with_scheduler<R>(&self, f: impl FnOnce(&mut Scheduler<Vec<crate::Slot>, H>) -> R) -> R {
        self.0.core.with_scheduler(f)
    }

    /// For a program that drives the loop itself: the same, where a function would be in the way. While it is held the
    /// handle must not be used otherwise.
    #[inline]
    pub fn scheduler(&self) -> RefMut<'_, Scheduler<Vec<crate::Slot>, H>> {
        self.0.core.scheduler()
    }
}

/// A loop and its tasks.
pub struct Loop<H: Hooks = NoHooks> {
    handle: Handle<H>,
}

impl Loop {
    /// A loop with this clock.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for its inbox.
    pub fn new(clock: impl Clock + 'static) -> Result<Loop, NoRoom> {
        Loop::with_hooks(clock, NoHooks)
    }
}

impl<H: Hooks> Loop<H> {
    /// A loop that tells `hooks` what happens.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for its inbox.
    pub fn with_hooks(clock: impl Clock + 'static, hooks: H) -> Result<Loop<H>, NoRoom> {
        let shared = Shared {
            core: Core::growing(Box::new(clock), hooks)?,
            bodies: Boxes::default(),
            stopper: Cell::new(None),
            closed: Cell::new(false),
        };
        Ok(Loop { handle: Handle(Rc::new(shared)) })
    }

    /// The way to the loop, for tasks.
    pub fn handle(&self) -> Handle<H> {
        self.handle.clone()
    }

    /// Runs all tasks until this future is finished, and returns its result. It need not be boxed and may borrow. The
    /// other tasks stay in line and go on at the next run.
    ///
    /// # Errors
    /// [`RunError::Deadlock`] when nothing can wake anybody any more; [`RunError::Nested`] from inside a task;
    /// [`RunError::NoRoom`].
    pub fn run_until_complete<F: Future>(&self, main: F) -> Result<F::Output, RunError> {
        let shared = &*self.handle.0;
        let main = pin!(main);
        let others = shared.bodies.lend().ok_or(RunError::Nested)?;
        let mut result = None;
        let task = shared.core.enter()?;
        let forget = Forget(shared, task);
        shared.core.start(task);
        let mut bodies = WithMain { others, task, main, result: &mut result };
        shared.core.run(&mut bodies, |polled| polled == Polled::Done(task))?;
        drop(bodies);
        drop(forget);
        // Done without a result: somebody cancelled it by name. Nothing will ever finish it.
        result.ok_or(RunError::Deadlock { parked: 0 })
    }

    /// Runs all tasks until somebody calls [`Handle::stop`].
    ///
    /// # Errors
    /// As [`run_until_complete`](Self::run_until_complete).
    pub fn run_forever(&self) -> Result<(), RunError> {
        let shared = &*self.handle.0;
        let mut bodies = shared.bodies.lend().ok_or(RunError::Nested)?;
        let stopper = shared.core.enter()?;
        let _forget = Forget(shared, stopper);
        shared.stopper.set(Some(stopper));
        shared.core.run(&mut bodies, |polled| polled == Polled::Done(stopper)).map_err(|error| match error {
            // The stopper is no task of the program's.
            RunError::Deadlock { parked } => RunError::Deadlock { parked: parked.saturating_sub(1) },
            other => other,
        })
    }
}

/// Forgets a task that has no future in the table, however the run ends.
struct Forget<'a, H: Hooks>(&'a Shared<H>, TaskId);

impl<H: Hooks> Drop for Forget<'_, H> {
    fn drop(&mut self) {
        let Forget(shared, task) = self;
        shared.core.forget(*task);
        if shared.stopper.get() == Some(*task) {
            shared.stopper.set(None);
        }
    }
}

impl<H: Hooks> Drop for Loop<H> {
    fn drop(&mut self) {
        let shared = &*self.handle.0;
        shared.closed.set(true);
        shared.bodies.clear();
    }
}
