//! The tests of micropython/micropython-lib: pure Python, run unmodified with the packages on the path.
//!
//! A test is a file whose name begins with `test` or ends with it. It is run as upstream's `tools/ci.sh` runs it: by
//! `-m unittest` if it has test cases, else as a script that ends well or does not; in a copy of its folder, its package
//! installed beside those that `ci.sh` installs for all. Packages without tests of their own that programs for boards
//! use have a program here, which must print what it prints on MicroPython's unix port.
//!
//! In `reasons.txt` a test is `lib/PATH`, one of its cases `lib/PATH:CASE`. What fails on the unix port too needs no
//! reason: the page says that it does.

use std::fmt::Write;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::packages::{Packages, copy, visit};
use crate::process::{self, Said};
use crate::reasons::Reasons;

/// The heading of its part of the page.
pub const HEADING: &str = "\n## micropython/micropython-lib\n";

/// What upstream's `ci.sh` installs for all tests.
const FOR_ALL: [&str; 7] =
    ["ucontextlib", "fnmatch", "hashlib", "shutil", "tempfile", "unittest", "unittest-discover"];

/// A program for packages that have no tests of their own.
struct Program {
    name: &'static str,
    text: &'static str,
    packages: &'static [&'static str],
    about: &'static str,
}

const PROGRAMS: [Program; 4] = [
    Program {
        name: "uses_aiohttp.py",
        text: include_str!("../programs/uses_aiohttp.py"),
        packages: &["aiohttp"],
        about: "`aiohttp`: requests of all kinds, redirections, chunks, gzip and websockets, of a server on loopback",
    },
    Program {
        name: "uses_umqtt.py",
        text: include_str!("../programs/uses_umqtt.py"),
        packages: &["umqtt.simple", "umqtt.robust"],
        about: "`umqtt.simple` and `umqtt.robust`: a broker on loopback, which hangs up once",
    },
    Program {
        name: "uses_logging.py",
        text: include_str!("../programs/uses_logging.py"),
        packages: &["logging"],
        about: "`logging`: levels, handlers, formats, files, exceptions",
    },
    Program {
        name: "uses_copy.py",
        text: include_str!("../programs/uses_copy.py"),
        packages: &["copy"],
        about: "`copy`: shallow and deep copies",
    },
];

/// A part of the page, and what is wrong with the reasons.
pub struct Judged {
    /// Markdown, heading first.
    pub text: String,
    /// Reasons that are missing or no longer true.
    pub complaints: Vec<String>,
}

/// How a test went.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ran {
    /// How many cases it has; a script is one.
    cases: usize,
    /// Those that failed, with the last line of what was said; a script and a file that could not be run have no name.
    failed: Vec<(String, String)>,
}

/// A file of tests.
struct Test {
    /// From the top of the checkout.
    name: String,
    /// The folder that it is run in, and the file seen from there.
    root: PathBuf,
    inside: PathBuf,
    has_cases: bool,
}

impl Test {
    fn new(tree: &Path, path: &Path) -> Option<Test> {
        let folder = path.parent()?;
        // A folder `tests` is run as a whole: its files may import each other.
        let root =
            folder.ancestors().take_while(|above| *above != tree).find(|above| above.ends_with("tests"));
        let root = root.unwrap_or(folder);
        let text = fs::read_to_string(path).ok()?;
        Some(Test {
            name: path.strip_prefix(tree).ok()?.to_string_lossy().into_owned(),
            root: root.to_owned(),
            inside: path.strip_prefix(root).ok()?.to_owned(),
            has_cases: text.contains("unittest") && text.contains("TestCase"),
        })
    }

    fn find(tree: &Path) -> std::io::Result<Vec<Test>> {
        let mut found = Vec::new();
        visit(tree, &mut |path| {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
            let is_python = path.extension().is_some_and(|extension| extension == "py");
            if is_python && (stem.starts_with("test") || stem.ends_with("test")) {
                found.extend(Test::new(tree, path));
            }
        })?;
        Ok(found)
    }

    fn run(&self, binary: &Path, packages: &Packages) -> Result<Ran, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.name);
        let room = tempfile::tempdir().map_err(failed)?;
        let (library, folder) = (room.path().join("lib"), room.path().join("tests"));
        let beside = self.root.parent().unwrap_or(&self.root);
        let own: Vec<&str> = match packages.of(&self.root.join(&self.inside)) {
            Some(package) => vec![package],
            None => packages.below(beside).collect(),
        };
        packages.install(FOR_ALL.into_iter().chain(own), &library).map_err(failed)?;
        copy(&self.root, &folder).map_err(failed)?;
        let file = self.inside.to_string_lossy().into_owned();
        let module = file.trim_end_matches(".py").replace('/', ".");
        let arguments = if self.has_cases { vec!["-m", "unittest", &module] } else { vec![file.as_str()] };
        let said = process::run(binary, &arguments, &folder, &library)?;
        Ok(if self.has_cases { cases(&said) } else { script(&said) })
    }
}

fn script(said: &Said) -> Ran {
    let failed = if said.ended_well { Vec::new() } else { vec![(String::new(), said.last_line())] };
    Ran { cases: 1, failed }
}

/// What `unittest` says: the cases that failed, each with its traceback, and how many there were.
fn cases(said: &Said) -> Ran {
    let mut ran = Ran::default();
    let mut is_report = false;
    for line in said.text.lines() {
        let after = |start: &str, end: &str| line.strip_prefix(start)?.split(end).next();
        if let Some(name) = after("FAIL: ", " <") {
            ran.failed.push((name.to_owned(), String::new()));
            is_report = true;
        } else if let Some(count) = after("Ran ", " tests").and_then(|count| count.parse::<usize>().ok()) {
            ran.cases += count;
            is_report = false;
        } else if let Some((_, last)) = ran.failed.last_mut().filter(|_| is_report)
            && !line.starts_with("---")
            && !line.starts_with("===")
            && !line.is_empty()
        {
            line.clone_into(last);
        }
    }
    if !said.ended_well && ran.failed.is_empty() {
        ran.failed.push((String::new(), said.last_line()));
        ran.cases = ran.cases.max(1);
    }
    ran
}

/// A test that was run on both.
struct Row {
    name: String,
    here: Ran,
    peer: Ran,
}

impl Row {
    fn passed(&self) -> usize {
        self.here.cases.saturating_sub(self.here.failed.len())
    }

    /// The name in the reasons.
    fn entry(&self, case: &str) -> String {
        if case.is_empty() { format!("lib/{}", self.name) } else { format!("lib/{}:{case}", self.name) }
    }

    fn fails_on_peer(&self, case: &str) -> bool {
        self.peer.failed.iter().any(|(failed, _)| failed.is_empty() || failed == case)
    }
}

/// Runs all that needs no hardware and no foreign functions.
///
/// # Errors
/// When one of the two does not start, or the checkout cannot be read.
pub fn judge(tree: &Path, wigwag: &Path, peer: &Path, reasons: &Reasons) -> Result<Judged, String> {
    let absolute = |path: &Path| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
    let (tree, wigwag, peer) = (absolute(tree)?, absolute(wigwag)?, absolute(peer)?);
    let unread = |error: std::io::Error| format!("{}: {error}", tree.display());
    let packages = Packages::find(&tree).map_err(unread)?;
    let (mut rows, mut not_asked) = (Vec::new(), Vec::new());
    for test in Test::find(&tree).map_err(unread)? {
        match reasons.not_asked(&format!("lib/{}", test.name)) {
            Some(reason) => not_asked.push((reason.to_owned(), test.name)),
            None => {
                let (here, peer) = (test.run(&wigwag, &packages)?, test.run(&peer, &packages)?);
                rows.push(Row { name: test.name, here, peer });
            }
        }
    }
    let programs = PROGRAMS.iter().map(|program| program.judge(&wigwag, &peer, &packages));
    let programs = programs.collect::<Result<Vec<_>, _>>()?;
    let text = to_markdown(&rows, reasons) + &programs_to_markdown(&programs) + &not_run(&not_asked);
    let differs = PROGRAMS.iter().zip(&programs).filter(|(_, outcome)| outcome.is_some());
    let differs =
        differs.map(|(program, _)| format!("{} prints something else than on the peer", program.name));
    let complaints = complaints(&rows, reasons).into_iter().chain(differs).collect();
    Ok(Judged { text, complaints })
}

impl Program {
    /// Nothing if it prints what it prints on the peer, or else its last line.
    fn judge(&self, wigwag: &Path, peer: &Path, packages: &Packages) -> Result<Option<String>, String> {
        let (here, peer) = (self.run(wigwag, packages)?, self.run(peer, packages)?);
        let is_same = here.ended_well && peer.ended_well && here.text == peer.text;
        Ok((!is_same).then(|| here.last_line()))
    }

    fn run(&self, binary: &Path, packages: &Packages) -> Result<Said, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.name);
        let room = tempfile::tempdir().map_err(failed)?;
        let library = room.path().join("lib");
        packages.install(self.packages.iter().copied(), &library).map_err(failed)?;
        fs::write(room.path().join(self.name), self.text).map_err(failed)?;
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr());
        let port = port.map_err(failed)?.port().to_string();
        process::run(binary, &[self.name, &port], room.path(), &library)
    }
}

fn to_markdown(rows: &[Row], reasons: &Reasons) -> String {
    let mut text = format!(
        "{HEADING}\nThe tests of its packages, as they are, with the packages on the path; a script counts as one.\n\n\
         | test | pass | fail | pass on the unix port |\n|---|---:|---:|---:|\n"
    );
    for row in rows {
        let on_peer = row.peer.cases.saturating_sub(row.peer.failed.len());
        let _ =
            writeln!(text, "| `{}` | {} | {} | {on_peer} |", row.name, row.passed(), row.here.failed.len());
    }
    let sum = |count: fn(&Row) -> usize| rows.iter().map(count).sum::<usize>();
    let on_peer = sum(|row| row.peer.cases.saturating_sub(row.peer.failed.len()));
    let failed = sum(|row| row.here.failed.len());
    let _ = writeln!(text, "| all | {} | {failed} | {on_peer} |", sum(Row::passed));
    if failed > 0 {
        text.push_str("\n| fails | reason |\n|---|---|\n");
    }
    for row in rows {
        for (case, last) in &row.here.failed {
            let name =
                if case.is_empty() { format!("`{}`", row.name) } else { format!("`{}`: `{case}`", row.name) };
            let reason = match reasons.short(&row.entry(case)) {
                Some(reason) => reason.to_owned(),
                None if row.fails_on_peer(case) => format!("fails on the unix port too: `{last}`"),
                None => "**no reason known**".to_owned(),
            };
            let _ = writeln!(text, "| {name} | {reason} |");
        }
    }
    text
}

/// What came of the programs: each with its last line if it does not print what it should.
fn programs_to_markdown(outcomes: &[Option<String>]) -> String {
    let mut text = String::from(
        "\nPackages that have no tests of their own, in programs of ours:\n\n| of what | |\n|---|---|\n",
    );
    for (program, outcome) in PROGRAMS.iter().zip(outcomes) {
        let word = match outcome {
            None => "prints what MicroPython prints".to_owned(),
            Some(last) => format!("**differs**: {last}"),
        };
        let _ = writeln!(text, "| {} | {word} |", program.about);
    }
    text
}

/// Tests by the reason for which they are not run.
fn not_run(not_asked: &[(String, String)]) -> String {
    let mut text = String::from("\nNot run:\n\n");
    let mut reasons: Vec<&str> = not_asked.iter().map(|(reason, _)| reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let of_reason = not_asked.iter().filter(|(other, _)| other == reason);
        let names: Vec<String> = of_reason.map(|(_, name)| format!("`{name}`")).collect();
        let _ = writeln!(text, "- {reason}: {}.", names.join(", "));
    }
    text
}

fn complaints(rows: &[Row], reasons: &Reasons) -> Vec<String> {
    let mut complaints = Vec::new();
    for row in rows {
        for (case, _) in &row.here.failed {
            let entry = row.entry(case);
            if reasons.short(&entry).is_none() && !row.fails_on_peer(case) {
                complaints.push(format!("{entry} falls short, and reasons.txt does not say why"));
            }
        }
    }
    for entry in reasons.said_to_fall_short().filter(|entry| entry.starts_with("lib/")) {
        let fails = |row: &Row| row.here.failed.iter().any(|(case, _)| row.entry(case) == entry);
        if !rows.iter().any(fails) {
            complaints.push(format!("{entry} passes, yet reasons.txt has it"));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
test_a (m.Test) ... ok
test_b (m.Test) ... FAIL

======================================================================
FAIL: test_b <class 'Test'>
----------------------------------------------------------------------
Traceback (most recent call last):
  File \"m.py\", line 3, in test_b
AssertionError: 1 vs (expected) 2

----------------------------------------------------------------------
Ran 2 tests

FAILED (failures=1, errors=0)
";

    fn said(text: &str, ended_well: bool) -> Said {
        Said { text: text.to_owned(), ended_well }
    }

    fn failed(case: &str, last: &str) -> (String, String) {
        (case.to_owned(), last.to_owned())
    }

    #[test]
    fn what_unittest_says_is_read() {
        let expected = Ran { cases: 2, failed: vec![failed("test_b", "AssertionError: 1 vs (expected) 2")] };
        assert_eq!(cases(&said(SAID, false)), expected);
        assert_eq!(cases(&said("Ran 5 tests\n\nOK\n", true)), Ran { cases: 5, failed: Vec::new() });
        let unread = Ran { cases: 1, failed: vec![failed("", "ImportError: x")] };
        assert_eq!(cases(&said("Traceback\nImportError: x\n", false)), unread);
        assert_eq!(script(&said("Traceback\nImportError: x\n", false)), unread);
    }

    #[test]
    fn what_fails_has_a_reason_or_fails_on_the_peer_too() {
        let row = |name: &str, here: &[&str], peer: &[&str]| {
            let ran = |cases: &[&str]| Ran {
                cases: 3,
                failed: cases.iter().map(|case| failed(case, "why")).collect(),
            };
            Row { name: name.to_owned(), here: ran(here), peer: ran(peer) }
        };
        let rows = [
            row("a/test_a.py", &["one", "two"], &["two"]),
            row("b/test_b.py", &[], &[]),
            row("c.py", &["x"], &[]),
        ];
        let reasons =
            "short lib/a/test_a.py:one: known\nshort lib/b/test_b.py: was true\nshort a/b.py: other";
        let reasons = Reasons::parse(reasons).expect("the table is well formed");
        assert_eq!(
            complaints(&rows, &reasons),
            [
                "lib/c.py:x falls short, and reasons.txt does not say why",
                "lib/b/test_b.py passes, yet reasons.txt has it"
            ]
        );
        let text = to_markdown(&rows, &reasons);
        assert!(text.contains("| `a/test_a.py` | 1 | 2 | 2 |"), "{text}");
        assert!(text.contains("| `a/test_a.py`: `one` | known |"), "{text}");
        assert!(text.contains("| `a/test_a.py`: `two` | fails on the unix port too: `why` |"), "{text}");
        let not_asked = ["d.py", "e.py"].map(|name| ("needs a board".to_owned(), name.to_owned()));
        assert_eq!(not_run(&not_asked), "\nNot run:\n\n- needs a board: `d.py`, `e.py`.\n");
    }
}
