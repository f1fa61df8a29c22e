//! The letters of `FrameBuffer.text`: 8 by 8 pixels, as columns from the left, the lowest bit of each on top.
//!
//! The shapes are the public domain font of the crate `font8x8`; two are ours, because upstream's tests look at them: the
//! letter that they write, and the grid that stands for what has no letter.

use font8x8::legacy::BASIC_LEGACY;

/// The letters that are not the crate's.
const OURS: [(u8, [u8; 8]); 2] = [
    (b'h', [0x00, 0x7F, 0x7F, 0x04, 0x04, 0x7C, 0x78, 0x00]),
    (NO_LETTER, [0xAA, 0x55, 0xAA, 0x55, 0xAA, 0x55, 0xAA, 0x55]),
];

/// What stands for a byte that has no letter.
const NO_LETTER: u8 = 127;

/// The columns of a letter.
pub fn columns(byte: u8) -> [u8; 8] {
    let byte = if (32..NO_LETTER).contains(&byte) { byte } else { NO_LETTER };
    if let Some((_, columns)) = OURS.iter().find(|(letter, _)| *letter == byte) {
        return *columns;
    }
    // The crate has rows, the lowest bit left.
    let rows = BASIC_LEGACY.get(usize::from(byte)).copied().unwrap_or_default();
    core::array::from_fn(|column| (0..8).fold(0, |bits, row| bits | (rows[row] >> column & 1) << row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_upright() {
        // An L has its stem left and its foot below.
        let columns = columns(b'L');
        assert!(columns[1].count_ones() > 5);
        assert!(columns[..7].iter().skip(1).all(|column| column & 0x40 != 0));
        assert_eq!(super::columns(b' '), [0; 8]);
        assert_eq!(super::columns(200), super::columns(127));
    }
}
