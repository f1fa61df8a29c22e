//! Shows drafts, for tests and for those who work on the compiler.
//!
//! One instruction a line: the source line where it changes, the word's index, the operation, its operands, and what
//! a constant, site or jump stands for.

use alloc::string::String;
use core::fmt::{self, Display, Formatter, Write};

use super::draft::{CodeDraft, Constant, Draft};
use super::instructions::{LEFT_OUT, Layout, TABLE, a_of, b_of, c_of, j_of, length, op, op_of, slice_of};
use super::operands::{Operand, Wide, meaning, wide_of};

impl Display for Draft {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (index, code) in self.codes.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write!(out, "{code}")?;
        }
        Ok(())
    }
}

impl Display for Constant {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Constant::None => write!(out, "None"),
            Constant::True => write!(out, "True"),
            Constant::False => write!(out, "False"),
            Constant::Ellipsis => write!(out, "..."),
            Constant::Int(number) => write!(out, "{number}"),
            Constant::BigInt(digits, radix) => write!(out, "{digits} (base {radix})"),
            Constant::Float(number) => write!(out, "{number:?}"),
            Constant::Imaginary(number) => write!(out, "{number:?}j"),
            Constant::Str(text) => write!(out, "{text:?}"),
            Constant::Bytes(bytes) => write!(out, "b\"{}\"", bytes.escape_ascii()),
            Constant::Tuple(items) => {
                write!(out, "(")?;
                for item in items {
                    write!(out, "{item},")?;
                }
                write!(out, ")")
            }
            Constant::Code(number) => write!(out, "code {number}"),
        }
    }
}

impl CodeDraft {
    fn head(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}(", self.name)?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(out, "{separator}{parameter}")?;
        }
        write!(out, ") registers={}", self.registers)?;
        if self.spilled > 0 {
            write!(out, " spilled={}", self.spilled)?;
        }
        if self.free_count > 0 {
            write!(out, " free={}+{}", self.free_first, self.free_count)?;
        }
        let flags = [
            (self.flags.star, "star"),
            (self.flags.double_star, "double_star"),
            (self.flags.generator, "generator"),
            (self.flags.coroutine, "coroutine"),
            (self.flags.namespace, "namespace"),
        ];
        for (_, name) in flags.iter().filter(|flag| flag.0) {
            write!(out, " {name}")?;
        }
        writeln!(out)
    }

    fn instruction(&self, at: usize) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let word = self.words[at];
        let Some((name, layout)) = TABLE.get(usize::from(op_of(word))) else {
            write!(text, "? {word:#x}")?;
            return Ok(text);
        };
        let length = length(word) as usize;
        let second = if length == 2 { self.words.get(at + 1).copied().unwrap_or(0) } else { 0 };
        let (bytes, wide) = meaning(op_of(word));
        write!(text, "{name:<16}")?;
        for (operand, value) in bytes.into_iter().zip([a_of(word), b_of(word), c_of(word)]) {
            match operand {
                Operand::Unused => {}
                Operand::Register => write!(text, " r{value}")?,
                Operand::Number => write!(text, " {value}")?,
                Operand::Signed => write!(text, " {}", value as i8)?,
                Operand::Sense => write!(text, " {}", value != 0)?,
            }
        }
        let operand = wide_of(word, second);
        match wide {
            Wide::Unused => {}
            Wide::Constant => match self.constants.get(operand as usize) {
                Some(constant) => write!(text, " {constant}")?,
                None => write!(text, " constant {operand}")?,
            },
            Wide::Site => write!(text, " {}", self.sites.get(operand as usize).map_or("?", |site| site))?,
            Wide::Jump => {
                let distance = if *layout == Layout::J { j_of(word) } else { operand as i32 };
                write!(text, " -> {}", (at + length) as i64 + i64::from(distance))?;
            }
            Wide::Number if op_of(word) == op::LoadInt => write!(text, " {}", operand as u16 as i16)?,
            Wide::Number | Wide::Spilled => write!(text, " {operand}")?,
            Wide::Spec if operand < 256 => write!(text, " r{operand}")?,
            Wide::Spec => {}
            Wide::Slice => {
                for (number, part) in slice_of(operand).into_iter().enumerate() {
                    write!(text, "{}", if number == 0 { " " } else { ":" })?;
                    if part != LEFT_OUT {
                        write!(text, "r{part}")?;
                    }
                }
            }
        }
        Ok(text)
    }
}

impl Display for CodeDraft {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.head(out)?;
        let mut lines = self.lines.iter().peekable();
        let mut at = 0;
        while at < self.words.len() {
            let mut line = None;
            while let Some((_, number)) = lines.next_if(|line| line.0 as usize <= at) {
                line = Some(number);
            }
            match line {
                Some(line) => write!(out, "{line:>4}")?,
                None => write!(out, "    ")?,
            }
            writeln!(out, " {at:>4} {}", self.instruction(at)?)?;
            at += length(self.words[at]) as usize;
        }
        for handler in &self.handlers {
            let (start, end, target, register) =
                (handler.start, handler.end, handler.target, handler.register);
            writeln!(out, "     {start}..{end} -> {target} r{register}")?;
        }
        Ok(())
    }
}
