//! Numbers, strings and bytes: mostly those at the edge of something.

use super::Writer;
use super::words::{CONVERSIONS, LAYOUTS, SPECS};

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "7",
    "10",
    "63",
    "64",
    "100",
    "255",
    "256",
    "1000",
    "65536",
    "1000000",
    "0x3fffffff",
    "0x40000000",
    "-0x40000000",
    "0x7fffffff",
    "0x80000000",
    "2**32",
    "2**47",
    "-2**47",
    "2**62",
    "2**63",
    "-2**63",
    "2**63 - 1",
    "2**64",
    "-2**64",
    "10**30",
    "-10**50",
    "1 << 200",
    "(1 << 1000) - 1",
];

const FLOATS: &[&str] = &[
    "0.0",
    "1.5",
    "-0.0",
    "1e300",
    "1e-300",
    "5e-324",
    "float('inf')",
    "float('nan')",
    "-float('inf')",
    "0.1",
    "1e16",
    "123456789.125",
    "2j",
    "-1.5j",
    "1e22",
];

const STRINGS: &[&str] = &[
    "''",
    "'a'",
    "'abc'",
    "'k'",
    "' x y\\n'",
    "'é'",
    "'日本'",
    "'\\U0001f600'",
    "'\\x00'",
    "'ab' * 20",
    "'1.5'",
    "'-12'",
    "'0x_1f'",
    "'x' * 1000",
    "'[1, 2]'",
    "'f()'",
    "'i = 1\\nprint(i)'",
    "'a,b,,c'",
    "'utf-8'",
    "'fuzz.py'",
    "'r'",
    "'wb'",
    "'{\"a\": [1, null]}'",
    "'(a|b)*c+?'",
    "'{'",
    "'}'",
    "'{0.x[1]!r:>{1}}'",
];

const BYTES: &[&str] = &[
    "b''",
    "b'a'",
    "b'abc'",
    "b'\\x00\\xff'",
    "bytes(range(256))",
    "bytearray(b'xyz')",
    "bytearray(40)",
    "memoryview(bytearray(8))",
    "b'\\xc3\\xa9'",
    "b'\\xff\\xfe'",
    "b'61 62'",
];

impl Writer<'_> {
    pub fn value(&mut self) {
        match self.choose(10) {
            0 | 1 => self.word(INTEGERS),
            2 => self.word(STRINGS),
            3 => self.word(FLOATS),
            4 => self.word(BYTES),
            5 => self.any_integer(),
            6 => self.any_string(),
            7 => self.layout(),
            _ => self.word(&[
                "None",
                "True",
                "False",
                "...",
                "NotImplemented",
                "()",
                "[]",
                "{}",
                "set()",
                "object()",
            ]),
        }
    }

    fn any_integer(&mut self) {
        let number: i32 = self.choices.arbitrary().unwrap_or(0);
        self.push(&number.to_string());
    }

    fn any_string(&mut self) {
        let text: &str = self.choices.arbitrary().unwrap_or("");
        // Rust's escapes in a text are Python's, but for this one.
        let escaped: String = text.chars().take(40).map(|c| format!("\\U{:08x}", c as u32)).collect();
        self.push(&format!("'{escaped}'"));
    }

    fn layout(&mut self) {
        let layout = self.one_of(LAYOUTS);
        self.push(&format!("'{layout}'"));
    }

    pub fn format_spec(&mut self) {
        self.word(SPECS);
    }

    /// A template for `%`.
    pub fn percent_template(&mut self) {
        self.push("'");
        for _ in 0..=self.choose(3) {
            self.word(CONVERSIONS);
            self.word(&["", " ", "x"]);
        }
        self.push("'");
    }

    /// A template for `str.format`.
    pub fn format_template(&mut self) {
        self.push("'");
        for _ in 0..=self.choose(3) {
            self.word(&["{", "{0", "{1", "{a", "{0.x", "{0[1]", "{0!r"]);
            self.push(":");
            self.format_spec();
            self.word(&["}", "}", "", "}}"]);
        }
        self.push("'");
    }
}
