//! Checks that no instruction reads a register that may hold nothing or something stale.
//!
//! A forward analysis over one code object: which registers certainly hold a value before each word. A call loses
//! its function and everything above; a handler is entered with what holds at every word that it covers. Locals count
//! as unbound until they are assigned or checked, so that this proves that checks are where they have to be.

use alloc::vec;
use alloc::vec::Vec;

use super::assigned::Bound;
use super::draft::CodeDraft;
use super::instructions::{LEFT_OUT, Layout, TABLE, a_of, b_of, j_of, length, op, op_of, slice_of};
use super::operands::{Operand, meaning, row};

/// What an instruction does to registers.
struct Effect {
    reads: Bound,
    writes: Bound,
    /// The first register of those that are lost before it writes.
    loses_from: Option<u8>,
    /// The one that holds nothing afterwards.
    unbinds: Option<u8>,
}

/// Operations whose first operand is read.
const READS_A: &[u8] = &[
    op::StoreGlobal,
    op::StoreName,
    op::StoreCell,
    op::DeleteCell,
    op::JumpIfTrue,
    op::JumpIfFalse,
    op::JumpIfEqual,
    op::JumpIfNotEqual,
    op::JumpIfLess,
    op::JumpIfLessEqual,
    op::JumpIfGreater,
    op::JumpIfGreaterEqual,
    op::JumpIfIs,
    op::JumpIfIn,
    op::JumpIfNoMatch,
    op::JumpIfNotStopAsync,
    op::StoreAttribute,
    op::DeleteAttribute,
    op::StoreItem,
    op::StoreSlice,
    op::DeleteItem,
    op::ListAppend,
    op::ListExtend,
    op::SetAdd,
    op::SetUpdate,
    op::DictInsert,
    op::DictUpdate,
    op::DictMerge,
    op::Return,
    op::Raise,
    op::RaiseFrom,
    op::Reraise,
    op::ImportStar,
    op::ShowExpression,
];

/// Operations whose first operand is neither read nor written in this sense.
const LEAVES_A: &[u8] = &[op::DeleteLocal, op::SpillPush, op::StoreSpilled];

/// Operations whose second operand begins a row that may be empty.
const ROW_AT_B: &[u8] =
    &[op::BuildSlice, op::BuildTuple, op::BuildList, op::BuildSet, op::BuildString, op::MakeFunction];

fn insert_row(set: &mut Bound, (first, count): (u8, u32)) {
    for register in (u32::from(first)..u32::from(first) + count).take_while(|it| *it < 256) {
        set.insert(register as u8);
    }
}

fn effect(word: u32, second: u32) -> Effect {
    let number = op_of(word);
    let (a, b, c) = (a_of(word), b_of(word), (word >> 24) as u8);
    let mut effect =
        Effect { reads: Bound::default(), writes: Bound::default(), loses_from: None, unbinds: None };
    match number {
        op::Call | op::CallKeyword | op::CallMethod | op::CallMethodKeyword | op::CallCode => {
            insert_row(&mut effect.reads, row(word, second));
            effect.loses_from = Some(a);
            effect.writes.insert(c);
            return effect;
        }
        op::CallSpread => {
            insert_row(&mut effect.reads, row(word, second));
            effect.loses_from = Some(a);
            effect.writes.insert(b);
            return effect;
        }
        op::Unpack | op::UnpackStar | op::LoadMethod | op::LoadExceptionParts => {
            effect.reads.insert(b);
            insert_row(&mut effect.writes, row(word, second));
            return effect;
        }
        op::LoadSlice | op::StoreSlice => {
            let parts = slice_of(second).into_iter().filter(|part| *part != LEFT_OUT);
            parts.for_each(|part| effect.reads.insert(part));
        }
        op::FormatValue => insert_row(&mut effect.reads, row(word, second)),
        op::DeleteLocal => effect.unbinds = Some(a),
        _ => {}
    }
    let (bytes, _) = meaning(number);
    if bytes[0] == Operand::Register && !LEAVES_A.contains(&number) {
        if READS_A.contains(&number) {
            effect.reads.insert(a);
        } else {
            effect.writes.insert(a);
        }
    }
    if ROW_AT_B.contains(&number) {
        insert_row(&mut effect.reads, row(word, second));
    } else if bytes[1] == Operand::Register {
        effect.reads.insert(b);
    }
    if bytes[2] == Operand::Register {
        effect.reads.insert(c);
    }
    effect
}

/// Finds the first word that reads what may not be there.
pub(super) fn stale_read(code: &CodeDraft) -> Option<u32> {
    let mut before: Vec<Option<Bound>> = vec![None; code.words.len()];
    let mut entry = Bound::default();
    insert_row(&mut entry, (0, u32::from(code.free_first) + u32::from(code.free_count)));
    let mut waiting = Vec::new();
    meet(&mut before, &mut waiting, 0, entry);
    let mut stale = None;
    while let Some(at) = waiting.pop() {
        let (Some(&word), Some(Some(bound))) = (code.words.get(at), before.get(at)) else { continue };
        let (mut bound, length) = (*bound, length(word) as usize);
        let second = if length == 2 { code.words.get(at + 1).copied().unwrap_or(0) } else { 0 };
        let effect = effect(word, second);
        if bound.both(effect.reads) != effect.reads {
            stale = Some(stale.map_or(at, |earlier: usize| earlier.min(at)));
        }
        if let Some(first) = effect.loses_from {
            let mut lost = Bound::default();
            insert_row(&mut lost, (first, 256));
            bound = bound.without(lost);
        }
        for handler in &code.handlers {
            if (handler.start..handler.end).contains(&(at as u32)) {
                let mut there = bound;
                there.insert(handler.register);
                meet(&mut before, &mut waiting, handler.target as usize, there);
            }
        }
        let untaken = bound;
        bound = bound.either(effect.writes);
        if let Some(register) = effect.unbinds {
            bound.remove(register);
        }
        let next = at + length;
        let layout = TABLE.get(usize::from(op_of(word))).map(|row| row.1);
        let distance = match layout {
            Some(Layout::J) => Some(j_of(word)),
            _ if meaning(op_of(word)).1 == super::operands::Wide::Jump => Some(second as i32),
            _ => None,
        };
        if let Some(distance) = distance {
            let target = (next as i64 + i64::from(distance)) as usize;
            let there = if op_of(word) == op::ForIter { untaken } else { bound };
            meet(&mut before, &mut waiting, target, there);
        }
        if op_of(word) == op::ForNext {
            bound = untaken;
        }
        let ends =
            [op::Return, op::ReturnNone, op::Raise, op::RaiseFrom, op::Reraise, op::RaiseNothing, op::Jump];
        if !ends.contains(&op_of(word)) {
            meet(&mut before, &mut waiting, next, bound);
        }
    }
    stale.map(|at| at as u32)
}

/// Adds a way to get to a word; if that changes what holds there, it waits to be looked at again.
fn meet(before: &mut [Option<Bound>], waiting: &mut Vec<usize>, at: usize, bound: Bound) {
    let Some(slot) = before.get_mut(at) else { return };
    let met = slot.map_or(bound, |old| old.both(bound));
    if *slot != Some(met) {
        *slot = Some(met);
        waiting.push(at);
    }
}
