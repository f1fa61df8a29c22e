# What operators, built-in functions and statements call on an object.


class Traced:
    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        return self.name + "+" + str(other)

    def __radd__(self, other):
        return str(other) + "+" + self.name

    def __sub__(self, other):
        return self.name + "-" + str(other)

    def __mul__(self, other):
        return self.name + "*" + str(other)

    def __rmul__(self, other):
        return str(other) + "*" + self.name

    def __truediv__(self, other):
        return self.name + "/" + str(other)

    def __floordiv__(self, other):
        return self.name + "//" + str(other)

    def __mod__(self, other):
        return self.name + "%" + str(other)

    def __pow__(self, other):
        return self.name + "**" + str(other)

    def __lshift__(self, other):
        return self.name + "<<" + str(other)

    def __and__(self, other):
        return self.name + "&" + str(other)

    def __matmul__(self, other):
        return self.name + "@" + str(other)

    def __iadd__(self, other):
        self.name += "'" + str(other)
        return self

    def __neg__(self):
        return "-" + self.name

    def __pos__(self):
        return "+" + self.name

    def __invert__(self):
        return "~" + self.name

    def __abs__(self):
        return "|" + self.name + "|"

    def __str__(self):
        return self.name

    def __repr__(self):
        return "Traced(" + self.name + ")"


a, b = Traced("a"), Traced("b")
print(a + b, a + 1, 1 + a, a - b, a * 2, 2 * a, a / 2, a // 2, a % 2, a**2, a << 1, a & 1, a @ b)
print(-a, +a, ~a, abs(a), str(a), repr(a), [a])
a += 5
print(a, "%s %r" % (a, a), "{} {!r}".format(a, a))
try:
    a ^ 1
except TypeError as error:
    print("TypeError:", error)
try:
    1 - a
except TypeError as error:
    print("TypeError:", error)


class Ordered:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n

    def __le__(self, other):
        return self.n <= other.n

    def __gt__(self, other):
        return self.n > other.n

    def __ge__(self, other):
        return self.n >= other.n

    def __eq__(self, other):
        return self.n == other.n

    def __hash__(self):
        return self.n


x, y = Ordered(1), Ordered(2)
print(x < y, x <= y, x > y, x >= y, x == y, x != y, [o.n for o in sorted([y, x])], max(x, y).n)
print(len({x: 1, Ordered(1): 2, y: 3}), Ordered(2) in [x, y])


class Container:
    def __init__(self):
        self.items = {}

    def __len__(self):
        return len(self.items)

    def __bool__(self):
        print("asked for truth")
        return len(self.items) > 1

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.items[key] = value

    def __delitem__(self, key):
        del self.items[key]

    def __contains__(self, key):
        return key in self.items

    def __iter__(self):
        return iter(sorted(self.items))

    def __call__(self, *arguments, **named):
        return arguments, named


c = Container()
c["one"] = 1
c["two"] = 2
c["two"] += 20
print(len(c), c["two"], "one" in c, "three" not in c, list(c), [k for k in c], c(1, k=2))
del c["one"]
print(list(c), "yes" if c else "no")


# A sequence by index alone can be iterated.
class Squares:
    def __getitem__(self, i):
        if i >= 4:
            raise IndexError
        return i * i


print(list(Squares()), 9 in Squares(), (lambda *a: a)(*Squares()))


class Missing:
    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError(name)
        return "made " + name


m = Missing()
m.here = 1
print(m.here, m.there, hasattr(m, "nothing"), hasattr(m, "anything"))


class Hashless:
    pass


h = Hashless()
print({h: 1}[h], h == h, h == Hashless())


class NewMade:
    def __new__(cls, value):
        made = super().__new__(cls)
        made.value = value * 2
        return made

    def __init__(self, value):
        self.original = value


n = NewMade(4)
print(n.value, n.original)
