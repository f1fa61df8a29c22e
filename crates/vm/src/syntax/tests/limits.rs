//! Depth, length and memory.

extern crate std;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::thread;
use std::time::{Duration, Instant};

use crate::syntax::{ErrorKind, Limits, Mode, SyntaxError, parse};

/// Runs on a native stack of 256 KB.
fn on_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap()
}

/// Parses a text and drops the tree.
fn accepts(source: &str) -> Result<(), SyntaxError> {
    parse(source.as_bytes(), Mode::File, &Limits::default()).map(drop)
}

/// Each opens something that its partner closes.
const NESTING: [(&str, &str, &str); 21] = [
    ("(", "a", ")"),
    ("[", "a", "]"),
    ("{", "a", "}"),
    ("{1:", "a", "}"),
    ("f(", "a", ")"),
    ("f(b=", "a", ")"),
    ("a[", "a", "]"),
    ("(1+", "a", ")"),
    ("(b or c and not d < e | 1 ^ 2 & 3 << 4 + 5 * -", "a", ")"),
    ("-", "a", ""),
    ("not ", "a", ""),
    ("(-", "a", ")"),
    ("(not ", "a", ")"),
    ("2 ** ", "a", ""),
    ("lambda: ", "a", ""),
    ("lambda b=", "a", ": c"),
    ("(lambda: ", "a", ")"),
    ("b if c else ", "a", ""),
    ("(b if ", "a", " else c)"),
    ("[b for b in ", "a", "]"),
    ("(await ", "a", ")"),
];

#[test]
fn deep_expressions() {
    on_small_stack(|| {
        for (open, inside, close) in NESTING {
            for (prefix, suffix) in [("", ""), ("x = ", ""), ("return ", ""), ("if ", ": pass")] {
                let source = format!("{prefix}{}{inside}{}{suffix}\n", open.repeat(5000), close.repeat(5000));
                assert_eq!(accepts(&source), Ok(()), "{open}");
            }
            let source = format!("{}{inside}{}\n", open.repeat(100_000), close.repeat(100_000));
            let error = accepts(&source).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Nesting, "{open}");
            assert_eq!(error.message, "maximum recursion depth exceeded");
            // Nothing closes what was opened.
            assert!(accepts(&open.repeat(5000)).is_err());
        }
    });
}

#[test]
fn deep_targets() {
    on_small_stack(|| {
        let tuple = format!("{}a{}", "(".repeat(5000), ",)".repeat(5000));
        assert_eq!(accepts(&format!("{tuple} = b\ndel {tuple}\nfor {tuple} in b: pass\n")), Ok(()));
    });
}

#[test]
fn deep_formatted_strings() {
    on_small_stack(|| {
        let source = format!("{}a{}", "f'{".repeat(5000), "}'".repeat(5000));
        assert_eq!(accepts(&source), Ok(()));
        let specs = |depth| format!("f'{}{}'", "{a:".repeat(depth), "}".repeat(depth));
        assert_eq!(accepts(&specs(10)), Ok(()));
        assert_eq!(accepts(&specs(100_000)).unwrap_err().kind, ErrorKind::Nesting);
    });
}

#[test]
fn deep_blocks() {
    fn blocks(depth: usize) -> String {
        let mut source = String::new();
        for level in 0..depth {
            source.extend(core::iter::repeat_n(' ', level));
            source.push_str("if a:\n");
        }
        source.extend(core::iter::repeat_n(' ', depth));
        source.push_str("b\n");
        source
    }
    on_small_stack(|| {
        assert_eq!(accepts(&blocks(2000)), Ok(()));
        let shallow = Limits { nesting: 50, ..Limits::default() };
        assert!(parse(blocks(50).as_bytes(), Mode::File, &shallow).is_ok());
        let error = parse(blocks(51).as_bytes(), Mode::File, &shallow).unwrap_err();
        assert_eq!((error.kind, error.position.line), (ErrorKind::Nesting, 52));
    });
}

/// Makes a text of a given length.
type Make = fn(usize) -> String;

/// Long texts that are not deep.
#[test]
fn long_texts() {
    let kinds: [(&str, Make); 9] = [
        ("sum", |length| "a + ".repeat(length) + "a\n"),
        ("comparison", |length| "a < ".repeat(length) + "a\n"),
        ("or", |length| "a or ".repeat(length) + "a\n"),
        ("list", |length| format!("x = [{}]\n", "1, ".repeat(length))),
        ("chain", |length| format!("x{}\n", ".a(1)[2]".repeat(length))),
        ("strings", |length| format!("x = ({})\n", "'é' f'{a}' ".repeat(length))),
        ("names", |length| (0..length).map(|index| format!("ä{index} = 'ö';")).collect()),
        ("elif", |length| format!("if a: b\n{}", "elif a: b\n".repeat(length))),
        ("parameters", |length| {
            let names: Vec<String> = (0..length).map(|index| format!("a{index}")).collect();
            format!("def f({}): pass\n", names.join(","))
        }),
    ];
    on_small_stack(move || {
        for (kind, make) in kinds {
            let source = make(100_000);
            let start = Instant::now();
            assert_eq!(accepts(&source), Ok(()), "{kind}");
            assert!(start.elapsed() < Duration::from_secs(5), "{kind}");
        }
    });
}

#[test]
fn memory() {
    let limits = Limits { max_bytes: 10_000, ..Limits::default() };
    let refused = |source: &str| match parse(source.as_bytes(), Mode::File, &limits) {
        Ok(_) => panic!("{}…", &source[..20]),
        Err(error) => assert_eq!(error.kind, ErrorKind::Memory),
    };
    assert!(parse(b"x = [1, 2, 3]\n", Mode::File, &limits).is_ok());
    refused(&"a = 1\n".repeat(1000));
    refused(&"1, ".repeat(1000));
    refused(&format!("'{}'", "a".repeat(10_001)));
    refused(&format!("f'{}'", "a".repeat(10_001)));
    refused(&format!("def f({}): pass", (0..1000).map(|index| format!("a{index},")).collect::<String>()));
    refused(&format!("import {}", (0..1000).map(|_| "a,").collect::<String>() + "a"));
}

#[test]
fn names() {
    assert_eq!(accepts(&"a".repeat(255)), Ok(()));
    assert_eq!(accepts(&"a".repeat(256)).unwrap_err().kind, ErrorKind::LongName);
}
