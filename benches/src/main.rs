//! The bench: the same scripts on Wigwag, on `python3`, on `python3` with uvloop and on any MicroPython, side by side in
//! one run.
//!
//! ```text
//! cargo run --release -p wigwag-bench -- [--peer MICROPYTHON]… [--perf-bench TREE] [FILTER…]
//! ```
//!
//! Every run is a process of its own, measured from outside (`child`) or by the script itself; the runtimes take
//! turns (`rounds`); medians and ratios come out as Markdown (`report`). Wigwag is built first, so that no figure
//! is of a stale binary. With `--instructions` nothing is timed: see [`instructions`]; with `--scaling` cost is measured
//! against size: see [`scaling`]. A runtime that is missing or a program that fails is named, and the status is then 1.

#![forbid(unsafe_code)]

mod child;
mod echo;
mod inputs;
mod instructions;
mod jobs;
mod machine;
mod perf_bench;
mod plot;
mod report;
mod rounds;
mod runtimes;
mod rust_futures;
mod scaling;
mod statistics;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;
use serde_json::json;

use crate::report::Table;
use crate::rounds::Effort;
use crate::runtimes::{Kind, Runtime};

/// Runs the same programs on Wigwag, CPython and MicroPython, and prints medians and ratios.
#[derive(Parser)]
#[command(name = "wigwag-bench")]
struct Options {
    /// Run only what contains one of these in its name
    filter: Vec<String>,
    /// The Wigwag to measure, in place of the one that is built first
    #[arg(long, value_name = "PATH")]
    wigwag: Option<PathBuf>,
    /// The CPython to compare with
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: PathBuf,
    /// A MicroPython to compare with; may be given more than once
    #[arg(long, value_name = "PATH")]
    peer: Vec<PathBuf>,
    /// A checkout of MicroPython whose own benchmark programs are run too
    #[arg(long, value_name = "TREE")]
    perf_bench: Option<PathBuf>,
    /// How often each program is run on each runtime
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// One round with small numbers: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Seconds after which a run is given up
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    limit: u64,
    /// Measure no time: count instructions under valgrind, and compare them with those recorded in this file
    #[arg(long, value_name = "PATH")]
    instructions: Option<PathBuf>,
    /// Write what was counted into that file instead
    #[arg(long, requires = "instructions")]
    record: bool,
    /// Measure cost against size instead, and draw it into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["json", "perf_bench"])]
    scaling: Option<PathBuf>,
    /// Where to write every single figure as JSON
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == child::HELPER) {
        return child::helper_main(arguments);
    }
    match compare(&Options::parse()) {
        Ok(missing) if missing.is_empty() => ExitCode::SUCCESS,
        Ok(missing) => {
            missing.iter().for_each(|what| eprintln!("wigwag-bench: {what}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("wigwag-bench: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures and prints everything; gives what was asked for and could not be measured.
fn compare(options: &Options) -> Result<Vec<String>, String> {
    let mut missing = Vec::new();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    if let Some(file) = &options.instructions {
        let scratch = Scratch::new()?;
        return instructions::run(&find_wigwag(options)?, &scripts, &scratch.0, file, options.record);
    }
    let runtimes = find_runtimes(options, &mut missing)?;
    let rounds = if options.quick { 1 } else { options.rounds.max(1) };
    let effort = Effort { rounds, limit: Duration::from_secs(options.limit) };
    println!("Machine: {}  ", machine::describe());
    for runtime in &runtimes {
        println!("{}: {}  ", runtime.label, runtime.version);
    }
    println!("Median of {rounds}, smallest..largest. Less is better; a ratio above 1 means Wigwag is ahead.");
    if options.quick {
        println!("Quick: smaller numbers than the names say. This shows what runs, not how fast.");
    }

    let is_chosen =
        |name: &str| options.filter.is_empty() || options.filter.iter().any(|part| name.contains(part));
    let mut tables = Vec::new();
    let mut show = |table: Table| {
        println!("\n{}", table.markdown());
        tables.push(table);
    };

    if let Some(folder) = &options.scaling {
        scaling::run(folder, &scripts, &runtimes, &effort, options.quick, is_chosen)?;
        return Ok(missing);
    }

    let scratch = Scratch::new()?;
    let mut own = jobs::own(&scripts, options.quick);
    own.retain(|job| is_chosen(&job.name));
    if !own.is_empty() {
        inputs::provide(&scratch.0, &mut own, options.quick)?;
        show(rounds::run("Scripts", &runtimes, &own, &effort));
    }

    if is_chosen(echo::NAME) {
        show(echo::run(&scripts, &runtimes, &effort, options.quick));
    }

    if is_chosen(rust_futures::EXAMPLE) {
        match build_example().and_then(|path| rust_futures::run(&path, &effort)) {
            Ok(table) => show(table),
            Err(error) => missing.push(format!("Rust futures: {error}")),
        }
    }

    if let Some(tree) = &options.perf_bench {
        let mut jobs = perf_bench::jobs(tree, &scratch.0)?;
        jobs.retain(|job| is_chosen(&job.name));
        let title = "MicroPython's benchmark programs";
        show(Table { with_mean: true, ..rounds::run(title, &runtimes, &jobs, &effort) });
    }

    if let Some(path) = &options.json {
        let versions: Vec<_> = runtimes
            .iter()
            .map(|runtime| json!({ "label": runtime.label, "version": runtime.version }))
            .collect();
        let tables: Vec<_> = tables.iter().map(Table::json).collect();
        let all = json!({
            "machine": machine::describe(), "rounds": rounds, "runtimes": versions,
            "tables": tables, "missing": missing,
        });
        fs::write(path, format!("{all:#}\n")).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(missing)
}

/// A temporary folder, gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch, String> {
        let folder = std::env::temp_dir().join(format!("wigwag-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A failure to remove what remains there changes no figure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The Wigwag to measure, built now unless one was given.
fn find_wigwag(options: &Options) -> Result<PathBuf, String> {
    if let Some(path) = &options.wigwag {
        return Ok(path.clone());
    }
    build(&["-p", "wigwag"])?;
    beside_the_bench("wigwag")
}

/// Wigwag first, then the peers, then CPython. Only Wigwag must be there.
fn find_runtimes(options: &Options, missing: &mut Vec<String>) -> Result<Vec<Runtime>, String> {
    let mut runtimes = vec![Runtime::find(Kind::Wigwag, &find_wigwag(options)?)?];
    let peers = options.peer.iter().map(|path| (Kind::MicroPython, path));
    for (kind, path) in peers.chain([(Kind::CPython, &options.python)]) {
        match Runtime::find(kind, path) {
            Ok(runtime) => runtimes.push(runtime),
            Err(error) => missing.push(error),
        }
    }
    match Runtime::find(Kind::Uvloop, &options.python) {
        Ok(runtime) => runtimes.push(runtime),
        // It is a package that few have: its column is left out.
        Err(_) => println!("No uvloop for {}: it is left out.  ", options.python.display()),
    }
    runtimes::make_labels_unique(&mut runtimes);
    Ok(runtimes)
}

/// Builds the scheduler's measuring program and gives its path.
fn build_example() -> Result<PathBuf, String> {
    build(&["-p", "wigwag-bench", "--example", rust_futures::EXAMPLE])?;
    beside_the_bench(&format!("examples/{}", rust_futures::EXAMPLE))
}

/// Lets cargo build something as the bench was built. Without cargo, what was built before has to do.
fn build(what: &[&str]) -> Result<(), String> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release", "--manifest-path"]).arg(manifest).args(what);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("cargo build --release {} failed", what.join(" "))),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}

/// A file in the folder that the bench itself was built into.
fn beside_the_bench(name: &str) -> Result<PathBuf, String> {
    let bench = std::env::current_exe().map_err(|error| format!("cannot find the bench itself: {error}"))?;
    let path = bench.with_file_name(name);
    if path.is_file() { Ok(path) } else { Err(format!("{} is not there", path.display())) }
}
