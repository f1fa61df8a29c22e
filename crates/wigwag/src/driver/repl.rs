//! The REPL on standard input and output, a terminal or not: the engine's [`Repl`], fed with what is typed.
//!
//! While a line is edited, the terminal hands every key over as a byte; while a program runs, it is as it was found, so
//! that Ctrl-C is a signal and `input()` can be edited. A program that a tool runs through the raw protocol gets its
//! input unchanged, from a terminal or a pipe, and Ctrl-C is looked for among it.

use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use wigwag_engine::engine::{Ending, Stepped};
use wigwag_engine::repl::{FILE_NAME, Repl, Request};
use wigwag_host::terminal::{self, Keys, RawMode};
use wigwag_vm::run::Stream;
use wigwag_vm::run::source::SourceMode;

use super::history::{self, History};
use super::{Driver, complain};
use crate::cli::Options;

const CTRL_C: u8 = 3;
/// What the REPL has to show is handed on at the latest when it is so much.
const MOST_OUTPUT: usize = 8 << 10;

/// Reads and runs statements until the end of input; gives the status to end with.
pub(super) fn run(driver: &mut Driver, options: &Options) -> u8 {
    let mut repl = Repl::new(history::LINES);
    let history = History::load(options.home.clone(), repl.editor());
    let mut session = Session {
        terminal: RawMode::enter(io::stdin().as_fd()).ok(),
        adds_returns: terminal::adds_returns(io::stdout()),
        driver,
        options,
        repl,
        out: Vec::new(),
    };
    session.driver.termination.prepare(true);
    let status = session.run();
    session.show();
    history.save(session.repl.editor());
    status
}

struct Session<'run> {
    /// Standard input, if it is one.
    terminal: Option<RawMode>,
    /// Standard output makes two bytes of a newline by itself.
    adds_returns: bool,
    driver: &'run mut Driver,
    options: &'run Options,
    repl: Repl,
    /// What the REPL has to show.
    out: Vec<u8>,
}

impl Session<'_> {
    fn run(&mut self) -> u8 {
        self.driver.world.borrow_mut().hide_leds(true);
        self.repl.start(&mut self.driver.engine.vm, &mut self.out);
        while let Some(byte) = self.next_byte() {
            let mut request = self.repl.feed(byte, &mut self.driver.engine.vm, &mut self.out);
            while let Some(asked) = request {
                request = match asked {
                    Request::Leave => return 0,
                    Request::SoftReset => match self.driver.reset(self.options) {
                        Ok(()) => {
                            self.repl.restarted(&mut self.out);
                            None
                        }
                        Err((message, status)) => return complain(&message, status),
                    },
                    Request::Run { source, mode } => match self.execute(&source, mode) {
                        Ending::TimeUp => return 0,
                        Ending::Exit(status) => match self.repl.exited(&mut self.out) {
                            Request::Leave => return (status & 0xFF) as u8,
                            other => Some(other),
                        },
                        Ending::Finished => self.answer(None),
                        Ending::Exception(text) | Ending::Interrupted(text) | Ending::Deadlock(text) => {
                            self.answer(Some(&text))
                        }
                    },
                };
            }
        }
        0
    }

    fn answer(&mut self, error: Option<&str>) -> Option<Request> {
        self.repl.finished(error, &mut self.driver.engine.vm, &mut self.out);
        None
    }

    /// The next byte that was typed; none when the session is over.
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            if self.driver.termination.is_pending() || self.driver.world.borrow().is_broken() {
                return None;
            }
            if self.driver.interrupt.take() {
                return Some(CTRL_C);
            }
            if self.out.len() >= MOST_OUTPUT {
                self.show();
            }
            let mut input = self.driver.input.borrow_mut();
            if let Some(byte) = input.take() {
                return Some(byte);
            }
            if input.has_ended() {
                // Nobody has pressed Enter on the last line of a terminal that is gone.
                return if input.is_terminal() { None } else { self.repl.at_end_of_input() };
            }
            drop(input);
            self.show();
            self.repl.editor().set_columns(terminal::columns(io::stdout()));
            let wake = match self.driver.engine.step_beside(self.driver.fuel) {
                Stepped::Ready => Some(Instant::now()),
                Stepped::Idle { until_us } => {
                    let clock = self.driver.clock;
                    until_us.and_then(|until| clock.and_then(|clock| clock.instant_of(until)))
                }
                Stepped::Ended(_) => return None,
            };
            self.driver.world.borrow_mut().flush();
            // An input that cannot be read has ended.
            let _ = self.driver.input.borrow_mut().wait(wake);
        }
    }

    /// Runs a text to its end.
    fn execute(&mut self, source: &[u8], mode: SourceMode) -> Ending {
        self.show();
        let raw = self.repl.is_raw();
        if !raw {
            self.set_keys(Keys::Lines);
        }
        self.driver.world.borrow_mut().hide_leds(raw);
        // A terminal sends signals only for what is typed from now on.
        self.driver.input.borrow_mut().set_listening(raw || self.terminal.is_some());
        self.driver.listen();
        if !raw && self.terminal.is_some() {
            let mut input = self.driver.input.borrow_mut();
            input.set_listening(false);
            input.end_lines_typed_ahead();
        }
        let ending = match self.driver.engine.start(source, FILE_NAME, mode) {
            Ok(()) => self.driver.drive(),
            Err(ending) => ending,
        };
        self.driver.input.borrow_mut().set_listening(false);
        let t_us = self.driver.engine.now_us();
        let mut world = self.driver.world.borrow_mut();
        world.flush();
        world.settle_leds(Instant::now(), t_us);
        world.hide_leds(true);
        drop(world);
        self.set_keys(Keys::Bytes);
        // What came too late for this program is not for the next.
        self.driver.engine.vm.signals.take_interrupt();
        ending
    }

    fn set_keys(&self, keys: Keys) {
        if let Some(terminal) = &self.terminal {
            // A terminal that is gone will say so when it is read.
            let _ = terminal.set(keys);
        }
    }

    /// Shows what the REPL has written.
    fn show(&mut self) {
        if self.adds_returns {
            let mut bytes = self.out.iter().peekable();
            let mut shown = Vec::with_capacity(self.out.len());
            while let Some(&byte) = bytes.next() {
                if byte != b'\r' || bytes.peek() != Some(&&b'\n') {
                    shown.push(byte);
                }
            }
            self.out = shown;
        }
        let mut world = self.driver.world.borrow_mut();
        world.program_output(Stream::Out, &self.out);
        world.flush();
        self.out.clear();
    }
}
