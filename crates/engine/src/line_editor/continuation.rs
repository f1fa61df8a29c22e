//! Whether what was typed so far is a whole statement.
//!
//! A judgement on text alone, without lexer and parser, so that it can be made after every line at no cost and is the same everywhere. It is MicroPython's, with its simplifications: a comment is looked through
//! like code, and prefixes of strings (`r"\"`) have no meaning.

/// The words that open a block when a statement begins with one of them.
const BLOCK_WORDS: [&str; 8] = ["if", "while", "for", "try", "with", "def", "class", "async"];

/// The kinds of brackets. They are counted apart: one too many of one does not close another.
const BRACKETS: [(u8, u8); 3] = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];

/// What the scan is inside of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Code,
    /// A string that ends with one such quote.
    Quote(u8),
    /// A string that ends with three.
    TripleQuote(u8),
}

/// What is known of a statement so far.
#[derive(Debug, Default)]
pub(super) struct Continuation {
    inside: Inside,
    open: [isize; BRACKETS.len()],
    opens_block: bool,
    /// The last byte; none while there is no text at all.
    last: Option<u8>,
}

/// Says whether `source`, one or more lines joined by newlines, needs another line before it can run.
///
/// It does inside triple quotes and open brackets, after a trailing backslash, and, when it begins with a
/// word that opens a block or with a decorator, until a line is empty.
///
/// ```
/// use wigwag_engine::line_editor::needs_more_input;
/// assert!(needs_more_input("print("));
/// assert!(needs_more_input("if x:\n    y"));
/// assert!(!needs_more_input("if x:\n    y\n"));
/// ```
pub fn needs_more_input(source: &str) -> bool {
    let mut continuation = Continuation::default();
    continuation.add(source);
    continuation.needs_more_input()
}

impl Continuation {
    /// Looks at what comes next: a line, or the newline after it. Nothing reaches over the end of a line.
    pub(super) fn add(&mut self, text: &str) {
        let Some(&last) = text.as_bytes().last() else { return };
        if self.last.is_none() {
            self.opens_block = opens_block(text);
        }
        self.last = Some(last);
        self.scan(text.as_bytes());
    }

    pub(super) fn needs_more_input(&self) -> bool {
        match self.inside {
            Inside::TripleQuote(_) => return true,
            Inside::Code if self.open.iter().any(|&count| count > 0) => return true,
            Inside::Code | Inside::Quote(_) => {}
        }
        self.last == Some(b'\\') || (self.opens_block && self.last != Some(b'\n'))
    }

    fn scan(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match (byte, self.inside) {
                (b'\'' | b'"', inside) => {
                    let triple = rest.starts_with(&[byte; 2]);
                    let (now, length) = match inside {
                        Inside::Code if triple => (Inside::TripleQuote(byte), 3),
                        Inside::Code => (Inside::Quote(byte), 1),
                        Inside::TripleQuote(quote) if quote == byte && triple => (Inside::Code, 3),
                        Inside::Quote(quote) if quote == byte => (Inside::Code, 1),
                        other => (other, 1),
                    };
                    self.inside = now;
                    rest = rest.get(length - 1..).unwrap_or_default();
                }
                // In a string, a backslash takes the quote or backslash after it with it.
                (b'\\', Inside::Quote(_) | Inside::TripleQuote(_))
                    if matches!(rest.first(), Some(b'\'' | b'"' | b'\\')) =>
                {
                    rest = rest.get(1..).unwrap_or_default();
                }
                (_, Inside::Code) => {
                    for (count, (opening, closing)) in self.open.iter_mut().zip(BRACKETS) {
                        *count += isize::from(byte == opening) - isize::from(byte == closing);
                    }
                }
                _ => {}
            }
        }
    }
}

fn opens_block(source: &str) -> bool {
    let ends_word = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    source.starts_with('@') || BLOCK_WORDS.iter().any(|word| source.strip_prefix(word).is_some_and(ends_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_statements() {
        for source in [
            "",
            " ",
            "x",
            "print(1)",
            "'abc'",
            "'\"'",
            "'('",
            r"'\'('",
            r#""\"(""#,
            "x = ')'",
            ")",
            "'''a\nb'''",
            "\"\"\"a'''b\"\"\"",
            "if1 = 1",
            "iffy",
            "_if:",
            "a if b else c",
            "if x:\n",
            "async def f():\n    pass\n",
            "@d\ndef f(): pass\n",
            // An open quote hides brackets, and runs into its own error.
            "x = 'abc(",
            "'''' '''\n'",
            "# it's (fine",
            "é = 1",
            "ifé = 1",
        ] {
            assert!(!needs_more_input(source), "{source:?}");
        }
    }

    #[test]
    fn unfinished_ones() {
        for source in [
            "(",
            "print(\n1,",
            "[1, (2)",
            "{1: [2]",
            "([)",
            "'''",
            "'''abc\"\"\"",
            "x = \"\"\"abc\n",
            "x = 1 \\",
            "'abc\\",
            "if x:",
            "if(x):",
            "if x: y",
            "while True:\n    pass",
            "for i in x:",
            "try:",
            "with x:",
            "def f():",
            "class A:",
            "async def f():",
            "@decorator",
            "if",
            "if x:\n    y = (1\n",
            "# a comment with (",
        ] {
            assert!(needs_more_input(source), "{source:?}");
            // The same line by line.
            let mut continuation = Continuation::default();
            source.split_inclusive('\n').for_each(|line| continuation.add(line));
            assert!(continuation.needs_more_input(), "{source:?}");
        }
    }
}
