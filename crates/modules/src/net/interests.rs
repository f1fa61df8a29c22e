//! Who waits for which descriptor.
//!
//! Natives put down what they wait for, and take it away when the wait is over ([`super::wait::Waiting`] does, by being
//! dropped). The engine tells its driver, which knows how to wait, what has changed on the list, and hears from it what has
//! become ready: then the fiber is woken that waits for it, or the event loop. So a turn costs what has changed, however
//! many wait.
//!
//! What always holds: what was found ready is not waited for again until its owner asks anew, so nothing is reported twice
//! and nobody spins; whoever waits for a descriptor that is closed is woken.

use super::system::{Events, INVALID, READ, WRITE};
use crate::callbacks;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// The list, as everybody holds it.
pub type Shared = Rc<RefCell<Interests>>;

/// Who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wakes {
    /// The fiber that waits with this ticket.
    Fiber(u32),
    /// The event loop, which finds the interest among those that are ready.
    Loop,
}

struct Entry {
    descriptor: i32,
    wanted: Events,
    found: Events,
    wakes: Wakes,
}

/// A descriptor that somebody waits for, or nobody any more.
#[derive(Default)]
struct Watched {
    /// Of the entries that stand for it.
    tokens: Vec<u32>,
    /// What the driver believes that it is waited for.
    told: Events,
    /// It stands among those that have changed.
    has_changed: bool,
}

/// What a descriptor is waited for from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub descriptor: i32,
    /// By all who wait for it together; nothing if nobody does any more.
    pub wanted: Events,
}

/// All of them.
#[derive(Default)]
pub struct Interests {
    /// By token; those that are free are listed beside.
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    descriptors: BTreeMap<i32, Watched>,
    /// Descriptors of which the driver may have to hear.
    changed: Vec<i32>,
    /// Those of the event loop that were found ready.
    ready: Vec<u32>,
    /// How many were not found ready yet.
    awaited: usize,
}

impl Interests {
    fn entry(&self, token: u32) -> Option<&Entry> {
        self.entries.get(token as usize)?.as_ref()
    }

    fn entry_mut(&mut self, token: u32) -> Option<&mut Entry> {
        self.entries.get_mut(token as usize)?.as_mut()
    }

    /// The driver may have to hear of a descriptor.
    fn touch(&mut self, descriptor: i32) {
        let watched = self.descriptors.entry(descriptor).or_default();
        if !core::mem::replace(&mut watched.has_changed, true) {
            self.changed.push(descriptor);
        }
    }

    /// Puts a wish on the list.
    pub fn add(&mut self, descriptor: i32, wanted: Events, wakes: Wakes) -> u32 {
        let entry = Some(Entry { descriptor, wanted, found: 0, wakes });
        let token = match self.free.pop() {
            Some(token) => token,
            None => {
                self.entries.push(None);
                (self.entries.len() - 1) as u32
            }
        };
        self.entries[token as usize] = entry;
        self.awaited += 1;
        self.touch(descriptor);
        if let Some(watched) = self.descriptors.get_mut(&descriptor) {
            watched.tokens.push(token);
        }
        token
    }

    /// Takes it away.
    pub fn remove(&mut self, token: u32) {
        let Some(entry) = self.entries.get_mut(token as usize).and_then(Option::take) else { return };
        self.free.push(token);
        if entry.found == 0 {
            self.awaited -= 1;
        } else {
            self.ready.retain(|&ready| ready != token);
        }
        if let Some(watched) = self.descriptors.get_mut(&entry.descriptor) {
            watched.tokens.retain(|&known| known != token);
        }
        self.touch(entry.descriptor);
    }

    /// What the descriptor was found ready for; nothing while it is waited for.
    pub fn found(&self, token: u32) -> Events {
        self.entry(token).map_or(0, |entry| entry.found)
    }

    /// Waits for the descriptor once more.
    pub fn renew(&mut self, token: u32) {
        if let Some(entry) = self.entry_mut(token)
            && entry.found != 0
        {
            entry.found = 0;
            let descriptor = entry.descriptor;
            self.awaited += 1;
            self.touch(descriptor);
        }
    }

    /// Appends what has changed since the last time. What nobody waits for any more but somebody may again in a moment
    /// is told like the rest: the driver knows best what that costs.
    fn take_changes(&mut self, into: &mut Vec<Change>) {
        for descriptor in self.changed.drain(..) {
            let Some(watched) = self.descriptors.get_mut(&descriptor) else { continue };
            watched.has_changed = false;
            let entries =
                watched.tokens.iter().filter_map(|&token| self.entries.get(token as usize)?.as_ref());
            let wanted = entries.filter(|entry| entry.found == 0).fold(0, |all, entry| all | entry.wanted);
            if core::mem::replace(&mut watched.told, wanted) != wanted {
                into.push(Change { descriptor, wanted });
            }
            if watched.tokens.is_empty() {
                self.descriptors.remove(&descriptor);
            }
        }
    }

    /// Notes that a descriptor is ready for something. Appends whom to wake.
    fn find(&mut self, descriptor: i32, found: Events, woken: &mut Vec<Wakes>) {
        let Some(watched) = self.descriptors.get(&descriptor) else { return };
        for &token in &watched.tokens {
            let Some(entry) = self.entries.get_mut(token as usize).and_then(Option::as_mut) else { continue };
            // What was not asked for says that something is wrong, and concerns everybody.
            let concerns = found & (entry.wanted | !(READ | WRITE));
            if entry.found == 0 && concerns != 0 {
                entry.found = concerns;
                self.awaited -= 1;
                if entry.wakes == Wakes::Loop {
                    self.ready.push(token);
                }
                woken.push(entry.wakes);
            }
        }
        if !woken.is_empty() {
            self.touch(descriptor);
        }
    }

    /// Those of the event loop that have become ready since it last asked.
    pub fn take_ready(&mut self) -> Vec<u32> {
        core::mem::take(&mut self.ready)
    }

    /// Whether any of the event loop's have.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }
}

struct Provided(Shared);

impl Extension for Provided {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// The list of a machine.
pub fn shared(vm: &mut Vm) -> Shared {
    if let Some(provided) = vm.extension::<Provided>() {
        return Rc::clone(&provided.0);
    }
    let made = Shared::default();
    vm.extensions.push(Box::new(Provided(Rc::clone(&made))));
    made
}

/// Whether anybody waits for a descriptor.
pub fn any(vm: &mut Vm) -> bool {
    vm.extension::<Provided>().is_some_and(|provided| provided.0.borrow().awaited > 0)
}

/// Appends every descriptor for which something else is waited for than when this was last called.
pub fn take_changes(vm: &mut Vm, into: &mut Vec<Change>) {
    if let Some(provided) = vm.extension::<Provided>() {
        provided.0.borrow_mut().take_changes(into);
    }
}

/// A descriptor is ready: wakes everybody who waits for that.
pub fn report(vm: &mut Vm, descriptor: i32, found: Events) {
    let Some(provided) = vm.extension::<Provided>() else { return };
    let mut woken = Vec::new();
    provided.0.borrow_mut().find(descriptor, found, &mut woken);
    for wakes in woken {
        match wakes {
            Wakes::Fiber(ticket) => vm.happened(ticket),
            Wakes::Loop => callbacks::wake_loop(vm),
        }
    }
}

/// A descriptor is about to be closed: nobody waits for the next one that gets its number.
pub fn close(vm: &mut Vm, descriptor: i32) {
    report(vm, descriptor, INVALID);
}
