//! The driver: it sets an engine up as the options say, steps it, and waits when it is idle.
//!
//! The engine runs on a thread with a large native stack, because compiling recurses for each level that a source text
//! nests; running never does.

mod history;
mod input;
mod repl;
mod waiting;
mod world;

use std::cell::RefCell;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use wigwag_board::{Board, BoardEvent, Listener};
use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_host::clock::{RealClock, Speed, epoch_ns};
use wigwag_host::descriptors::Descriptors;
use wigwag_host::files;
use wigwag_host::flash::FlashFile;
use wigwag_host::interrupt::Interrupt;
use wigwag_host::led_strip::{LedStrip, StripLed};
use wigwag_host::net::HostNetwork;
use wigwag_host::output::TerminalOutput;
use wigwag_host::system::HostSystem;
use wigwag_host::terminal;
use wigwag_host::termination::Termination;
use wigwag_host::tls::HostTls;
use wigwag_host::wait::Waiter;
use wigwag_modules::clock::{Clock, Timekeeper};
use wigwag_modules::mip;
use wigwag_modules::net::system as network;
use wigwag_modules::settings::Settings;
use wigwag_modules::sys::take_exit_function;
use wigwag_modules::tls::system as tls;
use wigwag_modules::vfs::system;
use wigwag_vm::run::source::SourceMode;

use crate::cli::{ClockChoice, EventsTo, Options, Program, ShowWarnings, similar_command};
use input::Input;
use waiting::Waiting;
use world::{EventSink, HostPlatform, World};

/// The heap of a program, if nobody says otherwise.
const USUAL_HEAP_BYTES: usize = 512 << 20;
/// How deep source may nest, as the compiler counts: a lambda is four levels, so five thousand of them fit.
const NESTING: u32 = 22_000;
/// Native stack of the thread that compiles: under 4 KB for each level, most of it never touched.
const STACK_BYTES: usize = 88 << 20;
/// How much fuel a step gets: few enough that Ctrl-C is seen at once.
const USUAL_FUEL: u64 = 100_000;
/// Output of a program that never waits is written this often.
const FLUSH_EVERY: Duration = Duration::from_millis(40);

/// Runs what the options ask for, and ends the process; gives the status to end with where that is impossible.
pub fn run(options: Options) -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let status = run_here(&options);
        terminal::restore();
        // From here, so that nobody need be woken for it.
        std::process::exit(i32::from(status))
    });
    let status = match thread.map(std::thread::JoinHandle::<Infallible>::join) {
        Ok(Ok(never)) => match never {},
        Ok(Err(_)) => 70,
        Err(error) => complain(&format!("cannot start: {error}"), 71),
    };
    terminal::restore();
    ExitCode::from(status)
}

/// Tells what went wrong; gives the status to end with.
fn complain(message: &str, status: u8) -> u8 {
    // If it cannot be written, there is nobody to tell.
    let _ = writeln!(io::stderr(), "wigwag: {message}");
    status
}

/// Real time as the library reads it.
struct DriverClock {
    clock: RealClock,
    epoch_us: u64,
}

impl Clock for DriverClock {
    fn now_us(&mut self, _work: u64) -> u64 {
        self.clock.now_us()
    }

    fn epoch_at_start_us(&self) -> u64 {
        self.epoch_us
    }
}

/// A program on its way: the engine and what the driver needs around it.
struct Driver {
    engine: Engine,
    world: Rc<RefCell<World>>,
    /// The clock to wait by; none under the virtual one.
    clock: Option<RealClock>,
    waiting: Waiting,
    descriptors: Descriptors,
    interrupt: Interrupt,
    termination: Termination,
    input: Rc<RefCell<Input>>,
    fuel: u64,
}

fn run_here(options: &Options) -> u8 {
    let mut driver = match Driver::new(options) {
        Ok(driver) => driver,
        Err((message, status)) => return complain(&message, status),
    };
    let mut status = 0;
    let interactive = match source_of(options) {
        Ok(Some(source)) => {
            status = match source {
                Source::Text(text, file, _) if options.compile_only => driver.compile_only(&text, &file),
                Source::Text(text, file, mode) => driver.run_program(&text, &file, mode),
                Source::Module(name) => driver.run_module(&name),
            };
            false
        }
        Ok(None) => true,
        Err((message, refused)) => {
            driver.world.borrow_mut().flush();
            status = complain(&message, refused);
            false
        }
    };
    if interactive || options.inspect || driver.is_to_be_inspected() {
        status = repl::run(&mut driver, options);
    }
    let status = driver.finish(status);
    // The process ends: the system takes back the machine faster than its parts could be dropped one by one.
    std::mem::forget(driver);
    status
}

/// What to run.
enum Source {
    /// A text, what to call it, and how to compile it.
    Text(Vec<u8>, String, SourceMode),
    /// The module of this name, wherever `sys.path` has it.
    Module(String),
}

/// What the options ask for; `None` is the REPL.
fn source_of(options: &Options) -> Result<Option<Source>, (String, u8)> {
    let text = |text, file| Ok(Some(Source::Text(text, file, SourceMode::Module)));
    let from_stdin = || match files::read_source_from_stdin() {
        Ok(source) => text(source, String::from("<stdin>")),
        Err(error) => Err((error.to_string(), error.exit_status())),
    };
    match &options.program {
        Program::Interactive if options.inspect || terminal::is_terminal(io::stdin()) => Ok(None),
        Program::Interactive | Program::StandardInput { .. } => from_stdin(),
        Program::File { path, .. } => match files::read_source(path) {
            Ok(source) => text(source, path.to_string_lossy().into_owned()),
            Err(error) => {
                let mut message = error.to_string();
                if let Some(command) = similar_command(path.as_os_str()) {
                    message.push_str(&format!("; did you mean the command '{command}'?"));
                }
                Err((message, error.exit_status()))
            }
        },
        Program::Code { text: code, .. } => match code.to_str() {
            Some(code) => text(code.into(), String::from("<string>")),
            None => Err((String::from("the program is not UTF-8"), 1)),
        },
        Program::Module { name, .. } => {
            let name = name.to_string_lossy();
            // One of the program's own comes first.
            if name == "mip" && module_path(&name).is_none() {
                return text(mip::MAIN.into(), String::from("mip/__main__.py"));
            }
            if !options.compile_only {
                return Ok(Some(Source::Module(name.into_owned())));
            }
            let path = module_path(&name).ok_or_else(|| (format!("no module named '{name}'"), 1))?;
            match files::read_source(&path) {
                Ok(source) => text(source, path.to_string_lossy().into_owned()),
                Err(error) => Err((error.to_string(), error.exit_status())),
            }
        }
    }
}

/// Where a module that is only to be compiled is found from the current directory.
fn module_path(name: &str) -> Option<PathBuf> {
    let stem = name.replace('.', "/");
    [format!("{stem}.py"), format!("{stem}/__main__.py")]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| files::path_kind(path) == files::PathKind::File)
}

/// A line of the source with a caret below a column, for a person at a terminal.
fn show_place(source: &[u8], line: u32, column: u32) -> String {
    let text = String::from_utf8_lossy(source);
    let Some(text) = text.lines().nth((line as usize).saturating_sub(1)) else { return String::new() };
    let text: String =
        text.chars().map(|character| if character == '\t' { ' ' } else { character }).collect();
    let caret = " ".repeat((column as usize).saturating_sub(1).min(text.chars().count()));
    format!("    {text}\n    {caret}^\n")
}

/// Tells the world what changes on the board.
struct BoardListener(Rc<RefCell<World>>);

impl Listener for BoardListener {
    fn changed(&mut self, event: BoardEvent<'_>) {
        self.0.borrow_mut().board_event(&event);
    }
}

/// The LEDs of a board, to be shown.
fn strip_of(board: &Board, abilities: terminal::Abilities) -> LedStrip {
    let leds = board.leds.iter().zip(1..).map(|(led, id)| StripLed {
        id,
        name: led.colour.into(),
        colour: led.colour.into(),
    });
    LedStrip::new(leds, abilities)
}

/// What the program finds in `sys`.
fn settings_of(options: &Options, board: Option<&Board>) -> Settings {
    let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
    let directory = match &options.program {
        // The real one, as upstream has it: a program may be started by a link, and may change the current directory.
        Program::File { path, .. } => {
            path.canonicalize().ok().and_then(|path| path.parent().map(|parent| text(parent.as_os_str())))
        }
        _ => None,
    };
    let mut path = vec![directory.unwrap_or_default()];
    path.extend(options.module_path.iter().map(|entry| text(entry)));
    let usual = Settings::default();
    let seed = match options.clock {
        ClockChoice::Virtual => usual.seed,
        _ => epoch_ns(),
    };
    Settings {
        platform: board.map_or(usual.platform, |board| board.platform.into()),
        machine: board.map_or(usual.machine, |board| board.machine.into()),
        build: board.map_or(usual.build, |board| board.name.to_uppercase()),
        executable: std::env::current_exe().ok().map(|path| text(path.as_os_str())),
        arguments: options.program.argv().iter().map(|argument| text(argument)).collect(),
        path,
        time_since_2000: board.is_some(),
        word_bits: if board.is_some() { 32 } else { usual.word_bits },
        seed,
        ..usual
    }
}

/// A machine as the options describe it.
fn new_engine(
    options: &Options,
    world: &Rc<RefCell<World>>,
    clock: Option<RealClock>,
    input: &Rc<RefCell<Input>>,
    descriptors: &Descriptors,
) -> Result<Engine, (String, u8)> {
    let board = wigwag_board::find(options.board);
    let source = match clock {
        None => ClockSource::Virtual,
        Some(clock) => ClockSource::Driver(Box::new(DriverClock { clock, epoch_us: epoch_ns() / 1000 })),
    };
    let settings = settings_of(options, board);
    // Under the virtual clock each run is like the one before.
    let seed = (options.clock == ClockChoice::Virtual).then_some(settings.seed);
    let config = Config {
        heap_bytes: options.heap_bytes.unwrap_or(USUAL_HEAP_BYTES),
        clock: source,
        ticks_period: board.map_or(Timekeeper::TICKS_64, |board| 1 << board.ticks_bits),
        until_us: options.until_us,
        board,
        settings,
    };
    let platform = HostPlatform::new(world.clone(), clock, input.clone());
    let mut engine = Engine::new(config, Box::new(platform))
        .map_err(|_| (String::from("the heap is too small to start"), 1))?;
    let told = world.clone();
    let before_call = Rc::new(move |delay| told.borrow_mut().before_call(delay));
    system::provide(&mut engine.vm, Box::new(HostSystem::new(seed, before_call)));
    network::provide(&mut engine.vm, Box::new(HostNetwork::new(descriptors.clone())));
    tls::provide(&mut engine.vm, Rc::new(HostTls));
    wigwag_board::add_listener(&mut engine.vm, Box::new(BoardListener(world.clone())));
    engine.vm.limits.nesting = NESTING;
    engine.vm.optimise = options.optimise;
    let warns = match options.warnings {
        ShowWarnings::Default => terminal::is_terminal(io::stderr()),
        ShowWarnings::Always => true,
        ShowWarnings::Ignore => false,
    };
    if warns {
        engine.vm.warn_of_unawaited();
    }
    engine.vm.collect_every = options.gc_stress.map_or(0, std::num::NonZeroU32::get);
    Ok(engine)
}

/// The file that a board's flash is in.
fn open_flash(path: &Path, board: Option<&Board>) -> io::Result<FlashFile> {
    match board {
        Some(board) => FlashFile::open(path, board.flash.bytes.into(), board.flash.erase_size.into()),
        None => Err(io::Error::new(io::ErrorKind::InvalidInput, "there is no board")),
    }
}

impl Driver {
    fn new(options: &Options) -> Result<Driver, (String, u8)> {
        let fail = |what: &str, error: io::Error| (format!("{what}: {error}"), 1);
        let events = match &options.events {
            None => EventSink::None,
            Some(EventsTo::StandardOutput) => EventSink::StandardOutput,
            Some(EventsTo::File(path)) => match File::create(path) {
                Ok(file) => EventSink::File(BufWriter::new(file)),
                Err(error) => return Err(fail(&format!("can't write '{}'", path.display()), error)),
            },
        };
        let board = wigwag_board::find(options.board);
        let on_terminal = terminal::is_terminal(io::stderr());
        let abilities = terminal::Abilities::from_environment(on_terminal);
        let show_leds = options.leds.decide(on_terminal, abilities.control_sequences);
        let strip = board.filter(|_| show_leds).map(|board| strip_of(board, abilities));
        let output = TerminalOutput::new(io::stdout(), io::stderr(), strip)
            .map_err(|error| fail("no output", error))?;
        let world = Rc::new(RefCell::new(World::new(output, events)));
        let waiter = Rc::new(Waiter::new().map_err(|error| fail("can't wait", error))?);
        let interrupt = Interrupt::install(&waiter).map_err(|error| fail("can't catch Ctrl-C", error))?;
        let termination =
            Termination::install(&waiter).map_err(|error| fail("can't catch signals", error))?;
        let clock = match options.clock {
            ClockChoice::Virtual => None,
            ClockChoice::Real => Some(RealClock::start(Speed::REAL)),
            ClockChoice::Scaled(speed) => Some(RealClock::start(speed)),
        };
        let input = Rc::new(RefCell::new(Input::new(waiter.clone(), interrupt.clone(), termination.clone())));
        let descriptors = Descriptors::default();
        let mut engine = new_engine(options, &world, clock, &input, &descriptors)?;
        if let Some(path) = &options.flash {
            let flash = open_flash(path, board)
                .map_err(|error| fail(&format!("can't use '{}' as flash", path.display()), error))?;
            wigwag_board::set_flash(&mut engine.vm, Box::new(flash));
        }
        let waiting = Waiting::new(waiter, descriptors.clone(), input.clone());
        engine.vm.heap.interrupt = interrupt.flag();
        let fuel = options.fuel.map_or(USUAL_FUEL, |fuel| u64::from(fuel.get()));
        Ok(Driver { engine, world, clock, waiting, descriptors, interrupt, termination, input, fuel })
    }

    fn compile_only(&mut self, source: &[u8], file: &str) -> u8 {
        match self.engine.vm.compile(source, file, SourceMode::Module) {
            Ok(_) => 0,
            Err(raised) => {
                let text = self.engine.vm.format_exception(raised.0);
                self.world.borrow_mut().program_output(wigwag_vm::run::Stream::Error, text.as_bytes());
                1
            }
        }
    }

    fn run_program(&mut self, source: &[u8], file: &str, mode: SourceMode) -> u8 {
        let ending = match self.engine.start(source, file, mode) {
            Ok(()) => self.drive(),
            Err(ending) => ending,
        };
        self.engine.vm.report_all_unawaited();
        self.report(&ending, source)
    }

    fn run_module(&mut self, name: &str) -> u8 {
        let ending = match self.engine.start_module(name) {
            Ok(()) => self.drive(),
            Err(ending) => ending,
        };
        self.engine.vm.report_all_unawaited();
        self.report(&ending, &[])
    }

    /// Shows how a program ended; gives its status.
    fn report(&mut self, ending: &Ending, source: &[u8]) -> u8 {
        if let Ending::Exception(_) = ending
            && terminal::is_terminal(io::stderr())
            && let Some(error) = self.engine.vm.last_syntax_error.take()
        {
            let shown = show_place(source, error.line, error.column);
            self.world.borrow_mut().program_output(wigwag_vm::run::Stream::Error, shown.as_bytes());
        }
        if let Ending::Exception(text) | Ending::Interrupted(text) | Ending::Deadlock(text) = ending {
            self.world.borrow_mut().program_output(wigwag_vm::run::Stream::Error, text.as_bytes());
        }
        ending.status() as u8
    }

    /// Whether the program has asked for the REPL by setting `MICROPYINSPECT` itself.
    fn is_to_be_inspected(&mut self) -> bool {
        let variable =
            system::system(&mut self.engine.vm).and_then(|system| system.variable(b"MICROPYINSPECT"));
        variable.is_some_and(|value| !value.is_empty())
    }

    /// Calls what the program has left with `sys.atexit()`.
    fn run_exit_function(&mut self) {
        let Some(function) = take_exit_function(&mut self.engine.vm) else { return };
        let ending = match self.engine.start_call(function, &[]) {
            Ok(()) => self.drive(),
            Err(ending) => ending,
        };
        self.report(&ending, &[]);
    }

    /// Steps the engine until the program ends.
    fn drive(&mut self) -> Ending {
        let mut flushed = Instant::now();
        let mut steps = 0_u32;
        loop {
            if self.interrupt.take() {
                self.engine.vm.signals.interrupt();
            }
            if self.termination.is_pending() {
                return Ending::Exit(0);
            }
            let fuel = self.waiting.fuel(&mut self.engine, self.fuel);
            match self.engine.step(fuel) {
                Stepped::Ready => {
                    steps = steps.wrapping_add(1);
                    self.waiting.glance(&mut self.engine);
                    // Looking at the clock costs more than a small step.
                    if steps.is_multiple_of(64) {
                        let now = Instant::now();
                        if now.duration_since(flushed) >= FLUSH_EVERY {
                            flushed = now;
                            self.show(now);
                        }
                        if self.world.borrow().is_broken() {
                            return Ending::Exit(1);
                        }
                        self.listen();
                    }
                }
                Stepped::Idle { until_us } => {
                    let now = Instant::now();
                    self.show(now);
                    if let Err(error) = self.wait(now, until_us) {
                        return Ending::Exception(format!("wigwag: can't wait: {error}\n"));
                    }
                    self.listen();
                }
                Stepped::Ended(ending) => return ending,
            }
        }
    }

    /// Waits with an idle program. Its time is real where it waits for descriptors, whatever its clock.
    fn wait(&mut self, now: Instant, until_us: Option<u64>) -> io::Result<()> {
        let refresh = self.world.borrow().refresh_due(now);
        let Some(clock) = &self.clock else {
            // What is ready at once takes no time, so that the same input gives the same run under the virtual clock.
            if self.waiting.look(&mut self.engine) {
                return Ok(());
            }
            let left_us = until_us.map(|until| until.saturating_sub(self.engine.now_us()));
            let deadline = left_us.and_then(|left| now.checked_add(Duration::from_micros(left)));
            let wake = [deadline, refresh].into_iter().flatten().min();
            self.waiting.wait(&mut self.engine, wake)?;
            let passed_us = now.elapsed().as_micros() as u64;
            self.engine.let_pass(left_us.map_or(passed_us, |left| left.min(passed_us)));
            return Ok(());
        };
        let deadline = until_us.and_then(|until| clock.instant_of(until));
        let wake = [deadline, refresh].into_iter().flatten().min();
        self.waiting.wait(&mut self.engine, wake)
    }

    /// Looks for Ctrl-C among the input, if it may be there.
    fn listen(&mut self) {
        if self.input.borrow_mut().listen() {
            self.engine.vm.signals.interrupt();
        }
    }

    /// Writes what is buffered and shows the LEDs.
    fn show(&mut self, now: Instant) {
        let t_us = self.engine.now_us();
        let mut world = self.world.borrow_mut();
        world.flush();
        world.refresh(now, t_us);
    }

    /// A fresh machine in the place of the one there was. Time goes on, unless it is virtual; the flash stays.
    fn reset(&mut self, options: &Options) -> Result<(), (String, u8)> {
        self.run_exit_function();
        let flash = wigwag_board::take_flash(&mut self.engine.vm);
        self.engine = new_engine(options, &self.world, self.clock, &self.input, &self.descriptors)?;
        if let Some(flash) = flash {
            wigwag_board::set_flash(&mut self.engine.vm, flash);
        }
        self.waiting.clear();
        self.world.borrow_mut().darken(wigwag_board::find(options.board).map_or(0, |board| board.leds.len()));
        Ok(())
    }

    /// Ends the run: all that is to be seen of it is written. Gives the status to end with.
    fn finish(&mut self, status: u8) -> u8 {
        self.run_exit_function();
        let broken = self.world.borrow_mut().finish();
        self.termination.die();
        match broken {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                complain(&format!("can't write: {error}"), status.max(1))
            }
            _ => status,
        }
    }
}
