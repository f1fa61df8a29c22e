//! Coroutines that nobody awaited: found when they are collected, or when the program ends.
//!
//! A call costs nothing for it unless the warnings are wanted; then a coroutine keeps, until it begins, where it was made.
//! One that became a task, or was closed, counts as awaited. Each place is reported once.

use super::{FrameKind, Stream, Vm};
use crate::heap::{Slot, Symbol, Value};
use crate::objects::generator::{Generator, State};
use alloc::vec::Vec;

/// A coroutine that never began: its name, and the file and line that made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unawaited {
    name: Symbol,
    file: Symbol,
    line: u32,
}

/// The warnings of a machine.
#[derive(Default)]
pub struct Warnings {
    /// Found and not reported yet.
    found: Vec<Unawaited>,
    /// Reported already.
    reported: Vec<Unawaited>,
}

/// So many places are reported; who has more has been told.
const MOST: usize = 100;

/// Bits of a place that are the line.
const LINE_BITS: u32 = 20;

/// A place as one inline value; unbound where that is too small for it, as in 32-bit values.
fn place(file: Symbol, line: u32) -> Value {
    let line = i64::from(line).min((1 << LINE_BITS) - 1);
    Value::small_int(i64::from(file.number()) << LINE_BITS | line).unwrap_or(Value::UNBOUND)
}

impl Warnings {
    /// Notes a coroutine that nobody can await any more, if it is one.
    pub fn note(&mut self, generator: &Generator) {
        if generator.state != State::Created || !generator.code.flags.coroutine {
            return;
        }
        let Some(place) = generator.delegate.as_small_int() else { return };
        let file = Symbol::from_number((place >> LINE_BITS) as u32);
        let line = (place & ((1 << LINE_BITS) - 1)) as u32;
        let unawaited = Unawaited { name: generator.code.name, file, line };
        if self.found.len() < MOST && !self.found.contains(&unawaited) && !self.reported.contains(&unawaited)
        {
            self.found.push(unawaited);
        }
    }
}

impl Vm {
    /// Has coroutines reported that nobody awaited.
    pub fn warn_of_unawaited(&mut self) {
        self.heap.warnings = Some(Warnings::default());
    }

    /// Where a coroutine is being made, if somebody wants to know.
    pub(super) fn place_of_maker(&self) -> Value {
        if self.heap.warnings.is_none() {
            return Value::UNBOUND;
        }
        let maker = self.fiber.frames.iter().rev().find_map(|frame| match &frame.kind {
            FrameKind::Python(frame) => Some(frame),
            FrameKind::Native(..) => None,
        });
        maker.map_or(Value::UNBOUND, |frame| place(frame.code.file, frame.code.line_at(frame.pc)))
    }

    /// Somebody else sees to a coroutine from now on: a task that was made of it.
    pub fn adopt_coroutine(&mut self, coroutine: Value) {
        if let Some((Slot::Generator(generator), _)) = self.heap.slot_and_budget(coroutine)
            && generator.state == State::Created
        {
            generator.delegate = Value::UNBOUND;
        }
    }

    /// Reports what a collection has found.
    pub(super) fn report_unawaited(&mut self) {
        let Some(warnings) = &mut self.heap.warnings else { return };
        let found = core::mem::take(&mut warnings.found);
        for unawaited in found {
            let Unawaited { name, file, line } = unawaited;
            let (file, name) = (self.heap.symbols.text(file), self.heap.symbols.text(name));
            let text =
                alloc::format!("{file}:{line}: RuntimeWarning: coroutine '{name}' was never awaited\n");
            self.write(Stream::Error, &text);
            if let Some(warnings) = self.heap.warnings.as_mut().filter(|known| known.reported.len() < MOST) {
                warnings.reported.push(unawaited);
            }
        }
    }

    /// The program is over: reports every coroutine that has not begun, whoever may still hold it.
    pub fn report_all_unawaited(&mut self) {
        let Some(mut warnings) = self.heap.warnings.take() else { return };
        for slot in self.heap.places() {
            if let Slot::Generator(generator) = slot {
                warnings.note(generator);
            }
        }
        self.heap.warnings = Some(warnings);
        self.report_unawaited();
    }
}
