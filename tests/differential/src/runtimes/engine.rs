//! Wigwag in this process: a fresh engine for each program, with a limit of steps in place of one of time.

use super::Runtime;
use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::clock::Timekeeper;
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

/// Fuel for one step, and how many there are.
const FUEL: u64 = 1 << 20;
const STEPS: usize = 50;

const HEAP_BYTES: usize = 64 << 20;

/// Wigwag as a library.
pub struct InProcess;

impl Runtime for InProcess {
    fn name(&self) -> &str {
        "wigwag"
    }

    fn run(&mut self, program: &str) -> io::Result<String> {
        let printed = Rc::new(RefCell::new(Vec::new()));
        let world = Printing { printed: printed.clone() };
        let ended = match catch_unwind(AssertUnwindSafe(|| run_to_end(program, world))) {
            Ok(ended) => ended,
            Err(_) => "a panic".to_owned(),
        };
        let mut text = String::from_utf8_lossy(&printed.borrow()).into_owned();
        if !ended.is_empty() {
            text.push_str(&format!("\nended with {ended}\n"));
        }
        Ok(text)
    }
}

/// How the program ended; nothing when it came to its end.
fn run_to_end(program: &str, world: Printing) -> String {
    let config = Config {
        heap_bytes: HEAP_BYTES,
        clock: ClockSource::Virtual,
        ticks_period: Timekeeper::TICKS_64,
        until_us: None,
        board: None,
        settings: Settings::default(),
    };
    let Ok(mut engine) = Engine::new(config, Box::new(world)) else { return "no memory to start".to_owned() };
    if let Err(ending) = engine.start(program.as_bytes(), "program", SourceMode::Module) {
        return describe(ending);
    }
    for _ in 0..STEPS {
        if let Stepped::Ended(ending) = engine.step(FUEL) {
            return describe(ending);
        }
    }
    "TimeLimit".to_owned()
}

fn describe(ending: Ending) -> String {
    match ending {
        Ending::Finished => String::new(),
        Ending::Exception(text) => match text.trim_end().rsplit('\n').next() {
            Some(line) => line.split(':').next().unwrap_or(line).to_owned(),
            None => text,
        },
        other => format!("{other:?}"),
    }
}

/// A world with nothing in it but an output.
struct Printing {
    printed: Rc<RefCell<Vec<u8>>>,
}

impl Platform for Printing {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Out {
            self.printed.borrow_mut().extend_from_slice(bytes);
        }
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}
