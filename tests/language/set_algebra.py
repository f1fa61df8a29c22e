# Sets: every operator and method, against sets and against any iterable.


def show(*values):
    print(*(sorted(value) if isinstance(value, (set, frozenset)) else value for value in values))


def items(*values):
    for value in values:
        yield value


class Iterable:
    def __init__(self, *values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


class Counting:
    def __init__(self, stop):
        self.next = 0
        self.stop = stop

    def __iter__(self):
        return self

    def __next__(self):
        if self.next == self.stop:
            raise StopIteration
        self.next += 1
        return self.next


# Construction.
show(set(), set([1, 2, 2]), set("hello"), set(items(1, 2)), set(Iterable(3, 4)), set(Counting(3)))
show(set({1: 2, 3: 4}), set(range(3)), set({1: 2}.items()), set(frozenset([5])))
show(frozenset(items(1, 2)), frozenset("ab"), frozenset(), frozenset(frozenset([7])))
same = frozenset([1])
print(frozenset(same) is same, set(same) == same, same == {1}, {1} == same, same != {2})

# Operators: the left operand says what comes out.
a, b = {1, 2, 3, 4}, frozenset([3, 4, 5])
for left in (a, frozenset(a)):
    for right in (set(b), b):
        show(left | right, left & right, left - right, left ^ right)
        print(type(left | right).__name__, type(left & right).__name__, type(left - right).__name__)
        print(left < right, left <= right, left > right, left >= right, left == right, left != right)
print({1} < {1, 2}, {1} <= {1}, {1} < {1}, {1, 2} > {1}, set() < {1}, {1} >= set(), {1, 2} < {1, 3})

# In place: a set stays itself, a frozenset becomes another.
c = a
c |= {9}
c &= {1, 2, 9}
c -= {1}
c ^= {2, 3}
show(a, c is a)
f = g = frozenset([1, 2])
f |= {3}
show(f, g, f is g)
d = {1, 2}
d -= d
show(d)
d = {1, 2}
d ^= d
show(d)
d = {1, 2}
d |= d
d &= d
show(d)

# Methods take any iterables.
s = {1, 2, 3, 4, 5}
show(s.union([6]), s.union(items(7)), s.union(Iterable(8), Counting(1), "x" and [9]), s.union())
show(s.intersection([1, 9]), s.intersection(items(2, 3, 3)), s.intersection([1, 2], items(2)))
show(s.difference([1]), s.difference(items(2, 3)), s.difference([1], Iterable(2), {3: 0}))
show(s.symmetric_difference([1, 9, 9]), s.symmetric_difference(items(5, 6)))
print(s.isdisjoint([6]), s.isdisjoint(items(6, 5)), s.isdisjoint([]), s.isdisjoint({5}))
print(s.issubset(range(9)), s.issubset(items(1, 2)), s.issuperset([1, 2]), s.issuperset(items(1, 9)))


def endless():
    while True:
        yield 3


print(s.isdisjoint(endless()), {4}.issuperset(endless()))
s.update([6], items(7), {8: 0}, Iterable(9))
show(s)
s.difference_update([1], items(2, 3))
show(s)
s.intersection_update(items(4, 5, 6), Counting(5))
show(s)
s.symmetric_difference_update([5, 6, 6])
show(s)
print(s.update(), s.add(1), s.discard(99), s.remove(1), s.clear(), s)

# Taking items out.
s = {"only"}
print(s.pop(), s)
try:
    s.pop()
except KeyError as error:
    print("KeyError", error.args)
try:
    s.remove("gone")
except KeyError as error:
    print("KeyError", error.args)
t = set(range(1000))
total = 0
while t:
    total += t.pop()
print(total)

# Copies are others.
s = {1, 2}
t = s.copy()
t.add(3)
show(s, t)
print(frozenset([1]).copy() == {1})

# Equal numbers are one item, and the first stays.
print({1, 1.0, True}, {True, 1}, len({0, 0.0, False, -0.0}))

# What cannot be an item.
for bad in ([], {}, set(), bytearray(b"a"), ([],), {1: 2}.keys()):
    try:
        {bad}
    except TypeError as error:
        print("TypeError")
print({frozenset([1, 2])} == {frozenset([2, 1])}, {(1, (2, frozenset([3])))} == {(1, (2, frozenset([3])))})
print(hash(frozenset([1, 2, 3])) == hash(frozenset([3, 2, 1])))

# Operators want sets.
for attempt in (lambda: {1} | [2], lambda: {1} & (2,), lambda: {1} - "a", lambda: {1} < [1], lambda: {1} ^ {1: 2}):
    try:
        attempt()
    except TypeError:
        print("TypeError")
print({1} == [1], {1} != [1], frozenset() == ())

# Instances with their own equality.
class Modulo:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number % 10 == other.number % 10

    def __hash__(self):
        return self.number % 10


s = {Modulo(1), Modulo(11), Modulo(2)}
print(len(s), Modulo(22) in s, Modulo(3) in s)
print(len(s | {Modulo(31), Modulo(5)}), len(s & {Modulo(31), Modulo(5)}), len(s - {Modulo(12)}), len(s ^ {Modulo(12)}))

# Views of dicts are sets too.
x, y = {1: "a", 2: "b"}, {2: "b", 3: "c"}
show(x.keys() & y.keys(), x.keys() | [k for k in y.keys()] if False else x.keys() | y.keys())
show(x.keys() - y.keys(), x.keys() ^ y.keys(), x.items() & y.items(), x.items() - y.items())
print(1 in x.keys(), 9 in x.keys(), (1, "a") in x.items(), (1, "b") in x.items(), "a" in x.values())
print(len(x.keys()), list(x.values()), x.keys() == {1, 2}, x.keys() == y.keys())

# A set that changes while it is walked through says so.
s = {1, 2, 3}
try:
    for item in s:
        s.add(item + 10)
except RuntimeError:
    print("RuntimeError")

# Large ones.
odd, even = set(range(1, 2000, 2)), set(range(0, 2000, 2))
print(len(odd | even), len(odd & even), len((odd | even) - even), odd.isdisjoint(even), (odd | even) >= even)
