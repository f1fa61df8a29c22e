//! Lines, ellipses and polygons: which pixels belong to them. They are upstream's, pixel for pixel.
//!
//! Coordinates may be any numbers. Only what can be seen costs time: a line is entered where it comes into the picture,
//! a filled polygon has only the rows of the picture.

use super::surface::Canvas;
use alloc::vec::Vec;

const FARTHEST: i64 = 1 << 60;

/// A straight line: Bresenham's, each pixel computed from its number, so that the part outside need not be walked.
pub fn line(canvas: &mut Canvas<'_>, from: (i64, i64), to: (i64, i64), color: u32) {
    // So far out that nobody sees a difference, and not so far that products of them overflow.
    let bounded = |coordinate: i64| i128::from(coordinate.clamp(-FARTHEST, FARTHEST));
    let (x1, y1) = (bounded(from.0), bounded(from.1));
    let (dx, dy) = (bounded(to.0) - x1, bounded(to.1) - y1);
    let steep = dy.abs() > dx.abs();
    // Along the long side a pixel each; `limit` is how far the picture reaches there.
    let (long, short, start, other, limit) = match steep {
        true => (dy, dx, y1, x1, canvas.geometry.height),
        false => (dx, dy, x1, y1, canvas.geometry.width),
    };
    let (count, rise) = (long.abs(), short.abs());
    let (first, end) =
        if long > 0 { (-start, limit as i128 - start) } else { (start + 1 - limit as i128, start + 1) };
    let (first, end) = (first.clamp(0, count), end.clamp(0, count));
    for number in first..end {
        let along = start + number * long.signum();
        // Upstream steps to the side of positive numbers only for a distance that is positive.
        let sideways = (2 * rise * number + count) / (2 * count);
        let aside = other + if short > 0 { sideways } else { -sideways };
        let (x, y) = if steep { (aside, along) } else { (along, aside) };
        if let (Ok(x), Ok(y)) = (i64::try_from(x), i64::try_from(y)) {
            canvas.set(x, y, color);
        }
    }
    canvas.set(to.0, to.1, color);
}

/// Which quarters of an ellipse are drawn, from the upper right one counterclockwise, and whether they are filled.
#[derive(Clone, Copy)]
pub struct Quarters {
    /// A bit for each.
    pub bits: i64,
    /// Filled, in place of an outline.
    pub filled: bool,
}

/// A larger radius of an ellipse is refused: its outline is walked pixel by pixel.
pub const LARGEST_RADIUS: i64 = (1 << 20) - 1;

/// An ellipse by John Kennedy's algorithm: from the right end upward while the outline is steep, then from the top.
pub fn ellipse(
    canvas: &mut Canvas<'_>,
    center: (i64, i64),
    radii: (i64, i64),
    color: u32,
    quarters: Quarters,
) {
    if radii == (0, 0) {
        if quarters.bits != 0 {
            canvas.set(center.0, center.1, color);
        }
        return;
    }
    let (a, b) = (i128::from(radii.0), i128::from(radii.1));
    let (twice_a, twice_b) = (2 * a * a, 2 * b * b);
    let (mut x, mut y) = (a, 0);
    let (mut change_x, mut change_y, mut error) = (b * b * (1 - 2 * a), a * a, 0);
    let (mut stop_x, mut stop_y) = (twice_b * a, 0);
    while stop_x >= stop_y {
        ellipse_points(canvas, center, (x as i64, y as i64), color, quarters);
        y += 1;
        stop_y += twice_a;
        error += change_y;
        change_y += twice_a;
        if 2 * error + change_x > 0 {
            x -= 1;
            stop_x -= twice_b;
            error += change_x;
            change_x += twice_b;
        }
    }
    (x, y) = (0, b);
    (change_x, change_y, error) = (b * b, a * a * (1 - 2 * b), 0);
    (stop_x, stop_y) = (0, twice_a * b);
    while stop_x <= stop_y {
        ellipse_points(canvas, center, (x as i64, y as i64), color, quarters);
        x += 1;
        stop_x += twice_b;
        error += change_x;
        change_x += twice_b;
        if 2 * error + change_y > 0 {
            y -= 1;
            stop_y -= twice_a;
            error += change_y;
            change_y += twice_a;
        }
    }
}

/// The points of an ellipse at one distance from its centre, one in each quarter.
fn ellipse_points(
    canvas: &mut Canvas<'_>,
    center: (i64, i64),
    at: (i64, i64),
    color: u32,
    quarters: Quarters,
) {
    let (left, right) = (center.0.saturating_sub(at.0), center.0.saturating_add(at.0));
    let (top, bottom) = (center.1.saturating_sub(at.1), center.1.saturating_add(at.1));
    let points = [(right, top), (left, top), (left, bottom), (right, bottom)];
    for (number, (x, y)) in points.into_iter().enumerate() {
        match quarters.bits >> number & 1 {
            0 => {}
            _ if quarters.filled => canvas.fill_rect(x.min(center.0), y, at.0 + 1, 1, color),
            _ => canvas.set(x, y, color),
        }
    }
}

/// The sides of a polygon, each from a corner to the one before it, the first corner's side first.
fn sides(corners: &[(i64, i64)]) -> impl Iterator<Item = ((i64, i64), (i64, i64))> + '_ {
    let first = corners.first().copied().into_iter();
    let starts = first.chain(corners.iter().rev().copied());
    starts.zip(corners.iter().rev().copied())
}

/// The outline of a polygon.
pub fn polygon(canvas: &mut Canvas<'_>, corners: &[(i64, i64)], color: u32) {
    for (from, to) in sides(corners) {
        line(canvas, from, to, color);
    }
}

/// A filled polygon: in each row, what lies between a side and the next. `crossings` has room for one a corner.
pub fn filled_polygon(
    canvas: &mut Canvas<'_>,
    corners: &[(i64, i64)],
    origin: (i64, i64),
    color: u32,
    crossings: &mut Vec<i64>,
) {
    let rows = corners.iter().map(|corner| corner.1);
    let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) else { return };
    let top = top.max(origin.1.saturating_neg());
    let bottom = bottom.min((canvas.geometry.height as i64 - 1).saturating_sub(origin.1));
    let moved = |(x, y): (i64, i64)| (origin.0.saturating_add(x), origin.1.saturating_add(y));
    for row in top..=bottom {
        crossings.clear();
        for (from, to) in sides(corners) {
            let crosses = from.1 > row && to.1 <= row || from.1 <= row && to.1 > row;
            if crosses && crossings.len() < corners.len() {
                crossings.push(crossing(from, to, row));
            } else if !crosses && row == from.1.max(to.1) {
                // The lowest corner of a side that does not cross would be lost.
                match from.1.cmp(&to.1) {
                    core::cmp::Ordering::Less => set_moved(canvas, moved(to), color),
                    core::cmp::Ordering::Greater => set_moved(canvas, moved(from), color),
                    core::cmp::Ordering::Equal => line(canvas, moved(from), moved(to), color),
                }
            }
        }
        crossings.sort_unstable();
        for pair in crossings.chunks_exact(2) {
            let length = pair[1].saturating_sub(pair[0]).saturating_add(1);
            canvas.fill_rect(
                origin.0.saturating_add(pair[0]),
                origin.1.saturating_add(row),
                length,
                1,
                color,
            );
        }
    }
}

fn set_moved(canvas: &mut Canvas<'_>, at: (i64, i64), color: u32) {
    canvas.set(at.0, at.1, color);
}

/// Where a side crosses a row, rounded by way of 32nds as upstream rounds.
fn crossing(from: (i64, i64), to: (i64, i64), row: i64) -> i64 {
    let wide = |(x, y): (i64, i64)| (i128::from(x), i128::from(y));
    let ((x1, y1), (x2, y2)) = (wide(from), wide(to));
    let run = 32_i128.saturating_mul(x2 - x1).saturating_mul(i128::from(row) - y1);
    let node = (32 * x1 + run.checked_div(y2 - y1).unwrap_or(0) + 16) / 32;
    node.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}
