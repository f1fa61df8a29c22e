//! The Rust side: what it costs to wake and poll a future on the scheduler's loop.
//!
//! The measuring program is an example of this crate, which also measures other executors and a bare loop in the same
//! run. It prints lines of the form `name value unit`, as the scripts do; every name becomes a row. Lines of any other
//! form are for people and are passed over.

use std::ffi::OsString;
use std::path::Path;

use crate::child;
use crate::jobs::Figure;
use crate::report::{Cell, Row, Table};
use crate::rounds::Effort;

/// The example to build and run.
pub const EXAMPLE: &str = "rust_futures";

/// Runs the example and gathers its figures.
pub fn run(executable: &Path, effort: &Effort) -> Result<Table, String> {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..effort.rounds {
        let command: [OsString; 1] = [executable.as_os_str().to_owned()];
        let measured = child::run(&command, &[], effort.limit)?;
        let lines: Vec<_> = measured.output.lines().filter_map(parse).collect();
        if lines.is_empty() {
            return Err(format!("{} printed no line `name value unit`", executable.display()));
        }
        for (name, value, unit) in lines {
            let figure = Figure { value, is_bound: false };
            let known = rows.iter_mut().find(|row| row.name == name && row.unit == unit);
            match known.and_then(|row| row.cells.first_mut()) {
                Some(Cell::Figures(figures)) => figures.push(figure),
                _ => rows.push(Row { name, unit, cells: vec![Cell::Figures(vec![figure])] }),
            }
        }
    }
    Ok(Table {
        title: "Rust futures on the scheduler".to_string(),
        columns: vec!["wigwag".to_string()],
        rows,
        with_mean: false,
    })
}

/// The units of its figures; they tell a figure from a sentence that ends in "100 tasks".
const UNITS: [&str; 5] = ["ns", "us", "ms", "s", "bytes"];

/// A line `name value unit`, where the name may be several words.
fn parse(line: &str) -> Option<(String, f64, String)> {
    let (rest, unit) =
        line.trim().rsplit_once(char::is_whitespace).filter(|(_, unit)| UNITS.contains(unit))?;
    let (name, value) = rest.trim_end().rsplit_once(char::is_whitespace)?;
    Some((name.trim_end().to_string(), value.parse().ok()?, unit.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_name_value_unit() {
        assert_eq!(
            parse("wake and poll     8.5 ns"),
            Some(("wake and poll".to_string(), 8.5, "ns".to_string()))
        );
        assert_eq!(parse("poll 4 ns"), Some(("poll".to_string(), 4.0, "ns".to_string())));
        assert_eq!(parse("ns each, median of 5 runs, 100 tasks"), None);
        assert_eq!(parse("wake and poll 8.5"), None);
    }
}
