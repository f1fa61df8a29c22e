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

/// How many steps a program may take for each unit of work that it may do: one that only waits uses no fuel.
const STEPS_FOR_WORK: u64 = 2;

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

/// What a program may take of the system's memory beside its heap: code on its way from text to heap, native state.
const BESIDE_THE_HEAP: u64 = 6 << 20;

/// Runs on the native stack that the settings say, and sees to it that no more memory is taken than they allow.
pub fn in_bounds(settings: &Settings, run: impl FnOnce() + Send) {
    on_stack(settings.small_stack, || {
        let taken = allocation_counter::measure(run);
        let most = settings.heap_bytes as u64 + BESIDE_THE_HEAP;
        assert!(taken.bytes_max <= most, "took {} bytes, {most} at most", taken.bytes_max);
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

/// Runs a program that finds these files until it ends or has done so much work (back-edges, calls, and what natives
/// count), and looks over the heap afterwards. Gives how it ended, if it did.
pub fn run(source: &[u8], settings: &Settings, files: Files, work: u64) -> Option<Ending> {
    let config = Config {
        heap_bytes: settings.heap_bytes,
        clock: ClockSource::Virtual,
        ticks_period: Timekeeper::TICKS_32,
        until_us: None,
        board: wigwag_board::find(settings.board),
        settings: wigwag_modules::settings::Settings::default(),
    };
    let mut engine = Engine::new(config, Box::new(Nowhere::default())).expect("room to start");
    wigwag_modules::vfs::system::provide(&mut engine.vm, Box::new(files));
    engine.vm.collect_every = settings.collect_every;
    if settings.small_stack {
        engine.vm.limits.nesting = SMALL_NESTING;
    }
    engine.vm.heap.budget.fail(settings.failure.map(|(number, lasting)| Failure { number, lasting }));
    let ending = match engine.start(source, "fuzz.py", SourceMode::Module) {
        Ok(()) => run_to_an_end(&mut engine, settings.fuel, work),
        Err(ending) => Some(ending),
    };
    engine.vm.heap.budget.fail(None);
    engine.verify().expect("a sound heap");
    ending
}

fn run_to_an_end(engine: &mut Engine, fuel: u64, work: u64) -> Option<Ending> {
    let start = engine.vm.work_done();
    for _ in 0..STEPS_FOR_WORK * work {
        match engine.step(fuel.min(work)) {
            Stepped::Ready if engine.vm.work_done() - start < work => {}
            Stepped::Ready | Stepped::Idle { .. } => return None,
            Stepped::Ended(ending) => return Some(ending),
        }
    }
    None
}
