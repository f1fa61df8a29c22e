//! The system's own list of descriptors to wait for, which has to be told only of changes.
//!
//! What must always hold: it holds no descriptor open, and a descriptor that is closed elsewhere is not on it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec};
use wigwag_modules::net::system::{ERROR, Events, HANG_UP, READ, WRITE};
use wigwag_modules::vfs::system::Errno;

use crate::calls::retry;

/// How many answers are taken at once; the others are taken the next time.
const AT_ONCE: usize = 256;
/// Stands for the one descriptor that concerns no program: somebody calls.
const CALLS: u64 = u64::MAX;

/// The list; cheap to copy.
#[derive(Clone, Debug)]
pub struct Epoll(Arc<OwnedFd>);

/// What a look at the list has found.
#[derive(Debug, Default)]
pub struct Found {
    /// Descriptors and what they are ready for.
    pub ready: Vec<(i32, Events)>,
    /// Somebody calls.
    pub called: bool,
}

/// What the system calls by each name; the numbers are those of `select`.
const EVENTS: [(EventFlags, Events); 4] =
    [(EventFlags::IN, READ), (EventFlags::OUT, WRITE), (EventFlags::ERR, ERROR), (EventFlags::HUP, HANG_UP)];

fn flags_of(events: Events) -> EventFlags {
    EVENTS[..2].iter().filter(|(_, event)| events & event != 0).map(|(flag, _)| *flag).collect()
}

fn events_of(flags: EventFlags) -> Events {
    EVENTS.iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, event)| event).sum()
}

impl Epoll {
    /// An empty list; a byte in `calls` ends every wait for it.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    pub fn new(calls: BorrowedFd<'_>) -> io::Result<Epoll> {
        let list = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&list, calls, EventData::new_u64(CALLS), EventFlags::IN)?;
        Ok(Epoll(Arc::new(list)))
    }

    /// Waits for a descriptor from now on, in another way if it did in one (`was` is not 0), or no longer.
    ///
    /// # Errors
    /// When the descriptor cannot be waited for in this way: it is a file's, for which nobody has to wait.
    pub fn set(
        &self,
        descriptor: BorrowedFd<'_>,
        number: i32,
        was: Events,
        wanted: Events,
    ) -> Result<(), Errno> {
        let data = EventData::new_u64(u64::try_from(number).unwrap_or(CALLS));
        retry(|| match (was, wanted) {
            (0, 0) => Ok(()),
            (0, _) => epoll::add(&self.0, descriptor, data, flags_of(wanted)),
            (_, 0) => epoll::delete(&self.0, descriptor),
            _ => epoll::modify(&self.0, descriptor, data, flags_of(wanted)),
        })
    }

    /// What is ready, at once or when something is.
    ///
    /// # Errors
    /// What the system says; a signal that came by is nothing found.
    pub fn take(&self, found: &mut Found, block: bool) -> io::Result<()> {
        let nothing = Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };
        let mut events = [nothing; AT_ONCE];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let count = match epoll::wait(&self.0, &mut events, if block { None } else { Some(&at_once) }) {
            Err(rustix::io::Errno::INTR) => 0,
            count => count?,
        };
        for event in &events[..count.min(AT_ONCE)] {
            let (data, flags) = (event.data, event.flags);
            match i32::try_from(data.u64()) {
                Ok(number) => found.ready.push((number, events_of(flags))),
                Err(_) => found.called = true,
            }
        }
        Ok(())
    }

    /// The list itself as something that can be waited for beside other things.
    pub fn as_polled(&self) -> PollFd<'_> {
        PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN)
    }
}
