//! Waiting for what the program waits for: a time, a descriptor, or somebody who calls.
//!
//! An idle program waits in the system until the first of these. A busy one that waits for descriptors as well (in another
//! task or thread) is told of those that are ready from time to time, so that a task that never sleeps cannot keep them
//! from their turn. Nothing is polled for a program that waits for none.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use wigwag_engine::engine::Engine;
use wigwag_host::descriptors::Descriptors;
use wigwag_host::wait::{Waiter, Woken};
use wigwag_modules::net::interests::Interest;
use wigwag_modules::net::system::{Polled, READ};

use super::input::Input;

/// A busy program is told this often at the most,
const GLANCE_EVERY: Duration = Duration::from_micros(100);
/// and not so often that looking takes more than one part in so many of its time.
const SHARE: u32 = 10;
/// How much fuel a step gets while the program waits for descriptors: few enough that they are looked at often.
const FUEL: u64 = 1000;
const STDIN: i32 = 0;

/// What the driver waits with.
pub struct Waiting {
    waiter: Rc<Waiter>,
    descriptors: Descriptors,
    input: Rc<RefCell<Input>>,
    interests: Vec<Interest>,
    polled: Vec<Polled>,
    next_glance: Instant,
}

impl Waiting {
    /// Waits with this waiter, for the descriptors of this table.
    pub fn new(waiter: Rc<Waiter>, descriptors: Descriptors, input: Rc<RefCell<Input>>) -> Waiting {
        let next_glance = Instant::now();
        Waiting { waiter, descriptors, input, interests: Vec::new(), polled: Vec::new(), next_glance }
    }

    /// Tells a busy program what has become ready, if it is time to look.
    pub fn glance(&mut self, engine: &mut Engine) {
        if !engine.awaits_descriptors() {
            return;
        }
        let now = Instant::now();
        if now >= self.next_glance {
            self.look(engine);
            let pause = now.elapsed().saturating_mul(SHARE).max(GLANCE_EVERY);
            self.next_glance = Instant::now() + pause;
        }
    }

    /// How much fuel the next step gets, where it would usually get `usual`.
    pub fn fuel(&self, engine: &mut Engine, usual: u64) -> u64 {
        if engine.awaits_descriptors() { usual.min(FUEL) } else { usual }
    }

    /// Tells the program what is ready now. Says whether anything was.
    pub fn look(&mut self, engine: &mut Engine) -> bool {
        if !engine.awaits_descriptors() {
            return false;
        }
        self.collect(engine);
        // An error would come again where the program waits, and is told there.
        self.descriptors.poll(&mut self.polled).is_ok() && self.report(engine)
    }

    fn collect(&mut self, engine: &mut Engine) {
        self.interests.clear();
        engine.interests(&mut self.interests);
        self.polled.clear();
        self.polled.extend(self.interests.iter().map(|interest| Polled {
            descriptor: interest.descriptor,
            wanted: interest.wanted,
            found: 0,
        }));
    }

    fn report(&mut self, engine: &mut Engine) -> bool {
        let read_already = !self.input.borrow().is_empty();
        let mut any = false;
        for (interest, polled) in self.interests.iter().zip(&self.polled) {
            let kept = interest.descriptor == STDIN && interest.wanted & READ != 0 && read_already;
            let found = polled.found | if kept { READ } else { 0 };
            if found != 0 {
                any = true;
                engine.report(interest.token, found);
            }
        }
        any
    }

    /// Waits until the time `until` (of real time), a call, a descriptor of the program's, or, if it may interrupt the
    /// program, something on standard input.
    pub fn wait(&mut self, engine: &mut Engine, until: Option<Instant>) -> io::Result<()> {
        self.collect(engine);
        if self.input.borrow().can_listen() {
            self.polled.push(Polled { descriptor: STDIN, wanted: READ, found: 0 });
        }
        let woken = self.descriptors.wait(&self.waiter, until, &mut self.polled)?;
        if woken != Woken::Deadline {
            self.report(engine);
        }
        Ok(())
    }
}
