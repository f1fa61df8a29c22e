# Lists, tuples, ranges and slices: construction, methods, assignment to slices, comparison.


def items(*values):
    for value in values:
        yield value


class Iterable:
    def __init__(self, *values):
        self.values = values

    def __iter__(self):
        return items(*self.values)


class Indexed:
    def __getitem__(self, index):
        if index >= 3:
            raise IndexError
        return index * 10


class Counting:
    def __init__(self, stop):
        self.next, self.stop = 0, stop

    def __iter__(self):
        return self

    def __next__(self):
        if self.next == self.stop:
            raise StopIteration
        self.next += 1
        return self.next


# Construction from anything that can be walked through.
for kind in (list, tuple):
    print(kind(), kind("abc"), kind(items(1, 2)), kind(Iterable(3, 4)), kind(Indexed()), kind(Counting(3)))
    print(kind({1: 2}), kind({1: 2}.items()), kind(range(3)), kind(b"ab"), kind([1]), kind((1,)), kind(map(str, [1])))
    for wrong in (5, None, Iterable):
        try:
            kind(wrong)
        except TypeError:
            print("TypeError")
source = [1, [2]]
copy = list(source)
copy.append(3)
copy[1].append(4)
print(source, copy, source.copy() == source, source.copy() is source)
same = (1, 2)
print(tuple(same) is same, [*items(1, 2), *(3,), *"ab", *Indexed()], (*Counting(2),))

# Methods.
a = []
print(a.append(1), a.extend([2, 3]), a.extend(items(4)), a.extend("ab"), a.extend(a), a)
print(a.insert(0, "first"), a.insert(-1, "last but one"), a.insert(99, "end"), a.insert(-99, "start"), a)
print(a.pop(), a.pop(0), a.pop(-2), a.remove("a"), a.count(1), a.index(3), a.index(3, 4), a.index("b", -1), a)
print(a.reverse(), a, a.clear(), a)
a = [1, 2, 3]
for attempt in (
    lambda: [].pop(),
    lambda: a.pop(3),
    lambda: a.pop(-4),
    lambda: a.remove(9),
    lambda: a.index(9),
    lambda: a.index(1, 1),
    lambda: a.index(3, 0, 2),
    lambda: (1,).index(2),
    lambda: a[3],
    lambda: a[-4],
    lambda: a["x"],
    lambda: a[1.0],
    lambda: a[None],
    lambda: (1,)[1],
    lambda: a.append(),
    lambda: a.insert(1),
    lambda: a.extend(5),
    lambda: a + (1,),
    lambda: a * 1.5,
    lambda: a + None,
    lambda: [] < 5,
    lambda: () < [],
):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__)
print((1, 2, 1, 1.0, True).count(1), (3, 4, 5).index(4), (1, 2, 1).index(1, 1), a.__len__ if False else len(a))

# Operators.
b = a
b += (4,)
b += items(5)
b += "xy"
b *= 2
print(a, a is b)
b *= 0
print(a)
b *= -1
print([1, 2] * 3, 2 * (1,), (1,) * 0, [0] * -5, [[]] * 2, (1, 2) + (3,), [1] + [2])
t = (1,)
u = t
t += (2,)
t *= 2
print(t, u)

# Comparison: by the first difference, then by length.
print([1, 2] < [1, 3], [1, 2] < [1, 2, 0], [2] > [1, 9], [] < [0], [1, 2] <= [1, 2], (1, "a") < (1, "b"))
print([1, 2] == (1, 2), [1, [2, (3,)]] == [1.0, [2.0, (3.0,)]], (1,) != (1,), [float("nan")] == [float("nan")])
try:
    [1, "a"] < [1, 2]
except TypeError:
    print("TypeError")
print([1, "a"] < [2, 3], [None] == [None], (1, 2, 3) >= (1, 2))
nan = float("nan")
print(nan in [1, nan], 1 in [1.0], "a" in ("a",), [] in [[]], None not in [0])

# Slices.
s = list(range(10))
print(s[2:5], s[:3], s[7:], s[-3:], s[:-7], s[::3], s[::-1], s[8:2:-2], s[-1:-4:-1], s[20:], s[5:2], s[-99:2], s[::99])
print(s[True], s[2:3.0 if False else 3], s[2**70 :], s[: -(2**70)], s[:: 2**40])
t = tuple(s)
print(t[2:5], t[:3], t[-2:], t[5:2], t[:])
print(range(10)[2:5], range(10)[::3], range(10)[::-1], range(10)[-1], range(0, 10, 3)[1:], len(range(10)[5:2]))
for wrong in (0, "a", 1.5):
    try:
        s[::wrong]
    except (ValueError, TypeError) as error:
        print(type(error).__name__)

# Assigning to slices and deleting them.
def changed(index, value):
    c = list(range(6))
    c[index] = value
    return c


print(changed(slice(1, 3), [10]), changed(slice(1, 3), [10, 20, 30]), changed(slice(1, 1), (7, 8)), changed(slice(None), []))
print(changed(slice(4, 2), [9]), changed(slice(-2, None), [9]), changed(slice(99, None), [9]), changed(slice(0, 0), "x" and ["x"]))
c = [1, 2, 3]
c[1:2] = c
print(c)
c[:] = c
print(c)


def without(index):
    c = list(range(8))
    del c[index]
    return c


print(without(0), without(-1), without(slice(2, 5)))
print(without(slice(5, 2)), without(slice(None)))
for wrong in (8, -9, "a"):
    try:
        without(wrong)
    except (IndexError, TypeError) as error:
        print(type(error).__name__)
for fixed in ((1, 2), "ab", range(3), 5, None):
    for attempt in (lambda x: x.__class__ and exec("x[0] = 1", {"x": x}), lambda x: exec("del x[0]", {"x": x})):
        try:
            attempt(fixed)
        except TypeError:
            print("TypeError", end=" ")
print()

# Slice objects.
class Probe:
    def __getitem__(self, index):
        return index


p = Probe()
print(p[1:2], p[:], p[::2], p[1:2, 3], p[..., 1], p[()], p[-1])
print(slice(1, 5, 2).indices(4), slice(None, None, -1).indices(5), slice(-3, None).indices(10), slice(9, 99).indices(3))
print(slice(1).start, slice(1).stop, slice(1, 2, 3).step, slice(1, 2) == slice(1, 2), slice(1, 2) == slice(1, 3))
part = slice(1, 3)
print([1, 2, 3, 4][part], (1, 2, 3, 4)[part], "abcd"[part], range(9)[part])

# Ranges.
print(list(range(0)), list(range(5, 0, -2)), range(3) == range(0, 3, 1), range(0) == range(5, 2), range(0, 3, 2) == range(0, 4, 2))
print(2 in range(5), 5 in range(5), 3 in range(0, 10, 2), -1 in range(0, -5, -1), 2.0 in range(5), "a" in range(3))
print(len(range(-5, 5, 3)), range(1, 2, 3).step, range(7).stop, bool(range(0)), hash(range(3)) == hash(range(0, 3)))
print(sum(range(1000)), max(range(5)), list(reversed(range(4))), list(range(2**40, 2**40 + 2)))

# Unpacking.
first, *middle, last = items(1, 2, 3, 4)
print(first, middle, last)
(x, [y, z]), w = ("a", "bc"), Counting(1)
print(x, y, z)
for wrong in ([1], [1, 2, 3], items(1), items(1, 2, 3), 5):
    try:
        x, y = wrong
    except (ValueError, TypeError) as error:
        print(type(error).__name__, end=" ")
print()

# A list that changes while it is walked through.
c = [1, 2, 3]
for item in c:
    if len(c) < 6:
        c.append(item * 10)
print(c)
for item in c:
    c.remove(item)
print(c)

# Equality that changes the list.
class Clears:
    def __init__(self, target):
        self.target = target

    def __eq__(self, other):
        self.target.clear()
        return False


c = [1, 2]
c.extend([Clears(c), 4])
print(c.count(9), c)
c = [1, 2]
c.extend([Clears(c), 4])
try:
    c.remove(9)
except ValueError:
    print("ValueError", c)

# Depth.
deep = []
for _ in range(60):
    deep = [deep]
print(repr(deep).count("["), deep == deep, deep == [deep], hash(((((1,),),),)) == hash(((((1,),),),)))
loop = []
loop.append(loop)
for attempt in (lambda: loop == [loop], lambda: [loop] < [loop]):
    try:
        attempt()
        print("no error")
    except RuntimeError:
        print("RuntimeError")
for repeated in ([1], "a", b"a", (1, 2), bytearray(b"a")):
    for count in (2**70, -2**70):
        try:
            print(repeated * count)
        except OverflowError:
            print("OverflowError")
        try:
            print(count * repeated)
        except OverflowError:
            print("OverflowError")

# Steps, ends and numbers of items of ranges that no machine integer holds.
for whole in (range(3, 30, 4), range(9, -9, -3), range(2)):
    for step in (2**61, 2**62, 2**63 - 1, -(2**62), -(2**63)):
        part = whole[::step]
        print(list(part), len(part), part.step != 0, 3 in part, 9 in part)
        print(list(part[::step]), part == whole[:1], list(whole[1:20:step]))
print(list(range(2**63 - 4, 2**63 - 1)), list(range(2**63 - 4, 2**63 - 1)[::-1]), list(range(-(2**63) + 2, -(2**63), -1)))
most = range(-(2**63), 2**63 - 1)
print(most[0], most[5], most[-1], most[2**63 - 1], most[-(2**63)], bool(most))
for part in (slice(1, 3), slice(-3, None), slice(None, None, -1), slice(None, None, 2**62)):
    for whole in (most, range(0, 2**63 - 1, 2**61)):
        try:
            print(whole[part])
        except OverflowError:
            print("OverflowError")
