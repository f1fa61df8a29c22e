//! The lines typed in earlier sessions, in `~/.wigwag.history`: read when the REPL begins, written when it ends.
//!
//! One line each, oldest first. A session without a home, or whose file cannot be read or written, goes on without.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use wigwag_engine::line_editor::LineEditor;

/// How many lines are remembered.
pub const LINES: usize = 50;
const FILE_NAME: &str = ".wigwag.history";
/// No file of ours is longer, unless long lines were typed.
const MOST_BYTES: u64 = 1 << 20;

/// The file, and what was in it.
pub struct History {
    path: Option<PathBuf>,
    text: String,
}

impl History {
    /// The history of whoever's home this is, given to the editor.
    pub fn load(home: Option<PathBuf>, editor: &mut LineEditor) -> History {
        // A pipe or a device of that name is no history, and could keep us waiting.
        let path = home
            .filter(|home| !home.as_os_str().is_empty())
            .map(|home| home.join(FILE_NAME))
            .filter(|path| path.metadata().map_or(true, |found| found.is_file()));
        let text = path.as_ref().and_then(|path| read(path).ok()).unwrap_or_default();
        text.lines().for_each(|line| editor.remember(line));
        History { path, text }
    }

    /// Writes what the editor remembers now, if that is anything new.
    pub fn save(&self, editor: &LineEditor) {
        let text: String = editor.history().flat_map(|line| [line, "\n"]).collect();
        if let Some(path) = &self.path
            && text != self.text
        {
            // What cannot be kept is not worth a word to somebody who is leaving.
            let _ = write(path, &text);
        }
    }
}

fn read(path: &PathBuf) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Passwords are typed, too: nobody else may read it.
fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
