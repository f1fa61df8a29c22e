//! What texts become.

use super::{check, check_expressions, dump};
use crate::syntax::dump::Dump;
use crate::syntax::{Limits, Mode, parse};
use alloc::string::ToString;

#[test]
fn operators() {
    check_expressions(&[
        ("1 + 2 * 3", "(+ 1 (* 2 3))"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("-x ** -y ** z", "(- (** x (- (** y z))))"),
        ("a | b ^ c & d << e + f", "(| a (^ b (& c (<< d (+ e f)))))"),
        ("a @ b // c % d / e", "(/ (% (// (@ a b) c) d) e)"),
        ("not a == b", "(not (compare a == b))"),
        ("not not a", "(not (not a))"),
        ("a < b <= c != d", "(compare a < b <= c != d)"),
        ("a is not b not in c is d in e", "(compare a is not b not in c is d in e)"),
        ("a or b and c or not d", "(or a (and b c) (not d))"),
        ("(a and b) and c", "(and (and a b) c)"),
        ("(a < b) < c", "(compare (compare a < b) < c)"),
        ("a if b else c if d else e", "(if b a (if d c e))"),
        ("a or b if c and d else e + f", "(if (and c d) (or a b) (+ e f))"),
        ("~+-x", "(~ (+ (- x)))"),
        ("await a.b(c) ** d", "(** (await (call (. a b) c)) d)"),
        ("-await a", "(- (await a))"),
        ("a + b if c else d", "(if c (+ a b) d)"),
        ("lambda: lambda x: x if a else b", "(lambda () (lambda ( x) (if a x b)))"),
        ("a or (lambda: b or c)", "(or a (lambda () (or b c)))"),
        ("print(__debug__)", "(call print True)"),
    ]);
}

#[test]
fn literals() {
    check_expressions(&[
        ("None, True, False, ...", "(tuple None True False ...)"),
        ("0x_ff, 1_000, 1.5e3, .5, 2j", "(tuple 255 1000 1500.0 0.5 2.0j)"),
        ("99999999999999999999", "99999999999999999999r10"),
        (r#"'a' "b" '''c'''"#, "\"abc\""),
        (r"'\n' r'\n' R'\''", r#""\u{a}\u{5c}n\u{5c}'""#),
        (r"b'a\xff' Rb'\n'", "b\"61ff5c6e\""),
        ("u'ä'", "\"\\u{e4}\""),
        ("'''a\r\nb\rc'''", "\"a\\u{a}b\\u{a}c\""),
        ("'a\\\r\nb'", "\"ab\""),
        ("(\n 'a' # comment\n 'b'\n)", "\"ab\""),
    ]);
}

#[test]
fn formatted_strings() {
    check_expressions(&[
        ("f''", "(f)"),
        ("f'a{b}c'", "(f \"a\" (field b) \"c\")"),
        ("'{' f'{a!r:>{b}d}' '}'", "(f \"{\" (field a !r \">\" (field b) \"d\") \"}\")"),
        ("f'{{{a}}}'", "(f \"{\" (field a) \"}\")"),
        ("f'{a=}{b = !s}{c=:x}'", "(f \"a=\" (field a) \"b = \" (field b !s) \"c=\" (field c \"x\"))"),
        ("f'{a != b}{a == b}'", "(f (field (compare a != b)) (field (compare a == b)))"),
        ("f'{a[1:2]}{ {1: 2}[1] }'", "(f (field ([] a (slice 1 2 _))) (field ([] (dict 1 2) 1)))"),
        ("f'{f'{f'{a}'}'}'", "(f (field (f (field (f (field a))))))"),
        (r#"f"{a["b"]}{'c' 'd'}""#, "(f (field ([] a \"b\")) (field \"cd\"))"),
        ("f'{1,}{a, b}'", "(f (field (tuple 1)) (field (tuple a b)))"),
        ("f'{(lambda x: x)(1)}'", "(f (field (call (lambda ( x) x) 1)))"),
        ("f'{a:{b:{c}}}'", "(f (field a (field b (field c))))"),
        ("f'{a:}{b:=5}'", "(f (field a) (field b \"=5\"))"),
        ("f'''{\na\n# b\n}\n'''", "(f (field a) \"\\u{a}\")"),
        ("rf'\\{a}\\n'", "(f \"\\u{5c}\" (field a) \"\\u{5c}n\")"),
        ("f'\\x41{a}\\\\'", "(f \"A\" (field a) \"\\u{5c}\")"),
        ("f'{yield}'", "(f (field (yield _)))"),
        ("f'{await a}'", "(f (field (await a)))"),
        ("f'{a if b else c:d}'", "(f (field (if b a c) \"d\"))"),
    ]);
}

#[test]
fn displays() {
    check_expressions(&[
        ("()", "(tuple)"),
        ("(a)", "a"),
        ("(a,)", "(tuple a)"),
        ("a, b,", "(tuple a b)"),
        ("[]", "(list)"),
        ("[a, *b,]", "(list a (star b))"),
        ("{}", "(dict)"),
        ("{a: b, **c}", "(dict a b _ c)"),
        ("{a, *b}", "(set a (star b))"),
        ("{a: b if c else d,}", "(dict a (if c b d))"),
        ("[a := 1, b]", "(list (:= a 1) b)"),
        ("(yield)", "(yield _)"),
        ("(yield a, *b)", "(yield (tuple a (star b)))"),
        ("(yield from a)", "(yield-from a)"),
    ]);
}

#[test]
fn comprehensions() {
    check_expressions(&[
        ("[a for b in c]", "(list-of a (for b c))"),
        (
            "{a for b, *c in d if e if f for g in h}",
            concat!("(set-of a (for (tuple b (star c)) d) (if e) (if f)", " (for g h))"),
        ),
        ("{a: b for c in d}", "(dict-of a b (for c d))"),
        ("(a for b in c or d)", "(generator-of a (for b (or c d)))"),
        ("f(a for b in c)", "(call f (generator-of a (for b c)))"),
        ("f(a for b in c)(d)", "(call (call f (generator-of a (for b c))) d)"),
        ("[a if b else c for d in e]", "(list-of (if b a c) (for d e))"),
        ("[a for b in c if (d if e else f)]", "(list-of a (for b c) (if (if e d f)))"),
        ("[a for b in c if lambda: d if e]", "(list-of a (for b c) (if (lambda () d)) (if e))"),
        ("[a async for b in c]", "(list-of a (async-for b c))"),
        ("[a for b.c in d for e[0] in f]", "(list-of a (for (. b c) d) (for ([] e 0) f))"),
        ("[a for b, in c]", "(list-of a (for (tuple b) c))"),
        ("[[a for b in c] for d in e]", "(list-of (list-of a (for b c)) (for d e))"),
    ]);
}

#[test]
fn trailers() {
    check_expressions(&[
        ("a.b.c", "(. (. a b) c)"),
        ("a(b)(c)[d].e", "(. ([] (call (call a b) c) d) e)"),
        ("a(b, *c, *d, e=f, **g, h=i,)", "(call a b *c *d e=f **g h=i)"),
        ("a(b := c)", "(call a (:= b c))"),
        ("a(b=lambda: c, d=e if f else g)", "(call a b=(lambda () c) d=(if f e g))"),
        ("a[b:c]", "([] a (slice b c _))"),
        ("a[:]", "([] a (slice _ _ _))"),
        ("a[::b]", "([] a (slice _ _ b))"),
        ("a[b::]", "([] a (slice b _ _))"),
        ("a[b, c:d, ::, ]", "([] a (tuple b (slice c d _) (slice _ _ _)))"),
        ("a[b,]", "([] a (tuple b))"),
        ("1 .real, (1.0).real", "(tuple (. 1 real) (. 1.0 real))"),
    ]);
}

#[test]
fn simple_statements() {
    check(&[
        ("", ""),
        ("\n# nothing\n\n", ""),
        ("a; b;", "(do a)\n(do b)"),
        ("a = b = c", "(= a b c)"),
        ("a, *b = [c, (d, e)] = f", "(= (tuple a (star b)) (list c (tuple d e)) f)"),
        ("[] = a", "(= (list) a)"),
        ("a = yield b", "(= a (yield b))"),
        ("a.b += yield", "(+= (. a b) (yield _))"),
        ("a @= b", "(@= a b)"),
        ("a[b] //= c, d", "(//= ([] a b) (tuple c d))"),
        ("a: int", "(: a _)"),
        ("a: b[c] = d", "(: a d)"),
        ("a = b, *c", "(= a (tuple b (star c)))"),
        ("return", "(return _)"),
        ("return a, b", "(return (tuple a b))"),
        ("raise", "(raise _ _)"),
        ("raise a from b", "(raise a b)"),
        ("global a, b\nnonlocal c", "(global a b)\n(nonlocal c)"),
        ("del a, b.c, (d, [e][0])", "(del a (. b c) d ([] (list e) 0))"),
        ("pass\nbreak\ncontinue", "(pass)\n(break)\n(continue)"),
        ("assert a, b", "(assert a b)"),
        ("import a.b as c, d", "(import a.b:c d)"),
        ("from a.b import c as d, e", "(from 0 a.b c:d e)"),
        ("from .... import (a, b as c,)", "(from 4 _ a b:c)"),
        ("from ..a import *", "(from 2 a *)"),
        ("print = match = 1", "(= print match 1)"),
        ("yield a", "(do (yield a))"),
        ("'doc'", "(do \"doc\")"),
    ]);
}

#[test]
fn compound_statements() {
    check(&[
        ("if a: b", "(if a ((do b)))"),
        ("if a: b; c\nelif d: e\nelse: f", "(if a ((do b) (do c)) d ((do e)) (else (do f)))"),
        ("if a:\n  if b:\n    c\n  else:\n    d\ne", "(if a ((if b ((do c)) (else (do d)))))\n(do e)"),
        ("if a := b: c", "(if (:= a b) ((do c)))"),
        ("while a: b\nelse: c", "(while a ((do b)) (else (do c)))"),
        ("for a, b in c, d: e\nelse: f", "(for (tuple a b) (tuple c d) ((do e)) (else (do f)))"),
        ("for a, in b: c", "(for (tuple a) b ((do c)))"),
        ("async for a in b: c", "(async for a b ((do c)))"),
        (
            "try: a\nexcept b as c: d\nexcept: e\nelse: f\nfinally: g",
            "(try ((do a)) (except b:c ((do d))) (except _ ((do e))) (else (do f)) (finally (do g)))",
        ),
        ("try: a\nfinally: pass", "(try ((do a)) (finally (pass)))"),
        ("try: a\nexcept (b, c): d", "(try ((do a)) (except (tuple b c) ((do d))))"),
        ("with a as b, c: d", "(with a b c _ ((do d)))"),
        ("async with a as (b, c): d", "(async with a (tuple b c) ((do d)))"),
        ("def f(): pass", "(def f () ((pass)))"),
        (
            "def f(a, /, b: int = 1, *c: d, e, f=2, **g) -> h:\n  return a",
            "(def f ( a / b=1 *c e f=2 **g) ((return a)))",
        ),
        ("def f(a, *, b,): pass", "(def f ( a * b) ((pass)))"),
        ("lambda a, b=1, *c, d=2, **e: a", "(do (lambda ( a b=1 *c d=2 **e) a))"),
        ("lambda *, a: a", "(do (lambda ( * a) a))"),
        ("async def f(): await a", "(async def f () ((do (await a))))"),
        ("def f(): await a", "(def f () ((do (await a))))"),
        ("@a\n@b.c(d)\n\ndef f(): pass", "(def f @a @(call (. b c) d) () ((pass)))"),
        ("@a[0].b\nclass C: pass", "(class C @(. ([] a 0) b) ((pass)))"),
        ("class C(A, *b, m=D): pass", "(class C A *b m=D ((pass)))"),
        ("class C():\n  x = 1\n", "(class C ((= x 1)))"),
    ]);
}

#[test]
fn layout() {
    check(&[
        ("if a:\n\tb\n        c\n", "(if a ((do b) (do c)))"),
        ("if a:\n  b\n# c\n\n  d\n  # e\nf", "(if a ((do b) (do d)))\n(do f)"),
        ("a\r\nb\rc\n", "(do a)\n(do b)\n(do c)"),
        ("a = \\\n  b", "(= a b)"),
        ("a = (b,\n# c\n   d)", "(= a (tuple b d))"),
        ("if a:\r\n  b\r\n", "(if a ((do b)))"),
        ("\u{FEFF}a", "(do a)"),
        ("\x0cif a:\n\x0c  b\n", "(if a ((do b)))"),
        ("if a:\n  b\n  ", "(if a ((do b)))"),
        ("if a:\n  b\n    # c", "(if a ((do b)))"),
        ("ä = naïve2", "(= ä naïve2)"),
        ("a # no line end", "(do a)"),
        ("if a:\n  (b\n)\nc", "(if a ((do b)))\n(do c)"),
    ]);
}

#[test]
fn modes() {
    let in_mode = |source: &str, mode| {
        parse(source.as_bytes(), mode, &Limits::default()).map(|tree| Dump(&tree).to_string())
    };
    assert_eq!(in_mode("\n", Mode::Single).unwrap(), "");
    for source in ["", "\\\n", "\na"] {
        assert!(in_mode(source, Mode::Single).is_err(), "{source}");
    }
    assert_eq!(in_mode("a; b\n", Mode::Single).unwrap(), "(do a)\n(do b)");
    assert_eq!(in_mode("if a:\n  b\n\n", Mode::Single).unwrap(), "(if a ((do b)))");
    assert_eq!(
        in_mode("def f():\n  if a:\n    b\n  c", Mode::Single).unwrap(),
        "(def f () ((if a ((do b))) (do c)))"
    );
    assert!(in_mode("a\nb", Mode::Single).is_err());
    assert!(in_mode("if a: b\nc", Mode::Single).is_err());
    assert_eq!(in_mode("a, b \n\n", Mode::Eval).unwrap(), "(do (tuple a b))");
    for source in ["", " a", "\na", "a = b", "a; b", "pass", "a\nb", "*a", "yield a"] {
        assert!(in_mode(source, Mode::Eval).is_err(), "{source}");
    }
    let no_debug = Limits { debug: false, ..Limits::default() };
    let tree = parse(b"__debug__", Mode::Eval, &no_debug).unwrap();
    assert_eq!(Dump(&tree).to_string(), "(do False)");
    assert_eq!(dump("__debug__").unwrap(), "(do True)");
}
