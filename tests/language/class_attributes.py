# Attributes of classes and instances: where they are found, who may change them, what binds.


class A:
    shared = []
    number = 1

    def method(self):
        return "A.method", type(self).__name__

    @classmethod
    def of_class(cls, *arguments):
        return cls.__name__, arguments

    @staticmethod
    def free(*arguments):
        return arguments

    @property
    def computed(self):
        return self.number * 2

    @computed.setter
    def computed(self, value):
        self.number = value // 2

    @computed.deleter
    def computed(self):
        self.number = 0

    read_only = property(lambda self: "read")


class B(A):
    number = 10

    def method(self):
        return ("B.method",) + super().method()

    @classmethod
    def of_class(cls, *arguments):
        return super().of_class("B", *arguments)

    @staticmethod
    def free(*arguments):
        return "B"

    @property
    def computed(self):
        return super().computed + 1


a, b = A(), B()
print(a.number, b.number, A.number, B.number, a.method(), b.method(), A.method(b), B.method(b))
print(a.of_class(1), A.of_class(), b.of_class(2), B.of_class(3), a.free(1), A.free(2), b.free(), B.free())
print(a.computed, b.computed, a.read_only)
a.computed = 9
print(a.number, A.number, a.computed)
del a.computed
print(a.number)
del a.number
print(a.number)
for attempt in (
    lambda: setattr(a, "read_only", 1),
    lambda: delattr(a, "read_only"),
    lambda: setattr(b, "computed", 1),
    lambda: a.missing,
    lambda: A.missing,
    lambda: delattr(a, "missing"),
    lambda: delattr(A, "missing"),
    lambda: setattr(5, "x", 1),
    lambda: setattr([], "x", 1),
    lambda: setattr(object(), "x", 1),
    lambda: setattr(len, "x", 1),
    lambda: None.x,
    lambda: super(A, a).missing,
):
    try:
        attempt()
        print("no error")
    except AttributeError:
        print("AttributeError")

# A name that was looked up before is found where it is now.
def peek(thing):
    return thing.number


print(peek(b), peek(a))
B.number = 11
print(peek(b))
b.number = 12
print(peek(b))
del b.number
print(peek(b))
del B.number
print(peek(b))
A.number = 5
print(peek(b), peek(a))


def call(thing):
    return thing.action()


class C:
    def action(self):
        return "method"


c = C()
print(call(c), call(c))
c.action = lambda: "own"
print(call(c))
del c.action
C.action = lambda self: "changed"
print(call(c))
C.action = len
try:
    call(c)
except TypeError:
    print("TypeError")
C.action = staticmethod(lambda: "static")
print(call(c))
C.action = classmethod(lambda cls: cls.__name__)
print(call(c))


class Callable:
    def __call__(self, *arguments):
        return "called", arguments


C.action = Callable()
print(call(c))
C.action = property(lambda self: lambda: "through a property")
print(call(c))
for thing in (C(), Callable(), C()):
    try:
        print(call(thing))
    except AttributeError:
        print("AttributeError")

# Methods are values.
bound = a.method
print(bound(), bound == a.method, bound == A().method, len({a.method, a.method}))
A.extra = lambda self: ("extra", self is a)
print(a.extra(), b.extra()[0])
a.own = lambda: "not bound"
print(a.own())

# __getattr__, __setattr__, __delattr__
class Recorder:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __getattr__(self, name):
        if name.startswith("no_"):
            raise AttributeError(name)
        self.log.append("get " + name)
        return name.upper()

    def __setattr__(self, name, value):
        self.log.append("set " + name)
        if name == "real":
            object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self.log.append("delete " + name)


r = Recorder()
r.x = 1
r.real = 2
print(r.x, r.real, r.method_like.lower(), hasattr(r, "no_such"), hasattr(r, "any"), getattr(r, "no_such", "default"))
del r.x
setattr(r, "y", 1)
r.log.append("end")
print(r.log)


class Delegating:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


d = Delegating([1, 2])
d.append(3)
print(d._target, d.count(1), hasattr(d, "append"), hasattr(d, "nothing"))

# Descriptors.
class Named:
    def __set_name__(self, owner, name):
        self.name = "_" + name
        self.owner = owner.__name__

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return getattr(instance, self.name, "unset")

    def __set__(self, instance, value):
        setattr(instance, self.name, value * 2)

    def __delete__(self, instance):
        delattr(instance, self.name)


class Owner:
    first = Named()
    second = Named()


o = Owner()
print(o.first, o.second)
o.first = 1
o.second = "a"
print(o.first, o.second, o._first, Owner.first.owner, Owner.second.name)
del o.first
print(o.first, hasattr(o, "_first"))

# Multiple inheritance without diamonds.
class Left:
    def who(self):
        return "left"

    def left(self):
        return "left only"


class Right:
    def who(self):
        return "right"

    def right(self):
        return "right only"


class Both(Left, Right):
    pass


class Swapped(Right, Left):
    def who(self):
        return super().who() + " by super, " + Left.who(self)


print(Both().who(), Both().left(), Both().right(), Swapped().who(), Both.__bases__ == (Left, Right))
print(isinstance(Both(), Right), issubclass(Both, (int, Left)), issubclass(Left, Both), isinstance(Both, type))


# super in closures, comprehensions and static places.
class Counter(Left):
    def all(self):
        parent = super()
        return [parent.left() for _ in range(2)], (lambda: super(Counter, self).who())()

    def generate(self):
        yield super().who()


print(Counter().all(), list(Counter().generate()))

# Classes are made when they are reached.
made = []
for name in "xy":

    class Local:
        label = name
        made.append(label)
        if name == "x":

            def only_in_x(self):
                return self.label

        for index in range(2):
            made.append(index)


print(made, hasattr(Local, "only_in_x"), Local.label, Local.index, Local().label)


class Outer:
    value = "outer"

    class Inner:
        value = "inner"

        def get(self):
            return self.value, Outer.value

    @staticmethod
    def make():
        return Outer.Inner()


print(Outer.make().get(), Outer.Inner.__name__)

# type with three arguments, and classes as values.
T = type("T", (A,), {"number": 3, "triple": lambda self: self.number * 3})
print(T().triple(), T.__name__, T().method(), type(T()) is T, T().computed)
registry = {cls.__name__: cls for cls in (A, B, T)}
print(sorted(registry), registry["T"]().triple(), A == A, A != B, len({A, B, A}), A in [B, A])

# Many attributes, deleted and set again.
class Bag:
    pass


bag = Bag()
for number in range(300):
    setattr(bag, "a%d" % number, number)
for number in range(0, 300, 2):
    delattr(bag, "a%d" % number)
for number in range(0, 10, 2):
    setattr(bag, "a%d" % number, -number)
print(sum(getattr(bag, "a%d" % number, 0) for number in range(300)), bag.a299, bag.a8, hasattr(bag, "a10"))
bags = [Bag() for _ in range(3)]
for bag in bags:
    bag.x, bag.y = 1, 2
bags[1].z = 3
del bags[2].x
print([sorted(bag.__dict__.items()) for bag in bags])

# Instances without equality are equal to themselves alone.
x, y = Bag(), Bag()
print(x == x, x == y, x != y, x in [y, x], {x: 1}[x], len({x, y}), hash(x) == hash(x))


# __init__ returns nothing.
class Wrong:
    def __init__(self):
        return 1


for attempt in (lambda: Wrong(), lambda: [Wrong()], lambda: print(Wrong())):
    try:
        attempt()
    except TypeError:
        print("TypeError")


# Operators: reflected and in place, and what is not implemented.
class V:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        if isinstance(other, V):
            return V(self.x + other.x)
        if isinstance(other, int):
            return V(self.x + other)
        return NotImplemented

    __radd__ = __add__

    def __iadd__(self, other):
        self.x += 100
        return self

    def __neg__(self):
        return V(-self.x)

    def __abs__(self):
        return V(abs(self.x))

    def __bool__(self):
        return self.x != 0

    def __eq__(self, other):
        return isinstance(other, V) and self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __call__(self, *arguments, **keywords):
        return self.x, arguments, sorted(keywords.items())

    def __len__(self):
        return 7

    def __contains__(self, item):
        return item == self.x

    def __getitem__(self, index):
        return ("item", index)

    def __repr__(self):
        return "V(%d)" % self.x


v = V(1)
print(v + 1, 1 + v, v + V(2), -v, abs(V(-3)), bool(V(0)), not v, v == V(1), v != V(1), v != V(2), {V(1): 2}[v])
w = v
w += 5
print(v, v is w, v(1, k=2), len(v), 101 in v, 5 in v, v[1:2], v["key"], sum([V(1), V(2)], V(0)))
for attempt in (lambda: v + "a", lambda: "a" + v, lambda: v - 1, lambda: v < 1, lambda: 1 < v, lambda: ~v):
    try:
        attempt()
    except TypeError:
        print("TypeError")
