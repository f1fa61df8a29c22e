//! `json`: follows upstream's `json` page, and takes and gives exactly the texts that it does.
//!
//! [`scan`] finds the tokens of a text, [`load`] makes objects of them, [`dump`] writes objects. All three keep their
//! nesting in vectors and go on in steps, so neither a deep nor a long document keeps anybody waiting or overflows a
//! stack. Commas and colons count as white space and any closing bracket closes, as upstream has it.
//!
//! What differs: `\u` escapes must have four digits, and two that make one character (a surrogate pair) are put together;
//! half of a pair is a `UnicodeError`, since strings here are always whole characters.

mod dump;
mod load;
mod scan;

use wigwag_vm::objects::function::{full, keyword};
use wigwag_vm::run::ModuleDef;

/// `json`
pub static MODULE: ModuleDef = ModuleDef {
    name: "json",
    members: &[
        keyword("dump", 2, 2, dump::dump),
        keyword("dumps", 1, 1, dump::dumps),
        full("load", 1, 1, load::load),
        full("loads", 1, 1, load::loads),
    ],
};
