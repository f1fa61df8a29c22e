# Classes that derive from built-in types.


class L(list):
    def append(self, item):
        super().append(("mine", item))

    def total(self):
        return len(self) * 100


l = L([1, 2])
l.append(3)
list.append(l, 4)
l.extend((5,))
l += [6]
print(l, len(l), l.total(), l[0], l[-1], l[1:3], 4 in l, isinstance(l, list), type(l).__name__)
l[0] = "zero"
del l[1]
print(list(l), l == ["zero", ("mine", 3), 4, 5, 6], [x for x in l], sorted(L([3, 1, 2])), sum(L([1, 2])))
l.tag = "tagged"
print(l.tag, bool(L()), bool(L([0])), L([1]) + [2], [0] + L([1]), L([1]) * 2, L([1]) < L([2]), L([1]) == L([1]))
l.sort(key=str)
l.reverse()
print(l.pop(), l.index(4), l.count(4), l.copy())
a, b = L([1, 2])
print(a, b, [*L("ab")], max(L([1, 9, 2])), list(map(str, L([1]))), ",".join(L("xy")), dict.fromkeys(L("k")))


class Stack(list):
    def __init__(self, name):
        self.name = name

    def __len__(self):
        return 42

    def __getitem__(self, index):
        return "item %s" % index

    def __contains__(self, item):
        return True

    def __iter__(self):
        yield "own iterator"

    def __repr__(self):
        return "Stack(" + self.name + ")"


class Filled(list):
    def __init__(self, *items):
        super().__init__(items)
        self.count_given = len(items)


f = Filled(1, 2, 3)
print(f, f.count_given, Filled())
class Base(list):
    def __init__(self, *items):
        list.__init__(self, items)


print(Base(4, 5))


class D(dict):
    def __getitem__(self, key):
        return "got " + str(super().__getitem__(key))

    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)


d = D(a=1)
d["b"] = 2
print(d["a"], d["b"], d.get("b"), sorted(d), len(d), "a" in d, d == {"a": 1, "b": 4}, sorted(d.items()))
del d["a"]
d.update({"c": 3})
d.attribute = 1
print(d, sorted(d.keys()), d.pop("b"), d.setdefault("z", 0), {**d}, dict(d), d.attribute)


class Default(dict):
    def __missing__(self, key):
        value = self[key] = [key]
        return value


m = Default()
print(m["x"], m, m.get("y"))


class S(set):
    def double(self):
        return {item * 2 for item in self}


s = S([1, 2, 2])
s.add(3)
print(sorted(s), sorted(s.double()), len(s), 2 in s, sorted(s | {9}), s == {1, 2, 3}, s >= {1}, sorted(s.union([7])))


class F(frozenset):
    pass


print(F([1]) == {1}, hash(F([1])) == hash(frozenset([1])), {F([1]): 2}[frozenset([1])], sorted(F("ab")))


class T(tuple):
    def first(self):
        return self[0]


t = T([1, 2])
print(t, t.first(), t == (1, 2), (1, 2) == t, t + (3,), hash(t) == hash((1, 2)), {t: 1}[(1, 2)], t[::-1] if False else t[1:], len(t))
x, y = t
print(x, y, "%d-%d" % t, t < (1, 3), t.count(1), t.index(2), isinstance(t, tuple))


class I(int):
    def doubled(self):
        return self * 2


i = I(5)
print(i, i + 1, i.doubled(), i == 5, [10, 20, 30, 40, 50, 60][i], hash(i) == hash(5), {i: 1}[5], range(i), i > 4, -i, i / 2, I("7"), bool(I(0)))


class X(float):
    pass


print(X(1.5) + 1, X("2.5"), X(2) == 2, X(2.5) > 2)


class W(str):
    def shout(self):
        return self.upper() + "!"


w = W("abc")
print(w, w.shout(), w + "d", w == "abc", w[1], len(w), "b" in w, {w: 1}["abc"], w.split("b"), "%s" % w, "-".join([w, "x"]), w * 2, w < "b")


class B(bytes):
    pass


print(B(b"ab"), B(b"ab")[0], len(B(b"abc")), B(b"a") + b"b", B(b"a") == b"a")


class E(ValueError):
    def __init__(self, code):
        super().__init__("code %d" % code)
        self.code = code


try:
    raise E(3)
except ValueError as error:
    print(error, error.code, error.args)


# One level more, and a mixture.
class Mixin:
    def describe(self):
        return "%s of %d" % (type(self).__name__, len(self))


class Deep(Mixin, L):
    pass


deep = Deep("ab")
deep.append("c")
print(deep.describe(), deep, isinstance(deep, L), isinstance(deep, list), issubclass(Deep, Mixin))
try:

    class Conflict(list, dict):
        pass

except TypeError:
    print("TypeError")


# Overriding what the interpreter asks.
class Loud(list):
    def __getitem__(self, index):
        print("getitem", index)
        return super().__getitem__(index) if False else "item"

    def __setitem__(self, index, value):
        print("setitem", index, value)

    def __delitem__(self, index):
        print("delitem", index)

    def __contains__(self, item):
        print("contains", item)
        return True

    def __len__(self):
        return 7

    def __iter__(self):
        return iter("own")

    def __eq__(self, other):
        return "equal"

    def __add__(self, other):
        return "added"

    def __iadd__(self, other):
        return "added in place"

    def __bool__(self):
        return False

    def __str__(self):
        return "loud"


loud = Loud([1])
print(loud[0], loud[1:2], 5 in loud, len(loud), list(loud), loud == 1, loud + 1, bool(loud), loud)
loud[0] = 1
del loud[0]
loud += [1]
print(loud)

# Types as bases of the functional form.
K = type("K", (list,), {"twice": lambda self: len(self) * 2})
print(K([1, 2]).twice(), K.__name__, K.__bases__ == (list,))

# Bound methods of subclass instances, and methods through the class.
bound = L([1]).extend
print(bound([2]), list.count(L([1, 1]), 1), str.upper(W("q")), dict.get(D(a=1), "a"), L.append(L(), 1))
for wrong in (lambda: list.append((), 1), lambda: str.upper(5), lambda: dict.get([], 1), lambda: tuple.count([], 1)):
    try:
        wrong()
    except TypeError:
        print("TypeError")

# __new__
class Once:
    only = None

    def __new__(cls, *arguments):
        if cls.only is None:
            cls.only = super().__new__(cls)
        return cls.only

    def __init__(self, *arguments):
        self.arguments = arguments


print(Once(1) is Once(2), Once.only.arguments)


class Other:
    def __new__(cls):
        return [1]

    def __init__(self):
        print("never")


print(Other())


class Point(tuple):
    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]


p = Point(3, 4)
print(p, p.x, p == (3, 4), len(p), type(p).__name__)


class Upper(str):
    def __new__(cls, text):
        return str.__new__(cls, text.upper())


print(Upper("abc"), Upper("abc") == "ABC")


class Named(Exception):
    def __init__(self, name, *rest):
        Exception.__init__(self, name, *rest)
        self.name = name


print(Named("a", 1).args, Named("b").name, str(Named("c")))
