//! Code objects: what a draft becomes once it is in the heap.

use crate::compile::draft::{Flags, Handler, Handling};
use crate::heap::{Handle, Symbol, Tracer, Value};
use alloc::boxed::Box;
use core::cell::Cell;

/// A name used by an instruction, with the place where it was last found.
pub struct Site {
    /// The name.
    pub name: Symbol,
    /// Where it was found.
    pub cache: Cell<Cache>,
}

/// Where a name was found. It remembers a place, never a value, and the reader checks that the place is still right.
///
/// | use | `key` | `epoch` | `holder` | `place` |
/// |---|---|---|---|---|
/// | global | 0 | | 0 | entry of the globals |
/// | built-in | version of the globals | | 1 | entry of the built-ins |
/// | attribute of an instance | its shape | | 0 | place in the instance |
/// | attribute of its class | its shape | class epoch | class | entry of the class |
/// | attribute of another value | class, with the top bit set | class epoch | class | entry of the class |
/// | store to an instance | shape before | class epoch | shape after | place, with the top bit set |
#[derive(Clone, Copy, Default)]
pub struct Cache {
    /// What the receiver must be like.
    pub key: u32,
    /// The class epoch that it holds for.
    pub epoch: u32,
    /// Whose namespace.
    pub holder: u32,
    /// The place.
    pub place: u32,
}

/// One function, class body, comprehension or module, ready to run.
pub struct Code {
    /// Its name.
    pub name: Symbol,
    /// Its source.
    pub file: Symbol,
    /// The instructions; see [`crate::compile::instructions`].
    pub words: Box<[u32]>,
    /// The constants.
    pub constants: Box<[Value]>,
    /// Names with caches.
    pub sites: Box<[Site]>,
    /// Word index at which each line begins.
    pub lines: Box<[(u32, u32)]>,
    /// Who catches: innermost first.
    pub handlers: Box<[Handler]>,
    /// Where exceptions are being handled: innermost first.
    pub handling: Box<[Handling]>,
    /// Names of the parameters.
    pub parameters: Box<[Symbol]>,
    /// How many registers a frame needs.
    pub registers: u16,
    /// How many spilled locals a frame needs.
    pub spilled: u32,
    /// How many parameters are positional.
    pub positional: u8,
    /// How many of those are positional-only.
    pub positional_only: u8,
    /// How many are keyword-only.
    pub keyword_only: u8,
    /// Where the closure's cells go.
    pub free_first: u8,
    /// How many there are.
    pub free_count: u8,
    /// Properties.
    pub flags: Flags,
    /// Positional parameters only, no generator, no cells, nothing spilled: a call is a window and a frame.
    pub simple: bool,
    /// The globals that it first ran with, for code that programs hold themselves: caches are good for these only.
    pub bound: Cell<Option<Handle>>,
    /// Its own slot.
    pub handle: Cell<Option<Handle>>,
}

impl Code {
    /// The line of the instruction that the word before `pc` belongs to.
    pub fn line_at(&self, pc: u32) -> u32 {
        let word = pc.saturating_sub(1);
        match self.lines.partition_point(|&(start, _)| start <= word) {
            0 => self.lines.first().map_or(1, |&(_, line)| line),
            after => self.lines[after - 1].1,
        }
    }

    /// Shows the collector the constants.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.constants);
        if let Some(globals) = self.bound.get() {
            tracer.handle(globals);
        }
    }

    /// Bytes beside the slot.
    pub fn bytes(&self) -> usize {
        size_of::<Code>()
            + self.words.len() * 4
            + self.constants.len() * size_of::<Value>()
            + self.sites.len() * size_of::<Site>()
            + self.lines.len() * 8
            + self.handlers.len() * size_of::<Handler>()
            + self.handling.len() * size_of::<Handling>()
            + self.parameters.len() * size_of::<Symbol>()
    }
}
