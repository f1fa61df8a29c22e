//! The smallest firmware with Wigwag in it: it runs one program, prints through the debugger and stops.
//!
//! It is there to be linked and measured: what counts for a microcontroller is what is left when the linker has left out
//! what nothing calls, and only an image tells. `.ci/run` prints its size, with the library's modules and without.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::Peripherals;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::{debug, hio};
use embedded_alloc::LlffHeap;
use panic_halt as _;
use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Engine, Stepped};
use wigwag_modules::clock::{Clock, Timekeeper};
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

#[global_allocator]
static ALLOCATOR: LlffHeap = LlffHeap::empty();

/// What the allocator has, and how much of it a program may use.
const MEMORY_BYTES: usize = 256 * 1024;
const HEAP_BYTES: usize = 128 * 1024;
/// How fast the processor is.
const HERTZ: u32 = 25_000_000;
/// How much a program does before the engine looks around.
const FUEL: u64 = 10_000;
/// `ENOENT`
const NO_SUCH_FILE: i32 = 2;

/// Milliseconds since the start; wraps after 49 days.
static NOW_MS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    NOW_MS.fetch_add(1, Ordering::Relaxed);
}

struct Milliseconds;

impl Clock for Milliseconds {
    fn now_us(&mut self, _work: u64) -> u64 {
        u64::from(NOW_MS.load(Ordering::Relaxed)) * 1000
    }

    fn epoch_at_start_us(&self) -> u64 {
        0
    }
}

/// Prints through the debugger; there are no files.
struct Debugger;

impl Platform for Debugger {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let opened = match stream {
            Stream::Out => hio::hstdout(),
            Stream::Error => hio::hstderr(),
        };
        // Without a debugger nobody reads it.
        let _ = opened.and_then(|mut stream| stream.write_all(bytes));
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(NO_SUCH_FILE)
    }
}

/// Runs the program; true if it ended as it should.
fn run() -> bool {
    let config = Config {
        heap_bytes: HEAP_BYTES,
        clock: ClockSource::Driver(Box::new(Milliseconds)),
        ticks_period: Timekeeper::TICKS_64,
        until_us: None,
        board: None,
        settings: Settings::default(),
    };
    let Ok(mut engine) = Engine::new(config, Box::new(Debugger)) else { return false };
    if engine.start(include_bytes!("main.py"), "main.py", SourceMode::Module).is_err() {
        return false;
    }
    loop {
        match engine.step(FUEL) {
            Stepped::Ended(ending) => return ending.status() == 0,
            Stepped::Ready => {}
            Stepped::Idle { .. } => cortex_m::asm::wfi(),
        }
    }
}

#[entry]
fn main() -> ! {
    // SAFETY: nothing has been allocated yet, and this is done once.
    unsafe {
        embedded_alloc::init!(ALLOCATOR, MEMORY_BYTES);
    }
    if let Some(mut peripherals) = Peripherals::take() {
        peripherals.SYST.set_clock_source(SystClkSource::Core);
        peripherals.SYST.set_reload(HERTZ / 1000 - 1);
        peripherals.SYST.clear_current();
        peripherals.SYST.enable_counter();
        peripherals.SYST.enable_interrupt();
    }
    debug::exit(if run() { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}
