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
use wigwag_host::watch::Watch;
use wigwag_modules::net::interests::Change;
use wigwag_modules::net::system::{Events, Polled, READ};

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
    watch: Watch,
    input: Rc<RefCell<Input>>,
    changes: Vec<Change>,
    next_glance: Instant,
}

/// Tells the program what was found.
fn report(engine: &mut Engine, found: &[(i32, Events)]) -> bool {
    for &(descriptor, events) in found {
        engine.report(descriptor, events);
    }
    !found.is_empty()
}

impl Waiting {
    /// Waits with this waiter, for the descriptors of this table.
    pub fn new(waiter: Rc<Waiter>, descriptors: Descriptors, input: Rc<RefCell<Input>>) -> Waiting {
        let watch = Watch::new(descriptors);
        Waiting { waiter, watch, input, changes: Vec::new(), next_glance: Instant::now() }
    }

    /// Another program begins, which waits for nothing yet.
    pub fn clear(&mut self) {
        self.watch.clear();
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
        self.take_changes(engine);
        // An error would come again where the program waits, and is told there.
        let any = self.watch.look(&self.waiter).is_ok_and(|found| report(engine, found));
        self.report_kept(engine) || any
    }

    fn take_changes(&mut self, engine: &mut Engine) {
        engine.take_changes(&mut self.changes);
        for Change { descriptor, wanted } in self.changes.drain(..) {
            self.watch.set(descriptor, wanted);
        }
    }

    /// What was read from standard input already the system does not know of.
    fn report_kept(&mut self, engine: &mut Engine) -> bool {
        let is_kept = self.watch.wanted(STDIN) & READ != 0 && !self.input.borrow().is_empty();
        if is_kept {
            engine.report(STDIN, READ);
        }
        is_kept
    }

    /// Waits until the time `until` (of real time), a call, a descriptor of the program's, or, if it may interrupt the
    /// program, something on standard input.
    pub fn wait(&mut self, engine: &mut Engine, until: Option<Instant>) -> io::Result<()> {
        self.take_changes(engine);
        if self.report_kept(engine) {
            return Ok(());
        }
        let listens = self.input.borrow().can_listen();
        let besides = listens.then_some(Polled { descriptor: STDIN, wanted: READ, found: 0 });
        let (woken, found) = self.watch.wait(&self.waiter, until, besides)?;
        if woken != Woken::Deadline {
            report(engine, found);
        }
        Ok(())
    }
}
