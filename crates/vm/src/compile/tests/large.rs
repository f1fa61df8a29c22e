//! Sources that are long, wide or deep: each compiles to sound code, or is refused with a clear error.

use super::std::fmt::Write;
use super::std::string::{String, ToString};
use super::std::vec::Vec;
use super::std::{format, thread};

use super::{compiled, listing};
use crate::compile::draft::Constant;
use crate::compile::instructions::{op, op_of};
use crate::compile::{ErrorKind, Options};

/// `count` pieces, each made from its number.
fn repeated(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn a_sum_of_a_hundred_thousand_terms() {
    let folded = compiled(&format!("x = {}1", "1 + ".repeat(100_000)), Options::default()).unwrap();
    assert!(folded.codes[0].constants.contains(&Constant::Int(100_001)));
    let added = compiled(&format!("def f(y): x = {}y", "y + ".repeat(100_000)), Options::default()).unwrap();
    let adds = added.codes[0].words.iter().filter(|word| op_of(**word) == op::Add).count();
    assert_eq!(adds, 100_000);
    assert!(added.codes[0].registers < 5);
    let chain = compiled(&format!("x = a{}", ".b[1](c)".repeat(30_000)), Options::default()).unwrap();
    assert!(chain.codes[0].registers < 8);
    assert!(compiled(&format!("x = a{}", " < b".repeat(30_000)), Options::default()).is_ok());
}

#[test]
fn locals_beyond_the_registers_are_spilled() {
    let mut source = String::from("def f(p):\n");
    for index in 0..300 {
        writeln!(source, " v{index} = p + {index}").unwrap();
    }
    source
        .push_str(" del v299\n v298 += v2\n for v297 in p: pass\n def g(): return v250, v1\n return v298\n");
    let draft = compiled(&source, Options::default()).unwrap();
    let code = draft.codes.iter().find(|code| &*code.name == "f").unwrap();
    assert!(code.spilled > 100 && code.registers < 256, "{code}");
    let text = code.to_string();
    assert!(text.contains("LoadSpilled") && text.contains("MakeCell"), "{text}");
}

#[test]
fn long_displays_take_few_registers() {
    let items = repeated(1000, |index| format!("x{index},"));
    let pairs = repeated(1000, |index| format!("{index}: x{index},"));
    let fields = repeated(1000, |index| format!("{{x{index}}} "));
    for source in [
        format!("[{items}]"),
        format!("({items})"),
        format!("{{{items}}}"),
        format!("[*a, {items} *b]"),
        format!("{{{pairs} **z}}"),
        format!("f\"{fields}\""),
        format!("f({items})"),
        format!("o.m({items} k=1)"),
    ] {
        let draft = compiled(&source, Options::default()).unwrap();
        assert!(draft.codes[0].registers < 48, "{source}: {}", draft.codes[0].registers);
    }
}

#[test]
fn too_much_is_refused() {
    let targets = repeated(300, |index| format!("x{index},"));
    let parameters = repeated(200, |index| format!("x{index},"));
    let strings = repeated(70_000, |index| format!("'{index}',"));
    for source in [
        format!("{targets} = y"),
        format!("def f({parameters}): pass"),
        format!("[x, {strings}]"),
        format!("from {}x import y", ".".repeat(300)),
    ] {
        let error = compiled(&source, Options::default()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooLarge, "{}", error.message);
    }
}

#[test]
fn statements_nested_deep_keep_their_values_beside_the_frame() {
    let headers = ["for i in x:", "with x as i:", "try:", "while x:"];
    for count in [10, 60, 90] {
        let mut source = String::from("def f(x):\n");
        for level in 0..count {
            writeln!(source, "{}{}", " ".repeat(level + 1), headers[level % headers.len()]).unwrap();
        }
        writeln!(source, "{}return g(x, i)", " ".repeat(count + 1)).unwrap();
        for level in (0..count).rev().filter(|level| level % headers.len() == 2) {
            let ends = if level % 8 == 2 { "finally:" } else { "except E as e:" };
            let indent = " ".repeat(level + 1);
            writeln!(source, "{indent}{ends}\n{indent} h(x)\n{indent} i = x").unwrap();
        }
        let draft = compiled(&source, Options::default()).unwrap();
        let code = &draft.codes[0];
        assert_eq!(code.spilled > 0, count > 50, "{count}: {}", code.spilled);
    }
}

/// Expressions of some depth in every form that nests.
fn deep(depth: usize) -> Vec<String> {
    [
        ("", "f(", "x", ")"),
        ("", "f(1, *", "x", ")"),
        ("", "a.b(1, ", "x", ")"),
        ("", "[y, ", "x", "]"),
        ("", "{y: ", "x", "}"),
        ("", "(x + ", "x", ")"),
        ("", "(x, ", "x", ")"),
        ("", "x[", "x", "]"),
        ("", "(x < y < ", "x", ")"),
        ("", "(x and y or ", "x", ")"),
        ("if ", "(x and not ", "x", ")"),
        ("", "(1 if x else 2 + ", "x", ")"),
        ("", "-(", "x", ")"),
        ("", "[i for i in ", "x", "]"),
        ("", "(n := 1 + ", "x", ")"),
    ]
    .iter()
    .map(|(before, open, middle, close)| {
        let after = if before.is_empty() { "" } else { ": pass" };
        format!("{before}{}{middle}{}{after}\n", open.repeat(depth), close.repeat(depth))
    })
    .collect()
}

fn on_a_large_stack(test: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(64 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn expressions_nest_a_thousand_deep() {
    on_a_large_stack(|| {
        for source in deep(1000) {
            assert!(compiled(&source, Options::default()).is_ok(), "{source}");
        }
        let spilled = listing(&deep(300)[0]);
        assert!(spilled.contains("SpillPush") && spilled.contains("SpillPop"));
    });
}

#[test]
fn expressions_nested_too_deep_are_refused() {
    on_a_large_stack(|| {
        for source in deep(20_000) {
            let error = compiled(&source, Options::default()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Nesting);
            assert_eq!(error.message, "maximum recursion depth exceeded");
        }
    });
}

#[test]
fn asserts_and_lines_are_left_out_on_demand() {
    let source = "assert x\ny\n";
    let text = compiled(source, Options { optimise: 1, ..Options::default() }).unwrap().to_string();
    assert!(!text.contains("Assertion"));
    let draft = compiled(source, Options { optimise: 3, ..Options::default() }).unwrap();
    assert!(draft.codes[0].lines.is_empty());
}
