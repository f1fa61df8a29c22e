# collections: namedtuple, deque, OrderedDict.
from collections import OrderedDict, deque, namedtuple

Point = namedtuple("Point", ("x", "y"))
p = Point(1, y=2)
print(p, p.x, p[1], len(p), p == (1, 2), Point(3, 4) < Point(3, 5), list(map(str, p)))
x, y = p
print(x, y, isinstance(p, tuple), hash(p) == hash((1, 2)), namedtuple("One", "a b c")(1, 2, 3))
for bad in (lambda: Point(1), lambda: Point(1, 2, 3), lambda: Point(1, z=2), lambda: p.z):
    try:
        print(bad())
    except (TypeError, AttributeError) as error:
        print(type(error).__name__ + ":", error)
try:
    p.x = 5
except AttributeError as error:
    print("AttributeError")

d = deque((), 3)
for n in range(5):
    d.append(n)
print(list(d), len(d), d.popleft(), d.pop(), list(d), bool(d))
d.appendleft(9)
d.extend([7])
print(list(d), d[0], d[-1])
d = deque([1, 2], 2, 1)
try:
    d.append(3)
except IndexError as error:
    print("IndexError:", error)
try:
    deque((), 1).popleft()
except IndexError as error:
    print("IndexError:", error)

o = OrderedDict([("b", 1), ("a", 2)])
o["c"] = 3
o["b"] = 4
print(list(o.items()), list(o), o.popitem(), len(o))
del o["b"]
o["b"] = 0
print(list(o))
