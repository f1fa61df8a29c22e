//! Figures mean nothing without the machine they were measured on.

use std::fs;

/// Processor, cores, and system, in one line.
pub fn describe() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| {
        line.strip_prefix("MemTotal:")?.trim().trim_end_matches("kB").trim().parse::<u64>().ok()
    });
    let memory = memory.map(|kilobytes| format!(", {} GB", kilobytes.div_ceil(1 << 20))).unwrap_or_default();
    format!("{model}, {cores} cores{memory}, {} {}", std::env::consts::OS, kernel.trim())
}
