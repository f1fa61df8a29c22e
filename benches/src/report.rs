//! Tables: in Markdown for people, in JSON for whoever compares two runs.
//!
//! The first column is Wigwag's, and every other runtime gets a column with its ratio to it: how many times as
//! long it takes, or how many times as much memory. A cell without figures says why in a note below the table.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::jobs::Figure;
use crate::statistics::{geometric_mean, median, range, three_digits};

/// What a runtime gave for a row.
pub enum Cell {
    /// A figure for each round.
    Figures(Vec<Figure>),
    /// The row asks for something only Wigwag has.
    NotAsked,
    /// It could not run the program; why.
    Failed(String),
}

/// One thing measured on each runtime.
pub struct Row {
    /// What was measured.
    pub name: String,
    /// The unit of all its figures.
    pub unit: String,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// Rows under a title.
pub struct Table {
    /// Its heading.
    pub title: String,
    /// The runtimes, the one to compare with first.
    pub columns: Vec<String>,
    /// What was measured.
    pub rows: Vec<Row>,
    /// Whether the geometric means of the ratios stand below.
    pub with_mean: bool,
}

impl Cell {
    fn values(&self) -> Vec<f64> {
        match self {
            Cell::Figures(figures) => figures.iter().map(|figure| figure.value).collect(),
            Cell::NotAsked | Cell::Failed(_) => Vec::new(),
        }
    }

    fn is_bound(&self) -> bool {
        matches!(self, Cell::Figures(figures) if figures.iter().any(|figure| figure.is_bound))
    }
}

impl Row {
    /// How many times the first column's median a column's is.
    fn ratio(&self, column: usize) -> Option<f64> {
        let base = median(&self.cells.first()?.values()).filter(|base| *base > 0.0)?;
        Some(median(&self.cells.get(column)?.values())? / base)
    }
}

impl Table {
    /// As a Markdown section.
    pub fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n", self.title);
        let others = self.columns.get(1..).unwrap_or_default();
        let mut heading = vec!["what".to_string(), "unit".to_string()];
        heading.extend(self.columns.iter().cloned());
        let base = self.columns.first().map_or("", String::as_str);
        heading.extend(others.iter().map(|name| format!("{name} ÷ {base}")));
        push_line(&mut text, &heading);
        let rules = (0..heading.len()).map(|index| if index == 0 { "---" } else { "---:" }.to_string());
        push_line(&mut text, &rules.collect::<Vec<_>>());
        let mut notes = Vec::new();
        for row in &self.rows {
            let mut line = vec![row.name.clone(), row.unit.clone()];
            line.extend(row.cells.iter().map(|cell| show(cell, &mut notes)));
            line.extend((1..self.columns.len()).map(|column| match row.ratio(column) {
                Some(ratio) => format!("{ratio:.2}"),
                None => "–".to_string(),
            }));
            push_line(&mut text, &line);
        }
        if self.with_mean {
            let mut line = vec!["geometric mean of the ratios".to_string(), String::new()];
            line.extend(self.columns.iter().map(|_| String::new()));
            line.extend((1..self.columns.len()).map(|column| match self.mean(column) {
                Some((mean, count)) => format!("**{mean:.2}** ({count})"),
                None => "–".to_string(),
            }));
            push_line(&mut text, &line);
        }
        for (index, note) in notes.iter().enumerate() {
            let _ = writeln!(text, "{}[{}] {note}", if index == 0 { "\n" } else { "" }, index + 1);
        }
        text
    }

    /// The geometric mean of a column's ratios, and over how many rows.
    fn mean(&self, column: usize) -> Option<(f64, usize)> {
        let ratios: Vec<f64> = self.rows.iter().filter_map(|row| row.ratio(column)).collect();
        Some((geometric_mean(&ratios)?, ratios.len()))
    }

    /// As a JSON object with every single figure.
    pub fn json(&self) -> Value {
        let cell = |cell: &Cell| match cell {
            Cell::Figures(_) => json!({ "figures": cell.values(), "median": median(&cell.values()) }),
            Cell::NotAsked => Value::Null,
            Cell::Failed(error) => json!({ "error": error }),
        };
        let row = |row: &Row| {
            let cells: serde_json::Map<String, Value> =
                self.columns.iter().cloned().zip(row.cells.iter().map(cell)).collect();
            json!({ "name": row.name, "unit": row.unit, "runtimes": cells })
        };
        let means: serde_json::Map<String, Value> = match self.with_mean {
            true => self.columns.iter().enumerate().skip(1).fold(
                serde_json::Map::new(),
                |mut means, (column, name)| {
                    let mean = self.mean(column).map(|(mean, count)| json!({ "ratio": mean, "rows": count }));
                    means.insert(name.clone(), mean.unwrap_or(Value::Null));
                    means
                },
            ),
            false => serde_json::Map::new(),
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        json!({ "title": self.title, "rows": rows, "geometric_means": means })
    }
}

fn push_line(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn show(cell: &Cell, notes: &mut Vec<String>) -> String {
    let values = cell.values();
    match (cell, median(&values), range(&values)) {
        (Cell::NotAsked, ..) => "–".to_string(),
        (Cell::Failed(error), ..) => {
            // The same error on twenty programs is one note.
            let number = notes.iter().position(|note| note == error).unwrap_or_else(|| {
                notes.push(error.clone());
                notes.len() - 1
            });
            format!("fails [{}]", number + 1)
        }
        (Cell::Figures(_), Some(middle), Some((low, high))) => {
            let sign = if cell.is_bound() { "≤ " } else { "" };
            let spread = if values.len() > 1 {
                format!(" ({}..{})", three_digits(low), three_digits(high))
            } else {
                String::new()
            };
            format!("{sign}{}{spread}", three_digits(middle))
        }
        (Cell::Figures(_), ..) => "no figures".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: &[f64]) -> Cell {
        Cell::Figures(values.iter().map(|&value| Figure { value, is_bound: false }).collect())
    }

    #[test]
    fn a_table_shows_medians_ranges_ratios_and_reasons() {
        let failed = || Cell::Failed("status 1: MemoryError:".to_string());
        let table = Table {
            title: "Tasks".to_string(),
            columns: vec!["wigwag".to_string(), "python3".to_string()],
            rows: vec![
                Row {
                    name: "switch".to_string(),
                    unit: "ns".to_string(),
                    cells: vec![figures(&[100.0, 90.0, 200.0]), figures(&[1000.0])],
                },
                Row {
                    name: "one".to_string(),
                    unit: "ns".to_string(),
                    cells: vec![figures(&[1.0]), failed()],
                },
                Row {
                    name: "two".to_string(),
                    unit: "ns".to_string(),
                    cells: vec![failed(), Cell::NotAsked],
                },
            ],
            with_mean: true,
        };
        let expected = "## Tasks\n\n\
            | what | unit | wigwag | python3 | python3 ÷ wigwag |\n\
            | --- | ---: | ---: | ---: | ---: |\n\
            | switch | ns | 100 (90.0..200) | 1000 | 10.00 |\n\
            | one | ns | 1.00 | fails [1] | – |\n\
            | two | ns | fails [1] | – | – |\n\
            | geometric mean of the ratios |  |  |  | **10.00** (1) |\n\
            \n[1] status 1: MemoryError:\n";
        assert_eq!(table.markdown(), expected);
        let json = table.json();
        assert_eq!(json["rows"][0]["runtimes"]["wigwag"]["median"], 100.0);
        assert_eq!(json["rows"][1]["runtimes"]["python3"]["error"], "status 1: MemoryError:");
        assert_eq!(json["geometric_means"]["python3"]["rows"], 1);
    }
}
