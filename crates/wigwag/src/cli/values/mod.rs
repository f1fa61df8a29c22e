//! The values of options: text in, a typed value or a typed error out, which names what was probably meant.

pub(super) mod board;
pub(super) mod clock;
pub(super) mod duration;
pub(super) mod implementation;
