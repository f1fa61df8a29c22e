//! Memory as the system sees it, beside memory as the budget counts it: they agree, and a switch between tasks takes none.

use allocation_counter::measure;
use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::clock::Timekeeper;
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

/// Nobody listens.
struct Silent;

impl Platform for Silent {
    fn write(&mut self, _stream: Stream, _bytes: &[u8]) {}

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}

fn started(source: &str) -> Engine {
    let config = Config {
        heap_bytes: 256 << 20,
        clock: ClockSource::Virtual,
        ticks_period: Timekeeper::TICKS_64,
        until_us: None,
        board: None,
        settings: Settings::default(),
    };
    let mut engine = Engine::new(config, Box::new(Silent)).expect("room to start");
    engine.start(source.as_bytes(), "test.py", SourceMode::Module).expect("it compiles");
    engine
}

fn finish(engine: &mut Engine) {
    loop {
        if let Stepped::Ended(ending) = engine.step(1 << 20) {
            assert_eq!(ending, Ending::Finished);
            return;
        }
    }
}

fn run_for(engine: &mut Engine, steps: u32) {
    for _ in 0..steps {
        if let Stepped::Ended(ending) = engine.step(1000) {
            panic!("the program ended: {ending:?}");
        }
    }
}

#[test]
fn the_budget_counts_what_the_system_gives() {
    let source = "
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

points = [Point(i, i * 0.5) for i in range(20000)]
words = ['word number %d' % i for i in range(20000)]
table = {word: [i, (i, i, i, i)] for i, word in enumerate(words)}
big = [2 ** i for i in range(500)]
buffers = [bytearray(i) for i in range(1000)]
functions = [lambda: x for x in range(1000)]
groups = [{i, i + 1} for i in range(1000)]
";
    let mut engine = None;
    let info = measure(|| {
        let mut made = started(source);
        finish(&mut made);
        engine = Some(made);
    });
    let counted = engine.expect("it ran").vm.heap.budget.used() as f64;
    let given = info.bytes_current as f64;
    let ratio = counted / given;
    assert!((0.95..=1.05).contains(&ratio), "counted {counted}, given {given}: {ratio:.3}");
}

/// A program that never ends: once it is under way, its switches allocate nothing.
fn allocates_nothing(source: &str) {
    let mut engine = started(source);
    run_for(&mut engine, 200);
    let collections = engine.vm.heap.collections;
    let info = measure(|| run_for(&mut engine, 200));
    assert_eq!(info.count_total, 0, "{} bytes", info.bytes_total);
    assert_eq!(engine.vm.heap.collections, collections, "no garbage either");
}

#[test]
fn switches_between_tasks_allocate_nothing() {
    allocates_nothing(
        "
import asyncio

async def turn():
    while True:
        await asyncio.sleep_ms(0)

async def main():
    for _ in range(100):
        asyncio.create_task(turn())
    await asyncio.sleep(10 ** 6)

asyncio.run(main())
",
    );
}

#[test]
fn sleeps_allocate_nothing() {
    allocates_nothing(
        "
import asyncio

async def turn(ms):
    while True:
        await asyncio.sleep_ms(ms)

async def main():
    for ms in range(1, 101):
        asyncio.create_task(turn(ms))
    await asyncio.sleep(10 ** 6)

asyncio.run(main())
",
    );
}
