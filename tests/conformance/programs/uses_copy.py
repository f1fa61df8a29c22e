# copy: shallow and deep copies of what it can copy.
import copy
from collections import OrderedDict


class Point:
    def __init__(self, x):
        self.x = x

    def __copy__(self):
        return Point(self.x)

    def __deepcopy__(self, memo):
        return Point(copy.deepcopy(self.x, memo))


class Other:
    pass


nested = [1, [2, (3, [4])], {"a": [5]}, {6}, "text", None, 1.5, b"bytes"]
shallow, deep = copy.copy(nested), copy.deepcopy([nested[0], nested[1], nested[2], nested[4:]])
print(shallow == nested, shallow is nested, shallow[1] is nested[1])
print(deep == [nested[0], nested[1], nested[2], nested[4:]], deep[1] is nested[1], deep[1][1][1] is nested[1][1][1])
nested[1][1][1].append("later")
nested[2]["a"].append("later")
print(shallow[1], deep[1], deep[2])

# What is in two places, or in itself, stays so.
shared = []
twice = copy.deepcopy([shared, shared, (shared,)])
print(twice[0] is twice[1], twice[2][0] is twice[0], twice[0] is shared)
cyclic = [1]
cyclic.append(cyclic)
again = copy.deepcopy(cyclic)
print(again[1] is again, again is cyclic, again[0])
looped = {}
looped["self"] = [looped]
again = copy.deepcopy(looped)
print(again["self"][0] is again)

# Tuples are copied only if something in them is.
constant, holder = (1, ("a", None)), (1, [2])
print(copy.deepcopy(constant) is constant, copy.deepcopy(holder) is holder, copy.copy(holder) is holder)

ordered = OrderedDict([("b", [1]), ("a", 2)])
for copied in (copy.copy(ordered), copy.deepcopy(ordered)):
    print(type(copied) is OrderedDict, list(copied.items()), copied["b"] is ordered["b"])

point = Point([1])
shallow, deep = copy.copy(point), copy.deepcopy([point])[0]
print(shallow is point, shallow.x is point.x, deep.x == point.x, deep.x is point.x)
for value in (len, Point, int, range(3), lambda: 1, Ellipsis, True, 1 << 80):
    try:
        print(copy.copy(value) == value, copy.deepcopy(value) == value)
    except copy.Error as error:
        print("Error", str(error)[:30])
for work in (copy.copy, copy.deepcopy):
    try:
        work(Other())
    except copy.Error as error:
        print("Error", error)
