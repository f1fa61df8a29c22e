//! The engine: a machine, its clock and its fibers, stepped by a driver.
//!
//! ```text
//!            ┌────────────────────── step ──────────────────────┐
//!            ▼                                                  │
//!   callbacks waiting? ──yes──▶ run one on a fiber of its own ──┤
//!            │ no                                               │
//!   main fiber can run? ──yes──▶ run it with the fuel ──────────┤
//!            │ no                                               │
//!   virtual clock: jump to the next deadline ───────────────────┤
//!   other clocks: Idle { until } ◀──────────────────────────────┘
//! ```
//!
//! The driver owns time: it waits as it likes until the `Idle` deadline, and steps again.

use crate::clocks::{ClockSource, VirtualClock, VirtualTime};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use wigwag_board::Board;
use wigwag_modules::callbacks::Callbacks;
use wigwag_modules::clock::{Timekeeper, now_us};
use wigwag_modules::settings::Settings;
use wigwag_vm::heap::{OutOfMemory, Raised, TypeId, Value};
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{Fiber, Input, RunResult, Stream, Vm, Wait};

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

/// Which fiber is in the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Running {
    /// The main program.
    Main,
    /// A callback; the main program waits in the table. Whether the heap is locked for it.
    Callback {
        /// A hard interrupt.
        hard: bool,
    },
}

/// A machine with its clock and fibers.
pub struct Engine {
    /// The machine.
    pub vm: Vm,
    virtual_time: Option<Rc<VirtualTime>>,
    until_us: Option<u64>,
    running: Running,
    started: bool,
    /// A callback has ended, and the main program has not run since.
    main_first: bool,
    /// An empty fiber for the next callback, so that its stack is allocated once.
    spare: Fiber,
}

/// The world as the machine sees it: the driver's, with a clock that can jump where nothing else can wait.
struct Surroundings {
    inner: Box<dyn Platform>,
    virtual_time: Option<Rc<VirtualTime>>,
}

impl Platform for Surroundings {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        self.inner.write(stream, bytes);
    }

    fn path_kind(&mut self, path: &str) -> PathKind {
        self.inner.path_kind(path)
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, i32> {
        self.inner.read_file(path)
    }

    fn read_line(&mut self) -> Option<Vec<u8>> {
        self.inner.read_line()
    }

    fn interrupted(&mut self) -> bool {
        self.inner.interrupted()
    }

    fn block_until(&mut self, until_us: u64) -> bool {
        match &self.virtual_time {
            Some(time) => {
                time.jump_from_latest(until_us);
                true
            }
            None => self.inner.block_until(until_us),
        }
    }
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
        }
        vm.parked.push(None);
        Ok(Engine {
            spare: Fiber::new(),
            main_first: false,
            vm,
            virtual_time,
            until_us: config.until_us,
            running: Running::Main,
            started: false,
        })
    }

    /// Puts a source text on the main fiber.
    ///
    /// # Errors
    /// A syntax error, as the program's ending.
    pub fn start(&mut self, source: &[u8], file: &str, mode: SourceMode) -> Result<(), Ending> {
        self.vm.fiber = Fiber::new();
        self.running = Running::Main;
        self.started = true;
        match self.vm.start_main(source, file, mode) {
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
        self.vm.fiber = Fiber::new();
        self.running = Running::Main;
        self.started = true;
        match self.vm.start(callable, arguments) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Err(self.ending_of(exception))
            }
        }
    }

    fn exception_of(&mut self, raised: Raised) -> Value {
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
        let now = self.now_us();
        if self.until_us.is_some_and(|until| now >= until) {
            return Stepped::Ended(Ending::TimeUp);
        }
        wigwag_board::apply_due_inputs(&mut self.vm, now);
        let fuel = self.cap(fuel);
        // After a callback the main program comes first, if it can run: callbacks that schedule each other without end
        // take turns with it.
        let main_first = core::mem::take(&mut self.main_first);
        if !main_first && let Some(begun) = self.begin_callback() {
            return begun;
        }
        self.wake(now);
        if self.vm.fiber.wait.is_some() {
            if let Some(begun) = self.begin_callback() {
                return begun;
            }
            return self.idle(now);
        }
        match self.vm.run(fuel) {
            RunResult::OutOfFuel | RunResult::Attention | RunResult::Parked => Stepped::Ready,
            RunResult::Done(_) => self.fiber_ended(None),
            RunResult::Raised(exception) => self.fiber_ended(Some(exception)),
        }
    }

    /// Under the virtual clock a run must not go past the next moment at which something else is due.
    fn cap(&mut self, fuel: u64) -> u64 {
        let Some(time) = &self.virtual_time else { return fuel };
        let work = self.vm.work_done();
        let input = wigwag_board::next_input_due(&mut self.vm);
        match [self.until_us, input].into_iter().flatten().min() {
            Some(until) => fuel.min(time.work_until(until, work)).max(1),
            None => fuel,
        }
    }

    /// Ends the wait of the fiber in the machine, if what it waits for is there.
    fn wake(&mut self, now: u64) {
        // A callback that runs now may have asked for a wake: that is for the fiber that waits beneath it.
        let waits_for_call = matches!(self.vm.fiber.wait, Some(Wait::Woken | Wait::WokenOrUntil(_)));
        let called = match self.vm.extension::<Callbacks>() {
            Some(callbacks) if waits_for_call => core::mem::take(&mut callbacks.wake_loop),
            _ => false,
        };
        let interrupted = self.vm.signals.is_interrupted();
        let over = match self.vm.fiber.wait {
            None => false,
            Some(Wait::Until(until)) => now >= until,
            Some(Wait::Woken) => called,
            Some(Wait::WokenOrUntil(until)) => called || now >= until,
        };
        if interrupted && self.vm.fiber.wait.is_some() {
            // Ctrl-C reaches a program that waits: the exception is raised where it does.
            self.vm.signals.take_interrupt();
            let raised = self.vm.heap.raise_bare(TypeId::KeyboardInterrupt);
            self.vm.fiber.pending = Some(raised);
            self.vm.fiber.wait = None;
        } else if over {
            self.vm.fiber.wait = None;
            self.vm.fiber.input = Some(Input::Unparked);
        }
    }

    /// Nothing can run now.
    fn idle(&mut self, now: u64) -> Stepped {
        let until = match self.vm.fiber.wait {
            Some(Wait::Until(until) | Wait::WokenOrUntil(until)) => Some(until),
            Some(Wait::Woken) | None => None,
        };
        let input = wigwag_board::next_input_due(&mut self.vm);
        let until = [until, input].into_iter().flatten().min();
        match (until, &self.virtual_time) {
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
        if self.virtual_time.is_none() && wigwag_board::is_armed(&mut self.vm) {
            // A pin may yet change.
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
            if task.line > 0 {
                let _ = write!(report, " waits in File \"{}\", line {}", task.file, task.line);
            }
            if !task.waits_for.is_empty() {
                let _ = write!(report, " for {}", task.waits_for);
            }
            report.push('\n');
        }
        report
    }

    /// Puts the next waiting callback on a fiber of its own.
    fn begin_callback(&mut self) -> Option<Stepped> {
        if self.running != Running::Main || self.vm.fiber.nested > 0 {
            return None;
        }
        let callback = self.vm.extension::<Callbacks>()?.take()?;
        let main = core::mem::replace(&mut self.vm.fiber, core::mem::take(&mut self.spare));
        if let Some(place) = self.vm.parked.first_mut() {
            *place = Some(main);
        }
        self.running = Running::Callback { hard: callback.hard };
        if callback.hard {
            self.vm.heap.lock();
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
        if let Running::Callback { hard } = self.running {
            if hard {
                self.vm.heap.unlock();
            }
            let main = self.vm.parked.first_mut().and_then(Option::take).unwrap_or_default();
            self.main_first = true;
            self.spare = core::mem::replace(&mut self.vm.fiber, main);
            self.spare.clear();
            self.running = Running::Main;
            if self.vm.extension::<Callbacks>().is_some_and(|callbacks| !callbacks.is_empty()) {
                // The program goes on for a moment, then the next one has its turn.
                self.vm.signals.request_attention();
            }
            if let Some(exception) = exception {
                if self.vm.heap.is_instance(exception, TypeId::SystemExit.handle())
                    || self.vm.heap.is_instance(exception, TypeId::KeyboardInterrupt.handle())
                {
                    // These are meant for the program as a whole.
                    self.vm.fiber.wait = None;
                    self.vm.fiber.pending = Some(Raised(exception));
                } else {
                    let text = self.vm.format_exception(exception);
                    self.vm.write(Stream::Error, &text);
                }
            }
            return Stepped::Ready;
        }
        self.started = false;
        match exception {
            None => Stepped::Ended(Ending::Finished),
            Some(exception) => Stepped::Ended(self.ending_of(exception)),
        }
    }

    fn ending_of(&mut self, exception: Value) -> Ending {
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
