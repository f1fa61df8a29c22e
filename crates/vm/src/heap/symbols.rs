//! Symbols: interned strings, each with its hash. Two symbols are the same string exactly if they have the same
//! number. They are never freed (as MicroPython's are not), and count against the byte budget.
//!
//! The first 256 are the characters U+0000–U+00FF, so that a single character needs no slot; then come the
//! [well-known names](super::sym), then whatever programs bring.

use super::{Budget, OutOfMemory};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An interned string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Symbol(pub(super) u32);

impl Symbol {
    /// The symbol of a character below U+0100.
    pub const fn latin(character: u8) -> Symbol {
        Symbol(character as u32)
    }

    /// The character below U+0100 that it is, if it is one.
    #[inline(always)]
    pub fn as_latin(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// A symbol by its number; a wrong number gives a symbol whose text is empty.
    pub const fn from_number(number: u32) -> Symbol {
        Symbol(number)
    }
}

pub(super) enum Text {
    Static(&'static str),
    Owned(Box<str>),
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Owned(text) => text,
        }
    }
}

pub(super) struct Entry {
    pub(super) text: Text,
    hash: u32,
    characters: u32,
}

/// Room for so many symbols besides those that are always there: the names of what a machine and its board begin with,
/// and of a short program.
const ROOM: usize = 256;

/// The table of all symbols.
pub struct Symbols {
    pub(super) entries: Vec<Entry>,
    /// Open addressing, a power of two, at most half full; 0 is free, else number + 1.
    pub(super) index: Vec<u32>,
}

/// The hash of a string's bytes; also what `hash()` shows, so it is the same on every target.
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    // FNV-1a, eight bytes at a time where there are as many: short names dominate.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 32;
    }
    for &byte in chunks.remainder() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    hash = (hash ^ hash >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let short = (hash ^ hash >> 32) as u32;
    // Zero means "not computed yet" where hashes are cached.
    if short == 0 { 1 } else { short }
}

impl Symbols {
    pub(super) fn new(budget: &mut Budget) -> Result<Symbols, OutOfMemory> {
        let mut symbols = Symbols { entries: Vec::new(), index: Vec::new() };
        symbols.grow_index(budget, 2048)?;
        budget.reserve(&mut symbols.entries, 256 + super::sym::NAMES.len() + ROOM)?;
        for number in 0..256_usize {
            let start = LATIN_OFFSETS[number] as usize;
            let end = LATIN_OFFSETS[number + 1] as usize;
            symbols.add(budget, Text::Static(LATIN.get(start..end).unwrap_or("")))?;
        }
        for name in super::sym::NAMES {
            symbols.add(budget, Text::Static(name))?;
        }
        Ok(symbols)
    }

    fn add(&mut self, budget: &mut Budget, text: Text) -> Result<Symbol, OutOfMemory> {
        if (self.entries.len() + 1) * 2 > self.index.len() {
            self.grow_index(budget, (self.index.len() * 2).max(64))?;
        }
        budget.reserve(&mut self.entries, 1)?;
        let hash = hash_bytes(text.as_str().as_bytes());
        let number = self.entries.len() as u32;
        let characters = text.as_str().chars().count() as u32;
        self.entries.push(Entry { text, hash, characters });
        insert(&mut self.index, hash, number + 1);
        Ok(Symbol(number))
    }

    fn grow_index(&mut self, budget: &mut Budget, size: usize) -> Result<(), OutOfMemory> {
        let mut index = Vec::new();
        budget.reserve(&mut index, size)?;
        index.resize(size, 0);
        for (number, entry) in self.entries.iter().enumerate() {
            insert(&mut index, entry.hash, number as u32 + 1);
        }
        budget.release_vec(&self.index);
        self.index = index;
        Ok(())
    }

    /// The symbol of a text, if there is one.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.find_hashed(text, hash_bytes(text.as_bytes()))
    }

    fn find_hashed(&self, text: &str, hash: u32) -> Option<Symbol> {
        let mask = self.index.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.index[at] {
                0 => return None,
                number => {
                    let entry = &self.entries[number as usize - 1];
                    if entry.hash == hash && entry.text.as_str() == text {
                        return Some(Symbol(number - 1));
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    pub(super) fn intern(&mut self, budget: &mut Budget, text: &str) -> Result<Symbol, OutOfMemory> {
        if let Some(symbol) = self.find(text) {
            return Ok(symbol);
        }
        budget.charge(text.len())?;
        let added = super::try_box_str(text).and_then(|owned| self.add(budget, Text::Owned(owned)));
        if added.is_err() {
            budget.release(text.len());
        }
        added
    }

    pub(super) fn intern_static(
        &mut self,
        budget: &mut Budget,
        text: &'static str,
    ) -> Result<Symbol, OutOfMemory> {
        match self.find(text) {
            Some(symbol) => Ok(symbol),
            None => self.add(budget, Text::Static(text)),
        }
    }

    /// The text of a symbol.
    #[inline]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.entries.get(symbol.0 as usize).map_or("", |entry| entry.text.as_str())
    }

    /// The hash of its text.
    #[inline]
    pub fn hash(&self, symbol: Symbol) -> u32 {
        self.entries.get(symbol.0 as usize).map_or(1, |entry| entry.hash)
    }

    /// How many characters it has.
    pub fn characters(&self, symbol: Symbol) -> usize {
        self.entries.get(symbol.0 as usize).map_or(0, |entry| entry.characters as usize)
    }

    /// The texts that were interned at run time, in that order: not those that are part of this program.
    pub fn interned(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match &entry.text {
            Text::Static(_) => None,
            Text::Owned(text) => Some(&**text),
        })
    }

    /// Bytes that the table takes, the texts included.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.entries.iter().map(|entry| match &entry.text {
            Text::Static(_) => 0,
            Text::Owned(text) => text.len(),
        });
        self.entries.capacity() * size_of::<Entry>()
            + self.index.capacity() * size_of::<u32>()
            + texts.sum::<usize>()
    }

    /// How many symbols there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }
}

fn insert(index: &mut [u32], hash: u32, entry: u32) {
    let mask = index.len() - 1;
    let mut at = hash as usize & mask;
    while index[at] != 0 {
        at = (at + 1) & mask;
    }
    index[at] = entry;
}

/// U+0000–U+00FF one after another, and where each begins.
const LATIN_BYTES: [u8; 384] = {
    let mut bytes = [0; 384];
    let mut character = 0;
    let mut at = 0;
    while character < 256 {
        if character < 128 {
            bytes[at] = character as u8;
            at += 1;
        } else {
            bytes[at] = 0xC0 | (character >> 6) as u8;
            bytes[at + 1] = 0x80 | (character & 0x3F) as u8;
            at += 2;
        }
        character += 1;
    }
    bytes
};
static LATIN: &str = match core::str::from_utf8(&LATIN_BYTES) {
    Ok(text) => text,
    Err(_) => "",
};
const LATIN_OFFSETS: [u16; 257] = {
    let mut offsets = [0; 257];
    let mut character = 0;
    while character < 256 {
        offsets[character + 1] = offsets[character] + if character < 128 { 1 } else { 2 };
        character += 1;
    }
    offsets
};
