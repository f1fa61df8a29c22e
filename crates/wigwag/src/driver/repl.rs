//! The REPL on a terminal: the engine's line editor, fed with what is typed.

use std::io::{self, Write};
use std::os::fd::AsFd;

use wigwag_engine::engine::Ending;
use wigwag_engine::line_editor::{Event, LineEditor, NoAssistance};
use wigwag_host::files;
use wigwag_host::terminal::RawMode;
use wigwag_vm::run::Stream;
use wigwag_vm::run::source::SourceMode;

use super::{Driver, complain};

/// How many lines are remembered.
const HISTORY_LINES: usize = 50;
/// What the end of input is to the line editor.
const CTRL_D: u8 = 4;

/// Reads and runs statements until the end of input; gives the status to end with.
pub(super) fn run(driver: &mut Driver) -> u8 {
    let mut editor = LineEditor::new(HISTORY_LINES);
    show(&banner());
    loop {
        let Some(event) = read(driver, &mut editor) else { return 0 };
        let (source, mode) = match event {
            Event::Statement(source) => (source, SourceMode::Single),
            Event::Pasted(source) => (source, SourceMode::Module),
            Event::Banner => {
                show(&banner());
                continue;
            }
            Event::Cancelled | Event::Input(_) => continue,
            Event::RawRepl => {
                complain("the raw REPL is not there yet", 0);
                continue;
            }
            Event::EndOfInput => {
                show("\n");
                return 0;
            }
        };
        if source.trim().is_empty() {
            continue;
        }
        let ending = match driver.engine.start(source.as_bytes(), "<stdin>", mode) {
            Ok(()) => driver.drive(),
            Err(ending) => ending,
        };
        if let Ending::Exit(status) = ending {
            return (status & 0xFF) as u8;
        }
        if let Ending::Exception(text) | Ending::Interrupted(text) | Ending::Deadlock(text) = &ending {
            driver.world.borrow_mut().program_output(Stream::Error, text.as_bytes());
        }
        driver.world.borrow_mut().flush();
        if ending == Ending::TimeUp {
            return 0;
        }
    }
}

/// One thing typed.
fn read(driver: &mut Driver, editor: &mut LineEditor) -> Option<Event> {
    driver.world.borrow_mut().hide_strip();
    let raw = RawMode::enter(io::stdin().as_fd()).ok();
    let mut echo = Vec::new();
    editor.begin(">>> ", "... ", &mut echo);
    let event = loop {
        show_bytes(&echo);
        echo.clear();
        let mut buffer = [0; 1];
        let byte = match files::read_some(io::stdin(), &mut buffer) {
            Ok(0) => CTRL_D,
            Ok(_) => buffer[0],
            Err(_) => break None,
        };
        if let Some(event) = editor.feed(byte, &mut NoAssistance, &mut echo) {
            break Some(event);
        }
        if byte == CTRL_D && raw.is_none() {
            break None;
        }
    };
    show_bytes(&echo);
    event
}

fn banner() -> String {
    format!(
        "Wigwag {}; MicroPython's language\nType \"help()\" for more information.\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn show(text: &str) {
    show_bytes(text.as_bytes());
}

fn show_bytes(bytes: &[u8]) {
    // A terminal that cannot be written to has nobody in front of it.
    let _ = io::stdout().write_all(bytes).and_then(|()| io::stdout().flush());
}
