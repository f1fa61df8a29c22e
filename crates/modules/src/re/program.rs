//! What a pattern becomes: instructions for the [matcher](super::matcher).

use alloc::boxed::Box;
use alloc::vec::Vec;

/// One instruction. Jumps count from the instruction itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Instruction {
    /// This byte.
    Byte(u8),
    /// Any character.
    Any,
    /// A character of the set with this number.
    Set(u16),
    /// As many as possible of what the set with this number has, or `lazy`, as few; [`ANY`] is any character.
    Run {
        /// The set.
        set: u16,
        /// Which end it begins at.
        lazy: bool,
        /// Its number among the instructions that choose.
        choice: u16,
    },
    /// Goes on with the next instruction, and if that leads nowhere with the one so many on; `jump_first` the other way
    /// round.
    Split {
        /// How far.
        jump: i32,
        /// Which comes first.
        jump_first: bool,
        /// Its number among the instructions that choose.
        choice: u16,
    },
    /// Goes so many instructions on.
    Jump(i32),
    /// Keeps the position in this register.
    Save(u16),
    /// The position must have changed since it was kept in this register: a loop that matches nothing would never end.
    Progress(u16),
    /// At the beginning.
    Begin,
    /// At the end.
    End,
    /// It has matched.
    Match,
}

/// As the set of a [`Instruction::Run`]: any character.
pub const ANY: u16 = u16::MAX;

/// A set of characters.
#[derive(Clone, Debug)]
pub struct Set {
    /// Which of the first 256 are in it.
    pub low: [bool; 256],
    /// Which of the others: first and last of each range.
    ranges: Vec<(u32, u32)>,
    inverted: bool,
}

impl Set {
    /// An empty set; an inverted one has everything that is not put into it.
    pub fn new(inverted: bool) -> Set {
        Set { low: [inverted; 256], ranges: Vec::new(), inverted }
    }

    /// Puts a range of characters into it; false if there was no memory.
    pub fn insert(&mut self, first: u32, last: u32) -> bool {
        for code in first..=last.min(255) {
            self.low[code as usize] = !self.inverted;
        }
        if last < 256 {
            return true;
        }
        if self.ranges.try_reserve(1).is_err() {
            return false;
        }
        self.ranges.push((first, last));
        true
    }

    /// Puts a named class into it: `\d`, `\s`, `\w` or, by its capital letter, all else.
    pub fn insert_class(&mut self, name: u8) -> bool {
        let negated = name.is_ascii_uppercase();
        for code in 0..=u8::MAX {
            if is_in_class(name, code) != negated {
                self.low[usize::from(code)] = !self.inverted;
            }
        }
        !negated || self.insert(256, u32::MAX)
    }

    /// Whether it has a character.
    pub fn contains(&self, code: u32) -> bool {
        match self.low.get(code as usize) {
            Some(&is_in) => is_in,
            None => self.ranges.iter().any(|&(first, last)| first <= code && code <= last) != self.inverted,
        }
    }
}

fn is_in_class(name: u8, code: u8) -> bool {
    match name.to_ascii_lowercase() {
        b'd' => code.is_ascii_digit(),
        b's' => matches!(code, b' ' | b'\t'..=b'\r'),
        _ => code.is_ascii_alphanumeric() || code == b'_',
    }
}

/// A pattern ready to be matched.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The instructions; the last one is [`Instruction::Match`].
    pub code: Vec<Instruction>,
    /// The sets that they name.
    pub sets: Vec<Set>,
    /// How many groups there are beside the whole match.
    pub groups: u16,
    /// How many registers: two for each group and the whole match, then one for each loop that needs it.
    pub registers: u16,
    /// How many instructions choose.
    pub choices: u16,
    /// The bytes that a match can begin with; `None` if it can be empty or begins anywhere.
    pub first: Option<Box<[bool; 256]>>,
}

impl Program {
    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        let ranges: usize = self.sets.iter().map(|set| set.ranges.capacity() * size_of::<(u32, u32)>()).sum();
        self.code.capacity() * size_of::<Instruction>()
            + self.sets.capacity() * size_of::<Set>()
            + ranges
            + self.first.as_ref().map_or(0, |first| first.len())
    }

    /// Finds out what a match can begin with; false if there was no memory.
    pub fn find_first(&mut self) -> bool {
        let length = self.code.len();
        let (mut first, mut seen, mut open) = (Box::new([false; 256]), Vec::new(), Vec::new());
        // Every instruction is looked at once, and leads to two at the most.
        if seen.try_reserve_exact(length).is_err() || open.try_reserve_exact(2 * length + 1).is_err() {
            return false;
        }
        seen.resize(length, false);
        open.push(0_usize);
        while let Some(at) = open.pop() {
            let (Some(seen), Some(&instruction)) = (seen.get_mut(at), self.code.get(at)) else { return true };
            if core::mem::replace(seen, true) {
                continue;
            }
            let target = |jump: i32| at.wrapping_add_signed(jump as isize);
            match instruction {
                Instruction::Byte(byte) => first[usize::from(byte)] = true,
                Instruction::Any | Instruction::Run { set: ANY, .. } | Instruction::Match => return true,
                Instruction::Set(set) => self.add_first(&mut first, set),
                Instruction::Run { set, .. } => {
                    self.add_first(&mut first, set);
                    open.push(at + 1);
                }
                Instruction::Split { jump, .. } => open.extend([at + 1, target(jump)]),
                Instruction::Jump(jump) => open.push(target(jump)),
                // What stands at the beginning is only tried there anyway, and what is at the end is nothing.
                Instruction::Begin | Instruction::End => return true,
                Instruction::Save(_) | Instruction::Progress(_) => open.push(at + 1),
            }
        }
        self.first = Some(first);
        true
    }

    fn add_first(&self, first: &mut [bool; 256], set: u16) {
        let Some(set) = self.sets.get(usize::from(set)) else { return };
        for (code, place) in first.iter_mut().enumerate() {
            // Beyond ASCII a byte may be the first of any character.
            *place |= set.low[code] || code >= 128;
        }
    }
}
