//! From a pattern to a [`Program`].
//!
//! The syntax is upstream's: `.`, `[…]`, `^`, `$`, `?`, `*`, `+` and their lazy forms, `|`, `(…)`, `(?:…)`, `\d \D \s \S \w
//! \W`, and `\` before any other character for that character itself. So are its bounds, which come from jumps of one
//! signed byte in its code: what it refuses as too complex is refused here. [`Draft::bytes`] counts how long its code
//! would be. Groups are kept on a stack, so that no nesting overflows anything.

use super::program::{ANY, Instruction, Program, Set};
use alloc::vec::Vec;

/// Why a pattern is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatternError {
    /// A `)` without its `(`.
    Unbalanced,
    /// It is not complete, repeats nothing, or is beyond what upstream's code can hold.
    TooComplex,
    /// No memory.
    Memory,
}

/// The most that a signed byte holds.
const LONGEST_JUMP: usize = 127;
/// How long upstream's code is before the pattern's own.
const CODE_BEFORE: usize = 7;

/// A group, or the whole pattern, on its way.
struct Open {
    /// Where its code begins, and upstream's.
    start: usize,
    start_bytes: usize,
    /// Where the term before it begins.
    term: Term,
    /// Its number; 0 for one that is not captured.
    group: u16,
    /// Where the last `|` jumps from: the instruction, and upstream's byte.
    jump: Option<(usize, usize)>,
    /// Whether all terms so far can be empty, and whether one of the alternatives can.
    empty: bool,
    empty_alternative: bool,
}

/// What a repetition applies to: the code from here on.
#[derive(Clone, Copy)]
struct Term {
    start: usize,
    start_bytes: usize,
    empty: bool,
    /// Whether all terms before it can be empty.
    empty_before: bool,
}

struct Draft<'a> {
    units: &'a [u32],
    at: usize,
    /// Whether characters beyond ASCII are several bytes.
    is_text: bool,
    program: Program,
    /// How long upstream's code is.
    bytes: usize,
    open: Vec<Open>,
    term: Term,
    loops: u16,
}

/// The program for a pattern: its characters, or its bytes.
pub fn compile(units: &[u32], is_text: bool) -> Result<Program, PatternError> {
    let term = Term { start: 0, start_bytes: CODE_BEFORE, empty: true, empty_before: true };
    let mut draft = Draft {
        units,
        at: 0,
        is_text,
        program: Program::default(),
        bytes: CODE_BEFORE,
        open: Vec::new(),
        term,
        loops: 0,
    };
    draft.emit(Instruction::Save(0), 0)?;
    draft.begin(0)?;
    draft.mark(true);
    draft.run()?;
    draft.emit(Instruction::Save(1), 0)?;
    draft.emit(Instruction::Match, 0)?;
    draft.number()?;
    if draft.program.find_first() { Ok(draft.program) } else { Err(PatternError::Memory) }
}

fn is_class(unit: u32) -> Option<u8> {
    u8::try_from(unit).ok().filter(|letter| matches!(letter, b'd' | b'D' | b's' | b'S' | b'w' | b'W'))
}

impl Draft<'_> {
    fn unit(&self, ahead: usize) -> Option<u32> {
        self.units.get(self.at + ahead).copied()
    }

    fn emit(&mut self, instruction: Instruction, bytes: usize) -> Result<(), PatternError> {
        self.program.code.try_reserve(1).map_err(|_| PatternError::Memory)?;
        self.program.code.push(instruction);
        self.bytes += bytes;
        Ok(())
    }

    fn insert(&mut self, at: usize, instruction: Instruction) -> Result<(), PatternError> {
        self.program.code.try_reserve(1).map_err(|_| PatternError::Memory)?;
        self.program.code.insert(at, instruction);
        Ok(())
    }

    fn require(&self, holds: bool) -> Result<(), PatternError> {
        if holds { Ok(()) } else { Err(PatternError::TooComplex) }
    }

    /// The next term begins here.
    fn mark(&mut self, empty: bool) {
        let empty_before = self.open.last().is_none_or(|open| open.empty);
        self.term = Term { start: self.program.code.len(), start_bytes: self.bytes, empty, empty_before };
        if let Some(open) = self.open.last_mut() {
            open.empty &= empty;
        }
    }

    /// Begins a group.
    fn begin(&mut self, group: u16) -> Result<(), PatternError> {
        self.open.try_reserve(1).map_err(|_| PatternError::Memory)?;
        self.open.push(Open {
            start: self.program.code.len(),
            start_bytes: self.bytes,
            term: self.term,
            group,
            jump: None,
            empty: true,
            empty_alternative: false,
        });
        Ok(())
    }

    fn run(&mut self) -> Result<(), PatternError> {
        while let Some(unit) = self.unit(0) {
            self.at += 1;
            match char::from_u32(unit).unwrap_or('\0') {
                '\\' => {
                    let Some(escaped) = self.unit(0) else { return Err(PatternError::TooComplex) };
                    self.at += 1;
                    match is_class(escaped) {
                        Some(name) => self.class(name)?,
                        None => self.literal(escaped)?,
                    }
                }
                '.' => {
                    self.mark(false);
                    self.emit(Instruction::Any, 1)?;
                }
                '[' => self.set()?,
                '(' => self.group()?,
                ')' => self.close()?,
                '?' => self.optional()?,
                '*' => self.star()?,
                '+' => self.plus()?,
                '|' => self.alternative()?,
                '^' => self.assertion(Instruction::Begin)?,
                '$' => self.assertion(Instruction::End)?,
                _ => self.literal(unit)?,
            }
        }
        match self.open.pop() {
            Some(whole) if self.open.is_empty() => self.end_alternatives(&whole),
            _ => Err(PatternError::TooComplex),
        }
    }

    fn literal(&mut self, unit: u32) -> Result<(), PatternError> {
        self.mark(false);
        let mut encoded = [0; 4];
        let bytes = match char::from_u32(unit) {
            Some(character) if self.is_text => character.encode_utf8(&mut encoded).as_bytes(),
            _ => {
                encoded[0] = unit as u8;
                &encoded[..1]
            }
        };
        for &byte in bytes {
            self.emit(Instruction::Byte(byte), 2)?;
        }
        Ok(())
    }

    fn class(&mut self, name: u8) -> Result<(), PatternError> {
        let mut set = Set::new(false);
        if !set.insert_class(name) {
            return Err(PatternError::Memory);
        }
        self.emit_set(set, 2)
    }

    fn emit_set(&mut self, set: Set, bytes: usize) -> Result<(), PatternError> {
        self.mark(false);
        let number = u16::try_from(self.program.sets.len()).map_err(|_| PatternError::TooComplex)?;
        self.require(number < ANY)?;
        self.program.sets.try_reserve(1).map_err(|_| PatternError::Memory)?;
        self.program.sets.push(set);
        self.emit(Instruction::Set(number), bytes)
    }

    /// A set, behind its `[`.
    fn set(&mut self) -> Result<(), PatternError> {
        let inverted = self.unit(0) == Some(u32::from(b'^'));
        self.at += usize::from(inverted);
        let mut set = Set::new(inverted);
        let mut pairs = 0;
        loop {
            let Some(mut first) = self.unit(0) else { return Err(PatternError::TooComplex) };
            if first == u32::from(b']') {
                break;
            }
            pairs += 1;
            self.require(pairs <= LONGEST_JUMP)?;
            if first == u32::from(b'\\') {
                self.at += 1;
                let Some(escaped) = self.unit(0) else { return Err(PatternError::TooComplex) };
                if let Some(name) = is_class(escaped) {
                    if !set.insert_class(name) {
                        return Err(PatternError::Memory);
                    }
                    self.at += 1;
                    continue;
                }
                first = escaped;
            }
            let is_range = self.unit(1) == Some(u32::from(b'-'))
                && self.unit(2).is_some_and(|end| end != u32::from(b']'));
            self.at += if is_range { 2 } else { 0 };
            let last = self.unit(0).unwrap_or(first);
            self.at += 1;
            if first <= last && !set.insert(first, last) {
                return Err(PatternError::Memory);
            }
        }
        self.at += 1;
        self.emit_set(set, 2 + 2 * pairs)
    }

    fn assertion(&mut self, instruction: Instruction) -> Result<(), PatternError> {
        self.emit(instruction, 1)?;
        self.mark(true);
        Ok(())
    }

    /// A group, behind its `(`.
    fn group(&mut self) -> Result<(), PatternError> {
        let captured = !(self.unit(0) == Some(u32::from(b'?')) && self.unit(1) == Some(u32::from(b':')));
        // Whether it can be empty is known at its end.
        let empty_before = self.open.last().is_none_or(|open| open.empty);
        self.term =
            Term { start: self.program.code.len(), start_bytes: self.bytes, empty: true, empty_before };
        let mut group = 0;
        if captured {
            self.program.groups += 1;
            group = self.program.groups;
            self.require(2 * usize::from(group) < LONGEST_JUMP)?;
            self.emit(Instruction::Save(2 * group), 2)?;
        } else {
            self.at += 2;
        }
        self.begin(group)?;
        self.mark(true);
        Ok(())
    }

    fn close(&mut self) -> Result<(), PatternError> {
        if self.open.len() == 1 {
            return Err(PatternError::Unbalanced);
        }
        let Some(group) = self.open.pop() else { return Err(PatternError::Unbalanced) };
        self.end_alternatives(&group)?;
        if group.group > 0 {
            self.emit(Instruction::Save(2 * group.group + 1), 2)?;
        }
        let is_empty = group.empty || group.empty_alternative;
        self.term = Term { empty: is_empty, ..group.term };
        if let Some(open) = self.open.last_mut() {
            open.empty = group.term.empty_before && is_empty;
        }
        Ok(())
    }

    /// What the term is if it is a single character.
    fn single(&self) -> Option<Instruction> {
        match self.program.code.get(self.term.start..) {
            Some(&[only @ (Instruction::Byte(_) | Instruction::Any | Instruction::Set(_))]) => Some(only),
            _ => None,
        }
    }

    /// The set of a single character.
    fn set_of(&mut self, single: Instruction) -> Result<u16, PatternError> {
        let byte = match single {
            Instruction::Set(set) => return Ok(set),
            Instruction::Byte(byte) => byte,
            _ => return Ok(ANY),
        };
        let mut set = Set::new(false);
        set.insert(byte.into(), byte.into());
        let number = u16::try_from(self.program.sets.len()).map_err(|_| PatternError::TooComplex)?;
        self.require(number < ANY)?;
        self.program.sets.try_reserve(1).map_err(|_| PatternError::Memory)?;
        self.program.sets.push(set);
        Ok(number)
    }

    /// How long upstream's code of the term is; there must be some.
    fn term_bytes(&self) -> Result<usize, PatternError> {
        let bytes = self.bytes - self.term.start_bytes;
        self.require(bytes > 0)?;
        Ok(bytes)
    }

    fn is_lazy(&mut self) -> bool {
        let lazy = self.unit(0) == Some(u32::from(b'?'));
        self.at += usize::from(lazy);
        lazy
    }

    /// Ends a repetition: nothing is left to be repeated, and the term may be left out if `empty`.
    fn end_repetition(&mut self, bytes: usize, empty: bool) {
        self.bytes += bytes;
        let before = self.term.empty_before;
        let empty = empty || self.term.empty;
        if let Some(open) = self.open.last_mut() {
            open.empty = before && empty;
        }
        self.mark(true);
    }

    fn optional(&mut self) -> Result<(), PatternError> {
        let bytes = self.term_bytes()?;
        self.require(bytes <= LONGEST_JUMP)?;
        let lazy = self.is_lazy();
        let jump = (self.program.code.len() - self.term.start + 1) as i32;
        self.insert(self.term.start, Instruction::Split { jump, jump_first: lazy, choice: 0 })?;
        self.end_repetition(2, true);
        Ok(())
    }

    fn star(&mut self) -> Result<(), PatternError> {
        let bytes = self.term_bytes()?;
        self.require(bytes + 4 <= LONGEST_JUMP + 1 && bytes + 2 <= LONGEST_JUMP)?;
        let lazy = self.is_lazy();
        if let Some(single) = self.single() {
            let set = self.set_of(single)?;
            self.program.code.truncate(self.term.start);
            self.emit(Instruction::Run { set, lazy, choice: 0 }, 0)?;
        } else {
            if self.term.empty {
                let register = self.new_loop()?;
                self.insert(self.term.start, Instruction::Save(register))?;
                self.emit(Instruction::Progress(register), 0)?;
            }
            let length = (self.program.code.len() - self.term.start) as i32;
            self.insert(
                self.term.start,
                Instruction::Split { jump: length + 2, jump_first: lazy, choice: 0 },
            )?;
            self.emit(Instruction::Jump(-(length + 1)), 0)?;
        }
        self.end_repetition(4, true);
        Ok(())
    }

    fn plus(&mut self) -> Result<(), PatternError> {
        let bytes = self.term_bytes()?;
        self.require(bytes + 2 <= LONGEST_JUMP + 1)?;
        let lazy = self.is_lazy();
        if let Some(single) = self.single() {
            let set = self.set_of(single)?;
            self.emit(Instruction::Run { set, lazy, choice: 0 }, 0)?;
        } else if self.term.empty {
            let register = self.new_loop()?;
            self.insert(self.term.start, Instruction::Save(register))?;
            let length = (self.program.code.len() - self.term.start) as i32;
            self.emit(Instruction::Split { jump: 3, jump_first: lazy, choice: 0 }, 0)?;
            self.emit(Instruction::Progress(register), 0)?;
            self.emit(Instruction::Jump(-(length + 2)), 0)?;
        } else {
            let length = (self.program.code.len() - self.term.start) as i32;
            self.emit(Instruction::Split { jump: -length, jump_first: !lazy, choice: 0 }, 0)?;
        }
        self.end_repetition(2, false);
        Ok(())
    }

    /// The number of a register for a loop; [`Draft::number`] puts it behind those of the groups.
    fn new_loop(&mut self) -> Result<u16, PatternError> {
        let number = FIRST_LOOP.checked_add(self.loops).ok_or(PatternError::TooComplex)?;
        self.loops += 1;
        Ok(number)
    }

    fn alternative(&mut self) -> Result<(), PatternError> {
        let code = self.program.code.len();
        let bytes = self.bytes;
        let Some(open) = self.open.last_mut() else { return Err(PatternError::Unbalanced) };
        let start = open.start;
        let jump = open.jump;
        let before = bytes - open.start_bytes;
        // The alternatives so far, with the split before and the jump behind them.
        if before + 2 > LONGEST_JUMP || jump.is_some_and(|(_, byte)| bytes - byte > LONGEST_JUMP + 1) {
            return Err(PatternError::TooComplex);
        }
        open.empty_alternative |= open.empty;
        open.empty = true;
        open.jump = Some((code + 1, bytes + 3));
        if let Some((from, _)) = jump {
            // To the jump that ends this alternative.
            self.program.code[from] = Instruction::Jump((code - from) as i32);
        }
        self.insert(
            start,
            Instruction::Split { jump: (code - start + 2) as i32, jump_first: false, choice: 0 },
        )?;
        self.emit(Instruction::Jump(0), 4)?;
        self.mark(true);
        Ok(())
    }

    /// Lets the last `|` of a group jump to its end.
    fn end_alternatives(&mut self, group: &Open) -> Result<(), PatternError> {
        let Some((from, byte)) = group.jump else { return Ok(()) };
        self.require(self.bytes - byte <= LONGEST_JUMP + 1)?;
        self.program.code[from] = Instruction::Jump((self.program.code.len() - from) as i32);
        Ok(())
    }

    /// Gives the loops' registers and the instructions that choose their numbers.
    fn number(&mut self) -> Result<(), PatternError> {
        let first = 2 * (self.program.groups + 1);
        let mut choices = 0;
        for instruction in &mut self.program.code {
            match instruction {
                Instruction::Save(register) | Instruction::Progress(register) if *register >= FIRST_LOOP => {
                    *register = first + (*register - FIRST_LOOP);
                }
                Instruction::Split { choice, .. } | Instruction::Run { choice, .. } => {
                    *choice = choices;
                    choices = choices.saturating_add(1);
                }
                _ => {}
            }
        }
        self.program.choices = choices;
        self.program.registers = first + self.loops;
        self.require(choices < u16::MAX)
    }
}

/// Registers from here on are of loops, until all groups are counted.
const FIRST_LOOP: u16 = 1 << 12;
