//! Upstream's own benchmark programs, from a checkout that the user names.
//!
//! Each is put together as upstream's runner does it: the program, then its harness, then a call with the two
//! numbers that choose the parameters. Programs for native code emitters and for `.mpy` files are left out: no
//! runtime here but upstream's own has those formats.

use std::fs;
use std::path::{Path, PathBuf};

use crate::jobs::{Job, Reading, Source};

/// The numbers that upstream's runner is given for a computer: megahertz and kilobytes.
const SETTING: (u32, u32) = (1000, 1000);

/// Beginnings of names that are not run.
const LEFT_OUT: [&str; 2] = ["viper_", "core_import_mpy_"];

/// The jobs, their programs written into `folder`.
pub fn jobs(tree: &Path, folder: &Path) -> Result<Vec<Job>, String> {
    let source = tree.join("tests").join("perf_bench");
    let harness = read(&source.join("benchrun.py"))?;
    let mut jobs = Vec::new();
    for path in programs(&source)? {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let program = folder.join(format!("perf_bench_{name}.py"));
        let text = format!("{}\n{harness}\nbm_run({}, {})\n", read(&path)?, SETTING.0, SETTING.1);
        fs::write(&program, text).map_err(|error| format!("{}: {error}", program.display()))?;
        jobs.push(Job {
            readings: vec![Reading { label: format!("`{name}`"), unit: "ms", source: Source::PerfBench }],
            name,
            program,
            arguments: Vec::new(),
            input: None,
            heap: None,
            uses_asyncio: false,
            virtual_until: None,
        });
    }
    Ok(jobs)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The benchmark programs of the checkout, by name.
fn programs(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        name.ends_with(".py")
            && name != "benchrun.py"
            && !LEFT_OUT.iter().any(|start| name.starts_with(start))
    };
    let mut found: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_wanted).collect();
    found.sort();
    Ok(found)
}
