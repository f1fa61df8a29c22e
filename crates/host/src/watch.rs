//! Waiting for what a program waits for, however much that is.
//!
//! A few descriptors are given to the system with every wait. From [`FEW`] on sockets stand on a list of the system's own
//! ([`Epoll`]), which is told of changes only: what a wait costs then depends on how many are ready, not on how many are
//! waited for. A socket that nobody waits for stays on that list until it becomes ready, because most are waited for again
//! before that; so a server that reads a request and answers it never touches the list. What is no socket of the program's
//! is given with every wait as before.
//!
//! What must always hold: whatever is ready and waited for is told, and what nobody waits for wakes nobody more than once.

use std::collections::HashMap;
use std::io;
use std::time::Instant;

use wigwag_modules::net::system::{ERROR, Events, HANG_UP, Polled};

use crate::descriptors::Descriptors;
use crate::epoll::{Epoll, Found};
use crate::wait::{Waiter, Woken};

/// With more than this, sockets are put on the system's list.
const FEW: usize = 16;

/// All that a program waits for.
#[derive(Debug)]
pub struct Watch {
    descriptors: Descriptors,
    wanted: HashMap<i32, Events>,
    /// Those given with every wait: all, or what is not on the list.
    given: HashMap<i32, Events>,
    list: Option<Epoll>,
    /// The list may have to hear of these.
    changed: Vec<i32>,
    polled: Vec<Polled>,
    found: Found,
}

impl Watch {
    /// Nothing to wait for yet.
    pub fn new(descriptors: Descriptors) -> Watch {
        Watch {
            descriptors,
            wanted: HashMap::new(),
            given: HashMap::new(),
            list: None,
            changed: Vec::new(),
            polled: Vec::new(),
            found: Found::default(),
        }
    }

    /// Waits for nothing any more: another program begins.
    pub fn clear(&mut self) {
        self.wanted.clear();
        self.given.clear();
        self.changed.clear();
    }

    /// From now on a descriptor is waited for in this way; 0 is not at all.
    pub fn set(&mut self, descriptor: i32, wanted: Events) {
        match wanted {
            0 => self.wanted.remove(&descriptor),
            _ => self.wanted.insert(descriptor, wanted),
        };
        self.changed.push(descriptor);
    }

    /// What a descriptor is waited for.
    pub fn wanted(&self, descriptor: i32) -> Events {
        self.wanted.get(&descriptor).copied().unwrap_or(0)
    }

    /// Brings the list up to date, or what is given, and begins a list if there are many.
    fn update(&mut self, waiter: &Waiter) {
        // Where no descriptor is left for a list, it can wait.
        if self.list.is_none()
            && self.wanted.len() > FEW
            && let Ok(list) = self.descriptors.list(waiter)
        {
            self.list = Some(list);
            self.given.clear();
            self.changed.extend(self.wanted.keys());
        }
        self.descriptors.take_changed(&mut self.changed);
        for descriptor in self.changed.drain(..) {
            let wanted = self.wanted.get(&descriptor).copied().unwrap_or(0);
            let is_listed = self
                .list
                .as_ref()
                .is_some_and(|list| wanted != 0 && self.descriptors.put_on(list, descriptor, wanted));
            if wanted == 0 || is_listed {
                self.given.remove(&descriptor);
            } else {
                self.given.insert(descriptor, wanted);
            }
        }
        self.polled.clear();
        let given = self.given.iter().map(|(&descriptor, &wanted)| Polled { descriptor, wanted, found: 0 });
        self.polled.extend(given);
        self.found.ready.clear();
    }

    /// What is ready now. Who calls is heard by the next wait.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn look(&mut self, waiter: &Waiter) -> io::Result<&[(i32, Events)]> {
        self.update(waiter);
        if let Some(list) = self.list.clone() {
            list.take(&mut self.found, false)?;
            self.sort_out(&list);
        }
        if !self.polled.is_empty() {
            self.descriptors.poll(&mut self.polled).map_err(io::Error::from_raw_os_error)?;
        }
        self.add_given(self.polled.len());
        Ok(&self.found.ready)
    }

    /// Of those that were given, the first so many are the program's.
    fn add_given(&mut self, own: usize) {
        let ready = self.polled[..own].iter().filter(|polled| polled.found != 0);
        self.found.ready.extend(ready.map(|polled| (polled.descriptor, polled.found)));
    }

    /// Waits for the first of: a call, one of the descriptors, `besides` (for reading, on behalf of somebody else), the
    /// deadline (none is never). The second is what is ready of those that the program waits for.
    ///
    /// # Errors
    /// When the system refuses, as with more descriptors than it allows.
    pub fn wait(
        &mut self,
        waiter: &Waiter,
        deadline: Option<Instant>,
        besides: Option<Polled>,
    ) -> io::Result<(Woken, &[(i32, Events)])> {
        self.update(waiter);
        let own = self.polled.len();
        self.polled.extend(besides);
        let woken = match self.list.clone() {
            None => self.descriptors.wait(waiter, deadline, &mut self.polled)?,
            Some(list) => self.wait_for_list(&list, waiter, deadline)?,
        };
        self.add_given(own);
        Ok((woken, &self.found.ready))
    }

    /// The same with a list: it is looked at first, so that a busy program asks the system once.
    fn wait_for_list(
        &mut self,
        list: &Epoll,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> io::Result<Woken> {
        let alone = self.polled.is_empty();
        loop {
            let block = alone && deadline.is_none();
            self.found.called = false;
            list.take(&mut self.found, block)?;
            self.sort_out(list);
            let (called, any) = (self.found.called, !self.found.ready.is_empty());
            if called {
                waiter.forget_calls();
            }
            let over = called || any;
            if alone && (over || deadline.is_some_and(|deadline| Instant::now() >= deadline)) {
                return Ok(Woken::of(called, any));
            }
            if block {
                continue;
            }
            // Only this call knows of microseconds, and of what is not on the list.
            let until = if over { Some(Instant::now()) } else { deadline };
            let (woken, list_is_ready) =
                self.descriptors.wait_beside(waiter, list, until, &mut self.polled)?;
            let any_given = self.polled.iter().any(|polled| polled.found != 0);
            if over || any_given || !list_is_ready {
                return Ok(if over { Woken::of(called, any || any_given) } else { woken });
            }
        }
    }

    /// Keeps what the program waits for, and takes off the list what it does not.
    fn sort_out(&mut self, list: &Epoll) {
        let (wanted, descriptors) = (&self.wanted, &self.descriptors);
        self.found.ready.retain_mut(|(descriptor, found)| {
            let wanted = wanted.get(descriptor).copied().unwrap_or(0);
            if *found & !(wanted | ERROR | HANG_UP) != 0 || wanted == 0 {
                descriptors.take_off(list, *descriptor, wanted);
            }
            *found &= wanted | ERROR | HANG_UP;
            wanted != 0 && *found != 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::rc::Rc;
    use std::time::Duration;

    use wigwag_modules::net::system::{INVALID, READ, WRITE};

    /// More than [`FEW`].
    const MANY: usize = 40;

    struct Pair {
        ours: Rc<OwnedFd>,
        theirs: UnixStream,
    }

    impl Pair {
        fn new(descriptors: &Descriptors) -> io::Result<Pair> {
            let (ours, theirs) = UnixStream::pair()?;
            Ok(Pair { ours: descriptors.add(ours.into()), theirs })
        }

        fn number(&self) -> i32 {
            self.ours.as_raw_fd()
        }

        fn send(&self) -> io::Result<()> {
            use std::io::Write;
            (&self.theirs).write_all(b"x")
        }

        fn receive(&self) -> io::Result<()> {
            rustix::io::read(&*self.ours, &mut [0_u8; 8])?;
            Ok(())
        }
    }

    struct Scene {
        descriptors: Descriptors,
        waiter: Waiter,
        watch: Watch,
        pairs: Vec<Pair>,
    }

    /// So many sockets, all waited for.
    fn scene(count: usize) -> io::Result<Scene> {
        let descriptors = Descriptors::default();
        let pairs = (0..count).map(|_| Pair::new(&descriptors)).collect::<io::Result<Vec<_>>>()?;
        let mut watch = Watch::new(descriptors.clone());
        for pair in &pairs {
            watch.set(pair.number(), READ);
        }
        Ok(Scene { waiter: Waiter::new()?, watch, descriptors, pairs })
    }

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(5))
    }

    #[test]
    fn few_and_many_are_told_the_same() -> io::Result<()> {
        for count in [1, FEW, FEW + 1, MANY] {
            let Scene { waiter, mut watch, pairs, .. } = scene(count)?;
            assert_eq!(watch.wait(&waiter, soon(), None)?, (Woken::Deadline, &[][..]));
            assert_eq!(watch.list.is_some(), count > FEW);
            let last = &pairs[count - 1];
            last.send()?;
            for _ in 0..3 {
                let ready = [(last.number(), READ)];
                assert_eq!(
                    watch.wait(&waiter, None, None)?,
                    (Woken::Descriptor, &ready[..]),
                    "until it is read"
                );
                assert_eq!(watch.look(&waiter)?, ready);
            }
            last.receive()?;
            assert_eq!(watch.wait(&waiter, soon(), None)?, (Woken::Deadline, &[][..]));
            watch.set(last.number(), READ | WRITE);
            assert_eq!(watch.look(&waiter)?, [(last.number(), WRITE)]);
        }
        Ok(())
    }

    #[test]
    fn what_nobody_waits_for_wakes_nobody() -> io::Result<()> {
        let Scene { waiter, mut watch, pairs, .. } = scene(MANY)?;
        assert!(watch.look(&waiter)?.is_empty());
        pairs[0].send()?;
        watch.set(pairs[0].number(), 0);
        assert_eq!(watch.wait(&waiter, soon(), None)?, (Woken::Deadline, &[][..]));
        watch.set(pairs[0].number(), READ);
        assert_eq!(watch.look(&waiter)?, [(pairs[0].number(), READ)], "waited for again");
        // A connection whose other end is gone is told of that, and keeps nobody from sleeping.
        let Pair { ours, theirs } = &pairs[1];
        theirs.shutdown(std::net::Shutdown::Both)?;
        watch.set(ours.as_raw_fd(), 0);
        watch.set(pairs[0].number(), 0);
        assert_eq!(watch.wait(&waiter, soon(), None)?, (Woken::Deadline, &[][..]));
        Ok(())
    }

    #[test]
    fn a_number_that_is_used_again_stands_for_the_new_socket() -> io::Result<()> {
        // Another test may be faster to get the number.
        while !number_is_used_again()? {}
        Ok(())
    }

    fn number_is_used_again() -> io::Result<bool> {
        let Scene { waiter, mut watch, mut pairs, descriptors } = scene(MANY)?;
        assert!(watch.look(&waiter)?.is_empty());
        let Pair { ours, theirs: other_end } = pairs.remove(0);
        let number = ours.as_raw_fd();
        // Somebody else has the old one open.
        let _copy = ours.try_clone()?;
        descriptors.remove(&ours);
        drop(ours);
        let new = Pair::new(&descriptors)?;
        if new.number() != number {
            return Ok(false);
        }
        io::Write::write_all(&mut &other_end, b"for the copy")?;
        assert_eq!(watch.wait(&waiter, soon(), None)?, (Woken::Deadline, &[][..]));
        new.send()?;
        assert_eq!(watch.look(&waiter)?, [(number, READ)]);
        Ok(true)
    }

    #[test]
    fn a_call_is_heard_by_a_wait_even_after_a_look() -> io::Result<()> {
        let Scene { waiter, mut watch, pairs: _pairs, .. } = scene(MANY)?;
        waiter.waker().wake();
        assert!(watch.look(&waiter)?.is_empty());
        assert_eq!(watch.wait(&waiter, None, None)?.0, Woken::Called);
        assert_eq!(watch.wait(&waiter, soon(), None)?.0, Woken::Deadline, "and once");
        Ok(())
    }

    #[test]
    fn what_is_no_socket_is_waited_for_beside_the_list() -> io::Result<()> {
        let Scene { waiter, mut watch, pairs, .. } = scene(MANY)?;
        let (read_end, write_end) = rustix::pipe::pipe()?;
        watch.set(read_end.as_raw_fd(), READ);
        assert!(watch.look(&waiter)?.is_empty());
        rustix::io::write(&write_end, b"x")?;
        pairs[0].send()?;
        let mut ready = watch.wait(&waiter, None, None)?.1.to_vec();
        ready.sort_unstable();
        let mut both = [(read_end.as_raw_fd(), READ), (pairs[0].number(), READ)];
        both.sort_unstable();
        assert_eq!(ready, both);
        pairs[0].receive()?;
        let number = read_end.as_raw_fd();
        drop(read_end);
        assert_eq!(watch.wait(&waiter, None, None)?, (Woken::Descriptor, &[(number, INVALID)][..]));
        watch.set(number, 0);
        let besides = Some(Polled { descriptor: pairs[1].number(), wanted: READ, found: 0 });
        pairs[1].send()?;
        watch.set(pairs[1].number(), 0);
        assert_eq!(watch.wait(&waiter, None, besides)?, (Woken::Descriptor, &[][..]), "not the program's");
        Ok(())
    }
}
