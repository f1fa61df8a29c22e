//! Words, labels, lines, constants and sites of one code object.
//!
//! Jumps are written before their targets are known, so a target is a [`Label`]: an index into a table of positions
//! that [`Emitter::finish`] looks up when everything is placed. At that point a jump to an unconditional jump goes
//! straight to where that one leads.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::assigned::Bound;
use super::draft::{Constant, Handler, Handling};
use super::error::{Failure, too_large};
use super::instructions::{abc, ax, j, j_of, length, op, op_of};
use super::registers::Held;
use crate::syntax::tree::Position;

/// A place that jumps can name before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(u32);

#[derive(Debug)]
struct LabelState {
    position: Option<u32>,
    bound: Bound,
}

/// What tells constants apart. Floats by their bits, so that `0.0` and `-0.0` stay two.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConstantKey {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    Float(u64),
    Imaginary(u64),
    Str(Box<str>),
    Bytes(Box<[u8]>),
    BigInt(Box<str>, u32),
    Tuple(Vec<ConstantKey>),
}

impl ConstantKey {
    /// The key of a constant; code has none.
    pub fn of(constant: &Constant) -> Option<ConstantKey> {
        Some(match constant {
            Constant::None => ConstantKey::None,
            Constant::True => ConstantKey::True,
            Constant::False => ConstantKey::False,
            Constant::Ellipsis => ConstantKey::Ellipsis,
            Constant::Int(number) => ConstantKey::Int(*number),
            Constant::Float(number) => ConstantKey::Float(number.to_bits()),
            Constant::Imaginary(number) => ConstantKey::Imaginary(number.to_bits()),
            Constant::Str(text) => ConstantKey::Str(text.clone()),
            Constant::Bytes(bytes) => ConstantKey::Bytes(bytes.clone()),
            Constant::BigInt(digits, radix) => ConstantKey::BigInt(digits.clone(), *radix),
            Constant::Tuple(items) => {
                ConstantKey::Tuple(items.iter().map(ConstantKey::of).collect::<Option<_>>()?)
            }
            Constant::Code(_) => return None,
        })
    }
}

/// Collects what a code object consists of.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    words: Vec<u32>,
    lines: Vec<(u32, u32)>,
    line: u32,
    labels: Vec<LabelState>,
    /// Words whose distance waits for a label.
    jumps: Vec<(u32, Label)>,
    constants: Vec<Constant>,
    constant_numbers: BTreeMap<ConstantKey, u32>,
    /// Sites named by 16 bits: globals, one for each name.
    names: Vec<Box<str>>,
    name_numbers: BTreeMap<Box<str>, u16>,
    /// Sites named by a whole word: attributes, one for each use. They are numbered after the names.
    attributes: Vec<Box<str>>,
    /// Second words that hold a number of `attributes`.
    attribute_words: Vec<u32>,
    handlers: Vec<(u32, u32, Label, u8)>,
    handling: Vec<Handling>,
}

/// What [`Emitter::finish`] gives.
pub(super) struct Finished {
    pub words: Vec<u32>,
    pub lines: Vec<(u32, u32)>,
    pub constants: Vec<Constant>,
    pub sites: Vec<Box<str>>,
    pub handlers: Vec<Handler>,
    pub handling: Vec<Handling>,
}

impl Emitter {
    /// Where the next word goes.
    pub fn position(&self) -> u32 {
        self.words.len() as u32
    }

    /// The line of the next word.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// From here on the code belongs to `line`.
    pub fn set_line(&mut self, line: u32) {
        if line == self.line || line == 0 {
            return;
        }
        self.line = line;
        let position = self.position();
        match self.lines.last_mut() {
            Some(last) if last.0 == position => last.1 = line,
            _ => self.lines.push((position, line)),
        }
    }

    /// A word with up to three registers.
    pub fn word(&mut self, op: u8, a: u8, b: u8, c: u8) {
        self.words.push(abc(op, a, b, c));
    }

    /// A word with a 16-bit operand.
    pub fn wide(&mut self, op: u8, a: u8, x: u16) {
        self.words.push(ax(op, a, x));
    }

    /// Two words, the second a plain number.
    pub fn long(&mut self, op: u8, a: u8, b: u8, c: u8, second: u32) {
        self.words.push(abc(op, a, b, c));
        self.words.push(second);
    }

    /// Two words, the second a site for `name`.
    pub fn with_site(&mut self, op: u8, a: u8, b: u8, c: u8, name: &str) {
        self.words.push(abc(op, a, b, c));
        self.attribute_words.push(self.words.len() as u32);
        self.words.push(self.attributes.len() as u32);
        self.attributes.push(name.into());
    }

    /// A word that names a global.
    pub fn with_name(&mut self, op: u8, a: u8, name: &str) -> Result<(), Failure> {
        let number = match self.name_numbers.get(name) {
            Some(&number) => number,
            None => {
                let number =
                    u16::try_from(self.names.len()).map_err(|_| too_large("too many names", self.here()))?;
                self.names.push(name.into());
                self.name_numbers.insert(name.into(), number);
                number
            }
        };
        self.wide(op, a, number);
        Ok(())
    }

    /// r\[a\] = a constant; small integers need no constant.
    pub fn load_constant(&mut self, a: u8, constant: Constant) -> Result<(), Failure> {
        if let Constant::Int(number) = constant
            && let Ok(small) = i16::try_from(number)
        {
            self.wide(op::LoadInt, a, small as u16);
            return Ok(());
        }
        let number = self.constant(constant);
        let number = u16::try_from(number).map_err(|_| too_large("too many constants", self.here()))?;
        self.wide(op::LoadConstant, a, number);
        Ok(())
    }

    /// The number of a constant, which may be an old one.
    pub fn constant(&mut self, constant: Constant) -> u32 {
        let Some(key) = ConstantKey::of(&constant) else {
            self.constants.push(constant);
            return self.constants.len() as u32 - 1;
        };
        if let Some(&number) = self.constant_numbers.get(&key) {
            return number;
        }
        let number = self.constants.len() as u32;
        self.constants.push(constant);
        self.constant_numbers.insert(key, number);
        number
    }

    /// A label that is placed later.
    pub fn label(&mut self) -> Label {
        self.labels.push(LabelState { position: None, bound: Bound::UNREACHABLE });
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label here; `bound` is what holds when control falls in from above. Gives what holds after it.
    pub fn place(&mut self, label: Label, bound: Bound) -> Bound {
        let position = self.position();
        let state = &mut self.labels[label.0 as usize];
        state.position = Some(position);
        bound.both(state.bound)
    }

    /// What the jumps to a label that is not placed yet have in common.
    pub fn note_jump(&mut self, label: Label, bound: Bound) {
        let state = &mut self.labels[label.0 as usize];
        state.bound = state.bound.both(bound);
    }

    /// An unconditional jump.
    pub fn jump(&mut self, label: Label) {
        self.jumps.push((self.position(), label));
        self.words.push(j(op::Jump, 0));
    }

    /// A jump whose distance is in its second word.
    pub fn jump_long(&mut self, op: u8, a: u8, b: u8, c: u8, label: Label) {
        self.words.push(abc(op, a, b, c));
        self.jumps.push((self.position(), label));
        self.words.push(0);
    }

    /// For words in `start..end`, `target` handles what is raised.
    pub fn handler(&mut self, start: u32, end: u32, target: Label, register: u8) {
        if start < end {
            self.handlers.push((start, end, target, register));
        }
    }

    /// From `start` to here an exception is being handled.
    pub fn handling(&mut self, start: u32, exception: Held, kind: Option<Held>) {
        let end = self.position();
        if start < end {
            self.handling.push(Handling { start, end, exception, kind });
        }
    }

    /// Whether control could get past the last word, be it in code that is never reached.
    pub fn may_run_on(&self) -> bool {
        let end = self.position();
        let mut last = op::Move;
        let mut at = 0;
        while let Some(&word) = self.words.get(at) {
            last = op_of(word);
            at += length(word) as usize;
        }
        let is_end =
            [op::Return, op::ReturnNone, op::Raise, op::RaiseFrom, op::Reraise, op::RaiseNothing, op::Jump];
        !is_end.contains(&last) || self.labels.iter().any(|label| label.position == Some(end))
    }

    fn here(&self) -> Position {
        Position { line: self.line, column: 0 }
    }

    fn target(&self, label: Label) -> u32 {
        // A label that was never placed is reached by no jump; the end of the code is as good as any place.
        self.labels[label.0 as usize].position.unwrap_or(self.position())
    }

    /// Fills in what had to wait.
    pub fn finish(mut self) -> Result<Finished, Failure> {
        let here = self.here();
        let direct: BTreeMap<u32, u32> = self
            .jumps
            .iter()
            .filter(|(at, _)| op_of(self.words[*at as usize]) == op::Jump && self.is_operation(*at))
            .map(|&(at, label)| (at, self.target(label)))
            .collect();
        for index in 0..self.jumps.len() {
            let (at, label) = self.jumps[index];
            let mut target = self.target(label);
            for _ in 0..8 {
                match direct.get(&target) {
                    Some(&further) if further != target => target = further,
                    _ => break,
                }
            }
            let distance = i64::from(target) - i64::from(at) - 1;
            if self.is_operation(at) {
                if distance.unsigned_abs() >= 1 << 23 {
                    return Err(too_large("code too long", here));
                }
                self.words[at as usize] = j(op::Jump, distance as i32);
            } else {
                self.words[at as usize] = distance as i32 as u32;
            }
        }
        let first = self.names.len() as u32;
        for &at in &self.attribute_words {
            self.words[at as usize] += first;
        }
        let handlers = core::mem::take(&mut self.handlers)
            .into_iter()
            .map(|(start, end, target, register)| Handler {
                start,
                end,
                target: self.target(target),
                register,
            })
            .collect();
        self.names.append(&mut self.attributes);
        Ok(Finished {
            words: self.words,
            lines: self.lines,
            constants: self.constants,
            sites: self.names,
            handlers,
            handling: self.handling,
        })
    }

    /// Whether the word that waits for a label is a jump itself, not the second word of one.
    fn is_operation(&self, at: u32) -> bool {
        // A second word waits as zero, and no jump has operation zero.
        op_of(self.words[at as usize]) == op::Jump && j_of(self.words[at as usize]) == 0
    }
}
