//! What the operands of each instruction mean: for checking and for showing code.

use super::instructions::{Layout, TABLE, a_of, b_of, c_of, op, op_of, x_of};

/// What a byte operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// Nothing.
    Unused,
    /// A register.
    Register,
    /// A number.
    Number,
    /// A signed number.
    Signed,
    /// A truth, for fused jumps.
    Sense,
}

/// What the 16-bit operand or the second word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    /// Nothing.
    Unused,
    /// A constant.
    Constant,
    /// A name, a global's or an attribute's.
    Site,
    /// A jump distance.
    Jump,
    /// A number.
    Number,
    /// A spilled local.
    Spilled,
    /// A register, or 256 for none.
    Spec,
    /// Three registers, or 255 for none.
    Slice,
}

/// The meaning of an instruction's operands.
pub(super) fn meaning(number: u8) -> ([Operand; 3], Wide) {
    use Operand::{Number, Register, Sense, Signed, Unused};
    let layout = TABLE.get(usize::from(number)).map_or(Layout::None, |row| row.1);
    let bytes = match number {
        op::AddInt | op::InplaceAddInt | op::SubtractInt | op::InplaceSubtractInt => {
            [Register, Register, Signed]
        }
        op::JumpIfEqual
        | op::JumpIfNotEqual
        | op::JumpIfLess
        | op::JumpIfLessEqual
        | op::JumpIfGreater
        | op::JumpIfGreaterEqual
        | op::JumpIfIs
        | op::JumpIfIn => [Register, Register, Sense],
        op::Unpack
        | op::UnpackStar
        | op::BuildTuple
        | op::BuildList
        | op::BuildSet
        | op::BuildString
        | op::MakeFunction
        | op::FormatValue
        | op::ImportName => [Register, Register, Number],
        op::Call | op::CallKeyword | op::CallMethod | op::CallMethodKeyword => [Register, Number, Register],
        op::DeleteGlobal | op::DeleteName => [Unused, Unused, Unused],
        _ => match layout {
            Layout::None | Layout::J => [Unused, Unused, Unused],
            Layout::A | Layout::AX | Layout::AW => [Register, Unused, Unused],
            Layout::AB | Layout::ABW => [Register, Register, Unused],
            Layout::ABC | Layout::ABCW => [Register, Register, Register],
        },
    };
    let wide = match number {
        op::LoadConstant | op::MakeFunction | op::CallKeyword | op::CallMethodKeyword => Wide::Constant,
        op::LoadGlobal
        | op::StoreGlobal
        | op::DeleteGlobal
        | op::LoadName
        | op::StoreName
        | op::DeleteName
        | op::LoadAttribute
        | op::StoreAttribute
        | op::DeleteAttribute
        | op::LoadMethod
        | op::ImportName
        | op::ImportFrom => Wide::Site,
        op::LoadSpilled | op::StoreSpilled => Wide::Spilled,
        op::FormatValue => Wide::Spec,
        op::LoadSlice | op::StoreSlice => Wide::Slice,
        op::LoadInt | op::BuildDict | op::UnpackStar => Wide::Number,
        op::Jump | op::ForIter | op::ForNext => Wide::Jump,
        _ => match layout {
            Layout::AW | Layout::ABW | Layout::ABCW => Wide::Jump,
            _ => Wide::Unused,
        },
    };
    (bytes, wide)
}

/// The registers that an instruction names in a row, beside its operands: first and how many.
pub(super) fn row(word: u32, second: u32) -> (u8, u32) {
    let (a, b, c) = (a_of(word), b_of(word), u32::from(c_of(word)));
    match op_of(word) {
        op::Unpack => (a, c),
        op::UnpackStar => (a, c.saturating_add(1).saturating_add(second)),
        op::LoadMethod => (a, 2),
        op::BuildSlice => (b, 3),
        op::BuildTuple | op::BuildList | op::BuildSet | op::BuildString => (b, c),
        op::MakeFunction => (b, 2 + c),
        op::Call | op::CallKeyword => (a, 1 + u32::from(b)),
        op::CallMethod | op::CallMethodKeyword => (a, 2 + u32::from(b)),
        op::CallSpread => (a, 3),
        op::LoadExceptionParts => (a, 3),
        op::FormatValue if second < 256 => (second as u8, 1),
        _ => (0, 0),
    }
}

/// Operand `X`, or the second word where there is one.
pub(super) fn wide_of(word: u32, second: u32) -> u32 {
    match TABLE.get(usize::from(op_of(word))).map(|row| row.1) {
        Some(Layout::AX) => u32::from(x_of(word)),
        _ => second,
    }
}
