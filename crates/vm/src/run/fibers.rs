//! The fibers of a machine, and which of them is in it.
//!
//! ```text
//!   place 0      the main program
//!   place 1      a callback, while one runs or waits: the main program waits beneath it
//!   place 2, …   threads
//! ```
//!
//! The machine holds the fiber that runs (or ran last); the others lie here. Who comes next, and when a wait is over, is
//! for the engine to say: it asks for [`Vm::switch_to`]. Natives use the rest: they start threads, and hand over what a
//! fiber waits for.
//!
//! What always holds: the place of the fiber in the machine is empty; each fiber has locked the heap as often as it says
//! itself, and that lock is the heap's while the fiber is in the machine.

use super::Vm;
use super::frame::{Action, Fiber, Frame, FrameKind, Input, Wait};
use super::native_frame::NativeFrame;
use crate::heap::{Handle, Heap, OutOfMemory, Raised, Tracer, Value};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

/// The place of the main program.
pub const MAIN: usize = 0;
/// The place of a callback.
pub const CALLBACK: usize = 1;
/// Where the places of threads begin.
const FIRST_THREAD: usize = 2;

/// How many calls and back-edges a fiber may do before another one has its turn: a millisecond of the virtual clock.
pub const TIME_SLICE: u64 = 1000;

/// What [`Vm::turn_ends`] holds while nobody else could have a turn.
pub const NEVER: u64 = u64::MAX;

/// The system has no room for another thread, as it numbers that.
const EAGAIN: i32 = 11;

/// Every fiber that is not in the machine.
#[derive(Default)]
pub struct Fibers {
    places: Vec<Option<Fiber>>,
    /// The place of the fiber in the machine; none when that has ended.
    current: Option<usize>,
    threads: usize,
    latest_thread: u32,
    latest_ticket: u32,
}

impl Fibers {
    /// A table with the main program's fiber in the machine.
    pub(super) fn new() -> Fibers {
        Fibers { current: Some(MAIN), ..Fibers::default() }
    }

    /// The place of the fiber in the machine.
    pub fn current(&self) -> Option<usize> {
        self.current
    }

    /// How many threads there are besides the main program.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many places there are, taken or not.
    pub fn places(&self) -> usize {
        self.places.len().max(FIRST_THREAD)
    }

    /// A number for whoever begins to wait, higher than those before.
    pub fn ticket(&mut self) -> u32 {
        self.latest_ticket = self.latest_ticket.wrapping_add(1);
        self.latest_ticket
    }

    /// Empties every fiber that is not in the machine.
    pub fn clear(&mut self) {
        for fiber in self.places.iter_mut().flatten() {
            fiber.clear();
        }
    }

    /// What the table and its fibers have charged to the budget.
    pub fn bytes(&self) -> usize {
        let fibers: usize = self.places.iter().flatten().map(Fiber::bytes).sum();
        self.places.capacity() * size_of::<Option<Fiber>>() + fibers
    }

    /// Shows the collector everything on the fibers.
    pub(super) fn trace(&self, tracer: &mut Tracer<'_>) {
        for fiber in self.places.iter().flatten() {
            fiber.trace(tracer);
        }
    }

    /// Makes room for so many places.
    fn reserve(&mut self, heap: &mut Heap, count: usize) -> Result<(), OutOfMemory> {
        let missing = count.saturating_sub(self.places.len());
        heap.budget.reserve_for_interpreter(&mut self.places, missing)?;
        self.places.extend((0..missing).map(|_| None));
        Ok(())
    }

    /// A number that no living thread has.
    fn new_number(&mut self) -> u32 {
        // Zero is the main program.
        self.latest_thread = self.latest_thread.wrapping_add(1).max(1);
        self.latest_thread
    }
}

impl Vm {
    /// Makes the table ready for a main program and a callback.
    pub(super) fn reserve_fibers(&mut self) -> Result<(), OutOfMemory> {
        self.fibers.reserve(&mut self.heap, FIRST_THREAD)
    }

    /// The fiber at a place, in the machine or not.
    pub fn fiber_at(&self, place: usize) -> Option<&Fiber> {
        if self.fibers.current == Some(place) {
            return Some(&self.fiber);
        }
        self.fibers.places.get(place)?.as_ref()
    }

    /// The same, to change it.
    pub fn fiber_at_mut(&mut self, place: usize) -> Option<&mut Fiber> {
        if self.fibers.current == Some(place) {
            return Some(&mut self.fiber);
        }
        self.fibers.places.get_mut(place)?.as_mut()
    }

    /// Takes the fiber out of the machine to its place.
    fn put_down(&mut self) {
        let Some(place) = self.fibers.current.take() else { return };
        self.fiber.heap_locks = self.heap.lock_depth;
        let fiber = mem::take(&mut self.fiber);
        if let Some(place) = self.fibers.places.get_mut(place) {
            *place = Some(fiber);
        }
    }

    /// Puts the fiber at a place into the machine. Tells whether there is one.
    pub fn switch_to(&mut self, place: usize) -> bool {
        if self.fibers.current == Some(place) {
            return true;
        }
        self.put_down();
        let Some(fiber) = self.fibers.places.get_mut(place).and_then(Option::take) else { return false };
        self.heap.set_locks(fiber.heap_locks);
        self.fiber = fiber;
        self.fibers.current = Some(place);
        true
    }

    /// Puts a new fiber for the main program, or a callback, into the machine. Whoever was in that place is given up.
    pub fn begin_fiber(&mut self, place: usize, fiber: Fiber) {
        self.put_down();
        if let Some(given_up) = self.fibers.places.get_mut(place).and_then(Option::take) {
            given_up.release(&mut self.heap.budget);
        }
        self.heap.set_locks(fiber.heap_locks);
        self.fiber = fiber;
        self.fibers.current = Some(place);
    }

    /// Takes the fiber in the machine, which has ended; nobody is in the machine then.
    pub fn take_ended(&mut self) -> Fiber {
        if self.fibers.current.take().is_some_and(|place| place >= FIRST_THREAD) {
            self.fibers.threads -= 1;
        }
        self.fiber.heap_locks = self.heap.lock_depth;
        mem::take(&mut self.fiber)
    }

    /// Starts a thread with this frame. It runs when its turn comes; the result is its number.
    ///
    /// # Errors
    /// `OSError` when there are too many, `MemoryError` when the heap is full or locked.
    pub fn start_thread(&mut self, frame: Box<dyn NativeFrame>) -> Result<u32, Raised> {
        if self.fibers.threads >= self.limits.threads {
            return Err(self.heap.raise_os(EAGAIN));
        }
        let place =
            match (FIRST_THREAD..self.fibers.places.len()).find(|&place| self.fiber_at(place).is_none()) {
                Some(place) => place,
                None => {
                    let place = self.fibers.places();
                    self.fibers.reserve(&mut self.heap, place + 1)?;
                    place
                }
            };
        let mut fiber = Fiber { thread: self.fibers.new_number(), ..Fiber::new() };
        self.heap.budget.reserve(&mut fiber.frames, 8)?;
        fiber.frames.push(Frame { action: Action::Exit, kind: FrameKind::Native(Some(frame), 0) });
        fiber.input = Some(Input::Start);
        let number = fiber.thread;
        self.fibers.places[place] = Some(fiber);
        self.fibers.threads += 1;
        if self.turn_ends == NEVER {
            // From now on there is somebody to take turns with.
            self.begin_turn();
            self.look_soon();
        }
        Ok(number)
    }

    /// The turn of the fiber in the machine begins now.
    pub fn begin_turn(&mut self) {
        self.turn_ends = match self.fibers.threads {
            0 => NEVER,
            _ => self.work_done() + TIME_SLICE,
        };
    }

    /// Gives a value to the fiber that has waited longest for it to be handed over from this object. The result is the
    /// ticket it waited with; none if nobody waits.
    pub fn hand_over(&mut self, object: Handle, value: Value) -> Option<u32> {
        let latest = self.fibers.latest_ticket;
        let waiting = self.fibers.places.iter_mut().flatten().filter_map(|fiber| match fiber.wait {
            Some(Wait::HandedOver { from, ticket, .. }) if from == object => Some((ticket, fiber)),
            _ => None,
        });
        // The numbers of tickets start anew some day: what counts is how long ago one was given.
        let (ticket, fiber) = waiting.max_by_key(|(ticket, _)| latest.wrapping_sub(*ticket))?;
        fiber.wait = None;
        fiber.input = Some(Input::Value(value));
        Some(ticket)
    }
}
