//! Keystroke scripts and what they leave on the screen.

use super::screen::Screen;
use super::*;
use alloc::format;
use alloc::vec;

/// A person at a terminal: types, and sees.
struct Session<Helper> {
    editor: LineEditor,
    assistant: Helper,
    screen: Screen,
    events: Vec<Event>,
    /// Everything the editor ever wrote.
    echoed: Vec<u8>,
    /// How much of that the screen has got: paste mode echoes characters in pieces.
    shown: usize,
}

impl<Helper: Assistant> Session<Helper> {
    fn with(assistant: Helper) -> Self {
        Session::on_a_terminal(assistant, None)
    }

    fn on_a_terminal(assistant: Helper, columns: Option<u16>) -> Self {
        let mut editor = LineEditor::new(8);
        editor.set_columns(columns);
        let mut session = Session {
            editor,
            assistant,
            screen: Screen::of_width(columns.map(usize::from)),
            events: vec![],
            echoed: vec![],
            shown: 0,
        };
        session.begin();
        session
    }

    fn begin(&mut self) {
        let mut echo = vec![];
        self.editor.begin(">>> ", "... ", &mut echo);
        self.show(&echo);
    }

    fn show(&mut self, echo: &[u8]) {
        self.echoed.extend_from_slice(echo);
        if core::str::from_utf8(&self.echoed[self.shown..]).is_ok() {
            self.screen.show(&self.echoed[self.shown..]);
            self.shown = self.echoed.len();
        }
    }

    fn feed(&mut self, byte: u8) {
        let mut echo = vec![];
        let event = self.editor.feed(byte, &mut self.assistant, &mut echo);
        self.show(&echo);
        if let Some(event) = event {
            self.events.push(event);
            if self.screen.column > 0 {
                // Ctrl-D finished a block in the middle of a row, and what it printed ended in a newline.
                self.show(b"\r\n");
            }
            self.begin();
        }
    }

    /// The screen ends with prompt and text, as a terminal shows them that gets them all at once, and the cursor is
    /// where it belongs.
    #[track_caller]
    fn shows_the_line(&self) {
        let prompt = if self.editor.entered.is_empty() { ">>> " } else { "... " };
        let line = &self.editor.line;
        let on_a_new_screen = |text: &str| {
            let mut screen = self.screen.empty();
            screen.show(prompt.as_bytes());
            screen.show(text.as_bytes());
            if screen.is_at_edge() {
                screen.show(b" \r");
            }
            screen
        };
        let cursor = on_a_new_screen(line.before_cursor());
        let echoed = self.echoed.escape_ascii();
        let top = self.screen.row.checked_sub(cursor.row).expect("the prompt is on the screen");
        assert_eq!(self.screen.text_from(top), on_a_new_screen(line.text()).text(), "{echoed}");
        assert_eq!(self.screen.column, cursor.column, "{echoed}");
    }

    fn types(mut self, keys: &str) -> Self {
        keys.bytes().for_each(|byte| self.feed(byte));
        self
    }

    fn statements(&self) -> Vec<&str> {
        self.events
            .iter()
            .map(|event| match event {
                Event::Statement(text) => text.as_str(),
                other => panic!("{other:?}"),
            })
            .collect()
    }
}

fn session() -> Session<NoAssistance> {
    Session::with(NoAssistance)
}

/// The only statement that the keys enter.
#[track_caller]
fn enters(keys: &str, statement: &str) {
    let session = session().types(keys).types("\r");
    assert_eq!(session.statements(), [statement], "{keys:?}");
    let rows: Vec<String> = statement
        .split('\n')
        .enumerate()
        .map(|(number, row)| format!("{}{row}", if number == 0 { ">>> " } else { "... " }))
        .map(|row| String::from(row.trim_end()))
        .collect();
    assert_eq!(session.screen.text(), format!("{}\n>>>", rows.join("\n")), "{keys:?}");
}

#[test]
fn moving_and_deleting() {
    enters("t = 1\x022", "t = 21");
    enters("\"boofar\"\x02\x02\x02\x02\x0b\x01\x06\x04f\x05bar\"", "\"foobar\"");
    enters("bc\x01a\x05d", "abcd");
    enters("bc\x1b[Ha\x1b[Fd", "abcd");
    enters("bc\x1b[1~a\x1b[4~d", "abcd");
    enters("ac\x1b[Db\x1b[Cd", "abcd");
    enters("abXc\x1b[D\x1b[D\x1b[3~", "abc");
    enters("abXc\x1b[D\x7f", "abc");
    enters("XXab\x02\x02\x15", "ab");
    enters("abXX\x02\x02\x0b", "ab");
    // At the ends, nothing happens.
    enters("a\x06\x06\x05b\x01\x02\x7fc", "cab");
    enters("abc\x1b[3~\x04", "abc");
}

#[test]
fn words() {
    enters("234\x1bb1", "1234");
    enters("234    \x1bb1", "1234    ");
    enters("1 2 + 3\x01\x1bb\x06+", "1+ 2 + 3");
    enters("1+2 12\x02\x02+\x1bf+3", "1+2 +12+3");
    enters("1+    12 3\x01\x06\x06\x1bf+", "1+    12+ 3");
    enters("1 + 2 3\x1bf\x02+", "1 + 2 +3");
    enters("100 + 45623\x02\x02\x1b\x7f", "100 + 23");
    enters("100 + 45623\x1b\x7f1", "100 + 1");
    enters("100 + 256\x02\x02\x1bd3", "100 + 23");
    enters("1 + 256\x02\x02\x02\x02\x1bd2", "1 +2");
    enters("234\x1b[1;5D1", "1234");
    enters("12\x02\x02\x1b[1;5C3", "123");
    enters("123\x171", "1");
    enters("äöü ß\x1bb\x1bbx", "xäöü ß");
}

#[test]
fn history_by_arrows_and_by_letters() {
    let session = session().types("1\r2\r3\r\x10\x10\x10\r\x1b[A\x1b[A\x1b[B\r");
    assert_eq!(session.statements(), ["1", "2", "3", "1", "1"]);
    // As terminals and upstream's transcripts see it: no more is sent than needed.
    let ending = b">>> 3\x082\x081\r\n>>> 1\x083\x081\r\n>>> ";
    assert!(session.echoed.ends_with(ending), "{}", session.echoed.escape_ascii());
}

#[test]
fn history_beyond_its_ends() {
    let session = session().types("a\r\x10\x10\x10\x0e\x0e\x0eb\r");
    assert_eq!(session.statements(), ["a", "b"]);
    assert_eq!(session.editor.history().collect::<Vec<_>>(), ["a", "b"]);
    // A new line starts at its newest again.
    let session = session.types("\x10\x10\r\x10\r");
    assert_eq!(session.statements(), ["a", "b", "a", "a"]);
}

#[test]
fn history_is_bounded_and_can_be_filled() {
    let mut editor = LineEditor::new(3);
    for line in ["a", "b", "b", "", "c\td\x1b[A", "e"] {
        editor.remember(line);
    }
    assert_eq!(editor.history().collect::<Vec<_>>(), ["b", "cd[A", "e"]);
}

#[test]
fn a_block_is_indented_and_ends_after_two_blank_lines() {
    let session = session().types("if 1:\rprint(1)\r\r\r\r");
    assert_eq!(session.statements(), ["if 1:\n    print(1)\n    \n    \n"]);
    let expected = b">>> if 1:\r\n...     print(1)\r\n...     \r\n...     \r\n... \r\n>>> ";
    assert_eq!(session.echoed, expected, "{}", session.echoed.escape_ascii());
}

#[test]
fn backspace_takes_a_step_of_indentation() {
    let session = session().types("def f(x):\rprint(x)\r\x7f\r");
    assert_eq!(session.statements(), ["def f(x):\n    print(x)\n"]);
    let expected = b"...     print(x)\r\n...     \x08\x08\x08\x08\x1b[K\r\n>>> ";
    assert!(session.echoed.ends_with(expected), "{}", session.echoed.escape_ascii());
    // One character where there is more than indentation, or less than a step of it.
    enters("a    \x7f\x7fb", "a  b");
    enters("   \x7f1", "  1");
    enters("     \x7f1", " 1");
}

#[test]
fn pasted_indentation_is_left_alone() {
    let session = session().types("if 0:\r  print(2)\relse:\r  print(3)\r\r");
    assert_eq!(session.statements(), ["if 0:\n  print(2)\nelse:\n  print(3)\n"]);
    let expected =
        b">>> if 0:\r\n...     \x08\x08\x08 print(2)\r\n... else:\r\n...   print(3)\r\n... \r\n>>> ";
    assert_eq!(session.echoed, expected, "{}", session.echoed.escape_ascii());
}

#[test]
fn a_tab_accepts_the_indentation_and_indents_thereafter() {
    let session = session().types("if 0:\r\tprint(4)\relse:\r\tprint(5)\r\r");
    assert_eq!(session.statements(), ["if 0:\n    print(4)\nelse:\n    print(5)\n"]);
}

#[test]
fn unfinished_statements_ask_for_more() {
    for statement in [
        "1 \\\n+ 2",
        "'''abc\ndef'''",
        "print(\n1 + 2)",
        "l = [1,\n2]",
        "d = {1:'one',\n2:'two'}",
        "@d\ndef f(): x\n",
    ] {
        let session = session().types(&statement.replace('\n', "\r")).types("\r");
        assert_eq!(session.statements(), [statement]);
    }
}

#[test]
fn an_empty_first_line_is_asked_again() {
    let session = session().types("\r\r1\r");
    assert_eq!(session.statements(), ["1"]);
    assert_eq!(session.screen.text(), ">>>\n>>>\n>>> 1\n>>>");
}

#[test]
fn control_keys_on_an_empty_line() {
    let session = session().types("\x01\x02\x03\x04");
    assert_eq!(session.events, [Event::RawRepl, Event::Banner, Event::Cancelled, Event::EndOfInput]);
    assert_eq!(session.screen.text(), ">>>\n>>>\n>>>\n>>>\n>>>");
}

#[test]
fn control_keys_in_a_continuation() {
    let session = session().types("(\r\x01\x02\x05\x04");
    assert_eq!(session.events, [Event::Statement("(\n".into())]);
    let session = session.types("(\r\x03if x:\ry\x03abc\x03\x1b\x03");
    assert_eq!(session.events[1..], vec![Event::Cancelled; 4]);
    // An indented line is not empty, so Ctrl-D deletes there.
    let session = session.types("if x:\r\x04");
    assert_eq!(session.editor.unfinished(), "if x:\n    ");
}

#[test]
fn cancelling_forgets_everything() {
    let session = session().types("if x:\r    broken(\x03fine\r");
    assert_eq!(session.events, [Event::Cancelled, Event::Statement("fine".into())]);
}

#[test]
fn paste_mode() {
    let session = session().types("\x05def f():\r    pass\r\nf('é')\n\x04");
    assert_eq!(session.events, [Event::Pasted("def f():\n    pass\nf('é')\n".into())]);
    assert_eq!(
        session.screen.text(),
        ">>>\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== def f():\n===     pass\n=== f('é')\n===\n>>>"
    );
    let session = session.types("\x05oops\x03fine\r");
    assert_eq!(session.events[1..], [Event::Cancelled, Event::Statement("fine".into())]);
    let mut session = session.types("\x05");
    [b'a', 0xff, CTRL_D].iter().for_each(|&byte| {
        let mut echo = vec![];
        if let Some(event) = session.editor.feed(byte, &mut NoAssistance, &mut echo) {
            session.events.push(event);
        }
    });
    assert_eq!(session.events[3..], [Event::Pasted("a\u{fffd}".into())]);
}

#[test]
fn a_line_of_input() {
    let mut editor = LineEditor::new(8);
    let mut echo = vec![];
    let mut run = |keys: &str| {
        editor.begin_input("name? ", &mut echo);
        keys.bytes().find_map(|byte| editor.feed(byte, &mut NoAssistance, &mut echo))
    };
    assert_eq!(run("if x:\r"), Some(Event::Input("if x:".into())));
    assert_eq!(run("\r"), Some(Event::Input("".into())));
    assert_eq!(run("ab\x03"), Some(Event::Cancelled));
    assert_eq!(run("\x01\x02\x05\x04"), Some(Event::EndOfInput));
    assert_eq!(echo, b"name? if x:\r\nname? \r\nname? abname? ");
}

/// Completes from a fixed list, as a namespace would.
struct Words(&'static [&'static str]);

impl Assistant for Words {
    fn complete(&mut self, before_cursor: &str) -> Completion {
        let word = before_cursor.rsplit(' ').next().unwrap_or_default();
        let fitting: Vec<&str> = self.0.iter().copied().filter(|known| known.starts_with(word)).collect();
        match fitting.as_slice() {
            [] => Completion::Nothing,
            [only] => Completion::Insert(only[word.len()..].into()),
            several => Completion::Candidates(several.iter().map(|&word| word.into()).collect()),
        }
    }
}

#[test]
fn tab_completes_lists_or_indents() {
    let session = Session::with(Words(&["import", "isinstance", "issubclass"]));
    let session = session.types("imp\t x\r");
    assert_eq!(session.statements(), ["import x"]);
    let session = session.types("is(\x02\t");
    assert_eq!(session.screen.text(), ">>> import x\n>>> is(\nisinstance      issubclass\n>>> is(");
    assert_eq!(session.screen.column, ">>> is".len());
    let session = session.types("in\t\x05)\r");
    assert_eq!(session.statements(), ["import x", "isinstance()"]);
    // After a space, and at the start of a continuation line, Tab is four spaces.
    let session = session.types("a \tb\r(\r\t1)\r");
    assert_eq!(session.statements()[2..], ["a     b", "(\n    1)"]);
    // Nothing fits: nothing happens.
    let session = session.types("zzz\t\r");
    assert_eq!(session.statements()[4..], ["zzz"]);
}

#[test]
fn candidates_in_a_continuation_repeat_its_prompt() {
    let session = Session::with(Words(&["ab", "ac"])).types("(\ra\t");
    assert_eq!(session.screen.text(), ">>> (\n... a\nab              ac\n... a");
}

#[cfg(feature = "wide-characters")]
#[test]
fn wide_and_combining_characters_move_as_they_look() {
    enters("日本\x02x", "日x本");
    enters("日本\x7f\x7fab", "ab");
    enters("e\u{301}a\x02\x02b", "be\u{301}a");
    enters("ce\u{301}\x7fd", "cd");
    enters("e\u{301}x\x01\x1b[3~", "x");
}

/// Whatever is typed, the row of the cursor shows the prompt and the line, and the cursor is where it is.
#[test]
fn the_screen_never_lies() {
    const PIECES: &[&str] = &[
        "a",
        "b1",
        " ",
        "    ",
        "(",
        ")",
        "'",
        "é",
        "日",
        "e\u{301}",
        "\u{301}",
        ":",
        "if x:",
        "\t",
        "\r",
        "\n",
        "\x01",
        "\x02",
        "\x04",
        "\x05",
        "\x06",
        "\x08",
        "\x0b",
        "\x0e",
        "\x10",
        "\x15",
        "\x17",
        "\x1b[A",
        "\x1b[B",
        "\x1b[C",
        "\x1b[D",
        "\x1b[H",
        "\x1b[F",
        "\x1b[3~",
        "\x1b[1;5C",
        "\x1b[1;5D",
        "\x1bb",
        "\x1bf",
        "\x1bd",
        "\x1b\x7f",
        "\x1b",
        "\x7f",
        "\x7f",
        "\x7f",
        "\x03",
    ];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for number in 0..600 {
        let width = [None, Some(80), Some(11), Some(5), Some(4), Some(2)][number % 6];
        let mut session = Session::on_a_terminal(Words(&["abc", "abd", "b1x"]), width);
        for _ in 0..60 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let piece = PIECES[(random % PIECES.len() as u64) as usize];
            // A mark alone at the start of a row is nobody's.
            if width.is_some() && piece.contains('\u{301}') {
                continue;
            }
            piece.bytes().for_each(|byte| session.feed(byte));
            if session.editor.entering == Entering::Paste {
                session.feed(CTRL_D);
            }
            session.shows_the_line();
        }
    }
}

#[test]
fn long_lines_take_several_rows() {
    let mut session = Session::on_a_terminal(NoAssistance, Some(10)).types("abcdefghijklmnopqrstuvwxyz");
    assert_eq!(session.screen.text(), ">>> abcdef\nghijklmnop\nqrstuvwxyz");
    session = session.types("\x01X\x1b[F\x7f\x1b[D\x1b[3~");
    assert_eq!(session.screen.text(), ">>> Xabcde\nfghijklmno\npqrstuvwx");
    // What follows comes below all of it, wherever the cursor was.
    session = session.types("\x01\r");
    assert_eq!(session.screen.text(), ">>> Xabcde\nfghijklmno\npqrstuvwx\n>>>");
    session = session.types("\x10\x01\x03");
    assert_eq!(session.screen.text_from(3), ">>> Xabcde\nfghijklmno\npqrstuvwx\n>>>");
    session = session.types("\x10\x15").types("12\r");
    assert_eq!(session.screen.text_from(6), ">>> 12\n>>>");
}

#[test]
fn a_terminal_may_change_its_width() {
    let mut session = Session::on_a_terminal(NoAssistance, Some(10)).types("abcdef");
    session.editor.set_columns(Some(8));
    session.editor.set_columns(None);
    session.editor.set_columns(Some(10));
    session = session.types("g\x7f\x7f1\r");
    assert_eq!(session.screen.text(), ">>> abcde1\n\n>>>");
}

#[test]
fn a_long_line_is_typed_in_time_that_grows_with_it() {
    let mut session = Session::on_a_terminal(NoAssistance, Some(80));
    let mut echo = vec![];
    for _ in 0..1_000_000 {
        session.editor.feed(b'x', &mut NoAssistance, &mut echo);
        assert!(echo.len() <= 3, "{}", echo.escape_ascii());
        echo.clear();
    }
    assert_eq!(session.editor.unfinished().len(), 1_000_000);
}

#[test]
fn any_bytes_at_all() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut editor = LineEditor::new(4);
    let mut echo = vec![];
    for _ in 0..200_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let byte = (random >> 32) as u8;
        if editor.feed(byte, &mut NoAssistance, &mut echo).is_some() {
            editor.begin(">>> ", "... ", &mut echo);
        }
        echo.clear();
    }
}
