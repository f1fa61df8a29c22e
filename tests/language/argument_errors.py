# What a wrong call is told, by functions and methods, written in Python and built in.


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(repr(error))


def one(a):
    pass


def optional(a, b=2):
    pass


def keyword_only(a, *, b):
    pass


def defaulted(a, b=1, *, c=2, **rest):
    return a, b, c, rest


def gathered(*a, b):
    pass


attempt(lambda: one())
attempt(lambda: one(1, 2))
attempt(lambda: one(a=1, b=2))
attempt(lambda: one(1, a=2))
attempt(lambda: optional())
attempt(lambda: optional(1, 2, 3))
attempt(lambda: optional(b=1))
attempt(lambda: optional(1, 2, b=3))
attempt(lambda: keyword_only(1))
attempt(lambda: keyword_only(1, 2))
attempt(lambda: keyword_only(b=1))
attempt(lambda: keyword_only(1, c=1))
attempt(lambda: gathered())
attempt(lambda: defaulted(**{"a": 1}, **{"a": 2}))
attempt(lambda: defaulted(**{"z": 1}, **{"z": 2}))
attempt(lambda: defaulted(1, **{1: 2}))
attempt(lambda: defaulted(1, **5))
attempt(lambda: defaulted(*5))
attempt(lambda: defaulted(1, **{"z": 1}, c=3))
attempt(lambda: (lambda: 1)(2))


class Mapping:
    def keys(self):
        return iter(["b", "z"])

    def __getitem__(self, key):
        return key * 2


attempt(lambda: defaulted(0, **Mapping()))


class Class:
    def __init__(self, a, b=1):
        pass

    def method(self, x):
        pass


attempt(lambda: Class())
attempt(lambda: Class(1, 2, 3))
attempt(lambda: Class(1).method())
attempt(lambda: Class(1).method(1, 2))
attempt(lambda: Class.method())
attempt(lambda: Class(1).method(y=2))


class Wrong:
    def __init__(self):
        return 1


attempt(lambda: Wrong())
attempt(lambda: list.append(1, 2))
attempt(lambda: list.append())
attempt(lambda: str.upper(1))
attempt(lambda: len(a=1))
attempt(lambda: [].append(a=1))
attempt(lambda: pow(1))
attempt(lambda: pow(1, 2, 3, 4))
attempt(lambda: 1())
attempt(lambda: None.x)
attempt(lambda: Class.x)
attempt(lambda: Class(1).x)
attempt(lambda: __import__("builtins").nothing)
attempt(lambda: exec("Class.x.y = 1"))
attempt(lambda: exec("del Class.x"))
attempt(lambda: exec("int.x = 1"))
