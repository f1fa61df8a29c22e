//! A drawing of a few curves, as SVG.
//!
//! Costs stand upright, in nanoseconds, on a logarithmic axis. There is no background, and every colour can be told
//! from white and from black, so the drawing is read on either; each curve has a mark of its own besides, so that
//! colours alone tell nothing. The text is the same for the same figures.

use std::fmt::Write as _;

/// How the sizes are laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// From nought to a hundred.
    Linear,
    /// The same distance for each factor of ten.
    Logarithmic,
}

/// One line of the drawing.
pub struct Series {
    /// What the legend calls it.
    pub label: String,
    /// Sizes and costs.
    pub points: Vec<(f64, f64)>,
}

/// A drawing.
pub struct Plot {
    /// What stands above.
    pub title: String,
    /// What the sizes count.
    pub x_label: String,
    /// How they are laid out.
    pub x_axis: Axis,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
/// Where the curves are: the rest is for labels.
const LEFT: f64 = 66.0;
const RIGHT: f64 = 430.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 285.0;

/// Text and frame.
const INK: &str = "#808790";
/// For each curve, in turn.
const COLOURS: [&str; 4] = ["#3b82f6", "#d9780f", "#1f9d55", "#c24bbd"];

/// One side of the drawing: which values it shows and where.
struct Scale {
    is_logarithmic: bool,
    /// The values at both ends, or their logarithms.
    low: f64,
    high: f64,
    /// The places of both ends.
    from: f64,
    to: f64,
}

impl Scale {
    /// Whole powers of ten around the values, two at least. `None` without a value above nought.
    fn logarithmic(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Scale> {
        let logarithms = values.filter(|value| *value > 0.0 && value.is_finite()).map(f64::log10);
        let (low, high) = logarithms.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value.floor()), high.max(value.ceil()))
        });
        (low <= high).then(|| Scale { is_logarithmic: true, low, high: high.max(low + 1.0), from, to })
    }

    /// Where a value is. `None` for one that cannot be shown.
    fn place(&self, value: f64) -> Option<f64> {
        let value = if self.is_logarithmic { value.log10() } else { value };
        let place = self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from);
        place.is_finite().then_some(place)
    }

    /// The values that get a line.
    fn ticks(&self) -> Vec<f64> {
        match self.is_logarithmic {
            true => (self.low as i32..=self.high as i32).map(|power| 10f64.powi(power)).collect(),
            false => (0..=4).map(|quarter| f64::from(quarter) * self.high / 4.0).collect(),
        }
    }
}

impl Plot {
    /// The drawing as a file.
    pub fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"{INK}\" role=\"img\">\n"
        );
        push_text(&mut svg, LEFT, 22.0, "start", &format!("{}: CPU time of one", self.title));
        push_text(&mut svg, f64::midpoint(LEFT, RIGHT), HEIGHT - 14.0, "middle", &self.x_label);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = match self.x_axis {
            Axis::Logarithmic => Scale::logarithmic(points().map(|point| point.0), LEFT, RIGHT),
            Axis::Linear => {
                Some(Scale { is_logarithmic: false, low: 0.0, high: 100.0, from: LEFT, to: RIGHT })
            }
        };
        let y = Scale::logarithmic(points().map(|point| point.1), BOTTOM, TOP);
        if let (Some(x), Some(y)) = (x, y) {
            push_grid(&mut svg, &x, &y);
            for (index, series) in self.series.iter().enumerate() {
                push_series(&mut svg, index, series, &x, &y);
            }
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn push_grid(svg: &mut String, x: &Scale, y: &Scale) {
    let mut line = |x1: f64, y1: f64, x2: f64, y2: f64| {
        let _ = writeln!(
            svg,
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{INK}\" stroke-opacity=\"0.35\"/>"
        );
    };
    let placed = |scale: &Scale| -> Vec<(f64, f64)> {
        scale.ticks().into_iter().filter_map(|tick| Some((tick, scale.place(tick)?))).collect()
    };
    let (columns, rows) = (placed(x), placed(y));
    columns.iter().for_each(|&(_, place)| line(place, TOP, place, BOTTOM));
    rows.iter().for_each(|&(_, place)| line(LEFT, place, RIGHT, place));
    for (tick, place) in columns {
        push_text(svg, place, BOTTOM + 18.0, "middle", &size_label(tick));
    }
    for (tick, place) in rows {
        push_text(svg, LEFT - 8.0, place + 4.0, "end", &time_label(tick));
    }
}

/// The curve, its marks, and its line of the legend.
fn push_series(svg: &mut String, index: usize, series: &Series, x: &Scale, y: &Scale) {
    let colour = COLOURS[index % COLOURS.len()];
    let places: Vec<(f64, f64)> =
        series.points.iter().filter_map(|&(size, cost)| x.place(size).zip(y.place(cost))).collect();
    let corners: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
        corners.join(" ")
    );
    let height = TOP + 12.0 + 22.0 * index as f64;
    for (x, y) in places.into_iter().chain([(RIGHT + 22.0, height - 4.0)]) {
        push_mark(svg, index, x, y, colour);
    }
    push_text(svg, RIGHT + 34.0, height, "start", &series.label);
}

/// A disc, a square, a triangle or a diamond.
fn push_mark(svg: &mut String, index: usize, x: f64, y: f64, colour: &str) {
    let outline = match index % 4 {
        0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "m-3.5-3.5h7v7h-7z",
        2 => "m0-4.5l4.5 8h-9z",
        _ => "m0-5l5 5l-5 5l-5-5z",
    };
    let _ = writeln!(svg, "<path d=\"M{x:.1} {y:.1}{outline}\" fill=\"{colour}\"/>");
}

fn push_text(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// Thousands are set apart: `10 000`.
fn size_label(size: f64) -> String {
    let digits = format!("{size:.0}");
    let mut label = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            label.push('\u{a0}');
        }
        label.push(digit);
    }
    label
}

/// In the unit that takes the fewest digits.
fn time_label(ns: f64) -> String {
    match ns {
        ns if ns >= 1e9 => format!("{:.0} s", ns / 1e9),
        ns if ns >= 1e6 => format!("{:.0} ms", ns / 1e6),
        ns if ns >= 1e3 => format!("{:.0} µs", ns / 1e3),
        ns if ns >= 1.0 => format!("{ns:.0} ns"),
        ns => format!("{ns} ns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(points: &[(f64, f64)]) -> Plot {
        let series = |label: &str| Series { label: label.to_string(), points: points.to_vec() };
        Plot {
            title: "A <switch>".to_string(),
            x_label: "tasks".to_string(),
            x_axis: Axis::Logarithmic,
            series: vec![series("wigwag"), series("python3")],
        }
    }

    #[test]
    fn a_factor_of_ten_is_the_same_distance_everywhere() {
        let scale = Scale::logarithmic([12.0, 9_000.0].into_iter(), 0.0, 300.0);
        let Some(scale) = scale else { panic!("no scale") };
        assert_eq!(scale.ticks(), [10.0, 100.0, 1_000.0, 10_000.0]);
        let places = scale.ticks().into_iter().filter_map(|tick| scale.place(tick)).map(f64::round);
        assert_eq!(places.collect::<Vec<_>>(), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(scale.place(0.0), None);
    }

    #[test]
    fn one_power_of_ten_alone_still_has_a_length() {
        let scale = Scale::logarithmic([100.0].into_iter(), 0.0, 50.0);
        assert_eq!(scale.and_then(|scale| scale.place(100.0)), Some(0.0));
    }

    #[test]
    fn every_curve_has_its_points_and_its_line_of_the_legend() {
        let svg = plot(&[(10.0, 100.0), (1_000.0, 1_000.0)]).svg();
        assert_eq!(svg.matches("points=\"66.0,285.0 430.0,40.0\"").count(), 2);
        assert!(svg.contains(">wigwag</text>") && svg.contains(">python3</text>"));
        assert!(svg.contains(">1\u{a0}000</text>") && svg.contains(">1 µs</text>"));
        // Two marks on each curve, and one in the legend.
        assert_eq!(svg.matches("<path d=\"M").count(), 5 + 2 * 3);
        assert!(svg.contains("A &lt;switch>: CPU time of one"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn what_cannot_be_shown_is_left_out() {
        let svg = plot(&[(10.0, 100.0), (100.0, -5.0), (1_000.0, f64::NAN), (10_000.0, 1_000.0)]).svg();
        assert_eq!(svg.matches("points=\"66.0,285.0 430.0,40.0\"").count(), 2);
        let empty = plot(&[]).svg();
        assert!(empty.contains("tasks") && !empty.contains("polyline"));
    }

    #[test]
    fn labels_are_short() {
        let times = [0.1, 10.0, 1e4, 1e6, 1e10].map(time_label);
        assert_eq!(times, ["0.1 ns", "10 ns", "10 µs", "1 ms", "10 s"]);
        assert_eq!([0.0, 100.0, 1e6].map(size_label), ["0", "100", "1\u{a0}000\u{a0}000"]);
    }
}
