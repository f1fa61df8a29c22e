//! Descriptors by their numbers: what programs wait for, and what the system is asked about.
//!
//! A number alone is nothing that a system call may be given here: somebody has to own the descriptor. Sockets are known
//! to this table, which does not keep them open; the standard streams are always there; any other number is looked up in
//! the process, for just as long as the question takes. What must always hold: a socket is closed when its owner lets go
//! of it, whoever waits for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::rc::{Rc, Weak};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, Resource};
use wigwag_modules::errno::{EBADF, EINVAL};
use wigwag_modules::net::system::{ERROR, Events, HANG_UP, INVALID, Polled, READ, WRITE};
use wigwag_modules::vfs::system::Errno;

use crate::calls::retry;
use crate::epoll::Epoll;
use crate::wait::{Interest, Readiness, Waiter, Woken};

/// The descriptors that this process can name; cheap to copy.
#[derive(Clone, Debug, Default)]
pub struct Descriptors(Rc<RefCell<Table>>);

#[derive(Debug, Default)]
struct Table {
    sockets: HashMap<i32, Known>,
    list: Option<Epoll>,
    /// Numbers that have come to mean something else since the list was last brought up to date.
    changed: Vec<i32>,
}

impl Table {
    fn has_changed(&mut self, number: i32) {
        if self.list.is_some() {
            self.changed.push(number);
        }
    }
}

/// A socket.
#[derive(Debug)]
struct Known {
    descriptor: Weak<OwnedFd>,
    /// What it is on the system's list for.
    listed: Events,
}

/// A descriptor that stays open as long as a question about it takes.
enum Held {
    Shared(Rc<OwnedFd>),
    Standard(BorrowedFd<'static>),
    /// A second one for the same open file.
    Duplicate(OwnedFd),
}

impl AsFd for Held {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Held::Shared(descriptor) => descriptor.as_fd(),
            Held::Standard(descriptor) => *descriptor,
            Held::Duplicate(descriptor) => descriptor.as_fd(),
        }
    }
}

/// Finds descriptors by their numbers in this process, for one question. What is opened for that takes numbers itself:
/// those are not mistaken for the program's.
#[derive(Default)]
pub(crate) struct Finder {
    process: Option<OwnedFd>,
    opened: Vec<RawFd>,
}

impl Finder {
    /// A second descriptor for the open file behind a number.
    ///
    /// # Errors
    /// `EBADF` for a number that is no descriptor's; or what else the system says.
    pub(crate) fn find(&mut self, number: i32) -> Result<OwnedFd, Errno> {
        let process = match self.process.take() {
            Some(process) => process,
            None => {
                let this_process = rustix::process::getpid();
                let process = retry(|| rustix::process::pidfd_open(this_process, PidfdFlags::empty()))?;
                self.opened.push(process.as_raw_fd());
                process
            }
        };
        let process = self.process.insert(process);
        if number < 0 || self.opened.contains(&number) {
            return Err(EBADF);
        }
        let found = retry(|| rustix::process::pidfd_getfd(&*process, number, PidfdGetfdFlags::empty()))?;
        self.opened.push(found.as_raw_fd());
        Ok(found)
    }
}

impl Descriptors {
    /// Takes note of a descriptor.
    pub fn add(&self, descriptor: OwnedFd) -> Rc<OwnedFd> {
        let descriptor = Rc::new(descriptor);
        let known = Known { descriptor: Rc::downgrade(&descriptor), listed: 0 };
        let table = &mut *self.0.borrow_mut();
        table.sockets.insert(descriptor.as_raw_fd(), known);
        table.has_changed(descriptor.as_raw_fd());
        descriptor
    }

    /// Forgets a descriptor that its owner is about to let go of.
    pub fn remove(&self, descriptor: &OwnedFd) {
        let table = &mut *self.0.borrow_mut();
        let number = descriptor.as_raw_fd();
        let known = table.sockets.remove(&number);
        table.has_changed(number);
        if let (Some(known), Some(list)) = (known, &table.list) {
            // Somebody who has the same socket open may keep it on the list. If it cannot be taken off, it is not there.
            let _ = list.set(descriptor.as_fd(), number, known.listed, 0);
        }
    }

    /// The system's list, on which sockets are put. There is one, made when it is first asked for.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    pub(crate) fn list(&self, waiter: &Waiter) -> io::Result<Epoll> {
        let table = &mut *self.0.borrow_mut();
        let list = match table.list.take() {
            Some(list) => list,
            None => Epoll::new(waiter.calls())?,
        };
        Ok(table.list.insert(list).clone())
    }

    /// Appends the numbers that have come to mean something else since this was last called.
    pub(crate) fn take_changed(&self, into: &mut Vec<i32>) {
        into.append(&mut self.0.borrow_mut().changed);
    }

    /// Sees to it that a socket is on the list for this at the least. Says whether it is: nothing but a socket can be.
    pub(crate) fn put_on(&self, list: &Epoll, number: i32, wanted: Events) -> bool {
        let table = &mut *self.0.borrow_mut();
        let Some(known) = table.sockets.get_mut(&number) else { return false };
        if known.listed & wanted == wanted {
            return true;
        }
        let Some(descriptor) = known.descriptor.upgrade() else { return false };
        let done = list.set(descriptor.as_fd(), number, known.listed, wanted).is_ok();
        if done {
            known.listed = wanted;
        }
        done
    }

    /// Sees to it that a socket is on the list for no more than this.
    pub(crate) fn take_off(&self, list: &Epoll, number: i32, wanted: Events) {
        let table = &mut *self.0.borrow_mut();
        if let Some(known) = table.sockets.get_mut(&number)
            && let Some(descriptor) = known.descriptor.upgrade()
            && list.set(descriptor.as_fd(), number, known.listed, wanted).is_ok()
        {
            known.listed = wanted;
        }
    }

    fn hold_all(&self, polled: &[Polled]) -> Vec<Option<Held>> {
        let mut finder = Finder::default();
        polled.iter().map(|polled| self.hold(&mut finder, polled.descriptor)).collect()
    }

    fn hold(&self, finder: &mut Finder, number: i32) -> Option<Held> {
        if let Some(known) = self.0.borrow().sockets.get(&number).and_then(|known| known.descriptor.upgrade())
        {
            return Some(Held::Shared(known));
        }
        match number {
            0 => Some(Held::Standard(rustix::stdio::stdin())),
            1 => Some(Held::Standard(rustix::stdio::stdout())),
            2 => Some(Held::Standard(rustix::stdio::stderr())),
            _ => finder.find(number).ok().map(Held::Duplicate),
        }
    }

    /// Which of these are ready now.
    ///
    /// # Errors
    /// `EINVAL` for more than the process may have open.
    pub fn poll(&self, polled: &mut [Polled]) -> Result<(), Errno> {
        let most = rustix::process::getrlimit(Resource::Nofile).current;
        if most.is_some_and(|most| polled.len() as u64 > most) {
            return Err(EINVAL);
        }
        let held = self.hold_all(polled);
        let mut asked: Vec<_> = held
            .iter()
            .zip(&*polled)
            .filter_map(|(held, polled)| Some(PollFd::new(held.as_ref()?, flags_of(polled.wanted))))
            .collect();
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        retry(|| poll(&mut asked, Some(&at_once)))?;
        let mut answers = asked.iter();
        for (held, polled) in held.iter().zip(polled) {
            polled.found = match held.as_ref().and_then(|_| answers.next()) {
                Some(answer) => events_of(answer.revents()),
                None => INVALID,
            };
        }
        Ok(())
    }

    /// Waits for the first of: a call, one of these descriptors, the deadline (none is never).
    ///
    /// # Errors
    /// When the system refuses, as with more descriptors than it allows.
    pub fn wait(
        &self,
        waiter: &Waiter,
        deadline: Option<Instant>,
        polled: &mut [Polled],
    ) -> io::Result<Woken> {
        self.wait_with(deadline, polled, |deadline, interests| {
            waiter.wait(deadline, interests).map(|woken| (woken, false))
        })
        .map(|(woken, _)| woken)
    }

    /// The same where the list stands for those who call and for all that is on it. Says too whether anything of that is
    /// ready.
    pub(crate) fn wait_beside(
        &self,
        waiter: &Waiter,
        list: &Epoll,
        deadline: Option<Instant>,
        polled: &mut [Polled],
    ) -> io::Result<(Woken, bool)> {
        self.wait_with(deadline, polled, |deadline, interests| {
            waiter.wait_beside(list.as_polled(), deadline, interests)
        })
    }

    fn wait_with(
        &self,
        deadline: Option<Instant>,
        polled: &mut [Polled],
        wait: impl FnOnce(Option<Instant>, &mut [Interest<'_>]) -> io::Result<(Woken, bool)>,
    ) -> io::Result<(Woken, bool)> {
        let held = self.hold_all(polled);
        let mut interests: Vec<_> = held
            .iter()
            .zip(&*polled)
            .filter_map(|(held, polled)| {
                let (readable, writable) = (polled.wanted & READ != 0, polled.wanted & WRITE != 0);
                let descriptor = held.as_ref()?.as_fd();
                Some(Interest { descriptor, readable, writable, found: Readiness::default() })
            })
            .collect();
        let unknown = interests.len() < polled.len();
        // What is no descriptor is known at once.
        let deadline = if unknown { Some(Instant::now()) } else { deadline };
        let (woken, called) = wait(deadline, &mut interests)?;
        let mut answers = interests.iter();
        for (held, polled) in held.iter().zip(polled) {
            polled.found = match held.as_ref().and_then(|_| answers.next()) {
                Some(answer) => events_of_readiness(answer.found),
                None => INVALID,
            };
        }
        let woken = if unknown && woken == Woken::Deadline { Woken::Descriptor } else { woken };
        Ok((woken, called))
    }
}

fn flags_of(events: Events) -> PollFlags {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, events & READ != 0);
    flags.set(PollFlags::OUT, events & WRITE != 0);
    flags
}

/// What the system calls by each name; the numbers are those of `select`.
const EVENTS: [(PollFlags, Events); 5] = [
    (PollFlags::IN, READ),
    (PollFlags::OUT, WRITE),
    (PollFlags::ERR, ERROR),
    (PollFlags::HUP, HANG_UP),
    (PollFlags::NVAL, INVALID),
];

fn events_of(flags: PollFlags) -> Events {
    EVENTS.iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, event)| event).sum()
}

fn events_of_readiness(found: Readiness) -> Events {
    [(found.readable, READ), (found.writable, WRITE), (found.hung_up, HANG_UP), (found.failed, ERROR)]
        .iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, event)| event)
        .sum()
}
