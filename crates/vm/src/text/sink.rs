//! Where formatted text goes: a `String` for `str`, a `Vec<u8>` for `bytes`, either with a bound on its length.
//!
//! What must always hold: a sink never grows beyond its bound, and a refused allocation is an error, not an abort.
//! After an error what was appended before it is still there; the caller drops the buffer.

use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::AtomicBool;

use super::FormatError;

/// Something that text can be appended to, until it is full.
pub trait Sink {
    /// Appends text.
    fn push_str(&mut self, text: &str) -> Result<(), FormatError>;

    /// Appends bytes. A sink of text replaces what is not UTF-8.
    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), FormatError>;

    /// Makes sure that this many more bytes have room, so that a width of a billion fails before any work.
    fn reserve(&mut self, bytes: usize) -> Result<(), FormatError>;

    /// Set from outside when whoever computes what goes here is to give up.
    fn interrupt(&self) -> Option<&AtomicBool> {
        None
    }

    /// Appends a character.
    fn push(&mut self, character: char) -> Result<(), FormatError> {
        self.push_str(character.encode_utf8(&mut [0; 4]))
    }

    /// Appends a character `count` times.
    fn repeat(&mut self, character: char, count: usize) -> Result<(), FormatError> {
        if count == 0 {
            return Ok(());
        }
        self.reserve(count.checked_mul(character.len_utf8()).ok_or(FormatError::Memory)?)?;
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        for _ in 0..count {
            self.push_str(text)?;
        }
        Ok(())
    }
}

/// A buffer and the length in bytes that it may not exceed.
#[derive(Debug)]
pub struct Bounded<'a, Buffer> {
    buffer: &'a mut Buffer,
    max_len: usize,
    interrupt: Option<&'a AtomicBool>,
}

impl<'a, Buffer> Bounded<'a, Buffer> {
    /// Appends to `buffer` until it is `max_len` bytes long.
    pub fn new(buffer: &'a mut Buffer, max_len: usize) -> Bounded<'a, Buffer> {
        Bounded { buffer, max_len, interrupt: None }
    }

    /// The same, given up once the flag is set.
    pub fn until(self, interrupt: &'a AtomicBool) -> Bounded<'a, Buffer> {
        Bounded { interrupt: Some(interrupt), ..self }
    }
}

fn check(length: usize, more: usize, max_len: usize) -> Result<(), FormatError> {
    match length.checked_add(more) {
        Some(total) if total <= max_len => Ok(()),
        _ => Err(FormatError::Memory),
    }
}

impl Sink for Bounded<'_, String> {
    fn push_str(&mut self, text: &str) -> Result<(), FormatError> {
        self.reserve(text.len())?;
        self.buffer.push_str(text);
        Ok(())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        for chunk in bytes.utf8_chunks() {
            self.push_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                self.push(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }

    fn interrupt(&self) -> Option<&AtomicBool> {
        self.interrupt
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), FormatError> {
        check(self.buffer.len(), bytes, self.max_len)?;
        self.buffer.try_reserve(bytes).map_err(|_| FormatError::Memory)
    }
}

impl Sink for Bounded<'_, Vec<u8>> {
    fn push_str(&mut self, text: &str) -> Result<(), FormatError> {
        self.push_bytes(text.as_bytes())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.reserve(bytes.len())?;
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn interrupt(&self) -> Option<&AtomicBool> {
        self.interrupt
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), FormatError> {
        check(self.buffer.len(), bytes, self.max_len)?;
        self.buffer.try_reserve(bytes).map_err(|_| FormatError::Memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_stops_at_its_bound() {
        let mut text = String::from("ab");
        let mut sink = Bounded::new(&mut text, 5);
        assert_eq!(sink.repeat('é', 1), Ok(()));
        assert_eq!(sink.repeat('x', 2), Err(FormatError::Memory));
        assert_eq!(sink.repeat('x', usize::MAX), Err(FormatError::Memory));
        assert_eq!(sink.repeat('é', usize::MAX), Err(FormatError::Memory));
        assert_eq!(sink.push('x'), Ok(()));
        assert_eq!(sink.push_str(""), Ok(()));
        assert_eq!(text, "abéx");
    }

    #[test]
    fn without_a_bound_the_allocator_decides() {
        let mut bytes = Vec::new();
        assert_eq!(
            Bounded::new(&mut bytes, usize::MAX).repeat('x', usize::MAX / 2),
            Err(FormatError::Memory)
        );
        assert_eq!(bytes, b"");
    }

    #[test]
    fn bytes_become_text() {
        let mut text = String::new();
        assert_eq!(Bounded::new(&mut text, 100).push_bytes(b"a\xffb\xc3\xa9"), Ok(()));
        assert_eq!(text, "a\u{fffd}b\u{e9}");
    }
}
