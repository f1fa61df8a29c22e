//! A wait for descriptors, as a native frame holds it while its fiber is parked.
//!
//! What always holds: when it is dropped, however its frame came to an end, nothing of it is left on the list.

use super::interests::{self, Shared, Wakes};
use super::system::Events;
use alloc::vec::Vec;
use wigwag_vm::run::{Vm, Wait};

/// Some descriptors, and the fiber that waits for the first of them.
pub struct Waiting {
    interests: Shared,
    ticket: u32,
    tokens: Vec<u32>,
    until_us: Option<u64>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut interests = self.interests.borrow_mut();
        for &token in &self.tokens {
            interests.remove(token);
        }
    }
}

impl Waiting {
    /// A wait of the fiber that runs, for nothing yet; it ends at a time at the latest.
    pub fn new(vm: &mut Vm, until_us: Option<u64>) -> Waiting {
        let ticket = vm.fibers.ticket();
        Waiting { interests: interests::shared(vm), ticket, tokens: Vec::new(), until_us }
    }

    /// Waits for this descriptor too.
    pub fn watch(&mut self, descriptor: i32, wanted: Events) {
        let token = self.interests.borrow_mut().add(descriptor, wanted, Wakes::Fiber(self.ticket));
        self.tokens.push(token);
    }

    /// What the fiber is parked with. Those that were found ready before are waited for once more.
    pub fn park(&mut self) -> Wait {
        let mut interests = self.interests.borrow_mut();
        for &token in &self.tokens {
            interests.renew(token);
        }
        Wait::Outside { ticket: self.ticket, until_us: self.until_us }
    }
}
