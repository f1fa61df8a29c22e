//! Decompressing: bytes in, bytes out, whatever pieces they come in.
//!
//! ```text
//! Header ──> Body ──> Sum ──> Done
//! ```

use super::header::Header;
use super::{Format, USUAL_WINDOW_BITS};
use adler2::Adler32;
use alloc::boxed::Box;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// Why there is no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// The data is not what it should be.
    Data,
    /// No memory.
    Memory,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Body,
    Sum,
    Done,
}

/// The sum of what came out.
enum Sum {
    None,
    Adler(Adler32),
    Crc(crc32fast::Hasher),
}

/// Data being decompressed.
pub struct Inflate {
    stage: Stage,
    format: Format,
    window_bits: u8,
    header: Header,
    /// What was read of the sum behind the data.
    stored: [u8; 8],
    stored_count: usize,
    decoder: Box<DecompressorOxide>,
    /// The window, as a ring; what came out last ends at `at`.
    ring: Vec<u8>,
    at: usize,
    /// The decoder can go on without more input.
    has_more: bool,
    sum: Sum,
    /// What came out and was not taken.
    pub out: Vec<u8>,
}

/// What became of input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fed {
    /// How many bytes were taken.
    pub used: usize,
    /// There is no room for what would come out: nothing is lost, and the rest can be fed again.
    pub is_starved: bool,
}

impl Inflate {
    /// Data in a format; a window of 2 to the `window_bits`, or if that is 0 what the data asks for.
    pub fn new(format: Format, window_bits: u8) -> Inflate {
        Inflate {
            stage: if format == Format::Raw { Stage::Body } else { Stage::Header },
            format,
            window_bits,
            header: Header::new(),
            stored: [0; 8],
            stored_count: 0,
            decoder: Box::default(),
            ring: Vec::new(),
            at: 0,
            has_more: false,
            sum: Sum::None,
            out: Vec::new(),
        }
    }

    /// How much memory it takes at the most.
    pub fn bytes(&self) -> usize {
        size_of::<Inflate>() + size_of::<DecompressorOxide>() + (1 << 15)
    }

    /// Whether all has been decompressed.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Whether there may be more without input.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Takes bytes, as many as there is use for. What comes out is in `out`, no more than a window beyond `most` bytes.
    pub fn feed(&mut self, input: &[u8], most: usize) -> Result<Fed, Wrong> {
        let mut used = 0;
        while !self.is_done() && (used < input.len() || self.has_more) {
            let rest = &input[used..];
            let taken = match self.stage {
                Stage::Header => self.take_header(rest[0]),
                Stage::Body => self.take_body(rest, most),
                Stage::Sum => self.take_sum(rest[0]),
                Stage::Done => break,
            };
            match taken {
                Ok(count) => used += count,
                Err(Wrong::Memory) => return Ok(Fed { used, is_starved: true }),
                Err(Wrong::Data) => return Err(Wrong::Data),
            }
        }
        Ok(Fed { used, is_starved: false })
    }

    fn take_header(&mut self, byte: u8) -> Result<usize, Wrong> {
        let Some((format, window_bits)) = self.header.take(byte)? else { return Ok(1) };
        if self.format != Format::Auto && self.format != format {
            return Err(Wrong::Data);
        }
        self.format = format;
        self.sum = match format {
            Format::Zlib => Sum::Adler(Adler32::new()),
            _ => Sum::Crc(crc32fast::Hasher::new()),
        };
        if self.window_bits == 0 || window_bits < self.window_bits {
            self.window_bits = window_bits;
        }
        self.stage = Stage::Body;
        Ok(1)
    }

    /// Lets the decoder go on until its window is full; where there is no room, nothing has happened.
    fn take_body(&mut self, input: &[u8], most: usize) -> Result<usize, Wrong> {
        if self.ring.is_empty() {
            let bits = if self.window_bits == 0 { USUAL_WINDOW_BITS } else { self.window_bits };
            self.ring.try_reserve_exact(1 << bits).map_err(|_| Wrong::Memory)?;
            self.ring.resize(1 << bits, 0);
        }
        // Room first: the decoder cannot be asked again.
        if self.out.len() > most || self.out.try_reserve(self.ring.len()).is_err() {
            return Err(Wrong::Memory);
        }
        let (status, taken, written) =
            decompress(&mut self.decoder, input, &mut self.ring, self.at, TINFL_FLAG_HAS_MORE_INPUT);
        let fresh = self.ring.get(self.at..self.at + written).unwrap_or(&[]);
        match &mut self.sum {
            Sum::None => {}
            Sum::Adler(sum) => sum.write_slice(fresh),
            Sum::Crc(sum) => sum.update(fresh),
        }
        self.out.extend_from_slice(fresh);
        self.at = (self.at + written) & (self.ring.len() - 1);
        self.has_more = status == TINFLStatus::HasMoreOutput;
        match status {
            TINFLStatus::Done => {
                self.stage = if self.format == Format::Raw { Stage::Done } else { Stage::Sum };
            }
            TINFLStatus::HasMoreOutput | TINFLStatus::NeedsMoreInput => {}
            _ => return Err(Wrong::Data),
        }
        Ok(taken)
    }

    fn take_sum(&mut self, byte: u8) -> Result<usize, Wrong> {
        let length = if self.format == Format::Gzip { 8 } else { 4 };
        self.stored[self.stored_count] = byte;
        self.stored_count += 1;
        if self.stored_count < length {
            return Ok(1);
        }
        let [a, b, c, d, ..] = self.stored;
        let stored = [a, b, c, d];
        let is_right = match &self.sum {
            Sum::None => true,
            Sum::Adler(sum) => u32::from_be_bytes(stored) == sum.checksum(),
            Sum::Crc(sum) => u32::from_le_bytes(stored) == sum.clone().finalize(),
        };
        self.stage = Stage::Done;
        if is_right { Ok(1) } else { Err(Wrong::Data) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand zeros, raw: one literal and matches of 258.
    fn zeros() -> Vec<u8> {
        let mut compressor = super::super::compress::Compressor::new(Format::Raw, 8).unwrap();
        for _ in 0..100 {
            assert_eq!(compressor.feed(&[0; 100]), Ok(100));
        }
        compressor.finish().unwrap();
        compressor.out
    }

    #[test]
    fn no_more_comes_out_than_there_is_room_for() {
        let packed = zeros();
        let mut inflate = Inflate::new(Format::Raw, 8);
        let (mut at, mut count) = (0, 0);
        while !inflate.is_done() {
            let fed = inflate.feed(&packed[at..], 1000).unwrap();
            assert!(inflate.out.len() <= 1000 + 256);
            assert!(fed.is_starved || inflate.is_done());
            at += fed.used;
            count += inflate.out.len();
            inflate.out.clear();
        }
        assert_eq!((at, count), (packed.len(), 10_000));
    }

    #[test]
    fn headers_with_all_parts() {
        let mut packed = b"\x1f\x8b\x08\x1f\0\0\0\0\0\x03\x03\0abc".to_vec();
        packed.extend_from_slice(&[b'n'; 100_000]);
        packed.extend_from_slice(b"\0comment\0ss");
        packed.extend_from_slice(&zeros());
        let mut inflate = Inflate::new(Format::Auto, 0);
        let fed = inflate.feed(&packed, usize::MAX).unwrap();
        assert_eq!((fed.used, inflate.out.len()), (packed.len(), 10_000));
        for (header, method) in
            [(&b"\x1f\x8b\x07\0\0\0\0\0\0\x03"[..], "gzip's"), (b"x\x9d", "zlib's"), (b"ab", "no")]
        {
            assert_eq!(Inflate::new(Format::Auto, 0).feed(header, 1), Err(Wrong::Data), "{method}");
        }
        assert_eq!(Inflate::new(Format::Zlib, 0).feed(&packed, 1), Err(Wrong::Data));
    }
}
