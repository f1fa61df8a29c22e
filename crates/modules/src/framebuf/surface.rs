//! Pixels in bytes: where a pixel of each format lies, reading one and setting one.
//!
//! Everything that draws goes through a [`Canvas`], which drops what lies outside. Coordinates are what a program
//! gave, so arithmetic on them saturates. A buffer that became shorter than its geometry says loses pixels, nothing
//! else.

/// How pixels lie in bytes; the numbers are upstream's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A bit each, eight below each other in a byte, the top one lowest.
    MonoVertical = 0,
    /// 16 bits each, in the machine's byte order.
    Rgb565 = 1,
    /// 4 bits each, the left one high.
    Gray4 = 2,
    /// A bit each, eight beside each other in a byte, the left one highest.
    MonoHorizontal = 3,
    /// The same, the left one lowest.
    MonoHorizontalReversed = 4,
    /// 2 bits each, the left one lowest.
    Gray2 = 5,
    /// A byte each.
    Gray8 = 6,
}

const FORMATS: [Format; 7] = [
    Format::MonoVertical,
    Format::Rgb565,
    Format::Gray4,
    Format::MonoHorizontal,
    Format::MonoHorizontalReversed,
    Format::Gray2,
    Format::Gray8,
];

impl Format {
    /// The format with this number.
    pub fn numbered(number: i64) -> Option<Format> {
        FORMATS.into_iter().find(|&format| format as i64 == number)
    }

    fn bits(self) -> usize {
        match self {
            Format::MonoVertical | Format::MonoHorizontal | Format::MonoHorizontalReversed => 1,
            Format::Gray2 => 2,
            Format::Gray4 => 4,
            Format::Gray8 => 8,
            Format::Rgb565 => 16,
        }
    }

    /// How many pixels beside each other share a byte.
    fn pixels_together(self) -> usize {
        match self {
            Format::MonoVertical => 1,
            format => (8 / format.bits()).max(1),
        }
    }
}

/// The size of a picture and how it lies in its buffer.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    format: Format,
    /// Pixels in a row; at most 65535, as every side.
    pub width: usize,
    /// Rows.
    pub height: usize,
    stride: usize,
}

/// The longest side.
const LONGEST: i64 = 0xFFFF;

impl Geometry {
    /// A geometry and how many bytes it takes; `None` where the numbers do not fit.
    pub fn new(format: Format, width: i64, height: i64, stride: i64) -> Option<(Geometry, u64)> {
        if width < 1
            || height < 1
            || width > LONGEST
            || height > LONGEST
            || stride > LONGEST
            || stride < width
        {
            return None;
        }
        let together = format.pixels_together();
        let (width, height) = (width as usize, height as usize);
        let stride = (stride as usize).next_multiple_of(together);
        let last_row = width.next_multiple_of(together) as u64;
        // Full strides, then the last row alone (the last eight rows where those share bytes).
        let (full, rest) = match format {
            Format::MonoVertical => (height.next_multiple_of(8) - 8, 8),
            _ => (height - 1, 1),
        };
        let pixels = full as u64 * stride as u64 + rest * last_row;
        Some((Geometry { format, width, height, stride }, pixels * format.bits() as u64 / 8))
    }

    /// The byte of a pixel and how far its bits are from the lowest.
    fn place(self, x: usize, y: usize) -> (usize, u32) {
        let pixel = x + y * self.stride;
        match self.format {
            Format::MonoVertical => ((y >> 3) * self.stride + x, y as u32 & 7),
            Format::MonoHorizontal => (pixel >> 3, 7 - (x as u32 & 7)),
            Format::MonoHorizontalReversed => (pixel >> 3, x as u32 & 7),
            Format::Gray2 => (pixel >> 2, 2 * (x as u32 & 3)),
            Format::Gray4 => (pixel >> 1, 4 * (1 - (x as u32 & 1))),
            Format::Gray8 => (pixel, 0),
            Format::Rgb565 => (pixel * 2, 0),
        }
    }

    /// The colour of a pixel that is inside.
    pub fn get(self, bytes: &[u8], x: usize, y: usize) -> u32 {
        let (index, shift) = self.place(x, y);
        if self.format == Format::Rgb565 {
            let pair = bytes.get(index..index + 2).and_then(|pair| pair.try_into().ok());
            return u32::from(u16::from_ne_bytes(pair.unwrap_or_default()));
        }
        let byte = u32::from(bytes.get(index).copied().unwrap_or(0));
        (byte >> shift) & ((1 << self.format.bits()) - 1)
    }

    /// Sets a pixel that is inside.
    pub fn set(self, bytes: &mut [u8], x: usize, y: usize, color: u32) {
        let (index, shift) = self.place(x, y);
        if self.format == Format::Rgb565 {
            if let Some(pair) = bytes.get_mut(index..index + 2) {
                pair.copy_from_slice(&(color as u16).to_ne_bytes());
            }
            return;
        }
        let mask = (((1_u32 << self.format.bits()) - 1) << shift) as u8;
        // In a format of one bit every colour but 0 is the other one.
        let color = if self.format.bits() == 1 { u32::from(color != 0) } else { color };
        if let Some(byte) = bytes.get_mut(index) {
            *byte = *byte & !mask | (color << shift) as u8 & mask;
        }
    }
}

/// A picture to draw on.
pub struct Canvas<'a> {
    /// Its size.
    pub geometry: Geometry,
    /// Its bytes.
    pub bytes: &'a mut [u8],
}

impl Canvas<'_> {
    /// A pixel's place, if it is inside.
    pub fn inside(&self, x: i64, y: i64) -> Option<(usize, usize)> {
        let x = usize::try_from(x).ok().filter(|&x| x < self.geometry.width)?;
        let y = usize::try_from(y).ok().filter(|&y| y < self.geometry.height)?;
        Some((x, y))
    }

    /// Sets a pixel, if it is inside.
    pub fn set(&mut self, x: i64, y: i64, color: u32) {
        if let Some((x, y)) = self.inside(x, y) {
            self.geometry.set(self.bytes, x, y, color);
        }
    }

    /// Fills what is inside of a rectangle.
    pub fn fill_rect(&mut self, x: i64, y: i64, width: i64, height: i64, color: u32) {
        let columns = clip(x, width, self.geometry.width);
        for row in clip(y, height, self.geometry.height) {
            self.fill_row(columns.clone(), row, color);
        }
    }

    fn fill_row(&mut self, columns: core::ops::Range<usize>, y: usize, color: u32) {
        if self.geometry.format == Format::Gray8 {
            let row = y * self.geometry.stride;
            if let Some(pixels) = self.bytes.get_mut(row + columns.start..row + columns.end) {
                pixels.fill(color as u8);
            }
            return;
        }
        for x in columns {
            self.geometry.set(self.bytes, x, y, color);
        }
    }
}

/// What is inside of a stretch.
fn clip(start: i64, length: i64, limit: usize) -> core::ops::Range<usize> {
    let limit = limit as i64;
    let first = start.clamp(0, limit);
    let end = start.saturating_add(length.max(0)).clamp(first, limit);
    first as usize..end as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_come_back_and_disturb_no_others() {
        for format in FORMATS {
            let (geometry, bytes) = Geometry::new(format, 9, 11, 12).unwrap();
            let mut buffer = alloc::vec![0; bytes as usize];
            let color =
                |x: usize, y: usize| ((x * 7 + y * 3) as u32) & ((1 << geometry.format.bits().min(8)) - 1);
            for y in 0..11 {
                for x in 0..9 {
                    geometry.set(&mut buffer, x, y, color(x, y));
                }
            }
            for y in 0..11 {
                for x in 0..9 {
                    assert_eq!(geometry.get(&buffer, x, y), color(x, y), "{format:?} {x} {y}");
                }
            }
        }
    }

    #[test]
    fn rectangles_of_any_numbers_are_clipped() {
        assert_eq!(clip(-3, 5, 10), 0..2);
        assert_eq!(clip(8, 5, 10), 8..10);
        assert_eq!(clip(i64::MAX, i64::MAX, 10), 10..10);
        assert_eq!(clip(i64::MIN, i64::MAX, 10), 0..0);
        assert_eq!(clip(3, -5, 10), 3..3);
        assert_eq!(clip(-1, i64::MAX, 10), 0..10);
    }
}
