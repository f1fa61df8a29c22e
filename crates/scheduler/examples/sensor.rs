//! Somebody else's drivers on this loop: two thermometers on one I2C bus, and a console on a serial line.
//!
//! `cargo run -p wigwag-scheduler --features embedded-hal-async --example sensor`
//!
//! The driver is the crate `tmp117`, unchanged. It knows `embedded-hal-async` and no loop: its bus is a [`Lock`] around a
//! simulated wire, its delay is the loop itself. What it measures goes through `embedded-io-async` to the console. One sees
//! a line for each measurement, and in between the other tasks go on.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;

use embedded_hal_async::i2c::{self, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use embedded_io_async::{Read, Write};
use tmp117::asynchronous::Tmp117;
use tmp117::register::Average;
use wigwag_scheduler::sync::{FixedQueue, Lock};
use wigwag_scheduler::{Handle, Late, Loop, VirtualClock};

/// A byte with its acknowledgement at 400 kHz, rounded up.
const BYTE_US: u64 = 23;

/// A thermometer, as far as its driver looks: registers 0 (temperature), 1 (configuration) and 15 (identity).
pub struct Thermometer {
    address: u8,
    /// In steps of 1/128 of a degree.
    temperature: i16,
    configuration: u16,
    /// When the measurement that was asked for is finished.
    finished_us: Option<u64>,
    /// The register that was named last.
    register: u8,
}

impl Thermometer {
    const DATA_READY: u16 = 1 << 13;
    const ONE_SHOT: u16 = 0b11 << 10;
    const MEASURING_US: u64 = 15_500;

    fn new(address: u8, degrees: f32) -> Thermometer {
        let temperature = (degrees * 128.0) as i16;
        Thermometer { address, temperature, configuration: 0x0220, finished_us: None, register: 0 }
    }

    fn write(&mut self, bytes: &[u8], now_us: u64) {
        let [register, value @ ..] = bytes else { return };
        self.register = *register;
        if let (1, &[high, low]) = (*register, value) {
            self.configuration = u16::from_be_bytes([high, low]) & !Self::DATA_READY;
            if self.configuration & Self::ONE_SHOT == Self::ONE_SHOT {
                self.finished_us = Some(now_us + Self::MEASURING_US);
            }
        }
    }

    fn read(&mut self, bytes: &mut [u8], now_us: u64) {
        if self.finished_us.is_some_and(|finished_us| finished_us <= now_us) {
            self.finished_us = None;
            self.temperature += 16;
            self.configuration |= Self::DATA_READY;
        }
        let value = match self.register {
            0 => self.temperature as u16,
            1 => self.configuration,
            _ => 0x0117,
        };
        if self.register <= 1 {
            self.configuration &= !Self::DATA_READY;
        }
        bytes.iter_mut().zip(value.to_be_bytes()).for_each(|(byte, sent)| *byte = sent);
    }
}

/// Two wires with thermometers on them. Bytes take their time, and one transaction at a time has the wires.
pub struct Bus {
    asyncio: Handle,
    devices: Lock<Vec<Thermometer>, Handle>,
}

/// The bus, as one of its drivers holds it.
#[derive(Clone)]
pub struct SharedBus(Rc<Bus>);

/// Nobody has that address.
#[derive(Debug)]
pub struct NoDevice;

impl i2c::Error for NoDevice {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)
    }
}

impl ErrorType for SharedBus {
    type Error = NoDevice;
}

impl I2c for SharedBus {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), NoDevice> {
        let Bus { asyncio, devices } = &*self.0;
        let mut devices = devices.acquire().await;
        asyncio.sleep_us(BYTE_US).await;
        let device = devices.iter_mut().find(|device| device.address == address).ok_or(NoDevice)?;
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    asyncio.sleep_us(BYTE_US * bytes.len() as u64).await;
                    device.write(bytes, asyncio.now_us());
                }
                Operation::Read(bytes) => {
                    asyncio.sleep_us(BYTE_US * bytes.len() as u64).await;
                    device.read(bytes, asyncio.now_us());
                }
            }
        }
        Ok(())
    }
}

/// A serial line: what one end writes, the other reads.
#[derive(Clone)]
pub struct Serial(Rc<FixedQueue<u8, Handle, 16>>);

impl embedded_io_async::ErrorType for Serial {
    type Error = core::convert::Infallible;
}

impl Write for Serial {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let Some((first, rest)) = bytes.split_first() else { return Ok(0) };
        self.0.put(*first).await;
        // As many more as there is room for, without waiting.
        Ok(1 + rest.iter().take_while(|byte| self.0.try_put(**byte).is_ok()).count())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl Read for Serial {
    async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        let Some((first, rest)) = bytes.split_first_mut() else { return Ok(0) };
        *first = self.0.get().await;
        let more = rest.iter_mut().map_while(|byte| self.0.try_get().map(|got| *byte = got));
        Ok(1 + more.count())
    }
}

/// The serial line for those who write whole lines of text, one after the other.
type Writer = Rc<Lock<Serial, Handle>>;

/// Measures every 100 ms and writes a line about it.
async fn measure(asyncio: Handle, bus: SharedBus, address: u8, line: Writer, times: u32) {
    let mut thermometer = Tmp117::new(bus, address, asyncio.clone());
    let mut ticks = asyncio.every_ms(100, Late::Skip);
    for _ in 0..times {
        ticks.next().await;
        let text = match thermometer.oneshot(Average::NoAverage).await {
            Ok(degrees) => format!("{:#x}: {degrees:.3} degrees\n", address),
            Err(error) => format!("{:#x}: {error:?}\n", address),
        };
        let Ok(()) = line.acquire().await.write_all(text.as_bytes()).await;
    }
}

/// Collects lines, with the time at which they were complete.
async fn console(asyncio: Handle, mut line: Serial, lines: Rc<RefCell<Vec<String>>>) {
    let mut text = String::new();
    let mut byte = [0];
    while let Ok(()) = line.read_exact(&mut byte).await {
        match byte[0] {
            b'\n' => {
                let line = std::mem::take(&mut text);
                lines.borrow_mut().push(format!("{:>4} ms  {line}", asyncio.now_us() / 1000));
            }
            other => text.push(other.into()),
        }
    }
}

/// Lets two thermometers, one that is not there, and the console run for so many measurements; what the console saw.
pub fn run(times: u32) -> Result<Vec<String>, Box<dyn Error>> {
    let event_loop = Loop::new(VirtualClock::new())?;
    let asyncio = event_loop.handle();
    let devices = vec![Thermometer::new(0x48, 21.5), Thermometer::new(0x49, -4.0)];
    let devices = Lock::new(asyncio.clone(), devices);
    let bus = SharedBus(Rc::new(Bus { asyncio: asyncio.clone(), devices }));
    let line = Serial(Rc::new(FixedQueue::fixed(asyncio.clone())));
    let lines = Rc::new(RefCell::new(Vec::new()));

    let scope = asyncio.scope();
    scope.create_task(console(asyncio.clone(), line.clone(), lines.clone()))?;
    let writer = Rc::new(Lock::new(asyncio.clone(), line));
    let measuring = asyncio.scope();
    for address in [0x48, 0x49, 0x4A] {
        // One line each for the writers: bytes of different writers would mix.
        measuring.create_task(measure(asyncio.clone(), bus.clone(), address, writer.clone(), times))?;
    }
    event_loop.run_until_complete(async {
        measuring.join().await;
        asyncio.sleep_ms(1).await;
    })?;
    drop(scope);
    Ok(lines.take())
}

#[allow(dead_code, reason = "the test includes this file and calls `run`")]
fn main() -> Result<(), Box<dyn Error>> {
    for line in run(3)? {
        println!("{line}");
    }
    Ok(())
}
