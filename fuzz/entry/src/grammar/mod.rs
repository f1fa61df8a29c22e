//! The grammar: turns any bytes into a Python program that is likely to get somewhere.
//!
//! Every choice takes a little of the bytes; when they are used up the first alternative is taken, which is always a
//! short one, so that programs end. The same bytes always give the same program. Most statements stand in a `try`, so
//! that one that fails does not keep the others from running.
//!
//! | file | what it writes |
//! |---|---|
//! | `words.rs` | what is chosen from: names, modules, methods, operators, format specs |
//! | `values.rs` | numbers, strings, bytes |
//! | `expressions.rs` | expressions |
//! | `statements.rs` | statements, functions, classes |

mod expressions;
mod statements;
mod values;
mod words;

use arbitrary::Unstructured;

/// What stands before every program: calls any attribute of any object, as far as `dir()` names them.
const PRELUDE: &str = "\
import _thread, array, asyncio, collections, gc, io, micropython, os, random, struct, sys, time
try:
 import machine, pyb
except ImportError:
 pass
def poke(o, n, *a, **k):
 try:
  d = dir(o)
  f = getattr(o, d[n % len(d)])
  return f(*a, **k) if callable(f) else f
 except Exception as e:
  return e
a, b, c, d, e, i, x = 1, 'text', [3, 1, 2], {1: 'x', 'k': 2.5}, (1, b'b'), 7, {1, 'a'}
class C:
 def __init__(self, *a, **k):
  self.x = a
class D(C):
 y = 1
self = D(1)
def f(*a, **k):
 return a
def g(*a, **k):
 yield a
async def h(*a, **k):
 await asyncio.sleep_ms(1)
 return a
";

/// How many expressions and statements a program may consist of.
const SIZE: u32 = 400;

/// How deep expressions and statements may nest.
const DEPTH: u32 = 6;

/// A program on its way.
struct Writer<'a> {
    choices: Unstructured<'a>,
    text: String,
    indent: usize,
    depth: u32,
    left: u32,
    /// What the statements being written are in.
    place: Place,
}

/// What is allowed where.
#[derive(Clone, Copy, Default)]
struct Place {
    function: bool,
    asynchronous: bool,
    in_loop: bool,
}

/// Writes the program that these bytes choose.
pub fn write_program(choices: &[u8]) -> String {
    let mut writer = Writer {
        choices: Unstructured::new(choices),
        text: String::from(PRELUDE),
        indent: 0,
        depth: 0,
        left: SIZE,
        place: Place::default(),
    };
    while !writer.choices.is_empty() && writer.left > 0 {
        writer.statement();
    }
    writer.text
}

impl Writer<'_> {
    /// A number below `count`; 0 when the bytes are used up.
    fn choose(&mut self, count: usize) -> usize {
        self.choices.int_in_range(0..=count - 1).unwrap_or(0)
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        let number = self.choose(words.len());
        words[number]
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.choose(times) == times - 1 && times > 1
    }

    fn word(&mut self, words: &[&'static str]) {
        let word = self.one_of(words);
        self.text.push_str(word);
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes something deeper inside, if there is room for it.
    fn inside(&mut self, write: impl FnOnce(&mut Self)) -> bool {
        if self.depth >= DEPTH || self.left == 0 || self.choices.is_empty() {
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        write(self);
        self.depth -= 1;
        true
    }

    /// Writes up to `most` of something, with commas between.
    fn several(&mut self, most: usize, mut write: impl FnMut(&mut Self)) -> usize {
        let count = self.choose(most + 1);
        for number in 0..count {
            if number > 0 {
                self.push(", ");
            }
            write(self);
        }
        count
    }
}
