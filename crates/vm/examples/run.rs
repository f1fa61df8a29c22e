//! Runs a source file on the bare machine: the language without modules, clock or board. For trying things out.

use std::io::Write;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{RunResult, Stream, Vm};

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
}

fn main() {
    let file = std::env::args().nth(1).unwrap_or_default();
    let Ok(source) = std::fs::read(&file) else {
        eprintln!("can't read {file}");
        std::process::exit(2);
    };
    let Ok(mut vm) = Vm::new(256 << 20, Box::new(Plain)) else { std::process::exit(3) };
    let exception = match vm.start_main(&source, &file, SourceMode::Module) {
        Ok(()) => match vm.run(u64::MAX >> 1) {
            RunResult::Raised(exception) => exception,
            _ => return,
        },
        Err(raised) => raised.0,
    };
    let text = vm.format_exception(exception);
    eprint!("{text}");
    std::process::exit(1);
}
