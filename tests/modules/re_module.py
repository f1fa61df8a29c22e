# re: what upstream's tests leave open.
import re


def show(function, *arguments):
    try:
        found = function(*arguments)
        if hasattr(found, "groups"):
            print(found.group(0), found.groups(), found.span())
        else:
            print(found)
    except Exception as er:
        print(type(er).__name__, er)


# Matching: alternatives, groups, lazy and greedy, classes, characters beyond ASCII.
for pattern, text in (
    ("a|b|c", "c"),
    ("(a|ab)(c|bcd)", "abcd"),
    ("(?:ab)+c", "ababc"),
    ("(a)(b)?", "ac"),
    (".*?b", "aabab"),
    (".*b", "aabab!"),
    ("(a?)*?b", "aab"),
    ("[a-]", "-"),
    ("[\\d-x]", "-"),
    ("[^]a", "xa"),
    ("\\$\\.", "$."),
    ("\\n", "n"),
    ("^$", ""),
    ("a.c", "a\nc"),
    ("[à-ü]+", "éöd"),
    ("é*x", "ééx"),
    (".+", "é\u1234\U0001f600"),
    ("(\\w+)\\s(\\S+)", "ab cd,e f"),
):
    show(re.match, pattern, text)
show(re.search, "b$", "ab\n")
show(re.search, "ö", "aéöb")
show(re.compile("ö").search, "öaéöb", 1)
show(re.compile("^b").match, "ab", 1)
show(re.search, b"[\xf0-\xff]+", b"a\xf1\xf2b")

found = re.match("(a)(b)?", "ac")
print(found.group(2), found.start(2), found.end(2), found.span(2), repr(found))
for number in (3, -1, 1 << 40, "x"):
    show(found.group, number)

# Loops that match nothing never end.
for pattern in ("()*", "(|a)*", "(a*)*", "(a|)*"):
    show(re.match, pattern, "aa")

# Patterns that take plain backtracking for ever.
text = "a" * 5000
for pattern in ("(a+)+b", "(a|a)*b", "a*a*a*a*b", "(a*?)(a*?)b", "((a+)x?)+b"):
    show(re.search, pattern, text)
print(len(re.match("(.*)(.*)a", text).group(1)))

# What is no pattern.
for pattern in ("(", ")", "a**", "[", "[a\\]", "\\", "(?P<x>a)", "(?:)*", "*", 1, None):
    show(re.match, pattern, "a")
show(re.match, "a", 1)
show(re.match, "a", bytearray(b"a"))
deep = re.compile("(?:" * 3000 + "a" + ")" * 3000)
show(deep.match, "a")

# sub and split.
show(re.sub, "(a)", "\\g<1>\\g<0>\\\\", "banana", 2)
show(re.sub, "(a)", lambda m: m.group(1) + "!", "banana")
show(re.sub, "(a)(x)?", "[\\2\\1]", "banana")
show(re.sub, "a", "\\1", "a")
show(re.sub, "a", lambda m: 1, "banana")
show(re.sub, "x*", "-", "abc")
show(re.sub, "^a", "-", "aaa")
show(re.sub, b"a", b"-", b"banana")
show(re.sub, "é", "e", "été")
show(re.compile(" +").split, "a b   c")
show(re.compile(" ").split, "a b c", 1)
show(re.compile("x*").split, "axbc")
show(re.compile("b").split, b"abc")
text = "word 12, " * 3000
print(len(re.sub("\\d+", "number", text)), len(re.compile(", ").split(text)))


def failing(match):
    raise KeyError(match.group(0))


show(re.sub, "n", failing, "banana")
