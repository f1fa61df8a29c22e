//! Conformance: MicroPython's own tests on Wigwag and on MicroPython itself, and the page that compares the two.
//!
//! ```text
//! cargo run --release -p wigwag-conformance -- --tree TREE --peer MICROPYTHON --wigwag WIGWAG
//! ```
//!
//! `TREE` is a checkout of micropython/micropython, whose own runner decides what passes. What the peer passes is
//! what Wigwag is asked for. `--lib` and `--hinch` name checkouts of micropython/micropython-lib and of
//! peterhinch/micropython-async, whose tests are run too. Every test that falls short has its reason in `reasons.txt`; the page is written
//! either way, and the status is 1 when a reason is missing or one is given for a test that passes.

#![forbid(unsafe_code)]

mod library;
mod packages;
mod page;
mod primitives;
mod process;
mod reasons;
mod runner;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::page::Page;
use crate::reasons::Reasons;
use crate::runner::Runner;

/// What is run when nothing is named: the language, and asyncio.
const FOLDERS: [&str; 11] = [
    "basics",
    "cmdline",
    "extmod",
    "float",
    "import",
    "io",
    "micropython",
    "misc",
    "stress",
    "thread",
    "unicode",
];

/// Runs MicroPython's own tests on Wigwag and on MicroPython, and writes the page that compares them.
#[derive(Parser)]
#[command(name = "wigwag-conformance")]
struct Options {
    /// A checkout of micropython/micropython
    #[arg(long, value_name = "TREE")]
    tree: PathBuf,
    /// The Wigwag to judge
    #[arg(long, value_name = "PATH", default_value = "target/release/wigwag")]
    wigwag: PathBuf,
    /// The MicroPython, its unix port, that shows what can be asked for
    #[arg(long, value_name = "PATH")]
    peer: PathBuf,
    /// A checkout of peterhinch/micropython-async, whose tests are run too; without it, what the page says of them is kept
    #[arg(long, value_name = "TREE")]
    hinch: Option<PathBuf>,
    /// A checkout of micropython/micropython-lib, whose packages' tests are run too; without it, what the page says of
    /// them is kept
    #[arg(long, value_name = "TREE")]
    lib: Option<PathBuf>,
    /// Flags for Wigwag, such as `--fuel=1`; may be given more than once. No page is written then
    #[arg(long = "flag", value_name = "FLAG", allow_hyphen_values = true)]
    flags: Vec<String>,
    /// The page to write
    #[arg(long, value_name = "PATH", default_value = "docs/compatibility.md")]
    page: PathBuf,
    /// Folders of the suite, in place of the language's and the library's
    folder: Vec<String>,
}

fn main() -> ExitCode {
    match judge(&Options::parse()) {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            complaints.iter().for_each(|complaint| eprintln!("wigwag-conformance: {complaint}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("wigwag-conformance: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs both, prints or writes the page, and gives what is wrong with the reasons.
fn judge(options: &Options) -> Result<Vec<String>, String> {
    let reasons = Reasons::parse(include_str!("../reasons.txt"))?;
    let folders =
        if options.folder.is_empty() { FOLDERS.map(String::from).to_vec() } else { options.folder.clone() };
    let runner = Runner { tree: &options.tree, folders: &folders };
    let peer = runner.run(&options.peer, &[])?;
    let wigwag = runner.run(&options.wigwag, &options.flags)?;
    let page = Page::new(&folders, &peer, &wigwag, &reasons);
    let mut text = page.to_markdown();
    // A page that cannot be read has nothing to keep.
    let before = std::fs::read_to_string(&options.page).unwrap_or_default();
    let mut complaints = page.complaints();
    match &options.lib {
        Some(tree) => {
            let judged = library::judge(tree, &options.wigwag, &options.peer, &reasons)?;
            text.push_str(&judged.text);
            complaints.extend(judged.complaints);
        }
        None => text.push_str(page::kept(&before, library::HEADING)),
    }
    match &options.hinch {
        Some(tree) => text.push_str(&primitives::judge(tree, &options.wigwag, &options.peer)?),
        None => text.push_str(page::kept(&before, primitives::HEADING)),
    }
    if options.flags.is_empty() && options.folder.is_empty() {
        std::fs::write(&options.page, text)
            .map_err(|error| format!("{}: {error}", options.page.display()))?;
        println!("{} of {} pass; the page is {}", page.passed(), page.asked(), options.page.display());
    } else {
        print!("{text}");
    }
    Ok(complaints)
}
