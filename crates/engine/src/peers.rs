//! Rust futures beside the tasks of a Python program: the engine's part.
//!
//! A program imports a module that Rust has filled, and awaits Rust futures as it awaits its own coroutines; Rust makes
//! tasks of futures and of Python functions on the same loop. Values cross as [`Data`], errors as [`Exception`].
//!
//! ```
//! use wigwag_engine::engine::{Ending, Engine, Stepped};
//! use wigwag_engine::peers::{Arguments, Exception};
//! use wigwag_vm::run::source::SourceMode;
//! # include!("../tests/common/world.rs");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (mut engine, output) = engine();
//! engine.module("sensors")?.async_function("read", async |mut arguments: Arguments| {
//!     let number: i64 = arguments.take()?;
//!     arguments.asyncio().sleep_ms(10).await;
//!     match number {
//!         0..4 => Ok(20.0 + number as f64 / 2.0),
//!         _ => Err(Exception::new("ValueError", "no such sensor")),
//!     }
//! })?;
//!
//! let program = "
//! import asyncio, sensors
//!
//! async def main():
//!     print(await asyncio.gather(sensors.read(0), sensors.read(3)))
//!     try:
//!         await asyncio.wait_for(sensors.read(9), 1)
//!     except ValueError as error:
//!         print('failed:', error)
//!
//! asyncio.run(main())
//! ";
//! engine.start(program.as_bytes(), "main.py", SourceMode::Module)?;
//! while !matches!(engine.step(100_000), Stepped::Ended(Ending::Finished)) {}
//! assert_eq!(output.text(), "[20.0, 21.5]\nfailed: no such sensor\n");
//! # Ok(())
//! # }
//! ```
//!
//! What each side has of the other:
//!
//! | | |
//! |---|---|
//! | Python awaits Rust | [`Module::async_function`]; `create_task`, `gather`, `wait_for`, `timeout`, `shield` take it as any coroutine |
//! | Rust makes a task of a future | [`Asyncio::create_task`] |
//! | Rust calls Python | [`Asyncio::call`], [`Asyncio::create_python_task`], [`Asyncio::result_of`] |
//! | waiting for each other | [`Event`], [`Lock`], [`Semaphore`], [`Queue`]: one line for both, first come, first served |
//! | cancelling | `task.cancel()` drops the future; [`PythonTask::cancel`], or dropping a [`Call`], raises `CancelledError` |
//!
//! # Panics
//! See [`Engine::catch_panics`].

use crate::engine::{Ending, Engine};
use wigwag_modules::asyncio::peers;
use wigwag_vm::heap::OutOfMemory;

pub use wigwag_modules::asyncio::peers::{
    Arguments, Asyncio, Call, CatchPanic, Common, Data, Event, Exception, Lock, Module, Object, PythonTask,
    Queue, Semaphore,
};
pub use wigwag_scheduler::{Doorbell, JoinError, JoinHandle};

impl Engine {
    /// The event loop, for Rust. None if there was no memory for it when the engine was made.
    ///
    /// ```
    /// # use wigwag_engine::engine::{Ending, Stepped};
    /// # use wigwag_vm::run::source::SourceMode;
    /// # include!("../tests/common/world.rs");
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut engine, output) = engine();
    /// let asyncio = engine.asyncio().ok_or("no memory for the loop")?;
    /// let ready = asyncio.event();
    /// engine.module("board")?.value("ready", &ready)?;
    /// let clock = asyncio.clone();
    /// asyncio.create_task("warm up", async move {
    ///     clock.sleep_ms(250).await;
    ///     ready.set();
    /// })?;
    ///
    /// let program = "
    /// import asyncio, board, time
    ///
    /// async def main():
    ///     await board.ready.wait()
    ///     print(time.ticks_ms())
    ///
    /// asyncio.run(main())
    /// ";
    /// engine.start(program.as_bytes(), "main.py", SourceMode::Module)?;
    /// while !matches!(engine.step(100_000), Stepped::Ended(Ending::Finished)) {}
    /// assert_eq!(output.text(), "250\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn asyncio(&mut self) -> Option<Asyncio> {
        Asyncio::of(&mut self.vm)
    }

    /// A module for the program to import, to be filled.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the heap has no room for it.
    pub fn module(&mut self, name: &str) -> Result<Module<'_>, OutOfMemory> {
        Module::new(&mut self.vm, name)
    }

    /// What the program has under this name: a function to call, a value to read.
    ///
    /// ```
    /// # use wigwag_engine::engine::{Ending, Stepped};
    /// # use wigwag_engine::peers::{Data, Object};
    /// # use wigwag_vm::run::source::SourceMode;
    /// # include!("../tests/common/world.rs");
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (mut engine, _) = engine();
    /// engine.start(b"LIMIT = 7\ndef double(n): return 2 * n", "main.py", SourceMode::Module)?;
    /// while !matches!(engine.step(100_000), Stepped::Ended(Ending::Finished)) {}
    /// assert_eq!(engine.name("LIMIT")?, Some(Data::Int(7)));
    ///
    /// let double: Object = engine.name("double")?.unwrap_or_default().try_into()?;
    /// let asyncio = engine.asyncio().ok_or("no memory for the loop")?;
    /// let task = asyncio.create_python_task(&double, [21.into()]);
    /// engine.start_loop()?;
    /// while !matches!(engine.step(100_000), Stepped::Ended(Ending::Finished)) {}
    /// assert_eq!(task.try_result(), Some(Ok(Data::Int(42))));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no room for a copy.
    pub fn name(&mut self, name: &str) -> Result<Option<Data>, OutOfMemory> {
        peers::main_name(&mut self.vm, name).map_err(|_| OutOfMemory)
    }

    /// Runs the event loop as the main program, until there is nothing left for it to do: for tasks that Rust has made
    /// after a program has come to its end, or without any. [`name`](Self::name) has an example.
    ///
    /// # Errors
    /// The ending, if the loop cannot be started.
    pub fn start_loop(&mut self) -> Result<(), Ending> {
        match peers::loop_function(&mut self.vm) {
            Ok((function, none)) => self.start_call(function, &[none]),
            Err(raised) => {
                let exception = self.exception_of(raised);
                Err(self.ending_of(exception))
            }
        }
    }

    /// Has panics of Rust futures caught: then a panic is a `RuntimeError` where the future is awaited, a task made by
    /// Rust is cancelled, and the loop goes on. Without it a panic unwinds out of [`step`](Engine::step); the engine is
    /// sound then, but its loop has lost its place: drop it.
    ///
    /// With `std`:
    ///
    /// ```
    /// use std::panic::{AssertUnwindSafe, catch_unwind};
    ///
    /// fn catch(work: &mut dyn FnMut()) -> Result<(), String> {
    ///     catch_unwind(AssertUnwindSafe(work)).map_err(|payload| match payload.downcast::<&str>() {
    ///         Ok(text) => text.to_string(),
    ///         Err(payload) => payload.downcast::<String>().map_or("no text".into(), |text| *text),
    ///     })
    /// }
    /// # assert_eq!(catch(&mut || panic!("gone")), Err("gone".into()));
    /// // engine.catch_panics(catch);
    /// ```
    pub fn catch_panics(&mut self, catch: CatchPanic) {
        if let Some(asyncio) = self.asyncio() {
            asyncio.catch_panics(catch);
        }
    }

    /// What a waker rings when it wakes a future from another thread or an interrupt while the driver may be waiting; the
    /// driver steps the engine then.
    ///
    /// ```
    /// use std::sync::OnceLock;
    /// use std::thread::{self, Thread};
    /// use wigwag_engine::peers::Doorbell;
    ///
    /// static DRIVER: OnceLock<Thread> = OnceLock::new();
    /// static BELL: Doorbell =
    ///     Doorbell { ring: |_| DRIVER.get().into_iter().for_each(Thread::unpark), token: 0 };
    ///
    /// DRIVER.get_or_init(thread::current);
    /// // engine.set_doorbell(Some(&BELL)); a driver that is told `Stepped::Idle` parks its thread until then.
    /// # (BELL.ring)(BELL.token);
    /// # thread::park();
    /// ```
    pub fn set_doorbell(&mut self, doorbell: Option<&'static Doorbell>) {
        if let Some(asyncio) = self.asyncio() {
            asyncio.set_doorbell(doorbell);
        }
    }
}
