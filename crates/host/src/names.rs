//! Names are looked up on threads of their own: the system's `getaddrinfo` blocks, the program does not.
//!
//! A question goes into a line, from which a few threads take; they end when there is nothing left to ask. Whoever asked has a
//! pipe, whose other end is closed when the answer is there. What must always hold: a question is answered once or given up,
//! and its pipe is closed either way.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::pipe::{PipeFlags, pipe_with};
use wigwag_modules::net::address::Address;
use wigwag_modules::net::system::{Addresses, Lookup};

use crate::descriptors::Descriptors;

/// At most so many names are looked up at the same time.
const MOST_THREADS: usize = 8;
/// Native stack of a thread that asks: the system's resolver keeps messages there.
const STACK_BYTES: usize = 256 << 10;
/// Unknown name, as `getaddrinfo` numbers it.
pub const NO_NAME: i32 = -2;
/// The system failed.
const FAILED: i32 = -11;

/// Asks the system.
type Ask = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

fn ask_system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    (host, port).to_socket_addrs().map(Iterator::collect)
}

type Place = Arc<Mutex<Option<Result<Vec<SocketAddr>, i32>>>>;

/// A question in the line.
struct Job {
    host: String,
    port: u16,
    answer: Place,
    /// Closed with the job.
    _done: OwnedFd,
}

#[derive(Default)]
struct Line {
    jobs: VecDeque<Job>,
    threads: usize,
}

/// The line of questions.
#[derive(Clone)]
pub struct Names {
    line: Arc<Mutex<Line>>,
    ask: Ask,
}

impl Default for Names {
    fn default() -> Names {
        Names { line: Arc::default(), ask: ask_system }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Names").finish_non_exhaustive()
    }
}

/// Nothing that is done while one of these is locked leaves it half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Names {
    /// Asks for the addresses of a name.
    ///
    /// # Errors
    /// As `getaddrinfo` numbers them, when nobody can be asked: the process is out of descriptors or threads.
    pub fn ask(
        &self,
        host: &str,
        port: u16,
        family: i32,
        descriptors: &Descriptors,
    ) -> Result<Box<dyn Lookup>, i32> {
        let (read_end, done) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).map_err(|_| FAILED)?;
        let answer = Place::default();
        let job = Job { host: host.into(), port, answer: Arc::clone(&answer), _done: done };
        let mut line = lock(&self.line);
        line.jobs.push_back(job);
        if line.threads < MOST_THREADS {
            let (work, ask) = (Arc::clone(&self.line), self.ask);
            match thread::Builder::new().stack_size(STACK_BYTES).spawn(move || answer_all(&work, ask)) {
                Ok(_) => line.threads += 1,
                Err(_) if line.threads == 0 => {
                    line.jobs.pop_back();
                    return Err(FAILED);
                }
                // Those that there are will come to it.
                Err(_) => {}
            }
        }
        let done = descriptors.add(read_end);
        Ok(Box::new(Question { answer, family, done, descriptors: descriptors.clone() }))
    }
}

/// What a thread does.
fn answer_all(line: &Mutex<Line>, ask: Ask) {
    loop {
        let job = {
            let mut line = lock(line);
            match line.jobs.pop_front() {
                Some(job) => job,
                None => {
                    line.threads -= 1;
                    return;
                }
            }
        };
        // A question that was given up is held by nobody else.
        if Arc::strong_count(&job.answer) > 1 {
            let found = ask(&job.host, job.port).map_err(|_| NO_NAME);
            *lock(&job.answer) = Some(found);
        }
    }
}

/// The asker's side.
struct Question {
    answer: Place,
    family: i32,
    done: Rc<OwnedFd>,
    descriptors: Descriptors,
}

impl Drop for Question {
    fn drop(&mut self) {
        self.descriptors.remove(&self.done);
    }
}

impl Lookup for Question {
    fn descriptor(&self) -> i32 {
        self.done.as_raw_fd()
    }

    fn take(&mut self) -> Option<Addresses> {
        let found = lock(&self.answer).take()?;
        let fits = |address: &Address| self.family == 0 || address.family() == self.family;
        Some(found.map(|found| found.into_iter().map(address_of).filter(fits).collect()))
    }
}

/// An address in the program's form.
pub fn address_of(address: SocketAddr) -> Address {
    match address {
        SocketAddr::V4(address) => Address::V4 { ip: address.ip().octets(), port: address.port() },
        SocketAddr::V6(address) => Address::V6 {
            ip: address.ip().octets(),
            port: address.port(),
            flow: address.flowinfo(),
            scope: address.scope_id(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::{Waiter, Woken};
    use std::time::{Duration, Instant};
    use wigwag_modules::net::address::{AF_INET, AF_INET6};
    use wigwag_modules::net::system::{HANG_UP, Polled, READ};

    fn names(ask: Ask) -> Names {
        Names { ask, ..Names::default() }
    }

    fn wait_for(question: &mut dyn Lookup, descriptors: &Descriptors) -> io::Result<Option<Addresses>> {
        let waiter = Waiter::new()?;
        let deadline = Some(Instant::now() + Duration::from_secs(10));
        let mut polled = [Polled { descriptor: question.descriptor(), wanted: READ, found: 0 }];
        assert_eq!(descriptors.wait(&waiter, deadline, &mut polled)?, Woken::Descriptor);
        assert_eq!(polled[0].found, HANG_UP);
        Ok(question.take())
    }

    #[test]
    fn an_answer_comes_with_its_descriptor() -> io::Result<()> {
        let descriptors = Descriptors::default();
        let names = names(|host, port| match host {
            "somebody" => Ok(vec![([1, 2, 3, 4], port).into(), ([0; 16], port).into()]),
            _ => Err(io::Error::other("nobody")),
        });
        let v4 = Address::V4 { ip: [1, 2, 3, 4], port: 80 };
        let v6 = Address::V6 { ip: [0; 16], port: 80, flow: 0, scope: 0 };
        for (host, family, expected) in [
            ("somebody", 0, Ok(vec![v4.clone(), v6.clone()])),
            ("somebody", AF_INET, Ok(vec![v4])),
            ("somebody", AF_INET6, Ok(vec![v6])),
            ("nobody", 0, Err(NO_NAME)),
        ] {
            let question = names.ask(host, 80, family, &descriptors);
            assert!(question.is_ok());
            if let Ok(mut question) = question {
                assert_eq!(wait_for(&mut *question, &descriptors)?, Some(expected));
                assert_eq!(question.take(), None, "once");
            }
        }
        Ok(())
    }

    #[test]
    fn many_questions_are_answered_by_a_few_threads() -> io::Result<()> {
        let descriptors = Descriptors::default();
        let names = names(|_, port| {
            thread::sleep(Duration::from_millis(2));
            Ok(vec![([127, 0, 0, 1], port).into()])
        });
        let mut questions: Vec<_> =
            (0..100).filter_map(|port| names.ask("x", port, 0, &descriptors).ok()).collect();
        assert_eq!(questions.len(), 100);
        assert!(lock(&names.line).threads <= MOST_THREADS);
        // Those that are given up keep nobody.
        questions.truncate(60);
        for (port, question) in questions.iter_mut().enumerate() {
            let expected = Address::V4 { ip: [127, 0, 0, 1], port: port as u16 };
            assert_eq!(wait_for(&mut **question, &descriptors)?, Some(Ok(vec![expected])));
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while lock(&names.line).threads > 0 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(lock(&names.line).threads, 0, "no thread stays");
        Ok(())
    }
}
