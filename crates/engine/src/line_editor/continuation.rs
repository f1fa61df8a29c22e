//! Whether what was typed so far is a whole statement.
//!
//! A judgement on text alone, without lexer and parser, so that it can be made after every line at no cost
//! and is the same everywhere. It is MicroPython's, with its simplifications: a comment is looked through
//! like code, and prefixes of strings (`r"\"`) have no meaning.

/// The words that open a block when a statement begins with one of them.
const BLOCK_WORDS: [&str; 8] = ["if", "while", "for", "try", "with", "def", "class", "async"];

/// What the scan is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    /// A string that ends with one such quote.
    Quote(u8),
    /// A string that ends with three.
    TripleQuote(u8),
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
    let bytes = source.as_bytes();
    let Some(&last) = bytes.last() else { return false };
    let (inside, open_brackets) = scan(bytes);
    match inside {
        Inside::TripleQuote(_) => return true,
        Inside::Code if open_brackets => return true,
        Inside::Code | Inside::Quote(_) => {}
    }
    last == b'\\' || (opens_block(source) && last != b'\n')
}

fn opens_block(source: &str) -> bool {
    let ends_word = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    source.starts_with('@') || BLOCK_WORDS.iter().any(|word| source.strip_prefix(word).is_some_and(ends_word))
}

/// Where the text ends, and whether any kind of bracket is still open there. The kinds are counted apart:
/// one too many of one does not close another.
fn scan(bytes: &[u8]) -> (Inside, bool) {
    const BRACKETS: [(u8, u8); 3] = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];
    let mut open = [0_isize; BRACKETS.len()];
    let mut inside = Inside::Code;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, inside) {
            (b'\'' | b'"', _) => {
                let triple = rest.starts_with(&[byte; 2]);
                let (now, length) = match inside {
                    Inside::Code if triple => (Inside::TripleQuote(byte), 3),
                    Inside::Code => (Inside::Quote(byte), 1),
                    Inside::TripleQuote(quote) if quote == byte && triple => (Inside::Code, 3),
                    Inside::Quote(quote) if quote == byte => (Inside::Code, 1),
                    other => (other, 1),
                };
                inside = now;
                rest = rest.get(length - 1..).unwrap_or_default();
            }
            // In a string, a backslash takes the quote or backslash after it with it.
            (b'\\', Inside::Quote(_) | Inside::TripleQuote(_))
                if matches!(rest.first(), Some(b'\'' | b'"' | b'\\')) =>
            {
                rest = rest.get(1..).unwrap_or_default();
            }
            (_, Inside::Code) => {
                for (count, (opening, closing)) in open.iter_mut().zip(BRACKETS) {
                    *count += isize::from(byte == opening) - isize::from(byte == closing);
                }
            }
            _ => {}
        }
    }
    (inside, open.iter().any(|&count| count > 0))
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
        }
    }
}
