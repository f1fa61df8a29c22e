//! Runs jobs on runtimes, interleaved: each round runs every job once on every runtime, one after the other.
//!
//! A machine that grows slower or faster over the minutes then does so for all of them alike. A runtime that
//! fails a job once is not asked again; the table says why.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use crate::jobs::{Figure, Job, Source};
use crate::report::{Cell, Row, Table};
use crate::runtimes::{Kind, Runtime};

/// How long, and how often.
pub struct Effort {
    /// Runs of each job on each runtime.
    pub rounds: usize,
    /// When a run is given up.
    pub limit: Duration,
}

/// What one runtime gave for one job.
#[derive(Default)]
struct Record {
    /// For each round, a figure for each reading.
    samples: Vec<Vec<Figure>>,
    result: Option<String>,
    error: Option<String>,
}

/// Runs all, and gives the table.
pub fn run(title: &str, runtimes: &[Runtime], jobs: &[Job], effort: &Effort) -> Table {
    let mut records: Vec<Vec<Record>> =
        jobs.iter().map(|_| runtimes.iter().map(|_| Record::default()).collect()).collect();
    for round in 1..=effort.rounds {
        for (job, records) in jobs.iter().zip(&mut records) {
            for (runtime, record) in runtimes.iter().zip(records.iter_mut()) {
                if record.error.is_none() && runtime.can_be_asked(job) {
                    show_progress(&format!("round {round}: {} on {}", job.name, runtime.label));
                    run_once(runtime, job, effort, record);
                }
            }
        }
    }
    show_progress("");
    for (job, records) in jobs.iter().zip(&mut records) {
        if job.readings.iter().any(|reading| reading.source == Source::PerfBench) {
            compare_results(runtimes, records);
        }
    }
    let rows = jobs.iter().zip(&records).flat_map(|(job, records)| rows_of(runtimes, job, records)).collect();
    let columns = runtimes.iter().map(|runtime| runtime.label.clone()).collect();
    Table { title: title.to_string(), columns, rows, with_mean: false }
}

fn run_once(runtime: &Runtime, job: &Job, effort: &Effort, record: &mut Record) {
    match runtime.run(job, effort.limit).and_then(|measured| job.read(&measured)) {
        Err(error) => record.error = Some(error),
        Ok(sample) if record.result.is_some() && record.result != sample.result => {
            record.error = Some("two runs gave different results".to_string());
        }
        Ok(sample) => {
            record.result = sample.result;
            record.samples.push(sample.figures);
        }
    }
}

/// A fast wrong answer is no answer: all must compute what CPython computes, or, without it, the first that did.
fn compare_results(runtimes: &[Runtime], records: &mut [Record]) {
    let judge = runtimes.iter().position(|runtime| runtime.kind == Kind::CPython);
    let truth = judge
        .and_then(|index| records.get(index)?.result.clone())
        .or_else(|| records.iter().find_map(|record| record.result.clone()));
    for record in records {
        if let (Some(result), Some(truth)) = (&record.result, &truth)
            && result != truth
            && result != "None"
        {
            record.error = Some(format!("wrong result {result:?}, expected {truth:?}"));
        }
    }
}

fn rows_of(runtimes: &[Runtime], job: &Job, records: &[Record]) -> Vec<Row> {
    let row_of = |index: usize| {
        let cell = |(runtime, record): (&Runtime, &Record)| match &record.error {
            _ if !runtime.can_be_asked(job) => Cell::NotAsked,
            Some(error) => Cell::Failed(error.clone()),
            None => Cell::Figures(
                record.samples.iter().filter_map(|figures| figures.get(index).copied()).collect(),
            ),
        };
        runtimes.iter().zip(records).map(cell).collect()
    };
    let row = |(index, reading): (usize, &crate::jobs::Reading)| Row {
        name: reading.label.clone(),
        unit: reading.unit.to_string(),
        cells: row_of(index),
    };
    job.readings.iter().enumerate().map(row).collect()
}

/// One line on a terminal, overwritten by the next; nothing elsewhere.
pub fn show_progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // Nobody is served by a bench that ends because its progress cannot be shown.
        let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
    }
}
