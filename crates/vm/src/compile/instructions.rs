//! The instruction set, declared once, as data.
//!
//! An instruction is a 32-bit word: the operation in the low byte, then three byte operands `A`, `B`, `C`, or `A` and
//! a 16-bit `X`, or one signed 24-bit `J`. Some are followed by a second word `W`. `r[n]` is register `n` of the
//! frame; parameters come first (positional, keyword-only, `*args`, `**kwargs`), then cells of the closure
//! ([`super::draft::CodeDraft::free_first`]), then other locals, then temporaries. A register that holds no value is
//! *unbound*.
//!
//! Jump distances count words from the word after the whole instruction (after `W` where there is one). A taken jump
//! with a negative distance is a back-edge: the interpreter counts fuel and looks for interrupts there, and at calls.
//!
//! Adding an instruction is a row here and an arm in `run/dispatch.rs`.

#![allow(rustdoc::broken_intra_doc_links, reason = "`r[A]` is a register, not a link")]

/// How the operands of an instruction are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// No operands.
    None,
    /// `A`
    A,
    /// `A`, `B`
    AB,
    /// `A`, `B`, `C`
    ABC,
    /// `A`, unsigned 16-bit `X`
    AX,
    /// signed 24-bit jump distance
    J,
    /// `A` and a second word
    AW,
    /// `A`, `B` and a second word
    ABW,
    /// `A`, `B`, `C` and a second word
    ABCW,
}

macro_rules! instructions {
    ($($(#[doc = $doc:literal])+ $name:ident $layout:ident;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Number { $($name),+ }

        /// The operation's number, by name.
        #[allow(non_upper_case_globals)]
        pub mod op {
            use super::Number;
            $($(#[doc = $doc])+ pub const $name: u8 = Number::$name as u8;)+
        }

        /// Name and operand layout of each operation, in the order of their numbers.
        pub const TABLE: &[(&str, Layout)] = &[$((stringify!($name), Layout::$layout)),+];
    };
}

instructions! {
    // Values
    /// r[A] = r[B]
    Move AB;
    /// r[A] = constant X
    LoadConstant AX;
    /// r[A] = X as a signed 16-bit integer
    LoadInt AX;
    /// r[A] = global (else built-in) of site X; NameError
    LoadGlobal AX;
    /// global of site X = r[A]
    StoreGlobal AX;
    /// del global of site X; NameError
    DeleteGlobal AX;
    /// r[A] = name of site X in the namespace r[0], else global, else built-in
    LoadName AX;
    /// namespace r[0]: name of site X = r[A]
    StoreName AX;
    /// namespace r[0]: del name of site X
    DeleteName AX;
    /// r[A] = what the cell r[B] holds; NameError when unbound
    LoadCell AB;
    /// the cell r[A] now holds r[B]
    StoreCell AB;
    /// the cell r[A] now holds nothing; NameError when it already does
    DeleteCell A;
    /// r[A] = a new cell that holds r[A] (which may be unbound)
    MakeCell A;
    /// NameError (`local variable referenced before assignment`) when r[A] is unbound
    CheckBound A;
    /// as CheckBound, then r[A] becomes unbound
    DeleteLocal A;
    /// push r[A], which may be unbound, on the frame's spill list, for expressions that need more registers than there
    /// are; the list is empty wherever a statement begins, so entering an exception handler empties it
    SpillPush A;
    /// pop the frame's spill list into r[A]
    SpillPop A;
    /// r[A] = spilled local W; unbound is allowed (CheckBound follows where needed)
    LoadSpilled AW;
    /// spilled local W = r[A]
    StoreSpilled AW;

    // Operators, in the order of `BinaryOp`
    /// r[A] = r[B] | r[C]
    Or ABC;
    /// r[A] = r[B] ^ r[C]
    Xor ABC;
    /// r[A] = r[B] & r[C]
    And ABC;
    /// r[A] = r[B] << r[C]
    LeftShift ABC;
    /// r[A] = r[B] >> r[C]
    RightShift ABC;
    /// r[A] = r[B] + r[C]
    Add ABC;
    /// r[A] = r[B] - r[C]
    Subtract ABC;
    /// r[A] = r[B] * r[C]
    Multiply ABC;
    /// r[A] = r[B] @ r[C]
    MatrixMultiply ABC;
    /// r[A] = r[B] // r[C]
    FloorDivide ABC;
    /// r[A] = r[B] / r[C]
    TrueDivide ABC;
    /// r[A] = r[B] % r[C]
    Modulo ABC;
    /// r[A] = r[B] ** r[C]
    Power ABC;
    // The same in place, in the same order
    /// r[A] = r[B] |= r[C]
    InplaceOr ABC;
    /// r[A] = r[B] ^= r[C]
    InplaceXor ABC;
    /// r[A] = r[B] &= r[C]
    InplaceAnd ABC;
    /// r[A] = r[B] <<= r[C]
    InplaceLeftShift ABC;
    /// r[A] = r[B] >>= r[C]
    InplaceRightShift ABC;
    /// r[A] = r[B] += r[C]
    InplaceAdd ABC;
    /// r[A] = r[B] -= r[C]
    InplaceSubtract ABC;
    /// r[A] = r[B] *= r[C]
    InplaceMultiply ABC;
    /// r[A] = r[B] @= r[C]
    InplaceMatrixMultiply ABC;
    /// r[A] = r[B] //= r[C]
    InplaceFloorDivide ABC;
    /// r[A] = r[B] /= r[C]
    InplaceTrueDivide ABC;
    /// r[A] = r[B] %= r[C]
    InplaceModulo ABC;
    /// r[A] = r[B] **= r[C]
    InplacePower ABC;
    /// r[A] = r[B] + C, C a signed 8-bit integer (also for `- n`); only where the source has a small literal;
    /// it stands for the plain operator, not for the in-place one, unless B is known not to matter: see InplaceAddInt
    AddInt ABC;
    /// r[A] = r[B] += C
    InplaceAddInt ABC;
    /// r[A] = r[B] - C (so that `__sub__` is what an object sees)
    SubtractInt ABC;
    /// r[A] = r[B] -= C
    InplaceSubtractInt ABC;
    /// r[A] = r[B] == r[C]
    Equal ABC;
    /// r[A] = r[B] != r[C]
    NotEqual ABC;
    /// r[A] = r[B] < r[C]
    Less ABC;
    /// r[A] = r[B] <= r[C]
    LessEqual ABC;
    /// r[A] = r[B] > r[C]
    Greater ABC;
    /// r[A] = r[B] >= r[C]
    GreaterEqual ABC;
    /// r[A] = r[B] is r[C]
    Is ABC;
    /// r[A] = r[B] is not r[C]
    IsNot ABC;
    /// r[A] = r[B] in r[C]
    In ABC;
    /// r[A] = r[B] not in r[C]
    NotIn ABC;
    /// r[A] = -r[B]
    Negate AB;
    /// r[A] = +r[B]
    Positive AB;
    /// r[A] = ~r[B]
    Invert AB;
    /// r[A] = not r[B]
    Not AB;

    // Jumps
    /// jump by J
    Jump J;
    /// jump by W if r[A] is true
    JumpIfTrue AW;
    /// jump by W if r[A] is false
    JumpIfFalse AW;
    /// jump by W if (r[A] == r[B]) is (C != 0)
    JumpIfEqual ABCW;
    /// jump by W if (r[A] != r[B]) is (C != 0)
    JumpIfNotEqual ABCW;
    /// jump by W if (r[A] < r[B]) is (C != 0)
    JumpIfLess ABCW;
    /// jump by W if (r[A] <= r[B]) is (C != 0)
    JumpIfLessEqual ABCW;
    /// jump by W if (r[A] > r[B]) is (C != 0)
    JumpIfGreater ABCW;
    /// jump by W if (r[A] >= r[B]) is (C != 0)
    JumpIfGreaterEqual ABCW;
    /// jump by W if (r[A] is r[B]) is (C != 0)
    JumpIfIs ABCW;
    /// jump by W if (r[A] in r[B]) is (C != 0)
    JumpIfIn ABCW;
    /// jump by W unless the exception r[A] is an instance of the type or tuple of types r[B]
    JumpIfNoMatch ABW;
    /// jump by W unless the exception r[A] is a StopAsyncIteration
    JumpIfNotStopAsync AW;

    // Iteration and unpacking
    /// r[A] = iter(r[B])
    GetIter AB;
    /// r[A] = the next item of the iterator r[B], or jump by W when it is exhausted
    ForIter ABW;
    /// r[A] = the next item of the iterator r[B] and jump by W, back to the top of a loop; or go on when it is exhausted;
    /// a back-edge either way
    ForNext ABW;
    /// r[A..A+C] = the C items of r[B]; ValueError when there are more or fewer
    Unpack ABC;
    /// r[A..] = the first C items of r[B], then a list of the middle, then the last W items
    UnpackStar ABCW;

    // Attributes and items; W (or X) names a site: an attribute name and its cache
    /// r[A] = r[B].site W
    LoadAttribute ABW;
    /// r[A].site W = r[B]
    StoreAttribute ABW;
    /// del r[A].site W
    DeleteAttribute AW;
    /// r[A], r[A+1] = the function of r[B].site W and its self, or the attribute and unbound
    LoadMethod ABW;
    /// r[A] = r[B][r[C]]
    LoadItem ABC;
    /// r[A][r[B]] = r[C]
    StoreItem ABC;
    /// del r[A][r[B]]
    DeleteItem AB;
    /// r[A] = slice(r[B], r[B+1], r[B+2])
    BuildSlice AB;
    /// r[A] = r[B][start:stop:step]; W names the registers of the three, from its lowest byte on, with 255 for one that
    /// is left out
    LoadSlice ABW;
    /// r[A][start:stop:step] = r[B]; W as in LoadSlice
    StoreSlice ABW;

    // Displays
    /// r[A] = a tuple of r[B..B+C]
    BuildTuple ABC;
    /// r[A] = a list of r[B..B+C]
    BuildList ABC;
    /// r[A] = a set of r[B..B+C]
    BuildSet ABC;
    /// r[A] = an empty dict with room for X entries
    BuildDict AX;
    /// append r[B] to the list r[A]
    ListAppend AB;
    /// append everything in the iterable r[B] to the list r[A]
    ListExtend AB;
    /// r[A] = a tuple of the list r[B]
    ListToTuple AB;
    /// add r[B] to the set r[A]
    SetAdd AB;
    /// add everything in the iterable r[B] to the set r[A]
    SetUpdate AB;
    /// dict r[A]: [r[B]] = r[C]
    DictInsert ABC;
    /// dict display: everything in the mapping r[B] into the dict r[A]
    DictUpdate AB;
    /// call with `**`: the mapping r[B] into the dict r[A]; keys must be strings and new
    DictMerge AB;
    /// r[A] = format of r[B] (C: 0 as it is, 1 `!s`, 2 `!r`, 3 `!a`) with the spec in register W (none: 256)
    FormatValue ABCW;
    /// r[A] = the strings r[B..B+C], joined
    BuildString ABC;

    // Functions and classes
    /// r[A] = a function of the code in constant W; r[B]: tuple of defaults or None; r[B+1]: dict of keyword-only
    /// defaults or None; r[B+2..B+2+C]: the cells it closes over
    MakeFunction ABCW;
    /// r[A] = the function that makes classes: called with the body function, the name, the bases, keywords
    LoadBuildClass A;
    /// r[C] = r[A](r[A+1] … r[A+B]); everything from r[A] on is lost
    Call ABC;
    /// r[C] = r[A](r[A+1] … r[A+B], then keyword values whose names are the tuple in constant W)
    CallKeyword ABCW;
    /// r[B] = r[A](*r[A+1], **r[A+2]): a list or tuple, a dict or None
    CallSpread AB;
    /// as Call after LoadMethod into r[A], r[A+1]: r[C] = method(r[A+2] … r[A+1+B])
    CallMethod ABC;
    /// as CallKeyword after LoadMethod
    CallMethodKeyword ABCW;
    /// r[C] = the code of a comprehension in constant W, called with the iterator r[A] and closing over the cells
    /// r[A+1..A+1+B]; everything from r[A] on is lost
    CallCode ABCW;
    /// leave the frame with r[A]
    Return A;
    /// leave the frame with None
    ReturnNone None;

    // Generators and coroutines
    /// hand r[B] to whoever resumes; r[A] = what is sent in
    Yield AB;
    /// delegate to the iterator r[B] until it ends; r[A] = its result
    YieldFrom AB;
    /// r[A] = what `await r[B]` delegates to
    GetAwaitable AB;

    // Exceptions
    /// raise r[A] (an instance or a class)
    Raise A;
    /// raise r[A] from r[B]
    RaiseFrom AB;
    /// go on raising the exception r[A], its traceback as it is
    Reraise A;
    /// RuntimeError: no active exception to reraise
    RaiseNothing None;
    /// r[A], r[A+1], r[A+2] = type, value, traceback (None) of the exception r[B], for `__exit__`
    LoadExceptionParts AB;

    // Modules
    /// r[A] = `__import__(site W, globals, None, r[B], C)`: with r[B] None the first component, else the last
    ImportName ABCW;
    /// r[A] = site W out of the module r[B]; ImportError
    ImportFrom ABW;
    /// every public name of the module r[A] into the namespace
    ImportStar A;
    /// the REPL shows r[A] unless it is None
    ShowExpression A;
}

/// A word with three byte operands.
pub const fn abc(op: u8, a: u8, b: u8, c: u8) -> u32 {
    op as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24
}

/// A word with a byte and a 16-bit operand.
pub const fn ax(op: u8, a: u8, x: u16) -> u32 {
    op as u32 | (a as u32) << 8 | (x as u32) << 16
}

/// A word with a signed 24-bit operand; the caller has checked the range.
pub const fn j(op: u8, distance: i32) -> u32 {
    op as u32 | (distance as u32) << 8
}

/// How many numbers an operation may have: with all of them matched, the interpreter's jump needs no check.
pub const OPERATIONS: u8 = 128;

const _: () = assert!(TABLE.len() <= OPERATIONS as usize);

/// The operation of a word.
#[inline(always)]
pub const fn op_of(word: u32) -> u8 {
    word as u8 & (OPERATIONS - 1)
}

/// How many words an instruction takes.
pub fn length(word: u32) -> u32 {
    match TABLE.get(usize::from(op_of(word))) {
        Some((_, Layout::AW | Layout::ABW | Layout::ABCW)) => 2,
        _ => 1,
    }
}

/// Whether an instruction begins at this word.
pub fn begins_instruction(words: &[u32], at: u32) -> bool {
    let mut start = 0;
    while start < at
        && let Some(&word) = words.get(start as usize)
    {
        start += length(word);
    }
    start == at
}

/// Operand `A`.
#[inline(always)]
pub const fn a_of(word: u32) -> u8 {
    (word >> 8) as u8
}

/// Operand `B`.
#[inline(always)]
pub const fn b_of(word: u32) -> u8 {
    (word >> 16) as u8
}

/// Operand `C`.
#[inline(always)]
pub const fn c_of(word: u32) -> u8 {
    (word >> 24) as u8
}

/// In the second word of a slice: a part that is left out.
pub const LEFT_OUT: u8 = 255;

/// The registers of a slice's start, stop and step, as its second word has them.
#[inline(always)]
pub const fn slice_of(second: u32) -> [u8; 3] {
    [second as u8, (second >> 8) as u8, (second >> 16) as u8]
}

/// Operand `X`.
#[inline(always)]
pub const fn x_of(word: u32) -> u16 {
    (word >> 16) as u16
}

/// Operand `J`, sign-extended.
#[inline(always)]
pub const fn j_of(word: u32) -> i32 {
    (word as i32) >> 8
}
