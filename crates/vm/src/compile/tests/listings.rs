//! Golden listings: each file holds a source, a line of dashes, and what becomes of it.
//!
//! With `BLESS=1` in the environment the files are rewritten; read the difference before you commit it.

use super::std::path::Path;
use super::std::string::{String, ToString};
use super::std::{env, format, fs};

use super::compiled;
use crate::compile::{Mode, Options};

const RULE: &str = "----\n";

fn check(name: &str, mode: Mode) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compile/tests/listings").join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).unwrap();
    let (source, expected) = text.split_once(RULE).unwrap();
    let listing: String = match compiled(source, Options { mode, ..Options::default() }) {
        Ok(draft) => draft.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect(),
        Err(error) => format!("{}\n", error.message),
    };
    if env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{source}{RULE}{listing}")).unwrap();
    } else {
        assert_eq!(listing, expected, "{name}:\n{listing}");
    }
}

macro_rules! listings {
    ($($name:ident $mode:ident;)+) => {
        $(#[test] fn $name() { check(stringify!($name).trim_end_matches('_'), Mode::$mode); })+
    };
}

listings! {
    async_ Module;
    calls Module;
    chained_comparison Module;
    class Module;
    closure Module;
    comprehension Module;
    conditions Module;
    const_ Module;
    definitions Module;
    except Module;
    finally Module;
    for_ Module;
    generator Module;
    globals Module;
    imports Module;
    loop_constants Module;
    in_place Module;
    slices Module;
    strings Module;
    swap Module;
    targets Module;
    unbound Module;
    walrus Module;
    while_ Module;
    with Module;
    namespace Namespace;
    single Single;
    eval_namespace EvalNamespace;
}
