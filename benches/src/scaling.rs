//! Cost that follows the work: what one switch, handover, wake or allocation costs, from a few tasks to very many and
//! from an empty heap to a full one.
//!
//! A point is the CPU time of a long run less that of a short one which sets up and clears away the same, divided by
//! how much more the long one does: so it asks the script for no clock, it holds no start-up, and other programs on the
//! machine disturb it little. The runtimes take turns, as in `rounds`. One that fails at a size, or takes longer than
//! [`LIMIT`], is not asked for larger ones.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::jobs::{Figure, Job};
use crate::plot::{Axis, Plot, Series};
use crate::report::{Cell, Row, Table};
use crate::rounds::{Effort, show_progress};
use crate::runtimes::{Kind, Runtime};
use crate::statistics::median;

/// A single run that takes longer is given up, and with it the larger sizes on that runtime.
const LIMIT: Duration = Duration::from_secs(20);

/// What is done in a long run on Wigwag. The others take longer for each, and do less where a question says so.
const WORK: u32 = 1_000_000;
/// The same for a quick look.
const QUICK_WORK: u32 = 10_000;
/// How often each of many does what is measured, at the least.
const FEWEST_REPEATS: u32 = 5;

/// Tasks, from few to very many.
const TASKS: &[u32] = &[10, 100, 1_000, 10_000, 100_000];

/// A heap that grows with the number of tasks: memory used for the first time costs too, so few tasks get no more
/// than they need.
fn heap_for_tasks(tasks: u32) -> &'static str {
    match tasks {
        0..=1_000 => "2M",
        1_001..=10_000 => "24M",
        _ => "256M",
    }
}

/// One plot: a script whose arguments are a size and how often each does what is measured.
struct Question {
    /// The file that the plot is written to, and what a filter is compared with.
    name: &'static str,
    title: &'static str,
    script: &'static str,
    /// What the sizes count.
    axis: Axis,
    unit_of_size: &'static str,
    sizes: &'static [u32],
    /// The heap for a size, where a runtime has one that ends.
    heap: fn(u32) -> &'static str,
    /// How many things are done in one repeat, for a size.
    per_repeat: fn(u32) -> u32,
    /// What Wigwag's clock is asked for; the script makes one like it for the others.
    virtual_clock: bool,
    /// What is done in a long run on the other runtimes.
    work_of_peers: u32,
    asked: &'static [Kind],
}

const QUESTIONS: &[Question] = &[
    Question {
        name: "switch",
        title: "A task switch",
        script: "task_switch.py",
        axis: Axis::Logarithmic,
        unit_of_size: "tasks",
        sizes: TASKS,
        heap: heap_for_tasks,
        per_repeat: |tasks| tasks,
        virtual_clock: false,
        work_of_peers: 200_000,
        asked: &[Kind::Wigwag, Kind::MicroPython, Kind::CPython],
    },
    Question {
        name: "handover",
        title: "An Event handed over",
        script: "event_handover.py",
        axis: Axis::Logarithmic,
        unit_of_size: "pairs of tasks",
        sizes: &[5, 50, 500, 5_000, 50_000],
        heap: |pairs| heap_for_tasks(2 * pairs),
        per_repeat: |pairs| 2 * pairs,
        virtual_clock: false,
        work_of_peers: 50_000,
        asked: &[Kind::Wigwag, Kind::MicroPython, Kind::CPython],
    },
    Question {
        name: "timer",
        title: "A wake from sleep, deadlines at random",
        script: "scaling/timer.py",
        axis: Axis::Logarithmic,
        unit_of_size: "sleeping tasks",
        sizes: TASKS,
        heap: heap_for_tasks,
        per_repeat: |tasks| tasks,
        virtual_clock: true,
        work_of_peers: 200_000,
        asked: &[Kind::Wigwag, Kind::MicroPython, Kind::CPython],
    },
    Question {
        name: "allocation",
        title: "A list of two, collections included",
        script: "scaling/allocation.py",
        axis: Axis::Linear,
        unit_of_size: "% of an 8 MB heap in use",
        sizes: &[0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90],
        heap: |_| "8M",
        per_repeat: |_| 1,
        virtual_clock: false,
        work_of_peers: WORK,
        // CPython's heap has no end that it could be full to.
        asked: &[Kind::Wigwag, Kind::MicroPython],
    },
];

/// What one runtime gave for one question.
struct Curve<'a> {
    runtime: &'a Runtime,
    /// For each size, a figure for each round.
    points: Vec<Vec<f64>>,
    /// The first size that it could not do, and why.
    end: Option<(usize, String)>,
}

/// Measures all chosen questions; writes a plot of each into the folder, and prints its table.
pub fn run(
    folder: &Path,
    scripts: &Path,
    runtimes: &[Runtime],
    effort: &Effort,
    quick: bool,
    is_chosen: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let in_folder = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(in_folder)?;
    println!("A run that takes more than {} s ends its runtime's curve.", LIMIT.as_secs());
    for question in QUESTIONS.iter().filter(|question| is_chosen(question.name)) {
        let curves = question.measure(scripts, runtimes, effort, quick);
        fs::write(folder.join(question.name).with_extension("svg"), question.plot(&curves).svg())
            .map_err(in_folder)?;
        println!("\n{}", question.table(&curves).markdown());
    }
    Ok(())
}

impl Question {
    fn measure<'a>(
        &self,
        scripts: &Path,
        runtimes: &'a [Runtime],
        effort: &Effort,
        quick: bool,
    ) -> Vec<Curve<'a>> {
        let asked = runtimes.iter().filter(|runtime| self.asked.contains(&runtime.kind));
        let mut curves: Vec<Curve> =
            asked.map(|runtime| Curve { runtime, points: Vec::new(), end: None }).collect();
        for (index, &size) in self.sizes.iter().enumerate() {
            for curve in &mut curves {
                curve.points.push(Vec::new());
            }
            for round in 1..=effort.rounds {
                for curve in curves.iter_mut().filter(|curve| curve.end.is_none()) {
                    show_progress(&format!("{}: {size}, round {round}: {}", self.name, curve.runtime.label));
                    match self.cost_ns(scripts, curve.runtime, size, effort.limit.min(LIMIT), quick) {
                        Ok(cost) => curve.points[index].push(cost),
                        Err(error) => {
                            curve.end = Some((index, error));
                            // What other rounds gave is no median of all.
                            curve.points[index].clear();
                        }
                    }
                }
            }
        }
        show_progress("");
        curves
    }

    /// Nanoseconds for each thing done.
    fn cost_ns(
        &self,
        scripts: &Path,
        runtime: &Runtime,
        size: u32,
        limit: Duration,
        quick: bool,
    ) -> Result<f64, String> {
        let work = match runtime.kind {
            _ if quick => QUICK_WORK,
            Kind::Wigwag => WORK,
            Kind::MicroPython | Kind::CPython | Kind::Uvloop => self.work_of_peers,
        };
        let per_repeat = (self.per_repeat)(size).max(1);
        let repeats = (work / per_repeat).max(FEWEST_REPEATS);
        let cpu_ms = |repeats: u32| {
            let job = Job {
                name: self.name.to_string(),
                program: scripts.join(self.script),
                arguments: vec![size.to_string(), repeats.to_string()],
                input: None,
                heap: Some((self.heap)(size)),
                uses_asyncio: true,
                // Long enough for every script to end by itself.
                virtual_until: (self.virtual_clock && runtime.kind == Kind::Wigwag).then_some("10000h"),
                readings: Vec::new(),
            };
            runtime.run(&job, limit).map(|measured| measured.cpu_ms)
        };
        // The short run does everything once: a script need not divide by how often it did nothing.
        let more_ms = cpu_ms(1 + repeats)? - cpu_ms(1)?;
        Ok(more_ms * 1e6 / f64::from(repeats) / f64::from(per_repeat))
    }

    fn plot(&self, curves: &[Curve]) -> Plot {
        let series = curves.iter().map(|curve| {
            let points = self.sizes.iter().zip(&curve.points);
            Series {
                label: curve.runtime.label.clone(),
                points: points.filter_map(|(&size, costs)| Some((f64::from(size), median(costs)?))).collect(),
            }
        });
        Plot {
            title: self.title.to_string(),
            x_label: self.unit_of_size.to_string(),
            x_axis: self.axis,
            series: series.collect(),
        }
    }

    fn table(&self, curves: &[Curve]) -> Table {
        let row = |(index, size): (usize, &u32)| Row {
            name: format!("{size} {}", self.unit_of_size),
            unit: "ns".to_string(),
            cells: curves.iter().map(|curve| curve.cell(index)).collect(),
        };
        Table {
            title: self.title.to_string(),
            columns: curves.iter().map(|curve| curve.runtime.label.clone()).collect(),
            rows: self.sizes.iter().enumerate().map(row).collect(),
            with_mean: false,
        }
    }
}

impl Curve<'_> {
    fn cell(&self, index: usize) -> Cell {
        match (&self.end, self.points.get(index)) {
            (Some((end, reason)), _) if index == *end => Cell::Failed(reason.clone()),
            (Some((end, _)), _) if index > *end => Cell::NotAsked,
            (_, costs) => Cell::Figures(
                costs.into_iter().flatten().map(|&value| Figure { value, is_bound: false }).collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(runtime: &Runtime, points: Vec<Vec<f64>>, end: Option<(usize, String)>) -> Curve<'_> {
        Curve { runtime, points, end }
    }

    #[test]
    fn every_script_is_there_and_every_plot_has_a_name_of_its_own() {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
        for (index, question) in QUESTIONS.iter().enumerate() {
            assert!(scripts.join(question.script).is_file(), "{}", question.script);
            assert!(QUESTIONS[..index].iter().all(|before| before.name != question.name));
            assert!(question.sizes.is_sorted());
        }
    }

    #[test]
    fn a_curve_ends_where_its_runtime_gave_up() {
        let runtime = Runtime {
            label: "peer".to_string(),
            kind: Kind::MicroPython,
            path: "peer".into(),
            version: String::new(),
        };
        let points = vec![vec![3.0, 1.0, 2.0], Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        let curves = [curve(&runtime, points, Some((1, "too-slow: no output".to_string())))];
        let [switch, ..] = QUESTIONS else { panic!("no questions") };
        let table = switch.table(&curves).markdown();
        assert!(table.contains("| 10 tasks | ns | 2.00 (1.00..3.00) |"), "{table}");
        assert!(table.contains("| 100 tasks | ns | fails [1] |"), "{table}");
        assert!(table.contains("| 1000 tasks | ns | – |"), "{table}");
        assert_eq!(switch.plot(&curves).series[0].points, [(10.0, 2.0)]);
    }
}
