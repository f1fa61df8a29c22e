//! Sleeping until there is something to do: a deadline, a ready descriptor, or somebody who calls.
//!
//! One `ppoll` does all three. Those who call (other threads, the [Ctrl-C handler](crate::interrupt)) write
//! a byte into a pipe that every wait looks at, so a call that comes just before the wait is not lost: the
//! wait then returns at once. What must always hold: a wait returns [`Woken::Deadline`] only when the
//! deadline has passed, and signals that concern nobody here do not end it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

/// A descriptor to wait for, and what became of it.
#[derive(Debug)]
pub struct Interest<'fd> {
    /// The descriptor.
    pub descriptor: BorrowedFd<'fd>,
    /// Wait until it can be read (or has ended).
    pub readable: bool,
    /// Wait until it can be written (or nobody reads it any more).
    pub writable: bool,
    /// What the last wait found.
    pub found: Readiness,
}

impl<'fd> Interest<'fd> {
    /// Interest in reading only.
    pub fn in_reading(descriptor: BorrowedFd<'fd>) -> Self {
        Interest { descriptor, readable: true, writable: false, found: Readiness::default() }
    }

    /// Interest in writing only.
    pub fn in_writing(descriptor: BorrowedFd<'fd>) -> Self {
        Interest { descriptor, readable: false, writable: true, found: Readiness::default() }
    }
}

/// What a descriptor is ready for. The last two are reported whether asked for or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// A read would not block.
    pub readable: bool,
    /// A write would not block.
    pub writable: bool,
    /// The other end is gone.
    pub hung_up: bool,
    /// The descriptor is in error, or is none.
    pub failed: bool,
}

impl Readiness {
    fn any(self) -> bool {
        self != Readiness::default()
    }
}

/// Why a wait ended. With several reasons at once, the first in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// A [`Waker`] called, Ctrl-C among them.
    Called,
    /// At least one descriptor is ready.
    Descriptor,
    /// The deadline has passed.
    Deadline,
}

impl Woken {
    /// The first of those that hold.
    pub(crate) fn of(called: bool, any_descriptor: bool) -> Woken {
        match (called, any_descriptor) {
            (true, _) => Woken::Called,
            (false, true) => Woken::Descriptor,
            (false, false) => Woken::Deadline,
        }
    }
}

/// The one who waits.
#[derive(Debug)]
pub struct Waiter {
    read_end: OwnedFd,
    write_end: Arc<OwnedFd>,
}

/// Ends a wait from anywhere; cheap to copy.
#[derive(Clone, Debug)]
pub struct Waker(Arc<OwnedFd>);

impl Waiter {
    /// Makes a waiter with its pipe.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    pub fn new() -> io::Result<Self> {
        let (read_end, write_end) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC)?;
        Ok(Waiter { read_end, write_end: Arc::new(write_end) })
    }

    /// A handle that ends a wait.
    pub fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.write_end))
    }

    /// Waits for the first of: a call, a descriptor of `interests`, the deadline (none is never).
    ///
    /// # Errors
    /// When the system refuses, as with more descriptors than it allows.
    pub fn wait(&self, deadline: Option<Instant>, interests: &mut [Interest<'_>]) -> io::Result<Woken> {
        let calls = PollFd::from_borrowed_fd(self.read_end.as_fd(), PollFlags::IN);
        let (woken, called) = self.wait_beside(calls, deadline, interests)?;
        if called {
            self.forget_calls();
        }
        Ok(woken)
    }

    /// The same where something else stands for those who call. Says too whether that was ready.
    pub(crate) fn wait_beside(
        &self,
        calls: PollFd<'_>,
        deadline: Option<Instant>,
        interests: &mut [Interest<'_>],
    ) -> io::Result<(Woken, bool)> {
        let mut descriptors = Vec::with_capacity(interests.len() + 1);
        descriptors.push(calls);
        descriptors.extend(interests.iter().map(|interest| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, interest.readable);
            flags.set(PollFlags::OUT, interest.writable);
            PollFd::from_borrowed_fd(interest.descriptor, flags)
        }));
        loop {
            let timeout = deadline.map(|deadline| {
                let left = deadline.saturating_duration_since(Instant::now());
                Timespec {
                    tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                    tv_nsec: left.subsec_nanos().into(),
                }
            });
            match poll(&mut descriptors, timeout.as_ref()) {
                Ok(0) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => break,
                // The system's idea of a long time is shorter than ours, or a signal came by.
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => break,
                Err(error) => return Err(error.into()),
            }
        }
        let mut results = descriptors.iter().map(PollFd::revents);
        let called = results.next().is_some_and(|flags| !flags.is_empty());
        for (interest, flags) in interests.iter_mut().zip(results) {
            interest.found = Readiness {
                readable: flags.contains(PollFlags::IN),
                writable: flags.contains(PollFlags::OUT),
                hung_up: flags.intersects(PollFlags::HUP | PollFlags::RDHUP),
                failed: flags.intersects(PollFlags::ERR | PollFlags::NVAL),
            };
        }
        Ok((Woken::of(called, interests.iter().any(|interest| interest.found.any())), called))
    }

    /// Where those who call write to.
    pub(crate) fn calls(&self) -> BorrowedFd<'_> {
        self.read_end.as_fd()
    }

    /// Empties the pipe. Calls are not counted: who calls has left word elsewhere what it is about.
    pub(crate) fn forget_calls(&self) {
        let mut calls = [0_u8; 64];
        while matches!(rustix::io::read(&self.read_end, &mut calls), Ok(1..) | Err(Errno::INTR)) {}
    }
}

impl Waker {
    /// Ends the wait under way, or else the next one.
    pub fn wake(&self) {
        // A full pipe wakes as well as a fuller one, and a waiter that is gone need not be woken.
        while rustix::io::write(&*self.0, b"w") == Err(Errno::INTR) {}
    }

    /// Another descriptor for the writing end, for a signal handler to write to.
    pub(crate) fn descriptor(&self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_deadline_passes_and_not_too_early() -> io::Result<()> {
        let waiter = Waiter::new()?;
        let deadline = Instant::now() + Duration::from_millis(20);
        assert_eq!(waiter.wait(Some(deadline), &mut [])?, Woken::Deadline);
        assert!(Instant::now() >= deadline);
        assert_eq!(waiter.wait(Some(deadline), &mut [])?, Woken::Deadline, "one in the past");
        Ok(())
    }

    #[test]
    fn a_call_ends_the_wait_even_if_it_came_before() -> io::Result<()> {
        let waiter = Waiter::new()?;
        for _ in 0..100_000 {
            waiter.waker().wake();
        }
        assert_eq!(waiter.wait(None, &mut [])?, Woken::Called);
        let soon = Some(Instant::now() + Duration::from_millis(1));
        assert_eq!(waiter.wait(soon, &mut [])?, Woken::Deadline, "all calls were one");
        let waker = waiter.waker();
        let caller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(10));
            waker.wake();
        });
        assert_eq!(waiter.wait(None, &mut [])?, Woken::Called);
        assert!(caller.join().is_ok());
        Ok(())
    }

    #[test]
    fn descriptors_become_ready_and_hang_up() -> io::Result<()> {
        let waiter = Waiter::new()?;
        let (read_end, write_end) = rustix::pipe::pipe()?;
        let mut interests = [Interest::in_reading(read_end.as_fd()), Interest::in_writing(write_end.as_fd())];
        assert_eq!(waiter.wait(None, &mut interests)?, Woken::Descriptor);
        assert_eq!(interests[0].found, Readiness::default());
        assert_eq!(interests[1].found, Readiness { writable: true, ..Readiness::default() });

        rustix::io::write(&write_end, b"x")?;
        drop(write_end);
        let mut interests = [Interest::in_reading(read_end.as_fd())];
        assert_eq!(waiter.wait(None, &mut interests)?, Woken::Descriptor);
        assert_eq!(interests[0].found, Readiness { readable: true, hung_up: true, ..Readiness::default() });

        // Nobody reads: a writer has to hear of it.
        let (read_end, write_end) = rustix::pipe::pipe()?;
        drop(read_end);
        let mut interests = [Interest::in_writing(write_end.as_fd())];
        assert_eq!(waiter.wait(None, &mut interests)?, Woken::Descriptor);
        assert!(interests[0].found.failed);
        Ok(())
    }
}
