//! Identifiers, each numbered once.
//!
//! A hash table with open addressing over [`Tree::names`](super::tree::Tree::names): it holds numbers only, so an
//! identifier's text is stored once. It stays at most half full.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::Failure;
use super::tree::NameId;

const EMPTY: u32 = u32::MAX;

/// Finds the number of an identifier.
pub(super) struct NameTable {
    /// A power of two of places; each [`EMPTY`] or an index in the names.
    places: Vec<u32>,
}

impl NameTable {
    pub fn new() -> NameTable {
        NameTable { places: Vec::new() }
    }

    /// The number of this identifier; the second value says whether it is new.
    pub fn intern(&mut self, names: &mut Vec<Box<str>>, text: &str) -> Result<(NameId, bool), Failure> {
        if (names.len() + 1) * 2 > self.places.len() {
            self.grow(names)?;
        }
        let mask = self.places.len() - 1;
        let mut place = hash(text) & mask;
        loop {
            let index = self.places[place];
            if index == EMPTY {
                break;
            }
            if &*names[index as usize] == text {
                return Ok((NameId(index), false));
            }
            place = (place + 1) & mask;
        }
        let mut owned = String::new();
        owned.try_reserve_exact(text.len())?;
        owned.push_str(text);
        names.try_reserve(1)?;
        let index = names.len() as u32;
        self.places[place] = index;
        names.push(owned.into_boxed_str());
        Ok((NameId(index), true))
    }

    fn grow(&mut self, names: &[Box<str>]) -> Result<(), Failure> {
        let size = (self.places.len() * 2).max(64);
        let mut places = Vec::new();
        places.try_reserve_exact(size)?;
        places.resize(size, EMPTY);
        for (index, name) in names.iter().enumerate() {
            let mut place = hash(name) & (size - 1);
            while places[place] != EMPTY {
                place = (place + 1) & (size - 1);
            }
            places[place] = index as u32;
        }
        self.places = places;
        Ok(())
    }
}

/// FNV-1a with a final mix, for the low bits pick the place.
fn hash(text: &str) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)) as usize
}
