//! The few numbers that a row of a table shows.
//!
//! Medians, because one run in ten is disturbed by something else on the machine and a mean would carry that
//! into the table; the smallest and the largest beside it, so that the reader sees how far to trust it.

/// The middle one, or the mean of the two middle ones. `None` without figures.
pub fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper) / 2.0)
}

/// Smallest and largest.
pub fn range(figures: &[f64]) -> Option<(f64, f64)> {
    let first = *figures.first()?;
    Some(figures.iter().fold((first, first), |(low, high), &figure| (low.min(figure), high.max(figure))))
}

/// The mean that ratios ask for: 2 and ½ give 1.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    if ratios.is_empty() {
        return None;
    }
    Some((ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp())
}

/// Three significant digits, without an exponent: `0.123`, `1.23`, `12.3`, `1234`.
pub fn three_digits(figure: f64) -> String {
    let decimals = match figure.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{figure:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(median(&[9.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[9.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn ratios_that_cancel_out_have_a_mean_of_one() {
        let mean = geometric_mean(&[4.0, 0.25, 1.0]).unwrap_or_default();
        assert!((mean - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }

    #[test]
    fn figures_keep_three_digits() {
        let shown = [0.1234, 1.234, 12.34, 123.4, 12345.6].map(three_digits);
        assert_eq!(shown, ["0.123", "1.23", "12.3", "123", "12346"]);
    }
}
