//! What a program's machine meets of this system: its outputs, its files, its events.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use wigwag_engine::events::{BoardEvent, Change};
use wigwag_host::clock::RealClock;
use wigwag_host::files;
use wigwag_host::output::TerminalOutput;
use wigwag_host::system::Delay;
use wigwag_modules::errno::{EIO, EISDIR};
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};

use super::FLUSH_EVERY;
use super::input::Input;

/// Where the board's events go.
pub enum EventSink {
    /// Nowhere.
    None,
    /// To standard output; the program's own output then goes to standard error.
    StandardOutput,
    /// To a file.
    File(BufWriter<File>),
}

/// The outputs that the program, the board and the driver share.
pub struct World {
    output: TerminalOutput,
    events: EventSink,
    line: String,
    /// Standard output is gone (a closed pipe): writing on is of no use to anybody.
    broken: Option<io::Error>,
    /// A tool reads the output, and would take the LEDs for a part of it.
    leds_hidden: bool,
    /// When what was late was last written.
    flushed: Instant,
}

impl World {
    /// A world with these outputs.
    pub fn new(output: TerminalOutput, events: EventSink) -> World {
        World {
            output,
            events,
            line: String::new(),
            broken: None,
            leds_hidden: false,
            flushed: Instant::now(),
        }
    }

    fn keep(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.broken.get_or_insert(error);
        }
    }

    /// The program writes.
    pub fn program_output(&mut self, stream: Stream, bytes: &[u8]) {
        let result = match (stream, &self.events) {
            (Stream::Out, EventSink::None | EventSink::File(_)) => self.output.stdout(bytes),
            _ => self.output.stderr(bytes),
        };
        self.keep(result);
    }

    /// Something changed on the board.
    pub fn board_event(&mut self, event: &BoardEvent<'_>) {
        if let Change::Led { led, value, .. } = event.change {
            self.output.set_led(led, value);
        }
        let result = match &mut self.events {
            EventSink::None => return,
            EventSink::StandardOutput => self.output.stdout(line_of(event, &mut self.line)),
            EventSink::File(file) => file.write_all(line_of(event, &mut self.line)),
        };
        self.keep(result);
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) {
        let result = self.output.flush();
        self.keep(result);
    }

    /// Writes what is buffered if that was not done for a while. Called from where the program is busy, and its driver has
    /// no say.
    pub fn flush_if_late(&mut self) {
        if !self.output.holds_back() {
            return;
        }
        let now = Instant::now();
        if now.duration_since(self.flushed) >= FLUSH_EVERY {
            self.flushed = now;
            self.flush();
        }
    }

    /// The program is about to call the system, which may take as long as this: nobody is to miss for so long what it has
    /// written.
    pub fn before_call(&mut self, delay: Delay) {
        match delay {
            Delay::Usual => self.flush_if_late(),
            Delay::Unknown => self.flush(),
        }
    }

    /// Shows the LEDs again if it is time.
    pub fn refresh(&mut self, now: Instant, t_us: u64) {
        if !self.leds_hidden {
            self.output.refresh(now, t_us);
        }
    }

    /// When the LEDs are to be shown again.
    pub fn refresh_due(&self, now: Instant) -> Option<Instant> {
        if self.leds_hidden { None } else { self.output.refresh_due(now) }
    }

    /// Shows the strip again, or takes it away until then.
    pub fn hide_leds(&mut self, hidden: bool) {
        self.leds_hidden = hidden;
        if hidden {
            self.output.hide_strip();
        }
    }

    /// Leaves the strip standing above the prompt if it shows anything new.
    pub fn settle_leds(&mut self, now: Instant, t_us: u64) {
        if !self.leds_hidden {
            self.output.settle_strip(now, t_us);
        }
    }

    /// The LEDs of a fresh board: all dark.
    pub fn darken(&mut self, leds: usize) {
        (1..=leds).for_each(|led| self.output.set_led(led as u16, 0));
    }

    /// Writes everything and takes the strip away. The error that ended the output early, if any did.
    pub fn finish(&mut self) -> Option<io::Error> {
        let result = self.output.finish();
        self.keep(result);
        if let EventSink::File(file) = &mut self.events {
            let result = file.flush();
            self.keep(result);
        }
        self.broken.take()
    }

    /// Whether nobody reads the output any more.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }
}

/// An event as a line of JSON, in the place of what the text held.
fn line_of<'text>(event: &BoardEvent<'_>, text: &'text mut String) -> &'text [u8] {
    text.clear();
    // Writing to a String cannot fail.
    let _ = event.write_json_line(text);
    text.as_bytes()
}

/// The machine's side of the world.
pub struct HostPlatform {
    world: Rc<RefCell<World>>,
    clock: Option<RealClock>,
    input: Rc<RefCell<Input>>,
}

impl HostPlatform {
    /// The platform of a program; without a clock it cannot block.
    pub fn new(
        world: Rc<RefCell<World>>,
        clock: Option<RealClock>,
        input: Rc<RefCell<Input>>,
    ) -> HostPlatform {
        HostPlatform { world, clock, input }
    }
}

impl Platform for HostPlatform {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        self.world.borrow_mut().program_output(stream, bytes);
    }

    fn path_kind(&mut self, path: &str) -> PathKind {
        match files::path_kind(Path::new(path)) {
            files::PathKind::File => PathKind::File,
            files::PathKind::Directory => PathKind::Directory,
            _ => PathKind::Missing,
        }
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, i32> {
        files::read_source(Path::new(path)).map_err(|error| match error.reason() {
            files::SourceErrorReason::Directory => EISDIR,
            files::SourceErrorReason::Missing(error) | files::SourceErrorReason::Unreadable(error) => {
                error.raw_os_error().unwrap_or(EIO)
            }
            _ => EIO,
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, i32> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.input.borrow().is_empty() {
            self.flush();
        }
        self.input.borrow_mut().read_into(buffer)
    }

    fn has_input(&mut self) -> bool {
        !self.input.borrow().is_empty()
    }

    fn flush(&mut self) {
        self.world.borrow_mut().flush();
    }

    fn set_interrupt_byte(&mut self, byte: Option<u8>) {
        self.input.borrow_mut().set_interrupt_byte(byte);
    }

    fn look_around(&mut self) -> bool {
        self.world.borrow_mut().flush_if_late();
        self.input.borrow_mut().take_interrupt()
    }

    fn block_until(&mut self, until_us: u64) -> bool {
        let Some(clock) = self.clock else { return false };
        self.flush();
        if let Some(instant) = clock.instant_of(until_us) {
            std::thread::sleep(instant.saturating_duration_since(Instant::now()));
        }
        true
    }
}
