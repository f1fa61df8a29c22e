//! The engine: a machine, its clock and its fibers, stepped by a driver.
//!
//! ```text
//!            ┌────────────────────── step ──────────────────────┐
//!            ▼                                                  │
//!   callbacks waiting? ──yes──▶ put one on a fiber of its own ──┤
//!            │ no                                               │
//!   a fiber can run? ──yes──▶ run it with the fuel ─────────────┤
//!            │ no                                               │
//!   virtual clock: jump to the next deadline ───────────────────┤
//!   other clocks: Idle { until } ◀──────────────────────────────┘
//! ```
//!
//! The driver owns time: it waits as it likes until the `Idle` deadline, and steps again.

use crate::clocks::{ClockSource, END_OF_TIME_US, VirtualClock, VirtualTime};
use crate::fibers::{self, Turns};
use crate::surroundings::Surroundings;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};
use wigwag_board::Board;
use wigwag_modules::callbacks::Callbacks;
use wigwag_modules::clock::{Timekeeper, now_us};
use wigwag_modules::net::interests::{self, Change};
use wigwag_modules::net::system::Events;
use wigwag_modules::settings::Settings;
use wigwag_vm::heap::{OutOfMemory, Raised, TypeId, Value};
use wigwag_vm::run::fibers::{CALLBACK, MAIN, NEVER};
use wigwag_vm::run::platform::Platform;
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{Fiber, RunResult, Stream, Vm};

/// How an engine is set up.
pub struct Config {
    /// Bytes that the heap may hold.
    pub heap_bytes: usize,
    /// What drives time.
    pub clock: ClockSource,
    /// At what power of two `ticks_ms()` wraps.
    pub ticks_period: u64,
    /// Stop when the program's time reaches this.
    pub until_us: Option<u64>,
    /// The board; none for the unix port's world.
    pub board: Option<&'static Board>,
    /// What programs find in `sys`.
    pub settings: Settings,
}

/// As after a board's default boot file: these are imported in the main program already.
const BOOT_IMPORTS: &[&str] = &["machine", "pyb"];

fn import_into_main(vm: &mut Vm, names: &[&'static str]) -> Result<(), Raised> {
    for name in names {
        if let Some(module) = vm.native_module(name)? {
            let symbol = vm.heap.intern_static(name)?;
            vm.namespace_set(vm.main, symbol, module)?;
        }
    }
    Ok(())
}

/// What a step came to.
#[derive(Debug)]
pub enum Stepped {
    /// There is more to do now.
    Ready,
    /// Nothing to do until this time (of the program's clock), or until something happens outside.
    Idle {
        /// When, if ever.
        until_us: Option<u64>,
    },
    /// The program is over.
    Ended(Ending),
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end.
    Finished,
    /// The time given to it is over.
    TimeUp,
    /// It asked to end with this status.
    Exit(i32),
    /// An exception nobody caught; its text with the traceback.
    Exception(String),
    /// Ctrl-C; the text with the traceback.
    Interrupted(String),
    /// Nothing can ever wake it; a report that names what waits where.
    Deadlock(String),
}

impl Ending {
    /// The status that a process ends with, as MicroPython's unix port has it.
    pub fn status(&self) -> i32 {
        match self {
            Ending::Finished | Ending::TimeUp => 0,
            Ending::Exit(status) => status & 0xFF,
            Ending::Exception(_) | Ending::Deadlock(_) => 1,
            Ending::Interrupted(_) => 130,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Finished => f.write_str("the program has ended"),
            Ending::TimeUp => f.write_str("the program's time is up"),
            Ending::Exit(status) => write!(f, "the program has ended with status {status}"),
            Ending::Exception(text) | Ending::Interrupted(text) | Ending::Deadlock(text) => {
                f.write_str(text.trim_end())
            }
        }
    }
}

impl core::error::Error for Ending {}

/// A machine with its clock and fibers.
pub struct Engine {
    /// The machine.
    pub vm: Vm,
    virtual_time: Option<Rc<VirtualTime>>,
    until_us: Option<u64>,
    started: bool,
    turns: Turns,
    /// The callback that runs or waits is a hard one: the heap is locked for it.
    hard_callback: bool,
    /// A callback has ended, and the program has not run since.
    program_first: bool,
    /// An empty fiber for the next callback, so that its stack is allocated once.
    spare: Fiber,
}

impl Engine {
    /// An engine with the library installed and nothing to run yet.
    ///
    /// # Errors
    /// When the heap cannot even hold the built-in types.
    pub fn new(config: Config, platform: Box<dyn Platform>) -> Result<Engine, OutOfMemory> {
        let virtual_time = match config.clock {
            ClockSource::Virtual => Some(Rc::new(VirtualTime::default())),
            ClockSource::Driver(_) => None,
        };
        let surroundings = Surroundings { inner: platform, virtual_time: virtual_time.clone() };
        let mut vm = Vm::new(config.heap_bytes, Box::new(surroundings))?;
        let clock = match config.clock {
            ClockSource::Virtual => match &virtual_time {
                Some(time) => Box::new(VirtualClock(time.clone())),
                None => return Err(OutOfMemory),
            },
            ClockSource::Driver(clock) => clock,
        };
        vm.extensions.push(Box::new(Timekeeper::new(clock, config.ticks_period)));
        vm.extensions.push(Box::new(config.settings));
        wigwag_modules::install(&mut vm);
        if let Some(board) = config.board {
            wigwag_board::install(&mut vm, board).map_err(|_| OutOfMemory)?;
            import_into_main(&mut vm, BOOT_IMPORTS).map_err(|_| OutOfMemory)?;
        } else {
            wigwag_modules::install_without_board(&mut vm);
        }
        // Nobody is in the machine until a program is.
        vm.take_ended().release(&mut vm.heap.budget);
        Ok(Engine {
            spare: Fiber::new(),
            turns: Turns::default(),
            hard_callback: false,
            program_first: false,
            vm,
            until_us: config.until_us.or(virtual_time.as_ref().map(|_| END_OF_TIME_US)),
            virtual_time,
            started: false,
        })
    }

    /// Puts a source text on the main fiber.
    ///
    /// # Errors
    /// A syntax error, as the program's ending.
    pub fn start(&mut self, source: &[u8], file: &str, mode: SourceMode) -> Result<(), Ending> {
        self.begin_main();
        match self.vm.start_main(source, file, mode) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Err(self.ending_of(exception))
            }
        }
    }

    /// Puts the run of a module as the program on the main fiber, by its dotted name, as `-m` has it.
    ///
    /// # Errors
    /// What was raised at once, as the program's ending.
    pub fn start_module(&mut self, name: &str) -> Result<(), Ending> {
        self.begin_main();
        match self.vm.start_module(name) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Err(self.ending_of(exception))
            }
        }
    }

    /// Puts a call on the main fiber.
    ///
    /// # Errors
    /// What the call raised at once, as the program's ending.
    pub fn start_call(&mut self, callable: Value, arguments: &[Value]) -> Result<(), Ending> {
        self.begin_main();
        match self.vm.start(callable, arguments) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Err(self.ending_of(exception))
            }
        }
    }

    /// An empty fiber for the main program. Threads of the one before go on beside it.
    fn begin_main(&mut self) {
        if self.vm.switch_to(CALLBACK) {
            let callback = self.vm.take_ended();
            callback.release(&mut self.vm.heap.budget);
        }
        let heap_locks = self.locks_of_main();
        self.vm.begin_fiber(MAIN, Fiber { heap_locks, ..Fiber::new() });
        self.turns.begin(&mut self.vm);
        self.started = true;
    }

    /// How often the main program has locked the heap.
    fn locks_of_main(&self) -> u32 {
        match self.vm.fiber_at(MAIN) {
            Some(main) if self.vm.fibers.current() != Some(MAIN) => main.heap_locks,
            _ => self.vm.heap.lock_depth,
        }
    }

    pub(crate) fn exception_of(&mut self, raised: Raised) -> Value {
        if raised == Raised::OUT_OF_MEMORY { self.vm.memory_error() } else { raised.0 }
    }

    /// The program's time.
    pub fn now_us(&mut self) -> u64 {
        now_us(&mut self.vm)
    }

    /// Runs until the fuel is used up, or there is nothing to do.
    pub fn step(&mut self, fuel: u64) -> Stepped {
        if !self.started {
            return Stepped::Ended(Ending::Finished);
        }
        self.advance(fuel)
    }

    /// Runs what goes on while there is no program, as at a prompt: threads, callbacks, inputs. It ends only with the time
    /// given. The virtual clock stands still meanwhile: it is not known how long somebody takes to type.
    pub fn step_beside(&mut self, fuel: u64) -> Stepped {
        let nothing_runs = fibers::none(&self.vm)
            && self.vm.extension::<Callbacks>().is_none_or(|callbacks| callbacks.is_empty())
            && wigwag_board::next_due(&mut self.vm).is_none();
        if self.started || self.virtual_time.is_some() || nothing_runs {
            return Stepped::Idle { until_us: self.until_us.filter(|_| self.virtual_time.is_none()) };
        }
        match self.advance(fuel) {
            // Whoever types may yet do what is waited for.
            Stepped::Ended(Ending::Deadlock(_)) => Stepped::Idle { until_us: self.until_us },
            other => other,
        }
    }

    fn advance(&mut self, fuel: u64) -> Stepped {
        let now = self.now_us();
        if self.until_us.is_some_and(|until| now >= until) {
            return Stepped::Ended(Ending::TimeUp);
        }
        wigwag_board::let_happen(&mut self.vm, now);
        wigwag_modules::asyncio::rouse(&mut self.vm);
        let fuel = self.cap(fuel);
        // After a callback the program comes first, if it can run: callbacks that schedule each other without end take
        // turns with it.
        let program_first = core::mem::take(&mut self.program_first);
        if !program_first && let Some(begun) = self.begin_callback() {
            return begun;
        }
        if self.vm.signals.is_interrupted() {
            self.pass_on_interrupt();
        }
        if !self.turns.next(&mut self.vm, now) {
            if let Some(begun) = self.begin_callback() {
                return begun;
            }
            return self.idle(now);
        }
        match self.vm.run(fuel) {
            RunResult::OutOfFuel => {}
            RunResult::Attention => self.turns.pause(&self.vm),
            RunResult::Parked => self.turns.end(),
            // A program that has switched interrupts off is not to be disturbed by other threads either.
            RunResult::TurnOver if wigwag_board::is_undisturbed(&mut self.vm) => {
                self.turns.begin(&mut self.vm)
            }
            RunResult::TurnOver => self.turns.end(),
            RunResult::Done(_) => return self.fiber_ended(None),
            RunResult::Raised(exception) => return self.fiber_ended(Some(exception)),
        }
        Stepped::Ready
    }

    /// Whether the program waits for a descriptor.
    pub fn awaits_descriptors(&mut self) -> bool {
        interests::any(&mut self.vm)
    }

    /// Appends every descriptor for which the program waits in another way than when this was last called.
    pub fn take_changes(&mut self, into: &mut Vec<Change>) {
        interests::take_changes(&mut self.vm, into);
    }

    /// Tells the program what a descriptor is ready for.
    pub fn report(&mut self, descriptor: i32, found: Events) {
        interests::report(&mut self.vm, descriptor, found);
    }

    /// While a driver waited for descriptors, so much time has passed outside: under the virtual clock it passes inside.
    pub fn let_pass(&mut self, us: u64) {
        let now = self.now_us();
        if let Some(time) = &self.virtual_time {
            time.jump(now.saturating_add(us), self.vm.work_done());
        }
    }

    /// Drops what is still to run, collects, and tells whether the heap is sound; for tests.
    ///
    /// # Errors
    /// What is not as it must be.
    pub fn verify(&mut self) -> Result<(), String> {
        self.started = false;
        self.vm.fiber.clear();
        self.vm.fibers.clear();
        self.vm.verify(self.spare.bytes())
    }

    /// Under the virtual clock a run must not go past the next moment at which something else is due.
    fn cap(&mut self, fuel: u64) -> u64 {
        let Some(time) = &self.virtual_time else { return fuel };
        let work = self.vm.work_done();
        let input = wigwag_board::next_due(&mut self.vm);
        match [self.until_us, input].into_iter().flatten().min() {
            Some(until) => fuel.min(time.work_until(until, work)).max(1),
            None => fuel,
        }
    }

    /// Ctrl-C reaches the main program wherever it waits: the exception is raised where it does. If it runs just now, it
    /// sees the signal itself.
    fn pass_on_interrupt(&mut self) {
        let runs = self.vm.fiber.thread == 0 && self.vm.fiber.wait.is_none();
        if !(runs && self.vm.fibers.current().is_some()) {
            self.vm.signals.take_interrupt();
            let raised = self.vm.heap.raise_bare(TypeId::KeyboardInterrupt);
            fibers::interrupt_main(&mut self.vm, raised);
        }
    }

    /// Nothing can run now.
    fn idle(&mut self, now: u64) -> Stepped {
        let until = fibers::next_deadline(&self.vm);
        let input = wigwag_board::next_due(&mut self.vm);
        let until = [until, input].into_iter().flatten().min();
        let awaits = self.awaits_descriptors();
        match (until, &self.virtual_time) {
            // The world outside does not jump: the driver waits, and says how much time has passed.
            (_, Some(_)) if awaits => {
                Stepped::Idle { until_us: [until, self.until_us].into_iter().flatten().min() }
            }
            (Some(until), Some(time)) => {
                let until = self.until_us.map_or(until, |end| end.min(until));
                if until > now {
                    let work = self.vm.work_done();
                    time.jump(until, work);
                }
                Stepped::Ready
            }
            (Some(until), None) => {
                Stepped::Idle { until_us: Some(self.until_us.map_or(until, |end| end.min(until))) }
            }
            (None, _) => self.nothing_to_wait_for(),
        }
    }

    /// No fiber has a deadline: is there anything that could ever wake one?
    fn nothing_to_wait_for(&mut self) -> Stepped {
        let may_change = self.virtual_time.is_none() && wigwag_board::is_armed(&mut self.vm);
        let is_awaited = wigwag_modules::asyncio::waits_outside(&mut self.vm);
        if may_change || is_awaited || self.awaits_descriptors() {
            // A pin may yet change, somebody write to us, or a waker be called.
            return Stepped::Idle { until_us: self.until_us };
        }
        Stepped::Ended(Ending::Deadlock(self.deadlock_report()))
    }

    /// Who waits, where, and for what.
    fn deadlock_report(&mut self) -> String {
        let tasks = wigwag_modules::asyncio::parked_tasks(&self.vm);
        let mut report = String::from("wigwag: deadlock: nothing can ever wake this program\n");
        for task in tasks {
            let _ = write!(report, "  task '{}'", task.name);
            if task.line == 0 && !task.waits_for.is_empty() {
                report.push_str(" waits");
            }
            if task.line > 0 {
                let _ = write!(report, " waits in File \"{}\", line {}", task.file, task.line);
            }
            if !task.waits_for.is_empty() {
                let _ = write!(report, " for {}", task.waits_for);
            }
            report.push('\n');
        }
        if let Some(asyncio) = self.asyncio() {
            for name in asyncio.task_names() {
                let _ = writeln!(report, "  Rust task '{name}' waits");
            }
        }
        fibers::report_waits(&self.vm, &mut report);
        report
    }

    /// Puts the next waiting callback on a fiber of its own, which runs in place of the main program.
    fn begin_callback(&mut self) -> Option<Stepped> {
        if self.vm.fiber_at(CALLBACK).is_some() {
            return None;
        }
        let callback = self.vm.extension::<Callbacks>()?.take()?;
        let heap_locks = self.locks_of_main() + u32::from(callback.hard);
        let fiber = Fiber { heap_locks, ..core::mem::take(&mut self.spare) };
        self.turns.interrupt(&self.vm);
        self.vm.begin_fiber(CALLBACK, fiber);
        self.turns.begin(&mut self.vm);
        self.hard_callback = callback.hard;
        if callback.hard {
            // No thread comes between the instructions of an interrupt.
            self.vm.turn_ends = NEVER;
        }
        let arguments = [callback.argument];
        let arguments: &[Value] = if callback.argument.is_unbound() { &[] } else { &arguments };
        match self.vm.start(callback.function, arguments) {
            Ok(()) => Some(Stepped::Ready),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Some(self.fiber_ended(Some(exception)))
            }
        }
    }

    /// The fiber in the machine has come to its end.
    fn fiber_ended(&mut self, exception: Option<Value>) -> Stepped {
        let place = self.vm.fibers.current();
        let ended = self.vm.take_ended();
        match place {
            Some(CALLBACK) => self.callback_ended(ended, exception),
            Some(MAIN) | None => {
                ended.release(&mut self.vm.heap.budget);
                self.turns.end();
                self.started = false;
                return Stepped::Ended(match exception {
                    None => Ending::Finished,
                    Some(exception) => self.ending_of(exception),
                });
            }
            Some(_) => {
                ended.release(&mut self.vm.heap.budget);
                self.turns.end();
                if let Some(exception) = exception {
                    self.tell(exception);
                }
            }
        }
        Stepped::Ready
    }

    fn callback_ended(&mut self, mut fiber: Fiber, exception: Option<Value>) {
        let heap_locks = fiber.heap_locks.saturating_sub(u32::from(self.hard_callback));
        if let Some(main) = self.vm.fiber_at_mut(MAIN) {
            main.heap_locks = heap_locks;
        }
        self.turns.go_on(&mut self.vm);
        fiber.clear();
        self.spare = fiber;
        self.program_first = true;
        if self.vm.extension::<Callbacks>().is_some_and(|callbacks| !callbacks.is_empty()) {
            // The program goes on for a moment, then the next one has its turn.
            self.vm.signals.request_attention();
        }
        if let Some(exception) = exception {
            self.tell(exception);
        }
    }

    /// Tells of what a callback or a thread has raised.
    fn tell(&mut self, exception: Value) {
        let is_for_main = [TypeId::SystemExit, TypeId::KeyboardInterrupt]
            .into_iter()
            .any(|kind| self.vm.heap.is_instance(exception, kind.handle()));
        if is_for_main {
            // These are meant for the program as a whole.
            fibers::interrupt_main(&mut self.vm, Raised(exception));
        } else {
            let text = self.vm.format_exception(exception);
            self.vm.write(Stream::Error, &text);
        }
    }

    pub(crate) fn ending_of(&mut self, exception: Value) -> Ending {
        self.vm.last_exception = exception;
        if self.vm.heap.is_instance(exception, TypeId::SystemExit.handle()) {
            let argument = self.vm.heap.exception_value(exception);
            let status = match argument {
                Value::NONE => 0,
                other => match self.vm.heap.as_int(other) {
                    Some(status) if other.as_bool().is_none() => (status & 0xFF) as i32,
                    // As upstream: anything else is what the program has to say.
                    _ => {
                        if let Ok(mut text) = self.vm.str(other) {
                            text.push('\n');
                            self.vm.write(Stream::Error, &text);
                        }
                        1
                    }
                },
            };
            return Ending::Exit(status);
        }
        let text = self.vm.format_exception(exception);
        if self.vm.heap.is_instance(exception, TypeId::KeyboardInterrupt.handle()) {
            Ending::Interrupted(text)
        } else {
            Ending::Exception(text)
        }
    }
}
