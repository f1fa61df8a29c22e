//! Asking all that is registered, and waiting until something of it is ready or the time is up.
//!
//! ```text
//!   Looking ──▶ Asking(0) ──▶ Asking(1) ──▶ … ──▶ something ready, or time up? ── yes ──▶ Over
//!      ▲                                                       │ no
//!      └──────────────────── woken ◀──── parked ◀──────────────┘
//! ```

use super::poll::{self, Poll};
use crate::arguments;
use crate::clock;
use crate::errno::ENODEV;
use crate::net::pollable::{self, ASK_EVERY_US, Pollable, Watch};
use crate::net::system::{self, ERROR, Events, HANG_UP, INVALID, Polled, READ, WRITE};
use crate::net::wait::Waiting;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

#[derive(Clone, Copy)]
enum Stage {
    /// The system is to be asked, then the objects from the first on.
    Looking,
    /// The object with this number is next.
    Asking(usize),
    /// The object with this number has been asked.
    Answering(usize),
    /// The result is to be made.
    Over,
}

/// What is given back.
#[derive(Clone, Copy)]
enum Form {
    /// A list of pairs.
    List,
    /// The poll object, as an iterator, with these flags.
    Iterator(i64),
    /// Three lists.
    Lists,
}

struct Polling {
    poll: Value,
    form: Form,
    until_us: Option<u64>,
    stage: Stage,
    /// The fiber was parked until then for the sake of objects that have to be asked again.
    waiting: Option<Waiting>,
}

impl Polling {
    fn new(poll: Value, form: Form, until_us: Option<u64>) -> Polling {
        Polling { poll, form, until_us, stage: Stage::Looking, waiting: None }
    }

    /// Asks the system about all descriptors.
    fn look(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        let Some(poll) = vm.heap.as_native_mut::<Poll>(self.poll) else { return Ok(()) };
        for entry in &mut poll.entries {
            entry.found = 0;
        }
        let watched = self.watched(vm);
        let mut polled: Vec<Polled> = watched
            .iter()
            .map(|(_, descriptor, watch)| Polled { descriptor: *descriptor, wanted: watch.events, found: 0 })
            .collect();
        if polled.is_empty() {
            return Ok(());
        }
        let asked = match system::network(vm) {
            Some(network) => network.poll(&mut polled),
            None => Err(ENODEV),
        };
        asked.map_err(|errno| vm.heap.raise_os(errno))?;
        for ((place, _, watch), polled) in watched.iter().zip(&polled) {
            let wanted = self.entry(vm, *place).map_or(0, |(_, _, wanted)| wanted);
            self.set_found(vm, *place, watch.found(polled.found, wanted));
        }
        Ok(())
    }

    /// The entries that have descriptors, by their places, and what those are asked for.
    fn watched(&self, vm: &mut Vm) -> Vec<(usize, i32, Watch)> {
        let mut watched = Vec::new();
        for place in 0..self.count(vm) {
            if let Some((object, Pollable::Descriptor(descriptor), wanted)) = self.entry(vm, place) {
                watched.push((place, descriptor, pollable::watch(vm, object, wanted)));
            }
        }
        watched
    }

    fn count(&self, vm: &Vm) -> usize {
        vm.heap.as_native::<Poll>(self.poll).map_or(0, |poll| poll.entries.len())
    }

    fn entry(&self, vm: &Vm, place: usize) -> Option<(Value, Pollable, Events)> {
        let entry = vm.heap.as_native::<Poll>(self.poll)?.entries.get(place)?;
        Some((entry.object, entry.kind, entry.wanted))
    }

    fn set_found(&self, vm: &mut Vm, place: usize, found: Events) {
        if let Some(poll) = vm.heap.as_native_mut::<Poll>(self.poll)
            && let Some(entry) = poll.entries.get_mut(place)
        {
            entry.found = found;
        }
    }

    /// Asks the next object, from this place on.
    fn ask(&mut self, vm: &mut Vm, from: usize) -> Result<Step, Raised> {
        for place in from..self.count(vm) {
            match self.entry(vm, place) {
                Some((object, Pollable::Native | Pollable::Python, wanted)) => {
                    let question = pollable::ask(vm, object, wanted)?;
                    self.stage = Stage::Answering(place);
                    return Ok(question);
                }
                _ => continue,
            }
        }
        self.conclude(vm)
    }

    /// All have been asked.
    fn conclude(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let Some(poll) = vm.heap.as_native::<Poll>(self.poll) else { return Ok(Step::Return(Value::NONE)) };
        let any = poll.entries.iter().any(|entry| entry.found != 0);
        let objects = poll.entries.iter().any(|entry| !matches!(entry.kind, Pollable::Descriptor(_)));
        let now = clock::now_us(vm);
        if any || self.until_us.is_some_and(|until| now >= until) {
            self.stage = Stage::Over;
            self.waiting = None;
            return self.result(vm).map(Step::Return);
        }
        let soon = objects.then(|| now.saturating_add(ASK_EVERY_US));
        let until = [soon, self.until_us].into_iter().flatten().min();
        let mut waiting = Waiting::new(vm, until);
        for (_, descriptor, watch) in self.watched(vm) {
            waiting.watch(descriptor, watch.events);
        }
        self.stage = Stage::Looking;
        let wait = waiting.park();
        self.waiting = Some(waiting);
        Ok(Step::Park(wait))
    }

    fn result(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        if let Form::Iterator(flags) = self.form {
            poll::begin(&mut vm.heap, self.poll, flags)?;
            return Ok(self.poll);
        }
        let Some(poll) = vm.heap.as_native::<Poll>(self.poll) else { return Ok(Value::NONE) };
        let ready: Vec<_> = poll
            .entries
            .iter()
            .filter(|entry| entry.found != 0)
            .map(|entry| (entry.object, entry.found))
            .collect();
        if let Form::Lists = self.form {
            let lists = [READ, WRITE, ERROR | HANG_UP | INVALID].map(|events| {
                ready.iter().filter(|(_, found)| found & events != 0).map(|(object, _)| *object).collect()
            });
            let [readable, writable, others]: [Vec<Value>; 3] = lists;
            let lists = [vm.heap.list(&readable)?, vm.heap.list(&writable)?, vm.heap.list(&others)?];
            return vm.heap.tuple(&lists);
        }
        let list = vm.heap.list(&[])?;
        for (object, found) in ready {
            let pair = vm.heap.tuple(&[object, Value::tiny_int(found as i32)])?;
            vm.heap.list_push(list, pair)?;
        }
        Ok(list)
    }
}

impl NativeFrame for Polling {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (Stage::Looking, _) => {
                self.waiting = None;
                self.look(vm)?;
                self.stage = Stage::Asking(0);
                self.ask(vm, 0)
            }
            (Stage::Asking(place), _) => self.ask(vm, place),
            (Stage::Answering(place), Input::Value(answer)) => {
                let found = pollable::answered(vm, answer)?;
                self.set_found(vm, place, found);
                self.stage = Stage::Asking(place + 1);
                self.ask(vm, place + 1)
            }
            (Stage::Answering(place), _) => self.ask(vm, place),
            (Stage::Over, _) => self.result(vm).map(Step::Return),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.poll);
    }
}

/// The end of a time in milliseconds; negative ones and None have none.
fn until(vm: &mut Vm, timeout: Option<Value>) -> Result<Option<u64>, Raised> {
    let ms = match timeout.filter(|timeout| !timeout.is_none()) {
        Some(timeout) => arguments::integer(&mut vm.heap, timeout)?,
        None => return Ok(None),
    };
    let now = clock::now_us(vm);
    Ok(u64::try_from(ms).ok().map(|ms| now.saturating_add(ms.saturating_mul(1000))))
}

/// The frame that waits until something of a poll object is ready, or the time has come.
pub fn wait_until(poll: Value, until_us: Option<u64>) -> Box<dyn NativeFrame> {
    Box::new(Polling::new(poll, Form::List, until_us))
}

/// `poll(timeout=-1)`: pairs of what is ready and for what.
pub fn poll(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timeout = given.get(vm, 1);
    let until_us = until(vm, timeout)?;
    Ok(Outcome::Frame(Box::new(Polling::new(given.at(vm, 0), Form::List, until_us))))
}

/// `ipoll(timeout=-1, flags=0)`: the same as an iterator that makes nothing.
pub fn ipoll(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (timeout, flags) = (given.get(vm, 1), given.get(vm, 2));
    let until_us = until(vm, timeout)?;
    let flags = match flags {
        Some(flags) => arguments::integer(&mut vm.heap, flags)?,
        None => 0,
    };
    Ok(Outcome::Frame(Box::new(Polling::new(given.at(vm, 0), Form::Iterator(flags), until_us))))
}

/// `select(rlist, wlist, xlist, timeout=None)`, the timeout in seconds.
pub fn select(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let until_us = match given.get(vm, 3).filter(|timeout| !timeout.is_none()) {
        Some(timeout) => {
            let us = arguments::float(&mut vm.heap, timeout)? * 1e6;
            let now = clock::now_us(vm);
            (us >= 0.0).then_some(now.saturating_add(us as u64))
        }
        None => None,
    };
    let poll = Poll::make(&mut vm.heap)?;
    for (number, events) in [READ, WRITE, ERROR | HANG_UP].into_iter().enumerate() {
        let objects = given.at(vm, number);
        for object in arguments::sequence(&mut vm.heap, objects)? {
            let kind = Pollable::of(vm, object)?;
            Poll::register(&mut vm.heap, poll, object, kind, events, true)?;
        }
    }
    Ok(Outcome::Frame(Box::new(Polling::new(poll, Form::Lists, until_us))))
}
