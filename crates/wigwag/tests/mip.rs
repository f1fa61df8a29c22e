//! `-m mip install`, with an index that the test serves on loopback: what arrives, and what does not.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

/// The hash of a file, as another program computes it.
fn sha256(bytes: &[u8]) -> String {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sha256sum starts");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout[..64]).into_owned()
}

/// How an answer goes wrong, or does not.
#[derive(Clone)]
enum Answer {
    Body(Vec<u8>),
    Chunked(Vec<u8>),
    /// Ends before it has all that its length says.
    CutOff(Vec<u8>),
    Redirect(String),
    Raw(&'static [u8]),
}

struct Index {
    url: String,
}

impl Index {
    /// Serves answers by their paths, for as long as the test runs.
    fn serve(answers: HashMap<String, Answer>) -> Index {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers = Arc::new(answers);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&answers);
                thread::spawn(move || answer(stream, &answers));
            }
        });
        Index { url }
    }
}

fn answer(mut stream: TcpStream, answers: &HashMap<String, Answer>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_string();
    // The rest of the request, so that closing does not reset the connection.
    let _ = lines.by_ref().find(|line| line.as_ref().map_or(true, String::is_empty));
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    let bytes = match answers.get(&path) {
        Some(Answer::Body(body)) => [head(body.len()), body.clone()].concat(),
        Some(Answer::CutOff(body)) => [head(body.len() + 10), body.clone()].concat(),
        Some(Answer::Chunked(body)) => {
            let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for piece in body.chunks(7) {
                bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
                bytes.extend_from_slice(piece);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
            bytes
        }
        Some(Answer::Redirect(to)) => format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n").into_bytes(),
        Some(Answer::Raw(bytes)) => bytes.to_vec(),
        None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
    };
    stream.write_all(&bytes).ok()
}

/// An empty directory of the test's own.
struct Target(PathBuf);

impl Target {
    fn new() -> Target {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wigwag-mip-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a directory");
        Target(path)
    }

    fn install(&self, index: &str, packages: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_wigwag"))
            .args(["-m", "mip", "install", "--index", index, "--target"])
            .arg(&self.0)
            .args(packages)
            .output()
            .expect("the command starts")
    }

    /// The files below it.
    fn files(&self) -> Vec<String> {
        fn walk(path: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(path).expect("a directory").flatten() {
                let path = entry.path();
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                if path.is_dir() {
                    found.push(format!("{name}/"));
                    walk(&path, root, found);
                } else {
                    found.push(name);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &self.0, &mut found);
        found.sort();
        found
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).expect("a file")
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn body(text: impl Into<Vec<u8>>) -> Answer {
    Answer::Body(text.into())
}

fn answers<const N: usize>(pairs: [(&str, Answer); N]) -> HashMap<String, Answer> {
    pairs.into_iter().map(|(path, answer)| (path.to_string(), answer)).collect()
}

/// The description of a package of one file, and the path of that file, by its hash.
fn described(name: &str, contents: &[u8]) -> (Answer, String) {
    let hash = &sha256(contents)[..8];
    (body(format!(r#"{{"hashes": [["{name}", "{hash}"]]}}"#)), format!("/file/{}/{hash}", &hash[..2]))
}

#[test]
fn a_package_with_what_it_needs() {
    let module = b"import helper\nprint('installed', helper.value)\n".to_vec();
    let helper = [b"value = 42\n".as_slice(), &b"# padding\n".repeat(2000)].concat();
    let hashes = [&module, &helper].map(|bytes| sha256(bytes)[..8].to_string());
    let file = |number: usize| format!("/file/{}/{}", &hashes[number][..2], hashes[number]);
    let description =
        format!(r#"{{"hashes": [["package/__init__.py", "{}"]], "deps": [["helper", "1.2"]]}}"#, hashes[0]);
    let index = Index::serve(answers([
        ("/package/py/package/latest.json", body(description)),
        (&file(0), Answer::Chunked(module.clone())),
        ("/package/py/helper/1.2.json", body(format!(r#"{{"hashes": [["helper.py", "{}"]]}}"#, hashes[1]))),
        (&file(1), Answer::Redirect("/elsewhere".into())),
        ("/elsewhere", body(helper.clone())),
    ]));
    let target = Target::new();
    let output = target.install(&index.url, &["package"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(target.files(), ["helper.py", "package/", "package/__init__.py"]);
    assert_eq!((target.read("package/__init__.py"), target.read("helper.py")), (module, helper));

    let again = target.install(&index.url, &["package@latest"]);
    let text = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(text.matches("Exists:").count() == 2 && !text.contains("Copying:"), "{text}");

    let program = format!("import sys; sys.path.append({:?}); import package", target.0);
    let run = Command::new(env!("CARGO_BIN_EXE_wigwag")).args(["-c", &program]).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&run.stdout), "installed 42\n", "{run:?}");
}

#[test]
fn urls_and_directories() {
    let index = Index::serve(answers([
        ("/there/package.json", body(r#"{"urls": [["a/b.py", "source/b.py"]], "version": "1"}"#)),
        ("/there/source/b.py", body("b = 1\n")),
        ("/single.py", body("single = 1\n")),
    ]));
    let target = Target::new();
    let place = |path: &str| format!("{}{path}", index.url);
    let output = target.install(&index.url, &[&place("/there/"), &place("/single.py")]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(target.files(), ["a/", "a/b.py", "single.py"]);

    let source = Target::new();
    fs::write(source.0.join("package.json"), r#"{"urls": [["local.py", "here.py"]]}"#).expect("written");
    fs::write(source.0.join("here.py"), "local = 1\n").expect("written");
    let description = source.0.join("package.json");
    let output = target.install(&index.url, &[&description.to_string_lossy()]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(target.read("local.py"), b"local = 1\n");
}

#[test]
fn what_goes_wrong_leaves_everything_as_it_was() {
    let good = b"good = 1\n";
    let (description, path) = described("kept.py", good);
    let two = |second: &str| {
        let hash = &sha256(good)[..8];
        body(format!(r#"{{"hashes": [["new/first.py", "{hash}"]], {second}}}"#))
    };
    let index = Index::serve(answers([
        ("/package/py/good/latest.json", description),
        (&path, body(good.as_slice())),
        ("/package/py/cut/latest.json", two(r#""urls": [["cut.py", "cut.py"]]"#)),
        ("/package/py/cut/cut.py", Answer::CutOff(b"x".repeat(5000))),
        ("/package/py/missing/latest.json", two(r#""urls": [["missing.py", "missing.py"]]"#)),
        ("/package/py/needs/latest.json", two(r#""deps": [["nothing", "latest"]]"#)),
        ("/package/py/wrong/latest.json", body(r#"{"hashes": [["kept.py", "0123456789abcdef"]]}"#)),
        ("/file/01/0123456789abcdef", body("something else")),
        ("/package/py/outside/latest.json", two(r#""urls": [["../outside.py", "x"]]"#)),
        ("/package/py/absolute/latest.json", two(r#""urls": [["/outside.py", "x"]]"#)),
        ("/package/py/short/latest.json", body(r#"{"hashes": [["a.py", ""]]}"#)),
        ("/package/py/text/latest.json", body("this is no description")),
        ("/package/py/list/latest.json", body("[1, 2]")),
        ("/package/py/odd/latest.json", two(r#""deps": [[1, 2]]"#)),
        ("/package/py/noise/latest.json", Answer::Raw(b"\xff\xfe\0\0\r\n\r\n")),
        ("/package/py/silent/latest.json", Answer::Raw(b"")),
        ("/package/py/endless/latest.json", Answer::Redirect("/package/py/endless/latest.json".into())),
        (
            "/package/py/chunk/latest.json",
            Answer::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ),
    ]));
    let target = Target::new();
    assert!(target.install(&index.url, &["good"]).status.success());
    for package in [
        "cut",
        "missing",
        "needs",
        "wrong",
        "outside",
        "absolute",
        "short",
        "text",
        "list",
        "odd",
        "noise",
        "silent",
        "endless",
        "chunk",
        "unknown",
        "github:only",
        "http://",
        "http://127.0.0.1:1/x.py",
        "none.json",
    ] {
        let output = target.install(&index.url, &[package]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{package}: {output:?}");
        assert!(error.starts_with("mip: ") && error.lines().count() == 1, "{package}: {error}");
        assert_eq!(target.files(), ["kept.py"], "{package}");
        assert_eq!(target.read("kept.py"), good, "{package}");
    }
}

#[test]
fn arguments() {
    for (words, status) in [
        (&["-m", "mip"][..], 2),
        (&["-m", "mip", "install"], 2),
        (&["-m", "mip", "install", "--nonsense", "x"], 2),
        (&["-m", "mip", "install", "--target"], 2),
        (&["-m", "mip", "--help"], 0),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_wigwag")).args(words).output().expect("it starts");
        assert_eq!(output.status.code(), Some(status), "{words:?}: {output:?}");
    }
    let program =
        "import mip; print(mip.rewrite_url('github:o/r/d/f.py', 'v1'), mip.rewrite_url('gitlab:o/r/f'))";
    let output =
        Command::new(env!("CARGO_BIN_EXE_wigwag")).args(["-c", program]).output().expect("it starts");
    let expected = "https://raw.githubusercontent.com/o/r/v1/d/f.py https://gitlab.com/o/r/-/raw/HEAD/f\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
