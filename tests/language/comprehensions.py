# Comprehensions of every kind, and how their clauses nest.
print([x for x in range(5)], [x for x in "abc" if x != "b"])
print({x % 3 for x in range(9)} == {0, 1, 2}, {k: v for k, v in zip("ab", (1, 2))})
print([(x, y) for x in range(3) for y in range(x)])
print([(x, y) for x in range(4) if x % 2 for y in range(3) if y != x])
print([[y * x for y in range(3)] for x in range(3)])
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [n for row in matrix for n in row])
print([a + b for a, b in [(1, 2), (3, 4)]], [a for a, *_ in ["xyz", "uv"]], [c for (a, (b, c)) in [(1, (2, 3))]])
print([x if x % 2 else -x for x in range(5)], [x for x in (lambda: [1, 2])()])
print(sorted({word: len(word) for word in "one three five".split()}.items()))
print(sorted({c.upper() for c in "hello"}), dict((i, i * i) for i in range(3)))


# The first iterable belongs to the enclosing scope, the rest to the comprehension's own.
class Body:
    sizes = [1, 2]
    doubled = [s * 2 for s in sizes]


print(Body.doubled)


def outer(k):
    return [x * k for x in range(3)], [(lambda: x * k)() for x in range(3)]


print(outer(10))
x = "kept"
[x for x in range(3)]
print(x)
print([y := 5, y * 2], y)
print([last := n for n in range(4)], last)
print(any(n > 2 for n in [1, 2, 3]), all(n > 2 for n in [1, 2, 3]), sum(n for n in range(5)))
print(list(map(lambda pair: pair[0] * pair[1], [(i, i + 1) for i in range(4)])))
print([i for i in range(20) if i % 2 == 0 if i % 3 == 0])
print(list(i for i in range(3)) + [j for j in "xy"])
print(len([0 for _ in range(1000)]), [[] for _ in range(2)])
