//! A machine with a board, under the virtual clock, for tests: runs a script and records what it printed and what
//! changed.
#![allow(dead_code)]

use std::cell::RefCell;
use std::rc::Rc;
use wigwag_board::{BoardEvent, Listener};
use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

/// What came out of a program.
#[derive(Default, Clone)]
pub struct Record {
    pub out: String,
    pub errors: String,
    /// One line of JSON for each change.
    pub events: Vec<String>,
}

#[derive(Default, Clone)]
struct Recorder(Rc<RefCell<Record>>);

impl Platform for Recorder {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let mut record = self.0.borrow_mut();
        let text = match stream {
            Stream::Out => &mut record.out,
            Stream::Error => &mut record.errors,
        };
        text.push_str(&String::from_utf8_lossy(bytes));
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}

impl Listener for Recorder {
    fn changed(&mut self, event: BoardEvent<'_>) {
        let mut line = String::new();
        event.write_json_line(&mut line).unwrap();
        self.0.borrow_mut().events.push(line.trim_end().to_string());
    }
}

/// A machine with a board.
pub struct Bench {
    pub engine: Engine,
    recorder: Recorder,
}

impl Bench {
    /// A machine with this board.
    pub fn new(board: &str) -> Bench {
        Bench::until(board, None)
    }

    /// The same, for a program that is stopped at a time.
    pub fn until(board: &str, until_us: Option<u64>) -> Bench {
        let recorder = Recorder::default();
        let config = Config {
            heap_bytes: 4 << 20,
            clock: ClockSource::Virtual,
            ticks_period: 1 << 30,
            until_us,
            board: Some(wigwag_board::find(board).unwrap()),
            settings: Settings::default(),
        };
        let mut engine = Engine::new(config, Box::new(recorder.clone())).unwrap();
        wigwag_board::add_listener(&mut engine.vm, Box::new(recorder.clone()));
        Bench { engine, recorder }
    }

    /// Runs a program to its end.
    pub fn run(&mut self, source: &str) -> Ending {
        if let Err(ending) = self.engine.start(source.as_bytes(), "test.py", SourceMode::Module) {
            return ending;
        }
        for _ in 0..1_000_000 {
            if let Stepped::Ended(ending) = self.engine.step(1000) {
                return ending;
            }
        }
        panic!("the program does not end");
    }

    /// What came out so far.
    pub fn record(&self) -> Record {
        self.recorder.0.borrow().clone()
    }
}

/// Runs a program on the default board; it must end well. Gives what it printed.
pub fn output(source: &str) -> String {
    let mut bench = Bench::new("pybv11");
    let ending = bench.run(source);
    let record = bench.record();
    assert_eq!((ending, record.errors.as_str()), (Ending::Finished, ""), "printed: {}", record.out);
    record.out
}

/// The changes that a program makes, without their times.
pub fn changes(board: &str, source: &str) -> Vec<String> {
    let mut bench = Bench::new(board);
    assert_eq!(bench.run(source), Ending::Finished);
    let events = bench.record().events;
    events.iter().map(|line| line.split_once(',').unwrap().1.trim_end_matches('}').replace('"', "")).collect()
}
