# Classes: attributes, methods, inheritance, super, and how a name is found.


class Point:
    dimensions = 2

    def __init__(self, x, y=0):
        self.x = x
        self.y = y

    def norm1(self):
        return abs(self.x) + abs(self.y)

    def __repr__(self):
        return "Point(%d, %d)" % (self.x, self.y)

    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


p = Point(3, -4)
print(p, p.norm1(), p.dimensions, Point.dimensions, p == Point(3, -4), p != Point(0), p + Point(1, 1))
p.dimensions = 3
print(p.dimensions, Point.dimensions)
del p.dimensions
print(p.dimensions, hasattr(p, "x"), hasattr(p, "z"), getattr(p, "z", "none"))
bound = p.norm1
p.x = 10
print(bound(), Point.norm1(p))
try:
    p.z
except AttributeError as error:
    print("AttributeError:", error)
try:
    Point()
except TypeError as error:
    print("TypeError:", error)


class Base:
    def __init__(self):
        self.log = ["Base"]

    def who(self):
        return "base"

    def call_who(self):
        return self.who()

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def twice(n):
        return 2 * n


class Middle(Base):
    def __init__(self):
        super().__init__()
        self.log.append("Middle")

    def who(self):
        return "middle over " + super().who()


class Leaf(Middle):
    def __init__(self):
        super().__init__()
        self.log.append("Leaf")


leaf = Leaf.make()
print(type(leaf) is Leaf, leaf.log, leaf.call_who(), leaf.twice(4), Base.twice(5))
print(isinstance(leaf, Base), isinstance(leaf, (int, Middle)), isinstance(leaf, int))
print(issubclass(Leaf, Base), issubclass(Base, Leaf), Leaf.__name__, Leaf.__bases__ == (Middle,))


# Two bases: the first one that has the name wins.
class Left:
    def side(self):
        return "left"


class Right:
    def side(self):
        return "right"

    def only(self):
        return "only right"


class Both(Left, Right):
    pass


print(Both().side(), Both().only())


# Methods added to a class are seen by instances that exist already.
q = Point(1, 1)
Point.scaled = lambda self, k: Point(self.x * k, self.y * k)
print(q.scaled(3))
Point.dimensions = 5
print(q.dimensions)


class Counted:
    count = 0

    def __init__(self):
        type(self).count += 1


Counted(), Counted()
print(Counted.count)


# A function stored in an instance is not a method.
q.plain = lambda n: n + 1
print(q.plain(1))


class WithBody:
    x = 1
    if x:
        y = [i for i in range(3)]
    for z in y:
        pass


print(WithBody.x, WithBody.y, WithBody.z)
setattr(WithBody, "w", 9)
print(WithBody.w, sorted(n for n in WithBody.__dict__ if not n.startswith("_")))


class Subscripted(dict):
    def __getitem__(self, key):
        return "<" + str(key) + ">"


s = Subscripted()
s["a"] = 1
print(s["a"], len(s), "a" in s)
