//! The target for source texts: lexer, parser and compiler.

use wigwag_vm::compile::{self, Options, compile};
use wigwag_vm::syntax::{self, Limits, parse};

use crate::machine::on_stack;

/// How deep source may nest on the small stack: what fits there, for the compiler recurses.
const SMALL_NESTING: u32 = 300;

/// Each mode of the parser with those of the compiler that go with it.
const MODES: &[(syntax::Mode, compile::Mode)] = &[
    (syntax::Mode::File, compile::Mode::Module),
    (syntax::Mode::File, compile::Mode::Namespace),
    (syntax::Mode::Single, compile::Mode::Single),
    (syntax::Mode::Eval, compile::Mode::Eval),
    (syntax::Mode::Eval, compile::Mode::EvalNamespace),
];

/// Parses and compiles a text in every mode; it must end in code that is valid, or in an error.
pub fn source(text: &[u8]) {
    on_stack(true, || {
        let limits = Limits { nesting: SMALL_NESTING, ..Limits::default() };
        if let Ok(tree) = parse(text, syntax::Mode::File, &limits) {
            let _ = compile(&tree, "fuzz.py", Options { nesting: SMALL_NESTING, ..Options::default() });
        }
    });
    on_stack(false, || {
        for &(parse_mode, mode) in MODES {
            let Ok(tree) = parse(text, parse_mode, &Limits::default()) else { continue };
            for optimise in [0, 3] {
                if let Ok(draft) = compile(&tree, "fuzz.py", Options { mode, optimise, ..Options::default() })
                {
                    assert_eq!(compile::verify::verify(&draft), Ok(()), "{}", String::from_utf8_lossy(text));
                }
            }
        }
    });
}
