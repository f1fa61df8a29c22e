//! Compressing: LZ77 over a window of any size, and the fixed Huffman codes.
//!
//! Memory grows with the window alone: twice the window for the data, as much again for two tables. A place is found by
//! the hash of its three bytes and a chain of earlier places with the same; so many links of a chain are followed. Output
//! is one block, which needs no look-ahead at the statistics of what is still to come. Time is linear.

use super::{Format, USUAL_WINDOW_BITS};
use adler2::Adler32;
use alloc::vec::Vec;

/// The shortest and the longest match.
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// How many earlier places are tried.
const LINKS: usize = 24;
/// No place.
const NOWHERE: u32 = u32::MAX;

/// The first length of each length code, from 257 on, and how many bits follow it.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The first distance of each distance code, and how many bits follow it.
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// The sum of what went in.
enum Sum {
    None,
    Adler(Adler32),
    Crc(crc32fast::Hasher),
}

/// Data being compressed.
pub struct Compressor {
    window: usize,
    /// The data from `base` on, counted from the start.
    data: Vec<u8>,
    base: u32,
    /// Where in `data` the next match begins.
    at: usize,
    /// The last place with each hash, and for each place in the window the one before with the same.
    heads: Vec<u32>,
    links: Vec<u32>,
    bits: u64,
    bit_count: u32,
    sum: Sum,
    length: u32,
    /// What came out and was not taken.
    pub out: Vec<u8>,
}

/// There was no memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoMemory;

fn filled(count: usize) -> Result<Vec<u32>, NoMemory> {
    let mut table = Vec::new();
    table.try_reserve_exact(count).map_err(|_| NoMemory)?;
    table.resize(count, NOWHERE);
    Ok(table)
}

impl Compressor {
    /// The window that a compressor for these bits has.
    pub fn window(window_bits: u8) -> usize {
        1 << if window_bits == 0 { USUAL_WINDOW_BITS } else { window_bits }
    }

    /// How much memory a compressor with a window takes.
    pub fn bytes_for(window: usize) -> usize {
        size_of::<Compressor>() + 2 * window + LONGEST + 2 * window * size_of::<u32>()
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        Compressor::bytes_for(self.window)
    }

    /// Data in a format, of which the header comes out at once.
    pub fn new(format: Format, window_bits: u8) -> Result<Compressor, NoMemory> {
        let window = Compressor::window(window_bits);
        let (heads, links) = (filled(window)?, filled(window)?);
        let mut data = Vec::new();
        data.try_reserve_exact(2 * window + LONGEST).map_err(|_| NoMemory)?;
        let mut out = Vec::new();
        out.try_reserve(16).map_err(|_| NoMemory)?;
        let sum = match format {
            Format::Zlib => {
                // The method and the window, then a check that makes both a multiple of 31.
                let first = 0x08 | ((window.trailing_zeros() as u8).saturating_sub(8).max(1)) << 4;
                let word = u16::from(first) << 8 | 0x80;
                out.extend_from_slice(&(word + 31 - word % 31).to_be_bytes());
                Sum::Adler(Adler32::new())
            }
            Format::Gzip => {
                out.extend_from_slice(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 3]);
                Sum::Crc(crc32fast::Hasher::new())
            }
            Format::Auto | Format::Raw => Sum::None,
        };
        let mut compressor = Compressor {
            window,
            data,
            base: 0,
            at: 0,
            heads,
            links,
            bits: 0,
            bit_count: 0,
            sum,
            length: 0,
            out,
        };
        // The last block, with the fixed codes.
        compressor.put_bits(0b011, 3);
        Ok(compressor)
    }

    /// Takes bytes; gives how many, which may be fewer: then `out` is to be emptied first.
    pub fn feed(&mut self, input: &[u8]) -> Result<usize, NoMemory> {
        if self.data.len() >= 2 * self.window {
            // Only what the window may still refer to is kept.
            let gone = self.at.saturating_sub(self.window);
            self.data.drain(..gone);
            self.base = self.base.wrapping_add(gone as u32);
            self.at -= gone;
        }
        let room = (2 * self.window + LONGEST).saturating_sub(self.data.len());
        let taken = &input[..room.min(input.len())];
        // A byte comes out as nine bits at the most.
        self.out.try_reserve(2 * (self.data.len() + taken.len() - self.at) + 16).map_err(|_| NoMemory)?;
        self.data.extend_from_slice(taken);
        match &mut self.sum {
            Sum::None => {}
            Sum::Adler(sum) => sum.write_slice(taken),
            Sum::Crc(sum) => sum.update(taken),
        }
        self.length = self.length.wrapping_add(taken.len() as u32);
        // A match may be as long as the longest only where that much is there.
        self.compress(LONGEST);
        Ok(taken.len())
    }

    /// Ends the data.
    pub fn finish(&mut self) -> Result<(), NoMemory> {
        self.out.try_reserve(2 * (self.data.len() - self.at) + 32).map_err(|_| NoMemory)?;
        self.compress(1);
        self.put_symbol(256);
        let unused = self.bit_count.wrapping_neg() % 8;
        self.put_bits(0, unused);
        match &self.sum {
            Sum::None => {}
            Sum::Adler(sum) => self.out.extend_from_slice(&sum.checksum().to_be_bytes()),
            Sum::Crc(sum) => {
                self.out.extend_from_slice(&sum.clone().finalize().to_le_bytes());
                self.out.extend_from_slice(&self.length.to_le_bytes());
            }
        }
        Ok(())
    }

    /// Compresses as long as so many bytes are there.
    fn compress(&mut self, least: usize) {
        while self.data.len() - self.at >= least {
            let (length, distance) = self.longest();
            // Places with the same hash may have a byte or two in common, and no more.
            let length = if length >= SHORTEST {
                self.put_match(length, distance);
                length
            } else {
                self.put_symbol(u16::from(self.data[self.at]));
                1
            };
            for _ in 0..length {
                self.enter();
                self.at += 1;
            }
        }
    }

    /// The place in `heads` of the three bytes at `at`; none if there are fewer.
    fn slot(&self) -> Option<usize> {
        let &[a, b, c, ..] = self.data.get(self.at..)? else { return None };
        let word = u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16;
        Some((word.wrapping_mul(0x9E37_79B1) >> 16) as usize & (self.window - 1))
    }

    /// Remembers the place `at`.
    fn enter(&mut self) {
        let Some(slot) = self.slot() else { return };
        let place = self.base.wrapping_add(self.at as u32);
        let before = core::mem::replace(&mut self.heads[slot], place);
        self.links[place as usize & (self.window - 1)] = before;
    }

    /// The longest match at `at`: its length and how far back it begins.
    fn longest(&self) -> (usize, usize) {
        let mut best = (0, 0);
        let Some(slot) = self.slot() else { return best };
        let place = self.base.wrapping_add(self.at as u32);
        let most = (self.data.len() - self.at).min(LONGEST);
        let here = &self.data[self.at..self.at + most];
        let mut candidate = self.heads[slot];
        let mut last = 0;
        for _ in 0..LINKS {
            let distance = place.wrapping_sub(candidate) as usize;
            // A place beyond the window, or one whose link was overwritten, ends the chain.
            if candidate == NOWHERE || distance <= last || distance > self.window || distance > self.at {
                break;
            }
            let there = &self.data[self.at - distance..];
            let length = here.iter().zip(there).take_while(|(a, b)| a == b).count();
            if length > best.0 {
                best = (length, distance);
                if length == most {
                    break;
                }
            }
            last = distance;
            candidate = self.links[candidate as usize & (self.window - 1)];
        }
        best
    }

    fn put_match(&mut self, length: usize, distance: usize) {
        let (length, distance) = (length as u16, distance as u16);
        let code = LENGTHS.iter().rposition(|&(first, _)| first <= length).unwrap_or(0);
        let (first, extra) = LENGTHS[code];
        self.put_symbol(257 + code as u16);
        self.put_bits(u32::from(length - first), extra.into());
        let code = DISTANCES.partition_point(|&(first, _)| first <= distance).saturating_sub(1);
        let (first, extra) = DISTANCES[code];
        self.put_bits((code as u32).reverse_bits() >> 27, 5);
        self.put_bits(u32::from(distance - first), extra.into());
    }

    /// A symbol by its fixed code.
    fn put_symbol(&mut self, symbol: u16) {
        let (code, count) = match symbol {
            0..=143 => (0x30 + symbol, 8),
            144..=255 => (0x190 + symbol - 144, 9),
            256..=279 => (symbol - 256, 7),
            _ => (0xC0 + symbol - 280, 8),
        };
        // Codes begin with their highest bit.
        self.put_bits(u32::from(code).reverse_bits() >> (32 - count), count);
    }

    fn put_bits(&mut self, bits: u32, count: u32) {
        self.bits |= u64::from(bits) << self.bit_count;
        self.bit_count += count;
        while self.bit_count >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.bit_count -= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::inflate::{Fed, Inflate};
    use super::*;

    fn compressed(data: &[u8], format: Format, window_bits: u8, piece: usize) -> Vec<u8> {
        let mut compressor = Compressor::new(format, window_bits).unwrap();
        for mut piece in data.chunks(piece) {
            while !piece.is_empty() {
                let taken = compressor.feed(piece).unwrap();
                piece = &piece[taken..];
            }
        }
        compressor.finish().unwrap();
        compressor.out
    }

    #[test]
    fn places_with_the_same_hash_need_not_match() {
        // In a window of 32 bytes many of these share a hash, and two bytes.
        let data: Vec<u8> = (0..2000_u32).flat_map(|number| [b'a', b'b', (number * 77) as u8]).collect();
        let packed = compressed(&data, Format::Raw, 5, 100);
        let mut inflate = Inflate::new(Format::Raw, 5);
        inflate.feed(&packed, usize::MAX).unwrap();
        assert_eq!(inflate.out, data);
    }

    #[test]
    fn there_and_back() {
        let mut noise = 1_u32;
        let mut random = move || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        };
        let noisy: Vec<u8> = (0..5000).map(|_| random()).collect();
        let even: Vec<u8> = core::iter::repeat_n(b'a', 10_000).collect();
        let text: Vec<u8> = b"the quick brown fox ".iter().copied().cycle().take(9000).collect();
        let few: Vec<u8> = (0..20_000).map(|_| random() & 3).collect();
        for data in [&b""[..], b"a", b"ab", &noisy, &even, &text, &few] {
            for format in [Format::Raw, Format::Zlib, Format::Gzip] {
                for (window_bits, piece) in [(0, 1), (5, 7), (10, 5000), (15, 100_000)] {
                    let packed = compressed(data, format, window_bits, piece);
                    let mut inflate =
                        Inflate::new(format, if format == Format::Raw { window_bits } else { 0 });
                    let fed = inflate.feed(&packed, usize::MAX).unwrap();
                    assert_eq!(fed, Fed { used: packed.len(), is_starved: false });
                    assert!(inflate.is_done());
                    assert_eq!(inflate.out, data);
                }
            }
        }
        assert!(compressed(&even, Format::Raw, 8, 1000).len() < 100);
        assert!(compressed(&text, Format::Raw, 8, 1000).len() < 150);
    }
}
