//! Nothing makes it panic: prefixes and random changes of a text that uses the whole grammar.

use alloc::vec::Vec;

use crate::syntax::{Limits, Mode, parse};

/// Something of everything.
const SAMPLE: &str = r#"
import a.b as c, d
from ..e import (f as g, h,)
from . import *

@decorated(1, *args, key=None, **rest)
async def function(a, /, b: int = 0x_1F, *c: "ä", d, e=2.5e-3, **f) -> None:
    '''doc é
    string'''
    global x, y; nonlocal z
    async with a as (b, c), d: await e[1:2, ::3, ...]
    async for i, *j in k:
        yield
        yield from l
    else:
	return lambda p, q=1, *r, **s: p if q else not r
    try:
        assert a < b <= c is not d not in e, f"{a!r:>{w}}{b=} {{}} {f'{c["x"]}'}"
    except (A, B) as e:
        raise e from None
    except:
        del a, b.c, (d[0], e)
    finally:
        pass

class C(B, metaclass=M):
    x: int = 1 + 2j ** -3 // ~4 @ 5
    y = [i for i in range(10) if i % 2 if i] + [*a, b]
    z = {k: v for k, v in d.items()} | {1: 2, **m} or {s for s in t} and {1, 2}

while (n := f(x for x in y)) and True:
    if n == 1: break
    elif n != 2:
        continue
    else:
        n <<= 1; n **= 2

for i in 1, 2: print(b'\x00\xff' rb"\n", 'a' "\N\u00e9" \
    "b", __debug__)
"#;

fn try_all_modes(source: &[u8]) {
    for mode in [Mode::File, Mode::Single, Mode::Eval] {
        let _ = parse(source, mode, &Limits::default());
    }
}

#[test]
fn prefixes() {
    let bytes = SAMPLE.as_bytes();
    for length in 0..=bytes.len() {
        try_all_modes(&bytes[..length]);
        try_all_modes(&bytes[bytes.len() - length..]);
    }
}

#[test]
fn random_changes() {
    // Marsaglia's xorshift: the same changes in each run.
    let mut state: u32 = 0x2545_F491;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below.max(1)
    };
    let pieces = b"()[]{},:;=*'\"fbr\\\n\t #.!@<>+-~ndilasye0x1_\0\x80\xff\xc3\xa9\r\x0c";
    for round in 0..20_000 {
        let start = random(SAMPLE.len());
        let end = (start + 1 + random(200)).min(SAMPLE.len());
        let mut text: Vec<u8> =
            SAMPLE.as_bytes()[if round % 10 == 0 { 0..SAMPLE.len() } else { start..end }].to_vec();
        for _ in 0..=random(6) {
            let place = random(text.len());
            match random(4) {
                0 if !text.is_empty() => {
                    text.remove(place);
                }
                1 if !text.is_empty() => text[place] = pieces[random(pieces.len())],
                2 => {
                    let from = random(text.len());
                    let length = random(20).min(text.len() - from.min(text.len()));
                    let copy: Vec<u8> = text[from.min(text.len())..][..length].to_vec();
                    text.splice(place..place, copy);
                }
                _ => text.insert(place, pieces[random(pieces.len())]),
            }
        }
        try_all_modes(&text);
    }
}

#[test]
fn random_bytes() {
    let mut state: u32 = 12345;
    for _ in 0..5_000 {
        let text: Vec<u8> = (0..60)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8 & 0x7F
            })
            .collect();
        try_all_modes(&text);
    }
}
