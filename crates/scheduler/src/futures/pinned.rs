//! Tasks without `alloc`: the caller pins the futures and lends them to the loop for as long as it runs.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::{Bodies, Core, Fixed, Polled, RunError};
use crate::clock::Clock;
use crate::hooks::Hooks;

/// Futures that somebody else owns; `body` is the position in the slice. A future that is discarded is not polled again;
/// its owner drops it.
pub struct Pinned<'b, 'f>(pub &'b mut [Pin<&'f mut dyn Future<Output = ()>>]);

impl Bodies for Pinned<'_, '_> {
    fn poll(&mut self, body: u32, cx: &mut Context<'_>) -> Poll<()> {
        match self.0.get_mut(body as usize) {
            Some(future) => future.as_mut().poll(cx),
            None => Poll::Ready(()),
        }
    }

    fn discard(&mut self, _: u32) {}
}

impl<C: Clock, H: Hooks> Core<Fixed<'_, C, H>> {
    /// Runs these futures as tasks, in the order given, until all of them are finished. Allocates nothing.
    ///
    /// # Errors
    /// [`RunError::NoRoom`] when there are more futures than cells and nodes, [`RunError::Deadlock`] when nothing can
    /// wake those that are left, [`RunError::Nested`] from inside a task. The tasks are forgotten then, and the futures
    /// stay as they are.
    pub fn run_pinned(&self, tasks: &mut [Pin<&mut dyn Future<Output = ()>>]) -> Result<(), RunError> {
        if self.running.get() {
            return Err(RunError::Nested);
        }
        // A task that panicked may have left others behind.
        self.state.borrow_mut().leave_all();
        let result = self.start_and_run(tasks);
        if result.is_err() {
            self.state.borrow_mut().leave_all();
        }
        result
    }

    fn start_and_run(&self, tasks: &mut [Pin<&mut dyn Future<Output = ()>>]) -> Result<(), RunError> {
        let mut left = tasks.len();
        for body in 0..left {
            self.add(body as u32)?;
        }
        if left == 0 {
            return Ok(());
        }
        self.run(&mut Pinned(tasks), |polled| {
            if let Polled::Done(_) = polled {
                left -= 1;
            }
            left == 0
        })
    }
}
