//! Who waits for which descriptor.
//!
//! Natives put down what they wait for, and take it away when the wait is over ([`super::wait::Waiting`] does, by being
//! dropped). The engine shows the list to its driver, which knows how to wait, and says what has become ready: then the
//! fiber is woken that waits for it, or the event loop.
//!
//! What always holds: what was found ready is not on the list again until its owner asks anew, so nothing is reported
//! twice and nobody spins.

use super::system::Events;
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

/// One descriptor that somebody waits for.
#[derive(Clone, Copy, Debug)]
pub struct Interest {
    /// What to report it by.
    pub token: u32,
    /// Its number.
    pub descriptor: i32,
    /// What it is waited for.
    pub wanted: Events,
}

/// All of them.
#[derive(Default)]
pub struct Interests {
    entries: BTreeMap<u32, Entry>,
    latest: u32,
    /// Those of the event loop that were found ready.
    ready: Vec<u32>,
    /// How many were not found ready yet.
    awaited: usize,
}

impl Interests {
    /// Puts a wish on the list.
    pub fn add(&mut self, descriptor: i32, wanted: Events, wakes: Wakes) -> u32 {
        loop {
            self.latest = self.latest.wrapping_add(1);
            if !self.entries.contains_key(&self.latest) {
                break;
            }
        }
        self.entries.insert(self.latest, Entry { descriptor, wanted, found: 0, wakes });
        self.awaited += 1;
        self.latest
    }

    /// Takes it away.
    pub fn remove(&mut self, token: u32) {
        if let Some(entry) = self.entries.remove(&token) {
            self.awaited -= usize::from(entry.found == 0);
        }
    }

    /// What the descriptor was found ready for; nothing while it is waited for.
    pub fn found(&self, token: u32) -> Events {
        self.entries.get(&token).map_or(0, |entry| entry.found)
    }

    /// Waits for the descriptor once more.
    pub fn renew(&mut self, token: u32) {
        if let Some(entry) = self.entries.get_mut(&token)
            && entry.found != 0
        {
            entry.found = 0;
            self.awaited += 1;
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

/// Appends every descriptor that is waited for.
pub fn list(vm: &mut Vm, into: &mut Vec<Interest>) {
    let Some(provided) = vm.extension::<Provided>() else { return };
    let list = provided.0.borrow();
    into.extend(list.entries.iter().filter(|(_, entry)| entry.found == 0).map(|(&token, entry)| Interest {
        token,
        descriptor: entry.descriptor,
        wanted: entry.wanted,
    }));
}

/// A descriptor is ready: wakes who waits for it.
pub fn report(vm: &mut Vm, token: u32, found: Events) {
    let Some(provided) = vm.extension::<Provided>() else { return };
    let wakes = {
        let list = &mut *provided.0.borrow_mut();
        match list.entries.get_mut(&token) {
            Some(entry) if entry.found == 0 && found != 0 => {
                entry.found = found;
                list.awaited -= 1;
                if entry.wakes == Wakes::Loop {
                    list.ready.push(token);
                }
                entry.wakes
            }
            _ => return,
        }
    };
    match wakes {
        Wakes::Fiber(ticket) => vm.happened(ticket),
        Wakes::Loop => callbacks::wake_loop(vm),
    }
}

/// Wakes everybody who waits for a descriptor, ready or not: what they wait for may have changed.
pub fn nudge(vm: &mut Vm, descriptor: i32) {
    let Some(provided) = vm.extension::<Provided>() else { return };
    let concerned: Vec<(u32, Events)> = {
        let list = provided.0.borrow();
        let entries = list.entries.iter().filter(|(_, entry)| entry.descriptor == descriptor);
        entries.map(|(&token, entry)| (token, entry.wanted)).collect()
    };
    for (token, wanted) in concerned {
        report(vm, token, wanted);
    }
}
