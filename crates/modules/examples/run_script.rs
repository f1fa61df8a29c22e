//! Runs a source file with the library but without an engine: one fiber, the system's clock, no board. For trying
//! modules out.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};
use wigwag_modules::callbacks::Callbacks;
use wigwag_modules::clock::{Clock, Timekeeper};
use wigwag_modules::settings::Settings;
use wigwag_vm::heap::Value;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{Fiber, RunResult, Stream, Vm, Wait};

struct Plain;

impl Platform for Plain {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let _ = match stream {
            Stream::Out => std::io::stdout().write_all(bytes),
            Stream::Error => std::io::stderr().write_all(bytes),
        };
    }

    fn path_kind(&mut self, path: &str) -> PathKind {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => PathKind::Directory,
            Ok(_) => PathKind::File,
            Err(_) => PathKind::Missing,
        }
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, i32> {
        std::fs::read(path).map_err(|error| error.raw_os_error().unwrap_or(5))
    }

    fn read_line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match std::io::stdin().lock().read_until(b'\n', &mut line) {
            Ok(count) if count > 0 => {
                line.pop_if(|last| *last == b'\n');
                Some(line)
            }
            _ => None,
        }
    }
}

struct SystemClock(Instant);

impl Clock for SystemClock {
    fn now_us(&mut self, _work: u64) -> u64 {
        self.0.elapsed().as_micros() as u64
    }

    fn epoch_at_start_us(&self) -> u64 {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        now.saturating_sub(self.0.elapsed()).as_micros() as u64
    }
}

/// Runs until the fiber is done.
fn finish(vm: &mut Vm, start: Instant) -> Result<(), Value> {
    loop {
        match vm.run(u64::MAX >> 1) {
            RunResult::Done(_) => return Ok(()),
            RunResult::Raised(exception) => return Err(exception),
            RunResult::OutOfFuel => {}
            RunResult::Parked => match vm.fiber.wait {
                Some(Wait::Until(until) | Wait::WokenOrUntil(until)) => {
                    let left = Duration::from_micros(until).saturating_sub(start.elapsed());
                    std::thread::sleep(left);
                }
                _ => std::process::exit(4),
            },
            RunResult::Attention => {
                while let Some(callback) = vm.extension::<Callbacks>().and_then(Callbacks::take) {
                    let own = std::mem::replace(&mut vm.fiber, Fiber::new());
                    vm.parked.push(Some(own));
                    let result = match vm.start(callback.function, &[callback.argument]) {
                        Ok(()) => finish(vm, start),
                        Err(raised) => Err(raised.0),
                    };
                    if let Some(Some(own)) = vm.parked.pop() {
                        vm.fiber = own;
                    }
                    result?;
                }
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.first().cloned().unwrap_or_default();
    let Ok(source) = std::fs::read(&file) else {
        eprintln!("can't read {file}");
        std::process::exit(2);
    };
    let Ok(mut vm) = Vm::new(256 << 20, Box::new(Plain)) else { std::process::exit(3) };
    let start = Instant::now();
    let directory = std::path::Path::new(&file).parent().map_or(String::new(), |p| p.display().to_string());
    vm.extensions.push(Box::new(Settings { arguments, path: vec![directory], ..Settings::default() }));
    vm.extensions.push(Box::new(Timekeeper::new(Box::new(SystemClock(start)), Timekeeper::TICKS_64)));
    wigwag_modules::install(&mut vm);
    if let Ok(every) = std::env::var("COLLECT_EVERY") {
        vm.collect_every = every.parse().unwrap_or(0);
    }
    let result = match vm.start_main(&source, &file, SourceMode::Module) {
        Ok(()) => finish(&mut vm, start),
        Err(raised) => Err(raised.0),
    };
    if let Err(exception) = result {
        let text = vm.format_exception(exception);
        if text.starts_with("SystemExit") {
            return;
        }
        eprint!("{text}");
        std::process::exit(1);
    }
}
