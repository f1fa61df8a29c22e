//! Listings of small sources.

use alloc::string::{String, ToString};

use super::{Mode, Options, compile, verify::verify};
use crate::syntax::{self, Limits};

/// The listing of a source, or its error.
fn listing_with(source: &str, options: Options) -> String {
    let mode = match options.mode {
        Mode::Single => syntax::Mode::Single,
        Mode::Eval | Mode::EvalNamespace => syntax::Mode::Eval,
        Mode::Module | Mode::Namespace => syntax::Mode::File,
    };
    let tree = match syntax::parse(source.as_bytes(), mode, &Limits::default()) {
        Ok(tree) => tree,
        Err(error) => return alloc::format!("{}: {}", error.position.line, error.message),
    };
    match compile(&tree, "test.py", options) {
        Ok(draft) => {
            if let Err(fault) = verify(&draft) {
                panic!("{fault:?}\n{}", draft.codes[fault.code]);
            }
            draft.to_string()
        }
        Err(error) => alloc::format!("{}: {}", error.position.line, error.message),
    }
}

fn listing(source: &str) -> String {
    listing_with(source, Options::default())
}

#[test]
fn show() {
    extern crate std;
    if let Ok(path) = std::env::var("SHOW") {
        std::println!("{}", listing(&std::fs::read_to_string(path).unwrap()));
    }
}

#[test]
fn upstream() {
    extern crate std;
    let Ok(dir) = std::env::var("TREES") else { return };
    let mut stack = alloc::vec![std::path::PathBuf::from(dir)];
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "py") {
            let Ok(source) = std::fs::read_to_string(&path) else { continue };
            let Ok(text) = std::panic::catch_unwind(|| listing(&source)) else {
                std::println!("PANIC {}", path.display());
                continue;
            };
            if text.len() < 200 && !text.contains("registers=") {
                std::println!("{} {}", path.display(), text);
            }
        }
    }
}
