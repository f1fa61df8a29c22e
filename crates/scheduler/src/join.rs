//! Join handles: a task's result, and the way to cancel it.
//!
//! ```text
//!             the future finishes             the handle is awaited
//!   running ──────────────────────► result ───────────────────────► taken
//!      │  its future is dropped: cancelled, or the loop is gone        ▲
//!      └───────────────────────────► Cancelled ────────────────────────┘
//! ```
//!
//! Dropping a handle detaches the task; it runs on. The result is kept until the handle takes it or goes.

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::event_loop::Handle;
use crate::futures::{CancelSelf, Kept, TaskId};
use crate::hooks::{Hooks, NoHooks};

/// Why a task has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// It was cancelled, or its loop went away first.
    Cancelled,
    /// The handle gave the result away at an earlier poll.
    Taken,
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JoinError::Cancelled => "the task was cancelled",
            JoinError::Taken => "the task's result was taken already",
        })
    }
}

impl core::error::Error for JoinError {}

/// What a task and its handle share.
struct Shared<T> {
    outcome: Cell<Outcome<T>>,
    joiner: Cell<Option<Kept>>,
}

enum Outcome<T> {
    Running,
    Result(T),
    Cancelled,
    Taken,
}

/// The task's side: says how it ended. Dropped without having said so, the task was cancelled.
pub(crate) struct Completion<T, H: Hooks> {
    shared: Rc<Shared<T>>,
    handle: Handle<H>,
}

impl<T, H: Hooks> Completion<T, H> {
    fn end(&self, outcome: Outcome<T>) {
        self.shared.outcome.set(outcome);
        if let Some(joiner) = self.shared.joiner.take() {
            self.handle.core().call(joiner);
        }
    }
}

impl<T, H: Hooks> Drop for Completion<T, H> {
    fn drop(&mut self) {
        match self.shared.outcome.replace(Outcome::Taken) {
            Outcome::Running => self.end(Outcome::Cancelled),
            outcome => self.shared.outcome.set(outcome),
        }
    }
}

pin_project_lite::pin_project! {
    /// A future that hands its result to the join handle.
    pub(crate) struct Spawned<F: Future, H: Hooks> {
        #[pin]
        future: F,
        completion: Completion<F::Output, H>,
    }
}

impl<F: Future, H: Hooks> Future for Spawned<F, H> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        this.future.poll(cx).map(|result| this.completion.end(Outcome::Result(result)))
    }
}

/// A task that somebody may wait for.
///
/// Awaiting it gives `Ok` with what the future returned, or `Err(Cancelled)`. A wait for it may be given up: the task
/// goes on.
///
/// # Cancellation
/// Rust: dropping the handle, or a future that awaits it, detaches the task, which runs on; `cancel` stops it.
/// Python: `CancelledError` at `await task` is passed on to the task that is awaited.
pub struct JoinHandle<T, H: Hooks = NoHooks> {
    shared: Rc<Shared<T>>,
    handle: Handle<H>,
    task: TaskId,
}

impl<T, H: Hooks> JoinHandle<T, H> {
    /// Asks the task to stop. Its future is dropped at its next turn, which is brought forward to now, and not in here.
    /// False if the task is over already; true also when it was asked before.
    ///
    /// # Errors
    /// [`CancelSelf`] when the task asks this of itself.
    pub fn cancel(&self) -> Result<bool, CancelSelf> {
        self.handle.core().cancel(self.task)
    }

    /// Whether the task is over.
    pub fn done(&self) -> bool {
        !self.handle.core().is_live(self.task)
    }

    /// The task's name.
    pub const fn id(&self) -> TaskId {
        self.task
    }
}

impl<T, H: Hooks> Future for JoinHandle<T, H> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = &self.shared;
        match shared.outcome.replace(Outcome::Taken) {
            Outcome::Running => {
                shared.outcome.set(Outcome::Running);
                shared.joiner.set(Some(self.handle.core().keep(cx.waker())));
                Poll::Pending
            }
            Outcome::Result(result) => Poll::Ready(Ok(result)),
            Outcome::Cancelled => Poll::Ready(Err(JoinError::Cancelled)),
            Outcome::Taken => Poll::Ready(Err(JoinError::Taken)),
        }
    }
}

impl<T, H: Hooks> Unpin for JoinHandle<T, H> {}

/// The two ends of a task that is about to start.
pub(crate) fn join<F: Future, H: Hooks>(
    future: F,
    handle: &Handle<H>,
    task: TaskId,
) -> (Spawned<F, H>, JoinHandle<F::Output, H>) {
    let shared = Rc::new(Shared { outcome: Cell::new(Outcome::Running), joiner: Cell::new(None) });
    let completion = Completion { shared: shared.clone(), handle: handle.clone() };
    (Spawned { future, completion }, JoinHandle { shared, handle: handle.clone(), task })
}
