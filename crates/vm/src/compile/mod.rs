//! Tree → code: scopes, registers, and the instruction set, which is declared once, as data.

pub mod draft;
pub mod instructions;
