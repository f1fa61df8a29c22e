//! `mip`: packages, fetched into a directory that `import` looks in. Follows upstream's `mip` and `mpremote mip`; it is
//! written in Python, over `socket` and `ssl`.
//!
//! What differs: the certificates of servers are checked; files whose hash the index gives are checked against it; what
//! is fetched takes its place only when all of it is there; no package can write outside its directory.

use crate::frozen::{self, Part};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::ModuleDef;

/// `mip`
pub static MODULE: ModuleDef = ModuleDef {
    name: "mip",
    members: &[full("__getattr__", 1, 1, |vm, given| frozen::attribute(vm, &PARTS, given))],
};

/// What `-m mip` runs.
pub const MAIN: &str = include_str!("frozen/main.py");

static PARTS: [Part; 2] = [
    Part {
        home: "mip",
        module: "mip.web",
        file: "mip/web.py",
        source: include_str!("frozen/web.py"),
        names: &["WebError", "pieces"],
    },
    Part {
        home: "mip",
        module: "mip.install",
        file: "mip/install.py",
        source: include_str!("frozen/install.py"),
        names: &["install", "fetch", "rewrite_url", "MipError", "PACKAGE_INDEX"],
    },
];
