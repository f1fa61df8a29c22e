//! Drawing into bytes: pixels in upstream's seven formats, and shapes made of them.
//!
//! Nothing here panics whatever the coordinates are: all arithmetic is wide enough, loops run over what can be seen, and
//! bytes that are not there (a buffer may shrink) are passed over.

/// How pixels lie in the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One bit, eight pixels below each other in a byte, the lowest bit on top.
    MonoVertical,
    /// 16 bits, the lower byte first.
    Rgb565,
    /// Two bits, the lowest ones left.
    Gray2,
    /// Four bits, the highest ones left.
    Gray4,
    /// A byte.
    Gray8,
    /// One bit, the highest left.
    MonoHigh,
    /// One bit, the lowest left.
    MonoLow,
}

/// The formats by their numbers.
pub const FORMATS: [(i64, Format); 7] = [
    (0, Format::MonoVertical),
    (1, Format::Rgb565),
    (2, Format::Gray4),
    (3, Format::MonoHigh),
    (4, Format::MonoLow),
    (5, Format::Gray2),
    (6, Format::Gray8),
];

/// The shape of a frame buffer.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// How many pixels a row has.
    pub width: usize,
    /// How many rows there are.
    pub height: usize,
    /// How many pixels there are from one row to the next.
    stride: usize,
    format: Format,
}

/// A point on the canvas or beside it.
pub type Point = (i64, i64);

impl Canvas {
    /// A canvas, and how many bytes it needs; the arguments are checked already.
    pub fn new(width: usize, height: usize, stride: usize, format: Format) -> (Canvas, u64) {
        let (bits, per_byte) = match format {
            Format::MonoVertical => (1, 1),
            Format::MonoHigh | Format::MonoLow => (1, 8),
            Format::Gray2 => (2, 4),
            Format::Gray4 => (4, 2),
            Format::Gray8 => (8, 1),
            Format::Rgb565 => (16, 1),
        };
        let stride = stride.next_multiple_of(per_byte);
        let last_row = width.next_multiple_of(per_byte);
        let canvas = Canvas { width, height, stride, format };
        let [stride, last_row, rows] = [stride, last_row, height].map(|number| number as u64);
        let pixels = if format == Format::MonoVertical {
            let rows = rows.next_multiple_of(8);
            (rows - 8) * stride + 8 * last_row
        } else {
            (rows - 1) * stride + last_row
        };
        (canvas, pixels * bits / 8)
    }

    /// The byte of a pixel, where in it the pixel's lowest bit is, and how many bits it has.
    fn place(&self, x: usize, y: usize) -> (usize, u32, u32) {
        let at = x + y * self.stride;
        let column = x as u32;
        match self.format {
            Format::MonoVertical => ((y >> 3) * self.stride + x, y as u32 & 7, 1),
            Format::MonoHigh => (at >> 3, 7 - (column & 7), 1),
            Format::MonoLow => (at >> 3, column & 7, 1),
            Format::Gray2 => (at >> 2, 2 * (column & 3), 2),
            Format::Gray4 => (at >> 1, 4 * (1 - (column & 1)), 4),
            Format::Gray8 => (at, 0, 8),
            Format::Rgb565 => (2 * at, 0, 16),
        }
    }

    /// The colour of a pixel on the canvas.
    pub fn get(&self, bytes: &[u8], x: usize, y: usize) -> u32 {
        let (at, shift, bits) = self.place(x, y);
        let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0));
        match bits {
            16 => byte(at) | byte(at + 1) << 8,
            bits => byte(at) >> shift & ((1 << bits) - 1),
        }
    }

    /// Colours a pixel on the canvas.
    pub fn set(&self, bytes: &mut [u8], x: usize, y: usize, colour: i64) {
        let (at, shift, bits) = self.place(x, y);
        if bits == 16 {
            if let Some(pixel) = bytes.get_mut(at..at + 2) {
                pixel.copy_from_slice(&(colour as u16).to_le_bytes());
            }
            return;
        }
        let mask = (((1_u32 << bits) - 1) << shift) as u8;
        let colour = if bits == 1 { u8::from(colour != 0) } else { colour as u8 };
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *byte & !mask | colour << shift & mask;
        }
    }

    /// A point as a pixel on the canvas.
    pub fn inside(&self, (x, y): Point) -> Option<(usize, usize)> {
        let x = usize::try_from(x).ok().filter(|&x| x < self.width)?;
        let y = usize::try_from(y).ok().filter(|&y| y < self.height)?;
        Some((x, y))
    }

    /// Colours a point, if it is on the canvas.
    pub fn point(&self, bytes: &mut [u8], point: Point, colour: i64) {
        if let Some((x, y)) = self.inside(point) {
            self.set(bytes, x, y, colour);
        }
    }

    /// Fills a rectangle.
    pub fn fill(&self, bytes: &mut [u8], (x, y): Point, (width, height): Point, colour: i64) {
        let clip = |start: i64, length: i64, most: usize| {
            let end = start.saturating_add(length.max(0)).clamp(0, most as i64);
            start.clamp(0, most as i64) as usize..end as usize
        };
        for y in clip(y, height, self.height) {
            for x in clip(x, width, self.width) {
                self.set(bytes, x, y, colour);
            }
        }
    }

    /// Draws a line, both ends included: upstream's, which is Bresenham's.
    pub fn line(&self, bytes: &mut [u8], from: Point, to: Point, colour: i64) {
        let (dx, dy) = (i128::from(to.0) - i128::from(from.0), i128::from(to.1) - i128::from(from.1));
        let steep = dy.abs() > dx.abs();
        // Along the longer side, and across it.
        let ((start, length), (other, rise), limit) = match steep {
            true => ((from.1, dy), (from.0, dx), self.height),
            false => ((from.0, dx), (from.1, dy), self.width),
        };
        let (start, other, steps) = (i128::from(start), i128::from(other), length.abs());
        // Upstream's direction across is backwards where there is none, and along, too.
        let (along, across) = (if length > 0 { 1 } else { -1 }, if rise > 0 { 1 } else { -1 });
        // Only the steps that can be seen are taken.
        let last = limit as i128 - 1;
        let (first, end) = match along {
            1 => (-start, last - start + 1),
            _ => (start - last, start + 1),
        };
        for step in first.max(0)..end.min(steps) {
            let moved = (2 * rise.abs() * step + steps) / (2 * steps);
            let (near, far) = (start + along * step, other + across * moved);
            let (x, y) = if steep { (far, near) } else { (near, far) };
            if let (Ok(x), Ok(y)) = (i64::try_from(x), i64::try_from(y)) {
                self.point(bytes, (x, y), colour);
            }
        }
        self.point(bytes, to, colour);
    }

    /// Draws an ellipse, or those quarters of it whose bits are set; filled or its outline. Upstream's integer algorithm.
    pub fn ellipse(
        &self,
        bytes: &mut [u8],
        centre: Point,
        (a, b): Point,
        colour: i64,
        (quarters, filled): (i64, bool),
    ) {
        if (a, b) == (0, 0) {
            if quarters != 0 {
                self.point(bytes, centre, colour);
            }
            return;
        }
        let (wide_a, wide_b) = (i128::from(a), i128::from(b));
        let (two_a, two_b) = (2 * wide_a * wide_a, 2 * wide_b * wide_b);
        let mut points = |x: i64, y: i64| {
            // Right and up, left and up, left and down, right and down.
            for (number, (right, down)) in [(1, -1), (-1, -1), (-1, 1), (1, 1)].into_iter().enumerate() {
                if quarters >> number & 1 == 0 {
                    continue;
                }
                let row = centre.1.saturating_add(down * y);
                let end = centre.0.saturating_add(right * x);
                if filled {
                    let left = if right > 0 { centre.0 } else { end };
                    self.fill(bytes, (left, row), (x + 1, 1), colour);
                } else {
                    self.point(bytes, (end, row), colour);
                }
            }
        };
        let (mut x, mut y) = (a, 0);
        let mut x_change = wide_b * wide_b * (1 - 2 * wide_a);
        let mut y_change = wide_a * wide_a;
        let (mut error, mut stop_x, mut stop_y) = (0, two_b * wide_a, 0);
        while stop_x >= stop_y {
            points(x, y);
            y += 1;
            stop_y += two_a;
            error += y_change;
            y_change += two_a;
            if 2 * error + x_change > 0 {
                x -= 1;
                stop_x -= two_b;
                error += x_change;
                x_change += two_b;
            }
        }
        (x, y) = (0, b);
        x_change = wide_b * wide_b;
        y_change = wide_a * wide_a * (1 - 2 * wide_b);
        (error, stop_x, stop_y) = (0, 0, two_a * wide_b);
        while stop_x <= stop_y {
            points(x, y);
            x += 1;
            stop_x += two_b;
            error += x_change;
            x_change += two_b;
            if 2 * error + y_change > 0 {
                y -= 1;
                stop_y -= two_a;
                error += y_change;
                y_change += two_a;
            }
        }
    }

    /// Draws the outline of a polygon.
    pub fn outline(&self, bytes: &mut [u8], offset: Point, corners: &[Point], colour: i64) {
        let Some(&first) = corners.first() else { return };
        let moved = |(x, y): Point| (offset.0.saturating_add(x), offset.1.saturating_add(y));
        let mut before = first;
        for &corner in corners.iter().rev() {
            self.line(bytes, moved(before), moved(corner), colour);
            before = corner;
        }
    }

    /// Fills one row of a polygon: between each pair of places where its edges cross the row, as upstream does, with the
    /// pixels at the lower ends of edges that this leaves out. `crossings` has room for all.
    pub fn fill_row(
        &self,
        bytes: &mut [u8],
        offset: Point,
        corners: &[Point],
        row: i64,
        colour: i64,
        crossings: &mut alloc::vec::Vec<i64>,
    ) {
        let Some(&first) = corners.first() else { return };
        let moved = |(x, y): Point| (offset.0.saturating_add(x), offset.1.saturating_add(y));
        crossings.clear();
        let mut before = first;
        for &corner in corners.iter().rev() {
            let ((x1, y1), (x2, y2)) = (before, corner);
            if y1 != y2 && ((y1 > row && y2 <= row) || (y1 <= row && y2 > row)) {
                let [x1, y1, x2, y2, row] = [x1, y1, x2, y2, row].map(i128::from);
                let crossing = (32 * x1 + 32 * (x2 - x1) * (row - y1) / (y2 - y1) + 16) / 32;
                crossings.push(i64::try_from(crossing).unwrap_or(0));
            } else if row == y1.max(y2) {
                match y1.cmp(&y2) {
                    core::cmp::Ordering::Less => self.point(bytes, moved(corner), colour),
                    core::cmp::Ordering::Greater => self.point(bytes, moved(before), colour),
                    core::cmp::Ordering::Equal => self.line(bytes, moved(before), moved(corner), colour),
                }
            }
            before = corner;
        }
        crossings.sort_unstable();
        for pair in crossings.chunks_exact(2) {
            let width = pair[1].saturating_sub(pair[0]).saturating_add(1);
            self.fill(bytes, moved((pair[0], row)), (width, 1), colour);
        }
    }

    /// Moves everything; what comes in from outside is what was there.
    pub fn scroll(&self, bytes: &mut [u8], (right, down): Point) {
        let (width, height) = (self.width as i64, self.height as i64);
        if right.unsigned_abs() >= self.width as u64 || down.unsigned_abs() >= self.height as u64 {
            return;
        }
        // From the side that things move to, so that nothing is read after it was written.
        let columns = right.max(0)..width + right.min(0);
        let rows = down.max(0)..height + down.min(0);
        let (columns, rows): (Side, Side) = (Side::new(columns, right > 0), Side::new(rows, down > 0));
        for y in rows {
            for x in columns.clone() {
                let colour = self.get(bytes, (x - right) as usize, (y - down) as usize);
                self.set(bytes, x as usize, y as usize, colour.into());
            }
        }
    }
}

/// A range walked from either side.
#[derive(Clone)]
struct Side {
    range: core::ops::Range<i64>,
    backwards: bool,
}

impl Side {
    fn new(range: core::ops::Range<i64>, backwards: bool) -> Side {
        Side { range, backwards }
    }
}

impl Iterator for Side {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        if self.backwards { self.range.next_back() } else { self.range.next() }
    }
}
