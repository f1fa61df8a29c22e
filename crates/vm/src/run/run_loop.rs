//! The run loop around the dispatch loop: it steps native frames, unwinds exceptions, grants fuel and collects.

use super::dispatch::Instruction;
use super::frame::{Action, FrameKind, Input, Wait};
use super::native_frame::Step;
use super::{Called, Outcome, Request, Vm};
use crate::heap::{Raised, TypeId, Value};

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub enum RunResult {
    /// The fiber's first frame returned this.
    Done(Value),
    /// It raised this.
    Raised(Value),
    /// The fuel is used up; the fiber goes on when run again.
    OutOfFuel,
    /// The fiber waits; see [`super::Fiber::wait`].
    Parked,
    /// Somebody asked for attention ([`super::Signals::request_attention`]); the fiber goes on when run again.
    Attention,
    /// Its turn is over ([`Vm::turn_ends`]); the fiber goes on when run again.
    TurnOver,
}

/// Why the dispatch loop handed over.
pub(super) enum Flow {
    /// The frame on top changed, or the fuel of this slice is used up: look again.
    Look,
    /// The same, at the end of a loop's round: the frame on top stands before the first instruction of the next one.
    BackEdge,
    /// An exception is on its way; the frame on top is where it was raised.
    Raise(Raised),
    /// The frame that the run began with returned.
    Exit(Value),
}

/// What delivering a result came to.
pub(super) enum Delivered {
    /// It is where it belongs; go on with the frame on top.
    Go,
    /// A run ends with this.
    Exit(Value),
}

/// Fuel is granted in slices of at most this, so that signals are seen soon.
const SLICE: u64 = 4096;

/// After natives have gone over so many bytes or items, signals are looked at.
pub(super) const MUCH_WORK: usize = 1 << 20;

/// What one step of a native frame counts as.
const STEP_WORK: usize = 1000;

/// How often a step of a native frame is tried again when memory runs out.
const ATTEMPTS: u32 = 8;

impl Vm {
    /// Runs the fiber with this much fuel.
    pub fn run(&mut self, fuel: u64) -> RunResult {
        // What an earlier step has left is no part of this one.
        self.look_soon();
        self.fuel_reserve = fuel;
        if self.fuel < 0 && fuel > 0 {
            // Before it looks at signals a run comes to its next back-edge or call, whether the last one ended for lack
            // of fuel or not: so what happens there does not depend on the fuel of a step.
            self.fuel_reserve -= 1;
            self.grant(1);
        }
        if self.signals.wants_attention() {
            self.look_soon();
        }
        let python_on_top =
            matches!(self.fiber.frames.last(), Some(super::Frame { kind: FrameKind::Python(_), .. }));
        if !python_on_top && let Some(raised) = self.fiber.pending.take() {
            self.fiber.wait = None;
            self.fiber.input = None;
            return self.run_until_exit(0, Some(raised));
        }
        if self.fiber.wait.take().is_some() && self.fiber.input.is_none() {
            self.fiber.input = Some(Input::Unparked);
        }
        self.run_until_exit(0, None)
    }

    /// Runs until the frame that was just pushed with [`Action::Exit`] has ended.
    pub(super) fn run_nested(&mut self) -> Result<Value, Raised> {
        let floor = self.fiber.frames.len() - 1;
        // The instruction that asks for this can be done again afterwards, and has got no further by what runs here.
        let (instruction, work, nested_work) = (self.instruction, self.work_done(), self.nested_work);
        self.fiber.nested += 1;
        let result = self.run_until_exit(floor, None);
        self.fiber.nested -= 1;
        self.instruction = instruction;
        self.nested_work = nested_work + (self.work_done() - work);
        if self.work_done() >= self.turn_ends || self.signals.wants_attention() {
            // What could not be done in there is done as soon as the last nested run is over.
            self.look_soon();
        }
        match result {
            RunResult::Done(value) => Ok(value),
            RunResult::Raised(exception) => Err(Raised(exception)),
            RunResult::OutOfFuel | RunResult::Parked | RunResult::Attention | RunResult::TurnOver => {
                // run_until_exit does not stop for these while nested.
                self.fiber.frames.truncate(floor);
                Err(self.heap.raise(TypeId::RuntimeError, "can't block here"))
            }
        }
    }

    fn run_until_exit(&mut self, floor: usize, raised: Option<Raised>) -> RunResult {
        let mut flow = match raised {
            Some(raised) => Flow::Raise(raised),
            None => Flow::Look,
        };
        loop {
            flow = match flow {
                Flow::Exit(value) => return RunResult::Done(value),
                Flow::Raise(raised) => match self.handle(raised, floor) {
                    Ok(()) => Flow::Look,
                    Err(exception) => return RunResult::Raised(exception),
                },
                Flow::BackEdge => match self.safepoint() {
                    Ok(None) => self.go(),
                    Ok(Some(result)) => return result,
                    Err(raised) => {
                        // What comes from outside is raised in the loop, and not by what stands before it.
                        if let Some(frame) = self.top_frame() {
                            frame.pc += 1;
                        }
                        Flow::Raise(raised)
                    }
                },
                Flow::Look => {
                    if self.fiber.wait.is_some() {
                        if self.fiber.nested == 0 {
                            return RunResult::Parked;
                        }
                        match self.block_nested() {
                            Ok(()) => Flow::Look,
                            Err(raised) => Flow::Raise(raised),
                        }
                    } else if self.fuel < 0 || self.heap.wants_collection() {
                        match self.safepoint() {
                            Ok(None) => self.go(),
                            Ok(Some(result)) => return result,
                            Err(raised) => Flow::Raise(raised),
                        }
                    } else {
                        self.go()
                    }
                }
            };
        }
    }

    fn go(&mut self) -> Flow {
        self.instruction = Instruction::NONE;
        match self.fiber.frames.last() {
            Some(frame) => match &frame.kind {
                FrameKind::Python(_) => self.dispatch(),
                FrameKind::Native(..) => self.step_native(),
            },
            None => Flow::Exit(Value::NONE),
        }
    }

    /// Waits in place for a fiber that parked inside a nested run.
    fn block_nested(&mut self) -> Result<(), Raised> {
        match self.fiber.wait.take() {
            Some(Wait::Until(until)) if self.platform.block_until(until) => {
                self.fiber.input = Some(Input::Unparked);
                Ok(())
            }
            _ => Err(self.heap.raise(TypeId::RuntimeError, "can't block here")),
        }
    }

    /// The slow path of fuel: interrupts, collection, the end of a step.
    fn safepoint(&mut self) -> Result<Option<RunResult>, Raised> {
        if self.collect_every > 0 {
            self.collect_countdown = self.collect_countdown.saturating_sub(1);
            if self.collect_countdown == 0 {
                self.collect_countdown = self.collect_every;
                self.collect();
            }
        }
        if self.heap.wants_collection() {
            self.collect();
        }
        if self.fuel >= 0 {
            return Ok(None);
        }
        // Signals come before the end of a step, so that they are seen at the same place however short steps are.
        self.heap.work = 0;
        if self.heap.take_interrupt() {
            self.signals.interrupt();
        }
        let nested = self.fiber.nested > 0;
        if let Some(raised) = self.fiber.pending.take() {
            return Err(raised);
        }
        if nested && self.platform.look_around() {
            self.signals.interrupt();
        }
        if self.signals.is_interrupted() {
            if self.fiber.thread != 0 && !nested {
                // Ctrl-C is for the main program: the engine passes it on.
                return Ok(Some(RunResult::Attention));
            }
            self.signals.take_interrupt();
            return Err(self.heap.raise_bare(TypeId::KeyboardInterrupt));
        }
        let turn_left = self.turn_ends.saturating_sub(self.work_done());
        if !nested {
            if self.signals.take_attention() {
                return Ok(Some(RunResult::Attention));
            }
            if turn_left == 0 {
                return Ok(Some(RunResult::TurnOver));
            }
            if self.fuel_reserve == 0 {
                return Ok(Some(RunResult::OutOfFuel));
            }
        }
        let slice = self.next_slice(nested, turn_left);
        self.fuel_reserve = self.fuel_reserve.saturating_sub(slice);
        self.grant(slice as i64);
        Ok(None)
    }

    /// How much fuel to grant next. A slice never reaches past the end of a turn, so that turns end at the same place
    /// however much fuel a step is given; only a nested run goes on beyond it, and its end is looked at then.
    fn next_slice(&self, nested: bool, turn_left: u64) -> u64 {
        let slice = match (self.collect_every, turn_left) {
            (0, 0) => SLICE,
            (0, left) => SLICE.min(left),
            _ => 1,
        };
        if nested { slice } else { slice.min(self.fuel_reserve) }
    }

    /// Ends the slice of fuel, so that the next back-edge or call looks at signals. What a program asks for itself
    /// happens at the same place however much fuel a step is given.
    pub fn look_soon(&mut self) {
        if self.fuel > 0 {
            self.fuel_reserve = self.fuel_reserve.saturating_add(self.fuel as u64);
            self.fuel_granted -= self.fuel;
            self.fuel = 0;
        }
    }

    fn grant(&mut self, fuel: i64) {
        self.spent += (self.fuel_granted - self.fuel) as u64;
        self.fuel += fuel;
        self.fuel_granted = self.fuel;
    }

    /// After much work of natives: looks at signals as soon as a program could have asked for it.
    #[inline(always)]
    pub(super) fn mind_work(&mut self) {
        if self.heap.work >= MUCH_WORK {
            self.heap.work = 0;
            self.look_soon();
        }
    }

    /// The same after an operator that may have gone over all of a value.
    #[inline(always)]
    pub(super) fn mind_work_on(&mut self, value: Value) {
        if value.as_handle().is_some() {
            let extent = self.heap.extent(value);
            self.heap.worked(extent);
            self.mind_work();
        }
    }

    fn step_native(&mut self) -> Flow {
        self.fuel -= 1;
        self.heap.worked(STEP_WORK);
        self.mind_work();
        let input = self.fiber.input.take().unwrap_or(Input::Unparked);
        let number = self.fiber.frames.len() - 1;
        let Some(mut native) = self.take_native(number) else { return Flow::Exit(Value::NONE) };
        let mut answer = native.step(self, input);
        // A long step may use up more than once what a collection gives back; each attempt goes on where it stopped.
        let mut attempts = 0;
        while matches!(answer, Err(Raised::OUT_OF_MEMORY)) && self.heap.lock_depth == 0 && attempts < ATTEMPTS
        {
            attempts += 1;
            // The state and the input are not on the stack just now: put them back for the collector.
            self.put_native(number, native);
            self.fiber.input = Some(input);
            self.collect();
            self.fiber.input = None;
            let Some(again) = self.take_native(number) else { return Flow::Exit(Value::NONE) };
            native = again;
            answer = native.step(self, input);
        }
        match answer {
            Ok(step) => {
                self.put_native(number, native);
                match self.follow(number, step) {
                    Ok(flow) => flow,
                    Err(raised) => Flow::Raise(raised),
                }
            }
            // What the frame itself raises is not for it to catch: it is not put back.
            Err(raised) => Flow::Raise(raised),
        }
    }

    fn take_native(&mut self, number: usize) -> Option<alloc::boxed::Box<dyn super::NativeFrame>> {
        match self.fiber.frames.get_mut(number) {
            Some(super::Frame { kind: FrameKind::Native(native, _), .. }) => native.take(),
            _ => None,
        }
    }

    fn put_native(&mut self, number: usize, frame: alloc::boxed::Box<dyn super::NativeFrame>) {
        if let Some(super::Frame { kind: FrameKind::Native(native, _), .. }) =
            self.fiber.frames.get_mut(number)
        {
            *native = Some(frame);
        }
    }

    /// Does what a native frame asked for.
    fn follow(&mut self, number: usize, step: Step) -> Result<Flow, Raised> {
        let called = match step {
            Step::Return(value) => {
                return self.leave_native(number, |vm, action| vm.deliver(action, value));
            }
            Step::Stop(value) => {
                return self.leave_native(number, |vm, action| vm.deliver_stop(action, value));
            }
            Step::Become(frame) => {
                self.put_native(number, frame);
                self.fiber.input = Some(Input::Start);
                return Ok(Flow::Look);
            }
            Step::Park(wait) => {
                self.fiber.wait = Some(wait);
                return Ok(Flow::Look);
            }
            Step::Pushed => return Ok(Flow::Look),
            Step::Call(callable, arguments) => {
                self.complete(Outcome::Call(callable, arguments), Action::Native)
            }
            Step::CallMany(callable, arguments, keywords) => {
                self.complete(Outcome::CallMany(callable, arguments, keywords), Action::Native)
            }
            Step::Perform(request) => self.perform(request, Action::Native),
            Step::Iter(source) => self.perform(Request::Iter(source), Action::Native),
            Step::Again => {
                self.fiber.input = Some(Input::Unparked);
                return Ok(Flow::Look);
            }
            Step::Next(iterator) => self.with_room(&[iterator], |vm| vm.next(iterator, Action::NativeItem)),
            Step::Send(generator, value) => self.resume(generator, Input::Value(value), Action::Native),
            Step::Throw(generator, exception) => {
                self.resume(generator, Input::Raised(exception), Action::Native)
            }
        }?;
        match called {
            Called::Value(value) => self.fiber.input = Some(Input::Value(value)),
            Called::Stop(value) => self.fiber.input = Some(Input::Stop(value)),
            Called::Pushed => {}
        }
        Ok(Flow::Look)
    }

    fn leave_native(
        &mut self,
        number: usize,
        deliver: impl FnOnce(&mut Vm, Action) -> Result<Delivered, Raised>,
    ) -> Result<Flow, Raised> {
        let action = match self.fiber.frames.get(number) {
            Some(frame) => frame.action,
            None => Action::Exit,
        };
        self.fiber.frames.truncate(number);
        match deliver(self, action)? {
            Delivered::Go => Ok(Flow::Look),
            Delivered::Exit(value) => Ok(Flow::Exit(value)),
        }
    }

    /// Starts a fiber on a function without arguments: what [`Vm::run`] will run.
    pub fn start(&mut self, callable: Value, arguments: &[Value]) -> Result<(), Raised> {
        match self.call_with(callable, arguments, Action::Exit)? {
            Called::Value(value) => self.push_native(alloc::boxed::Box::new(Finished(value)), Action::Exit),
            Called::Stop(value) => Err(self.stop_iteration(value)),
            Called::Pushed => Ok(()),
        }
    }
}

/// A fiber whose function returned at once.
struct Finished(Value);

impl super::NativeFrame for Finished {
    fn step(&mut self, _vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        Ok(Step::Return(self.0))
    }

    fn trace(&self, tracer: &mut crate::heap::Tracer<'_>) {
        tracer.value(self.0);
    }
}
