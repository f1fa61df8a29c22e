//! Memory may run out anywhere: each script under `tests/allocation` is run again and again, and each time another
//! allocation fails, the first, the second and so on until the script gets through without it. It fails once, and in a
//! second run so do all after it. Whatever fails, the program ends with what it always prints, or in a `MemoryError`
//! with the beginning of that; afterwards the heap is sound, and the machine runs another program.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::clock::Timekeeper;
use wigwag_modules::settings::Settings;
use wigwag_vm::heap::Failure;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

const HEAP_BYTES: usize = 8 << 20;

/// Steps, and the fuel of each, after which a script will not end any more: they all do after a few.
const STEPS: u32 = 1000;
const FUEL: u64 = 10_000;

/// Up to this number every allocation of a script is tried; beyond it only every [`STRIDE`]-th.
const EACH: u64 = 4000;
const STRIDE: u64 = 7;

/// What was written, by stream.
#[derive(Default)]
struct Written {
    out: Vec<u8>,
    error: Vec<u8>,
}

/// Keeps what is written.
struct Recorder(Rc<RefCell<Written>>);

impl Platform for Recorder {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let mut written = self.0.borrow_mut();
        match stream {
            Stream::Out => written.out.extend_from_slice(bytes),
            Stream::Error => written.error.extend_from_slice(bytes),
        }
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }

    fn read_line(&mut self) -> Result<Option<Vec<u8>>, i32> {
        Ok(None)
    }
}

fn config(heap_bytes: usize) -> Config {
    Config {
        heap_bytes,
        clock: ClockSource::Virtual,
        ticks_period: Timekeeper::TICKS_64,
        until_us: None,
        board: wigwag_board::find("pybv11"),
        settings: Settings::default(),
    }
}

/// Runs a program to its end; none if there is none in sight.
fn run(engine: &mut Engine, source: &[u8]) -> Option<Ending> {
    if let Err(ending) = engine.start(source, "test.py", SourceMode::Module) {
        return Some(ending);
    }
    for _ in 0..STEPS {
        if let Stepped::Ended(ending) = engine.step(FUEL) {
            return Some(ending);
        }
    }
    None
}

/// One run in which an allocation fails. Tells whether one did, and what went wrong.
fn attempt(source: &[u8], expected: &[u8], failure: Failure) -> (bool, Result<(), String>) {
    let written = Rc::new(RefCell::new(Written::default()));
    let platform = Recorder(Rc::clone(&written));
    let mut engine = Engine::new(config(HEAP_BYTES), Box::new(platform)).expect("room to start");
    engine.vm.heap.budget.fail(Some(failure));
    let ending = run(&mut engine, source);
    let failed = engine.vm.heap.budget.has_failed();
    engine.vm.heap.budget.fail(None);
    let written = written.take();
    let judged = judge(ending, written, expected, failed);
    (failed, judged.and_then(|()| look_over(&mut engine)))
}

/// Whether a run with a failed allocation came to what it may come to.
fn judge(ending: Option<Ending>, written: Written, expected: &[u8], failed: bool) -> Result<(), String> {
    let Written { out, error } = written;
    let error = String::from_utf8_lossy(&error);
    let is_memory_error = match &ending {
        Some(Ending::Exception(text)) => {
            text.lines().last().is_some_and(|line| line.starts_with("MemoryError"))
        }
        _ => false,
    };
    let is_same = ending == Some(Ending::Finished) && out == expected;
    // A task nobody waits for tells of its exception by itself, and the rest goes on without it.
    let is_told = ending.is_some() && error.contains("MemoryError");
    let is_beginning = is_memory_error && expected.starts_with(&out);
    if is_same || failed && (is_beginning || is_told) {
        return Ok(());
    }
    // From where it differs on.
    let same = out.iter().zip(expected).take_while(|(got, wanted)| got == wanted).count();
    let rest = String::from_utf8_lossy(&out[same..]);
    Err(format!("{ending:?}, output after byte {same}: {rest:?}, errors: {error:?}"))
}

/// Whether the heap is sound and the machine runs another program.
fn look_over(engine: &mut Engine) -> Result<(), String> {
    engine.verify()?;
    match run(engine, b"assert sum(range(5)) == 10") {
        Some(Ending::Finished) => engine.verify(),
        ending => Err(format!("the next program: {ending:?}")),
    }
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/allocation");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let only = std::env::var("WIGWAG_TEST_ONLY").unwrap_or_default();
    let mut scripts: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| path.to_string_lossy().contains(&only))
        .collect();
    scripts.sort();
    scripts
}

/// Lets every allocation of every script fail.
fn fail_everywhere(lasting: bool) {
    let mut mistakes = Vec::new();
    for script in scripts() {
        let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = fs::read(&script).expect("the script can be read");
        let expected = fs::read(script.with_extension("out")).expect("so can its output");
        let mut number = 0;
        loop {
            let (failed, judged) = attempt(&source, &expected, Failure { number, lasting });
            if let Err(text) = judged {
                mistakes.push(format!("{name}, allocation {number}: {text}"));
            }
            if !failed {
                break;
            }
            number += if number < EACH { 1 } else { STRIDE };
        }
        println!("{name}: {number} allocations");
    }
    let shown = mistakes.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(mistakes.is_empty(), "{} mistakes\n\n{shown}", mistakes.len());
}

#[test]
fn an_allocation_that_fails_once_does_no_harm() {
    fail_everywhere(false);
}

#[test]
fn allocations_that_fail_from_one_on_do_no_harm() {
    fail_everywhere(true);
}

#[test]
fn a_heap_too_small_to_start_is_refused() {
    let smallest = (0..1 << 20)
        .step_by(1 << 8)
        .find(|&bytes| Engine::new(config(bytes), Box::new(Recorder(Rc::default()))).is_ok())
        .expect("a megabyte is enough");
    for bytes in (smallest..smallest * 2).step_by(1 << 8) {
        let Ok(mut engine) = Engine::new(config(bytes), Box::new(Recorder(Rc::default()))) else { continue };
        run(&mut engine, b"import asyncio, collections\nprint([str(i) for i in range(1000)])");
        assert_eq!(engine.verify(), Ok(()), "a heap of {bytes} bytes");
    }
}
