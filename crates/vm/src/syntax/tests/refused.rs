//! What is refused, in which words and on which line.

use super::dump;
use crate::syntax::{ErrorKind, Limits, Mode, parse};

/// Checks message and line of the error for each text.
fn check_refused(kind: ErrorKind, cases: &[(&str, u32, &str)]) {
    for &(source, line, message) in cases {
        match dump(source) {
            Ok(tree) => panic!("{source:?} became {tree}"),
            Err(error) => {
                assert_eq!(
                    (error.kind, error.position.line, &*error.message),
                    (kind, line, message),
                    "{source:?}"
                );
            }
        }
    }
}

#[test]
fn invalid_syntax() {
    let cases = [
        ("a \\a\n", 1),
        ("'abc", 1),
        ("x = '''abc\n\n", 1),
        ("!", 1),
        ("$", 1),
        ("a\n`", 2),
        ("1 or 2 or", 1),
        ("{1:", 2),
        ("(\n", 2),
        ("x = (", 2),
        ("f(\n1\n2)", 3),
        ("if 1:\npass", 2),
        ("if a: if b: c", 1),
        ("try:\n  pass\n", 3),
        ("for a in b: pass\nelse: pass\nelse: pass", 3),
        ("else: pass", 1),
        (")", 1),
        ("(]", 1),
        ("a b", 1),
        (";", 1),
        ("a;;b", 1),
        ("a = ", 1),
        ("a := 1", 1),
        ("(a := b := c)", 1),
        ("'abc' b'def'", 1),
        ("b'a' f'b'", 1),
        (r"'\x1'", 1),
        (r"b'\u'  '", 1),
        (r"'\U00110000'", 1),
        ("def f(x, *, /): pass", 1),
        ("def f(/): pass", 1),
        ("def f(*a=1): pass", 1),
        ("def f(a b): pass", 1),
        ("(lambda a: int: b)", 1),
        ("1 + not 2", 1),
        ("a < not b", 1),
        ("- not a", 1),
        ("await -a", 1),
        ("await await a", 1),
        ("a or lambda: b", 1),
        ("x.__debug__", 1),
        ("x.if", 1),
        ("if = 1", 1),
        ("import a.", 1),
        ("from import a", 1),
        ("from . import", 1),
        ("from a import (b", 2),
        ("from a import (*)", 1),
        ("import .a", 1),
        ("[*a for b in c]", 1),
        ("(a for b in c, d)", 1),
        ("[a for b in c if d else e]", 1),
        ("[a for b in c, d]", 1),
        ("[a for in b]", 1),
        ("a[]", 1),
        ("a[b:c:d:e]", 1),
        ("f(**)", 1),
        ("f(a, , b)", 1),
        ("{a: b, **}", 1),
        ("{a, **b}", 1),
        ("{**a for b in c}", 1),
        ("yield = 1", 1),
        ("a +b += c = d", 1),
        ("@a def f(): pass", 1),
        ("@a\nx = 1", 2),
        ("async x", 1),
        ("@a\nasync with b: c", 2),
        ("class C: def f(): pass", 1),
        ("f'{a b}'", 1),
        ("f'{a!x}'", 1),
        ("f'{a", 1),
        ("\n f'{'".trim_start(), 1),
        ("a\nf'''{b\n", 2),
        ("return = 1", 1),
        ("del", 1),
        ("match a:\n  case b: pass", 1),
        ("raise a, b", 1),
        ("global a.b", 1),
        ("with a as b", 1),
        ("while a:\n", 2),
        ("a\\\n", 2),
        ("1.__class__", 1),
    ];
    for (source, line) in cases {
        let message = if source.starts_with("1.") { "invalid syntax for number" } else { "invalid syntax" };
        check_refused(ErrorKind::Syntax, &[(source, line, message)]);
    }
}

#[test]
fn with_words_of_their_own() {
    check_refused(
        ErrorKind::Syntax,
        &[
            ("x\ny = 1if 2 else 3", 2, "invalid syntax for integer with base 10: '1if'"),
            ("0777", 1, "invalid syntax for integer with base 0: '0777'"),
            ("1.2.3", 1, "invalid syntax for number"),
            ("f'{}'", 1, "malformed f-string"),
            ("f'a}b'", 1, "malformed f-string"),
            ("f'{a:{}}'", 1, "malformed f-string"),
            ("f'{a:'", 1, "malformed f-string"),
            ("f'{!r}'", 1, "malformed f-string"),
            ("a\nb = 'c\0'", 2, "source contains a NUL byte"),
            ("a\n\0", 2, "source contains a NUL byte"),
        ],
    );
    check_refused(
        ErrorKind::Indentation,
        &[
            ("  a", 1, "unexpected indent"),
            ("\n\n  a", 3, "unexpected indent"),
            ("a\n b", 2, "unexpected indent"),
            ("if a:\n    b\n  c\n", 2, "unindent doesn't match any outer indent level"),
        ],
    );
    check_refused(
        ErrorKind::NotImplemented,
        &[
            ("'\\N{a}'", 1, "unicode name escapes"),
            ("f'\\N{a}'", 1, "unicode name escapes"),
            ("'\\ud800'", 1, "surrogates in string literals"),
        ],
    );
}

/// What upstream's compiler finds: the message and the scope.
#[test]
fn refused_by_the_compiler() {
    let cases = [
        ("1 = 2", "can't assign to expression"),
        ("'' = 1", "can't assign to expression"),
        ("{} = 1", "can't assign to expression"),
        ("() = 1", "can't assign to expression"),
        ("(i for i in a) = 1", "can't assign to expression"),
        ("f() = 1", "can't assign to expression"),
        ("f**2 = 1", "can't assign to expression"),
        ("a = 1 = b", "can't assign to expression"),
        ("a, b += c", "can't assign to expression"),
        ("[a] += c", "can't assign to expression"),
        ("*a = b", "can't assign to expression"),
        ("(a, (b, 1)) = c", "can't assign to expression"),
        ("1: int = 2", "can't assign to expression"),
        ("for 1 in a: pass", "can't assign to expression"),
        ("with a as 1: pass", "can't assign to expression"),
        ("if (1 := a): pass", "can't assign to expression"),
        ("[a for 1 in b]", "can't assign to expression"),
        ("*a, *b = c", "multiple *x in assignment"),
        ("a = *b", "*x must be assignment target"),
        ("*a", "*x must be assignment target"),
        ("(*a)", "*x must be assignment target"),
        ("del f()", "can't delete expression"),
        ("del ()", "can't delete expression"),
        ("del [a]", "can't delete expression"),
        ("del a, *b", "can't delete expression"),
        ("f(1=2)", "LHS of keyword arg must be an id"),
        ("f(a=1, 2)", "positional arg after keyword arg"),
        ("f(**a, 2)", "positional arg after **"),
        ("f(**a, *b)", "* arg after **"),
        ("f(a=1, *b)", "* arg after kwarg"),
        ("class C(a=1, b): pass", "positional arg after keyword arg"),
        ("{1: 2, 3}", "expecting key:value for dict"),
        ("{1, 2: 3}", "expecting just a value for set"),
        ("def f(a=1, b): pass", "non-default argument follows default argument"),
        ("lambda a=1, b: 2", "non-default argument follows default argument"),
        ("def f(x, *a, *): pass", "invalid syntax"),
        ("lambda x, *a, *: 1", "invalid syntax"),
        ("def f(**a, b): pass", "invalid syntax"),
        ("try:\n a\nexcept:\n pass\nexcept:\n pass", "default 'except' must be last"),
    ];
    for (source, message) in cases {
        let error = dump(source).expect_err(source);
        assert_eq!((error.kind, &*error.message), (ErrorKind::Syntax, message), "{source}");
        assert_eq!(error.scope.as_deref(), Some("<module>"), "{source}");
    }
    let scoped = [
        ("def f(a, a): pass", "f", 1),
        ("def f():\n  pass\nclass C:\n  def g(self):\n    1 = 2", "g", 5),
        ("class C: 1 = 2", "C", 1),
        ("def f():\n  def g(): pass\n  1 = 2", "f", 3),
        ("lambda a, *a: 1", "<lambda>", 1),
    ];
    for (source, scope, line) in scoped {
        let error = dump(source).expect_err(source);
        assert_eq!((error.scope.as_deref(), error.position.line), (Some(scope), line), "{source}");
    }
}

/// Upstream's compiler only sees what its parser accepts.
#[test]
fn parser_errors_come_first() {
    let error = dump("1 = 2\n(\n").unwrap_err();
    assert_eq!((&*error.message, error.position.line, error.scope), ("invalid syntax", 3, None));
    let error = dump("1 = 2\n3 += 4\n").unwrap_err();
    assert_eq!(error.position.line, 1);
}

#[test]
fn source_that_is_no_text() {
    let error = parse(b"a\n\xc3\xa4 \xff", Mode::File, &Limits::default()).unwrap_err();
    assert_eq!(
        (&*error.message, error.position.line, error.position.column),
        ("source is not valid UTF-8", 2, 3)
    );
}
