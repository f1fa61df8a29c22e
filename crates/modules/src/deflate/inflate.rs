//! Decompressing: bytes in, bytes out, whatever pieces they come in.
//!
//! ```text
//! Header ──> Body ──> Sum ──> Done
//! ```

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
    /// What was read of a header or a sum that is not whole.
    partial: Vec<u8>,
    decoder: Box<DecompressorOxide>,
    /// The window, as a ring; what came out last ends at `at`.
    ring: Vec<u8>,
    at: usize,
    sum: Sum,
    /// The window was full before all came out that the input so far stands for.
    has_more: bool,
    /// What came out and was not taken.
    pub out: Vec<u8>,
}

/// A header's length, what comes after the data, and how large a window it asks for.
struct Header {
    length: usize,
    format: Format,
    window_bits: u8,
}

/// The header at the front of these bytes; `None` if it is not whole.
fn header(bytes: &[u8]) -> Result<Option<Header>, Wrong> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    if (first, second) == (0x1F, 0x8B) {
        return gzip_header(bytes);
    }
    let is_zlib = first & 15 == 8
        && first >> 4 <= 7
        && (u32::from(first) << 8 | u32::from(second)).is_multiple_of(31)
        && second & 0x20 == 0;
    match is_zlib {
        true => Ok(Some(Header { length: 2, format: Format::Zlib, window_bits: (first >> 4) + 8 })),
        false => Err(Wrong::Data),
    }
}

fn gzip_header(bytes: &[u8]) -> Result<Option<Header>, Wrong> {
    let Some(&[_, _, method, flags, ..]) = bytes.first_chunk::<10>() else { return Ok(None) };
    if method != 8 {
        return Err(Wrong::Data);
    }
    let mut length = 10;
    if flags & 4 != 0 {
        let Some(&[low, high]) = bytes.get(length..length + 2) else { return Ok(None) };
        length += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    // A name and a comment, each with a zero at its end.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = bytes.get(length..).unwrap_or(&[]);
            let Some(end) = rest.iter().position(|&byte| byte == 0) else { return Ok(None) };
            length += end + 1;
        }
    }
    length += if flags & 2 != 0 { 2 } else { 0 };
    let is_whole = bytes.len() >= length;
    Ok(is_whole.then_some(Header { length, format: Format::Gzip, window_bits: 15 }))
}

/// The longest header that is read: names beyond this are no names.
const LONGEST_HEADER: usize = 1 << 17;

/// How much comes out at once, a window's worth more or less.
const STRIDE: usize = 1 << 16;

impl Inflate {
    /// Data in a format; a window of 2 to the `window_bits`, or if that is 0 what the data asks for.
    pub fn new(format: Format, window_bits: u8) -> Inflate {
        Inflate {
            stage: if format == Format::Raw { Stage::Body } else { Stage::Header },
            format,
            window_bits,
            partial: Vec::new(),
            decoder: Box::default(),
            ring: Vec::new(),
            at: 0,
            sum: Sum::None,
            has_more: false,
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

    /// Whether more may come out without further input.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Takes bytes until there is no use for more, or so much has come out that the caller should have a look at it: gives
    /// how many. Where memory runs out it takes what it can, and fails when it is asked for the rest.
    pub fn feed(&mut self, input: &[u8]) -> Result<usize, Wrong> {
        let (mut used, before) = (0, self.out.len());
        while (used < input.len() || self.has_more) && self.out.len() - before < STRIDE {
            let rest = &input[used..];
            let taken = match self.stage {
                Stage::Header => self.take_header(rest),
                Stage::Body => self.take_body(rest),
                Stage::Sum => self.take_sum(rest),
                Stage::Done => break,
            };
            match taken {
                Ok(count) => used += count,
                Err(Wrong::Memory) if used > 0 => break,
                Err(wrong) => return Err(wrong),
            }
        }
        Ok(used)
    }

    fn take_header(&mut self, input: &[u8]) -> Result<usize, Wrong> {
        self.partial.try_reserve(1).map_err(|_| Wrong::Memory)?;
        self.partial.push(input[0]);
        let Some(header) = header(&self.partial)? else {
            return if self.partial.len() > LONGEST_HEADER { Err(Wrong::Data) } else { Ok(1) };
        };
        if self.format != Format::Auto && self.format != header.format {
            return Err(Wrong::Data);
        }
        debug_assert_eq!(header.length, self.partial.len());
        self.format = header.format;
        self.sum = match header.format {
            Format::Zlib => Sum::Adler(Adler32::new()),
            _ => Sum::Crc(crc32fast::Hasher::new()),
        };
        if self.window_bits == 0 || header.window_bits < self.window_bits {
            self.window_bits = header.window_bits;
        }
        self.partial.clear();
        self.stage = Stage::Body;
        Ok(1)
    }

    fn take_body(&mut self, input: &[u8]) -> Result<usize, Wrong> {
        if self.ring.is_empty() {
            let bits = if self.window_bits == 0 { USUAL_WINDOW_BITS } else { self.window_bits };
            self.ring.try_reserve_exact(1 << bits).map_err(|_| Wrong::Memory)?;
            self.ring.resize(1 << bits, 0);
        }
        // Room first: the decoder cannot be asked again.
        self.out.try_reserve(self.ring.len()).map_err(|_| Wrong::Memory)?;
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
            TINFLStatus::Done if self.format == Format::Raw => self.stage = Stage::Done,
            TINFLStatus::Done => self.stage = Stage::Sum,
            TINFLStatus::HasMoreOutput | TINFLStatus::NeedsMoreInput => {}
            _ => return Err(Wrong::Data),
        }
        Ok(taken)
    }

    fn take_sum(&mut self, input: &[u8]) -> Result<usize, Wrong> {
        let length = if self.format == Format::Gzip { 8 } else { 4 };
        self.partial.try_reserve(1).map_err(|_| Wrong::Memory)?;
        self.partial.push(input[0]);
        if self.partial.len() < length {
            return Ok(1);
        }
        let mut stored = [0; 4];
        stored.copy_from_slice(&self.partial[..4]);
        let is_right = match &self.sum {
            Sum::None => true,
            Sum::Adler(sum) => u32::from_be_bytes(stored) == sum.checksum(),
            Sum::Crc(sum) => u32::from_le_bytes(stored) == sum.clone().finalize(),
        };
        self.stage = Stage::Done;
        if is_right { Ok(1) } else { Err(Wrong::Data) }
    }
}
