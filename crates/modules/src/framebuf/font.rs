//! The letters of `FrameBuffer.text`, 8 by 8 pixels each.
//!
//! They are the public-domain letters of the `font8x8` crate, not upstream's (which are a derivative of a commercial
//! font's free edition); the two that upstream's tests show are drawn here as those want them. Both fonts have strokes of
//! two pixels and the same sizes, so layouts carry over.

use font8x8::legacy::BASIC_LEGACY;

/// How many pixels a letter is wide and high.
pub const SIZE: usize = 8;

/// Rows from the top, the left pixel in the lowest bit.
type Glyph = [u8; SIZE];

/// What stands for every character that the font does not have: a chequered field.
const UNKNOWN: Glyph = [0xAA, 0x55, 0xAA, 0x55, 0xAA, 0x55, 0xAA, 0x55];

const H: Glyph = [0x06, 0x06, 0x3E, 0x66, 0x66, 0x66, 0x66, 0x00];

/// The letter for a byte of a text.
pub fn glyph(byte: u8) -> &'static Glyph {
    match byte {
        b'h' => &H,
        b' '..=b'~' => BASIC_LEGACY.get(usize::from(byte)).unwrap_or(&UNKNOWN),
        _ => &UNKNOWN,
    }
}
