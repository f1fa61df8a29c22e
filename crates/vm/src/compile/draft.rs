//! What the compiler produces: code that refers to nothing in the heap.
//!
//! A draft is plain data, so compiling needs no heap and cannot meet the collector; `run/load.rs` turns drafts into
//! code objects, interning names and making constants there.

use super::Held;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Everything compiled from one source text.
#[derive(Debug)]
pub struct Draft {
    /// Name of the source, for tracebacks.
    pub file: Box<str>,
    /// All code objects; an enclosed one comes before the one that encloses it.
    pub codes: Vec<CodeDraft>,
    /// Which of `codes` is the module (or expression) itself.
    pub main: usize,
}

/// One function, class body, comprehension, lambda or module.
#[derive(Debug, Default)]
pub struct CodeDraft {
    /// Its name: `<module>`, `<lambda>`, `<listcomp>`, … or the function's.
    pub name: Box<str>,
    /// The words.
    pub words: Vec<u32>,
    /// The constants.
    pub constants: Vec<Constant>,
    /// Names of globals, attributes and imports; each has a cache of its own at run time.
    pub sites: Vec<Box<str>>,
    /// Line numbers: word index at which a line begins, ascending.
    pub lines: Vec<(u32, u32)>,
    /// Who catches: innermost first.
    pub handlers: Vec<Handler>,
    /// Where exceptions are being handled: innermost first.
    pub handling: Vec<Handling>,
    /// How many registers a frame needs (at most 256).
    pub registers: u16,
    /// How many spilled locals a frame needs.
    pub spilled: u32,
    /// Names of the parameters in register order: positional, keyword-only, `*args`, `**kwargs`.
    pub parameters: Vec<Box<str>>,
    /// How many parameters are positional.
    pub positional: u8,
    /// How many of those are positional-only.
    pub positional_only: u8,
    /// How many are keyword-only.
    pub keyword_only: u8,
    /// The register from which on the closure's cells are put.
    pub free_first: u8,
    /// How many cells the closure has.
    pub free_count: u8,
    /// What kind of code it is.
    pub flags: Flags,
}

/// Properties of a code object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Has a `*args` parameter.
    pub star: bool,
    /// Has a `**kwargs` parameter.
    pub double_star: bool,
    /// Calling it makes a generator.
    pub generator: bool,
    /// It was `async def` (calling it makes a generator too).
    pub coroutine: bool,
    /// `r[0]` is a namespace dict: a class body, or module-level code compiled for `exec` with a namespace.
    /// Its caller passes the namespace as the one argument.
    pub namespace: bool,
    /// It was marked `@micropython.native`: it runs as any other, but does not show its code.
    pub native: bool,
}

/// An entry of the exception table: for words in `start..end`, go to `target` with the exception in `register`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First word covered.
    pub start: u32,
    /// First word no longer covered.
    pub end: u32,
    /// Where the handler begins.
    pub target: u32,
    /// Where the exception is put.
    pub register: u8,
}

/// An `except` or `finally` block: while words in `start..end` run, an exception is being handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handling {
    /// First word covered.
    pub start: u32,
    /// First word no longer covered.
    pub end: u32,
    /// Where the exception is.
    pub exception: Held,
    /// For `finally`: where the number is that says what led there, [`super::RAISED`] if an exception did.
    pub kind: Option<Held>,
}

/// A constant before there is a heap.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// `...`
    Ellipsis,
    /// An integer that fits 64 bits.
    Int(i64),
    /// Digits and radix of a larger one; a leading `-` is allowed.
    BigInt(Box<str>, u32),
    /// A float.
    Float(f64),
    /// An imaginary number.
    Imaginary(f64),
    /// A string.
    Str(Box<str>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A tuple of constants.
    Tuple(Vec<Constant>),
    /// An index into [`Draft::codes`].
    Code(usize),
}
