//! Tasks of Rust futures whose panics stay with them.

use super::errands::Errand;
use super::hub::Hub;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use wigwag_scheduler::TaskId;

/// A future whose panic cancels its task: whoever awaits the task learns that it was cancelled, and the text is told on
/// the error output.
pub struct Guarded<F> {
    future: Option<Pin<Box<F>>>,
    name: Rc<str>,
    /// The task, once it is made.
    task: Rc<Cell<Option<TaskId>>>,
    hub: Rc<Hub>,
}

impl<F> Guarded<F> {
    /// The future of a task of this name.
    pub fn new(future: F, name: &Rc<str>, task: &Rc<Cell<Option<TaskId>>>, hub: &Rc<Hub>) -> Guarded<F> {
        let (name, task, hub) = (Rc::clone(name), Rc::clone(task), Rc::clone(hub));
        Guarded { future: Some(Box::pin(future)), name, task, hub }
    }

    fn panicked(&mut self, text: String) {
        let future = self.future.take();
        // A second panic, in its drop, has nothing to add.
        let _ = self.hub.guarded(|| drop(future));
        if let Some(task) = self.task.get() {
            self.hub.ask(Errand::Panicked(task, Rc::clone(&self.name), text));
        }
    }
}

impl<F: Future> Future for Guarded<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else { return Poll::Pending };
        match this.hub.guarded(|| future.as_mut().poll(cx)) {
            Ok(polled) => polled,
            Err(text) => {
                this.panicked(text);
                Poll::Pending
            }
        }
    }
}
