//! What is run: a job is a program with its arguments and the figures that are read from a run of it.
//!
//! The scripts of this project are the rows of [`SCRIPTS`]; a new one is a file in `scripts/` and a row here.

use std::path::{Path, PathBuf};

use crate::child::Measured;
use crate::inputs::Input;

/// Where a figure comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The program measured it and printed `name value unit`.
    Printed,
    /// Upstream's benchmarks print `microseconds norm result`.
    PerfBench,
    /// From the start of the process to its end.
    WallMs,
    /// User and system time of the process.
    CpuMs,
    /// The most memory the process held.
    PeakKb,
}

/// One row of a table.
#[derive(Clone)]
pub struct Reading {
    /// What the row is called.
    pub label: String,
    /// The unit of its figures; less is better in all of them.
    pub unit: &'static str,
    /// Where they come from.
    pub source: Source,
}

/// A program to run, and what to read from the run.
pub struct Job {
    /// The name that a filter is compared with.
    pub name: String,
    /// The script.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The file it reads; its path is the first argument.
    pub input: Option<Input>,
    /// The heap it needs where the default is too small, as `-X heapsize=` takes it.
    pub heap: Option<&'static str>,
    /// Whether another event loop could make a difference.
    pub uses_asyncio: bool,
    /// Virtual time after which the run ends; only Wigwag can run such a job.
    pub virtual_until: Option<&'static str>,
    /// The rows it fills.
    pub readings: Vec<Reading>,
}

/// A figure, and whether the truth may lie below it.
#[derive(Clone, Copy)]
pub struct Figure {
    /// The figure, in the unit of its row.
    pub value: f64,
    /// Whether it is an upper bound only.
    pub is_bound: bool,
}

/// What one run gave: a figure for each reading, and the result to compare between runtimes, if there is one.
pub struct Sample {
    /// In the order of the job's readings.
    pub figures: Vec<Figure>,
    /// What upstream's benchmarks computed.
    pub result: Option<String>,
}

impl Job {
    /// Reads the figures out of a run.
    pub fn read(&self, measured: &Measured) -> Result<Sample, String> {
        let mut sample = Sample { figures: Vec::new(), result: None };
        for reading in &self.readings {
            let exact = |value| Figure { value, is_bound: false };
            sample.figures.push(match reading.source {
                Source::WallMs => exact(measured.wall_ms),
                Source::CpuMs => exact(measured.cpu_ms),
                Source::PeakKb => Figure { value: measured.peak_kb, is_bound: measured.peak_is_bound },
                Source::Printed => exact(printed(&self.name, reading.unit, &measured.output)?),
                Source::PerfBench => {
                    let (time_us, result) = perf_bench(&measured.output)?;
                    sample.result = Some(result);
                    exact(time_us / 1000.0)
                }
            });
        }
        Ok(sample)
    }
}

/// The value in the line `name value unit`.
fn printed(name: &str, unit: &str, output: &str) -> Result<f64, String> {
    let value = output.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let value = (words.next() == Some(name)).then(|| words.next())??;
        (words.next() == Some(unit)).then(|| value.parse::<f64>().ok())?
    });
    value.ok_or_else(|| format!("printed no line `{name} VALUE {unit}`"))
}

/// Time in microseconds and result, from `time norm result`.
fn perf_bench(output: &str) -> Result<(f64, String), String> {
    let output = output.trim();
    let mut parts = output.splitn(3, char::is_whitespace);
    let (time, _norm, result) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    match (time.parse::<f64>(), result) {
        (Ok(time_us), Some(result)) if time_us >= 0.0 => Ok((time_us, result.to_string())),
        _ => Err(output.lines().next_back().unwrap_or("no output").to_string()),
    }
}

/// A row of [`SCRIPTS`].
struct Script {
    /// The name the script prints.
    name: &'static str,
    /// What the table calls it.
    label: &'static str,
    file: &'static str,
    arguments: &'static [&'static str],
    /// The same for a quick look.
    quick: &'static [&'static str],
    input: Option<Input>,
    unit: &'static str,
    heap: Option<&'static str>,
    uses_asyncio: bool,
    virtual_until: Option<&'static str>,
    sources: &'static [Source],
}

/// What most rows share.
const PLAIN: Script = Script {
    name: "",
    label: "",
    file: "",
    arguments: &[],
    quick: &[],
    input: None,
    unit: "ns",
    heap: None,
    uses_asyncio: false,
    virtual_until: None,
    sources: &[Source::Printed],
};

/// The same with tasks.
const TASKS: Script = Script { uses_asyncio: true, ..PLAIN };

/// Those that measure the library, mostly over large data.
const LIBRARY: Script = Script { unit: "ms", heap: Some("64M"), ..PLAIN };

/// The scripts of this project, in the order of the table.
const SCRIPTS: &[Script] = &[
    Script {
        name: "task_switch",
        label: "task switch: `sleep(0)`, 100 tasks",
        file: "task_switch.py",
        arguments: &["100", "3000"],
        quick: &["100", "200"],
        ..TASKS
    },
    Script {
        name: "event_handover_1",
        label: "Event handover, 1 pair of tasks",
        file: "event_handover.py",
        arguments: &["1", "30000"],
        quick: &["1", "1000"],
        ..TASKS
    },
    Script {
        name: "event_handover_100",
        label: "Event handover, 100 pairs",
        file: "event_handover.py",
        arguments: &["100", "300"],
        quick: &["100", "10"],
        ..TASKS
    },
    Script {
        name: "event_handover_1000",
        label: "Event handover, 1000 pairs",
        file: "event_handover.py",
        arguments: &["1000", "20"],
        quick: &["1000", "1"],
        ..TASKS
    },
    Script {
        name: "create_join",
        label: "create and join a task",
        file: "create_join.py",
        arguments: &["100000"],
        quick: &["3000"],
        ..TASKS
    },
    Script {
        name: "lock_handover",
        label: "lock handed over, 100 tasks",
        file: "lock_handover.py",
        arguments: &["100", "100"],
        quick: &["10", "10"],
        ..TASKS
    },
    Script {
        name: "parked_task",
        label: "a task that waits for an Event",
        file: "parked.py",
        arguments: &["100000"],
        quick: &["10000"],
        unit: "bytes",
        heap: Some("64M"),
        ..TASKS
    },
    Script {
        name: "sleepers_alike",
        label: "10 000 sleepers, 20 wakes each, one period",
        file: "sleepers.py",
        arguments: &["10000", "20", "1"],
        quick: &["1000", "5", "1"],
        unit: "ms",
        heap: Some("16M"),
        sources: &[Source::CpuMs, Source::PeakKb],
        ..TASKS
    },
    Script {
        name: "sleepers_mixed",
        label: "10 000 sleepers, 20 wakes each, 100 periods",
        file: "sleepers.py",
        arguments: &["10000", "20", "100"],
        quick: &["1000", "5", "100"],
        unit: "ms",
        heap: Some("16M"),
        sources: &[Source::CpuMs, Source::PeakKb],
        ..TASKS
    },
    Script {
        name: "sleepers_100k",
        label: "100 000 sleepers, 5 wakes each, 1000 periods",
        file: "sleepers.py",
        arguments: &["100000", "5", "1000"],
        quick: &["2000", "5", "1000"],
        unit: "ms",
        heap: Some("128M"),
        sources: &[Source::CpuMs, Source::PeakKb],
        ..TASKS
    },
    Script {
        name: "hello",
        label: "`print(\"hello\")`, whole process",
        file: "hello.py",
        unit: "ms",
        sources: &[Source::WallMs, Source::PeakKb],
        ..PLAIN
    },
    Script {
        name: "fib",
        label: "`fib(30)`",
        file: "fib.py",
        arguments: &["30"],
        quick: &["20"],
        unit: "ms",
        ..PLAIN
    },
    Script {
        name: "count",
        label: "counting `while` loop",
        file: "count.py",
        arguments: &["10000000"],
        quick: &["100000"],
        ..PLAIN
    },
    Script {
        name: "attribute",
        label: "`self.x = self.x + 1`",
        file: "attribute.py",
        arguments: &["5000000"],
        quick: &["50000"],
        ..PLAIN
    },
    Script {
        name: "method_call",
        label: "method call",
        file: "method_call.py",
        arguments: &["3000000"],
        quick: &["30000"],
        ..PLAIN
    },
    Script {
        name: "float_arithmetic",
        label: "float arithmetic, a step of an orbit",
        file: "float_arithmetic.py",
        arguments: &["1000000"],
        quick: &["10000"],
        ..PLAIN
    },
    Script {
        name: "string_building",
        label: "string building, a formatted and joined line",
        file: "string_building.py",
        arguments: &["200000"],
        quick: &["2000"],
        ..PLAIN
    },
    Script {
        name: "list_work",
        label: "list: append, index, sort, slice, each element",
        file: "list_work.py",
        arguments: &["200"],
        quick: &["5"],
        ..PLAIN
    },
    Script {
        name: "dict_work",
        label: "dict: insert, look up, count, delete, each key",
        file: "dict_work.py",
        arguments: &["200"],
        quick: &["5"],
        ..PLAIN
    },
    Script {
        name: "generator",
        label: "generator, each value",
        file: "generator.py",
        arguments: &["2000000"],
        quick: &["20000"],
        ..PLAIN
    },
    Script {
        name: "exception",
        label: "`raise` and `except`",
        file: "exception.py",
        arguments: &["1000000"],
        quick: &["10000"],
        ..PLAIN
    },
    Script {
        name: "json_loads",
        label: "`json.loads` of 1 MB",
        file: "json_work.py",
        arguments: &["loads", "10"],
        quick: &["loads", "2"],
        input: Some(Input::Json),
        ..LIBRARY
    },
    Script {
        name: "json_dumps",
        label: "`json.dumps` of 1 MB",
        file: "json_work.py",
        arguments: &["dumps", "10"],
        quick: &["dumps", "2"],
        input: Some(Input::Json),
        ..LIBRARY
    },
    Script {
        name: "re_search",
        label: "`re` over 1 MB: a word at its end sought",
        file: "re_work.py",
        arguments: &["search"],
        quick: &["search"],
        input: Some(Input::Log),
        ..LIBRARY
    },
    Script {
        name: "re_lines",
        label: "`re` over 1 MB: each line taken apart",
        file: "re_work.py",
        arguments: &["lines"],
        quick: &["lines"],
        input: Some(Input::Log),
        ..LIBRARY
    },
    Script {
        name: "re_sub",
        label: "`re` over 1 MB: all numbers replaced",
        file: "re_work.py",
        arguments: &["sub"],
        quick: &["sub"],
        input: Some(Input::Log),
        ..LIBRARY
    },
    Script {
        name: "re_sub_function",
        label: "`re` over 1 MB: all settings replaced, by a function",
        file: "re_work.py",
        arguments: &["sub_function"],
        quick: &["sub_function"],
        input: Some(Input::Log),
        ..LIBRARY
    },
    Script {
        name: "sha256",
        label: "`sha256` of 64 MB",
        file: "sha256.py",
        arguments: &["64"],
        quick: &["1"],
        ..LIBRARY
    },
    Script {
        name: "inflate",
        label: "16 MB decompressed, from a file",
        file: "inflate.py",
        input: Some(Input::PackedLog),
        ..LIBRARY
    },
    Script {
        name: "compress",
        label: "16 MB compressed, from a file",
        file: "compress.py",
        input: Some(Input::LongLog),
        ..LIBRARY
    },
    Script {
        name: "struct_pack",
        label: "`struct.pack` of six fields",
        file: "struct_work.py",
        arguments: &["pack", "500000"],
        quick: &["pack", "5000"],
        ..PLAIN
    },
    Script {
        name: "struct_unpack",
        label: "`struct.unpack` of six fields",
        file: "struct_work.py",
        arguments: &["unpack", "500000"],
        quick: &["unpack", "5000"],
        ..PLAIN
    },
    Script {
        name: "read_lines",
        label: "file of 16 MB read by line, each line",
        file: "read_lines.py",
        input: Some(Input::LongLog),
        ..PLAIN
    },
    Script {
        name: "blinkers_day",
        label: "a day of two blinkers, virtual clock",
        file: "blinkers.py",
        unit: "ms",
        virtual_until: Some("24h"),
        sources: &[Source::WallMs, Source::PeakKb],
        ..PLAIN
    },
];

/// The jobs for our own scripts.
pub fn own(folder: &Path, quick: bool) -> Vec<Job> {
    let of_script = |script: &Script| {
        let arguments = if quick { script.quick } else { script.arguments };
        let reading = |&source: &Source| {
            let (suffix, unit) = match source {
                Source::CpuMs => (": CPU", "ms"),
                Source::PeakKb => (": peak memory", "KB"),
                _ => ("", script.unit),
            };
            Reading { label: format!("{}{suffix}", script.label), unit, source }
        };
        Job {
            name: script.name.to_string(),
            program: folder.join(script.file),
            arguments: arguments.iter().map(|&argument| argument.to_string()).collect(),
            input: script.input,
            heap: script.heap,
            uses_asyncio: script.uses_asyncio,
            virtual_until: script.virtual_until,
            readings: script.sources.iter().map(reading).collect(),
        }
    };
    SCRIPTS.iter().map(of_script).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_of_the_table_is_there_and_every_file_is_used() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
        let mut present: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".py") && name != "measure.py" && name != "echo_server.py")
            .collect();
        let mut used: Vec<String> = SCRIPTS.iter().map(|script| script.file.to_string()).collect();
        present.sort();
        used.sort();
        used.dedup();
        assert_eq!(present, used);
    }

    #[test]
    fn a_printed_line_is_found_by_name_and_unit() {
        let output = "starting\nfib 12.5 ms\nfib 12.5 s\n";
        assert_eq!(printed("fib", "ms", output), Ok(12.5));
        assert!(printed("fib", "ns", output).is_err());
        assert!(printed("fi", "ms", output).is_err());
    }

    #[test]
    fn upstreams_line_has_time_norm_and_result() {
        assert_eq!(perf_bench("1500 20 Point(1, 2)\n"), Ok((1500.0, "Point(1, 2)".to_string())));
        assert_eq!(
            perf_bench("-1 -1 SKIP: no matching params"),
            Err("-1 -1 SKIP: no matching params".into())
        );
        assert!(perf_bench("Traceback\nMemoryError:").is_err());
    }
}
