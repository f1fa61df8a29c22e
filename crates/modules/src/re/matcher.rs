//! Matching a program: backtracking, as upstream does it, but with a stack of our own and in bounded time.
//!
//! A [`Matcher`] runs the [instructions](super::program); where one chooses, the other way goes onto the stack. A repeated
//! single character is one entry there, however often it is repeated. So memory is linear in the text.
//!
//! A pattern like `(a+)+b` makes plain backtracking take exponential time. So when a search has taken more steps than
//! there are bytes, many times over, the matcher begins to remember which choices it has made where ([`Memo`]): what has
//! failed once fails again, for nothing but the place decides (there are no back references). From then on a search
//! takes time linear in text times pattern. What always holds: a choice that is remembered has either failed or is being
//! tried by an entry further up, so leaving it out changes no result.
//!
//! Upstream overflows its stack where a loop matches nothing, for such a loop never ends; here that is [`Stop::Endless`].
//! Ctrl-C ends a search.

use super::program::{ANY, Instruction, Program};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};

/// The place of a group that has matched nothing.
pub const UNSET: usize = usize::MAX;

/// Why a search gave up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// No memory.
    Memory,
    /// Ctrl-C.
    Interrupted,
    /// A loop that matches nothing.
    Endless,
}

/// What is to be tried when the way at hand has led nowhere.
#[derive(Clone, Copy)]
enum Entry {
    /// Goes on with this instruction at this place.
    Branch { at: usize, position: usize },
    /// Puts back what a register held.
    Restore { register: u16, old: usize },
    /// Goes on with this instruction one character before `position`, but not before `low`.
    Shorter { at: usize, low: usize, position: usize },
    /// Lets the run that this instruction is take one character more.
    Longer { at: usize, position: usize },
}

/// Which choices were made where: one bit for each choice and place.
struct Memo {
    words: Vec<u64>,
    base: usize,
    choices: usize,
    /// The furthest place that was marked.
    furthest: usize,
}

impl Memo {
    fn new(base: usize, end: usize, choices: usize, most_bytes: usize) -> Result<Memo, Stop> {
        let bits = (end - base + 1).checked_mul(choices).ok_or(Stop::Memory)?;
        let count = bits.div_ceil(64);
        let mut words = Vec::new();
        if count > most_bytes / 8 || words.try_reserve_exact(count).is_err() {
            return Err(Stop::Memory);
        }
        words.resize(count, 0);
        Ok(Memo { words, base, choices, furthest: base })
    }

    /// Marks a choice at a place; false if it was marked.
    fn mark(&mut self, choice: u16, position: usize) -> bool {
        let bit = (position - self.base) * self.choices + usize::from(choice);
        let Some(word) = self.words.get_mut(bit / 64) else { return true };
        let mask = 1 << (bit % 64);
        let is_new = *word & mask == 0;
        *word |= mask;
        self.furthest = self.furthest.max(position);
        is_new
    }

    /// Forgets all marks.
    fn clear(&mut self) {
        let bits = (self.furthest - self.base + 1) * self.choices;
        let count = bits.div_ceil(64).min(self.words.len());
        self.words[..count].fill(0);
        self.furthest = self.base;
    }
}

/// What a matcher keeps from one search to the next.
#[derive(Default)]
pub struct Scratch {
    /// The places of the last match: begin and end of the whole, then of each group, then what loops keep.
    pub registers: Vec<usize>,
    stack: Vec<Entry>,
    memo: Option<Memo>,
    /// How much was done since the scratch was made.
    pub steps: usize,
}

/// A text in which to search.
pub struct Matcher<'a> {
    /// What to search.
    pub program: &'a Program,
    /// The text, up to where it is taken to end.
    pub text: &'a [u8],
    /// Whether the text is UTF-8 and its characters are to be kept whole.
    pub is_text: bool,
    /// How much memory may be taken.
    pub most_bytes: usize,
    /// Set by Ctrl-C.
    pub interrupt: &'a AtomicBool,
    /// What can be used again.
    pub scratch: &'a mut Scratch,
}

/// So many steps for each byte of the text are no reason to remember anything.
const PATIENCE: usize = 16;
/// As many more steps anyway.
const LEAST_PATIENCE: usize = 4096;
/// Steps between two looks at Ctrl-C.
const LOOK: usize = 1 << 16;

impl Matcher<'_> {
    /// Finds the first match at or behind `from`, or, if `anchored`, just there. Its places are in
    /// [`Scratch::registers`].
    pub fn search(&mut self, from: usize, anchored: bool) -> Result<bool, Stop> {
        let registers = usize::from(self.program.registers);
        self.scratch.registers.clear();
        self.scratch.registers.try_reserve_exact(registers).map_err(|_| Stop::Memory)?;
        self.scratch.registers.resize(registers, UNSET);
        if let Some(memo) = &mut self.scratch.memo {
            memo.clear();
        }
        let mut patience = self
            .scratch
            .steps
            .saturating_add(PATIENCE * (self.text.len() - from.min(self.text.len())) + LEAST_PATIENCE);
        let mut position = from;
        loop {
            if !anchored && let Some(first) = &self.program.first {
                let rest = self.text.get(position..).unwrap_or(&[]);
                match rest.iter().position(|&byte| first[usize::from(byte)]) {
                    Some(length) => position += length,
                    None => return Ok(false),
                }
            }
            if self.run(position, from, &mut patience)? {
                return Ok(true);
            }
            if anchored || position >= self.text.len() {
                return Ok(false);
            }
            position += self.width(position);
        }
    }

    /// How many bytes the character at a place has.
    fn width(&self, position: usize) -> usize {
        match self.text.get(position) {
            Some(0xC0..) if self.is_text => {
                let rest = &self.text[position + 1..];
                1 + rest.iter().take(3).take_while(|&&byte| is_inside(byte)).count()
            }
            _ => 1,
        }
    }

    /// Where the character before a place begins.
    fn before(&self, position: usize) -> usize {
        let mut position = position - 1;
        while self.is_text && position > 0 && self.text.get(position).is_some_and(|&byte| is_inside(byte)) {
            position -= 1;
        }
        position
    }

    /// The place behind a character of a set.
    fn one(&self, set: u16, position: usize) -> Option<usize> {
        let &byte = self.text.get(position)?;
        if set == ANY {
            return Some(position + self.width(position));
        }
        let set = self.program.sets.get(usize::from(set))?;
        if byte < 128 || !self.is_text {
            return set.low[usize::from(byte)].then_some(position + 1);
        }
        let end = position + self.width(position);
        let code = core::str::from_utf8(&self.text[position..end]).ok().and_then(|text| text.chars().next());
        set.contains(code.map_or(u32::from(byte), u32::from)).then_some(end)
    }

    /// The place behind as many characters of a set as there are, without marks.
    fn far(&self, set: u16, from: usize) -> usize {
        if set == ANY {
            return self.text.len();
        }
        let Some(members) = self.program.sets.get(usize::from(set)) else { return from };
        let mut position = from;
        while let Some(&byte) = self.text.get(position) {
            if byte < 128 || !self.is_text {
                if !members.low[usize::from(byte)] {
                    break;
                }
                position += 1;
            } else {
                match self.one(set, position) {
                    Some(next) => position = next,
                    None => break,
                }
            }
        }
        position
    }

    /// The same with marks: the place before the first that this run has been at.
    fn far_unmarked(&mut self, set: u16, choice: u16, from: usize) -> usize {
        let mut position = from;
        while let Some(next) = self.one(set, position) {
            if !self.mark(choice, next) {
                break;
            }
            position = next;
        }
        position
    }

    fn mark(&mut self, choice: u16, position: usize) -> bool {
        match &mut self.scratch.memo {
            Some(memo) => memo.mark(choice, position),
            None => true,
        }
    }

    fn push(&mut self, entry: Entry) -> Result<(), Stop> {
        let stack = &mut self.scratch.stack;
        if stack.len() == stack.capacity() {
            if stack.len() > self.most_bytes / size_of::<Entry>() {
                return Err(Stop::Memory);
            }
            stack.try_reserve(64).map_err(|_| Stop::Memory)?;
        }
        stack.push(entry);
        Ok(())
    }

    fn set_register(&mut self, register: u16, position: usize) -> Result<(), Stop> {
        let Some(place) = self.scratch.registers.get_mut(usize::from(register)) else { return Ok(()) };
        let old = core::mem::replace(place, position);
        self.push(Entry::Restore { register, old })
    }

    /// Looks at Ctrl-C now and then, and begins to remember when patience is at its end.
    fn mind_steps(&mut self, before: usize, from: usize, patience: &mut usize) -> Result<(), Stop> {
        let steps = self.scratch.steps;
        if before / LOOK != steps / LOOK && self.interrupt.load(Ordering::Relaxed) {
            return Err(Stop::Interrupted);
        }
        if steps > *patience {
            *patience = usize::MAX;
            let choices = usize::from(self.program.choices);
            if choices > 0 {
                self.scratch.memo = Some(Memo::new(from, self.text.len(), choices, self.most_bytes)?);
            }
        }
        Ok(())
    }

    /// Matches at one place.
    fn run(&mut self, start: usize, from: usize, patience: &mut usize) -> Result<bool, Stop> {
        self.scratch.stack.clear();
        let (mut at, mut position) = (0, start);
        loop {
            let before = self.scratch.steps;
            self.scratch.steps += 1;
            let Some(&instruction) = self.program.code.get(at) else { return Ok(false) };
            let target = |jump: i32| at.wrapping_add_signed(jump as isize);
            let next = match instruction {
                Instruction::Byte(byte) => {
                    (self.text.get(position) == Some(&byte)).then_some((at + 1, position + 1))
                }
                Instruction::Any => self.one(ANY, position).map(|position| (at + 1, position)),
                Instruction::Set(set) => self.one(set, position).map(|position| (at + 1, position)),
                Instruction::Jump(jump) => Some((target(jump), position)),
                Instruction::Begin => (position == 0).then_some((at + 1, position)),
                Instruction::End => (position == self.text.len()).then_some((at + 1, position)),
                Instruction::Save(register) => {
                    self.set_register(register, position)?;
                    Some((at + 1, position))
                }
                Instruction::Progress(register) => {
                    if self.scratch.registers.get(usize::from(register)) == Some(&position) {
                        return Err(Stop::Endless);
                    }
                    Some((at + 1, position))
                }
                Instruction::Match => return Ok(true),
                Instruction::Split { choice, .. } | Instruction::Run { choice, .. }
                    if !self.mark(choice, position) =>
                {
                    None
                }
                Instruction::Split { jump, jump_first, .. } => {
                    let (now, later) =
                        if jump_first { (target(jump), at + 1) } else { (at + 1, target(jump)) };
                    self.push(Entry::Branch { at: later, position })?;
                    Some((now, position))
                }
                Instruction::Run { lazy: true, .. } => {
                    self.push(Entry::Longer { at, position })?;
                    Some((at + 1, position))
                }
                Instruction::Run { set, choice, .. } => {
                    let far = match self.scratch.memo {
                        Some(_) => self.far_unmarked(set, choice, position),
                        None => self.far(set, position),
                    };
                    self.scratch.steps += far - position;
                    if far > position {
                        self.push(Entry::Shorter { at: at + 1, low: position, position: far })?;
                    }
                    Some((at + 1, far))
                }
            };
            match next.or_else(|| self.back()) {
                Some(next) => (at, position) = next,
                None => return Ok(false),
            }
            if self.scratch.steps > *patience || before / LOOK != self.scratch.steps / LOOK {
                self.mind_steps(before, from, patience)?;
            }
        }
    }

    /// The way to be tried next.
    fn back(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.scratch.stack.pop()? {
                Entry::Branch { at, position } => return Some((at, position)),
                Entry::Restore { register, old } => {
                    if let Some(place) = self.scratch.registers.get_mut(usize::from(register)) {
                        *place = old;
                    }
                }
                Entry::Shorter { at, low, position } => {
                    let end = self.shorter(at, low, position);
                    self.scratch.steps += position - end;
                    if end > low {
                        // There is room: an entry has just gone.
                        self.scratch.stack.push(Entry::Shorter { at, low, position: end });
                    }
                    return Some((at, end));
                }
                Entry::Longer { at, position } => {
                    let Some(&Instruction::Run { set, choice, .. }) = self.program.code.get(at) else {
                        continue;
                    };
                    if let Some(next) = self.one(set, position)
                        && self.mark(choice, next)
                    {
                        self.scratch.stack.push(Entry::Longer { at, position: next });
                        return Some((at + 1, next));
                    }
                }
            }
        }
    }

    /// The next shorter end of a run from which it is worth going on: where a certain byte must follow, the next place
    /// before that byte.
    fn shorter(&self, at: usize, low: usize, position: usize) -> usize {
        let mut end = self.before(position);
        if let Some(&Instruction::Byte(wanted)) = self.program.code.get(at) {
            while end > low && self.text.get(end) != Some(&wanted) {
                end = self.before(end);
            }
        }
        end
    }
}

/// Whether a byte is in a character of UTF-8, but not its first.
fn is_inside(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::super::compile::{PatternError, compile};
    use super::*;
    use alloc::string::String;

    fn search(pattern: &str, text: &str) -> Result<Option<Vec<String>>, Stop> {
        let units: Vec<u32> = pattern.chars().map(u32::from).collect();
        let program = compile(&units, true).expect(pattern);
        let mut scratch = Scratch::default();
        let mut matcher = Matcher {
            program: &program,
            text: text.as_bytes(),
            is_text: true,
            most_bytes: 1 << 24,
            interrupt: &AtomicBool::new(false),
            scratch: &mut scratch,
        };
        if !matcher.search(0, false)? {
            return Ok(None);
        }
        let groups = 2 * (usize::from(program.groups) + 1);
        let group = |place: &[usize]| match place[0] {
            UNSET => String::from("-"),
            begin => String::from(&text[begin..place[1]]),
        };
        Ok(Some(scratch.registers[..groups].chunks(2).map(group).collect()))
    }

    fn found(pattern: &str, text: &str) -> String {
        match search(pattern, text) {
            Ok(Some(groups)) => groups.join(","),
            Ok(None) => String::from("none"),
            Err(stop) => alloc::format!("{stop:?}"),
        }
    }

    #[test]
    fn matches() {
        for (pattern, text, expected) in [
            ("a.c", "xabc", "abc"),
            ("(a)(b)?", "ac", "a,a,-"),
            ("a|b|c", "c", "c"),
            ("(a|ab)(c|bcd)", "abcd", "abcd,a,bcd"),
            ("(?:ab)+c", "xababc", "ababc"),
            (".*?b", "aabab", "aab"),
            (".*b", "aabab!", "aabab"),
            ("(a+)+b", "xaaab", "aaab,aaa"),
            ("[^a-c]+", "abcdéöa", "déö"),
            ("[à-ü]+", "abcéöd", "éö"),
            ("é*x", "ééx", "ééx"),
            (".{", "é{", "é{"),
            ("\\d+\\s\\w+\\W", "a 12 ab!", "12 ab!"),
            ("[\\d-x]+", "ab-4x", "-4x"),
            ("^b", "ab", "none"),
            ("b$", "ab", "b"),
            ("x*y", "aaxxy", "xxy"),
            ("(a?)*?b", "aab", "aab,a"),
            ("(a*)*", "b", "Endless"),
            ("(|a)+", "aa", "Endless"),
            ("(a|b)*?c|d", "abd", "d,-"),
            ("(a|)+?b", "aab", "aab,a"),
            ("x?", "", ""),
        ] {
            assert_eq!(found(pattern, text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn runaway_patterns_end_soon() {
        let text: String = core::iter::repeat_n('a', 20_000).collect();
        for pattern in ["(a+)+b", "(a|a)*b", "a*a*a*a*b", "(a*?)(a*?)(a*?)b", "(?:aa?a?a?)+?b", "((a+)x?)+b"]
        {
            assert!(matches!(search(pattern, &text), Ok(None)), "{pattern}");
        }
        let nearly = text.clone() + "b";
        assert_eq!(found("(a+)+b", &nearly).len(), nearly.len() + 1 + text.len());
    }

    #[test]
    fn refused() {
        for (pattern, error) in [
            (")", PatternError::Unbalanced),
            ("(", PatternError::TooComplex),
            ("a**", PatternError::TooComplex),
            ("[a", PatternError::TooComplex),
            ("[a\\]", PatternError::TooComplex),
            ("(?:)*", PatternError::TooComplex),
            ("\\", PatternError::TooComplex),
        ] {
            let units: Vec<u32> = pattern.chars().map(u32::from).collect();
            assert_eq!(compile(&units, true).err(), Some(error), "{pattern}");
        }
        let deep: Vec<u32> =
            "(?:".repeat(100_000).chars().chain(")".repeat(100_000).chars()).map(u32::from).collect();
        assert!(compile(&deep, true).is_ok());
    }
}
