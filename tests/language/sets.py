# Sets and frozensets. Results are sorted where more than one element is shown.
def show(s):
    print(sorted(s))


a, b = {1, 2, 3}, {3, 4}
show(a | b), show(a & b), show(a - b), show(a ^ b)
show(a.union(b)), show(a.intersection(b)), show(a.difference(b)), show(a.symmetric_difference(b))
print(2 in a, 9 not in a, len(a), a == {3, 2, 1}, a != b, {1} < a, a <= a, a < a, a >= {1, 2}, a > b, a.issubset({1, 2, 3, 4}), a.issuperset({1}), a.isdisjoint({7}))
a.add(5)
a.add(5)
a.discard(1)
a.discard(99)
a.remove(2)
show(a)
a.update([7, 8])
show(a)
a |= {100}
a -= {7}
a &= {3, 5, 100, 200}
a ^= {3, 300}
show(a)
c = a.copy()
c.clear()
print(c, set(), len(a), bool(c), {1}, {(1, 2)}, set("aaa"), frozenset(), frozenset([1]), set([1]) == frozenset([1]))
show(set([3, 1, 2, 1])), show(set(range(3))), show({x % 3 for x in range(10)}), show(set({"k": 1, "l": 2})), show(set())
f = frozenset("ab")
print({f: "value"}[frozenset("ba")], hash(f) == hash(frozenset("ba")), "a" in f)
show(f | {"c"}), show(f & {"a"})
popped = {42}.pop()
print(popped, sum({1, 2, 3}), max({1, 5, 2}), len({1, 1.0, True}), len({"1", 1, None, (1,)}))
for bad in (lambda: set().pop(), lambda: {1}.remove(2), lambda: {[]}, lambda: {1} + {2}, lambda: hash(set()), lambda: frozenset().add(1)):
    try:
        print(bad())
    except (KeyError, TypeError, AttributeError) as error:
        print(type(error).__name__ + ":", error)
big = set(range(1000))
big -= set(range(0, 1000, 2))
print(len(big), 501 in big, 500 in big, sum(big))
seen = set()
print([x for x in [3, 1, 3, 2, 1] if not (x in seen or seen.add(x))])
print(len({range(0), range(5, 1)}), len({range(1, 3, 2), range(1, 2)}), len({range(3), range(0, 3), range(0, 3, 2)}))
