# Assignment to several targets: tuples, stars, nesting, chains, subscripts and attributes.
a, b = 1, 2
a, b = b, a
print(a, b)
[c, d] = "xy"
(e, (f, g)), h = (1, (2, 3)), 4
print(c, d, e, f, g, h)
first, *rest = [1, 2, 3]
*start, last = range(4)
head, *middle, tail = "abcde"
only, *nothing = (1,)
print(first, rest, start, last, head, middle, tail, only, nothing)
i = j = k = []
i.append(1)
print(j, k is i)
x = y, z = 1, 2
print(x, y, z)


class Box:
    pass


box = Box()
items = [0] * 4
table = {}
box.a, items[1], table["k"], items[2:] = 1, 2, 3, (8, 9)
print(box.a, items, table)
for n, (p, *q) in enumerate([(1, 2, 3), "ab"]):
    print(n, p, q)


def several():
    return 1, 2, 3


one, *others = several()
print(one, others, several()[1])

for values in ([1], [1, 2, 3], 5):
    try:
        u, v = values
        print(u, v)
    except (ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)
try:
    u, *v, w = [1]
except ValueError as error:
    print("ValueError:", error)

n = 5
n += 1
n *= 2
n -= 1
n //= 2
n **= 2
n %= 7
n <<= 3
n |= 1
n ^= 3
n &= 0xFF
n >>= 1
print(n)
q = 7.0
q /= 2
print(q)


# The target of an augmented assignment is evaluated once.
def index():
    print("index evaluated")
    return 0


numbers = [10]
numbers[index()] += 5
print(numbers)
s = "a"
s += "b"
s *= 2
t = (1,)
t += (2,)
print(s, t)
print(((m := 3) + m), m)
while (m := m - 1) > 0:
    print("m", m)
del m, n
try:
    m
except NameError as error:
    print("NameError:", error)
del items[0], table["k"], box.a
print(items, table, hasattr(box, "a"))
