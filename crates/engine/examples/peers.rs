//! A Python task and a Rust future share a queue, a lock and a cancellation.
//!
//! ```text
//!   Rust: measure ──readings──▶ Python: log            a queue made by Rust, a name of the module `station`
//!              └────── display ──────┘                 a lock made by Python, handed to Rust
//!   Python: main ──cancel──▶ log, measure              the one catches it, the other is dropped
//! ```
//!
//! ```sh
//! cargo run -p wigwag-engine --example peers
//! ```

use std::error::Error;

use wigwag_engine::engine::{Ending, Engine, Stepped};
use wigwag_engine::peers::{Arguments, Exception, Lock};
use wigwag_vm::run::source::SourceMode;

include!("../tests/common/world.rs");

const PROGRAM: &str = "
import asyncio, station

async def log(display):
    try:
        while True:
            number, degrees = await station.readings.get()
            async with display:
                print('Python: reading', number, 'is', degrees)
                await asyncio.sleep_ms(30)
    except asyncio.CancelledError:
        print('Python: log cancelled')
        raise

async def main():
    display = asyncio.Lock()
    tasks = [asyncio.create_task(log(display)), asyncio.create_task(station.measure(display))]
    await asyncio.sleep_ms(250)
    for task in tasks:
        task.cancel()
    for task in tasks:
        try:
            await task
        except asyncio.CancelledError:
            pass
    print('Python: the display is', 'in use' if display.locked() else 'free')
    try:
        await station.measure('no lock')
    except TypeError as error:
        print('Python:', error)

asyncio.run(main())
";

/// Says so when it goes, however that comes.
struct Sensor(Output);

impl Drop for Sensor {
    fn drop(&mut self) {
        self.0.line("Rust: sensor switched off");
    }
}

/// Runs the example; each step with so much fuel, collecting garbage at every `collect_every`-th safepoint.
pub fn run(fuel: u64, collect_every: u32) -> Result<String, Box<dyn Error>> {
    let (mut engine, output) = engine();
    engine.vm.collect_every = collect_every;
    station(&mut engine, &output)?;
    engine.start(PROGRAM.as_bytes(), "main.py", SourceMode::Module)?;
    loop {
        match engine.step(fuel) {
            Stepped::Ready => {}
            Stepped::Idle { .. } => return Err("nothing outside could wake it".into()),
            Stepped::Ended(Ending::Finished) => return Ok(output.text()),
            Stepped::Ended(ending) => return Err(ending.into()),
        }
    }
}

/// The module that the program imports.
fn station(engine: &mut Engine, output: &Output) -> Result<(), Box<dyn Error>> {
    let asyncio = engine.asyncio().ok_or("no memory for the loop")?;
    let readings = asyncio.queue(2)?;
    let (measured, output) = (readings.clone(), output.clone());
    let measure = move |mut arguments: Arguments| {
        let (readings, output) = (measured.clone(), output.clone());
        async move {
            let display: Lock = arguments.take()?;
            let asyncio = arguments.asyncio();
            let _sensor = Sensor(output.clone());
            for number in 1.. {
                asyncio.sleep_ms(50).await;
                readings.put(vec![number.into(), (20.0 + f64::from(number) / 2.0).into()].into()).await;
                let _turn = display.acquire().await;
                output.line(&format!("Rust: reading {number} taken"));
                asyncio.sleep_ms(10).await;
            }
            Ok::<_, Exception>(())
        }
    };
    engine.module("station")?.value("readings", &readings)?.async_function("measure", measure)?;
    Ok(())
}

#[allow(dead_code, reason = "the test that includes this calls `run` itself")]
fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(100_000, 0)?);
    Ok(())
}
