//! Checks that a draft is sound: the rules that the interpreter relies on.
//!
//! Every operation exists and is whole; registers, constants, sites and spilled locals are in range, and so are the
//! rows of registers that calls and displays take; jumps and handlers lead to the beginning of an instruction;
//! handlers cover whole instructions and come innermost first; control does not run off the end; no register is read
//! that may hold nothing (`flow.rs`).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::draft::{CodeDraft, Constant, Draft};
use super::flow::stale_read;
use super::instructions::{LEFT_OUT, Layout, TABLE, a_of, b_of, c_of, j_of, length, op, op_of, slice_of};
use super::operands::{Operand, Wide, meaning, row, wide_of};

/// What is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which of the draft's codes.
    pub code: usize,
    /// At which word.
    pub word: u32,
    /// What.
    pub what: &'static str,
}

/// Checks a whole draft.
///
/// # Errors
///
/// The first fault that is found.
pub fn verify(draft: &Draft) -> Result<(), Fault> {
    if draft.main >= draft.codes.len() {
        return Err(Fault { code: draft.main, word: 0, what: "no main code" });
    }
    draft.codes.iter().enumerate().try_for_each(|(index, code)| {
        verify_code(code, index, draft).map_err(|(word, what)| Fault { code: index, word, what })
    })
}

fn is_code(constant: Option<&Constant>, index: usize, draft: &Draft) -> bool {
    // An enclosed code comes before the one around it.
    matches!(constant, Some(Constant::Code(inner)) if *inner < index && *inner < draft.codes.len())
}

fn verify_code(code: &CodeDraft, index: usize, draft: &Draft) -> Result<(), (u32, &'static str)> {
    if code.registers > 256 {
        return Err((0, "too many registers"));
    }
    let counted = usize::from(code.positional)
        + usize::from(code.keyword_only)
        + usize::from(code.flags.star)
        + usize::from(code.flags.double_star);
    if counted != code.parameters.len() || code.positional_only > code.positional {
        return Err((0, "parameters miscounted"));
    }
    let fixed = u16::from(code.free_first) + u16::from(code.free_count);
    if usize::from(code.free_first) != counted || fixed > code.registers {
        return Err((0, "closure misplaced"));
    }
    let end = code.words.len() as u32;
    let mut starts = BTreeSet::new();
    let mut targets: Vec<(u32, i64)> = Vec::new();
    let mut at = 0;
    let mut last = op::Move;
    while at < end {
        starts.insert(at);
        let word = code.words[at as usize];
        last = op_of(word);
        let Some((_, layout)) = TABLE.get(usize::from(last)) else { return Err((at, "no such operation")) };
        let length = length(word);
        if at + length > end {
            return Err((at, "cut short"));
        }
        let second = if length == 2 { code.words[at as usize + 1] } else { 0 };
        let (bytes, wide) = meaning(last);
        for (operand, value) in bytes.into_iter().zip([a_of(word), b_of(word), c_of(word)]) {
            if operand == Operand::Register && u16::from(value) >= code.registers.max(1) {
                return Err((at, "register out of range"));
            }
            if operand == Operand::Sense && value > 1 {
                return Err((at, "no truth"));
            }
        }
        let (first, count) = row(word, second);
        if count > 0 && u32::from(first) + count > u32::from(code.registers) {
            return Err((at, "row of registers out of range"));
        }
        let operand = wide_of(word, second);
        let next = i64::from(at + length);
        match wide {
            Wide::Constant => {
                let constant = code.constants.get(operand as usize);
                let fits = match last {
                    op::MakeFunction | op::CallCode => is_code(constant, index, draft),
                    op::CallKeyword | op::CallMethodKeyword => matches!(constant, Some(Constant::Tuple(_))),
                    _ => constant.is_some() && !matches!(constant, Some(Constant::Code(_))),
                };
                if !fits {
                    return Err((at, "constant out of range"));
                }
            }
            Wide::Site if operand as usize >= code.sites.len() => return Err((at, "site out of range")),
            Wide::Spilled if operand >= code.spilled => return Err((at, "spilled local out of range")),
            Wide::Spec if operand > 256 => return Err((at, "no such register")),
            Wide::Slice => {
                let known = |part: u8| part == LEFT_OUT || u16::from(part) < code.registers;
                if operand >> 24 != 0 || !slice_of(operand).into_iter().all(known) {
                    return Err((at, "register out of range"));
                }
            }
            Wide::Jump if *layout == Layout::J => targets.push((at, next + i64::from(j_of(word)))),
            Wide::Jump => targets.push((at, next + i64::from(operand as i32))),
            _ => {}
        }
        at += length;
    }
    let goes_on =
        [op::Return, op::ReturnNone, op::Raise, op::RaiseFrom, op::Reraise, op::RaiseNothing, op::Jump];
    if !goes_on.contains(&last) {
        return Err((end, "runs off the end"));
    }
    let is_start = |target: i64| u32::try_from(target).is_ok_and(|target| starts.contains(&target));
    for (at, target) in targets {
        if !is_start(target) {
            return Err((at, "jump to nowhere"));
        }
    }
    for (index, handler) in code.handlers.iter().enumerate() {
        let whole = is_start(handler.start.into()) && (handler.end == end || is_start(handler.end.into()));
        if !whole || handler.start >= handler.end {
            return Err((handler.start, "handler covers no whole instructions"));
        }
        if !is_start(handler.target.into()) || u16::from(handler.register) >= code.registers {
            return Err((handler.target, "handler out of range"));
        }
        let inside = |outer: &&super::draft::Handler| {
            outer.start <= handler.start
                && handler.end <= outer.end
                && (outer.start, outer.end) != (handler.start, handler.end)
        };
        if code.handlers[..index].iter().any(|earlier| inside(&earlier)) {
            return Err((handler.start, "outer handler before an inner one"));
        }
    }
    let ascending = code.lines.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !ascending || code.lines.last().is_some_and(|line| line.0 > end) {
        return Err((0, "lines out of order"));
    }
    match stale_read(code) {
        Some(at) => Err((at, "reads a register that may hold nothing")),
        None => Ok(()),
    }
}
