//! The command: so many programs from a seed, then what differed and what occurred.

#![forbid(unsafe_code)]

use clap::Parser;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use wigwag_differential::compare::Comparison;
use wigwag_differential::coverage::Coverage;
use wigwag_differential::differences::Differences;
use wigwag_differential::grammar::Grammar;
use wigwag_differential::program;
use wigwag_differential::runtimes::Runtime;
use wigwag_differential::runtimes::command::External;
use wigwag_differential::runtimes::engine::InProcess;
use wigwag_differential::runtimes::python::Python;

/// Runs generated programs on Wigwag and on CPython, and shows the smallest of those that differ.
#[derive(Parser)]
#[command(name = "wigwag-differential")]
struct Options {
    /// How many programs
    #[arg(long, value_name = "N", default_value_t = 300)]
    count: u64,
    /// What decides the programs
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The number of the first program
    #[arg(long, value_name = "N", default_value_t = 0)]
    first: u64,
    /// The CPython to compare with
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: OsString,
    /// Test this command instead of the Wigwag that is built into the tester
    #[arg(long, value_name = "PATH")]
    wigwag: Option<OsString>,
    /// Another MicroPython that is asked about what differs
    #[arg(long, value_name = "PATH")]
    peer: Option<OsString>,
    /// Print how often each rule, method, function and exception occurred
    #[arg(long)]
    coverage: bool,
    /// Print the program of this number and stop
    #[arg(long, value_name = "N")]
    show: Option<u64>,
    /// Stop after so many unexplained differences
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,
}

fn main() -> ExitCode {
    match perform(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wigwag-differential: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing unexplained differed and nothing was absent.
fn perform(options: &Options) -> io::Result<bool> {
    let grammar = Grammar::built_in().map_err(|mistake| io::Error::other(mistake.to_string()))?;
    let differences = Differences::built_in().map_err(|mistake| io::Error::other(mistake.to_string()))?;
    if let Some(number) = options.show {
        print!("{}", program::text(&program::items(&grammar, options.seed, number)));
        return Ok(true);
    }
    let python = Python::start(&options.python)
        .map_err(|error| io::Error::other(format!("{}: {error}", options.python.display())))?;
    let tested: Box<dyn Runtime> = match &options.wigwag {
        Some(path) => Box::new(External::new(path)),
        None => Box::new(InProcess),
    };
    let peer = options.peer.as_deref().map(|path| Box::new(External::new(path)) as Box<dyn Runtime>);
    let mut comparison = Comparison { grammar: &grammar, differences: &differences, python, tested, peer };
    let mut coverage = Coverage::new(&grammar, comparison.tested.as_mut())?;
    let mut explained: BTreeMap<String, u64> = BTreeMap::new();
    let mut unexplained = 0;
    let mut performed = 0;
    for number in options.first..options.first + options.count {
        let items = program::items(&grammar, options.seed, number);
        let compared = comparison.compare(&items)?;
        coverage.count(&items, &compared.output);
        performed += 1;
        for finding in compared.findings {
            match &finding.explained {
                Some(name) => *explained.entry(name.clone()).or_default() += 1,
                None => {
                    unexplained += 1;
                    print!("---- program {number}\n{}", finding.report());
                }
            }
        }
        if unexplained >= options.most {
            println!("stopped after {unexplained} unexplained differences");
            break;
        }
    }
    if options.coverage {
        print!("{}", coverage.report());
    }
    for (name, count) in &explained {
        println!("{count:>9}  documented: {name}");
    }
    let absent = coverage.absent();
    absent.iter().for_each(|name| println!("   absent  {name}"));
    println!("{}", coverage.summary());
    println!(
        "{performed} programs, seed {}: {unexplained} unexplained differences, {} documented, {} absent",
        options.seed,
        explained.values().sum::<u64>(),
        absent.len()
    );
    Ok(unexplained == 0 && absent.is_empty())
}
