//! A machine to run a program on: nothing outside is reached, and everything is bounded.

use std::thread;

use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::clock::Timekeeper;
use wigwag_vm::heap::Failure;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

use crate::files::Files;
use crate::settings::Settings;

/// What a program may do before it is stopped: back-edges and calls.
const FUEL: u64 = 20_000;

/// And how many steps it may take: one that only waits uses no fuel.
const STEPS: u64 = 40_000;

const SMALL_STACK: usize = 256 * 1024;
const USUAL_STACK: usize = 8 * 1024 * 1024;

/// How deep source may nest on the small stack.
const SMALL_NESTING: u32 = 300;

/// Runs on a native stack of 256 KB, or on one as large as a process usually has.
pub fn on_stack(small: bool, run: impl FnOnce() + Send) {
    let size = if small { SMALL_STACK } else { USUAL_STACK };
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(size).spawn_scoped(scope, run);
        thread.expect("room for a thread").join().expect("no panic");
    });
}

/// A world in which output is dropped and the input is short; the [files](Files) are beside it.
#[derive(Default)]
struct Nowhere {
    lines_read: u32,
}

impl Platform for Nowhere {
    fn write(&mut self, _stream: Stream, _bytes: &[u8]) {}

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }

    fn read_line(&mut self) -> Result<Option<Vec<u8>>, i32> {
        self.lines_read += 1;
        Ok((self.lines_read < 4).then(|| b"a line".to_vec()))
    }
}

/// Runs a program until it ends or has used what it may use, and looks over the heap afterwards.
pub fn run(source: &[u8], settings: &Settings) {
    let config = Config {
        heap_bytes: settings.heap_bytes,
        clock: ClockSource::Virtual,
        ticks_period: Timekeeper::TICKS_32,
        until_us: None,
        board: wigwag_board::find(settings.board),
        settings: wigwag_modules::settings::Settings::default(),
    };
    let mut engine = Engine::new(config, Box::new(Nowhere::default())).expect("room to start");
    wigwag_modules::vfs::system::provide(&mut engine.vm, Box::new(Files::new()));
    engine.vm.collect_every = settings.collect_every;
    if settings.small_stack {
        engine.vm.limits.nesting = SMALL_NESTING;
    }
    engine.vm.heap.budget.fail(settings.failure.map(|(number, lasting)| Failure { number, lasting }));
    if engine.start(source, "fuzz.py", SourceMode::Module).is_ok() {
        run_to_an_end(&mut engine, settings.fuel);
    }
    engine.vm.heap.budget.fail(None);
    engine.verify().expect("a sound heap");
}

fn run_to_an_end(engine: &mut Engine, fuel: u64) -> Option<Ending> {
    let start = engine.vm.work_done();
    for _ in 0..STEPS {
        match engine.step(fuel.min(FUEL)) {
            Stepped::Ready if engine.vm.work_done() - start < FUEL => {}
            Stepped::Ready | Stepped::Idle { .. } => return None,
            Stepped::Ended(ending) => return Some(ending),
        }
    }
    None
}
