# Tuples, ranges and slices as values.
t = (1, 2, 3, 2)
print(t, (), (1,), 1, t[0], t[-1], t[1:3], t + (4,), t * 2, 2 * (0,), len(t), t.count(2), t.index(3))
print((1, 2) == (1, 2), (1, 2) < (1, 3), (1,) < (1, 0), (1, "a") == (1, "b"), () == [], (1, 2) != (2, 1))
print(hash((1, 2)) == hash((1, 2)), {(1, 2): "pair"}[(1, 2)], tuple("ab"), tuple([1, 2]), 2 in t, 9 in t, tuple())
print(repr((1, "a", (2,), [3])), str(()), "%s" % ((1, 2),), sorted([(2, 1), (1, 2)]), max((1, 5, 3)), sum((1, 2)))
a = b = (1,)
a += (2,)
print(a, b, a is b)
for bad in (lambda: t[9], lambda: t.index(99), lambda: t + [1], lambda: hash(([],)), lambda: t["a"]):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)
try:
    t[0] = 1
except TypeError as error:
    print("TypeError:", error)
try:
    del t[0]
except TypeError as error:
    print("TypeError:", error)
mixed = ([1], 2)
mixed[0].append(3)
print(mixed)

r = range(2, 20, 3)
print(r, range(5), range(1, 5), len(r), r[0], r[-1], r[2], r[1:3], list(r[::-1]), 5 in r, 6 in r, list(r))
print(len(range(10, 0)), list(range(5, 0, -2)))
print(bool(range(0)), bool(range(1)), r.start, r.stop, r.step, sum(range(101)), [x for x in range(0)], list(reversed(range(3))))
for bad in (lambda: range(1, 2, 0), lambda: r[10], lambda: range("a")):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)


class Show:
    def __getitem__(self, key):
        return key


show = Show()
print(show[1], show["a"], show[1, 2], show[1:2], show[:], show[::3], show[1:2, 3], show[...])
print(show[1:].start, show[:2].stop, show[::2].step)
print(type((1)), type((1,)), type(()), ((1)) == 1, (((1,),),))
x = 1, 2
y = 3,
print(x, y, (lambda: (1, 2))(), *x)
