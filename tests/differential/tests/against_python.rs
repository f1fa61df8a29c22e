//! The short run that belongs to the tests: a fixed seed, against the `python3` on the path.

use wigwag_differential::compare::Comparison;
use wigwag_differential::differences::Differences;
use wigwag_differential::grammar::Grammar;
use wigwag_differential::program;
use wigwag_differential::runtimes::engine::InProcess;
use wigwag_differential::runtimes::python::Python;

const PROGRAMS: u64 = 300;
const SEED: u64 = 20_000;

#[test]
fn generated_programs_do_the_same_on_both() {
    let grammar = Grammar::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
    let differences = Differences::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
    let python = Python::start("python3".as_ref())
        .unwrap_or_else(|error| panic!("this test needs python3 (3.11 or later) on the path: {error}"));
    let tested = Box::new(InProcess);
    let mut comparison =
        Comparison { grammar: &grammar, differences: &differences, python, tested, peer: None };
    let mut unexplained = String::new();
    for number in 0..PROGRAMS {
        let items = program::items(&grammar, SEED, number);
        let compared = comparison.compare(&items).unwrap_or_else(|error| panic!("{error}"));
        for finding in compared.findings.iter().filter(|finding| finding.explained.is_none()) {
            unexplained.push_str(&format!("---- program {number}\n{}", finding.report()));
        }
    }
    assert!(unexplained.is_empty(), "\n{unexplained}");
}
