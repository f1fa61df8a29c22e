//! Text → tokens → tree.

pub mod tree;
