//! What is refused, with upstream's texts, the line, and the scope that upstream's traceback names.

use super::compiled;
use super::std::format;
use crate::compile::{ErrorKind, Options};

fn check(source: &str, message: &str, line: u32, scope: &str) {
    let error = compiled(source, Options::default()).expect_err(source);
    assert_eq!(error.message, message, "{source}");
    assert_eq!(error.kind, ErrorKind::Syntax, "{source}");
    assert_eq!(error.position.line, line, "{source}");
    assert_eq!(error.scope.as_deref(), Some(scope), "{source}");
}

#[test]
fn statements_in_the_wrong_place() {
    check("x\nbreak\n", "'break'/'continue' outside loop", 2, "<module>");
    check("for x in y:\n def f():\n  continue\n", "'break'/'continue' outside loop", 3, "f");
    check("for x in y:\n pass\nelse:\n break\n", "'break'/'continue' outside loop", 4, "<module>");
    check("class C:\n return 1\n", "'return' outside function", 2, "C");
    check("return\n", "'return' outside function", 1, "<module>");
    check("yield\n", "'yield' outside function", 1, "<module>");
    check("x = [(yield y) for y in z]\n", "'yield' outside function", 1, "<listcomp>");
    check("await x\n", "'await' outside function", 1, "<module>");
    check("def f():\n async with x: pass\n", "async for/with outside async function", 2, "f");
    check("def f():\n from x import *\n", "import * not at module level", 2, "f");
}

#[test]
fn names_declared_twice() {
    check("def f(x):\n global x\n", "identifier redefined as global", 2, "f");
    check("def f():\n y = x\n global x\n", "identifier redefined as global", 3, "f");
    check("def f(x):\n nonlocal x\n", "identifier redefined as nonlocal", 2, "f");
    check("def f():\n def g():\n  nonlocal a\n", "no binding for nonlocal found", 3, "g");
    check("a = 1\ndef f():\n nonlocal a\n", "no binding for nonlocal found", 3, "f");
    check("nonlocal a\n", "can't declare nonlocal in outer code", 1, "<module>");
}

/// Upstream's parser finds these, so no scope is named.
#[test]
fn constants() {
    for value in ["y", "1 @ 2", "1 << -2", "1 % 0", "1 // 0", "[]"] {
        let source = format!("from micropython import const\nA = const({value})\n");
        let error = compiled(&source, Options::default()).expect_err(&source);
        assert_eq!(
            (&*error.message, error.position.line, error.scope),
            ("not a constant", 2, None),
            "{source}"
        );
    }
    check("A = const(1)\nA = const(2)\n", "can't assign to expression", 2, "<module>");
    check("A = const(1)\ndel A\n", "can't delete expression", 2, "<module>");
}

#[test]
fn functions() {
    check("def f():\n super()\n", "super() can't find self", 2, "f");
    check("@micropython.asm_thumb\ndef f(): pass\n", "invalid micropython decorator", 1, "<module>");
}

/// A constant too large to be computed here is one all the same.
#[test]
fn large_constants() {
    for source in ["A = const(1 << 200)\n", "A = const(-(1 << 200))\n", "A = const(2.0 ** 0.5)\n"] {
        assert!(compiled(source, Options::default()).is_ok(), "{source}");
    }
}
