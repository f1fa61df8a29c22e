//! Whose turn it is: the main program, a callback or a thread.
//!
//! Fibers take turns in the order of their places. A turn ends when its fiber waits, or after a fixed number of calls and
//! back-edges while there are threads. A callback comes between two instructions of a turn, which goes on behind it.
//!
//! What must always hold: who runs when does not depend on how much fuel a step is given. So while a turn is under way
//! nobody is woken and nothing is decided, however many steps it takes.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use wigwag_modules::callbacks::Callbacks;
use wigwag_vm::run::fibers::{CALLBACK, MAIN};
use wigwag_vm::run::{Fiber, Input, Vm, Wait};

/// Who has the turn.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// The fiber in the machine has not used up its turn.
    under_way: bool,
    /// The place of the one that had a turn last, not counting callbacks.
    latest: usize,
    /// The turn that a callback came in the middle of: whose it is, and when it ends.
    interrupted: Option<(usize, u64)>,
}

/// The main program waits while a callback runs in its place.
fn is_covered(vm: &Vm, place: usize) -> bool {
    place == MAIN && vm.fiber_at(CALLBACK).is_some()
}

/// Every fiber that may have a turn, or wait for one.
fn uncovered(vm: &Vm) -> impl Iterator<Item = &Fiber> {
    (0..vm.fibers.places()).filter(|&place| !is_covered(vm, place)).filter_map(|place| vm.fiber_at(place))
}

/// Whether there is no fiber at all.
pub(crate) fn none(vm: &Vm) -> bool {
    uncovered(vm).next().is_none()
}

impl Turns {
    /// Sees to it that a fiber which can run is in the machine. Tells whether there is one.
    #[inline]
    pub(crate) fn next(&mut self, vm: &mut Vm, now: u64) -> bool {
        self.under_way || self.choose(vm, now)
    }

    fn choose(&mut self, vm: &mut Vm, now: u64) -> bool {
        wake(vm, now);
        let count = vm.fibers.places();
        let can_run = |place: &usize| {
            !is_covered(vm, *place) && vm.fiber_at(*place).is_some_and(|fiber| fiber.wait.is_none())
        };
        let Some(place) = (1..=count).map(|steps| (self.latest + steps) % count).find(can_run) else {
            return false;
        };
        self.interrupted = None;
        // A callback's turn is the main program's.
        self.latest = if place == CALLBACK { MAIN } else { place };
        self.under_way = vm.switch_to(place);
        vm.begin_turn();
        self.under_way
    }

    /// The turn is over: its fiber waits, or has had its time.
    pub(crate) fn end(&mut self) {
        self.under_way = false;
    }

    /// The fiber in the machine was stopped in its turn, which goes on unless its time is over.
    pub(crate) fn pause(&mut self, vm: &Vm) {
        self.under_way = vm.work_done() < vm.turn_ends;
    }

    /// Whoever was put into the machine has a turn.
    pub(crate) fn begin(&mut self, vm: &mut Vm) {
        self.under_way = true;
        vm.begin_turn();
    }

    /// A callback comes in between.
    pub(crate) fn interrupt(&mut self, vm: &Vm) {
        self.interrupted = match vm.fibers.current() {
            Some(place) if self.under_way => Some((place, vm.turn_ends)),
            _ => None,
        };
    }

    /// The callback has ended: the turn goes on that it came in the middle of, if nobody had one meanwhile.
    pub(crate) fn go_on(&mut self, vm: &mut Vm) {
        self.under_way = false;
        if let Some((place, ends)) = self.interrupted.take()
            && vm.switch_to(place)
        {
            vm.turn_ends = ends;
            self.pause(vm);
        }
    }
}

/// Ends the waits that are over.
fn wake(vm: &mut Vm, now: u64) {
    let heeds_call = |fiber: &Fiber| fiber.wait.is_some_and(Wait::heeds_call);
    // A callback that runs may have asked for a wake: that is for the fiber that waits beneath it.
    let called = uncovered(vm).any(heeds_call)
        && vm.extension::<Callbacks>().is_some_and(|callbacks| core::mem::take(&mut callbacks.wake_loop));
    for place in 0..vm.fibers.places() {
        let Some(fiber) = vm.fiber_at_mut(place) else { continue };
        let Some(wait) = fiber.wait else { continue };
        let is_due = wait.deadline_us().is_some_and(|until| now >= until);
        if is_due || called && wait.heeds_call() {
            fiber.wait = None;
            fiber.input = Some(Input::Unparked);
        }
    }
}

/// When the first of those who wait goes on by itself.
pub(crate) fn next_deadline(vm: &Vm) -> Option<u64> {
    uncovered(vm).filter_map(|fiber| fiber.wait?.deadline_us()).min()
}

/// Gives an exception to the main program (to a callback in its place), wherever it stands.
pub(crate) fn interrupt_main(vm: &mut Vm, raised: wigwag_vm::heap::Raised) {
    let place = if vm.fiber_at(CALLBACK).is_some() { CALLBACK } else { MAIN };
    if let Some(fiber) = vm.fiber_at_mut(place) {
        fiber.interrupt(raised);
    }
}

/// The lines of a deadlock's report for fibers: where each one waits, and for what. An event loop on the main program,
/// with no threads, is not worth one: its tasks say more.
pub(crate) fn report_waits(vm: &Vm, report: &mut String) {
    let alone = vm.fibers.threads() == 0;
    for fiber in uncovered(vm) {
        let Some(wait) = fiber.wait else { continue };
        let waits_for = match wait {
            Wait::HandedOver { .. } => "a lock",
            Wait::Outside { .. } => "a descriptor",
            _ if alone => continue,
            _ => "something to do in its event loop",
        };
        let name = match fiber.thread {
            0 => String::from("main program"),
            number => format!("thread {}", u64::from(number) + 1),
        };
        let _ = write!(report, "  {name} waits");
        if let Some((file, line)) = fiber.line() {
            let _ = write!(report, " in File \"{}\", line {line}", vm.heap.symbols.text(file));
        }
        let _ = writeln!(report, " for {waits_for}");
    }
}
