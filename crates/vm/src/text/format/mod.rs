//! `str.format`, `format()` and f-strings: the template, the specification of a field, and its application.
//!
//! The virtual machine walks a [`Template`], finds each field's value through [`Numbering`], converts it if the field
//! says so, parses the [`FormatSpec`], and has the value written by `FormatSpec::write_int` and its siblings:
//!
//! ```text
//! "{0!r:>{width}}"  →  Field { name: "0", conversion: 'r', spec: ">{width}" }
//!                   →  the specification is itself a template  →  ">8"  →  FormatSpec
//! ```

mod spec;
mod template;

pub use super::pad::{Grouping, Side};
pub use spec::{Alignment, FormatSpec};
pub use template::{Argument, Field, Numbering, Piece, Template, attributes_not_supported};
